//! Hybrid logical clocks: a time near the physical clock's, and a count, so that an effect has a greater stamp than its cause (Kulkarni, Demirbas,
//! Madappa, Avva and Leone, "Logical physical clocks", OPODIS 2014, figure 5).

/// A stamp, and a process's clock: its last stamp. Compared by the time, then by the count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Hlc {
    /// l: the greatest physical time that could be known, in ticks.
    pub time: i64,
    /// c: how many events that could be known have followed each other at that time.
    pub count: u64,
}

impl Default for Hlc {
    /// Before every event.
    fn default() -> Hlc {
        Hlc { time: i64::MIN, count: 0 }
    }
}

impl Hlc {
    /// An event of the process's own, the sending of a message included, at a physical time in ticks. Gives its stamp.
    pub fn tick(&mut self, physical: i64) -> Hlc {
        *self = match physical > self.time {
            true => Hlc { time: physical, count: 0 },
            false => Hlc { count: self.count + 1, ..*self },
        };
        *self
    }

    /// The receipt of a message that carries a stamp.
    pub fn receive(&mut self, stamp: Hlc, physical: i64) -> Hlc {
        let time = self.time.max(stamp.time).max(physical);
        let count = match (time == self.time, time == stamp.time) {
            (true, true) => self.count.max(stamp.count) + 1,
            (true, false) => self.count + 1,
            (false, true) => stamp.count + 1,
            (false, false) => 0,
        };
        *self = Hlc { time, count };
        *self
    }

    /// The most that the count comes to while any two clocks are within `apart` ticks of each other
    /// and each of so many processes has a tick between its own events: N(ε+1).
    pub fn most_counted(processes: u64, apart: u64) -> u64 {
        processes.saturating_mul(apart.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::executions::{self, PROCESSES};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_bounds_of_the_paper_hold(events in executions::any(), offsets in proptest::array::uniform4(-5i64..=5)) {
            // Any two clocks are within 10 ticks; true time goes on by one tick an event.
            let mut clocks = [Hlc::default(); PROCESSES];
            let mut stamps: Vec<Hlc> = Vec::new();
            for (now, event) in events.iter().enumerate() {
                let physical = now as i64 + offsets[event.process];
                let clock = &mut clocks[event.process];
                let stamp = match event.from {
                    Some(from) => clock.receive(stamps[from], physical),
                    None => clock.tick(physical),
                };
                stamps.push(stamp);
                prop_assert!(stamp.time >= physical);
                prop_assert!((stamp.time - physical) as u64 <= 10);
                prop_assert!(stamp.count <= Hlc::most_counted(PROCESSES as u64, 10));
            }
            let before = executions::reached(&events);
            for b in 0..events.len() {
                for a in 0..b {
                    prop_assert!(!before[a][b] || stamps[a] < stamps[b]);
                }
            }
        }
    }

    #[test]
    fn a_stamp_from_ahead_is_followed_by_counting() {
        let mut clock = Hlc::default();
        assert_eq!(clock.tick(10), Hlc { time: 10, count: 0 });
        assert_eq!(clock.receive(Hlc { time: 13, count: 2 }, 11), Hlc { time: 13, count: 3 });
        assert_eq!(clock.tick(12), Hlc { time: 13, count: 4 });
        assert_eq!(clock.receive(Hlc { time: 13, count: 9 }, 13), Hlc { time: 13, count: 10 });
        assert_eq!(clock.receive(Hlc { time: 4, count: 9 }, 13), Hlc { time: 13, count: 11 });
        assert_eq!(clock.tick(14), Hlc { time: 14, count: 0 });
    }
}

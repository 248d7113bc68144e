//! Lamport's logical clock: an effect has a greater stamp than its cause (Lamport, "Time, clocks, and the ordering of events in a distributed
//! system", CACM 1978: rules IR1 and IR2). The converse does not hold.

/// A process's counter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Lamport(u64);

impl Lamport {
    /// The stamp of the last event; 0 before the first.
    pub fn stamp(self) -> u64 {
        self.0
    }

    /// An event of the process's own, the sending of a message included: one more. Gives its stamp.
    pub fn tick(&mut self) -> u64 {
        self.0 = self.0.checked_add(1).expect("fewer than 2^64 events");
        self.0
    }

    /// The receipt of a message that carries a stamp: one more than the greater of both.
    pub fn receive(&mut self, stamp: u64) -> u64 {
        self.0 = self.0.max(stamp);
        self.tick()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::executions::{self, PROCESSES};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_effect_has_a_greater_stamp_than_its_cause(events in executions::any()) {
            let mut clocks = [Lamport::default(); PROCESSES];
            let mut stamps: Vec<u64> = Vec::new();
            for event in &events {
                let clock = &mut clocks[event.process];
                stamps.push(match event.from {
                    Some(from) => clock.receive(stamps[from]),
                    None => clock.tick(),
                });
            }
            let before = executions::reached(&events);
            for b in 0..events.len() {
                for a in 0..b {
                    prop_assert!(!before[a][b] || stamps[a] < stamps[b]);
                    // Of each process stamps are unique, so that with the process's number they order all events.
                    prop_assert!(events[a].process != events[b].process || stamps[a] < stamps[b]);
                }
            }
        }
    }

    #[test]
    fn one_more_than_the_greater_of_both() {
        let (mut a, mut b) = (Lamport::default(), Lamport::default());
        assert_eq!((a.tick(), b.tick()), (1, 1));
        let sent = a.tick();
        assert_eq!((sent, b.receive(sent)), (2, 3));
    }
}

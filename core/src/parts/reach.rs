//! Whom a broadcast reaches when its sender dies in the middle of it: best effort, reliable, uniform (Hadzilacos and Toueg, "A modular approach to
//! fault-tolerant broadcasts and related problems", 1994; here by the algorithms of Cachin, Guerraoui and Rodrigues, Introduction to Reliable and
//! Secure Distributed Programming, 2011: best-effort 3.1, eager reliable 3.3, majority-ack uniform 3.5).

use crate::sorted::Map;

/// How far a broadcast goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reach {
    /// Its sender sends it to all, and whoever receives it delivers it.
    Best,
    /// Whoever receives it for the first time delivers it and passes it on to all.
    Reliable,
    /// Whoever receives it for the first time passes it on to all, and delivers it once more than half are known to have it.
    Uniform,
}

/// A broadcast by who began it, and its number there.
pub type Label = (u16, u32);

/// What becomes of a copy that has been received.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Heard {
    /// It is to be taken: delivered to what lies above.
    pub takes: bool,
    /// It is to be passed on to all others, after that.
    pub passes_on: bool,
}

/// What a process knows of a broadcast: who has it, a bit each, and whether it has taken it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Known {
    have: u64,
    taken: bool,
}

/// The broadcasts that a process knows of.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Reached {
    reach: Reach,
    me: u16,
    processes: u32,
    /// How many broadcasts it has begun.
    begun: u32,
    known: Map<Label, Known>,
}

impl Reached {
    /// A process that knows of none, among so many: at most 64.
    pub fn new(reach: Reach, me: u16, processes: u32) -> Reached {
        Reached { reach, me, processes, begun: 0, known: Map::new() }
    }

    /// Begins a broadcast: its label, and whether its sender takes it at once, before anybody is sent it.
    pub fn begin(&mut self) -> (Label, bool) {
        self.begun += 1;
        let label = (self.me, self.begun);
        if self.reach == Reach::Best {
            return (label, true);
        }
        let known = self.known.entry(label).or_default();
        known.have |= 1 << self.me;
        known.taken = self.reach == Reach::Reliable || self.processes == 1;
        (label, known.taken)
    }

    /// A copy has come from a process, who therefore has it.
    pub fn hear(&mut self, from: u16, label: Label) -> Heard {
        if self.reach == Reach::Best {
            return Heard { takes: true, passes_on: false };
        }
        let known = self.known.entry(label).or_default();
        let first = known.have >> self.me & 1 == 0;
        known.have |= 1 << self.me | 1 << from | 1 << label.0;
        let enough = match self.reach {
            Reach::Uniform => 2 * known.have.count_ones() > self.processes,
            Reach::Best | Reach::Reliable => true,
        };
        let takes = enough && !known.taken;
        known.taken |= takes;
        Heard { takes, passes_on: first }
    }

    /// How many broadcasts it knows of.
    pub fn kept(&self) -> usize {
        self.known.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_heard_is_taken_and_passed_on() {
        let heard = |takes, passes_on| Heard { takes, passes_on };
        // Of five, 2 hears of 0's first broadcast from 0, then from 1, 3 and 3 again.
        let table = [
            (Reach::Best, [heard(true, false); 4]),
            (
                Reach::Reliable,
                [heard(true, true), heard(false, false), heard(false, false), heard(false, false)],
            ),
            (
                Reach::Uniform,
                [heard(false, true), heard(true, false), heard(false, false), heard(false, false)],
            ),
        ];
        for (reach, expected) in table {
            let mut process = Reached::new(reach, 2, 5);
            assert_eq!([0, 1, 3, 3].map(|from| process.hear(from, (0, 1))), expected, "{reach:?}");
        }
    }

    #[test]
    fn a_sender_takes_its_own_at_once_unless_more_than_half_must_have_it() {
        for (reach, at_once) in [(Reach::Best, true), (Reach::Reliable, true), (Reach::Uniform, false)] {
            let mut process = Reached::new(reach, 0, 4);
            assert_eq!(process.begin(), ((0, 1), at_once));
            assert_eq!(process.begin().0, (0, 2));
            // Two of four have it, then three; it is its own, so it is not passed on.
            let hears = [1, 2].map(|from| process.hear(from, (0, 1)));
            let second = Heard { takes: reach != Reach::Reliable, passes_on: false };
            assert_eq!(hears[1], second, "{reach:?}");
        }
    }

    proptest! {
        /// Whatever is lost when processes die in mid-send: under reliable broadcast one live process that takes it is enough for all, under
        /// uniform broadcast any process.
        #[test]
        fn agreement_holds_whoever_dies_when(dies in proptest::collection::vec(proptest::option::of(0..5usize), 5), uniform: bool) {
            // Each process that dies does so after so many sends of its one broadcast or passing on; a majority lives.
            let mut dies = dies;
            let mut dead = 0;
            for death in &mut dies {
                if death.is_some() && dead == 2 { *death = None }
                dead += usize::from(death.is_some());
            }
            let reach = if uniform { Reach::Uniform } else { Reach::Reliable };
            let mut processes: Vec<Reached> = (0..5).map(|me| Reached::new(reach, me, 5)).collect();
            let mut taken = [false; 5];
            let mut mail: Vec<(usize, usize)> = Vec::new();
            let send = |from: usize, mail: &mut Vec<(usize, usize)>| {
                let others = (0..5).filter(|to| *to != from).take(dies[from].unwrap_or(5));
                mail.extend(others.map(|to| (from, to)));
            };
            taken[0] = processes[0].begin().1;
            send(0, &mut mail);
            while let Some((from, to)) = mail.pop() {
                // Who dies in mid-send hears nothing after it has passed it on.
                let passed = processes[to].kept() > 0;
                if dies[to].is_some() && passed { continue }
                let heard = processes[to].hear(from as u16, (0, 1));
                taken[to] |= heard.takes;
                if heard.passes_on { send(to, &mut mail) }
            }
            let counts = |process: &usize| uniform || dies[*process].is_none();
            if (0..5).filter(counts).any(|process| taken[process]) {
                for process in (0..5).filter(|process| dies[*process].is_none()) {
                    prop_assert!(taken[process], "{dies:?}: {taken:?}");
                }
            }
        }
    }
}

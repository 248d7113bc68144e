//! The laws of reading go by what clients are told: held against runs that differ in everything else, and against the checkers of histories.

use super::{Read, Register, Rules, WriteId};
use crate::cast::{Cast, NodeId};
use crate::check::fate::Fate;
use crate::check::{Answer, Call, History, INITIAL, Judgement, Op, linearizable, session};
use crate::trace::Mark;
use proptest::prelude::*;

const SERVERS: u16 = 3;
const CLIENTS: u16 = 3;

/// What happens at a client, by numbers that are taken for whatever is possible then.
type Event = (u8, u16, u8, u8);

fn events() -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec((any::<u8>(), 0..CLIENTS, any::<u8>(), any::<u8>()), 1..60)
}

/// What the laws said of a run in which clients were told this.
struct Judged {
    history: History,
    /// Of latest, own, monotonic and bounded: broken, and when.
    lights: Vec<Option<u64>>,
    ages_us: Vec<u64>,
    stale_reads: u64,
}

/// A run of these events. What clients ask and are told follows from the events alone; which versions that came from, what the system's own
/// order was, and what became of writes at replicas, from `inside`.
struct Run {
    register: Register,
    ops: Vec<Op>,
    open: Vec<Option<usize>>,
    inside: u64,
    now: u32,
}

impl Run {
    fn judge(events: &[Event], distinct: bool, inside: u64) -> Judged {
        let rules = Rules {
            cast: Cast { servers: SERVERS, coordinators: 0, clients: CLIENTS },
            keys: &["x"],
            owners: vec![(0..SERVERS).map(NodeId).collect()],
            staleness_us: 0,
            settle_us: 1_000,
            siblings: false,
            by_clock: true,
        };
        let open = vec![None; usize::from(CLIENTS)];
        let mut run = Run { register: Register::new(rules), ops: Vec::new(), open, inside, now: 0 };
        let mut ages_us = Vec::new();
        for (what, client, which, more) in events.iter().copied() {
            match run.open[usize::from(client)].take() {
                None => run.begin(client, what, which, distinct),
                Some(op) => ages_us.extend(run.end(client, op, which, more)),
            }
        }
        let stale_reads = run.register.stale_reads;
        let lights = run.register.verdicts().into_iter().take(4);
        let lights = lights.map(|verdict| verdict.break_().map(|change| change.at.at_us)).collect();
        let history = History::new(run.ops).expect("answers fit their calls");
        Judged { history, lights, ages_us, stale_reads }
    }

    /// A number that only the inside of the run depends on.
    fn die(&mut self, below: usize) -> usize {
        self.inside = self.inside.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        (self.inside >> 33) as usize % below.max(1)
    }

    fn at(&mut self) -> Mark {
        self.now += 1;
        Mark { at_us: u64::from(self.now), record: self.now }
    }

    fn begin(&mut self, client: u16, what: u8, which: u8, distinct: bool) {
        let (at, op) = (self.at(), self.ops.len());
        let node = NodeId(SERVERS + client);
        let value = if distinct { op as u32 } else { u32::from(which % 3) };
        let call = match what % 5 {
            0 | 1 => Call::Write(u64::from(value)),
            2 if !distinct => Call::Write(INITIAL),
            _ => Call::Read,
        };
        match call {
            Call::Write(value) => {
                let value = u32::try_from(value).ok();
                self.register.write_begins(op as u32, at, node, 0, value);
                let rank = (self.die(5) as u64, 0);
                if self.die(3) > 0 {
                    self.register.ranked(op as u32, rank);
                }
                let server = NodeId(self.die(usize::from(SERVERS)) as u16);
                self.register.came_to(op as u32, server, Fate::Took(at), at);
            }
            _ => self.register.read_begins(op as u32, at, node, 0),
        }
        let (client, key) = (u32::from(client), 0);
        self.ops.push(Op { client, key, call, answer: None, invoked: at, returned: None });
        self.open[client as usize] = Some(op);
    }

    /// An open operation ends, or its client gives up; a read's age, if it was one.
    fn end(&mut self, client: u16, op: usize, which: u8, more: u8) -> Option<u64> {
        let at = self.at();
        let (mut age_us, write) = (None, op as u32);
        self.ops[op].answer = match self.ops[op].call {
            Call::Read => {
                let told = self.choose(which, more);
                let versions = self.versions(&told);
                let answered = [NodeId(self.die(usize::from(SERVERS)) as u16)];
                age_us = Some(self.register.read_ends(
                    write,
                    at,
                    Read { versions: &versions, answered: &answered },
                ));
                Some(match told.as_slice() {
                    [value] => Answer::Value(*value),
                    _ => Answer::Values(told),
                })
            }
            _ if more.is_multiple_of(8) => {
                self.register.write_fails(write, at);
                None
            }
            _ if more % 8 == 1 => None,
            _ => {
                self.register.write_ends(write, at);
                Some(Answer::Done)
            }
        };
        self.ops[op].returned = self.ops[op].answer.as_ref().map(|_| at);
        self.open[usize::from(client)] = None;
        age_us
    }

    /// What a read is told: something that has been written by now, often the last of it, or nothing; sometimes two values.
    fn choose(&self, which: u8, more: u8) -> Vec<u64> {
        let mut values = vec![INITIAL];
        values.extend(
            self.ops.iter().filter_map(|op| if let Call::Write(to) = op.call { Some(to) } else { None }),
        );
        let back = usize::from(which % 4).min(values.len() - 1);
        let value = values[values.len() - 1 - back];
        let other = values[usize::from(more) % values.len()];
        // Beside a value stands nothing only where there is a tombstone.
        let is_deleted = self.ops.iter().any(|op| op.call == Call::Write(INITIAL));
        match more.is_multiple_of(11)
            && value != INITIAL
            && other != value
            && (other != INITIAL || is_deleted)
        {
            true => vec![value, other],
            false => vec![value],
        }
    }

    /// Versions from which a client is told that: any write of the value; for nothing any deletion, or none at all.
    fn versions(&mut self, told: &[u64]) -> Vec<WriteId> {
        let mut versions = Vec::new();
        for value in told {
            let wrote = |(_, op): &(usize, &Op)| op.call == Call::Write(*value);
            let writes: Vec<u32> =
                self.ops.iter().enumerate().filter(wrote).map(|(op, _)| op as u32).collect();
            let none = usize::from(told == [INITIAL]);
            let pick = self.die(writes.len() + none);
            versions.extend(writes.get(pick));
        }
        versions
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::anything::cases(2_000)))]

    #[test]
    fn clients_that_are_told_the_same_are_judged_the_same(events in events(), one: u64, other: u64) {
        let (one, other) = (Run::judge(&events, false, one), Run::judge(&events, false, other));
        prop_assert_eq!(&one.history, &other.history);
        prop_assert_eq!(one.lights, other.lights);
        prop_assert_eq!(one.ages_us, other.ages_us);
        prop_assert_eq!(one.stale_reads, other.stale_reads);
    }

    /// What behaves like a single copy breaks no other law of reading: none of them is broken by a right answer.
    #[test]
    fn a_linearizable_history_is_fresh(events in events(), distinct: bool, inside: u64) {
        let judged = Run::judge(&events, distinct, inside);
        if let Judgement::Kept { .. } = linearizable::judge(&judged.history, 1_000_000) {
            prop_assert_eq!(judged.lights, [None; 4]);
            prop_assert!(judged.ages_us.iter().all(|age_us| *age_us == 0));
        }
    }

    /// What the checkers of the session guarantees find in the history, the lights find too.
    #[test]
    fn a_history_that_breaks_a_session_guarantee_breaks_its_light(events in events(), inside: u64) {
        let judged = Run::judge(&events, true, inside);
        let several = |op: &Op| matches!(op.answer, Some(Answer::Values(_)));
        if !judged.history.ops().iter().any(several) {
            let (own, monotonic) = (judged.lights[1], judged.lights[2]);
            prop_assert!(!session::read_your_writes(&judged.history).is_broken() || own.is_some());
            prop_assert!(!session::monotonic_reads(&judged.history).is_broken() || monotonic.is_some());
        }
    }
}

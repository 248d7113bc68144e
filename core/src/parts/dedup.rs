//! A table of idempotency keys: what a server remembers of requests that it may meet again (draft-ietf-httpapi-idempotency-key-header-07, §2.3 to §2.7;
//! Stripe API v1, *Idempotent requests*; recovery points as in Leach, *Implementing Stripe-like Idempotency Keys in Postgres*, 2017).
//!
//! A row is begun before the work and settled with its answer; the two are separate calls, so that whoever holds the table may die between them.

use crate::sorted::Map;

/// How long rows live, and what is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rules {
    /// A row older than this is pruned, in µs since it was begun: at just that age it is still there.
    pub ttl_us: u64,
    /// A row in progress for so long, in µs, may be taken over by another request; none where it stays for ever.
    pub lease_us: Option<u64>,
    /// Whether the payload of a request is compared with that of the first.
    pub fingerprint: bool,
}

/// What is known of a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Check<R> {
    /// It has no key where one is required.
    Missing,
    /// Its key has not been seen, or has been pruned: it is to be executed.
    New,
    /// Whoever began it has not been heard of for too long: it is to be gone on with, from this recovery point if there is one.
    TakenOver(Option<R>),
    /// It is being executed.
    InProgress,
    /// Its key was used with another payload.
    OtherPayload,
    /// It has been executed: the saved answer.
    Done(R),
}

impl<R> Check<R> {
    /// The status that a request is refused with, where the table alone decides. Which of 409 and 422 goes first, where both are so, the draft does
    /// not say; here 422 does.
    pub fn status(&self) -> Option<u16> {
        match self {
            Check::Missing => Some(400),
            Check::InProgress => Some(409),
            Check::OtherPayload => Some(422),
            Check::New | Check::TakenOver(_) | Check::Done(_) => None,
        }
    }
}

/// How far a request has come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State<R> {
    /// Somebody executes it, and has come to this recovery point, if to any.
    InProgress(Option<R>),
    /// This was answered.
    Done(R),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Row<R> {
    fingerprint: u64,
    begun_us: u64,
    locked_us: u64,
    state: State<R>,
}

/// The table: keys, and answers saved under them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Table<K, R> {
    rows: Map<K, Row<R>>,
}

impl<K: Ord + Copy, R: Copy> Default for Table<K, R> {
    fn default() -> Self {
        Table { rows: Map::new() }
    }
}

impl<K: Ord + Copy, R: Copy> Table<K, R> {
    /// How many keys are stored.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The keys that are stored.
    pub fn keys(&self) -> impl Iterator<Item = K> + '_ {
        self.rows.keys().copied()
    }

    /// How far the request of a key has come, if it is stored.
    pub fn state(&self, key: K) -> Option<State<R>> {
        self.rows.get(&key).map(|row| row.state)
    }

    /// What is known of a request, with nothing written: at `now_us` of the table's own clock.
    pub fn look(&self, now_us: u64, rules: &Rules, key: Option<K>, fingerprint: u64) -> Check<R> {
        let Some(key) = key else { return Check::Missing };
        let Some(row) = self.rows.get(&key).filter(|row| !is_old(row, now_us, rules)) else {
            return Check::New;
        };
        match row.state {
            _ if rules.fingerprint && row.fingerprint != fingerprint => Check::OtherPayload,
            State::Done(answer) => Check::Done(answer),
            State::InProgress(point) => match rules.lease_us {
                Some(lease_us) if now_us.saturating_sub(row.locked_us) >= lease_us => Check::TakenOver(point),
                _ => Check::InProgress,
            },
        }
    }

    /// The same, and a request that is to be executed is in progress from now on.
    pub fn begin(&mut self, now_us: u64, rules: &Rules, key: Option<K>, fingerprint: u64) -> Check<R> {
        let check = self.look(now_us, rules, key, fingerprint);
        let Some(key) = key else { return check };
        match check {
            Check::New => {
                let state = State::InProgress(None);
                self.rows.insert(key, Row { fingerprint, begun_us: now_us, locked_us: now_us, state });
            }
            Check::TakenOver(_) => {
                if let Some(row) = self.rows.get_mut(&key) {
                    row.locked_us = now_us;
                }
            }
            _ => {}
        }
        check
    }

    /// A request has come to a recovery point; nothing happens where it is done, or not stored.
    pub fn reach(&mut self, key: K, point: R) {
        if let Some(row) = self.rows.get_mut(&key).filter(|row| matches!(row.state, State::InProgress(_))) {
            row.state = State::InProgress(Some(point));
        }
    }

    /// A request has been executed, and this is its answer from now on. What is done stays as it was; what was never begun is stored now.
    pub fn settle(&mut self, now_us: u64, rules: &Rules, key: K, fingerprint: u64, answer: R) {
        if self.rows.get(&key).is_none_or(|row| is_old(row, now_us, rules)) {
            let state = State::Done(answer);
            self.rows.insert(key, Row { fingerprint, begun_us: now_us, locked_us: now_us, state });
        } else if let Some(row) =
            self.rows.get_mut(&key).filter(|row| matches!(row.state, State::InProgress(_)))
        {
            row.state = State::Done(answer);
        }
    }

    /// A request that was begun came to nothing that is saved: its key is as if it had never been seen. What is done stays.
    pub fn release(&mut self, key: K) {
        if self.rows.get(&key).is_some_and(|row| matches!(row.state, State::InProgress(_))) {
            self.rows.remove(&key);
        }
    }

    /// Takes out what is too old, and gives its keys.
    pub fn prune(&mut self, now_us: u64, rules: &Rules) -> Vec<K> {
        let old: Vec<K> =
            self.rows.iter().filter(|(_, row)| is_old(row, now_us, rules)).map(|(key, _)| *key).collect();
        for key in &old {
            self.rows.remove(key);
        }
        old
    }

    /// When the next row is too old, in µs; none without rows.
    pub fn next_us(&self, rules: &Rules) -> Option<u64> {
        let begun = self.rows.values().map(|row| row.begun_us).min();
        begun.map(|begun_us| begun_us.saturating_add(rules.ttl_us).saturating_add(1))
    }
}

fn is_old<R>(row: &Row<R>, now_us: u64, rules: &Rules) -> bool {
    now_us.saturating_sub(row.begun_us) > rules.ttl_us
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULES: Rules = Rules { ttl_us: 100, lease_us: Some(10), fingerprint: true };
    const OPEN: Rules = Rules { lease_us: None, fingerprint: false, ..RULES };

    /// What the draft has a server answer, row by row: how far the key has come, the payload, the rules, the time; what is known, and the status.
    #[test]
    fn the_answers_of_the_draft() {
        type Table = super::Table<u8, u16>;
        let none = Table::default();
        let mut begun = Table::default();
        begun.begin(0, &RULES, Some(1), 7);
        let mut reached = begun.clone();
        reached.reach(1, 3);
        let mut done = begun.clone();
        done.settle(5, &RULES, 1, 7, 201);
        let cases = [
            (&none, RULES, None, 7, 0, Check::Missing, Some(400)),
            (&none, RULES, Some(1), 7, 0, Check::New, None),
            (&begun, RULES, Some(1), 7, 9, Check::InProgress, Some(409)),
            (&begun, RULES, Some(1), 8, 9, Check::OtherPayload, Some(422)),
            (&begun, OPEN, Some(1), 8, 9, Check::InProgress, Some(409)),
            (&begun, RULES, Some(1), 7, 10, Check::TakenOver(None), None),
            (&reached, RULES, Some(1), 7, 10, Check::TakenOver(Some(3)), None),
            (&begun, OPEN, Some(1), 7, 99, Check::InProgress, Some(409)),
            (&done, RULES, Some(1), 7, 9, Check::Done(201), None),
            (&done, RULES, Some(1), 8, 9, Check::OtherPayload, Some(422)),
            (&done, OPEN, Some(1), 8, 9, Check::Done(201), None),
            (&done, RULES, Some(2), 7, 9, Check::New, None),
            (&done, RULES, Some(1), 7, 100, Check::Done(201), None),
            (&done, RULES, Some(1), 7, 101, Check::New, None),
            (&done, RULES, Some(1), 8, 101, Check::New, None),
        ];
        for (number, (table, rules, key, fingerprint, now_us, check, status)) in cases.into_iter().enumerate()
        {
            let found = table.look(now_us, &rules, key, fingerprint);
            assert_eq!((found, found.status()), (check, status), "row {number}");
        }
    }

    #[test]
    fn what_is_done_stays_and_what_came_to_nothing_goes() {
        let mut table: Table<u8, u16> = Table::default();
        assert_eq!(table.begin(0, &RULES, Some(1), 7), Check::New);
        table.release(1);
        assert_eq!(table.begin(1, &RULES, Some(1), 8), Check::New, "another payload, for the key is free");
        table.settle(2, &RULES, 1, 8, 201);
        table.settle(3, &RULES, 1, 8, 500);
        table.reach(1, 1);
        table.release(1);
        assert_eq!(table.state(1), Some(State::Done(201)));
        assert_eq!((table.next_us(&RULES), table.prune(101, &RULES)), (Some(102), vec![]));
        assert_eq!((table.prune(102, &RULES), table.is_empty()), (vec![1], true));
    }

    /// Whoever takes over begins a lease of their own.
    #[test]
    fn one_at_a_time_takes_over() {
        let mut table: Table<u8, u16> = Table::default();
        let mut begin = |now_us| table.begin(now_us, &RULES, Some(1), 7);
        let told = [0, 9, 10, 11, 19, 20].map(&mut begin);
        let (new, busy, over) = (Check::New, Check::InProgress, Check::TakenOver(None));
        assert_eq!(told, [new, busy, over, busy, busy, over]);
    }

    proptest! {
        /// Within a lease and a lifetime one request of a key is executed, whatever comes in which order.
        #[test]
        fn a_key_is_begun_once(steps in proptest::collection::vec((0u64..3, 0u8..4), 1..60)) {
            let rules = Rules { ttl_us: 1_000, lease_us: None, fingerprint: true };
            let mut table: Table<u8, u16> = Table::default();
            let (mut now_us, mut begun) = (0, [0; 4]);
            for (pass_us, key) in steps {
                now_us += pass_us;
                match table.begin(now_us, &rules, Some(key), 7) {
                    Check::New => begun[usize::from(key)] += 1,
                    Check::InProgress => table.settle(now_us, &rules, key, 7, 201),
                    Check::Done(answer) => prop_assert_eq!(answer, 201),
                    other => prop_assert!(false, "{:?}", other),
                }
            }
            prop_assert!(begun.iter().all(|n| *n <= 1));
        }
    }
}

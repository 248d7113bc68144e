//! A bounded waiting line: first or last come, first served; full, it refuses; what has expired it can throw away unserved.

use std::collections::VecDeque;

/// Who is served next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Discipline {
    /// The one that has waited longest.
    Fifo,
    /// The one that has waited least: under overload some are served in time and the rest never, instead of all too late.
    Lifo,
}

/// The settings of a queue.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// Who is served next.
    pub discipline: Discipline,
    /// How many may wait.
    pub limit: u32,
    /// An item whose deadline has passed is thrown away when its turn comes, unserved.
    pub drop_expired: bool,
}

/// The number of an item in its queue: by it it can be cancelled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ticket(pub u64);

/// One that waits.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Waiting<T> {
    /// Its number.
    pub ticket: Ticket,
    /// What waits.
    pub item: T,
    /// Since when.
    pub since_us: u64,
    /// When it is of no use any more; none if it does not say.
    pub deadline_us: Option<u64>,
}

/// What [`Queue::pop`] found.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Popped<T> {
    /// Thrown away on the way, in the order met.
    pub expired: Vec<Waiting<T>>,
    /// The next to serve.
    pub next: Option<Waiting<T>>,
}

/// The line. Joining, leaving and cancelling cost no more than a binary search, apart from a sweep after many cancellations.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Queue<T> {
    policy: Policy,
    next: u64,
    waiting: u32,
    /// By ticket, ascending; none where one has been cancelled.
    line: VecDeque<(Ticket, Option<Waiting<T>>)>,
}

impl<T> Queue<T> {
    /// An empty line.
    pub fn new(policy: Policy) -> Self {
        Self { policy, next: 0, waiting: 0, line: VecDeque::new() }
    }

    /// How many wait.
    pub fn len(&self) -> u32 {
        self.waiting
    }

    /// Nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// Those that wait, longest first.
    pub fn iter(&self) -> impl Iterator<Item = &Waiting<T>> {
        self.line.iter().filter_map(|(_, w)| w.as_ref())
    }

    /// Joins the line.
    ///
    /// # Errors
    /// Gives the item back if the line is full.
    pub fn push(&mut self, item: T, deadline_us: Option<u64>, now_us: u64) -> Result<Ticket, T> {
        if self.waiting >= self.policy.limit {
            return Err(item);
        }
        let ticket = self.issue();
        self.waiting += 1;
        self.line.push_back((ticket, Some(Waiting { ticket, item, since_us: now_us, deadline_us })));
        Ok(ticket)
    }

    /// A number for one that need not wait, so that all that pass here are numbered alike.
    pub fn issue(&mut self) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        ticket
    }

    /// Empties the line; gives those that waited, longest first.
    pub fn clear(&mut self) -> Vec<Waiting<T>> {
        self.waiting = 0;
        std::mem::take(&mut self.line).into_iter().filter_map(|(_, w)| w).collect()
    }

    /// Takes the next to serve out of the line, throwing away what has expired before it if the policy says so.
    pub fn pop(&mut self, now_us: u64) -> Popped<T> {
        let mut expired = Vec::new();
        loop {
            let end = match self.policy.discipline {
                Discipline::Fifo => self.line.pop_front(),
                Discipline::Lifo => self.line.pop_back(),
            };
            match end {
                None => return Popped { expired, next: None },
                Some((_, None)) => {}
                Some((_, Some(waiting))) => {
                    self.waiting -= 1;
                    if self.policy.drop_expired && waiting.deadline_us.is_some_and(|d| now_us >= d) {
                        expired.push(waiting);
                    } else {
                        return Popped { expired, next: Some(waiting) };
                    }
                }
            }
        }
    }

    /// Takes one out of the line wherever it is; none if it does not wait any more.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<Waiting<T>> {
        let at = self.line.binary_search_by_key(&ticket, |(t, _)| *t).ok()?;
        let gone = self.line[at].1.take()?;
        self.waiting -= 1;
        // The places of those that left are swept out when they are most of the line: constant cost on average.
        if self.line.len() as u64 > 2 * u64::from(self.waiting) + 16 {
            self.line.retain(|(_, w)| w.is_some());
        }
        Some(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn policy(discipline: Discipline) -> Policy {
        Policy { discipline, limit: 5, drop_expired: true }
    }

    #[test]
    fn fifo_and_lifo() {
        for (discipline, order) in [(Discipline::Fifo, "abc"), (Discipline::Lifo, "cba")] {
            let mut queue = Queue::new(policy(discipline));
            "abc".chars().for_each(|c| {
                queue.push(c, None, 0).unwrap();
            });
            let served: String = std::iter::from_fn(|| queue.pop(0).next).map(|w| w.item).collect();
            assert_eq!(served, order);
        }
    }

    proptest! {
        /// Against the plainest model: a vector, searched from end to end.
        #[test]
        fn a_queue_is_a_vector(lifo: bool, drop_expired: bool, acts in proptest::collection::vec((0u8..4, 0u64..12), 0..120)) {
            let discipline = if lifo { Discipline::Lifo } else { Discipline::Fifo };
            let mut queue = Queue::new(Policy { drop_expired, ..policy(discipline) });
            let (mut model, mut tickets): (Vec<(u64, u64)>, u64) = (Vec::new(), 0);
            for (now_us, (act, x)) in (0u64..).zip(acts) {
                match act {
                    0 | 1 => {
                        let deadline_us = now_us + x;
                        let joined = queue.push(tickets, Some(deadline_us), now_us);
                        prop_assert_eq!(joined.is_ok(), model.len() < 5);
                        if joined.is_ok() {
                            model.push((tickets, deadline_us));
                            tickets += 1;
                        }
                    }
                    2 => {
                        let mut dropped = Vec::new();
                        let next = loop {
                            let end = if lifo { model.pop() } else if model.is_empty() { None } else { Some(model.remove(0)) };
                            match end {
                                Some((t, d)) if drop_expired && d <= now_us => dropped.push(t),
                                other => break other,
                            }
                        };
                        let popped = queue.pop(now_us);
                        prop_assert_eq!(popped.next.map(|w| (w.item, w.deadline_us.unwrap())), next);
                        prop_assert_eq!(popped.expired.into_iter().map(|w| w.item).collect::<Vec<_>>(), dropped);
                    }
                    _ => {
                        let ticket = tickets.saturating_sub(x);
                        let there = model.iter().position(|(t, _)| *t == ticket).map(|i| model.remove(i).0);
                        prop_assert_eq!(queue.cancel(Ticket(ticket)).map(|w| w.item), there);
                    }
                }
                prop_assert_eq!(queue.iter().map(|w| w.item).collect::<Vec<_>>(), model.iter().map(|m| m.0).collect::<Vec<_>>());
                prop_assert_eq!(queue.len() as usize, model.len());
            }
        }
    }
}

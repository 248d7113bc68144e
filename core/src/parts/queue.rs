//! A bounded waiting line: who is served next, who has to go for somebody else when it is full, and what is thrown away unserved.

use std::collections::VecDeque;

/// Who is served next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Discipline {
    /// The one that has waited longest.
    Fifo,
    /// The one that has waited least: under overload some are served in time and the rest never, instead of all too late.
    Lifo,
    /// First come, first served while all goes well, and the newest first while somebody has waited longer than this (Maurer, Fail at Scale, ACM
    /// Queue 2015, where the length of the line decides).
    Adaptive {
        /// In µs.
        after_us: u64,
    },
    /// Of the most important class the one that has waited longest.
    ByClass,
}

/// What becomes of who comes to a full line, or of somebody else.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Full {
    /// It is refused.
    Refuse,
    /// The one that has waited longest goes for it.
    DropOldest,
    /// Of the least important class the one that has waited longest goes for it, if it is more important than that.
    DropLowest,
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
    /// By class, the most important first; most queues have one.
    lanes: Vec<Lane<T>>,
}

/// By ticket, ascending; none where one has been taken out.
type Lane<T> = VecDeque<(Ticket, Option<Waiting<T>>)>;

impl<T> Queue<T> {
    /// An empty line.
    pub fn new(policy: Policy) -> Self {
        Self { policy, next: 0, waiting: 0, lanes: vec![Lane::new()] }
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
        let mut all: Vec<&Waiting<T>> =
            self.lanes.iter().flatten().filter_map(|(_, waiting)| waiting.as_ref()).collect();
        crate::sorted::sort_by_key(&mut all, |waiting| waiting.ticket);
        all.into_iter()
    }

    /// Joins the line.
    ///
    /// # Errors
    /// Gives the item back if the line is full.
    pub fn push(&mut self, item: T, deadline_us: Option<u64>, now_us: u64) -> Result<Ticket, T> {
        self.push_as(0, item, deadline_us, now_us)
    }

    /// Joins the line as one of a class; 0 is the most important.
    ///
    /// # Errors
    /// Gives the item back if the line is full.
    pub fn push_as(
        &mut self,
        class: u8,
        item: T,
        deadline_us: Option<u64>,
        now_us: u64,
    ) -> Result<Ticket, T> {
        if self.waiting >= self.policy.limit {
            return Err(item);
        }
        let (ticket, class) = (self.issue(), usize::from(class));
        self.waiting += 1;
        if self.lanes.len() <= class {
            self.lanes.resize_with(class + 1, Lane::new);
        }
        self.lanes[class].push_back((ticket, Some(Waiting { ticket, item, since_us: now_us, deadline_us })));
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
        let lanes = self.lanes.iter_mut().flat_map(std::mem::take);
        let mut all: Vec<Waiting<T>> = lanes.filter_map(|(_, waiting)| waiting).collect();
        crate::sorted::sort_by_key(&mut all, |waiting| waiting.ticket);
        all
    }

    /// Takes out the one that has waited longest, for whom there is no place any more.
    pub fn drop_oldest(&mut self) -> Option<Waiting<T>> {
        let lane = self.oldest()?;
        self.take(lane, true)
    }

    /// Takes out the one of the least important class that has waited longest, for one of this class: none where all are as important.
    pub fn drop_lowest(&mut self, for_class: u8) -> Option<Waiting<T>> {
        let lane =
            (usize::from(for_class) + 1..self.lanes.len()).rev().find(|lane| self.head(*lane).is_some())?;
        self.take(lane, true)
    }

    /// Takes the next to serve out of the line, throwing away what has expired before it if the policy says so.
    pub fn pop(&mut self, now_us: u64) -> Popped<T> {
        let mut expired = Vec::new();
        while let Some(waiting) = self.next(now_us) {
            if self.policy.drop_expired && waiting.deadline_us.is_some_and(|d| now_us >= d) {
                expired.push(waiting);
            } else {
                return Popped { expired, next: Some(waiting) };
            }
        }
        Popped { expired, next: None }
    }

    /// Takes out the one whose turn it is.
    fn next(&mut self, now_us: u64) -> Option<Waiting<T>> {
        let oldest = match self.policy.discipline {
            Discipline::Fifo => true,
            Discipline::Lifo => false,
            Discipline::Adaptive { after_us } => {
                let lane = self.oldest()?;
                let since_us = self.lanes[lane].front()?.1.as_ref()?.since_us;
                now_us.saturating_sub(since_us) <= after_us
            }
            Discipline::ByClass => {
                let lane = (0..self.lanes.len()).find(|lane| self.head(*lane).is_some())?;
                return self.take(lane, true);
            }
        };
        let lane = if oldest { self.oldest()? } else { self.newest()? };
        self.take(lane, oldest)
    }

    /// The lane of the one that has waited longest.
    fn oldest(&mut self) -> Option<usize> {
        if self.lanes.len() == 1 {
            return self.head(0).map(|_| 0);
        }
        (0..self.lanes.len()).filter_map(|lane| Some((self.head(lane)?, lane))).min().map(|(_, lane)| lane)
    }

    /// The lane of the one that came last.
    fn newest(&mut self) -> Option<usize> {
        let mut last = None;
        for (at, lane) in self.lanes.iter_mut().enumerate() {
            while lane.back().is_some_and(|(_, waiting)| waiting.is_none()) {
                lane.pop_back();
            }
            last = last.max(lane.back().map(|(ticket, _)| (*ticket, at)));
        }
        last.map(|(_, lane)| lane)
    }

    /// The first of a lane that is still there.
    fn head(&mut self, lane: usize) -> Option<Ticket> {
        let lane = &mut self.lanes[lane];
        while lane.front().is_some_and(|(_, waiting)| waiting.is_none()) {
            lane.pop_front();
        }
        lane.front().map(|(ticket, _)| *ticket)
    }

    /// Takes out one end of a lane, where somebody is.
    fn take(&mut self, lane: usize, front: bool) -> Option<Waiting<T>> {
        let lane = &mut self.lanes[lane];
        let end = if front { lane.pop_front() } else { lane.pop_back() };
        let waiting = end?.1?;
        self.waiting -= 1;
        Some(waiting)
    }

    /// Takes one out of the line wherever it is; none if it does not wait any more.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<Waiting<T>> {
        let find = |lane: &mut Lane<T>| lane.binary_search_by_key(&ticket, |(t, _)| *t).ok();
        let (lane, at) = self.lanes.iter_mut().find_map(|lane| find(lane).map(|at| (lane, at)))?;
        let gone = lane[at].1.take()?;
        self.waiting -= 1;
        // The places of those that left are swept out when they are most of the line: constant cost on average.
        if lane.len() as u64 > 2 * u64::from(self.waiting) + 16 {
            lane.retain(|(_, waiting)| waiting.is_some());
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

    /// Items come one a microsecond, each a letter whose class is 1 where it is small: who is served in which order, if nobody is served before 10 µs.
    fn served(discipline: Discipline, line: &str) -> String {
        let mut queue = Queue::new(policy(discipline));
        for (now_us, c) in (0..).zip(line.chars()) {
            queue.push_as(c.is_lowercase().into(), c, None, now_us).unwrap();
        }
        std::iter::from_fn(|| queue.pop(10).next).map(|waiting| waiting.item).collect()
    }

    #[test]
    fn the_next_one_by_discipline() {
        let adaptive = |after_us| Discipline::Adaptive { after_us };
        for (discipline, order) in [
            (Discipline::Fifo, "aBcD"),
            (Discipline::Lifo, "DcBa"),
            (Discipline::ByClass, "BDac"),
            (adaptive(10), "aBcD"),
            (adaptive(9), "DcBa"),
        ] {
            assert_eq!(served(discipline, "aBcD"), order, "{discipline:?}");
        }
        // The first has waited too long, so the newest is next; once it has been thrown out, all goes well.
        let mut queue = Queue::new(policy(adaptive(8)));
        "abc".chars().zip([0, 5, 6]).for_each(|(c, now_us)| {
            queue.push(c, None, now_us).unwrap();
        });
        assert_eq!(queue.pop(10).next.map(|waiting| waiting.item), Some('c'));
        assert_eq!(queue.drop_oldest().map(|waiting| waiting.item), Some('a'));
        assert_eq!(queue.pop(10).next.map(|waiting| waiting.item), Some('b'));
        assert_eq!((queue.pop(10).next, queue.len()), (None, 0));
    }

    #[test]
    fn who_has_to_go_for_another() {
        let full = || {
            let mut queue = Queue::new(policy(Discipline::Fifo));
            for c in "aBcDe".chars() {
                queue.push_as(c.is_lowercase().into(), c, None, 0).unwrap();
            }
            assert_eq!(queue.push_as(0, 'F', None, 0), Err('F'));
            queue
        };
        let gone = |take: &dyn Fn(&mut Queue<char>) -> Option<Waiting<char>>| {
            let mut queue = full();
            std::iter::from_fn(|| take(&mut queue)).map(|waiting| waiting.item).collect::<String>()
        };
        assert_eq!(gone(&|queue| queue.drop_oldest()), "aBcDe");
        assert_eq!(gone(&|queue| queue.drop_lowest(0)), "ace", "nobody goes for his like");
        assert_eq!(gone(&|queue| queue.drop_lowest(1)), "");
        let mut queue = full();
        let third = queue.iter().nth(2).unwrap().ticket;
        queue.cancel(third);
        assert_eq!(queue.clear().into_iter().map(|waiting| waiting.item).collect::<String>(), "aBDe");
        assert_eq!((queue.len(), queue.drop_oldest()), (0, None));
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

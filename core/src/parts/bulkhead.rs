//! Bulkheads: a dependency gets a share of its own, so that a slow one cannot use up what the others need (Nygard,
//! *Release It!*; resilience4j's `SemaphoreBulkhead` and `ThreadPoolBulkhead`).

use super::queue::{Discipline, Policy, Queue, Ticket};
use crate::sorted::Set;

/// At most `limit` calls at once; more are refused at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Semaphore {
    limit: u32,
    held: u32,
}

impl Semaphore {
    /// resilience4j's default is 25.
    pub fn new(limit: u32) -> Self {
        Self { limit, held: 0 }
    }

    /// How many calls are under way.
    pub fn held(&self) -> u32 {
        self.held
    }

    /// Takes a permit if one is free.
    pub fn try_acquire(&mut self) -> bool {
        let free = self.held < self.limit;
        self.held += u32::from(free);
        free
    }

    /// Gives a permit back.
    ///
    /// # Panics
    /// If none is out.
    pub fn release(&mut self) {
        self.held = self.held.checked_sub(1).expect("a permit is given back once");
    }
}

/// What became of a call handed to a [`Pool`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Submitted<T> {
    /// A thread was free: make the call.
    Run(Ticket, T),
    /// It waits for a thread.
    Queued(Ticket),
    /// No thread is free and the queue is full.
    Rejected(T),
}

/// `threads` threads, each held for the whole of a call however long it takes, and a bounded queue. Unlike a
/// [`super::server::Server`] it does not know how long that will be. With calls of time s it passes at most threads / s
/// a second (Little's law).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Pool<T> {
    threads: u32,
    running: Set<Ticket>,
    queue: Queue<T>,
}

impl<T> Pool<T> {
    /// All threads free.
    ///
    /// # Panics
    /// Without a thread.
    pub fn new(threads: u32, queue_limit: u32) -> Self {
        assert!(threads > 0, "a pool has at least one thread");
        let policy = Policy { discipline: Discipline::Fifo, limit: queue_limit, drop_expired: true };
        Self { threads, running: Set::new(), queue: Queue::new(policy) }
    }

    /// How many threads are held.
    pub fn busy(&self) -> u32 {
        self.running.len() as u32
    }

    /// How many calls wait.
    pub fn queued(&self) -> u32 {
        self.queue.len()
    }

    /// Asks for a thread; a call that waits beyond its deadline is not made.
    pub fn submit(&mut self, call: T, deadline_us: Option<u64>, now_us: u64) -> Submitted<T> {
        if self.busy() < self.threads {
            let ticket = self.queue.issue();
            self.running.insert(ticket);
            return Submitted::Run(ticket, call);
        }
        match self.queue.push(call, deadline_us, now_us) {
            Ok(ticket) => Submitted::Queued(ticket),
            Err(call) => Submitted::Rejected(call),
        }
    }

    /// A call is over, or its caller gave up and the thread with it; gives the call that the thread turns to, and the
    /// calls that expired while they waited. Nothing happens if the call holds no thread.
    pub fn finish(&mut self, ticket: Ticket, now_us: u64) -> (Option<(Ticket, T)>, Vec<T>) {
        if !self.running.remove(&ticket) {
            return (None, Vec::new());
        }
        let popped = self.queue.pop(now_us);
        let next = popped.next.map(|w| (w.ticket, w.item));
        self.running.extend(next.as_ref().map(|(ticket, _)| *ticket));
        (next, popped.expired.into_iter().map(|w| w.item).collect())
    }

    /// A call that still waits for a thread is given up; none if it waits no more.
    pub fn abandon(&mut self, ticket: Ticket) -> Option<T> {
        self.queue.cancel(ticket).map(|w| w.item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_semaphore_admits_its_limit() {
        let mut semaphore = Semaphore::new(2);
        assert_eq!([(); 3].map(|()| semaphore.try_acquire()), [true, true, false]);
        semaphore.release();
        assert!(semaphore.try_acquire());
        assert_eq!(semaphore.held(), 2);
    }

    #[test]
    fn a_saturated_pool_passes_threads_over_call_time() {
        // 10 threads, calls of 50 ms, always someone waiting: exactly 200 a second.
        let mut pool = Pool::new(10, 1_000);
        let mut due: BTreeSet<(u64, Ticket)> = BTreeSet::new();
        for call in 0..1_000u32 {
            if let Submitted::Run(ticket, _) = pool.submit(call, None, 0) {
                due.insert((50_000, ticket));
            }
        }
        let mut passed = 0;
        while let Some((now_us, ticket)) = due.pop_first().filter(|(t, _)| *t <= 2_000_000) {
            passed += 1;
            if let (Some((next, _)), _) = pool.finish(ticket, now_us) {
                due.insert((now_us + 50_000, next));
            }
        }
        assert_eq!(passed, 400);
    }

    proptest! {
        /// No call is lost, none runs twice, and no more run or wait than the pool allows.
        #[test]
        fn every_call_is_accounted_for(acts in proptest::collection::vec((0u8..4, 0u64..30), 0..80)) {
            let mut pool = Pool::new(2, 3);
            let (mut running, mut waiting, mut over) = (Vec::new(), BTreeSet::new(), 0u64);
            let mut calls = 0u64;
            for (now_us, (act, x)) in (0u64..).zip(acts) {
                match act {
                    0 | 1 => {
                        match pool.submit(calls, Some(now_us + x), now_us) {
                            Submitted::Run(ticket, _) => running.push(ticket),
                            Submitted::Queued(ticket) => { waiting.insert(ticket); }
                            Submitted::Rejected(call) => { prop_assert_eq!(call, calls); over += 1; }
                        }
                        calls += 1;
                    }
                    2 => if !running.is_empty() {
                        let done = running.remove(x as usize % running.len());
                        let (next, expired) = pool.finish(done, now_us);
                        over += 1 + expired.len() as u64;
                        if let Some((ticket, _)) = next {
                            prop_assert!(waiting.remove(&ticket));
                            running.push(ticket);
                        }
                        prop_assert_eq!(pool.finish(done, now_us), (None, vec![]));
                    },
                    _ => if let Some(ticket) = waiting.first().copied() {
                        over += u64::from(pool.abandon(ticket).is_some());
                        waiting.remove(&ticket);
                    },
                }
                prop_assert!(pool.busy() <= 2 && pool.queued() <= 3);
                prop_assert_eq!(u64::from(pool.busy() + pool.queued()) + over, calls);
            }
        }
    }
}

//! A server: some workers, a queue before them, and the time that each request takes.

use super::queue::{Policy, Queue, Ticket, Waiting};
use crate::sorted::Map;

/// A request at a server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Job<T> {
    item: T,
    work_us: u64,
}

/// The number of a request at its server.
pub type JobId = Ticket;

/// A request is being served: finish it at `done_us`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Started {
    /// Which one.
    pub job: JobId,
    /// How long it has waited.
    pub waited_us: u64,
    /// When its worker will be through with it.
    pub done_us: u64,
}

/// What became of a request that has arrived.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Arrival<T> {
    /// A worker was free.
    Started(Started),
    /// It waits.
    Queued(JobId),
    /// The queue is full: here it is back.
    Refused(T),
}

/// What followed when a worker became free.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Freed<T> {
    /// The request that it was busy with.
    pub item: T,
    /// For how long.
    pub held_us: u64,
    /// Requests thrown away unserved, because their deadline had passed.
    pub expired: Vec<T>,
    /// The request that it turned to.
    pub next: Option<Started>,
}

/// `workers` workers and a queue. It keeps no timers: whoever owns it calls [`Server::finish`] at each `done_us`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Server<T> {
    workers: u32,
    queue: Queue<Job<T>>,
    /// The number under which an arriving request that need not wait is served; those that wait keep their ticket.
    running: Map<JobId, Running<T>>,
    busy_us: u64,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Running<T> {
    item: T,
    since_us: u64,
}

impl<T> Server<T> {
    /// An idle server.
    ///
    /// # Panics
    /// Without a worker.
    pub fn new(workers: u32, queue: Policy) -> Self {
        assert!(workers > 0, "a server has at least one worker");
        Self { workers, queue: Queue::new(queue), running: Map::new(), busy_us: 0 }
    }

    /// How many requests are being served.
    pub fn busy(&self) -> u32 {
        self.running.len() as u32
    }

    /// How many wait.
    pub fn queued(&self) -> u32 {
        self.queue.len()
    }

    /// Worker time spent up to now on requests that have left, in µs; divided by workers and time it is the utilisation.
    pub fn busy_us(&self) -> u64 {
        self.busy_us
    }

    /// The request with this number, while it is being served.
    pub fn serving(&self, job: JobId) -> Option<&T> {
        self.running.get(&job).map(|run| &run.item)
    }

    /// The numbers of the requests that are being served.
    pub fn running(&self) -> impl Iterator<Item = JobId> {
        self.running.keys().copied()
    }

    /// A request arrives that will take `work_us` of a worker and is of no use after `deadline_us`.
    pub fn arrive(&mut self, item: T, work_us: u64, deadline_us: Option<u64>, now_us: u64) -> Arrival<T> {
        if self.busy() < self.workers {
            let job = self.queue.issue();
            return Arrival::Started(self.start(job, item, work_us, 0, now_us));
        }
        match self.queue.push(Job { item, work_us }, deadline_us, now_us) {
            Ok(job) => Arrival::Queued(job),
            Err(job) => Arrival::Refused(job.item),
        }
    }

    /// A worker is through with a request and turns to the next. None if the request is not being served: it was
    /// cancelled, and its worker has turned to another long ago.
    pub fn finish(&mut self, job: JobId, now_us: u64) -> Option<Freed<T>> {
        let done = self.running.remove(&job)?;
        let held_us = now_us.saturating_sub(done.since_us);
        self.busy_us = self.busy_us.saturating_add(held_us);
        let popped = self.queue.pop(now_us);
        let next = popped.next.map(|w| {
            let waited_us = now_us.saturating_sub(w.since_us);
            self.start(w.ticket, w.item.item, w.item.work_us, waited_us, now_us)
        });
        Some(Freed {
            item: done.item,
            held_us,
            expired: popped.expired.into_iter().map(|w| w.item.item).collect(),
            next,
        })
    }

    /// The caller does not want the answer any more and says so. One that waits leaves the queue; one that is being
    /// served frees its worker. None if it is not here.
    pub fn cancel(&mut self, job: JobId, now_us: u64) -> Option<Freed<T>> {
        match self.queue.cancel(job) {
            Some(Waiting { item, .. }) => {
                Some(Freed { item: item.item, held_us: 0, expired: Vec::new(), next: None })
            }
            None => self.finish(job, now_us),
        }
    }

    /// Everything is lost, as in a crash; gives what was here, served first, and for how long each was, then queued in order of arrival.
    pub fn clear(&mut self, now_us: u64) -> Vec<(T, Option<u64>)> {
        let running = std::mem::take(&mut self.running);
        let mut lost = Vec::new();
        for run in running.into_values() {
            let held_us = now_us.saturating_sub(run.since_us);
            self.busy_us = self.busy_us.saturating_add(held_us);
            lost.push((run.item, Some(held_us)));
        }
        lost.extend(self.queue.clear().into_iter().map(|w| (w.item.item, None)));
        lost
    }

    fn start(&mut self, job: JobId, item: T, work_us: u64, waited_us: u64, now_us: u64) -> Started {
        self.running.insert(job, Running { item, since_us: now_us });
        Started { job, waited_us, done_us: now_us.saturating_add(work_us) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::queue::Discipline;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn policy(limit: u32) -> Policy {
        Policy { discipline: Discipline::Fifo, limit, drop_expired: false }
    }

    /// Runs arrivals (time, work) to the end; gives when each finished, by its place, and the server.
    fn run(workers: u32, limit: u32, arrivals: &[(u64, u64)]) -> (Vec<Option<u64>>, Server<usize>) {
        let mut server = Server::new(workers, policy(limit));
        let mut due: BTreeMap<(u64, JobId), ()> = BTreeMap::new();
        let mut done = vec![None; arrivals.len()];
        let mut finish_until =
            |server: &mut Server<usize>, due: &mut BTreeMap<(u64, JobId), ()>, until_us: u64| {
                while let Some(((at_us, job), ())) =
                    due.first_key_value().map(|(k, v)| (*k, *v)).filter(|((t, _), ())| *t <= until_us)
                {
                    due.remove(&(at_us, job));
                    let freed = server.finish(job, at_us).unwrap();
                    done[freed.item] = Some(at_us);
                    if let Some(next) = freed.next {
                        due.insert((next.done_us, next.job), ());
                    }
                }
            };
        for (i, (at_us, work_us)) in arrivals.iter().enumerate() {
            finish_until(&mut server, &mut due, *at_us);
            if let Arrival::Started(started) = server.arrive(i, *work_us, None, *at_us) {
                due.insert((started.done_us, started.job), ());
            }
        }
        finish_until(&mut server, &mut due, u64::MAX);
        (done, server)
    }

    #[test]
    fn a_saturated_server_passes_workers_over_service_time() {
        // Little's law with all workers busy: 4 workers of 20 ms pass exactly 200 a second.
        let arrivals = vec![(0, 20_000); 1_000];
        let (done, server) = run(4, u32::MAX, &arrivals);
        let per_second =
            |second: u64| done.iter().filter(|d| d.unwrap().div_ceil(1_000_000) == second).count();
        assert_eq!([1, 2, 3, 4, 5].map(per_second), [200; 5]);
        assert_eq!(server.busy_us(), 1_000 * 20_000);
    }

    #[test]
    fn a_cancelled_request_frees_its_worker() {
        let mut server = Server::new(1, policy(2));
        let Arrival::Started(first) = server.arrive('a', 100, None, 0) else { panic!("idle") };
        let Arrival::Queued(second) = server.arrive('b', 100, None, 0) else { panic!("busy") };
        let Arrival::Queued(third) = server.arrive('c', 100, None, 0) else { panic!("busy") };
        assert_eq!(server.arrive('d', 100, None, 0), Arrival::Refused('d'));
        assert_eq!(server.cancel(second, 10).unwrap().next, None);
        let freed = server.cancel(first.job, 30).unwrap();
        assert_eq!(freed.next, Some(Started { job: third, waited_us: 30, done_us: 130 }));
        assert_eq!(server.finish(first.job, 100), None, "its timer comes too late");
        assert_eq!(server.running().collect::<Vec<_>>(), [third]);
        assert_eq!(server.busy_us(), 30);
        assert_eq!(freed.held_us, 30);
        assert_eq!(server.clear(50), [('c', Some(20))]);
        assert_eq!((server.busy(), server.queued(), server.busy_us()), (0, 0, 50));
    }

    proptest! {
        /// First come, first served by c workers: each request starts when it has arrived and the first worker is free.
        #[test]
        fn fifo_is_the_lindley_recursion(
            workers in 1u32..4, gaps in proptest::collection::vec((0u64..50, 0u64..80), 1..60),
        ) {
            let mut now_us = 0;
            let arrivals: Vec<(u64, u64)> = gaps.iter().map(|(gap, work)| { now_us += gap; (now_us, *work) }).collect();
            let mut free_us = vec![0; workers as usize];
            let expected: Vec<Option<u64>> = arrivals.iter().map(|(at, work)| {
                let worker = free_us.iter_mut().min().unwrap();
                *worker = (*worker).max(*at) + work;
                Some(*worker)
            }).collect();
            let (done, server) = run(workers, u32::MAX, &arrivals);
            prop_assert_eq!(done, expected);
            prop_assert_eq!(server.busy_us(), arrivals.iter().map(|a| a.1).sum::<u64>());
            prop_assert_eq!((server.busy(), server.queued()), (0, 0));
        }
    }
}

//! What happens over time, counted in bins, for the charts: rate, errors, duration; utilisation, saturation.

use super::message::{Ending, NAMES};
use super::params::DEPENDENCIES;
use crate::stats::{Level, Series, rounded};

/// Names of the series of calls, by dependency and result; the views of load read them.
pub const CALLS: [[&str; 6]; DEPENDENCIES] = [
    [
        "gauge: cache done",
        "gauge: cache failed",
        "gauge: cache timed out",
        "gauge: cache short-circuited",
        "gauge: cache rejected",
        "gauge: cache 400",
    ],
    [
        "gauge: database done",
        "gauge: database failed",
        "gauge: database timed out",
        "gauge: database short-circuited",
        "gauge: database rejected",
        "gauge: database 400",
    ],
    [
        "gauge: analytics done",
        "gauge: analytics failed",
        "gauge: analytics timed out",
        "gauge: analytics short-circuited",
        "gauge: analytics rejected",
        "gauge: analytics 400",
    ],
];
/// How requests end: well, by a fallback, too late, not at all well.
pub const REQUESTS: [&str; 4] =
    ["gauge: requests done", "gauge: requests degraded", "gauge: requests late", "gauge: requests failed"];
/// What a request takes: the mean, and the slowest.
pub const REQUEST_TIME: [&str; 2] = ["gauge: request", "gauge: slowest request"];
/// The slowest call of each dependency.
pub const SLOWEST: [&str; DEPENDENCIES] =
    ["gauge: cache slowest", "gauge: database slowest", "gauge: analytics slowest"];
/// What each dependency could do.
pub const CAPACITY: [&str; DEPENDENCIES] =
    ["gauge: cache capacity", "gauge: database capacity", "gauge: analytics capacity"];
/// Calls that no pool had room for.
pub const REJECTED: &str = "gauge: rejected";
/// Calls that come to the pools.
pub const SUBMITTED: &str = "gauge: submitted";
/// What calls to a dependency that went well took, on average.
pub const LATENCY: [&str; DEPENDENCIES] = ["cache: latency", "database: latency", "analytics: latency"];
/// Calls that are sent to each dependency.
pub const LOAD: [&str; DEPENDENCIES] = ["cache: load", "database: load", "analytics: load"];
/// Calls that wait at each.
pub const QUEUE: [&str; DEPENDENCIES] = ["cache: queue", "database: queue", "analytics: queue"];
/// How busy the workers of each are.
pub const USE: [&str; DEPENDENCIES] = ["cache: utilisation", "database: utilisation", "analytics: utilisation"];

/// The requests that ended in a bin.
#[derive(Clone, Copy, Debug, Default)]
struct Requests {
    /// In the order of [`REQUESTS`].
    ended: [u32; 4],
    sum_us: u64,
    slowest_us: u64,
}

impl Requests {
    fn count(&self) -> u32 {
        self.ended.iter().sum()
    }
}

/// The bins of a run.
#[derive(Clone, Debug)]
pub struct Bins {
    bin_us: u64,
    calls: Vec<[[u32; 6]; DEPENDENCIES]>,
    took_us: Vec<[u64; DEPENDENCIES]>,
    slowest_us: Vec<[u64; DEPENDENCIES]>,
    load: Vec<[u32; DEPENDENCIES]>,
    requests: Vec<Requests>,
    /// Whether the bad dependency was bad when each bin began, and whether it is now. A dependency that flaps turns millions of times.
    bad: Vec<bool>,
    is_bad: bool,
    queues: [Level; DEPENDENCIES],
    busy: [Level; DEPENDENCIES],
    threads: Level,
    waiting: Level,
    open: Level,
}

impl Bins {
    /// Bins of 100 ms, or of 1 s for runs longer than two minutes.
    pub fn new(horizon_us: u64) -> Bins {
        Bins {
            bin_us: if horizon_us <= 120_000_000 { 100_000 } else { 1_000_000 },
            calls: Vec::new(),
            took_us: Vec::new(),
            slowest_us: Vec::new(),
            bad: Vec::new(),
            is_bad: false,
            load: Vec::new(),
            requests: Vec::new(),
            queues: Default::default(),
            busy: Default::default(),
            threads: Level::default(),
            waiting: Level::default(),
            open: Level::default(),
        }
    }

    fn place(&mut self, at_us: u64) -> usize {
        let place = (at_us / self.bin_us) as usize;
        if self.calls.len() <= place {
            self.calls.resize(place + 1, Default::default());
            self.took_us.resize(place + 1, Default::default());
            self.slowest_us.resize(place + 1, Default::default());
            self.load.resize(place + 1, Default::default());
            self.requests.resize(place + 1, Default::default());
        }
        place
    }

    /// An attempt at a call has ended. What was not made is no call.
    pub fn result(&mut self, at_us: u64, dependency: usize, result: Ending, took_us: u64) {
        let place = self.place(at_us);
        let Some(count) = self.calls[place][dependency].get_mut(result as usize) else { return };
        *count += 1;
        if result == Ending::Done {
            self.took_us[place][dependency] += took_us;
            let slowest_us = &mut self.slowest_us[place][dependency];
            *slowest_us = took_us.max(*slowest_us);
        }
    }

    /// A call is sent to a dependency.
    pub fn sent(&mut self, at_us: u64, dependency: usize) {
        let place = self.place(at_us);
        self.load[place][dependency] += 1;
    }

    /// A request has ended after so long, in this way of [`REQUESTS`].
    pub fn ended(&mut self, at_us: u64, way: usize, took_us: u64) {
        let place = self.place(at_us);
        let requests = &mut self.requests[place];
        requests.ended[way] += 1;
        requests.sum_us += took_us;
        requests.slowest_us = requests.slowest_us.max(took_us);
    }

    /// The bad dependency goes bad, or is well again.
    pub fn turn(&mut self, at_us: u64, bad: bool) {
        self.bad.resize(at_us.div_ceil(self.bin_us) as usize, self.is_bad);
        self.is_bad = bad;
    }

    /// Calls wait, or are worked on, at a dependency: so many more than before.
    pub fn dependency(&mut self, at_us: u64, dependency: usize, queue_by: i64, busy_by: i64) {
        self.queues[dependency].add(at_us, self.bin_us, queue_by);
        self.busy[dependency].add(at_us, self.bin_us, busy_by);
    }

    /// Threads of all pools are held, and calls wait for one: so many more than before.
    pub fn pools(&mut self, at_us: u64, threads_by: i64, waiting_by: i64) {
        self.threads.add(at_us, self.bin_us, threads_by);
        self.waiting.add(at_us, self.bin_us, waiting_by);
    }

    /// So many more breakers are open than before.
    pub fn open(&mut self, at_us: u64, by: i64) {
        self.open.add(at_us, self.bin_us, by);
    }

    /// The charts. Utilisation is of so many workers of each dependency, and of so many threads in all; `capacity` gives the calls a
    /// second that a dependency can finish, while the bad one is bad or well.
    pub fn series(
        &mut self,
        ended_us: u64,
        (workers, threads): (u32, u32),
        capacity: impl Fn(usize, bool) -> i64,
    ) -> Vec<Series> {
        let bin_us = self.bin_us;
        let last = self.place(ended_us.saturating_sub(1));
        let levels = self.queues.iter_mut().chain(&mut self.busy);
        for level in levels.chain([&mut self.threads, &mut self.waiting, &mut self.open]) {
            level.add(ended_us, bin_us, 0);
            level.grow(last);
        }
        let line = |name: &'static str, unit, value: &dyn Fn(usize) -> Option<i64>| {
            let points: Vec<(u64, i64)> = (0..=last).filter_map(|i| Some((i as u64 * bin_us, value(i)?))).collect();
            Series { name: name.into(), unit, points: points.into() }
        };
        let rate = |n: u32| Some(rounded(u64::from(n) * 1_000_000, bin_us));
        let share = |level: &Level, i: usize, of: u32| {
            Some(rounded(level.sums[i].max(0) as u64 * 100, bin_us * u64::from(of.max(1))))
        };
        let mut all = vec![
            line("requests: ok", "a second", &|i| rate(self.requests[i].ended[0] + self.requests[i].ended[1])),
            line("requests: failed", "a second", &|i| rate(self.requests[i].ended[2] + self.requests[i].ended[3])),
            line("open breakers", "breakers", &|i| Some(self.open.most[i])),
            line("pools: utilisation", "%", &|i| share(&self.threads, i, threads)),
            line("pools: waiting", "calls", &|i| Some(self.waiting.most[i])),
            line(SUBMITTED, "a second", &|i| rate(self.calls[i].iter().map(submitted).sum())),
            line(REJECTED, "a second", &|i| rate(self.calls[i].iter().map(|of| of[Ending::Rejected as usize]).sum())),
            line(REQUEST_TIME[0], "us", &|i| {
                let requests = &self.requests[i];
                requests.sum_us.checked_div(u64::from(requests.count())).map(|us| us as i64)
            }),
            line(REQUEST_TIME[1], "us", &|i| {
                Some(self.requests[i].slowest_us as i64).filter(|_| self.requests[i].count() > 0)
            }),
        ];
        for (way, name) in REQUESTS.iter().enumerate() {
            all.push(line(name, "a second", &|i| rate(self.requests[i].ended[way])));
        }
        for d in 0..DEPENDENCIES {
            let mean = |i: usize| self.took_us[i][d].checked_div(u64::from(self.calls[i][d][0])).map(|us| us as i64);
            all.push(line(LOAD[d], "a second", &|i| rate(self.load[i][d])));
            all.push(line(LATENCY[d], "us", &mean));
            all.push(line(SLOWEST[d], "us", &|i| {
                Some(self.slowest_us[i][d] as i64).filter(|_| self.calls[i][d][0] > 0)
            }));
            all.push(line(CAPACITY[d], "a second", &|i| Some(capacity(d, self.bad.get(i).copied().unwrap_or(self.is_bad)))));
            all.push(line(USE[d], "%", &|i| share(&self.busy[d], i, workers)));
            all.push(line(QUEUE[d], "calls", &|i| Some(self.queues[d].most[i])));
            for (result, name) in CALLS[d].iter().enumerate() {
                all.push(line(name, "a second", &|i| rate(self.calls[i][d][result])));
            }
        }
        debug_assert!(CALLS.iter().zip(NAMES).all(|(names, name)| names[0].contains(name)));
        all
    }
}

/// Attempts that a breaker let pass: they have come to a pool.
fn submitted(results: &[u32; 6]) -> u32 {
    results.iter().sum::<u32>() - results[Ending::ShortCircuited as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dependency that flaps every microsecond turns 50 million times within the limits of a run: that leaves a word for each bin.
    #[test]
    fn turns_are_kept_by_bins() {
        let mut bins = Bins::new(1_000_000);
        (0..1_000_000).for_each(|at_us| bins.turn(at_us, at_us / 150_000 % 2 == 1));
        assert_eq!(bins.bad, [false, false, true, false, false, true, false, false, true, false]);
        let capacity = bins.series(1_000_000, (1, 1), |_, bad| i64::from(bad));
        let capacity = capacity.iter().find(|series| series.name == CAPACITY[0]).unwrap();
        assert_eq!(capacity.points.iter().map(|point| point.1).collect::<Vec<_>>(), [0, 0, 1, 0, 0, 1, 0, 0, 1, 0]);
    }
}

//! What happens over time, counted in bins, for the charts: rate, errors, duration; utilisation, saturation.

use super::message::{NAMES, Ending};
use super::params::DEPENDENCIES;
use crate::stats::Series;

/// Names of the series of calls, by dependency and result.
pub const CALLS: [[&str; 6]; DEPENDENCIES] = [
    ["cache: done", "cache: failed", "cache: timed out", "cache: short-circuited", "cache: rejected", "cache: 400"],
    [
        "database: done",
        "database: failed",
        "database: timed out",
        "database: short-circuited",
        "database: rejected",
        "database: 400",
    ],
    [
        "analytics: done",
        "analytics: failed",
        "analytics: timed out",
        "analytics: short-circuited",
        "analytics: rejected",
        "analytics: 400",
    ],
];
const LATENCY: [&str; DEPENDENCIES] = ["cache: latency", "database: latency", "analytics: latency"];
const LOAD: [&str; DEPENDENCIES] = ["cache: load", "database: load", "analytics: load"];
const QUEUE: [&str; DEPENDENCIES] = ["cache: queue", "database: queue", "analytics: queue"];
const USE: [&str; DEPENDENCIES] = ["cache: utilisation", "database: utilisation", "analytics: utilisation"];

/// A level that changes now and then, and its time-weighted sum over bins.
#[derive(Clone, Debug, Default)]
struct Level {
    value: i64,
    since_us: u64,
    sums: Vec<i64>,
    most: Vec<i64>,
}

impl Level {
    fn add(&mut self, at_us: u64, bin_us: u64, by: i64) {
        while self.since_us < at_us {
            let place = (self.since_us / bin_us) as usize;
            let end_us = ((place as u64 + 1) * bin_us).min(at_us);
            self.grow(place);
            self.sums[place] += self.value * (end_us - self.since_us) as i64;
            self.since_us = end_us;
        }
        self.value += by;
        let place = (at_us / bin_us) as usize;
        self.grow(place);
        self.most[place] = self.most[place].max(self.value);
    }

    fn grow(&mut self, place: usize) {
        if self.sums.len() <= place {
            self.sums.resize(place + 1, 0);
            self.most.resize(place + 1, self.value);
        }
    }
}

/// The bins of a run.
#[derive(Clone, Debug)]
pub struct Bins {
    bin_us: u64,
    calls: Vec<[[u32; 6]; DEPENDENCIES]>,
    took_us: Vec<[u64; DEPENDENCIES]>,
    load: Vec<[u32; DEPENDENCIES]>,
    requests: Vec<[u32; 2]>,
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
            self.load.resize(place + 1, Default::default());
            self.requests.resize(place + 1, Default::default());
        }
        place
    }

    /// An attempt at a call has ended.
    pub fn result(&mut self, at_us: u64, dependency: usize, result: Ending, took_us: u64) {
        let place = self.place(at_us);
        self.calls[place][dependency][result as usize] += 1;
        if result == Ending::Done {
            self.took_us[place][dependency] += took_us;
        }
    }

    /// A call is sent to a dependency.
    pub fn sent(&mut self, at_us: u64, dependency: usize) {
        let place = self.place(at_us);
        self.load[place][dependency] += 1;
    }

    /// A request has ended.
    pub fn ended(&mut self, at_us: u64, ok: bool) {
        let place = self.place(at_us);
        self.requests[place][usize::from(!ok)] += 1;
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

    /// The charts. Utilisation is of so many workers of each dependency, and of so many threads in all.
    pub fn series(&mut self, ended_us: u64, workers: u32, threads: u32) -> Vec<Series> {
        let bin_us = self.bin_us;
        let last = self.place(ended_us.saturating_sub(1));
        let levels = self.queues.iter_mut().chain(&mut self.busy);
        for level in levels.chain([&mut self.threads, &mut self.waiting, &mut self.open]) {
            level.add(ended_us, bin_us, 0);
            level.grow(last);
        }
        let line = |name, unit, value: &dyn Fn(usize) -> Option<i64>| {
            let points = (0..=last).filter_map(|i| Some((i as u64 * bin_us, value(i)?))).collect();
            Series { name, unit, points }
        };
        let rate = |n: u32| Some((u64::from(n) * 1_000_000 / bin_us) as i64);
        let share = |level: &Level, i: usize, of: u32| {
            Some(level.sums[i] * 100 / (bin_us as i64 * i64::from(of.max(1))))
        };
        let mut all = vec![
            line("requests: ok", "a second", &|i| rate(self.requests[i][0])),
            line("requests: failed", "a second", &|i| rate(self.requests[i][1])),
            line("open breakers", "breakers", &|i| Some(self.open.most[i])),
            line("pools: utilisation", "%", &|i| share(&self.threads, i, threads)),
            line("pools: waiting", "calls", &|i| Some(self.waiting.most[i])),
        ];
        for d in 0..DEPENDENCIES {
            let mean = |i: usize| self.took_us[i][d].checked_div(u64::from(self.calls[i][d][0])).map(|us| us as i64);
            all.push(line(LOAD[d], "a second", &|i| rate(self.load[i][d])));
            all.push(line(LATENCY[d], "us", &mean));
            all.push(line(USE[d], "%", &|i| share(&self.busy[d], i, workers)));
            all.push(line(QUEUE[d], "calls", &|i| Some(self.queues[d].most[i])));
            for (result, name) in CALLS[d].iter().enumerate() {
                all.push(line(name, "a second", &|i| rate(self.calls[i][d][result])));
            }
        }
        debug_assert!(CALLS.iter().zip(NAMES).all(|(names, name)| names[0].starts_with(name)));
        all
    }
}

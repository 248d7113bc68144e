//! What happens over time, counted in bins, for charts and for the flowchart's live counts.

use crate::lab::millionths;
use crate::stats::{Series, rounded};

/// The branches of the flowchart, whose counts run up as the run goes on; the names of their series.
pub const FLOW: [&str; 11] = [
    "flow: calls",
    "flow: attempts",
    "flow: succeeded",
    "flow: timed out",
    "flow: refused",
    "flow: errors",
    "flow: retries",
    "flow: permanent error",
    "flow: attempts used up",
    "flow: no time left",
    "flow: budget empty",
];

/// Places in [`FLOW`].
pub mod flow {
    /// Calls begun.
    pub const CALLS: usize = 0;
    /// Attempts made by clients.
    pub const ATTEMPTS: usize = 1;
    /// Calls that succeeded.
    pub const SUCCEEDED: usize = 2;
    /// Attempts that timed out.
    pub const TIMED_OUT: usize = 3;
    /// Attempts that were refused.
    pub const REFUSED: usize = 4;
    /// Attempts that failed.
    pub const ERRORS: usize = 5;
    /// Attempts after the first.
    pub const RETRIES: usize = 6;
    /// Calls given up, by reason, from here on.
    pub const GAVE_UP: usize = 7;
}

/// Names of the series that the views of load read and the charts leave to them.
pub mod name {
    /// The slowest call of a span that succeeded.
    pub const SLOWEST_CALL: &str = "gauge: slowest call";
    /// What an attempt that was answered took.
    pub const ATTEMPT: &str = "gauge: attempt";
    /// The slowest of them.
    pub const SLOWEST_ATTEMPT: &str = "gauge: slowest attempt";
    /// Calls that were given up.
    pub const GAVE_UP: &str = "gauge: given up";
    /// Attempts that were answered while their caller waited.
    pub const ANSWERED: &str = "gauge: answered";
    /// Requests that the server refused.
    pub const REFUSED: &str = "gauge: refused";
    /// Requests that failed after the work.
    pub const BROKEN: &str = "gauge: failed work";
    /// Work for nobody, the first time.
    pub const WASTED: &str = "gauge: wasted";
    /// Work for nobody that had been done before.
    pub const REPEATED: &str = "gauge: repeated";
    /// Calls that wait for an answer.
    pub const WAITING: &str = "gauge: waiting";
    /// Calls that sleep before a retry.
    pub const SLEEPING: &str = "gauge: sleeping";
    /// The mean of the retry budgets.
    pub const BUDGET: &str = "gauge: budget";
    /// Callers that may not retry.
    pub const BUDGETS_EMPTY: &str = "gauge: budgets empty";
}

/// One span of time.
#[derive(Clone, Copy, Debug, Default)]
struct Bin {
    first: u32,
    retries: u32,
    good: u32,
    gave_up: u32,
    errors: u32,
    refused: u32,
    broken: u32,
    wasted: u32,
    repeated: u32,
    /// Of calls that succeeded, and of attempts that were answered: how many, how long in all, the slowest.
    calls: Times,
    attempts: Times,
    queue: u32,
    busy_us: u64,
    levels: Levels,
    flow: [u32; FLOW.len()],
}

/// How long things took.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    count: u32,
    sum_us: u64,
    slowest_us: u64,
}

impl Times {
    fn add(&mut self, took_us: u64) {
        self.count += 1;
        self.sum_us += took_us;
        self.slowest_us = self.slowest_us.max(took_us);
    }

    fn mean_us(&self) -> Option<i64> {
        self.sum_us.checked_div(u64::from(self.count)).map(|us| us as i64)
    }

    fn slowest_us(&self) -> Option<i64> {
        (self.count > 0).then_some(self.slowest_us as i64)
    }
}

/// What callers are at: levels that hold until they change.
#[derive(Clone, Copy, Debug, Default)]
pub struct Levels {
    /// Calls whose attempt waits for an answer.
    pub waiting: u32,
    /// Calls that sleep before a retry.
    pub sleeping: u32,
    /// What is left of the retry budgets of all callers that have told of it, in thousandths.
    pub budget_milli: i64,
    /// How many have told of it.
    pub budgets: u32,
    /// How many of them may not retry.
    pub budgets_empty: u32,
}

/// The bins of a run.
#[derive(Clone, Debug)]
pub struct Bins {
    bin_us: u64,
    bins: Vec<Bin>,
    flow: [u32; FLOW.len()],
    levels: Levels,
    queue: u32,
    busy: u32,
    busy_since_us: u64,
}

impl Bins {
    /// Bins of 10 ms, 100 ms or 1 s, so that a run of this length has some thousand at the most.
    pub fn new(horizon_us: u64) -> Bins {
        let bin_us = match horizon_us {
            0..=10_000_000 => 10_000,
            10_000_001..=120_000_000 => 100_000,
            _ => 1_000_000,
        };
        let (bins, flow, levels) = (Vec::new(), [0; FLOW.len()], Levels::default());
        Bins { bin_us, bins, flow, levels, queue: 0, busy: 0, busy_since_us: 0 }
    }

    fn bin(&mut self, at_us: u64) -> &mut Bin {
        let place = (at_us / self.bin_us) as usize;
        while self.bins.len() <= place {
            if let Some(last) = self.bins.last_mut() {
                (last.flow, last.levels) = (self.flow, self.levels);
            }
            self.bins.push(Bin { queue: self.queue, ..Bin::default() });
        }
        &mut self.bins[place]
    }

    /// A request reached the server.
    pub fn offered(&mut self, at_us: u64, again: bool) {
        let bin = self.bin(at_us);
        if again {
            bin.retries += 1;
        } else {
            bin.first += 1;
        }
    }

    /// A call succeeded after so long.
    pub fn succeeded(&mut self, at_us: u64, latency_us: u64) {
        let bin = self.bin(at_us);
        bin.good += 1;
        bin.calls.add(latency_us);
    }

    /// A call was given up.
    pub fn gave_up(&mut self, at_us: u64) {
        self.bin(at_us).gave_up += 1;
    }

    /// An attempt was answered after so long, while its caller waited.
    pub fn answered(&mut self, at_us: u64, took_us: u64) {
        self.bin(at_us).attempts.add(took_us);
    }

    /// An attempt failed.
    pub fn failed(&mut self, at_us: u64) {
        self.bin(at_us).errors += 1;
    }

    /// The server refused a request.
    pub fn refused(&mut self, at_us: u64) {
        self.bin(at_us).refused += 1;
    }

    /// The server worked on a request, and it failed.
    pub fn broken(&mut self, at_us: u64) {
        self.bin(at_us).broken += 1;
    }

    /// An answer came to nobody; `again` tells whether the work had been done before.
    pub fn wasted(&mut self, at_us: u64, again: bool) {
        let bin = self.bin(at_us);
        if again {
            bin.repeated += 1;
        } else {
            bin.wasted += 1;
        }
    }

    /// What the callers are at changes.
    pub fn level(&mut self, at_us: u64, change: impl FnOnce(&mut Levels)) {
        self.bin(at_us);
        change(&mut self.levels);
    }

    /// So many requests wait at the server from now on.
    pub fn queue(&mut self, at_us: u64, length: u32) {
        self.queue = length;
        let bin = self.bin(at_us);
        bin.queue = bin.queue.max(length);
    }

    /// So many workers are busy from now on.
    pub fn busy(&mut self, at_us: u64, workers: u32) {
        let busy = u64::from(std::mem::replace(&mut self.busy, workers));
        let mut from_us = std::mem::replace(&mut self.busy_since_us, at_us);
        while busy > 0 && from_us < at_us {
            let end_us = (from_us / self.bin_us + 1).saturating_mul(self.bin_us).min(at_us);
            self.bin(from_us).busy_us += busy * (end_us - from_us);
            from_us = end_us;
        }
    }

    /// A branch of the flowchart was taken.
    pub fn flow(&mut self, at_us: u64, branch: usize) {
        self.bin(at_us);
        self.flow[branch] += 1;
    }

    /// How often a branch was taken in all.
    pub fn taken(&self, branch: usize) -> u32 {
        self.flow[branch]
    }

    /// Successes and offered requests a second, in millionths, in the last quarter of a run that ended then: in the bins that lie in it whole.
    /// None where there is no such bin.
    pub fn at_the_end(&self, ended_us: u64) -> (Option<i64>, Option<i64>) {
        let from_us = ended_us - ended_us / 4;
        let (first, end) = (from_us.div_ceil(self.bin_us), ended_us / self.bin_us);
        let whole = end.saturating_sub(first);
        let bins = self.bins.iter().skip(first as usize).take(whole as usize);
        let sums = bins.fold((0u64, 0u64), |(good, offered), bin| {
            (good + u64::from(bin.good), offered + u64::from(bin.first) + u64::from(bin.retries))
        });
        let rate = |n: u64| millionths(n * 1_000_000, whole * self.bin_us);
        (rate(sums.0), rate(sums.1))
    }

    /// The charts. `capacity` gives the requests a second that the server can finish at a time; `workers` is how many it has.
    pub fn series(&mut self, ended_us: u64, workers: u32, capacity: impl Fn(u64) -> i64) -> Vec<Series> {
        self.busy(ended_us, self.busy);
        self.bin(ended_us.saturating_sub(1));
        if let Some(last) = self.bins.last_mut() {
            (last.flow, last.levels) = (self.flow, self.levels);
        }
        let bin_us = self.bin_us;
        let rate = move |n: u32| rounded(u64::from(n) * 1_000_000, bin_us);
        let left = |bin: &Bin| bin.levels.budget_milli.checked_div(i64::from(bin.levels.budgets));
        let share = |bin: &Bin| rounded(bin.busy_us * 100, bin_us * u64::from(workers));
        let mut all = vec![
            self.line("offered load", "a second", |bin| Some(rate(bin.first + bin.retries))),
            self.line("goodput", "a second", |bin| Some(rate(bin.good))),
            Series { name: "capacity".into(), unit: "a second", points: Vec::new().into() },
            self.line("first attempts", "a second", |bin| Some(rate(bin.first))),
            self.line("retries", "a second", |bin| Some(rate(bin.retries))),
            self.line("failed attempts", "a second", |bin| Some(rate(bin.errors))),
            self.line("wasted work", "a second", |bin| Some(rate(bin.wasted + bin.repeated))),
            self.line("queue length", "requests", |bin| Some(i64::from(bin.queue))),
            self.line("utilisation", "%", |bin| Some(share(bin))),
            self.line("latency", "us", |bin| bin.calls.mean_us()),
            self.line(name::SLOWEST_CALL, "us", |bin| bin.calls.slowest_us()),
            self.line(name::ATTEMPT, "us", |bin| bin.attempts.mean_us()),
            self.line(name::SLOWEST_ATTEMPT, "us", |bin| bin.attempts.slowest_us()),
            self.line(name::GAVE_UP, "a second", |bin| Some(rate(bin.gave_up))),
            self.line(name::ANSWERED, "a second", |bin| Some(rate(bin.attempts.count))),
            self.line(name::REFUSED, "a second", |bin| Some(rate(bin.refused))),
            self.line(name::BROKEN, "a second", |bin| Some(rate(bin.broken))),
            self.line(name::WASTED, "a second", |bin| Some(rate(bin.wasted))),
            self.line(name::REPEATED, "a second", |bin| Some(rate(bin.repeated))),
            self.line(name::WAITING, "calls", |bin| Some(i64::from(bin.levels.waiting))),
            self.line(name::SLEEPING, "calls", |bin| Some(i64::from(bin.levels.sleeping))),
            self.line(name::BUDGET, "thousandths", left),
            self.line(name::BUDGETS_EMPTY, "callers", |bin| Some(i64::from(bin.levels.budgets_empty))),
        ];
        let starts = (0..self.bins.len() as u64).map(|i| i * bin_us);
        all[2].points = starts.map(|at_us| (at_us, capacity(at_us))).collect::<Vec<_>>().into();
        for (branch, name) in FLOW.iter().enumerate() {
            let counts = self.bins.iter().enumerate();
            let points = counts.map(|(i, bin)| ((i as u64 + 1) * bin_us, i64::from(bin.flow[branch])));
            all.push(Series { name: (*name).into(), unit: "count", points: points.collect::<Vec<_>>().into() });
        }
        all
    }

    fn line(&self, name: &'static str, unit: &'static str, value: impl Fn(&Bin) -> Option<i64>) -> Series {
        let points = self.bins.iter().enumerate();
        let points = points.filter_map(|(i, bin)| Some((i as u64 * self.bin_us, value(bin)?)));
        Series { name: name.into(), unit, points: points.collect::<Vec<_>>().into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_that_the_end_cuts_short_tells_no_rate() {
        let mut bins = Bins::new(600_000_000);
        (0..3_300_000).step_by(100_000).for_each(|at_us| bins.succeeded(at_us, 1_000));
        assert_eq!(bins.at_the_end(3_300_000), (None, None), "no whole second lies in its last quarter");
        assert_eq!(bins.at_the_end(4_000_000).0, Some(3_000_000), "three in the last of four seconds");
        (3_300_000..5_500_000).step_by(100_000).for_each(|at_us| bins.succeeded(at_us, 1_000));
        assert_eq!(bins.at_the_end(5_400_000), (None, None));
        assert_eq!(bins.at_the_end(8_000_000).0, Some(0));
    }

    #[test]
    fn busy_time_is_shared_among_the_bins_that_it_covers() {
        let mut bins = Bins::new(1_000_000);
        bins.busy(5_000, 2);
        bins.busy(25_000, 0);
        let series = bins.series(40_000, 2, |_| 0);
        let busy: Vec<i64> = series.iter().find(|s| s.name == "utilisation").unwrap().points.iter().map(|p| p.1).collect();
        assert_eq!(busy, [50, 100, 50, 0]);
    }
}

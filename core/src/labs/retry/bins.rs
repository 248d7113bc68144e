//! What happens over time, counted in bins, for charts and for the flowchart's live counts.

use crate::stats::Series;

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

/// One span of time.
#[derive(Clone, Copy, Debug, Default)]
struct Bin {
    first: u32,
    retries: u32,
    good: u32,
    errors: u32,
    wasted: u32,
    latency_us: u64,
    queue: u32,
    busy_us: u64,
    flow: [u32; FLOW.len()],
}

/// The bins of a run.
#[derive(Clone, Debug)]
pub struct Bins {
    bin_us: u64,
    bins: Vec<Bin>,
    flow: [u32; FLOW.len()],
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
        let (bins, flow) = (Vec::new(), [0; FLOW.len()]);
        Bins { bin_us, bins, flow, queue: 0, busy: 0, busy_since_us: 0 }
    }

    fn bin(&mut self, at_us: u64) -> &mut Bin {
        let place = (at_us / self.bin_us) as usize;
        while self.bins.len() <= place {
            if let Some(last) = self.bins.last_mut() {
                last.flow = self.flow;
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
        bin.latency_us += latency_us;
    }

    /// An attempt failed.
    pub fn failed(&mut self, at_us: u64) {
        self.bin(at_us).errors += 1;
    }

    /// An answer came to nobody.
    pub fn wasted(&mut self, at_us: u64) {
        self.bin(at_us).wasted += 1;
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

    /// Successes and offered requests a second, in the last quarter of a run that ended then.
    pub fn at_the_end(&self, ended_us: u64) -> (i64, i64) {
        let from_us = ended_us - ended_us / 4;
        let first = from_us.div_ceil(self.bin_us) as usize;
        let bins = self.bins.iter().skip(first);
        let sums = bins.fold((0u64, 0u64), |(good, offered), bin| {
            (good + u64::from(bin.good), offered + u64::from(bin.first) + u64::from(bin.retries))
        });
        let span_us = ended_us.saturating_sub(first as u64 * self.bin_us).max(1);
        let rate = |n: u64| ((n * 1_000_000 + span_us / 2) / span_us) as i64;
        (rate(sums.0), rate(sums.1))
    }

    /// The charts. `capacity` gives the requests a second that the server can finish at a time; `workers` is how many it has.
    pub fn series(&mut self, ended_us: u64, workers: u32, capacity: impl Fn(u64) -> i64) -> Vec<Series> {
        self.busy(ended_us, self.busy);
        self.bin(ended_us.saturating_sub(1));
        if let Some(last) = self.bins.last_mut() {
            last.flow = self.flow;
        }
        let bin_us = self.bin_us;
        let rate = move |n: u32| (u64::from(n) * 1_000_000 / bin_us) as i64;
        let mean = |bin: &Bin| bin.latency_us.checked_div(u64::from(bin.good)).map(|us| us as i64);
        let share = |bin: &Bin| (bin.busy_us * 100 / (bin_us * u64::from(workers))) as i64;
        let mut all = vec![
            self.line("offered load", "a second", |bin| Some(rate(bin.first + bin.retries))),
            self.line("goodput", "a second", |bin| Some(rate(bin.good))),
            Series { name: "capacity", unit: "a second", points: Vec::new() },
            self.line("first attempts", "a second", |bin| Some(rate(bin.first))),
            self.line("retries", "a second", |bin| Some(rate(bin.retries))),
            self.line("failed attempts", "a second", |bin| Some(rate(bin.errors))),
            self.line("wasted work", "a second", |bin| Some(rate(bin.wasted))),
            self.line("queue length", "requests", |bin| Some(i64::from(bin.queue))),
            self.line("utilisation", "%", |bin| Some(share(bin))),
            self.line("latency", "us", mean),
        ];
        let starts = (0..self.bins.len() as u64).map(|i| i * bin_us);
        all[2].points = starts.map(|at_us| (at_us, capacity(at_us))).collect();
        for (branch, name) in FLOW.iter().enumerate() {
            let counts = self.bins.iter().enumerate();
            let points = counts.map(|(i, bin)| ((i as u64 + 1) * bin_us, i64::from(bin.flow[branch])));
            all.push(Series { name, unit: "count", points: points.collect() });
        }
        all
    }

    fn line(&self, name: &'static str, unit: &'static str, value: impl Fn(&Bin) -> Option<i64>) -> Series {
        let points = self.bins.iter().enumerate();
        let points = points.filter_map(|(i, bin)| Some((i as u64 * self.bin_us, value(bin)?)));
        Series { name, unit, points: points.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

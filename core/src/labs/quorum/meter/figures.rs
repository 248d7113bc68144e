//! What a run comes to in figures, and its charts.

use super::super::meta::Figures;
use super::super::probe_meter::ProbeMeter;
use super::{Meter, STALENESS};
use crate::stats::{Sample, Series};

impl Meter {
    /// The run's figures.
    pub fn figures(&self) -> Figures {
        let count = |n: u64| Some(n as i64);
        let mean = |sample: &Sample| {
            let count = i128::from(sample.count());
            (count > 0).then(|| ((sample.sum() + count / 2) / count) as i64)
        };
        let probe = self.probe.as_ref();
        Figures {
            reads: count(self.reads_ok + self.reads_failed),
            read_ok: count(self.reads_ok),
            stale_reads: count(self.register.stale_reads),
            writes: count(self.writes_ok + self.writes_failed),
            write_ok: count(self.writes_ok),
            writes_lost: count(self.register.writes_lost()),
            siblings_max: count(self.siblings_max),
            read_ms: mean(&self.read_us),
            read_p99_ms: self.read_us.quantile(990_000),
            write_ms: mean(&self.write_us),
            write_p99_ms: self.write_us.quantile(990_000),
            stale_ms: self.age_us.quantile(1_000_000),
            repairs: count(self.repairs),
            hints: count(self.hints),
            converged_ms: self.register.converged_us().map(|us| us as i64),
            messages: count(self.messages),
            bytes_synced: count(self.bytes_synced),
            hashes: count(self.hashes),
            fresh: probe.and_then(ProbeMeter::fresh),
            visible_ms: probe.and_then(ProbeMeter::visible_us),
            behind: probe.and_then(ProbeMeter::behind),
            within: probe.and_then(ProbeMeter::within),
        }
    }

    /// The run's charts.
    pub fn series(&self) -> Vec<Series> {
        vec![
            self.age_series.series(STALENESS, "us"),
            self.read_series.series("read latency", "us"),
            self.write_series.series("write latency", "us"),
        ]
    }
}

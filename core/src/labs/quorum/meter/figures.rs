//! What a run comes to in figures, and its charts.

use super::super::meta::Figures;
use super::super::probe_meter::ProbeMeter;
use super::{Meter, STALENESS};
use crate::stats::Series;

impl Meter {
    /// The run's figures.
    pub fn figures(&self) -> Figures {
        let count = |n: u64| Some(n as i64);
        let (read, write) = (&self.ledger.reads, &self.ledger.writes);
        let probe = self.probe.as_ref();
        Figures {
            reads: count(read.all()),
            read_ok: count(read.ok()),
            stale_reads: count(self.register.stale_reads),
            writes: count(write.all()),
            write_ok: count(write.ok()),
            writes_lost: count(self.register.writes_lost()),
            siblings_max: count(self.siblings_max),
            read_ms: read.took.mean_us(),
            read_p99_ms: read.took.quantile_us(990_000),
            write_ms: write.took.mean_us(),
            write_p99_ms: write.took.quantile_us(990_000),
            stale_ms: self.ages.quantile_us(1_000_000),
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
            self.ages.series(STALENESS),
            self.ledger.reads.took.series("read latency"),
            self.ledger.writes.took.series("write latency"),
        ]
    }
}

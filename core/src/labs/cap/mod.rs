//! The lab cap: one cluster, one cut, two choices. It has no protocol of its own: it is the lab quorum's, set twice.

mod claims;
mod lesson;
mod meta;

pub use meta::META;

use meta::Figures;

use super::quorum::meter::Meter;
use super::quorum::params::{LegsOf, Repair, Write};
use super::quorum::{self, Params as QuorumParams};
use crate::lab::{Course, Detail, Outcome, Spec};
use crate::params::{decimal, dist, duration, int};
use crate::scenario::Scenario;
use crate::sim::Run;
use crate::sim::dist::Dist;

crate::choice! {
    /// What is kept while the network is cut.
    pub enum Choose {
        Cp = "cp" "consistency: majorities (CP)",
        Ap = "ap" "availability: any one replica (AP)",
    }
}

crate::params! {
    /// What a reader may set.
    pub struct Params {
        "The choice" {
            choose: Choose = choice_of(), "Choose", "What is kept while the network is cut: consistency (W and R are majorities, reads write back, writes ask first) or availability (W = R = 1).";
        }
        "The cluster" {
            n: u32 = int(1, 9, 3, "replicas"), "Replicas", "How many nodes keep the value.";
            clients: u32 = int(1, 9, 3, "clients"), "Clients", "How many clients there are; c1 asks n1, c2 asks n2, and round again.";
            rate: u32 = decimal(0, 100_000_000, 4_000_000, "per second"), "Rate", "Requests of each client in a second.";
            reads: u32 = decimal(0, 1_000_000, 500_000, "of requests"), "Share of reads", "How many of the requests are reads.";
            timeout: u64 = duration(1_000, 60_000_000, 250_000), "Timeout", "How long a replica waits for the others before it refuses.";
        }
        "Latency" {
            leg: Dist = dist("uniform-10ms-30ms"), "Between replicas", "How long a message between two replicas takes.";
            near: Dist = dist("uniform-2ms-4ms"), "To the client", "How long a message between a client and its replica takes.";
        }
    }
}

const fn choice_of() -> crate::params::Kind {
    crate::params::choice(Choose::WORDS, 0)
}

impl Params {
    /// The lab quorum's settings that these stand for.
    pub(super) fn quorum(&self) -> QuorumParams {
        let table = QuorumParams::TABLE.iter().map(|param| param.default());
        let mut params = QuorumParams::of(&table.collect::<Vec<_>>());
        (params.n, params.clients, params.rate, params.reads) = (self.n, self.clients, self.rate, self.reads);
        (params.timeout, params.cleg, params.legs) = (self.timeout, self.near.clone(), LegsOf::Own);
        for leg in [&mut params.wleg, &mut params.aleg, &mut params.rleg, &mut params.sleg] {
            leg.clone_from(&self.leg);
        }
        match self.choose {
            Choose::Cp => {
                (params.w, params.r) = (self.n / 2 + 1, self.n / 2 + 1);
                (params.repair, params.write) = (Repair::Blocking, Write::Ask);
            }
            Choose::Ap => {
                (params.w, params.r) = (1, 1);
                // What a replica missed in a cut comes to it afterwards.
                params.sync = 200_000;
            }
        }
        params
    }
}

/// Consistency or availability.
pub static LAB: Spec<Params> = Spec {
    telling: &[quorum::meter::STALENESS],
    presets: lesson::PRESETS,
    claims: claims::CLAIMS,
    challenges: lesson::CHALLENGES,
    fidelity: claims::FIDELITY,
    act_problem: |params, act| quorum::act_problem(&params.quorum(), act),
    sentences,
    ..Spec::new(&META, |params, _| quorum::cast(&params.quorum()), begin_run)
};

fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    quorum::measure(params.quorum(), scenario, detail, sum_up)
}

/// What the settings amount to.
fn sentences(params: &Params, _: &Scenario) -> Vec<String> {
    let majority = params.n / 2 + 1;
    let (n, alone) = (params.n, params.n - majority);
    match params.choose {
        Choose::Cp => vec![
            format!("Each operation waits for {majority} of {n} replicas: a side of a cut with {alone} or fewer refuses."),
            "A write takes two round trips, a read one: that is the price of consistency when nothing is cut.".into(),
        ],
        Choose::Ap => vec![
            "Each operation is served by the replica that is asked, alone: every side of a cut goes on.".into(),
            "Nothing is waited for: fast when nothing is cut, and sometimes stale.".into(),
        ],
    }
}

/// The figures and lights of the lab, of what the protocol of quorums came to.
fn sum_up(run: Run, mut meter: Meter) -> Outcome {
    let of = meter.figures();
    let figures = Figures {
        reads: of.reads,
        read_ok: of.read_ok,
        writes: of.writes,
        write_ok: of.write_ok,
        refused: Some(meter.ledger.refused() as i64),
        stale_reads: of.stale_reads,
        stale_ms: of.stale_ms,
        read_ms: of.read_ms,
        write_ms: of.write_ms,
        messages: of.messages,
    };
    let series = meter.series();
    let linearizable = meter.linearizable();
    let available = meter.ledger.available();
    let remarks = meter.register.remarks(&run.operations);
    let others = meter.register.verdicts();
    let chosen = others.into_iter().filter(|verdict| matches!(verdict.promise, "latest" | "converge"));
    let verdicts = [linearizable, available].into_iter().chain(chosen).collect();
    Outcome { remarks, ..run.outcome(figures.tallies(), series, verdicts) }
}

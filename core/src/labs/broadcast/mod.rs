//! The lab broadcast: reliable, FIFO, causal and total order broadcast, and the replicated machines that stand on it (*Understanding Distributed
//! Systems*, replication).

mod account;
mod challenges;
mod claims;
mod consensus;
mod fidelity;
mod laws;
mod message;
mod meta;
mod meter;
mod order;
mod params;
mod plan;
mod presets;
mod process;
mod sentences;
mod shows;
mod step;
#[cfg(test)]
mod tests;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::Sort;
use crate::kits::ensemble::{self, Ensemble, begin};
use crate::lab::{Course, Detail, Spec, ask_problem};
use crate::scenario::{Problem, Scenario};
use crate::sim::Network;
use crate::sim::dist::Dist;
use message::{KINDS, Request};
use meter::Meter;
use params::{Load, Switch};
use process::Process;

/// Broadcast.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem,
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::shows(params),
    ..Spec::new(&META, |params, _| ensemble::cast(params.n), begin_run)
};

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    let n = params.n;
    if (params.sequencer_place().is_some() || params.leads_first().is_some()) && params.sequencer > n {
        problems.push(Problem::key(
            "sequencer",
            format!(
                "the sequencer, or first leader, is one of the {n} processes; lower sequencer or raise n"
            ),
        ));
    }
    if params.load == Load::Triangle && n < 3 {
        problems.push(Problem::key(
            "n",
            "the third is the one who may see the answer first: n is 3 or more for load=triangle",
        ));
    }
    problems
}

/// What is wrong with an act: only processes can be asked.
fn act_problem(_: &Params, act: &Act) -> Option<String> {
    ask_problem::<Request>(act, Sort::Server, "only processes can be asked for something, such as ask:n1:say")
}

/// From scenario to outcome.
fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let cast = ensemble::cast(params.n);
    let mut network = Network::plain(params.leg.clone());
    network.classes.push(Dist::constant_us(params.token_hop));
    network.fifo = params.link_fifo == Switch::On;
    network.loss_millionths = u64::from(params.loss);
    let meter = Meter::new(&params, cast, scenario);
    let peers = Ensemble { params, cast, network, work_us: 0, kinds: KINDS, scenario };
    begin::<Process, _, _>(peers, meter, detail)
}

//! The lab leader: who leads, how others come to know, and what keeps two from leading: bully, ring, leases, sessions (*Understanding Distributed
//! Systems*, leader election).

mod challenges;
mod claims;
mod exports;
mod fidelity;
mod laws;
mod message;
mod meta;
mod meter;
mod params;
mod peer;
mod presets;
mod protocol;
mod sentences;
mod shows;
mod store;
#[cfg(test)]
mod tests;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::{Cast, Sort};
use crate::lab::{Course, Detail, Spec, ask_problem};
use crate::scenario::{Problem, Scenario};
use crate::sim::{Network, Setup, begin};
use message::{KINDS, Request};
use meter::Meter;
use params::{Mechanism, Switch};
use protocol::{Config, Node};

/// Leader election and leases.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem: |_, act| act_problem(act),
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::shows(params),
    telling: &["believe to lead"],
    exports: exports::exports,
    ..Spec::new(&META, |params, _| cast(params), begin_run)
};

/// Nodes that could lead, the store if there is one, and what the job is done to.
fn cast(params: &Params) -> Cast {
    let coordinators = if params.has_store() { 2 } else { 1 };
    Cast { servers: params.n as u16, coordinators, clients: 0 }
}

fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let network = Network {
        // Connections keep order, as those of TCP do.
        fifo: true,
        loss_millionths: u64::from(params.loss),
        ..Network::plain(params.delay.clone())
    };
    let cast = cast(&params);
    let config = Config::new(params, cast, scenario.seed);
    let meter = Meter::new(&config);
    let setup = Setup { cast, config, network, work_us: Vec::new(), kinds: KINDS, scenario };
    begin::<Node, Meter>(setup, meter, detail, |run, meter| {
        let (tallies, series, verdicts) = meter.results(run.ended_us);
        run.outcome(tallies, series, verdicts)
    })
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    if params.fence == Switch::On && !params.has_store() {
        let sentence = "bully and ring have no number that grows with each leader, so a fence has nothing to look at; take fence=off, or a lease or a sequence";
        problems.push(Problem::key("fence", sentence));
    }
    if params.loss > 0 && params.mechanism == Mechanism::Sequence {
        let sentence = "sessions go over connections, which send again what is lost; take loss=0, or cut links in the script";
        problems.push(Problem::key("loss", sentence));
    }
    if params.has_store() && params.renew >= params.lease {
        let sentence = "a lease must be renewed before it is over; take a shorter renew or a longer lease";
        problems.push(Problem::key("renew", sentence));
    }
    if !params.has_store() && params.detect > 0 && params.renew >= params.detect {
        let sentence = "a leader must say that it is up before the others take it to be down; take a shorter renew or a longer detect";
        problems.push(Problem::key("detect", sentence));
    }
    problems
}

/// What is wrong with an act.
fn act_problem(act: &Act) -> Option<String> {
    ask_problem::<Request>(
        act,
        Sort::Server,
        "only nodes that could lead can be asked: ask:n1:elect, ask:n1:stepdown",
    )
}

//! The lab balancer: clients, balancers and servers, and what balancers know (*Understanding Distributed Systems*, network load balancing).

mod challenges;
mod claims;
mod config;
mod exports;
mod fidelity;
mod laws;
mod meta;
mod meter;
mod params;
mod presets;
mod sentences;
mod shows;
#[cfg(test)]
mod tests;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::Sort;
use crate::kits::graph::{self, Running};
use crate::lab::{Course, Detail, Spec, ask_problem};
use crate::scenario::{Problem, Scenario};
use crate::sim::Network;
use meter::Meter;
use params::Sees;

/// Load balancing.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem,
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::shows(params),
    exports: exports::exports,
    ..Spec::new(&META, |params, _| config::config(params).cast, begin)
};

/// How many servers tell how many balancers of every change, at the most.
const MOST_TOLD: u32 = 200;

fn begin(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = config::config(&params);
    let network = Network::plain(params.latency.clone());
    let running = Running { from_us: params.from, ..Running::new(scenario, detail, network) };
    let meter = Meter::new(&params, &config);
    let charted = config.clone();
    graph::begin(config, running, meter, move || shows::charts(&params, &charted).0)
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    if params.sees == Sees::Shared && params.servers * params.balancers > MOST_TOLD {
        let sentence = "shared: servers times balancers is at most 200, for each change is a message to each";
        problems.push(Problem::key("sees", sentence));
    }
    problems
}

/// What is wrong with an act.
fn act_problem(_: &Params, act: &Act) -> Option<String> {
    ask_problem::<graph::Request>(
        act,
        Sort::Client,
        "only clients can be asked for something, such as ask:c1:call",
    )
}

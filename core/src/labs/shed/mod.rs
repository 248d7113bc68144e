//! The lab shed: what a service does with more than it can do (*Understanding Distributed Systems*, upstream resiliency).

mod challenges;
mod claims;
mod config;
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

use crate::cast::Sort;
use crate::kits::graph::{self, Running};
use crate::lab::{Spec, ask_problem};
use crate::scenario::Problem;
use crate::sim::Network;
use config::Config;
use meter::Meter;

/// Load shedding and levelling.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem: |_, act| {
        ask_problem::<graph::Request>(
            act,
            Sort::Client,
            "only the caller can be asked for something, such as ask:c1:call",
        )
    },
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::charts(&Config::new(params.clone())).1,
    ..Spec::new(
        &META,
        |params, _| Config::new(params.clone()).graph.cast,
        |params, scenario, detail| {
            let config = Config::new(params);
            let network = Network::plain(config.params.latency.clone());
            let running = Running { from_us: config.params.from, ..Running::new(scenario, detail, network) };
            let meter = Meter::new(&config);
            graph::begin(config.graph.clone(), running, meter, move || shows::charts(&config).0)
        },
    )
};

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    if params.scale != params::By::Off && params.most_instances < params.instances {
        let sentence = "there are more instances at the start than there may be; raise most_instances, or lower instances";
        problems.push(Problem::key("most_instances", sentence));
    }
    if params.codel == params::Delay::Folly && params.interval <= params.target {
        let sentence = "CoDel's interval is longer than its target; raise interval, or lower target";
        problems.push(Problem::key("interval", sentence));
    }
    problems
}

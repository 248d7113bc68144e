//! The lab observe: metrics, logs and traces, what each can answer and what it costs (*Understanding Distributed Systems*, monitoring and
//! observability; OpenTelemetry; Wilkie's RED and Gregg's USE).

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
use crate::kits::graph::{self, Charts, Running};
use crate::lab::{Course, Detail, Spec, ask_problem};
use crate::scenario::{Problem, Scenario};
use crate::sim::Network;
use config::Config;
use meter::Meter;

/// Metrics, logs, traces.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem: |_, act| {
        let only = "only tenants can be asked for something, such as ask:c1:call";
        ask_problem::<graph::Request>(act, Sort::Client, only)
    },
    sentences: |params, _| sentences::sentences(params),
    // What there is to see must not follow from where the fault is: a seed of its own says nothing of it.
    shows: |params, _| shows::charts(&Config::new(params.clone(), 0)).1,
    ..Spec::new(&META, |params, _| Config::new(params.clone(), 0).graph.cast, begin)
};

/// Begins a run with these parameters; seed, script and horizon are the scenario's.
fn begin(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = Config::new(params, scenario.seed);
    let network = Network::plain(config.params.latency.clone());
    let running = Running::new(scenario, detail, network);
    graph::begin(config.graph.clone(), running, Meter::new(&config), Charts::new)
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    if params.look > params.services {
        problems.push(Problem::key("look", "there is no such service; raise services, or lower look"));
    }
    problems
}

//! The lab limit: rate limiters, where their counters live, and who is refused (*Understanding Distributed Systems*, upstream resiliency).

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
use crate::kits::graph;
use crate::lab::{Course, Detail, Spec, ask_problem};
use crate::scenario::{Problem, Scenario};
use crate::sim::Network;
use meter::Meter;
use params::{Counters, Which};

/// Rate limiting.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem,
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::charts(params).1,
    exports: exports::exports,
    ..Spec::new(&META, |params, _| config::config(params).cast, begin_params)
};

/// Begins a run with these parameters; seed, script and horizon are the scenario's.
fn begin_params(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = config::config(&params);
    let network = Network::plain(params.latency.clone());
    let running = graph::Running { from_us: params.from, ..graph::Running::new(scenario, detail, network) };
    let own = Meter::new(&params, config.cast);
    graph::begin(config, running, own, move || shows::charts(&params).0)
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let elsewhere = matches!(params.counters, Counters::Shared | Counters::Sync);
    let mut problems = Vec::new();
    if params.limiter == Which::Leaky && elsewhere {
        let sentence = "a leaky bucket is where its queue is; choose local or split counters for it";
        problems.push(Problem::key("counters", sentence));
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

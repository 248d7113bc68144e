//! The lab breaker: a service with three dependencies, breakers and bulkheads (*Understanding Distributed Systems*, downstream resiliency).

mod challenges;
mod claims;
mod config;
mod exports;
mod fidelity;
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
use crate::kits::graph::{self, Request, Running};
use crate::lab::{Course, Detail, Spec, ask_problem};
use crate::scenario::{Problem, Scenario};
use crate::sim::Network;
use meter::Meter;

/// Circuit breakers and bulkheads.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem: |_, act| {
        let only = "only the service can be asked for something, such as ask:k1:request";
        ask_problem::<Request>(act, Sort::Coordinator, only)
    },
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::charts(params, &config::config(params)).1,
    exports: exports::exports,
    ..Spec::new(&META, |params, _| config::config(params).cast, begin)
};

/// Begins a run with these parameters; seed, script and horizon are the scenario's.
fn begin(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let (config, network) = (config::config(&params), Network::plain(params.latency.clone()));
    // A few requests come in a tenth of a second.
    let charted_us = if scenario.horizon_us <= 120_000_000 { 100_000 } else { 1_000_000 };
    let running = Running { charted_us, ..Running::new(scenario, detail, network) };
    let meter = Meter::new(&params, &config);
    graph::begin(config.clone(), running, meter, move || shows::charts(&params, &config).0)
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    if params.callers * params.breakers() > 8_000 {
        let sentence = "so many callers with a breaker for each shard are too many; lower callers or shards";
        problems.push(Problem::key("shards", sentence));
    }
    problems
}

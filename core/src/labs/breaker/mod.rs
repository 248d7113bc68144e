//! The lab breaker: a service with three dependencies, breakers and bulkheads (*Understanding Distributed Systems*, downstream resiliency).

mod caller;
mod challenges;
mod claims;
mod config;
mod dependency;
mod exports;
mod fidelity;
mod shows;
mod laws;
mod message;
mod meta;
mod meter;
mod params;
mod presets;
mod protocol;
mod sentences;
#[cfg(test)]
mod tests;

pub use meta::META;
pub use params::Params;

use crate::cast::Sort;
use crate::lab::{Course, Detail, Spec, ask_problem};
use crate::scenario::{Problem, Scenario};
use crate::sim::{Network, Setup, begin};
use message::{KINDS, Request};
use meter::Meter;
use config::Config;
use protocol::Node;

/// Circuit breakers and bulkheads.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem: |_, act| {
        ask_problem::<Request>(act, Sort::Coordinator, "only the service can be asked for something, such as ask:k1:request")
    },
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::shows(params),
    exports: exports::exports,
    ..Spec::new(&META, |params, _| Config::new(params.clone()).cast, begin_params)
};

/// Begins to run the protocol with these parameters; seed, script and horizon are the scenario's.
fn begin_params(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = Config::new(params);
    let meter = Meter::new(&config, scenario.horizon_us, detail);
    begin::<Node, Meter>(setup(config, scenario), meter, detail, |run, mut meter| {
        let (figures, verdicts) = (meter.figures(run.ended_us), meter.verdicts());
        run.outcome(figures.tallies(), meter.series(), verdicts)
    })
}

fn setup(config: Config, scenario: &Scenario) -> Setup<'_, Node> {
    let network = Network::plain(config.params.latency.clone());
    Setup { cast: config.cast, network, work_us: Vec::new(), kinds: KINDS, scenario, config }
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    if params.callers as usize * params.breakers() > 8_000 {
        let sentence = "so many callers with a breaker for each shard are too many; lower callers or shards";
        problems.push(Problem::key("shards", sentence));
    }
    problems
}

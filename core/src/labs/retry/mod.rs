//! The lab retry: clients that try again, and a server with a limit (*Understanding Distributed Systems*, downstream resiliency).

mod challenges;
mod claims;
mod config;
mod contended;
mod contention;
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

use crate::acts::Act;
use crate::cast::Sort;
use crate::kits::graph::{self, Running};
use crate::lab::{Course, Detail, Spec, ask_problem};
use crate::scenario::{Problem, Scenario};
use crate::sim::Network;
use config::Config;
use contention::KINDS;
use meter::Meter;
use params::Load;

/// Retries, backoff, jitter.
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
    ..Spec::new(&META, |params, _| Config::new(params.clone()).cast, begin_params)
};

/// Begins a run with these parameters; seed, script and horizon are the scenario's.
fn begin_params(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = Config::new(params);
    let meter = Meter::new(&config);
    if config.params.load == Load::Contention {
        return contended::begin(config, meter, scenario, detail);
    }
    let network = Network::plain(config.params.latency.clone());
    let running = Running { kinds: KINDS, ..Running::new(scenario, detail, network) };
    graph::begin(config.graph.clone(), running, meter, move || shows::charts(&config).0)
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    if params.load != Load::Contention && params.cap < params.initial {
        let sentence = "the cap is below the initial delay; raise cap, or lower initial";
        problems.push(Problem::key("cap", sentence));
    }
    problems
}

/// What is wrong with an act.
fn act_problem(params: &Params, act: &Act) -> Option<String> {
    if params.load == Load::Contention && matches!(act, Act::Ask { .. }) {
        return Some("in a contention run each client writes once, and can be asked for nothing".into());
    }
    ask_problem::<graph::Request>(
        act,
        Sort::Client,
        "only clients can be asked for something, such as ask:c1:call",
    )
}

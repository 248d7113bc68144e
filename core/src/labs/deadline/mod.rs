//! The lab deadline: timeouts, deadlines and hedging through services that call each other (*Understanding Distributed Systems*, downstream
//! resiliency; gRPC's deadlines and proposal A6; Dean and Barroso, "The Tail at Scale", CACM 2013).

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
#[cfg(test)]
mod tests;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::Sort;
use crate::kits::graph::{self, Charts, Running, gauges};
use crate::lab::shows::{Attempts, HeatMap, Spans};
use crate::lab::{Course, Detail, Shows, Spec, ask_problem};
use crate::scenario::{Problem, Scenario};
use crate::sim::Network;
use config::Config;
use meter::Meter;

/// Timeouts, deadlines, hedging.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem: |_, act| act_problem(act),
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| charts(&Config::new(params.clone())).1,
    exports: exports::exports,
    ..Spec::new(&META, |params, _| Config::new(params.clone()).graph.cast, begin)
};

/// Begins a run with these parameters; seed, script and horizon are the scenario's.
fn begin(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = Config::new(params);
    let network = Network::plain(config.params.latency.clone());
    let running = Running { from_us: config.params.from, ..Running::new(scenario, detail, network) };
    let charts = charts(&config).0;
    graph::begin(config.graph.clone(), running, Meter::new(&config), || charts)
}

/// What is charted, and what pictures show: those of any graph, with the time for a call.
fn charts(config: &Config) -> (Charts, Shows) {
    let (charts, shows) = gauges(&config.graph);
    let deadline_us = Some(config.params.total);
    let heat = shows.heat.map(|heat| HeatMap { of: Config::PEOPLE.0.into(), deadline_us, ..heat });
    let spans = shows.spans.map(|spans| match spans.attempts {
        Attempts::Kept { names, .. } => Spans { attempts: Attempts::Kept { names, deadline_us }, ..spans },
        _ => spans,
    });
    (charts, Shows { heat, spans, ..shows })
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |wrong: bool, key: &'static str, sentence: &str| {
        if wrong {
            problems.push(Problem::key(key, sentence));
        }
    };
    say(params.narrow > params.hops, "narrow", "there is no such service; raise hops, or lower narrow");
    say(params.bad_tier > params.hops, "bad_tier", "there is no such service; raise hops, or lower bad_tier");
    let both = params.hedges() && params.attempts_at(params.depth() - 1) > 1;
    say(
        both,
        "hedge",
        "a call is retried or hedged, not both (gRPC A6); set attempts=1 or retry_at=top, or hedge=off",
    );
    problems
}

/// What is wrong with an act.
fn act_problem(act: &Act) -> Option<String> {
    let only = "only people can be asked for something, such as ask:c1:call";
    ask_problem::<graph::Request>(act, Sort::Client, only)
}

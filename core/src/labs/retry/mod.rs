//! The lab retry: clients that try again, and a server with a limit (*Understanding Distributed Systems*, downstream resiliency).

mod challenges;
mod claims;
mod config;
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
use crate::kits::graph;
use crate::lab::{Course, Detail, Outcome, Spec, ask_problem};
use crate::scenario::{MAX_HORIZON_US, Problem, Scenario};
use crate::sim::dist::Dist;
use crate::sim::{Network, Run, Setup, begin};
use crate::trace::Mark;
use config::Config;
use contention::KINDS;
use meter::Meter;
use params::Load;
use std::borrow::Cow;

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
    let scenario = lasting(&config.params, scenario);
    let meter = Meter::new(&config, scenario.horizon_us);
    if config.params.load == Load::Contention {
        return begin::<contention::Node, Meter>(contended(config, &scenario), meter, detail, sum_up);
    }
    begin::<graph::Node, Meter>(setup(config, &scenario), meter, detail, sum_up)
}

fn sum_up(run: Run, mut meter: Meter) -> Outcome {
    let figures = meter.figures(Mark { at_us: run.ended_us, record: run.records.saturating_sub(1) });
    let verdicts = meter.verdicts();
    run.outcome(figures.tallies(), meter.series(), verdicts)
}

fn setup(config: Config, scenario: &Scenario) -> Setup<'_, graph::Node> {
    let network = Network::plain(config.params.latency.clone());
    let config = config.graph;
    Setup { cast: config.cast, network, work_us: Vec::new(), kinds: KINDS, scenario, config }
}

fn contended(config: Config, scenario: &Scenario) -> Setup<'_, contention::Node> {
    // Millionths of a millisecond are nanoseconds.
    let (mean_ns, sd_ns) = (config.params.leg * 1_000, u64::from(config.params.jitter_net));
    let network = Network::plain(Dist::Normal { mean_ns, sd_ns });
    Setup { cast: config.cast, network, work_us: Vec::new(), kinds: KINDS, scenario, config }
}

/// A contention run goes on until every client has written, whatever horizon it was given.
fn lasting<'a>(params: &Params, scenario: &'a Scenario) -> Cow<'a, Scenario> {
    if params.load == Load::Contention {
        Cow::Owned(Scenario { horizon_us: MAX_HORIZON_US, ..scenario.clone() })
    } else {
        Cow::Borrowed(scenario)
    }
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

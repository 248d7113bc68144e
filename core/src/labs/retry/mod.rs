//! The lab retry: clients that try again, and a server with a limit (*Understanding Distributed Systems*, downstream resiliency).

mod bins;
mod caller;
mod challenges;
mod claims;
mod client;
mod config;
mod contention;
mod exports;
mod fidelity;
mod gauges;
mod herds;
mod laws;
mod layer;
mod message;
mod meta;
mod meter;
mod params;
mod presets;
mod protocol;
mod recovery;
mod sentences;
mod serials;
mod server;
#[cfg(test)]
mod tests;
mod trouble;

pub use bins::{FLOW, flow};
pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::{Cast, Part, Sort};
use crate::lab::{Challenge, Claim, Course, Detail, Export, Fidelity, Gauges, Lab, Meta, Preset};
use crate::params::Param;
use crate::scenario::{MAX_HORIZON_US, Problem, Scenario};
use crate::sim::dist::Dist;
use crate::sim::{Network, Setup, begin};
use crate::trace::Mark;
use message::{KINDS, Request};
use meter::Meter;
use params::Load;
use config::Config;
use protocol::Node;
use std::borrow::Cow;

/// The lab.
pub static LAB: RetryLab = RetryLab;

/// Retries, backoff, jitter.
#[derive(Debug)]
pub struct RetryLab;

impl Lab for RetryLab {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn params(&self) -> &'static [Param] {
        Params::TABLE
    }

    fn cast(&self, scenario: &Scenario) -> Cast {
        Config::new(Params::of(&scenario.values)).cast
    }

    fn problems(&self, scenario: &Scenario) -> Vec<Problem> {
        problems(&Params::of(&scenario.values))
    }

    fn act_problem(&self, scenario: &Scenario, act: &Act) -> Option<String> {
        act_problem(&Params::of(&scenario.values), act)
    }

    fn sentences(&self, scenario: &Scenario) -> Vec<String> {
        sentences::sentences(&Params::of(&scenario.values))
    }

    fn gauges(&self, scenario: &Scenario) -> Gauges {
        gauges::gauges(&Params::of(&scenario.values))
    }

    fn exports(&self, scenario: &Scenario) -> Vec<Export> {
        exports::exports(&Params::of(&scenario.values))
    }

    fn presets(&self) -> &'static [Preset] {
        presets::PRESETS
    }

    fn claims(&self) -> &'static [Claim] {
        claims::CLAIMS
    }

    fn challenges(&self) -> &'static [Challenge] {
        challenges::CHALLENGES
    }

    fn fidelity(&self) -> &'static [Fidelity] {
        fidelity::FIDELITY
    }

    fn begin(&self, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
        begin_params(Params::of(&scenario.values), scenario, detail)
    }
}

/// Begins to run the protocol with these parameters; seed, script and horizon are the scenario's.
fn begin_params(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = Config::new(params);
    let scenario = lasting(&config.params, scenario);
    let meter = Meter::new(&config, scenario.horizon_us);
    let setup = Setup {
        cast: config.cast,
        network: network(&config.params),
        work_us: Vec::new(),
        kinds: KINDS,
        scenario: &scenario,
        config,
    };
    begin::<Node, Meter>(setup, meter, detail, |run, mut meter| {
        let figures = meter.figures(Mark { at_us: run.ended_us, record: run.records.saturating_sub(1) });
        let (series, verdicts) = (meter.series(run.ended_us), meter.verdicts());
        run.outcome(figures.tallies(), series, verdicts)
    })
}

/// A contention run goes on until every client has written, whatever horizon it was given.
fn lasting<'a>(params: &Params, scenario: &'a Scenario) -> Cow<'a, Scenario> {
    if params.load == Load::Contention {
        Cow::Owned(Scenario { horizon_us: MAX_HORIZON_US, ..scenario.clone() })
    } else {
        Cow::Borrowed(scenario)
    }
}

fn network(params: &Params) -> Network {
    match params.load {
        // Millionths of a millisecond are nanoseconds.
        Load::Contention => {
            let (mean_ns, sd_ns) = (params.leg * 1_000, u64::from(params.jitter_net));
            Network::plain(Dist::Normal { mean_ns, sd_ns })
        }
        _ => Network::plain(params.latency.clone()),
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
    match act {
        Act::Ask { node, request } => {
            let client = |part: &Part| match part {
                Part::One(name) => name.sort == Sort::Client,
                Part::All(sort) => *sort == Sort::Client,
            };
            if params.load == Load::Contention {
                return Some("in a contention run each client writes once, and can be asked for nothing".into());
            }
            if !node.0.iter().all(client) {
                return Some("only clients can be asked for something, such as ask:c1:call".into());
            }
            request.0.parse::<Request>().err()
        }
        _ => None,
    }
}

//! The lab breaker: a service with three dependencies, breakers and bulkheads (*Understanding Distributed Systems*, downstream resiliency).

mod bins;
mod caller;
mod challenges;
mod claims;
mod config;
mod dependency;
mod exports;
mod fidelity;
mod gauges;
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

use crate::acts::Act;
use crate::cast::{Cast, Part, Sort};
use crate::lab::{Challenge, Claim, Course, Detail, Export, Fidelity, Gauges, Lab, Meta, Preset};
use crate::params::Param;
use crate::scenario::{Problem, Scenario};
use crate::sim::{Network, Setup, begin};
use message::{KINDS, Request};
use meter::Meter;
use config::Config;
use protocol::Node;

/// The lab.
pub static LAB: BreakerLab = BreakerLab;

/// Circuit breakers and bulkheads.
#[derive(Debug)]
pub struct BreakerLab;

impl Lab for BreakerLab {
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

    fn act_problem(&self, _: &Scenario, act: &Act) -> Option<String> {
        act_problem(act)
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
    let meter = Meter::new(&config, scenario.horizon_us);
    let setup = Setup {
        cast: config.cast,
        network: Network::plain(config.params.latency.clone()),
        work_us: Vec::new(),
        kinds: KINDS,
        scenario,
        config,
    };
    begin::<Node, Meter>(setup, meter, detail, |run, mut meter| {
        let (figures, series) = (meter.figures(run.ended_us), meter.series(run.ended_us));
        run.outcome(figures.tallies(), series, meter.verdicts())
    })
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

/// What is wrong with an act.
fn act_problem(act: &Act) -> Option<String> {
    match act {
        Act::Ask { node, request } => {
            let service = |part: &Part| match part {
                Part::One(name) => name.sort == Sort::Coordinator,
                Part::All(sort) => *sort == Sort::Coordinator,
            };
            if !node.0.iter().all(service) {
                return Some("only the service can be asked for something, such as ask:k1:request".into());
            }
            request.0.parse::<Request>().err()
        }
        _ => None,
    }
}

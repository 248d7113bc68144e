//! The lab quorum: a register replicated to N nodes, written to W and read from R of them (Dynamo, SOSP 2007).

mod challenges;
mod claims;
mod client;
mod config;
mod coordinator;
mod disk;
mod fidelity;
pub(super) mod goals;
mod linearity;
mod message;
mod meta;
pub(super) mod meter;
mod network;
mod object;
mod pending;
pub(super) mod params;
mod presets;
mod probe;
mod probe_meter;
mod protocol;
mod replica;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod told;
#[cfg(test)]
mod truth;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::{Cast, Part, Sort};
use crate::lab::{Challenge, Claim, Course, Detail, Fidelity, Lab, Meta, Outcome, Preset};
use crate::params::Param;
use crate::parts::quorum::Quorum;
use crate::scenario::{Problem, Scenario};
use crate::sim::{Run, Setup, begin};
use message::{KEYS, KINDS, Request};
use meter::Meter;
use params::{Coordination, Handoff, Load, Repair, Versions, Write};
use config::Config;
use protocol::Node;

/// The lab.
pub static LAB: QuorumLab = QuorumLab;

/// Replication with N, W, R.
#[derive(Debug)]
pub struct QuorumLab;

impl Lab for QuorumLab {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn params(&self) -> &'static [Param] {
        Params::TABLE
    }

    fn cast(&self, scenario: &Scenario) -> Cast {
        cast(&Params::of(&scenario.values))
    }

    fn problems(&self, scenario: &Scenario) -> Vec<Problem> {
        problems(&Params::of(&scenario.values))
    }

    fn act_problem(&self, scenario: &Scenario, act: &Act) -> Option<String> {
        act_problem(&Params::of(&scenario.values), act)
    }

    fn sentences(&self, scenario: &Scenario) -> Vec<String> {
        sentences(&Params::of(&scenario.values))
    }

    fn telling(&self) -> &'static [&'static str] {
        &[meter::STALENESS]
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
        measure(Params::of(&scenario.values), scenario, detail, |run, mut meter| {
            let (figures, series) = (meter.figures(), meter.series());
            let linearizable = meter.linearizable(run.cast);
            let remarks = meter.register.remarks(&run.operations);
            let mut verdicts = meter.register.verdicts();
            verdicts.insert(4, linearizable);
            Outcome { remarks, ..run.outcome(figures.tallies(), series, verdicts) }
        })
    }
}

/// Begins to run the protocol with these parameters, and watches it; seed, script and horizon are the scenario's.
pub(super) fn measure(
    params: Params,
    scenario: &Scenario,
    detail: Detail,
    sum_up: fn(Run, Meter) -> Outcome,
) -> Box<dyn Course> {
    let config = configure(params, scenario);
    let meter = Meter::new(&config);
    let setup = Setup {
        cast: config.cast,
        network: network::network(&config, scenario.seed),
        work_us: Vec::new(),
        kinds: KINDS,
        scenario,
        config,
    };
    begin::<Node, Meter>(setup, meter, detail, move |run, mut meter| {
        meter.end(run.ended_us);
        sum_up(run, meter)
    })
}

/// What every node knows of a scenario.
fn configure(params: Params, scenario: &Scenario) -> Config {
    let forgets = |act: &Act| matches!(act, Act::Crash { .. } | Act::Wipe { .. } | Act::Start { .. });
    let stop_us = scenario.horizon_us.saturating_sub(params.rest);
    let boots = scenario.cues.iter().filter(|cue| matches!(cue.act, Act::Start { .. })).count() as u32;
    let (numbers, first_asked) = Config::numbers(&params, stop_us, boots);
    Config {
        cast: cast(&params),
        stop_us,
        numbers,
        first_asked,
        keeps_disk: scenario.cues.iter().any(|cue| forgets(&cue.act)),
        params,
    }
}

/// Who takes part.
pub(super) fn cast(params: &Params) -> Cast {
    let probe = params.load == Load::Probe;
    let apart = probe || params.coordinator == Coordination::Apart;
    Cast {
        servers: (params.n + params.spare) as u16,
        coordinators: if apart { 2 } else { 0 },
        clients: if probe { 0 } else { params.clients as u16 },
    }
}

/// What is wrong between parameters.
pub(super) fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (key, what, size) in [("w", "W", params.w), ("r", "R", params.r)] {
        if size > params.n {
            let sentence = format!("{what}={size} is more than the N={} replicas there are; lower {key} or raise n", params.n);
            problems.push(Problem::key(key, sentence));
        }
    }
    problems
}

/// What is wrong with an act.
pub(super) fn act_problem(params: &Params, act: &Act) -> Option<String> {
    match act {
        Act::Ask { node, request } => {
            let clients = |part: &Part| match part {
                Part::One(name) => name.sort == Sort::Client,
                Part::All(sort) => *sort == Sort::Client,
            };
            if params.load == Load::Probe || !node.0.iter().all(clients) {
                return Some("only clients can be asked for something, such as ask:c1:get.x".into());
            }
            match request.0.parse::<Request>() {
                Err(why) => Some(why),
                Ok(request) if u32::from(request.key()) >= params.keys => {
                    let known = KEYS[..params.keys as usize].join(", ");
                    Some(format!("there is no key {} here; the keys are {known}", KEYS[usize::from(request.key())]))
                }
                Ok(_) => None,
            }
        }
        _ => None,
    }
}

/// What the settings amount to.
pub(super) fn sentences(params: &Params) -> Vec<String> {
    if params.w > params.n || params.r > params.n {
        return Vec::new();
    }
    let quorum = match params.handoff {
        Handoff::Sloppy => Quorum::sloppy(params.n, params.w, params.r),
        _ => Quorum::strict(params.n, params.w, params.r),
    };
    let mut sentences: Vec<String> = quorum.facts().into_iter().map(|fact| fact.sentence).collect();
    let overlap = quorum.reads_meet_writes() && quorum.writes_meet_writes();
    if overlap && params.repair == Repair::Blocking && params.write == Write::Ask && params.versions == Versions::Lww {
        sentences.push("Reads write back what they return and writes ask first: this is the register of Attiya, Bar-Noy and Dolev, and linearizable.".into());
    }
    sentences
}

//! The lab quorum: a register replicated to N nodes, written to W and read from R of them (Dynamo, SOSP 2007).

mod challenges;
mod claims;
mod client;
mod config;
mod coordinator;
mod disk;
mod fidelity;
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
use crate::cast::Cast;
use crate::kits::object::{Mix, Numbers, Workload, ask_problem};
use crate::lab::shows::{Set, Sets};
use crate::lab::{Course, Detail, Outcome, Shows, Spec};
use crate::parts::quorum::Quorum;
use crate::scenario::{Problem, Scenario};
use crate::sim::{Run, Setup, begin};
use message::KINDS;
use meter::Meter;
use params::{Coordination, Handoff, Load, Repair, Versions, Write};
use config::Config;
use protocol::Node;

/// Replication with N, W, R.
pub static LAB: Spec<Params> = Spec {
    telling: &[meter::STALENESS],
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem,
    sentences: |params, _| sentences(params),
    shows: |params, _| Shows { sets: Some(sets(params)), ..Shows::default() },
    ..Spec::new(&META, |params, _| cast(params), begin_run)
};

/// Of how many replicas writes and reads wait for how many.
fn sets(params: &Params) -> Sets {
    let set = |letter, size| Set { letter, size };
    Sets { all: set("N", params.n), writes: set("W", params.w), reads: set("R", params.r) }
}

fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    measure(params, scenario, detail, |run, mut meter| {
        let (figures, series) = (meter.figures(), meter.series());
        let linearizable = meter.linearizable();
        let remarks = meter.register.remarks(&run.operations);
        let mut verdicts = meter.register.verdicts();
        verdicts.insert(4, linearizable);
        Outcome { remarks, ..run.outcome(figures.tallies(), series, verdicts) }
    })
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
    let forgets = |act: &Act| act.takes_down() || matches!(act, Act::Start { .. });
    let stop_us = scenario.horizon_us.saturating_sub(params.rest);
    let work = Workload {
        rate: params.rate,
        mix: Mix { keys: params.keys, reads: params.reads, deletes: params.deletes, swaps: 0 },
        stop_us,
        numbers: Numbers::of(scenario, params.rate, stop_us),
        give_up_us: 2 * params.timeout,
        again_us: None,
        role: meta::fact::ROLE,
    };
    Config {
        cast: cast(&params),
        work,
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
    if matches!(act, Act::Ask { .. }) && params.load == Load::Probe {
        return Some("nobody can be asked for anything in a probe".into());
    }
    ask_problem(act, META.requests, params.keys)
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

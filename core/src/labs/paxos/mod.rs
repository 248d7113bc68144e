//! The lab paxos: the published protocols (`core/src/parts/paxos.rs`) on the kernel, for one value and for a log that clients write to.

mod challenges;
mod claims;
mod client;
mod config;
mod desk;
mod fidelity;
mod laws;
mod message;
mod meta;
mod meter;
mod params;
mod presets;
mod replica;
mod request;
mod runs;
mod sentences;
mod server;
mod shows;
mod telling;
#[cfg(test)]
mod tests;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::{Cast, Sort};
use crate::kits::object::{self, Mix, Numbers, Workload};
use crate::lab::{Course, Detail, Lab, Outcome, Spec};
use crate::scenario::{Problem, Scenario};
use crate::sim::{Network, Setup, begin};
use client::Client;
use config::Config;
use message::{KINDS, Speech};
use meter::Meter;
use params::{Backoff, Protocol, Switch};
use replica::Replica;
use server::Server;

crate::declare::roles! {
    /// A node of the lab.
    pub enum Node of Config, Speech, for |config, me| {
        /// A replica of Viewstamped Replication.
        Replica(Box<Replica>) => Sort::Server if config.params.protocol == Protocol::Vr,
        /// Proposes, votes, and learns.
        Server(Box<Server>) => Sort::Server,
        /// Asks.
        Client(Client) => _,
    }
}

/// Paxos.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem,
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::shows(params),
    ..Spec::new(&META, |params, _| cast(params), begin_run)
};

/// Who takes part.
fn cast(params: &Params) -> Cast {
    let clients = if params.protocol == Protocol::Single { 0 } else { params.clients as u16 };
    Cast { servers: params.n as u16, coordinators: 0, clients }
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (key, set) in [("q1", params.q1), ("q2", params.q2)] {
        if set > params.n {
            let sentence =
                format!("there are {} servers, so {set} never answer; lower {key} or raise n", params.n);
            problems.push(Problem::key(key, sentence));
        }
    }
    if params.timeout.quantile_us(1e-9) < 1.0 {
        let sentence = "an election timeout of 0 begins ballots for ever; give it a least value, as in uniform-150ms-300ms";
        problems.push(Problem::key("timeout", sentence));
    }
    let duels = params.protocol == Protocol::Single
        && params.backoff == Backoff::None
        && params.leader == Switch::Off;
    if duels && params.proposers > 1 && params.delay.quantile_us(0.5) < 1.0 {
        let sentence = "messages that take no time and proposers that do not wait begin ballots for ever within a moment; give messages a time";
        problems.push(Problem::key("delay", sentence));
    }
    problems
}

/// What is wrong with an act.
fn act_problem(params: &Params, act: &Act) -> Option<String> {
    match (act, params.protocol) {
        (Act::Ask { .. }, Protocol::Single) => Some(
            "nobody asks where one value is to be chosen: proposers have their own; take protocol=multi"
                .into(),
        ),
        _ => object::ask_problem(act, META.requests, params.keys),
    }
}

/// What every node knows of a scenario.
fn configure(params: Params, scenario: &Scenario) -> Config {
    let forgets = |act: &Act| act.takes_down() || matches!(act, Act::Start { .. });
    let stop_us = scenario.horizon_us;
    let work = Workload {
        rate: params.rate,
        mix: Mix { keys: params.keys, reads: params.reads, deletes: 0, swaps: 0 },
        stop_us,
        numbers: Numbers::of(scenario, params.rate, stop_us),
        give_up_us: params.give_up,
        again_us: (params.retry > 0).then_some(params.retry),
        role: meta::fact::ROLE,
    };
    Config {
        rules: params.rules(),
        vr: params.vr_rules(),
        forgets: params.forgets(),
        cast: cast(&params),
        work,
        keeps_disk: scenario.cues.iter().any(|cue| forgets(&cue.act)),
        params,
    }
}

/// The network. For a log links keep the order of messages, as TCP does.
fn network(params: &Params) -> Network {
    Network {
        classes: vec![params.cleg.clone(), params.delay.clone(), params.delay.clone()],
        loss_millionths: u64::from(params.loss),
        fifo: params.protocol != Protocol::Single,
        ..Network::plain(params.delay.clone())
    }
}

fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = configure(params, scenario);
    let meter = Meter::new(&config, scenario);
    let setup = Setup {
        cast: config.cast,
        network: network(&config.params),
        work_us: Vec::new(),
        kinds: KINDS,
        scenario,
        config,
    };
    begin::<Node, Meter>(setup, meter, detail, |run, mut meter| {
        meter.end(run.ended_us);
        let (tallies, series, verdicts) = meter.results();
        run.outcome(tallies, series, verdicts)
    })
}

/// Runs a link of this lab's own with a seed: what its claims and checks compare.
fn outcome_of(text: &str, seed: u32, detail: Detail) -> Outcome {
    let scenario = crate::link::own(&LAB, text);
    LAB.run(&Scenario { seed, ..scenario }, detail)
}

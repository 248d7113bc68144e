//! The lab commit: atomic commitment by two-phase and three-phase commit, and sagas beside them (*Understanding Distributed Systems*, transactions).

mod challenges;
mod claims;
mod client;
mod config;
mod coordinator;
mod entry;
mod fidelity;
mod group;
mod lights;
mod message;
mod meta;
mod meter;
mod orchestrator;
mod outbox;
mod params;
mod presets;
mod sentences;
mod shop;
mod shows;
#[cfg(test)]
mod tests;
mod voter;
mod worker;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::Sort;
use crate::lab::{Course, Detail, Lab, Outcome, Spec, ask_problem};
use crate::scenario::{Problem, Scenario};
use crate::sim::{Network, Setup, begin};
use client::Client;
use config::Config;
use coordinator::Coordinator;
use message::{KINDS, Request, Speech};
use meter::Meter;
use orchestrator::Orchestrator;
use params::Protocol;
use shop::Shop;
use voter::Voter;
use worker::Worker;

crate::declare::roles! {
    /// A node of the lab.
    pub enum Node of Config, Speech, for |config, me| {
        /// A participant that votes.
        Voter(Voter) => Sort::Server if config.params.protocol.votes(),
        /// A participant of a saga.
        Worker(Worker) => Sort::Server,
        /// The coordinator of a commit protocol.
        Coordinator(Coordinator) => Sort::Coordinator if config.params.protocol.votes(),
        /// The orchestrator of sagas.
        Orchestrator(Orchestrator) => Sort::Coordinator if config.params.protocol == Protocol::Orchestrated,
        /// The order service of choreographed sagas.
        Shop(Shop) => Sort::Coordinator,
        /// The client.
        Client(Client) => Sort::Client,
    }
}

/// Atomic commitment.
pub static LAB: Spec<Params> = Spec {
    longest_us: 120_000_000,
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem: |_, act| act_problem(act),
    sentences: |params, _| sentences::sentences(params),
    shows: shows::shows,
    ..Spec::new(&META, |params, _| Config::new(params.clone()).cast, begin_params)
};

/// Begins to run the protocol with these parameters; seed, script and horizon are the scenario's.
fn begin_params(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = Config::new(params);
    let meter = Meter::new(config.clone());
    let network = Network::plain(config.params.latency.clone());
    let setup = Setup { cast: config.cast, network, work_us: Vec::new(), kinds: KINDS, scenario, config };
    begin::<Node, Meter>(setup, meter, detail, |run, mut meter| {
        meter.end(run.ended_us);
        let (figures, series) = (meter.figures(), meter.series());
        run.outcome(figures.tallies(), series, meter.verdicts())
    })
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    if params.coordinators > 1 && params.protocol != Protocol::TwoPhase {
        let sentence = "only two-phase commit has its decisions kept by several here: set protocol to 2pc, or coordinators to 1";
        return vec![Problem::key("coordinators", sentence)];
    }
    if params.refuse > params.n {
        let sentence = format!("there is no participant {}: raise n, or lower refuse", params.refuse);
        return vec![Problem::key("refuse", sentence)];
    }
    Vec::new()
}

/// What is wrong with an act.
fn act_problem(act: &Act) -> Option<String> {
    if act.takes_down() && act.touches(Sort::Client) {
        return Some("the client does not crash here: whether an order is whole is no matter of who ordered".into());
    }
    ask_problem::<Request>(act, Sort::Client, "only the client orders: ask:c1:order")
}

/// Runs a link of this lab's own: what its claims and checks compare.
fn outcome_of(text: &str, detail: Detail) -> Outcome {
    LAB.run(&crate::link::own(&LAB, text), detail)
}

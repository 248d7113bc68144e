//! The lab gateway: a page that is made of many calls, second requests, partial pages and the retries of a mesh (*Understanding Distributed Systems*,
//! microservices; Dean and Barroso, "The Tail at Scale", CACM 2013).

mod challenges;
mod claims;
mod config;
mod fidelity;
mod laws;
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
use meter::Meter;
use params::{Hedge, MOST_SERVERS, Need, Queues, Shape, Switch, Trouble};

/// Fan-out, tail latency, hedging, a mesh.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem: |_, act| act_problem(act),
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::shows(&Config::new(params.clone())),
    ..Spec::new(&META, |params, _| Config::new(params.clone()).graph.cast, begin)
};

/// Begins a run with these parameters; seed, script and horizon are the scenario's.
fn begin(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = Config::new(params);
    let network = Network::plain(config.params.latency.clone());
    let running = Running { from_us: config.params.from, ..Running::new(scenario, detail, network) };
    let charted = config.clone();
    graph::begin(config.graph.clone(), running, Meter::new(&config), move || shows::charts(&charted).0)
}

/// What is wrong between parameters.
fn problems(p: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |wrong: bool, key: &'static str, sentence: &str| {
        if wrong {
            problems.push(Problem::key(key, sentence));
        }
    };
    let mesh = p.mesh == Switch::On;
    let retries = if mesh { p.mesh_attempts > 1 } else { p.app_attempts > 1 };
    let hedges = p.hedge != Hedge::Off;
    say(
        p.fan * p.replicas > MOST_SERVERS,
        "replicas",
        "there are up to 2,000 servers; lower fan or replicas",
    );
    say(p.need == Need::K && p.k > p.fan, "k", "there are no so many parts; raise fan, or lower k");
    say(
        p.need == Need::K && p.shape == Shape::Sequence,
        "need",
        "parts one after the other are all asked for; set need=all or need=essential",
    );
    say(p.essential > p.fan, "essential", "there are no so many parts; raise fan, or lower essential");
    say(hedges && p.copies > 1, "copies", "a call is hedged or copied at once; set copies=1 or hedge=off");
    say(
        p.seconds() && retries,
        "hedge",
        "who chooses the server hedges or retries, not both (gRPC A6); set its attempts to 1, or hedge=off and copies=1",
    );
    say(
        p.copies > p.replicas && p.queues == Queues::On,
        "copies",
        "copies are for servers of their own; raise replicas, or lower copies",
    );
    say(p.trouble == Trouble::Store && p.store == Switch::Off, "trouble", "there is no store; set store=on");
    problems
}

/// What is wrong with an act.
fn act_problem(act: &Act) -> Option<String> {
    let only = "only clients can be asked for something, such as ask:c1:call";
    ask_problem::<graph::Request>(act, Sort::Client, only)
}

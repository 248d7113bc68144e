//! The lab messaging: a call, a queue, publish and subscribe, a partitioned log (the documentation of Apache Kafka and of Amazon SQS; *Understanding
//! Distributed Systems*, messaging).

mod bench;
mod broker;
mod challenges;
mod claims;
mod controller;
mod desk;
mod fidelity;
mod inbox;
mod item;
mod laws;
mod message;
mod meta;
mod meter;
mod params;
mod place;
mod presets;
mod producer;
mod protocol;
mod reader;
mod sentences;
mod shows;
mod store;
#[cfg(test)]
mod tests;
mod tracks;
mod worker;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::{Part, Sort};
use crate::kits::object::Numbers;
use crate::lab::{Course, Detail, Spec};
use crate::scenario::{Problem, Scenario};
use crate::sim::{Network, Setup, begin};
use message::{KINDS, Request};
use meter::Meter;
use params::{Channel, Commit, Load};
use protocol::{Config, Node};

/// Messaging.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem,
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::shows(params),
    ..Spec::new(&META, |params, _| protocol::cast(params), begin_run)
};

fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let rate = if params.load == Load::Steady { params.rate } else { 0 };
    // Connections keep order, as those of TCP do.
    let loss_millionths = u64::from(params.loss);
    let network = Network { fifo: true, loss_millionths, ..Network::plain(params.delay.clone()) };
    let stop_us = scenario.horizon_us;
    let config = Config {
        cast: protocol::cast(&params),
        numbers: Numbers::of(scenario, rate, stop_us),
        stop_us,
        params,
    };
    let meter = Meter::new(&config);
    let setup = Setup { cast: config.cast, config, network, work_us: Vec::new(), kinds: KINDS, scenario };
    begin::<Node, Meter>(setup, meter, detail, |run, meter| {
        let (tallies, series, verdicts) = meter.results(run.ended_us);
        run.outcome(tallies, series, verdicts)
    })
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    if params.producers > params.keys {
        problems.push(Problem::key(
            "keys",
            format!(
                "each of the {} producers has keys of its own: there must be as many at the least",
                params.producers
            ),
        ));
    }
    if params.channel == Channel::Queue && params.commit == Commit::Interval {
        problems.push(Problem::key(
            "commit",
            "a queue has no offsets to commit now and then: take commit=after or commit=before",
        ));
    }
    problems
}

/// What is wrong with an act.
fn act_problem(params: &Params, act: &Act) -> Option<String> {
    let Act::Ask { node, request } = act else { return None };
    let request: Request = match request.0.parse() {
        Ok(request) => request,
        Err(why) => return Some(why),
    };
    let all_of = |sort: Sort| node.0.iter().all(|part| part.sort() == sort);
    let (sort, channel, only) = match request {
        Request::Send { .. } => (Sort::Client, None, "only producers send: ask:c1:send.x"),
        Request::Seek(_) => (
            Sort::Coordinator,
            Some(Channel::Log),
            "only consumers of a log seek: ask:k1:seek.0 with channel=log",
        ),
        Request::Partitions(_) => (
            Sort::Server,
            Some(Channel::Log),
            "only a log's brokers have partitions: ask:n1:partitions.6 with channel=log",
        ),
        Request::Redrive => (
            Sort::Server,
            Some(Channel::Queue),
            "only a queue has dead letters: ask:n1:redrive with channel=queue",
        ),
    };
    let is_consumer =
        |part: &Part| !matches!(part, Part::One(name) if u32::from(name.number) > params.consumers);
    if matches!(request, Request::Seek(_)) && !node.0.iter().all(is_consumer) {
        return Some(only.into());
    }
    if !all_of(sort) || channel.is_some_and(|channel| channel != params.channel) {
        return Some(only.into());
    }
    if let Request::Send { key, .. } = request {
        if u32::from(key) >= params.keys {
            return Some(format!("there are {} keys", params.keys));
        }
        let owner = |part: &Part| match part {
            Part::One(name) => u32::from(name.number) == u32::from(key) % params.producers + 1,
            Part::All(_) => params.producers == 1,
        };
        if !node.0.iter().all(owner) {
            let owner = u32::from(key) % params.producers + 1;
            return Some(format!(
                "each key has one producer, that of {} is c{owner}",
                crate::lab::key_name(key)
            ));
        }
    }
    None
}

//! What there is to draw of this lab's runs: requests, pools, dependencies, the breakers between them, and how a request is followed.

use super::meta::fact;
use super::bins;
use super::message::{Ending, NAMES, RESULTS};
use super::params::{DEPENDENCIES, Params, Scope, Switch};
use super::caller::word;
use super::config::Config;
use crate::cast::Sort;
use crate::lab::Shows;
use crate::lab::shows::{
    Arm, Attempts, Deadline, Ending as EndingOf, FactId, Fate, Guard, Layer, Line, Machine, MachineState, SeriesKey, Service, Spans, Station,
    TallyKey, Tone, Traffic, Way,
};
use crate::parts::breaker::{State, Transition};

/// What there is to read of a run with these settings. The traffic of the dependency that the settings name, bad or not, stands before that of
/// the others.
pub fn shows(params: &Params) -> Shows {
    let config = Config::new(params.clone());
    let mut services = vec![Service {
        name: "requests to the service",
        rate: SeriesKey::all(&bins::REQUESTS),
        errors: SeriesKey::all(&bins::REQUESTS[2..]),
        duration: bins::REQUEST_TIME.map(|name| SeriesKey(name.into())),
        p99: Some(TallyKey("request_p99_ms")),
    }];
    services.extend((0..DEPENDENCIES).map(|d| Service {
        name: ["calls to the cache", "calls to the database", "calls to analytics"][d],
        rate: SeriesKey::all(&bins::CALLS[d]),
        errors: SeriesKey::all(&bins::CALLS[d][1..]),
        duration: [bins::LATENCY[d], bins::SLOWEST[d]].map(|name| SeriesKey(name.into())),
        p99: None,
    }));
    let mut stations = vec![Station {
        name: "pools",
        places: "threads",
        size: params.all_threads(),
        queue_limit: None,
        arrivals: SeriesKey((bins::SUBMITTED).into()),
        utilisation: SeriesKey(("pools: utilisation").into()),
        waiting: SeriesKey(("pools: waiting").into()),
        errors: SeriesKey::all(&[bins::REJECTED]),
        rank: 0,
        line: None,
        guard: None,
    }];
    let machines: Vec<Machine> = breakers(params).into_iter().collect();
    // Each has as many breakers before it: one, or one for each shard.
    let each = machines.first().map_or(0, |machine| (machine.places.len() / DEPENDENCIES) as u16);
    stations.extend(config.cast.of(Sort::Server).zip(0..).map(|(node, d): (_, usize)| Station {
        name: NAMES[d],
        places: "workers",
        size: params.workers,
        queue_limit: Some(params.queue_limit),
        arrivals: SeriesKey((bins::LOAD[d]).into()),
        utilisation: SeriesKey((bins::USE[d]).into()),
        waiting: SeriesKey((bins::QUEUE[d]).into()),
        errors: SeriesKey::all(&[bins::CALLS[d][Ending::Failed as usize]]),
        rank: 1,
        line: Some(Line { node, busy: FactId(fact::BUSY), queue: FactId(fact::QUEUE) }),
        guard: (each > 0).then(|| Guard { machine: 0, places: d as u16 * each..(d as u16 + 1) * each }),
    }));
    let mut order: Vec<usize> = (0..DEPENDENCIES).collect();
    order.sort_by_key(|d| *d != params.target as usize);
    let mut traffic = vec![requests()];
    traffic.extend(order.into_iter().map(calls));
    Shows { services, stations, traffic, machines, spans: Some(spans()), ..Shows::default() }
}

/// A caller tells of each attempt, those included that its breaker or its pool refused; the pools come before the dependencies.
fn spans() -> Spans {
    let ending = |ending: &Ending| match ending {
        Ending::Done => EndingOf::Good(ending.word()),
        Ending::TimedOut => EndingOf::Limit(ending.word()),
        Ending::NoTime => EndingOf::Unmade(ending.word()),
        _ => EndingOf::Bad(ending.word()),
    };
    let attempts = Attempts::Told {
        begun: FactId(fact::TIMEOUT),
        ended: FactId(fact::RESULT),
        stride: RESULTS,
        endings: Ending::ALL.iter().map(ending).collect(),
        stations: (1..=DEPENDENCIES).collect(),
    };
    Spans { attempts, good: "done" }
}

fn requests() -> Traffic {
    let labels = ["answered", "by a fallback", "too late", "failed"];
    let fates = [Fate::Good, Fate::Degraded, Fate::Late, Fate::Failed];
    let layers = (0..4).map(|way| Layer { series: SeriesKey((bins::REQUESTS[way]).into()), label: labels[way], fate: fates[way] });
    Traffic { title: "Requests", layers: layers.collect(), capacity: None, offered: None }
}

fn calls(d: usize) -> Traffic {
    let layer =
        |ending: Ending, label, fate| Layer { series: SeriesKey((bins::CALLS[d][ending as usize]).into()), label, fate };
    Traffic {
        title: ["Calls to the cache", "Calls to the database", "Calls to analytics"][d],
        layers: vec![
            layer(Ending::Done, "done", Fate::Good),
            layer(Ending::Bad, "400", Fate::Degraded),
            layer(Ending::TimedOut, "timed out", Fate::Late),
            layer(Ending::Failed, "failed", Fate::Failed),
            layer(Ending::ShortCircuited, "short-circuited", Fate::Refused),
            layer(Ending::Rejected, "rejected", Fate::Wasted),
        ],
        capacity: Some(SeriesKey((bins::CAPACITY[d]).into())),
        offered: Some(SeriesKey((bins::LOAD[d]).into())),
    }
}

/// An instance's breakers.
fn breakers(params: &Params) -> Option<Machine> {
    if params.breaker == Switch::Off {
        return None;
    }
    let before = |what: &str| format!("breaker before the {what}");
    let places = match params.scope {
        Scope::Dependency => NAMES.iter().map(|name| before(name)).collect(),
        Scope::Shard => {
            NAMES.iter().flat_map(|name| (0..params.shards).map(move |shard| before(&format!("{name}, shard {shard}")))).collect()
        }
    };
    const STATES: [State; 3] = [State::Closed, State::Open, State::HalfOpen];
    let state = |state: State| {
        let (about, tone, at) = match state {
            State::Closed => ("calls pass", Tone::Well, (69.0, 8.0)),
            State::Open => ("calls are refused", Tone::Out, (279.0, 8.0)),
            State::HalfOpen => ("trial calls pass", Tone::Between, (174.0, 182.0)),
        };
        MachineState { word: word(state), about, tone, at: Some(at) }
    };
    let way = |(from, to): (State, State)| {
        let (why, start, end, count, side) = match (from, to) {
            (State::Closed, _) => ("too many failed", (134.0, 34.0), (212.0, 34.0), (172.0, 26.0), 0),
            (State::Open, _) => ("the wait is over", (300.0, 94.0), (240.0, 196.0), (282.0, 150.0), 1),
            (_, State::Open) => ("trials failed", (214.0, 178.0), (262.0, 94.0), (222.0, 128.0), -1),
            _ => ("trials passed", (126.0, 178.0), (70.0, 94.0), (92.0, 150.0), -1),
        };
        Way { from: from as usize, to: to as usize, why, arm: Some(Arm { start, end, count, side }) }
    };
    Some(Machine {
        title: "Breaker states",
        one: "instance",
        many: "breakers",
        states: STATES.map(state).to_vec(),
        ways: Transition::LEGAL.map(way).to_vec(),
        sort: Sort::Coordinator,
        state: FactId(fact::STATE),
        deadline: Some(Deadline { fact: FactId(fact::UNTIL), state: State::Open as usize, then: "until a call asks" }),
        cause: Some(FactId(fact::CAUSE)),
        places,
    })
}

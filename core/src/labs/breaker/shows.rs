//! What there is to draw of this lab's runs: requests, pools, dependencies, the breakers between them, and how a request is followed.

use super::meta::fact;
use super::message::{Ending, NAMES, RESULTS};
use super::params::{DEPENDENCIES, Params, Scope, Switch};
use super::caller::word;
use super::config::Config;
use crate::cast::Sort;
use crate::kits::graph::{self, Charts, Count, HopId, Level, LevelOf, Span, TierId};
use crate::lab::Shows;
use crate::lab::shows::{
    Arm, Attempts, Deadline, Ending as EndingOf, FactId, Fate, Guard, Layer, Line, Machine, MachineState, SeriesKey, Service, Spans, Station,
    TallyKey, Tone, Traffic, Way,
};
use crate::parts::breaker::{State, Transition};
use crate::stats::Name;

/// What there is to read of a run with these settings.
pub fn shows(params: &Params) -> Shows {
    charts(&Config::new(params.clone())).1
}

/// What is charted of a run, and what pictures show of it. The traffic of the dependency that the settings name, bad or not, stands before that of
/// the others.
pub fn charts(config: &Config) -> (Charts, Shows) {
    let params = &config.params;
    let mut charts = Charts::new();
    let made = [Ending::Done, Ending::Failed, Ending::TimedOut, Ending::Rejected, Ending::Bad];
    let every = |endings: &[Ending]| {
        let tries = |hop| endings.iter().map(move |how| Count::TryOver(hop, how.told()));
        Config::hops().into_iter().flat_map(tries).collect::<Vec<_>>()
    };
    let ended = |endings: &[graph::Ending]| endings.iter().map(|how| Count::Left(Config::SERVICE, *how)).collect::<Vec<_>>();
    let (threads, calls) = (LevelOf::Tier(Config::SERVICE, Level::Held), LevelOf::Tier(Config::SERVICE, Level::Pending));
    const WAYS: [graph::Ending; 4] = [graph::Ending::Done, graph::Ending::Degraded, graph::Ending::Late, graph::Ending::Failed];

    charts.rate("requests: ok", ended(&WAYS[..2]));
    charts.rate("requests: failed", ended(&WAYS[2..]));
    charts.most("open breakers", "breakers", LevelOf::OpenGates);
    let pools = Station {
        name: "pools",
        places: "threads",
        size: params.all_threads(),
        queue_limit: None,
        utilisation: charts.share("pools: utilisation", threads, params.all_threads()),
        waiting: charts.most("pools: waiting", "calls", calls),
        arrivals: charts.rate("gauge: submitted", every(&made)),
        errors: vec![charts.rate("gauge: rejected", every(&[Ending::Rejected]))],
        rank: 0,
        line: None,
        guard: None,
    };
    let held = Span::Held(Config::SERVICE);
    let duration = [charts.mean("gauge: request", held), charts.slowest("gauge: slowest request", held)];
    let ways = ["done", "degraded", "late", "failed"].iter().zip(&WAYS);
    let ways: Vec<SeriesKey> = ways.map(|(word, way)| charts.rate(Name::gauge("requests", word), ended(&[*way]))).collect();
    let (traffic, errors) = (vec![requests(&ways)], ways[2..].to_vec());
    let requests = Service { name: "requests to the service", rate: ways, errors, duration, p99: Some(TallyKey("request_p99_ms")) };
    let machines: Vec<Machine> = breakers(params).into_iter().collect();
    // Each has as many breakers before it: one, or one for each shard.
    let each = machines.first().map_or(0, |machine| (machine.places.len() / DEPENDENCIES) as u16);
    let guard = |d: u16| (each > 0).then_some(Guard { machine: 0, places: d * each..(d + 1) * each });
    let mut shows = Shows { services: vec![requests], stations: vec![pools], traffic, machines, spans: Some(spans()), ..Shows::default() };
    let mut calls = Vec::new();
    for (d, hop) in Config::hops().into_iter().enumerate() {
        let (service, station, traffic) = dependency(config, (d, hop), guard(d as u16), &mut charts);
        shows.services.push(service);
        shows.stations.push(station);
        calls.push((d != params.target as usize, traffic));
    }
    calls.sort_by_key(|(is_other, _)| *is_other);
    shows.traffic.extend(calls.into_iter().map(|(_, traffic)| traffic));
    (charts, shows)
}

/// What is charted and shown of a dependency and of the calls to it.
fn dependency(config: &Config, (d, hop): (usize, HopId), guard: Option<Guard>, charts: &mut Charts) -> (Service, Station, Traffic) {
    let (params, name, tier) = (&config.params, NAMES[d], TierId(hop.0));
    let (queue, busy) = (LevelOf::Tier(tier, Level::Queue), LevelOf::Tier(tier, Level::Busy));
    let sent = charts.rate(Name::of(name, "load"), [Count::Sent(hop)]);
    let duration = [
        charts.mean(Name::of(name, "latency"), Span::Good(hop)),
        charts.slowest(Name::gauge(name, "slowest"), Span::Good(hop)),
    ];
    let is_target = params.bad_dependency() == Some(d);
    let (well, bad) = (params.capacity(false), params.capacity(true));
    let capacity = charts.given(Name::gauge(name, "capacity"), "a second", move |_, trouble| if trouble && is_target { bad } else { well });
    let utilisation = charts.share(Name::of(name, "utilisation"), busy, params.workers);
    let waiting = charts.most(Name::of(name, "queue"), "calls", queue);
    let made = Ending::ALL.iter().filter(|how| **how != Ending::NoTime);
    let made: Vec<SeriesKey> = made.map(|how| charts.rate(Name::gauge(name, how.word()), [Count::TryOver(hop, how.told())])).collect();
    let result = |how: Ending| made[how as usize];
    let layer = |how: Ending, label, fate| Layer { series: result(how), label, fate };
    let traffic = Traffic {
        title: ["Calls to the cache", "Calls to the database", "Calls to analytics"][d],
        layers: vec![
            layer(Ending::Done, "done", Fate::Good),
            layer(Ending::Bad, "400", Fate::Degraded),
            layer(Ending::TimedOut, "timed out", Fate::Late),
            layer(Ending::Failed, "failed", Fate::Failed),
            layer(Ending::ShortCircuited, "short-circuited", Fate::Refused),
            layer(Ending::Rejected, "rejected", Fate::Wasted),
        ],
        capacity: Some(capacity),
        offered: Some(sent),
    };
    let station = Station {
        name,
        places: "workers",
        size: params.workers,
        queue_limit: Some(params.queue_limit),
        arrivals: sent,
        utilisation,
        waiting,
        errors: vec![result(Ending::Failed)],
        rank: 1,
        line: Some(Line { node: config.cast.server(d as u16), busy: FactId(fact::BUSY), queue: FactId(fact::QUEUE) }),
        guard,
    };
    let called = ["calls to the cache", "calls to the database", "calls to analytics"][d];
    (Service { name: called, errors: made[1..].to_vec(), rate: made, duration, p99: None }, station, traffic)
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

fn requests(ways: &[SeriesKey]) -> Traffic {
    let layer = |(series, (label, fate)): (&SeriesKey, _)| Layer { series: *series, label, fate };
    let layers = ways.iter().zip([
        ("answered", Fate::Good),
        ("by a fallback", Fate::Degraded),
        ("too late", Fate::Late),
        ("failed", Fate::Failed),
    ]);
    Traffic { title: "Requests", layers: layers.map(layer).collect(), capacity: None, offered: None }
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

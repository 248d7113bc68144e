//! What there is to draw of this lab's runs: where rows are and go, who is a member, all requests, and each of the first nodes.

use super::config::{Config, NODES};
use super::meta::fact;
use super::params::{Params, Strategy};
use super::shard::QUEUE_LIMIT;
use crate::cast::{Cast, Sort};
use crate::kits::graph::{Charts, Count, Ending, Level, LevelOf, Span};
use crate::lab::Shows;
use crate::lab::shows::{
    Attempts, FactId, Fate, Heavy, Held, Layer, Machine, MachineState, Partition, Phase, Service, Space, Spans, Standing, Station, Tone,
    Traffic, Way,
};
use crate::stats::Name;

const NAMES: [&str; NODES] = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"];

/// What there is to read of a run with these settings and this cast.
pub fn shows(params: &Params, cast: &Cast) -> Shows {
    charts(params, cast).1
}

/// What is charted of a run, and what pictures show of it.
pub fn charts(params: &Params, cast: &Cast) -> (Charts, Shows) {
    let mut charts = Charts::new();
    let over = |how| [Count::CallOver(Config::HOP, how)];
    let answered = charts.rate("gauge: answered", over(Ending::Done));
    let refused = charts.rate("gauge: refused", over(Ending::Refused));
    let took = Span::Calls(Config::HOP);
    let requests = Service {
        name: "requests",
        rate: vec![answered, refused],
        errors: vec![refused],
        duration: [charts.mean("gauge: mean time of a request", took), charts.slowest("gauge: slowest request", took)],
        // The lab has two: of requests while rows move, and while none do.
        p99: None,
    };
    let stations = cast.of(Sort::Server).zip(0..NODES).map(|(_, n)| station(n, &mut charts)).collect();
    let layer = |series, label, fate| Layer { series, label, fate };
    let traffic = Traffic {
        title: "Requests",
        layers: vec![layer(answered, "answered", Fate::Good), layer(refused, "refused: queue full", Fate::Refused)],
        capacity: None,
        offered: None,
    };
    let shows = Shows {
        services: vec![requests],
        stations,
        traffic: vec![traffic],
        machines: vec![membership()],
        partition: Some(partition(params, cast)),
        spans: Some(Spans { attempts: Attempts::Sent { limit: None }, good: "answer" }),
        ..Shows::default()
    };
    (charts, shows)
}

/// One of the first nodes.
fn station(n: usize, charts: &mut Charts) -> Station {
    let (name, tier) = (NAMES[n], Config::tier(n as u16));
    Station {
        name,
        places: "worker",
        size: 1,
        queue_limit: Some(QUEUE_LIMIT),
        arrivals: charts.rate(Name::gauge(name, "arrivals"), [Count::First(tier)]),
        utilisation: charts.share(Name::gauge(name, "utilisation"), LevelOf::Tier(tier, Level::Busy), 1),
        waiting: charts.most(Name::gauge(name, "waiting"), "requests", LevelOf::Tier(tier, Level::Queue)),
        errors: vec![charts.rate(Name::gauge(name, "refused"), [Count::Turned(tier)])],
        rank: 0,
        line: None,
        guard: None,
    }
}

/// What nodes are to the table, one after the other.
fn membership() -> Machine {
    let (state, way) = (MachineState::new, Way::new);
    Machine {
        title: "States of a node",
        one: "node",
        many: "nodes",
        states: vec![
            state("out", "has no rows", Tone::Out),
            state("joining", "is given rows", Tone::Between),
            state("in", "has its rows", Tone::Well),
            state("leaving", "gives its rows away", Tone::Between),
        ],
        ways: vec![
            way(0, 1, "it joins"),
            way(1, 2, "its rows have come"),
            way(2, 3, "it leaves"),
            way(3, 0, "its rows have gone"),
        ],
        sort: Sort::Server,
        state: FactId(fact::ROLE),
        deadline: None,
        cause: None,
        places: vec!["membership".into()],
    }
}

fn partition(params: &Params, cast: &Cast) -> Partition {
    Partition {
        space: match params.strategy {
            Strategy::Ring | Strategy::Bounded => Space::Circle,
            Strategy::Range => Space::Line,
            Strategy::Directory => Space::Slots,
            Strategy::Modulo | Strategy::Rendezvous | Strategy::Jump | Strategy::Maglev => Space::Buckets,
        },
        by: Strategy::WORDS[params.strategy as usize].label,
        rows: params.keys,
        slack_millionths: params.epsilon,
        heavy: Heavy { nodes: params.big, weight: params.weight },
        sort: Sort::Server,
        held: Held {
            standing: FactId(fact::ROLE),
            now: FactId(fact::KEYS),
            before: FactId(fact::KEYS_BEFORE),
            after: FactId(fact::KEYS_AFTER),
            stretches_before: FactId(fact::BEFORE),
            stretches_after: FactId(fact::AFTER),
            load: FactId(fact::LOAD),
            waiting: FactId(fact::QUEUE),
            weight: FactId(fact::WEIGHT),
        },
        standings: &[
            ("in", Standing::In),
            ("out", Standing::Out),
            ("joining", Standing::Joining),
            ("leaving", Standing::Leaving),
        ],
        router: cast.coordinator(0),
        phase: FactId(fact::ROLE),
        phases: &[
            ("steady", Phase::Steady),
            ("planned", Phase::Planned),
            ("moving", Phase::Moving),
            ("moved", Phase::Moved),
        ],
        moves: FactId(fact::MOVES),
        moved: FactId(fact::MOVED),
        sample: FactId(fact::SAMPLE),
    }
}

//! What there is to draw of this lab's runs: where rows are and go, who is a member, all requests, and each of the first nodes.

use super::bins::{ALL, ARRIVALS, BUSY, NODES, REFUSED, WAITING};
use super::meta::fact;
use super::params::{Params, Strategy};
use super::shard::QUEUE_LIMIT;
use crate::cast::{Cast, Sort};
use crate::lab::Shows;
use crate::lab::shows::{
    Attempts, FactId, Fate, Heavy, Held, Layer, Machine, MachineState, Partition, Phase, SeriesKey, Service, Space, Spans, Standing, Station, Tone,
    Traffic, Way,
};

const NAMES: [&str; NODES] = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"];

/// What there is to read of a run with these settings and this cast.
pub fn shows(params: &Params, cast: &Cast) -> Shows {
    let requests = Service {
        name: "requests",
        rate: SeriesKey::all(&ALL[..2]),
        errors: SeriesKey::all(&[ALL[1]]),
        duration: [ALL[2], ALL[3]].map(|name| SeriesKey(name.into())),
        // The lab has two: of requests while rows move, and while none do.
        p99: None,
    };
    let stations = cast.of(Sort::Server).zip(0..NODES).map(|(_, n)| Station {
        name: NAMES[n],
        places: "worker",
        size: 1,
        queue_limit: Some(QUEUE_LIMIT),
        arrivals: SeriesKey((ARRIVALS[n]).into()),
        utilisation: SeriesKey((BUSY[n]).into()),
        waiting: SeriesKey((WAITING[n]).into()),
        errors: SeriesKey::all(&[REFUSED[n]]),
        rank: 0,
        line: None,
        guard: None,
    });
    let layer = |series: &'static str, label, fate| Layer { series: SeriesKey((series).into()), label, fate };
    let traffic = Traffic {
        title: "Requests",
        layers: vec![layer(ALL[0], "answered", Fate::Good), layer(ALL[1], "refused: queue full", Fate::Refused)],
        capacity: None,
        offered: None,
    };
    Shows {
        services: vec![requests],
        stations: stations.collect(),
        traffic: vec![traffic],
        machines: vec![membership()],
        partition: Some(partition(params, cast)),
        spans: Some(Spans { attempts: Attempts::Sent { limit: None }, good: "answer" }),
        ..Shows::default()
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

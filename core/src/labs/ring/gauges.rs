//! What the views of load read of this lab: all requests, and each of the first nodes.

use super::bins::{ALL, ARRIVALS, BUSY, NODES, REFUSED, WAITING};
use super::shard::QUEUE_LIMIT;
use crate::cast::{Cast, Sort};
use crate::lab::{Fate, Gauges, Layer, Service, Station, Traffic};

const NAMES: [&str; NODES] = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"];

/// What there is to read of a run with this cast.
pub fn gauges(cast: &Cast) -> Gauges {
    let requests = Service {
        name: "requests",
        rate: ALL[..2].to_vec(),
        errors: vec![ALL[1]],
        duration: [ALL[2], ALL[3]],
        // The lab has two: of requests while rows move, and while none do.
        p99: None,
    };
    let stations = cast.of(Sort::Server).zip(0..NODES).map(|(_, n)| Station {
        name: NAMES[n],
        places: "worker",
        size: 1,
        queue_limit: Some(QUEUE_LIMIT),
        arrivals: ARRIVALS[n],
        utilisation: BUSY[n],
        waiting: WAITING[n],
        errors: vec![REFUSED[n]],
        rank: 0,
        node: None,
    });
    let layer = |series, label, fate| Layer { series, label, fate };
    let traffic = Traffic {
        title: "Requests",
        layers: vec![layer(ALL[0], "answered", Fate::Good), layer(ALL[1], "refused: queue full", Fate::Refused)],
        capacity: None,
        offered: None,
    };
    Gauges { services: vec![requests], stations: stations.collect(), traffic: vec![traffic], ..Gauges::default() }
}

//! What the views of load read of this lab: requests, pools, dependencies, and the breakers between them.

use super::meta::fact;
use super::bins;
use super::message::{Ending, NAMES};
use super::params::{DEPENDENCIES, Params, Scope, Switch};
use super::config::Config;
use crate::lab::{Fate, Gauges, Layer, Service, Station, Traffic};

/// What there is to read of a run with these settings. The traffic of the dependency that the settings name, bad or not, stands before that of
/// the others.
pub fn gauges(params: &Params) -> Gauges {
    let config = Config::new(params.clone());
    let mut services = vec![Service {
        name: "requests to the service",
        rate: bins::REQUESTS.to_vec(),
        errors: bins::REQUESTS[2..].to_vec(),
        duration: bins::REQUEST_TIME,
        p99: Some("request_p99_ms"),
    }];
    services.extend((0..DEPENDENCIES).map(|d| Service {
        name: ["calls to the cache", "calls to the database", "calls to analytics"][d],
        rate: bins::CALLS[d].to_vec(),
        errors: bins::CALLS[d][1..].to_vec(),
        duration: [bins::LATENCY[d], bins::SLOWEST[d]],
        p99: None,
    }));
    let mut stations = vec![Station {
        name: "pools",
        places: "threads",
        size: params.all_threads(),
        queue_limit: None,
        arrivals: bins::SUBMITTED,
        utilisation: "pools: utilisation",
        waiting: "pools: waiting",
        errors: vec![bins::REJECTED],
        rank: 0,
        node: None,
    }];
    stations.extend(config.cast.of(crate::cast::Sort::Server).zip(0..).map(|(node, d): (_, usize)| Station {
        name: NAMES[d],
        places: "workers",
        size: params.workers,
        queue_limit: Some(params.queue_limit),
        arrivals: bins::LOAD[d],
        utilisation: bins::USE[d],
        waiting: bins::QUEUE[d],
        errors: vec![bins::CALLS[d][Ending::Failed as usize]],
        rank: 1,
        node: Some((node, fact::BUSY, fact::QUEUE)),
    }));
    let mut order: Vec<usize> = (0..DEPENDENCIES).collect();
    order.sort_by_key(|d| *d != params.target as usize);
    let mut traffic = vec![requests()];
    traffic.extend(order.into_iter().map(calls));
    Gauges { services, stations, traffic, breakers: breakers(params), ..Gauges::default() }
}

fn requests() -> Traffic {
    let labels = ["answered", "by a fallback", "too late", "failed"];
    let fates = [Fate::Good, Fate::Degraded, Fate::Late, Fate::Failed];
    let layers = (0..4).map(|way| Layer { series: bins::REQUESTS[way], label: labels[way], fate: fates[way] });
    Traffic { title: "Requests", layers: layers.collect(), capacity: None, offered: None }
}

fn calls(d: usize) -> Traffic {
    let layer =
        |ending: Ending, label, fate| Layer { series: bins::CALLS[d][ending as usize], label, fate };
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
        capacity: Some(bins::CAPACITY[d]),
        offered: Some(bins::LOAD[d]),
    }
}

/// The names of an instance's breakers, by their numbers.
fn breakers(params: &Params) -> Vec<String> {
    if params.breaker == Switch::Off {
        return Vec::new();
    }
    let shards = match params.scope {
        Scope::Dependency => return NAMES.iter().map(|name| (*name).to_owned()).collect(),
        Scope::Shard => params.shards,
    };
    NAMES.iter().flat_map(|name| (0..shards).map(move |shard| format!("{name}, shard {shard}"))).collect()
}

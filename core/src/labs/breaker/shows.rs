//! What there is to draw of this lab's runs: requests, pools and dependencies, and the breakers between them.

use super::config::{HOPS, SERVICE};
use super::params::Params;
use crate::kits::graph::{self, Charts, Config};
use crate::lab::Shows;
use crate::lab::shows::{Service, TallyKey};

const TITLES: [&str; 3] = ["Calls to the cache", "Calls to the database", "Calls to analytics"];

/// What is charted of a run, and what pictures show of it. The traffic of the dependency that the settings name, bad or not, stands before that of
/// the others.
pub fn charts(params: &Params, config: &Config) -> (Charts, Shows) {
    let (mut charts, mut shows) = graph::gauges(config);
    graph::guarded(config, SERVICE, &mut charts, &mut shows);
    // The pools stand between the service and what it calls, which is a place of its own and no tier.
    shows.topology = None;
    let (requests, traffic) = graph::requests(config, SERVICE, &mut charts);
    let (name, p99) = ("requests to the service", Some(TallyKey("request_p99_ms")));
    shows.services.insert(0, Service { name, p99, ..requests });
    let mut calls = Vec::from([0, 1, 2].map(|place| {
        (place != params.target as usize, graph::tries(config, HOPS[place], TITLES[place], &mut charts))
    }));
    calls.sort_by_key(|(is_other, _)| *is_other);
    shows.traffic = std::iter::once(traffic).chain(calls.into_iter().map(|(_, traffic)| traffic)).collect();
    (charts, shows)
}

//! The lab cache: copies, who fills them, who throws them out, and the day on which they are gone (*Understanding Distributed Systems*, caching).

mod challenges;
mod claims;
mod config;
mod exports;
mod fidelity;
mod meta;
mod meter;
mod params;
mod presets;
mod sentences;
mod shows;
#[cfg(test)]
mod tests;
mod versions;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::Sort;
use crate::kits::graph::{self, Request, Running};
use crate::lab::{Course, Detail, Spec};
use crate::scenario::{Problem, Scenario};
use crate::sim::Network;
use config::config;
use meter::Meter;
use params::{Invalidate, Strategy};

/// Caching.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem: |params, act| act_problem(params, act),
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::charts(params, &config::drawn(params)).1,
    exports: exports::exports,
    ..Spec::new(&META, |params, _| config::cast(params), begin_params)
};

/// Begins a run with these parameters; seed, script and horizon are the scenario's.
fn begin_params(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = config(&params);
    let network = Network::plain(params.latency.clone());
    let running = Running { from_us: params.from, ..Running::new(scenario, detail, network) };
    let meter = Meter::new(&params, &config);
    let charted = config.clone();
    graph::begin(config, running, meter, move || shows::charts(&params, &charted).0)
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let deletes = matches!(params.strategy, Strategy::Aside | Strategy::ReadThrough);
    if params.invalidate != Invalidate::DeleteAfter && !deletes {
        let sentence = "invalidation is for the strategies aside and read-through; others say themselves what a write does to the copy";
        return vec![Problem::key("invalidate", sentence)];
    }
    Vec::new()
}

/// What is wrong with an act.
fn act_problem(params: &Params, act: &Act) -> Option<String> {
    if let Act::Ask { node, request } = act {
        let Ok(request) = request.0.parse::<Request>() else {
            let request = &request.0;
            return Some(format!(
                "‘{request}’ cannot be asked here; ask clients for get.x or put.x, and the cache n1 for flush, evict.x or poison.x"
            ));
        };
        let sort = match request {
            Request::Get(_) | Request::Put(_) => Some(Sort::Client),
            Request::Flush | Request::Evict(_) | Request::Poison(_) => Some(Sort::Server),
            Request::Call(_) | Request::Own(_) => None,
        };
        let fits = sort.is_some_and(|sort| node.0.iter().all(|part| part.sort() == sort));
        return (!fits).then(|| {
            "clients can be asked for get.x or put.x, and the cache n1 for flush, evict.x or poison.x".into()
        });
    }
    let cast = config::cast(params);
    let stops = matches!(act.word(), "crash" | "wipe" | "fail");
    let hit = stops && act.nodes(&cast).contains(&cast.server(1));
    hit.then(|| {
        "the store n2 keeps what it has, whatever happens: pause it, slow it or cut it off instead".into()
    })
}

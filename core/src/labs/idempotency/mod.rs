//! The lab idempotency: doing it twice, and what makes that safe (draft-ietf-httpapi-idempotency-key-header; Stripe API, *Idempotent requests*; RFC 9110
//! §9.2.2 and §13.1.1; *Understanding Distributed Systems*, downstream resiliency).

mod call;
mod challenges;
mod claims;
mod client;
mod database;
mod fidelity;
mod job;
mod laws;
mod message;
mod meta;
mod meter;
mod params;
mod presets;
mod protocol;
mod provider;
mod sentences;
mod server;
mod shows;
#[cfg(test)]
mod tests;
mod track;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::Sort;
use crate::lab::{Course, Detail, Spec};
use crate::scenario::{Problem, Scenario};
use crate::sim::{Network, Setup, begin};
use message::{KINDS, Request};
use meter::Meter;
use params::{Load, Method, Outside};
use protocol::{Config, Node};

/// Idempotency.
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
    // Each request is a connection of its own: one may overtake another.
    let network = Network {
        classes: vec![params.delay.clone(), params.delay.clone(), params.delay.clone(), params.held.clone()],
        class_loss_millionths: vec![0, params.lostreq.into(), params.lostrep.into(), 0],
        ..Network::plain(params.delay.clone())
    };
    let config = Config { cast: protocol::cast(&params), stop_us: scenario.horizon_us, params };
    let meter = Meter::new(&config);
    let setup = Setup { cast: config.cast, config, network, work_us: Vec::new(), kinds: KINDS, scenario };
    begin::<Node, Meter>(setup, meter, detail, |run, meter| {
        let (tallies, series, verdicts) = meter.results();
        run.outcome(tallies, series, verdicts)
    })
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    let puts = matches!(params.method, Method::Put | Method::PutIf);
    if params.load == Load::Stock && !puts && params.method != Method::Increment {
        problems.push(Problem::key(
            "load",
            "a stock is read and written: take method=put, method=putif or method=increment",
        ));
    }
    if params.load == Load::Late && !puts {
        problems.push(Problem::key("load", "two write x here: take method=put or method=putif"));
    }
    if params.outside != Outside::None && params.method != Method::Post {
        problems.push(Problem::key("outside", "only a POST charges somebody: take method=post"));
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
    if node.0.iter().any(|part| part.sort() != Sort::Client) {
        return Some("only clients ask for something: ask:c1:send.10".into());
    }
    let takes = request == Request::Take && matches!(params.method, Method::Post | Method::Delete);
    takes.then(|| "who takes one reads and writes: with method=put, method=putif or method=increment".into())
}

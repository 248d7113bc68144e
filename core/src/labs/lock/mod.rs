//! The lab lock: a lock with a lease, clients that pause, and a resource with a guard (Kleppmann 2016; Redlock; Chubby's sequencers).

mod challenges;
mod claims;
mod client;
mod fidelity;
mod laws;
mod message;
mod meta;
mod meter;
mod params;
mod presets;
mod protocol;
mod replica;
mod resource;
mod server;
mod shows;
#[cfg(test)]
mod tests;

pub use meta::{Figures, META};
pub use params::Params;

use crate::acts::Act;
use crate::cast::{Cast, Sort};
use crate::kits::object::{Numbers, Workload};
use crate::lab::{Course, Detail, Spec, ask_problem};
use crate::parts::fence::Guard;
use crate::scenario::{Problem, Scenario};
use crate::sim::{Network, Setup, begin};
use crate::time::DurationUs;
use message::{KINDS, Request};
use meta::fact;
use meter::Meter;
use params::{Load, Look, Op, Service, Switch};
use protocol::{Config, Node};

/// Locks, leases and fencing tokens.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    act_problem,
    sentences: |params, _| sentences(params),
    shows: |params, _| shows::shows(params),
    ..Spec::new(&META, |params, _| cast(params), begin_run)
};

/// Who takes part: lock servers, the resource, clients.
fn cast(params: &Params) -> Cast {
    let clients = if params.load == Load::Probe { 1 } else { params.clients };
    Cast { servers: params.servers() as u16, coordinators: 1, clients: clients as u16 }
}

fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let rate = if params.load == Load::Probe { 0 } else { params.rate };
    let work = Workload {
        rate,
        mix: (),
        stop_us: scenario.horizon_us,
        numbers: Numbers::of(scenario, rate, scenario.horizon_us),
        give_up_us: params.patience,
        again_us: None,
        role: fact::ROLE,
    };
    // Connections keep order, as those of TCP do.
    let network = Network { fifo: true, ..Network::plain(params.delay.clone()) };
    let config = Config { cast: cast(&params), work, params };
    let meter = Meter::new(&config);
    let setup = Setup { cast: config.cast, config, network, work_us: Vec::new(), kinds: KINDS, scenario };
    begin::<Node, Meter>(setup, meter, detail, |run, meter| {
        let (tallies, series, verdicts) = meter.results(run.ended_us);
        run.outcome(tallies, series, verdicts)
    })
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let by_token = matches!(params.guard, Guard::Writes | Guard::All);
    let none = by_token && params.service == Service::Redlock;
    none.then(|| Problem::key("guard", "Redlock's masters have no number that grows with each grant, so there is no token to look at; take guard=cas or guard=none, or another service")).into_iter().collect()
}

/// What is wrong with an act.
fn act_problem(params: &Params, act: &Act) -> Option<String> {
    if matches!(act, Act::Ask { .. }) && params.load == Load::Probe {
        return Some("nobody can be asked for anything in a probe".into());
    }
    ask_problem::<Request>(act, Sort::Client, "only clients want the lock: ask:c1:update")
}

/// What the settings amount to.
fn sentences(params: &Params) -> Vec<String> {
    let trusted_us = match params.service {
        Service::Redlock => crate::parts::lease::less_drift_us(params.ttl),
        Service::Single | Service::Consensus | Service::Replica => params.ttl,
    };
    let rest_us = trusted_us.saturating_sub(params.work);
    let lease = match (rest_us, params.renew, params.check) {
        (0, Switch::Off, Look::Off) => {
            "The work takes longer than the lease: every write comes when the lock is another's.".to_owned()
        }
        (0, Switch::Off, Look::Before) => {
            "The work takes longer than the lease: no client ever writes.".to_owned()
        }
        (0, Switch::On, _) => {
            "The lease is renewed during the work; a pause of more than a lease ends it all the same."
                .to_owned()
        }
        (rest_us, _, look) => {
            let look = if look == Look::Before { ", even after it has looked at its clock" } else { "" };
            format!(
                "A pause of more than about {} before a client writes is enough: it then writes when its lease is over{look}.",
                DurationUs(rest_us)
            )
        }
    };
    let guard = match (params.guard, params.op) {
        (Guard::None, _) => "The resource takes whatever comes.",
        (Guard::Writes, Op::Rmw) => {
            "The resource refuses a write with an older token than it has seen on a write; a newer holder that has only read is not seen."
        }
        (Guard::Writes, Op::Blind) | (Guard::All, _) => {
            "The resource refuses whoever comes with an older token than it has seen."
        }
        (Guard::Cas, _) => {
            "The resource refuses whoever has not read what it holds: no update is lost, whoever holds the lock."
        }
    };
    let copied = (params.service == Service::Replica).then(|| {
        format!("A grant is copied {} later: if the primary goes down before, its replica grants the lock again, under the same number.", DurationUs(params.lag))
    });
    [lease, guard.into()].into_iter().chain(copied).collect()
}

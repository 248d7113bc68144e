//! The lab raft: the published protocol (`core/src/parts/raft.rs`) on the kernel, with clients, and what it promises.

mod challenges;
mod claims;
mod client;
mod config;
mod fidelity;
mod laws;
mod message;
mod meta;
mod meter;
mod params;
mod presets;
mod protocol;
mod request;
mod server;
mod shows;
mod standing;
#[cfg(test)]
mod tests;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::{Cast, Sort};
use crate::kits::object::{self, Mix, Numbers, Workload};
use crate::lab::{Course, Detail, Spec, ask_problem};
use crate::scenario::{Problem, Scenario};
use crate::sim::dice::{Purpose, die};
use crate::sim::{Network, Setup, begin};
use config::Config;
use message::KINDS;
use meter::Meter;
use params::{Load, Read, Rule, Switch};
use protocol::Node;
use request::Request;

/// Raft.
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

/// Who takes part.
fn cast(params: &Params) -> Cast {
    let clients = if params.load == Load::Election { 0 } else { params.clients as u16 };
    Cast { servers: (params.n + params.spare) as u16, coordinators: 0, clients }
}

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    if params.failed >= params.n {
        let sentence = format!("all of the {} servers are down; lower failed or raise n", params.n);
        problems.push(Problem::key("failed", sentence));
    }
    if params.election_min_us() == 0 {
        problems.push(Problem::key("timeout", "an election timeout of 0 elects for ever; give it a least value, as in uniform-150ms-300ms"));
    }
    problems
}

/// What is wrong with an act.
fn act_problem(params: &Params, act: &Act) -> Option<String> {
    const ONLY: &str = "only clients can be asked for something, such as ask:c1:get.x";
    let Act::Ask { request, .. } = act else { return None };
    if params.load == Load::Election {
        return Some("nobody can be asked for anything in an election".into());
    }
    let unknown = || match request.0.parse::<Request>().ok()? {
        Request::Data(request) if u32::from(request.key()) >= params.keys => {
            let known = object::KEYS[..params.keys as usize].join(", ");
            Some(format!("there is no key {} here; the keys are {known}", object::KEYS[usize::from(request.key())]))
        }
        Request::Add(server) | Request::Remove(server) if u32::from(server) >= params.n + params.spare => {
            Some(format!("there is no n{} here; raise spare for a server to add", server + 1))
        }
        _ => None,
    };
    ask_problem::<Request>(act, Sort::Client, ONLY).or_else(unknown)
}

/// What the settings amount to.
fn sentences(params: &Params) -> Vec<String> {
    let (n, majority) = (params.n, params.n / 2 + 1);
    let bears = (n - 1) / 2;
    let mut sentences = vec![match n {
        1 => "One server is its own majority, and bears no failure.".into(),
        _ => format!("{majority} of {n} servers decide: the cluster bears {bears} down{}.", if n % 2 == 0 { format!(", as {} servers do", n - 1) } else { String::new() }),
    }];
    let round_us = 2.0 * params.delay.quantile_us(0.999);
    if params.election_min_us() < params.heartbeat {
        sentences.push("The election timeout is shorter than a heartbeat's interval: followers stand against a leader that is well.".into());
    } else if (params.election_min_us() as f64) < round_us + params.heartbeat as f64 {
        sentences.push("The least election timeout leaves little room for a heartbeat and its way: a leader that is well may be deposed.".into());
    }
    if params.read == Read::Plain {
        sentences.push("Who believes that it leads answers reads at once: a leader that was deposed and does not know answers from the past.".into());
    }
    if params.read == Read::Lease && params.sticky == Switch::Off {
        sentences.push("A lease is worth nothing while another may be elected within it: it needs a sticky leader.".into());
    }
    if params.sessions == Rule::Off && params.retry > 0 {
        sentences.push("Clients ask again, and servers do not remember what they have done: a write may be applied twice.".into());
    }
    sentences
}

/// What every node knows of a scenario.
fn configure(params: Params, scenario: &Scenario) -> Config {
    let forgets = |act: &Act| act.takes_down() || matches!(act, Act::Start { .. });
    let stop_us = scenario.horizon_us;
    let work = Workload {
        rate: params.rate,
        mix: Mix { keys: params.keys, reads: params.reads, deletes: 0, swaps: 0 },
        stop_us,
        numbers: Numbers::of(scenario, params.rate, stop_us),
        give_up_us: params.patience,
        again_us: (params.retry > 0).then_some(params.retry),
        role: meta::fact::ROLE,
    };
    Config {
        rules: params.rules(),
        cast: cast(&params),
        work,
        beat_die: die(scenario.seed, Purpose::Protocol(1), 0, 0),
        keeps_disk: scenario.cues.iter().any(|cue| forgets(&cue.act)),
        params,
    }
}

/// The network: between client and server, from leaders and candidates, and the answers to those.
fn network(params: &Params) -> Network {
    Network {
        classes: vec![params.cleg.clone(), params.delay.clone(), params.delay.clone()],
        loss_millionths: u64::from(params.loss),
        fifo: true,
        ..Network::plain(params.delay.clone())
    }
}

fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let config = configure(params, scenario);
    let meter = Meter::new(&config);
    let setup = Setup { cast: config.cast, network: network(&config.params), work_us: Vec::new(), kinds: KINDS, scenario, config };
    begin::<Node, Meter>(setup, meter, detail, |run, mut meter| {
        meter.end(run.ended_us);
        let (tallies, series, verdicts) = meter.results();
        run.outcome(tallies, series, verdicts)
    })
}

//! The lab clocks: processes whose events are stamped by five kinds of clock, and what each can say of their order (*Understanding Distributed
//! Systems*, time).

mod challenges;
mod claims;
mod fidelity;
mod laws;
mod message;
mod meta;
mod meter;
mod params;
mod presets;
mod process;
mod protocol;
mod sentences;
mod shows;
#[cfg(test)]
mod tests;
mod truth;
mod writes;

pub use meta::META;
pub use params::Params;

use crate::acts::Act;
use crate::cast::{Cast, Sort};
use crate::lab::{Course, Detail, Shows, Spec, ask_problem};
use crate::scenario::Scenario;
use crate::kits::ensemble::{self, Ensemble, begin};
use crate::sim::Network;
use message::{KINDS, Request};
use meter::Meter;
use params::Sync;
use protocol::Node;

/// Time and order.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    act_problem,
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| Shows { stamps: Some(shows::stamps(params)), ..Shows::default() },
    ..Spec::new(&META, |params, _| cast(params), begin_run)
};

/// The processes, and a time server where somebody asks it.
fn cast(params: &Params) -> Cast {
    Cast { coordinators: u16::from(params.sync != Sync::Off), ..ensemble::cast(params.n) }
}

/// What is wrong with an act: only processes can be asked, and a note goes to another one.
fn act_problem(params: &Params, act: &Act) -> Option<String> {
    let wrong = ask_problem::<Request>(act, Sort::Server, "only processes can be asked for something, such as ask:n1:send.n2");
    let to_itself = || {
        let Act::Ask { request, .. } = act else { return None };
        let Ok(Request::Send(to)) = request.0.parse::<Request>() else { return None };
        let cast = cast(params);
        let Some(to_node) = cast.find(to) else {
            return Some(format!("there is no {to} here: the processes are n1 to n{}", params.n));
        };
        act.nodes(&cast).contains(&to_node).then(|| format!("{to} sends no note to itself"))
    };
    wrong.or_else(to_itself)
}

/// From scenario to outcome.
fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let cast = cast(&params);
    let mut network = Network::plain(params.delay.clone());
    network.classes.extend([params.there.clone(), params.back.clone()]);
    let meter = Meter::new(&params, cast);
    let processes = Ensemble { cast, network, work_us: params.spacing, params, kinds: KINDS, scenario };
    begin::<Node, _, _>(processes, meter, detail)
}

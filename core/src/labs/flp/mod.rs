//! The lab flp: why delays alone can keep a deterministic protocol from deciding (Fischer, Lynch and Paterson 1985), and Ben-Or's coin, which
//! ends it (*Understanding Distributed Systems*, system models, replication).

mod challenges;
mod claims;
mod fidelity;
mod message;
mod meta;
mod meter;
mod params;
mod presets;
mod process;
mod scheduler;
mod sentences;
mod shows;
#[cfg(test)]
mod tests;
mod valence;

pub use meta::META;
pub use params::Params;

use crate::kits::ensemble::{self, Ensemble, begin};
use crate::lab::{Course, Detail, Spec};
use crate::scenario::{Problem, Scenario};
use crate::sim::Network;
use message::KINDS;
use meter::Meter;
use process::Process;

/// FLP and Ben-Or.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::shows(params),
    ..Spec::new(&META, |params, _| ensemble::cast(params.n), begin_run)
};

/// What is wrong between parameters.
fn problems(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (n, t) = (params.n, params.t);
    if 2 * t >= n {
        let sentence = "t must be less than half of n: two groups of n - t need have nobody in common, and could decide differently (Ben-Or 1983: no protocol bears as many crashes); lower t or raise n";
        problems.push(Problem::key("t", sentence));
    }
    if params.ones > n {
        problems.push(Problem::key(
            "ones",
            format!("at most all {n} processes begin with 1; lower ones or raise n"),
        ));
    }
    problems
}

/// From scenario to outcome.
fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let cast = ensemble::cast(params.n);
    let meter = Meter::new(params.clone(), cast, scenario);
    let network = Network::plain(params.delay.clone());
    let peers = Ensemble { params, cast, network, work_us: 0, kinds: KINDS, scenario };
    begin::<Process, _, _>(peers, meter, detail)
}

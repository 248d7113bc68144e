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

use crate::cast::Cast;
use crate::lab::{Course, Detail, Spec};
use crate::scenario::{Problem, Scenario};
use crate::sim::{Network, Setup, begin};
use message::KINDS;
use meter::Meter;
use process::{Config, Process};

/// FLP and Ben-Or.
pub static LAB: Spec<Params> = Spec {
    presets: presets::PRESETS,
    claims: claims::CLAIMS,
    challenges: challenges::CHALLENGES,
    fidelity: fidelity::FIDELITY,
    problems: |params, _| problems(params),
    sentences: |params, _| sentences::sentences(params),
    shows: |params, _| shows::shows(params),
    ..Spec::new(&META, |params, _| cast(params), begin_run)
};

/// Processes, and nobody else.
fn cast(params: &Params) -> Cast {
    Cast { servers: params.n as u16, coordinators: 0, clients: 0 }
}

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
    let cast = cast(&params);
    let meter = Meter::new(params.clone(), cast, scenario);
    let setup = Setup {
        cast,
        network: Network::plain(params.delay.clone()),
        work_us: Vec::new(),
        kinds: KINDS,
        scenario,
        config: Config { params, cast },
    };
    begin::<Process, Meter>(setup, meter, detail, |run, meter| {
        let (tallies, series, verdicts) = meter.results();
        run.outcome(tallies, series, verdicts)
    })
}

//! The lab ping: a client, a server and a ping between them; the example of how a lab is added.
//!
//! A lab is this folder and its name in `labs!` (`core/src/labs/mod.rs`); nothing else knows of it. Read on in this order:
//! what may be set ([`Params`]), what the lab is called and promises ([`META`]), what its nodes do (`protocol.rs`), what is
//! measured and judged (`meter.rs`), and at the end of this file how it all becomes a run.

mod meter;
mod protocol;
#[cfg(test)]
mod tests;

use crate::acts::Act;
use crate::cast::{Cast, Sort};
use crate::lab::{BookPart, Challenge, Claim, Course, Detail, Fidelity, Holds, Meta, Outcome, Preset, Proof, RequestSpec, Spec, State, Statistic, ask_problem, promise, sweep};
use crate::params::{decimal, dist, duration};
use crate::scenario::Scenario;
use crate::sim::dist::Dist;
use crate::sim::{Network, Setup, begin};
use meter::Meter;
use protocol::{Config, Node};

// One declaration makes the struct that the protocol reads, the controls of the page, and the keys of links.
crate::params! {
    /// What a reader may set.
    pub struct Params {
        "Client" {
            every: u64 = duration(1_000, 10_000_000, 200_000), "Every", "How often the client sends a ping.";
            timeout: u64 = duration(1_000, 10_000_000, 100_000), "Timeout", "How long the client waits for the answer.";
        }
        "Network" {
            there: Dist = dist("uniform-10ms-30ms"), "There", "How long a ping is under way.";
            back: Dist = dist("uniform-10ms-30ms"), "Back", "How long its answer is under way.";
            loss: u32 = decimal(0, 1_000_000, 0, "of messages"), "Loss", "How many messages the network loses.", moves_luck;
        }
    }
}

crate::declare::facts! {
    PINGS "pings" Face "How many pings it has answered.";
    ROLE "role" Role "What it does.";
}

crate::declare::figures! {
    pings Things "Pings whose outcome is known.";
    answered Things "Pings that were answered in time.";
    late Things "Answers that came after their timeout.";
    rtt_ms Us "Mean round trip of the pings answered in time.";
}

/// What the lab is called, shows, counts and promises.
pub static META: Meta = Meta {
    id: "ping",
    title: "A ping",
    summary: "Two nodes and a ping: what a client can know of a server that does not answer, and how a lab is made.",
    part: BookPart::Example,
    chapters: &[],
    views: &["stage", "spacetime", "charts"],
    facts: FACTS,
    kinds: protocol::KINDS,
    tallies: Figures::SPECS,
    promises: &[promise("answered", "Is every ping answered before its timeout?", "timeliness")],
    requests: &[RequestSpec { example: "ping", about: "one more ping" }],
    horizon_us: 2_000_000,
    modelled: &["A client with a timeout; a network with a delay each way, loss and cuts; a server that answers at once."],
    left_out: &["Retries: the lab retry is about them."],
    revision: 2,
    changelog: &[
        "First published.",
        "The mean round trip is rounded, not cut; the digest covers what is asked and told, what nodes report and when each light changes. Messages and answers are as they were.",
    ],
};

/// Scenarios worth opening, the default first.
static PRESETS: &[Preset] = &[
    Preset {
        id: "calm",
        title: "All is well",
        sentence: "Every ping comes back well within its timeout.",
        link: "ping",
    },
    Preset {
        id: "cut",
        title: "A cut",
        sentence: "For half a second nothing passes; to the client it looks like a server that is down.",
        link: "ping?do=500ms:cut:c1-n1,1s:heal",
    },
    Preset {
        id: "crash",
        title: "A crash",
        sentence: "The server is down for half a second; to the client it looks like a cut.",
        link: "ping?do=500ms:crash:n1,1s:start:n1",
    },
    Preset {
        id: "slow",
        title: "Only slow",
        sentence: "The server is up and answers everything, six times as late.",
        link: "ping?do=500ms:slow:n1:6,1s:slow:n1:1",
    },
];

/// What is often said, and the run that decides it.
static CLAIMS: &[Claim] = &[Claim {
    id: "silence",
    sentence: "A server that does not answer before the timeout is down.",
    holds: Holds::No("It may be slow, or cut off, or one message was lost: the client cannot tell."),
    link: "ping?do=500ms:slow:n1:6,1s:slow:n1:1",
    promise: "answered",
    proof: Proof::Run(State::Broken),
}];

/// Goals to reach by editing a scenario, judged on the run.
static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "patience",
        view: "panels=spacetime,verdicts&knobs=timeout,every&law=answered",
        figures: &["answered", "pings"],
        prompt: "The server is slow for half a second. Keep the promise without touching the script.",
        guess: None,
        start: "ping?do=500ms:slow:n1:6,1s:slow:n1:1",
        goal: |scenario, outcome| {
            let slow = |act: &Act| matches!(act, Act::Slow { factor, .. } if factor.0 >= 4);
            scenario.cues.iter().any(|cue| slow(&cue.act)) && kept(outcome)
        },
        hint: "The only thing that makes an answer late is the client's impatience.",
        solution: "ping?timeout=300ms&do=500ms:slow:n1:6,1s:slow:n1:1",
        learn: "A longer timeout mistakes fewer slow servers for dead ones, and takes longer to notice dead ones.",
    },
    Challenge {
        id: "late",
        view: "panels=spacetime,verdicts&knobs=timeout,there&law=answered",
        figures: &["late"],
        prompt: "Break the promise although every message arrives and nobody crashes or slows down.",
        guess: Some(("Can it be done without a script?", &["yes", "no"])),
        start: "ping",
        goal: |scenario, outcome| {
            scenario.cues.is_empty() && outcome.tally("late").is_some_and(|late| late > 0) && !kept(outcome)
        },
        hint: "Compare the timeout with the sum of both delays.",
        solution: "ping?timeout=30ms",
        learn: "A timeout below the round trip calls a healthy server dead, every time.",
    },
];

fn kept(outcome: &Outcome) -> bool {
    outcome.stands("answered", State::Kept)
}

/// What the model must reproduce, with its source.
static FIDELITY: &[Fidelity] = &[
    sweep(
        "sum",
        "The mean round trip is the sum of the means of both ways: 20 ms + 30 ms.",
        "linearity of expectation",
        "ping?timeout=10s&there=exp-20ms&back=exp-30ms&for=3s",
        ("rtt_ms", Statistic::Mean, 50.0, 0.0),
        (2_000, 300),
    ),
    sweep(
        "constant",
        "With constant delays every round trip takes just their sum.",
        "arithmetic",
        "ping?there=12ms&back=30ms",
        ("rtt_ms", Statistic::Always, 42.0, 0.0),
        (20, 5),
    ),
];

/// The lab, as `labs!` lists it: its data, and its functions of what a reader sets.
pub static LAB: Spec<Params> = Spec {
    presets: PRESETS,
    claims: CLAIMS,
    challenges: CHALLENGES,
    fidelity: FIDELITY,
    // The door: past it, nothing in a script can fail.
    act_problem: |_, act| ask_problem::<protocol::Request>(act, Sort::Client, "only the client pings: ask:c1:ping"),
    sentences,
    ..Spec::new(&META, |_, _| CAST, begin_run)
};

/// One of each.
const CAST: Cast = Cast { servers: 1, coordinators: 0, clients: 1 };

/// What the settings amount to.
fn sentences(params: &Params, _: &Scenario) -> Vec<String> {
    let most = params.there.quantile_us(0.999) + params.back.quantile_us(0.999);
    if params.timeout as f64 >= most {
        vec!["The timeout is longer than a round trip takes: only loss, cuts and crashes can make a ping time out.".into()]
    } else {
        vec!["The timeout is shorter than a round trip may take: some healthy answers come too late.".into()]
    }
}

/// From scenario to outcome: a network, the nodes, somebody who watches, and the kernel.
fn begin_run(params: Params, scenario: &Scenario, detail: Detail) -> Box<dyn Course> {
    let mut network = Network::plain(params.there.clone());
    network.classes.push(params.back.clone());
    network.loss_millionths = u64::from(params.loss);
    let setup = Setup {
        config: Config { params, server: CAST.server(0) },
        cast: CAST,
        network,
        work_us: Vec::new(),
        kinds: META.kinds,
        scenario,
    };
    begin::<Node, Meter>(setup, Meter::new(), detail, |run, meter| {
        let (tallies, series, verdicts) = meter.results();
        run.outcome(tallies, series, verdicts)
    })
}


//! Goals to reach by editing a scenario.

use super::params::{Bad, Fault, Load, Params, Policy, Sees};
use crate::lab::{Challenge, Outcome};
use crate::scenario::Scenario;

/// Whether work comes as at the start: at least so much for its servers, for long enough.
fn as_busy(scenario: &Scenario, p: &Params) -> bool {
    let servers = p.servers <= 10 && p.workers == 1 && p.slower == 0;
    let work = p.load == Load::Open && p.utilisation >= 900_000 && p.work.to_string() == "exp-10ms";
    servers && work && p.fault == Fault::None && scenario.horizon_us >= 10_000_000
}

fn at_most(outcome: &Outcome, tally: &str, most: i64) -> bool {
    outcome.tally(tally).is_some_and(|value| value <= most)
}

fn under_three(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    as_busy(scenario, &p) && p.balancers >= 10 && at_most(outcome, "mean_ms", 35_000)
}

fn sink(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.load == Load::Closed && p.policy == Policy::Least && p.sees == Sees::Own;
    let bad = p.fault == Fault::FastFail
        && p.bad == Bad::One
        && p.fault_at <= 1_000_000
        && p.fault_for >= 9_000_000;
    let many = outcome.tally("calls").is_some_and(|calls| calls >= 500);
    let felt = outcome.tally("to_bad_share").is_some_and(|share| share > 0);
    same && bad
        && many
        && felt
        && scenario.horizon_us >= 10_000_000
        && at_most(outcome, "failed_share", 20_000)
}

fn stale(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    // By turns one is better than both, and learns nothing of figures.
    as_busy(scenario, &p)
        && matches!(p.policy, Policy::Least | Policy::P2c)
        && p.sees == Sees::Stale
        && p.stale >= 100_000
        && at_most(outcome, "mean_ms", 61_000)
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "under-three",
        view: "panels=fleet&knobs=policy,sees",
        figures: &["mean_ms"],
        prompt: "Ten balancers before ten servers that are busy for nine tenths of the time. Bring the mean below 35 ms.",
        guess: Some((
            "What does a balancer lack that makes least connections so much worse here?",
            &["The other balancers' calls", "A better tie-break", "More servers", "Health checks"],
        )),
        start: "balancer?balancers=10",
        goal: under_three,
        hint: "Each balancer sees a tenth of the calls. Who sees all of them?",
        solution: "balancer?policy=least&sees=shared&balancers=10",
        learn: "What a balancer sees is worth more than how it chooses: with the servers' own queues many balancers are as good as one.",
    },
    Challenge {
        id: "sink",
        view: "panels=fleet,verdicts&knobs=check,eject&law=avoids",
        figures: &["failed_share", "to_bad_share"],
        prompt: "n2 fails every call at once, and least connections loves it. Lose fewer than 2 % of the calls, still by least connections.",
        guess: None,
        start: "balancer?load=closed&clients=10&think=0ms&latency=250us&policy=least&proxy=0ms&work=99ms&fault=fast-fail",
        goal: sink,
        hint: "A thousand calls a second fail until somebody leaves n2 out. How many failures may that take?",
        solution: "balancer?load=closed&clients=10&think=0ms&latency=250us&policy=least&proxy=0ms&work=99ms&eject=5&fault=fast-fail",
        learn: "A server that fails fast looks idle. Count failures, not only open calls; checks by themselves come too late.",
    },
    Challenge {
        id: "stale",
        view: "panels=fleet&knobs=policy,choices",
        figures: &["mean_ms"],
        prompt: "Servers tell their queues every 100 ms, ten service times. Go by these figures, and be better than chance (102 ms) by two fifths.",
        guess: Some((
            "Which is worst on these figures?",
            &["The shortest queue", "The better of two", "At random", "Round robin"],
        )),
        start: "balancer?policy=least&sees=stale&for=20s",
        goal: stale,
        hint: "Not all should follow the same figures.",
        solution: "balancer?policy=p2c&sees=stale&for=20s",
        learn: "Old figures are a help to those who do not all follow them: two choices keep the herd small.",
    },
];

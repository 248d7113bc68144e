//! Goals to reach by editing a scenario.

use super::params::{Cancel, Hedge, Need, Params, Queues, Shape, Switch, Trouble};
use crate::lab::{Challenge, Outcome};
use crate::scenario::Scenario;

fn at_most(outcome: &Outcome, tally: &str, most: i64) -> bool {
    outcome.tally(tally).is_some_and(|value| value <= most)
}

fn kept(outcome: &Outcome, promise: &str) -> bool {
    outcome.stands(promise, crate::lab::State::Kept)
}

/// As much is asked of the same servers, which wait in lines, for long enough, and nobody is refused.
fn as_busy(scenario: &Scenario, p: &Params, utilisation: u32, replicas: u32) -> bool {
    let servers = p.queues == Queues::On && p.replicas <= replicas && p.slow_share == 0 && p.fan == 1;
    let load = p.utilisation >= utilisation && p.leaf.to_string() == "exp-10ms" && p.trouble == Trouble::None;
    servers
        && load
        && p.store == Switch::Off
        && p.availability == 1_000_000
        && scenario.horizon_us >= 10_000_000
}

fn halves_the_tail(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let many = outcome.tally("pages").is_some_and(|pages| pages >= 5_000);
    as_busy(scenario, &p, 600_000, 20)
        && many
        && at_most(outcome, "failed_share", 1_000)
        && at_most(outcome, "page_p99_ms", 60_000)
        && at_most(outcome, "used_share", 650_000)
}

/// The last part fails as long, and no page is lost.
fn stays_up(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let struck = p.trouble == Trouble::Part && p.trouble_for >= 4_000_000 && p.fan >= 10;
    let seen = p.trouble_at.saturating_add(4_000_000) <= scenario.horizon_us;
    let needed = p.need != Need::K && p.needed() >= 9 && p.shape == Shape::Parallel;
    let many = outcome.tally("pages").is_some_and(|pages| pages >= 300);
    struck && seen && needed && many && at_most(outcome, "failed_share", 0)
}

fn saves_the_hedge(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let hedged = p.hedge != Hedge::Off && p.hedge_after <= 150_000 && p.cancel == Cancel::None;
    let some = outcome.tally("extra_times").is_some_and(|extra| extra >= 10_000);
    as_busy(scenario, &p, 800_000, 10) && hedged && some && p.backlog_limit <= 20 && kept(outcome, "stable")
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "halve-the-tail",
        view: "panels=tail&knobs=hedge,hedge_after,copies,cancel",
        figures: &["page_p99_ms", "extra_times", "used_share"],
        prompt: "Twenty replicas are busy for 60 % of the time. Bring the 99th percentile of pages to 60 ms, half of what it is, with servers no busier than 65 %.",
        guess: Some((
            "When is a second request free?",
            &[
                "When the loser is called back at once",
                "When it goes out late enough",
                "When it goes to the least loaded replica",
                "Never",
            ],
        )),
        start: "gateway?fan=1&utilisation=0.6&replicas=20",
        goal: halves_the_tail,
        hint: "A second request that is done to its end is load. What if it is not?",
        solution: "gateway?fan=1&utilisation=0.6&replicas=20&copies=2&cancel=done",
        learn: "The work of two that stop together, where times have no memory, is that of one: then the tail can be cut at any load.",
    },
    Challenge {
        id: "stay-up",
        view: "panels=services,verdicts&knobs=need,essential&law=up",
        figures: &["failed_share", "whole_share"],
        prompt: "The last part of the page, its recommendations, fails for four seconds. Lose no page, and still never show one without the other nine parts.",
        guess: None,
        start: "gateway?trouble=part",
        goal: stays_up,
        hint: "Any nine are not the other nine.",
        solution: "gateway?need=essential&essential=9&trouble=part",
        learn: "A page is as available as what it needs. Say which parts those are, and the others cannot take it down.",
    },
    Challenge {
        id: "save-the-hedge",
        view: "panels=heat,verdicts&knobs=hedge_budget,hedge_after&law=stable",
        figures: &["extra_times", "page_p99_ms", "used_share"],
        prompt: "At 80 % hedges make lines and lines make hedges. Nobody can be called back. Keep hedging, one second request for a hundred calls at least, and keep the lines short.",
        guess: None,
        start: COLLAPSE,
        goal: saves_the_hedge,
        hint: "What if there were only so many second requests, however slow answers are?",
        solution: "gateway?fan=1&utilisation=0.8&replicas=10&hedge=after&hedge_after=150ms&hedge_budget=0.02&page_limit=500ms&for=10s",
        learn: "A budget breaks the loop: the more calls are slow, the fewer of them are hedged.",
    },
];

const COLLAPSE: &str =
    "gateway?fan=1&utilisation=0.8&replicas=10&hedge=after&hedge_after=150ms&page_limit=500ms&for=10s";

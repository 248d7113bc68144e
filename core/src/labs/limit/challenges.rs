//! Goals to reach by editing a scenario.

use super::params::{Load, Params, Trouble, Which};
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

/// A tally; 0 where it measured nothing.
fn count(outcome: &Outcome, tally: &str) -> u64 {
    outcome.tally(tally).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
}

/// The same greedy tenant, the same limit in all, which must have refused somebody and let through what it can.
fn is_fair(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.tenants >= 5 && p.greedy >= 20 && p.load == Load::Steady && p.rate >= 240_000_000;
    let limited = p.limiter != Which::None && p.limit <= 100 && p.window >= 1_000_000 && p.gateways == 1;
    let long = scenario.horizon_us >= 10_000_000 && p.from == 0;
    let works = count(outcome, "refused") >= 500 && count(outcome, "admitted") >= 400;
    same && limited && long && works && outcome.stands("fair", State::Kept)
}

/// Ten gateways, and nearly as many requests as the limit allows: none too many, few refused.
fn is_exact(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.load == Load::Steady && p.rate >= 90_000_000 && p.gateways >= 10 && p.from == 0;
    let limited = p.limiter != Which::None && p.limit <= 100 && p.window >= 1_000_000;
    let long = scenario.horizon_us >= 10_000_000 && count(outcome, "requests") >= 800;
    let few = outcome.tally("refused_share").is_some_and(|share| share <= 50_000);
    same && limited && long && few && count(outcome, "admitted") >= 700 && outcome.stands("cap", State::Kept)
}

/// The service was twice as slow for four seconds or more, and those who were let in had their answer soon.
fn is_quick(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let slow = p.trouble == Trouble::Slowness && p.slowdown >= 2 && p.trouble_for >= 4_000_000;
    let within = p.trouble_at.saturating_add(p.trouble_for) <= scenario.horizon_us;
    let load = p.load == Load::Steady && p.rate >= 100_000_000 && p.from == 0;
    let service = p.capacity <= 120_000_000 && p.workers == 1 && p.timeout >= 1_000_000;
    let good = count(outcome, "goodput_per_s") >= 50_000_000;
    let quick = outcome.tally("call_p99_ms").is_some_and(|us| us <= 200_000);
    slow && within && load && service && good && quick
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "fair",
        view: "panels=matrix,verdicts&knobs=limiter,by&law=fair",
        figures: &["worst_tenant_share"],
        prompt: "One of five tenants asks for twenty times as much as each other. See to it that nobody is refused within an equal share, with the same limit in all.",
        guess: Some((
            "How much of its 10 a second does each of the four others get now?",
            &["The same share as the greedy one: some 29 %", "All of it", "Nothing", "A fifth"],
        )),
        start: "limit?burst=1",
        goal: is_fair,
        hint: "Who has a limiter of its own?",
        solution: "limit?limiter=log&by=tenant",
        learn: "A limit that all share is a race. Limits by tenant make each pay for its own excess, at the price of room that stays unused.",
    },
    Challenge {
        id: "ten-gateways",
        view: "panels=traffic,verdicts&knobs=limiter,counters&law=cap",
        figures: &["most_in_window", "refused_share"],
        prompt: "Ten gateways, 90 requests a second, a limit of 100. Never let more than 100 through in any second, and refuse at most 5 % of what comes.",
        guess: None,
        start: "limit?rate=90&tenants=1&limiter=fixed&gateways=10&counters=split",
        goal: is_exact,
        hint: "A tenth of the limit for each gateway is little room for chance. And which window does a limiter mean by a second?",
        solution: "limit?rate=90&tenants=1&limiter=log&gateways=10&counters=shared",
        learn: "Exact needs one place that decides, and a window that slides. Both have a price: a question for each request, and a time kept for each.",
    },
    Challenge {
        id: "slow",
        view: "panels=traffic&knobs=limiter,concurrency,concurrency_limit",
        figures: &["call_p99_ms", "goodput_per_s"],
        prompt: "For six seconds the service takes twice as long. Let 99 of 100 requests that succeed take at most 200 ms, and at least 50 a second succeed, at the same load.",
        guess: None,
        start: "limit?rate=100&tenants=1&trouble=slowness&trouble_for=6s",
        goal: is_quick,
        hint: "The rate that it can bear has changed; how many it can have under way has not.",
        solution: "limit?rate=100&tenants=1&concurrency=fixed&concurrency_limit=8&trouble=slowness&trouble_for=6s",
        learn: "A limit on those under way follows the service's speed by itself: by Little's law it is a limit on time.",
    },
];

//! Goals to reach by editing a scenario.

use super::params::{Arrivals, Needs, Params, Switch, Target, Trouble};
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;
use crate::sim::dist::Dist;

/// At least so much of a figure.
fn had(outcome: &Outcome, tally: &str, least: i64) -> bool {
    outcome.tally(tally).is_some_and(|n| n >= least)
}

/// It is the database that is bad, without pause, and the reader's requests that are well and real: no mistakes of their own, no answer
/// made up by a fallback.
fn database_is_bad(p: &Params, trouble: Trouble, needs: Needs) -> bool {
    let bad = p.trouble == trouble && p.target == Target::Database && p.flap == 0;
    bad && p.needs == needs && p.bad == 0 && p.fallback == Switch::Off
}

/// As many instances, threads and requests as were handed out, the database slow for three seconds at least and as ready to queue, and
/// healthy calls answered meanwhile.
fn keeps_afloat(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = database_is_bad(&p, Trouble::Slow, Needs::One) && p.slowdown >= 100 && p.queue_limit >= 1_000;
    let few = p.callers <= 5 && p.rate >= 300_000_000 && p.pool <= 12 && p.healthy_limit <= 200_000;
    let work = p.work.mean_us().is_some_and(|us| us >= 10_000.0);
    let struck = had(outcome, "bad_ms", 3_000_000) && had(outcome, "healthy_ok", 500);
    same && few && work && struck && outcome.stands("healthy", State::Kept)
}

fn spares_the_shards(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = database_is_bad(&p, Trouble::Shard, Needs::All) && p.breaker == Switch::On && p.shards <= 8;
    let struck = had(outcome, "bad_ms", 25_000_000) && had(outcome, "requests", 2_500);
    let few = outcome.tally("calls_failed").is_some_and(|n| n <= 60);
    same && struck && few && had(outcome, "success_permille", 850_000_000)
}

fn out_of_step(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = database_is_bad(&p, Trouble::Errors, Needs::One) && p.error == 1_000_000;
    let fleet = p.callers >= 200 && p.rate >= 2_000_000_000 && p.arrivals == Arrivals::Random && p.burst == 1;
    let trials = p.permits >= 3 && p.trial_limit == 0 && p.minimum_calls >= 3;
    let waits = p.open_for <= 3_000_000 && p.open_growth == 1_000_000 && p.open_calls_limit <= 300;
    let struck =
        had(outcome, "bad_ms", 10_000_000) && had(outcome, "opened", 200) && had(outcome, "ok", 28_000);
    same && fleet && trials && waits && struck && outcome.stands("spared", State::Kept)
}

fn nobody_answered_late(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same =
        p.needs == Needs::All && p.total <= 1_000_000 && p.rate >= 20_000_000 && p.fallback == Switch::Off;
    let varies = matches!(p.work, Dist::Exponential { mean_ns } if mean_ns >= 200_000_000);
    same && varies && outcome.tally("late") == Some(0) && had(outcome, "ok", 600)
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "afloat",
        view: "panels=traffic,verdicts&knobs=pools,breaker&law=healthy",
        figures: &["healthy_p99_ms", "rejected"],
        prompt: "The database is slow, and calls to the cache and to analytics are rejected. Keep them going, with no more than twelve threads.",
        guess: Some((
            "What holds all the threads?",
            &[
                "Calls that wait for the database",
                "Calls to the cache",
                "Calls that breakers refused",
                "Requests that failed",
            ],
        )),
        start: "breaker?rate=300&trouble=slow&breaker=off&pools=shared",
        goal: keeps_afloat,
        hint: "A ship has bulkheads so that one hole does not fill it.",
        solution: "breaker?rate=300&trouble=slow&breaker=off",
        learn: "What is shared is what one bad neighbour uses up. Give each dependency its own, and it drowns alone.",
    },
    Challenge {
        id: "shards",
        view: "panels=traffic&knobs=scope,open_for",
        figures: &["success_permille", "calls_failed"],
        prompt: "One of eight shards is down, and the breaker refuses nearly everything. Answer 85 of 100 requests, and still send the dead shard no more than sixty calls in half a minute.",
        guess: Some((
            "How many requests, of a hundred, are answered now?",
            &["about 12", "about 50", "87 or 88", "none"],
        )),
        start: "breaker?callers=1&rate=100&needs=all&work=1ms&trouble=shard&trouble_for=30s&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=30s",
        goal: spares_the_shards,
        hint: "What does the breaker stand before?",
        solution: "breaker?callers=1&rate=100&needs=all&work=1ms&trouble=shard&trouble_for=30s&scope=shard&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=30s",
        learn: "A breaker must stand before what fails as one. Before several things that fail apart, it spreads the failure.",
    },
    Challenge {
        id: "out-of-step",
        view: "panels=traffic,verdicts&knobs=open_jitter,failures&law=spared",
        figures: &["bad_calls_peak"],
        prompt: "200 instances open together and probe together. Let the database never get more than 300 calls in a second, with three trial calls each and no longer wait.",
        guess: None,
        start: "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&trip=consecutive&failures=3&open_for=3s&open_calls_limit=300&for=20s",
        goal: out_of_step,
        hint: "They do not know of each other. What can each do alone, so that all together are spread?",
        solution: "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&trip=consecutive&failures=3&open_for=3s&open_jitter=50&open_calls_limit=300&for=20s",
        learn: "Waits of one length keep a fleet in step, for breakers as for retries. Jitter is the cure.",
    },
    Challenge {
        id: "in-time",
        view: "panels=waterfall&knobs=rule,attempts",
        figures: &["late"],
        prompt: "A request makes three calls in turn and has a second. Let no answer come after everybody has left.",
        guess: Some((
            "With half of the time for each call, how long may three take?",
            &["150 %", "100 %", "87.5 %", "50 %"],
        )),
        start: "breaker?rate=20&needs=all&work=exp-200ms&workers=100&trouble=none&breaker=off&pool=300&rule=half-each&healthy_limit=2s&for=1m",
        goal: nobody_answered_late,
        hint: "Half of what?",
        solution: "breaker?rate=20&needs=all&work=exp-200ms&workers=100&trouble=none&breaker=off&pool=300&rule=half-left&healthy_limit=2s&for=1m",
        learn: "Hand the deadline on: what a call may take follows from what is left, not from what there was.",
    },
];

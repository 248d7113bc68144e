//! Goals to reach by editing a scenario.

use super::params::{Arrivals, By, Load, Params, Switch, Varies, Via};
use crate::lab::{Challenge, Outcome};
use crate::scenario::Scenario;

/// A tally in its own unit; none where it measured nothing.
fn tally(outcome: &Outcome, name: &str) -> i64 {
    outcome.tally(name).unwrap_or(-1)
}

/// Half as much again as can be done, at random, for long enough, and nobody waits longer for it.
fn is_overload(scenario: &Scenario, p: &Params) -> bool {
    let load = p.load == Load::Steady
        && p.rate >= 150_000_000
        && p.arrivals == Arrivals::Open
        && p.throttle == Switch::Off;
    let service = p.capacity <= 100_000_000
        && p.service == Varies::Exponential
        && p.scale == By::Off
        && p.via == Via::Call;
    load && service
        && p.patience <= 200_000
        && p.from.saturating_add(18_000_000) <= scenario.horizon_us
        && scenario.cues.is_empty()
}

fn keeps_the_line(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    // A line of 1,000 is full after some 20 s.
    let full = p.from >= 30_000_000 && p.from.saturating_add(30_000_000) <= scenario.horizon_us;
    is_overload(scenario, &p) && full && p.queue_limit >= 500 && tally(outcome, "goodput_per_s") >= 95_000_000
}

fn saves_the_critical(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = is_overload(scenario, &p) && (300_000..=400_000).contains(&p.critical) && p.attempts == 1;
    same && tally(outcome, "critical_ok_share") >= 990_000 && tally(outcome, "others_ok_per_s") >= 35_000_000
}

/// Four times as much, and it has come and been seen by the controller.
fn bears_the_spike(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let load = p.load == Load::Burst && p.rate >= 6_000_000 && p.burst >= 4 && p.burst_for >= 120_000_000;
    let room = p.burst_at.saturating_add(p.burst_for).saturating_add(60_000_000) <= scenario.horizon_us
        && p.burst_at <= 60_000_000;
    let service =
        p.via == Via::Queue && p.capacity <= 10_000_000 && p.instances == 4 && p.start_up >= 30_000_000;
    let works = p.scale != By::Off && p.scale_every >= 15_000_000 && p.queue_limit >= 1_000 && p.from == 0;
    let still = u64::from(p.instances) * scenario.horizon_us / 60;
    let spent = (0..=still as i64 + 24_000_000).contains(&tally(outcome, "instance_minutes"));
    let waits = tally(outcome, "wait_p99_ms");
    load && room
        && service
        && works
        && scenario.cues.is_empty()
        && spent
        && (0..30_000_000).contains(&waits)
        && tally(outcome, "throughput_per_s") > 0
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "long-line",
        view: "panels=traffic&knobs=queue,full,codel",
        figures: &["goodput_per_s"],
        prompt: "150 calls a second, 100 can be done. Have 95 a second done in time in the second half minute, with a line in which 500 or more may wait.",
        guess: Some((
            "Which of these does it alone?",
            &["None of them", "The newest first", "CoDel", "Throwing away what has expired"],
        )),
        start: "shed?from=30s&for=1m",
        goal: keeps_the_line,
        hint: "Which requests still have all of their time before them? And whom does a full stack send away?",
        solution: "shed?queue=lifo&full=drop-oldest&from=30s&for=1m",
        learn: "A long line does no harm if it is not served from its end: the newest first, and the oldest dropped.",
    },
    Challenge {
        id: "save-the-critical",
        view: "panels=traffic,verdicts&knobs=queue,queue_limit,reserve&law=critical",
        figures: &["critical_ok_share", "others_ok_per_s"],
        prompt: "See to it that 99 of 100 critical calls are done in time, and 35 others a second.",
        guess: None,
        start: "shed?queue_limit=10&from=2s",
        goal: saves_the_critical,
        hint: "To be served first helps only who gets in.",
        solution: "shed?queue=class&queue_limit=10&reserve=5&from=2s",
        learn: "Priority has to hold at the door too: by places that are kept, or by having others go for the critical.",
    },
    Challenge {
        id: "spike",
        view: "panels=charts&knobs=scale,scale_target,scale_every",
        figures: &["wait_p99_ms", "instance_minutes"],
        prompt: "Four times the load for two minutes, and machines take half a minute to start. Keep what 99 of 100 requests wait under 30 s, for at most 24 instance-minutes more than four instances take.",
        guess: None,
        start: "shed?load=burst&rate=6&burst_at=15s&burst_for=2m&via=queue&capacity=10&service=constant&instances=4&queue_limit=10000&scale=cpu&scale_down_after=30s&for=4m",
        goal: bears_the_spike,
        hint: "How much can the controller see in one look? And how idle do its instances have to be?",
        solution: "shed?load=burst&rate=6&burst_at=15s&burst_for=2m&via=queue&capacity=10&service=constant&instances=4&queue_limit=10000&scale=rate&scale_target=80&scale_down_after=30s&for=4m",
        learn: "What comes has no ceiling; use has one. Scale by the first, and to no more than it takes.",
    },
];

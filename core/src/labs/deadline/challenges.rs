//! Goals to reach by editing a scenario.

use super::params::{Expired, Hedge, Params, Pick, Shape, Trouble};
use crate::lab::{Challenge, Outcome};
use crate::scenario::Scenario;

fn figure(outcome: &Outcome, tally: &str) -> i64 {
    outcome.tally(tally).unwrap_or(0)
}

/// The last service hangs as long, as many call, nobody tries again, and bystanders have their answers.
fn keeps_bystanders(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let lasts = p.trouble_at.saturating_add(8_000_000) <= scenario.horizon_us && p.trouble_for >= 8_000_000;
    let same = p.trouble == Trouble::Hang
        && p.bad() == Some(p.last())
        && p.hops >= 3
        && p.shape == Shape::Nested
        && lasts;
    let load =
        p.rate >= 50_000_000 && (100_000..=300_000).contains(&p.bystanders) && p.capacity <= 100_000_000;
    let plain = p.threads <= 50 && p.attempts == 1;
    let struck = figure(outcome, "failed") >= 100 && figure(outcome, "calls") >= 300;
    same && load && plain && struck && figure(outcome, "bystanders_ok_share") >= 990_000
}

/// As much is asked of the same narrow service, whose answers are to come within half a second.
fn does_what_it_can(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let service = p.narrow == p.hops && p.narrow_capacity <= 90_000_000 && p.copies == 1 && p.hops >= 3;
    let load = p.rate >= 100_000_000 && p.bystanders == 0 && p.attempts == 1 && p.trouble == Trouble::None;
    let patience = p.total <= 500_000 && p.timeout <= 500_000;
    let long = p.from >= 10_000_000 && scenario.horizon_us >= p.from + 20_000_000;
    service && load && patience && long && figure(outcome, "goodput_per_s") >= 85_000_000
}

/// As much is asked of five copies that are called by chance.
fn shortens_the_tail(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let same = p.hops == 1
        && p.copies <= 5
        && p.rate >= 250_000_000
        && p.capacity <= 100_000_000
        && p.pick == Pick::Random;
    let many = figure(outcome, "calls") >= 5_000 && p.hedge != Hedge::Off && p.expired == Expired::Serve;
    let cheap = figure(outcome, "hedges_times") <= 60_000 && figure(outcome, "failed") == 0;
    same && many && cheap && (1..=72_000).contains(&figure(outcome, "call_p99_ms"))
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "bystanders",
        view: "panels=services,verdicts&knobs=rule,timeout,total,carry&law=healthy",
        figures: &["bystanders_ok_share", "threads_full_ms"],
        prompt: "The last service hangs, and calls that do not need it die in the same line. Keep 99 of 100 of them alive, with the same 50 threads and no retries.",
        guess: Some((
            "How long may a caller wait at the most?",
            &["50 threads / 40 a second: 1.25 s", "The timeout does not matter", "30 s", "50 ms"],
        )),
        start: "deadline?rate=50&bystanders=0.2&trouble=hang&trouble_for=20s",
        goal: keeps_bystanders,
        hint: "A thread is held for as long as its request waits. How many requests come in that time?",
        solution: "deadline?rate=50&bystanders=0.2&rule=deadline&total=500ms&carry=duration&cancel=on&trouble=hang&trouble_for=20s",
        learn: "Threads held are rate times patience (Little's law): patience is what protects the pool.",
    },
    Challenge {
        id: "ninety",
        view: "panels=heat,traffic&knobs=expired,carry,rule",
        figures: &["goodput_per_s", "orphaned_share"],
        prompt: "A service that can finish 90 a second is asked for 100, and not one answer is in time. Have 85 a second answered within half a second, without more capacity and without retries.",
        guess: None,
        start: "deadline?rate=100&capacity=200&service=constant&narrow=3&threads=10000&rule=deadline&timeout=500ms&total=500ms&carry=duration&from=10s&for=40s",
        goal: does_what_it_can,
        hint: "Throwing away what has expired leaves it to work on what expires next. When could it know better?",
        solution: "deadline?rate=100&capacity=200&service=constant&narrow=3&threads=10000&rule=deadline&timeout=500ms&total=500ms&carry=duration&expired=predict&from=10s&for=40s",
        learn: "Work that cannot be done in time is best refused at once, while there is time to do something else.",
    },
    Challenge {
        id: "tail",
        view: "panels=heat&knobs=hedge,hedge_after,hedge_cancel",
        figures: &["call_p99_ms", "hedges_times"],
        prompt: "Five copies, called by chance, are busy half of the time. Bring the 99th percentile from 87 ms to 72 ms or less, with at most 6 more requests for every hundred.",
        guess: None,
        start: "deadline?hops=1&rate=250&latency=0ms&copies=5&for=30s",
        goal: shortens_the_tail,
        hint: "How long do all but five of a hundred calls take?",
        solution: "deadline?hops=1&rate=250&latency=0ms&copies=5&hedge=after&hedge_after=56ms&for=30s",
        learn: "A hedge after the 95th percentile costs one request in twenty, and it helps just those that are the tail.",
    },
];

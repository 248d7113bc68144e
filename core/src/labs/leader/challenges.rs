//! Goals to reach by editing a scenario, judged on its run.

use super::params::{Job, Judge, Mechanism, Params, Stop, Switch};
use super::presets;
use crate::acts::Act;
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

fn at_least(outcome: &Outcome, tally: &str, least: i64) -> bool {
    outcome.tally(tally).is_some_and(|n| n >= least)
}

/// Whether the script does such a thing.
fn does(scenario: &Scenario, what: impl Fn(&Act) -> bool) -> bool {
    scenario.cues.iter().any(|cue| what(&cue.act))
}

fn is_crash(act: &Act) -> bool {
    matches!(act, Act::Crash { .. } | Act::Fail { .. } | Act::Wipe { .. })
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "swift",
        view: "panels=tenure,verdicts&knobs=lease,renew,poll,fence&law=once",
        figures: &["leaderless_ms", "ran_twice"],
        prompt: "n1 stands still for 3 s, and crashes later. Have no more than 5 s in all without a leader, and no tick run twice.",
        guess: Some((
            "The lease has to be shorter than 5 s. Shorter than the pause, too?",
            &[
                "it need not be: a lease that outlives the pause keeps one leader",
                "yes: only then is n1 deposed in time",
                "it does not matter",
            ],
        )),
        start: "leader?tick=2s&catchup=on&for=30s&do=9.5s:pause:n1:3s,19s:crash:n1",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            let sleeps = |act: &Act| match act {
                Act::Pause { node, time } => time.0 >= 3_000_000 && node.to_string() == "n1",
                _ => false,
            };
            let dies = |act: &Act| matches!(act, Act::Crash { node } if node.to_string() == "n1");
            let works = params.job == Job::Cron
                && params.has_job()
                && params.tick <= 2_000_000
                && params.catchup == Switch::On;
            does(scenario, sleeps)
                && does(scenario, dies)
                && works
                && at_least(outcome, "leaders", 2)
                && outcome.tally("leaderless_ms").is_some_and(|us| us <= 5_000_000)
                && outcome.tally("ran_twice") == Some(0)
        },
        hint: "Longer than the pause and what has passed since the last renewal; shorter than the time that you have, looking included.",
        solution: "leader?lease=4s&renew=500ms&poll=200ms&tick=2s&catchup=on&for=30s&do=9.5s:pause:n1:3s,19s:crash:n1",
        learn: "A lease bounds the outage from below and the pauses that it bears from above: every second of one is a second of the other.",
    },
    Challenge {
        id: "drift",
        view: "panels=tenure,verdicts&knobs=stop,rate_bound&law=one",
        figures: &["overlap_ms"],
        prompt: "n1's clock is 5 % slow, the store's 5 % fast, and n1 is cut off. Keep the two from leading at once, the clocks and the lease as they are.",
        guess: Some((
            "By how much must n1 stop earlier than after 10 s of its clock?",
            &["a little less than 1 s", "0.5 s: 5 % of 10 s", "not at all: the store is asked"],
        )),
        start: presets::DRIFT,
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            let drifts = |fast: bool| {
                does(scenario, |act| match act {
                    Act::Drift { rate, .. } => {
                        if fast {
                            rate.0 >= 50_000
                        } else {
                            rate.0 <= -50_000
                        }
                    }
                    _ => false,
                })
            };
            let same = params.mechanism == Mechanism::Lease
                && params.judge == Judge::Store
                && params.lease == 10_000_000
                && params.poll.quantile_us(1.0) <= 100_000.0;
            same && drifts(true)
                && drifts(false)
                && does(scenario, |act| matches!(act, Act::Cut { .. }))
                && params.stop != Stop::Never
                && at_least(outcome, "leaders", 2)
                && outcome.stands("one", State::Kept)
        },
        hint: "L(1-ρ)/(1+ρ), with a ρ that the clocks keep to.",
        solution: presets::MARGIN,
        learn: "A lease is safe on clocks whose rates are known within bounds; nothing has to be known of what they show.",
    },
    Challenge {
        id: "two",
        view: "",
        figures: &["overlap_ms"],
        prompt: "The bully algorithm has one leader. Make it two at once, without a crash and without a node standing still.",
        guess: None,
        start: "leader?n=5&mechanism=bully&renew=1s&detect=3s&for=20s",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            let still = |act: &Act| matches!(act, Act::Pause { .. }) || is_crash(act);
            params.mechanism == Mechanism::Bully
                && !does(scenario, still)
                && outcome.stands("one", State::Broken)
        },
        hint: "To a node, a link that is cut looks like a node that is down.",
        solution: presets::BULLY_CUT,
        learn: "Without a majority or a store to ask, silence is taken for death on both sides of a cut.",
    },
];

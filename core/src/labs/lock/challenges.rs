//! Goals to reach by editing a scenario, judged on its run.

use super::params::{Params, Service};
use super::presets;
use crate::acts::Act;
use crate::lab::{Challenge, Outcome, State};
use crate::parts::fence::Guard;
use crate::scenario::Scenario;

fn at_least(outcome: &Outcome, tally: &str, least: i64) -> bool {
    outcome.tally(tally).is_some_and(|n| n >= least)
}

/// A holder was paused for as long as was handed out, while it believed, and another came to hold the lock meanwhile.
fn met_the_pause(scenario: &Scenario, outcome: &Outcome) -> bool {
    let long = |act: &Act| matches!(act, Act::Pause { time, .. } if time.0 >= 15_000_000);
    scenario.cues.iter().any(|cue| long(&cue.act))
        && at_least(outcome, "both_ms", 1)
        && at_least(outcome, "granted", 2)
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "pause",
        view: "panels=tenure,verdicts&knobs=guard,check,ttl&law=safe",
        figures: &["lost_updates", "done"],
        prompt: "c1 stands still for 15 s just before it writes, and an update is lost. Lose none, with the lock service as it is: the same service, lease and pause.",
        guess: Some((
            "Can the client or the service do it alone?",
            &["no: only the resource", "the client, if it looks at its clock", "the service"],
        )),
        // After any look at its clock: an earlier pause would be borne by a client that looks.
        start: "lock?rate=0&op=blind&for=20s&do=0ms:ask:c1:update,2.015s:pause:c1:15s,2.5s:ask:c2:update",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            let same =
                params.service == Service::Single && params.ttl == 10_000_000 && params.work >= 2_000_000;
            same && met_the_pause(scenario, outcome)
                && outcome.stands("safe", State::Kept)
                && at_least(outcome, "done", 1)
        },
        hint: "Who is awake when c1's write comes, and could know that 34 has been there?",
        solution: "lock?rate=0&op=blind&guard=writes&for=20s&do=0ms:ask:c1:update,2.015s:pause:c1:15s,2.5s:ask:c2:update",
        learn: "Nobody can stop a client that does not know that it has lost the lock; the resource can refuse its write.",
    },
    Challenge {
        id: "forget",
        view: "",
        figures: &["both_ms", "granted"],
        prompt: "Break Redlock's mutual exclusion with right clocks, no pause and no slow node, while the work is shorter than the lease.",
        guess: None,
        start: "lock?rate=0&service=redlock&for=8s&do=0ms:cut:c1-n4.n5,0ms:ask:c1:update,1s:heal,1.5s:ask:c2:update",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            let wrong = |act: &Act| {
                matches!(act, Act::Pause { .. } | Act::Slow { .. } | Act::Clock { .. } | Act::Drift { .. })
            };
            let short = 2 * params.work < params.ttl && params.pause_share == 0 && params.masters == 5;
            let quick = params.delay.quantile_us(1.0) <= 100_000.0;
            let redlock = params.service == Service::Redlock && short && quick;
            redlock
                && !scenario.cues.iter().any(|cue| wrong(&cue.act))
                && outcome.stands("alone", State::Broken)
        },
        hint: "c1 has three masters of five. What if one of the three no longer knows?",
        solution: presets::REDLOCK_RESTART,
        learn: "A majority excludes another only as long as every member remembers what it granted.",
    },
    Challenge {
        id: "late",
        view: "",
        figures: &["lost_updates", "refused"],
        prompt: "The resource checks tokens on writes, and refuses c1's. Lose an acknowledged update all the same.",
        guess: Some((
            "What must c2 have done when c1's write comes?",
            &["read, but not written", "written", "nothing"],
        )),
        start: "lock?rate=0&guard=writes&for=20s&do=0ms:ask:c1:update,1s:pause:c1:15s,2.5s:ask:c2:update",
        goal: |scenario, outcome| {
            let guarded = Params::of(&scenario.values).guard == Guard::Writes;
            let wiped = scenario
                .cues
                .iter()
                .any(|cue| matches!(cue.act, Act::Wipe { .. } | Act::Crash { .. } | Act::Fail { .. }));
            guarded && !wiped && outcome.stands("safe", State::Broken)
        },
        hint: "The guard learns of token 34 when it is written with. Let c1 wake up between c2's read and its write.",
        solution: presets::TOO_LATE,
        learn: "A fence must see every operation that a later write is based on: reads, too.",
    },
];

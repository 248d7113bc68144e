//! Goals to reach by editing a scenario, judged on its run.

use super::presets;
use super::{Params, params};
use crate::acts::Act;
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

fn state(outcome: &Outcome, promise: &str) -> State {
    outcome.verdict(promise).map_or(State::Unknown, |verdict| verdict.last().state)
}

fn kept(outcome: &Outcome, promise: &str) -> bool {
    state(outcome, promise) == State::Kept
}

fn has(scenario: &Scenario, is: fn(&Act) -> bool) -> bool {
    scenario.cues.iter().any(|cue| is(&cue.act))
}

fn tally(outcome: &Outcome, name: &str) -> i64 {
    outcome.tally(name).unwrap_or(0)
}

/// How many clients the script has write, and read.
fn asked(scenario: &Scenario) -> (usize, usize) {
    let count = |verb: &str| {
        let is = |act: &Act| matches!(act, Act::Ask { request, .. } if request.0.starts_with(verb));
        scenario.cues.iter().filter(|cue| is(&cue.act)).count()
    };
    (count("put") + count("del"), count("get"))
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "fresh",
        prompt: "Clients read stale values during the cut. Make every read fresh, with the cut left in place and reads still answered during it.",
        guess: Some(("Which clients will pay for it?", &["those on the side of one replica", "all of them", "nobody"])),
        start: presets::STALE,
        goal: |scenario, outcome| {
            has(scenario, |act| matches!(act, Act::Cut { .. })) && kept(outcome, "latest") && tally(outcome, "read_ok") >= 15
        },
        hint: "What must W + R be, so that a read cannot miss a write?",
        solution: "quorum?do=1s:cut:n1-n2.n3,2s:heal",
        learn: "Overlapping quorums keep reads fresh; during a cut the smaller side pays with refusals.",
    },
    Challenge {
        id: "single-copy",
        prompt: "Two reads disagree although W + R > N. Keep W = R = 2, the script and the seed, and make it linearizable.",
        guess: None,
        start: presets::DISAGREE,
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            let same = (params.n, params.w, params.r, scenario.seed) == (3, 2, 2, 49) && asked(scenario) == (2, 2);
            same && kept(outcome, "linearizable") && tally(outcome, "read_ok") == 2
        },
        hint: "The first read knows that another replica is behind. When should it do something about it?",
        solution: "quorum?repair=blocking&rate=0&seed=49&for=800ms&do=100ms:ask:c1:put.x.1,300ms:ask:c1:put.x.2,320ms:ask:c2:get.x,350ms:ask:c3:get.x",
        learn: "A read that returns a value must make sure that no later read can miss it: it writes back before it answers.",
    },
    Challenge {
        id: "clock",
        prompt: "n1's clock is two seconds fast, and a write is lost. Save it without touching the script.",
        guess: Some(("Would W = N save it?", &["no", "yes"])),
        start: presets::CLOCK,
        goal: |scenario, outcome| {
            let skewed = has(scenario, |act| matches!(act, Act::Clock { .. }));
            skewed && asked(scenario) == (2, 1) && kept(outcome, "durable") && tally(outcome, "write_ok") == 2
        },
        hint: "Where could a write get its version from, if not from a clock?",
        solution: "quorum?write=ask&rate=0&for=1s&do=50ms:clock:n1:2s,100ms:ask:c1:put.x.1,400ms:ask:c2:put.x.2,700ms:ask:c2:get.x",
        learn: "A larger quorum does not help against a wrong clock; a version that is counted, not told by a clock, does.",
    },
    Challenge {
        id: "ghost",
        prompt: "A deleted value returns after n3 was away. Keep it deleted; the cut must stay as long as it is.",
        guess: None,
        start: presets::RETURNS,
        goal: |scenario, outcome| {
            let cut = has(scenario, |act| matches!(act, Act::Cut { .. }));
            let params = Params::of(&scenario.values);
            cut && params.sync > 0 && asked(scenario) == (2, 1) && kept(outcome, "latest") && kept(outcome, "durable")
        },
        hint: "Who still knew, when n3 came back, that x had been deleted?",
        solution: "quorum?rate=0&sync=150ms&grace=2s&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n3-n1.n2,400ms:ask:c1:del.x,1s:heal,1.5s:ask:c2:get.x",
        learn: "Tombstones must outlive the longest absence of a replica that still takes part.",
    },
    Challenge {
        id: "both-sides",
        prompt: "During the cut c1's write fails. Let it succeed with W = 2, and let all replicas agree in the end.",
        guess: Some(("What is given up for it?", &["reads on the other side are stale", "nothing", "the write may be lost"])),
        start: "quorum?rate=0&spare=2&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n1.n4.c1-n2.n3.n5.c2.c3,400ms:ask:c1:put.x.2,1s:heal",
        goal: |scenario, outcome| {
            let cut = has(scenario, |act| matches!(act, Act::Cut { .. }));
            let all = tally(outcome, "write_ok") == 2 && asked(scenario).0 == 2;
            cut && Params::of(&scenario.values).w == 2 && all && kept(outcome, "converge")
        },
        hint: "n4 is on c1's side, and has nothing to do.",
        solution: "quorum?rate=0&handoff=sloppy&spare=2&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n1.n4.c1-n2.n3.n5.c2.c3,400ms:ask:c1:put.x.2,1s:heal",
        learn: "A sloppy quorum keeps writes available and the data safe, and gives the overlap away.",
    },
    Challenge {
        id: "lose",
        prompt: "Lose an acknowledged write, with right clocks, no crash, no wiped disk, and version vectors.",
        guess: None,
        start: "quorum?versions=dvv&clients=4&rate=0&for=1s&do=100ms:ask:c1:put.x.1,500ms:ask:c4:put.x.2",
        goal: |scenario, outcome| {
            let broke = has(scenario, |act| matches!(act, Act::Clock { .. } | Act::Drift { .. } | Act::Crash { .. } | Act::Wipe { .. }));
            let params = Params::of(&scenario.values);
            !broke && params.skew == 0 && params.versions != params::Versions::Lww && state(outcome, "durable") == State::Broken
        },
        hint: "c1 and c4 ask the same coordinator. What if they ask at the same time, and it counts only its own writes?",
        solution: "quorum?versions=vv&clients=4&rate=0&for=1s&do=100ms:ask:c1:put.x.1,100ms:ask:c4:put.x.2",
        learn: "One counter for each server cannot tell two clients' writes apart; a dot for each write can.",
    },
];

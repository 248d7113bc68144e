//! Goals to reach by editing a scenario.

use super::params::{Params, Protocol, Switch};
use crate::acts::Act;
use crate::cast::Sort;
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

fn at_least(outcome: &Outcome, tally: &str, least: i64) -> bool {
    outcome.tally(tally).is_some_and(|value| value >= least)
}

/// The coordinator tells one participant and is down for two seconds; what it was about is committed, and nobody has waited for it.
fn unblocked(scenario: &Scenario, outcome: &Outcome) -> bool {
    let params = Params::of(&scenario.values);
    let fails = |act: &Act| matches!(act, Act::Fail { node, .. } if node.sort == Sort::Coordinator);
    let Some(failed) = scenario.cues.iter().find(|cue| fails(&cue.act)) else { return false };
    let back = |act: &Act| matches!(act, Act::Start { node } if node.0.iter().any(|part| part.sort() == Sort::Coordinator));
    let away = !scenario.cues.iter().any(|cue| back(&cue.act) && cue.at_us < failed.at_us + 2_000_000);
    let same = params.protocol == Protocol::TwoPhase && params.n >= 3 && params.block_limit <= 1_000_000;
    let committed = super::claims::standing(outcome, 1, 3, outcome.ended_us) == Some(super::entry::State::Committed);
    let kept = ["atomic", "unblocked"].iter().all(|promise| outcome.stands(promise, State::Kept));
    away && same && committed && kept && outcome.ended_us >= 2_000_000
}

fn differently(scenario: &Scenario, outcome: &Outcome) -> bool {
    let params = Params::of(&scenario.values);
    let all_up = !scenario.cues.iter().any(|cue| cue.act.takes_down() && cue.act.touches(Sort::Server));
    params.protocol == Protocol::ThreePhase && params.force == Switch::On && all_up && outcome.stands("atomic", State::Broken)
}

fn never_half(scenario: &Scenario, outcome: &Outcome) -> bool {
    let params = Params::of(&scenario.values);
    let saga = params.protocol == Protocol::Orchestrated && params.refuse == 0;
    saga && at_least(outcome, "confirmed", 3) && at_least(outcome, "compensations", 1) && outcome.stands("isolated", State::Kept)
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "unblock",
        view: "panels=tenure,verdicts&knobs=doubt,timeout&law=unblocked",
        figures: &["in_doubt_longest_ms"],
        prompt: "The coordinator dies after telling one. Let the other two commit within a second, by two-phase commit, while it is down.",
        guess: Some((
            "Who could tell them?",
            &["Inventory, which has been told", "Nobody but the coordinator", "The client", "Their own logs"],
        )),
        start: "commit?do=250ms:fail:k1:decision:1,2.5s:start:k1&at=1.5s",
        goal: unblocked,
        hint: "One of the three is not in doubt.",
        solution: "commit?doubt=ask_peers&do=250ms:fail:k1:decision:1,2.5s:start:k1",
        learn: "In doubt, ask everybody: one who knows is enough. Only when all that can be reached are in doubt does two-phase commit block.",
    },
    Challenge {
        id: "differently",
        view: "",
        figures: &["split"],
        prompt: "Three-phase commit. No participant crashes. Make two of them end the same order differently.",
        guess: Some((
            "What does a participant take silence for?",
            &["A crash", "A cut", "A no", "A yes"],
        )),
        start: "commit?protocol=3pc&do=250ms:fail:k1:pre-commit:1",
        goal: differently,
        hint: "One of them knows that all have voted yes. It must not reach the others, nor they it.",
        solution: "commit?protocol=3pc&do=250ms:fail:k1:pre-commit:1,360ms:cut:n1-n2.n3",
        learn: "That nobody ever waits has its price: silence must mean a crash. Where a cut is possible, either somebody waits or somebody errs.",
    },
    Challenge {
        id: "half",
        view: "panels=tenure,verdicts&knobs=semantic_lock,pivot&law=isolated",
        figures: &["half_seen"],
        prompt: "A saga, some of whose orders are refused half-way. Let no auditor see half an order, and still by a saga.",
        guess: None,
        start: "commit?protocol=orchestrated&no=0.1&at=360ms",
        goal: never_half,
        hint: "What is not finished need not look as if it were.",
        solution: "commit?protocol=orchestrated&no=0.1&semantic_lock=on",
        learn: "A saga gives up isolation. A mark says what is not final: whoever respects it sees whole orders, and nobody has to wait.",
    },
];

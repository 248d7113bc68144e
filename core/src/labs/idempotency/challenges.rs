//! Goals to reach by editing a scenario, judged on its run.

use super::params::{CrashAt, Keys, Outside, Params, Record};
use super::presets;
use crate::acts::Act;
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

fn kept(outcome: &Outcome, promises: &[&str]) -> bool {
    promises.iter().all(|promise| outcome.stands(promise, State::Kept))
}

/// Whether a server goes down while it works at the first try.
fn crashes(scenario: &Scenario) -> bool {
    let early = |at_us: u64| (80_000..=84_000).contains(&at_us);
    scenario.cues.iter().any(|cue| matches!(cue.act, Act::Crash { .. }) && early(cue.at_us))
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "between",
        view: "panels=tenure,verdicts&knobs=record,inflight,lease&law=once",
        figures: &["executions", "twice"],
        prompt: "k1 goes down when the charge is in the database and the row does not say so. Charge once, and tell the client; k1 still goes down then.",
        guess: Some((
            "When must the row be written?",
            &["in the transaction of the charge", "before the charge", "right after the charge"],
        )),
        start: presets::BETWEEN,
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            params.keys == Keys::Table
                && crashes(scenario)
                && kept(outcome, &["once", "answered", "real", "progress"])
                && outcome.tally("executions") == Some(1)
                && outcome.tally("told_not_done") == Some(0)
        },
        hint: "Two steps have a moment between them, in whichever order they come. How many steps must it be?",
        solution: presets::ATOMIC,
        learn: "Effect and row in one transaction are both there or neither: whoever asks again finds out which.",
    },
    Challenge {
        id: "reconcile",
        view: "panels=spacetime,verdicts&knobs=outside,record,lease&law=once",
        figures: &["executions", "twice"],
        prompt: "The provider has no keys, and k1 goes down when it has the money. Charge once, and tell the client.",
        guess: None,
        start: presets::OUTSIDE,
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            matches!(params.outside, Outside::Plain | Outside::Lookup)
                && crashes(scenario)
                && kept(outcome, &["once", "answered", "real", "progress"])
                && outcome.tally("executions") == Some(1)
        },
        hint: "No transaction of yours reaches the provider. Who knows whether it has the money?",
        solution: presets::LOOKUP,
        learn: "What you cannot write together you must be able to ask for. A recovery point is not enough: the crash comes before it is written.",
    },
    Challenge {
        id: "still-twice",
        view: "",
        figures: &["executions", "twice"],
        prompt: "Charge the customer twice although servers keep keys in the database, in the charge's transaction, and nobody goes down.",
        guess: None,
        start: presets::K1,
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            params.keys == Keys::Table
                && params.record == Record::Atomic
                && (params.crashat == CrashAt::None || params.crashes == 0)
                && !scenario.cues.iter().any(|cue| cue.act.takes_down())
                && outcome.stands("once", State::Broken)
        },
        hint: "A key is forgotten one day. And somebody has to send the same one again.",
        solution: presets::NEW_KEY,
        learn: "The table knows keys, not customers: the client must keep the key with the order, and the key must outlive the retries.",
    },
];

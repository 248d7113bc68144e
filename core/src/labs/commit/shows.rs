//! What pictures find of a run beside its records: the state machine of a participant, and for how long each holds something.

use super::meta::{fact, order};
use super::params::{Params, Protocol, Switch};
use crate::acts::Act;
use crate::cast::Sort;
use crate::lab::Shows;
use crate::lab::shows::{FactId, Holding, Machine, MachineState, Tenure, Tone};
use crate::scenario::Scenario;

/// The most orders whose parts pictures look up.
const MOST: usize = 64;

/// What there is to draw.
pub fn shows(params: &Params, scenario: &Scenario) -> Shows {
    let asked = scenario.cues.iter().filter(|cue| matches!(cue.act, Act::Ask { .. })).count();
    let count = (params.orders as usize + asked).clamp(1, MOST);
    let places: Vec<String> = (0..count as u16).map(order).collect();
    Shows {
        machines: vec![machine(params, places.clone())],
        tenures: vec![Tenure {
            title: "Locks and doubt",
            sort: Sort::Server,
            state: FactId(fact::STATE),
            places,
            held: held(params),
            number: None,
            granted: None,
            deeds: None,
            still: None,
            exclusive: false,
        }],
        ..Shows::default()
    }
}

fn held(params: &Params) -> Vec<Holding> {
    let hold = |word, about, tone| Holding { word, about, tone };
    match params.protocol {
        Protocol::TwoPhase | Protocol::ThreePhase => {
            let mut held = vec![
                hold("preparing", "locked, has not voted", Tone::Well),
                hold("prepared", "locked, in doubt", Tone::Between),
            ];
            if params.protocol == Protocol::ThreePhase {
                held.push(hold("pre-committed", "locked, in doubt, knows that all said yes", Tone::Leads));
            }
            held
        }
        Protocol::Orchestrated | Protocol::Choreographed => {
            let mut held = vec![
                hold("doing", "locked for its step", Tone::Well),
                hold("undoing", "locked for the compensation", Tone::Out),
            ];
            if params.protocol == Protocol::Orchestrated && params.semantic_lock == Switch::On {
                held.push(hold("pending", "marked as pending, not locked", Tone::Between));
            }
            held
        }
    }
}

/// What a participant goes through with an order. The ways are those that a run takes.
fn machine(params: &Params, places: Vec<String>) -> Machine {
    let state = MachineState::new;
    let (title, states) = match params.protocol {
        Protocol::TwoPhase => (
            "A participant of two-phase commit",
            vec![
                state("preparing", "writes its yes", Tone::Well),
                state("prepared", "in doubt", Tone::Between),
                state("committed", "it has happened", Tone::Leads),
                state("aborted", "it has not", Tone::Out),
            ],
        ),
        Protocol::ThreePhase => (
            "A participant of three-phase commit",
            vec![
                state("preparing", "writes its yes", Tone::Well),
                state("prepared", "in doubt", Tone::Between),
                state("pre-committed", "all said yes", Tone::Between),
                state("committed", "it has happened", Tone::Leads),
                state("aborted", "it has not", Tone::Out),
            ],
        ),
        Protocol::Orchestrated | Protocol::Choreographed => {
            let mut states = vec![
                state("doing", "under way", Tone::Well),
                state("done", "it stands", Tone::Leads),
                state("undoing", "compensating", Tone::Between),
                state("undone", "compensated", Tone::Out),
                state("refused", "it has said no", Tone::Out),
                state("barred", "must not come", Tone::Out),
            ];
            if params.protocol == Protocol::Orchestrated && params.semantic_lock == Switch::On {
                states.push(state("pending", "stands, marked", Tone::Between));
            }
            ("A participant of a saga", states)
        }
    };
    let lost = [state("forgotten", "knew nothing", Tone::Out), state("lost", "lost in a crash", Tone::Out)];
    let states = states.into_iter().chain(lost).collect();
    Machine {
        title,
        one: "participant",
        many: "orders",
        states,
        ways: Vec::new(),
        sort: Sort::Server,
        state: FactId(fact::STATE),
        deadline: None,
        cause: None,
        places,
    }
}

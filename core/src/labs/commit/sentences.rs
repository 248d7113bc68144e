//! What the settings amount to, in sentences under the controls.

use super::params::{Doubt, Params, Protocol, Switch};
use crate::counted::counted;

/// The live sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    let n = params.n;
    let mut sentences = vec![match params.protocol {
        Protocol::TwoPhase if params.coordinators > 1 => format!(
            "An order that commits takes {} messages ({n} each of prepare, vote, decision, ack, and {} each of accept, accepted) and {}. The coordinators bear {} down.",
            4 * n + 2 * (params.coordinators - 1),
            params.coordinators - 1,
            writes(params, 2 * n + params.coordinators),
            (params.coordinators - 1) / 2,
        ),
        Protocol::TwoPhase => format!(
            "An order that commits takes {} messages ({n} each of prepare, vote, decision, ack) and {}; an abort forces only the votes.",
            4 * n,
            writes(params, 2 * n + 1)
        ),
        Protocol::ThreePhase => format!(
            "An order that commits takes {} messages ({n} each of can-commit, vote, pre-commit, its ack, decision, ack) and {}.",
            6 * n,
            writes(params, 2 * n + 1)
        ),
        Protocol::Orchestrated if params.semantic_lock == Switch::On => format!(
            "An order that completes takes {} messages, a command and its reply for each step and two more to take its mark off, and {}.",
            4 * n,
            counted(3 * n + 1, "forced write")
        ),
        Protocol::Orchestrated => format!(
            "An order that completes takes {} messages, a command and its reply for each step, and {}, all of them one after the other.",
            2 * n,
            counted(2 * n + 1, "forced write")
        ),
        Protocol::Choreographed if params.outbox == Switch::On => format!(
            "An order that completes takes {} messages: {} events, each acknowledged. Nobody but the services knows how far it is.",
            2 * n + 2,
            n + 1
        ),
        Protocol::Choreographed => format!(
            "An order that completes takes {} events. Each is sent once, after the step is on disk; one that is lost is lost.",
            n + 1
        ),
    }];
    sentences.extend(match (params.protocol, params.doubt) {
        (Protocol::TwoPhase, Doubt::Wait) => Some("Who has voted yes waits until the coordinator answers, however long that takes.".to_owned()),
        (Protocol::TwoPhase, Doubt::AskPeers) => {
            Some("Who has voted yes asks the others, too: one that has the decision, or has not voted yes, is enough to end it.".to_owned())
        }
        (Protocol::TwoPhase, Doubt::Impatient) => {
            Some("Who has voted yes and hears nothing aborts alone; the others may commit.".to_owned())
        }
        (Protocol::ThreePhase, _) => {
            Some("Without a coordinator the lowest participant that is up decides for all that it reaches. It takes silence for a crash.".to_owned())
        }
        _ => None,
    });
    sentences
}

fn writes(params: &Params, count: u32) -> String {
    if params.force == Switch::On { counted(count, "forced write") } else { "no forced write".into() }
}

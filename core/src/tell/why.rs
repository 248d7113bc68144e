//! Why something happened, or a light changed: chains of causes, each step in words.

use super::Transcript;
use crate::outcome::VerdictChange;
use crate::sorted::Map;
use crate::trace::{NONE, RecordKind};

/// A step of an argument: a record and what it contributes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The record's number.
    pub record: u32,
    /// What it contributes, in a sentence.
    pub says: String,
}

/// Why a light changed: the evidence, and what brought each piece of it about within its operation, in order.
pub fn argument(transcript: &Transcript<'_>, change: &VerdictChange) -> Vec<Step> {
    let mut steps = Map::new();
    for evidence in &change.evidence {
        chain(transcript, evidence.record, &mut steps);
    }
    for evidence in &change.evidence {
        steps.insert(evidence.record, evidence.says.clone());
    }
    steps.into_iter().map(|(record, says)| Step { record, says }).collect()
}

/// Why a record happened: what brought it about, back to the start of its operation, in order.
pub fn why(transcript: &Transcript<'_>, record: u32) -> Vec<Step> {
    let mut steps = Map::new();
    chain(transcript, record, &mut steps);
    steps.into_iter().map(|(record, says)| Step { record, says }).collect()
}

/// Follows causes back to where the operation began, or for background work to the timer, boot or act that began it. An
/// arrival stands for its send. Stops where another chain has been.
fn chain(transcript: &Transcript<'_>, record: u32, steps: &mut Map<u32, String>) {
    let trace = &transcript.outcome().trace;
    let mut at = trace.get(record);
    while let Some(record) = at {
        if steps.insert(record.id, transcript.sentence(record)).is_some() {
            return;
        }
        let began = match record.kind {
            RecordKind::Invoke | RecordKind::Act | RecordKind::Boot => true,
            RecordKind::Timer => record.op == NONE,
            _ => false,
        };
        let mut cause = trace.get(record.cause).filter(|_| record.cause != NONE && !began);
        if let (RecordKind::Deliver | RecordKind::Lose, Some(send)) = (record.kind, cause) {
            cause = trace.get(send.cause).filter(|_| send.cause != NONE);
            // Where nothing is known of why it was sent, the send itself is the beginning.
            if cause.is_none() {
                cause = Some(send);
            }
        }
        // An invocation by a timer or a past answer is the client's own will: the story begins with it.
        at = match (cause, record.op) {
            (Some(cause), op) if op != NONE && cause.op != op => transcript.invocation(op),
            (cause, _) => cause,
        };
        at = at.filter(|next| next.id < record.id);
    }
}

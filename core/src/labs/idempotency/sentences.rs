//! What the settings amount to, in words.

use super::params::{InFlight, Keys, Method, NewKey, Outside, Params, Record, Save};
use crate::time::DurationUs;

/// The live sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    let mut told = vec![keys(params)];
    if params.keys == Keys::Table {
        told.push(written(params));
    }
    if params.keys != Keys::None && params.newkey == NewKey::Attempt {
        told.push("Each try has a key of its own, so no table knows it again.".into());
    }
    if params.keys != Keys::None && params.save == Save::Success {
        told.push("A failure is not saved: the next try is executed.".into());
    }
    match (params.outside, params.has_provider()) {
        (_, false) | (Outside::None, _) => {}
        (Outside::Plain, true) => {
            told.push("The provider takes the money as often as it is told to: no transaction of ours takes that back.".into());
        }
        (Outside::Keyed, true) => {
            told.push("The provider is given the key, and takes the money once for each.".into())
        }
        (Outside::Lookup, true) => {
            told.push(
                "Before a try that is not the first the provider is asked whether it has the money.".into(),
            );
        }
    }
    match params.method {
        Method::Put | Method::Delete => told
            .push("Several of the same do what one does, as long as nobody else writes between them.".into()),
        Method::PutIf => told.push("A PUT is done only if x is still what its client has read.".into()),
        Method::Post | Method::Increment => {}
    }
    told
}

fn keys(params: &Params) -> String {
    match params.keys {
        Keys::None => "The server does not look at keys: every try that arrives is executed.".into(),
        Keys::Memory if params.servers > 1 => {
            format!(
                "{} servers have a table each, and each knows what it has executed itself, until it goes down.",
                params.servers
            )
        }
        Keys::Memory => "The server knows what it has executed until it goes down.".into(),
        Keys::Table => {
            format!("All servers have one table; a key is known for {}.", DurationUs(params.ttl))
        }
    }
}

fn written(params: &Params) -> String {
    let taken = match (params.lease, params.record, params.inflight) {
        (_, Record::Before, _) | (_, _, InFlight::Ignore) => String::new(),
        (0, _, _) => " A row in progress stays so for ever if nobody ends it.".into(),
        (lease_us, _, _) => {
            format!(" A row in progress is another's to go on with after {}.", DurationUs(lease_us))
        }
    };
    let how = match params.record {
        Record::Before => {
            "The row says done before the effect: a crash between them leaves it said and not done."
        }
        Record::After => {
            "The row is written after the effect: a crash between them leaves it done and not said."
        }
        Record::Atomic => "The row and the effect are one transaction.",
        Record::Phases => {
            "The row says when the money is taken, and then, in one transaction with the effect, that all is done."
        }
    };
    format!("{how}{taken}")
}

//! What is often said of Raft, and the runs that decide it.

use super::{LAB, presets};
use crate::lab::{Claim, Detail, End, Holds, Lab, Outcome, Proof, State};
use crate::link;

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "tolerance",
        sentence: "Five servers bear two failures, and three bear one.",
        holds: Holds::Yes,
        link: presets::TWO_DOWN,
        promise: "progress",
        proof: Proof::Shown(tolerance),
    },
    Claim {
        id: "four",
        sentence: "A leader and three followers are a good size.",
        holds: Holds::No("Four servers bear one failure, as three do: a majority of four is three."),
        link: "raft?n=4&for=4s&do=0ms:crash:n3.n4",
        promise: "progress",
        proof: Proof::Shown(four),
    },
    Claim {
        id: "every",
        sentence: "Consensus needs every node to agree.",
        holds: Holds::No("A majority decides; the others learn of it when they can."),
        link: presets::TWO_DOWN,
        promise: "progress",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "single",
        sentence: "There is one leader at a time.",
        holds: Holds::No("One for each term: a leader that is cut off does not know that another has been elected."),
        link: presets::MINORITY,
        promise: "single",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "stale",
        sentence: "A leader may answer reads from its own state.",
        holds: Holds::No("It may have been deposed without knowing; a majority must confirm that it leads."),
        link: presets::STALE,
        promise: "linearizable",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "matching",
        sentence: "Log Matching guarantees that a committed entry cannot be overwritten.",
        holds: Holds::No("It only says that logs agree up to a common entry. Leader Completeness keeps what is committed, and needs the up-to-date check."),
        link: presets::LOST,
        promise: "machine",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "majority",
        sentence: "Raft makes progress as long as any majority can talk.",
        holds: Holds::If("servers ask before they stand (pre-vote, or sticky leaders), and leaders that hear no majority step down (check quorum)"),
        link: presets::STUCK,
        promise: "progress",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "failed",
        sentence: "A request that failed was not committed.",
        holds: Holds::No("Who gives up does not know: the entry may be in a log, and be committed later."),
        link: presets::UNKNOWN,
        promise: "linearizable",
        proof: Proof::Shown(failed_is_read),
    },
    Claim {
        id: "retry",
        sentence: "A write that got no answer can safely be sent again.",
        holds: Holds::If("servers remember each client's last command (sessions)"),
        link: presets::TWICE,
        promise: "once",
        proof: Proof::Run(State::Broken),
    },
];

fn run(text: &str) -> Outcome {
    LAB.run(&link::own(&LAB, text), Detail::Full)
}

/// How many writes are acknowledged with so many of so many servers down from the start.
fn acknowledged(n: u32, down: u32) -> i64 {
    let gone: Vec<String> = (n - down + 1..=n).map(|server| format!("n{server}")).collect();
    let script = if down == 0 { String::new() } else { format!("&do=0ms:crash:{}", gone.join(".")) };
    run(&format!("raft?n={n}&reads=0&for=4s{script}")).tally("write_ok").unwrap_or(0)
}

fn bears(sizes: &[(u32, u32)]) -> Result<String, String> {
    let mut told = Vec::new();
    for (n, borne) in sizes {
        let (some, none) = (acknowledged(*n, *borne), acknowledged(*n, borne + 1));
        if some == 0 || none > 0 {
            return Err(format!("{n} servers: {some} writes acknowledged with {borne} down, {none} with one more"));
        }
        told.push(format!("{n} servers: {some} writes with {borne} down, none with one more"));
    }
    Ok(told.join("; "))
}

fn tolerance() -> Result<String, String> {
    bears(&[(3, 1), (5, 2)])
}

fn four() -> Result<String, String> {
    bears(&[(3, 1), (4, 1)])
}

/// A write whose client gave up is read later.
fn failed_is_read() -> Result<String, String> {
    let outcome = run(presets::UNKNOWN);
    let told = |op: &crate::lab::Operation| outcome.told(op).unwrap_or_default();
    let unknown = outcome.operations.iter().find(|op| op.end == End::Unknown).ok_or("nobody gives up")?;
    let value = outcome.asked(unknown).rsplit('.').next().unwrap_or_default().to_owned();
    match outcome.operations.iter().find(|op| op.invoked > unknown.invoked && told(op) == value) {
        Some(read) => Ok(format!("{} got no answer, and {} returned {value}", outcome.asked(unknown), outcome.asked(read))),
        None => Err(format!("nobody reads {value}")),
    }
}

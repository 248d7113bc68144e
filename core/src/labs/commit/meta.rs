//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::facts! {
    ROLE "role" Role "What it does.";
    LATEST "latest" Face "How far the order has come that it had to do with last.";
    STATE "state" Inspector "How far an order has come at this participant." of order;
    OUTCOME "outcome" Inspector "How the order has ended, as the coordinator or the order service knows it." of order;
    APPLIED "applied" Inspector "How often the participant's step of a saga stands." of order;
    LOG "log" Inspector "What was last forced to its log about an order." of order;
    NO "no" Inspector "Why it has said no." of order;
    ALONE "alone" Inspector "What it has decided alone, in doubt: a heuristic decision." of order;
}

crate::declare::figures! {
    orders Things "Orders that the client has sent.";
    confirmed Things "Orders of which the client was told that all has happened.";
    cancelled Things "Orders of which the client was told that nothing has.";
    no_word Things "Orders of which the client was told nothing.";
    messages Things "Messages, but for the client's.";
    messages_per_order Millionths "Messages for each order, but for the client's.";
    forced Things "Forced writes of logs.";
    decided_ms Us "Time from an order's arrival until it was decided, on average.";
    in_doubt_ms Us "Time in which a participant could neither commit nor abort alone, on average.";
    in_doubt_longest_ms Us "The longest such time.";
    locks_ms Us "Time for which a participant held a lock for an order, on average.";
    conflicts Things "Refusals by participants at which an earlier order had locked the item.";
    heuristic Things "Decisions that a participant in doubt made alone.";
    split Things "Orders that ended differently at two participants, or not as they should.";
    unended Things "Orders that had not ended in time.";
    compensations Things "Steps that were compensated.";
    failed_compensations Things "Compensations that failed and had to be tried again.";
    twice Things "Steps that were done twice.";
    half_seen Things "Orders of which an auditor could see a part without the rest.";
    half_seen_ms Us "For how long, on average.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "commit",
    title: "Atomic commitment and sagas",
    summary: "One order at three services: two-phase commit, three-phase commit and sagas, under the same orders and the same faults.",
    part: BookPart::Coordination,
    chapters: &["Transactions", "Asynchronous transactions"],
    views: &["tenure", "spacetime", "states", "stage", "charts", "operations"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("atomic", "Does an order happen everywhere or nowhere?", "atomicity"),
        promise("unblocked", "Does nobody have to wait for one who is down?", "non-blocking"),
        promise("ends", "Is every order done, or undone, after a while?", "termination"),
        promise("once", "Is no step done twice?", "exactly-once effect"),
        promise("isolated", "Does nobody see half an order?", "isolation"),
    ],
    requests: &[RequestSpec { example: "order", about: "one more order" }],
    horizon_us: 4_000_000,
    modelled: &[
        "Two-phase commit with presumed abort: n yes-votes and n + 1 commit records are forced, an abort forces nothing more and is not acknowledged; an inquiry about what has no record is answered with abort.",
        "Several coordinators keep the decisions by Multi-Paxos: the leader decides once a majority has voted; who takes over finds what was decided, and has an order aborted, by an entry, of which it is asked and knows nothing. Orders and inquiries go to all of them.",
        "Participants in doubt wait, ask each other (cooperative termination), or decide alone (a heuristic decision, as XA calls it).",
        "Three-phase commit with Skeen's termination rule: the lowest participant that is up asks all others and decides; one that was down asks, and never decides alone.",
        "A prepared order locks its item; another that wants it meanwhile is refused at once, so that there are no deadlocks.",
        "Orchestrated sagas with a forced log, a pivot, and compensations in reverse; choreographed ones with outbox and inbox; tombstones; semantic locks.",
        "The auditor looks at all participants that are up at each moment, waits for what is locked and skips what is marked as pending.",
    ],
    left_out: &[
        "Paxos Commit (Gray, Lamport 2006), where each vote is a decree of its own and no coordinator is needed.",
        "Of several coordinators: a log of decisions that is cut off once all have acknowledged; clients that send an order again.",
        "The read-only vote, transfer of coordination, trees of coordinators; presumed commit.",
        "Waiting for locks, and so deadlocks across participants.",
        "Three-phase commit after all participants have been down: Skeen's search for the last to fail. Here they ask each other for ever.",
        "A compensation of the very step that was refused, as some pictures have it: here what was done is compensated, and what may have been.",
        "An event that is published before its data are committed, and outlives them; an inbox apart from idempotent steps.",
        "An auditor who reads by messages of its own; marks of choreographed sagas.",
        "A compensation that can never work, for which somebody has to be called; steps that cannot be compensated at all but come before the pivot.",
    ],
    revision: 1,
    changelog: &["First published."],
};

/// What a place is of.
pub fn order(index: u16) -> String {
    format!("order {}", u32::from(index) + 1)
}

//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

/// The client of that number, from 0.
fn client(number: u16) -> String {
    format!("c{}", number + 1)
}

crate::declare::facts! {
    ROLE "role" Role "What it is, or what it does.";
    BELIEF "lock" Face "Whether the client believes that it holds the lock.";
    TOKEN "token" Face "The number of its grant; at the resource the greatest that it has seen.";
    HOLDER "holder" Face "Who holds the lock, as this server has it.";
    GRANT "grant" Inspector "The number of that grant.";
    VALUE "value" Face "What the resource holds.";
    VERSION "version" Inspector "How many writes the resource has taken.";
    WRITE "write" Inspector "What the resource made of a client's last write." of client;
    VALID "valid for" Inspector "What was left of the lease when the client took it.", in Us;
    STANDING "stands still" Inspector "Whether the client stands still between its look and its write.";
    COPIED "copied up to" Face "The number of the last grant that the replica has heard of.";
}

crate::declare::figures! {
    updates Things "Updates that ended.";
    done Things "Updates that the resource took, and whose clients know it.";
    granted Things "How often a client came to believe that it holds the lock.";
    both_ms Us "For how long two clients at least believed so at once.";
    stale_writes Things "Writes that the resource took from somebody who did not hold the lock any more, as the service had it.";
    refused Things "Reads and writes that the resource refused.";
    lost_updates Things "Updates whose clients were told that they were done, and that were overwritten unseen.";
    wait_ms Us "Mean time from wanting the lock to believing that one holds it.";
    validity_ms Us "Mean of what was left of a lease when its client took it.";
    messages Things "Messages sent.";
    stale Things "Probe: 1 when the write was taken after the lease was over.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "lock",
    title: "Locks and fencing tokens",
    summary: "A lock with a lease, a client that pauses, a write that comes too late: why the lock cannot help, and what can.",
    part: BookPart::Coordination,
    chapters: &["Leader election", "Distributed locks"],
    views: &["tenure", "stage", "spacetime", "beliefs", "charts"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("alone", "Does at most one client believe that it holds the lock?", "mutual exclusion"),
        promise("safe", "Is no acknowledged update lost?", "no lost update"),
        promise("ordered", "Does the resource take writes in the order of their grants?", "fencing"),
        promise("freed", "Is a dead client's lock free again in time?", "deadlock freedom"),
        promise("fair", "Is whoever asks first served first?", "first come, first served"),
    ],
    requests: &[RequestSpec { example: "update", about: "take the lock, update the resource, let go" }],
    horizon_us: 40_000_000,
    modelled: &[
        "One lock with a lease. single is Redis's SET NX PX on one server, released by compare-and-delete, with a counter beside it that numbers grants. redlock asks all masters at once, needs a majority, and trusts what is left of the lease less a hundredth and 2 ms. consensus has sessions that end unless they are heard of, and entries in the order of their making, whose revision is the token. replica is a primary as single is, which tells its grants to a second server a while later; that one takes its place when it has heard nothing for long.",
        "Clients that hold, work, look at their clock and write, in steps between which a pause can fall; a pause stops the client, and no clock.",
        "A resource with a guard of its own: the greatest token it has seen on writes, or on reads and writes, or compare-and-set on its version.",
        "What a client believes is what it knows: from the grant until it lets go, or hears or sees that its lease is over.",
    ],
    left_out: &[
        "Of a failover what finds it out and says so: Redis's Sentinels agree on it and tell clients. Here the replica decides alone, and a client whose asking is not answered asks the other server. Who comes up again begins as a replica; what is copied is the lease alone, not a stream of commands; waiting for a copy before the answer (WAIT).",
        "What replicates a service with sessions, which here is one server that never forgets: the lab raft is about that. lock-delay, watches of all by all and the herd; idempotency keys.",
        "Locks for readers and writers, deadlock between several locks, and the row locks of databases.",
    ],
    revision: 1,
    changelog: &["First published."],
};

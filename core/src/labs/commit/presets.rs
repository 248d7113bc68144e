//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "all-yes",
        "All say yes",
        "Prepare, vote, decision, acknowledgement: from its vote to the decision each participant is in doubt, and the item is locked.",
        "commit?orders=1&every=20ms&latency=10ms&for=120ms&at=58ms",
    ),
    preset(
        "one-no",
        "One says no",
        "Payment refuses every order: the others are told to abort, and nothing has happened anywhere.",
        "commit?refuse=2&at=350ms",
    ),
    preset(
        "coordinator-dies",
        "The coordinator dies after it has asked",
        "All have voted yes and nobody knows the decision: they wait until the coordinator is back, and what is locked stays locked.",
        "commit?do=250ms:fail:k1:prepare:3,2.5s:start:k1&at=1.5s",
    ),
    preset(
        "tells-one",
        "The coordinator dies after telling one",
        "Inventory knows that the order commits. Who waits for the coordinator is blocked; beside it they ask each other.",
        "commit?do=250ms:fail:k1:decision:1,2.5s:start:k1&at=1.5s&b.doubt=ask_peers",
    ),
    preset(
        "replicated",
        "Another coordinator takes over",
        "Three coordinators keep the decisions by Paxos. k1 dies after it has asked; k2 takes over, and has what is in doubt aborted. Beside it, one alone.",
        "commit?coordinators=3&do=250ms:fail:k1:prepare:3,2.5s:start:k1&at=1.5s&b.coordinators=1",
    ),
    preset(
        "outlived",
        "A decision that outlives who made it",
        "k1 dies before it has told anybody that the order commits. Another coordinator has voted for that, so k2 finds it.",
        "commit?coordinators=3&do=250ms:fail:k1:accept:2,2.5s:start:k1&at=1s",
    ),
    preset(
        "cut-after",
        "A cut after the decision",
        "Shipping is cut off when the decision is on disk: the others commit, and shipping is in doubt until the cut heals.",
        "commit?latency=10ms&do=336ms:cut:k1-n3,2s:heal&at=1.5s",
    ),
    preset(
        "impatient",
        "An impatient participant",
        "In doubt for a tenth of a second, payment and shipping abort alone. Inventory has been told to commit.",
        "commit?doubt=impatient&do=250ms:fail:k1:decision:1,2.5s:start:k1&at=600ms",
    ),
    preset(
        "no-force",
        "A yes that was not on disk",
        "Payment votes yes and crashes. It comes back and has forgotten its vote, and what it is told to commit.",
        "commit?force=off&do=250ms:fail:n2:vote:1,380ms:start:n2&at=600ms",
    ),
    preset(
        "hot-item",
        "Everybody wants the same item",
        "Forty orders for one item, one every 20 ms: while it is locked for one, others are refused. Beside it, a saga.",
        "commit?orders=40&every=20ms&items=1&for=2s&at=700ms&b.protocol=orchestrated",
    ),
    preset(
        "3pc-crash",
        "Three-phase commit and a crash",
        "The coordinator dies after telling one that all have voted yes. Inventory takes over, and nobody is blocked; by two-phase commit two are.",
        "commit?protocol=3pc&do=250ms:fail:k1:any:4&at=600ms&b.protocol=2pc",
    ),
    preset(
        "3pc-cut",
        "Three-phase commit and a cut",
        "The same crash, and a cut between those that know and those that do not: one side commits, the other aborts. Two-phase commit waits.",
        "commit?protocol=3pc&do=250ms:fail:k1:any:4,360ms:cut:n1-n2.n3,2s:heal&at=1s&b.protocol=2pc",
    ),
    preset(
        "saga",
        "A saga, seen from outside",
        "Each step stands as soon as it is done, so an auditor sees half an order. Beside it, what is under way is marked as pending.",
        "commit?protocol=orchestrated&no=0.1&at=360ms&b.semantic_lock=on",
    ),
    preset(
        "undo-fails",
        "A compensation that fails",
        "Shipping refuses; the refund fails four times before it works, and is tried until it does.",
        "commit?protocol=orchestrated&orders=3&refuse=3&undo_fails=4&at=1s",
    ),
    preset(
        "overtaken",
        "A refund overtakes its charge",
        "A charge is slow, the orchestrator gives up and refunds what has not been charged; then the charge comes. Beside it, with tombstones.",
        "commit?protocol=orchestrated&orders=1&latency=exp-40ms&tries=1&tombstones=off&seed=19&for=1s&b.tombstones=on",
    ),
    preset(
        "twice",
        "A retry charges twice",
        "The payment's answer is lost, so it is asked again. Beside it, it notices that it has done this before.",
        "commit?protocol=orchestrated&idempotent=off&do=250ms:drop:n2-k1:reply&at=600ms&b.idempotent=on",
    ),
    preset(
        "dual-write",
        "Committed, and never published",
        "Inventory has done its step and sends the event once, into a cut. Beside it, the event waits in an outbox.",
        "commit?protocol=choreographed&latency=10ms&outbox=off&do=310ms:cut:n1-n2,1s:heal&at=2s&b.outbox=on",
    ),
    preset(
        "choreographed",
        "Nobody is in charge",
        "The order service is down for two seconds; services go on without it. The same crash stops an orchestrated saga.",
        "commit?protocol=choreographed&do=330ms:crash:k1,1.8s:start:k1&at=1s&b.protocol=orchestrated",
    ),
];

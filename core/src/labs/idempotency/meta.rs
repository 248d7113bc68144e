//! What the lab is called, shows, counts and promises.

use super::call::{Key, SHOWN};
use super::message::KINDS;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

fn row(index: u16) -> String {
    format!("row {}", index.saturating_add(1))
}

/// What the rows of the key table are called.
pub fn rows(each_attempt: bool) -> Vec<String> {
    (0..SHOWN).map(|place| Key::at(place, each_attempt).to_string()).collect()
}

crate::declare::facts! {
    ROLE "role" Role "What it is, or what it does.";
    VALUE "holds" Face "What x is; of charges how many there are.";
    VERSION "version" Face "The version of x, which is its entity tag.";
    KEY "key" Inspector "How far the request of a key has come, where its row is kept." of row;
}

crate::declare::figures! {
    executions Things "How often something was executed: a charge by the provider where there is one, else a change in the database.";
    twice Things "Operations that were executed more than once.";
    told_not_done Things "Operations that were told a success and never executed.";
    replayed Things "Answers out of a key table.";
    conflicts_409 Things "Answers that a request with this key is in progress.";
    mismatch_422 Things "Answers that this key was used with another payload.";
    failed_412 Things "Answers that x is not what the request rests on.";
    lost_updates Things "Writes that rest on a value which another write has replaced since.";
    undone Things "Late copies that brought an old value back.";
    waits_ms Us "Mean time from an operation's beginning to its answer.";
    keys_stored Things "The most keys that a table held.";
    keys_open Things "Operations that ended while their key was in progress.";
    crashes Things "How often a server's process died of itself.";
    requests Things "Requests that clients sent.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "idempotency",
    title: "Idempotency",
    summary: "A request is sent again because its answer was lost: what a key names, where it is kept, when it is written, and what it cannot do.",
    part: BookPart::Resiliency,
    chapters: &["Downstream resiliency", "APIs"],
    views: &["tenure", "stage", "spacetime", "operations", "states", "strip", "charts"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("once", "Am I charged once, however often my client asks?", "executed at most once"),
        promise("answered", "Is a retry told what the first try did?", "replayed answer"),
        promise("real", "If I am told that it is done, is it done?", "no false success"),
        promise("mine", "Is what I am told about my request, and no other's?", "key and payload agree"),
        promise("lost", "Is no write replaced by one that has not seen it?", "no lost update"),
        promise("old", "Can no late copy bring an old value back?", "no return of the old"),
        promise("progress", "Does no request find its key in progress to the end?", "progress"),
    ],
    requests: &[
        RequestSpec { example: "send.10", about: "a request by the lab's method, of so much" },
        RequestSpec { example: "reuse.20", about: "another one, under the client's last key" },
        RequestSpec { example: "bare.10", about: "one without a key" },
        RequestSpec { example: "take", about: "read x, and write one less" },
    ],
    horizon_us: 10_000_000,
    modelled: &[
        "The key table of draft-ietf-httpapi-idempotency-key-header-07: no key 400, the same key with another payload 422, in progress 409, done: the saved answer. Which of 409 and 422 goes first it does not say: 422 here. It is an Internet-Draft, of October 2025.",
        "Of Stripe's documentation: status and body of the first request are saved once execution has begun and replayed, 500s too (API v1); payloads are compared; what fails validation or meets another in progress is not saved; keys may be pruned after 24 h. save=success executes again what has failed, which is the idea of API v2.",
        "GET, PUT, DELETE as idempotent methods, POST and PATCH as others (RFC 9110 §9.2.2); If-Match with strong entity tags and 412 (§13.1.1); 428 (RFC 6585). RFC 9110 allows a server to answer 2xx in place of 412 where the change has been made already; this one answers 412.",
        "Check, work, call outside, effect and record are steps of their own between a server, the database and a provider. A server can go down between any two, by the script or by itself; what it has in memory goes with it. The database and the provider keep theirs on disk.",
        "A row in progress is taken over after a while; with recovery points whoever does goes on where the row says.",
        "Clients with timeouts, attempts and backoff; they make a key for each operation, or for each attempt.",
    ],
    left_out: &[
        "A balancer of its own: who sends chooses by its rule. Queues at servers: each works at any number of requests at a time.",
        "Keys are numbers of operations here, and never alike; how unlikely it is that random ones are, is arithmetic.",
        "A client that goes down forgets what it asked, and its key; to keep the key with the order is the client's part.",
        "Who may use a key: in practice it is looked up together with who asks, and for what.",
        "Refunds, exactly-once messaging (see the lab Messaging), sagas and the outbox (Atomic commitment).",
    ],
    revision: 1,
    changelog: &["First published."],
};

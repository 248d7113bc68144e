//! What is often said of locks, and the runs that decide it.

use super::{fidelity, presets};
use crate::lab::{Claim, Holds, Proof, State};

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "token",
        sentence: "The only safe lock returns a token that the resource checks on every operation.",
        holds: Holds::If(
            "operations include reads; and it is not the only one: compare-and-set needs no lock at all",
        ),
        link: "lock?rate=0.3&pause=exp-8s&pause_share=0.5&guard=all&for=1m",
        promise: "safe",
        proof: Proof::NoneOf { seeds: 300 },
    },
    Claim {
        id: "writes",
        sentence: "Tokens that the resource checks on writes make a lock safe.",
        holds: Holds::No(
            "Not for whoever reads first: the old holder's write comes between the new one's read and write.",
        ),
        link: presets::TOO_LATE,
        promise: "safe",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "pause",
        sentence: "A lock without a token is unsafe under pauses and crashes.",
        holds: Holds::If(
            "something of its old holder is still to come: a client that wakes up, or a message that was on its way",
        ),
        link: presets::MAIL,
        promise: "safe",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "point",
        sentence: "A lock orders what is done to the resource.",
        holds: Holds::No(
            "Writes take effect where and when the resource takes them, in whatever order they come.",
        ),
        link: presets::PAUSE,
        promise: "ordered",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "idempotent",
        sentence: "An operation that may be repeated without harm needs no lock.",
        holds: Holds::No("Putting 1 twice does no harm; two that both read 0 and put 1 lose an update."),
        link: presets::BOTH_READ,
        promise: "safe",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "redlock",
        sentence: "Redlock is safe with five masters.",
        holds: Holds::If(
            "clocks keep their rate, nobody pauses for longer than the lease is valid, and no master forgets",
        ),
        link: presets::REDLOCK_RESTART,
        promise: "safe",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "replica",
        sentence: "With a replica a lock outlives the server that granted it.",
        holds: Holds::If(
            "the grant was copied before; one that was not is granted again, and under the same number, so that no fence helps",
        ),
        link: presets::REPLICA,
        promise: "alone",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "check",
        sentence: "It is enough to look whether the lease is over before writing.",
        holds: Holds::No("The pause comes after the look: no client can look and write at one moment."),
        link: presets::CHECKED,
        promise: "safe",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "consensus",
        sentence: "Locks of ZooKeeper and etcd exclude each other.",
        holds: Holds::No(
            "Their sessions end while a client sleeps. Their revision as a token does what the lock cannot.",
        ),
        link: presets::SESSION,
        promise: "alone",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "ttl",
        sentence: "A longer lease makes a lock safe.",
        holds: Holds::No("It makes the trouble rarer, and keeps a dead client's lock for longer."),
        link: "lock?rate=0.3&ttl=30s&pause=exp-8s&pause_share=0.5&for=2m",
        promise: "safe",
        proof: Proof::Shown(fidelity::longer_leases),
    },
];

//! What is often said about partitioning, and the runs that prove or refute it.

use super::outcome_of;
use super::words::{number, share};
use crate::lab::{Claim, Holds, Proof, State};

/// All of them.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "country-code",
        sentence: "A country code is a terrible partition key.",
        holds: Holds::Yes,
        link: "ring?nodes=16&add=0&vnodes=128&key=country_code",
        promise: "balanced",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "date",
        sentence: "Orders that are looked up by date should be partitioned by date.",
        holds: Holds::No("all of today is on one shard, whether dates are hashed or kept in order"),
        link: "ring?strategy=range&nodes=4&add=0&key=date",
        promise: "balanced",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "sixteen",
        sentence: "Doubling sixteen shards moves more than doubling two.",
        holds: Holds::If("you count bytes: the share is one half in both, and as many more nodes move it"),
        link: "ring?nodes=16&add=16&vnodes=128",
        promise: "minimal",
        proof: Proof::Shown(two_and_sixteen),
    },
    Claim {
        id: "modulo",
        sentence: "When a node joins, hash modulo N moves the new node's share.",
        holds: Holds::No("three of four rows move when three nodes become four, most of them between old nodes"),
        link: "ring?strategy=modulo&for=5s",
        promise: "minimal",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "ring-minimal",
        sentence: "On the ring only keys of the new node move.",
        holds: Holds::Yes,
        link: "ring?keys=2000&utilisation=0&for=3s",
        promise: "minimal",
        proof: Proof::NoneOf { seeds: 200 },
    },
    Claim {
        id: "ring-even",
        sentence: "Consistent hashing spreads keys evenly.",
        holds: Holds::If("each node has many virtual nodes: with one point each, the fullest of ten has 2.93 times the mean"),
        link: "ring?nodes=10&add=0&vnodes=1&keys=2000&utilisation=0&for=1s",
        promise: "bound",
        proof: Proof::SomeOf { seeds: 100, at_least: 95 },
    },
    Claim {
        id: "bounded",
        sentence: "With bounded loads no node stores more than (1 + ε) times the average.",
        holds: Holds::Yes,
        link: "ring?strategy=bounded&nodes=10&vnodes=1&epsilon=0.1&keys=2000&utilisation=0&for=3s",
        promise: "bound",
        proof: Proof::NoneOf { seeds: 200 },
    },
    Claim {
        id: "next-points",
        sentence: "The next three points of the ring are three different nodes.",
        holds: Holds::No("with virtual nodes they may be one node's: skip points of nodes that have a copy already"),
        link: "ring?replicas=3&copies=points&utilisation=0",
        promise: "distinct",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "split",
        sentence: "Splitting a hot key is free.",
        holds: Holds::No("a read must ask every piece"),
        link: "ring?nodes=5&add=0&popularity=hot&hot=0.4&split=16",
        promise: "one_shard",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "second-key",
        sentence: "A well-chosen partition key makes every query ask one shard.",
        holds: Holds::No("a query by another column asks them all"),
        link: "ring?nodes=6&add=0&query=second&utilisation=0.1",
        promise: "one_shard",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "no-downtime",
        sentence: "Resharding is invisible to users.",
        holds: Holds::If("nodes have headroom for the move: at 90 % utilisation p99 breaks its limit"),
        link: "ring?nodes=2&add=2&vnodes=128&data=60&utilisation=0.9&bandwidth=15&for=5s",
        promise: "p99",
        proof: Proof::Run(State::Broken),
    },
];

/// Doubles two and sixteen shards.
fn two_and_sixteen() -> Result<String, String> {
    let [two, sixteen] = [(2, 2), (16, 16)].map(|(nodes, add)| {
        outcome_of(&format!("ring?nodes={nodes}&add={add}&vnodes=256&keys=100000&utilisation=0&for=5s"))
    });
    let figure = |outcome: &crate::lab::Outcome, name: &str| outcome.tally(name).unwrap_or(0).unsigned_abs();
    let moved = [&two, &sixteen].map(|outcome| figure(outcome, "moved_share"));
    let bytes = [&two, &sixteen].map(|outcome| figure(outcome, "moved_mb") / 1_000_000);
    let said = format!(
        "2 → 4 moves {} of the rows, {} MB; 16 → 32 moves {}, {} MB",
        share(moved[0], 1_000_000), number(bytes[0]), share(moved[1], 1_000_000), number(bytes[1]),
    );
    // With 256 points a node the share differs from one half by under 5 % (four standard errors of 3.1 % of a half, for two nodes 3.9 %).
    let half = moved.iter().all(|share| share.abs_diff(500_000) < 80_000);
    let more = bytes[1] > 6 * bytes[0];
    if half && more { Ok(said) } else { Err(said) }
}

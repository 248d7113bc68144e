//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::facts! {
    ROLE "role" Role "What a node does, or how far the router's change is.";
    KEYS "rows" Face "Rows that it owns, copies not counted.";
    QUEUE "waiting" Inspector "Requests that wait at it.";
    LOAD "load" Inspector "What is asked of it, as a share of what it can do.", in Millionths;
    KEYS_BEFORE "rows before" Inspector "Rows that it owns before the change.";
    KEYS_AFTER "rows after" Inspector "Rows that it owns after the change.";
    BEFORE "stretches before" Inspector "Its stretches of the key space before the change, in four hexadecimal digits.";
    AFTER "stretches after" Inspector "Its stretches of the key space after the change.";
    MOVES "moves" Inspector "What the change moves: giver, taker, rows.";
    MOVED "moved" Inspector "How much of that has come.", in Percent;
    CHANGE "change" Inspector "The number of the change, from 1.";
    SAMPLE "sample" Inspector "Places of some rows in the key space, in four hexadecimal digits.";
    WEIGHT "weight" Inspector "Its share of the rows beside others', told where a weight changes while the run goes on.";
}

crate::declare::figures! {
    cv2 Millionths "Squared coefficient of variation of rows on the first nodes (population variance), each compared with what its weight makes fair.";
    cv Millionths "Its root.";
    max_over_mean Millionths "Rows on the fullest of the first nodes, over its fair share.";
    after_max_over_mean Millionths "The same after the first change.";
    load_max_over_mean Millionths "Requests that the busiest of the first nodes gets, over its fair share.";
    moved_share Millionths "Rows that change their owner in the first change, of all.";
    moved_between_old Things "Of these, rows that need not move: that go from a node that stays to one that was there before.";
    moved_mb Millionths "Megabytes that the first change moves, copies counted.";
    forwarded_share Millionths "Rows that a full node passed on, of all, before any change.";
    over_bound Things "Rows by which the fullest of the first nodes exceeds (1 + ε) times its fair share, rounded up.";
    shards_per_query Millionths "Nodes that a request asks, on average, before any change.";
    requests Things "Requests asked.";
    answered Things "Requests answered in full.";
    refused Things "Requests that a full queue refused.";
    moving_ms Us "How long rows were moving.";
    p99_ms Us "Time that 99 of 100 requests asked while rows moved took at the most; those still open count as long as they have waited.";
    rest_p99_ms Us "The same for requests asked while none moved.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "ring",
    title: "Partitioning",
    summary: "Rows spread over nodes by eight strategies: how even it is, what moves when a node joins, and what that costs the requests.",
    part: BookPart::Scalability,
    chapters: &["Partitioning", "Data partitioning", "Consistent hashing"],
    views: &["ring", "load", "red", "usage", "services", "traffic", "states", "waterfall", "charts", "spacetime", "operations"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("distinct", "Are the copies of a row on different nodes?", "replica placement").unbreakable(),
        promise("minimal", "Does only what the new node takes move?", "monotonicity of consistent hashing"),
        promise("bound", "Is every node below (1 + ε) times its fair share of the rows?", "bounded load"),
        promise("one_shard", "Does a query ask one node only?", "single-shard query"),
        promise("balanced", "Does every node get about its share of the requests?", "no hot shard"),
        promise("p99", "Do requests stay fast while data moves?", "tail latency during rebalancing"),
    ],
    requests: &[
        RequestSpec { example: "join", about: "a node joins" },
        RequestSpec { example: "leave.n3", about: "n3 gives its rows away and leaves" },
        RequestSpec { example: "weight.n3.2", about: "n3 is to have twice a small node's share of the rows" },
    ],
    horizon_us: 4_000_000,
    modelled: &[
        "Consistent hashing with virtual nodes (Karger et al., STOC 1997; Dynamo §4.2), rendezvous hashing (Thaler & Ravishankar 1998), jump hash (Lamping & Veach 2014), bounded loads (Mirrokni et al., SODA 2018), Maglev's table (Eisenbud et al., NSDI 2016), key ranges, a directory of 256 slots, hash modulo N.",
        "Weights under the strategies that know them: points of a ring, rendezvous by logarithms (Schindelhauer & Schomaker 2005), turns at Maglev's table as Envoy gives them, and bounded loads of ⌈(1 + ε) · rows · weight / weights⌉.",
        "Copies: on a ring the next different nodes, by rendezvous the next best; the other strategies say nothing of copies, and here they go to the nodes that follow in the list.",
        "Rows by what they are placed by: random ids, countries by their people (UN 2022), days of a year, tenants by Zipf's law, the first hexadecimal digit.",
        "A router that holds the table; requests that come as a Poisson process to the owner of their row; one worker a node, exponential service, a queue of at most 1,000.",
        "Moving: batches from node to node at a bandwidth that is taken from requests; a batch is served by its giver until all of it has come.",
    ],
    left_out: &[
        "Copies take room and bandwidth and serve no requests: reads and writes go to the owner. A new copy comes from the row's owner; Cassandra streams it from the replica that gives it up.",
        "The router does not notice that a node is down; a batch that is lost is not sent again.",
        "All rows are of one size, and none are added or deleted.",
        "Writes to a row while its batch moves are not replayed: the giver's last word counts.",
        "Bounded loads bound the rows that a node stores, as the paper's balls in bins. HAProxy's hash-balance-factor and Envoy's hash_balance_factor bound the requests under way at a server: they would spread a hot row, and this does not.",
        "Jump hash numbers its nodes by their place in a list. Here the router keeps that list, and when a node in the middle leaves, the last one takes its place (or, if you choose so, all behind it move up, as in a client that just drops the server from its list).",
        "A full node of a bounded ring is found by the router at once, not by walking from node to node.",
    ],
    revision: 2,
    changelog: &[
        "First published.",
        "Bounded loads go by weights; a change that would leave fewer nodes than copies is refused; Maglev's table, gaps in jump hash's list, and weights that change while the run goes on. A node that gives rows has them until their taker has said that they are there.",
    ],
};

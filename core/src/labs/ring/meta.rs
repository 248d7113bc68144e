//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, FactSpec, Meta, Promise, RequestSpec, Show, TallySpec};

const fn tally(name: &'static str, about: &'static str) -> TallySpec {
    TallySpec { name, about }
}

const fn promise(id: &'static str, question: &'static str, term: &'static str) -> Promise {
    Promise { id, question, term }
}

const fn fact(name: &'static str, about: &'static str, show: Show) -> FactSpec {
    FactSpec { name, about, show }
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "ring",
    title: "Partitioning",
    summary: "Rows spread over nodes by seven strategies: how even it is, what moves when a node joins, and what that costs the requests.",
    part: BookPart::Scalability,
    chapters: &["Partitioning", "Data partitioning", "Consistent hashing"],
    views: &["ring", "load", "red", "usage", "services", "traffic", "waterfall", "charts", "spacetime", "operations"],
    facts: &[
        fact("role", "What a node does, or how far the router's change is.", Show::Role),
        fact("rows", "Rows that it owns, copies not counted.", Show::Face),
        fact("waiting", "Requests that wait at it.", Show::Inspector),
        fact("load", "What is asked of it, in millionths of what it can do.", Show::Inspector),
        fact("rows before", "Rows that it owns before the change.", Show::Inspector),
        fact("rows after", "Rows that it owns after the change.", Show::Inspector),
        fact("stretches before", "Its stretches of the key space before the change, in four hexadecimal digits.", Show::Inspector),
        fact("stretches after", "Its stretches of the key space after the change.", Show::Inspector),
        fact("moves", "What the change moves: giver, taker, rows.", Show::Inspector),
        fact("moved", "How much of that has come, in hundredths.", Show::Inspector),
        fact("change", "The number of the change, from 1.", Show::Inspector),
        fact("sample", "Places of some rows in the key space, in four hexadecimal digits.", Show::Inspector),
    ],
    kinds: KINDS,
    tallies: &[
        tally("cv2", "Squared coefficient of variation of rows on the first nodes (population variance), each compared with what its weight makes fair."),
        tally("cv", "Its root."),
        tally("max_over_mean", "Rows on the fullest of the first nodes, over its fair share."),
        tally("after_max_over_mean", "The same after the first change."),
        tally("load_max_over_mean", "Requests that the busiest of the first nodes gets, over its fair share."),
        tally("moved_share", "Rows that change their owner in the first change, of all."),
        tally("moved_between_old", "Of these, rows that go from a node that stays to one that was there before."),
        tally("moved_mb", "Megabytes that the first change moves, copies counted."),
        tally("forwarded_share", "Rows that a full node passed on, of all, before any change."),
        tally("over_bound", "Rows by which the fullest of the first nodes exceeds (1 + ε) times the average, rounded up."),
        tally("shards_per_query", "Nodes that a request asks, on average, before any change."),
        tally("requests", "Requests asked."),
        tally("answered", "Requests answered in full."),
        tally("refused", "Requests that a full queue refused."),
        tally("moving_ms", "How long rows were moving."),
        tally("p99_ms", "Time that 99 of 100 requests asked while rows moved took at the most; those still open count as long as they have waited."),
        tally("rest_p99_ms", "The same for requests asked while none moved."),
    ],
    promises: &[
        promise("distinct", "Are the copies of a row on different nodes?", "replica placement"),
        promise("minimal", "Does only what the new node takes move?", "monotonicity of consistent hashing"),
        promise("bound", "Is every node below (1 + ε) times the average?", "bounded load"),
        promise("one_shard", "Does a query ask one node only?", "single-shard query"),
        promise("balanced", "Does every node get about its share of the requests?", "no hot shard"),
        promise("p99", "Do requests stay fast while data moves?", "tail latency during rebalancing"),
    ],
    requests: &[
        RequestSpec { example: "join", about: "a node joins" },
        RequestSpec { example: "leave.n3", about: "n3 gives its rows away and leaves" },
    ],
    horizon_us: 4_000_000,
    modelled: &[
        "Consistent hashing with virtual nodes (Karger et al., STOC 1997; Dynamo §4.2), rendezvous hashing (Thaler & Ravishankar 1998), jump hash (Lamping & Veach 2014), bounded loads (Mirrokni et al., SODA 2018), key ranges, a directory of 256 slots, hash modulo N.",
        "Rows by what they are placed by: random ids, countries by their people (UN 2022), days of a year, tenants by Zipf's law, the first hexadecimal digit.",
        "A router that holds the table; requests that come as a Poisson process to the owner of their row; one worker a node, exponential service, a queue of at most 1,000.",
        "Moving: batches from node to node at a bandwidth that is taken from requests; a batch is served by its giver until all of it has come.",
    ],
    left_out: &[
        "Copies take room and bandwidth and serve no requests: reads and writes go to the owner.",
        "The router does not notice that a node is down; a batch that is lost is not sent again.",
        "All rows are of one size, and none are added or deleted.",
        "Writes to a row while its batch moves are not replayed: the giver's last word counts.",
        "A full node of a bounded ring is found by the router at once, not by walking from node to node.",
    ],
    revision: 1,
    changelog: &["First published."],
};

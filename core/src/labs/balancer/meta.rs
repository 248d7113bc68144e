//! What the lab is called, shows, counts and promises.

use crate::kits::graph::{CHECKED, FACTS};
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::figures! {
    calls Things "Calls that went to servers.";
    mean_ms Us "What the calls took on average that went well, as clients see them.";
    p50_ms Us "What half of them took at the most.";
    p99_ms Us "What 99 of 100 of them took at the most.";
    failed_share Millionths "How many of the calls that ended had failed.";
    waiting_mean Millionths "How many calls waited at servers, on average over time.";
    idle_while_waiting_share Millionths "For what share of the time some server was idle while a call waited at another.";
    load_cv Millionths "By how much the servers' calls differ, for their speeds: standard deviation over mean.";
    max_over_mean Millionths "The calls of the server that got most, for its speed, over the mean.";
    fullest Things "The calls of the server that got most.";
    to_bad_share Millionths "How many of the calls went to servers that were down or in trouble.";
    ejected Things "How often a balancer ejected a server.";
    moved_connections Things "Connections that lost their server, in layer 4.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "balancer",
    title: "Load balancing",
    summary: "What a balancer knows decides what its algorithm is worth: its own calls, everybody's queues, or queues of some time ago.",
    part: BookPart::Scalability,
    chapters: &["Network load balancing"],
    views: &[
        "fleet",
        "tail",
        "services",
        "traffic",
        "red",
        "usage",
        "export",
        "charts",
        "spacetime",
        "operations",
    ],
    facts: FACTS,
    kinds: CHECKED,
    tallies: Figures::SPECS,
    promises: &[
        promise("even", "Does every server get its share of the calls?", "balance"),
        promise("quick", "Do 99 of 100 calls end well in time?", "tail latency"),
        promise("avoids", "Does a bad server get few calls, once that could be known?", "failure isolation"),
        promise("noherd", "Do no calls wait in a crowd while another server is idle?", "work conserving"),
        promise("gentle", "Is a server that comes back not swamped?", "slow start"),
        promise("keeps", "Do connections survive a change of servers?", "connection affinity"),
    ],
    requests: &[RequestSpec { example: "call", about: "make one more call" }],
    horizon_us: 10_000_000,
    modelled: &[
        "Round robin (smooth, as in nginx), random, least connections, the best of d that are drawn, random by response times, least response time, rendezvous hashing.",
        "What a balancer sees: its own open calls; the servers' queues by a message with every change; or by a message every so often (Mitzenmacher's bulletin board).",
        "Several balancers, each with a view of its own. Clients go to any of them (layer 7), or by the connection's hash (layer 4).",
        "Layer 4: a connection keeps its server until that fails, or until the client reconnects. Least connections counts connections there.",
        "Active health checks with both thresholds; ejection after failures in a row, its time growing, at most a share at once, and the panic threshold, as in Envoy; slow start by Envoy's formula.",
        "Servers with workers and a line, of different speeds, cold after a start; dead, slow, failing fast, failing behind good checks, well behind bad ones.",
    ],
    left_out: &[
        "TCP itself, direct server return, Maglev's tables (the lab Partitioning has hashing), resolvers (DNS balancing), sessions.",
        "Join-idle-queue, peak EWMA, subsets of servers, zones, priorities.",
        "Retries on another server: a call is tried once.",
        "A health check waits in no line; a deep one fails just where calls would.",
        "Envoy's ejection looks every 10 s whether a time is over; here it is over when it is.",
        "Response times are a mean that takes a tenth of each new one.",
    ],
    revision: 1,
    changelog: &["First published."],
};

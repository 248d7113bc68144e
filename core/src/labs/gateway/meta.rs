//! What the lab is called, shows, counts and promises.

use crate::kits::graph::{CALLS, FACTS};
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::figures! {
    pages Things "Pages that clients asked for and that are over, shown or not.";
    page_p50_ms Us "What half of the pages that were shown took at the most.";
    page_p99_ms Us "What 99 of 100 of them took at the most.";
    mean_ms Us "What they took on average.";
    leaf_p99_ms Us "What 99 of 100 of the gateway's calls for a part took at the most that went well.";
    slow_pages_share Millionths "Pages that took longer than the page limit, or failed, of those that were let in and began that long before the end.";
    whole_share Millionths "Pages that were shown with all of their parts, of those that were let in.";
    failed_share Millionths "Pages that were not shown, those refused among them, of all.";
    extra_times Millionths "Second requests for each call to a leaf.";
    wasted_share Millionths "Work that is in no page that was shown, of all work.";
    used_share Millionths "How busy the leaves' servers were.";
    amplification_times Millionths "Requests that came to the last service for each part, of pages that were let in and are over.";
    others_ok_share Millionths "Of the tries of all clients but the first, those that were answered with a page.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "gateway",
    title: "Microservices and tail latency",
    summary: "A page is as slow as the slowest of its parts. A second request is medicine below a load, and poison above it.",
    part: BookPart::Scalability,
    chapters: &["Microservices"],
    views: &[
        "waterfall",
        "tail",
        "traffic",
        "services",
        "heat",
        "fleet",
        "usage",
        "red",
        "charts",
        "spacetime",
        "operations",
    ],
    facts: FACTS,
    kinds: CALLS,
    tallies: Figures::SPECS,
    promises: &[
        promise("quick", "Are 99 of 100 pages there in time?", "tail latency"),
        promise("whole", "Does each page show all its parts?", "completeness"),
        promise("up", "Does one bad service leave the page up?", "fault isolation"),
        promise("spare", "Do second requests add little load?", "bounded hedging"),
        promise("stable", "Do the lines settle after a slow moment?", "no metastable failure"),
        promise("limited", "Does one client leave room for the others?", "rate limit"),
    ],
    requests: &[RequestSpec { example: "call", about: "ask for one more page" }],
    horizon_us: 10_000_000,
    modelled: &[
        "A gateway that checks a token, limits each client by a token bucket, and asks for the parts of a page: at once, or one after the other.",
        "It waits for all parts, for any k of them (good-enough answers), or for those that are essential; what has failed or is late by the deadline is then left out.",
        "Leaves in two models: servers with a line, first come, first served, replicas taken by chance; or times that are drawn, where nobody waits for another.",
        "Hedged requests (Dean and Barroso 2013): after a time, or after the 95th percentile; a budget; copies from the start (Vulimiri et al. 2013); the losers called back or not (Redundancy-d, Gardner et al. 2017).",
        "A mesh: a sidecar beside each caller takes a time of its own, and retries what it is asked for, each time that the application asks.",
        "A store that all leaves share.",
    ],
    left_out: &[
        "Cancel on start (tied requests), micro-partitions, canary requests, a tree deeper than two calls.",
        "TLS, discovery, tracing: a sidecar costs its time alone. It is a node of its own, so calls to it take the network's time, too.",
        "Which replica is best: one is taken by chance. That is the lab about load balancing.",
        "Retries wait for nothing; backoff is in the lab about retries, and deadlines that travel are in their own.",
        "Backends for frontends, GraphQL, protocol translation: what a gateway does to the content of a page.",
    ],
    revision: 1,
    changelog: &["First published."],
};

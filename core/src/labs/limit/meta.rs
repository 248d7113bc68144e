//! What the lab is called, shows, counts and promises.

use crate::kits::graph::{COUNTED, FACTS};
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::figures! {
    requests Things "Requests that came to the gateways, attempts after the first among them.";
    admitted Things "Requests that were let through to the service.";
    refused Things "Attempts that were refused.";
    admitted_per_s Millionths "Requests let through a second.";
    goodput_per_s Millionths "Requests that were answered well, a second.";
    refused_share Millionths "Of all attempts, those that were refused.";
    most_in_window Things "The most that was let through within a window, wherever that begins.";
    most_in_instant Things "The most that was let through within 10 ms.";
    overshoot_mean Millionths "What was let through beyond the limit, on average of the windows of the clock.";
    overshoot_peak Things "The most that was let through beyond the limit in a window of the clock.";
    jain_share Millionths "Jain's index of what tenants got, each beside its max-min fair share of all that was got: 1 is fair.";
    worst_tenant_share Millionths "The least that a tenant got of its fair share.";
    requests_times Millionths "Requests that came for each that was let through.";
    herd Things "The most retries that came within some 10 ms.";
    inflight_peak Things "The most requests that the gateways had under way.";
    limit_end Things "AIMD: how many the gateways let be under way when the run ended.";
    offered_peak Millionths "The greatest load that the service was offered, in requests a second, over spans in which it can finish 30.";
    call_p50_ms Us "Time that half of the successful requests took at the most.";
    call_p99_ms Us "Time that 99 of 100 successful requests took at the most.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "limit",
    title: "Rate limiting",
    summary: "What a limiter lets through at its worst, where its counters live, and who is refused.",
    part: BookPart::Resiliency,
    chapters: &["Upstream resiliency"],
    views: &[
        "matrix",
        "traffic",
        "services",
        "charts",
        "flow",
        "red",
        "usage",
        "waterfall",
        "export",
        "stage",
        "spacetime",
        "operations",
    ],
    facts: FACTS,
    kinds: COUNTED,
    tallies: Figures::SPECS,
    promises: &[
        promise("cap", "Does no window of any second hold more than the limit?", "sliding-window guarantee"),
        promise("fair", "Is nobody refused who asks for less than an equal share?", "max-min fairness"),
        promise("overload", "Is the service spared?", "bounded load amplification"),
        promise("herd", "Do those who were refused come back apart?", "no thundering herd"),
        promise("smooth", "Does what is let through come evenly?", "traffic shaping"),
    ],
    requests: &[RequestSpec { example: "call", about: "make one more request" }],
    horizon_us: 10_000_000,
    modelled: &[
        "Fixed window, sliding log, sliding window counter (Cloudflare 2017), token bucket (RFC 2697's meter), leaky bucket as a queue (Turner 1986), GCRA as virtual scheduling (ATM Forum TM 4.0).",
        "Gateways, each with a limiter: the whole limit, a part of it, one store that all ask, or counters that tell each other.",
        "A store that is down: gateways let everybody in, nobody, or limit by themselves.",
        "A limit for all or for each tenant; 429 with and without Retry-After; clients that retry.",
        "Limits on how many are under way: fixed, or by AIMD as in Netflix' concurrency-limits.",
    ],
    left_out: &[
        "Limiters that delay, but for the leaky bucket; limits by address; weights of tenants.",
        "Vegas and Gradient2: other ways to find how many may be under way.",
        "The race in a store that reads a counter and writes it in two steps: this one decides in one.",
        "Limits that change while the run goes on.",
        "A word between gateways has no size, and gateways have clocks that agree.",
    ],
    revision: 1,
    changelog: &["First published."],
};

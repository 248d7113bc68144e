//! What the lab is called, shows, counts and promises.

use crate::kits::graph::{FACTS, KINDS};
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::figures! {
    requests Things "Requests that ended.";
    traces_kept_share Millionths "Of how many requests anything of a trace was kept.";
    faulty Things "Requests that the fault struck.";
    faulty_kept_share Millionths "Of how many of these anything of a trace was kept.";
    torn_share Millionths "How many of the traces that were kept lack spans of services that write them.";
    path_seen_share Millionths "Of how many requests one trace has a span of every service that they passed.";
    first_faulty_ms Us "How long after the first faulty request a trace of one was kept.";
    spans_written Things "Spans that services wrote.";
    spans_kept Things "Those of them that were kept.";
    spans_dropped Things "Those that were thrown away at the tail.";
    spans_early Things "Those of these whose trace was not decided on, for want of memory.";
    spans_unaccounted Things "Services' spans that came, less those kept, thrown away and waiting: none, or something is wrong.";
    spans_kept_share Millionths "Spans that were kept, of all that there would be if every request had its trace.";
    series Things "Time series: sets of labels, with 14 series each.";
    traces_bytes Things "What the traces that were kept weigh, at 500 bytes for a span.";
    logs_bytes Things "What the logs weigh, at 200 bytes for a line.";
    metrics_bytes Things "What the samples of all series weigh, at 1.5 bytes each.";
    error_seen_share Millionths "How many of the traces that were kept begin with a request that failed.";
    error_weighed_share Millionths "The same, each trace for as many as it stands for.";
    error_true_share Millionths "How many of the requests failed, of those that are decided on.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "observe",
    title: "Metrics, logs, traces",
    summary: "What each signal can answer, what it costs, and what sampling loses. Something is wrong, nobody says where: find it.",
    part: BookPart::Maintainability,
    chapters: &["Monitoring", "Observability"],
    views: &[
        "red",
        "matrix",
        "waterfall",
        "transcript",
        "services",
        "heat",
        "usage",
        "charts",
        "traffic",
        "operations",
    ],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("found", "Was a trace of a faulty request kept soon?", "recall"),
        promise("whole", "Is no kept trace torn?", "trace completeness"),
        promise("unbiased", "Do figures from traces agree with metrics?", "unbiased estimate"),
        promise("cheap", "Do series and bytes stay below their limits?", "cardinality"),
        promise("joined", "Does the line of every error lead to its trace?", "correlation"),
    ],
    requests: &[RequestSpec { example: "call", about: "make one more request" }],
    horizon_us: 20_000_000,
    modelled: &[
        "A gateway, services of which each request passes one, a store; each with several instances, workers and lines.",
        "Spans are handed over by each instance every 100 ms, by message. A span that did not arrive is not there.",
        "OpenTelemetry: TraceIdRatioBased and ParentBased; consistent probability sampling, by a threshold against 56 random bits.",
        "The collector's tail sampling: decision_wait from the first span on, num_traces in memory, policies for errors, latency and a share of the rest. What comes late goes by what was decided.",
        "A context that travels in messages: through services that write no spans, too, or not at all.",
        "Metrics that are asked for every so often. What pictures show of them is what had been answered; between two answers nobody knows.",
        "RED: rates and errors as the gateway counts its calls (gateway and store count themselves), durations as each service measures them; USE of every service.",
        "Lines of logs that name service, instance, class, tenant and trace.",
        "Pictures of single requests show those traces alone that were kept, as far as they were.",
    ],
    left_out: &[
        "Storage engines, compression and queries: a span weighs 500 bytes, a line 200, a sample 1.5.",
        "Exemplars, profiles, baggage, links between traces, sampling of logs.",
        "Clocks that differ: spans carry the instance's time, and here all clocks agree unless you set one.",
        "What it costs a service to write a span.",
        "A trace that comes late to a collector which has forgotten it is decided on anew there; that happens here when memory is full.",
    ],
    revision: 1,
    changelog: &["First published."],
};

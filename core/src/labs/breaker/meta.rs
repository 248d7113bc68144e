//! What the lab is called, shows, counts and promises.

use crate::kits::graph::{CALLS, FACTS};
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::figures! {
    requests Things "Requests that reached the service.";
    ok Things "Requests that were answered in time, by a fallback too.";
    degraded Things "Those that were answered by a fallback.";
    late Things "Requests that were answered when nobody waited any more.";
    failed Things "Requests that failed.";
    success_permille Millionths "Requests answered in time, of a thousand that ended.";
    calls Things "Attempts at calls, those refused by a breaker or a pool included, but not those for which no time was left.";
    calls_failed Things "Attempts that the dependency failed.";
    short_circuited Things "Attempts that a breaker did not let pass.";
    rejected Things "Attempts for which the pool had no thread and no place in its queue.";
    timed_out Things "Attempts that took too long, in the pool's queue or at the dependency.";
    bad_requests Things "Attempts that were answered by a 400.";
    request_p99_ms Us "Time that 99 of 100 requests took at the most.";
    healthy_p99_ms Us "Time that 99 of 100 calls to healthy dependencies took at the most.";
    bad_calls Things "Calls that were sent to the bad dependency while it was bad; where a shard is down, to that shard.";
    bad_calls_before_open Things "Those before any breaker had opened.";
    bad_calls_while_open Things "Those by instances whose breaker was not closed: trial calls.";
    bad_calls_peak Things "The most that it got in one second, from a second after it became bad.";
    opened Things "How often breakers opened.";
    probe_peak Things "The most trial calls to it within 10 ms.";
    reclosed_ms Us "How long after the bad dependency was well the last of its breakers closed.";
    bad_ms Us "How long the bad dependency was bad.";
    healthy_ok Things "Attempts at calls to healthy dependencies that went well while another was bad.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "breaker",
    title: "Circuit breakers and bulkheads",
    summary: "A service with three dependencies, one of which goes bad: what a breaker spares it, what a bulkhead keeps afloat.",
    part: BookPart::Resiliency,
    chapters: &["Downstream resiliency", "Common failure causes"],
    views: &[
        "states",
        "traffic",
        "services",
        "red",
        "usage",
        "waterfall",
        "export",
        "charts",
        "stage",
        "spacetime",
        "operations",
    ],
    facts: FACTS,
    kinds: CALLS,
    tallies: Figures::SPECS,
    promises: &[
        promise("healthy", "Do calls to the healthy dependencies go on as ever?", "failure isolation"),
        promise("spared", "Is the bad dependency left alone?", "fail fast"),
        promise("legal", "Does every breaker go from state to state as it should?", "legal transitions")
            .unbreakable(),
    ],
    requests: &[RequestSpec { example: "request", about: "one more request" }],
    horizon_us: 10_000_000,
    modelled: &[
        "Breakers with the semantics of resilience4j 2.x: windows by count and time, minimum of calls, slow calls, trial calls judged by their rate, a wait that is spread or grows with each reopening, either state after the longest half-open; and the book's rules by count and in a row.",
        "What errors and the client's own mistakes count as: failures, successes (what only some listed exceptions leave out), or nothing.",
        "Each instance has breakers and pools of its own; they know nothing of each other.",
        "Thread pools with bounded queues (a thread is held for the whole of a call) and time budgets handed from call to call.",
        "Retries inside or outside the breaker, fallbacks, shards, dependencies that recover only below a load.",
    ],
    left_out: &[
        "A call that never left its pool is not counted by the breaker; resilience4j counts a full bulkhead as a failure unless told otherwise.",
        "A result that comes after the breaker changed its state is dropped; resilience4j lets it vote among the trial calls.",
        "The longest half-open is over when the next call asks or ends; resilience4j has a clock of its own for it, and one for the open wait if told so (automaticTransitionFromOpenToHalfOpenEnabled).",
        "Polly's half-open: one trial call at a time, and another after each further length of the break. permits=1 with successes=1 comes near.",
        "Slow and failed calls have a threshold each, as in resilience4j; no breaker adds them up.",
        "Budgets of calls in flight (Envoy's retry_budget, concurrency limits that adapt): pools here are of a fixed size.",
        "A thread whose call times out is free at once, as with an interrupted thread or an asynchronous client.",
        "A request makes one call at a time; calls in parallel are left out.",
        "Breakers that share their state among instances.",
    ],
    revision: 3,
    changelog: &[
        "First published.",
        "A breaker admits a trial call after its open wait, no longer in the very microsecond in which it ends; one outside the retries keeps its permit through a full pool, and does not count a call of which nothing left its pool; the wait may grow, errors may count as successes, the longest half-open may end closed, requests may come evenly or in groups; the share of requests answered in time keeps its decimals. What the script does to a dependency is told with the calls that suffer from it. A call for which no time is left is not counted as one, and only the bad dependency's breakers tell when they closed again.",
        "A run is one of a graph of services. Attempts are numbered through all dependencies, those that a breaker or a pool keeps included, and dice of work, errors and choices go by the request: runs have other luck. A slow dependency works slower while it is bad and no longer, on what had been begun before, too. One that fails or is silent does so to bad requests as well. What a full queue turns away is refused, which counts as an error does. Durations are by a clock that nobody sets.",
    ],
};

//! What the lab is called, shows, counts and promises.

use super::message::{KINDS, NAMES};
use crate::lab::{BookPart, Meta, RequestSpec, Show, Unit, decimal, fact, promise, tally, time};

/// The lab's data.
pub static META: Meta = Meta {
    id: "breaker",
    title: "Circuit breakers and bulkheads",
    summary: "A service with three dependencies, one of which goes bad: what a breaker spares it, what a bulkhead keeps afloat.",
    part: BookPart::Resiliency,
    chapters: &["Downstream resiliency", "Common failure causes"],
    views: &["states", "traffic", "services", "red", "usage", "waterfall", "export", "charts", "stage", "spacetime", "operations"],
    facts: &[
        fact("role", "What it is, or what is wrong with it.", Show::Role),
        fact("state", "The state of a breaker: closed, open or half-open; one for each dependency, or for each shard.", Show::Face).of(breaker),
        fact("until", "After which moment an open breaker will admit a trial call, or when a half-open one goes on by itself; 0 where neither is set.", Show::Inspector).of(breaker),
        fact("cause", "Why the breaker made its last transition.", Show::Inspector).of(breaker),
        fact("threads", "Threads of a pool that are held; one pool, or one for each dependency.", Show::Inspector).of(pool),
        fact("waiting", "Calls that wait for a thread of that pool.", Show::Inspector).of(pool),
        fact("result", "What an attempt took, by dependency and by how it ended.", Show::Inspector).of(result).in_unit(Unit::Us),
        fact("timeout", "The time that the last call to a dependency was given.", Show::Inspector).of(dependency).in_unit(Unit::Us),
        fact("bad", "Whether the dependency is bad.", Show::Inspector),
        fact("queue", "Calls that wait at the dependency.", Show::Face),
        fact("busy", "Workers of the dependency that are busy.", Show::Inspector),
    ],
    kinds: KINDS,
    tallies: &[
        tally("requests", "Requests that reached the service."),
        tally("ok", "Requests that were answered in time, by a fallback too."),
        tally("degraded", "Those that were answered by a fallback."),
        tally("late", "Requests that were answered when nobody waited any more."),
        tally("failed", "Requests that failed."),
        decimal("success_permille", "Requests answered in time, of a thousand that ended."),
        tally("calls", "Attempts at calls, those refused by a breaker or a pool included, but not those for which no time was left."),
        tally("calls_failed", "Attempts that the dependency failed."),
        tally("short_circuited", "Attempts that a breaker did not let pass."),
        tally("rejected", "Attempts for which the pool had no thread and no place in its queue."),
        tally("timed_out", "Attempts that took too long, in the pool's queue or at the dependency."),
        tally("bad_requests", "Attempts that were answered by a 400."),
        time("request_p99_ms", "Time that 99 of 100 requests took at the most."),
        time("healthy_p99_ms", "Time that 99 of 100 calls to healthy dependencies took at the most."),
        tally("bad_calls", "Calls that were sent to the bad dependency while it was bad."),
        tally("bad_calls_before_open", "Those before any breaker had opened."),
        tally("bad_calls_while_open", "Those by instances whose breaker was not closed: trial calls."),
        tally("bad_calls_peak", "The most that it got in one second, from a second after it became bad."),
        tally("opened", "How often breakers opened."),
        tally("probe_peak", "The most trial calls to it within 10 ms."),
        time("reclosed_ms", "How long after the bad dependency was well the last of its breakers closed."),
        time("bad_ms", "How long the bad dependency was bad."),
        tally("healthy_ok", "Attempts at calls to healthy dependencies that went well while another was bad."),
    ],
    promises: &[
        promise("healthy", "Do calls to the healthy dependencies go on as ever?", "failure isolation"),
        promise("spared", "Is the bad dependency left alone?", "fail fast"),
        promise("legal", "Does every breaker go from state to state as it should?", "legal transitions"),
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
    revision: 2,
    changelog: &[
        "First published.",
        "A breaker admits a trial call after its open wait, no longer in the very microsecond in which it ends; one outside the retries keeps its permit through a full pool, and does not count a call of which nothing left its pool; the wait may grow, errors may count as successes, the longest half-open may end closed, requests may come evenly or in groups; the share of requests answered in time keeps its decimals. What the script does to a dependency is told with the calls that suffer from it. A call for which no time is left is not counted as one, and only the bad dependency's breakers tell when they closed again.",
    ],
};

fn breaker(index: u16) -> String {
    format!("breaker {}", index + 1)
}

fn pool(index: u16) -> String {
    format!("pool {}", index + 1)
}

fn dependency(index: u16) -> String {
    NAMES.get(usize::from(index)).map_or_else(|| breaker(index), |name| (*name).to_owned())
}

/// Results are numbered by dependency · 8 + how the attempt ended.
fn result(index: u16) -> String {
    const ENDINGS: [&str; 7] = ["done", "failed", "timed out", "short-circuited", "rejected", "400", "no time left"];
    let ending = ENDINGS.get(usize::from(index % 8)).copied().unwrap_or_default();
    format!("{}, {ending}", dependency(index / 8))
}

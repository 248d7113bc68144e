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
    id: "retry",
    title: "Retries, backoff, jitter",
    summary: "Clients that try again, and a server with a limit: when retries help, and when they keep it down.",
    part: BookPart::Resiliency,
    chapters: &["Downstream resiliency", "Common failure causes"],
    views: &["services", "traffic", "flow", "budget", "red", "usage", "waterfall", "export", "charts", "stage", "spacetime", "operations"],
    facts: &[
        fact("queue", "How many requests wait at the server.", Show::Face),
        fact("busy", "How many of its workers are busy.", Show::Inspector),
        fact("role", "What it is, or does.", Show::Role),
        fact("budget", "What is left of its retry budget, in thousandths of a retry or a token.", Show::Inspector),
        fact("late", "Answers that came when it did not wait for them any more.", Show::Inspector),
        fact("expired", "Requests that the server threw away because their deadline had passed.", Show::Inspector),
    ],
    kinds: KINDS,
    tallies: &[
        tally("calls", "Calls that clients began; in a contention run, writes."),
        tally("ok", "Calls that succeeded."),
        tally("failed", "Calls that were given up."),
        tally("goodput", "Calls that succeeded, a second, over the whole run."),
        tally("goodput_end", "The same over the last quarter of the run."),
        tally("offered_peak", "The greatest offered load in requests a second, over spans in which the server can finish 30 requests."),
        tally("offered_end", "The offered load of the last quarter of the run, in requests a second."),
        tally("recovery_ms", "How long after the trouble's end nine of ten attempts succeed, second by second, until the end of the run."),
        tally("amplification", "Requests that reached the last server for every hundred calls."),
        tally("attempts", "Attempts that clients made."),
        tally("retries", "Attempts after the first that clients made."),
        tally("attempts_p99", "Attempts that 99 of 100 calls needed at the most."),
        tally("timed_out", "Attempts of clients that timed out."),
        tally("refused", "Attempts of clients that were refused."),
        tally("denied", "Calls given up because the retry budget was empty."),
        tally("requests", "Requests that reached the last server."),
        tally("wasted", "Answers, with work done for them, that nobody waited for any more."),
        tally("duplicates", "Executions of calls that had been executed before."),
        tally("expired", "Requests that the server threw away because their deadline had passed."),
        tally("queue_peak", "The most requests that waited at the server."),
        tally("herd_1", "The most first retries that reached the server within 10 ms."),
        tally("herd_2", "The most second retries that did."),
        tally("herd_3", "The most third retries that did."),
        tally("call_p50_ms", "Time that half of the successful calls took at the most."),
        tally("call_p99_ms", "Time that 99 of 100 successful calls took at the most."),
        tally("time_ms", "When the last call succeeded."),
    ],
    promises: &[
        promise("recovers", "Does it come back by itself once the trouble is over?", "no metastable failure"),
        promise("overload", "Do the clients spare the server when it struggles?", "bounded load amplification"),
        promise("once", "Is nothing done twice because it was retried?", "exactly-once effect"),
    ],
    requests: &[RequestSpec { example: "call", about: "make one more call" }],
    horizon_us: 12_000_000,
    modelled: &[
        "Attempts with timeouts, the backoffs of AWS's article, retry budgets as in Finagle and gRPC (A6), Retry-After, cancellation, deadlines, idempotency keys.",
        "A server of so many workers with a queue, which works on requests whether or not somebody still waits.",
        "Open arrivals (a Poisson process) and closed clients that wait and think.",
        "Contention: AWS's simulator of optimistic concurrency, leg by leg.",
        "A chain of services, each of which retries its call of the next.",
        "A refusal that begins with a restart: what the server holds is refused too.",
    ],
    left_out: &[
        "Hedged requests, and load balancing over several servers.",
        "Connections: setting one up costs nothing here, and the network does not congest.",
        "The retry quota of the AWS SDKs (500 tokens, 5 for a retry).",
        "Clients that go away for good after a failure.",
        "Services in the middle of a chain need no time of their own.",
    ],
    revision: 1,
    changelog: &["First published."],
};

//! What the lab is called, shows, counts and promises.

use super::contention::KINDS;
use crate::kits::graph::FACTS;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::figures! {
    calls Things "Calls that clients began; in a contention run, writes.";
    ok Things "Calls that succeeded.";
    failed Things "Calls that were given up.";
    goodput Millionths "Calls that succeeded, a second, over the whole run.";
    goodput_end Millionths "The same over the last quarter of the run.";
    offered_peak Millionths "The greatest offered load in requests a second, over spans, one after the other, in which the server can finish 30 requests; none before the first is over.";
    offered_end Millionths "The offered load of the last quarter of the run, in requests a second.";
    recovery_ms Us "How long after the trouble's end nine tenths of the attempts that usually succeed do so, second by second, until the end of the run. Where there is an error share, an error in time is as good.";
    amplification Millionths "Requests that reached the last server for every hundred calls.";
    attempts Things "Attempts that clients made.";
    retries Things "Attempts after the first that clients made.";
    attempts_p99 Things "Attempts that 99 of 100 calls needed at the most.";
    timed_out Things "Attempts of clients that timed out.";
    refused Things "Attempts of clients that were refused.";
    denied Things "Calls given up because the retry budget was empty.";
    requests Things "Requests that reached the last server.";
    wasted Things "Answers, with work done for them, that nobody waited for any more.";
    duplicates Things "Executions of calls that had been executed before.";
    expired Things "Requests that the server threw away because their deadline had passed.";
    queue_peak Things "The most requests that waited at the server.";
    herd_1 Things "The most first retries that reached the server within some 10 ms.";
    herd_2 Things "The most second retries that did.";
    herd_3 Things "The most third retries that did.";
    call_p50_ms Us "Time that half of the successful calls took at the most.";
    call_p99_ms Us "Time that 99 of 100 successful calls took at the most.";
    time_ms Us "When the last call succeeded.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "retry",
    title: "Retries, backoff, jitter",
    summary: "Clients that try again, and a server with a limit: when retries help, and when they keep it down.",
    part: BookPart::Resiliency,
    chapters: &["Downstream resiliency", "Common failure causes"],
    views: &[
        "services",
        "traffic",
        "flow",
        "budget",
        "red",
        "usage",
        "states",
        "waterfall",
        "export",
        "charts",
        "stage",
        "spacetime",
        "operations",
    ],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("recovers", "Does it come back by itself once the trouble is over?", "no metastable failure"),
        promise(
            "overload",
            "Do the clients spare the server when it struggles?",
            "bounded load amplification",
        ),
        promise("once", "Is nothing done twice because it was retried?", "exactly-once effect"),
    ],
    requests: &[RequestSpec { example: "call", about: "make one more call" }],
    horizon_us: 12_000_000,
    modelled: &[
        "Attempts with timeouts, the backoffs of AWS's article, retry budgets as in Finagle and gRPC (A6), cancellation, deadlines, idempotency keys.",
        "Retry-After in place of a delay: the backoff begins anew after it, as in gRPC (A6, pushback).",
        "A server of so many workers with a queue, which works on requests whether or not somebody still waits.",
        "Open arrivals (a Poisson process), calls that are evenly spaced, and closed clients that wait and think; bursts of calls.",
        "No metastable failure: goodput against what it was before the trouble, or what the settings give without it. The error share, and more calls than the server can ever finish, are causes of their own: they break nothing.",
        "Contention: AWS's simulator of optimistic concurrency, leg by leg.",
        "A chain of services, each of which retries its call of the next.",
        "A refusal that begins with a restart: what the server holds is refused too.",
    ],
    left_out: &[
        "Hedged requests, and load balancing over several servers.",
        "Connections: setting one up costs nothing here, and the network does not congest.",
        "The retry quota of the AWS SDKs (500 tokens, 5 for a retry).",
        "Envoy's retry budget, a share of the requests in flight.",
        "A server's word not to retry at all (a negative pushback in gRPC).",
        "Clients that go away for good after a failure.",
        "Services in the middle of a chain need no time of their own.",
    ],
    revision: 3,
    changelog: &[
        "First published.",
        "Recovery is measured against the time before the trouble; a time that the server tells resets the backoff; herds are counted in a span that slides; a server that comes back from a crash meets the rest of the trouble; in a contention run an answer that comes twice counts once; a chain's attempts have their caller's own numbers; rates and amplification keep their decimals. The light of recovery says when the trouble is over, and an attempt that came twice is no retry. An attempt has one outcome, the first that its caller saw; load is judged in whole spans, recovery where enough attempts came before the trouble; what is not counted is no nought.",
        "Dice of work, of failures and of a chain's delays go by the client's own call and not by how many calls were made before it: runs with exponential service times, with an error share between 0 and 1, and of chains with jitter have other luck. Durations are by a clock that nobody sets. Of an attempt that came twice a cancel ends the first.",
    ],
};

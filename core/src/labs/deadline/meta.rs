//! What the lab is called, shows, counts and promises.

use crate::kits::graph::{CALLS, FACTS};
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::figures! {
    calls Things "Calls that people made, bystanders apart.";
    ok Things "Those that went well.";
    failed Things "Those that did not.";
    timed_out Things "Attempts of people that timed out.";
    late Things "Answers, with work in them, that came to any caller when it did not wait for them any more.";
    goodput_per_s Millionths "Calls that went well, a second.";
    call_mean_ms Us "What calls that went well took on average.";
    call_p50_ms Us "What half of them took at the most.";
    call_p99_ms Us "What 99 of 100 took at the most.";
    longest_ms Us "The longest that anybody waited for an answer or an error.";
    work_wasted_share Millionths "Work that is in no good answer, of all work.";
    orphaned_share Millionths "Work that was done when nobody waited for it any more, of all work.";
    use_share Millionths "How busy the workers of the last service were.";
    threads_full_ms Us "How long after the trouble's beginning all threads of the first service were held for the first time.";
    bystanders_ok_share Millionths "Bystanders that had their answer within the time above, of those who called that long before the end.";
    hedges_times Millionths "Hedges for each call of the last service.";
    duplicates Things "Executions at the last service of calls that had been executed there before.";
    first_to_give_up_hop Things "Whose timeout was the first: 1 for the people, 2 for the first service, and so on.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "deadline",
    title: "Timeouts, deadlines, hedging",
    summary: "Services that call each other, each with a limit on its patience: who gives up first, and who works for nobody.",
    part: BookPart::Resiliency,
    chapters: &["Downstream resiliency", "Common failure causes"],
    views: &[
        "waterfall",
        "heat",
        "services",
        "usage",
        "traffic",
        "red",
        "spacetime",
        "export",
        "charts",
        "stage",
        "operations",
    ],
    facts: FACTS,
    kinds: CALLS,
    tallies: Figures::SPECS,
    promises: &[
        promise("bounded", "Does everybody know within the time for a call?", "bounded response time"),
        promise("useful", "Does nobody work when nobody waits?", "no orphaned work"),
        promise("healthy", "Do calls go on that do not need the bad service?", "no cascading failure"),
        promise("once", "Is nothing done twice because it was tried twice?", "exactly-once effect"),
    ],
    requests: &[RequestSpec { example: "call", about: "make one more call" }],
    horizon_us: 10_000_000,
    modelled: &[
        "Services with one worker and a pool of threads: a thread is held from the beginning of a request to its end, also while others are called for it.",
        "Deadlines as in gRPC: carried as the time that is left (grpc-timeout), cut to the caller's own, expired work refused or thrown away, cancelling by message, in turn.",
        "Hedging as in gRPC's proposal A6: hedgingDelay, maxAttempts, other instances first, an error sends the next at once, throttled by the tokens of retries; hedges or retries, not both.",
        "Tied requests (Dean and Barroso 2013): the others are called back, all of them or those that still wait.",
        "Refusing what cannot be done in time, by the number before it and the mean of the work.",
        "Deadlines as a time of the clock, which clocks that differ make wrong.",
        "Retries without a delay, at every caller, at the top or at the bottom.",
    ],
    left_out: &[
        "Connections, their set-up and their limits; the network does not congest.",
        "Backoff between attempts: that is the lab about retries.",
        "A thread pool whose line is full: lines have no limit here.",
        "gRPC's list of status codes: every error but the client's own mistake may be tried elsewhere.",
        "A service that looks at its deadline in the middle of its work.",
    ],
    revision: 1,
    changelog: &["First published."],
};

//! What the lab is called, shows, counts and promises.

use crate::kits::graph::{FACTS, SCALED};
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::figures! {
    goodput_per_s Millionths "Calls that were answered well and in time, a second.";
    throughput_per_s Millionths "Requests on which the work was done, a second.";
    sent_per_s Millionths "Requests that came to the service, a second: what the caller's throttle did not keep back.";
    refused_share Millionths "How many of the requests that came were refused at the door.";
    dropped_share Millionths "How many of them were thrown out of the line.";
    wasted_share Millionths "How much of the work was done when nobody waited for it any more.";
    wait_p99_ms Us "How long 99 of 100 requests waited at the most, of those that were begun.";
    critical_ok_share Millionths "How many of the critical calls were answered in time.";
    others_ok_per_s Millionths "Other calls that were answered in time, a second.";
    backlog_peak Things "The most requests that waited.";
    drained_ms Us "How long after a burst, or a step's beginning, nobody waited any more, after the most did.";
    oldest_ms Us "The longest that a request waited which was begun.";
    instances_peak Things "The most instances that were ready at once, where a controller says how many.";
    instance_minutes Millionths "How long instances were on, added up, in minutes.";
    timed_out_share Millionths "How many of the calls waited in vain for all of the caller's patience.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "shed",
    title: "Load shedding and levelling",
    summary: "More is asked of a service than it can do: which requests it refuses, and how, decides whether the rest is of use.",
    part: BookPart::Resiliency,
    chapters: &["Upstream resiliency", "Autoscaling", "Messaging"],
    views: &[
        "traffic",
        "services",
        "usage",
        "fleet",
        "charts",
        "red",
        "waterfall",
        "operations",
    ],
    facts: FACTS,
    kinds: SCALED,
    tallies: Figures::SPECS,
    promises: &[
        promise("floor", "Does it still do useful work when too much is asked?", "no goodput collapse"),
        promise(
            "critical",
            "Is nothing critical lost while something else is served?",
            "no priority inversion",
        ),
        promise("bounded", "Is whoever will not be served told so in time?", "fail fast"),
        promise("recovers", "Does it come back by itself once the burst is over?", "no metastable failure"),
        promise("level", "Is the work of a burst done soon after it?", "load levelling"),
    ],
    requests: &[
        RequestSpec { example: "call", about: "make one more critical call" },
        RequestSpec { example: "call-2", about: "make one more call that is not critical" },
    ],
    horizon_us: 20_000_000,
    modelled: &[
        "A service of so many workers with one line: M/M/1/K, where K counts those in work.",
        "Lines that serve the oldest or the newest first, the newest once the oldest waits too long (Maurer, ACM Queue 2015), or by class; that refuse the newest, drop the oldest or the least critical, and keep places for the critical.",
        "CoDel as folly has it for servers: while the least wait of an interval was over the target, what waited more than twice the target is shed when its turn comes.",
        "Deadlines that calls carry: expired requests are served, thrown away, or refused if by the mean of the work they cannot be done in time.",
        "Client-side throttling as in the SRE book: with R wanted and A accepted in two minutes a call is kept back with probability (R − K·A)/(R + 1).",
        "Levelling: the caller is answered when its request is in the queue; instances take requests from it when they are free.",
        "Kubernetes' horizontal autoscaler: ⌈n · metric ÷ target⌉, a tolerance of a tenth, a look every 15 s, five minutes before it scales down. Instances start, take requests, drain and are off; the controller knows what they tell it.",
    ],
    left_out: &[
        "DAGOR (WeChat): levels of priority that are learnt; two classes stand for them.",
        "CoDel for packets (RFC 8289), but for its arithmetic.",
        "Kubernetes' limits on how fast it scales up, its treatment of pods that are not ready, and how long metrics take.",
        "Redelivery: what an instance has taken and not done when it goes down is lost. It is tried again by nobody.",
        "Ramps and days: load is steady, or rises once.",
        "What refusing costs: here it is free.",
    ],
    revision: 1,
    changelog: &["First published."],
};

//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "blip",
        "A blip becomes an outage",
        "The server is silent for a fifth of a second; from then on it is busy with requests that nobody waits for.",
        "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms",
    ),
    preset(
        "healthy",
        "The same without the blip",
        "Same luck, same load, no trouble: two thirds of the capacity are used and every call succeeds.",
        "retry?load=steady&rate=200&capacity=300&timeout=120ms",
    ),
    preset(
        "burst",
        "A burst is enough",
        "Nothing is broken: for half a second three times as many calls come. The retries of those that wait too long keep the server down.",
        "retry?rate=200&capacity=300&trouble=burst&trouble_for=500ms&timeout=120ms",
    ),
    preset(
        "budget",
        "A retry budget ends it",
        "Clients may retry one call in ten: b(1 + r) stays below the capacity, and the queue drains within a second.",
        "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms&budget=call",
    ),
    preset(
        "timelines",
        "Spikes against a smooth hump",
        "The book's two timelines: 1,000 clients after a deploy retry in step, or spread by full jitter.",
        "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal&trouble_for=1s&jitter=0&for=10s&b.backoff=full",
    ),
    preset(
        "deploy",
        "1,000 clients, no jitter",
        "All fail together, sleep as long, and come back together: each retry is a herd of 1,000 within 10 ms.",
        "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal&trouble_for=1s&jitter=0&for=10s",
    ),
    preset(
        "deploy-20",
        "1,000 clients, ± 20 %",
        "The book's jitter thins the herd to little more than a quarter; it does not dissolve it.",
        "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal&trouble_for=1s&for=10s",
    ),
    preset(
        "deploy-full",
        "1,000 clients, full jitter",
        "Each delay lies anywhere between 0 and the exponential: the herd is an eighth of what it was.",
        "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal&trouble_for=1s&backoff=full&for=10s",
    ),
    preset(
        "late-jitter",
        "Jitter from the third retry only",
        "Two retries strike in step before the spreading begins.",
        "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal&trouble_for=1s&jitter_from=3&for=10s",
    ),
    preset(
        "retry-after",
        "Retry-After synchronizes everybody",
        "The server tells all clients when it will be back, and all obey: a herd made by courtesy. Beside it, clients spread themselves.",
        "retry?load=deploy&clients=1000&arrivals=closed&capacity=1000&trouble=refusal&trouble_for=1s&retry_after=on&for=10s&b.retry_after=jittered",
    ),
    preset(
        "open-closed",
        "Open arrivals against closed clients",
        "The same outage: people who wait for their answer slow down by themselves; calls that come at a rate do not.",
        "retry?clients=300&rate=280&capacity=300&trouble_for=5s&attempts=2&for=40s&b.arrivals=closed",
    ),
    preset(
        "stuck",
        "Stuck at twice the load",
        "280 calls a second, capacity 300, one retry: after five seconds of silence the load stays at 560.",
        "retry?rate=280&capacity=300&trouble_for=5s&attempts=2&overload_limit=2&for=1m",
    ),
    preset(
        "paid-on-success",
        "A budget paid by successes",
        "While nothing works nothing is paid, so nothing is retried; the backlog of 1,400 drains at 20 a second.",
        "retry?rate=280&capacity=300&trouble_for=5s&attempts=2&budget=success&overload_limit=2&for=2m",
    ),
    preset(
        "twice",
        "Done twice",
        "A reply that comes too late is retried, and the work is done again; idempotency keys prevent it.",
        "retry?clients=3&rate=6&capacity=10&trouble=slowness&trouble_for=1s&slowdown=20&timeout=300ms&for=8s&b.keys=on",
    ),
    preset(
        "contention",
        "AWS: 100 clients, one row",
        "Full jitter finishes the work in less than a tenth of the time of exponential backoff alone, with fewer writes.",
        "retry?load=contention&clients=100&backoff=full&panels=waterfall,timeline,verdicts,controls&b.backoff=exponential",
    ),
    preset(
        "chain",
        "Five layers, each retries",
        "The last service fails: one call of the client becomes 3 × 3 × 3 × 3 × 3 = 243 requests there.",
        "retry?load=chain&clients=1&calls_each=1&capacity=1000&error=1&timeout=1m&attempts=3&backoff=none&for=3s&panels=waterfall,timeline,verdicts,controls",
    ),
    preset(
        "chain-top",
        "Five layers, only the client retries",
        "The same failure costs three requests.",
        "retry?load=chain&clients=1&calls_each=1&capacity=1000&error=1&timeout=1m&attempts=3&backoff=none&retry_at=top&for=3s&panels=waterfall,timeline,verdicts,controls",
    ),
    preset(
        "grpc",
        "gRPC's example policy",
        "maxAttempts 4, initialBackoff 100 ms, maxBackoff 1 s, multiplier 2, ± 20 %; throttling with maxTokens 10, tokenRatio 0.1 (A6).",
        "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms&cap=1s&budget=grpc",
    ),
    preset(
        "aws-sdk",
        "AWS SDKs, standard mode",
        "3 attempts, full jitter from 1 s, doubled up to 20 s; their retry quota is left out.",
        "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms&attempts=3&backoff=full&initial=1s&cap=20s",
    ),
    preset(
        "envoy",
        "Envoy's retry policy",
        "One retry after 0 to 25 ms, at most ten times that, and a retry budget of 20 %.",
        "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms&attempts=2&backoff=full&initial=25ms&cap=250ms&budget=call&ratio=0.2",
    ),
    preset(
        "resilience4j",
        "resilience4j's Retry",
        "maxAttempts 3, waitDuration 500 ms, always the same.",
        "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms&attempts=3&backoff=fixed&initial=500ms&jitter=0",
    ),
    preset(
        "crowd",
        "5,000 clients for 40 seconds",
        "5,000 people who click every five seconds; the server is silent for three seconds.",
        "retry?clients=5000&arrivals=closed&think=exp-5s&capacity=1200&trouble_at=10s&trouble_for=3s&for=40s",
    ),
];

//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "edge",
        "Twice the limit in an instant",
        "A fixed window lets 100 in before its end and 100 after it. Beside it a sliding log, which lets in 100.",
        "limit?load=edge&tenants=1&limiter=fixed&capacity=1000&for=4s&b.limiter=log",
    ),
    preset(
        "counter",
        "Twice the limit in a window",
        "The sliding window counter forbids the instant burst; within a whole window nearly 200 pass all the same.",
        "limit?load=regular&rate=2000&starts=950ms&tenants=1&limiter=counter&capacity=1000&for=3s",
    ),
    preset(
        "equal",
        "Bucket and GCRA",
        "Two descriptions of one limiter: the two runs do not differ in a single decision.",
        "limit?tenants=1&b.limiter=gcra",
    ),
    preset(
        "poisson-1",
        "A burst of one",
        "100 requests a second at random against 100 a second: without room for a burst, half are refused.",
        "limit?rate=100&tenants=1&burst=1&capacity=1000&b.burst=100",
    ),
    preset(
        "leaky",
        "A leaky bucket",
        "A queue that leaves one every 10 ms: the service sees no burst, and who waits, waits for up to 200 ms.",
        "limit?tenants=1&limiter=leaky&burst=20",
    ),
    preset(
        "greedy",
        "One greedy tenant",
        "A limit that all share goes to who asks most. Beside it, each tenant has a fifth of it.",
        "limit?b.by=tenant",
    ),
    preset(
        "ten-gateways",
        "Ten gateways, ten limits",
        "Each lets 100 a second in by itself: a thousand. Beside it, one store that all ask.",
        "limit?rate=1500&tenants=1&gateways=10&capacity=1500&for=6s&b.counters=shared",
    ),
    preset(
        "skew",
        "A limit in four parts",
        "Four gateways with 25 a second each, and traffic that is uneven: of 100 a second, 77 pass.",
        "limit?rate=100&tenants=1&gateways=4&spread=1&counters=split&from=5s&for=30s",
    ),
    preset(
        "sync",
        "Counters that tell each other",
        "Ten gateways tell each other every second: a window of 550 lets in some 50 more.",
        "limit?rate=100&tenants=1&limiter=fixed&limit=550&window=10s&gateways=10&counters=sync&for=40s",
    ),
    preset(
        "store-down",
        "The store is down",
        "For three seconds nobody answers who counts. Closed, the limiter's outage is everybody's; open, nobody is limited.",
        "limit?rate=80&tenants=1&limiter=log&gateways=4&counters=shared&do=3s:crash:n2,6s:start:n2&b.store_down=open",
    ),
    preset(
        "herd",
        "Retry-After makes a herd",
        "1,000 ask at once; all who are refused are told the same moment, and come back then. Beside it they spread themselves.",
        "limit?load=flood&tenants=1&limiter=fixed&retry_after=on&attempts=100&capacity=1000&for=14s&b.retry_after=jittered",
    ),
    preset(
        "slow-service",
        "A service that is slow",
        "At a tenth of its speed a rate of 90 a second fills it up. Beside it, no more than 20 may be under way.",
        "limit?rate=90&tenants=1&trouble=slowness&slowdown=10&for=12s&b.concurrency=fixed",
    ),
    preset(
        "aimd",
        "A limit that finds itself",
        "AIMD lets more be under way until requests take longer than 200 ms, then fewer.",
        "limit?rate=200&tenants=1&limiter=none&concurrency=aimd&aimd_timeout=200ms&for=20s",
    ),
    preset(
        "nginx",
        "nginx, with and without nodelay",
        "rate=10r/s burst=20: excess requests wait their turn. With nodelay they pass at once.",
        "limit?rate=20&tenants=1&limiter=leaky&limit=10&burst=20&timeout=5s&b.limiter=bucket",
    ),
    preset(
        "envoy",
        "Envoy's local rate limit",
        "Its example: max_tokens 10,000, tokens_per_fill 1,000, fill_interval 1 s, in each instance.",
        "limit?rate=2000&tenants=1&limit=1000&burst=10000&capacity=4000&for=15s",
    ),
];

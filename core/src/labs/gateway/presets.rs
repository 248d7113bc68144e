//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "page",
        "A page of ten parts",
        "Ten leaves, each of two servers that are busy for 30 %. The page waits for the slowest.",
        "gateway?view=tail",
    ),
    preset(
        "fan-100",
        "One in a hundred, a hundred times",
        "Of a hundred leaves each is slow once in a hundred times: 63 of 100 pages are.",
        "gateway?fan=100&rate=20&queues=off&leaf=10ms&slow_share=0.01&page_limit=500ms&view=tail",
    ),
    preset(
        "one-slow-leaf",
        "One slow server",
        "n1, one of twenty servers, takes twenty times as long for four seconds: half of the pages wait for it.",
        "gateway?trouble=leaf&at=4s&view=heat",
    ),
    preset(
        "good-enough",
        "95 of 100 are enough",
        "The page goes out with the first 95 parts; beside it one that waits for all.",
        "gateway?fan=100&need=k&k=95&rate=20&queues=off&page_limit=50ms&b.need=all&view=tail",
    ),
    preset(
        "sequence-parallel",
        "One after the other, or at once",
        "Five parts take five means one after the other, and 2.28 at once.",
        "gateway?fan=5&shape=sequence&queues=off&b.shape=parallel&at=3s",
    ),
    preset(
        "hedge-quiet",
        "A hedge below a quiet load",
        "Twenty replicas busy for 20 %: what has no answer when 95 of 100 have one is asked for once more. Beside it without.",
        "gateway?fan=1&utilisation=0.2&replicas=20&hedge=after&hedge_after=37.4ms&for=6s&b.hedge=off&view=tail",
    ),
    preset(
        "hedge-collapse",
        "The same rule above it",
        "Busy for 80 %, hedged at the 95th percentile of that load. Hedges make lines, lines make hedges.",
        "gateway?fan=1&utilisation=0.8&replicas=10&hedge=after&hedge_after=150ms&page_limit=500ms&for=10s&at=9s&view=heat",
    ),
    preset(
        "hedge-cancel",
        "The loser is called back",
        "The same load and the same hedges; who comes second does not go on.",
        "gateway?fan=1&utilisation=0.8&replicas=10&hedge=after&hedge_after=150ms&cancel=done&page_limit=500ms&for=10s&at=9s&view=heat",
    ),
    preset(
        "hedge-budget",
        "A budget for hedges",
        "One second request for twenty calls in the long run: a longer tail than without any, but no collapse.",
        "gateway?fan=1&utilisation=0.8&replicas=10&hedge=after&hedge_after=150ms&hedge_budget=0.05&page_limit=500ms&for=10s&at=9s&view=heat",
    ),
    preset(
        "two-copies",
        "Two copies at once",
        "Busy for 40 % with one request for each call; beside it two from the start, which makes it 80.",
        "gateway?fan=1&utilisation=0.4&replicas=20&for=6s&b.copies=2&view=tail",
    ),
    preset(
        "the-trap",
        "Where nobody waits, copies always help",
        "Times drawn from a distribution, two copies: half the time. Beside it the same with servers that have lines.",
        "gateway?fan=1&rate=800&queues=off&utilisation=0.4&replicas=20&copies=2&for=6s&b.queues=on&view=tail",
    ),
    preset(
        "slow-moment",
        "A slow moment that stays",
        "Busy for 50 %, where hedging is safe. All leaves are slower for half a second, and it never is again.",
        "gateway?fan=1&utilisation=0.5&replicas=10&hedge=after&hedge_after=60ms&trouble=leaves&trouble_for=500ms&at=9s&view=heat",
    ),
    preset(
        "essential",
        "A page without recommendations",
        "The last part fails for four seconds. The page needs the others, and goes out without it.",
        "gateway?need=essential&essential=9&trouble=part&at=4s&view=services",
    ),
    preset(
        "mesh-retries",
        "Three times three times three times three",
        "Gateway, leaf and both of their sidecars try three times. The store fails, and gets 81 requests for each page.",
        "gateway?fan=1&utilisation=0.02&store=on&mesh=on&app_attempts=3&mesh_attempts=3&trouble=store&at=4s&view=services",
    ),
    preset(
        "shared-store",
        "One store behind all leaves",
        "Leaves are idle most of the time. The store behind them is not, and more replicas do not help.",
        "gateway?replicas=4&store=on&store_capacity=1000&for=6s&at=5s&view=usage",
    ),
    preset(
        "noisy-client",
        "A client who asks for everything",
        "The first of five clients asks twenty times as often as each of the others, for more than there is. One bucket for all; beside it one for each.",
        "gateway?utilisation=1.2&clients=5&greedy=20&limiter=all&b.limiter=client&at=5s",
    ),
];

//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "collapse",
        "Everything is accepted",
        "150 calls a second, 100 can be done, 1,000 may wait: after half a second all answers come too late.",
        "shed",
    ),
    preset(
        "short",
        "A short line",
        "The same load with nine places: 99 of 100 a second are done in time, and the rest is refused at once.",
        "shed?queue_limit=9",
    ),
    preset(
        "rule-of-thumb",
        "As many as can be served in time",
        "In 200 ms twenty can be done, so twenty may be there: a third of the work is late.",
        "shed?queue_limit=19",
    ),
    preset(
        "lifo",
        "The newest first",
        "Whoever comes is served soon or never; full, the stack refuses the newest.",
        "shed?queue=lifo&queue_limit=200",
    ),
    preset(
        "lifo-full",
        "The newest first, the oldest dropped",
        "The same where the oldest goes for the newest: who would have been in time is never refused.",
        "shed?queue=lifo&queue_limit=200&full=drop-oldest",
    ),
    preset(
        "drop-oldest",
        "A short line that drops its oldest",
        "Sixteen places, first come, first served; who comes to a full line takes the place of who waited longest.",
        "shed?queue_limit=16&full=drop-oldest",
    ),
    preset(
        "expired",
        "What has expired is thrown away",
        "Those whose turn comes just before their end are late all the same.",
        "shed?expired=drop",
    ),
    preset(
        "codel",
        "CoDel at its defaults",
        "A line of 1,000 that never fills: what waited 10 ms is shed while the least wait is over 5 ms.",
        "shed?codel=folly",
    ),
    preset(
        "adaptive",
        "CoDel and adaptive LIFO",
        "Facebook's pair: the newest first as soon as a line forms, and CoDel for those behind.",
        "shed?queue=adaptive&codel=folly",
    ),
    preset(
        "critical",
        "The critical first",
        "A third of the calls is critical and served first, but a full line refuses it like any other.",
        "shed?queue=class&queue_limit=10",
    ),
    preset(
        "reserve",
        "Places for the critical",
        "The same, with five of the ten places kept for them.",
        "shed?queue=class&queue_limit=10&reserve=5",
    ),
    preset(
        "burst",
        "A burst, by call and by queue",
        "Five times as much for ten seconds. Callers that wait for the work get nothing for five times as long; with a queue all of it is done, later.",
        "shed?load=burst&rate=60&burst=5&service=constant&latency=0ms&queue_limit=10000&level_limit=1m&for=90s&b.via=queue",
    ),
    preset(
        "levelled",
        "A burst in a queue",
        "2,000 wait, the last of them for 20 s, and 50 s after the burst all has been done.",
        "shed?load=burst&rate=60&arrivals=regular&burst=5&via=queue&service=constant&latency=0ms&queue_limit=10000&level_limit=1m&for=90s",
    ),
    preset(
        "forever",
        "A queue above capacity",
        "Every call is answered at once and well, and nothing looks wrong but the age of the oldest.",
        "shed?load=step&rate=60&burst=2&via=queue&latency=0ms&queue_limit=10000&for=90s",
    ),
    preset(
        "scale-cpu",
        "Machines by use, and by rate",
        "Four times the load: use shows 100 % at the most, so it takes three looks and 30 s each to see what one look at the rate sees.",
        "shed?load=step&rate=6&arrivals=regular&burst_at=15s&via=queue&capacity=10&service=constant&instances=4&latency=0ms&queue_limit=10000&scale=cpu&level_limit=2m&for=4m&b.scale=rate",
    ),
    preset(
        "scale-backlog",
        "Machines by what waits",
        "It asks for as many as could do all that waits until the next look, and the more the longer they take to start.",
        "shed?load=step&rate=6&arrivals=regular&burst_at=15s&via=queue&capacity=10&service=constant&instances=4&latency=0ms&queue_limit=10000&scale=backlog&level_limit=2m&for=4m",
    ),
    preset(
        "throttle",
        "The caller holds back",
        "Ten times the capacity is wanted; the service gets twice what it accepts, and the rest never leaves.",
        "shed?rate=1000&throttle=on&queue_limit=10&for=30s",
    ),
    preset(
        "retries",
        "Refused, and back again",
        "Every call is tried up to three times: the service refuses three times as much, and still does its work.",
        "shed?attempts=3&queue_limit=9",
    ),
];

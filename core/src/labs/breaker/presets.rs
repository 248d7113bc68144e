//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "restart",
        "The database restarts",
        "It fails for four seconds: breakers open, probe once a second, and close when it is back.",
        "breaker",
    ),
    preset(
        "slow",
        "Slow, not dead",
        "Nothing fails, calls only take twenty times as long: a breaker that counts slow calls opens, one that waits for errors does not.",
        "breaker?rate=150&trouble=slow&slowdown=20&slow_rate=50&slow_call=100ms&b.slow_call=1m",
    ),
    preset(
        "starve",
        "One slow dependency starves all",
        "All calls share one pool; those to the slow database hold every thread. Beside it, each dependency has threads of its own.",
        "breaker?rate=300&trouble=slow&breaker=off&pools=shared&b.pools=apart",
    ),
    preset(
        "flap",
        "Flapping",
        "Bad and well by turns of half a second: a breaker that is open for a second meets it well, and bad again.",
        "breaker?trouble_for=6s&flap=500ms",
    ),
    preset(
        "fleet",
        "A fleet that probes in step",
        "200 instances opened together and probe together, three calls each; with jitter they spread themselves.",
        "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&trip=consecutive&failures=3&open_for=3s&open_calls_limit=300&for=20s&b.open_jitter=50",
    ),
    preset(
        "shard",
        "One of eight shards down",
        "Seven of eight calls would succeed; the breaker before the whole database refuses nearly all. Beside it, one for each shard.",
        "breaker?callers=1&rate=100&needs=all&work=1ms&trouble=shard&trouble_for=30s&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=30s&b.scope=shard",
    ),
    preset(
        "order",
        "Retry around the breaker, or the breaker around the retry",
        "It opens at five failures in a row: after five attempts, or after five calls of three attempts each.",
        "breaker?callers=1&rate=2&needs=all&target=cache&trouble_for=18s&trip=consecutive&open_for=1m&order=retry-outside&for=20s&b.order=breaker-outside",
    ),
    preset(
        "four-hundreds",
        "It opens on the client's own 400s",
        "The database is well; seven of ten requests make no sense. Counted as failures, they cut off the other three.",
        "breaker?bad=0.7&trouble=none&count_bad=on",
    ),
    preset(
        "unlisted",
        "An error that nobody listed",
        "Only some exceptions are recorded, and the database's errors are none of them: they count as successes, and no breaker opens.",
        "breaker?count_errors=success",
    ),
    preset(
        "growing",
        "The wait grows with each reopening",
        "A long outage is probed less and less often, and its end is noticed later. Beside it, a wait that is always the same.",
        "breaker?callers=1&rate=30&trouble_for=40s&open_growth=2&open_most=8s&for=1m&b.open_growth=1",
    ),
    preset(
        "half",
        "Half of the budget for any one call",
        "Three calls with half of the time each: some answers come after everybody has left. Beside it, half of what is left.",
        "breaker?rate=20&needs=all&work=exp-200ms&workers=100&trouble=none&breaker=off&pool=300&rule=half-each&healthy_limit=2s&b.rule=half-left",
    ),
    preset(
        "fallback",
        "A fallback",
        "While the database is away its calls are answered from something older: nobody sees an error.",
        "breaker?fallback=on",
    ),
    preset(
        "relief",
        "It recovers only below a load",
        "The database comes back when it gets fewer than ten calls a second. With breakers it does; without, never.",
        "breaker?recover_below=10&for=20s&b.breaker=off",
    ),
    preset(
        "defaults",
        "resilience4j's defaults at one call a second",
        "Window and minimum of 100 calls, 50 %, open for 60 s, 10 trials: two minutes of outage are half over when it opens.",
        "breaker?callers=1&rate=1&needs=all&target=cache&trouble_at=2m&trouble_for=2m&window_size=100&minimum_calls=100&slow_call=1m&open_for=1m&permits=10&for=5m",
    ),
    preset(
        "defaults-busy",
        "resilience4j's defaults at 100 calls a second",
        "The same settings open within a second, and then stay open for a minute.",
        "breaker?callers=1&rate=100&needs=all&target=cache&trouble_at=10s&trouble_for=10s&window_size=100&minimum_calls=100&slow_call=1m&open_for=1m&permits=10&for=90s",
    ),
    preset(
        "envoy",
        "Envoy's outlier detection",
        "Five errors in a row eject a host for 30 s; then the first answer decides.",
        "breaker?callers=1&rate=30&trouble_for=10s&trip=consecutive&open_for=30s&permits=1&halfopen=consecutive&successes=1&for=1m",
    ),
];

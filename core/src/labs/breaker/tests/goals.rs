//! Challenges ask for work under trouble: what gets around either does not reach them.

use super::super::{LAB, challenges::CHALLENGES};
use crate::lab::{Detail, Lab};
use crate::labs::tests::scenario as opens;

/// Answers that keep the light, or the figures, without what the challenge is about.
const HOSTILE: &[(&str, &[&str])] = &[
    (
        "afloat",
        &[
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&trouble_at=9s&for=5s",
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&trouble_for=0ms",
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&flap=1ms",
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&for=2.1s",
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&needs=any",
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&bad=1",
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&work=0ms",
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&queue_limit=0&workers=1",
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&callers=200",
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&arrivals=even&burst=1000&for=3s",
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&do=1s:crash:k1.k2.k3.k4.k5",
            "breaker?rate=300&trouble=slow&breaker=off&pools=shared&do=1.9s:cut:k1.k2.k3.k4.k5-n1.n2.n3",
        ],
    ),
    (
        "shards",
        &[
            "breaker?callers=1&rate=100&needs=all&work=1ms&trouble=shard&trouble_at=29s&trouble_for=30s&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=30s",
            "breaker?callers=1&rate=0.01&needs=all&work=1ms&trouble=shard&trouble_for=30s&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=30s",
            "breaker?callers=1&rate=100&needs=any&work=1ms&trouble=shard&trouble_for=30s&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=30s",
            "breaker?callers=1&rate=100&needs=all&fallback=on&work=1ms&trouble=shard&trouble_for=30s&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=30s",
            "breaker?callers=1&rate=100&needs=all&work=1ms&trouble=shard&trouble_for=30s&flap=1us&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=3s",
            "breaker?callers=1&rate=100&needs=all&work=1ms&trouble=shard&trouble_for=30s&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=1s",
            "breaker?callers=1&rate=100&needs=all&bad=1&work=1ms&trouble=shard&trouble_for=30s&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=30s",
            "breaker?callers=1&rate=100&needs=all&work=1ms&trouble=shard&trouble_for=30s&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=30s&do=1s:cut:k1-n2",
        ],
    ),
    (
        "out-of-step",
        &[
            "breaker?callers=200&rate=2000&workers=100&trouble_at=30s&trip=consecutive&failures=3&open_for=3s&open_calls_limit=300&for=20s",
            "breaker?callers=200&rate=2000&workers=100&trouble_for=1s&trip=consecutive&failures=3&open_for=3s&open_calls_limit=300&for=20s",
            "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&needs=any&trip=consecutive&failures=3&open_for=3s&open_calls_limit=300&for=20s",
            "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&trip=consecutive&failures=3&open_for=3s&trial_limit=1us&open_calls_limit=300&for=20s",
            "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&trip=consecutive&failures=3&open_for=3s&open_growth=100&open_calls_limit=300&for=20s",
            "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&total=1ms&trip=consecutive&failures=3&open_for=3s&open_calls_limit=300&for=20s",
            "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&minimum_calls=1&trip=consecutive&failures=3&open_for=3s&open_calls_limit=300&for=20s",
            "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&trip=consecutive&failures=3&open_for=3s&open_calls_limit=300&for=2.5s",
            "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&flap=50ms&trip=consecutive&failures=3&open_for=3s&open_calls_limit=300&for=20s",
        ],
    ),
    (
        "in-time",
        &[
            "breaker?rate=20&needs=all&work=200ms&workers=100&trouble=none&breaker=off&pool=300&rule=half-each&healthy_limit=2s&for=1m",
            "breaker?rate=20&needs=all&work=exp-200ms&workers=100&trouble=none&breaker=off&pool=300&rule=half-each&healthy_limit=2s&for=1s",
            "breaker?rate=20&needs=all&fallback=on&work=exp-200ms&workers=100&trouble=none&breaker=off&pool=300&rule=half-each&healthy_limit=2s&for=1m&total=1ms",
            "breaker?rate=20&needs=one&work=exp-200ms&workers=100&trouble=none&breaker=off&pool=300&rule=half-each&healthy_limit=2s&for=1m",
            "breaker?rate=20&needs=all&work=exp-200ms&workers=100&trouble=none&breaker=off&pool=300&rule=half-each&healthy_limit=2s&for=1m&total=300ms",
        ],
    ),
];

/// Other answers than the one that is printed, which are as good.
const HONEST: &[(&str, &[&str])] = &[
    ("afloat", &["breaker?rate=300&trouble=slow&breaker=off&pools=shared&total=50ms"]),
    (
        "in-time",
        &[
            "breaker?rate=20&needs=all&work=exp-200ms&workers=100&trouble=none&breaker=off&pool=300&healthy_limit=2s&for=1m",
        ],
    ),
];

#[test]
fn challenges_are_reached_by_what_they_ask_for_and_by_nothing_else() {
    let reached = |id: &str, link: &str| {
        let scenario = opens(link);
        let challenge = CHALLENGES.iter().find(|challenge| challenge.id == id).unwrap();
        (challenge.goal)(&scenario, &LAB.run(&scenario, Detail::Totals))
    };
    for (answers, good) in [(HOSTILE, false), (HONEST, true)] {
        for (id, links) in answers {
            for link in *links {
                assert_eq!(reached(id, link), good, "{id}: {link}");
            }
        }
    }
    assert!(CHALLENGES.iter().all(|challenge| HOSTILE.iter().any(|(id, _)| *id == challenge.id)));
}

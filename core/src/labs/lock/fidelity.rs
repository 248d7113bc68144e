//! Published numbers, and orders told one by one, that the model must reproduce.

use super::presets;
use crate::lab::{Detail, Fidelity, Lab, Outcome, State, Statistic, exact, sweep};
use crate::scenario::Scenario;

const KLEPPMANN: &str = "Kleppmann, How to do distributed locking, 2016";
const REDLOCK: &str = "Redis documentation, Distributed locks with Redis";

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    exact(
        "orders",
        "Of the six orders in which two clients read and write, an acknowledged increment is lost in 4 unguarded, 2 with tokens on writes, 0 with tokens on reads and writes, 0 with compare-and-set; of the three in which the first reads before the second, in 2, 1, 0, 0.",
        "enumeration",
        orders,
    ),
    exact("blind", "Of two blind writes, 33 is refused after 34, and 34 stands.", KLEPPMANN, blind),
    sweep(
        "exp-10",
        "A pause of Exp(2 s) before a write, after 2 s of a lease of 10 s: the write comes too late with exp(-4) = 0.018316.",
        "closed form",
        "lock?load=probe&service=single&ttl=10s&work=2s&pause=exp-2s&pause_share=1&renew=off&check=off&guard=none&delay=0us&for=10m&patience=10m",
        ("stale", Statistic::Proportion, 0.018_316, 0.0),
        (40_000, 6_000),
    ),
    sweep(
        "exp-30",
        "Exp(5 s), after 5 s of 30 s: exp(-5) = 0.006738.",
        "closed form",
        "lock?load=probe&service=single&ttl=30s&work=5s&pause=exp-5s&pause_share=1&renew=off&check=off&guard=none&delay=0us&for=10m&patience=10m",
        ("stale", Statistic::Proportion, 0.006_738, 0.0),
        (40_000, 6_000),
    ),
    sweep(
        "pareto",
        "Pareto(0.1 s, 1.51), after 2 s of 10 s: (0.1/8)^1.51 = 0.001338.",
        "closed form",
        "lock?load=probe&service=single&ttl=10s&work=2s&pause=pareto-100ms-1.51&pause_share=1&renew=off&check=off&guard=none&delay=0us&for=1h&patience=1h",
        ("stale", Statistic::Proportion, 0.001_338, 0.0),
        (40_000, 6_000),
    ),
    sweep(
        "valid-10",
        "Redlock: of 10 s that took 50 ms to get, 9,848 ms are valid.",
        REDLOCK,
        "lock?service=redlock&ttl=10s&delay=25ms&rate=0&for=5s&do=0ms:ask:c1:update",
        ("validity_ms", Statistic::Always, 9_848.0, 0.0),
        (5, 2),
    ),
    sweep(
        "valid-1",
        "Of 1 s that took 20 ms, 968 ms.",
        REDLOCK,
        "lock?service=redlock&ttl=1s&delay=10ms&work=100ms&rate=0&for=5s&do=0ms:ask:c1:update",
        ("validity_ms", Statistic::Always, 968.0, 0.0),
        (5, 2),
    ),
    sweep(
        "split-3",
        "Three clients at once, five masters, each taken by one of them at random: somebody has a majority with 1 - 0.370370.",
        "3·P(Bin(5, 1/3) ≥ 3) = 153/243",
        "lock?service=redlock&clients=3&delay=uniform-500ms-600ms&poll=10s&work=10s&rate=0&for=3s&do=0ms:ask:c.:update",
        ("granted", Statistic::Proportion, 0.629_630, 0.0),
        (20_000, 3_000),
    ),
    sweep(
        "split-2",
        "Two clients at once: one of them has a majority, always.",
        "five is odd",
        "lock?service=redlock&clients=2&delay=uniform-500ms-600ms&poll=10s&work=10s&rate=0&for=3s&do=0ms:ask:c.:update",
        ("granted", Statistic::Always, 1.0, 0.0),
        (2_000, 200),
    ),
    exact(
        "forgets",
        "A client has a bare majority and one master forgets: another majority is free in 30 of 50 cases for five masters, in 6 of 9 for three.",
        "enumeration",
        forgets,
    ),
];

/// A run of one of the lab's own links.
fn run(text: &str) -> Outcome {
    super::LAB.run(&crate::link::own(&super::LAB, text), Detail::Totals)
}

fn tally(outcome: &Outcome, name: &str) -> i64 {
    outcome.tally(name).unwrap_or(-1)
}

/// Six scripts, one for each order of the two clients' reads and writes: c1 has token 33, c2 34, for c1 stands still until its lease is over,
/// before its read or after it.
pub(super) const ORDERS: [(&str, &str); 6] = [
    ("R1 W1 R2 W2", "0us:ask:c1:update,2.5s:ask:c2:update"),
    ("R1 R2 W1 W2", "0us:ask:c1:update,1s:pause:c1:10.5s,2.5s:ask:c2:update"),
    ("R1 R2 W2 W1", "0us:ask:c1:update,1s:pause:c1:15s,2.5s:ask:c2:update"),
    ("R2 R1 W1 W2", "0us:ask:c1:update,7ms:pause:c1:11s,2.5s:ask:c2:update,10.6s:pause:c2:5s"),
    ("R2 R1 W2 W1", "0us:ask:c1:update,7ms:pause:c1:11s,2.5s:ask:c2:update"),
    ("R2 W2 R1 W1", "0us:ask:c1:update,7ms:pause:c1:15s,2.5s:ask:c2:update"),
];

fn orders() -> Result<String, String> {
    let mut told = Vec::new();
    for (guard, all, first) in [("none", 4, 2), ("writes", 2, 1), ("all", 0, 0), ("cas", 0, 0)] {
        let lost = ORDERS.map(|(_, script)| {
            tally(&run(&format!("lock?guard={guard}&rate=0&for=25s&do={script}")), "lost_updates")
        });
        let count = |lost: &[i64]| lost.iter().filter(|lost| **lost > 0).count();
        if (count(&lost), count(&lost[..3])) != (all, first) {
            return Err(format!(
                "guard={guard}: lost in {lost:?}, expected {first} of the first three and {all} of all"
            ));
        }
        told.push(format!("{guard} {all} of 6"));
    }
    Ok(told.join(", "))
}

fn blind() -> Result<String, String> {
    let outcome = run(presets::FENCED);
    let (done, refused) = (tally(&outcome, "done"), tally(&outcome, "refused"));
    let kept = ["safe", "ordered"].iter().all(|id| outcome.stands(id, State::Kept));
    if (done, refused, kept) == (1, 1, true) {
        Ok("one taken, one refused".into())
    } else {
        Err(format!("{done} taken, {refused} refused"))
    }
}

fn forgets() -> Result<String, String> {
    let mut told = Vec::new();
    for (n, expected, cases) in [(3u32, 6, 9), (5, 30, 50)] {
        let (mut free, mut all) = (0, 0);
        let majorities = (0u32..1 << n).filter(|set| set.count_ones() == n / 2 + 1);
        for set in majorities {
            for forgets in 1..=n {
                let others: Vec<String> =
                    (1..=n).filter(|i| set & 1 << (i - 1) == 0).map(|i| format!("n{i}")).collect();
                let text = format!(
                    "lock?service=redlock&masters={n}&fsync=off&work=8s&rate=0&for=4s&do=0ms:cut:c1-{},0us:ask:c1:update,1s:heal,1s:crash:n{forgets},1.2s:start:n{forgets},1.5s:ask:c2:update",
                    others.join(".")
                );
                all += 1;
                free += u32::from(tally(&run(&text), "granted") == 2);
            }
        }
        if (free, all) != (expected, cases) {
            return Err(format!("{n} masters: {free} of {all}, expected {expected} of {cases}"));
        }
        told.push(format!("{free} of {all} for {n} masters"));
    }
    Ok(told.join(", "))
}

/// A longer lease loses fewer updates, and some: what a claim says, too.
pub(super) fn longer_leases() -> Result<String, String> {
    let lost = ["3s", "10s", "30s"].map(|ttl| {
        let text = format!(
            "lock?ttl={ttl}&work=1s&pause_share=0.5&pause=exp-8s&rate=0.3&clients=3&patience=2m&for=120s"
        );
        let opened = crate::link::own(&super::LAB, &text);
        let lost = |seed: u32| {
            super::LAB
                .run(&Scenario { seed, ..opened.clone() }, Detail::Totals)
                .tally("lost_updates")
                .unwrap_or(0)
        };
        (0..60).map(lost).sum::<i64>()
    });
    let told = format!(
        "updates lost in 60 runs with leases of 3, 10 and 30 s: {}, {}, {}",
        lost[0], lost[1], lost[2]
    );
    if lost[0] > lost[1] && lost[1] > lost[2] && lost[2] > 0 { Ok(told) } else { Err(told) }
}

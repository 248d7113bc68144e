//! What follows from published rules by arithmetic, and what the documents say, which the model must reproduce.

use super::LAB;
use crate::lab::{Detail, Fidelity, Lab, Outcome, State, Statistic, exact, sweep, unbroken};
use crate::link;
use crate::scenario::Scenario;

const DRAFT: &str = "draft-ietf-httpapi-idempotency-key-header-07, §2.6 and §2.7";
const STRIPE: &str = "Stripe API reference, Idempotent requests (v1)";
const RFC: &str = "RFC 9110 §13.1.1, RFC 6585 §3";
const CLOSED: &str = "closed form";
const BIRTHDAY: &str = "the birthday problem; RFC 9562: a random UUID has 122 random bits";

/// A proportion over seeds.
const fn share(
    id: &'static str,
    claim: &'static str,
    link: &'static str,
    (tally, expected): (&'static str, f64),
) -> Fidelity {
    sweep(id, claim, CLOSED, link, (tally, Statistic::Proportion, expected, 0.0), (20_000, 2_000))
}

/// A mean over seeds.
const fn mean(
    id: &'static str,
    claim: &'static str,
    link: &'static str,
    (tally, expected): (&'static str, f64),
) -> Fidelity {
    sweep(id, claim, CLOSED, link, (tally, Statistic::Mean, expected, 0.0), (20_000, 2_000))
}

/// The same in every run.
const fn always(
    id: &'static str,
    claim: &'static str,
    link: &'static str,
    (tally, expected): (&'static str, f64),
) -> Fidelity {
    sweep(id, claim, CLOSED, link, (tally, Statistic::Always, expected, 0.0), (10_000, 1_000))
}

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    mean(
        "nokey-10",
        "No keys, a tenth of answers lost, asked until told: 1/(1 - .1) = 1.111111 executions.",
        "idempotency?keys=none&attempts=1000&timeout=100ms&backoff=none&delay=0ms&lostrep=0.1&for=5m",
        ("executions", 1.111_111),
    ),
    mean(
        "nokey-30",
        "Three tenths lost: 1.428571.",
        "idempotency?keys=none&attempts=1000&timeout=100ms&backoff=none&delay=0ms&lostrep=0.3&for=5m",
        ("executions", 1.428_571),
    ),
    mean(
        "nokey-requests",
        "And just so where half of the requests are lost besides.",
        "idempotency?keys=none&attempts=1000&timeout=100ms&backoff=none&delay=0ms&lostreq=0.5&lostrep=0.3&for=5m",
        ("executions", 1.428_571),
    ),
    share(
        "nokey-twice",
        "A tenth of answers lost: twice or more with .1.",
        "idempotency?keys=none&attempts=1000&timeout=100ms&backoff=none&delay=0ms&lostrep=0.1&for=5m",
        ("twice", 0.1),
    ),
    mean(
        "memory-3-10",
        "Tables in three servers' memories, any of which is asked: 3(1 - E(2/3)^K), K geometric: 1.071429.",
        "idempotency?keys=memory&attempts=1000&timeout=100ms&backoff=none&delay=0ms&lostrep=0.1&for=5m",
        ("executions", 1.071_429),
    ),
    mean(
        "memory-3-30",
        "Three tenths lost: 1.25.",
        "idempotency?keys=memory&attempts=1000&timeout=100ms&backoff=none&delay=0ms&lostrep=0.3&for=5m",
        ("executions", 1.25),
    ),
    mean(
        "memory-10-30",
        "Ten servers: 1.369863.",
        "idempotency?servers=10&keys=memory&attempts=1000&timeout=100ms&backoff=none&delay=0ms&lostrep=0.3&for=5m",
        ("executions", 1.369_863),
    ),
    share(
        "after",
        "The row after the effect, a crash between them in .3 of tries, one retry: twice with .3.",
        "idempotency?record=after&inflight=ignore&crashat=between&crashes=0.3&attempts=2&delay=0ms&for=1m",
        ("twice", 0.3),
    ),
    share(
        "before",
        "The row before the effect: told and never done with .3.",
        "idempotency?record=before&crashat=between&crashes=0.3&attempts=2&delay=0ms&for=1m",
        ("told_not_done", 0.3),
    ),
    always(
        "atomic",
        "Both in one transaction: never twice.",
        "idempotency?crashat=between&crashes=0.3&attempts=20&delay=0ms&for=1m",
        ("twice", 0.0),
    ),
    always(
        "atomic-told",
        "And never told without being done.",
        "idempotency?crashat=between&crashes=0.3&attempts=20&delay=0ms&for=1m",
        ("told_not_done", 0.0),
    ),
    share(
        "click",
        "A double click, Exp(200 ms) apart, 50 ms of work, nobody says in progress: twice with 1 - e^-.25 = .221199.",
        "idempotency?load=double-click&gap=exp-200ms&record=after&inflight=ignore&delay=0ms&for=1m",
        ("twice", 0.221_199),
    ),
    always(
        "click-refuse",
        "The second refused: never.",
        "idempotency?load=double-click&gap=exp-200ms&record=after&delay=0ms&for=1m",
        ("twice", 0.0),
    ),
    always(
        "click-wait",
        "The second waits: never.",
        "idempotency?load=double-click&gap=exp-200ms&record=after&inflight=wait&delay=0ms&for=1m",
        ("twice", 0.0),
    ),
    share(
        "stock",
        "Two begin within 1 s, 100 ms between reading and writing: 1 - .9² = .19 lose an update.",
        "idempotency?load=stock&method=put&window=1s&work=100ms&delay=0ms&for=10s",
        ("lost_updates", 0.19),
    ),
    mean(
        "stock-412",
        "With If-Match .19 are told 412.",
        "idempotency?load=stock&method=putif&window=1s&work=100ms&delay=0ms&for=10s",
        ("failed_412", 0.19),
    ),
    always(
        "stock-if-match",
        "And none is lost.",
        "idempotency?load=stock&method=putif&window=1s&work=100ms&delay=0ms&for=10s",
        ("lost_updates", 0.0),
    ),
    share(
        "late",
        "A copy held up for Exp(1 s), the newer write 1 s after the first: undone with e^-1 = .367879.",
        "idempotency?load=late&method=put&gap=1s&held=exp-1s&keys=none&timeout=200ms&delay=0ms&for=1m",
        ("undone", 0.367_879),
    ),
    always(
        "late-if-match",
        "With If-Match never.",
        "idempotency?load=late&method=putif&gap=1s&held=exp-1s&keys=none&timeout=200ms&delay=0ms&for=1m",
        ("undone", 0.0),
    ),
    exact(
        "lifetime",
        "Asked again at the end of a key's life: the saved answer; one microsecond later: executed again.",
        STRIPE,
        lifetime,
    ),
    exact(
        "answers",
        "No key 400; new: executed; in progress 409, or it waits; another payload 422, in progress or done; done: the saved answer; pruned: executed.",
        DRAFT,
        answers,
    ),
    exact(
        "conditions",
        "PUT and DELETE without If-Match where one is required 428; with an older version 412; with the present one done.",
        RFC,
        conditions,
    ),
    exact(
        "failures",
        "A saved 500 is told again, and nothing is executed; save=success executes again.",
        STRIPE,
        saved_failures,
    ),
    exact(
        "collisions",
        "10⁹ random UUIDs: two alike with 9·10⁻²⁰; 32-bit keys: .5000 at 77,163, and more than one half from 77,164 on.",
        BIRTHDAY,
        collisions,
    ),
    unbroken(
        "one-transaction",
        "With one table, and row and effect in one transaction, nothing is executed twice, and nobody is told what is not, whatever goes down, as long as disks stay.",
        CLOSED,
        "idempotency?clients=3&window=1s&attempts=20&for=6s",
        (&["once", "real", "mine"], &["wipe", "ask"]),
        (3_000, 100),
    ),
];

fn run(text: &str, seed: u32) -> Outcome {
    LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, Detail::Totals)
}

fn tally(outcome: &Outcome, name: &str) -> i64 {
    outcome.tally(name).unwrap_or(-1)
}

/// Figures of a run, and whether they are these.
fn counts(text: &str, expected: &[(&str, i64)]) -> Result<(), String> {
    let outcome = run(text, 0);
    for (name, expected) in expected {
        let found = tally(&outcome, name);
        if found != *expected {
            return Err(format!("{text}: {name} is {found}, not {expected}"));
        }
    }
    Ok(())
}

fn lifetime() -> Result<String, String> {
    let link = |gap: &str| format!("idempotency?load=double-click&gap={gap}&ttl=2s&delay=0ms&for=5s");
    counts(&link("2s"), &[("executions", 1), ("replayed", 1)])?;
    counts(&link("2.000001s"), &[("executions", 2), ("replayed", 0)])?;
    Ok("at 2 s told again, at 2.000001 s executed again".into())
}

fn answers() -> Result<String, String> {
    let script = |more: &str, acts: &str| format!("idempotency?load=own&servers=1{more}&for=5s&do={acts}");
    let all = |executions, replayed, conflicts, mismatch| {
        [
            ("executions", executions),
            ("replayed", replayed),
            ("conflicts_409", conflicts),
            ("mismatch_422", mismatch),
        ]
    };
    let cases = [
        (script("", "100ms:ask:c1:bare.10"), all(0, 0, 0, 0)),
        (script("&keys=none", "100ms:ask:c1:bare.10"), all(1, 0, 0, 0)),
        (script("", "100ms:ask:c1:send.10"), all(1, 0, 0, 0)),
        (script("&attempts=1", "100ms:ask:c1:send.10,120ms:ask:c1:reuse.10"), all(1, 0, 1, 0)),
        (script("&inflight=wait", "100ms:ask:c1:send.10,120ms:ask:c1:reuse.10"), all(1, 1, 0, 0)),
        (script("", "100ms:ask:c1:send.10,120ms:ask:c1:reuse.20"), all(1, 0, 0, 1)),
        (script("", "100ms:ask:c1:send.10,500ms:ask:c1:reuse.20"), all(1, 0, 0, 1)),
        (script("", "100ms:ask:c1:send.10,500ms:ask:c1:reuse.10"), all(1, 1, 0, 0)),
        (script("&ttl=1s", "100ms:ask:c1:send.10,2s:ask:c1:reuse.10"), all(2, 0, 0, 0)),
        (script("&ttl=1s", "100ms:ask:c1:send.10,2s:ask:c1:reuse.20"), all(2, 0, 0, 0)),
    ];
    for (link, expected) in &cases {
        counts(link, expected)?;
    }
    Ok(format!("{} as the draft has them", cases.len()))
}

fn conditions() -> Result<String, String> {
    let put = |method: &str, more: &str, acts: &str| {
        format!("idempotency?load=own&method={method}&clients=2&servers=1&keys=none{more}&for=5s&do={acts}")
    };
    counts(&put("put", "&require=on", "100ms:ask:c1:send.5"), &[("executions", 0), ("failed_412", 0)])?;
    counts(&put("delete", "&require=on", "100ms:ask:c1:send.5"), &[("executions", 0)])?;
    counts(&put("putif", "&require=on", "100ms:ask:c1:send.5"), &[("executions", 1), ("failed_412", 0)])?;
    counts(
        &put("putif", "", "100ms:ask:c1:send.5,110ms:ask:c2:send.6"),
        &[("executions", 1), ("failed_412", 1)],
    )?;
    Ok("428, 412 and done".into())
}

/// A try that fails is told again where failures are saved, and executed again where they are not.
pub(super) fn saved_failures() -> Result<String, String> {
    let link =
        |save: &str| format!("idempotency?servers=1&save={save}&fails=0.5&attempts=20&delay=0ms&for=10m");
    let (mut failed, mut again) = (0, 0);
    for seed in 0..200 {
        let (all, success) = (run(&link("all"), seed), run(&link("success"), seed));
        for outcome in [&all, &success] {
            if !outcome.stands("once", State::Kept) || !outcome.stands("answered", State::Kept) {
                return Err(format!("seed {seed}: a promise is broken"));
            }
        }
        if tally(&all, "executions") == 0 {
            failed += 1;
            if tally(&all, "replayed") != 19 {
                return Err(format!("seed {seed}: {} replays", tally(&all, "replayed")));
            }
            again += tally(&success, "executions");
        }
    }
    // Of 200 with one half each, four standard errors.
    if (100 - 29..=100 + 29).contains(&failed) && again == failed {
        Ok(format!("{failed} of 200 failed and stayed so; executed again, {again} of them were done"))
    } else {
        Err(format!("{failed} failed, {again} done when executed again"))
    }
}

/// How likely it is that two of so many random keys are alike, and when it is one half.
pub(super) fn collisions() -> Result<String, String> {
    // Of n keys among 2^bits: 1 - Π(1 - i/2^bits), summed as logarithms.
    let alike = |n: u32| -> f64 {
        let all = 4_294_967_296.0;
        let none: f64 = (0..n).map(|i| libm::log1p(-f64::from(i) / all)).sum();
        -libm::expm1(none)
    };
    let half = (77_000..77_400).find(|n| alike(*n) >= 0.5).unwrap_or(0);
    // n² / 2 among 2^122, which is as good as exact where it is so small.
    let uuids = 1e9 * 1e9 / 2.0 / libm::exp2(122.0);
    let there = alike(77_163);
    if half == 77_164 && (0.499_95..0.5).contains(&there) && (9.3e-20..9.5e-20).contains(&uuids) {
        Ok(format!("32 bits: {there:.6} at 77163, one half at {half}; 10⁹ UUIDs: {uuids:.1e}"))
    } else {
        Err(format!("one half at {half}, UUIDs {uuids:e}"))
    }
}

//! Published numbers, and what products document, that the model must reproduce.

use super::{LAB, presets};
use crate::lab::{Detail, Fidelity, Lab, Outcome, State, Statistic, exact, sweep, unbroken};
use crate::link;
use crate::parts::assignor::Assignor;
use crate::parts::murmur2::{murmur2, partition};
use crate::scenario::Scenario;
use crate::trace::{Fact, FactKey};

const KAFKA: &str = "Apache Kafka documentation, Design §4.6 and §4.7";
const UTILS: &str = "Apache Kafka, UtilsTest.testMurmur2";
const ASSIGNORS: &str = "Apache Kafka, RangeAssignor and RoundRobinAssignor";
const SQS: &str = "Amazon SQS Developer Guide: visibility timeout, receipt handles, dead-letter queues";
const CLOSED: &str = "closed form";
/// The last broker in sync loses its disk.
const LAST_DISK: &str = "messaging?channel=log&rate=0&consumers=1&partitions=1&minisr=1&lag=1s&detect=1s&do=1s:ask:c1:send.x,1.5s:crash:n2.n3,3.5s:crash:k1,4s:ask:c1:send.x,5s:wipe:n1,5.5s:start:n1";

/// A proportion over seeds.
const fn share(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    link: &'static str,
    (tally, expected): (&'static str, f64),
) -> Fidelity {
    sweep(id, claim, source, link, (tally, Statistic::Proportion, expected, 0.0), (20_000, 2_000))
}

/// A mean over seeds.
const fn mean(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    link: &'static str,
    (tally, expected): (&'static str, f64),
    seeds: (u32, u32),
) -> Fidelity {
    sweep(id, claim, source, link, (tally, Statistic::Mean, expected, 0.0), seeds)
}

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    exact(
        "murmur2",
        "Kafka's hash of five texts; user-0 to user-9 on four partitions: 3 0 0 3 3 2 1 0 1 3.",
        UTILS,
        hashes,
    ),
    exact(
        "assignors",
        "10 partitions for 4 members 3 3 2 2; two topics of 3 for two members 4 2 by range, 3 3 by turns; of 6 members with 4 partitions two are idle.",
        ASSIGNORS,
        assigned,
    ),
    exact(
        "more-partitions",
        "Keys that change when P partitions become Q: 1 - min/lcm: 3 to 4 .75, 4 to 6 .6667, 12 to 24 .5.",
        CLOSED,
        moved,
    ),
    share(
        "late-3",
        "Hidden for 3 s, work Exp(1 s): it comes again with e^-3 = .049787.",
        CLOSED,
        "messaging?load=probe&consumers=20&work=exp-1s&visibility=3s&receives=100&delay=0ms&for=10m",
        ("redelivered", 0.049_787),
    ),
    mean(
        "deletes-1",
        "Where any receipt deletes, hidden for 1 s, work Exp(1 s): Σ e^(-j(j+1)/2) = 1.42019 deliveries.",
        CLOSED,
        "messaging?load=probe&consumers=20&work=exp-1s&visibility=1s&receives=100&lateack=deletes&delay=0ms&for=10m",
        ("deliveries", 1.420_19),
        (20_000, 2_000),
    ),
    mean(
        "deletes-2",
        "Hidden for 2 s: 1.13782.",
        CLOSED,
        "messaging?load=probe&consumers=20&work=exp-1s&visibility=2s&receives=100&lateack=deletes&delay=0ms&for=10m",
        ("deliveries", 1.137_82),
        (20_000, 2_000),
    ),
    mean(
        "refused-1",
        "Where only the latest receipt does: 1/(1 - e^-1) = 1.58198.",
        SQS,
        "messaging?load=probe&consumers=20&work=exp-1s&visibility=1s&receives=100&delay=0ms&for=10m",
        ("deliveries", 1.581_98),
        (20_000, 2_000),
    ),
    mean(
        "refused-2",
        "Hidden for 2 s: 1.15652.",
        SQS,
        "messaging?load=probe&consumers=20&work=exp-1s&visibility=2s&receives=100&delay=0ms&for=10m",
        ("deliveries", 1.156_52),
        (20_000, 2_000),
    ),
    share(
        "dead",
        "A tenth of tries fail, three receives: dead with .1^3 = .001.",
        CLOSED,
        "messaging?load=probe&consumers=1&work=10ms&fails=0.1&visibility=1s&receives=3&delay=0ms&for=1m",
        ("dead", 0.001),
    ),
    mean(
        "receives",
        "Half of tries fail, three receives: (1 - .5^3)/(1 - .5) = 1.75.",
        CLOSED,
        "messaging?load=probe&consumers=1&work=10ms&fails=0.5&visibility=1s&receives=3&delay=0ms&for=1m",
        ("deliveries", 1.75),
        (10_000, 1_000),
    ),
    share(
        "order-0",
        "Two messages of a key at once, two consumers, work Exp(1 s): in the wrong order in half of the runs.",
        CLOSED,
        "messaging?load=few&work=exp-1s&visibility=10m&delay=0ms&for=10m",
        ("out_of_order", 0.5),
    ),
    share(
        "order-500",
        "Half a second apart: e^(-.5)/2 = .303265.",
        CLOSED,
        "messaging?load=few&gap=500ms&work=exp-1s&visibility=10m&delay=0ms&for=10m",
        ("out_of_order", 0.303_265),
    ),
    share(
        "order-3",
        "Three at once, three consumers: in order in 1 of 3! runs.",
        CLOSED,
        "messaging?load=few&count=3&consumers=3&work=exp-1s&visibility=10m&delay=0ms&for=10m",
        ("out_of_order", 0.833_333),
    ),
    mean(
        "copies-off",
        "A tenth of messages lost, a producer that is not idempotent: 1/(1 - .1) = 1.1111 copies in the log.",
        CLOSED,
        "messaging?channel=log&load=probe&consumers=1&work=10ms&acks=1&retry=300ms&patience=5m&partitions=1&delay=0ms&loss=0.1&for=5m",
        ("copies", 1.111_111),
        (4_000, 400),
    ),
    sweep(
        "copies-on",
        "With sequence numbers: one.",
        "KIP-98",
        "messaging?channel=log&load=probe&consumers=1&work=10ms&retry=300ms&patience=5m&partitions=1&delay=0ms&loss=0.1&for=5m",
        ("copies", Statistic::Always, 1.0, 0.0),
        (2_000, 300),
    ),
    mean(
        "interval",
        "Offsets committed every 5 s, 100 messages a second, one crash: 250 repeated on average.",
        "uniform phase: 5 s · 100/s / 2",
        "messaging?channel=log&rate=100&consumers=1&work=0ms&partitions=1&commit=interval&session=500ms&delay=0ms&for=17s&do=13s:crash:k1,13s:start:k1",
        ("processed_twice", 250.0),
        (400, 40),
    ),
    sweep(
        "interval-most",
        "And a little over 500 at most, as arrivals vary.",
        "5 s · 100/s, and five standard deviations",
        "messaging?channel=log&rate=100&consumers=1&work=0ms&partitions=1&commit=interval&session=500ms&delay=0ms&for=17s&do=13s:crash:k1,13s:start:k1",
        ("processed_twice", Statistic::AtMost, 615.0, 0.0),
        (400, 40),
    ),
    mean(
        "drain",
        "10 messages a second, a consumer of 15 away for 60 s: λT/(μ - λ) = 120 s until nothing waits.",
        "fluid limit; at the first empty moment the mean of a random walk's first passage is the same",
        "messaging?rate=10&consumers=1&work=66.667ms&late=1h&delay=0ms&for=6m&do=10s:crash:k1,70s:start:k1",
        ("drain_ms", 120_000.0),
        (300, 30),
    ),
    mean(
        "wait",
        "Ten consumers of one queue at load .8, work Exp(100 ms): M/M/10 waits .204590 services, 20.459 ms.",
        "Erlang C",
        "messaging?rate=80&consumers=10&work=exp-100ms&delay=0ms&for=100s",
        ("wait_ms", 20.459),
        (60, 6),
    ),
    mean(
        "wait-partition",
        "One consumer of one partition at load .8: M/M/1 waits 4 services, 400 ms; in ten partitions 19.6 times as long as in one queue for ten.",
        "M/M/1: load/(1 - load)",
        "messaging?channel=log&rate=8&consumers=1&work=exp-100ms&partitions=1&late=1h&delay=0ms&for=400s",
        ("wait_ms", 400.0),
        (100, 20),
    ),
    mean(
        "growth",
        "12 messages a second and a consumer of 10: the lag grows by 1 - μ/λ = 1/6 s a second, to 50 s in 300 s.",
        "fluid limit",
        "messaging?rate=12&consumers=1&work=100ms&late=1h&delay=0ms&for=5m",
        ("lag_ms", 50_000.0),
        (100, 20),
    ),
    unbroken(
        "two-in-sync",
        "With acks=all, min.insync.replicas=2 and clean elections no accepted message is lost, whatever goes down, as long as disks stay.",
        KAFKA,
        "messaging?channel=log&rate=6&effect=keyed&partitions=2&lag=1s&detect=500ms&session=1s&for=8s",
        (&["kept", "once"], &["wipe", "ask"]),
        (2_000, 60),
    ),
    exact(
        "acks-1",
        "With acks=1 the leader's crash loses what it alone had; with unclean elections acks=all does, too; with neither nothing is lost; with one replica in sync its disk must last.",
        KAFKA,
        losses,
    ),
    exact(
        "rebuilt",
        "A store that has lost its disk, and reads the log from the beginning, holds what it would have held.",
        "state machine replication: the same inputs in the same order",
        rebuilt,
    ),
];

fn run(text: &str, detail: Detail) -> Outcome {
    LAB.run(&link::own(&LAB, text), detail)
}

fn tally(outcome: &Outcome, name: &str) -> i64 {
    outcome.tally(name).unwrap_or(-1)
}

fn hashes() -> Result<String, String> {
    for (text, hash) in [
        ("21", -973_932_308),
        ("foobar", -790_332_482),
        ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("abc", 479_470_107),
    ] {
        if murmur2(text.as_bytes()) != hash {
            return Err(format!("{text}: {}", murmur2(text.as_bytes())));
        }
    }
    let users: Vec<u32> = (0..10).map(|user| partition(&format!("user-{user}"), 4)).collect();
    if users == [3, 0, 0, 3, 3, 2, 1, 0, 1, 3] {
        Ok("all as published".into())
    } else {
        Err(format!("{users:?}"))
    }
}

fn assigned() -> Result<String, String> {
    let counts = |rule: Assignor, topics: &[u32], members: usize| -> Vec<usize> {
        rule.assign(topics, &vec![Vec::new(); members]).iter().map(Vec::len).collect()
    };
    let found = [
        counts(Assignor::Range, &[10], 4),
        counts(Assignor::Range, &[3, 3], 2),
        counts(Assignor::RoundRobin, &[3, 3], 2),
        counts(Assignor::Range, &[4], 6),
    ];
    let expected = [vec![3, 3, 2, 2], vec![4, 2], vec![3, 3], vec![1, 1, 1, 1, 0, 0]];
    let run = run("messaging?channel=log&rate=0&consumers=6&partitions=4&for=2s", Detail::Totals);
    match (found == expected, tally(&run, "idle_consumers")) {
        (true, 2) => Ok("3 3 2 2; 4 2; 3 3; two idle".into()),
        (_, idle) => Err(format!("{found:?}, {idle} idle")),
    }
}

fn moved() -> Result<String, String> {
    let mut told = Vec::new();
    for (before, after, expected) in [(3, 4, 0.75), (4, 6, 0.6667), (12, 24, 0.5)] {
        let keys = 20_000;
        let moves = |key: &u32| {
            let name = format!("user-{key}");
            partition(&name, before) != partition(&name, after)
        };
        let share = (0..keys).filter(moves).count() as f64 / f64::from(keys);
        // Four standard errors of 20,000 keys.
        if (share - expected).abs() > 0.0142 {
            return Err(format!("{before} to {after}: {share}, expected {expected}"));
        }
        told.push(format!("{before} to {after} {share:.3}"));
    }
    Ok(told.join(", "))
}

fn losses() -> Result<String, String> {
    let cases = [
        ("acks=1", presets::ACKS_1, true),
        ("acks=all", presets::ACKS_ALL, false),
        ("unclean", presets::UNCLEAN, true),
        ("clean", presets::CLEAN, false),
        ("minisr=1 and the last disk wiped", LAST_DISK, true),
    ];
    let mut told = Vec::new();
    for (name, text, loses) in cases {
        for seed in 0..20 {
            let outcome = LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, Detail::Totals);
            let lost = tally(&outcome, "lost");
            if (lost > 0) != loses {
                return Err(format!("{name}, seed {seed}: {lost} lost"));
            }
        }
        told.push(format!("{name} {}", if loses { "loses" } else { "keeps" }));
    }
    Ok(told.join(", "))
}

/// What the store says in the end.
fn held(outcome: &Outcome) -> String {
    let store = outcome.cast.coordinator(1);
    let key = FactKey { name: super::meta::fact::STATE, index: 0 };
    match outcome.trace.history(store, key).last().map(|change| &change.value) {
        Some(Fact::Text(words)) => words.to_string(),
        _ => String::new(),
    }
}

fn rebuilt() -> Result<String, String> {
    let undisturbed = "messaging?channel=log&rate=5&consumers=1&work=20ms&effect=keyed&partitions=1&for=12s";
    let (whole, anew) = (run(undisturbed, Detail::Full), run(presets::REBUILD, Detail::Full));
    let (whole, anew) = (held(&whole), held(&anew));
    if whole == anew && whole != "empty" { Ok(anew) } else { Err(format!("{anew}, not {whole}")) }
}

/// Whoever takes a partition over reads on from where its group had committed: nothing is lost, and nothing read from the beginning.
pub(super) fn reads_on() -> Result<String, String> {
    let outcome = run(presets::REBALANCE, Detail::Totals);
    let (accepted, deliveries) = (tally(&outcome, "accepted"), tally(&outcome, "deliveries"));
    if outcome.stands("kept", State::Kept) && accepted > 20 && deliveries <= accepted + 10 {
        Ok(format!("{accepted} accepted, {deliveries} deliveries, none lost"))
    } else {
        Err(format!("{accepted} accepted, {deliveries} deliveries"))
    }
}

/// Four consumers of two partitions do no more than two.
pub(super) fn more_consumers() -> Result<String, String> {
    let processed = |consumers: u32, partitions: u32| {
        let text = format!(
            "messaging?channel=log&rate=30&keys=8&consumers={consumers}&work=100ms&partitions={partitions}&late=3s&for=30s"
        );
        tally(&run(&text, Detail::Totals), "processed")
    };
    let [two, four, parted] = [processed(2, 2), processed(4, 2), processed(4, 8)];
    let told = format!("two consumers {two}, four {four}, four of eight partitions {parted}");
    if two == four && parted * 4 > two * 5 { Ok(told) } else { Err(told) }
}

/// A message that takes longer than it is hidden ends as a dead letter, though its work is done.
pub(super) fn good_letters() -> Result<String, String> {
    let outcome = run(presets::SHORT, Detail::Totals);
    let (dead, processed) = (tally(&outcome, "dead"), tally(&outcome, "processed"));
    let told = format!("{dead} dead, {processed} processed, {} times", tally(&outcome, "deliveries"));
    if dead == 1 && processed == 1 { Ok(told) } else { Err(told) }
}

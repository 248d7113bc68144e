//! What the model must reproduce, with its source.

use super::{LAB, sentences};
use crate::lab::{Detail, Fidelity, Lab, Outcome, Statistic, exact, sweep};
use crate::link;
use crate::scenario::Scenario;

/// What a link comes to with a seed.
pub fn outcome(text: &str, seed: u32, detail: Detail) -> Outcome {
    LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, detail)
}

/// A proportion over 40,000 seeds of a link.
const fn share(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    link: &'static str,
    tally: &'static str,
    expected: f64,
) -> Fidelity {
    sweep(id, claim, source, link, (tally, Statistic::Proportion, expected, 0.0), (40_000, 2_000))
}

/// A mean of the time until the last process delivers one broadcast alone.
const fn last(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    link: &'static str,
    (expected, error): (f64, f64),
) -> Fidelity {
    sweep(id, claim, source, link, ("deliver_ms", Statistic::Mean, expected, error), (20_000, 2_000))
}

/// The same where delays are constant.
const fn always(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    link: &'static str,
    expected: f64,
) -> Fidelity {
    sweep(id, claim, source, link, ("deliver_ms", Statistic::Always, expected, 0.0), (500, 50))
}

const OVERTAKEN: &str =
    "exact: the second of two messages overtakes the first with probability e^(-gap/mean)/2";
const ARITHMETIC: &str = "exact: arithmetic of independent exponential delays";
const SIMULATED: &str = "simulated by a program of its own, 10^6 runs";
const BIRMAN: &str = "Birman, Schiper and Stephenson 1991, §5.1: deliveries are in causal order";

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    share(
        "pair-0",
        "Two messages of one sender at once, Exp(10 ms): overtaken in half of the runs.",
        OVERTAKEN,
        "broadcast?n=2&load=pair&gap=0ms",
        "fifo_broken",
        0.5,
    ),
    share("pair-10", "10 ms apart: .183940.", OVERTAKEN, "broadcast?n=2&load=pair", "fifo_broken", 0.183_940),
    share(
        "pair-20",
        "20 ms apart: .067668.",
        OVERTAKEN,
        "broadcast?n=2&load=pair&gap=20ms",
        "fifo_broken",
        0.067_668,
    ),
    share(
        "pair-uniform",
        "U(0, 10 ms), 5 ms apart: .125.",
        "exact: (1 - gap/width)²/2",
        "broadcast?n=2&load=pair&gap=5ms&leg=uniform-0ms-10ms",
        "fifo_broken",
        0.125,
    ),
    share(
        "triangle-3",
        "A question and its answer: the third of three hears the answer first with probability 1/4.",
        ARITHMETIC,
        "broadcast?n=3&load=triangle",
        "cause_broken",
        0.25,
    ),
    share(
        "triangle-4",
        "One of two others does with .416667.",
        ARITHMETIC,
        "broadcast?load=triangle",
        "cause_broken",
        0.416_667,
    ),
    share(
        "two-0",
        "Two senders at once: the two that send nothing disagree in half of the runs.",
        ARITHMETIC,
        "broadcast?load=two&gap=0ms",
        "disagree",
        0.5,
    ),
    share(
        "two-10",
        "10 ms apart: 2p(1 - p) with p = e^(-1)/2, .300212.",
        ARITHMETIC,
        "broadcast?load=two",
        "disagree",
        0.300_212,
    ),
    share(
        "sequencer-pair",
        "Through a sequencer, two messages of one sender 10 ms apart are in the wrong order for all with .183940.",
        OVERTAKEN,
        "broadcast?load=pair&total=on",
        "fifo_broken",
        0.183_940,
    ),
    share(
        "loss",
        "Best effort, five processes, a tenth lost: somebody lacks it with 1 - .9^4 = .3439.",
        "exact: 1 - (1 - q)^(n - 1)",
        "broadcast?n=5&load=one&loss=0.1",
        "not_everybody",
        0.3439,
    ),
    exact(
        "messages",
        "One broadcast among five takes 4 messages by best effort, 20 if passed on; through a sequencer 5, with numbers apart 8; by proposals 12, by stamps 20, by consensus 12 if the leader sends it.",
        "counted: n-1, n(n-1), n, 2(n-1), 3(n-1), n(n-1), 2(n-1) + (n-1)",
        counts,
    ),
    last(
        "best",
        "Five processes, Exp(10 ms): the last delivers after 10 H(4) = 20.8333 ms.",
        ARITHMETIC,
        "broadcast?n=5&load=one",
        (20.833_333, 0.0),
    ),
    last(
        "sequencer",
        "Through a sequencer after 30.8333 ms.",
        ARITHMETIC,
        "broadcast?n=5&load=one&total=on",
        (30.833_333, 0.0),
    ),
    last(
        "skeen",
        "By the greatest proposal after 56.305 ms.",
        SIMULATED,
        "broadcast?n=5&load=one&total=on&via=skeen",
        (56.305, 0.06),
    ),
    last(
        "lamport",
        "By Lamport stamps after 47.85 ms.",
        SIMULATED,
        "broadcast?n=5&load=one&total=on&via=lamport",
        (47.85, 0.06),
    ),
    last(
        "token",
        "Five processes, every way 10 ms: half a round of the token, and one way more: 35 ms.",
        "exact: n·l/2 + l",
        "broadcast?n=5&load=one&leg=10ms&total=on&via=token",
        (35.0, 0.0),
    ),
    always(
        "best-constant",
        "Every way 10 ms: by best effort one.",
        ARITHMETIC,
        "broadcast?n=5&load=one&leg=10ms",
        10.0,
    ),
    always(
        "sequencer-constant",
        "Through a sequencer two.",
        ARITHMETIC,
        "broadcast?n=5&load=one&leg=10ms&total=on",
        20.0,
    ),
    always(
        "skeen-constant",
        "By proposals three.",
        ARITHMETIC,
        "broadcast?n=5&load=one&leg=10ms&total=on&via=skeen",
        30.0,
    ),
    always(
        "lamport-constant",
        "By stamps two.",
        ARITHMETIC,
        "broadcast?n=5&load=one&leg=10ms&total=on&via=lamport",
        20.0,
    ),
    sweep(
        "vectors",
        "With vectors no run breaks causal order, at two broadcasts in a mean delay.",
        BIRMAN,
        "broadcast?n=5&count=40&rate=200&causal=on",
        ("cause_broken", Statistic::AtMost, 0.0, 0.0),
        (4_000, 200),
    ),
    exact(
        "orders",
        "Every way to one order gives one, in every run, links in order or not.",
        "Défago, Schiper and Urbán 2004: total order",
        one_order,
    ),
];

/// The messages of one broadcast, as sent and by formula.
fn counts() -> Result<String, String> {
    let ways = [
        ("best effort", "broadcast?n=5&load=one", 4),
        ("reliable", "broadcast?n=5&load=one&reach=reliable", 20),
        ("uniform", "broadcast?n=5&load=one&reach=uniform", 20),
        ("sequencer", "broadcast?n=5&load=one&total=on", 5),
        ("numbers", "broadcast?n=5&load=one&total=on&via=numbers", 8),
        ("skeen", "broadcast?n=5&load=one&total=on&via=skeen", 12),
        ("lamport", "broadcast?n=5&load=one&total=on&via=lamport", 20),
        ("token", "broadcast?n=5&load=one&total=on&via=token", 4),
        ("consensus", "broadcast?n=5&load=one&total=on&via=consensus&patience=1s", 13),
        (
            "consensus, by the leader",
            "broadcast?n=5&load=one&total=on&via=consensus&sequencer=1&patience=1s",
            12,
        ),
    ];
    let mut words = Vec::new();
    for (name, text, expected) in ways {
        let scenario = link::own(&LAB, text);
        let by_leader = i64::from(name.ends_with("leader"));
        let said = i64::from(sentences::messages(&super::Params::of(&scenario.values))) - by_leader;
        for seed in 0..20 {
            let sent = outcome(text, seed, Detail::Totals).tally("messages");
            if sent != Some(expected) || said != expected {
                return Err(format!("{name}, seed {seed}: {sent:?} sent, {said} by formula, not {expected}"));
            }
        }
        words.push(format!("{name} {expected}"));
    }
    Ok(words.join(", "))
}

/// No way to one order gives two, and everything arrives.
fn one_order() -> Result<String, String> {
    let mut runs = 0;
    for via in ["sequencer", "numbers", "skeen", "lamport", "token", "consensus"] {
        for reach in ["best", "reliable", "uniform"] {
            for fifo in ["off", "on"] {
                let text = format!(
                    "broadcast?count=20&rate=300&total=on&via={via}&reach={reach}&link_fifo={fifo}&for=10s"
                );
                for seed in 0..10 {
                    let run = outcome(&text, seed, Detail::Totals);
                    let stands = |promise| run.stands(promise, crate::lab::State::Kept);
                    if !["reaches", "same_order", "same_state", "once"].into_iter().all(stands) {
                        return Err(format!("{text}, seed {seed}: not in one order"));
                    }
                    runs += 1;
                }
            }
        }
    }
    Ok(format!("{runs} runs"))
}

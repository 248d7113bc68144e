//! What the model must reproduce, with its source.

use super::{LAB, valence};
use crate::lab::{Check, Detail, Fidelity, Lab, Outcome, Statistic, exact, sweep};
use crate::link;
use crate::scenario::Scenario;

/// What a link comes to with a seed.
pub fn outcome(text: &str, seed: u32, detail: Detail) -> Outcome {
    LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, detail)
}

/// A mean over seeds of a link.
const fn mean(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    link: &'static str,
    tally: &'static str,
    (expected, error): (f64, f64),
    quick: u32,
) -> Fidelity {
    sweep(id, claim, source, link, (tally, Statistic::Mean, expected, error), (20_000, quick))
}

/// A number that comes out in every run.
const fn always(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    link: &'static str,
    tally: &'static str,
    expected: f64,
) -> Fidelity {
    sweep(id, claim, source, link, (tally, Statistic::Always, expected, 0.0), (2_000, 50))
}

fn family() -> Result<String, String> {
    let (endless, disagree) = valence::family();
    let words = format!("of 4096 rules {endless} need never decide, {disagree} ever disagree");
    if (endless, disagree) == (4_096, 0) { Ok(words) } else { Err(words) }
}

const CHAIN: &str =
    "exact: the Markov chain of phases in step, each hearing a random n - t - 1 of the others";
const SIMULATED: &str =
    "simulated by a program of its own: Exp(10 ms), own message at once, of each half the first n - t count";
const MIXED: &str =
    "Ben-Or 1983: while there are both values all toss; n coins fall alike with chance 2^(1-n)";

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    mean(
        "sample-3",
        "Three processes, each hearing a random other: the last decides after 2.684211 phases on average.",
        CHAIN,
        "flp?scheduler=sample&for=60s",
        "phases",
        (2.684_211, 0.0),
        1_500,
    ),
    mean(
        "sample-3-first",
        "The first of them after 2.368421.",
        CHAIN,
        "flp?scheduler=sample&for=60s",
        "first_phase",
        (2.368_421, 0.0),
        1_500,
    ),
    mean(
        "sample-5",
        "Five, of which two may crash: 3.865850 phases.",
        CHAIN,
        "flp?n=5&t=2&ones=2&scheduler=sample&for=60s",
        "phases",
        (3.865_850, 0.0),
        600,
    ),
    mean(
        "sample-7",
        "Seven, of which three may crash: 5.312852 phases.",
        CHAIN,
        "flp?n=7&t=3&ones=3&scheduler=sample&for=60s",
        "phases",
        (5.312_852, 0.0),
        300,
    ),
    mean(
        "fair-3",
        "Three processes, delays by dice: 2.6791 phases.",
        SIMULATED,
        "flp?for=60s",
        "phases",
        (2.6791, 0.0053),
        1_500,
    ),
    mean("fair-3-time", "That takes 33.16 ms.", SIMULATED, "flp?for=60s", "decided_ms", (33.16, 0.08), 1_500),
    mean(
        "fair-5",
        "Five processes, delays by dice: 3.916 phases.",
        SIMULATED,
        "flp?n=5&t=2&ones=2&for=60s",
        "phases",
        (3.916, 0.012),
        600,
    ),
    mean(
        "fair-5-time",
        "That takes 54.69 ms.",
        SIMULATED,
        "flp?n=5&t=2&ones=2&for=60s",
        "decided_ms",
        (54.69, 0.16),
        600,
    ),
    mean(
        "fair-common",
        "With a coin in common three take 2.2165 phases.",
        SIMULATED,
        "flp?coin=common&for=60s",
        "phases",
        (2.2165, 0.0025),
        1_500,
    ),
    mean(
        "fair-keep",
        "Without any coin, by luck in delays alone, 3.022 phases.",
        SIMULATED,
        "flp?coin=keep&for=60s",
        "phases",
        (3.022, 0.007),
        1_500,
    ),
    mean(
        "split-3",
        "Against a scheduler that shows everybody both values: 1 + 2^(n-1) phases, 5 for three processes.",
        MIXED,
        "flp?scheduler=split&for=60s",
        "phases",
        (5.0, 0.0),
        1_500,
    ),
    mean(
        "split-5",
        "17 for five.",
        MIXED,
        "flp?n=5&t=2&ones=2&scheduler=split&for=60s",
        "phases",
        (17.0, 0.0),
        500,
    ),
    always(
        "split-common",
        "With a coin in common exactly two, in every run.",
        "all toss in phase 1 and begin phase 2 with one value",
        "flp?coin=common&scheduler=split",
        "phases",
        2.0,
    ),
    Fidelity {
        id: "split-keep",
        claim: "Without a coin nobody ever decides.",
        source: "Fischer, Lynch and Paterson, Impossibility of distributed consensus with one faulty process, JACM 1985: such a run exists for every deterministic protocol",
        check: Check::Breaks {
            cases: &[
                ("three", "flp?coin=keep&scheduler=split&for=1.2s"),
                ("five", "flp?n=5&t=2&ones=2&coin=keep&scheduler=split&for=1.2s"),
            ],
            promise: "decides",
            seeds: 200,
            quick: 20,
            expected: "every run of either",
            kept: |broken| broken.iter().all(|n| *n == broken[0]) && broken[0] > 0,
        },
    },
    mean(
        "down-3",
        "One of three down from the start, the living mixed: 1 + 2^(n-t-1) phases whatever the delays, 3.",
        MIXED,
        "flp?do=0ms:crash:n3&for=60s",
        "phases",
        (3.0, 0.0),
        1_500,
    ),
    mean(
        "down-5",
        "Two of five down: 5.",
        MIXED,
        "flp?n=5&t=2&ones=2&do=0ms:crash:n4,0ms:crash:n5&for=60s",
        "phases",
        (5.0, 0.0),
        600,
    ),
    always(
        "sync",
        "Where everybody hears everybody, no coin is needed: of an odd number more than half report alike, all propose it, all decide in the first phase.",
        "counting: all hear the same reports",
        "flp?n=5&t=2&ones=2&coin=keep&scheduler=sync",
        "phases",
        1.0,
    ),
    always(
        "unanimous",
        "Where all begin with the same, everybody decides in the first phase.",
        "Ben-Or 1983",
        "flp?n=5&t=2&ones=0&scheduler=split",
        "phases",
        1.0,
    ),
    exact(
        "family",
        "Of all 4,096 deterministic rules for three processes of which one may crash, none ends under every schedule, none ever disagrees.",
        "FLP 1985, here by search over all 64 choices of whom each hears in a phase",
        family,
    ),
];

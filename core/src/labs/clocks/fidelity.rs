//! Published numbers and theorems that the model must reproduce.

use super::LAB;
use super::meta::fact;
use crate::lab::{Detail, Fidelity, Lab, Outcome, Statistic, exact, sweep};
use crate::link;
use crate::scenario::Scenario;
use crate::trace::{Fact, FactKey};

const CRISTIAN: &str = "Cristian 1989; RFC 5905, §8";
const KULKARNI: &str = "Kulkarni et al. 2014, theorems 1 to 4 and corollary 1";
const SPANNER: &str = "Corbett et al., OSDI 2012, §4.2.1; arithmetic of uniform offsets";
const MATTERN: &str = "Fidge 1988; Mattern 1989";

/// The scenario of one of the lab's own links under a seed.
pub fn scenario(text: &str, seed: u32) -> Scenario {
    Scenario { seed, ..link::own(&LAB, text) }
}

/// What it comes to.
pub fn outcome(text: &str, seed: u32, detail: Detail) -> Outcome {
    LAB.run(&scenario(text, seed), detail)
}

/// A single exchange, both ways of it U(5, 25) ms.
const EXCHANGE: &str = "clocks?load=script&sync=step&sync_every=100ms&for=190ms";
/// Ten ticks between any two clocks, three processes, a tick of work for each event.
const SPACED: &str = "clocks?every=exp-20ms&delay=uniform-1ms-20ms&offset=5ms&eps=5ms&spacing=1ms&for=2s";
/// The same with no tick between events.
const UNSPACED: &str = "clocks?every=exp-200us&delay=uniform-1ms-20ms&offset=5ms&eps=5ms&writes=0&for=40ms";

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    sweep("exchange", "The error of an exchange, half of what both ways of U(5, 25) ms differ, has a standard deviation of 4.0825 ms: a mean square of 16.667.", CRISTIAN, "clocks?load=script&sync=step&sync_every=100ms&for=190ms", ("error_squared", Statistic::Mean, 16.666_667, 0.0), (20_000, 2_000)),
    exact("exchange-bound", "That error is never more than half the round trip less the least that a way takes.", CRISTIAN, exchange_bound),
    sweep("inverted-0", "Offsets U(−ε, ε), the second write right after the first: inverted with probability 1/2.", SPANNER, "clocks?load=pair&gap=0ms&for=250ms", ("inverted", Statistic::Proportion, 0.5, 0.0), (40_000, 2_000)),
    sweep("inverted-half", "The second ε/2 after the first: (1 − 1/4)²/2 = .28125.", SPANNER, "clocks?load=pair&gap=20ms&for=250ms", ("inverted", Statistic::Proportion, 0.281_25, 0.0), (40_000, 2_000)),
    sweep("inverted-1", "The second ε after the first: .125.", SPANNER, "clocks?load=pair&gap=40ms&for=250ms", ("inverted", Statistic::Proportion, 0.125, 0.0), (40_000, 2_000)),
    sweep("inverted-3", "The second 3ε/2 after the first: .03125.", SPANNER, "clocks?load=pair&gap=60ms&for=250ms", ("inverted", Statistic::Proportion, 0.031_25, 0.0), (40_000, 2_000)),
    sweep("inverted-2", "The second 2ε after the first: never.", SPANNER, "clocks?load=pair&gap=81ms&for=250ms", ("inverted", Statistic::AtMost, 0.0, 0.0), (40_000, 2_000)),
    sweep("lost", "By wall clock last write wins loses the later of two writes by the same law: .125 at ε.", SPANNER, "clocks?load=pair&gap=40ms&delay=1s&for=250ms", ("lost", Statistic::Proportion, 0.125, 0.0), (40_000, 2_000)),
    sweep("waited", "With commit wait no gap is too short.", SPANNER, "clocks?load=pair&gap=0ms&wait=on&for=400ms", ("inverted", Statistic::AtMost, 0.0, 0.0), (40_000, 2_000)),
    sweep("wait", "Commit wait takes 2ε, and the µs that makes it past.", SPANNER, "clocks?load=pair&gap=0ms&wait=on&for=400ms", ("write_ms", Statistic::Always, 80.001, 0.0), (1_000, 100)),
    sweep("vector", "Vectors are ordered just as events are by what could have caused what.", MATTERN, "clocks?n=5&every=exp-100ms&for=2s", ("vector_missed", Statistic::AtMost, 0.0, 0.0), (2_000, 50)),
    sweep("vector-concurrent", "And no concurrent pair has an order.", MATTERN, "clocks?n=5&every=exp-100ms&for=2s", ("vector_invented", Statistic::AtMost, 0.0, 0.0), (2_000, 50)),
    exact("wrong-rules", "Taking over the sender's entry only misses orders, comparing strictly misses more; neither invents one.", MATTERN, wrong_rules),
    sweep("ahead", "With any two clocks within 10 ms, a hybrid stamp is at most 10 ms ahead of its clock.", KULKARNI, SPACED, ("ahead_ms", Statistic::AtMost, 10.0, 0.0), (2_000, 50)),
    sweep("counted", "Three processes, ticks of 1 ms and one between a process's events: no count above N(ε+1) = 33.", KULKARNI, SPACED, ("counted", Statistic::AtMost, 33.0, 0.0), (2_000, 50)),
    exact("uncounted", "Without a tick between events it counts higher than that.", KULKARNI, uncounted),
    exact("seen", "With Lamport or hybrid timestamps no write loses to one that its writer had seen, however wrong the clocks.", "Lamport 1978: the clock condition", logical_timestamps_lose_nothing_seen),
];

/// Cristian's bound, of single exchanges, to the rounding of a µs.
fn exchange_bound() -> Result<String, String> {
    let (mut exchanges, mut nearest_us) = (0, i64::MAX);
    for seed in 0..300 {
        let run = outcome(EXCHANGE, seed, Detail::Full);
        for node in run.cast.nodes() {
            let number = |name: u8, record: u32| match run.trace.fact_at(node, FactKey { name, index: 0 }, record) {
                Some(Fact::Int(number) | Fact::Time(number)) => Ok(*number),
                other => Err(format!("{other:?} is no number")),
            };
            for change in run.trace.history(node, FactKey { name: fact::BEHIND, index: 0 }) {
                let at_us = run.trace.get(change.record).ok_or("no record")?.at_us as i64;
                let truly_behind = at_us - number(fact::PHYSICAL, change.record)?;
                let error_us = number(fact::BEHIND, change.record)? - truly_behind;
                let left_us = number(fact::ROUND_TRIP, change.record)? / 2 - 5_000 - error_us.abs();
                if left_us < -1 {
                    return Err(format!("seed {seed}: an error of {error_us} µs is {} µs beyond the bound", -left_us));
                }
                (exchanges, nearest_us) = (exchanges + 1, nearest_us.min(left_us));
            }
        }
    }
    let said = format!("{exchanges} exchanges, at least {nearest_us} µs below the bound");
    if exchanges > 0 { Ok(said) } else { Err(said) }
}

/// How many orders the wrong rules miss and invent.
fn wrong_rules() -> Result<String, String> {
    let mut counts = Vec::new();
    for rule in ["right", "sender-only", "strict"] {
        let link = format!("clocks?n=4&every=exp-100ms&for=1s&rule={rule}");
        let sum = |name: &str| (0..30).map(|seed| outcome(&link, seed, Detail::Totals).tally(name).unwrap_or(0)).sum::<i64>();
        counts.push([sum("causal"), sum("vector_missed"), sum("vector_invented")]);
    }
    let [right, senders, strict] = [counts[0], counts[1], counts[2]];
    let said = format!("of {} causal pairs: right {} missed, sender-only {}, strict {}", right[0], right[1], senders[1], strict[1]);
    let invented = counts.iter().any(|counts| counts[2] != 0);
    if right[1] == 0 && senders[1] > 0 && strict[1] > senders[1] && !invented { Ok(said) } else { Err(said) }
}

/// The count without a tick between events.
fn uncounted() -> Result<String, String> {
    let most = (0..20).filter_map(|seed| outcome(UNSPACED, seed, Detail::Totals).tally("counted")).max().unwrap_or(0);
    let said = format!("it counts to {most}; N(ε+1) is 33");
    if most > 33 { Ok(said) } else { Err(said) }
}

/// Writes that lose to one that their writer had seen, by clock.
pub fn logical_timestamps_lose_nothing_seen() -> Result<String, String> {
    let lost = |lww: &str| {
        let link = format!("clocks?lww={lww}&offset=1s&eps=1s&writes=0.5&for=2s");
        (0..50).map(|seed| outcome(&link, seed, Detail::Totals).tally("lost_seen").unwrap_or(0)).sum::<i64>()
    };
    let [wall, lamport, hybrid] = ["wall", "lamport", "hlc"].map(lost);
    let said = format!("lost: {wall} by wall clock, {lamport} by Lamport stamps, {hybrid} by hybrid ones");
    if wall > 0 && lamport == 0 && hybrid == 0 { Ok(said) } else { Err(said) }
}

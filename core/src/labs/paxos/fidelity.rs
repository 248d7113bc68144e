//! Published numbers and theorems that the model must reproduce.

use super::message::KINDS;
use super::meter::Meter;
use super::{Node, Params, configure, network, outcome_of};
use crate::cast::Sort;
use crate::lab::{Detail, Fidelity, Outcome, Statistic, exact, sweep};
use crate::link;
use crate::scenario::Scenario;
use crate::sim::dist::Dist;
use crate::sim::{Setup, run};
use crate::trace::{Fact, FactKey, RecordKind};

const DUEL: &str = "two proposers, one way l between nodes and none to oneself: an attempt is overtaken with probability l/B, and costs l and a wait below l; sum by hand, simulated by another program";

/// When a value is chosen, in a duel with random waits.
const fn duel(expected: f64) -> (&'static str, Statistic, f64, f64) {
    ("decided_ms", Statistic::Mean, expected, 0.0)
}

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    sweep(
        "duel-40",
        "A duel, l = 10 ms, waits up to B = 40 ms: chosen at 3l + 1.5 l (l/B)/(1 - l/B) = 35.0 ms",
        DUEL,
        "paxos?delay=10ms",
        duel(35.0),
        (10_000, 1_000),
    ),
    sweep(
        "duel-20",
        "The same with waits up to 20 ms: 45.0 ms",
        DUEL,
        "paxos?wait=20ms&delay=10ms",
        duel(45.0),
        (10_000, 1_000),
    ),
    sweep(
        "duel",
        "Without any wait, and equal delays: nothing is ever chosen",
        "Lamport, Paxos Made Simple, 2001, §2.4",
        super::presets::DUEL,
        ("chosen", Statistic::Always, 0.0, 0.0),
        (20, 2),
    ),
    exact(
        "messages",
        "One proposer takes 4(n - 1) messages until it knows, and n - 1 to tell; a command of a leader or primary takes 2(n - 1)",
        "counting; Paxos Made Simple, 2001",
        messages,
    ),
    exact(
        "view-change",
        "Three replicas, one way l = 10 ms: the new primary begins 2l after its own timer or l after the other's, whichever is first; a dead successor costs one more timeout",
        "Liskov, Cowling, Viewstamped Replication Revisited, 2012, §4.2, by hand",
        view_change,
    ),
    exact(
        "commit",
        "A command has its votes with the (q2 - 1)-th smallest of n - 1 exponential round trips of 10 ms",
        "order statistics; Howard, Malkhi, Spiegelman, Flexible Paxos, 2016",
        commit,
    ),
];

fn messages() -> Result<String, String> {
    let mut told = Vec::new();
    for n in 3..=9 {
        let count = |text: &str| outcome_of(text, 0, Detail::Totals).tally("messages").unwrap_or(-1);
        let single = count(&format!("paxos?proposers=1&n={n}"));
        let log = |protocol: &str, writes: u32| {
            let asks: Vec<String> =
                (0..writes).map(|i| format!("{}ms:ask:c1:put.x.{i}", 800 + 100 * i)).collect();
            let script = if asks.is_empty() { String::new() } else { format!("&do={}", asks.join(",")) };
            count(&format!("paxos?protocol={protocol}&n={n}&rate=0&timeout=uniform-150ms-1s&seed=3{script}"))
        };
        let each = ["multi", "vr"]
            .map(|protocol| (log(protocol, 5) - log(protocol, 0), log(protocol, 5) - log(protocol, 4)));
        let (one, command) = (5 * (i64::from(n) - 1), 2 * (i64::from(n) - 1));
        let says = format!(
            "{n} servers: {single} for one value, {} for a command of a leader, {} of a primary",
            each[0].1, each[1].1
        );
        if single != one || each != [(5 * command, command); 2] {
            return Err(format!("{says}; expected {one} and {command}"));
        }
        told.push(says);
    }
    Ok(told.join("; "))
}

/// When somebody first came to lead a view after the first, and when each replica's timer first fired, in µs.
fn changed(outcome: &Outcome) -> (Option<u64>, Vec<Option<u64>>) {
    let key = FactKey { name: super::meta::fact::ROLE, index: 0 };
    let (trace, cast) = (&outcome.trace, &outcome.cast);
    let at = |record: u32| trace.get(record).map_or(0, |record| record.at_us);
    let primary = |node| {
        let mut roles = trace.history(node, key).filter(|change| change.value == Fact::Word("primary"));
        roles.next().map(|change| at(change.record)).filter(|at_us| *at_us > 0)
    };
    let began = cast.of(Sort::Server).filter_map(primary).min();
    let fired = |node| {
        let mut lane = trace.lane(node).iter().map(|place| &trace.records()[*place as usize]);
        lane.find(|record| record.kind == RecordKind::Timer && trace.words(record) == "election timeout")
            .map(|record| record.at_us)
    };
    (began, cast.of(Sort::Server).map(fired).collect())
}

fn view_change() -> Result<String, String> {
    const L: u64 = 10_000;
    let (mut own, mut others) = (0, 0);
    for seed in 0..100 {
        let outcome =
            outcome_of("paxos?protocol=vr&rate=0&delay=10ms&for=1s&do=200ms:crash:n1", seed, Detail::Full);
        let (began, fired) = changed(&outcome);
        let [_, second, third] = fired.as_slice() else { return Err("there are three replicas".into()) };
        // A timer that would fire after the other's word has come does not.
        let (second, third) = (second.unwrap_or(u64::MAX / 2), third.unwrap_or(u64::MAX / 2));
        let expected = second.min(third + L) + 2 * L;
        if began != Some(expected) {
            return Err(format!(
                "seed {seed}: timers at {second} and {third} µs, the view begins at {began:?}, expected {expected}"
            ));
        }
        own += u32::from(second <= third + L);
        others += u32::from(second > third + L);
    }
    let dead = |down: &str| {
        let link =
            format!("paxos?protocol=vr&n=5&rate=0&timeout=200ms&delay=10ms&for=2s&do=300ms:crash:{down}");
        changed(&outcome_of(&link, 1, Detail::Full)).0.unwrap_or(0)
    };
    let (one, two) = (dead("n1"), dead("n1.n2"));
    let words = format!(
        "2l after its own timer in {own} runs, 3l after the other's in {others}; with a dead successor {} ms later",
        two.saturating_sub(one) / 1_000
    );
    if own > 0 && others > 0 && two == one + 200_000 { Ok(words) } else { Err(words) }
}

fn commit() -> Result<String, String> {
    commits(&[(5, 3, 3, 5.833), (5, 4, 2, 2.5), (6, 4, 4, 7.833), (6, 4, 3, 4.5), (4, 3, 2, 3.333)])
}

/// Mean commit times against what they should be, in ms, by servers, promises and votes.
fn commits(expected: &[(u32, u32, u32, f64)]) -> Result<String, String> {
    let mut told = Vec::new();
    for (n, q1, q2, expected) in expected {
        let (mut sum_us, mut count) = (0, 0);
        for seed in 0..6 {
            // Nothing but the commands of one client, one after the other, once a server leads.
            let text = format!(
                "paxos?protocol=multi&n={n}&q1={q1}&q2={q2}&clients=1&rate=10&reads=0&retry=0ms&timeout=uniform-20s-30s&heartbeat=10s&for=140s"
            );
            let scenario = Scenario { seed, ..link::own(&super::LAB, &text) };
            let config = configure(Params::of(&scenario.values), &scenario);
            let mut meter = Meter::new(&config, &scenario);
            let mut network = network(&config.params);
            let none = Dist::constant_us(0);
            // The whole of a round trip is the answer's way; each is its own, so that none waits for one before it.
            network.classes = vec![none.clone(), none, Dist::Exponential { mean_ns: 10_000_000 }];
            network.fifo = false;
            let setup = Setup {
                cast: config.cast,
                network,
                work_us: Vec::new(),
                kinds: KINDS,
                scenario: &scenario,
                config,
            };
            run::<Node, Meter>(setup, &mut meter, Detail::Totals);
            let (sum, commits) = meter.commits();
            (sum_us, count) = (sum_us + sum, count + commits);
        }
        let mean_ms = sum_us as f64 / count as f64 / 1_000.0;
        // The standard deviation of these order statistics is below 9 ms.
        let most = 4.0 * 9.0 / libm::sqrt(count as f64);
        let says = format!(
            "{n} servers, {q2} votes: {mean_ms:.2} ms over {count} commands, expected {expected:.2} ± {most:.2}"
        );
        if (mean_ms - expected).abs() > most {
            return Err(says);
        }
        told.push(says);
    }
    Ok(told.join("; "))
}

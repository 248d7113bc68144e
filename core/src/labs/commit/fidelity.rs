//! Published numbers that the lab must reproduce.

use super::claims::{sent, standing};
use super::entry::State;
use super::meta::fact;
use super::outcome_of;
use crate::lab::{Detail, Fidelity, Statistic, exact, found, sweep, unbroken};
use crate::trace::{Fact, FactKey};

/// Messages by kind and forced writes of one order that commits, for every number of participants.
fn check_counts() -> Result<String, String> {
    let mut words = Vec::new();
    for n in 2..=5usize {
        let of = |protocol: &str| outcome_of(&format!("commit?orders=1&n={n}&protocol={protocol}"), Detail::Full);
        let (two, three) = (of("2pc"), of("3pc"));
        let count = |run: &crate::lab::Outcome, tally| run.tally(tally).unwrap_or(0) as usize;
        let found = [
            count(&two, "messages"),
            count(&two, "messages") - sent(&two, "ack"),
            count(&three, "messages"),
            count(&two, "forced"),
        ];
        let expected = [4 * n, 3 * n, 6 * n, 2 * n + 1];
        if found != expected {
            return Err(format!("{n} participants: {found:?}, not {expected:?}"));
        }
        words.push(format!("{n}: {found:?}"));
    }
    Ok(words.join("; "))
}

/// Presumed abort: an abort forces only the votes of those who said yes, and is not acknowledged.
fn check_presumed_abort() -> Result<String, String> {
    for n in 2..=5 {
        let run = outcome_of(&format!("commit?orders=1&n={n}&refuse=2"), Detail::Full);
        let found = (run.tally("forced"), sent(&run, "ack"), sent(&run, "decision") as i64);
        if found != (Some(n - 1), 0, n - 1) {
            return Err(format!("{n} participants: forced, acknowledged, told: {found:?}"));
        }
    }
    Ok("2 to 5 participants, one of which refuses: n − 1 forced votes, no acknowledgement, n − 1 told".into())
}

/// Messages and forced writes of one order that commits, where 2F + 1 coordinators keep the decision.
fn check_replicated() -> Result<String, String> {
    let mut words = Vec::new();
    for (n, f) in [(2, 1), (3, 1), (3, 2), (5, 2)] {
        let run = outcome_of(&format!("commit?orders=1&n={n}&coordinators={}", 2 * f + 1), Detail::Full);
        let found = (run.tally("messages"), run.tally("forced"));
        if found != (Some(4 * n + 4 * f), Some(2 * n + 2 * f + 1)) {
            return Err(format!("{n} participants, F = {f}: {found:?}"));
        }
        words.push(format!("{n} participants, F = {f}: {} messages", 4 * n + 4 * f));
    }
    Ok(words.join("; "))
}

/// How many ways there are for the two sides of a cut to decide differently.
fn check_sides() -> Result<String, String> {
    let mut words = Vec::new();
    for (n, expected) in [(2u16, (2, 6)), (3, (8, 24)), (4, (22, 70))] {
        let (mut differ, mut all) = (0, 0);
        for told in 0..=n {
            for side in 1..(1u32 << n) - 1 {
                let named = |inside: bool| {
                    let names = (0..n).filter(|i| (side >> i & 1 == 1) == inside).map(|i| format!("n{}", i + 1));
                    names.collect::<Vec<_>>().join(".")
                };
                // The votes come at 335 ms.
                let dies = if told == 0 { "334ms:crash:k1".to_owned() } else { format!("330ms:fail:k1:pre-commit:{told}") };
                let link = format!(
                    "commit?protocol=3pc&n={n}&orders=1&latency=10ms&for=3s&do={dies},350ms:cut:{}-{}",
                    named(true),
                    named(false)
                );
                let run = outcome_of(&link, Detail::Full);
                let ends: Vec<Option<State>> = (1..=n).map(|i| standing(&run, 1, i, run.ended_us)).collect();
                if !ends.iter().all(|end| matches!(end, Some(State::Committed | State::Aborted))) {
                    return Err(format!("{link}: {ends:?}"));
                }
                all += 1;
                differ += usize::from(ends.iter().any(|end| *end != ends[0]));
            }
        }
        if (differ, all) != expected {
            return Err(format!("{n} participants: {differ} of {all}, not {} of {}", expected.0, expected.1));
        }
        words.push(format!("{n} participants: {differ} of {all}"));
    }
    Ok(words.join("; "))
}

/// Which participants compensate, in order.
pub fn check_compensations() -> Result<String, String> {
    for protocol in ["orchestrated", "choreographed"] {
        for j in 1..=5u16 {
            let run = outcome_of(&format!("commit?protocol={protocol}&n=5&pivot=5&refuse={j}&orders=1"), Detail::Full);
            let key = FactKey { name: fact::STATE, index: 0 };
            let undone = (0..5).flat_map(|seat| run.trace.history(run.cast.server(seat), key).map(move |change| (seat, change)));
            let mut undone: Vec<(u32, u16)> =
                undone.filter(|(_, change)| change.value == Fact::Word("undone")).map(|(seat, change)| (change.record, seat + 1)).collect();
            undone.sort_unstable();
            let order: Vec<u16> = undone.into_iter().map(|(_, seat)| seat).collect();
            if order != (1..j).rev().collect::<Vec<_>>() {
                return Err(format!("{protocol}, refused at step {j}: compensated {order:?}"));
            }
        }
    }
    Ok("refused at step 1 to 5 of 5: steps j − 1 to 1 are compensated, in that order, by both".into())
}

const CONSTANT: &str = "commit?orders=1&latency=10ms&fsync=5ms";
const FEW: (u32, u32) = (20, 5);
const MANY: (u32, u32) = (20_000, 1_000);
const MAXIMUM: &str = "the mean of the slowest of n sums of two exponential times";

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    exact("counts", "A commit takes 4n messages by two-phase commit, 3n without acknowledgements, 6n by three-phase commit, and 2n + 1 forced writes", "Mohan, Lindsay, Obermarck 1986; Skeen 1981", check_counts),
    exact("presumed-abort", "An abort forces only the votes of those who said yes, and is not acknowledged", "Mohan, Lindsay, Obermarck 1986, presumed abort", check_presumed_abort),
    sweep("decided", "One-way latency l = 10 ms, forced write f = 5 ms: decided after 2l + 2f = 30 ms", "arithmetic", CONSTANT, ("decided_ms", Statistic::Always, 30.0, 0.0), FEW),
    sweep("in-doubt", "a participant is in doubt for 2l + f = 25 ms", "arithmetic", CONSTANT, ("in_doubt_ms", Statistic::Always, 25.0, 0.0), FEW),
    sweep("locks", "it holds its lock for 2l + 2f = 30 ms", "arithmetic", CONSTANT, ("locks_ms", Statistic::Always, 30.0, 0.0), FEW),
    sweep("window", "The time in doubt is at least a round trip: with 5 to 15 ms each way at least 10 ms", "Gray, Notes on Data Base Operating Systems, 1978", "commit?fsync=0ms&orders=1", ("in_doubt_ms", Statistic::AtLeast, 10.0, 0.0), (500, 50)),
    sweep("slowest-2", "Messages take Exp(10 ms): 2 participants decide after 27.5 ms", MAXIMUM, "commit?orders=1&n=2&latency=exp-10ms&fsync=0ms&timeout=10s&for=2s", ("decided_ms", Statistic::Mean, 27.5, 0.0), MANY),
    sweep("slowest-3", "3 after 32.1296 ms", MAXIMUM, "commit?orders=1&n=3&latency=exp-10ms&fsync=0ms&timeout=10s&for=2s", ("decided_ms", Statistic::Mean, 32.129_6, 0.0), MANY),
    sweep("slowest-5", "5 after 38.0827 ms", MAXIMUM, "commit?orders=1&n=5&latency=exp-10ms&fsync=0ms&timeout=10s&for=2s", ("decided_ms", Statistic::Mean, 38.082_7, 0.0), MANY),
    exact("replicated", "A decision that 2F + 1 coordinators keep takes 4F messages more, and 2F forced writes", "Lamport, Paxos Made Simple, 2001: a phase 2 for each decision", check_replicated),
    sweep("replicated-time", "With three coordinators an order is decided 2l later: 2l + f, and 2l + f for the second copy", "arithmetic", "commit?orders=1&latency=10ms&fsync=5ms&coordinators=3", ("decided_ms", Statistic::Always, 50.0, 0.0), FEW),
    unbroken("replicated-atomic", "Whatever crashes, is cut or comes late, three coordinators never end an order in two ways", "Gray, Lamport, Consensus on Transaction Commit, 2006, of a replicated coordinator", "commit?coordinators=3&orders=4&no=0.1&for=3s", (&["atomic"], &["wipe"]), (10_000, 200)),
    unbroken("atomic", "Nor does one", "Mohan, Lindsay, Obermarck 1986", "commit?orders=4&no=0.1&for=3s", (&["atomic"], &["wipe"]), (10_000, 200)),
    found("heuristic", "Participants that decide alone do", "X/Open XA: heuristic decisions", "commit?doubt=impatient&orders=4&for=3s", (&["atomic"], &["wipe"]), 500),
    exact("sides", "The coordinator dies after telling s of n that all voted yes, and a cut parts them: both sides decide, and differently in 2 of 6, 8 of 24, 22 of 70 cases", "Skeen's termination rule, enumerated", check_sides),
    exact("compensations", "A saga that fails at step j runs exactly j − 1 compensations, in reverse", "Garcia-Molina, Salem 1987", check_compensations),
];

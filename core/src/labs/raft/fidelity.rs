//! Published numbers and theorems that the model must reproduce.

use super::message::KINDS;
use super::meter::Meter;
use super::protocol::Node;
use super::{Params, configure, network};
use crate::lab::{Detail, Fidelity, Statistic, exact, found, sweep, unbroken};
use crate::link;
use crate::sim::dist::Dist;
use crate::sim::{Setup, run};

const THESIS: &str = "Ongaro, Consensus: Bridging Theory and Practice, 2014, chapter 9";

/// Runs, in full and in the quick check.
const SEEDS: (u32, u32) = (20_000, 2_000);

/// What no failure may break.
const SAFETY: &[&str] = &["election", "append", "matching", "complete", "machine", "linearizable", "durable", "once"];

/// What goes with it.
const MACHINE: &[&str] = &["machine"];

/// The share of runs in which nobody won the first term.
const fn split(expected: f64) -> (&'static str, Statistic, f64, f64) {
    ("split_first", Statistic::Proportion, expected, 0.0)
}

/// The mean time of an election in ms, as simulated elsewhere.
const fn mean(expected: f64) -> (&'static str, Statistic, f64, f64) {
    ("election_ms", Statistic::Mean, expected, 0.3)
}

/// Timeouts between one and two units of 100 ms, and messages that take so much.
macro_rules! units {
    ($n:literal, $failed:literal, $delay:literal) => {
        concat!("raft?load=election&n=", $n, "&failed=", $failed, "&delay=", $delay, "&timeout=uniform-100ms-200ms&for=20s")
    };
}

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    sweep("split-3-2", "3 servers, 2 live, one way .1 of the range: the first term splits with P = .19000", THESIS, units!(3, 1, "10ms"), split(0.19), SEEDS),
    sweep("split-5-4", "5 servers, 4 live, .1: P = .05230", THESIS, units!(5, 1, "10ms"), split(0.052_3), SEEDS),
    sweep("split-5-4-2", "5 servers, 4 live, .2: P = .18080", THESIS, units!(5, 1, "20ms"), split(0.180_8), SEEDS),
    sweep("split-5-3", "5 servers, 3 live, .1: P = .27100", THESIS, units!(5, 2, "10ms"), split(0.271), SEEDS),
    sweep("split-9-5", "9 servers, 5 live, .1: P = .40951", THESIS, units!(9, 4, "10ms"), split(0.409_51), SEEDS),
    sweep("mean-3-2", "3 servers, 2 live, .1: an election takes 1.850 units", THESIS, units!(3, 1, "10ms"), mean(185.0), SEEDS),
    sweep("mean-5-4", "5 servers, 4 live, .1: 1.469 units", THESIS, units!(5, 1, "10ms"), mean(146.9), SEEDS),
    sweep("mean-5-4-2", "5 servers, 4 live, .2: 1.878 units", THESIS, units!(5, 1, "20ms"), mean(187.8), SEEDS),
    sweep("mean-5-3", "5 servers, 3 live, .1: 1.926 units", THESIS, units!(5, 2, "10ms"), mean(192.6), SEEDS),
    sweep("mean-9-5", "9 servers, 5 live, .1: 2.195 units", THESIS, units!(9, 4, "10ms"), mean(219.5), SEEDS),
    sweep(
        "wan",
        "Five servers over a WAN, one failed: an election takes 468 ms",
        THESIS,
        "raft?load=election&n=5&failed=1&delay=uniform-30ms-40ms&timeout=uniform-300ms-600ms&timers=fresh&for=20s",
        ("election_ms", Statistic::Mean, 468.0, 0.5),
        SEEDS,
    ),
    sweep(
        "alike",
        "Equal timeouts, set together, and equal delays: nobody is elected",
        "Raft paper, figure 16, in shape; Fischer, Lynch and Paterson 1985",
        "raft?load=election&timeout=150ms&delay=7ms&for=3s",
        ("leaders", Statistic::Always, 0.0, 0.0),
        SEEDS,
    ),
    sweep(
        "spread",
        "Timeouts of 150 to 200 ms: every election ends within 1.1 s",
        "Raft paper, figure 16, in shape",
        "raft?load=election&timeout=uniform-150ms-200ms&delay=uniform-7ms-8ms&for=20s",
        ("election_ms", Statistic::AtMost, 1_100.0, 0.0),
        SEEDS,
    ),
    sweep(
        "etcd-3",
        "etcd's defaults, 3 members: without a leader for 900 + 1000/3 - 50 + 2l = 1,185 ms",
        "etcd's ticks of 100 ms; the least of two uniform timeouts",
        "raft?load=election&n=3&failed=1&timers=beat&heartbeat=100ms&timeout=uniform-900ms-1900ms&delay=1ms&for=20s",
        ("election_ms", Statistic::Mean, 1_185.3, 3.0),
        SEEDS,
    ),
    sweep(
        "etcd-5",
        "etcd's defaults, 5 members: 900 + 1000/5 - 50 + 2l = 1,052 ms",
        "etcd's ticks of 100 ms; the least of four uniform timeouts",
        "raft?load=election&n=5&failed=1&timers=beat&heartbeat=100ms&timeout=uniform-900ms-1900ms&delay=1ms&for=20s",
        ("election_ms", Statistic::Mean, 1_052.0, 1.0),
        SEEDS,
    ),
    unbroken(
        "unbroken",
        "With all rules, no crash, cut, delay, loss or clock breaks a safety property",
        "paper §5.4.3 and figure 3; thesis chapter 8",
        "raft?loss=0.1",
        (SAFETY, &["wipe"]),
        (10_000, 300),
    ),
    unbroken(
        "unbroken-mended",
        "Nor with pre-vote, sticky leaders, check quorum, snapshots, and members that come and go",
        "thesis chapters 4, 5, 6 and 9",
        "raft?n=3&spare=1&prevote=on&sticky=on&check_quorum=on&compact=3&loss=0.1",
        (SAFETY, &["wipe"]),
        (10_000, 300),
    ),
    found("no-check", "Without the up-to-date check servers apply different entries", "paper §5.4.1", "raft?up_to_date=off&for=4s", (MACHINE, &["wipe"]), 500),
    found(
        "any-term",
        "Who counts replicas of earlier terms commits what is overwritten",
        "paper §5.4.2, figure 8",
        "raft?n=3&timeout=uniform-50ms-150ms&rate=20&noop=off&own_term=off&loss=0.2&for=4s",
        (MACHINE, &["wipe"]),
        2_000,
    ),
    found(
        "two-votes",
        "A vote that a restart forgets gives a term two leaders",
        "paper figure 2: votedFor is persistent",
        "raft?n=3&timeout=uniform-50ms-60ms&votes=off&delay=uniform-5ms-30ms&for=600ms",
        (&["election"], &["wipe"]),
        5_000,
    ),
    found(
        "own-entry",
        "A leader that changes members before it has committed an entry of its own term loses what was committed",
        "Ongaro, raft-dev, 10 July 2015: bug in single-server membership changes",
        "raft?n=4&spare=1&timeout=uniform-50ms-100ms&heartbeat=20ms&rate=0&retry=50ms&noop=off&change_rule=off&for=1s&do=200ms:ask:c1:add.n5,300ms:ask:c2:remove.n1,400ms:ask:c2:remove.n2,500ms:ask:c1:put.x.1",
        (MACHINE, &["wipe", "slow", "pause", "drop", "dup", "clock", "drift", "fail", "cut1", "heal", "ask", "crash", "start"]),
        5_000,
    ),
    found("late-disk", "Who answers before its disk is written forgets what it answered for", "paper figure 2; §5.6", "raft?fsync=after&fsync_time=20ms&for=4s", (MACHINE, &["wipe"]), 500),
    found("no-sessions", "Without sessions a command that is sent again is applied twice", "paper §8", "raft?sessions=off&for=4s", (&["once"], &["wipe"]), 500),
    found(
        "bare-snapshot",
        "A snapshot without the sessions forgets what was applied",
        "thesis §6.3",
        "raft?n=3&retry=50ms&compact=3&snapshot_sessions=off&loss=0.2",
        (&["once"], &["wipe"]),
        500,
    ),
    found("plain-read", "A leader that does not ask a majority answers from the past", "paper §8", "raft?read=plain&for=4s", (&["linearizable"], &["wipe"]), 1_000),
    exact("commit", "An entry is committed with the ⌊n/2⌋-th smallest of n - 1 exponential round trips of 10 ms", "order statistics", commit),
    exact("commit-disk", "With a disk of 5 ms, written while the leader sends: that and 5 ms", "thesis §10.2.1; order statistics", commit_on_disk),
];

fn commit() -> Result<String, String> {
    commits("0us", &[(3, 5.0), (4, 8.333), (5, 5.833), (6, 7.833), (7, 6.167)])
}

fn commit_on_disk() -> Result<String, String> {
    commits("5ms", &[(3, 10.0), (5, 10.833), (7, 11.167)])
}

/// Mean commit times against what they should be, in ms, by the number of servers.
fn commits(disk: &str, expected: &[(u32, f64)]) -> Result<String, String> {
    let mut told = Vec::new();
    for (n, expected) in expected {
        let (mut sum_us, mut count) = (0, 0);
        for seed in 0..6 {
            // Nothing but the entries of one client, one after the other, once a leader is elected.
            let text = format!(
                "raft?n={n}&seed={seed}&clients=1&rate=10&reads=0&retry=0us&fsync_time={disk}&timeout=uniform-20s-30s&heartbeat=10s&for=140s"
            );
            let scenario = link::own(&super::LAB, &text);
            let config = configure(Params::of(&scenario.values), &scenario);
            let mut meter = Meter::new(&config);
            let mut network = network(&config.params);
            let none = Dist::constant_us(0);
            // The whole of a round trip is the answer's way; each is its own, so that none waits for one before it.
            network.classes = vec![none.clone(), none, Dist::Exponential { mean_ns: 10_000_000 }];
            network.fifo = false;
            let setup = Setup { cast: config.cast, network, work_us: Vec::new(), kinds: KINDS, scenario: &scenario, config };
            run::<Node, Meter>(setup, &mut meter, Detail::Totals);
            let (sum, commits) = meter.commits();
            (sum_us, count) = (sum_us + sum, count + commits);
        }
        let mean_ms = sum_us as f64 / count as f64 / 1_000.0;
        // The standard deviation of these order statistics is below 9 ms.
        let most = 4.0 * 9.0 / libm::sqrt(count as f64);
        let says = format!("{n} servers: {mean_ms:.2} ms over {count} entries, expected {expected:.2} ± {most:.2}");
        if (mean_ms - expected).abs() > most {
            return Err(says);
        }
        told.push(says);
    }
    Ok(told.join("; "))
}

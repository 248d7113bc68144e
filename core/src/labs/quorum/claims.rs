//! What is often said of quorums, and the runs that decide it.

use super::{fidelity, presets};
use crate::lab::{Claim, Detail, Holds, Proof, State, Tally};
use crate::scenario::Scenario;

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "overlap",
        sentence: "W + R > N means that every read sees the latest acknowledged write.",
        holds: Holds::If("quorums are strict and versions are ordered by more than clocks that agree by luck"),
        link: "quorum",
        promise: "latest",
        proof: Proof::NoneOf { seeds: 1_000 },
    },
    Claim {
        id: "linearizable",
        sentence: "W + R > N is linearizable.",
        holds: Holds::No("A write reaches one replica; one read meets it there, a later read asks the other two."),
        link: presets::DISAGREE,
        promise: "linearizable",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "strong-write",
        sentence: "W = N, R = 1 is the strong write: every replica has it, so any will do.",
        holds: Holds::No("Of all settings that overlap it is the one that is least often linearizable."),
        link: presets::ALL_ONE,
        promise: "linearizable",
        proof: Proof::Shown(fidelity::all_one_is_worst),
    },
    Claim {
        id: "consensus",
        sentence: "Linearizability needs consensus.",
        holds: Holds::No("Not for a register: reads that write back and writes that ask first are enough (Attiya, Bar-Noy, Dolev 1995)."),
        link: "quorum?repair=blocking&write=ask&coordinator=apart&rate=12&skew=20ms&cleg=1ms",
        promise: "linearizable",
        proof: Proof::NoneOf { seeds: 10_000 },
    },
    Claim {
        id: "half",
        sentence: "Repairing reads, or asking before writing, makes quorums linearizable.",
        holds: Holds::No("Each alone is not enough, nor is repair after the answer: each of the five other combinations fails."),
        link: "quorum?repair=blocking&coordinator=apart&rate=12&skew=20ms&cleg=1ms",
        promise: "linearizable",
        proof: Proof::Shown(fidelity::other_five_fail),
    },
    Claim {
        id: "latency",
        sentence: "Latency grows with W + R.",
        holds: Holds::No("A write waits for the W-th fastest of N, a read for the R-th: neither for the other."),
        link: "quorum?w=3&r=1",
        promise: "latest",
        proof: Proof::Shown(latency_is_of_its_own_quorum),
    },
    Claim {
        id: "sloppy",
        sentence: "With W + R > N, a sloppy quorum overlaps too.",
        holds: Holds::No("The acknowledgements may come from nodes that a read never asks."),
        link: presets::SLOPPY,
        promise: "latest",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "failed",
        sentence: "A write that reported failure did not happen.",
        holds: Holds::No("It missed its quorum and is not undone: the replicas that have it keep it."),
        link: presets::FAILED,
        promise: "failed",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "last",
        sentence: "Under last write wins, the last write wins.",
        holds: Holds::If("no clock is off by more than the time between two writes"),
        link: presets::CLOCK,
        promise: "durable",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "vectors",
        sentence: "Version vectors notice every conflict.",
        holds: Holds::No("Counted by server, two writes through one coordinator look like one after the other; dots mend it."),
        link: presets::VV,
        promise: "durable",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "dots",
        sentence: "Dotted version vectors lose no concurrent write.",
        holds: Holds::If("no server forgets its counter, be it with its disk or with a tombstone that expired"),
        link: "quorum?versions=dvv&clients=4&rate=12&reads=0.3",
        promise: "durable",
        proof: Proof::NoneOf { seeds: 1_000 },
    },
    Claim {
        id: "deleted",
        sentence: "What has been deleted on a quorum stays deleted.",
        holds: Holds::If("no replica and no hint is away for longer than tombstones live"),
        link: presets::RETURNS,
        promise: "latest",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "eventually",
        sentence: "Replicas become consistent eventually, all by themselves.",
        holds: Holds::No("Somebody has to bring what was missed: hints, repairing reads or anti-entropy."),
        link: presets::APART,
        promise: "converge",
        proof: Proof::Run(State::Broken),
    },
];

/// The outcome's tallies and how often a promise broke, over seeds 0 to n-1.
fn sweep(text: &str, seeds: u32, promise: &str) -> (Vec<Vec<Tally>>, u32) {
    let scenario = scenario(text);
    let lab: &dyn crate::lab::Lab = &super::LAB;
    let (mut tallies, mut broken) = (Vec::new(), 0);
    for seed in 0..seeds {
        let outcome = lab.run(&Scenario { seed, ..scenario.clone() }, Detail::Totals);
        broken += u32::from(outcome.stands(promise, State::Broken));
        tallies.push(outcome.tallies);
    }
    (tallies, broken)
}

/// The scenario of one of the lab's own links.
pub(super) fn scenario(text: &str) -> Scenario {
    crate::link::own(&super::LAB, text)
}

fn mean(tallies: &[Vec<Tally>], name: &str) -> f64 {
    let values = tallies.iter().flatten().filter(|tally| tally.name == name).filter_map(|tally| tally.value);
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value as f64;
        count += 1.0;
    }
    sum / count
}

fn latency_is_of_its_own_quorum() -> Result<String, String> {
    const LEGS: &str = "load=probe&wleg=exp-10ms&aleg=0ms&rleg=exp-10ms&sleg=0ms";
    let measure = |w: u32, r: u32| {
        let (tallies, _) = sweep(&format!("quorum?w={w}&r={r}&{LEGS}"), 4_000, "latest");
        (mean(&tallies, "write_ms") / 1_000.0, mean(&tallies, "read_ms") / 1_000.0)
    };
    let (one_three, three_one, three_three) = (measure(1, 3), measure(3, 1), measure(3, 3));
    let told = format!(
        "mean write and read, ms: W=1 R=3 {:.1} and {:.1}; W=3 R=1 {:.1} and {:.1}; W=3 R=3 {:.1} and {:.1}",
        one_three.0, one_three.1, three_one.0, three_one.1, three_three.0, three_three.1
    );
    // The same dice: what is waited for is all that differs.
    let kept = three_one.0 == three_three.0 && one_three.1 == three_three.1 && one_three.0 * 3.0 < three_one.0;
    if kept { Ok(told) } else { Err(told) }
}

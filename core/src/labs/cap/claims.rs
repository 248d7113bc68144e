//! What is often said of CAP, and the runs that decide it; and what the model must reproduce.

use super::lesson;
use crate::lab::{Check, Claim, Detail, End, Fidelity, Holds, Lab, Outcome, Proof, State, Statistic, sweep};
use crate::scenario::Scenario;

/// The cut that leaves every client on the side of its replica.
const CUT: &str = "do=500ms:cut:n1.c1-n2.n3.c2.c3";

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "refuses",
        sentence: "A CP system refuses writes during a partition.",
        holds: Holds::If("the client is on a side without a majority; the other side serves everything"),
        link: "cap?do=500ms:cut:n1.c1-n2.n3.c2.c3",
        promise: "available",
        proof: Proof::Shown(refuses_on_one_side),
    },
    Claim {
        id: "two-of-three",
        sentence: "Choose two of three: consistency, availability, partition tolerance.",
        holds: Holds::No("Partitions are not for choosing. While one lasts one of the other two is given up; while none does, neither."),
        link: lesson::BOTH,
        promise: "linearizable",
        proof: Proof::Shown(one_of_two),
    },
    Claim {
        id: "ca",
        sentence: "There are CA systems: consistent and available, as long as they are not partition tolerant.",
        holds: Holds::No("No W and R keeps both under a cut: not to tolerate it only means not to have said which goes."),
        link: "cap?do=500ms:cut:n1.c1-n2.n3.c2.c3&b.choose=ap",
        promise: "available",
        proof: Proof::Shown(no_quorum_keeps_both),
    },
    Claim {
        id: "calm",
        sentence: "Without a partition, consistency and availability are both to be had.",
        holds: Holds::If("one is ready to wait: latency is the price (PACELC)"),
        link: "cap?b.choose=ap",
        promise: "linearizable",
        proof: Proof::Shown(latency_is_the_price),
    },
];

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    Fidelity {
        id: "minority",
        claim: "With majorities the smaller side of a cut serves no operation, the larger all",
        source: "Gilbert and Lynch, SIGACT News 2002",
        check: Check::Exact(refuses_on_one_side),
    },
    Fidelity {
        id: "choice",
        claim: "Under a cut CP stays linearizable and refuses, AP serves and is rejected by the checker",
        source: "Gilbert and Lynch, SIGACT News 2002",
        check: Check::Exact(one_of_two),
    },
    sweep(
        "cp-write",
        "A consistent write takes two round trips between replicas: 4 × 10 ms, and 2 × 2 ms to the client",
        "Attiya, Bar-Noy, Dolev, JACM 1995",
        "cap?leg=10ms&near=2ms",
        ("write_ms", Statistic::Always, 44.0, 0.0),
        (200, 20),
    ),
    sweep(
        "ap-write",
        "An available write takes only the client's way: 2 × 2 ms",
        "arithmetic",
        "cap?choose=ap&leg=10ms&near=2ms",
        ("write_ms", Statistic::Always, 4.0, 0.0),
        (200, 20),
    ),
];

fn scenario(text: &str) -> Scenario {
    let opened = crate::link::parse(text, &[&super::LAB, &super::super::quorum::LAB]);
    assert!(opened.problems.is_empty(), "{text}: {:?}", opened.problems);
    opened.link.expect("the lab is there").scenario
}

fn run(text: &str, seed: u32) -> Outcome {
    super::LAB.run(&Scenario { seed, ..scenario(text) }, Detail::Full)
}

const SEEDS: u32 = 20;

/// Operations of a client that began after the cut: served, and not.
fn after_the_cut(outcome: &Outcome, client: u16) -> (usize, usize) {
    let client = outcome.cast.client(client);
    let mine = outcome.operations.iter().filter(|op| op.client == client && op.invoked.at_us >= 500_000);
    let count = |ok: bool| mine.clone().filter(|op| op.end != End::Open && (op.end == End::Ok) == ok).count();
    (count(true), count(false))
}

fn refuses_on_one_side() -> Result<String, String> {
    let (mut served, mut refused) = (0, 0);
    for seed in 0..SEEDS {
        let outcome = run(&format!("cap?{CUT}"), seed);
        let (small, others) = (after_the_cut(&outcome, 0), [after_the_cut(&outcome, 1), after_the_cut(&outcome, 2)]);
        if small.0 > 0 || others.iter().any(|side| side.1 > 0) {
            return Err(format!("seed {seed}: the smaller side served {}, the larger refused {}", small.0, others[0].1 + others[1].1));
        }
        refused += small.1;
        served += others[0].0 + others[1].0;
    }
    Ok(format!("over {SEEDS} seeds the smaller side refused all {refused}, the larger served all {served}"))
}

fn one_of_two() -> Result<String, String> {
    let mut stale = 0;
    for seed in 0..SEEDS {
        let (cp, ap) = (run(&format!("cap?{CUT}"), seed), run(&format!("cap?choose=ap&{CUT}"), seed));
        if !cp.stands("linearizable", State::Kept) || !cp.stands("available", State::Broken) {
            return Err(format!("seed {seed}: CP should be linearizable and refuse"));
        }
        if !ap.stands("available", State::Kept) {
            return Err(format!("seed {seed}: AP should serve everything"));
        }
        stale += u32::from(ap.stands("linearizable", State::Broken));
        let calm = run("cap", seed);
        if !calm.stands("linearizable", State::Kept) || !calm.stands("available", State::Kept) {
            return Err(format!("seed {seed}: without a cut CP should keep both"));
        }
    }
    match stale {
        0 => Err("no history of AP was rejected".into()),
        stale => Ok(format!("of {SEEDS} seeds CP kept C and gave up A in all; AP kept A in all, and C broke in {stale}")),
    }
}

fn no_quorum_keeps_both() -> Result<String, String> {
    let lab: &dyn Lab = &super::super::quorum::LAB;
    for w in 1..=3 {
        for r in 1..=3 {
            let text = format!("quorum?w={w}&r={r}&repair=blocking&write=ask&{CUT}");
            let keeps = |seed| {
                let outcome = lab.run(&Scenario { seed, ..scenario(&text) }, Detail::Totals);
                let asked = [outcome.tally("reads"), outcome.tally("writes")];
                let served = [outcome.tally("read_ok"), outcome.tally("write_ok")];
                outcome.stands("linearizable", State::Kept) && asked == served
            };
            if (0..SEEDS).all(keeps) {
                return Err(format!("W={w}, R={r} keeps both in all of {SEEDS} seeds"));
            }
        }
    }
    Ok(format!("none of the 9 settings of W and R keeps both under a cut in all of {SEEDS} seeds"))
}

fn latency_is_the_price() -> Result<String, String> {
    let mut sums = [0i64; 4];
    for seed in 0..SEEDS {
        let (cp, ap) = (run("cap", seed), run("cap?choose=ap", seed));
        if !cp.stands("linearizable", State::Kept) || !cp.stands("available", State::Kept) {
            return Err(format!("seed {seed}: without a cut CP should keep both"));
        }
        for (sum, (outcome, name)) in sums.iter_mut().zip([(&cp, "read_ms"), (&cp, "write_ms"), (&ap, "read_ms"), (&ap, "write_ms")]) {
            *sum += outcome.tally(name).unwrap_or(0);
        }
    }
    let ms = sums.map(|sum| sum as f64 / f64::from(SEEDS) / 1_000.0);
    let told = format!("mean read and write: CP {:.1} and {:.1} ms, AP {:.1} and {:.1} ms", ms[0], ms[1], ms[2], ms[3]);
    if ms[0] > 2.0 * ms[2] && ms[1] > 2.0 * ms[3] { Ok(told) } else { Err(told) }
}

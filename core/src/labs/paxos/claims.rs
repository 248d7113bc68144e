//! What is often said of Paxos, and the runs that decide it.

use super::{outcome_of, presets};
use crate::lab::{Claim, Detail, Holds, Outcome, Proof, State};
use crate::trace::{Fact, FactKey};

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "phases",
        sentence: "Paxos needs several phases for each value.",
        holds: Holds::If(
            "there is one value; with a leader a command takes one round trip, and 2(n - 1) messages, as in Raft",
        ),
        link: presets::MULTI,
        promise: "progress",
        proof: Proof::Shown(one_round_trip),
    },
    Claim {
        id: "liveness",
        sentence: "Paxos guarantees liveness once the network is well.",
        holds: Holds::If(
            "one proposer ends up alone for long enough: two that try again at once can keep each other from it",
        ),
        link: presets::DUEL,
        promise: "progress",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "never-finish",
        sentence: "Two proposers that do not wait never finish.",
        holds: Holds::If(
            "each hears of the other at once, and delays are equal; where delays are random, luck ends it",
        ),
        link: presets::DUEL,
        promise: "progress",
        proof: Proof::Shown(luck_ends_it),
    },
    Claim {
        id: "majority",
        sentence: "A majority must agree in both phases.",
        holds: Holds::No(
            "Promises and votes together must be more than all: of four, three promises and two votes are enough.",
        ),
        link: "paxos?n=4&q1=3&q2=2&loss=0.05",
        promise: "one_value",
        proof: Proof::NoneOf { seeds: 500 },
    },
    Claim {
        id: "agreement",
        sentence: "Paxos guarantees that no two nodes decide differently.",
        holds: Holds::Yes,
        link: "paxos?proposers=3&loss=0.1",
        promise: "one_value",
        proof: Proof::NoneOf { seeds: 500 },
    },
    Claim {
        id: "promised",
        sentence: "Once a majority has promised, the value is chosen.",
        holds: Holds::No(
            "Votes choose, not promises. Here two have promised n1's ballot, and n2's value is chosen.",
        ),
        link: presets::PROMISED,
        promise: "one_value",
        proof: Proof::Shown(promised_and_not_chosen),
    },
    Claim {
        id: "first",
        sentence: "The chosen value is the one that was proposed first.",
        holds: Holds::No(
            "It is one that was proposed. Here n1 proposes v1, and a majority never hears of it.",
        ),
        link: presets::UNHEARD,
        promise: "proposed",
        proof: Proof::Shown(first_is_not_chosen),
    },
    Claim {
        id: "forget",
        sentence: "An acceptor may forget what it promised, as long as it keeps its votes.",
        holds: Holds::No("Then it votes in a ballot below one that has looked, found nothing, and goes on."),
        link: presets::FORGETS,
        promise: "one_value",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "same",
        sentence: "Viewstamped Replication, Paxos and Raft differ in what they guarantee.",
        holds: Holds::No(
            "They differ in who leads next and in what is written to disk: logs and clients are promised the same.",
        ),
        link: presets::VIEW_CHANGE,
        promise: "one_value",
        proof: Proof::Shown(same_promises),
    },
    Claim {
        id: "disk",
        sentence: "Viewstamped Replication needs a disk to keep what it has acknowledged.",
        holds: Holds::No(
            "Not while at most f of 2f + 1 have crashed; but who has crashed must not take part before it has recovered.",
        ),
        link: "paxos?protocol=vr&n=5&do=800ms:crash:n2,900ms:start:n2,1.1s:crash:n1",
        promise: "acked",
        proof: Proof::NoneOf { seeds: 200 },
    },
];

fn run(link: &str) -> Outcome {
    outcome_of(link, crate::link::own(&super::LAB, link).seed, Detail::Full)
}

/// What is known to be chosen where one value is, by any server.
fn known(outcome: &Outcome) -> Option<String> {
    let key = FactKey { name: super::meta::fact::CHOSEN, index: 0 };
    let told = outcome
        .cast
        .nodes()
        .find_map(|node| outcome.trace.history(node, key).last().map(|change| change.value.clone()));
    match told? {
        Fact::Text(words) => Some(words.to_string()),
        _ => None,
    }
}

fn tally(outcome: &Outcome, name: &str) -> i64 {
    outcome.tally(name).unwrap_or(-1)
}

fn one_round_trip() -> Result<String, String> {
    let log = run("paxos?protocol=multi&delay=10ms&loss=0");
    let single = run("paxos?proposers=1&delay=10ms");
    let (command, value) = (tally(&log, "commit_ms"), tally(&single, "decided_ms"));
    let words = format!(
        "with 10 ms one way: {} ms until a leader knows a command to be chosen, {} ms until a single value is",
        command / 1_000,
        value / 1_000
    );
    if (command, value) == (20_000, 30_000) { Ok(words) } else { Err(words) }
}

fn luck_ends_it() -> Result<String, String> {
    let equal = run(presets::DUEL);
    let ended =
        |seed: &u32| outcome_of("paxos?backoff=none", *seed, Detail::Totals).tally("decided_ms").is_some();
    let lucky = (0..100).filter(ended).count();
    let words = format!(
        "equal delays: {} values chosen; random delays: one in {lucky} of 100 runs",
        tally(&equal, "chosen")
    );
    if tally(&equal, "chosen") == 0 && lucky == 100 { Ok(words) } else { Err(words) }
}

fn promised_and_not_chosen() -> Result<String, String> {
    let outcome = run(presets::PROMISED);
    let key = FactKey { name: super::meta::fact::PROMISED, index: 0 };
    let promised = |node| {
        outcome
            .trace
            .history(node, key)
            .any(|change| matches!(&change.value, Fact::Text(words) if &**words == "1.n1"))
    };
    let many = outcome.cast.nodes().filter(|node| promised(*node)).count();
    let chosen = known(&outcome).unwrap_or_default();
    let words = format!("{many} of 3 promise 1.n1, and {chosen} is chosen");
    if many >= 2 && chosen == "v2" { Ok(words) } else { Err(words) }
}

fn first_is_not_chosen() -> Result<String, String> {
    let chosen = known(&run(presets::UNHEARD)).unwrap_or_default();
    let words = format!("v1 is proposed first, and {chosen} is chosen");
    if chosen == "v2" { Ok(words) } else { Err(words) }
}

/// Under the same cuts and crashes both logs keep every promise about values.
fn same_promises() -> Result<String, String> {
    let (mut runs, mut broken, mut writes) = (0, 0, 0);
    for protocol in ["multi", "vr"] {
        for seed in 0..50 {
            let link = format!(
                "paxos?protocol={protocol}&n=5&loss=0.02&do=700ms:crash:n1,1s:cut:n2-n3.n4,1.4s:heal"
            );
            let outcome = outcome_of(&link, seed, Detail::Totals);
            let safe = ["one_value", "proposed", "remembered", "linearizable", "acked"];
            runs += 1;
            broken += i64::from(safe.iter().any(|promise| !outcome.stands(promise, State::Kept)));
            writes += tally(&outcome, "write_ok");
        }
    }
    let words = format!(
        "{runs} runs with a crash, a cut and losses: {writes} writes acknowledged, {broken} runs break a promise"
    );
    if broken == 0 && writes > 500 { Ok(words) } else { Err(words) }
}

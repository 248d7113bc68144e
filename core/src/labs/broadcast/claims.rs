//! What is often said of broadcast, each with the run that proves or refutes it.

use super::fidelity::outcome;
use super::presets;
use super::sentences::messages;
use super::{LAB, Params};
use crate::lab::{Claim, Detail, Holds, Proof, State};
use crate::link;

/// How often a link breaks a promise, of so many seeds.
fn broken(text: &str, promise: &str, seeds: u32) -> u32 {
    (0..seeds).filter(|seed| outcome(text, *seed, Detail::Totals).stands(promise, State::Broken)).count()
        as u32
}

/// Of one broadcast alone a sequencer's order takes two delays, which no other does with fewer; a token may be near.
fn two_delays() -> Result<String, String> {
    let took = |via: &str| {
        let run = outcome(&format!("broadcast?load=one&leg=10ms&total=on&via={via}"), 1, Detail::Totals);
        run.tally("deliver_ms").unwrap_or(0) / 1_000
    };
    let counts = |via: &str| {
        let scenario = link::own(&LAB, &format!("broadcast?load=one&total=on&via={via}"));
        messages(&Params::of(&scenario.values))
    };
    let [sequencer, skeen, lamport] = ["sequencer", "skeen", "lamport"].map(|via| (took(via), counts(via)));
    let words = format!(
        "ms and messages: sequencer {} and {}, proposals {} and {}, stamps {} and {}",
        sequencer.0, sequencer.1, skeen.0, skeen.1, lamport.0, lamport.1
    );
    if sequencer == (20, 4) && skeen == (30, 9) && lamport == (20, 12) { Ok(words) } else { Err(words) }
}

/// The process that numbers or leads crashes in the middle of a chat: what comes of it by each way, over seeds.
fn survives() -> Result<String, String> {
    let runs = 200;
    let [sequencer, consensus] = ["sequencer", "consensus"].map(|via| {
        let text = format!("broadcast?reach=uniform&total=on&via={via}&for=5s&do=40ms:crash:n3");
        let calm = broken("broadcast?reach=uniform&total=on", "reaches", runs);
        (
            broken(&text, "reaches", runs),
            broken(&text, "even_dead", runs),
            broken(&text, "same_order", runs),
            calm,
        )
    });
    let words = format!(
        "of {runs} runs in which n3 crashes, a sequencer's lose something in {}, consensus' in {}; where nobody does, a sequencer's in {}",
        sequencer.0, consensus.0, sequencer.3
    );
    let holds = sequencer.0 > runs / 2 && sequencer.3 == 0 && consensus.0 + consensus.1 + consensus.2 == 0;
    if holds { Ok(words) } else { Err(words) }
}

/// With links in order, stamps alone order everything where nobody crashes; one crash stops all.
fn stamps_need_everybody() -> Result<String, String> {
    let runs = 200;
    let alive = broken("broadcast?total=on&via=lamport", "same_order", runs);
    let delivered = (0..runs)
        .filter(|seed| outcome(presets::STALLS, *seed, Detail::Totals).stands("reaches", State::Kept));
    let words = format!(
        "of {runs} runs {alive} break the order; with one process down {} deliver anything",
        delivered.clone().count()
    );
    if alive == 0 && delivered.count() == 0 { Ok(words) } else { Err(words) }
}

/// Between what two streams were sent there is no order unless they have one sequencer.
fn two_sequencers() -> Result<String, String> {
    let (one, none) =
        (broken("broadcast?total=on", "same_order", 200), broken("broadcast?fifo=on", "same_order", 200));
    let words = format!(
        "of 200 runs, all through one sequencer: {one} break the order; each sender's stream by itself, numbered: {none}"
    );
    if one == 0 && none > 150 { Ok(words) } else { Err(words) }
}

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "stronger",
        sentence: "Total order is stronger than causal order.",
        holds: Holds::No(
            "A sequencer that is reached out of order gives everybody the same wrong order. They are two promises.",
        ),
        link: presets::NOT_CAUSAL,
        promise: "cause",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "needs-consensus",
        sentence: "Total order broadcast needs consensus.",
        holds: Holds::If(
            "it shall survive crashes: each gives the other (Chandra and Toueg 1996). While nobody dies a sequencer is enough",
        ),
        link: presets::CONSENSUS,
        promise: "reaches",
        proof: Proof::Shown(survives),
    },
    Claim {
        id: "replicated",
        sentence: "State machines that get the same commands in the same order are equal.",
        holds: Holds::If("commands are deterministic: one that rolls a die leaves another state at each"),
        link: presets::DICE,
        promise: "same_state",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "everybody",
        sentence: "With a sequencer all nodes get every message in the same order.",
        holds: Holds::If(
            "nobody dies, or a message counts only once more than half have it; else the dead may have delivered what nobody else will",
        ),
        link: presets::DIES_FIRST,
        promise: "even_dead",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "tcp",
        sentence: "TCP between all pairs gives causal order.",
        holds: Holds::No("It orders what goes over one link. A question and its answer come over two."),
        link: "broadcast?n=3&load=triangle&link_fifo=on",
        promise: "cause",
        proof: Proof::SomeOf { seeds: 400, at_least: 60 },
    },
    Claim {
        id: "vectors",
        sentence: "With vectors an answer never comes before its question.",
        holds: Holds::Yes,
        link: "broadcast?rate=1000&causal=on",
        promise: "cause",
        proof: Proof::NoneOf { seeds: 500 },
    },
    Claim {
        id: "timestamp",
        sentence: "Timestamps make a total order.",
        holds: Holds::If(
            "one waits for a later stamp from everybody; then a single process that is down stops all",
        ),
        link: presets::STALLS,
        promise: "reaches",
        proof: Proof::Shown(stamps_need_everybody),
    },
    Claim {
        id: "bottleneck",
        sentence: "The sequencer is the bottleneck.",
        holds: Holds::If(
            "throughput is meant. Of a single message it makes the fewest messages, in two delays, as no order by all does in fewer",
        ),
        link: "broadcast?load=one&total=on&leg=10ms",
        promise: "reaches",
        proof: Proof::Shown(two_delays),
    },
    Claim {
        id: "partitions",
        sentence: "Messages to a partitioned log are totally ordered.",
        holds: Holds::If(
            "they are of one partition: each partition has a sequencer of its own, and between two there is no order",
        ),
        link: "broadcast?fifo=on",
        promise: "same_order",
        proof: Proof::Shown(two_sequencers),
    },
    Claim {
        id: "reliable-enough",
        sentence: "If a process has delivered a message, reliable broadcast brings it to all live ones.",
        holds: Holds::If(
            "that process lives. Who delivers and dies may take the message with it; uniform broadcast is about that",
        ),
        link: "broadcast?load=one&reach=reliable&do=0ms:drop:n1-n2:data,0ms:fail:n1:data:1",
        promise: "even_dead",
        proof: Proof::Run(State::Broken),
    },
];

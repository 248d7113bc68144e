//! What is often said of consensus, each with the run that proves or refutes it.

use super::fidelity::outcome;
use crate::lab::{Claim, Detail, Holds, Proof, State};

/// No run of these breaks agreement, nor undoes what was decided, whichever the scheduler and the coin.
fn nothing_is_traded() -> Result<String, String> {
    let (mut runs, mut broken, mut undecided) = (0, 0, 0);
    for scheduler in ["fair", "sample", "split", "sync"] {
        for coin in ["own", "common", "keep"] {
            for seed in 0..100 {
                let run =
                    outcome(&format!("flp?coin={coin}&scheduler={scheduler}&for=1s"), seed, Detail::Totals);
                let is = |promise: &str, state: State| run.stands(promise, state);
                runs += 1;
                broken += u32::from(!is("same", State::Kept) || !is("unharmed", State::Kept));
                undecided += u32::from(!is("decides", State::Kept));
            }
        }
    }
    let words = format!("of {runs} runs {undecided} do not decide in time, and {broken} decide differently");
    if broken == 0 && undecided >= 100 { Ok(words) } else { Err(words) }
}

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "impossible",
        sentence: "Consensus is impossible if a single process can fail.",
        holds: Holds::If(
            "the protocol is deterministic, delays have no bound, and it must end in every run.",
        ),
        link: "flp?coin=keep&scheduler=split&for=1.2s",
        promise: "decides",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "never-both",
        sentence: "There is no algorithm that always agrees and always terminates.",
        holds: Holds::No(
            "With a coin it always agrees, and the runs that do not end have probability 0; FLP is about protocols without.",
        ),
        link: "flp?scheduler=split",
        promise: "decides",
        proof: Proof::NoneOf { seeds: 500 },
    },
    Claim {
        id: "needs-a-crash",
        sentence: "For FLP's endless run a process has to crash.",
        holds: Holds::No(
            "In this run nobody does, and every message arrives. That one might crash keeps the others from waiting for it.",
        ),
        link: "flp?coin=keep&scheduler=split&for=1.2s",
        promise: "decides",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "third-vote",
        sentence: "Of three processes two cannot decide while the third one's vote is missing.",
        holds: Holds::No("They decide without it, after three phases on average."),
        link: "flp?do=0ms:crash:n3",
        promise: "decides",
        proof: Proof::NoneOf { seeds: 500 },
    },
    Claim {
        id: "trade",
        sentence: "To get round FLP, implementations trade safety for liveness.",
        holds: Holds::No(
            "What they give up is a bound on how long it takes: agreement is kept in every run, those included that do not end.",
        ),
        link: "flp?scheduler=split",
        promise: "same",
        proof: Proof::Shown(nothing_is_traded),
    },
    Claim {
        id: "random-delays",
        sentence: "Random timeouts or backoff get round FLP.",
        holds: Holds::If(
            "the network does not conspire against them: then luck in delays does what a coin does.",
        ),
        link: "flp?coin=keep",
        promise: "decides",
        proof: Proof::NoneOf { seeds: 500 },
    },
    Claim {
        id: "crash-alone",
        sentence: "That a process may crash is enough to make deterministic consensus impossible.",
        holds: Holds::No(
            "Delays without a bound have to be there, too: where all hear everybody that is up, the same protocol decides at once.",
        ),
        link: "flp?coin=keep&scheduler=sync",
        promise: "decides",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "common-coin",
        sentence: "A coin in common ends it, whatever the network does.",
        holds: Holds::If(
            "the scheduler cannot see the coin in time; against one that can, it may never end (Aguilera and Toueg 2012).",
        ),
        link: "flp?coin=common&scheduler=split",
        promise: "decides",
        proof: Proof::NoneOf { seeds: 500 },
    },
];

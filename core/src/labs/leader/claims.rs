//! What is often said of leaders, and the runs that decide it.

use super::{fidelity, presets};
use crate::lab::{Claim, Holds, Proof, State};

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "one",
        sentence: "Exactly one node holds the role at any time.",
        holds: Holds::No("One for each number. Who has lost it may not know, and between two there is none."),
        link: presets::PAUSED,
        promise: "one",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "lease",
        sentence: "A lease guarantees one leader.",
        holds: Holds::If(
            "clocks differ by less than its margin, and nobody stands still between look and run",
        ),
        link: presets::MARGIN,
        promise: "one",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "others",
        sentence: "When the leader dies the others elect a new one.",
        holds: Holds::If("the store, or a majority, can be reached"),
        link: "leader?for=45s&do=7.2s:crash:n1,7.2s:crash:k1,35s:start:k1",
        promise: "someone",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "stepdown",
        sentence: "A leader is a single point of failure until it steps down cleanly.",
        holds: Holds::Yes,
        link: presets::STEPDOWN,
        promise: "someone",
        proof: Proof::Shown(fidelity::clean_or_not),
    },
    Claim {
        id: "kubernetes",
        sentence: "Kubernetes' lease tolerates clocks whose rates differ by lease over renew deadline, 15 to 10.",
        holds: Holds::No("A leader that is cut off gives up 12 s after its last renewal: 15 to 12, or 1.25."),
        link: "leader?n=2&lease=15s&renew=2s&poll=50ms&judge=observer&stop=deadline&from=answer&do=0ms:drift:n2:300000,9s:cut:n1-k1",
        promise: "one",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "greatest",
        sentence: "The node with the greatest number wins, so there is one leader.",
        holds: Holds::If("delays are bounded, so that who does not answer is down"),
        link: presets::BULLY_CUT,
        promise: "one",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "cron",
        sentence: "Only one node runs the cron job, for only the leader does.",
        holds: Holds::If("the job is fenced, or may run twice without harm"),
        link: presets::FENCED,
        promise: "once",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "shorter",
        sentence: "A shorter lease is better.",
        holds: Holds::If("only the outage after a crash counts: short leases end for slow messages, too"),
        link: "leader?lease=1s&renew=500ms&tick=200ms&delay=exp-150ms&for=1m",
        promise: "someone",
        proof: Proof::Shown(fidelity::shorter_leases),
    },
];

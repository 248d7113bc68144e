//! What is often said of doing it twice, and the runs that decide it.

use super::{fidelity, presets};
use crate::lab::{Claim, Holds, Proof, State};

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "same-key",
        sentence: "The same key gives the stored result, and nothing is executed a second time.",
        holds: Holds::If(
            "effect and key are one transaction, the table is shared, and the key lives longer than the retries",
        ),
        link: presets::BETWEEN,
        promise: "once",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "put",
        sentence: "PUT is idempotent, so retrying it is safe.",
        holds: Holds::If("nobody else writes: a late copy undoes a newer value"),
        link: presets::LATE,
        promise: "old",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "no-lock",
        sentence: "A correct idempotent operation needs no lock.",
        holds: Holds::No(
            "Two clients read 10, and each puts 9: a condition must tell the second (If-Match).",
        ),
        link: presets::STOCK,
        promise: "lost",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "if-match",
        sentence: "If-Match makes what a write does certain.",
        holds: Holds::Yes,
        link: "idempotency?load=stock&method=putif&clients=4&window=200ms&for=5s",
        promise: "lost",
        proof: Proof::NoneOf { seeds: 300 },
    },
    Claim {
        id: "own-412",
        sentence: "A 412 says that somebody else has written.",
        holds: Holds::No(
            "After a lost answer it may be one's own success: read before you report a failure.",
        ),
        link: presets::OWN_412,
        promise: "answered",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "delete",
        sentence: "DELETE is idempotent.",
        holds: Holds::If("the state is meant and not the answer: 204, then 404"),
        link: presets::DELETE,
        promise: "answered",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "every-write",
        sentence: "Every write should accept an idempotency key.",
        holds: Holds::If("it matters what its client is told; and with a call outside it is not enough"),
        link: presets::OUTSIDE,
        promise: "once",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "saved-500",
        sentence: "A saved 500 is a bug.",
        holds: Holds::No("Told again, it keeps the outcome one; a new key is a new try."),
        link: presets::SAVED_500,
        promise: "answered",
        proof: Proof::Shown(fidelity::saved_failures),
    },
    Claim {
        id: "uuid",
        sentence: "UUIDs may collide, so keys may be mixed up.",
        holds: Holds::No(
            "Of 10⁹ random ones two are alike with 9·10⁻²⁰; 32-bit numbers are, with one half, at 77,163.",
        ),
        link: presets::K1,
        promise: "mine",
        proof: Proof::Shown(fidelity::collisions),
    },
    Claim {
        id: "client",
        sentence: "A payment service with idempotency keys never charges twice.",
        holds: Holds::If("its client keeps the key: with a new one for each attempt it does"),
        link: presets::NEW_KEY,
        promise: "once",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "transaction",
        sentence: "With key and effect in one transaction nothing is executed twice, whatever goes down when.",
        holds: Holds::Yes,
        link: "idempotency?clients=3&window=300ms&crashat=between&crashes=0.3&attempts=20&lostrep=0.2",
        promise: "once",
        proof: Proof::NoneOf { seeds: 300 },
    },
];

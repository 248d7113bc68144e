//! What is often said of messaging, and the runs that decide it.

use super::{fidelity, presets};
use crate::lab::{Claim, Holds, Proof, State};

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "at-least-once",
        sentence: "A queue delivers every accepted message at least once.",
        holds: Holds::If("it is deleted after the work, and not before"),
        link: presets::BEFORE,
        promise: "kept",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "exactly-once",
        sentence: "Messages can be delivered exactly once.",
        holds: Holds::If(
            "what comes of them is keyed: delivery itself repeats, for a consumer may go down between effect and commit",
        ),
        link: presets::TWICE,
        promise: "once",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "keyed",
        sentence: "An idempotent consumer makes repetition harmless.",
        holds: Holds::Yes,
        link: "messaging?rate=6&consumers=3&work=exp-300ms&effect=keyed&visibility=500ms&receives=0&for=20s",
        promise: "once",
        proof: Proof::NoneOf { seeds: 200 },
    },
    Claim {
        id: "caller",
        sentence: "Two services can talk through a queue though one of them is down.",
        holds: Holds::If("the queue has room for as long as that lasts"),
        link: presets::BLOCKS,
        promise: "caller",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "pressure",
        sentence: "A queue absorbs backpressure.",
        holds: Holds::If("the burst ends: above what consumers can do, what waits grows for ever"),
        link: presets::OVERLOAD,
        promise: "lag",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "events",
        sentence: "Events go by publish and subscribe.",
        holds: Holds::If("who is away may miss them; else it takes a queue for each subscriber, or a log"),
        link: presets::FANOUT,
        promise: "kept",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "ordered",
        sentence: "A log keeps order.",
        holds: Holds::If(
            "it is asked of one key, by one producer in sequence, and the partitions stay as many",
        ),
        link: presets::MORE_PARTITIONS,
        promise: "order",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "state",
        sentence: "Kafka's consumers keep their position, and its brokers keep no state for them.",
        holds: Holds::No(
            "What a group has committed is kept by its brokers: whoever takes a partition over reads on from there.",
        ),
        link: presets::REBALANCE,
        promise: "kept",
        proof: Proof::Shown(fidelity::reads_on),
    },
    Claim {
        id: "acks",
        sentence: "With acks=all no acknowledged message is lost.",
        holds: Holds::If("min.insync.replicas is 2 or more, and no election is unclean"),
        link: presets::UNCLEAN,
        promise: "kept",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "more",
        sentence: "More consumers give more throughput.",
        holds: Holds::If("there are partitions for them: of two, the third and fourth have none"),
        link: "messaging?channel=log&rate=16&keys=8&consumers=4&work=100ms&late=3s&for=30s",
        promise: "lag",
        proof: Proof::Shown(fidelity::more_consumers),
    },
    Claim {
        id: "replay",
        sentence: "Events can be replayed to recover a state.",
        holds: Holds::If("all are kept, and what comes of them is keyed or begins from nothing"),
        link: presets::REPLAY,
        promise: "once",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "boundary",
        sentence: "A failing message is retried, and the rest go on.",
        holds: Holds::If("there is somewhere to put it aside; a log's partition stands still"),
        link: presets::POISON_LOG,
        promise: "moving",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "dead",
        sentence: "Only bad messages become dead letters.",
        holds: Holds::No("One that takes longer than it is hidden for does, too."),
        link: presets::SHORT,
        promise: "once",
        proof: Proof::Shown(fidelity::good_letters),
    },
];

//! What is often said of clocks, and the runs that decide it.

use super::params::Params;
use super::{fidelity, presets, shows};
use crate::lab::shows::Stamped;
use crate::lab::{Claim, Detail, Holds, Lab, Proof, State};
use crate::parts::version_vector::Causality;

/// Two writes of one register, the second by a process that has received the first.
const IN_TURN: &str = "clocks?load=script&offset=0ms&for=400ms&do=100ms:ask:n1:write.1,300ms:ask:n2:write.2";

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "smaller",
        sentence: "The event with the smaller Lamport stamp happened first.",
        holds: Holds::No("An effect has a greater stamp than its cause; two stamps of events that could not know of each other say nothing."),
        link: presets::CONCURRENT,
        promise: "converse",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "equal",
        sentence: "Events with equal Lamport stamps are concurrent.",
        holds: Holds::If("processes keep what they have counted: of one process no two stamps are equal, and an effect's is greater"),
        link: "clocks?writes=0.5",
        promise: "tied",
        proof: Proof::NoneOf { seeds: 300 },
    },
    Claim {
        id: "senders-entry",
        sentence: "On receipt, a process updates the sender’s entry of its vector.",
        holds: Holds::No("All entries: what the sender had heard from others is lost otherwise."),
        link: presets::SENDER_ONLY,
        promise: "vector",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "every-entry",
        sentence: "One vector is before another if it is less in every entry.",
        holds: Holds::No("At most as great in all and less in one: a message says nothing of those who have said nothing."),
        link: presets::STRICT,
        promise: "vector",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "false-conflicts",
        sentence: "Vector clocks report no false conflicts.",
        holds: Holds::If("there is an entry for each process and none is pruned"),
        link: "clocks?n=5",
        promise: "vector",
        proof: Proof::NoneOf { seeds: 300 },
    },
    Claim {
        id: "pruning",
        sentence: "Vectors may be pruned without harm: old entries are of no use.",
        holds: Holds::No("A cause whose entry is gone looks concurrent."),
        link: presets::PRUNED,
        promise: "vector",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "hybrid-conflicts",
        sentence: "Hybrid logical clocks detect conflicting writes.",
        holds: Holds::No("Their stamps have an order for two writes that did not know of each other, as numbers do."),
        link: presets::BLIND,
        promise: "hybrid",
        proof: Proof::Shown(hybrid_orders_blind_writes),
    },
    Claim {
        id: "near",
        sentence: "A hybrid clock stays near the physical one.",
        holds: Holds::If("all clocks are right to within ε, and a process's events are a tick apart"),
        link: "clocks?spacing=1ms",
        promise: "hybrid",
        proof: Proof::NoneOf { seeds: 300 },
    },
    Claim {
        id: "last-wins",
        sentence: "With last write wins, the last write wins.",
        holds: Holds::No("The greatest timestamp wins: a fast clock's write outlives all that come after it."),
        link: presets::FAST,
        promise: "last",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "logical-wins",
        sentence: "With logical timestamps a write never loses to one that its writer had seen.",
        holds: Holds::Yes,
        link: "clocks?writes=0.5&offset=1s&eps=1s&lww=hlc",
        promise: "seen",
        proof: Proof::Shown(fidelity::logical_timestamps_lose_nothing_seen),
    },
    Claim {
        id: "no-physical",
        sentence: "Never order events of different machines by physical timestamps.",
        holds: Holds::If("no bound on the clocks' error is known and waited for; with one, the order is that of real time"),
        link: "clocks?load=pair&gap=0ms&wait=on",
        promise: "external",
        proof: Proof::NoneOf { seeds: 1_000 },
    },
    Claim {
        id: "waiting",
        sentence: "Waiting for twice the uncertainty makes timestamps follow real time.",
        holds: Holds::If("the uncertainty is true: here clocks are farther off than is believed, and it fails"),
        link: presets::BELIEVED,
        promise: "external",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "ntp",
        sentence: "NTP keeps clocks within milliseconds of each other.",
        holds: Holds::If("both ways of an exchange take as long: half of what they differ is its error, and nobody sees it"),
        link: "clocks?load=script&offset=0ms&eps=5ms&sync=step&sync_every=100ms&there=uniform-1ms-80ms&back=1ms&wait=on&do=350ms:ask:n1:write.1,370ms:ask:n2:write.2,550ms:ask:n3:write.3,570ms:ask:n1:write.4,750ms:ask:n2:write.5,770ms:ask:n3:write.6",
        promise: "external",
        proof: Proof::SomeOf { seeds: 100, at_least: 10 },
    },
    Claim {
        id: "forward",
        sentence: "A clock only moves forward.",
        holds: Holds::No("A clock that is set right steps back, and a duration across the step is negative."),
        link: presets::BACKWARDS,
        promise: "forward",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "same-key",
        sentence: "Two writes are concurrent when both are to the same key.",
        holds: Holds::No("They are if neither writer could know of the other's: concurrency knows no keys."),
        link: IN_TURN,
        promise: "vector",
        proof: Proof::Shown(writes_in_turn),
    },
];

/// The writes of a run, in order, and what the hybrid clock says of the first two.
fn two_writes(link: &str) -> (Vec<Stamped>, Option<Causality>) {
    let scenario = fidelity::scenario(link, 1);
    let stamps = shows::stamps(&Params::of(&scenario.values));
    let events = stamps.events(&super::LAB.run(&scenario, Detail::Full));
    let writes: Vec<Stamped> = events.into_iter().filter(|event| event.word == "write").collect();
    let stamp = |event: &Stamped| (event.process, event.stamps[shows::HYBRID].clone());
    let claim = writes.first().zip(writes.get(1)).map(|(one, other)| {
        let ((a, one), (b, other)) = (stamp(one), stamp(other));
        stamps.clocks[shows::HYBRID].order.compare((a, &one), (b, &other))
    });
    (writes, claim)
}

/// Two blind writes: the pair is concurrent, and hybrid stamps have an order for it.
fn hybrid_orders_blind_writes() -> Result<String, String> {
    match two_writes(presets::BLIND) {
        (writes, Some(Causality::Before)) if !writes[0].happened_before(&writes[1]) => {
            Ok("two writes that did not know of each other, and the one has the smaller hybrid stamp".into())
        }
        (writes, claim) => Err(format!("{} writes, and the hybrid clock says {claim:?}", writes.len())),
    }
}

/// Two writes of the one register, the second by a process that has received the first.
fn writes_in_turn() -> Result<String, String> {
    let (writes, _) = two_writes(IN_TURN);
    match writes.as_slice() {
        [one, other] if one.happened_before(other) => Ok("two writes of one register, one before the other".into()),
        writes => Err(format!("{} writes, not one before the other", writes.len())),
    }
}

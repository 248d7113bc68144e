//! What is often said of clocks, and the runs that decide it.

use super::{fidelity, presets};
use crate::lab::{Claim, Detail, Holds, Proof, State};

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
        holds: Holds::No("Any two of their stamps are ordered, those of writes that did not know of each other included."),
        link: presets::BLIND,
        promise: "hybrid",
        proof: Proof::Shown(hybrid_orders_all),
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
        link: "clocks?lww=hlc&offset=1s&eps=1s&writes=0.5",
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
        link: "clocks?load=script&offset=0ms&sync=step&sync_every=100ms&there=uniform-1ms-80ms&back=1ms&eps=5ms&wait=on&for=1s&do=350ms:ask:n1:write.1,370ms:ask:n2:write.2,550ms:ask:n3:write.3,570ms:ask:n1:write.4,750ms:ask:n2:write.5,770ms:ask:n3:write.6",
        promise: "external",
        proof: Proof::SomeOf { seeds: 100, at_least: 20 },
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
        link: "clocks?load=script&offset=0ms&for=400ms&do=100ms:ask:n1:write.1,300ms:ask:n2:write.2",
        promise: "vector",
        proof: Proof::Shown(writes_in_turn),
    },
];

/// Two blind writes: the pair is concurrent, and hybrid stamps have an order for it.
fn hybrid_orders_all() -> Result<String, String> {
    let run = fidelity::outcome(presets::BLIND, 1, Detail::Totals);
    let (concurrent, ordered) = (run.tally("concurrent").unwrap_or(0), run.tally("hybrid_ordered").unwrap_or(0));
    let said = format!("of {concurrent} concurrent pairs hybrid stamps order {ordered}");
    if concurrent > 0 && ordered == concurrent { Ok(said) } else { Err(said) }
}

/// Two writes of the one register, the second by a process that has received the first.
fn writes_in_turn() -> Result<String, String> {
    let link = "clocks?load=script&offset=0ms&for=250ms&do=100ms:ask:n1:write.1,200ms:ask:n2:write.2";
    let run = fidelity::outcome(link, 1, Detail::Full);
    let stamps = super::shows::stamps(&super::params::Params::of(&fidelity::scenario(link, 1).values));
    let events = stamps.events(&run, Some(u32::MAX));
    let writes: Vec<_> = events.iter().filter(|event| event.word == "write").collect();
    match writes.as_slice() {
        [one, other] if one.happened_before(other) => Ok("two writes of one register, one before the other".into()),
        writes => Err(format!("{} writes, not one before the other", writes.len())),
    }
}

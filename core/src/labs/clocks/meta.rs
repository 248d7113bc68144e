//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::facts! {
    LAMPORT "Lamport stamp" Face "The Lamport stamp of the last event.";
    REGISTER "register" Face "The value of the register, as this process has it.";
    EVENT "event" Inspector "What has just happened here: an event.";
    NUMBER "number" Inspector "The number of that event at its process.";
    PHYSICAL "physical clock" Inspector "What the process's clock shows, corrections included.";
    VECTOR "vector" Inspector "Of each process, how many of its events could be known here." of process;
    HLC "hybrid stamp" Inspector "The hybrid stamp of the last event: a time, and a count." of hybrid;
    INTERVAL "interval" Inspector "Between what the true time is believed to have been at the last event." of end;
    ELAPSED "elapsed" Inspector "How long the event before was ago, as the process measures it.", in Us;
    ROUND_TRIP "round trip" Inspector "What the last exchange with the time server took.", in Us;
    BEHIND "behind" Inspector "By how much the clock was behind the time server's, as far as that exchange could tell.", in Us;
}

fn process(index: u16) -> String {
    format!("n{}", index + 1)
}

fn hybrid(index: u16) -> String {
    if index == 0 { "time" } else { "count" }.to_owned()
}

fn end(index: u16) -> String {
    if index == 0 { "earliest" } else { "latest" }.to_owned()
}

crate::declare::figures! {
    events Things "Events of processes; the first thousand are compared with each other.";
    messages Things "Notes and writes that were sent to another process.";
    causal Things "Pairs of events of which one could have caused the other.";
    concurrent Things "Pairs of which neither could know of the other.";
    physical_reversed Things "Causal pairs that physical clocks have the wrong way round.";
    lamport_ordered Things "Concurrent pairs to which Lamport stamps give an order.";
    vector_missed Things "Causal pairs that vectors do not have in their order.";
    vector_invented Things "Concurrent pairs to which vectors give an order.";
    hybrid_ordered Things "Concurrent pairs to which hybrid stamps give an order.";
    ahead_ms Us "The most that a hybrid stamp was ahead of its process's own clock.";
    counted Things "The most that a hybrid stamp has counted to.";
    writes Things "Writes of the register, among the events that are compared.";
    write_ms Us "What a write took on average, commit wait included.";
    lost Things "Writes that lose to one that had ended before they began.";
    lost_seen Things "Writes that lose to one that their writer had seen.";
    inverted Things "Writes whose interval timestamp is not after that of one that had ended before.";
    shortest_ms Us "The shortest time between two events of a process, as it measured it.";
    exchanges Things "Answers of the time server that were used.";
    error_ms Us "The most that such an answer misjudged a clock.";
    error_squared Millionths "The mean square of that, in square milliseconds.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "clocks",
    title: "Time and order",
    summary: "Processes whose clocks disagree: what a timestamp, a Lamport clock, a vector, a hybrid clock and an interval can say of what came first.",
    part: BookPart::Coordination,
    chapters: &["Time"],
    views: &["stamps", "spacetime", "stage", "operations", "charts"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("condition", "Does an effect have a greater Lamport stamp than its cause?", "clock condition"),
        promise("tied", "Do only events that could not know of each other share a Lamport stamp?", "equal means concurrent"),
        promise("converse", "Does a smaller Lamport stamp mean that it came before?", "converse of the clock condition"),
        promise("vector", "Do vectors say exactly what could have caused what?", "strong clock condition"),
        promise("hybrid", "Does a hybrid stamp follow cause and effect, and stay near its clock?", "bounds of hybrid logical clocks"),
        promise("last", "Does the last write win?", "last write wins, in real time"),
        promise("seen", "Does a write win over what its writer had seen?", "causal order of writes"),
        promise("external", "Does a later write have the later interval timestamp?", "external consistency"),
        promise("forward", "Is no measured duration negative?", "monotonic time"),
    ],
    requests: &[
        RequestSpec { example: "tick", about: "an event that concerns nobody else" },
        RequestSpec { example: "send.n2", about: "a note to n2" },
        RequestSpec { example: "write.7", about: "a write of the register, for all others" },
    ],
    horizon_us: 1_000_000,
    modelled: &[
        "An event is a step of a process: something of its own, the sending of a note or of a write to all others, the end of a write, or the receipt of a message. What could have caused what is the order at each process and the messages between events; the exchanges with the time server are no events.",
        "Every event is stamped by a physical clock, Lamport's clock (1978), a vector clock (Fidge, Mattern), a hybrid logical clock (Kulkarni et al. 2014) and an interval clock (as Spanner's TrueTime), all at once.",
        "Physical clocks with an offset and a drift of their own, set and bent by the script, corrected by exchanges with a time server (Cristian, NTP's offset), at once or by slewing; and the same clock as if never set, for durations.",
        "Vectors pruned as Dynamo prunes them: the entries that were raised last, by Lamport stamp, are kept.",
        "A register that keeps the write with the greatest timestamp; commit wait until the interval timestamp is past for sure.",
        "Logical clocks and the register are on disk: a crash leaves them, a wipe does not.",
    ],
    left_out: &[
        "NTP's clock filter and its selection among several servers; its frequency discipline: each answer is taken as it is, and drift is corrected only by being corrected again. Leap seconds and their smear: set a clock by the script.",
        "Hybrid clocks that refuse stamps from too far ahead (a maximal offset).",
        "CockroachDB's uncertainty interval: there the reader restarts, and the writer does not wait.",
        "Reads of the register; versions that are kept as siblings: the lab quorum has them.",
        "Vectors compare what could have caused what; that processes come and go, and interval tree clocks, are left out.",
        "Pairs of events are compared among the first thousand.",
    ],
    revision: 1,
    changelog: &["First published."],
};

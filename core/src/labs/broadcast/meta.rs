//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::facts! {
    STATE "state" Face "The last commands that the replica has carried out, or what it rolled for them.";
    ROLE "role" Role "Whether it is the sequencer, leads, or has crashed and is out.";
    BROADCASTS "broadcasts" Inspector "What it has broadcast." of number;
    DELIVERS "delivers" Inspector "What it has delivered: a letter for the sender, and the sender's number for it." of nth;
    ROLLS "rolls" Inspector "What the replica has rolled for a command." of nth;
    WAITS "holds back" Inspector "Messages that are here and have not been delivered.";
    HELD "held back so far" Inspector "How many messages had to wait here for others.";
    PLANNED "has yet to say" Inspector "How many broadcasts it will begin of itself.";
}

fn number(index: u16) -> String {
    format!("no. {}", index.saturating_add(1))
}

fn nth(index: u16) -> String {
    format!("place {}", index.saturating_add(1))
}

crate::declare::figures! {
    fifo_broken Things "Whether some process delivered a message before one that its sender had sent earlier (0 or 1).";
    cause_broken Things "Whether some process delivered a message before one that could have caused it (0 or 1).";
    disagree Things "Whether two processes delivered two messages in different orders (0 or 1); where two send, two of those that send nothing.";
    not_everybody Things "Whether a live process lacks, in the end, what a live one broadcast or anybody delivered (0 or 1).";
    deliver_ms Us "How long it took on average until the last live process delivered a message, of those that all have.";
    messages Things "Messages that were sent; the passing of a token, elections and the signs of a leader are not counted.";
    held_back_share Millionths "How many deliveries to others than the sender had to wait for an earlier message.";
    diverged Things "Live replicas that differ from the first live one, after as many commands as both have carried out.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "broadcast",
    title: "Broadcast",
    summary: "Reliable, FIFO, causal, total: four promises about who delivers what in which order, and the replicated machines that stand on them.",
    part: BookPart::Coordination,
    chapters: &["Replication"],
    views: &["orders", "spacetime", "stage", "charts"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("reaches", "What a live process sends, do all live ones deliver?", "validity"),
        promise("together", "If one live process delivers it, do all live ones?", "agreement"),
        promise("even_dead", "…even if the one that delivered it has died?", "uniform agreement"),
        promise("once", "Is nothing delivered twice?", "integrity"),
        promise("fifo", "Do one sender's messages come in the order in which it sent them?", "FIFO order"),
        promise("cause", "Does an answer never come before its question?", "causal order"),
        promise("same_order", "Do all deliver in one order?", "total order"),
        promise(
            "same_state",
            "Are the replicas equal after the same number of commands?",
            "state machine replication",
        ),
    ],
    requests: &[RequestSpec { example: "say", about: "a broadcast" }],
    horizon_us: 1_000_000,
    modelled: &[
        "Best-effort, eager reliable and majority-ack uniform broadcast (Cachin, Guerraoui and Rodrigues 2011, algorithms 3.1, 3.3 and 3.5); the properties are those of Hadzilacos and Toueg 1994. Who delivers its own message at once does so before it sends it.",
        "FIFO and causal order by a hold-back queue, on the sender's numbers and on vectors (Birman, Schiper and Stephenson 1991). Under a total order the queue stands where messages get their place: at the sequencer, or before a stamp is proposed.",
        "Total order by a sequencer that passes messages on or gives numbers, by the greatest proposed stamp (Skeen; Birman and Joseph 1987), by Lamport stamps with acknowledgements (1978), by a token (the classes of Défago, Schiper and Urbán 2004); by consensus on each place (Chandra and Toueg 1996), here a log of Paxos decrees whose first leader stands from the start, who tells at once what was chosen; a sender gives it again what is not delivered in time.",
        "Lamport stamps need links in order: processes number what they say, and hear each other in that order.",
        "What could have caused what: what a sender had broadcast or delivered before, and what could have caused that. Orders are judged for every process, the dead ones too.",
        "A replicated machine (Schneider 1990) whose commands are written down, or roll a die: at each replica, or once at the sender.",
        "Crash-stop: who crashes has forgotten all, and takes no further part when it is started again.",
    ],
    left_out: &[
        "Group membership and view synchrony: but by consensus nobody replaces who is down; a dead sequencer, proposer or token holder stops all. Messages to several groups that overlap.",
        "But by consensus nothing is sent again: what the network or the script loses is lost. The published protocols stand on links that lose nothing.",
        "Byzantine processes.",
        "How fast a sequencer is when many send at once: processes work for nothing.",
    ],
    revision: 1,
    changelog: &["First published."],
};

//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// A question, and its answer, which may come first.
pub const TRIANGLE: &str = "broadcast?load=triangle&link_fifo=on";
/// Two messages of one sender.
pub const OVERTAKEN: &str = "broadcast?load=pair&gap=5ms";
/// Two senders at once, and nobody gives an order.
pub const TWO: &str = "broadcast?load=two&gap=0ms";
/// Everybody has the wrong order.
pub const NOT_CAUSAL: &str = "broadcast?load=pair&gap=5ms&total=on&seed=6";
/// A sender that dies having told one other.
pub const HALF_SENT: &str = "broadcast?load=one&do=0ms:fail:n1:data:1";
/// The sequencer delivers a message, and dies before anybody else has it.
pub const DIES_FIRST: &str =
    "broadcast?load=one&reach=reliable&total=on&do=0ms:drop:n3-n1:order,0ms:fail:n3:order:1";
/// The same, where a message counts once more than half have it.
pub const UNIFORM: &str =
    "broadcast?load=one&reach=uniform&total=on&do=0ms:drop:n3-n1:order,0ms:fail:n3:order:1";
/// One of four is down, and all wait for its stamp.
pub const STALLS: &str = "broadcast?load=one&total=on&via=lamport&do=0ms:crash:n4";
/// The leader dies while messages are under way.
pub const CONSENSUS: &str = "broadcast?total=on&via=consensus&do=40ms:crash:n3";
/// Each replica rolls a die of its own.
pub const DICE: &str = "broadcast?load=two&total=on&app=dice";

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "chat",
        "Everybody talks",
        "Four processes, eight messages, nothing promised about their order: each line that crosses another is a disagreement.",
        "broadcast",
    ),
    preset(
        "half-sent",
        "Dies in mid-broadcast",
        "n1 crashes having sent to n2 alone: one delivers, and two others never will.",
        HALF_SENT,
    ),
    preset(
        "relayed",
        "Passed on",
        "The same, but whoever receives it for the first time passes it on.",
        "broadcast?load=one&reach=reliable&do=0ms:fail:n1:data:1",
    ),
    preset(
        "twice",
        "Twice",
        "The network doubles a message, and nobody asks whether it has been there.",
        "broadcast?load=one&for=100ms&do=0ms:dup:n1-n2:data",
    ),
    preset(
        "overtaken",
        "Overtaken",
        "n1 sends two messages 5 ms apart, and the second arrives first.",
        OVERTAKEN,
    ),
    preset(
        "fifo",
        "In its sender's order",
        "The same luck: what comes too early waits for what was sent before it.",
        "broadcast?load=pair&gap=5ms&fifo=on",
    ),
    preset(
        "triangle",
        "The answer comes first",
        "n1 asks all, n2 answers all: somebody hears the answer before the question. Every link keeps its order.",
        TRIANGLE,
    ),
    preset(
        "triangle-causal",
        "The answer waits",
        "The same luck: the answer carries what its sender had delivered, and waits for it.",
        "broadcast?load=triangle&causal=on&link_fifo=on",
    ),
    preset(
        "two-senders",
        "Two at once",
        "Neither knows of the other, so that any order is causal; n3 and n4 do not have the same.",
        TWO,
    ),
    preset(
        "sequencer",
        "A sequencer",
        "The same two go to n3, which gives them their places: one order for all.",
        "broadcast?load=two&gap=0ms&total=on",
    ),
    preset(
        "total-not-causal",
        "One order, the wrong one",
        "The second message overtakes the first on its way to the sequencer: all deliver them in one order, and not in their sender's.",
        NOT_CAUSAL,
    ),
    preset(
        "sequencer-dies-first",
        "Only the dead one has it",
        "The sequencer delivers a message and dies in mid-broadcast; its one copy is lost. Nobody alive ever delivers it.",
        DIES_FIRST,
    ),
    preset(
        "uniform",
        "Delivered when more than half have it",
        "The same death: nobody has delivered it, so that nobody alive contradicts the dead. It is lost all the same.",
        UNIFORM,
    ),
    preset(
        "skeen",
        "The greatest proposal",
        "No sequencer: each proposes a stamp for each message, and the greatest is the message's.",
        "broadcast?load=two&gap=0ms&total=on&via=skeen",
    ),
    preset(
        "lamport-stalls",
        "One is silent, all wait",
        "Order by Lamport stamps waits for a later one from everybody; n4 is down.",
        STALLS,
    ),
    preset(
        "token",
        "Whoever has the token",
        "It goes round; who has it gives numbers to what it has to say.",
        "broadcast?total=on&via=token",
    ),
    preset(
        "consensus",
        "Agreed place by place",
        "The leader dies in the middle of it all: another takes over, and what live processes said is delivered.",
        CONSENSUS,
    ),
    preset(
        "dice",
        "The same order, another state",
        "Two commands in one order at all four replicas, each of which rolls a die of its own.",
        DICE,
    ),
    preset(
        "logged",
        "The die is in the command",
        "The same, but the sender rolls, and the command says what.",
        "broadcast?load=two&total=on&app=dice&resolve=sender",
    ),
];

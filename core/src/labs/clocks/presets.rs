//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// a sends to b, b to c: what c knows of a.
pub const SENDER_ONLY: &str =
    "clocks?load=script&offset=0ms&rule=sender-only&for=400ms&do=100ms:ask:n1:send.n2,200ms:ask:n2:send.n3";
/// The same, compared by the other wrong rule.
pub const STRICT: &str =
    "clocks?load=script&offset=0ms&rule=strict&for=400ms&do=100ms:ask:n1:send.n2,200ms:ask:n2:send.n3";
/// The same, with two entries for three processes.
pub const PRUNED: &str =
    "clocks?load=script&offset=0ms&entries=2&for=400ms&do=100ms:ask:n1:send.n2,200ms:ask:n2:send.n3";
/// Two events each, and no message.
pub const CONCURRENT: &str = "clocks?load=script&offset=0ms&for=300ms&do=100ms:ask:n1:tick,120ms:ask:n2:tick,200ms:ask:n1:tick,220ms:ask:n2:tick";
/// Two writes of which neither saw the other.
pub const BLIND: &str =
    "clocks?load=script&offset=0ms&lww=hlc&for=300ms&do=100ms:ask:n1:write.5,105ms:ask:n2:write.6";
/// A clock that is 200 ms fast and is set right between two events.
pub const BACKWARDS: &str = "clocks?load=script&offset=0ms&sync=step&sync_every=250ms&for=500ms&do=0ms:clock:n1:200ms,100ms:ask:n1:tick,200ms:ask:n1:tick,300ms:ask:n1:tick,400ms:ask:n1:tick&b.measure=monotonic";
/// One clock is fast.
pub const FAST: &str = "clocks?load=script&offset=0ms&for=600ms&do=0ms:clock:n1:300ms,100ms:ask:n1:write.1,200ms:ask:n2:write.2,300ms:ask:n3:write.3,450ms:ask:n2:write.4&b.lww=hlc";
/// Two writes, the second 5 ms after the first had ended.
pub const NO_WAIT: &str = "clocks?load=pair&gap=5ms&for=300ms&b.wait=on";
/// Clocks are up to 40 ms off and are believed to be within 5 ms.
pub const BELIEVED: &str = "clocks?load=pair&gap=5ms&eps=5ms&wait=on&for=300ms";
/// A process forgets what it had counted.
pub const AMNESIA: &str = "clocks?load=script&offset=0ms&for=600ms&do=100ms:ask:n1:tick,200ms:ask:n1:send.n2,300ms:wipe:n1,350ms:start:n1,400ms:ask:n1:tick,500ms:ask:n1:tick";
/// Many events within a tick.
pub const BURST: &str = "clocks?every=uniform-200us-2ms&delay=uniform-1ms-3ms&offset=1ms&eps=1ms&tick=5ms&for=60ms&b.spacing=5ms";
/// One clock is a second ahead, and is believed to be right.
pub const DRAGGED: &str = "clocks?load=script&offset=0ms&for=500ms&do=0ms:clock:n1:1s,100ms:ask:n2:tick,200ms:ask:n1:send.n2,300ms:ask:n2:tick,400ms:ask:n2:send.n3";

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "skew",
        "Three clocks that disagree",
        "Each is up to 40 ms off: some effects carry an earlier time than their causes.",
        "clocks",
    ),
    preset(
        "max",
        "max(1, 2) + 1 = 3",
        "n1 counts 1 and 2 and sends, n2 has counted 1: the receipt is stamped 3.",
        "clocks?load=script&offset=0ms&for=400ms&do=100ms:ask:n1:tick,150ms:ask:n2:tick,200ms:ask:n1:send.n2",
    ),
    preset("concurrent", "Neither before the other", "Two events each and no message: Lamport stamps give an order, vectors say that there is none.", CONCURRENT),
    preset("sender-only", "Only the sender’s entry", "n1 tells n2, n2 tells n3, and n3 takes over n2’s entry alone: it does not know that it could know of n1.", SENDER_ONLY),
    preset("strict", "Less in every entry", "The other wrong rule: nearly nothing is before anything.", STRICT),
    preset("pruned", "A pruned vector invents a conflict", "Vectors keep two of three entries: a cause that was forgotten looks concurrent.", PRUNED),
    preset("blind", "Hybrid stamps order what is concurrent", "Two writes of which neither saw the other: the hybrid clock has an order for them, as every number has.", BLIND),
    preset(
        "backwards",
        "A negative duration",
        "n1’s clock is 200 ms fast, asks for the time and steps back. Beside it, the same measured by the monotonic clock.",
BACKWARDS,
    ),
    preset("fast", "A fast clock wins every conflict", "n1 is 300 ms ahead: what n2 and n3 write after it, having seen it, loses to it. Beside it, timestamps by the hybrid clock.", FAST),
    preset("no-wait", "Later, with the earlier timestamp", "Two transactions 5 ms apart, clocks up to 40 ms off. Beside it, each waits until its timestamp is past for sure.", NO_WAIT),
    preset("believed", "An ε that is not true", "Clocks are up to 40 ms off and are believed to be within 5 ms: who waits for 10 ms waits in vain.", BELIEVED),
    preset("dragged", "One clock drags all others along", "n1 is a second ahead: whoever hears of it stamps a second ahead, too.", DRAGGED),
    preset("burst", "Many events within a tick", "Hybrid stamps count on while the time stands still. Beside it, a process works a tick on each.", BURST),
    preset(
        "slew",
        "Step or slew",
        "Clocks that are up to 150 ms off are set right at once, and some durations are negative; beside it, they run up to a fifth faster or slower.",
        "clocks?every=uniform-20ms-60ms&offset=150ms&eps=150ms&sync=step&sync_every=250ms&for=600ms&b.sync=slew&b.slew_rate=200000&b.step_at=1s",
    ),
    preset("amnesia", "A clock that forgets", "n1’s disk is wiped, and it counts from 1 again: effects get smaller stamps than their causes.", AMNESIA),
];

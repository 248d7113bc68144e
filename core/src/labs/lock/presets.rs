//! Scenarios worth opening, in an order in which they tell the story.

use crate::lab::{Preset, preset};

/// A holder pauses until its lease is over, and writes after its successor.
pub const PAUSE: &str =
    "lock?rate=0&op=blind&for=20s&do=0ms:ask:c1:update,1s:pause:c1:15s,2.5s:ask:c2:update";
/// The same, and the resource looks at tokens.
pub const FENCED: &str =
    "lock?rate=0&op=blind&guard=writes&for=20s&do=0ms:ask:c1:update,1s:pause:c1:15s,2.5s:ask:c2:update";
/// It wakes up when its successor has read and has not written.
pub const TOO_LATE: &str =
    "lock?rate=0&guard=writes&for=16s&do=0ms:ask:c1:update,1s:pause:c1:10.5s,2.5s:ask:c2:update";
/// The same, and reads count as well.
pub const READS_TOO: &str =
    "lock?rate=0&guard=all&for=16s&do=0ms:ask:c1:update,1s:pause:c1:10.5s,2.5s:ask:c2:update";
/// The same with compare-and-set.
pub const CAS: &str =
    "lock?rate=0&guard=cas&for=16s&do=0ms:ask:c1:update,1s:pause:c1:10.5s,2.5s:ask:c2:update";
/// The same without a guard: both have read the same value.
pub const BOTH_READ: &str = "lock?rate=0&for=16s&do=0ms:ask:c1:update,1s:pause:c1:10.5s,2.5s:ask:c2:update";
/// The pause comes after the look at the clock.
pub const CHECKED: &str =
    "lock?rate=0&op=blind&check=before&for=20s&do=0ms:ask:c1:update,2.015s:pause:c1:15s,2.5s:ask:c2:update";
/// A holder crashes while its write is on its way.
pub const MAIL: &str = "lock?rate=0&op=blind&delay=12ms&for=18s&do=0ms:ask:c1:update,1.5s:slow:c1:1000,2.5s:ask:c2:update,3s:crash:c1";
/// A holder of a majority of masters pauses.
pub const REDLOCK_PAUSE: &str =
    "lock?rate=0&service=redlock&for=20s&do=0ms:ask:c1:update,1s:pause:c1:15s,2.5s:ask:c2:update";
/// One master's clock is set forward.
pub const REDLOCK_CLOCK: &str = "lock?rate=0&service=redlock&for=8s&do=0ms:cut:c1-n4.n5,0ms:ask:c1:update,1s:heal,1s:clock:n3:10s,1.5s:ask:c2:update";
/// The same on a clock that nobody can set.
pub const REDLOCK_MONOTONIC: &str = "lock?rate=0&service=redlock&timer=monotonic&for=8s&do=0ms:cut:c1-n4.n5,0ms:ask:c1:update,1s:heal,1s:clock:n3:10s,1.5s:ask:c2:update";
/// One master forgets.
pub const REDLOCK_RESTART: &str = "lock?rate=0&service=redlock&fsync=off&for=8s&do=0ms:cut:c1-n4.n5,0ms:ask:c1:update,1s:heal,1s:crash:n3,1.2s:start:n3,1.5s:ask:c2:update";
/// One master forgets, and answers nobody for longer than a lease.
pub const REDLOCK_DELAYED: &str = "lock?rate=0&service=redlock&fsync=off&restart_delay=11s&for=18s&do=0ms:cut:c1-n4.n5,0ms:ask:c1:update,1s:heal,1s:crash:n3,1.2s:start:n3,1.5s:ask:c2:update";
/// Sessions and a queue, and a pause.
pub const SESSION: &str =
    "lock?rate=0&op=blind&service=consensus&for=20s&do=0ms:ask:c1:update,1s:pause:c1:15s,2.5s:ask:c2:update";
/// A primary goes down before its replica has heard of the grant.
pub const REPLICA: &str = "lock?rate=0&work=5s&service=replica&guard=all&for=10s&do=0ms:ask:c1:update,50ms:crash:n1,1.5s:ask:c2:update";
/// A client lets another's lock go.
pub const BLIND_RELEASE: &str = "lock?clients=3&rate=0&work=5s&check=before&release=blind&for=26s&do=0ms:ask:c1:update,1s:pause:c1:10.7s,2.5s:ask:c2:update,2.7s:ask:c3:update";
/// A dead client's lease is long.
pub const LONG: &str =
    "lock?rate=0&patience=100s&ttl=1m&for=70s&do=0ms:ask:c1:update,1s:crash:c1,2.5s:ask:c2:update";
/// Whoever polls at the right moment has it.
pub const TURN: &str =
    "lock?clients=3&rate=0&work=5s&for=20s&do=0ms:ask:c1:update,1.02s:ask:c2:update,4.2s:ask:c3:update";
/// The probe: one write, and a pause before it.
pub const PROBE: &str = "lock?load=probe&pause_share=1&delay=0ms&seed=24&for=1m";

/// The presets.
pub static PRESETS: &[Preset] = &[
    preset(
        "calm",
        "A lock and a lease",
        "Two clients take turns: take the lock, read, work, write, let go.",
        "lock",
    ),
    preset(
        "pause",
        "33 after 34",
        "c1 stands still until its lease is over and another has the lock; then it writes.",
        PAUSE,
    ),
    preset("fenced", "A fence", "The same pause; the resource has seen token 34, and refuses 33.", FENCED),
    preset(
        "late",
        "The fence is too late",
        "c2 has read and not yet written when c1's old token comes: nothing tells the resource.",
        TOO_LATE,
    ),
    preset(
        "reads",
        "Reads count, too",
        "c2's read has shown token 34 to the resource: c1's 33 is refused.",
        READS_TOO,
    ),
    preset(
        "cas",
        "Compare and set",
        "No token: the resource takes a write only if nobody has written since its client read.",
        CAS,
    ),
    preset(
        "both",
        "Both have read the same",
        "Without a guard: putting the same value again would do no harm, and yet an update is lost.",
        BOTH_READ,
    ),
    preset(
        "checked",
        "It has looked at its clock",
        "The lease is good when c1 looks; the pause comes between the look and the write.",
        CHECKED,
    ),
    preset(
        "mail",
        "Mail from the dead",
        "c1 is down, and its write is still on its way when the lock is c2's.",
        MAIL,
    ),
    preset(
        "session",
        "A session under a pause",
        "ZooKeeper and etcd end the session of a client that is not heard of; the client does not hear of it either.",
        SESSION,
    ),
    preset(
        "redlock",
        "Redlock under a pause",
        "Five masters instead of one: the pause does not care.",
        REDLOCK_PAUSE,
    ),
    preset(
        "redlock-clock",
        "One master's clock is set",
        "c1 has three of five; n3's clock is set ten seconds forward, and c2 has three of five.",
        REDLOCK_CLOCK,
    ),
    preset(
        "redlock-monotonic",
        "A clock that nobody can set",
        "The same on monotonic clocks: n3's grant stands.",
        REDLOCK_MONOTONIC,
    ),
    preset(
        "redlock-restart",
        "One master forgets",
        "c1 has three of five; n3 comes up without its grants, and c2 has three of five.",
        REDLOCK_RESTART,
    ),
    preset(
        "redlock-delayed",
        "A delayed restart",
        "n3 answers nobody until all it may have granted is over.",
        REDLOCK_DELAYED,
    ),
    preset(
        "replica-failover",
        "Granted, not yet copied",
        "n1 goes down before it has copied its grant: n2 takes over and grants the lock again, under the same number.",
        REPLICA,
    ),
    preset(
        "blind",
        "Somebody else's lock",
        "c1 lets go without looking whose lock it is: it is c2's, and c3 has it at once.",
        BLIND_RELEASE,
    ),
    preset("long", "A long lease", "c1 is dead, and nobody can have the lock for a minute.", LONG),
    preset(
        "turn",
        "Who polls in time",
        "c3 asks later than c2, and happens to ask again just after the lock is free.",
        TURN,
    ),
    preset(
        "queue",
        "A queue",
        "Sessions stand in line: the next is told that it is its turn.",
        "lock?clients=3&rate=0&work=5s&service=consensus&for=20s&do=0ms:ask:c1:update,1.02s:ask:c2:update,4.2s:ask:c3:update",
    ),
    preset(
        "renewed",
        "Work longer than a lease",
        "The work takes 25 s, the lease lasts 10 s, and is renewed in time.",
        "lock?rate=0&work=25s&patience=100s&renew=on&for=1m&do=0ms:ask:c1:update,2.5s:ask:c2:update",
    ),
    preset(
        "probe",
        "One write, one pause",
        "A pause drawn by dice before a single write: is the lease over when it is taken?",
        PROBE,
    ),
];

//! Scenarios worth opening, in an order in which they tell the story.

use crate::lab::{Preset, preset};

/// The leader crashes.
pub const CRASH: &str = "leader?for=30s&do=7.2s:crash:n1";
/// The leader stands still for longer than its lease, and its timer for the job is the first thing that it hears of.
pub const PAUSED: &str = "leader?tick=20s&catchup=on&for=65s&do=35.5s:pause:n1:17.5s";
/// The same, and the resource looks at numbers.
pub const FENCED: &str = "leader?tick=20s&catchup=on&fence=on&for=65s&do=35.5s:pause:n1:17.5s";
/// The pause comes between the look at the clock and the run.
pub const CHECKED: &str = "leader?tick=20s&check=before&catchup=on&for=50s&do=20.005s:pause:n1:21s";
/// The leader's clock is slow, the store's is fast, and the leader is cut off.
pub const DRIFT: &str = "leader?n=2&poll=50ms&job=writes&tick=500ms&for=18s&do=0ms:drift:n1:-50000,0ms:drift:k1:50000,4s:cut:n1-k1";
/// The same with a margin for it.
pub const MARGIN: &str = "leader?n=2&poll=50ms&stop=margin&rate_bound=50000&job=writes&tick=500ms&for=18s&do=0ms:drift:n1:-50000,0ms:drift:k1:50000,4s:cut:n1-k1";
/// The answer takes long, and the leader counts from it.
pub const FROM_ANSWER: &str =
    "leader?from=answer&job=writes&for=22s&do=6.012s:slow:k1:500,6.018s:slow:k1:1,8.7s:cut:n1-k1";
/// The leader never gives up.
pub const NEVER: &str = "leader?stop=never&for=30s&do=7s:cut:n1-k1,25s:heal";
/// The same leader counts by its own clock.
pub const CUT_OFF: &str = "leader?for=30s&do=7s:cut:n1-k1,25s:heal";
/// Bullies on both sides of a cut.
pub const BULLY_CUT: &str =
    "leader?n=5&mechanism=bully&renew=1s&detect=3s&for=20s&do=5s:cut:n1.n2-n3.n4.n5,14s:heal";
/// The least notices that the greatest is down.
pub const BULLY_19: &str =
    "leader?n=5&mechanism=bully&detect=0ms&for=200ms&do=0ms:crash:n5,20ms:ask:n1:elect";
/// The greatest crashes, all notice, and it comes back.
pub const BULLY_CRASH: &str =
    "leader?n=5&mechanism=bully&renew=1s&detect=3s&for=15s&do=5.2s:crash:n5,11s:start:n5";
/// All begin at once on a ring.
pub const RING: &str = "leader?n=5&mechanism=ring&detect=0ms&for=100ms&do=10ms:ask:n.:elect";
/// All watch the first.
pub const HERD: &str =
    "leader?n=9&mechanism=sequence&poll=50ms&watch=first&job=writes&for=250ms&do=150ms:ask:n1:stepdown";
/// Each watches the one before.
pub const CHAIN: &str =
    "leader?n=9&mechanism=sequence&poll=50ms&job=writes&for=250ms&do=150ms:ask:n1:stepdown";
/// Kubernetes' defaults, and a crash.
pub const KUBERNETES: &str = "leader?lease=15s&renew=2s&poll=uniform-2s-4.4s&judge=observer&stop=deadline&from=answer&gap_limit=25s&do=9.2s:crash:n1";
/// A clean step down with the same.
pub const STEPDOWN: &str = "leader?lease=15s&renew=2s&poll=uniform-2s-4.4s&judge=observer&stop=deadline&from=answer&gap_limit=25s&do=9.2s:ask:n1:stepdown";
/// The store is down.
pub const STORE_DOWN: &str = "leader?for=45s&do=7s:crash:k1,35s:start:k1";

/// The presets.
pub static PRESETS: &[Preset] = &[
    preset(
        "first",
        "A leader with a lease",
        "n1 has the lease, renews it, and runs the job at each tick; the others look once a second whether it is free.",
        "leader",
    ),
    preset(
        "crash",
        "The leader crashes",
        "Its lease must run out before another can have it: so long nobody leads, and ticks are missed.",
        CRASH,
    ),
    preset(
        "paused",
        "A leader that sleeps",
        "n1 stands still for 17.5 s and goes on where it was: two believe to lead, and tick 2 runs twice.",
        PAUSED,
    ),
    preset("fenced", "A fence", "The same pause; the job has seen number 2, and refuses number 1.", FENCED),
    preset(
        "checked",
        "It has looked at its clock",
        "The lease is good when n1 looks; the pause comes between the look and the run.",
        CHECKED,
    ),
    preset(
        "drift",
        "Clocks that differ",
        "The leader's clock is slow, the store's is fast, and for a second both n1 and n2 lead.",
        DRIFT,
    ),
    preset(
        "margin",
        "A margin",
        "The same clocks; n1 gives up a second earlier, which is what 5 % of drift can take.",
        MARGIN,
    ),
    preset(
        "from-answer",
        "Counted from the answer",
        "The store's answer takes 2.5 s; n1 counts its lease from then, the store from before.",
        FROM_ANSWER,
    ),
    preset(
        "cut-off",
        "Cut off from the store",
        "n1 cannot renew, and gives up when its lease is over by its own clock.",
        CUT_OFF,
    ),
    preset(
        "never",
        "It never gives up",
        "A leader that waits to be told, and is cut off from who would tell it.",
        NEVER,
    ),
    preset(
        "store-down",
        "The store is down",
        "Nobody can renew, nobody can be elected, and there is nothing wrong with the nodes.",
        STORE_DOWN,
    ),
    preset(
        "kubernetes",
        "Kubernetes' defaults",
        "Lease 15 s, deadline 10 s, retry 2 s: the others count from when they saw the record change.",
        KUBERNETES,
    ),
    preset(
        "stepdown",
        "A clean step down",
        "The same, and n1 says that it goes: the next has the lease when it looks.",
        STEPDOWN,
    ),
    preset(
        "chain",
        "In line",
        "Nine sessions in line (ZooKeeper); the first one leaves, and one is told.",
        CHAIN,
    ),
    preset("herd", "A herd", "All watch the first entry: eight are told, and eight ask.", HERD),
    preset(
        "bully",
        "The greatest leads",
        "n5 crashes, all others notice, n4 wins; n5 comes back and takes over.",
        BULLY_CRASH,
    ),
    preset(
        "bully-19",
        "Nineteen messages",
        "n5 is down and n1 alone notices: everybody greater holds an election of its own.",
        BULLY_19,
    ),
    preset(
        "bully-cut",
        "Bullies on both sides",
        "A cut looks like a crash: each side elects its greatest, and both run the job.",
        BULLY_CUT,
    ),
    preset(
        "ring",
        "Around the ring",
        "All five begin at once; a number goes on as long as it meets lesser ones.",
        RING,
    ),
];

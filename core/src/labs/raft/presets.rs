//! Scenarios worth opening, in an order in which they tell the story.

use crate::lab::{Preset, preset};

/// The leader crashes, and comes back.
pub const CRASH: &str = "raft?seed=6&do=1s:crash:n1,2s:start:n1";
/// Two candidates take votes from each other.
pub const SPLIT: &str = "raft?n=4&timeout=uniform-150ms-200ms&seed=18&for=2s";
/// The leader is cut off with one other, and with a client.
pub const MINORITY: &str = "raft?rate=10&seed=6&do=1s:cut:n1.n2.c1-n3.n4.n5.c2,2s:heal";
/// A deposed leader is asked for a read.
pub const STALE: &str = "raft?rate=0&patience=1s&read=plain&seed=6&for=3.5s&do=500ms:ask:c1:put.x.1,1s:cut:n1.n2.c1-n3.n4.n5.c2,1.4s:ask:c2:put.x.2,2.2s:ask:c1:get.x";
/// The same, which asks a majority first.
pub const CURRENT: &str = "raft?rate=0&patience=1s&seed=6&for=3.5s&do=500ms:ask:c1:put.x.1,1s:cut:n1.n2.c1-n3.n4.n5.c2,1.4s:ask:c2:put.x.2,2.2s:ask:c1:get.x";
/// A server that was away is elected by one that knows more.
pub const LOST: &str = "raft?n=3&rate=0&up_to_date=off&seed=0&for=2.5s&do=600ms:cut:n3-n1.n2.c.,800ms:ask:c1:put.x.1,1.2s:crash:n1,1.2s:heal,1.7s:ask:c1:put.x.2,2s:ask:c2:get.x";
/// A server votes twice in a term, for it forgets its vote.
pub const VOTES: &str = "raft?n=3&rate=20&votes=off&delay=uniform-5ms-30ms&seed=217&for=1s&do=0ms:cut:n1-n2,180ms:crash:n3,181ms:start:n3";
/// n5 hears nobody, and is heard.
pub const DEAF: &str = "raft?seed=6&for=4s&do=1s:cut1:n1.n2.n3.n4-n5";
/// n2 alone is linked to all, and hears a leader that nobody else hears.
pub const STUCK: &str = "raft?prevote=on&for=5s&do=1s:cut:n4-n1.n3.n5,1s:cut:n1-n3.n5,1s:cut:n3-n5";
/// The same, with a leader that steps down.
pub const UNSTUCK: &str = "raft?prevote=on&check_quorum=on&for=5s&do=1s:cut:n4-n1.n3.n5,1s:cut:n1-n3.n5,1s:cut:n3-n5";
/// All timeouts are equal.
pub const ALIKE: &str = "raft?timeout=150ms&delay=10ms";
/// A write's answer is lost, and the client asks again.
pub const RETRIED: &str = "raft?rate=0&seed=6&for=2s&do=800ms:ask:c1:put.x.1,800ms:drop:n1-c1:done,850ms:ask:c2:get.x,920ms:ask:c2:put.x.2,1.5s:ask:c2:get.x";
/// The same, where servers do not remember what they have done.
pub const TWICE: &str = "raft?rate=0&sessions=off&seed=6&for=2s&do=800ms:ask:c1:put.x.1,800ms:drop:n1-c1:done,850ms:ask:c2:get.x,920ms:ask:c2:put.x.2,1.5s:ask:c2:get.x";
/// A client gives up, and what it asked for is committed later.
pub const UNKNOWN: &str = "raft?rate=0&patience=400ms&seed=6&for=2.5s&do=1s:ask:c1:put.x.1,1.012s:cut:c1-n.,1.6s:heal,2s:ask:c2:get.x";
/// Two of five are down.
pub const TWO_DOWN: &str = "raft?seed=2&for=4s&do=0ms:crash:n4.n5";
/// Three of five are down.
pub const THREE_DOWN: &str = "raft?seed=2&for=4s&do=0ms:crash:n3.n4.n5";
/// Servers answer without writing their disks, and all restart.
pub const UNWRITTEN: &str = "raft?rate=0&fsync=never&do=800ms:ask:c1:put.x.1,1.2s:crash:n.,1.3s:start:n.,2.2s:ask:c1:get.x";
/// A server was away for so long that what it lacks is gone from the logs.
pub const SNAPSHOT: &str = "raft?rate=10&compact=5&seed=6&do=800ms:crash:n5,2s:start:n5";
/// Figure 8 of the paper: n1 counts an entry of term 1 as committed, and n5 overwrites it.
pub const FIGURE_8: &str = "raft?rate=0&patience=1s&noop=off&own_term=off&seed=30&for=2.5s&do=600ms:cut:n1.n2.c1-n3.n4.n5.c2,640ms:ask:c1:put.x.1,700ms:crash:n1,850ms:ask:c2:get.x,1.15s:cut:n5.c2-n3.n4,1.17s:ask:c2:put.x.2,1.21s:crash:n5,1.22s:heal,1.23s:start:n1,1.7s:crash:n1.n2,1.72s:start:n5";
/// A leader's clock runs at half speed, and so does its lease.
pub const LEASE: &str = "raft?timeout=uniform-150ms-200ms&rate=0&retry=30ms&patience=1s&read=lease&bound=1&delay=uniform-2ms-5ms&seed=6&for=1.5s&do=500ms:ask:c1:put.x.1,600ms:drift:n1:-500000,950ms:cut:n1.n2.c1-n3.n4.n5.c2,1.06s:ask:c2:put.x.2,1.19s:ask:c1:get.x";
/// A new leader answers before it knows what is committed.
pub const NO_OP: &str = "raft?rate=0&noop=off&seed=6&for=2.5s&do=500ms:ask:c1:put.x.1,525ms:crash:n1,1.5s:ask:c2:get.x";
/// A server comes up with a snapshot that does not hold what clients were told.
pub const BARE: &str = "raft?n=3&rate=10&retry=50ms&compact=3&snapshot_sessions=off&seed=204828&for=2s&do=1.07s:cut:n3.c1.c2-n1.n2,1.34s:heal,1.39s:crash:n2,1.41s:start:n2";
/// Two servers are added, one after the other.
pub const MEMBERS: &str = "raft?n=3&spare=2&rate=0&do=1s:ask:c1:add.n4,1.2s:ask:c1:add.n5,1.6s:crash:n1.n2,2.2s:ask:c1:put.x.1";

/// The presets, the default first.
pub static PRESETS: &[Preset] = &[
    preset("first", "The first election", "Five servers start without a leader; the first whose patience ends asks for votes.", "raft"),
    preset("crash", "The leader crashes", "Nobody is answered until the others have noticed, elected another, and the clients have found it.", CRASH),
    preset("split", "A split vote", "Candidates take votes from each other, nobody has a majority, and they try again.", SPLIT),
    preset("minority", "A leader in the minority", "c1 asks a leader that can commit nothing; the other side elects another, and goes on.", MINORITY),
    preset("stale", "A read from the past", "n1 has been deposed, does not know, and answers a plain read.", STALE),
    preset("current", "A read that asks first", "The same with read-index: n1 cannot confirm that it leads, so it does not answer.", CURRENT),
    preset("lease", "A lease on a slow clock", "n1 answers without asking, while its lease lasts; its clock runs at half speed, and others have elected another.", LEASE),
    preset("no-op", "A leader without a first entry", "It has the entry, and does not know that it is committed: it answers as if there were none.", NO_OP),
    preset("lost", "A committed entry is lost", "Without the up-to-date check n3, which missed the write, is elected; log matching holds all the while.", LOST),
    preset("votes", "A vote is forgotten", "n3 votes, restarts, and votes again: one term has two leaders.", VOTES),
    preset("figure-8", "Figure 8 of the paper", "n1 finds an entry of term 1 on a majority and calls it committed; n5, which never saw it, is elected and overwrites it.", FIGURE_8),
    preset("deaf", "One that hears nobody", "n5 stands again and again, and each new term deposes a leader that is well.", DEAF),
    preset("stuck", "Pre-vote alone stops it", "n2 is linked to all, and hears a leader that reaches nobody else: it does not stand.", STUCK),
    preset("unstuck", "A leader that steps down", "The same with check quorum: n4 notices that it leads nobody.", UNSTUCK),
    preset("alike", "Equal timeouts", "All stand at once, each votes for itself, for ever: no leader, and nothing unsafe.", ALIKE),
    preset("retried", "A lost answer", "c1 asks again, and is told; its write is applied once.", RETRIED),
    preset("twice", "Applied twice", "The same without sessions: c1's retry overwrites what c2 has written since.", TWICE),
    preset("unknown", "No answer is no answer", "c1 gives up; its write is committed all the same.", UNKNOWN),
    preset("two-down", "Two of five are down", "Three are a majority, and decide.", TWO_DOWN),
    preset("three-down", "Three of five are down", "Two are none, and decide nothing.", THREE_DOWN),
    preset("unwritten", "Acknowledged before the disk", "All servers restart, and what was acknowledged is gone.", UNWRITTEN),
    preset("snapshot", "A snapshot", "What n5 missed is no longer in the logs: it is given the state.", SNAPSHOT),
    preset("bare", "A snapshot without sessions", "n2 comes up with its snapshot, which has not kept what clients were told: a retry is applied again.", BARE),
    preset("members", "Two more servers", "Servers join one at a time; then two of the first three may crash.", MEMBERS),
];

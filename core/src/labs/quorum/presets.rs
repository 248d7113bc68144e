//! Scenarios worth opening, in an order in which they tell the story.

use crate::lab::{Preset, preset};

/// 3/1/1 under a cut.
pub const STALE: &str = "quorum?w=1&r=1&do=1s:cut:n1-n2.n3,2s:heal";
/// A write reaches one replica, and two reads that overlap it in turn disagree.
pub const DISAGREE: &str =
    "quorum?rate=0&seed=49&for=800ms&do=100ms:ask:c1:put.x.1,300ms:ask:c1:put.x.2,320ms:ask:c2:get.x,350ms:ask:c3:get.x";
/// W = N, R = 1.
pub const ALL_ONE: &str =
    "quorum?w=3&r=1&rate=0&seed=3&for=800ms&do=100ms:ask:c1:put.x.1,400ms:ask:c1:put.x.2,440ms:ask:c2:get.x,470ms:ask:c3:get.x";
/// Two writers whose clocks disagree.
pub const SKEWED: &str =
    "quorum?w=1&r=3&clients=2&rate=0&skew=300ms&seed=4&for=800ms&do=100ms:ask:c1:put.x.1,300ms:ask:c2:put.x.2,500ms:ask:c1:get.x";
/// The register of Attiya, Bar-Noy and Dolev.
pub const ABD: &str = "quorum?repair=blocking&write=ask";
/// A write that misses its quorum is read later.
pub const FAILED: &str =
    "quorum?w=3&r=1&rate=0&for=1.2s&do=100ms:ask:c1:put.x.1,400ms:cut:n3-n1.n2,500ms:ask:c1:put.x.2,1s:ask:c2:get.x";
/// A client that asks one replica after another.
pub const COMMENT: &str =
    "quorum?w=1&r=1&sticky=off&rate=0&seed=3&for=600ms&do=100ms:ask:c1:put.x.1,300ms:ask:c1:put.x.2,330ms:ask:c1:get.x";
/// A value is there, and then it is not.
pub const BACK: &str = "quorum?w=1&r=1&sticky=off&rate=0&seed=5&for=600ms&do=100ms:ask:c1:put.x.1,300ms:ask:c1:put.x.2,310ms:ask:c2:get.x,340ms:ask:c2:get.x,370ms:ask:c2:get.x";
/// A replica that was away for longer than tombstones live.
pub const RETURNS: &str = "quorum?rate=0&sync=150ms&grace=300ms&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n3-n1.n2,400ms:ask:c1:del.x,1s:heal,1.5s:ask:c2:get.x";
/// A coordinator that was down for longer than tombstones live still has a hint.
pub const LATE_HINT: &str = "quorum?coordinator=apart&rate=0&handoff=hints&grace=300ms&for=2.2s&do=90ms:cut:k1-n3,100ms:ask:c1:put.x.1,350ms:crash:k1,400ms:ask:c2:del.x,1s:heal,1.2s:start:k1,1.8s:ask:c3:get.x";
/// A server loses its disk, and with it what it has counted: it uses a dot again.
pub const REUSED: &str = "quorum?versions=dvv&clients=4&rate=0&sync=200ms&for=4s&do=100ms:ask:c1:put.x.1,300ms:ask:c1:get.x,400ms:ask:c1:put.x.2,600ms:ask:c1:get.x,700ms:ask:c1:put.x.3,1s:wipe:n1,1.1s:start:n1,1.3s:ask:c4:put.x.9,2s:ask:c2:get.x";
/// Two clients write at once through one coordinator, under plain version vectors.
pub const VV: &str = "quorum?versions=vv&clients=4&rate=0&for=1s&do=100ms:ask:c1:put.x.1,100ms:ask:c4:put.x.2,500ms:ask:c2:get.x,600ms:ask:c2:put.x.3,800ms:ask:c3:get.x";
/// The same under dotted version vectors.
pub const DVV: &str = "quorum?versions=dvv&clients=4&rate=0&for=1s&do=100ms:ask:c1:put.x.1,100ms:ask:c4:put.x.2,500ms:ask:c2:get.x,600ms:ask:c2:put.x.3,800ms:ask:c3:get.x";
/// One clock is two seconds fast.
pub const CLOCK: &str =
    "quorum?rate=0&for=1s&do=50ms:clock:n1:2s,100ms:ask:c1:put.x.1,400ms:ask:c2:put.x.2,700ms:ask:c2:get.x";
/// The stale read as a narrated run.
pub const TOLD: &str = concat!(
    "quorum?w=1&r=1&rate=0&seed=7&for=900ms&do=",
    "0us:say:Three_replicas-2C_no_value_of_x_yet._W_-3D_R_-3D_1-3A_one_of_them_is_enough_to_write-2C_and_one_is_enough_to_read-2E,",
    "0us:stop,100ms:ask:c1:put.x.1,",
    "200ms:say:c1_writes_x_-3D_1_at_n1-2C_and_is_told_ok._Copies_go_to_n2_and_n3-3A_all_three_agree-2E,200ms:stop,",
    "300ms:cut:n1-n2.n3,",
    "300ms:say:Now_the_network_parts._n1_still_runs_and_still_answers-3B_it_just_cannot_reach_n2_and_n3-2E,",
    "300ms:point:n1,300ms:stop,400ms:ask:c1:put.x.2,",
    "450ms:say:c1_writes_x_-3D_2_at_n1._One_copy_is_enough-2C_so_c1_is_told_ok._The_other_two_copies_die_on_the_way-2E,",
    "450ms:point:n1,450ms:stop,500ms:ask:c2:get.x,",
    "550ms:say:c2_asks_n2._One_answer_is_enough-3A_x_-3D_1._c1_was_told_ok_before_c2_asked-2C_and_yet_c2_reads_the_old_value-2E,",
    "550ms:point:n2,550ms:stop,",
    "600ms:say:Nobody_made_a_mistake._n2_cannot_know_what_it_missed-3A_with_W_-2B_R_-3D_2-2C_one_write_and_one_read_need_not_meet-2E,",
    "600ms:point:n1-n2,600ms:stop,700ms:heal,",
    "800ms:say:Now_set_W_and_R_to_2._Two_of_three_always_share_a_replica-3A_the_write_at_n1_is_refused-2C_and_no_read_is_stale-2E,",
    "800ms:stop",
);
/// Spare nodes take writes for owners beyond a cut.
pub const SLOPPY: &str = "quorum?rate=0&handoff=sloppy&spare=2&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n1.n4.c1-n2.n3.n5.c2.c3,400ms:ask:c1:put.x.2,700ms:ask:c2:get.x,1s:heal,1.7s:ask:c2:get.x";
/// Nothing brings a replica what it missed.
pub const APART: &str =
    "quorum?rate=0&for=2.5s&do=100ms:ask:c1:put.x.1,400ms:cut:n3-n1.n2,500ms:ask:c1:put.x.2,1s:heal";

/// The presets.
pub static PRESETS: &[Preset] = &[
    preset("majority", "Three replicas, quorums of two", "Every read meets every finished write: W + R > N.", "quorum"),
    preset(
        "stale",
        "One is enough, and a cut",
        "W = R = 1: while n1 is cut off, clients on the other side read what it has replaced.",
        STALE,
    ),
    preset(
        "told",
        "The stale read, told step by step",
        "A write at one replica, a cut, a read at another: one key goes from sentence to sentence.",
        TOLD,
    ),
    preset(
        "refused",
        "A majority under a cut",
        "W = R = 2: the side without a majority refuses, the other goes on, and no read is stale.",
        "quorum?do=1s:cut:n1-n2.n3,2s:heal",
    ),
    preset(
        "bounded",
        "How stale is stale?",
        "The same cut for longer: what n1 serves grows older and older, past any bound.",
        "quorum?w=1&r=1&for=4s&do=1s:cut:n1-n2.n3,3s:heal",
    ),
    preset(
        "comment",
        "I cannot see my own comment",
        "A client writes through one replica and reads from another, which has not heard of it.",
        COMMENT,
    ),
    preset(
        "back",
        "Now you see it, now you don't",
        "A client reads the new value from one replica, and then the old one from another.",
        BACK,
    ),
    preset(
        "disagree",
        "W + R > N is not one copy",
        "A write has reached one replica; one read meets it, a later one does not.",
        DISAGREE,
    ),
    preset(
        "allone",
        "Write to all, read from one",
        "W = N, R = 1: while a write is on its way, every replica tells its own truth.",
        ALL_ONE,
    ),
    preset(
        "abd",
        "Ask first, write back",
        "Writes ask for the highest version, reads write back what they return: the register behaves like one copy.",
        ABD,
    ),
    preset(
        "failed",
        "A failed write is read",
        "A write misses its quorum and is reported as failed; a later read returns it.",
        FAILED,
    ),
    preset(
        "clock",
        "A fast clock eats a write",
        "n1's clock is two seconds fast: what others write for the next two seconds is acknowledged and lost.",
        CLOCK,
    ),
    preset(
        "skewed",
        "Read all, write one",
        "W = 1, R = N overlap; but the second writer's clock is slow, and the first one's value stands.",
        SKEWED,
    ),
    preset(
        "vv",
        "Two writes through one coordinator",
        "Plain version vectors take two concurrent writes of two clients for one after the other: one is lost.",
        VV,
    ),
    preset(
        "dvv",
        "The same with dots",
        "Dotted version vectors keep both as siblings, until a client that has read them writes.",
        DVV,
    ),
    preset(
        "reused",
        "A dot is used twice",
        "n1 lost its disk and counts from one again: its next write bears a number that the others have seen, and is taken for an old one.",
        REUSED,
    ),
    preset(
        "sloppy",
        "A sloppy quorum",
        "Cut off from its owners, a write counts a spare node's acknowledgement; a read on the other side misses it.",
        SLOPPY,
    ),
    preset(
        "apart",
        "Nobody tells n3",
        "A replica missed a write while it was cut off, and nothing ever brings it.",
        APART,
    ),
    preset(
        "repair",
        "A read mends it",
        "With read repair the first read that meets the gap closes it.",
        "quorum?repair=async&rate=0&for=2.5s&do=100ms:ask:c1:put.x.1,400ms:cut:n3-n1.n2,500ms:ask:c1:put.x.2,1s:heal,1.2s:ask:c3:get.x",
    ),
    preset(
        "merkle",
        "Trees find the difference",
        "Replicas compare Merkle trees: 1 + 2 × depth hashes find one key that differs.",
        "quorum?keys=8&rate=0&sync=250ms&for=2.5s&do=100ms:ask:c1:put.x.1,100ms:ask:c2:put.y.2,100ms:ask:c3:put.z.3,400ms:cut:n3-n1.n2,500ms:ask:c1:put.x.4,1s:heal",
    ),
    preset(
        "returns",
        "A deleted row returns",
        "n3 was away for longer than tombstones live: it brings back what the others have deleted and forgotten.",
        RETURNS,
    ),
    preset(
        "latehint",
        "A hint that comes too late",
        "k1 was down with a hint for longer than tombstones live: when it comes back, it hands over what has been deleted meanwhile.",
        LATE_HINT,
    ),
    preset(
        "wiped",
        "Acknowledged by one, and gone",
        "W = 1: the only replica that had the write loses its disk.",
        "quorum?w=1&rate=0&for=1.5s&do=90ms:cut:n1-n2.n3,100ms:ask:c1:put.x.1,400ms:wipe:n1,600ms:start:n1,600ms:heal,900ms:ask:c2:get.x",
    ),
    preset(
        "zones",
        "Three data centres",
        "Each replica is 40 ms from the others: the price of a quorum is the way to the second nearest.",
        "quorum?zones=3",
    ),
    preset(
        "probe",
        "One write, one read (PBS)",
        "LinkedIn's disks, W = R = 1: does a read that begins with the acknowledgement see the write?",
        "quorum?load=probe&w=1&r=1&legs=disk&for=1s",
    ),
];

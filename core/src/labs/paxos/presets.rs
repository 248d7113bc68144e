//! Scenarios worth opening, in an order in which they tell the story.

use crate::lab::{Preset, preset};

/// Two proposers that never wait, on links that take equal times.
pub const DUEL: &str = "paxos?backoff=none&delay=10ms&for=1.2s";
/// The leader crashes when it has asked one acceptor for its vote.
pub const KEPT: &str = "paxos?leader=on&do=0ms:fail:n1:accept:1";
/// n1 asks for votes and is not heard.
pub const UNHEARD: &str = "paxos?leader=on&do=0ms:drop:n1-n2:accept,0ms:drop:n1-n3:accept,40ms:crash:n1";
/// A majority promises n1's ballot, and n1 crashes.
pub const PROMISED: &str = "paxos?leader=on&do=0ms:fail:n1:prepare:2";
/// n3 promises n2's ballot, restarts, and votes in the lower one of n1.
pub const FORGETS: &str = "paxos?forget=promise&delay=10ms&do=0ms:cut:n1-n2,15ms:crash:n3,16ms:start:n3";
/// Three of five are down; one comes up later.
pub const MINORITY: &str = "paxos?n=5&proposers=1&do=0ms:crash:n3.n4.n5,500ms:start:n3";
/// Quorums that need not meet, on two sides of a cut.
pub const MISSES: &str = "paxos?n=4&q1=2&q2=2&do=0ms:cut:n1.n3-n2.n4";
/// A leader and its clients.
pub const MULTI: &str = "paxos?protocol=multi";
/// The leader crashes, having asked for votes.
pub const CRASH: &str = "paxos?protocol=multi&seed=2&do=1.065s:crash:n1";
/// Of those that are left nobody has voted in the first slot.
pub const HOLES: &str = "paxos?protocol=multi&rate=0&seed=2&do=800ms:drop:n1-n2:accept,800ms:drop:n1-n3:accept,800ms:ask:c1:put.x.1,802ms:ask:c2:put.x.2,830ms:crash:n1";
/// Two of four go on, once a leader is elected.
pub const FLEXIBLE: &str = "paxos?protocol=multi&n=4&q1=3&q2=2&seed=2&do=1s:crash:n3.n4";
/// Quorums of a log that need not meet.
pub const SIDES: &str = "paxos?protocol=multi&n=4&q1=2&q2=2&do=1s:cut:n1.n3.c1-n2.n4.c2";
/// Three of six are down, and majorities are asked for.
pub const SIX: &str = "paxos?protocol=multi&n=6&seed=2&do=1s:crash:n4.n5.n6";
/// The same with four promises and three votes.
pub const SIX_FLEXIBLE: &str = "paxos?protocol=multi&n=6&q1=4&q2=3&seed=2&do=1s:crash:n4.n5.n6";
/// The primary crashes, and the next one in turn takes over.
pub const VIEW_CHANGE: &str = "paxos?protocol=vr&do=1s:crash:n1";
/// A backup comes back as if it had never been there.
pub const BLANK: &str = "paxos?protocol=vr&rate=0&forget=all&do=100ms:cut:n3-n1.n2,200ms:ask:c1:put.x.1,300ms:crash:n1.n2,310ms:start:n2,310ms:heal,1s:ask:c2:get.x";

/// The presets.
pub static PRESETS: &[Preset] = &[
    preset(
        "one",
        "One proposer",
        "Promises from a majority, then votes from a majority: the value is chosen before anybody knows.",
        "paxos?proposers=1",
    ),
    preset(
        "two",
        "Two proposers",
        "Each overtakes the other, waits for a random time, and tries again, until one is left alone for long enough.",
        "paxos",
    ),
    preset(
        "duel",
        "A duel for ever",
        "Nobody waits, and messages take equal times: each new ballot comes just before the other's votes.",
        DUEL,
    ),
    preset("leader", "A leader", "n2 begins nothing as long as it hears n1.", "paxos?leader=on"),
    preset(
        "kept",
        "Half chosen, and kept",
        "n1 crashes when it has asked n2 alone; n2 finishes what it has met.",
        KEPT,
    ),
    preset(
        "unheard",
        "Proposed first, and not chosen",
        "Nobody hears n1's request for votes: n2 meets nothing, and proposes its own.",
        UNHEARD,
    ),
    preset(
        "promised",
        "Promised, and not chosen",
        "A majority has promised n1's ballot, and n1 is gone: nothing is chosen by that.",
        PROMISED,
    ),
    preset(
        "misses",
        "Quorums that miss each other",
        "Two promises and two votes of four: each side of a cut chooses a value.",
        MISSES,
    ),
    preset(
        "forgets",
        "A promise is forgotten",
        "n3 promises n2's ballot, restarts, and votes in n1's lower one.",
        FORGETS,
    ),
    preset(
        "own",
        "It takes its own",
        "A proposer that does not care what was voted for replaces what was chosen.",
        "paxos?pick=own&seed=6",
    ),
    preset(
        "any",
        "It takes any vote",
        "An old vote stands against what was chosen since, for its proposer does not look at ballots.",
        "paxos?proposers=3&pick=any&seed=17",
    ),
    preset(
        "lower",
        "Votes below the promise",
        "An old ballot gets its votes after a later one has looked and found nothing.",
        "paxos?accept_lower=on&seed=5",
    ),
    preset(
        "minority",
        "Three of five are down",
        "Two are no majority: nothing is chosen until a third comes up.",
        MINORITY,
    ),
    preset("log", "A log", "One prepare for all slots, and then one round trip for each command.", MULTI),
    preset(
        "crash",
        "The leader crashes",
        "The next one hears with its promises of all that may have been chosen, and proposes it again.",
        CRASH,
    ),
    preset(
        "holes",
        "A hole",
        "Those that are left have voted in slot 2 and not in slot 1: the next leader fills the first with a no-op.",
        HOLES,
    ),
    preset(
        "flexible",
        "Two of four go on",
        "Three promises and two votes: with two down a leader still gets its votes, and no other can be elected.",
        FLEXIBLE,
    ),
    preset(
        "vr",
        "A view change",
        "Whose turn it is, is no matter of votes: the next primary is given the others' logs, and goes on.",
        VIEW_CHANGE,
    ),
    preset(
        "vr-blank",
        "Back without its log",
        "n2 has crashed and takes part as if it had never been there: what it and n1 alone had is gone.",
        BLANK,
    ),
    preset(
        "sides",
        "A log on two sides",
        "Two promises and two votes of four: both sides fill the same slots, and acknowledged writes are lost.",
        SIDES,
    ),
];

//! What is often said of atomic commitment and sagas, and the runs that decide it.

use super::entry::State as Standing;
use super::meta::fact;
use super::outcome_of;
use crate::lab::{Claim, Detail, Holds, Outcome, Proof, State};
use crate::trace::{Fact, FactKey, RecordKind};

/// How far an order (from 1) is at a participant (from 1) at a moment.
pub fn standing(run: &Outcome, order: u16, participant: u16, at_us: u64) -> Option<Standing> {
    let key = FactKey { name: fact::STATE, index: order - 1 };
    let at = |record: u32| run.trace.get(record).map_or(0, |record| record.at_us);
    let last = run.trace.history(run.cast.server(participant - 1), key).take_while(|change| at(change.record) <= at_us).last()?;
    match last.value {
        Fact::Word(word) => Standing::of(word),
        _ => None,
    }
}

/// How many messages of a kind were sent.
pub fn sent(run: &Outcome, kind: &str) -> usize {
    let number = super::META.kinds.iter().position(|known| known.word == kind);
    let sends = run.trace.records().iter().filter(|record| record.kind == RecordKind::Send);
    sends.filter(|record| Some(usize::from(record.message)) == number).count()
}

fn one_round_trip() -> Result<String, String> {
    let run = outcome_of("commit?orders=1&latency=10ms&fsync=0ms", Detail::Totals);
    let decided = run.tally("decided_ms").unwrap_or(0);
    let told = if decided == 20_000 { Ok } else { Err };
    told(format!("with 10 ms each way the client's answer leaves after {} ms; the acknowledgements follow", decided / 1_000))
}

const YES_THEN_ABORT: &str = "commit?orders=1&refuse=2&latency=10ms";

fn yes_is_no_promise_to_commit() -> Result<String, String> {
    let run = outcome_of(YES_THEN_ABORT, Detail::Full);
    let [voted, ended] = [330_000, 1_000_000].map(|at_us| standing(&run, 1, 1, at_us));
    let told = if (voted, ended) == (Some(Standing::Prepared), Some(Standing::Aborted)) { Ok } else { Err };
    told(format!("n1 is {voted:?} when it has voted yes, and {ended:?} in the end"))
}

const CUT_AFTER: &str = "commit?orders=1&latency=10ms&do=336ms:cut:k1-n3";

fn the_reached_commit() -> Result<String, String> {
    let run = outcome_of(CUT_AFTER, Detail::Full);
    let each = [1, 2, 3].map(|n| standing(&run, 1, n, 400_000));
    let expected = [Some(Standing::Committed), Some(Standing::Committed), Some(Standing::Prepared)];
    let told = if each == expected { Ok } else { Err };
    told(format!("60 ms after the decision they are {each:?}"))
}

fn pre_commit_is_new() -> Result<String, String> {
    let [two, three] = ["2pc", "3pc"].map(|protocol| {
        let run = outcome_of(&format!("commit?orders=1&protocol={protocol}"), Detail::Full);
        ["prepare", "can-commit", "vote", "pre-commit", "decision"].map(|kind| sent(&run, kind))
    });
    let told = if (two, three) == ([3, 0, 3, 0, 3], [0, 3, 3, 3, 3]) { Ok } else { Err };
    told(format!("prepare, can-commit, vote, pre-commit, decision: {two:?} by two phases, {three:?} by three"))
}

const NOBODY: &str = "commit?protocol=choreographed&orders=1&do=330ms:crash:k1,2s:start:k1";

fn choreography_goes_on() -> Result<String, String> {
    let run = outcome_of(NOBODY, Detail::Full);
    let each = [1, 2, 3].map(|n| standing(&run, 1, n, 1_900_000));
    let told = if each == [Some(Standing::Done); 3] { Ok } else { Err };
    told(format!("while the order service is down they are {each:?}; it is told when it is back"))
}

fn no_lock_is_held_across_services() -> Result<String, String> {
    let [two, saga] = ["2pc", "orchestrated"].map(|protocol| {
        let run = outcome_of(&format!("commit?orders=1&latency=10ms&protocol={protocol}"), Detail::Totals);
        run.tally("locks_ms").unwrap_or(0) / 1_000
    });
    let told = if two >= 5 * saga && saga > 0 { Ok } else { Err };
    told(format!("a lock is held for {two} ms by two-phase commit, for {saga} ms by a saga"))
}

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "two-round-trips",
        sentence: "Two-phase commit adds two round trips before the client is told.",
        holds: Holds::No("one, and two forced writes; the second round trip tells the participants, and the client need not wait for it"),
        link: "commit?orders=1&latency=10ms&fsync=0ms",
        promise: "atomic",
        proof: Proof::Shown(one_round_trip),
    },
    Claim {
        id: "yes-obliges",
        sentence: "Who votes yes is obliged to commit.",
        holds: Holds::No("it is obliged to obey: to commit or to abort, as it will be told"),
        link: YES_THEN_ABORT,
        promise: "atomic",
        proof: Proof::Shown(yes_is_no_promise_to_commit),
    },
    Claim {
        id: "timeout-aborts",
        sentence: "After a no or a timeout, abort.",
        holds: Holds::If("it is the coordinator, before it has decided: who has voted yes may not"),
        link: "commit?doubt=impatient&do=250ms:fail:k1:decision:1",
        promise: "atomic",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "only-coordinator",
        sentence: "Without the coordinator participants cannot decide.",
        holds: Holds::If("all that can be reached have voted yes and none knows; one who knows is enough for all"),
        link: "commit?orders=1&doubt=ask_peers&do=250ms:fail:k1:decision:1",
        promise: "unblocked",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "all-in-doubt",
        sentence: "If participants ask each other, two-phase commit does not block.",
        holds: Holds::No("when the coordinator dies before it has told anybody, all of them are in doubt"),
        link: "commit?doubt=ask_peers&do=250ms:fail:k1:prepare:3",
        promise: "unblocked",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "replicated",
        sentence: "With a replicated coordinator two-phase commit does not block.",
        holds: Holds::If("a majority of the coordinators can be reached"),
        link: "commit?coordinators=3&do=250ms:fail:k1:prepare:3",
        promise: "unblocked",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "phase-two",
        sentence: "If one participant cannot be reached in phase two, nobody makes progress.",
        holds: Holds::No("those who are reached commit; only the one who is cut off waits"),
        link: CUT_AFTER,
        promise: "unblocked",
        proof: Proof::Shown(the_reached_commit),
    },
    Claim {
        id: "3pc-never-blocks",
        sentence: "Three-phase commit does not block when its coordinator crashes.",
        holds: Holds::If("messages take no longer than the timeouts allow, and all have not crashed"),
        link: "commit?protocol=3pc&do=250ms:fail:k1:pre-commit:1",
        promise: "unblocked",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "3pc-is-safe",
        sentence: "Three-phase commit is two-phase commit without its weakness.",
        holds: Holds::No("under a cut its two sides decide differently; two-phase commit would have waited"),
        link: "commit?protocol=3pc&do=250ms:fail:k1:pre-commit:1,360ms:cut:n1-n2.n3",
        promise: "atomic",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "can-commit",
        sentence: "Three-phase commit adds the question whether all can commit.",
        holds: Holds::No("that is the vote, which both have; what it adds is the pre-commit"),
        link: "commit?protocol=3pc&orders=1",
        promise: "atomic",
        proof: Proof::Shown(pre_commit_is_new),
    },
    Claim {
        id: "reverse",
        sentence: "A saga that fails compensates every step that was done, in reverse.",
        holds: Holds::Yes,
        link: "commit?protocol=orchestrated&orders=1&refuse=3",
        promise: "ends",
        proof: Proof::Shown(super::fidelity::check_compensations),
    },
    Claim {
        id: "eventually",
        sentence: "A saga is all or nothing in the end.",
        holds: Holds::If("compensations do not fail for ever"),
        link: "commit?protocol=orchestrated&refuse=3&undo_fails=1000",
        promise: "ends",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "refund",
        sentence: "When a charge has timed out, a refund puts things right.",
        holds: Holds::If("it leaves a tombstone, so that a charge that comes later is refused"),
        link: "commit?protocol=orchestrated&latency=exp-60ms&tries=1&tombstones=off",
        promise: "atomic",
        proof: Proof::SomeOf { seeds: 20, at_least: 1 },
    },
    Claim {
        id: "no-coordinator",
        sentence: "Choreography has no coordinator that could fail.",
        holds: Holds::Yes,
        link: NOBODY,
        promise: "ends",
        proof: Proof::Shown(choreography_goes_on),
    },
    Claim {
        id: "outbox",
        sentence: "An event in an outbox is delivered exactly once.",
        holds: Holds::No("at least once: if its acknowledgement is lost it is sent again, and who takes it in must notice"),
        link: "commit?protocol=choreographed&orders=1&idempotent=off&do=250ms:drop:n2-n1:ack",
        promise: "once",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "locks",
        sentence: "Sagas hold no lock for longer than one step.",
        holds: Holds::Yes,
        link: "commit?protocol=orchestrated&orders=1&latency=10ms",
        promise: "isolated",
        proof: Proof::Shown(no_lock_is_held_across_services),
    },
];

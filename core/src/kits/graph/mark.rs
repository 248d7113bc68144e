//! Marks: what the nodes of a service graph tell of calls, of work and of levels, for the ledger to count.
//!
//! A **hop** is seen by its callers, a **tier** by itself: what one of them says of a request, the other need not.

use super::believed::Belief;
pub use super::limit::Why;
pub use super::line::Swept;
pub use super::observe::Watched;
use crate::cast::NodeId;
use crate::parts::breaker::State;

/// A hop: who calls whom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HopId(pub u8);

/// A tier: one or more like instances of a service.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TierId(pub u8);

/// How a call, a try at one, or work ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ending {
    /// Well.
    Done,
    /// It had been done before: its key was known.
    Known,
    /// By a fallback.
    Degraded,
    /// Well, when nobody waited any more.
    Late,
    /// With an error.
    Failed,
    /// By the mistake of who asked.
    Bad,
    /// It was turned away.
    Refused,
    /// It took too long.
    TimedOut,
    /// A breaker did not let it pass, or the caller's own throttle.
    ShortCircuited,
    /// No thread was free for it, or no instance usable.
    Rejected,
    /// No time was left for it.
    NoTime,
    /// Who asked did not want it any more.
    Cancelled,
    /// Its node went down.
    Lost,
    /// What it asked for is not there, which is no failure.
    Missed,
}

impl Ending {
    /// All of them, in the order of their numbers.
    pub const ALL: [Ending; 14] = [
        Ending::Done,
        Ending::Known,
        Ending::Degraded,
        Ending::Late,
        Ending::Failed,
        Ending::Bad,
        Ending::Refused,
        Ending::TimedOut,
        Ending::ShortCircuited,
        Ending::Rejected,
        Ending::NoTime,
        Ending::Cancelled,
        Ending::Lost,
        Ending::Missed,
    ];

    /// Whether it is what the callee said.
    #[inline]
    pub fn is_answer(self) -> bool {
        matches!(
            self,
            Ending::Done
                | Ending::Known
                | Ending::Degraded
                | Ending::Failed
                | Ending::Bad
                | Ending::Refused
                | Ending::Missed
        )
    }

    /// Whether who called has what it called for, or something in its place.
    #[inline]
    pub fn is_good(self) -> bool {
        matches!(self, Ending::Done | Ending::Known | Ending::Degraded)
    }

    /// In a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Ending::Done => "done",
            Ending::Known => "done before",
            Ending::Degraded => "by a fallback",
            Ending::Late => "too late",
            Ending::Failed => "failed",
            Ending::Bad => "bad request",
            Ending::Refused => "refused",
            Ending::TimedOut => "timed out",
            Ending::ShortCircuited => "short-circuited",
            Ending::Rejected => "rejected",
            Ending::NoTime => "no time left",
            Ending::Cancelled => "cancelled",
            Ending::Lost => "lost",
            Ending::Missed => "not there",
        }
    }
}

/// Why a call was not tried again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stop {
    /// It had its answer, or nobody wanted one any more.
    Over,
    /// No other try could help.
    Permanent,
    /// All tries were used.
    Attempts,
    /// No time was left for another.
    Time,
    /// The retry budget had none left.
    Budget,
}

impl Stop {
    /// How many there are.
    pub const COUNT: usize = 5;
}

/// A level of a node: how much there is of something now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Requests that wait in its line.
    Queue,
    /// Workers that are busy.
    Busy,
    /// Threads of its pools that are held.
    Held,
    /// Calls that wait for one.
    Pending,
    /// Requests that are begun: told where that is more than work.
    Inside,
    /// What its rate limiters would let in at once, as they were last asked.
    Room,
    /// How many may be here at once, where that adapts.
    Limit,
    /// Whether it takes requests, and whether it is not off: told where a controller starts and stops it.
    Ready,
    /// See there.
    On,
}

impl Level {
    /// How many there are.
    pub const COUNT: usize = 9;

    /// All of them, in the order of their numbers.
    pub const ALL: [Level; Level::COUNT] = [
        Level::Queue,
        Level::Busy,
        Level::Held,
        Level::Pending,
        Level::Inside,
        Level::Room,
        Level::Limit,
        Level::Ready,
        Level::On,
    ];
}

/// What becomes of data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Data {
    /// A cache has a copy, and answers with it.
    Hit,
    /// Likewise, though its time is over: somebody is bringing another.
    Stale,
    /// It has none.
    Miss,
    /// It has none, and somebody is bringing one.
    Wait,
    /// It takes in a copy.
    Filled,
    /// It does not take in a copy that somebody brings.
    Refused,
    /// A copy is thrown out for another.
    Evicted,
    /// A copy is deleted, or its time was over.
    Dropped,
    /// All copies go.
    Flushed,
    /// A store is asked for a key.
    Asked,
    /// It answers.
    Read,
    /// It takes in a write.
    Wrote,
}

impl Data {
    /// How many there are.
    pub const COUNT: usize = 12;
}

/// What a node tells. Durations are by its own clock; where somebody may set that, better as if nobody had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// A call begins whose tries are not told of.
    Called {
        /// Where.
        hop: HopId,
    },
    /// A try at a call begins: it goes to the gate and the pool, where there are such, else out.
    Tried {
        /// Where.
        hop: HopId,
        /// Whether it is a retry; else the call begins with it.
        again: bool,
    },
    /// A try goes out: told where a gate or a pool may keep it.
    Sent {
        /// Where.
        hop: HopId,
        /// To which instance.
        instance: u16,
        /// What it asks for.
        key: u32,
    },
    /// A try is over.
    TryOver {
        /// Where.
        hop: HopId,
        /// How.
        how: Ending,
        /// What it took, in µs.
        took_us: u64,
    },
    /// A try for a tenant begins, or is over: told where there are several.
    Tenant {
        /// Where.
        hop: HopId,
        /// Whose.
        tenant: u8,
        /// How; none as it begins.
        how: Option<Ending>,
        /// What it took, in µs; 0 as it begins.
        took_us: u64,
    },
    /// A call is over.
    CallOver {
        /// Where.
        hop: HopId,
        /// How: as its last try.
        how: Ending,
        /// Why there is no other.
        stop: Stop,
        /// How many tries there were.
        tries: u16,
        /// What it took, in µs.
        took_us: u64,
    },
    /// An answer with work in it comes, and nobody waits for it any more.
    Late {
        /// Where.
        hop: HopId,
        /// The try that it answers, as [`Mark::Left`] has it.
        path: u32,
    },
    /// What is left of a caller's retry budget.
    Budget {
        /// Where.
        hop: HopId,
        /// Thousandths of a retry or of a token.
        milli: i64,
        /// Whether that allows none.
        empty: bool,
    },
    /// A gate before a hop has a state.
    Gate {
        /// Which of the caller's.
        index: u16,
        /// The state that it was in; none as its node boots.
        from: Option<State>,
        /// Its state.
        to: State,
    },
    /// A caller changes its mind about an instance.
    Believed {
        /// Where.
        hop: HopId,
        /// Which.
        instance: u16,
        /// What it believes now.
        what: Belief,
    },
    /// A key, or connection, loses the instance that it had.
    Moved {
        /// Where.
        hop: HopId,
    },
    /// A request comes.
    Came {
        /// Where.
        tier: TierId,
        /// Which try of its caller's own it is, from 0.
        attempt: u16,
    },
    /// It is turned away at the door.
    Turned {
        /// Where.
        tier: TierId,
        /// Why.
        why: Why,
    },
    /// It is begun.
    Began {
        /// Where.
        tier: TierId,
        /// How long it waited, in µs.
        waited_us: u64,
    },
    /// It leaves after it was begun.
    Left {
        /// Where.
        tier: TierId,
        /// Which try at its operation this is, among all that come here.
        path: u32,
        /// How.
        how: Ending,
        /// For how long it was held, in µs.
        held_us: u64,
    },
    /// Requests leave the line without being begun.
    Swept {
        /// Where.
        tier: TierId,
        /// Why.
        why: Swept,
        /// How many.
        count: u32,
    },
    /// A level has changed.
    Level {
        /// Where.
        tier: TierId,
        /// Which.
        what: Level,
        /// What it is now.
        now: u32,
    },
    /// What becomes of a key.
    Data {
        /// Where.
        tier: TierId,
        /// What.
        what: Data,
        /// Which key.
        key: u32,
        /// Which version of it; where none is known or none is held, [`super::NO_VERSION`].
        version: u32,
    },
    /// A try begins beside others of its call that are still out; `alone` if none of them is any more.
    Hedged {
        /// Where.
        hop: HopId,
        /// See there.
        alone: bool,
    },
    /// A try is over, and others of its call are still out.
    StillOut {
        /// Where.
        hop: HopId,
    },
    /// A piece of work is over, or was broken off.
    Worked {
        /// Where.
        tier: TierId,
        /// How much of it was done, by what it takes when nothing is wrong, in µs.
        worked_us: u64,
    },
    /// An operation went well: so much work is in what it was answered, by all who had a part in it.
    Useful {
        /// In µs.
        worked_us: u64,
    },
    /// Something happens to a try at a call: told where somebody reads, for those who follow single operations.
    Followed {
        /// On which hop.
        hop: HopId,
        /// Which try at its operation there.
        path: u32,
        /// What.
        step: Passing,
    },
    /// What those who watch have a part in, or who judges them.
    Watched(Watched),
    /// The trouble that the settings ask for begins or ends.
    Trouble {
        /// Whether it begins.
        on: bool,
    },
}

/// What happens to a try at a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passing {
    /// It begins, and is given so long, in µs.
    Begins(u64),
    /// It leaves its caller for this node.
    Goes(NodeId),
    /// It comes.
    Comes,
    /// It is begun.
    IsBegun,
    /// Work on it begins.
    Works,
    /// That is over.
    Worked,
    /// Calls are made for it: those whose tries begin next.
    Calls,
    /// It is through there.
    Leaves,
    /// Its caller is through with it.
    Ends(Ending),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_small_and_endings_are_in_order() {
        assert!(size_of::<Mark>() <= 24, "{}", size_of::<Mark>());
        assert!(Ending::ALL.iter().enumerate().all(|(place, ending)| *ending as usize == place));
        assert_eq!(Stop::Budget as usize + 1, Stop::COUNT);
        assert!(Swept::ALL.iter().enumerate().all(|(place, why)| *why as usize == place));
        assert!(Why::ALL.iter().enumerate().all(|(place, why)| *why as usize == place));
        assert_eq!(Data::Wrote as usize + 1, Data::COUNT);
        assert!(Level::ALL.iter().enumerate().all(|(place, level)| *level as usize == place));
    }
}

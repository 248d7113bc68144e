//! Those that wait at an instance: in which order they are begun, and who is not.

use crate::parts::codel;
use crate::parts::queue::{Discipline, Full};

/// Those that wait at an instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// Who is next.
    pub order: Discipline,
    /// How many may wait.
    pub limit: u32,
    /// What becomes of who comes then.
    pub full: Full,
    /// What becomes of those whose deadline passes.
    pub expired: Expired,
    /// Whether those are shed whose turn comes too late.
    pub codel: Option<codel::Policy>,
}

impl Default for Line {
    fn default() -> Line {
        Line {
            order: Discipline::Fifo,
            limit: u32::MAX,
            full: Full::Refuse,
            expired: Expired::Serve,
            codel: None,
        }
    }
}

/// What becomes of requests that nobody will wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expired {
    /// They are served.
    Serve,
    /// They are thrown away when their turn comes, at their deadline or later.
    Drop,
    /// Besides, those that cannot be done by their deadline, by the mean of the work, are refused at the door.
    Predict,
}

/// Why a request left the line before it was begun.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Swept {
    /// Its deadline had passed.
    Expired,
    /// Who asked did not want it any more.
    Cancelled,
    /// The server cleared its line, and said so.
    Refused,
    /// The server swallowed it and said nothing.
    Muted,
    /// The server went down.
    Lost,
    /// It had to go for another.
    Dropped,
    /// It had waited too long when its turn came.
    Shed,
}

impl Swept {
    /// How many there are.
    pub const COUNT: usize = 7;

    /// All of them, in the order of their numbers.
    pub const ALL: [Swept; Swept::COUNT] = [
        Swept::Expired,
        Swept::Cancelled,
        Swept::Refused,
        Swept::Muted,
        Swept::Lost,
        Swept::Dropped,
        Swept::Shed,
    ];
}

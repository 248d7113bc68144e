//! What becomes of a write at one server, and how it is told.

use crate::trace::{Loss, Mark};

/// What became of a write at one server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Nobody has sent it there.
    Unsent,
    /// It is under way.
    Sent(Mark),
    /// The message died.
    Lost(Mark, Loss),
    /// It came, and the server kept what it had.
    Refused(Mark),
    /// The server has it.
    Took(Mark),
    /// The server keeps it for another.
    Hinted(Mark),
    /// The server had it and gave it up for another.
    Dropped(Mark),
    /// The server had it, or kept it for another, and lost its disk.
    Wiped(Mark),
    /// The server had it and forgot it: a tombstone whose lifetime was over.
    Forgotten(Mark),
}

impl Fate {
    /// In words: what there is to say of `server` and the write ("it").
    pub fn tell(&self, server: &str) -> String {
        match self {
            Fate::Unsent => format!("{server} had not been sent it"),
            Fate::Sent(_) => format!("{server} had not received it yet: it was on its way"),
            Fate::Lost(_, Loss::Cut) => format!("{server} had not received it: the message died in the cut"),
            Fate::Lost(_, Loss::Down) => {
                format!("{server} had not received it: it was down when the message came")
            }
            Fate::Lost(_, Loss::Chance) => {
                format!("{server} had not received it: the network lost the message")
            }
            Fate::Lost(_, Loss::Dropped) => format!("{server} had not received it: the message was dropped"),
            Fate::Refused(_) => {
                format!("{server} had received it and kept what it had, which is stamped later")
            }
            Fate::Took(_) => format!("{server} had it"),
            Fate::Hinted(_) => format!("{server} kept it for another"),
            Fate::Dropped(_) => format!("{server} had given it up for what is stamped later"),
            Fate::Wiped(_) => format!("{server} had it and lost its disk"),
            Fate::Forgotten(_) => format!("{server} had forgotten it: the tombstone's lifetime was over"),
        }
    }

    /// The record of it.
    pub fn record(&self) -> Option<u32> {
        match self {
            Fate::Unsent => None,
            Fate::Sent(at)
            | Fate::Lost(at, _)
            | Fate::Refused(at)
            | Fate::Took(at)
            | Fate::Hinted(at)
            | Fate::Dropped(at)
            | Fate::Wiped(at)
            | Fate::Forgotten(at) => Some(at.record),
        }
    }

    /// Whether the server has seen it, whatever it did with it.
    pub(super) fn has_seen(&self) -> bool {
        matches!(self, Fate::Took(_) | Fate::Refused(_) | Fate::Dropped(_) | Fate::Forgotten(_))
    }
}

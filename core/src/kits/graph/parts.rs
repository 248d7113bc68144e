//! Calls at once, each for a part of a whole: how many of them are needed, and which.

use super::mark::HopId;
use super::step::Step;

/// Calls at once, each for a part of its own: the number of a part is the key that is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Parts {
    /// On this hop.
    pub hop: HopId,
    /// The number of the first part.
    pub first: u16,
    /// How many parts.
    pub many: u16,
    /// When it goes on. If parts are left out by then, what it comes to is [`super::Ending::Degraded`].
    pub waits: Waits,
}

/// What a request waits for that has asked for parts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Waits {
    /// All of them; it fails with the first that does.
    All,
    /// So many of them; it fails when these cannot be had any more (Dean and Barroso's good-enough answers).
    Some(u16),
    /// That all are over, well or not. It fails if one of those fails whose number is below this.
    Essential(u16),
}

impl Parts {
    /// All parts of a whole, at once.
    pub fn at_once(hop: HopId, many: u16, waits: Waits) -> Vec<Step> {
        vec![Step::Parts(Parts { hop, first: 0, many, waits })]
    }

    /// All parts of a whole, one after the other.
    pub fn in_turn(hop: HopId, many: u16, waits: Waits) -> Vec<Step> {
        // Of one part there are no several to wait for.
        let waits = if matches!(waits, Waits::Some(_)) { Waits::All } else { waits };
        (0..many).map(|first| Step::Parts(Parts { hop, first, many: 1, waits })).collect()
    }

    /// How many must have come, or need not come any more.
    pub(super) fn need(&self) -> u16 {
        match self.waits {
            Waits::Some(need) => need,
            Waits::All | Waits::Essential(_) => self.many,
        }
    }

    /// The key of the n-th of them.
    pub(super) fn key(&self, which: u16) -> u32 {
        u32::from(self.first) + u32::from(which)
    }

    /// Whether the part of a key may be left out if it fails.
    pub(super) fn may_lack(&self, key: u32) -> bool {
        matches!(self.waits, Waits::Essential(below) if key >= u32::from(below))
    }

    /// Whether there are so many.
    pub(super) fn fit(&self) -> bool {
        self.many > 0 && self.first.checked_add(self.many).is_some() && (1..=self.many).contains(&self.need())
    }
}

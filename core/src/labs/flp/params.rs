//! What a reader may set in the lab flp.

use crate::params::{choice, dist, int};
use crate::parts::benor::{Bit, Rules};
use crate::sim::dist::Dist;

crate::choice! {
    /// What a process goes by where no proposal names a value.
    pub enum Coin {
        Own = "own" "a coin of its own",
        Common = "common" "a coin that all see alike",
        Keep = "keep" "no coin: it keeps its value",
    }
}
crate::choice! {
    /// What decides.
    pub enum Decide {
        Enough = "enough" "t + 1 proposals of a value",
        One = "one" "a single proposal: too hasty",
    }
}
crate::choice! {
    /// Who says which messages come in time.
    pub enum Scheduler {
        Fair = "fair" "nobody: each delay is drawn",
        Sample = "sample" "chance: each hears a random few",
        Split = "split" "an adversary: each hears as mixed a few as can be",
        Sync = "sync" "nobody: all come in time, and each hears everybody",
    }
}

// One declaration makes the struct that the protocol reads, the controls of the page, and the keys of links.
crate::params! {
    /// What a reader may set.
    pub struct Params {
        "Processes" {
            n: u32 = int(3, 9, 3, "processes"), "Processes", "How many have to agree.";
            t: u32 = int(0, 4, 1, "of them"), "May crash", "How many crashes they are ready for: each waits for n - t, fewer than half may be missing.";
            ones: u32 = int(0, 9, 1, "of them"), "Begin with 1", "How many begin with the value 1, n2 first, then n4, and so on; the others begin with 0.";
        }
        "Protocol" {
            coin: Coin = choice(Coin::WORDS, 0), "Coin", "What a process goes by where no proposal that it hears names a value.";
            decide: Decide = choice(Decide::WORDS, 0), "Decides on", "How many proposals of a value a process must hear to decide on it.";
        }
        "Network" {
            scheduler: Scheduler = choice(Scheduler::WORDS, 0), "Scheduler", "Who says which messages come in time. It can delay, not lose: what is late arrives, too.", moves_luck;
            delay: Dist = dist("exp-10ms"), "Delay", "How long a message is under way. Where it is not drawn, it is the mean of this in time, and two and a half times as long if late.", moves_luck;
        }
        "Promise" {
            limit: u32 = int(1, 1_000, 50, "phases"), "In time", "Within how many phases everybody is to decide.";
        }
    }
}

impl Params {
    /// What a process goes by.
    pub fn rules(&self) -> Rules {
        let enough = if self.decide == Decide::Enough { self.t + 1 } else { 1 };
        Rules { n: self.n, t: self.t, enough, timed: self.scheduler == Scheduler::Sync }
    }

    /// With what the process of that place begins: every second one has a 1 first.
    pub fn input(&self, place: u16) -> Bit {
        let place = u32::from(place);
        let rank = if place % 2 == 1 { place / 2 } else { self.n / 2 + place / 2 };
        Bit::from(rank < self.ones)
    }

    /// The value that all begin with, if they do.
    pub fn unanimous(&self) -> Option<Bit> {
        match self.ones {
            0 => Some(0),
            ones if ones == self.n => Some(1),
            _ => None,
        }
    }
}

//! What a lab declares of what callers believe of the instances that they choose from, and of how instances differ.

use crate::parts::{balance, outlier};

pub use crate::parts::balance::Policy as Pick;

/// What a caller believes of the instances of a hop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Beliefs {
    /// What it takes for the load of an instance.
    pub sees: Sees,
    /// Whether requests of a key go where the first of them went, as those of a connection do; and after what time in µs a key is chosen for anew, as
    /// if its client had reconnected, where that is not 0.
    pub keeps_us: Option<u64>,
    /// Of each new response time the mean takes so many thousandths.
    pub forgets_permille: u32,
    /// Whether it asks instances how they are.
    pub check: Option<Check>,
    /// Whether it leaves out those that fail.
    pub eject: Option<outlier::Policy>,
    /// Where fewer are well than this share of them, in thousandths, it uses all; 0 is never.
    pub panic_permille: u32,
    /// Whether those that come back begin with a part of their weight.
    pub slow_start: Option<SlowStart>,
}

impl Beliefs {
    /// Its own calls and nothing else.
    pub const OWN: Beliefs = Beliefs {
        sees: Sees::Own,
        keeps_us: None,
        forgets_permille: 100,
        check: None,
        eject: None,
        panic_permille: 0,
        slow_start: None,
    };

    /// Whether messages or time change what is believed; else calls alone do.
    pub fn listens(&self) -> bool {
        self.sees != Sees::Own || self.check.is_some() || self.eject.is_some()
    }
}

/// What a caller takes for the load of an instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sees {
    /// The answers that it owes this caller; where keys keep their instance, those keys.
    Own,
    /// The requests that are there: the instance tells every change by a message.
    Told,
    /// The requests that were there when it told last, every so many µs (Mitzenmacher's bulletin board).
    Every(u64),
}

/// Health checks by messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Check {
    /// How often, in µs, at least 1; the first at a moment that is drawn.
    pub every_us: u64,
    /// After what time without an answer a check has failed, in µs; at most as long.
    pub timeout_us: u64,
    /// After so many failures in a row an instance is left out.
    pub unhealthy: u32,
    /// After so many successes in a row it is used again.
    pub healthy: u32,
    /// Whether it asks if requests would go well; else only if anybody is there.
    pub deep: bool,
}

/// How an instance that comes back gets its share: weight `max(least, (t / window)^(1 / aggression))`, as in Envoy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SlowStart {
    /// How long it takes, in µs.
    pub window_us: u64,
    /// Above a million it is faster at first, in millionths.
    pub aggression: u32,
    /// The least weight, in millionths.
    pub least: u32,
}

impl SlowStart {
    /// The weight of one that is back for so long, in millionths.
    pub fn weight(&self, back_us: u64) -> u32 {
        balance::slow_start(back_us, self.window_us, self.aggression, self.least)
    }
}

/// How fast the instances of a tier work.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pace {
    /// Of each, in thousandths; those beyond its end at 1,000.
    pub speeds: Vec<u32>,
    /// Whether those that are started again are slow at first.
    pub warm: Option<Warm>,
}

/// An instance that was started again is slow at first: caches are cold, code is not compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Warm {
    /// For so long, in µs.
    pub for_us: u64,
    /// At first work takes so many times as long, in thousandths; evenly less until it does not.
    pub permille: u32,
}

impl Warm {
    /// How long work takes that begins so long after the start.
    pub fn work_us(&self, since_us: u64, work_us: u64) -> u64 {
        let Some(left_us) = self.for_us.checked_sub(since_us).filter(|left_us| *left_us > 0) else {
            return work_us;
        };
        let more = u128::from(self.permille.saturating_sub(1_000)) * u128::from(left_us);
        let more_us = u128::from(work_us) * more / (1_000 * u128::from(self.for_us));
        work_us.saturating_add(u64::try_from(more_us).unwrap_or(u64::MAX))
    }
}

/// What a caller believes of an instance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Belief {
    /// That it is well.
    Well,
    /// That it is not: checks failed.
    Unwell,
    /// That it is not: calls failed.
    Ejected,
}

impl Belief {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Belief::Well => "well",
            Belief::Unwell => "unwell",
            Belief::Ejected => "ejected",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cold_warms_up_evenly() {
        let warm = Warm { for_us: 1_000, permille: 5_000 };
        let work = [0, 250, 500, 1_000, 2_000].map(|since_us| warm.work_us(since_us, 100));
        assert_eq!(work, [500, 400, 300, 100, 100]);
        assert_eq!(Warm { for_us: 0, permille: 5_000 }.work_us(0, 100), 100);
    }
}

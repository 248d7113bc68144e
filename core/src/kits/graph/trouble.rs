//! Trouble: a span of time in which a service is silent, refuses, fails or works slower, or is called more often.

use super::about::About;
use super::declared::Class;
use super::mark::{HopId, TierId};

/// What goes wrong, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// Where.
    pub tier: TierId,
    /// At which instance; none: at all.
    pub instance: Option<u16>,
    /// When it begins.
    pub at_us: u64,
    /// How long it lasts, or at the least.
    pub for_us: u64,
    /// What it is.
    pub kind: Kind,
    /// Within its time it holds and does not by turns of this length; 0: it holds throughout.
    pub flap_us: u64,
    /// After its time an instance is well once less comes to it than this, in millionths of a request a second; 0 is without condition.
    pub recover_below: u32,
    /// Whose requests it strikes.
    pub whose: Whose,
    /// Whether its nodes say of themselves that they are in trouble; else it has to be found out.
    pub told: bool,
}

/// Whose requests a trouble strikes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Whose {
    /// Everybody's.
    #[default]
    All,
    /// Those of a class.
    Class(Class),
    /// Those of a tenant.
    Tenant(u8),
    /// Those that come on a hop.
    Hop(HopId),
}

impl Whose {
    /// Whether it strikes a request, by what that is about and the hop on which it comes.
    pub fn is(self, about: About, hop: HopId) -> bool {
        match self {
            Whose::All => true,
            Whose::Class(class) => about.class == class,
            Whose::Tenant(tenant) => about.tenant == tenant,
            Whose::Hop(own) => own == hop,
        }
    }
}

impl Trouble {
    /// At all instances, for a time from a moment on.
    pub fn new(tier: TierId, kind: Kind, (at_us, for_us): (u64, u64)) -> Trouble {
        Trouble {
            tier,
            instance: None,
            at_us,
            for_us,
            kind,
            flap_us: 0,
            recover_below: 0,
            whose: Whose::All,
            told: true,
        }
    }

    /// When its time is over.
    pub fn end_us(&self) -> u64 {
        self.at_us.saturating_add(self.for_us)
    }

    /// The turn in which it holds at a time, or else the next one; the last, if none is to come.
    pub fn turn(&self, now_us: u64) -> Spell {
        let (end_us, kind) = (self.end_us(), self.kind);
        let passed =
            now_us.saturating_sub(self.at_us).min(self.for_us).checked_div(self.flap_us).unwrap_or(0);
        let from = |turn: u64| self.at_us.saturating_add(turn.saturating_mul(self.flap_us));
        // Every other turn it is well.
        let next = passed + passed % 2;
        let turn = if from(next) < end_us { next } else { passed.saturating_sub(passed % 2) };
        let to_us = if self.flap_us == 0 { end_us } else { from(turn + 1).min(end_us) };
        Spell { from_us: from(turn), to_us, kind }
    }
}

/// What goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Work stands still, and goes on at the end.
    Silence,
    /// What comes is swallowed, for good.
    Mute,
    /// What comes is refused, and when it begins what is there: it begins with a restart.
    Refusal,
    /// Such a share of what comes, in millionths, fails at once.
    Errors(u32),
    /// What comes that asks for this key fails at once.
    Shard(u32),
    /// Work takes so many times as long.
    Slow(u32),
    /// Nothing is wrong but what a deep health check asks about.
    Alarm,
    /// It is as well as ever; all sources call so many times as often.
    Burst(u32),
}

impl Kind {
    /// Whether a request for a key meets it.
    pub fn strikes(self, key: u32) -> bool {
        !matches!(self, Kind::Shard(shard) if shard != key)
    }
}

/// A spell of trouble.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Spell {
    /// When it begins, in µs.
    pub from_us: u64,
    /// When it is over, in µs.
    pub to_us: u64,
    /// What it is.
    pub kind: Kind,
}

impl Spell {
    /// Whether it lasts at this time.
    pub fn holds(&self, now_us: u64) -> bool {
        (self.from_us..self.to_us).contains(&now_us)
    }

    /// When work that begins at `start_us` is done: within the span it stands still, or goes on slower.
    pub fn done_us(&self, start_us: u64, work_us: u64) -> u64 {
        let before_us = self.from_us.saturating_sub(start_us);
        let works_on = !matches!(self.kind, Kind::Silence | Kind::Slow(_));
        if work_us <= before_us || start_us >= self.to_us || works_on {
            return start_us.saturating_add(work_us);
        }
        let left_us = work_us - before_us;
        let span_us = self.to_us - start_us.max(self.from_us);
        match self.kind {
            Kind::Slow(times) => {
                let slowed_us = left_us.saturating_mul(u64::from(times));
                if slowed_us <= span_us {
                    return self.to_us - span_us + slowed_us;
                }
                self.to_us.saturating_add(left_us - span_us / u64::from(times))
            }
            _ => self.to_us.saturating_add(left_us),
        }
    }

    /// When work is done that would be at a time if there were no such spell, of which it has heard nothing until now.
    pub fn late_us(&self, now_us: u64, due_us: u64) -> u64 {
        self.done_us(now_us, due_us.saturating_sub(now_us))
    }

    /// How long it is until a source's next request which is `gap_us` away by its own measure: in a burst that passes so many times as fast.
    pub fn gap_us(&self, now_us: u64, gap_us: u64) -> u64 {
        let Kind::Burst(times) = self.kind else { return gap_us };
        let before_us = self.from_us.saturating_sub(now_us);
        if gap_us <= before_us || now_us >= self.to_us {
            return gap_us;
        }
        let (left_us, times) = (gap_us - before_us, u64::from(times));
        let span_us = self.to_us - now_us.max(self.from_us);
        match left_us.checked_sub(span_us.saturating_mul(times)) {
            Some(after_us) => before_us + span_us + after_us,
            None => before_us + left_us / times,
        }
    }

    /// The share of its capacity that the service has at a time, in thousandths.
    pub fn capacity_permille(&self, now_us: u64) -> i64 {
        match self.kind {
            _ if !self.holds(now_us) => 1_000,
            Kind::Burst(_) | Kind::Errors(_) | Kind::Shard(_) | Kind::Alarm => 1_000,
            Kind::Slow(times) => 1_000 / i64::from(times),
            Kind::Silence | Kind::Mute | Kind::Refusal => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(kind: Kind) -> Spell {
        Spell { from_us: 100, to_us: 200, kind }
    }

    #[test]
    fn work_stands_still_or_goes_on_slower_in_the_span() {
        let silent = spell(Kind::Silence);
        assert_eq!(silent.done_us(50, 50), 100);
        assert_eq!(silent.done_us(50, 60), 210);
        assert_eq!(silent.done_us(150, 60), 260);
        assert_eq!(silent.done_us(200, 60), 260);
        let slow = spell(Kind::Slow(10));
        assert_eq!(slow.done_us(90, 15), 150);
        assert_eq!(slow.done_us(90, 30), 210);
        assert_eq!(slow.done_us(150, 60), 255);
        assert_eq!(spell(Kind::Refusal).done_us(90, 30), 120);
        assert_eq!(spell(Kind::Burst(4)).done_us(90, 30), 120);
    }

    #[test]
    fn trouble_flaps_within_its_time() {
        let trouble = |flap_us| Trouble { flap_us, ..Trouble::new(TierId(0), Kind::Mute, (100, 95)) };
        let turn = |flap_us, now_us| {
            let Spell { from_us, to_us, .. } = trouble(flap_us).turn(now_us);
            (from_us, to_us)
        };
        for now_us in [0, 100, 150, 400] {
            assert_eq!(turn(0, now_us), (100, 195));
        }
        assert_eq!([0, 100, 119].map(|now_us| turn(20, now_us)), [(100, 120); 3]);
        assert_eq!([120, 139, 140, 159].map(|now_us| turn(20, now_us)), [(140, 160); 4], "the next turn");
        assert_eq!(
            [160, 180, 194, 195, 900].map(|now_us| turn(20, now_us)),
            [(180, 195); 5],
            "the last one is short"
        );
        assert_eq!([130, 194, 900].map(|now_us| turn(50, now_us)), [(100, 150); 3], "well until the end");
    }

    #[test]
    fn one_key_of_a_shard_that_is_down_meets_it() {
        assert!(Kind::Shard(3).strikes(3) && !Kind::Shard(3).strikes(4) && Kind::Mute.strikes(4));
    }

    #[test]
    fn calls_come_so_many_times_as_often_in_a_burst() {
        let burst = spell(Kind::Burst(4));
        assert_eq!(burst.gap_us(50, 50), 50);
        assert_eq!(burst.gap_us(50, 90), 60, "50 before the burst, and 40 that pass in 10");
        assert_eq!(burst.gap_us(150, 40), 10);
        assert_eq!(burst.gap_us(150, 230), 80, "200 pass in the 50 that are left, and 30 after it");
        assert_eq!(burst.gap_us(200, 40), 40);
        assert_eq!(spell(Kind::Silence).gap_us(150, 40), 40);
    }
}

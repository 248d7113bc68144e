//! What an instance tells of its attempts and calls, and of its pools.

use super::super::config::Config;
use super::super::message::{Ending, RESULTS, Speech};
use super::super::meta::fact;
use super::{At, Caller};
use crate::kits::graph::{Level, Mark, Stop};
use crate::sim::Out;
use crate::trace::Fact;

impl Caller {
    /// An attempt is over.
    pub(super) fn tell(&mut self, place: usize, result: Ending, at: &mut At<'_>) {
        let open = &self.open[place];
        let took_us = at.now_us().saturating_sub(open.began_us);
        let key = open.dependency as u16 * RESULTS + result as u16;
        at.out.mark(Mark::TryOver { hop: open.hop(), how: result.told(), took_us });
        at.out.fact(fact::RESULT, key, Fact::Int(took_us as i64));
    }

    /// The call of the request's present dependency is over.
    pub(super) fn tell_call(&self, place: usize, how: Ending, stop: Stop, at: &mut At<'_>) {
        let open = &self.open[place];
        let (hop, tries) = (open.hop(), open.tries.clamp(1, u16::MAX.into()) as u16);
        let took_us = at.now_us().saturating_sub(open.call_us);
        at.out.mark(Mark::CallOver { hop, how: how.told(), stop, tries, took_us });
    }

    /// What is held and what waits in its pools, where that has changed.
    pub(super) fn report(&mut self, out: &mut Out<Speech>) {
        let told =
            |told: &[(u32, u32)]| told.iter().fold((0, 0), |sum, pool| (sum.0 + pool.0, sum.1 + pool.1));
        let before = told(&self.told);
        for (number, (pool, told)) in self.pools.iter().zip(&mut self.told).enumerate() {
            let now = (pool.busy(), pool.queued());
            if now.0 != told.0 {
                out.fact(fact::THREADS, number as u16, Fact::Int(i64::from(now.0)));
            }
            if now.1 != told.1 {
                out.fact(fact::WAITING, number as u16, Fact::Int(i64::from(now.1)));
            }
            *told = now;
        }
        let now = told(&self.told);
        for (what, before, now) in [(Level::Held, before.0, now.0), (Level::Pending, before.1, now.1)] {
            if before != now {
                out.mark(Mark::Level { tier: Config::SERVICE, what, now });
            }
        }
    }
}

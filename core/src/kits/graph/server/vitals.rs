//! How a server is, and what it tells of that: its pace, health checks, and its load for those who go by it.

use super::super::declared::Tier;
use super::super::mark::HopId;
use super::super::message::{Msg, Timer};
use super::super::trouble::Kind;
use super::Server;
use crate::cast::NodeId;
use crate::kits::graph::caller::At;
use crate::sim::dice::{Purpose, Range, happens};

/// Whether a deep check fails where a share of requests does.
const PROBE: Purpose = Purpose::Protocol(9);

/// How long work takes at this instance, which may be slower or faster than others, and cold.
pub fn paced(work_us: u64, tier: &Tier, started_us: Option<u64>, at: &At<'_>) -> u64 {
    let mut work_us = work_us;
    if !tier.pace.speeds.is_empty() {
        let speed =
            tier.pace.speeds.get(usize::from(at.config.instance(at.ctx.me))).copied().unwrap_or(1_000);
        let paced = u128::from(work_us) * 1_000 / u128::from(speed.max(1));
        work_us = u64::try_from(paced).unwrap_or(u64::MAX);
    }
    match (tier.pace.warm, started_us) {
        (Some(warm), Some(started_us)) => warm.work_us(at.now_us().saturating_sub(started_us), work_us),
        _ => work_us,
    }
}

impl Server {
    /// A health check comes. It waits in no line and takes no worker.
    pub(super) fn probe(&self, from: NodeId, hop: HopId, number: u32, at: &mut At<'_>) {
        let deep = at.config.graph.hops.get(usize::from(hop.0)).and_then(|hop| hop.beliefs.check);
        let deep = deep.is_some_and(|check| check.deep);
        let well = match self.trouble(at.now_us()).map(|spell| spell.kind) {
            Some(Kind::Silence | Kind::Mute) => return,
            Some(Kind::Refusal) => false,
            Some(Kind::Errors(share)) if deep => {
                let die = at.ctx.die(PROBE, u64::from(from.0) << 32 | u64::from(number));
                !happens(die, share.into())
            }
            Some(Kind::Alarm) => !deep,
            _ => true,
        };
        at.out.send(from, Msg::Probed { hop, number, well });
    }

    /// The node is up: it tells its load at the same times as all others.
    pub(super) fn begin_telling(&self, at: &mut At<'_>) {
        for (hop, every_us) in &self.tier(at).1.tells {
            if let Some(every_us) = every_us {
                at.out.set_timer(Timer::Tell(*hop), Range::exactly(every_us - at.now_us() % every_us));
            }
        }
    }

    /// Tells its load to all who call on this hop, and does so again.
    pub(super) fn tell_load(&self, hop: HopId, at: &mut At<'_>) {
        let every_us = self.tier(at).1.tells.iter().find_map(|(id, us)| us.filter(|_| *id == hop));
        self.tell_callers(hop, at);
        if let Some(every_us) = every_us {
            at.out.set_timer(Timer::Tell(hop), Range::exactly(every_us));
        }
    }

    /// Tells its load, where it has changed, to those who hear of every change.
    pub(super) fn tell_change(&mut self, at: &mut At<'_>) {
        let tells = &self.tier(at).1.tells;
        let load = self.frames.len() as u32;
        if tells.is_empty() || load == self.load {
            return;
        }
        self.load = load;
        for (hop, _) in tells.iter().filter(|(_, every_us)| every_us.is_none()) {
            self.tell_callers(*hop, at);
        }
    }

    fn tell_callers(&self, hop: HopId, at: &mut At<'_>) {
        let load = self.frames.len() as u32;
        at.out.serve_none();
        for caller in at.config.nodes(at.config.graph.hops[usize::from(hop.0)].from) {
            at.out.send(caller, Msg::Load { hop, load });
        }
    }
}

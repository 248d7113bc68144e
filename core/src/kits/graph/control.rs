//! A controller that starts and stops instances of a tier by how busy they are, what comes or what waits (an autoscaler). It looks at times, and what
//! it sees is what instances tell it; they obey its orders after a while.

use super::caller::At;
use super::config::Config;
use super::mark::TierId;
use super::message::{Msg, Speech, Timer, fact};
use crate::cast::NodeId;
use crate::parts::hpa::{self, Scaler};
use crate::sim::dice::{MILLION, Range};
use crate::sim::dist::Dist;
use crate::sim::{Ctx, Input, Never, Out, Protocol};
use crate::time::DurationUs;
use crate::trace::Fact;
use std::fmt;

/// A controller, as a lab declares it.
#[derive(Clone, Debug)]
pub struct Scale {
    /// Who it is: a tier of one instance that nobody calls.
    pub tier: TierId,
    /// Whose instances it starts and stops. So many there may be at the most.
    pub of: TierId,
    /// A tier where requests wait for these, if they do not wait at each.
    pub line: Option<TierId>,
    /// How many are ready at the start, and the fewest that there are.
    pub least: u16,
    /// By what it goes.
    pub by: By,
    /// How much of what they can do instances are to do, in millionths.
    pub target: u32,
    /// How often it looks.
    pub every_us: u64,
    /// How long an instance takes to be ready once it is told to start.
    pub start_up: Dist,
    /// What counts as the target, in thousandths off it.
    pub tolerance_permille: u32,
    /// For how long the most that was asked for of late holds it back from stopping any.
    pub down_after_us: u64,
}

/// By what a controller goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// How busy instances were since the last look: all of it at the most, however much waits.
    Cpu,
    /// What has come since the last look.
    Rate,
    /// What waits, as if it were to be done by the next look.
    Backlog,
}

/// What an instance is up to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Life {
    /// It is off.
    Off,
    /// It has been told to start.
    Starting,
    /// It takes requests.
    Ready,
    /// It takes none any more, and ends those that it has.
    Draining,
}

impl Life {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Life::Off => "off",
            Life::Starting => "starting",
            Life::Ready => "ready",
            Life::Draining => "draining",
        }
    }
}

/// What somebody tells the controller of the time since it asked last.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Does {
    /// What it is up to.
    pub life: Life,
    /// What its workers worked, added up, in µs.
    pub busy_us: u64,
    /// Requests that came.
    pub came: u32,
    /// Requests that wait now.
    pub waits: u32,
}

impl fmt::Display for Does {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (life, busy) = (self.life.word(), DurationUs(self.busy_us));
        write!(f, "{life}: busy {busy}, {} came, {} wait", self.came, self.waits)
    }
}

/// The controller.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Control {
    which: usize,
    scaler: Scaler,
    /// What was told since it asked last, by instances and by those where requests wait.
    told: Vec<(NodeId, Does)>,
    asked: usize,
}

impl Protocol for Control {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Control {
        let which = config.tiers[usize::from(config.tier_of(ctx.me).0)].controls.unwrap_or(0);
        let scale = &config.graph.scales[which];
        let most = config.graph.tiers[usize::from(scale.of.0)].instances;
        let policy = hpa::Policy {
            tolerance_permille: scale.tolerance_permille,
            down_after_us: scale.down_after_us,
            least: scale.least.into(),
            most: most.into(),
        };
        out.fact(fact::ROLE, 0, Fact::Word("controller"));
        out.set_timer(Timer::Look, Range::exactly(scale.every_us));
        Control { which, scaler: Scaler::new(policy), told: Vec::new(), asked: 0 }
    }

    fn weight(&self) -> u64 {
        32 * self.told.capacity() as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let at = &mut At { config, ctx, out };
        let scale = &config.graph.scales[self.which];
        match input {
            Input::Timer(Timer::Look) => {
                self.told.clear();
                let all: Vec<NodeId> = [Some(scale.of), scale.line]
                    .into_iter()
                    .flatten()
                    .flat_map(|tier| config.nodes(tier))
                    .collect();
                self.asked = all.len();
                all.into_iter().for_each(|node| at.out.send(node, Msg::Look));
                at.out.set_timer(Timer::Look, Range::exactly(scale.every_us));
                // Of whom nothing is heard by then is not counted.
                at.out.set_timer(Timer::Decide, Range::exactly(scale.every_us / 2));
            }
            Input::Deliver { from, msg: Msg::Does { does } } => {
                if self.told.iter().all(|(node, _)| *node != from) {
                    self.told.push((from, does));
                }
                if self.told.len() == self.asked {
                    at.out.cancel(Timer::Decide);
                    self.decide(scale, at);
                }
            }
            Input::Timer(Timer::Decide) => self.decide(scale, at),
            Input::Deliver { .. } | Input::Timer(_) | Input::Ask(_) => {}
        }
    }
}

impl Control {
    fn decide(&mut self, scale: &Scale, at: &mut At<'_>) {
        // Whoever answers later answers no question any more.
        self.asked = 0;
        let config = at.config;
        let (tier, plan) =
            (&config.graph.tiers[usize::from(scale.of.0)], &config.tiers[usize::from(scale.of.0)]);
        crate::sorted::sort_by_key(&mut self.told, |(node, _)| *node);
        let is_instance = |node: NodeId| config.tier_of(node) == scale.of;
        let instances = || self.told.iter().filter(|(node, _)| is_instance(*node));
        let with = |life: Life| instances().filter(|(_, does)| does.life == life).count() as u32;
        let (ready, starting) = (with(Life::Ready), with(Life::Starting));
        let at_line = |node: NodeId| is_instance(node) == scale.line.is_none();
        let came: u64 =
            self.told.iter().filter(|(node, _)| at_line(*node)).map(|(_, does)| u64::from(does.came)).sum();
        let waits: u64 = self.told.iter().map(|(_, does)| u64::from(does.waits)).sum();
        // What all that are ready could have done, and what they did or should do, both as time of workers.
        let able_us = u64::from(ready.max(1)) * u64::from(tier.workers.max(1)) * scale.every_us;
        let does_us = match scale.by {
            By::Cpu => {
                instances().filter(|(_, does)| does.life == Life::Ready).map(|(_, does)| does.busy_us).sum()
            }
            By::Rate => came.saturating_mul(plan.mean_us),
            By::Backlog => waits.saturating_mul(plan.mean_us),
        };
        let share = u64::try_from(u128::from(does_us) * u128::from(MILLION) / u128::from(able_us.max(1)));
        let (share, on) = (share.unwrap_or(u64::MAX), ready + starting);
        let wanted = self.scaler.look(ready.max(1), on, share, scale.target.into(), at.now_us());
        at.out.note(|| format!("{ready} ready at {} %, {on} are to be: {wanted} wanted", share / 10_000));
        at.out.fact(fact::WANTED, 0, Fact::Int(wanted.into()));
        let of = |lives: &[Life]| -> Vec<NodeId> {
            instances().filter(|(_, does)| lives.contains(&does.life)).map(|(node, _)| *node).collect()
        };
        // One that is on its way out comes back sooner than one that is off; who is not ready yet goes first.
        let (chosen, on) = if wanted > on {
            let more = (wanted - on) as usize;
            (of(&[Life::Draining]).into_iter().chain(of(&[Life::Off])).take(more).collect::<Vec<_>>(), true)
        } else {
            let fewer = (on - wanted) as usize;
            let last = of(&[Life::Starting]).into_iter().rev().chain(of(&[Life::Ready]).into_iter().rev());
            (last.take(fewer).collect(), false)
        };
        chosen.into_iter().for_each(|node| at.out.send(node, Msg::Order { on }));
    }
}

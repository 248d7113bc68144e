//! The instance of a try whose call does not reach all of them.

use super::super::config::HopPlan;
use super::super::declared::Hop;
use super::exit::PICK;
use super::{At, Call};
use crate::cast::NodeId;
use crate::sim::dice::below;

impl Call {
    /// Any of those that it reaches that have had no try, each as likely; any of all where each has had one.
    pub(super) fn reached(&self, hop: &Hop, plan: &HopPlan, at: &At<'_>) -> NodeId {
        let me = at.config.instance(at.ctx.me);
        let (first, many) = hop.reach.of(self.wanted.about.key, me, plan.instances);
        let node = |place: u16| NodeId(plan.to.0 + first + place);
        if many == 1 {
            return node(0);
        }
        let die = at.die(PICK, self.wanted.luck, self.path());
        let fresh = |place: &u16| self.beside.iter().all(|other| other.to != node(*place));
        let left = (0..many).filter(fresh).count() as u64;
        if self.beside.is_empty() || left == 0 {
            return node(below(die, u64::from(many)) as u16);
        }
        let place = (0..many).filter(fresh).nth(below(die, left) as usize).unwrap_or(0);
        node(place)
    }
}

//! What a node keeps on its disk: versions by key, and writes kept for nodes that could not be reached.

use super::meta::fact;
use super::message::{Msg, Speech, Timer};
use super::object::{Object, Version};
use super::config::Config;
use super::replica::told;
use crate::cast::NodeId;
use crate::parts::hints::{Hint, Hints, Limits};
use crate::sim::{Ctx, Out, Range};
use crate::sorted::Map;
use crate::trace::Fact;

/// What a crash leaves on a replica, or on a coordinator apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Disk {
    /// What it holds, by key; a coordinator apart: what it has stamped, for under vectors its counters must go on rising.
    pub objects: Vec<Option<Object>>,
    /// What it keeps for others.
    hints: Hints<NodeId, (u16, Object)>,
    /// In how many of these each version is.
    hinted: Map<(u16, Version), u32>,
}

/// How many hints a node keeps at the most.
const MAX_HINTS: u32 = 10_000;
/// What a hint takes, without what its object refers to.
const HINT_BYTES: u64 = 96;

impl Disk {
    /// An empty one.
    pub fn new(config: &Config) -> Disk {
        let params = &config.params;
        let limits = Limits { most: MAX_HINTS, window_us: params.hint_window, lifetime_us: params.hint_life };
        Disk { objects: vec![None; params.keys as usize], hints: Hints::new(limits), hinted: Map::new() }
    }

    /// Writes it, if anybody may lose what is in memory.
    pub fn save(&self, config: &Config, out: &mut Out<Speech>) {
        if config.keeps_disk {
            out.persist(self.clone());
        }
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        let held = self.objects.iter().flatten().map(Object::weight).sum::<u64>();
        let hints = self.hints.owners().flat_map(|owner| self.hints.pending(owner));
        held + hints.map(|hint| HINT_BYTES + hint.item.1.weight()).sum::<u64>()
    }

    /// What it keeps for others, in bytes, each as small as can be.
    pub fn hints_weight(&self) -> u64 {
        HINT_BYTES * u64::from(self.hints.len())
    }

    /// The versions of a key that it keeps for others.
    pub fn kept_for_others(&self, key: u16) -> impl Iterator<Item = &Object> {
        let hints = self.hints.owners().flat_map(|owner| self.hints.pending(owner));
        hints.filter(move |hint| hint.item.0 == key).map(|hint| &hint.item.1)
    }

    /// Keeps a write for its owner; false if it must not, for there are too many, or the owner has been away for too long.
    pub fn keep_hint(
        &mut self,
        config: &Config,
        ctx: &Ctx,
        owner: NodeId,
        (key, object): (u16, Object),
        out: &mut Out<Speech>,
    ) -> bool {
        let idle = self.hints.is_empty();
        if self.hints.store(owner, (key, object.clone()), config.now_us(ctx)).is_err() {
            self.let_go(key, &object, out);
            return false;
        }
        for version in object.versions() {
            *self.hinted.entry((key, version)).or_default() += 1;
        }
        out.fact(fact::HINTS, 0, Fact::Int(i64::from(self.hints.len())));
        self.save(config, out);
        if idle {
            self.await_handoff(config, out);
        }
        true
    }

    /// Offers every hint to its owner but those that have lived their life; those that it takes are forgotten.
    pub fn hand_off(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        out.serve_none();
        let expired = self.hints.expire(config.now_us(ctx));
        if !expired.is_empty() {
            out.note(|| "hints have expired".into());
            self.forget(config, &expired, out);
        }
        for owner in self.hints.owners() {
            for hint in self.hints.pending(owner) {
                let (key, object) = hint.item.clone();
                out.send(*owner, Msg::Hint { number: hint.number, key, object });
            }
        }
        self.await_handoff(config, out);
    }

    /// The owner has taken a hint.
    pub fn confirm(&mut self, config: &Config, owner: NodeId, number: u64, out: &mut Out<Speech>) {
        out.goes_through(self.hints_weight());
        if let Some(hint) = self.hints.confirm(&owner, number) {
            self.forget(config, &[hint], out);
        }
    }

    /// Hints are not held any more.
    fn forget(&mut self, config: &Config, gone: &[Hint<(u16, Object)>], out: &mut Out<Speech>) {
        out.fact(fact::HINTS, 0, Fact::Int(i64::from(self.hints.len())));
        for Hint { item: (key, object), .. } in gone {
            for held in object.versions().into_iter().map(|version| (*key, version)) {
                match self.hinted.get_mut(&held) {
                    Some(more @ 2..) => *more -= 1,
                    _ => drop(self.hinted.remove(&held)),
                }
            }
        }
        for Hint { item: (key, object), .. } in gone {
            self.let_go(*key, object, out);
        }
        self.save(config, out);
    }

    /// Tells of the versions in a hint that it keeps for nobody else, either.
    fn let_go(&self, key: u16, object: &Object, out: &mut Out<Speech>) {
        for version in object.versions() {
            if !self.hinted.contains_key(&(key, version)) {
                out.fact(fact::LET_GO, key, told(key, version));
            }
        }
    }

    /// Where anything is kept for others, it will be offered to them.
    pub fn await_handoff(&self, config: &Config, out: &mut Out<Speech>) {
        if !self.hints.is_empty() {
            let serving = out.serving();
            out.serve_none();
            out.set_timer(Timer::Handoff, Range::exactly(config.params.suspect));
            if let Some(op) = serving {
                out.serve(op, 0);
            }
        }
    }
}

//! A replica: what it holds, the hints it keeps for others, and how it synchronises with its peers.

use super::message::Msg;
use super::object::{Object, Version, merge_into};
use super::protocol::{Config, Disk, Node, Timer};
use crate::cast::NodeId;
use crate::parts::hints::Hints;
use crate::parts::merkle::{Answer, MerkleTree, Offer};
use crate::sim::dice::{Purpose, below};
use crate::sim::{Ctx, Out, Range, hash_of};
use crate::trace::Fact;

/// What replicas report, as indexes into the lab's facts; each but the last two for every key.
pub mod fact {
    /// The value, or the siblings.
    pub const VALUE: u8 = 0;
    /// Timestamp or vector.
    pub const VERSION: u8 = 1;
    /// A write that it holds from now on.
    pub const TOOK: u8 = 2;
    /// A write that it holds no longer.
    pub const DROPPED: u8 = 3;
    /// How many hints it keeps.
    pub const HINTS: u8 = 4;
    /// What it is, or does.
    pub const ROLE: u8 = 5;
}

/// What a hint takes, without what its object refers to.
const HINT_BYTES: u64 = 96;

/// What objects and hints take, in bytes: a replica's, or a disk's.
pub fn store_weight(objects: &[Option<Object>], hints: &Hints<NodeId, (u16, Object)>) -> u64 {
    let held = objects.iter().flatten().map(Object::weight).sum::<u64>();
    let hints = hints.owners().flat_map(|owner| hints.pending(owner, 0));
    held + hints.map(|hint| HINT_BYTES + hint.item.1.weight()).sum::<u64>()
}

/// A replica's store.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Replica {
    objects: Vec<Option<Object>>,
    hints: Hints<NodeId, (u16, Object)>,
    rounds: u64,
}

/// How many hints a node keeps at the most.
const MAX_HINTS: u32 = 10_000;
/// How long a hint lives: longer than any run.
const HINT_LIFETIME_US: u64 = u64::MAX;

impl Replica {
    /// Boots from a disk; an empty one where there is none.
    pub fn boot(config: &Config, disk: Option<&Disk>, ctx: &Ctx, out: &mut Out<Node>) -> Replica {
        let replica = match disk {
            Some(disk) => Replica { objects: disk.objects.clone(), hints: disk.hints.clone(), rounds: 0 },
            None => Replica {
                objects: vec![None; config.params.keys as usize],
                hints: Hints::new(MAX_HINTS, HINT_LIFETIME_US),
                rounds: 0,
            },
        };
        let spare = config.cast.sort(ctx.me).1 >= config.params.n as u16;
        out.fact(fact::ROLE, 0, Fact::Word(if spare { "spare" } else { "replica" }));
        for key in 0..config.params.keys as u16 {
            match replica.objects[usize::from(key)].clone() {
                Some(object) => replica.tell(key, &[], &object, out),
                None if config.owners(key).contains(&ctx.me) => out.fact(fact::VALUE, key, Fact::Word("·")),
                None => {}
            }
        }
        replica.await_next_sync(config, out);
        replica.await_handoff(config, out);
        replica
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        store_weight(&self.objects, &self.hints)
    }

    /// What it keeps for others, in bytes, each as small as can be.
    pub fn hints_weight(&self) -> u64 {
        HINT_BYTES * u64::from(self.hints.len())
    }

    /// What it holds for a key.
    pub fn get(&self, key: u16) -> Option<&Object> {
        self.objects[usize::from(key)].as_ref()
    }

    /// What it answers a read with: what it holds, or keeps for another.
    pub fn answer(&self, key: u16, out: &mut Out<Node>) -> Option<Object> {
        out.goes_through(self.hints_weight());
        let mut found = self.get(key).cloned();
        for owner in self.hints.owners() {
            for hint in self.hints.pending(owner, 0).filter(|hint| hint.item.0 == key) {
                merge_into(&mut found, &hint.item.1);
            }
        }
        found
    }

    /// Takes a version in, and tells what changed.
    pub fn take(&mut self, config: &Config, key: u16, object: &Object, out: &mut Out<Node>) {
        let held = &mut self.objects[usize::from(key)];
        let before = held.as_ref().map(Object::versions).unwrap_or_default();
        if !merge_into(held, object) {
            return;
        }
        let now = held.clone().expect("something was just merged in");
        self.tell(key, &before, &now, out);
        if now.is_tombstone() {
            out.set_timer(Timer::Purge(key), Range::exactly(config.params.grace));
        } else {
            out.cancel(Timer::Purge(key));
        }
        self.persist(config, out);
    }

    /// The tombstone has lived its life: the key is forgotten, and so is that it was deleted.
    pub fn purge(&mut self, config: &Config, key: u16, out: &mut Out<Node>) {
        let held = &mut self.objects[usize::from(key)];
        if let Some(gone) = held.take_if(|object| object.is_tombstone()) {
            out.fact(fact::VALUE, key, Fact::Word("·"));
            for version in gone.versions() {
                out.fact(fact::DROPPED, key, told(key, version));
            }
            out.note(|| "the tombstone has expired".into());
            self.persist(config, out);
        }
    }

    fn tell(&self, key: u16, before: &[Version], object: &Object, out: &mut Out<Node>) {
        let versions = object.versions();
        match (object, versions.as_slice()) {
            (Object::Lww(_), [Version { value: Some(value), .. }]) => {
                out.fact(fact::VALUE, key, Fact::Int(i64::from(*value)));
            }
            _ if out.words_wanted() => out.fact(fact::VALUE, key, Fact::Text(object.to_string().into())),
            _ => {}
        }
        // Siblings may be many: each is looked up among the others, not compared with all.
        let sorted = |versions: &[Version]| {
            let mut versions = versions.to_vec();
            crate::sorted::sort(&mut versions);
            versions
        };
        let (had, has) = (sorted(before), sorted(&versions));
        for version in versions.iter().filter(|version| had.binary_search(version).is_err()) {
            out.fact(fact::TOOK, key, told(key, *version));
        }
        for version in before.iter().filter(|version| has.binary_search(version).is_err()) {
            out.fact(fact::DROPPED, key, told(key, *version));
        }
        if out.words_wanted() {
            out.fact(fact::VERSION, key, Fact::Text(object.version_text().into()));
        }
    }

    /// Keeps a write for its owner.
    pub fn keep_hint(
        &mut self,
        config: &Config,
        owner: NodeId,
        key: u16,
        object: Object,
        out: &mut Out<Node>,
    ) -> bool {
        let idle = self.hints.is_empty();
        if self.hints.store(owner, (key, object), 0).is_err() {
            return false;
        }
        out.fact(fact::HINTS, 0, Fact::Int(i64::from(self.hints.len())));
        self.persist(config, out);
        if idle {
            self.await_handoff(config, out);
        }
        true
    }

    /// Offers every hint to its owner; those that it takes are forgotten.
    pub fn hand_off(&mut self, config: &Config, out: &mut Out<Node>) {
        out.serve_none();
        for owner in self.hints.owners() {
            for hint in self.hints.pending(owner, 0) {
                let (key, object) = hint.item.clone();
                out.send(*owner, Msg::Hint { number: hint.number, key, object });
            }
        }
        self.await_handoff(config, out);
    }

    /// The owner has taken a hint.
    pub fn confirm(&mut self, config: &Config, owner: NodeId, number: u64, out: &mut Out<Node>) {
        out.goes_through(self.hints_weight());
        if self.hints.confirm(&owner, number) {
            out.fact(fact::HINTS, 0, Fact::Int(i64::from(self.hints.len())));
            self.persist(config, out);
        }
    }

    fn await_handoff(&self, config: &Config, out: &mut Out<Node>) {
        if !self.hints.is_empty() {
            let serving = out.serving();
            out.serve_none();
            out.set_timer(Timer::Handoff, Range::exactly(config.params.suspect));
            if let Some(op) = serving {
                out.serve(op, 0);
            }
        }
    }

    fn await_next_sync(&self, config: &Config, out: &mut Out<Node>) {
        let every_us = config.params.sync;
        if every_us > 0 {
            out.serve_none();
            out.set_timer(Timer::Sync, Range::new(every_us - every_us / 4, every_us + every_us / 4));
        }
    }

    /// Begins an exchange with a peer chosen by a die: the root of the tree that they share.
    pub fn begin_sync(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Node>) {
        let servers = u64::from(config.cast.servers);
        self.rounds += 1;
        if servers > 1 {
            let mut number = below(ctx.die(Purpose::Choice, self.rounds), servers - 1) as u16;
            number += u16::from(number >= config.cast.sort(ctx.me).1);
            let peer = config.cast.server(number);
            out.send(peer, Msg::Tree { offer: self.tree(config, ctx.me, peer).open() });
        }
        self.await_next_sync(config, out);
    }

    /// Compares a peer's hashes with its own, and goes on with what differs.
    pub fn compare(&self, config: &Config, ctx: &Ctx, peer: NodeId, offer: &Offer, out: &mut Out<Node>) {
        match self.tree(config, ctx.me, peer).answer(offer) {
            Answer::Same => {}
            Answer::Deeper(offer) => out.send(peer, Msg::Tree { offer }),
            Answer::Leaves(leaves) => {
                let objects = self.objects_of(config, ctx.me, peer, &leaves);
                out.send(peer, Msg::Sync { leaves, objects, back: true });
            }
        }
    }

    /// Takes a peer's versions in; gives back its own where they know more.
    pub fn sync(
        &mut self,
        config: &Config,
        ctx: &Ctx,
        peer: NodeId,
        theirs: (&[u32], &[(u16, Object)]),
        back: bool,
        out: &mut Out<Node>,
    ) {
        let (leaves, objects) = theirs;
        for (key, object) in objects {
            self.take(config, *key, object, out);
        }
        let mut more = self.objects_of(config, ctx.me, peer, leaves);
        more.retain(|mine| !objects.contains(mine));
        if back && !more.is_empty() {
            out.send(peer, Msg::Sync { leaves: leaves.to_vec(), objects: more, back: false });
        }
    }

    /// The tree over the keys that two replicas share. It is made anew for each step: keys are few, and no step is spoilt by a write in between.
    fn tree(&self, config: &Config, me: NodeId, peer: NodeId) -> MerkleTree {
        let mut tree = MerkleTree::new(config.params.depth);
        for (key, object) in self.shared(config, me, peer) {
            tree.set(hash_of(&key), object.hash());
        }
        tree
    }

    fn objects_of(&self, config: &Config, me: NodeId, peer: NodeId, leaves: &[u32]) -> Vec<(u16, Object)> {
        let tree = MerkleTree::new(config.params.depth);
        let within = |key: u16| leaves.contains(&tree.leaf_of(hash_of(&key)));
        self.shared(config, me, peer)
            .filter(|(key, _)| within(*key))
            .map(|(key, object)| (key, object.clone()))
            .collect()
    }

    fn shared<'a>(
        &'a self,
        config: &'a Config,
        me: NodeId,
        peer: NodeId,
    ) -> impl Iterator<Item = (u16, &'a Object)> {
        self.objects.iter().enumerate().filter_map(move |(key, object)| {
            let owners = config.owners(key as u16);
            let both = owners.contains(&me) && owners.contains(&peer);
            object.as_ref().filter(|_| both).map(|object| (key as u16, object))
        })
    }

    fn persist(&self, config: &Config, out: &mut Out<Node>) {
        if config.keeps_disk {
            out.persist(Disk { objects: self.objects.clone(), hints: self.hints.clone() });
        }
    }
}

/// A version as facts tell it: which write of which client.
fn told(key: u16, version: Version) -> Fact {
    Fact::Write { client: version.write.client, number: version.write.number, key, value: version.value }
}

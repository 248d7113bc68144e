//! A replica: what it holds, how long it remembers what was deleted, and how it synchronises with its peers.

use super::meta::fact;
use super::disk::Disk;
use super::message::{Msg, Speech, Timer};
use super::object::{Object, Version, merge_into};
use super::config::Config;
use crate::cast::NodeId;
use crate::parts::merkle::{Answer, MerkleTree, Offer};
use crate::sim::dice::{Purpose, below};
use crate::sim::{Ctx, Out, Range, hash_of};
use crate::trace::Fact;

/// A replica's store.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Replica {
    /// What it holds, and keeps for others.
    pub disk: Disk,
    rounds: u64,
}

impl Replica {
    /// Boots from a disk; an empty one where there is none. What it finds deleted grows old as if it had not been away.
    pub fn boot(config: &Config, disk: Option<&Disk>, ctx: &Ctx, out: &mut Out<Speech>) -> Replica {
        let disk = disk.cloned().unwrap_or_else(|| Disk::new(config));
        let replica = Replica { disk, rounds: 0 };
        let spare = config.cast.sort(ctx.me).1 >= config.params.n as u16;
        out.fact(fact::ROLE, 0, Fact::Word(if spare { "spare" } else { "replica" }));
        for key in 0..config.params.keys as u16 {
            match replica.get(key).cloned() {
                Some(object) => {
                    replica.tell(key, &[], &object, out);
                    if let Some(left_us) = left_us(config, ctx, &object) {
                        out.set_timer(Timer::Purge(key), Range::exactly(left_us));
                    }
                }
                None if config.owners(key).contains(&ctx.me) => out.fact(fact::VALUE, key, Fact::Word("·")),
                None => {}
            }
        }
        replica.await_next_sync(config, out);
        replica.disk.await_handoff(config, out);
        replica
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        self.disk.weight()
    }

    /// What it holds for a key.
    pub fn get(&self, key: u16) -> Option<&Object> {
        self.disk.objects[usize::from(key)].as_ref()
    }

    /// What it answers a read with: what it holds, or keeps for another.
    pub fn answer(&self, key: u16, out: &mut Out<Speech>) -> Option<Object> {
        out.goes_through(self.disk.hints_weight());
        let mut found = self.get(key).cloned();
        for object in self.disk.kept_for_others(key) {
            merge_into(&mut found, object);
        }
        found
    }

    /// Takes a version in, and tells what changed. A tombstone that comes after its lifetime still takes the place of what it deleted, and is
    /// forgotten at once: else replicas would pass it round for ever.
    pub fn take(&mut self, config: &Config, ctx: &Ctx, key: u16, object: &Object, out: &mut Out<Speech>) {
        let held = &mut self.disk.objects[usize::from(key)];
        let before = held.as_ref().map(Object::versions).unwrap_or_default();
        if !merge_into(held, object) {
            return;
        }
        let now = held.clone().expect("something was just merged in");
        self.tell(key, &before, &now, out);
        match left_us(config, ctx, &now) {
            None => out.cancel(Timer::Purge(key)),
            Some(0) => return self.purge(config, ctx, key, out),
            Some(left_us) => out.set_timer(Timer::Purge(key), Range::exactly(left_us)),
        }
        self.disk.save(config, out);
    }

    /// The tombstone has lived its life, if the clock has not been set back: the key is forgotten, and so is that it was deleted.
    pub fn purge(&mut self, config: &Config, ctx: &Ctx, key: u16, out: &mut Out<Speech>) {
        let held = &mut self.disk.objects[usize::from(key)];
        match held.as_ref().and_then(|object| left_us(config, ctx, object)) {
            None => return,
            Some(0) => out.cancel(Timer::Purge(key)),
            Some(left_us) => return out.set_timer(Timer::Purge(key), Range::exactly(left_us)),
        }
        let gone = held.take().map(|object| object.versions()).unwrap_or_default();
        out.fact(fact::VALUE, key, Fact::Word("·"));
        for version in gone {
            out.fact(fact::DROPPED, key, told(key, version));
        }
        out.note(|| "the tombstone has expired".into());
        self.disk.save(config, out);
    }

    fn tell(&self, key: u16, before: &[Version], object: &Object, out: &mut Out<Speech>) {
        let versions = object.versions();
        match (object, versions.as_slice()) {
            (Object::Lww(_), [Version { value: Some(value), .. }]) => {
                out.fact(fact::VALUE, key, Fact::Int(i64::from(*value)));
            }
            _ => out.show(fact::VALUE, key, || Fact::Text(object.to_string().into())),
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
        out.show(fact::VERSION, key, || Fact::Text(object.version_text().into()));
    }

    fn await_next_sync(&self, config: &Config, out: &mut Out<Speech>) {
        let every_us = config.params.sync;
        if every_us > 0 {
            out.serve_none();
            out.set_timer(Timer::Sync, Range::new(every_us - every_us / 4, every_us + every_us / 4));
        }
    }

    /// Begins an exchange with a peer chosen by a die: the root of the tree that they share.
    pub fn begin_sync(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
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
    pub fn compare(&self, config: &Config, ctx: &Ctx, peer: NodeId, offer: &Offer, out: &mut Out<Speech>) {
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
        out: &mut Out<Speech>,
    ) {
        let (leaves, objects) = theirs;
        for (key, object) in objects {
            self.take(config, ctx, *key, object, out);
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
        self.disk.objects.iter().enumerate().filter_map(move |(key, object)| {
            let owners = config.owners(key as u16);
            let both = owners.contains(&me) && owners.contains(&peer);
            object.as_ref().filter(|_| both).map(|object| (key as u16, object))
        })
    }
}

/// For how long a tombstone is still to be remembered, by the clock of who holds it, in µs: its age counts from the delete, wherever it has
/// been since (Cassandra's local deletion time and `gc_grace_seconds`). None for what is no tombstone.
fn left_us(config: &Config, ctx: &Ctx, object: &Object) -> Option<u64> {
    let until_us = object.deleted_us()?.saturating_add(config.params.grace);
    Some(until_us.saturating_sub(config.now_us(ctx)))
}

/// A version as facts tell it: which write of which client.
pub(super) fn told(key: u16, version: Version) -> Fact {
    Fact::Write { client: version.write.client, number: version.write.number, key, value: version.value }
}

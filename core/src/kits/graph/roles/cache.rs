//! A cache: copies of what a store has, for a time and as many as there is room for; who may bring one, and what is written behind.

use super::super::caller::At;
use super::super::mark::{Data, Mark, TierId};
use super::super::message::Timer;
use super::{CachePolicy, Herd, NO_VERSION, POISON};
use crate::parts::cache_lease::{Leases, Miss};
use crate::parts::evict;
use crate::parts::ttl::Standing;
use crate::sim::OpId;
use crate::sim::dice::{Purpose, Range, remix};
use std::collections::BTreeMap;

/// Who is thrown out, and how long an entry lives.
const EVICT: Purpose = Purpose::Protocol(7);

/// A copy.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Entry {
    version: u32,
    until_us: u64,
}

/// A write that the store does not have yet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Dirty {
    /// Of what.
    pub key: u32,
    /// Its version.
    pub version: u32,
    /// The last operation that wrote it, and its luck.
    pub op: OpId,
    pub luck: u64,
}

/// An entry as readers are told of it: its key and version, and whether it was used since the hand last passed.
pub(super) type Told = (u32, u32, bool);

/// What who looks finds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Looked {
    /// A copy, of this version.
    Hit(u32),
    /// None: it is to be brought.
    Miss,
    /// None: somebody is bringing it, and it is worth looking again after so long.
    Wait(u64),
}

/// For whom something is done: the key, the operation, its luck.
#[derive(Clone, Copy, Debug)]
pub struct For {
    pub key: u32,
    pub op: OpId,
    pub luck: u64,
}

/// The cache of a node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Cache {
    pub(super) content: evict::Cache,
    entries: BTreeMap<u32, Entry>,
    leases: Leases,
    /// What waits to be written, by key, and what is on its way, by the operation.
    dirty: BTreeMap<u32, Dirty>,
    flying: BTreeMap<u32, Dirty>,
    /// The last version that it has given.
    last: u32,
    /// The content and the hand, as last told.
    pub(super) told: Vec<Told>,
    pub(super) told_hand: Option<u32>,
    /// What was looked for last, whether it was there, and who was thrown out since; and as last told.
    pub(super) last_look: Option<(u32, bool)>,
    pub(super) victim: Option<u32>,
    pub(super) told_look: (Option<(u32, bool)>, Option<u32>),
}

impl Cache {
    /// A cache as it comes up: empty, unless it is to be warm at first. Versions of its own begin behind this number.
    pub fn new(policy: &CachePolicy, first_number: u32, first: bool) -> Cache {
        let mut cache = Cache {
            content: evict::Cache::new(policy.evict, policy.size),
            entries: BTreeMap::new(),
            leases: Leases::new(policy.lease_us),
            dirty: BTreeMap::new(),
            flying: BTreeMap::new(),
            last: first_number,
            told: Vec::new(),
            told_hand: None,
            last_look: None,
            victim: None,
            told_look: (None, None),
        };
        let warm = if first { policy.warm.min(policy.size) } else { 0 };
        // The most wanted last: who goes by age keeps them longest.
        for key in (0..warm).rev() {
            let until_us = policy.ttl.until_us(0, remix(policy.warm_die, key.into()));
            cache.content.touch(key);
            cache.content.insert(key, 0);
            cache.entries.insert(key, Entry { version: 0, until_us });
        }
        cache
    }

    /// What it takes, in bytes.
    pub fn weight(&self) -> u64 {
        let dirty = (self.dirty.len() + self.flying.len()) as u64;
        self.content.weight() + 40 * self.entries.len() as u64 + self.leases.weight() + 40 * dirty
    }

    /// Somebody asks for a key.
    pub fn look(&mut self, of: For, policy: &CachePolicy, tier: TierId, at: &mut At<'_>) -> Looked {
        let found = self.found(of, policy, tier, at);
        (self.last_look, self.victim) = (Some((of.key, matches!(found, Looked::Hit(_)))), None);
        found
    }

    fn found(&mut self, of: For, policy: &CachePolicy, tier: TierId, at: &mut At<'_>) -> Looked {
        let (now_us, key) = (at.now_us(), of.key);
        let mut tell = |what, version| at.out.mark(Mark::Data { tier, what, key, version });
        if let Some(dirty) = self.dirty.get(&key) {
            self.content.touch(key);
            tell(Data::Hit, dirty.version);
            return Looked::Hit(dirty.version);
        }
        if let Some(Entry { version, until_us }) = self.entries.get(&key).cloned() {
            let stands = policy.ttl.standing(until_us, now_us);
            let renews = stands == Standing::Stale && self.leases.miss(key, of.op.0, now_us) == Miss::Fill;
            if stands == Standing::Fresh || stands == Standing::Stale && !renews {
                self.content.touch(key);
                tell(if stands == Standing::Fresh { Data::Hit } else { Data::Stale }, version);
                return Looked::Hit(version);
            }
            if renews {
                tell(Data::Miss, NO_VERSION);
                return Looked::Miss;
            }
            self.entries.remove(&key);
            self.content.remove(key);
            tell(Data::Dropped, version);
        }
        self.content.touch(key);
        let leased = matches!(policy.herd, Herd::Lock | Herd::Lease | Herd::Stale);
        if leased && self.leases.miss(key, of.op.0, now_us) == Miss::Wait {
            tell(Data::Wait, NO_VERSION);
            return Looked::Wait(policy.wait_us);
        }
        tell(Data::Miss, NO_VERSION);
        Looked::Miss
    }

    /// Somebody brings a version of a key: after a miss, or because it wrote it.
    pub fn keep(&mut self, of: For, version: u32, policy: &CachePolicy, tier: TierId, at: &mut At<'_>) {
        let key = of.key;
        let held = self.entries.get(&key).map(|entry| entry.version).filter(|version| *version < POISON);
        let leased = self.leases.fill(key, of.op.0);
        let refused = match policy.herd {
            Herd::Lease => !leased,
            _ => policy.newer && held.is_some_and(|held| held > version),
        };
        if refused {
            return at.out.mark(Mark::Data { tier, what: Data::Refused, key, version });
        }
        if policy.herd != Herd::Lease {
            self.leases.delete(key);
        }
        self.enter(of, version, policy, tier, at);
    }

    fn enter(&mut self, of: For, version: u32, policy: &CachePolicy, tier: TierId, at: &mut At<'_>) {
        let (key, die) = (of.key, at.die(EVICT, of.luck, 0));
        let until_us = policy.ttl.until_us(at.now_us(), remix(die, u64::from(key)));
        if self.content.contains(key) {
            self.content.touch(key);
        } else if let Some(victim) = self.content.insert(key, die) {
            let gone = self.entries.remove(&victim).map_or(version, |entry| entry.version);
            at.out.mark(Mark::Data { tier, what: Data::Evicted, key: victim, version: gone });
            self.victim = Some(victim);
            if victim == key {
                return;
            }
        }
        self.entries.insert(key, Entry { version, until_us });
        at.out.mark(Mark::Data { tier, what: Data::Filled, key, version });
    }

    /// Somebody has changed the key elsewhere.
    pub fn forget(&mut self, key: u32, tier: TierId, at: &mut At<'_>) {
        self.leases.delete(key);
        self.drop_entry(key, tier, at);
    }

    fn drop_entry(&mut self, key: u32, tier: TierId, at: &mut At<'_>) {
        self.content.remove(key);
        if let Some(entry) = self.entries.remove(&key) {
            at.out.mark(Mark::Data { tier, what: Data::Dropped, key, version: entry.version });
        }
    }

    /// A write that the store is to have later; gives its version.
    pub fn put(&mut self, of: For, policy: &CachePolicy, tier: TierId, at: &mut At<'_>) -> u32 {
        self.last = self.last.saturating_add(1);
        let (version, For { key, op, luck }) = (self.last, of);
        let before = self.dirty.insert(key, Dirty { key, version, op, luck });
        if let Some(behind) = policy.behind.filter(|_| before.is_none()) {
            at.out.set_timer(Timer::Flush(key), Range::exactly(behind.every_us));
        }
        self.enter(of, version, policy, tier, at);
        version
    }

    /// A key's write is due: it is on its way.
    pub fn flush(&mut self, key: u32) -> Option<Dirty> {
        let dirty = self.dirty.remove(&key)?;
        self.flying.insert(dirty.op.0, dirty);
        Some(dirty)
    }

    /// A write is over; where it failed, it is to be made again.
    pub fn written(&mut self, op: OpId, well: bool, policy: &CachePolicy, at: &mut At<'_>) {
        let Some(dirty) = self.flying.remove(&op.0).filter(|_| !well) else { return };
        if let Some(behind) = policy.behind.filter(|_| !self.dirty.contains_key(&dirty.key)) {
            self.dirty.insert(dirty.key, dirty);
            at.out.set_timer(Timer::Flush(dirty.key), Range::exactly(behind.every_us));
        }
    }

    /// All copies go, and what waits to be written with them.
    pub fn clear(&mut self, policy: &CachePolicy, tier: TierId, at: &mut At<'_>) {
        self.dirty.keys().for_each(|key| at.out.cancel(Timer::Flush(*key)));
        let (told, told_hand, told_look) = (std::mem::take(&mut self.told), self.told_hand, self.told_look);
        *self = Cache { told, told_hand, told_look, ..Cache::new(policy, self.last, false) };
        at.out.mark(Mark::Data { tier, what: Data::Flushed, key: 0, version: 0 });
    }

    /// One copy goes.
    pub fn evict(&mut self, key: u32, tier: TierId, at: &mut At<'_>) {
        self.content.remove(key);
        if let Some(entry) = self.entries.remove(&key) {
            at.out.mark(Mark::Data { tier, what: Data::Evicted, key, version: entry.version });
        }
    }

    /// A wrong value stands in the place of a copy.
    pub fn poison(&mut self, key: u32, policy: &CachePolicy, tier: TierId, at: &mut At<'_>) {
        self.enter(For { key, op: OpId(0), luck: 0 }, POISON, policy, tier, at);
    }

    /// The version that it holds of a key.
    pub(super) fn version(&self, key: u32) -> u32 {
        self.entries.get(&key).map_or(NO_VERSION, |entry| entry.version)
    }
}

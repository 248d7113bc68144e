//! Which servers hold which writes of a key, what replaced what, and which writes some owner still lacks: kept up as things happen, so
//! that no event has to look through all writes.
//!
//! A server *has* a write that it has seen, or in whose place it holds one of a higher rank. With its last tombstone it forgets all that it
//! had seen, and is *vacant* until it takes something again: nobody can tell that from a deletion. A write is *covered* at a server that
//! has it, or has what replaced it, directly or in at most [`MAX_STEPS`] steps; a deletion at a vacant one, too, and so is what nobody holds
//! any more. A write is settled once it is covered at all owners, or they
//! hold the same. Of an unsettled write is kept at which owners it was not covered when it was looked at last. What a server comes to have
//! covers what that replaced, and only as far back as the server did not have it already; a write is looked at again once each of those
//! owners may cover it.

mod lineage;

pub(in crate::check) use lineage::Lineage;

use super::forgotten::Forgotten;
use super::{Fate, WriteId, Writes};
use crate::cast::NodeId;
use crate::sorted::{Map, Set};
use crate::trace::Mark;

/// How many times a write may have been replaced in turn for a server still to count as having it.
pub(super) const MAX_STEPS: usize = 16;
/// Lists are cleaned once they are longer than this and more than half of them is out of date.
const SHORT: usize = 64;

/// The system's own order of versions.
type Rank = (u64, u64);

/// Servers: a bit for each.
pub(super) type Servers = u64;

pub(super) fn bit(server: usize) -> Servers {
    1 << server
}

/// A key at all servers.
#[derive(Clone, Debug)]
pub(super) struct Key {
    owners: Servers,
    /// Neighbours among the owners, and how many writes the first of them holds that the second does not.
    pairs: Vec<(usize, usize, usize)>,
    /// The writes that each server holds, in the order in which it took them; a restart takes them once more.
    pub(super) held: Vec<Vec<WriteId>>,
    /// Which servers hold a write, for each that is held.
    pub(super) holders: Map<WriteId, Servers>,
    /// The highest rank that each server holds.
    top: Vec<Option<Rank>>,
    /// The highest rank that each server has seen, and not forgotten.
    high: Vec<Option<Rank>>,
    /// What servers have forgotten.
    pub(super) forgotten: Forgotten,
    /// Whether all owners hold the same: then they agree, even if what they hold is not what it should be.
    same: bool,
    /// What has been seen and has no rank: all of it, where versions have none; else what was taken a moment ago where it was written.
    unranked: Set<WriteId>,
    /// Whether something was ever replaced by what does not rank above it, or got another rank.
    odd: bool,
    /// Whether something was ever replaced.
    pub(super) replaced: bool,
    /// Writes that some owner lacks, in the order in which a server first had them, from a place on, each as long as its lineage says so.
    waiting: Vec<(WriteId, Mark)>,
    first: usize,
    /// The same by rank.
    by_rank: Map<(Rank, WriteId), ()>,
    /// How many there are.
    pub(super) unsettled: usize,
    /// Which of them may have come to be covered since, and where.
    gains: Vec<(WriteId, Servers)>,
    /// How many writes have been looked at, and on the way to how many others: what it all costs.
    #[cfg(test)]
    pub(super) cost: std::cell::Cell<u64>,
}

impl Key {
    /// # Panics
    /// With more servers than there are bits.
    pub(super) fn new(servers: usize, owners: &[NodeId]) -> Key {
        assert!(
            servers <= Servers::BITS as usize,
            "a replicated register has at most {} servers",
            Servers::BITS
        );
        let neighbours = owners.windows(2).map(|pair| (pair[0].index(), pair[1].index(), 0));
        let mut key = Key {
            owners: owners.iter().fold(0, |all, owner| all | bit(owner.index())),
            pairs: neighbours.collect(),
            held: vec![Vec::new(); servers],
            holders: Map::new(),
            top: vec![None; servers],
            high: vec![None; servers],
            forgotten: Forgotten::new(servers),
            same: true,
            unranked: Set::new(),
            odd: false,
            replaced: false,
            waiting: Vec::new(),
            first: 0,
            by_rank: Map::new(),
            unsettled: 0,
            gains: Vec::new(),
            #[cfg(test)]
            cost: std::cell::Cell::default(),
        };
        key.compare();
        key
    }

    /// Whether any owner holds anything.
    pub(super) fn is_held(&self) -> bool {
        let owns = |server: usize| self.owners & bit(server) != 0;
        self.held.iter().enumerate().any(|(server, held)| owns(server) && !held.is_empty())
    }

    /// Compares what owners hold.
    fn compare(&mut self) {
        let same = |(a, b, missing): &(usize, usize, usize)| {
            *missing == 0 && self.held[*a].len() == self.held[*b].len()
        };
        self.same = self.pairs.iter().all(same);
    }

    /// Whether a server knows of a write of which this became there: it has seen it, and not forgotten it since.
    pub(super) fn knows(&self, fate: &Fate, server: usize) -> bool {
        self.forgotten.knows(fate, server)
    }

    /// A server takes a write in.
    pub(super) fn hold(&mut self, writes: &Writes, write: WriteId, server: usize) {
        let rank = writes[&write].rank;
        self.forgotten.takes(server);
        self.held[server].push(write);
        let before = self.holders.entry(write).or_default();
        let was = std::mem::replace(before, *before | bit(server));
        if was & bit(server) == 0 {
            for (a, b, missing) in &mut self.pairs {
                *missing += usize::from(*a == server && was & bit(*b) == 0);
                *missing -= usize::from(*b == server && was & bit(*a) != 0);
            }
        }
        self.compare();
        self.see(writes, write, server);
        let top = self.top[server];
        if rank > top {
            self.top[server] = rank;
            self.rise(server, top, rank);
        }
    }

    fn see(&mut self, writes: &Writes, write: WriteId, server: usize) {
        match writes[&write].rank {
            None => drop(self.unranked.insert(write)),
            rank => self.high[server] = self.high[server].max(rank),
        }
    }

    /// Whether whatever replaced a write ranks above it.
    fn is_ordered(&self) -> bool {
        !self.odd && self.unranked.is_empty()
    }

    /// Whether ranks tell all: no server has seen anything above what it holds, either. Then a server that has what replaced a write has the
    /// write, for it holds what ranks above both.
    fn is_ranked(&self) -> bool {
        self.is_ordered() && self.high.iter().zip(&self.top).all(|(high, top)| high <= top)
    }

    /// A server that held nothing above `from` holds something of the rank `to`: what lies between counts as had there from now on. What
    /// that replaced ranks below it, so it lies between as well or had been passed before.
    fn rise(&mut self, server: usize, from: Option<Rank>, to: Option<Rank>) {
        let Some(to) = to else { return };
        let between = self.by_rank.range((from.unwrap_or_default(), 0)..(to, 0));
        self.gains.extend(between.map(|((_, write), ())| (*write, bit(server))));
        if !self.is_ordered() {
            self.look_at_all();
        }
    }

    fn look_at_all(&mut self) {
        self.gains.extend(self.waiting[self.first..].iter().map(|(write, _)| (*write, Servers::MAX)));
    }

    /// A server gives a write up.
    pub(super) fn release(&mut self, writes: &Writes, write: WriteId, server: usize) {
        self.held[server].retain(|held| *held != write);
        let was = self.holders.get(&write).copied().unwrap_or(0);
        if was & bit(server) != 0 {
            for (a, b, missing) in &mut self.pairs {
                *missing -= usize::from(*a == server && was & bit(*b) == 0);
                *missing += usize::from(*b == server && was & bit(*a) != 0);
            }
            match was & !bit(server) {
                0 => {
                    self.holders.remove(&write);
                    self.gains.push((write, self.forgotten.vacant));
                }
                left => drop(self.holders.insert(write, left)),
            }
        }
        self.compare();
        if self.top[server].is_some() {
            self.top[server] = self.held[server].iter().filter_map(|held| writes[held].rank).max();
        }
    }

    /// A server has forgotten a tombstone, and holds nothing any more.
    pub(super) fn forget(&mut self, writes: &Writes, write: WriteId, server: usize, at: Mark) {
        self.forgotten.forgets(write, writes[&write].value.is_none(), server, at);
        self.high[server] = None;
        let waiting = self.waiting[self.first..].iter();
        self.gains.extend(waiting.map(|(write, _)| (*write, bit(server))));
    }

    /// A server's disk is gone.
    pub(super) fn wipe(&mut self, writes: &Writes, server: usize, at: Mark) {
        let Some(held) = self.held.get_mut(server) else { return };
        for write in std::mem::take(held) {
            self.release(writes, write, server);
        }
        self.high[server] = None;
        self.forgotten.is_wiped(server, at);
        self.compare();
    }

    /// A write has got a rank after it was sent or taken, or has got another one.
    pub(super) fn ranked(&mut self, writes: &Writes, write: WriteId, before: Option<Rank>) {
        let (rank, lineage) = (writes[&write].rank, &writes[&write].lineage);
        let known =
            |others: &[WriteId]| others.iter().filter_map(|other| writes[other].rank).collect::<Vec<_>>();
        self.odd |= before.is_some() || known(&lineage.later).into_iter().any(|later| rank >= Some(later));
        self.odd |= known(&lineage.earlier).into_iter().any(|earlier| Some(earlier) >= rank);
        self.unranked.remove(&write);
        for (server, fate) in writes[&write].fates.all().iter().enumerate() {
            if self.knows(fate, server) {
                self.high[server] = self.high[server].max(rank);
            }
            let top = self.held[server].iter().filter_map(|held| writes[held].rank).max();
            let was = std::mem::replace(&mut self.top[server], top);
            if was < top {
                self.rise(server, was, top);
            }
        }
        if let (Some(rank), Some(_)) = (rank, lineage.unsettled) {
            self.by_rank.insert((rank, write), ());
        }
        match self.odd {
            true => self.look_at_all(),
            false => self.gained(writes, write, self.had(writes, write)),
        }
    }

    /// The servers that have a write.
    fn had(&self, writes: &Writes, write: WriteId) -> Servers {
        #[cfg(test)]
        self.cost.set(self.cost.get() + 1);
        let written = &writes[&write];
        let has = |(server, (fate, top)): (usize, (&Fate, &Option<Rank>))| {
            let has =
                self.knows(fate, server) || written.rank.zip(*top).is_some_and(|(mine, top)| top > mine);
            if has { bit(server) } else { 0 }
        };
        written.fates.all().iter().zip(&self.top).enumerate().map(has).fold(0, |all, has| all | has)
    }

    /// The vacant servers at which a write is covered, for nobody can tell what they hold from it.
    fn vacant_for(&self, writes: &Writes, write: WriteId) -> Servers {
        let may_be = writes[&write].value.is_none() || !self.holders.contains_key(&write);
        if may_be { self.forgotten.vacant } else { 0 }
    }

    /// The servers at which a write is covered in so many steps; once they are all the owners, no more are looked for. Each write is looked
    /// at once: many may replace one, and one may replace many.
    fn covered(&self, writes: &Writes, write: WriteId, steps: usize) -> Servers {
        let mut covered = self.had(writes, write) | self.vacant_for(writes, write);
        if self.is_ranked() {
            return covered;
        }
        let mut front = writes[&write].lineage.later.clone();
        let mut met = Set::from_iter([write]);
        for _ in 0..steps {
            if front.is_empty() || covered & self.owners == self.owners {
                break;
            }
            front.retain(|later| met.insert(*later));
            for later in &front {
                covered |= self.had(writes, *later);
            }
            front = front.iter().flat_map(|later| writes[later].lineage.later.iter().copied()).collect();
        }
        covered
    }

    /// The owners that lack a write and whatever replaced it; none if it is settled.
    pub(super) fn lacking(&self, writes: &Writes, write: WriteId) -> Servers {
        if self.same { 0 } else { self.owners & !self.covered(writes, write, MAX_STEPS) }
    }

    /// Whether a server is among these.
    pub(super) fn lacks(&self, lacking: Servers, server: usize) -> bool {
        lacking & bit(server) != 0
    }

    /// A server has come to have a write.
    pub(super) fn seen(&mut self, writes: &Writes, write: WriteId, server: usize) {
        self.see(writes, write, server);
        if !self.is_ranked() {
            self.gained(writes, write, bit(server));
        } else if writes[&write].lineage.unsettled.is_some() {
            self.gains.push((write, bit(server)));
        }
    }

    /// A write is covered at further servers: it, and what it replaced, may be settled. Where a server had an earlier write already, that
    /// changes nothing for it, nor for what that replaced.
    fn gained(&mut self, writes: &Writes, write: WriteId, servers: Servers) {
        let mut met: Map<WriteId, Servers> = Map::new();
        let mut front = vec![(write, servers)];
        for _ in 0..=MAX_STEPS {
            for (write, servers) in std::mem::take(&mut front) {
                let lineage = &writes[&write].lineage;
                if lineage.unsettled.is_some() {
                    self.gains.push((write, servers));
                }
                for earlier in &lineage.earlier {
                    let left = servers & !self.had(writes, *earlier);
                    let known = met.entry(*earlier).or_default();
                    if left & !*known != 0 {
                        *known |= left;
                        front.push((*earlier, left));
                    }
                }
            }
            if front.is_empty() {
                return;
            }
        }
    }

    /// A server has given a write up for another.
    pub(super) fn replace(&mut self, writes: &mut Writes, earlier: WriteId, later: WriteId) {
        self.replaced = true;
        if writes[&earlier].lineage.later.contains(&later) {
            return;
        }
        if let Some(written) = writes.get_mut(&earlier) {
            written.lineage.later.push(later);
        }
        if let Some(written) = writes.get_mut(&later) {
            written.lineage.earlier.push(earlier);
        }
        let (low, high) = (writes[&earlier].rank, writes[&later].rank);
        self.odd |= low >= high && low.is_some() && high.is_some();
        let lacked = self.owners & !self.had(writes, earlier);
        if lacked != 0 {
            let gained = lacked & self.covered(writes, later, MAX_STEPS - 1);
            self.gained(writes, earlier, gained);
        }
    }

    /// These owners lack a write, if not since earlier then from now on.
    pub(super) fn wait(&mut self, writes: &mut Writes, write: WriteId, lacks: Servers, at: Mark) {
        let Some(written) = writes.get_mut(&write) else { return };
        written.lineage.lacks = lacks;
        if written.lineage.unsettled.is_some() {
            return;
        }
        written.lineage.unsettled = Some(at);
        self.unsettled += 1;
        self.waiting.push((write, at));
        if let Some(rank) = written.rank {
            self.by_rank.insert((rank, write), ());
        }
        if self.waiting.len() > 2 * self.unsettled + SHORT {
            self.waiting.retain(|(write, since)| writes[write].lineage.unsettled == Some(*since));
            self.first = 0;
        }
        if self.by_rank.len() > 2 * self.unsettled + SHORT {
            self.by_rank.retain(|(_, write), ()| writes[write].lineage.unsettled.is_some());
        }
    }

    /// A write whose servers have lost it is to be looked at again.
    pub(super) fn look_at(&mut self, write: WriteId) {
        self.gains.push((write, Servers::MAX));
    }

    /// Writes that some owner lacks, with when the first server had them.
    pub(super) fn waiting<'a>(&'a self, writes: &'a Writes) -> impl Iterator<Item = (WriteId, Mark)> + 'a {
        let waits = |(write, since): &&(WriteId, Mark)| writes[write].lineage.unsettled == Some(*since);
        self.waiting[self.first..].iter().filter(waits).copied()
    }

    /// Since when some owner lacks a write.
    pub(super) fn oldest(&mut self, writes: &Writes) -> Option<Mark> {
        let oldest = self.waiting(writes).next();
        let is_first = |(write, _): &(WriteId, Mark)| Some(*write) == oldest.map(|(write, _)| write);
        self.first +=
            self.waiting[self.first..].iter().position(is_first).unwrap_or(self.waiting.len() - self.first);
        oldest.map(|(_, since)| since)
    }

    /// Takes out the writes that have been settled; gives since when each was not.
    pub(super) fn settle(&mut self, writes: &mut Writes) -> Vec<Mark> {
        let mut look = Vec::new();
        for (write, servers) in std::mem::take(&mut self.gains) {
            let Some(written) = writes.get_mut(&write) else { continue };
            written.lineage.lacks &= !servers;
            if written.lineage.lacks == 0 && written.lineage.unsettled.is_some() {
                look.push(write);
            }
        }
        if self.same && self.unsettled > 0 {
            look = self.waiting[self.first..].iter().map(|(write, _)| *write).collect();
        }
        crate::sorted::sort(&mut look);
        look.dedup();
        let mut done = Vec::new();
        for write in look {
            let lacks = self.lacking(writes, write);
            let Some(written) = writes.get_mut(&write) else { continue };
            written.lineage.lacks = lacks;
            if lacks == 0
                && let Some(since) = written.lineage.unsettled.take()
            {
                done.push(since);
                self.unsettled -= 1;
            }
        }
        if self.unsettled == 0 {
            self.waiting.clear();
            self.by_rank.clear();
            self.first = 0;
        }
        done
    }
}

//! Laws of a replicated register, judged while it runs: what reads may return, and what becomes of writes.
//!
//! What a read returns is *older* than a write when all that the reader may have been told of had been acknowledged before that write was
//! asked for ([`told`]). [`super::replicas`] adds the laws over what replicas hold.

#[cfg(test)]
mod alike;
mod failed;
mod happenings;
mod session;
mod told;
mod words;

use super::deeds::Deeds;
use super::fate::{Fate, Fates};
use super::light::Light;
use super::replicas::{Lineage, Replicas};
use crate::cast::{Cast, NodeId};
use crate::outcome::{Evidence, Operation, Remark, State, Verdict};
use crate::sorted::Map;
use crate::time::DurationUs;
use crate::trace::Mark;
use session::Session;
use told::{Tellings, Told};
use words::span;
pub(super) use words::{stamped_alike, tell, tell_order, winner};

/// What the laws must know of the system.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Who takes part.
    pub cast: Cast,
    /// The names of keys.
    pub keys: &'static [&'static str],
    /// The replicas of each key.
    pub owners: Vec<Vec<NodeId>>,
    /// For how long a value may be read after a newer one was acknowledged, in µs.
    pub staleness_us: u64,
    /// How long replicas have to agree once nothing separates them, in µs.
    pub settle_us: u64,
    /// Concurrent writes are kept side by side: one that replaces another unseen loses it.
    pub siblings: bool,
    /// The order of versions goes by coordinators' clocks.
    pub by_clock: bool,
}

/// A write, by its operation's number in the run.
pub type WriteId = u32;

/// What is known of a write.
#[derive(Clone, Debug)]
pub struct Written {
    /// Whose.
    pub client: NodeId,
    /// Of which key.
    pub key: u16,
    /// The value; none for a delete.
    pub value: Option<u32>,
    /// When it was asked for.
    pub invoked: Mark,
    /// When its client was told that it was done.
    pub acked: Option<Mark>,
    /// When its client was told that it had failed.
    pub failed: Option<Mark>,
    /// The first read that returned it: its client, and when.
    pub read: Option<(NodeId, Mark)>,
    /// The system's own order of versions, where it has one.
    pub rank: Option<(u64, u64)>,
    /// Who gave it its version, and when it was asked to.
    pub stamped: Option<Stamped>,
    /// What became of it at each server.
    pub fates: Fates,
    /// What replaced it, and what else the laws over replicas keep up.
    pub(super) lineage: Lineage,
}

/// Who gave a write its version.
#[derive(Clone, Copy, Debug)]
pub struct Stamped {
    /// The coordinator.
    pub by: NodeId,
    /// When it was asked for the write.
    pub at: Mark,
    /// When it was asked once more, which gives the write another version, and the act that had the message come twice.
    pub again: Option<(Mark, Option<u32>)>,
}

/// A read that is under way.
#[derive(Clone, Debug)]
struct Reading {
    op: u32,
    client: NodeId,
    key: u16,
    invoked: Mark,
    /// The latest acknowledged write when it began.
    latest: Option<WriteId>,
    /// When each replica looked up what it answers with.
    looks: Vec<(NodeId, Mark)>,
}

/// A read as it ended.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    /// The versions that it returned; several are siblings.
    pub versions: &'a [WriteId],
    /// The replicas that answered.
    pub answered: &'a [NodeId],
}

/// The laws, fed with what happens in order.
#[derive(Clone, Debug)]
pub struct Register {
    rules: Rules,
    writes: Map<WriteId, Written>,
    readings: Map<u32, Reading>,
    /// For each key the acknowledged writes in order of acknowledgement.
    acked: Vec<Vec<WriteId>>,
    /// For each key its writes by what readers are told of them.
    told: Vec<Tellings>,
    /// For each key the acknowledged write that was invoked last.
    latest: Vec<Option<WriteId>>,
    sessions: Map<(NodeId, u16), Session>,
    replicas: Replicas,
    deeds: Deeds,
    /// Up to when pauses have been looked at, in µs.
    ticked_us: u64,
    fresh: Light,
    own: Light,
    monotonic: Light,
    bounded: Light,
    failed: Light,
    /// How many reads returned something older than the latest acknowledged write.
    pub stale_reads: u64,
    /// The first of them.
    stale: Vec<Stale>,
}

/// So many stale reads are remembered one by one.
const MOST_STALE: usize = 10_000;

/// A read that missed an acknowledged write.
#[derive(Clone, Debug)]
struct Stale {
    op: u32,
    told: Vec<Told>,
    latest: WriteId,
}

/// The promises' ids, in the order of [`Register::verdicts`].
pub const PROMISES: [&str; 7] = ["latest", "own", "monotonic", "bounded", "failed", "durable", "converge"];

impl Register {
    /// Laws over a run that is about to begin.
    pub fn new(rules: Rules) -> Register {
        let keys = rules.owners.len();
        let kept = |promise, why| Light::new(promise, State::Kept, why);
        Register {
            writes: Map::new(),
            readings: Map::new(),
            acked: vec![Vec::new(); keys],
            told: vec![Tellings::default(); keys],
            latest: vec![None; keys],
            sessions: Map::new(),
            replicas: Replicas::new(&rules),
            deeds: Deeds::new(rules.cast),
            ticked_us: 0,
            fresh: kept("latest", "No read has missed an acknowledged write."),
            own: kept("own", "No client has missed a write of its own."),
            monotonic: kept("monotonic", "No client has read something older than before."),
            bounded: kept("bounded", "No read has been older than the bound."),
            failed: kept("failed", "No failed write has been read."),
            stale_reads: 0,
            stale: Vec::new(),
            rules,
        }
    }

    /// What it keeps of all writes, in bytes and roughly, but alike on every machine.
    pub fn weight(&self) -> u64 {
        const WRITE: u64 = 336;
        const FATE: u64 = 24;
        let each = WRITE + FATE * u64::from(self.rules.cast.servers);
        const UNSERVED: u64 = 256;
        let unserved = UNSERVED * self.deeds.unserved() as u64;
        const STALE: u64 = 48;
        let stale = STALE * self.stale.len() as u64;
        each * self.writes.len() as u64 + unserved + stale + self.replicas.weight()
    }

    /// The write of that number.
    pub fn written(&self, write: WriteId) -> &Written {
        &self.writes[&write]
    }

    /// A client asks for a write; no value is a delete.
    pub fn write_begins(&mut self, write: WriteId, at: Mark, client: NodeId, key: u16, value: Option<u32>) {
        let fates = Fates::new(usize::from(self.rules.cast.servers));
        let (acked, failed, read, rank, stamped) = (None, None, None, None, None);
        let lineage = Lineage::default();
        let written =
            Written { client, key, value, invoked: at, acked, failed, read, rank, stamped, fates, lineage };
        self.writes.insert(write, written);
        self.told[usize::from(key)].begins(write, value);
        self.replicas.begins(&self.rules, key, client, write);
    }

    /// The system's own order of versions, once a write has its place in it.
    pub fn ranked(&mut self, write: WriteId, rank: (u64, u64)) {
        let Some(written) = self.writes.get_mut(&write) else { return };
        // Who keeps what it coordinates may have taken the write before it tells anybody the rank.
        let sent = written.fates.all().iter().any(|fate| *fate != Fate::Unsent);
        let before = written.rank.replace(rank);
        if before != Some(rank) && sent {
            self.replicas.ranked(&self.writes, write, before);
        }
    }

    /// The write's client is told that it is done.
    pub fn write_ends(&mut self, write: WriteId, at: Mark) {
        let Some(written) = self.writes.get_mut(&write) else { return };
        written.acked = Some(at);
        self.deeds.served(write);
        let (client, key, invoked, value) = (written.client, written.key, written.invoked, written.value);
        self.acked[usize::from(key)].push(write);
        self.told[usize::from(key)].acknowledged(write, value, at);
        let latest = &mut self.latest[usize::from(key)];
        if latest.is_none_or(|latest| self.writes[&latest].invoked < invoked) {
            *latest = Some(write);
        }
        let session = self.sessions.entry((client, key)).or_default();
        session.own = Some(write);
        self.replicas.acknowledged(&self.rules, &self.writes, &self.deeds, write, at);
    }

    /// A client asks for a read.
    pub fn read_begins(&mut self, op: u32, at: Mark, client: NodeId, key: u16) {
        let latest = self.latest[usize::from(key)];
        self.readings.insert(op, Reading { op, client, key, invoked: at, latest, looks: Vec::new() });
    }

    /// A replica looks up what it answers a read with: what comes to it later, that answer does not know. The first time counts.
    pub fn looked(&mut self, op: u32, server: NodeId, at: Mark) {
        if let Some(reading) = self.readings.get_mut(&op)
            && reading.looks.iter().all(|(other, _)| *other != server)
        {
            reading.looks.push((server, at));
        }
    }

    /// A read failed, or nobody waits for it any more.
    pub fn read_fails(&mut self, op: u32) {
        self.deeds.served(op);
        self.readings.remove(&op);
    }

    /// A read returns. Gives its age: how long ago the first write was acknowledged that replaced what it returned; 0 where it is fresh.
    pub fn read_ends(&mut self, op: u32, at: Mark, read: Read<'_>) -> u64 {
        let Some(reading) = self.readings.remove(&op) else { return 0 };
        self.judge_latest(&reading, at, read);
        self.judge_own(&reading, at, read);
        self.judge_monotonic(&reading, at, read);
        self.judge_failed(&reading, at, read);
        let age_us = self.judge_age(&reading, at, read);
        self.deeds.served(op);
        for version in read.versions {
            if let Some(written) = self.writes.get_mut(version) {
                written.read.get_or_insert((reading.client, at));
                written.lineage.readers.insert(reading.client);
            }
        }
        age_us
    }

    /// What a client is told by these versions: their values, and nothing where one of them is a tombstone, or where there are none.
    fn told(&self, versions: &[WriteId]) -> Vec<Told> {
        let versions = versions.iter().filter_map(|version| self.writes.get(version));
        let mut told: Vec<Told> = versions.map(|version| version.value).collect();
        if told.is_empty() {
            told.push(None);
        }
        told
    }

    /// Whether everything that a read returned is older than `newer`.
    fn misses(&self, told: &[Told], newer: WriteId) -> bool {
        let newer = &self.writes[&newer];
        let tellings = &self.told[usize::from(newer.key)];
        let is_older =
            |told: &Told| *told != newer.value && tellings.is_over(&self.writes, *told, newer.invoked);
        told.iter().all(is_older)
    }

    fn judge_latest(&mut self, reading: &Reading, at: Mark, read: Read<'_>) {
        let told = self.told(read.versions);
        let Some(latest) = reading.latest.filter(|latest| self.misses(&told, *latest)) else { return };
        self.stale_reads += 1;
        if self.stale.len() < MOST_STALE {
            self.stale.push(Stale { op: reading.op, told: told.clone(), latest });
        }
        if self.fresh.state() == State::Kept {
            let acked = self.writes[&latest].acked.expect("the latest write is an acknowledged one");
            let ago = span(acked, reading.invoked);
            let why = format!(
                "{}, although {} had been acknowledged {ago} before it asked; {}.",
                self.tell_read(reading, read),
                self.tell(latest),
                self.tell_fates(reading, at, read, latest)
            );
            let steps = self.argue(reading, at, read, latest);
            self.fresh.break_(at, || (why, steps));
        }
    }

    /// The first acknowledged write that replaced all that was returned, and when that was. Acknowledgements are in order, and what was asked
    /// for before the last of the versions was acknowledged is what other clients had under way then: only so many are passed over.
    fn replaced_by(&self, key: u16, told: &[Told]) -> Option<(WriteId, Mark)> {
        let tellings = &self.told[usize::from(key)];
        // What has not been acknowledged is not replaced.
        let since = told
            .iter()
            .try_fold(Mark::default(), |since, told| Some(since.max(tellings.over(&self.writes, *told)?)))?;
        let acked_at = |write: &WriteId| self.writes[write].acked;
        let acked = &self.acked[usize::from(key)];
        let from = acked.partition_point(|write| acked_at(write) <= Some(since));
        let newer = acked[from..].iter().find(|newer| self.writes[newer].invoked > since)?;
        Some((*newer, acked_at(newer)?))
    }

    fn judge_age(&mut self, reading: &Reading, at: Mark, read: Read<'_>) -> u64 {
        let told = self.told(read.versions);
        let Some((newer, acked)) = self.replaced_by(reading.key, &told) else { return 0 };
        let age_us = reading.invoked.at_us.saturating_sub(acked.at_us);
        if age_us > self.rules.staleness_us && self.bounded.state() == State::Kept {
            let why = format!(
                "{}, although {} had been acknowledged {} before it asked: the bound is {}; {}.",
                self.tell_read(reading, read),
                self.tell(newer),
                DurationUs(age_us),
                DurationUs(self.rules.staleness_us),
                self.tell_fates(reading, at, read, newer)
            );
            let steps = self.argue(reading, at, read, newer);
            self.bounded.break_(at, || (why, steps));
        }
        age_us
    }
}

/// What it comes to.
impl Register {
    /// How many acknowledged writes were lost.
    pub fn writes_lost(&self) -> u64 {
        self.replicas.lost_count
    }

    /// What is wrong with the answers of these operations, in order of their numbers: "stale: 0, not 37".
    pub fn remarks(&self, operations: &[Operation]) -> Vec<Remark> {
        let kept =
            |stale: &&Stale| operations.binary_search_by_key(&stale.op, |operation| operation.number).is_ok();
        let words = |told: &Told| told.map_or("nothing".to_owned(), |value| value.to_string());
        let remark = |stale: &Stale| {
            let told = stale.told.iter().map(words).collect::<Vec<_>>().join("|");
            let says = match self.writes[&stale.latest].value {
                Some(value) => format!("stale: {told}, not {value}"),
                None => format!("stale: {told}, though deleted"),
            };
            Remark { operation: stale.op, says }
        };
        let mut remarks: Vec<Remark> = self.stale.iter().filter(kept).map(remark).collect();
        remarks.sort_by_key(|remark| remark.operation);
        remarks
    }

    /// The longest time that replicas took to agree on a write, in µs.
    pub fn converged_us(&self) -> Option<u64> {
        self.replicas.converged_us
    }

    /// The steps of what the laws of reading broke with at a record: what a checker that sees only operations cannot tell of it.
    pub fn arguments_at(&self, record: u32) -> Vec<Evidence> {
        let lights = [&self.fresh, &self.own, &self.monotonic, &self.bounded];
        let broke =
            lights.into_iter().filter_map(|light| light.broke()).filter(|change| change.at.record == record);
        broke.flat_map(|change| change.evidence.iter().cloned()).collect()
    }

    /// The lights, in the order of [`PROMISES`].
    pub fn verdicts(self) -> Vec<Verdict> {
        let (durable, converge) = self.replicas.lights();
        [self.fresh, self.own, self.monotonic, self.bounded, self.failed, durable, converge]
            .into_iter()
            .map(Light::verdict)
            .collect()
    }
}

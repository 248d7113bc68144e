//! Laws over what replicas hold: no acknowledged write is lost, and replicas agree once nothing separates them.

#[cfg(test)]
mod by_definition;
mod follows;
mod forgotten;
mod key;
mod lacks;
mod lost;

use super::deeds::Deeds;
use super::fate::Fate;
use super::light::{Light, evidence};
use super::register::{Rules, WriteId, Written, stamped_alike, tell, tell_order, winner};
use crate::cast::NodeId;
use crate::outcome::State;
use crate::sorted::{Map, Set};
use crate::time::DurationUs;
use crate::trace::Mark;
use follows::ByClient;
use key::Key;
pub(super) use key::Lineage;

/// What the light of convergence says before there is anything to agree on, and until replicas do for the first time.
const NOTHING_YET: &str = "No replica has been given a write yet.";
const NOT_YET: &str = "Not every replica has every write yet, or what replaced it.";

/// The laws over replicas.
#[derive(Clone, Debug)]
pub(super) struct Replicas {
    /// What servers hold of each key.
    keys: Vec<Key>,
    /// For each key the writes of each client, where concurrent writes are siblings.
    by_client: Vec<ByClient>,
    /// For each key the acknowledged writes in order.
    acked: Vec<Vec<WriteId>>,
    lost: Set<WriteId>,
    /// How often something else has become of a write at a server.
    changes: u64,
    /// Whether any replica has ever been given a write.
    given: bool,
    disturbed: bool,
    /// When the last disturbance ended, if there was one.
    calm_since: Option<Mark>,
    due_us: u64,
    durable: Light,
    converge: Light,
    pub(super) lost_count: u64,
    pub(super) converged_us: Option<u64>,
}

type Writes = Map<WriteId, Written>;

impl Replicas {
    pub(super) fn new(rules: &Rules) -> Replicas {
        let servers = usize::from(rules.cast.servers);
        Replicas {
            keys: rules.owners.iter().map(|owners| Key::new(servers, owners)).collect(),
            by_client: vec![ByClient::new(); rules.owners.len()],
            acked: vec![Vec::new(); rules.owners.len()],
            lost: Set::new(),
            changes: 0,
            given: false,
            disturbed: false,
            calm_since: None,
            due_us: u64::MAX,
            durable: Light::new("durable", State::Kept, "No acknowledged write has been lost."),
            converge: Light::new("converge", State::Unknown, NOTHING_YET),
            lost_count: 0,
            converged_us: None,
        }
    }

    /// What it keeps of what became of writes, in bytes: a write that is handed over again and again has a long history.
    pub(super) fn weight(&self) -> u64 {
        const CHANGE: u64 = 32;
        CHANGE * self.changes
    }

    pub(super) fn lights(self) -> (Light, Light) {
        (self.durable, self.converge)
    }

    /// A client asks for a write.
    pub(super) fn begins(&mut self, rules: &Rules, key: u16, client: NodeId, write: WriteId) {
        if rules.siblings {
            self.by_client[usize::from(key)].entry(client).or_default().push(write);
        }
    }

    /// A coordinator that asks before it writes has found some write, and puts its own over that.
    pub(super) fn found(&mut self, writes: &mut Writes, write: WriteId, found: WriteId) {
        if let Some(found) = writes.get_mut(&found).filter(|_| write != found) {
            self.changes += u64::from(found.lineage.finders.insert(write));
        }
    }

    /// The writes of a key that a server holds.
    pub(super) fn held(&self, key: u16, server: NodeId) -> &[WriteId] {
        self.keys[usize::from(key)].held.get(server.index()).map_or(&[], Vec::as_slice)
    }

    /// A write has got a rank after it was sent or taken, or has got another one.
    pub(super) fn ranked(&mut self, writes: &Writes, write: WriteId, before: Option<(u64, u64)>) {
        self.keys[usize::from(writes[&write].key)].ranked(writes, write, before);
    }

    pub(super) fn acknowledged(
        &mut self,
        rules: &Rules,
        writes: &Writes,
        deeds: &Deeds,
        write: WriteId,
        at: Mark,
    ) {
        self.acked[usize::from(writes[&write].key)].push(write);
        self.judge_lost(rules, writes, deeds, write, (at, None));
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what became of which write, where and when, and by whose rules"
    )]
    pub(super) fn fate(
        &mut self,
        rules: &Rules,
        writes: &mut Writes,
        deeds: &Deeds,
        write: WriteId,
        node: NodeId,
        fate: Fate,
        at: Mark,
    ) {
        let fate = match fate {
            Fate::Refused(at) if rules.siblings && !self.has_later(rules, writes, write, node) => {
                Fate::Ignored(at)
            }
            fate => fate,
        };
        let Some(written) = writes.get_mut(&write) else { return };
        let key = usize::from(written.key);
        let died = matches!(fate, Fate::Lost(..));
        let fate = if died { written.fates.but_for_messages(node).unwrap_or(fate) } else { fate };
        match fate {
            Fate::Hinted(_) => drop(written.lineage.keepers.insert(node)),
            Fate::LetGo(_) => drop(written.lineage.keepers.remove(&node)),
            _ => {}
        }
        if let Some(old) = written.fates.of(node) {
            let knows = self.keys[key].knows(&old, node.index());
            let news = match (old, fate) {
                // What a server has once had stays known until it forgets it; a repeated message changes nothing.
                (_, Fate::Sent(_) | Fate::Refused(_) | Fate::Ignored(_)) if knows => false,
                _ if died && knows => false,
                (Fate::Sent(_), Fate::Sent(_)) => false,
                (old, Fate::LetGo(_)) => matches!(old, Fate::Hinted(_)),
                _ => true,
            };
            if news {
                self.changes += 1;
                written.fates.set(node, at, fate);
                if fate.has_seen() && !knows {
                    self.keys[key].seen(writes, write, node.index());
                }
            }
        }
        if let Fate::Took(_) = fate {
            self.took(rules, writes, deeds, (write, node), at);
        }
        if matches!(fate, Fate::Took(_) | Fate::Refused(_) | Fate::Ignored(_)) {
            self.settle(rules, writes, at);
            self.await_agreement(at);
        }
        if died || matches!(fate, Fate::Refused(_) | Fate::Ignored(_) | Fate::LetGo(_)) {
            self.judge_lost(rules, writes, deeds, write, (at, None));
        }
    }

    /// Whether a server holds what may rightly stand where a write stood.
    fn has_later(&self, rules: &Rules, writes: &Writes, write: WriteId, node: NodeId) -> bool {
        let Some(written) = writes.get(&write) else { return false };
        let held = self.keys[usize::from(written.key)].held.get(node.index());
        held.into_iter().flatten().any(|other| self.follows(rules, writes, write, *other))
    }

    /// A server takes a write in. Where it had forgotten a deletion, and this is not what came after it, it lacks that from now on.
    fn took(
        &mut self,
        rules: &Rules,
        writes: &mut Writes,
        deeds: &Deeds,
        (write, node): (WriteId, NodeId),
        at: Mark,
    ) {
        self.given = true;
        let (place, server) = (usize::from(writes[&write].key), node.index());
        let vacated = self.keys[place].forgotten.vacated(server).to_vec();
        self.keys[place].hold(writes, write, server);
        let mut lacking = vec![(write, self.keys[place].lacking(writes, write))];
        for deletion in vacated {
            let is_ranked = writes[&deletion].rank.is_some() && writes[&write].rank.is_some();
            let lacks = self.keys[place].lacking(writes, deletion);
            let has_it = !self.keys[place].lacks(lacks, server);
            if !has_it && (is_ranked || !self.follows(rules, writes, deletion, write)) {
                lacking.push((deletion, lacks));
            }
        }
        for (write, lacks) in lacking.into_iter().filter(|(_, lacks)| *lacks != 0) {
            self.keys[place].wait(writes, write, lacks, at);
            self.reckon(rules, writes);
        }
        // What has come back may be what they had deleted.
        let deletions =
            self.keys[place].forgotten.deletions.iter().rev().take(3).copied().collect::<Vec<_>>();
        for deletion in deletions {
            self.judge_lost(rules, writes, deeds, deletion, (at, Some((write, node))));
        }
    }

    pub(super) fn dropped(
        &mut self,
        rules: &Rules,
        writes: &mut Writes,
        deeds: &Deeds,
        write: WriteId,
        node: NodeId,
        at: Mark,
    ) {
        let Some(written) = writes.get(&write) else { return };
        let key = usize::from(written.key);
        let knows = written.fates.of(node).is_some_and(|fate| self.keys[key].knows(&fate, node.index()));
        self.keys[key].release(writes, write, node.index());
        // What it took last is what it gave this up for.
        let last = self.keys[key].held[node.index()].last().copied();
        let fate = if last.is_some() { Fate::Dropped(at) } else { Fate::Forgotten(at) };
        if let Some(written) = writes.get_mut(&write) {
            self.changes += 1;
            written.fates.set(node, at, fate);
        }
        if !knows {
            self.keys[key].seen(writes, write, node.index());
        }
        match last {
            Some(last) => self.keys[key].replace(writes, write, last),
            None => self.forget(writes, (key, node), write, at),
        }
        self.settle(rules, writes, at);
        self.judge_lost(rules, writes, deeds, write, (at, None));
        for acked in self.acked[key].iter().rev().take(3).copied().collect::<Vec<_>>() {
            self.judge_lost(rules, writes, deeds, acked, (at, None));
        }
    }

    /// A server has forgotten its last tombstone, and with it those beside it that it gave up just before.
    fn forget(&mut self, writes: &mut Writes, (key, node): (usize, NodeId), write: WriteId, at: Mark) {
        self.keys[key].forget(writes, write, node.index(), at);
        for beside in writes[&write].lineage.earlier.clone() {
            let Some(written) = writes.get_mut(&beside) else { continue };
            if written.value.is_none() && written.fates.of(node) == Some(Fate::Dropped(at)) {
                self.changes += 1;
                written.fates.set(node, at, Fate::Forgotten(at));
                self.keys[key].forget(writes, beside, node.index(), at);
            }
        }
    }

    pub(super) fn wiped(
        &mut self,
        rules: &Rules,
        writes: &mut Writes,
        deeds: &Deeds,
        node: NodeId,
        at: Mark,
    ) {
        let mut gone = Vec::new();
        for (write, written) in writes.iter_mut() {
            let kept = written.lineage.keepers.remove(&node);
            let Some(fate) = written.fates.of(node) else {
                gone.extend(kept.then_some((*write, false)));
                continue;
            };
            let knew = self.keys[usize::from(written.key)].knows(&fate, node.index());
            if knew || kept {
                self.changes += 1;
                written.fates.set(node, at, Fate::Wiped(at));
                gone.push((*write, knew));
            }
        }
        for key in &mut self.keys {
            key.wipe(writes, node.index(), at);
        }
        for (write, knew) in gone {
            let key = &mut self.keys[usize::from(writes[&write].key)];
            if knew {
                key.wait(writes, write, 0, at);
                key.look_at(write);
            }
            self.judge_lost(rules, writes, deeds, write, (at, None));
        }
        self.settle(rules, writes, at);
        self.reckon(rules, writes);
    }
}

/// Convergence.
impl Replicas {
    /// What parts the replicas may be something else from here on ("a link is cut"), or nothing any more.
    pub(super) fn disturbed(&mut self, rules: &Rules, deeds: &Deeds, at: Mark) {
        let parted = deeds.parted(at.at_us);
        let was = std::mem::replace(&mut self.disturbed, parted.is_some());
        if was && parted.is_none() {
            self.calm_since = Some(at);
        }
        // Whatever is unsettled now gets its deadline at the next tick.
        self.due_us = if parted.is_some() { u64::MAX } else { self.calm_since_us() };
        self.agree(rules, at);
        match parted {
            Some(what) => {
                self.converge.say(at, State::Unknown, &format!("Replicas need not agree while {what}."));
            }
            None if !was || self.converge.state() == State::Kept => {}
            None if self.given => {
                let time = DurationUs(rules.settle_us);
                let why = format!("Nothing parts the replicas any more: they have {time} to agree.");
                self.converge.say(at, State::Unknown, &why);
            }
            None => self.converge.say(at, State::Unknown, NOTHING_YET),
        }
    }

    /// Since when nothing separates the replicas, in µs.
    fn calm_since_us(&self) -> u64 {
        self.calm_since.map_or(0, |calm| calm.at_us)
    }

    /// Whether there is anything for replicas to agree on: with all disks gone there is not, nor while only a coordinator that is no replica of
    /// the key keeps it.
    fn has_writes(&self) -> bool {
        self.keys.iter().any(|key| key.replaced || key.is_held())
    }

    /// The first writes have come to somebody and not to all: there is something to agree on.
    fn await_agreement(&mut self, at: Mark) {
        if self.given && self.converge.says(NOTHING_YET) {
            self.converge.say(at, State::Unknown, NOT_YET);
        }
    }

    /// The light goes on when nothing is missing anywhere. What it says then stays true while later writes are on their way: the promise is
    /// about how long they take.
    fn agree(&mut self, rules: &Rules, at: Mark) {
        let agreed = self.has_writes() && self.keys.iter().all(|key| key.unsettled == 0) && !self.disturbed;
        if agreed && self.converge.state() == State::Unknown {
            let time = DurationUs(rules.settle_us);
            let why =
                format!("No write has kept replicas apart for longer than {time} while nothing else did.");
            self.converge.say(at, State::Kept, &why);
        }
    }

    /// When the next deadline is; none while the network is disturbed.
    fn reckon(&mut self, rules: &Rules, writes: &Writes) {
        let first = self.keys.iter_mut().filter_map(|key| key.oldest(writes)).map(|since| since.at_us).min();
        self.due_us = match first {
            Some(since_us) if !self.disturbed => {
                since_us.max(self.calm_since_us()).saturating_add(rules.settle_us)
            }
            _ => u64::MAX,
        };
    }

    /// Takes out what has become the same everywhere.
    fn settle(&mut self, rules: &Rules, writes: &mut Writes, at: Mark) {
        let done: Vec<Mark> = self.keys.iter_mut().flat_map(|key| key.settle(writes)).collect();
        for since in &done {
            let took_us = at.at_us.saturating_sub(since.at_us.max(self.calm_since_us()));
            if !self.disturbed {
                self.converged_us = Some(self.converged_us.unwrap_or(0).max(took_us));
            }
        }
        if !done.is_empty() {
            self.reckon(rules, writes);
        }
        self.agree(rules, at);
    }

    pub(super) fn tick(&mut self, rules: &Rules, writes: &Writes, deeds: &Deeds, at: Mark) {
        // A promise that is broken stays so.
        if at.at_us < self.due_us || self.converge.state() == State::Broken {
            return;
        }
        self.reckon(rules, writes);
        if at.at_us < self.due_us {
            return;
        }
        // The time was up when it was due, whatever happened next.
        let at = Mark { at_us: self.due_us, ..at };
        if let Some((why, steps)) = self.tell_lack(rules, writes, deeds, at) {
            self.converge.break_(at, || (why, steps));
        }
        self.due_us = u64::MAX;
    }
}

//! Laws over what replicas hold: no acknowledged write is lost, and replicas agree once nothing separates them.

#[cfg(test)]
mod by_definition;
mod follows;
mod key;

use super::fate::Fate;
use super::light::{Light, evidence};
use super::register::{Rules, WriteId, Written, stamped_alike, tell};
use crate::cast::NodeId;
use crate::lab::{Evidence, State};
use crate::sorted::{Map, Set};
use crate::time::DurationUs;
use crate::trace::Mark;
use follows::{ByClient, follows_at_once, has_seen};
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

    /// A write has got a rank after it was sent or taken, or has got another one.
    pub(super) fn ranked(&mut self, writes: &Writes, write: WriteId, before: Option<(u64, u64)>) {
        self.keys[usize::from(writes[&write].key)].ranked(writes, write, before);
    }

    pub(super) fn acknowledged(&mut self, rules: &Rules, writes: &Writes, write: WriteId, at: Mark) {
        self.acked[usize::from(writes[&write].key)].push(write);
        self.judge_lost(rules, writes, write, at);
    }

    pub(super) fn fate(
        &mut self,
        rules: &Rules,
        writes: &mut Writes,
        write: WriteId,
        node: NodeId,
        fate: Fate,
        at: Mark,
    ) {
        let Some(written) = writes.get_mut(&write) else { return };
        let key = usize::from(written.key);
        let Some(old) = written.fates.of(node) else { return };
        let news = match (old, fate) {
            // What a server has once had stays known; a repeated message changes nothing.
            (old, Fate::Sent(_) | Fate::Lost(..) | Fate::Refused(_)) if old.has_seen() => false,
            (Fate::Sent(_), Fate::Sent(_)) => false,
            (old, Fate::LetGo(_)) => matches!(old, Fate::Hinted(_)),
            _ => true,
        };
        if news {
            self.changes += 1;
            written.fates.set(node, at, fate);
            if fate.has_seen() && !old.has_seen() {
                self.keys[key].seen(writes, write, node.index());
            }
        }
        if let Fate::Took(_) = fate {
            self.given = true;
            self.keys[key].hold(writes, write, node.index());
            let lacks = self.keys[key].lacking(writes, write);
            if lacks != 0 {
                self.keys[key].wait(writes, write, lacks, at);
                self.reckon(rules, writes);
            }
        }
        if matches!(fate, Fate::Took(_) | Fate::Refused(_)) {
            self.settle(rules, writes, at);
            self.await_agreement(at);
        }
        if matches!(fate, Fate::Lost(..) | Fate::Refused(_) | Fate::LetGo(_)) {
            self.judge_lost(rules, writes, write, at);
        }
    }

    pub(super) fn dropped(
        &mut self,
        rules: &Rules,
        writes: &mut Writes,
        write: WriteId,
        node: NodeId,
        at: Mark,
    ) {
        let Some(written) = writes.get(&write) else { return };
        let key = usize::from(written.key);
        let seen = written.fates.of(node).is_some_and(|fate| fate.has_seen());
        self.keys[key].release(writes, write, node.index());
        // What it took last is what it gave this up for.
        let last = self.keys[key].held[node.index()].last().copied();
        let fate = if last.is_some() { Fate::Dropped(at) } else { Fate::Forgotten(at) };
        if let Some(written) = writes.get_mut(&write) {
            self.changes += 1;
            written.fates.set(node, at, fate);
        }
        if !seen {
            self.keys[key].seen(writes, write, node.index());
        }
        if let Some(last) = last {
            self.keys[key].replace(writes, write, last);
        }
        self.settle(rules, writes, at);
        self.judge_lost(rules, writes, write, at);
        for acked in self.acked[key].iter().rev().take(3).copied().collect::<Vec<_>>() {
            self.judge_lost(rules, writes, acked, at);
        }
    }

    pub(super) fn wiped(&mut self, rules: &Rules, writes: &mut Writes, node: NodeId, at: Mark) {
        for key in &mut self.keys {
            key.wipe(writes, node.index());
        }
        let mut gone = Vec::new();
        for (write, written) in writes.iter_mut() {
            let fate = written.fates.of(node);
            if fate.is_some_and(|fate| fate.has_seen() || matches!(fate, Fate::Hinted(_))) {
                self.changes += 1;
                written.fates.set(node, at, Fate::Wiped(at));
                gone.push(*write);
            }
        }
        for write in gone {
            let key = &mut self.keys[usize::from(writes[&write].key)];
            key.wait(writes, write, 0, at);
            key.look_at(write);
            self.judge_lost(rules, writes, write, at);
        }
        self.reckon(rules, writes);
    }

    /// An acknowledged write is lost when no server holds it, nothing carries it, and what stands in its place did not come after it.
    fn judge_lost(&mut self, rules: &Rules, writes: &Writes, write: WriteId, at: Mark) {
        let written = &writes[&write];
        let Some(acked) = written.acked else { return };
        let alive = |fate: &Fate| matches!(fate, Fate::Sent(_) | Fate::Hinted(_));
        if self.lost.contains(&write) || written.fates.all().iter().any(alive) {
            return;
        }
        let key = usize::from(written.key);
        let held = &self.keys[key].holders;
        // A key that nobody holds is as good as deleted.
        if held.contains_key(&write) || (held.is_empty() && written.value.is_none()) {
            return;
        }
        // Those that were asked for last come first: they are the likeliest.
        let others =
            || held.keys().rev().map(|other| (*other, follows_at_once(rules, writes, write, *other)));
        let overlap = |(other, follows): (WriteId, Option<bool>)| {
            follows.is_none() && has_seen(writes, &self.by_client[key], write, other)
        };
        if others().any(|(_, follows)| follows == Some(true)) || others().any(overlap) {
            return;
        }
        let stands = self.keys[key].held.iter().flatten().next();
        self.lost.insert(write);
        self.lost_count += 1;
        let told = tell(rules, written);
        let left = stands.map_or("no replica holds anything".to_string(), |other| {
            format!("what stands is {}", tell(rules, &writes[other]))
        });
        let was_there = |other: &Written| other.acked.is_some_and(|acked| acked < written.invoked);
        let forgotten = written.fates.all().iter().any(|fate| matches!(fate, Fate::Forgotten(_)));
        let because = match (rules.siblings, stands.map(|other| &writes[other])) {
            (_, None) => "the disks that had it are gone",
            (_, Some(_)) if forgotten => "which it had deleted, and the tombstones' lifetime is over",
            (true, Some(other)) if was_there(other) => {
                "which is older, but whose vector covers it: a server that forgot its counter has used a number twice"
            }
            (true, Some(_)) => "which was written without having seen it",
            (false, Some(other)) if was_there(other) && stamped_alike(written, other) => {
                "which is older, but stamped alike, and wins the tie"
            }
            (false, Some(other)) if was_there(other) => "which is older, but stamped later",
            (false, Some(_)) => "which did not come after it",
        };
        self.durable.break_(at, || {
            let why = format!(
                "{told} was acknowledged at {} and is gone: {left}, {because}.",
                DurationUs(acked.at_us)
            );
            (
                why,
                vec![
                    evidence(acked.record, format!("{told} is acknowledged")),
                    evidence(at.record, "the last trace of it goes"),
                ],
            )
        });
    }
}

/// Convergence.
impl Replicas {
    /// What parts the replicas from here on ("a link is cut"); none when all is whole again.
    pub(super) fn disturbed(&mut self, rules: &Rules, parted: Option<&str>, at: Mark) {
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

    /// Whether there is anything for replicas to agree on: with all disks gone there is not.
    fn has_writes(&self) -> bool {
        self.keys.iter().any(|key| key.replaced || !key.holders.is_empty())
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

    pub(super) fn tick(&mut self, rules: &Rules, writes: &Writes, at: Mark) {
        // A promise that is broken stays so.
        if at.at_us < self.due_us || self.converge.state() == State::Broken {
            return;
        }
        self.reckon(rules, writes);
        if at.at_us < self.due_us {
            return;
        }
        let calm_us = self.calm_since_us();
        let overdue = |(_, since): &(WriteId, Mark)| since.at_us.max(calm_us) + rules.settle_us <= at.at_us;
        let waiting = self.keys.iter().flat_map(|key| key.waiting(writes));
        let Some((write, since)) = waiting.filter(overdue).min() else { return };
        let written = &writes[&write];
        let lacks = rules.owners[usize::from(written.key)]
            .iter()
            .find(|owner| !self.keys[usize::from(written.key)].is_covered(writes, write, owner.index()));
        if let Some(owner) = lacks {
            let (why, steps) = self.tell_lack(rules, written, *owner, since, at);
            self.converge.break_(at, || (why, steps));
        }
        self.due_us = u64::MAX;
    }
}

/// What convergence breaks with.
impl Replicas {
    /// An owner lacks a write whose first replica had it at `since`: for how long in which nothing parted it from the others, and why.
    fn tell_lack(
        &self,
        rules: &Rules,
        written: &Written,
        owner: NodeId,
        since: Mark,
        at: Mark,
    ) -> (String, Vec<Evidence>) {
        let (name, told) = (rules.cast.name(owner).to_string(), tell(rules, written));
        let fate = written.fates.of(owner).unwrap_or(Fate::Unsent);
        let calm = self.calm_since.filter(|calm| calm.at_us >= since.at_us);
        let waited = DurationUs(at.at_us - calm.unwrap_or(since).at_us);
        let after = match calm {
            Some(_) => "nothing separated the replicas any more",
            None => "it reached the first replica",
        };
        let lack = fate.tell_lack(&name, rules.siblings);
        let mut steps = vec![evidence(since.record, format!("{told} reaches the first replica"))];
        steps.extend(fate.record().map(|record| evidence(record, fate.tell(&name, rules.siblings))));
        // Nothing happens when the time is up: it counts from here.
        steps.extend(calm.map(|calm| evidence(calm.record, "from here on nothing separates the replicas")));
        (format!("{name} still lacks {told}, {waited} after {after}: {lack}."), steps)
    }
}

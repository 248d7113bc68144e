//! Laws over what replicas hold: no acknowledged write is lost, and replicas agree once nothing separates them.

use super::fate::Fate;
use super::light::{Light, evidence};
use super::register::{Rules, WriteId, Written, tell};
use crate::cast::NodeId;
use crate::lab::{Evidence, State};
use crate::sorted::{Map, Set};
use crate::time::DurationUs;
use crate::trace::Mark;

/// How many times a write may have been replaced in turn for a server still to count as having it.
const MAX_STEPS: usize = 16;

/// What the light of convergence says before there is anything to agree on, and until replicas do for the first time.
const NOTHING_YET: &str = "No replica has been given a write yet.";
const NOT_YET: &str = "Not every replica has every write yet, or what replaced it.";

/// The laws over replicas.
#[derive(Clone, Debug)]
pub(super) struct Replicas {
    /// For each key the writes that each server holds.
    held: Vec<Vec<Vec<WriteId>>>,
    /// What replaced a write at some server.
    replaced_by: Map<WriteId, Vec<WriteId>>,
    /// What each client has read, where concurrent writes are siblings.
    seen: Set<(NodeId, WriteId)>,
    /// For each key the acknowledged writes in order.
    acked: Vec<Vec<WriteId>>,
    lost: Set<WriteId>,
    /// Writes that some owner lacks, each with when the first server had it.
    unsettled: Map<WriteId, Mark>,
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
            held: vec![vec![Vec::new(); servers]; rules.owners.len()],
            replaced_by: Map::new(),
            seen: Set::new(),
            acked: vec![Vec::new(); rules.owners.len()],
            lost: Set::new(),
            unsettled: Map::new(),
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

    pub(super) fn lights(self) -> (Light, Light) {
        (self.durable, self.converge)
    }

    /// A client has read a write.
    pub(super) fn saw(&mut self, client: NodeId, write: WriteId) {
        self.seen.insert((client, write));
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
            _ => true,
        };
        if news {
            written.fates.set(node, at, fate);
        }
        if let Fate::Took(_) = fate {
            self.given = true;
            self.held[key][node.index()].push(write);
            if !self.settled(rules, writes, write) {
                self.unsettled.entry(write).or_insert(at);
                self.reckon(rules);
            }
        }
        if matches!(fate, Fate::Took(_) | Fate::Refused(_)) {
            self.settle(rules, writes, at);
            self.await_agreement(at);
        }
        if matches!(fate, Fate::Lost(..) | Fate::Refused(_)) {
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
        let Some(written) = writes.get_mut(&write) else { return };
        let key = usize::from(written.key);
        let held = &mut self.held[key][node.index()];
        held.retain(|held| *held != write);
        // What it took last is what it gave this up for.
        let last = held.last().copied();
        written.fates.set(node, at, if last.is_some() { Fate::Dropped(at) } else { Fate::Forgotten(at) });
        if let Some(last) = last {
            self.replaced_by.entry(write).or_default().push(last);
        }
        self.settle(rules, writes, at);
        self.judge_lost(rules, writes, write, at);
        for acked in self.acked[key].iter().rev().take(3).copied().collect::<Vec<_>>() {
            self.judge_lost(rules, writes, acked, at);
        }
    }

    pub(super) fn wiped(&mut self, rules: &Rules, writes: &mut Writes, node: NodeId, at: Mark) {
        for key in &mut self.held {
            if let Some(held) = key.get_mut(node.index()) {
                held.clear();
            }
        }
        let mut gone = Vec::new();
        for (write, written) in writes.iter_mut() {
            let fate = written.fates.of(node);
            if fate.is_some_and(|fate| fate.has_seen() || matches!(fate, Fate::Hinted(_))) {
                written.fates.set(node, at, Fate::Wiped(at));
                gone.push(*write);
            }
        }
        for write in gone {
            self.unsettled.entry(write).or_insert(at);
            self.judge_lost(rules, writes, write, at);
        }
        self.reckon(rules);
    }

    /// An acknowledged write is lost when no server holds it, nothing carries it, and what stands in its place did not come after it.
    fn judge_lost(&mut self, rules: &Rules, writes: &Writes, write: WriteId, at: Mark) {
        let written = &writes[&write];
        let Some(acked) = written.acked else { return };
        let alive = |fate: &Fate| matches!(fate, Fate::Sent(_) | Fate::Hinted(_));
        if self.lost.contains(&write) || written.fates.all().iter().any(alive) {
            return;
        }
        let held: Vec<WriteId> = self.held[usize::from(written.key)].iter().flatten().copied().collect();
        // A key that nobody holds is as good as deleted.
        let follows = |other: &WriteId| *other == write || self.follows(rules, writes, write, *other);
        if held.iter().any(follows) || (held.is_empty() && written.value.is_none()) {
            return;
        }
        self.lost.insert(write);
        self.lost_count += 1;
        let told = tell(rules, written);
        let left = held.first().map_or("no replica holds anything".to_string(), |other| {
            format!("what stands is {}", tell(rules, &writes[other]))
        });
        let forgotten = written.fates.all().iter().any(|fate| matches!(fate, Fate::Forgotten(_)));
        let because = match (rules.siblings, held.first().map(|other| &writes[other])) {
            (_, None) => "the disks that had it are gone",
            (_, Some(_)) if forgotten => "which it had deleted, and the tombstones' lifetime is over",
            (true, Some(_)) => "which was written without having seen it",
            (false, Some(other)) if other.acked.is_some_and(|acked| acked < written.invoked) => {
                "which is older, but stamped later"
            }
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

    /// Whether `other` may rightly stand where `write` stood: it came later; where concurrent writes are kept as siblings, an
    /// overlapping one must have seen it, or something that had. Each write between them is looked at once.
    fn follows(&self, rules: &Rules, writes: &Writes, write: WriteId, other: WriteId) -> bool {
        let (first, second) = (&writes[&write], &writes[&other]);
        if first.acked.is_some_and(|acked| acked < second.invoked) {
            return true;
        }
        let older = second.acked.is_some_and(|acked| acked < first.invoked);
        if !rules.siblings || older {
            return !older;
        }
        let mut reached = Set::from_iter([write]);
        let mut front = vec![write];
        while let Some(earlier) = front.pop() {
            if self.has_seen(writes, earlier, other) {
                return true;
            }
            let between = writes.iter().filter(|(_, b)| b.key == first.key && b.invoked < second.invoked);
            for (b, _) in between {
                if !reached.contains(b) && self.has_seen(writes, earlier, *b) {
                    reached.insert(*b);
                    front.push(*b);
                }
            }
        }
        false
    }

    /// Whether who wrote `later` had written or read `earlier`, or asked after it was acknowledged.
    fn has_seen(&self, writes: &Writes, earlier: WriteId, later: WriteId) -> bool {
        let (first, second) = (&writes[&earlier], &writes[&later]);
        (first.client == second.client && first.invoked < second.invoked)
            || self.seen.contains(&(second.client, earlier))
            || first.acked.is_some_and(|acked| acked < second.invoked)
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
        !self.replaced_by.is_empty() || self.held.iter().flatten().any(|held| !held.is_empty())
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
        let agreed = self.has_writes() && self.unsettled.is_empty() && !self.disturbed;
        if agreed && self.converge.state() == State::Unknown {
            let time = DurationUs(rules.settle_us);
            let why =
                format!("No write has kept replicas apart for longer than {time} while nothing else did.");
            self.converge.say(at, State::Kept, &why);
        }
    }

    /// When the next deadline is; none while the network is disturbed.
    fn reckon(&mut self, rules: &Rules) {
        let first = self.unsettled.values().map(|since| since.at_us).min();
        self.due_us = match first {
            Some(since_us) if !self.disturbed => {
                since_us.max(self.calm_since_us()).saturating_add(rules.settle_us)
            }
            _ => u64::MAX,
        };
    }

    /// Whether every owner has the write, or something that replaced it.
    fn settled(&self, rules: &Rules, writes: &Writes, write: WriteId) -> bool {
        let owners = &rules.owners[usize::from(writes[&write].key)];
        let held = &self.held[usize::from(writes[&write].key)];
        // Replicas that hold the same agree, even if what they hold is not what it should be.
        let same = owners.windows(2).all(|pair| same_set(&held[pair[0].index()], &held[pair[1].index()]));
        same || owners.iter().all(|owner| self.covered(writes, write, owner.index()))
    }

    /// Whether a server has the write, or something that replaced it, directly or in at most [`MAX_STEPS`] steps. Each
    /// write is looked at once: many may replace one, and one may replace many.
    fn covered(&self, writes: &Writes, write: WriteId, server: usize) -> bool {
        let mut seen = Set::from_iter([write]);
        let mut front = vec![write];
        for _ in 0..=MAX_STEPS {
            if front.iter().any(|write| self.has(writes, *write, server)) {
                return true;
            }
            let later = front.iter().filter_map(|write| self.replaced_by.get(write)).flatten().copied();
            front = later.filter(|later| seen.insert(*later)).collect();
        }
        false
    }

    /// Whether a server has the write, or holds one of a higher rank.
    fn has(&self, writes: &Writes, write: WriteId, server: usize) -> bool {
        let written = &writes[&write];
        let held = &self.held[usize::from(written.key)][server];
        written.fates.all()[server].has_seen()
            || held
                .iter()
                .any(|other| writes[other].rank.zip(written.rank).is_some_and(|(other, mine)| other > mine))
    }

    /// Takes out what has become the same everywhere.
    fn settle(&mut self, rules: &Rules, writes: &Writes, at: Mark) {
        let done: Vec<(WriteId, Mark)> = self
            .unsettled
            .iter()
            .map(|(write, since)| (*write, *since))
            .filter(|(write, _)| self.settled(rules, writes, *write))
            .collect();
        for (write, since) in &done {
            self.unsettled.remove(write);
            let took_us = at.at_us.saturating_sub(since.at_us.max(self.calm_since_us()));
            if !self.disturbed {
                self.converged_us = Some(self.converged_us.unwrap_or(0).max(took_us));
            }
        }
        if !done.is_empty() {
            self.reckon(rules);
        }
        self.agree(rules, at);
    }

    pub(super) fn tick(&mut self, rules: &Rules, writes: &Writes, at: Mark) {
        if at.at_us < self.due_us {
            return;
        }
        self.reckon(rules);
        if at.at_us < self.due_us {
            return;
        }
        let overdue = self
            .unsettled
            .iter()
            .find(|(_, since)| since.at_us.max(self.calm_since_us()) + rules.settle_us <= at.at_us);
        let Some((write, since)) = overdue.map(|(write, since)| (*write, *since)) else { return };
        let written = &writes[&write];
        let lacks = rules.owners[usize::from(written.key)]
            .iter()
            .find(|owner| !self.covered(writes, write, owner.index()));
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

fn same_set(a: &[WriteId], b: &[WriteId]) -> bool {
    a.len() == b.len() && a.iter().all(|write| b.contains(write))
}

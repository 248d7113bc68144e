//! How the laws of a register tell what they saw: operations, values, replicas, and the steps of an argument.

use super::{Read, Reading, Register, Rules, Stamped, WriteId, Written};
use crate::cast::NodeId;
use crate::check::deeds::Deeds;
use crate::check::fate::Fate;
use crate::check::light::evidence;
use crate::outcome::Evidence;
use crate::sorted::Map;
use crate::time::DurationUs;
use crate::trace::Mark;

/// A replica that answered a read: when it looked, and what had become of a write there by then.
pub(super) struct Answered {
    pub(super) node: NodeId,
    looked: Mark,
    pub(super) fate: Fate,
    /// What the write was refused or given up for there.
    winner: Option<String>,
}

impl Register {
    pub(super) fn name(&self, node: NodeId) -> String {
        self.rules.cast.name(node).to_string()
    }

    pub(super) fn tell_value(&self, write: WriteId) -> String {
        tell_value(&self.rules, &self.writes[&write])
    }

    pub(super) fn tell(&self, write: WriteId) -> String {
        tell(&self.rules, &self.writes[&write])
    }

    /// "c2 read x=1 from n2, n3".
    pub(super) fn tell_read(&self, reading: &Reading, read: Read<'_>) -> String {
        let key = self.rules.keys[usize::from(reading.key)];
        let told = self.told(read.versions);
        // As answers are written: values, and tombstones as one, last.
        let mut values: Vec<String> = told.iter().flatten().map(u32::to_string).collect();
        values.extend(told.contains(&None).then(|| "–".to_owned()));
        let client = self.name(reading.client);
        let from: Vec<String> = read.answered.iter().map(|node| self.name(*node)).collect();
        match told.iter().all(Option::is_none) {
            true => format!("{client} read {key} from {} and found nothing", from.join(", ")),
            false => format!("{client} read {key}={} from {}", values.join("|"), from.join(", ")),
        }
    }

    /// What had become of a write at the replicas that answered, when they did: "n2 had not received it: the message died in the cut".
    pub(super) fn tell_fates(&self, reading: &Reading, at: Mark, read: Read<'_>, write: WriteId) -> String {
        let answers = self.answers(reading, at, read, write);
        let mut told: Vec<String> =
            answers.iter().map(|answer| self.tell_fate(reading.key, answer)).collect();
        let had = answers.iter().any(|answer| matches!(answer.fate, Fate::Took(_)));
        if let Some(other) = read.versions.iter().find(|other| had && self.outranks(**other, write)) {
            let alike = stamped_alike(&self.writes[other], &self.writes[&write]);
            let why =
                if alike { "they are stamped alike, and it wins the tie" } else { "it is stamped later" };
            told.push(format!("{} won, for {why}", self.tell(*other)));
        }
        // What a server kept then may itself have been replaced by what it answered with.
        let winners: Vec<&str> = answers.iter().filter_map(|answer| answer.winner.as_deref()).collect();
        if !had && !winners.is_empty() {
            let is_told = |other: WriteId| {
                winners.iter().any(|told| told.starts_with(&format!("{}, ", self.tell(other))))
            };
            let too = |other: &&WriteId| self.outranks(**other, write) && !is_told(**other);
            if let Some(other) = read.versions.iter().find(too) {
                let alike = stamped_alike(&self.writes[other], &self.writes[&write]);
                let why =
                    if alike { "is stamped alike and wins the tie, too" } else { "is stamped later, too" };
                told.push(format!("{}, which had taken the place of that, {why}", self.tell(*other)));
            }
        }
        told.join("; ")
    }

    fn tell_fate(&self, key: u16, answer: &Answered) -> String {
        let name = self.name(answer.node);
        let is_spare = !self.rules.owners[usize::from(key)].contains(&answer.node);
        match answer.fate {
            Fate::Unsent if is_spare => format!("{name}, a spare node, had not been sent it"),
            fate => fate.tell(&name, self.rules.siblings, answer.winner.as_deref()),
        }
    }

    /// Whether a version takes another's place by the system's own order.
    fn outranks(&self, version: WriteId, other: WriteId) -> bool {
        let rank = |write| self.writes.get(&write).and_then(|written| written.rank);
        rank(version).zip(rank(other)).is_some_and(|(version, other)| version > other)
    }

    /// The replicas that answered a read, when each looked, and what had become of a write there by then.
    pub(super) fn answers(
        &self,
        reading: &Reading,
        at: Mark,
        read: Read<'_>,
        write: WriteId,
    ) -> Vec<Answered> {
        let fates = &self.writes[&write].fates;
        let answered = read.answered.iter().filter_map(|node| {
            let look = reading.looks.iter().find(|(looked, _)| looked == node);
            let looked = look.map_or(at, |(_, looked)| *looked);
            let fate = fates.at(*node, looked.record)?;
            Some(Answered {
                node: *node,
                looked,
                fate,
                winner: winner(&self.rules, &self.writes, write, *node, fate),
            })
        });
        answered.collect()
    }

    /// The steps: the newer write's acknowledgement, what kept it from those who answered, what was read instead, the question, the answer;
    /// and the acts that made it so.
    pub(super) fn argue(&self, reading: &Reading, at: Mark, read: Read<'_>, newer: WriteId) -> Vec<Evidence> {
        let written = &self.writes[&newer];
        let mut steps = vec![evidence(
            written.acked.unwrap_or(written.invoked).record,
            format!("{} is acknowledged", self.tell(newer)),
        )];
        for answer in self.answers(reading, at, read, newer) {
            let Answered { node, looked, fate, .. } = answer;
            // Of what had not come, there is nothing to see but that it was not there.
            let record = match fate {
                Fate::Unsent | Fate::Sent(_) => looked.record,
                _ => fate.record().unwrap_or(looked.record),
            };
            steps.push(evidence(record, self.tell_fate(reading.key, &answer)));
            steps.extend(fate.act().map(|act| self.deed(act)));
            steps.extend(read.versions.iter().flat_map(|version| self.back_again(*version, node, looked)));
        }
        for version in read.versions.iter().copied().filter(|version| *version != newer) {
            steps.extend(self.win(version, newer));
        }
        let owners = &self.rules.owners[usize::from(reading.key)];
        // A spare node answers only for an owner that was not heard of in time.
        if read.answered.iter().any(|node| !owners.contains(node)) {
            steps.extend(self.deeds.hindered(reading.op, owners, (reading.invoked, at)));
        }
        let reader = self.name(reading.client);
        steps.push(evidence(reading.invoked.record, format!("{reader} asks")));
        crate::sorted::sort_by_key(&mut steps, |step| step.record);
        steps.push(evidence(at.record, self.tell_read(reading, read)));
        steps
    }

    /// An act of the script, as a step.
    pub(super) fn deed(&self, act: u32) -> Evidence {
        evidence(act, self.deeds.tell(act))
    }

    /// What was read instead of a newer write: where it was asked for, or, where it won by its place in the system's own order, where it got
    /// that, and what had been done to the clocks that gave both theirs.
    fn win(&self, version: WriteId, newer: WriteId) -> Vec<Evidence> {
        let Some(other) = self.writes.get(&version) else { return Vec::new() };
        let told = self.tell(version);
        if !self.outranks(version, newer) {
            return vec![evidence(other.invoked.record, format!("{told} is asked for"))];
        }
        tell_order(&self.rules, &self.deeds, other, &self.writes[&newer])
    }

    /// A replica took what it answers with once more, after it had given it up; because the message came twice, it may be.
    fn back_again(&self, version: WriteId, node: NodeId, looked: Mark) -> Vec<Evidence> {
        let fates = self.writes.get(&version).map(|written| &written.fates);
        let Some(again) = fates.and_then(|fates| fates.taken_again(node, looked.record)) else {
            return Vec::new();
        };
        let takes = format!("{} takes {} once more", self.name(node), self.tell(version));
        let doubled = self.deeds.doubled_by(version, node).map(|act| self.deed(act));
        [evidence(again.record, takes)].into_iter().chain(doubled).collect()
    }
}

/// How a write came to stand before another in the system's own order: who stamped it, once or, where the message came twice, twice; and the
/// acts that had set the clocks by which both were stamped.
pub(in crate::check) fn tell_order(
    rules: &Rules,
    deeds: &Deeds,
    first: &Written,
    second: &Written,
) -> Vec<Evidence> {
    let told = tell(rules, first);
    let Some(stamped) = first.stamped else {
        return vec![evidence(first.invoked.record, format!("{told} is asked for"))];
    };
    let by = rules.cast.name(stamped.by);
    let mut steps = vec![evidence(stamped.at.record, format!("{by} is asked for {told}, and stamps it"))];
    if let Some((at, act)) = stamped.again {
        steps.push(evidence(at.record, format!("{by} is asked for {told} once more, and stamps it anew")));
        steps.extend(act.map(|act| evidence(act, deeds.tell(act))));
    }
    let last = |stamped: Stamped| (stamped.by, stamped.again.map_or(stamped.at, |(at, _)| at).record);
    if let Some(second) = second.stamped.filter(|_| rules.by_clock) {
        let acts = deeds.misordered(last(stamped), last(second));
        steps.extend(acts.map(|act| evidence(act, deeds.tell(act))));
    }
    steps
}

/// What a write was refused or given up for at a server, and why that wins; none where that is not known.
pub(in crate::check) fn winner(
    rules: &Rules,
    writes: &Map<WriteId, Written>,
    write: WriteId,
    node: NodeId,
    fate: Fate,
) -> Option<String> {
    if !matches!(fate, Fate::Refused(_) | Fate::Ignored(_) | Fate::Dropped(_)) {
        return None;
    }
    let written = &writes[&write];
    let won = |other: &Written| match fate {
        Fate::Refused(at) | Fate::Ignored(at) => {
            matches!(other.fates.at(node, at.record), Some(Fate::Took(_)))
        }
        Fate::Dropped(at) => other.fates.took_at(node, at.record),
        _ => false,
    };
    let of_key = writes.iter().filter(|(other, of)| **other != write && of.key == written.key);
    let mut won = of_key.map(|(_, other)| other).filter(|other| won(other));
    let other = won.next().filter(|_| won.next().is_none())?;
    let because = match rules.siblings {
        true => "whose vector covers it",
        false if stamped_alike(other, written) => "which is stamped alike and wins the tie",
        false if other.rank > written.rank => "which is stamped later",
        false => return None,
    };
    Some(format!("{}, {because}", tell(rules, other)))
}

/// Whether two writes have the same timestamp, so that something else decides between them.
pub(in crate::check) fn stamped_alike(one: &Written, other: &Written) -> bool {
    one.rank.zip(other.rank).is_some_and(|(one, other)| one.0 == other.0)
}

/// "x=2", or "the deletion of x".
fn tell_value(rules: &Rules, written: &Written) -> String {
    let key = rules.keys[usize::from(written.key)];
    written.value.map_or_else(|| format!("the deletion of {key}"), |value| format!("{key}={value}"))
}

/// "c1's x=2".
pub(in crate::check) fn tell(rules: &Rules, written: &Written) -> String {
    match written.value {
        Some(_) => format!("{}'s {}", rules.cast.name(written.client), tell_value(rules, written)),
        None => format!("{} by {}", tell_value(rules, written), rules.cast.name(written.client)),
    }
}

pub(super) fn span(from: Mark, to: Mark) -> DurationUs {
    DurationUs(to.at_us.saturating_sub(from.at_us))
}

//! How the laws of a register tell what they saw: operations, values, replicas, and the steps of an argument.

use super::{Read, Reading, Register, Rules, WriteId, Written};
use crate::cast::NodeId;
use crate::check::fate::Fate;
use crate::check::light::evidence;
use crate::lab::Evidence;
use crate::time::DurationUs;
use crate::trace::Mark;

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
        let values: Vec<String> =
            read.versions.iter().filter_map(|v| self.writes.get(v)?.value).map(|v| v.to_string()).collect();
        let client = self.name(reading.client);
        let from: Vec<String> = read.answered.iter().map(|node| self.name(*node)).collect();
        match values.is_empty() {
            true => format!("{client} read {key} from {} and found nothing", from.join(", ")),
            false => format!("{client} read {key}={} from {}", values.join("|"), from.join(", ")),
        }
    }

    /// What had become of a write at the replicas that answered, when they did: "n2 had not received it: the message died in the cut".
    pub(super) fn tell_fates(&self, reading: &Reading, at: Mark, read: Read<'_>, write: WriteId) -> String {
        let siblings = self.rules.siblings;
        let answers = self.answers(reading, at, read, write);
        let mut told: Vec<String> =
            answers.iter().map(|(node, _, fate)| fate.tell(&self.name(*node), siblings)).collect();
        let had = answers.iter().any(|(_, _, fate)| matches!(fate, Fate::Took(_)));
        if let Some(other) = read.versions.iter().find(|other| had && self.outranks(**other, write)) {
            let alike = stamped_alike(&self.writes[other], &self.writes[&write]);
            let why =
                if alike { "they are stamped alike, and it wins the tie" } else { "it is stamped later" };
            told.push(format!("{} won, for {why}", self.tell(*other)));
        }
        told.join("; ")
    }

    /// Whether a version takes another's place by the system's own order.
    fn outranks(&self, version: WriteId, other: WriteId) -> bool {
        let rank = |write| self.writes.get(&write).and_then(|written| written.rank);
        rank(version).zip(rank(other)).is_some_and(|(version, other)| version > other)
    }

    /// The replicas that answered a read, the record at which each looked, and what had become of a write there by then.
    fn answers(
        &self,
        reading: &Reading,
        at: Mark,
        read: Read<'_>,
        write: WriteId,
    ) -> Vec<(NodeId, u32, Fate)> {
        let fates = &self.writes[&write].fates;
        let answered = read.answered.iter().filter_map(|node| {
            let look = reading.looks.iter().find(|(looked, _)| looked == node);
            let record = look.map_or(at.record, |(_, record)| *record);
            Some((*node, record, fates.at(*node, record)?))
        });
        answered.collect()
    }

    /// The steps: the newer write's acknowledgement, what kept it from those who answered, the question, the answer.
    pub(super) fn argue(&self, reading: &Reading, at: Mark, read: Read<'_>, newer: WriteId) -> Vec<Evidence> {
        let written = &self.writes[&newer];
        let mut steps = vec![evidence(
            written.acked.unwrap_or(written.invoked).record,
            format!("{} is acknowledged", self.tell(newer)),
        )];
        for (node, looked, fate) in self.answers(reading, at, read, newer) {
            // Of what had not come, there is nothing to see but that it was not there.
            let record = match fate {
                Fate::Unsent | Fate::Sent(_) => looked,
                _ => fate.record().unwrap_or(looked),
            };
            steps.push(evidence(record, fate.tell(&self.name(node), self.rules.siblings)));
        }
        let reader = self.name(reading.client);
        steps.push(evidence(reading.invoked.record, format!("{reader} asks")));
        crate::sorted::sort_by_key(&mut steps, |step| step.record);
        steps.push(evidence(at.record, self.tell_read(reading, read)));
        steps
    }
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

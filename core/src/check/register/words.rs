//! How the laws of a register tell what they saw: operations, values, replicas, and the steps of an argument.

use super::{Read, Reading, Register, Rules, WriteId, Written};
use crate::cast::NodeId;
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

    /// What had become of a write at the replicas that answered: "n2 had not received it: the message died in the cut".
    pub(super) fn tell_fates(&self, write: WriteId, answered: &[NodeId]) -> String {
        let fates = &self.writes[&write].fates;
        let told = answered.iter().filter_map(|node| Some(fates.get(node.index())?.tell(&self.name(*node))));
        told.collect::<Vec<_>>().join("; ")
    }

    /// The steps: the newer write's acknowledgement, what kept it from those who answered, the question, the answer.
    pub(super) fn argue(&self, reading: &Reading, at: Mark, read: Read<'_>, newer: WriteId) -> Vec<Evidence> {
        let written = &self.writes[&newer];
        let mut steps = vec![evidence(
            written.acked.unwrap_or(written.invoked).record,
            format!("{} is acknowledged", self.tell(newer)),
        )];
        for node in read.answered {
            if let Some(fate) = written.fates.get(node.index())
                && let Some(record) = fate.record()
            {
                steps.push(evidence(record, fate.tell(&self.name(*node))));
            }
        }
        let reader = self.name(reading.client);
        steps.push(evidence(reading.invoked.record, format!("{reader} asks")));
        crate::sorted::sort_by_key(&mut steps, |step| step.record);
        steps.push(evidence(at.record, self.tell_read(reading, read)));
        steps
    }
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

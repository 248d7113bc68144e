//! Whether a write that was reported as failed has an effect, and what stood in the way of what was not served.

use super::words::span;
use super::{Read, Reading, Register, WriteId};
use crate::cast::NodeId;
use crate::check::fate::Fate;
use crate::check::light::evidence;
use crate::outcome::{Evidence, State};
use crate::sorted::Map;
use crate::trace::Mark;

impl Register {
    /// The write's client is told that it failed.
    pub fn write_fails(&mut self, write: WriteId, at: Mark) {
        let Some(written) = self.writes.get_mut(&write) else { return };
        written.failed = Some(at);
        if let Some((reader, read)) = written.read {
            let told = self.tell(write);
            let reader = self.name(reader);
            let acts = self.kept_from(write, at);
            self.failed.break_(at, || {
                let why = format!(
                    "{told} was reported as failed, although {reader} had read it {} earlier.",
                    span(read, at)
                );
                let told = [
                    evidence(read.record, format!("{reader} reads it")),
                    evidence(at.record, "its writer is told that it failed"),
                ];
                (why, acts.into_iter().chain(told).collect())
            });
        }
    }

    /// A read returns a write whose client had been told that it failed.
    pub(super) fn judge_failed(&mut self, reading: &Reading, at: Mark, read: Read<'_>) {
        let failed =
            |write: &&WriteId| self.writes.get(write).is_some_and(|written| written.failed.is_some());
        let kept = self.failed.state() == State::Kept;
        let Some(write) = read.versions.iter().find(failed).copied().filter(|_| kept) else { return };
        let when = self.writes[&write].failed.unwrap_or_default();
        let (told, reader, ago) = (self.tell(write), self.name(reading.client), span(when, at));
        let acts = self.kept_from(write, when);
        let had = self.had_by_then(write, reading, at, read);
        self.failed.break_(at, || {
            let why = format!("{reader} read {told}, which had been reported as failed {ago} earlier: a write that misses its quorum is not undone.");
            let told = [evidence(when.record, "its writer is told that it failed"), evidence(at.record, format!("{reader} reads it"))];
            (why, acts.into_iter().chain(had).chain(told).collect())
        });
    }

    /// When the replicas that answered a read took a write that it returned.
    fn had_by_then(&self, write: WriteId, reading: &Reading, at: Mark, read: Read<'_>) -> Vec<Evidence> {
        let answers = self.answers(reading, at, read, write);
        let takes = answers.iter().filter_map(|answer| match answer.fate {
            Fate::Took(at) => {
                Some(evidence(at.record, format!("{} takes {}", self.name(answer.node), self.tell(write))))
            }
            Fate::Hinted(at) => Some(evidence(
                at.record,
                format!("{} keeps {} for another", self.name(answer.node), self.tell(write)),
            )),
            _ => None,
        });
        takes.collect()
    }

    /// What kept a write from its quorum until a moment: the acts that kept it from servers, and what else stood in its way.
    fn kept_from(&self, write: WriteId, by: Mark) -> Vec<Evidence> {
        let written = &self.writes[&write];
        let servers = self.rules.cast.nodes();
        let is_sent = |node: &NodeId| matches!(written.fates.at(*node, by.record), Some(Fate::Sent(_)));
        let awaited: Vec<NodeId> = servers.filter(is_sent).collect();
        let mut steps: Map<u32, String> =
            written.fates.acts_until(by.record).map(|act| (act, self.deeds.tell(act))).collect();
        let owners = &self.rules.owners[usize::from(written.key)];
        let slowed = self.deeds.slowed(owners, written.invoked.at_us, by.at_us);
        steps.extend(slowed.map(|act| (act, self.deeds.tell(act))));
        steps.extend(
            self.deeds
                .hindered(write, &awaited, (written.invoked, by))
                .into_iter()
                .map(|step| (step.record, step.says)),
        );
        steps.into_iter().map(|(record, says)| evidence(record, says)).collect()
    }

    /// What stood in the way of an operation on a key, from when it was asked for until a moment.
    pub fn hindered(&self, op: u32, key: u16, span: (Mark, Mark)) -> Vec<Evidence> {
        self.deeds.hindered(op, &self.rules.owners[usize::from(key)], span)
    }
}

//! Whether an acknowledged write is lost, and how it is told.

use super::follows::{follows_at_once, has_seen};
use super::{
    Deeds, Fate, Replicas, Rules, WriteId, Writes, Written, evidence, stamped_alike, tell, tell_order,
};
use crate::cast::NodeId;
use crate::lab::Evidence;
use crate::time::DurationUs;
use crate::trace::Mark;

/// When a write may have been lost; and what a server took just then, if that is why.
type When = (Mark, Option<(WriteId, NodeId)>);

impl Replicas {
    /// An acknowledged write is lost when no server holds it, nothing carries it, and what stands in its place did not come after it. Where a
    /// deletion that came after it has lived its life, nothing stands in its place rightly.
    pub(super) fn judge_lost(
        &mut self,
        rules: &Rules,
        writes: &Writes,
        deeds: &Deeds,
        write: WriteId,
        (at, with): When,
    ) {
        let written = &writes[&write];
        let Some(acked) = written.acked else { return };
        let is_sent = |fate: &Fate| matches!(fate, Fate::Sent(_));
        let is_alive = written.fates.all().iter().any(is_sent) || !written.lineage.keepers.is_empty();
        if is_alive
            || self.lost.contains(&write)
            || self.stands(rules, writes, write)
            || self.was_deleted(rules, writes, write)
        {
            return;
        }
        self.lost.insert(write);
        self.lost_count += 1;
        if self.durable.broke().is_some() {
            return;
        }
        let held = &self.keys[usize::from(written.key)].held;
        // To a deletion only a value does harm.
        let harms = |other: &WriteId| written.value.is_some() || writes[other].value.is_some();
        let taken = with.map(|(taken, _)| taken).filter(harms);
        let other = taken.or_else(|| held.iter().flatten().copied().find(harms));
        let told = tell(rules, written);
        let why = format!(
            "{told} was acknowledged at {} and is gone: {}.",
            DurationUs(acked.at_us),
            self.tell_stands(rules, writes, write, other)
        );
        let steps = self.argue_loss(rules, writes, deeds, (write, other), (at, with));
        self.durable.break_(at, || (why, steps));
    }

    /// Whether a write is held, or what may rightly stand in its place. Where no value is held the key is deleted: so stands any deletion.
    fn stands(&self, rules: &Rules, writes: &Writes, write: WriteId) -> bool {
        let held = &self.keys[usize::from(writes[&write].key)].holders;
        let is_deleted = || held.keys().all(|other| writes[other].value.is_none());
        if held.contains_key(&write) || (writes[&write].value.is_none() && is_deleted()) {
            return true;
        }
        // Those that were asked for last come first: they are the likeliest. What hangs on what lies between is looked at last.
        let others =
            || held.keys().rev().map(|other| (*other, follows_at_once(rules, writes, write, *other)));
        others().any(|(_, follows)| follows == Some(true))
            || others().any(|(other, follows)| follows.is_none() && self.follows(rules, writes, write, other))
    }

    /// Whether a deletion may rightly stand where the write stood, and has been forgotten since because its lifetime was over. One that was
    /// never acknowledged must not have been undone since; what undoes an acknowledged one loses that, and nothing else.
    fn was_deleted(&self, rules: &Rules, writes: &Writes, write: WriteId) -> bool {
        let key = &self.keys[usize::from(writes[&write].key)];
        let is_deletion = writes[&write].value.is_none();
        key.forgotten.deletions.iter().rev().any(|deletion| {
            let later = *deletion > write || !is_deletion;
            *deletion != write
                && later
                && self.follows(rules, writes, write, *deletion)
                && (writes[deletion].acked.is_some() || self.stands(rules, writes, *deletion))
        })
    }

    /// Whether `other` may rightly stand where `write` stood.
    pub(super) fn follows(&self, rules: &Rules, writes: &Writes, write: WriteId, other: WriteId) -> bool {
        let by_client = &self.by_client[usize::from(writes[&write].key)];
        follows_at_once(rules, writes, write, other)
            .unwrap_or_else(|| has_seen(writes, by_client, write, other))
    }

    /// What stands where a lost write stood, and why it should not.
    fn tell_stands(&self, rules: &Rules, writes: &Writes, write: WriteId, other: Option<WriteId>) -> String {
        let written = &writes[&write];
        let any = |is: fn(&Fate) -> bool| written.fates.all().iter().any(is);
        if let Some(other) = other.map(|other| &writes[&other]) {
            let because = match written.value.is_none() && any(|fate| matches!(fate, Fate::Forgotten(_))) {
                true => "which it had deleted, and the tombstones' lifetime is over",
                false => tell_wrong(rules, written, other),
            };
            return format!("what stands is {}, {because}", tell(rules, other));
        }
        let replaced = written.lineage.replaced_by().map(|later| &writes[&later]);
        match replaced.filter(|_| !any(|fate| matches!(fate, Fate::Wiped(_)))) {
            None if any(|fate| matches!(fate, Fate::Wiped(_))) => {
                "no replica holds anything, the disks that had it are gone".to_owned()
            }
            None => "no replica holds anything, and nobody keeps it for another".to_owned(),
            Some(later) => format!(
                "no replica holds anything; {}, {}, had taken its place and is forgotten",
                tell(rules, later),
                tell_wrong(rules, written, later)
            ),
        }
    }

    /// The steps: its acknowledgement, what became of it everywhere and by which acts, what stands instead and why, and the end.
    fn argue_loss(
        &self,
        rules: &Rules,
        writes: &Writes,
        deeds: &Deeds,
        (write, other): (WriteId, Option<WriteId>),
        (at, with): When,
    ) -> Vec<Evidence> {
        let written = &writes[&write];
        let (told, acked) = (tell(rules, written), written.acked.unwrap_or_default());
        let mut steps = Vec::new();
        for (node, fate) in rules.cast.nodes().zip(written.fates.all()) {
            let says = fate.tell(&rules.cast.name(node).to_string(), rules.siblings);
            steps.extend(fate.record().map(|record| evidence(record, says)));
            steps.extend(fate.act().map(|act| evidence(act, deeds.tell(act))));
        }
        if let Some(other) = other.map(|other| &writes[&other]) {
            let ranked = other.rank.zip(written.rank).is_some_and(|(other, written)| other > written);
            match ranked {
                true => steps.extend(tell_order(rules, deeds, other, written)),
                false => {
                    steps.push(evidence(other.invoked.record, format!("{} is asked for", tell(rules, other))))
                }
            }
        }
        match with {
            Some((other, node)) => steps.push(evidence(
                at.record,
                format!("{} takes {}", rules.cast.name(node), tell(rules, &writes[&other])),
            )),
            None => steps.push(evidence(at.record, "the last trace of it goes")),
        }
        steps.push(evidence(acked.record, format!("{told} is acknowledged")));
        crate::sorted::sort_by_key(&mut steps, |step| step.record);
        steps
    }
}

/// Why one write should not stand where another stood.
fn tell_wrong(rules: &Rules, written: &Written, other: &Written) -> &'static str {
    match other.acked.is_some_and(|acked| acked < written.invoked) {
        true if rules.siblings => {
            "which is older, but whose vector covers it: a server that forgot its counter has used a number twice"
        }
        false if rules.siblings => "which was written without having seen it",
        true if stamped_alike(written, other) => "which is older, but stamped alike, and wins the tie",
        true => "which is older, but stamped later",
        false => "which did not come after it",
    }
}

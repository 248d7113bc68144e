//! Whether an acknowledged write is lost, and how it is told.

use super::follows::{follows_at_once, has_seen};
use super::{
    Deeds, Fate, Replicas, Rules, WriteId, Writes, Written, evidence, stamped_alike, tell, tell_order, winner,
};
use crate::cast::NodeId;
use crate::outcome::Evidence;
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
        let others = held.iter().flatten().copied().filter(harms);
        let other =
            taken.or_else(|| others.max_by_key(|other| took_place(rules, written, *other, &writes[other])));
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
        if let Some(id) = other {
            let other = &writes[&id];
            let forgot = written.value.is_none() && any(|fate| matches!(fate, Fate::Forgotten(_)));
            let because = match forgot && self.follows(rules, writes, id, write) {
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
            let winner = winner(rules, writes, write, node, *fate);
            let says = fate.tell(&rules.cast.name(node).to_string(), rules.siblings, winner.as_deref());
            steps.extend(fate.record().map(|record| evidence(record, says)));
            steps.extend(fate.act().map(|act| evidence(act, deeds.tell(act))));
        }
        if let Some(other) = other.map(|other| &writes[&other]) {
            let ranked = other.rank.zip(written.rank).is_some_and(|(other, written)| other > written);
            match ranked {
                true => steps.extend(tell_order(rules, deeds, other, written)),
                false => steps.push(match other.stamped.filter(|_| is_covered(written)) {
                    Some(stamped) => {
                        let by = rules.cast.name(stamped.by);
                        evidence(
                            stamped.at.record,
                            format!("{by} is asked for {}, and numbers it", tell(rules, other)),
                        )
                    }
                    None => evidence(other.invoked.record, format!("{} is asked for", tell(rules, other))),
                }),
            }
        }
        match with {
            Some((other, node)) => steps.push(evidence(
                at.record,
                format!("{} takes {}", rules.cast.name(node), tell(rules, &writes[&other])),
            )),
            // What became of it at some server just then was the last.
            None => match steps.iter_mut().find(|step| step.record == at.record) {
                Some(step) => step.says += "; with that its last trace goes",
                None => steps.push(evidence(at.record, "its last trace goes")),
            },
        }
        steps.push(evidence(acked.record, format!("{told} is acknowledged")));
        crate::sorted::sort_by_key(&mut steps, |step| step.record);
        steps
    }
}

/// Whether some server has refused a lost write, or given it up, for what it holds.
fn is_covered(written: &Written) -> bool {
    let covers = |fate: &Fate| matches!(fate, Fate::Refused(_) | Fate::Ignored(_) | Fate::Dropped(_));
    written.fates.all().iter().any(covers)
}

fn is_older(written: &Written, other: &Written) -> bool {
    other.acked.is_some_and(|acked| acked < written.invoked)
}

/// How likely it is that what stands took the place of a lost write: what it was given up for, or else what ranks above it or, where
/// concurrent writes are siblings, came to the servers beside it.
fn took_place(rules: &Rules, written: &Written, id: WriteId, other: &Written) -> (bool, bool) {
    let outranks = other.rank.zip(written.rank).is_some_and(|(other, written)| other > written);
    let is_likely = if rules.siblings { !is_older(written, other) } else { outranks };
    (written.lineage.replaced_by() == Some(id), is_likely)
}

/// Why one write should not stand where another stood.
fn tell_wrong(rules: &Rules, written: &Written, other: &Written) -> &'static str {
    let (is_older, is_covered) = (is_older(written, other), is_covered(written));
    let is_wiped = written.fates.all().iter().any(|fate| matches!(fate, Fate::Wiped(_)));
    let is_later = other.rank.zip(written.rank).is_some_and(|(other, written)| other > written);
    match is_older {
        true if rules.siblings
            && is_covered
            && other.stamped.is_some_and(|stamped| stamped.again.is_some()) =>
        {
            "which is older, but whose vector covers it: it came to its coordinator twice, and was numbered anew"
        }
        true if rules.siblings && is_covered => {
            "which is older, but whose vector covers it: a server that forgot its counter has used a number twice"
        }
        true if is_later && stamped_alike(written, other) => {
            "which is older, but stamped alike, and wins the tie"
        }
        true if is_later => "which is older, but stamped later",
        true if is_wiped => "which is older; the disks that had it are gone",
        true => "which is older; nobody keeps it any more",
        false if rules.siblings && is_covered => {
            "which was written without having seen it, but whose vector covers it"
        }
        false if rules.siblings => "which was written without having seen it",
        false => "which did not come after it",
    }
}

//! What convergence breaks with: who lacks what, for how long nothing parted the replicas, and what has become of it there.

use super::{Deeds, Fate, Replicas, Rules, WriteId, Writes, evidence, tell, winner};
use crate::cast::NodeId;
use crate::outcome::Evidence;
use crate::sorted::Map;
use crate::time::DurationUs;
use crate::trace::Mark;

impl Replicas {
    /// The sentence and its steps; none where no owner lacks what is overdue.
    pub(super) fn tell_lack(
        &self,
        rules: &Rules,
        writes: &Writes,
        deeds: &Deeds,
        at: Mark,
    ) -> Option<(String, Vec<Evidence>)> {
        let calm_us = self.calm_since_us();
        let overdue = |since: Mark| since.at_us.max(calm_us) + rules.settle_us <= at.at_us;
        let lacks = self.lacks(rules, writes);
        // What some replica holds and was asked for last is what the others should have: the rest has been replaced.
        let held = |write: WriteId| self.keys[usize::from(writes[&write].key)].holders.contains_key(&write);
        let due = lacks.iter().filter(|(_, (since, _))| overdue(*since));
        let (write, (since, owners)) = due.max_by_key(|(write, _)| (held(**write), **write))?;
        let (owner, others) = owners.split_first()?;
        let written = &writes[write];
        let name = |node: &NodeId| rules.cast.name(*node).to_string();
        let names = |nodes: &[NodeId]| nodes.iter().map(name).collect::<Vec<_>>().join(", ");
        let told = tell(rules, written);
        let fate = written.fates.of(*owner).unwrap_or(Fate::Unsent);
        let calm = self.calm_since.filter(|calm| calm.at_us >= since.at_us);
        let waited = DurationUs(at.at_us - calm.unwrap_or(*since).at_us);
        let came = if written.fates.is_first(*since) {
            "it reached the first replica"
        } else {
            "it came back to a replica"
        };
        let after = if calm.is_some() { "nothing separated the replicas any more" } else { came };
        let winner = winner(rules, writes, *write, *owner, fate);
        let lack = fate.tell_lack(&name(owner), rules.siblings, winner.as_deref());
        let mut why = format!("{} still lacks {told}, {waited} after {after}: {lack}", name(owner));
        if !others.is_empty() {
            why +=
                &format!("; {} {} it, too", names(others), if others.len() > 1 { "lack" } else { "lacks" });
        }
        for (other, owners) in self.last_lacks(writes, &lacks).into_iter().filter(|(other, _)| other != write)
        {
            let lack = if owners.len() > 1 { "lack" } else { "lacks" };
            why += &format!("; {} {lack} {}", names(&owners), tell(rules, &writes[&other]));
        }
        let came = if written.fates.is_first(*since) {
            "reaches the first replica"
        } else {
            "comes back to a replica"
        };
        let mut steps = vec![evidence(since.record, format!("{told} {came}"))];
        let became = fate.tell(&name(owner), rules.siblings, winner.as_deref());
        steps.extend(fate.record().map(|record| evidence(record, became)));
        steps.extend(fate.act().map(|act| evidence(act, deeds.tell(act))));
        if let Fate::Forgotten(_) = fate {
            // By another clock a tombstone lives longer, or shorter.
            let holds = |node: &NodeId| matches!(written.fates.of(*node), Some(Fate::Took(_)));
            let clocks = rules.cast.nodes().filter(|node| node == owner || holds(node));
            let acts = clocks.flat_map(|node| deeds.clock_acts(node, at.record));
            steps.extend(acts.map(|act| evidence(act, deeds.tell(act))));
        }
        // Nothing happens when the time is up: it counts from here.
        steps.extend(calm.map(|calm| evidence(calm.record, "from here on nothing separates the replicas")));
        Some((format!("{why}."), steps))
    }

    /// The writes that some owner lacks: since when, and which owners.
    fn lacks(&self, rules: &Rules, writes: &Writes) -> Map<WriteId, (Mark, Vec<NodeId>)> {
        let mut lacks = Map::new();
        for (key, owners) in self.keys.iter().zip(&rules.owners) {
            for (write, since) in key.waiting(writes) {
                let lacking = key.lacking(writes, write);
                let mut owners = owners.clone();
                owners.retain(|owner| key.lacks(lacking, owner.index()));
                if !owners.is_empty() {
                    lacks.insert(write, (since, owners));
                }
            }
        }
        lacks
    }

    /// For each key and owner the last write that it lacks and another holds: what it should have; by write, the owners.
    fn last_lacks(
        &self,
        writes: &Writes,
        lacks: &Map<WriteId, (Mark, Vec<NodeId>)>,
    ) -> Map<WriteId, Vec<NodeId>> {
        let mut last: Map<(u16, NodeId), WriteId> = Map::new();
        for (write, (_, owners)) in lacks.iter() {
            let key = writes[write].key;
            if self.keys[usize::from(key)].holders.contains_key(write) {
                owners.iter().for_each(|owner| *last.entry((key, *owner)).or_insert(*write) = *write);
            }
        }
        let mut lacking: Map<WriteId, Vec<NodeId>> = Map::new();
        for ((_, owner), write) in last.iter() {
            lacking.entry(*write).or_default().push(*owner);
        }
        lacking
    }
}

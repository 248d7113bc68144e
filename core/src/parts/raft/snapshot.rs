//! Snapshots in place of the log's beginning (paper §7).

use super::log::Log;
use super::members::Members;
use super::{Effect, Index, Machine, Raft, Rules, Term};
use std::sync::Arc;

/// What stands for the log up to an index.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Snapshot<M> {
    /// The last index that it stands for: `lastIncludedIndex`.
    pub last_index: Index,
    /// Its term: `lastIncludedTerm`.
    pub last_term: Term,
    /// The members by then.
    pub members: Members,
    /// The machine's state.
    pub machine: M,
}

impl<M: Machine> Raft<M> {
    /// Takes a snapshot where the log has grown long.
    pub(super) fn compact(&mut self, rules: &Rules, out: &mut Vec<Effect<M>>) {
        let applied = self.volatile.last_applied;
        let settled = self.members_index <= applied;
        if rules.compact_at == 0 || applied - self.log().base() <= rules.compact_at || !settled {
            return;
        }
        let last_term = self.log().term(applied).expect("what was applied is in the log");
        let (members, machine) = (self.members, self.machine.frozen());
        self.persistent.snapshot =
            Some(Arc::new(Snapshot { last_index: applied, last_term, members, machine }));
        self.persistent.log.compact(applied);
        out.extend([Effect::Persist, Effect::Compacted(applied)]);
    }

    /// Takes a leader's snapshot in place of what the log has up to there; what comes after it stays where it goes on from it.
    pub(super) fn install(&mut self, snapshot: Arc<Snapshot<M>>, out: &mut Vec<Effect<M>>) {
        let (index, term) = (snapshot.last_index, snapshot.last_term);
        if index <= self.volatile.commit_index {
            return;
        }
        if self.log().term(index) == Some(term) {
            self.persistent.log.compact(index);
        } else {
            let (at, removed) = (self.log().base() + 1, self.log().last_index() - self.log().base());
            self.persistent.log = Log::after((index, term));
            out.push(Effect::Spliced { at, removed, added: Vec::new() });
        }
        self.machine = snapshot.machine.clone();
        (self.volatile.commit_index, self.volatile.last_applied) = (index, index);
        self.persistent.snapshot = Some(snapshot);
        self.find_members();
        out.extend([Effect::Persist, Effect::Compacted(index), Effect::Committed, Effect::Installed(index)]);
    }
}

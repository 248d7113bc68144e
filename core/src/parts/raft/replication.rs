//! Log replication (paper §5.3, §5.4.2): entries received, sent, appended, committed and applied.

use super::leading::Leading;
use super::log::{Entry, Payload};
use super::rpc::Rpc;
use super::{Effect, Index, Machine, Raft, Role, Rules, Term};
use crate::cast::NodeId;

/// So many entries go into one message at the most.
const MOST_ENTRIES: u32 = 64;

impl<M: Machine> Raft<M> {
    pub(super) fn leading_mut(&mut self) -> Option<&mut Leading> {
        match &mut self.role {
            Role::Leader(leading) => Some(leading),
            _ => None,
        }
    }

    /// A leader receives a command from a client: the index of its entry, or none where the server does not lead.
    pub fn propose(&mut self, now_us: u64, command: M::Command, out: &mut Vec<Effect<M>>) -> Option<Index> {
        self.leads().then(|| self.receive_entry(now_us, Payload::Command(command), out))
    }

    /// A leader appends an entry and sends it, writing it to its disk meanwhile.
    pub(super) fn receive_entry(
        &mut self,
        now_us: u64,
        payload: Payload<M::Command>,
        out: &mut Vec<Effect<M>>,
    ) -> Index {
        let entry = Entry { term: self.term(), payload };
        let index = self.log().last_index() + 1;
        self.take_members(index, &entry);
        self.persistent.log.push(entry.clone());
        out.push(Effect::Spliced { at: index, removed: 0, added: vec![entry] });
        let peers = self.peers();
        if let Some(leading) = self.leading_mut() {
            leading.fit(peers, index - 1, now_us);
        }
        for peer in peers.iter() {
            self.send_new(peer, out);
        }
        out.extend([Effect::Persist, Effect::Store(index)]);
        index
    }

    /// The server's own log is on disk up to here.
    pub fn stored(&mut self, rules: &Rules, now_us: u64, index: Index, out: &mut Vec<Effect<M>>) {
        // What was stored as another leader's may have been overwritten since.
        let index = index.min(self.log().last_index());
        if let Some(leading) = self.leading_mut() {
            leading.stored_index = leading.stored_index.max(index);
            self.advance_commit(rules, now_us, out);
        }
    }

    /// The heartbeat timer fired.
    pub fn heartbeat_timeout(&mut self, rules: &Rules, now_us: u64, out: &mut Vec<Effect<M>>) {
        if !self.leads() {
            return;
        }
        if rules.check_quorum && !self.hears_majority(rules, now_us) {
            return self.step_down(self.term(), out);
        }
        self.heartbeat(now_us, out);
    }

    /// Begins a round: a message to everybody.
    pub(super) fn heartbeat(&mut self, now_us: u64, out: &mut Vec<Effect<M>>) {
        let (peers, confirmed) = (self.peers(), self.confirmed_round());
        let Some(leading) = self.leading_mut() else { return };
        leading.round += 1;
        leading.rounds.push_back((leading.round, now_us));
        leading.forget_rounds(confirmed);
        for peer in peers.iter() {
            self.send_append(peer, out);
        }
        out.push(Effect::ResetHeartbeat);
        self.answer_reads(out);
    }

    /// Sends a follower what is new, unless it is being probed, which takes one message at a time.
    fn send_new(&mut self, peer: NodeId, out: &mut Vec<Effect<M>>) {
        let last = self.log().last_index();
        let progress = self.leading().and_then(|leading| leading.progress.get(&peer));
        if progress.is_some_and(|progress| !progress.probing && progress.next_index <= last) {
            self.send_append(peer, out);
        }
    }

    /// Sends a follower what comes next: entries, a heartbeat where there are none, or a snapshot where they are gone.
    fn send_append(&mut self, peer: NodeId, out: &mut Vec<Effect<M>>) {
        let (term, leader_commit) = (self.persistent.current_term, self.volatile.commit_index);
        let Role::Leader(leading) = &mut self.role else { return };
        let round = leading.round;
        let Some(progress) = leading.progress.get_mut(&peer) else { return };
        let log = &self.persistent.log;
        let prev_log_index = progress.next_index - 1;
        let rpc = match (log.term(prev_log_index), &self.persistent.snapshot) {
            (None, Some(snapshot)) => {
                progress.next_index = snapshot.last_index + 1;
                progress.probing = true;
                Rpc::InstallSnapshot { term, snapshot: snapshot.clone(), round }
            }
            (prev_log_term, _) => {
                let entries = log.from(progress.next_index, MOST_ENTRIES);
                if !progress.probing {
                    progress.next_index += entries.len() as Index;
                }
                let prev_log_term = prev_log_term.unwrap_or(0);
                Rpc::AppendEntries { term, prev_log_index, prev_log_term, entries, leader_commit, round }
            }
        };
        out.push(Effect::Send(peer, rpc));
    }

    /// A follower takes entries that come after an index (Figure 2, receiver's steps 2 to 5), and says what to answer.
    pub(super) fn append(
        &mut self,
        rules: &Rules,
        (prev_log_index, prev_log_term): (Index, Term),
        entries: &[Entry<M::Command>],
        leader_commit: Index,
        round: u32,
        out: &mut Vec<Effect<M>>,
    ) -> Rpc<M> {
        let term = self.term();
        // What the snapshot stands for was committed: there the logs agree.
        let meets =
            prev_log_index < self.log().base() || self.log().term(prev_log_index) == Some(prev_log_term);
        if !meets {
            let hint = match rules.hints {
                true => self.log().meets(prev_log_index, prev_log_term),
                false => (prev_log_index - 1, 0),
            };
            return Rpc::Refused { term, prev_log_index, hint: Some(hint), round };
        }
        let new = (prev_log_index + 1..)
            .zip(entries)
            .find(|(index, entry)| *index > self.log().base() && self.log().term(*index) != Some(entry.term));
        if let Some((at, _)) = new {
            let removed = self.persistent.log.truncate(at);
            if removed > 0 && self.members_index >= at {
                self.find_members();
            }
            let added = &entries[(at - prev_log_index - 1) as usize..];
            for (index, entry) in (at..).zip(added) {
                self.take_members(index, entry);
                self.persistent.log.push(entry.clone());
            }
            out.extend([Effect::Spliced { at, removed, added: added.to_vec() }, Effect::Persist]);
        }
        let match_index = prev_log_index + entries.len() as Index;
        self.commit_to(rules, leader_commit.min(match_index), out);
        Rpc::Appended { term, match_index, round }
    }

    /// A follower's log agrees with the leader's up to here.
    pub(super) fn appended(
        &mut self,
        rules: &Rules,
        now_us: u64,
        from: NodeId,
        match_index: Index,
        out: &mut Vec<Effect<M>>,
    ) {
        let last = self.log().last_index();
        let Some(progress) = self.leading_mut().and_then(|leading| leading.progress.get_mut(&from)) else {
            return;
        };
        // An answer to what it was before it restarted, in the same term where votes are not kept, may know more than it has.
        let match_index = match_index.min(last);
        progress.match_index = progress.match_index.max(match_index);
        if match_index + 1 >= progress.next_index {
            progress.probing = false;
        }
        progress.next_index = progress.next_index.max(match_index + 1);
        self.advance_commit(rules, now_us, out);
        self.send_new(from, out);
    }

    /// A follower's log does not meet the leader's at this index: the leader tries an earlier one. Answers to what was sent before it did are
    /// passed over.
    pub(super) fn refused(
        &mut self,
        rules: &Rules,
        from: NodeId,
        prev_log_index: Index,
        hint: (Index, Term),
        out: &mut Vec<Effect<M>>,
    ) {
        let meets = match rules.hints {
            true => self.log().meets(hint.0, hint.1).0,
            false => hint.0,
        };
        let Some(progress) = self.leading_mut().and_then(|leading| leading.progress.get_mut(&from)) else {
            return;
        };
        let stale = match progress.probing {
            true => prev_log_index + 1 != progress.next_index,
            false => prev_log_index < progress.match_index,
        };
        if stale {
            return;
        }
        progress.probing = true;
        progress.next_index = meets.min(prev_log_index.saturating_sub(1)) + 1;
        self.send_append(from, out);
    }

    /// A leader commits what a majority has (Figure 2, leaders' last rule).
    fn advance_commit(&mut self, rules: &Rules, now_us: u64, out: &mut Vec<Effect<M>>) {
        let Some(leading) = self.leading() else { return };
        let matched = leading.progress.values().map(|progress| progress.match_index);
        let agreed = self.agreed(leading.stored_index, matched);
        if agreed <= self.volatile.commit_index {
            return;
        }
        if rules.own_term && self.log().term(agreed) != Some(self.term()) {
            return;
        }
        self.commit_to(rules, agreed, out);
        self.place_reads(rules, now_us, out);
        self.answer_reads(out);
        // A leader that has been removed leads until that is committed (thesis §4.2.2).
        if !self.members.contains(self.me) && self.members_index <= self.volatile.commit_index {
            self.step_down(self.term(), out);
        }
    }

    /// The commit index rises, and the machine takes what is committed.
    fn commit_to(&mut self, rules: &Rules, index: Index, out: &mut Vec<Effect<M>>) {
        if index <= self.volatile.commit_index {
            return;
        }
        self.volatile.commit_index = index;
        out.push(Effect::Committed);
        while self.volatile.last_applied < index {
            let next = self.volatile.last_applied + 1;
            let answer =
                match &self.persistent.log.get(next).expect("what is committed is in the log").payload {
                    Payload::Command(command) => Some(self.machine.apply(command)),
                    Payload::Noop | Payload::Members(_) => None,
                };
            self.volatile.last_applied = next;
            out.push(Effect::Applied(next, answer));
        }
        self.compact(rules, out);
    }
}

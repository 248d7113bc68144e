//! Elections (paper §5.2, §5.4.1): timeouts, votes, and what each mend does about them.

use super::leading::Leading;
use super::log::Payload;
use super::members::Members;
use super::rpc::{Refusal, Rpc};
use super::{Effect, Index, Machine, Raft, Role, Rules, Term};
use crate::cast::NodeId;

impl<M: Machine> Raft<M> {
    /// The election timeout elapsed without word from a leader or a vote for a candidate.
    pub fn election_timeout(&mut self, rules: &Rules, now_us: u64, out: &mut Vec<Effect<M>>) {
        if self.leads() {
            return;
        }
        out.push(Effect::ResetElection);
        // Who is no member stands only where that is not settled (thesis §4.2.2).
        if !self.members.contains(self.me) && self.members_index <= self.volatile.commit_index {
            return;
        }
        self.leader = None;
        match rules.prevote {
            true => self.stand(rules, now_us, true, out),
            false => self.begin_election(rules, now_us, out),
        }
    }

    fn begin_election(&mut self, rules: &Rules, now_us: u64, out: &mut Vec<Effect<M>>) {
        self.persistent.current_term += 1;
        self.persistent.voted_for = Some(self.me);
        out.push(Effect::Persist);
        self.stand(rules, now_us, false, out);
    }

    fn stand(&mut self, rules: &Rules, now_us: u64, pre: bool, out: &mut Vec<Effect<M>>) {
        let granted = Members::of([self.me]);
        self.role = if pre { Role::PreCandidate { granted } } else { Role::Candidate { granted } };
        out.push(Effect::Turned);
        let term = self.term() + Term::from(pre);
        let (last_log_index, last_log_term) = (self.log().last_index(), self.log().last_term());
        let ask = || Rpc::RequestVote { term, last_log_index, last_log_term, pre };
        out.extend(self.peers().iter().map(|peer| Effect::Send(peer, ask())));
        self.count_votes(rules, now_us, out);
    }

    /// Whether a candidate with this last entry gets the vote.
    pub(super) fn asked_for_vote(
        &mut self,
        rules: &Rules,
        now_us: u64,
        (candidate, term, pre): (NodeId, Term, bool),
        last: (Term, Index),
        out: &mut Vec<Effect<M>>,
    ) -> Result<(), Refusal> {
        if (rules.sticky || pre) && self.is_led(rules, now_us) {
            return Err(Refusal::HasLeader);
        }
        if term < self.term() {
            return Err(Refusal::StaleTerm);
        }
        if term > self.term() && !pre {
            self.step_down(term, out);
        }
        let voted = self.persistent.voted_for.filter(|voted| term == self.term() && *voted != candidate);
        if let Some(other) = voted {
            return Err(Refusal::VotedFor(other));
        }
        if rules.up_to_date && last < (self.log().last_term(), self.log().last_index()) {
            return Err(Refusal::LogBehind);
        }
        if !pre {
            self.persistent.voted_for = Some(candidate);
            out.extend([Effect::ResetElection, Effect::Persist]);
        }
        Ok(())
    }

    /// A vote, or its refusal, arrived.
    pub(super) fn vote(
        &mut self,
        rules: &Rules,
        now_us: u64,
        (from, term, pre, granted): (NodeId, Term, bool, Result<(), Refusal>),
        out: &mut Vec<Effect<M>>,
    ) {
        if granted.is_err() {
            if term > self.term() {
                self.step_down(term, out);
            }
            return;
        }
        let asked = self.term() + Term::from(pre);
        match &mut self.role {
            Role::PreCandidate { granted } if pre && term == asked => *granted = granted.with(from),
            Role::Candidate { granted } if !pre && term == asked => *granted = granted.with(from),
            _ => return,
        }
        self.count_votes(rules, now_us, out);
    }

    fn count_votes(&mut self, rules: &Rules, now_us: u64, out: &mut Vec<Effect<M>>) {
        match &self.role {
            Role::PreCandidate { granted } if self.is_majority(*granted) => {
                // Its election begins now, and so does its timeout.
                out.push(Effect::ResetElection);
                self.begin_election(rules, now_us, out);
            }
            Role::Candidate { granted } if self.is_majority(*granted) => self.lead(rules, now_us, out),
            _ => {}
        }
    }

    fn lead(&mut self, rules: &Rules, now_us: u64, out: &mut Vec<Effect<M>>) {
        self.role = Role::Leader(Leading::new(self.peers(), self.log().last_index(), now_us));
        self.leader = Some(self.me);
        out.extend([Effect::StopElection, Effect::Turned]);
        if rules.noop {
            self.receive_entry(now_us, Payload::Noop, out);
        } else {
            // What is in its log already is stored, and counts for a majority.
            out.push(Effect::Store(self.log().last_index()));
        }
        self.heartbeat(now_us, out);
    }
}

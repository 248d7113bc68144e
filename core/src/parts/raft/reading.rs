//! Reads that take no entry (thesis §6.4): read-index, leases, and the plain read that is neither; and how a leader knows that it still leads.

use super::{Effect, Index, Machine, Raft, Rules, Term};
use crate::cast::NodeId;

/// How a read is answered without an entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reading {
    /// A majority confirms that the leader still leads (§6.4).
    Index,
    /// The same, unless a majority answered within the lease (§6.4.1).
    Lease,
    /// At once.
    Plain,
}

/// A read that waits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Pending {
    pub(super) number: u64,
    /// The commit index that the machine must have reached, and the round that a majority must have answered; none while the leader has not
    /// committed an entry of its term.
    waits: Option<(Index, u32)>,
}

impl<M: Machine> Raft<M> {
    /// A leader is asked for a read, which has this number. Says whether it leads.
    pub fn read(
        &mut self,
        rules: &Rules,
        now_us: u64,
        (number, how): (u64, Reading),
        out: &mut Vec<Effect<M>>,
    ) -> bool {
        let knows_commit = self.knows_commit(rules);
        let leased = how == Reading::Lease && knows_commit && self.has_lease(rules, now_us);
        let Some(leading) = self.leading_mut() else { return false };
        if how == Reading::Plain || leased {
            out.push(Effect::ReadReady(number));
        } else {
            leading.pending.push(Pending { number, waits: None });
            self.place_reads(rules, now_us, out);
        }
        true
    }

    /// Whether the commit index is one that this leader may answer reads from.
    fn knows_commit(&self, rules: &Rules) -> bool {
        !rules.noop || self.log().term(self.volatile.commit_index) == Some(self.term())
    }

    /// Until when a leader's lease lasts, on its own clock: none before a majority has answered.
    pub fn lease_until_us(&self, rules: &Rules) -> Option<u64> {
        let leading = self.leading()?;
        if self.members.count() == 1 {
            return Some(u64::MAX);
        }
        let confirmed = self.confirmed_round();
        let began = leading.rounds.iter().find(|(round, _)| *round == confirmed);
        began.map(|(_, at_us)| at_us + rules.lease_us)
    }

    fn has_lease(&self, rules: &Rules, now_us: u64) -> bool {
        self.lease_until_us(rules).is_some_and(|until_us| now_us < until_us)
    }

    /// Reads that came before the leader knew what is committed are placed once it does; a round is begun for them.
    pub(super) fn place_reads(&mut self, rules: &Rules, now_us: u64, out: &mut Vec<Effect<M>>) {
        let (known, index) = (self.knows_commit(rules), self.volatile.commit_index);
        let Some(leading) = self.leading_mut() else { return };
        let round = leading.round + 1;
        let mut placed = false;
        for read in leading.pending.iter_mut().filter(|read| known && read.waits.is_none()) {
            read.waits = Some((index, round));
            placed = true;
        }
        if placed {
            self.heartbeat(now_us, out);
        }
    }

    /// Answers the reads that wait for nothing more.
    pub(super) fn answer_reads(&mut self, out: &mut Vec<Effect<M>>) {
        let (confirmed, applied) = (self.confirmed_round(), self.volatile.last_applied);
        let Some(leading) = self.leading_mut() else { return };
        leading.pending.retain(|read| {
            let ready = read.waits.is_some_and(|(index, round)| index <= applied && round <= confirmed);
            if ready {
                out.push(Effect::ReadReady(read.number));
            }
            !ready
        });
    }

    /// The latest round that a majority has answered.
    pub(super) fn confirmed_round(&self) -> u32 {
        let Some(leading) = self.leading() else { return 0 };
        self.agreed(leading.round, leading.progress.values().map(|progress| progress.round))
    }

    /// The greatest value that a majority of the members has reached: the server's own, if it is one, and its followers'.
    pub(super) fn agreed(&self, own: u32, theirs: impl Iterator<Item = u32>) -> u32 {
        let own = self.members.contains(self.me).then_some(own);
        let mut reached: Vec<u32> = own.into_iter().chain(theirs).collect();
        reached.sort_unstable_by(|a, b| b.cmp(a));
        reached.get(self.members.majority() as usize - 1).copied().unwrap_or(0)
    }

    /// A follower has answered a message of a round.
    pub(super) fn heard_from(
        &mut self,
        rules: &Rules,
        now_us: u64,
        from: NodeId,
        round: u32,
        out: &mut Vec<Effect<M>>,
    ) {
        let Some(leading) = self.leading_mut() else { return };
        let Some(progress) = leading.progress.get_mut(&from) else { return };
        progress.heard_us = now_us;
        if round > progress.round {
            progress.round = round;
            let confirmed = self.confirmed_round();
            if let Some(leading) = self.leading_mut() {
                leading.forget_rounds(confirmed);
            }
            self.place_reads(rules, now_us, out);
            self.answer_reads(out);
        }
    }

    /// Whether a leader has heard from a majority within the least election timeout.
    pub(super) fn hears_majority(&self, rules: &Rules, now_us: u64) -> bool {
        let Some(leading) = self.leading() else { return false };
        let since = |at_us: u64| now_us.saturating_sub(at_us) <= rules.election_min_us;
        let heard = leading.progress.values().map(|progress| Term::from(since(progress.heard_us)));
        self.agreed(1, heard) == 1
    }
}

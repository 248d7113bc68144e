//! A decree for each slot of a log: one prepare for all slots, holes filled with no-ops, and what is chosen rides along with what comes next
//! (*Paxos Made Simple*, §3). Who leads is found by timeouts: a server that hears no leader for so long begins a ballot.

use super::{Ballot, Effect, Msg, Persistent, Promises, Rules, Slot, Value, Vote, Waits};
use crate::cast::NodeId;
use crate::parts::raft::Members;
use crate::sorted::Map;

/// So many values go into a message that helps a server up.
const MOST_VALUES: usize = 64;

/// A command, or nothing: a no-op.
type Held<V> = Option<V>;

/// What a server does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Role<V> {
    /// It votes.
    Follower,
    /// It gathers promises.
    Preparing(Promises<Held<V>>),
    /// It leads.
    Leader(Leading<V>),
}

/// What a leader keeps.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Leading<V> {
    /// Its ballot.
    pub ballot: Ballot,
    /// The next free slot.
    pub next: Slot,
    /// What it has proposed and does not know to be chosen.
    open: Map<Slot, Open<V>>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Open<V> {
    value: Held<V>,
    accepted: Members,
    /// It was there at the last heartbeat, too.
    late: bool,
}

/// A server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Multi<V> {
    /// Who it is.
    pub me: NodeId,
    /// What a crash leaves.
    pub persistent: Persistent<Held<V>>,
    /// What it does.
    pub role: Role<V>,
    /// Whom it takes for the leader.
    pub leader: Option<NodeId>,
    /// Up to this slot it knows what was chosen.
    pub upto: Slot,
    /// What it knows to be chosen, perhaps with holes after that.
    chosen: Map<Slot, Held<V>>,
    servers: Members,
    /// The highest round that it has heard of.
    heard: u32,
}

type Effects<V> = Vec<Effect<Held<V>>>;

impl<V: Value> Multi<V> {
    /// A server comes up with what its disk has, among these. Its election timer is to be set.
    pub fn new(me: NodeId, servers: Members, persistent: Persistent<Held<V>>) -> Multi<V> {
        let heard = persistent.last_round();
        Multi {
            me,
            persistent,
            role: Role::Follower,
            leader: None,
            upto: 0,
            chosen: Map::new(),
            servers,
            heard,
        }
    }

    /// The ballot in which it prepares or leads.
    pub fn ballot(&self) -> Option<Ballot> {
        match &self.role {
            Role::Follower => None,
            Role::Preparing(promises) => Some(promises.ballot),
            Role::Leader(leading) => Some(leading.ballot),
        }
    }

    /// Whether it takes itself for the leader.
    pub fn leads(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }

    /// What it knows to be chosen in a slot.
    pub fn chosen(&self, slot: Slot) -> Option<&Option<V>> {
        self.chosen.get(&slot)
    }

    /// It has heard no leader for so long: it begins a ballot above all that it knows of.
    pub fn election_timeout(&mut self, out: &mut Effects<V>) {
        if self.leads() {
            return;
        }
        let ballot = Ballot { round: self.heard.max(self.persistent.tried) + 1, proposer: self.me };
        self.persistent.tried = ballot.round;
        self.role = Role::Preparing(Promises::new(ballot));
        self.leader = None;
        out.extend([Effect::ResetElection, Effect::Persist, Effect::Turned]);
        let from = self.upto + 1;
        self.to_all(|| Msg::Prepare { ballot, from }, out);
    }

    /// To the others, and then to itself.
    fn to_all(&self, msg: impl Fn() -> Msg<Held<V>>, out: &mut Effects<V>) {
        let others = self.servers.without(self.me);
        out.extend(others.iter().chain([self.me]).map(|server| Effect::Send(server, msg())));
    }

    /// A command for a leader: the slot in which it proposes it. None where it does not lead.
    pub fn propose(&mut self, command: V, out: &mut Effects<V>) -> Option<Slot> {
        let Role::Leader(leading) = &mut self.role else { return None };
        let slot = leading.next;
        leading.next += 1;
        self.ask_for_votes(slot, Some(command), None, out);
        Some(slot)
    }

    fn ask_for_votes(&mut self, slot: Slot, value: Held<V>, found: Option<Ballot>, out: &mut Effects<V>) {
        let Role::Leader(leading) = &mut self.role else { return };
        let ballot = leading.ballot;
        let open = Open { value: value.clone(), accepted: Members::default(), late: false };
        leading.open.insert(slot, open);
        out.push(Effect::Proposed { ballot, slot, value: value.clone(), found });
        let chosen = self.upto;
        self.to_all(|| Msg::Accept { ballot, slot, value: value.clone(), chosen }, out);
    }

    /// The heartbeat timer fired: it says that it is there, and asks again for votes that it has waited for since the last time.
    pub fn heartbeat_timeout(&mut self, out: &mut Effects<V>) {
        let (others, chosen) = (self.servers.without(self.me), self.upto);
        let Role::Leader(leading) = &mut self.role else { return };
        let ballot = leading.ballot;
        for (slot, open) in leading.open.iter_mut() {
            if std::mem::replace(&mut open.late, true) {
                let silent = self.servers.iter().filter(|server| !open.accepted.contains(*server));
                let ask = || Msg::Accept { ballot, slot: *slot, value: open.value.clone(), chosen };
                out.extend(silent.map(|server| Effect::Send(server, ask())));
            }
        }
        out.extend(others.iter().map(|other| Effect::Send(other, Msg::Heartbeat { ballot, chosen })));
        out.push(Effect::ResetHeartbeat);
    }

    /// A message arrived.
    pub fn receive(&mut self, rules: &Rules, from: NodeId, msg: Msg<Held<V>>, out: &mut Effects<V>) {
        match msg {
            Msg::Prepare { ballot, from: slot } => {
                self.heard = self.heard.max(ballot.round);
                match self.persistent.acceptor.prepare(ballot, slot) {
                    Ok(votes) => {
                        let last = votes.iter().map(|(_, vote)| vote).max_by_key(|vote| vote.ballot).cloned();
                        out.extend([Effect::Persist, Effect::Promised(ballot, last)]);
                        if from != self.me {
                            self.leader = None;
                            self.step_down(ballot, out);
                            out.push(Effect::ResetElection);
                        }
                        out.push(Effect::Send(from, Msg::Promise { ballot, votes }));
                    }
                    Err(promised) => refuse(from, ballot, promised, Some(Waits::Promises), out),
                }
            }
            Msg::Accept { ballot, slot, value, chosen } => {
                self.heard = self.heard.max(ballot.round);
                let vote = Vote { ballot, value };
                match self.persistent.acceptor.accept(rules.accept_lower, slot, vote.clone()) {
                    Ok(()) => {
                        out.extend([Effect::Persist, Effect::Voted(slot, vote)]);
                        out.push(Effect::Send(from, Msg::Accepted { ballot, slot }));
                        self.follow(ballot, chosen, out);
                    }
                    Err(promised) => refuse(from, ballot, promised, Some(Waits::Votes), out),
                }
            }
            Msg::Heartbeat { ballot, chosen } => {
                self.heard = self.heard.max(ballot.round);
                match self.persistent.acceptor.promised.filter(|promised| *promised > ballot) {
                    Some(promised) => refuse(from, ballot, promised, None, out),
                    None => {
                        self.follow(ballot, chosen, out);
                        out.push(Effect::Send(from, Msg::Heard { ballot, chosen: self.upto, told: chosen }));
                    }
                }
            }
            Msg::Promise { ballot, votes } => self.promised(rules, from, ballot, votes, out),
            Msg::Accepted { ballot, slot } => self.accepted(rules, from, ballot, slot, out),
            Msg::Refused { promised, .. } => {
                self.heard = self.heard.max(promised.round);
                self.step_down(promised, out);
            }
            Msg::Chosen { from, values } => {
                for (slot, value) in (from..).zip(values) {
                    self.chosen.entry(slot).or_insert(value);
                }
                self.advance(out);
            }
            Msg::Heard { ballot, chosen, told } => {
                if self.leads() && self.ballot() == Some(ballot) && chosen < told {
                    let values: Vec<Held<V>> = self
                        .chosen
                        .range(chosen + 1..=self.upto)
                        .take(MOST_VALUES)
                        .map(|(_, value)| value.clone())
                        .collect();
                    out.push(Effect::Send(from, Msg::Chosen { from: chosen + 1, values }));
                }
            }
        }
    }

    /// A leader of this ballot has spoken, and knows all up to a slot to be chosen. What this server has voted for in that very ballot is what
    /// the leader proposed.
    fn follow(&mut self, ballot: Ballot, chosen: Slot, out: &mut Effects<V>) {
        if self.persistent.acceptor.promised.is_some_and(|promised| promised > ballot) {
            return;
        }
        if ballot.proposer != self.me {
            self.step_down(ballot, out);
            self.leader = Some(ballot.proposer);
            out.push(Effect::ResetElection);
        }
        for slot in self.upto + 1..=chosen {
            match self.persistent.acceptor.vote(slot).filter(|vote| vote.ballot == ballot) {
                Some(vote) => drop(self.chosen.entry(slot).or_insert(vote.value.clone())),
                None if self.chosen.contains_key(&slot) => {}
                None => break,
            }
        }
        self.advance(out);
    }

    /// It knows more.
    fn advance(&mut self, out: &mut Effects<V>) {
        while let Some(value) = self.chosen.get(&(self.upto + 1)) {
            self.upto += 1;
            out.push(Effect::Learned(self.upto, value.clone()));
        }
    }

    /// There is a higher ballot than that in which it prepares or leads, if it does.
    fn step_down(&mut self, higher: Ballot, out: &mut Effects<V>) {
        if self.ballot().is_none_or(|own| own >= higher) {
            return;
        }
        out.push(Effect::GaveUp(higher));
        if std::mem::replace(&mut self.role, Role::Follower) != Role::Follower {
            self.leader = None;
            out.extend([Effect::StopHeartbeat, Effect::ResetElection, Effect::Turned]);
        }
    }

    /// A promise. With enough of them it leads: what may have been chosen it proposes again, and no-ops where it finds nothing before that.
    fn promised(
        &mut self,
        rules: &Rules,
        from: NodeId,
        ballot: Ballot,
        votes: Vec<(Slot, Vote<Held<V>>)>,
        out: &mut Effects<V>,
    ) {
        let Role::Preparing(promises) = &mut self.role else { return };
        if promises.ballot != ballot {
            return;
        }
        promises.add(rules.pick, from, votes);
        if promises.by.count() < rules.quorums.q1 {
            return;
        }
        let promises = promises.clone();
        let known = self.chosen.keys().next_back().copied().unwrap_or(0);
        let last = promises.last().max(known).max(self.upto);
        self.role = Role::Leader(Leading { ballot, next: last + 1, open: Map::new() });
        self.leader = Some(self.me);
        out.extend([Effect::StopElection, Effect::Turned]);
        for slot in self.upto + 1..=last {
            let (value, found) = match (self.chosen.get(&slot), promises.found(slot)) {
                (Some(value), found) => (value.clone(), found.map(|vote| vote.ballot)),
                (None, Some(vote)) => (vote.value.clone(), Some(vote.ballot)),
                (None, None) => (None, None),
            };
            self.ask_for_votes(slot, value, found, out);
        }
        self.heartbeat_timeout(out);
    }

    /// A vote. With enough of them the slot's value is chosen.
    fn accepted(&mut self, rules: &Rules, from: NodeId, ballot: Ballot, slot: Slot, out: &mut Effects<V>) {
        let Role::Leader(leading) = &mut self.role else { return };
        let Some(open) = leading.open.get_mut(&slot).filter(|_| leading.ballot == ballot) else { return };
        open.accepted = open.accepted.with(from);
        if open.accepted.count() >= rules.quorums.q2
            && let Some(open) = leading.open.remove(&slot)
        {
            self.chosen.entry(slot).or_insert(open.value);
            self.advance(out);
        }
    }

    /// What it keeps besides its disk, in slots.
    pub fn kept(&self) -> usize {
        self.chosen.len() + self.persistent.acceptor.len()
    }
}

fn refuse<V>(
    to: NodeId,
    ballot: Ballot,
    promised: Ballot,
    what: Option<Waits>,
    out: &mut Vec<Effect<Option<V>>>,
) {
    out.extend(what.map(|what| Effect::Refused(ballot, what)));
    out.push(Effect::Send(to, Msg::Refused { ballot, promised }));
}

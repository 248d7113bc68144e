//! What is chosen, by the votes that acceptors tell of, and the promises about it.

use super::request::said;
use crate::cast::{Cast, NodeId, Sort};
use crate::check::light::{Light, evidence};
use crate::kits::object::asked_by;
use crate::lab::{State, Verdict};
use crate::parts::paxos::{Ballot, Learner, Slot, Vote};
use crate::parts::raft::Members;
use crate::sorted::{Map, Set};
use crate::trace::{Mark, Splice};
use std::sync::Arc;

/// A value as servers tell of it.
type Words = Arc<str>;

/// What was chosen in a slot first.
struct Chosen {
    words: Words,
    /// What else was, later.
    others: Vec<Words>,
    /// In which ballot; none where it is known only because a server took it as chosen.
    ballot: Option<Ballot>,
    /// Who made it so, in words.
    by: String,
    at: Mark,
    /// When the client was told, if it was.
    told: Option<Mark>,
    /// When it was lost, and how.
    lost: Option<(Mark, String)>,
}

/// A server as it has told of itself.
#[derive(Default)]
struct Server {
    log: Vec<Words>,
    upto: Slot,
}

/// The laws.
pub struct Laws {
    cast: Cast,
    /// How many votes choose.
    q2: u32,
    /// How many servers propose a value of their own; none where clients ask.
    proposers: usize,
    servers: Vec<Server>,
    votes: Learner<Words>,
    chosen: Map<Slot, Chosen>,
    /// What clients have asked for, by the client's place and its number.
    asked: Set<(u16, u32)>,
    /// In which slot a client's command was chosen first.
    slots: Map<(u16, u32), Slot>,
    /// When a value first was chosen, in µs.
    pub decided_us: Option<u64>,
    /// How many values were, each slot's second ones among them.
    pub values: u64,
    one_value: Light,
    proposed: Light,
    remembered: Light,
    acked: Light,
}

/// A last vote as it is told of: slot, ballot, value.
fn vote(text: &str) -> Option<(Slot, Ballot, &str)> {
    let mut parts = text.splitn(3, ' ');
    let (slot, ballot, words) = (parts.next()?, parts.next()?, parts.next()?);
    let (round, proposer) = ballot.split_once(".n")?;
    let proposer = NodeId(proposer.parse::<u16>().ok()?.checked_sub(1)?);
    Some((slot.parse().ok()?, Ballot { round: round.parse().ok()?, proposer }, words))
}

impl Laws {
    /// Of a run that is about to begin: so many votes choose, and so many servers propose a value of their own.
    pub fn new(cast: Cast, q2: u32, proposers: usize) -> Laws {
        let kept = |promise, why| Light::new(promise, State::Kept, why);
        Laws {
            cast,
            q2,
            proposers,
            servers: (0..cast.servers).map(|_| Server::default()).collect(),
            votes: Learner::default(),
            chosen: Map::new(),
            asked: Set::new(),
            slots: Map::new(),
            decided_us: None,
            values: 0,
            one_value: kept("one_value", "No two values have been chosen."),
            proposed: kept("proposed", "Nothing has been chosen that nobody proposed."),
            remembered: kept(
                "remembered",
                "Nobody has voted in a later ballot for another value than was chosen.",
            ),
            acked: kept("acked", "No acknowledged write has been lost."),
        }
    }

    fn name(&self, node: NodeId) -> String {
        self.cast.name(node).to_string()
    }

    fn names(&self, members: Members) -> String {
        let names: Vec<String> = members.iter().map(|node| self.name(node)).collect();
        names.join(", ")
    }

    /// Of a log each slot is named.
    fn place(&self, slot: Slot) -> String {
        if self.proposers > 0 { String::new() } else { format!(" for slot {slot}") }
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        let logs: usize = self.servers.iter().map(|server| server.log.len()).sum();
        (150 * (self.chosen.len() + self.votes.len()) + 16 * (logs + self.asked.len())) as u64
    }

    /// What was chosen in a slot, if anything.
    pub fn is_chosen(&self, slot: Slot) -> bool {
        self.chosen.contains_key(&slot)
    }

    /// A client asks for something.
    pub fn asks(&mut self, client: NodeId, number: u32) {
        self.asked.insert((self.cast.sort(client).1, number));
    }

    /// An acceptor has voted.
    pub fn voted(&mut self, mark: Mark, node: NodeId, text: &str) {
        let Some((slot, ballot, words)) = vote(text) else { return };
        if let Some(chosen) = self.chosen.get(&slot)
            && chosen.ballot.is_some_and(|before| before < ballot)
            && *chosen.words != *words
        {
            self.forgotten(mark, node, slot, ballot, words);
        }
        let cast = Vote { ballot, value: Words::from(words) };
        if let Some(chosen) = self.votes.hear(self.q2, node, slot, &cast) {
            let by = format!("by the votes of {} in {ballot}", self.names(chosen.by));
            self.chooses(mark, slot, Some(ballot), chosen.value, by);
        }
    }

    /// Somebody votes in a later ballot for another value than was chosen.
    fn forgotten(&mut self, mark: Mark, node: NodeId, slot: Slot, ballot: Ballot, words: &str) {
        let (name, place) = (self.name(node), self.place(slot));
        let Some(chosen) = self.chosen.get_mut(&slot) else { return };
        let (was, at, by) = (said(&chosen.words).to_owned(), chosen.at, chosen.by.clone());
        let is = said(words);
        self.remembered.break_(mark, || {
            let why = format!("{was} was chosen{place}, {by}, and {name} votes for {is} in {ballot}, which is a later ballot.");
            let steps = vec![evidence(at.record, format!("{was} is chosen")), evidence(mark.record, format!("{name} votes for {is}"))];
            (why, steps)
        });
        self.lose(mark, slot, format!("{name} votes for {is} in a later ballot"));
    }

    /// A value has its votes, or a server takes it as chosen.
    fn chooses(&mut self, mark: Mark, slot: Slot, ballot: Option<Ballot>, words: Words, by: String) {
        self.check_proposed(mark, &words);
        if let Some(asked) = asked_by(&words) {
            self.slots.entry(asked).or_insert(slot);
        }
        let Some(first) = self.chosen.get_mut(&slot) else {
            self.decided_us.get_or_insert(mark.at_us);
            self.values += 1;
            let chosen = Chosen { words, others: Vec::new(), ballot, by, at: mark, told: None, lost: None };
            self.chosen.insert(slot, chosen);
            return;
        };
        if first.words == words || first.others.contains(&words) {
            return;
        }
        first.others.push(words.clone());
        self.values += 1;
        let (was, at, before) = (said(&first.words).to_owned(), first.at, first.by.clone());
        let (is, place) = (said(&words), self.place(slot));
        self.one_value.break_(mark, || {
            let why = format!("{was} was chosen{place}, {before}; and now {is} is chosen, too, {by}.");
            let steps = vec![
                evidence(at.record, format!("{was} is chosen")),
                evidence(mark.record, format!("{is} is chosen")),
            ];
            (why, steps)
        });
        self.lose(mark, slot, format!("{is} is chosen in its place"));
    }

    fn check_proposed(&mut self, mark: Mark, words: &str) {
        let own = words.strip_prefix('v').and_then(|place| place.parse::<usize>().ok());
        let known = match (self.proposers, own, asked_by(words)) {
            (0, _, Some(asked)) => self.asked.contains(&asked),
            (0, ..) => words == "no-op",
            (proposers, own, _) => own.is_some_and(|place| (1..=proposers).contains(&place)),
        };
        if !known {
            self.proposed.break_(mark, || {
                (
                    format!("{} is chosen, and nobody has proposed it.", said(words)),
                    vec![evidence(mark.record, "it is chosen")],
                )
            });
        }
    }

    /// What was chosen in a slot is lost: so is the write, if its client was told.
    fn lose(&mut self, mark: Mark, slot: Slot, how: String) {
        if let Some(chosen) = self.chosen.get_mut(&slot) {
            chosen.lost.get_or_insert((mark, how));
            self.look_at_acked(mark, slot);
        }
    }

    fn look_at_acked(&mut self, mark: Mark, slot: Slot) {
        let Some(Chosen { words, told: Some(told), lost: Some((lost, how)), at, .. }) =
            self.chosen.get(&slot)
        else {
            return;
        };
        self.acked.break_(mark, || {
            let says = said(words);
            let why = format!(
                "The client was told that its write is done ({says}, slot {slot}); but {how}: it is lost."
            );
            let mut steps = vec![
                evidence(at.record, format!("{says} is chosen")),
                evidence(told.record, "the client is told"),
                evidence(lost.record, how.clone()),
            ];
            crate::sorted::sort_by_key(&mut steps, |step| step.record);
            (why, steps)
        });
    }

    /// A client is told that its write is done.
    pub fn told(&mut self, mark: Mark, client: NodeId, number: u32) {
        let Some(slot) = self.slots.get(&(self.cast.sort(client).1, number)).copied() else { return };
        if let Some(chosen) = self.chosen.get_mut(&slot) {
            chosen.told.get_or_insert(mark);
            self.look_at_acked(mark, slot);
        }
    }

    /// What a server holds changes.
    pub fn spliced(&mut self, node: NodeId, splice: &Splice) {
        let Some(server) = self.servers.get_mut(node.index()) else { return };
        let from = (splice.at as usize).min(server.log.len());
        let to = from.saturating_add(splice.remove as usize).min(server.log.len());
        server.log.splice(from..to, splice.insert.iter().cloned());
    }

    /// A server knows up to where all is chosen.
    pub fn upto(&mut self, mark: Mark, node: NodeId, upto: Slot) {
        let Some(server) = self.servers.get_mut(node.index()) else { return };
        let from = std::mem::replace(&mut server.upto, upto);
        for slot in from + 1..=upto {
            let held = self.servers[node.index()].log.get(slot as usize - 1).cloned();
            if let Some((_, words)) = held.as_deref().and_then(|held| held.split_once(':')) {
                let by = format!("as {} has learned", self.name(node));
                self.chooses(mark, slot, None, words.into(), by);
            }
        }
    }

    /// A server comes to lead a later view, having taken the log with which the view begins.
    pub fn leads(&mut self, mark: Mark, node: NodeId) {
        let log = &self.servers[node.index()].log;
        let held = |slot: Slot| {
            log.get(slot as usize - 1).and_then(|held| held.split_once(':')).map(|(_, words)| words)
        };
        let lacks = |(slot, chosen): &(&Slot, &Chosen)| held(**slot) != Some(&*chosen.words);
        let Some(slot) = self.chosen.iter().find(lacks).map(|(slot, _)| *slot) else { return };
        let name = self.name(node);
        let Some(chosen) = self.chosen.get(&slot) else { return };
        let (was, at, by) = (said(&chosen.words).to_owned(), chosen.at, chosen.by.clone());
        self.remembered.break_(mark, || {
            let why = format!(
                "{was} was chosen for slot {slot}, {by}, and {name} leads a view that begins without it."
            );
            (
                why,
                vec![
                    evidence(at.record, format!("{was} is chosen")),
                    evidence(mark.record, format!("{name} leads without it")),
                ],
            )
        });
        self.lose(mark, slot, format!("{name} leads a view that begins without it"));
    }

    /// Whether a server that is up knows what was chosen in the first slot.
    pub fn knows(&self, node: NodeId) -> bool {
        node.index() < usize::from(self.cast.servers)
            && self.cast.sort(node).0 == Sort::Server
            && self.servers[node.index()].upto > 0
    }

    /// The lights.
    pub fn verdicts(self) -> [Verdict; 4] {
        [self.one_value, self.proposed, self.remembered, self.acked].map(Light::verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn votes_are_read_as_they_are_told() {
        let ballot = |round, proposer| Ballot { round, proposer: NodeId(proposer) };
        assert_eq!(vote("3 12.n2 read x|c1.7"), Some((3, ballot(12, 1), "read x|c1.7")));
        assert_eq!(vote("1 1.n9 v2"), Some((1, ballot(1, 8), "v2")));
        for text in ["", "1", "1 2.n1", "1 2 v1", "1 2.n0 v1", "x 2.n1 v1"] {
            assert_eq!(vote(text), None, "{text}");
        }
    }
}

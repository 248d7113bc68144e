//! The five safety properties of the paper's Figure 3, judged in every state of every run, as servers tell of their logs; each step costs what it
//! changes, not how long the logs are.

use super::request::term_of;
use crate::cast::{Cast, NodeId};
use crate::check::light::{Light, evidence};
use crate::lab::{Evidence, State, Verdict};
use crate::parts::raft::{Index, Term};
use crate::sorted::Map;
use crate::trace::{Mark, Splice};
use std::sync::Arc;

/// An entry as servers tell of it.
pub type Words = Arc<str>;

/// A server as it has told of itself.
#[derive(Default)]
struct Server {
    term: Term,
    leads: bool,
    commit: Index,
    base: Index,
    /// The term of the last entry that its snapshot stands for.
    base_term: Term,
    /// The entries after its snapshot.
    log: Vec<Words>,
    /// It tells next of the entries that its new snapshot stands for.
    compacts: bool,
}

impl Server {
    fn get(&self, index: Index) -> Option<&Words> {
        self.log.get(index.checked_sub(self.base + 1)? as usize)
    }

    fn last(&self) -> Index {
        self.base + self.log.len() as Index
    }
}

/// What some log has at an index, and how many logs have just that.
struct Variant {
    words: Words,
    term: Term,
    /// The term of the entry before it.
    before: Term,
    logs: u32,
    /// Who had it first, and when.
    first: (NodeId, Mark),
}

/// An entry that was committed.
struct Committed {
    words: Words,
    /// In which term.
    term: Term,
    /// By whom first, and when.
    by: NodeId,
    at: Mark,
    /// When the client was told, if it was.
    told: Option<Mark>,
}

/// The laws.
pub struct Laws {
    cast: Cast,
    servers: Vec<Server>,
    /// By index, from 1.
    variants: Vec<Vec<Variant>>,
    committed: Vec<Committed>,
    /// Who led in each term, and when it began.
    leaders: Map<Term, (NodeId, Mark)>,
    elections: Map<Term, ()>,
    election: Light,
    append: Light,
    matching: Light,
    complete: Light,
    machine: Light,
    durable: Light,
}

impl Laws {
    /// Of a run that is about to begin.
    pub fn new(cast: Cast) -> Laws {
        let kept = |promise, why| Light::new(promise, State::Kept, why);
        Laws {
            cast,
            servers: (0..cast.servers).map(|_| Server::default()).collect(),
            variants: Vec::new(),
            committed: Vec::new(),
            leaders: Map::new(),
            elections: Map::new(),
            election: kept("election", "No term has had two leaders."),
            append: kept("append", "No leader has taken anything out of its log."),
            matching: kept("matching", "Logs that have the same entry agree on all before it."),
            complete: kept("complete", "Every leader has had all that was committed in earlier terms."),
            machine: kept("machine", "No two servers have applied different entries at one index."),
            durable: kept("durable", "No acknowledged write has been lost."),
        }
    }

    /// How many terms had a leader.
    pub fn leaders(&self) -> u64 {
        self.leaders.len() as u64
    }

    /// How many terms somebody stood in.
    pub fn elections(&self) -> u64 {
        self.elections.len() as u64
    }

    /// The latest term.
    pub fn term(&self) -> Term {
        self.servers.iter().map(|server| server.term).max().unwrap_or(0)
    }

    /// How many entries were committed.
    pub fn committed(&self) -> u64 {
        self.committed.len() as u64
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        const ENTRY: u64 = 200;
        let logs = self.servers.iter().map(|server| server.log.len() as u64).sum::<u64>();
        ENTRY * (self.variants.len() + self.committed.len()) as u64 + 16 * logs
    }

    /// A server's term.
    pub fn term_of(&self, node: NodeId) -> Term {
        self.servers[node.index()].term
    }

    /// Whether a server leads.
    pub fn leads(&self, node: NodeId) -> bool {
        self.servers[node.index()].leads
    }

    /// The last index of a server's log.
    pub fn last(&self, node: NodeId) -> Index {
        self.servers[node.index()].last()
    }

    /// What a server has committed.
    pub fn commit_of(&self, node: NodeId) -> Index {
        self.servers[node.index()].commit
    }

    fn name(&self, node: NodeId) -> String {
        self.cast.name(node).to_string()
    }

    /// A server goes down: it leads no more.
    pub fn crashed(&mut self, node: NodeId) {
        if let Some(server) = self.servers.get_mut(node.index()) {
            (server.leads, server.commit) = (false, 0);
        }
    }

    /// A server comes up, and tells of its log anew.
    pub fn booted(&mut self, mark: Mark, node: NodeId) {
        if node.index() < self.servers.len() {
            self.splice(mark, node, &Splice { at: 0, remove: u32::MAX, insert: Vec::new() }, true);
            let server = &mut self.servers[node.index()];
            (server.base, server.base_term, server.compacts) = (0, 0, false);
        }
    }

    /// A server's term.
    pub fn term_is(&mut self, node: NodeId, term: Term) {
        let server = &mut self.servers[node.index()];
        (server.term, server.leads) = (term, false);
        if term > 0 {
            self.elections.insert(term, ());
        }
    }

    /// A server's role.
    pub fn role_is(&mut self, mark: Mark, node: NodeId, role: &str) {
        let server = &mut self.servers[node.index()];
        let (term, leads) = (server.term, role == "leader");
        server.leads = leads;
        if leads {
            self.elected(mark, node, term);
        }
    }

    fn elected(&mut self, mark: Mark, node: NodeId, term: Term) {
        match self.leaders.get(&term).copied() {
            Some((other, since)) if other != node => {
                let (one, two) = (self.name(other), self.name(node));
                self.election.break_(mark, || {
                    let why = format!("{two} is elected leader of term {term}, which {one} was elected to lead already.");
                    let steps = vec![
                        evidence(since.record, format!("{one} is elected in term {term}")),
                        evidence(mark.record, format!("{two} is elected in the same term")),
                    ];
                    (why, steps)
                });
            }
            Some(_) => {}
            None => {
                self.leaders.insert(term, (node, mark));
            }
        }
        let server = &self.servers[node.index()];
        let lacks = |(index, entry): &(Index, &Committed)| *index > server.base && server.get(*index) != Some(&entry.words);
        let missing: Vec<Index> = (1..).zip(&self.committed).filter(lacks).map(|(index, _)| index).collect();
        let committed = |index: &Index| &self.committed[*index as usize - 1];
        let lacked = missing.iter().find(|index| committed(index).term < term).copied();
        // Of the same term, too: servers that have lost their disks count terms anew.
        let lost = missing.iter().find(|index| committed(index).term <= term && committed(index).told.is_some()).copied();
        if let Some(index) = lacked {
            self.lacked(mark, node, index);
        }
        if let Some(index) = lost {
            self.lost(mark, node, index, "leads without it");
        }
    }

    /// A leader lacks what was committed in an earlier term.
    fn lacked(&mut self, mark: Mark, node: NodeId, index: Index) {
        let entry = &self.committed[index as usize - 1];
        let (name, by, term) = (self.name(node), self.name(entry.by), self.servers[node.index()].term);
        let (says, at, committed_in) = (tell(&entry.words), entry.at, entry.term);
        self.complete.break_(mark, || {
            let why = format!("{name} leads in term {term} without entry {index} ({says}), which {by} had committed in term {committed_in}.");
            (why, vec![evidence(at.record, format!("{by} commits entry {index}")), evidence(mark.record, format!("{name} leads without it"))])
        });
    }

    /// A write that was acknowledged is gone: what the server does shows it.
    fn lost(&mut self, mark: Mark, node: NodeId, index: Index, does: &str) {
        let entry = &self.committed[index as usize - 1];
        let Some(told) = entry.told else { return };
        let (name, says, at) = (self.name(node), tell(&entry.words), entry.at);
        self.durable.break_(mark, || {
            let why = format!("The client was told that its write is done (entry {index}: {says}), and now {name} {does}: it is lost.");
            let steps = vec![
                evidence(at.record, format!("entry {index} is committed")),
                evidence(told.record, "the client is told"),
                evidence(mark.record, format!("{name} {does}")),
            ];
            (why, steps)
        });
    }

    /// A server's snapshot stands for its log up to here.
    pub fn base_is(&mut self, mark: Mark, node: NodeId, base: Index) {
        let server = &self.servers[node.index()];
        let term = match base.checked_sub(server.base + 1).and_then(|at| server.log.get(at as usize)) {
            Some(words) => term_of(words),
            None => self.committed.get((base as usize).wrapping_sub(1)).map_or(0, |entry| term_of(&entry.words)),
        };
        // What it stands for comes out of the log in the same breath; a list told anew starts from the new base.
        let gone = base.saturating_sub(server.base).min(server.log.len() as Index);
        self.splice(mark, node, &Splice { at: 0, remove: gone, insert: Vec::new() }, true);
        let server = &mut self.servers[node.index()];
        (server.base, server.base_term, server.compacts) = (base, term, base > 0);
    }

    /// A server's log changes. What a snapshot stands for went out with that.
    pub fn spliced(&mut self, mark: Mark, node: NodeId, splice: &Splice) {
        match std::mem::take(&mut self.servers[node.index()].compacts) {
            true => {}
            false => self.splice(mark, node, splice, false),
        }
    }

    fn splice(&mut self, mark: Mark, node: NodeId, splice: &Splice, compacts: bool) {
        let server = &mut self.servers[node.index()];
        let from = (splice.at as usize).min(server.log.len());
        let to = from.saturating_add(splice.remove as usize).min(server.log.len());
        let (leads, first) = (server.leads, server.base + 1 + from as Index);
        let before = match from.checked_sub(1) {
            Some(at) => term_of(&server.log[at]),
            None => server.base_term,
        };
        let gone: Vec<Words> = server.log.splice(from..to, splice.insert.iter().cloned()).collect();
        if leads && !compacts && !gone.is_empty() {
            let name = self.name(node);
            self.append.break_(mark, || {
                let why = format!("{name} leads, and takes entry {first} out of its log.");
                (why, vec![evidence(mark.record, "it takes out what it had")])
            });
        }
        for (index, words) in (first..).zip(&gone) {
            let here = &mut self.variants[index as usize - 1];
            if let Some(variant) = here.iter_mut().find(|variant| variant.words == *words) {
                variant.logs = variant.logs.saturating_sub(1);
            }
        }
        let mut before = before;
        for (index, words) in (first..).zip(&splice.insert) {
            let term = term_of(words);
            self.has(mark, node, index, (words, term, before));
            before = term;
        }
    }

    /// A log has an entry at an index from now on.
    fn has(&mut self, mark: Mark, node: NodeId, index: Index, (words, term, before): (&Words, Term, Term)) {
        let at = index as usize - 1;
        if self.variants.len() <= at {
            self.variants.resize_with(at + 1, Vec::new);
        }
        let here = &mut self.variants[at];
        let same = |variant: &Variant| variant.before == before && variant.words == *words;
        match here.iter_mut().find(|variant| same(variant)) {
            Some(variant) => variant.logs += 1,
            None => here.push(Variant { words: words.clone(), term, before, logs: 1, first: (node, mark) }),
        }
        let differs = |variant: &&Variant| variant.logs > 0 && variant.term == term && !same(variant);
        let Some(other) = self.variants[at].iter().find(differs) else { return };
        let (first, since) = other.first;
        let (one, two, theirs, own) = (self.name(first), self.name(node), tell(&other.words), tell(words));
        self.matching.break_(mark, || {
            let why = format!("Two logs have an entry {index} of term {term} and do not agree on it or on what comes before: {theirs} of {one}, {own} of {two}.");
            (why, vec![evidence(since.record, format!("{one} has it")), evidence(mark.record, format!("{two} has another"))])
        });
    }

    /// A server has committed, and applied, its entries up to here. Gives those that nobody had before.
    pub fn commit_is(&mut self, mark: Mark, node: NodeId, commit: Index) -> Vec<(Index, Words)> {
        let server = &mut self.servers[node.index()];
        let (from, term) = (std::mem::replace(&mut server.commit, commit), server.term);
        let mut new = Vec::new();
        for index in from + 1..=commit {
            let Some(words) = self.servers[node.index()].get(index).cloned() else { continue };
            match self.committed.get(index as usize - 1) {
                Some(entry) if entry.words == words => {}
                Some(_) => self.applied_another(mark, node, index, &words),
                None if self.committed.len() as Index + 1 == index => {
                    let entry = Committed { words: words.clone(), term, by: node, at: mark, told: None };
                    self.committed.push(entry);
                    self.look_at_later_leaders(mark, index, term);
                    new.push((index, words));
                }
                None => {}
            }
        }
        new
    }

    /// A server applies another entry than one that was applied elsewhere.
    fn applied_another(&mut self, mark: Mark, node: NodeId, index: Index, words: &Words) {
        let entry = &self.committed[index as usize - 1];
        let (one, two, at) = (self.name(entry.by), self.name(node), entry.at);
        let (theirs, own) = (tell(&entry.words), tell(words));
        self.machine.break_(mark, || {
            let why = format!("{two} applies {own} as entry {index}, where {one} has applied {theirs}.");
            (why, vec![evidence(at.record, format!("{one} applies entry {index}")), evidence(mark.record, format!("{two} applies another"))])
        });
        if entry.told.is_some() {
            self.lost(mark, node, index, "applies another in its place");
        }
    }

    /// What is committed in a term must be in the log of who leads in a later one by then, too.
    fn look_at_later_leaders(&mut self, mark: Mark, index: Index, term: Term) {
        let lacks = |server: &Server| {
            server.leads && server.term > term && server.last() >= index && server.base < index
                && server.get(index) != Some(&self.committed[index as usize - 1].words)
        };
        if let Some(place) = self.servers.iter().position(lacks) {
            self.lacked(mark, NodeId(place as u16), index);
        }
    }

    /// The client of a committed write is told.
    pub fn told(&mut self, mark: Mark, index: Index) {
        if let Some(entry) = self.committed.get_mut(index as usize - 1) {
            entry.told.get_or_insert(mark);
        }
    }

    /// The lights: the five properties in the paper's order, and that acknowledged writes survive.
    pub fn verdicts(self) -> [Verdict; 6] {
        [self.election, self.append, self.matching, self.complete, self.machine, self.durable].map(Light::verdict)
    }

    /// The steps of what broke at a record.
    pub fn arguments_at(&self, record: u32) -> Vec<Evidence> {
        let lights = [&self.complete, &self.machine, &self.durable];
        let broke = lights.into_iter().filter_map(|light| light.broke()).filter(|change| change.at.record == record);
        broke.flat_map(|change| change.evidence.iter().cloned()).collect()
    }
}

/// An entry in a sentence.
fn tell(words: &str) -> String {
    let (term, what) = words.split_once(':').unwrap_or(("0", words));
    let what = what.split('|').next().unwrap_or(what);
    format!("{what} of term {term}")
}

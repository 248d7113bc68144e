//! What each client can have seen: for models that have an order of operations for every client, decided without search.
//!
//! Where written values are distinct, a read tells which write it saw. Then, whatever else must come before what, another write to that key comes before the
//! write that was seen or after the read. Adding what follows from this until nothing more does is complete for a client whose
//! reads are in order (Bouajjani, Enea, Guerraoui and Hamza: On verifying causal consistency, POPL 2017): an order exists unless there is a circle.
//! A compare-and-set that failed is left out: it tells only what the register did not hold.

use super::judgement::{Broken, Judgement, Undecided, Why};
use crate::history::{Effect, History, INITIAL};
use crate::sorted::Map;

/// The most operations that these checkers take: the table of what comes before what has a bit for each pair.
pub(super) const MAX_OPS: usize = 2_000;

/// The operations of a history that count, in order of invocation, and what each of them saw.
pub(super) struct Views {
    pub nodes: Vec<Node>,
    writes: Map<u32, Vec<usize>>,
}

/// An operation.
pub(super) struct Node {
    op: usize,
    pub client: u32,
    pub key: u32,
    effect: Effect,
    pub saw: Saw,
}

/// What an operation saw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Saw {
    /// It did not look.
    Nothing,
    /// The initial value.
    Initial,
    /// The value that this node wrote.
    Write(usize),
}

impl Node {
    pub fn reads(&self) -> bool {
        self.effect.required && self.saw != Saw::Nothing
    }

    pub fn writes(&self) -> bool {
        self.effect.makes.is_some()
    }

    /// Whether its outcome is known; what follows it in its client's order comes after it only then.
    pub fn is_settled(&self) -> bool {
        self.effect.required
    }
}

/// One operation comes before another: places among the nodes.
pub(super) type Edge = (usize, usize);

impl Views {
    /// What each operation saw; an answer at once where that is impossible or not to be told.
    pub fn new(history: &History) -> Result<Views, Judgement> {
        let candidates: Vec<(usize, Effect)> = history
            .in_order()
            .into_iter()
            .filter_map(|op| history.ops()[op].effect().map(|effect| (op, effect)))
            .filter(|(_, effect)| effect.avoids.is_none())
            .collect();
        if candidates.len() > MAX_OPS {
            return Err(Judgement::Unknown(Undecided::TooMany { ops: candidates.len(), most: MAX_OPS }));
        }
        let mut writers: Map<(u32, u64), Vec<usize>> = Map::new();
        for (i, (op, effect)) in candidates.iter().enumerate() {
            if let Some(value) = effect.makes {
                writers.entry((history.ops()[*op].key, value)).or_default().push(i);
            }
        }
        // What happened for certain, and then what must have, because somebody saw it.
        let mut saw: Vec<Option<Saw>> = vec![None; candidates.len()];
        let mut to_trace: Vec<usize> = (0..candidates.len()).filter(|&i| candidates[i].1.required).collect();
        while let Some(i) = to_trace.pop() {
            if saw[i].is_some() {
                continue;
            }
            let (op, effect) = candidates[i];
            saw[i] = Some(source(history.ops()[op].key, op, effect, &writers)?);
            if let Some(Saw::Write(writer)) = saw[i] {
                to_trace.push(writer);
            }
        }
        let mut node_of = vec![0; candidates.len()];
        let mut count = 0;
        for i in 0..candidates.len() {
            node_of[i] = count;
            count += usize::from(saw[i].is_some());
        }
        let mut views = Views { nodes: Vec::with_capacity(count), writes: Map::new() };
        for ((op, effect), saw) in candidates.into_iter().zip(saw) {
            let Some(saw) = saw else { continue };
            let saw = if let Saw::Write(writer) = saw { Saw::Write(node_of[writer]) } else { saw };
            let (client, key) = (history.ops()[op].client, history.ops()[op].key);
            if effect.makes.is_some() {
                views.writes.entry(key).or_default().push(views.nodes.len());
            }
            views.nodes.push(Node { op, client, key, effect, saw });
        }
        Ok(views)
    }

    /// Who looks: each client that reads.
    pub fn clients(&self) -> Vec<u32> {
        let mut clients: Vec<u32> =
            self.nodes.iter().filter(|node| node.reads()).map(|node| node.client).collect();
        crate::sorted::sort(&mut clients);
        clients.dedup();
        clients
    }

    /// The order of each client among its operations that pass: each after the last one before it whose outcome is known.
    pub fn client_order(&self, passes: impl Fn(&Node) -> bool) -> Vec<Edge> {
        let mut last: Map<u32, usize> = Map::new();
        let mut edges = Vec::new();
        for (i, node) in self.nodes.iter().enumerate().filter(|(_, node)| passes(node)) {
            edges.extend(last.get(&node.client).map(|&before| (before, i)));
            if node.effect.required {
                last.insert(node.client, i);
            }
        }
        edges
    }

    /// Each write that was seen, and who saw it, among the operations that pass.
    pub fn seen(&self, passes: impl Fn(&Node) -> bool) -> Vec<Edge> {
        let nodes = self.nodes.iter().enumerate().filter(|(_, node)| passes(node));
        nodes
            .filter_map(|(i, node)| if let Saw::Write(write) = node.saw { Some((write, i)) } else { None })
            .collect()
    }

    /// What comes before what by cause and effect (each client's order, and writes before those who saw them): a circle breaks every model.
    pub fn causes(&self) -> Result<Precedence, Broken> {
        let mut causes = Precedence::new(self.nodes.len());
        for (before, after) in self.client_order(|_| true).into_iter().chain(self.seen(|_| true)) {
            if !causes.add(before, after) {
                return Err(Broken {
                    op: self.nodes[after].op,
                    order: Vec::new(),
                    view: None,
                    why: Why::Circular,
                });
            }
        }
        Ok(causes)
    }

    /// The break by a circle in what must come before what.
    pub fn circle(&self, client: u32, node: usize) -> Broken {
        Broken { op: self.nodes[node].op, order: Vec::new(), view: Some(client), why: Why::Circular }
    }

    /// Whether a client's reads and all writes have an order that agrees with `precedence`.
    pub fn can_see(&self, client: u32, mut precedence: Precedence) -> Result<(), Broken> {
        let broken =
            |read: usize, why| Broken { op: self.nodes[read].op, order: Vec::new(), view: Some(client), why };
        for (write, read) in self.seen(|node| node.client == client && node.reads()) {
            if !precedence.add(write, read) {
                return Err(broken(read, Why::NotYetWritten { write: self.nodes[write].op }));
            }
        }
        let reads: Vec<usize> = (0..self.nodes.len())
            .filter(|&i| self.nodes[i].client == client && self.nodes[i].reads())
            .collect();
        loop {
            let before = precedence.edges;
            for &read in &reads {
                self.place_others(read, &mut precedence).map_err(|why| broken(read, why))?;
            }
            if precedence.edges == before {
                return Ok(());
            }
        }
    }

    /// The other writes to a read's key come before the write that it saw, or after it.
    fn place_others(&self, read: usize, precedence: &mut Precedence) -> Result<(), Why> {
        let seen = self.nodes[read].saw;
        for &other in self.writes.get(&self.nodes[read].key).into_iter().flatten() {
            if other == read || seen == Saw::Write(other) {
                continue;
            }
            let newer = self.nodes[other].op;
            let fits = match seen {
                Saw::Write(write) if precedence.has(other, read) => precedence.add(other, write),
                Saw::Write(write) if precedence.has(write, other) => precedence.add(read, other),
                Saw::Initial => precedence.add(read, other),
                _ => true,
            };
            if !fits {
                let write = if let Saw::Write(write) = seen { Some(self.nodes[write].op) } else { None };
                return Err(Why::Stale { write, newer });
            }
        }
        Ok(())
    }
}

fn source(
    key: u32,
    op: usize,
    effect: Effect,
    writers: &Map<(u32, u64), Vec<usize>>,
) -> Result<Saw, Judgement> {
    let broken = |why| Err(Judgement::Broken(Broken { op, order: Vec::new(), view: None, why }));
    match effect.needs {
        None => Ok(Saw::Nothing),
        Some(None) => broken(Why::Siblings),
        Some(Some(value)) => match (writers.get(&(key, value)).map_or(&[][..], |writers| writers), value) {
            ([], INITIAL) => Ok(Saw::Initial),
            ([], _) => broken(Why::NeverWritten),
            ([writer], _) if value != INITIAL => Ok(Saw::Write(*writer)),
            _ => Err(Judgement::Unknown(Undecided::SameValueTwice { key, value })),
        },
    }
}

/// What comes before what: a relation that is kept transitive.
#[derive(Clone)]
pub(super) struct Precedence {
    words: usize,
    /// For each node, the bits of the nodes after it.
    after: Vec<u64>,
    /// How many edges were added that were new.
    edges: usize,
}

impl Precedence {
    pub fn new(nodes: usize) -> Precedence {
        let words = nodes.div_ceil(64);
        Precedence { words, after: vec![0; nodes * words], edges: 0 }
    }

    pub fn has(&self, before: usize, after: usize) -> bool {
        self.after[before * self.words + after / 64] >> (after % 64) & 1 == 1
    }

    /// Adds that one comes before another, with all that follows; false when that would close a circle.
    pub fn add(&mut self, before: usize, after: usize) -> bool {
        if before == after || self.has(after, before) {
            return false;
        }
        if self.has(before, after) {
            return true;
        }
        self.edges += 1;
        let mut row = self.after[after * self.words..(after + 1) * self.words].to_vec();
        row[after / 64] |= 1 << (after % 64);
        for node in 0..self.after.len() / self.words {
            if node == before || self.has(node, before) {
                let place = node * self.words;
                self.after[place..place + self.words].iter_mut().zip(&row).for_each(|(old, new)| *old |= new);
            }
        }
        true
    }
}

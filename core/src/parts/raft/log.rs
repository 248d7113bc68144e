//! A server's log: what comes after its snapshot.

use super::members::Members;
use super::{Index, Term};
use std::sync::Arc;

/// An entry.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entry<C> {
    /// The term in which a leader received it.
    pub term: Term,
    /// What it holds.
    pub payload: Payload<C>,
}

/// What an entry holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Payload<C> {
    /// Nothing: a new leader's first entry.
    Noop,
    /// A command for the machine.
    Command(C),
    /// The members from here on.
    Members(Members),
}

/// So many entries lie together. A copy of a log shares what is full with it.
const CHUNK: u32 = 64;

/// The entries after the snapshot, if there is one. Indexes count from 1 whatever has been compacted.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Log<C> {
    /// The last index and its term that the snapshot stands for.
    base: (Index, Term),
    /// The index of the first entry that is still kept, which may be one that the snapshot stands for, too.
    first: Index,
    last: Index,
    chunks: Vec<Arc<Vec<Entry<C>>>>,
}

impl<C> Default for Log<C> {
    fn default() -> Self {
        Log { base: (0, 0), first: 1, last: 0, chunks: Vec::new() }
    }
}

impl<C: Clone> Log<C> {
    /// A log of these entries.
    pub fn of(entries: impl IntoIterator<Item = Entry<C>>) -> Log<C> {
        let mut log = Log::default();
        entries.into_iter().for_each(|entry| log.push(entry));
        log
    }

    /// A log after a snapshot, with no entries yet.
    pub fn after(base: (Index, Term)) -> Log<C> {
        Log { base, first: base.0 + 1, last: base.0, chunks: Vec::new() }
    }

    /// The last index.
    pub fn last_index(&self) -> Index {
        self.last
    }

    /// The term of the last entry; 0 where there has been none.
    pub fn last_term(&self) -> Term {
        self.term(self.last).unwrap_or(0)
    }

    /// The last index that the snapshot stands for.
    pub fn base(&self) -> Index {
        self.base.0
    }

    /// The entry at an index, if the log has it.
    pub fn get(&self, index: Index) -> Option<&Entry<C>> {
        let at = (index > self.base.0 && index <= self.last).then(|| index - self.first)?;
        Some(&self.chunks[(at / CHUNK) as usize][(at % CHUNK) as usize])
    }

    /// The term at an index: 0 before the first, none where the log does not know it.
    pub fn term(&self, index: Index) -> Option<Term> {
        match index {
            index if index == self.base.0 => Some(self.base.1),
            index => self.get(index).map(|entry| entry.term),
        }
    }

    /// The entries from an index on, so many at the most.
    pub fn from(&self, index: Index, most: u32) -> Arc<[Entry<C>]> {
        (index..=self.last.min(index.saturating_add(most) - 1))
            .filter_map(|index| self.get(index).cloned())
            .collect()
    }

    /// Appends an entry.
    pub fn push(&mut self, entry: Entry<C>) {
        let at = self.last + 1 - self.first;
        if at.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::new(Vec::with_capacity(CHUNK as usize)));
        }
        Arc::make_mut(self.chunks.last_mut().expect("made when it is begun")).push(entry);
        self.last += 1;
    }

    /// Takes out the entries from an index on; says how many those were.
    pub fn truncate(&mut self, from: Index) -> u32 {
        let keep = from.max(self.base.0 + 1) - self.first;
        let removed = (self.last + 1).saturating_sub(self.first + keep);
        if removed > 0 {
            self.chunks.truncate(keep.div_ceil(CHUNK) as usize);
            if !keep.is_multiple_of(CHUNK) {
                let last = self.chunks.last_mut().expect("it has what is kept");
                Arc::make_mut(last).truncate((keep % CHUNK) as usize);
            }
            self.last = self.first + keep - 1;
        }
        removed
    }

    /// A snapshot stands for what comes up to this index, which the log has.
    pub fn compact(&mut self, to: Index) {
        let Some(term) = self.term(to) else { return };
        self.base = (to, term);
        let full = ((to + 1).saturating_sub(self.first) / CHUNK) as usize;
        self.chunks.drain(..full.min(self.chunks.len()));
        self.first += full as u32 * CHUNK;
    }

    /// The greatest index up to `most` whose term is at most `term`: where a log that has this term there may meet it.
    pub fn meets(&self, most: Index, term: Term) -> (Index, Term) {
        let mut index = most.min(self.last);
        loop {
            match self.term(index) {
                Some(found) if found > term && index > self.base.0 => index -= 1,
                Some(found) => return (index, found),
                None => return (index, 0),
            }
        }
    }

    /// The terms of its entries, from the first.
    pub fn terms(&self) -> Vec<Term> {
        (self.base.0 + 1..=self.last).filter_map(|index| self.term(index)).collect()
    }

    /// What it keeps, in bytes and roughly: its full chunks are shared with its copies.
    pub fn weight(&self) -> u64 {
        let own = self.chunks.last().map_or(0, |chunk| chunk.len() * size_of::<Entry<C>>());
        (16 * self.chunks.len() + own) as u64
    }
}

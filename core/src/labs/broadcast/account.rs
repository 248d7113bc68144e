//! What was broadcast and delivered, in which order, and what could have caused what.

use crate::parts::total::Id;
use crate::trace::Mark;
use std::collections::BTreeMap;

/// A set of messages, by their places in the account.
#[derive(Clone, Debug, Default)]
pub struct Places(Vec<u64>);

impl Places {
    /// Whether a message is among them.
    pub fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    fn insert(&mut self, place: usize) {
        if self.0.len() <= place / 64 {
            self.0.resize(place / 64 + 1, 0);
        }
        self.0[place / 64] |= 1 << (place % 64);
    }

    fn join(&mut self, other: &Places) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        for (own, word) in self.0.iter_mut().zip(&other.0) {
            *own |= word;
        }
    }
}

/// A message that was broadcast.
#[derive(Clone, Debug)]
pub struct Said {
    /// Which.
    pub id: Id,
    /// When.
    pub at: Mark,
    /// The messages that could have caused it: what its sender had broadcast or delivered, and what could have caused those.
    pub past: Places,
    /// By process: its place among what that has delivered, from 0, and when; where it came twice, first.
    pub delivered: Vec<Option<(usize, Mark)>>,
}

impl Said {
    /// The first of some processes, by their order, that has delivered it, and when it did.
    pub fn first_by(&self, among: &dyn Fn(usize) -> bool) -> Option<(usize, Mark)> {
        let mut delivered = self.delivered.iter().enumerate();
        delivered.find_map(|(process, at)| at.filter(|_| among(process)).map(|(_, at)| (process, at)))
    }
}

/// A command that a replica has carried out.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// The message's place in the account.
    pub said: usize,
    /// What was rolled for it.
    pub roll: Option<i64>,
    /// During which record.
    pub record: u32,
}

/// All of a run.
#[derive(Clone, Debug)]
pub struct Account {
    /// In the order in which they were broadcast.
    pub said: Vec<Said>,
    /// By process: the commands that it has carried out, in its order.
    pub done: Vec<Vec<Done>>,
    places: BTreeMap<String, usize>,
    /// By process: what could have caused what it says next.
    past: Vec<Places>,
    /// By process: what it has rolled for the command that it reports next.
    rolled: Vec<Option<i64>>,
}

impl Account {
    /// Nothing has happened among so many processes.
    pub fn new(processes: usize) -> Account {
        Account {
            said: Vec::new(),
            done: vec![Vec::new(); processes],
            places: BTreeMap::new(),
            past: vec![Places::default(); processes],
            rolled: vec![None; processes],
        }
    }

    /// A process broadcasts a message, by its name.
    pub fn broadcast(&mut self, at: Mark, sender: usize, name: &str) {
        let number = self.said.iter().filter(|said| usize::from(said.id.sender) == sender).count() as u32 + 1;
        let place = self.said.len();
        self.places.insert(name.to_owned(), place);
        let past = self.past[sender].clone();
        self.past[sender].insert(place);
        let id = Id { sender: sender as u16, number };
        self.said.push(Said { id, at, past, delivered: vec![None; self.done.len()] });
    }

    /// A process has rolled a die for the command that it reports next.
    pub fn rolled(&mut self, process: usize, roll: i64) {
        self.rolled[process] = Some(roll);
    }

    /// A process delivers a message, by its name: the message's place in the account, and when it was delivered here before, if it was. None if it
    /// was never broadcast.
    pub fn deliver(&mut self, at: Mark, process: usize, name: &str) -> Option<(usize, Option<Mark>)> {
        let place = *self.places.get(name)?;
        let said = &mut self.said[place];
        let before = said.delivered[process];
        if before.is_none() {
            said.delivered[process] = Some((self.done[process].len(), at));
        }
        self.past[process].join(&said.past);
        self.past[process].insert(place);
        let roll = self.rolled[process].take();
        self.done[process].push(Done { said: place, roll, record: at.record });
        Some((place, before.map(|(_, at)| at)))
    }

    /// Messages that could have caused one and have not been delivered by a process: the first that was broadcast; of its sender alone, or any.
    pub fn missing(&self, place: usize, process: usize, sender_alone: bool) -> Option<usize> {
        let said = &self.said[place];
        let misses = |other: &usize| {
            let theirs = &self.said[*other];
            said.past.contains(*other)
                && theirs.delivered[process].is_none()
                && (!sender_alone || theirs.id.sender == said.id.sender)
        };
        (0..place).find(misses)
    }

    /// Two messages that two processes have delivered in different orders, of which the first process has just delivered one: the other process, and
    /// the message that it has delivered later.
    pub fn disagreement(&self, place: usize, process: usize) -> Option<(usize, usize)> {
        let others = (0..self.done.len()).filter(|other| *other != process);
        others.into_iter().find_map(|other| {
            let (there, _) = self.said[place].delivered[other]?;
            let later = |done: &Done| self.said[done.said].delivered[other].is_some_and(|(at, _)| at > there);
            let here = &self.done[process][..self.done[process].len() - 1];
            here.iter().find(|done| done.said != place && later(done)).map(|done| (other, done.said))
        })
    }

    /// A process with which another differs in the command that it has just carried out.
    pub fn diverges_from(&self, process: usize) -> Option<usize> {
        let here = self.done[process].len() - 1;
        let others = (0..self.done.len()).filter(|other| *other != process);
        others.into_iter().find(|other| {
            self.done[*other].get(here).is_some_and(|done| self.differ(done, &self.done[process][here]))
        })
    }

    fn differ(&self, one: &Done, other: &Done) -> bool {
        (one.said, one.roll) != (other.said, other.roll)
    }

    /// Whether two processes differ after as many commands as both have carried out.
    pub fn differ_in_the_end(&self, one: usize, other: usize) -> bool {
        self.done[one].iter().zip(&self.done[other]).any(|(one, other)| self.differ(one, other))
    }
}

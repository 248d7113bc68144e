//! The resource that a lock or a leader is to protect. The guard is here, and nowhere else.

use crate::parts::fence::{Fence, Guard, Refusal};
use crate::sim::{Out, Speech};
use crate::trace::Fact;
use std::fmt;

/// What lies between a look at one's clock and what one does then at the least, in µs: a pause can fall into it.
pub const STEP_US: u64 = 10_000;

/// The number of a grant, where the service has one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Token(pub Option<u32>);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(token) => write!(f, ", token {token}"),
            None => Ok(()),
        }
    }
}

/// How a resource reports itself: the places of its facts.
#[derive(Clone, Copy, Debug)]
pub struct GuardedFacts {
    /// What it holds.
    pub value: u8,
    /// How many writes it has taken.
    pub version: u8,
    /// The greatest token that it has seen.
    pub token: u8,
    /// What it made of the last write of each who writes, by its number in its sort.
    pub write: u8,
}

/// What a resource holds, all of it on disk.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Guarded {
    value: u32,
    fence: Fence,
}

impl Guarded {
    /// A resource that nobody has written.
    pub fn new(guard: Guard) -> Guarded {
        Guarded { value: 0, fence: Fence::new(guard) }
    }

    /// Somebody reads, with its token: the value and its version, or why not.
    ///
    /// # Errors
    /// Where the guard refuses it.
    pub fn read<S>(
        &mut self,
        token: Option<u32>,
        facts: GuardedFacts,
        out: &mut Out<S>,
    ) -> Result<(u32, u32), Refusal>
    where
        S: Speech<Disk: From<Guarded>>,
    {
        let answer = self.fence.read(token).map(|()| (self.value, self.fence.version()));
        out.persist((*self).into());
        self.report(facts, out);
        answer
    }

    /// Somebody writes, with its token and the version that it has read; `writer` is its number in its sort.
    ///
    /// # Errors
    /// Where the guard refuses it.
    pub fn write<S>(
        &mut self,
        (writer, token): (u16, Option<u32>),
        (value, read): (u32, Option<u32>),
        facts: GuardedFacts,
        out: &mut Out<S>,
    ) -> Result<(), Refusal>
    where
        S: Speech<Disk: From<Guarded>>,
    {
        let answer = self.fence.write(token, read);
        if answer.is_ok() {
            self.value = value;
            out.persist((*self).into());
            self.report(facts, out);
        }
        out.fact(facts.write, writer, Fact::Word(if answer.is_ok() { "taken" } else { "refused" }));
        answer
    }

    /// Reports what it holds and has seen.
    pub fn report<S: Speech>(&self, facts: GuardedFacts, out: &mut Out<S>) {
        out.fact(facts.value, 0, Fact::Int(self.value.into()));
        out.fact(facts.version, 0, Fact::Int(self.fence.version().into()));
        if let Some(token) = self.fence.highest() {
            out.fact(facts.token, 0, Fact::Int(token.into()));
        }
    }
}

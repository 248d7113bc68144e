//! A resource's guard against those who believe that they hold a lock and do not: fencing tokens (Kleppmann, *How to do distributed locking*, 2016;
//! sequencers in Burrows, *The Chubby lock service*, OSDI 2006, §2.4), or compare-and-set.

use std::fmt;

crate::choice! {
    /// What a resource looks at before it takes a write.
    pub enum Guard {
        None = "none" "nothing",
        Writes = "writes" "tokens of writes",
        All = "all" "tokens of reads and writes",
        Cas = "cas" "the version that was read",
    }
}

/// Why a resource refuses something.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refusal {
    /// It has seen a greater token.
    Token {
        /// Which.
        seen: u32,
    },
    /// It has changed since that version was read.
    Version {
        /// Which it has.
        now: u32,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Token { seen } => write!(f, "token {seen} was here"),
            Refusal::Version { now } => write!(f, "version is {now}"),
        }
    }
}

/// The guard of a resource.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Fence {
    guard: Guard,
    /// The greatest token that it has seen.
    highest: Option<u32>,
    /// How many writes it has taken.
    version: u32,
}

impl Fence {
    /// Of a resource that nobody has written.
    pub fn new(guard: Guard) -> Fence {
        Fence { guard, highest: None, version: 0 }
    }

    /// The greatest token that it has seen, where it looks at them.
    pub fn highest(&self) -> Option<u32> {
        self.highest
    }

    /// How many writes it has taken.
    pub fn version(&self) -> u32 {
        self.version
    }

    fn pass(&mut self, token: Option<u32>) -> Result<(), Refusal> {
        match self.highest {
            Some(seen) if token.is_none_or(|token| token < seen) => Err(Refusal::Token { seen }),
            _ => {
                self.highest = token;
                Ok(())
            }
        }
    }

    /// Somebody reads, with the token of its lock if it has one.
    ///
    /// # Errors
    /// Where the guard looks at reads and has seen a greater token.
    pub fn read(&mut self, token: Option<u32>) -> Result<(), Refusal> {
        if self.guard == Guard::All { self.pass(token) } else { Ok(()) }
    }

    /// Somebody writes, with its token, and the version that it has read if it has read.
    ///
    /// # Errors
    /// Where the guard has seen a greater token, or another version.
    pub fn write(&mut self, token: Option<u32>, read: Option<u32>) -> Result<(), Refusal> {
        match self.guard {
            Guard::None => {}
            Guard::Writes | Guard::All => self.pass(token)?,
            Guard::Cas if read != Some(self.version) => return Err(Refusal::Version { now: self.version }),
            Guard::Cas => {}
        }
        self.version += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blind writes: 33 after 34 is refused, 34 after 33 is not, and a token may come again.
    #[test]
    fn an_older_token_is_refused_after_a_newer_one() {
        let mut fence = Fence::new(Guard::Writes);
        let mut write = |token| fence.write(Some(token), None);
        let told = [33, 33, 34, 33, 34].map(&mut write);
        assert_eq!(told, [Ok(()), Ok(()), Ok(()), Err(Refusal::Token { seen: 34 }), Ok(())]);
        assert_eq!((fence.version(), fence.highest()), (4, Some(34)));
    }

    /// Where only writes raise it, a read with 34 does not keep 33 from writing.
    #[test]
    fn reads_raise_it_only_where_all_is_guarded() {
        let late = |guard| {
            let mut fence = Fence::new(guard);
            (fence.read(Some(34)), fence.write(Some(33), Some(0)))
        };
        assert_eq!(late(Guard::Writes), (Ok(()), Ok(())));
        assert_eq!(late(Guard::All), (Ok(()), Err(Refusal::Token { seen: 34 })));
        assert_eq!(late(Guard::Cas), (Ok(()), Ok(())));
    }

    #[test]
    fn compare_and_set_takes_one_write_of_each_version() {
        let mut fence = Fence::new(Guard::Cas);
        assert_eq!(fence.write(None, Some(0)), Ok(()));
        assert_eq!(fence.write(None, Some(0)), Err(Refusal::Version { now: 1 }));
        assert_eq!(
            fence.write(None, None),
            Err(Refusal::Version { now: 1 }),
            "who has not read cannot write"
        );
        assert_eq!(fence.write(None, Some(1)), Ok(()));
    }
}

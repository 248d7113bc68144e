//! What is sent: a message, and how it stands in a log.

use crate::lab::key_name;
use crate::parts::sequences::Stamp;
use std::fmt;

/// A message: the so-many-th of its key, which one producer sends alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Item {
    /// The operation by which it is sent: no other has it.
    pub id: u32,
    /// Its key.
    pub key: u16,
    /// Its place among its key's, from 1.
    pub number: u32,
    /// Nobody can process it.
    pub bad: bool,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", key_name(self.key), self.number, if self.bad { "!" } else { "" })
    }
}

/// A message as a producer sends it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The message.
    pub item: Item,
    /// The producer's stamp, if it is idempotent.
    pub stamp: Option<Stamp>,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stamp {
            Some(stamp) => write!(f, "{}, sequence {}", self.item, stamp.sequence),
            None => self.item.fmt(f),
        }
    }
}

/// Several things in a row, with commas between them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Row<T>(pub Vec<T>);

impl<T: fmt::Display> fmt::Display for Row<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 4;
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        for (place, thing) in self.0.iter().take(SHOWN).enumerate() {
            write!(f, "{}{thing}", if place > 0 { ", " } else { "" })?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// An offset in a partition.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct At {
    /// The partition, from 0.
    pub partition: u16,
    /// The offset.
    pub offset: u32,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "partition {} from {}", self.partition + 1, self.offset)
    }
}

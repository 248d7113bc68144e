//! What a replica holds for a key: one stamped version, or the siblings that nobody has seen superseded.

use super::params::Versions;
use super::protocol::DAY_US;
use crate::cast::NodeId;
use crate::parts::dotted::DottedSet;
use crate::parts::lww::{Lww, Stamp};
use crate::parts::siblings::Siblings;
use crate::parts::version_vector::VersionVector;
use crate::sim::OpKey;
use crate::time::DurationUs;
use std::fmt;

/// What a reader has seen of a key, by coordinator; empty where writes carry timestamps.
pub type Context = VersionVector<NodeId>;

/// One write's version of a key: which write, and its value; a delete has none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version {
    /// The client's operation that wrote it.
    pub write: OpKey,
    /// The value; none for a tombstone.
    pub value: Option<u32>,
}

/// What is held for one key, by the way in which versions are told apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Object {
    /// The write with the highest timestamp.
    Lww(Lww<OpKey, u32>),
    /// Siblings, each with a version vector by coordinator.
    Vv(Siblings<NodeId, Version>),
    /// Siblings with their dots.
    Dvv(DottedSet<NodeId, Version>),
}

impl Object {
    /// A write stamped with a time, or with a number that is higher than all that were found.
    pub fn stamped(at_us: u64, version: Version) -> Object {
        Object::Lww(match version.value {
            Some(value) => Lww::write(at_us, version.write, value),
            None => Lww::tombstone(at_us, version.write),
        })
    }

    /// Nothing yet, under vectors.
    ///
    /// # Panics
    /// For timestamps, which have no empty version.
    pub fn empty(versions: Versions) -> Object {
        match versions {
            Versions::Vv => Object::Vv(Siblings::default()),
            Versions::Dvv => Object::Dvv(DottedSet::default()),
            Versions::Lww => unreachable!("a timestamped register begins with its first write"),
        }
    }

    /// Writes over what `context` has seen, on behalf of a coordinator that keeps this object.
    pub fn put(&mut self, context: &Context, coordinator: NodeId, version: Version) {
        match self {
            Object::Vv(siblings) => {
                siblings.put(context, coordinator, version);
            }
            Object::Dvv(set) => {
                set.update(context, coordinator, version);
            }
            Object::Lww(_) => unreachable!("a timestamped version is made whole"),
        }
    }

    /// Takes in what another replica holds; true if that changed anything.
    pub fn merge(&mut self, other: &Object) -> bool {
        match (self, other) {
            (Object::Lww(mine), Object::Lww(theirs)) => mine.merge(theirs),
            (Object::Vv(mine), Object::Vv(theirs)) => {
                let before = mine.clone();
                mine.merge(theirs);
                *mine != before
            }
            (Object::Dvv(mine), Object::Dvv(theirs)) => {
                let before = mine.clone();
                mine.merge(theirs);
                *mine != before
            }
            (mine, theirs) => unreachable!("a run has one sort of version: {mine:?}, {theirs:?}"),
        }
    }

    /// Whether it has seen all that `other` has.
    pub fn covers(&self, other: &Object) -> bool {
        let mut merged = self.clone();
        !merged.merge(other)
    }

    /// The versions that stand side by side; one under timestamps.
    pub fn versions(&self) -> Vec<Version> {
        match self {
            Object::Lww(lww) => vec![Version { write: lww.stamp().writer, value: lww.value().copied() }],
            Object::Vv(siblings) => siblings.versions().iter().map(|(_, version)| *version).collect(),
            Object::Dvv(set) => set.values().copied().collect(),
        }
    }

    /// Its timestamp, under timestamps.
    pub fn stamp(&self) -> Option<Stamp<OpKey>> {
        match self {
            Object::Lww(lww) => Some(lww.stamp()),
            _ => None,
        }
    }

    /// What a reader of it has seen.
    pub fn context(&self) -> Context {
        match self {
            Object::Lww(_) => Context::new(),
            Object::Vv(siblings) => siblings.context(),
            Object::Dvv(set) => set.context(),
        }
    }

    /// Whether all that is left of the key is the memory of its deletion.
    pub fn is_tombstone(&self) -> bool {
        self.versions().iter().all(|version| version.value.is_none())
    }

    /// Its timestamp or vector, for the inspector.
    pub fn version_text(&self) -> String {
        match self {
            Object::Lww(lww) => tell_stamp(lww.stamp().at_us),
            other => {
                let context = other.context();
                let entries = context.iter().map(|(node, count)| format!("n{}:{count}", node.0 + 1));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
            }
        }
    }

    /// A hash of it, for Merkle trees.
    pub fn hash(&self) -> u64 {
        crate::sim::hash_of(self)
    }

    /// How many bytes it takes on the wire: 8 for a value, 12 for a stamp, 10 for each entry of a vector.
    pub fn bytes(&self) -> u64 {
        match self {
            Object::Lww(_) => 20,
            Object::Vv(siblings) => siblings.versions().iter().map(|(v, _)| 8 + 10 * u64::from(v.len())).sum(),
            Object::Dvv(set) => 8 * set.values().count() as u64 + 10 * u64::from(set.context().len()),
        }
    }
}

/// A timestamp: the coordinator's clock, to which a day was added, or the number that a writer who asks first counts on.
fn tell_stamp(stamp: u64) -> String {
    match i64::try_from(stamp).unwrap_or(i64::MAX) {
        number if number < DAY_US / 2 => format!("number {number}"),
        clock if clock < DAY_US => format!("stamp -{}", DurationUs((DAY_US - clock).unsigned_abs())),
        clock => format!("stamp {}", DurationUs((clock - DAY_US).unsigned_abs())),
    }
}

/// The object's versions as pictures show them: `3`, `3|4` for siblings, `–` where the key is deleted, `3|–` where one of the siblings deletes it.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_values(f, &self.versions())
    }
}

/// Writes values side by side, and tombstones as one, last.
pub fn write_values(f: &mut impl fmt::Write, versions: &[Version]) -> fmt::Result {
    let values = versions.iter().filter_map(|version| version.value);
    for (i, value) in values.clone().enumerate() {
        write!(f, "{}{value}", if i > 0 { "|" } else { "" })?;
    }
    match (values.count(), versions.len()) {
        (0, _) => f.write_str("–"),
        (values, versions) if values < versions => f.write_str("|–"),
        _ => Ok(()),
    }
}

/// Merges an arriving object into what is held, if anything; true if that changed it.
pub fn merge_into(held: &mut Option<Object>, arriving: &Object) -> bool {
    match held {
        Some(held) => held.merge(arriving),
        None => {
            *held = Some(arriving.clone());
            true
        }
    }
}

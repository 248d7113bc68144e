//! What a replica holds for a key: one stamped version, or the siblings that nobody has seen superseded.

use super::params::Versions;
use super::config::DAY_US;
use crate::cast::NodeId;
use crate::parts::dotted::DottedSet;
use crate::parts::lww::Lww;
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
    /// When the coordinator was asked to delete, by its clock as in timestamps: from then on a tombstone's age counts. 0 for a value.
    pub deleted_us: u64,
}

impl Version {
    /// The version that a coordinator makes of a write which it is asked for at that time.
    pub fn new(write: OpKey, value: Option<u32>, now_us: u64) -> Version {
        Version { write, value, deleted_us: if value.is_none() { now_us } else { 0 } }
    }
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
            None => Lww::tombstone(at_us, version.write, version.deleted_us),
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
            Object::Lww(lww) => {
                vec![Version { write: lww.writer(), value: lww.value().copied(), deleted_us: lww.deleted_us() }]
            }
            Object::Vv(siblings) => siblings.versions().iter().map(|(_, version)| *version).collect(),
            Object::Dvv(set) => set.values().copied().collect(),
        }
    }

    /// Its timestamp, under timestamps.
    pub fn stamp_us(&self) -> Option<u64> {
        match self {
            Object::Lww(lww) => Some(lww.at()),
            _ => None,
        }
    }

    /// Its place in the order of [`Lww::wins`], under timestamps: the timestamp, and what decides between equal ones. A run has less than
    /// 64 nodes, and no client comes to number 2²⁵: for these the writer's 31 bits are enough.
    pub fn rank(&self) -> Option<(u64, u64)> {
        let Object::Lww(lww) = self else { return None };
        let writer = u64::from(lww.writer().client.0 & 63) << 25 | u64::from(lww.writer().number & 0x1ff_ffff);
        let tie = match lww.value() {
            Some(value) => u64::from(*value) << 31 | writer,
            None => 1 << 63 | writer,
        };
        Some((lww.at(), tie))
    }

    /// What a reader of it has seen.
    pub fn context(&self) -> Context {
        match self {
            Object::Lww(_) => Context::new(),
            Object::Vv(siblings) => siblings.context(),
            Object::Dvv(set) => set.context(),
        }
    }

    /// When what is left of the key was deleted, if nothing but that memory is left of it.
    pub fn deleted_us(&self) -> Option<u64> {
        self.versions().iter().try_fold(0, |latest, version| match version.value {
            None => Some(version.deleted_us.max(latest)),
            Some(_) => None,
        })
    }

    /// Its timestamp or vector, for the inspector.
    pub fn version_text(&self) -> String {
        match self {
            Object::Lww(lww) => tell_stamp(lww.at()),
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

    /// What it refers to in memory, in bytes and roughly: a timestamped version refers to nothing.
    #[inline]
    pub fn weight(&self) -> u64 {
        match self {
            Object::Lww(_) => 0,
            Object::Vv(siblings) => siblings.versions().iter().map(|(v, _)| 64 + 16 * u64::from(v.len())).sum(),
            Object::Dvv(set) => 24 * set.values().count() as u64 + 64 * set.actors() as u64,
        }
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

//! What the nodes say to each other, what clients ask for, and what they are told.

use super::disk::Disk;
use super::object::{Context, Object, Version, write_values};
use crate::cast::NodeId;
use crate::check::{Answer, INITIAL};
use crate::kits::object::ClientTimer;
use crate::lab::End;
use crate::parts::merkle::Offer;
use crate::sim::{OpKey, Told};
use std::fmt;

pub use crate::kits::object::{KEYS, Request};

crate::declare::messages! {
    /// A message.
    pub enum Msg {
        /// A client's write or, without a value, delete; `context` is what the client has seen of the key.
        Put "put" Request "A client asks its coordinator to write or delete." { write: OpKey, key: u16, value: Option<u32>, context: Context },
        Get "get" Request "A client asks its coordinator to read." { number: u32, key: u16 },
        Done "done" Response "The coordinator answers its client." { number: u32, response: Response },
        /// A coordinator's write to a replica; `owner` is the replica that a spare node takes it for.
        Write "write" Write "The coordinator sends a replica a version to keep." { id: u32, key: u16, object: Object, owner: Option<NodeId> },
        Ack "ack" Ack "The replica has the version." { id: u32 },
        Read "read" Read "The coordinator asks a replica what it holds." { id: u32, key: u16 },
        Answer "answer" Ack "The replica tells what it holds." { id: u32, object: Option<Object> },
        Repair "repair" Repair "A read gives a replica the newer version that it lacked." { id: u32, key: u16, object: Object },
        Repaired "repaired" Ack "The replica has taken the repair." { id: u32 },
        Hint "hint" Repair "A write kept for this replica is handed over." { number: u64, key: u16, object: Object },
        Taken "taken" Ack "The owner has taken the write that was kept for it." { number: u64 },
        Tree "tree" Background "Hashes of a Merkle tree: replicas find out what differs." { offer: Offer },
        /// Keys of leaves that differ; `back` asks for the other side's.
        Sync "sync" Repair "The versions of the keys that differ." { leaves: Vec<u32>, objects: Vec<(u16, Object)>, back: bool },
        Go "go" Background "The experimenter's sign that the write is over; it takes no time.",
    }
}

/// Latency classes: the legs of the WARS model, the client's, everything in the background, and no time at all.
pub mod class {
    /// Between client and coordinator.
    pub const CLIENT: u8 = 0;
    /// A write on its way to a replica.
    pub const W: u8 = 1;
    /// Its acknowledgement.
    pub const A: u8 = 2;
    /// A read on its way to a replica.
    pub const R: u8 = 3;
    /// Its answer.
    pub const S: u8 = 4;
    /// No time.
    pub const NONE: u8 = 5;
}

/// What a vector refers to, in bytes.
pub fn vector_weight(vector: &Context) -> u64 {
    16 * u64::from(vector.len())
}

impl Msg {
    /// How many bytes of synchronisation it carries: 8 for a hash, and the versions.
    pub fn bytes_synced(&self) -> u64 {
        match self {
            Msg::Tree { offer } => 8 * offer.hashes.len() as u64,
            Msg::Sync { objects, .. } => objects.iter().map(|(_, object)| object.bytes()).sum(),
            Msg::Hint { object, .. } | Msg::Repair { object, .. } => object.bytes(),
            _ => 0,
        }
    }

    /// The key and the versions that it brings to a replica.
    pub fn brings(&self) -> Vec<(u16, &Object)> {
        match self {
            Msg::Write { key, object, .. } | Msg::Repair { key, object, .. } | Msg::Hint { key, object, .. } => {
                vec![(*key, object)]
            }
            Msg::Sync { objects, .. } => objects.iter().map(|(key, object)| (*key, object)).collect(),
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Msg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |key: &u16| KEYS[usize::from(*key)];
        match self {
            Msg::Put { key, value: Some(value), .. } => write!(f, "put {}={value}", name(key)),
            Msg::Put { key, value: None, .. } => write!(f, "delete {}", name(key)),
            Msg::Get { key, .. } => write!(f, "get {}", name(key)),
            Msg::Done { response, .. } => write!(f, "{response}"),
            Msg::Write { key, object, owner: None, .. } => write!(f, "write {}={object}", name(key)),
            Msg::Write { key, object, .. } => write!(f, "keep {}={object} for another", name(key)),
            Msg::Ack { .. } => f.write_str("ack"),
            Msg::Read { key, .. } => write!(f, "read {}", name(key)),
            Msg::Answer { object: Some(object), .. } => write!(f, "{object}"),
            Msg::Answer { object: None, .. } => f.write_str("no value"),
            Msg::Repair { key, object, .. } => write!(f, "repair {}={object}", name(key)),
            Msg::Repaired { .. } => f.write_str("repaired"),
            Msg::Hint { key, object, .. } => write!(f, "handed over: {}={object}", name(key)),
            Msg::Taken { .. } => f.write_str("taken"),
            Msg::Tree { offer } => match offer.hashes.len() {
                1 => write!(f, "1 hash of level {}", offer.level),
                n => write!(f, "{n} hashes of level {}", offer.level),
            },
            Msg::Sync { objects, .. } => {
                f.write_str("sync")?;
                objects.iter().try_for_each(|(key, object)| write!(f, " {}={object}", name(key)))
            }
            Msg::Go => f.write_str("go"),
        }
    }
}

/// What a client is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Response {
    /// W replicas have acknowledged the write.
    Written,
    /// The newest version among R replicas, or its siblings; nothing where the key is unknown.
    Found { versions: Vec<Version>, context: Context, answered: Vec<NodeId> },
    /// The coordinator gave up: too few replicas answered. A write may have reached some of them all the same.
    Failed { got: u32, need: u32 },
    /// The client gave up waiting for its coordinator.
    TimedOut,
}

impl Told for Response {
    fn end(&self) -> End {
        match self {
            Response::Written | Response::Found { .. } => End::Ok,
            Response::Failed { .. } => End::Failed,
            Response::TimedOut => End::Unknown,
        }
    }

    fn answer(&self) -> Option<Answer> {
        match self {
            Response::Written => Some(Answer::Done),
            Response::Found { versions, .. } => {
                let mut told: Vec<u64> =
                    versions.iter().map(|version| version.value.map_or(INITIAL, u64::from)).collect();
                // Tombstones are alike to a reader.
                crate::sorted::sort(&mut told);
                told.dedup();
                Some(match told.as_slice() {
                    [] => Answer::Value(INITIAL),
                    [value] => Answer::Value(*value),
                    _ => Answer::Values(told),
                })
            }
            // Whatever its client was told, a failed write may yet take effect.
            Response::Failed { .. } | Response::TimedOut => None,
        }
    }

    fn weight(&self) -> u64 {
        match self {
            Response::Found { versions, context, answered } => {
                20 * versions.len() as u64 + vector_weight(context) + 2 * answered.len() as u64
            }
            Response::Written | Response::Failed { .. } | Response::TimedOut => 0,
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Response::Written => f.write_str("ok"),
            Response::Found { versions, .. } if versions.is_empty() => f.write_str("nothing"),
            Response::Found { versions, .. } => write_values(f, versions),
            Response::Failed { got, need } => write!(f, "failed: {got} of {need} answered"),
            Response::TimedOut => f.write_str("no answer"),
        }
    }
}

crate::declare::speech!(Disk {
    fn disk_weight(disk: &Disk) -> u64 {
        disk.weight()
    }

    fn class(msg: &Msg) -> u8 {
        match msg {
            Msg::Put { .. } | Msg::Get { .. } | Msg::Done { .. } => class::CLIENT,
            Msg::Write { .. } | Msg::Repair { .. } | Msg::Hint { .. } | Msg::Sync { .. } => class::W,
            Msg::Ack { .. } | Msg::Repaired { .. } | Msg::Taken { .. } => class::A,
            Msg::Read { .. } | Msg::Tree { .. } => class::R,
            Msg::Answer { .. } => class::S,
            Msg::Go => class::NONE,
        }
    }

    #[inline]
    fn weight(msg: &Msg) -> u64 {
        match msg {
            Msg::Put { context, .. } => vector_weight(context),
            Msg::Done { response, .. } => response.weight(),
            Msg::Write { object, .. } | Msg::Repair { object, .. } | Msg::Hint { object, .. } => object.weight(),
            Msg::Answer { object, .. } => object.as_ref().map_or(0, Object::weight),
            Msg::Tree { offer } => 16 * offer.hashes.len() as u64,
            Msg::Sync { leaves, objects, .. } => {
                let objects = objects.iter().map(|(_, object)| 64 + object.weight()).sum::<u64>();
                4 * leaves.len() as u64 + objects
            }
            Msg::Get { .. } | Msg::Ack { .. } | Msg::Read { .. } | Msg::Repaired { .. } | Msg::Taken { .. } | Msg::Go => 0,
        }
    }
});

crate::declare::words! {
    /// The timers of a node.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// A client's.
        Client(timer: ClientTimer) => "{timer}",
        /// The probe's read is due.
        Probe => "read now",
        /// A coordinator has waited long enough for its quorum.
        Deadline(number: u32) => "deadline of a quorum",
        /// A coordinator has waited long enough for an owner to hand off what it lacks.
        Suspect(number: u32) => "an owner is slow",
        /// Hints are due to be offered.
        Handoff => "hand off hints",
        /// An exchange of trees is due.
        Sync => "anti-entropy",
        /// A tombstone has lived its life.
        Purge(number: u16) => "tombstone expires",
    }
}

impl From<ClientTimer> for Timer {
    fn from(timer: ClientTimer) -> Timer {
        Timer::Client(timer)
    }
}

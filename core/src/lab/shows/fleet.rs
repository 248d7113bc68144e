//! Like instances beside each other, as they are and as others believe them to be; and how long calls take at the tail.

use super::FactId;
use crate::cast::NodeId;
use crate::lab::shows::Tone;

/// The instances of a service.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// What its picture is about: `Servers`.
    pub title: &'static str,
    /// The instances.
    pub nodes: Vec<NodeId>,
    /// Numbers that add up to the load of each.
    pub load: Vec<FactId>,
    /// What the load is of, in the plural: `requests`.
    pub unit: &'static str,
    /// What each says that it is, by a word; other words than these are as usual.
    pub state: Option<FactId>,
    /// See there.
    pub states: Vec<FleetState>,
    /// What others believe of each.
    pub believed: Option<Believed>,
}

/// What an instance is, or is believed to be.
#[derive(Clone, Copy, Debug)]
pub struct FleetState {
    /// As nodes report it.
    pub word: &'static str,
    /// What that is, in a few words.
    pub about: &'static str,
    /// How it looks.
    pub tone: Tone,
}

/// What others believe of instances.
#[derive(Clone, Debug)]
pub struct Believed {
    /// Who.
    pub by: Vec<NodeId>,
    /// The word of it, by a fact whose index is the instance's place.
    pub fact: FactId,
    /// Those words that leave an instance out; others do not.
    pub states: Vec<FleetState>,
}

/// How many calls take longer than a time.
#[derive(Clone, Debug, Default)]
pub struct Tail {
    /// Calls that begin before this are left out, in µs.
    pub from_us: u64,
    /// A time that calls are to keep, in µs.
    pub limit_us: Option<u64>,
    /// What theory says.
    pub forms: Vec<Form>,
}

/// A closed form of a tail.
#[derive(Clone, Debug)]
pub struct Form {
    /// Its name: `M/M/1`.
    pub name: &'static str,
    /// For rising times in µs the millionths of calls that take longer.
    pub points: Vec<(u64, u32)>,
}

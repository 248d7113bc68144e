//! What a lab says of tiers that hold something.

use super::super::declared::Class;
use super::super::mark::HopId;
use crate::parts::{evict, ttl};

/// Where there is a store, reads are of this class, and writes of the next.
pub const GET: Class = 0;
/// Writes.
pub const PUT: Class = 1;

/// What the instances of a tier hold, each its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Role {
    /// Nothing.
    Service,
    /// Copies.
    Cache(CachePolicy),
    /// What is copied. It is one instance, and a crash takes nothing from it.
    Store,
}

/// How a cache works.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CachePolicy {
    /// Who is thrown out of it.
    pub evict: evict::Policy,
    /// How many copies there is room for.
    pub size: u32,
    /// For how long a copy is used.
    pub ttl: ttl::Policy,
    /// What it does when many miss the same.
    pub herd: Herd,
    /// For how long one who misses is the only one that may bring a copy.
    pub lease_us: u64,
    /// After what time others are to look again.
    pub wait_us: u64,
    /// Whether a copy that is older than the one it holds is not taken in.
    pub newer: bool,
    /// How writes are made behind.
    pub behind: Option<Behind>,
    /// How many of the first keys it holds at first.
    pub warm: u32,
    /// The die of their lives.
    pub warm_die: u64,
}

/// What a cache does when many miss the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Herd {
    /// Nothing.
    None,
    /// One may bring a copy, and others are told to look again.
    Lock,
    /// Likewise; and what one brings is not taken in when the key was deleted meanwhile (Nishtala et al. 2013).
    Lease,
    /// Likewise one; others are given the copy whose time is over.
    Stale,
}

/// How writes are made behind: so long after the first that a copy takes in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Behind {
    /// Where to.
    pub hop: HopId,
    /// Of which class.
    pub class: Class,
    /// In µs.
    pub every_us: u64,
}

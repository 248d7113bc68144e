//! What a lab says of a rate limiter at a tier's desk, and why a desk turns requests away.

use crate::parts::limiter::Policy;

/// A rate limiter at each instance of a tier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// Which, and how many it lets pass.
    pub policy: Policy,
    /// Whether each tenant has one of its own; else all share one.
    pub by_tenant: bool,
    /// How often instances tell each other what they have let in, in µs; 0: never. A leaky bucket has no ear for it.
    pub sync_us: u64,
    /// Whether it is the route that asks, by [`super::Step::Limit`], and not the desk.
    pub by_route: bool,
}

impl Limit {
    /// One for all at each instance, by itself, asked at the desk.
    pub const fn new(policy: Policy) -> Limit {
        Limit { policy, by_tenant: false, sync_us: 0, by_route: false }
    }
}

/// Why a request was turned away at the door.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Why {
    /// The server is in trouble.
    Trouble,
    /// Its deadline had passed, or could not be met.
    Deadline,
    /// The rate limiter.
    Limit,
    /// Too many were here.
    Concurrency,
    /// No place in line was free, or none that is not kept for others.
    Full,
    /// The instance was off, starting or draining.
    Off,
}

impl Why {
    /// All of them, in the order of their numbers.
    pub const ALL: [Why; 6] =
        [Why::Trouble, Why::Deadline, Why::Limit, Why::Concurrency, Why::Full, Why::Off];
}

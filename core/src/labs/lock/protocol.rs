//! Who plays which part: lock servers n1…, the resource k1, clients c1….

use super::client::Client;
use super::message::Speech;
use super::meta::fact;
use super::params::{Clock, Params, Service};
use super::resource::Resource;
use super::server::Server;
use crate::cast::{Cast, NodeId, Sort};
use crate::kits::lease::{Book, DeskFacts, Guarded};
use crate::kits::object::Workload;
use crate::parts::lease::{Grantor, less_drift_us};
use crate::parts::sessions::Sessions;
use crate::sim::Ctx;

/// The grant before the first: numbers begin with 33, as in Kleppmann's figure.
pub const LAST_TOKEN: u32 = 32;

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// Who takes part.
    pub cast: Cast,
    /// When clients want the lock.
    pub work: Workload<()>,
}

impl Config {
    /// The lock servers.
    pub fn masters(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.cast.of(Sort::Server)
    }

    /// How many of them must grant the lock.
    pub fn majority(&self) -> u32 {
        self.params.majority()
    }

    /// The resource.
    pub fn resource(&self) -> NodeId {
        self.cast.coordinator(0)
    }

    /// How long a client trusts a lease from its asking.
    pub fn trusted_us(&self) -> u64 {
        match self.params.service {
            Service::Redlock => less_drift_us(self.params.ttl),
            Service::Single | Service::Consensus | Service::Replica => self.params.ttl,
        }
    }

    /// A node's time, as leases go by it, in µs.
    pub fn now_us(&self, ctx: &Ctx) -> i64 {
        match self.params.timer {
            Clock::Wall => ctx.clock_us,
            Clock::Monotonic => ctx.monotonic_us,
        }
    }

    /// How a lock server reports its grants: Redlock's masters know of no number that all would agree on.
    pub fn desk_facts(&self) -> DeskFacts {
        let grant = (self.params.service != Service::Redlock).then_some(fact::GRANT);
        DeskFacts { holder: fact::HOLDER, grant }
    }

    /// What a lock server knows that has granted nothing.
    pub fn empty_book(&self) -> Book {
        match self.params.service {
            Service::Single | Service::Redlock | Service::Replica => Book::Lease(Grantor::new(LAST_TOKEN)),
            Service::Consensus => Book::Queue(Sessions::new(LAST_TOKEN)),
        }
    }
}

/// What a crash leaves.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Kept {
    /// Of a lock server.
    Grants(Book),
    /// Of the resource.
    Resource(Guarded),
}

impl From<Guarded> for Kept {
    fn from(resource: Guarded) -> Kept {
        Kept::Resource(resource)
    }
}

crate::declare::roles! {
    /// A node.
    pub enum Node of Config, Speech, for |config, me| {
        /// Grants the lock.
        Server(Server) => Sort::Server,
        /// What the lock is to protect.
        Resource(Resource) => Sort::Coordinator,
        /// Wants the lock.
        Client(Client) => Sort::Client,
    }
}

/// The role of a node that has but one.
pub const ROLE: u8 = fact::ROLE;

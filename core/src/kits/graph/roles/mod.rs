//! What a node holds beside its requests: copies in a cache, or the data of a store.
//!
//! A datum is its version: whoever puts writes in order numbers them, so that of two versions of a key the greater is the later. 0 is what every key
//! has at first.

mod cache;
mod policy;
mod slots;
mod store;

pub use cache::{Cache, For, Looked};
pub use policy::{Behind, CachePolicy, GET, Herd, PUT, Role};
pub use slots::{name, version};
pub use store::Store;

use super::config::Config;
use super::mark::TierId;

/// The version of who knows of none.
pub const NO_VERSION: u32 = u32::MAX;
/// The version of a value that nobody has written.
pub const POISON: u32 = u32::MAX - 1;

/// What a node holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Data {
    /// Copies.
    Cache(Box<Cache>),
    /// What is copied.
    Store(Store),
}

impl Data {
    /// What an instance of a tier holds when it comes up, if it is one that holds anything.
    pub fn new(config: &Config, tier: TierId, (first_number, epoch): (u32, u32)) -> Option<Data> {
        match &config.graph.tiers[usize::from(tier.0)].role {
            Role::Service => None,
            Role::Cache(policy) => Some(Data::Cache(Box::new(Cache::new(policy, first_number, epoch == 0)))),
            Role::Store => Some(Data::Store(Store::default())),
        }
    }

    /// What it takes, in bytes.
    pub fn weight(&self) -> u64 {
        match self {
            Data::Cache(cache) => cache.weight(),
            Data::Store(store) => store.weight(),
        }
    }
}

//! What every node knows.

use super::params::Params;
use crate::cast::{Cast, NodeId, Sort};
use crate::kits::object::{Mix, Workload};
use crate::parts::raft::{Members, Rules};

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// The protocol's rules.
    pub rules: Rules,
    /// Who takes part.
    pub cast: Cast,
    /// What clients ask for.
    pub work: Workload<Mix>,
    /// How long before an election the last heartbeat came, in its interval.
    pub beat_die: u64,
    /// Whether any node can lose its memory in this run; if none can, writing disks is left out.
    pub keeps_disk: bool,
}

impl Config {
    /// The members at the start.
    pub fn members(&self) -> Members {
        Members::of(self.cast.of(Sort::Server).take(self.params.n as usize))
    }

    /// Whether a server never comes up.
    pub fn fails(&self, server: NodeId) -> bool {
        let n = self.params.n;
        (n.saturating_sub(self.params.failed)..n).contains(&u32::from(server.0))
    }
}

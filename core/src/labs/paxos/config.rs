//! What every node knows.

use super::params::{Params, Protocol};
use crate::cast::{Cast, NodeId, Sort};
use crate::kits::object::{Mix, Workload};
use crate::parts::paxos::{Forgets, Rules};
use crate::parts::raft::Members;
use crate::parts::vr;

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// The protocol's rules.
    pub rules: Rules,
    /// Those of Viewstamped Replication.
    pub vr: vr::Rules,
    /// What a crash takes.
    pub forgets: Forgets,
    /// Who takes part.
    pub cast: Cast,
    /// What clients ask for.
    pub work: Workload<Mix>,
    /// Whether any node can lose its memory in this run; if none can, writing disks is left out.
    pub keeps_disk: bool,
}

impl Config {
    /// All servers.
    pub fn servers(&self) -> Members {
        Members::of(self.cast.of(Sort::Server))
    }

    /// The servers that propose a value of their own, in order.
    pub fn proposers(&self) -> impl Iterator<Item = NodeId> + use<> {
        let single = self.params.protocol == Protocol::Single;
        let many = if single { self.params.proposers as usize } else { 0 };
        self.cast.of(Sort::Server).take(many)
    }
}

//! What is kept up of a single write: what it replaced and what replaced it, who has met it, and which owners lack it.

use super::super::WriteId;
use super::Servers;
use crate::cast::NodeId;
use crate::sorted::Set;
use crate::trace::Mark;

/// What is kept up of a write.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct Lineage {
    /// What replaced it at some server.
    pub(super) later: Vec<WriteId>,
    /// What it replaced at some server.
    pub(in crate::check::replicas) earlier: Vec<WriteId>,
    /// Who has read it.
    pub(in crate::check) readers: Set<NodeId>,
    /// Who keeps it for another.
    pub(in crate::check) keepers: Set<NodeId>,
    /// The writes whose coordinators found it when they asked what there is.
    pub(in crate::check::replicas) finders: Set<WriteId>,
    /// When the first server had it, while some owner lacks it.
    pub(super) unsettled: Option<Mark>,
    /// Owners that lack it, each as long as nothing has come to it that may cover the write.
    pub(super) lacks: Servers,
}

impl Lineage {
    /// What replaced it last at some server.
    pub(in crate::check::replicas) fn replaced_by(&self) -> Option<WriteId> {
        self.later.last().copied()
    }
}

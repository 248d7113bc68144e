//! What servers have forgotten of a key: with its last tombstone a server forgets all that it had seen, and so it does with its disk.

use super::key::{Servers, bit};
use super::{Fate, WriteId};
use crate::sorted::Set;
use crate::trace::Mark;

/// What each server has forgotten.
#[derive(Clone, Debug)]
pub(super) struct Forgotten {
    /// Up to when what it had seen is forgotten.
    until: Vec<Option<Mark>>,
    /// Those that have forgotten their last tombstone and taken nothing since.
    pub(super) vacant: Servers,
    /// The tombstones that each of these forgot last.
    vacated: Vec<Vec<WriteId>>,
    /// The deletions that some server has forgotten because they had lived their life.
    pub(super) deletions: Set<WriteId>,
}

impl Forgotten {
    pub(super) fn new(servers: usize) -> Forgotten {
        let (until, vacated) = (vec![None; servers], vec![Vec::new(); servers]);
        Forgotten { until, vacant: 0, vacated, deletions: Set::new() }
    }

    /// Whether a server knows of a write of which this became there.
    pub(super) fn knows(&self, fate: &Fate, server: usize) -> bool {
        let until = self.until.get(server).copied().flatten();
        fate.has_seen() && !matches!(fate, Fate::Forgotten(_)) && fate.mark() > until
    }

    /// The tombstones that a server forgot last, if it has taken nothing since.
    pub(super) fn vacated(&self, server: usize) -> &[WriteId] {
        if self.vacant & bit(server) == 0 { &[] } else { &self.vacated[server] }
    }

    /// A server takes something in.
    pub(super) fn takes(&mut self, server: usize) {
        self.vacant &= !bit(server);
    }

    /// A server forgets a write, its last or one of its last.
    pub(super) fn forgets(&mut self, write: WriteId, is_deletion: bool, server: usize, at: Mark) {
        if self.until[server] != Some(at) {
            self.vacated[server].clear();
        }
        self.vacated[server].push(write);
        self.until[server] = Some(at);
        self.vacant |= bit(server);
        if is_deletion {
            self.deletions.insert(write);
        }
    }

    /// A server's disk is gone. What was vacant stays so: there was nothing on it.
    pub(super) fn is_wiped(&mut self, server: usize, at: Mark) {
        self.until[server] = Some(at);
    }
}

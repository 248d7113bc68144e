//! What replicas say to each other, and what they want done.

use super::{Op, View};
use crate::cast::NodeId;
use std::sync::Arc;

/// What replicas say to each other, by the paper's names.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg<V> {
    /// The primary has an operation for its backups.
    Prepare {
        /// The primary's view.
        view: View,
        /// The operation's number.
        op: Op,
        /// The operation.
        value: V,
        /// Up to where all is committed.
        commit: Op,
    },
    /// A backup has it, and all before.
    PrepareOk {
        /// Its view.
        view: View,
        /// Up to here.
        op: Op,
    },
    /// The primary is there, and tells up to where all is committed.
    Commit {
        /// Its view.
        view: View,
        /// Up to where.
        commit: Op,
    },
    /// A replica wants another view.
    StartViewChange {
        /// Which.
        view: View,
    },
    /// A replica gives its log to the primary of the new view.
    DoViewChange {
        /// The new view.
        view: View,
        /// All operations that it has.
        log: Arc<[V]>,
        /// The latest view in which it was normal.
        last_normal: View,
        /// Up to where it knows all to be committed.
        commit: Op,
    },
    /// The new view begins.
    StartView {
        /// Which.
        view: View,
        /// Its log.
        log: Arc<[V]>,
        /// Up to where all is committed.
        commit: Op,
    },
    /// A replica lacks operations.
    GetState {
        /// Its view.
        view: View,
        /// Those after this.
        op: Op,
    },
    /// Here they are.
    NewState {
        /// The view.
        view: View,
        /// They come after this.
        op: Op,
        /// The operations.
        log: Arc<[V]>,
        /// Up to where all is committed.
        commit: Op,
    },
}

/// What a replica wants done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect<V> {
    /// This message is to be sent.
    Send(NodeId, Msg<V>),
    /// It has another view or status.
    Turned,
    /// From this operation on, so many went and these came.
    Spliced {
        /// Where.
        at: Op,
        /// How many went.
        removed: u32,
        /// What came.
        added: Vec<V>,
    },
    /// An operation is committed, and all before.
    Committed(Op, V),
    /// The view-change timer is set anew.
    ResetTimer,
    /// It is the primary, so it needs none.
    StopTimer,
    /// The timer by which a primary says that it is there is set anew.
    ResetCommit,
    /// It is no primary.
    StopCommit,
}

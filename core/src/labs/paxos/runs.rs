//! What runs on a server: Paxos for one value, or for a log.

use super::message::Rpc;
use super::request::{Decree, Value};
use crate::cast::NodeId;
use crate::parts::paxos::{Ballot, Effect, Multi, Persistent, Role, Rules, Stage, Synod};

/// What runs on a server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Core {
    /// One value.
    Single(Synod<Value>),
    /// A log.
    Multi(Multi<Decree>),
}

impl Core {
    /// Its disk.
    pub fn disk(&self) -> &Persistent<Value> {
        match self {
            Core::Single(synod) => &synod.persistent,
            Core::Multi(multi) => &multi.persistent,
        }
    }

    /// The ballot that it has begun and not given up.
    pub fn ballot(&self) -> Option<Ballot> {
        match self {
            Core::Single(synod) => synod.ballot(),
            Core::Multi(multi) => multi.ballot(),
        }
    }

    /// What it is, in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Core::Single(synod) if synod.chosen.is_some() => "knows",
            Core::Single(synod) => match synod.stage {
                Stage::Idle => "acceptor",
                Stage::Preparing(_) => "preparing",
                Stage::Accepting { .. } => "accepting",
            },
            Core::Multi(multi) => match multi.role {
                Role::Follower => "follower",
                Role::Preparing(_) => "preparing",
                Role::Leader(_) => "leader",
            },
        }
    }

    /// A message arrived.
    pub fn receive(&mut self, rules: &Rules, from: NodeId, rpc: Rpc, effects: &mut Vec<Effect<Value>>) {
        match self {
            Core::Single(synod) => synod.receive(rules, from, rpc, effects),
            Core::Multi(multi) => multi.receive(rules, from, rpc, effects),
        }
    }
}

//! Viewstamped Replication by its published names: Liskov and Cowling, *Viewstamped Replication Revisited* (2012). One replica as pure steps,
//! from an input to effects: normal operation (§4.1), view changes (§4.2) and state transfer (§5.2).
//!
//! A replica needs no disk, for what enough of them have is not lost while enough stay up. So one that has crashed must not take part as if it
//! had never been there: as recovery (§4.3) is left out, it stays out.

mod change;
mod message;
#[cfg(test)]
mod tests;

use crate::cast::NodeId;
use crate::parts::raft::Members;
use crate::sorted::Map;
pub use message::{Effect, Msg};
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

/// Views count from 0; each has its primary.
pub type View = u32;
/// Operations count from 1.
pub type Op = u32;

/// What operations are.
pub trait Value: Clone + Eq + Hash + Debug {}
impl<T: Clone + Eq + Hash + Debug> Value for T {}

/// Whose log a new primary takes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pick {
    /// Of those that it is told of, one of the latest view in which a replica was normal, and of these the longest. As published.
    Latest,
    /// Whichever it is told of first. Wrong.
    First,
    /// Its own. Wrong.
    Own,
}

/// What replicas go by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rules {
    /// How many replicas a view change takes: f + 1 of 2f + 1.
    pub change: u32,
    /// How many replicas, the primary among them, must have an operation: f + 1.
    pub commit: u32,
    /// Whose log a new primary takes.
    pub pick: Pick,
    /// Whether a replica takes operations of a view that it has left. Wrong.
    pub accept_lower: bool,
}

impl Rules {
    /// As published, for so many replicas.
    pub fn published(n: u32) -> Rules {
        let majority = n / 2 + 1;
        Rules { change: majority, commit: majority, pick: Pick::Latest, accept_lower: false }
    }
}

/// What a replica is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// It takes part in its view.
    Normal,
    /// Its view has not begun, as far as it knows.
    ViewChange,
    /// It has crashed, and takes no part.
    Recovering,
}

/// A replica.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Replica<V> {
    /// Who it is.
    pub me: NodeId,
    /// Its view.
    pub view: View,
    /// What it is about.
    pub status: Status,
    /// The latest view in which it was normal.
    pub last_normal: View,
    /// Up to here it knows all to be committed.
    pub commit: Op,
    log: Vec<V>,
    n: u16,
    /// As primary: up to where each backup has all operations.
    has: Map<NodeId, Op>,
    /// As primary: the last operation at its last heartbeat.
    late: Op,
    /// In a view change: who else wants the view, whether it has given its log, and as its primary, the logs that it was given.
    wanted: Members,
    given: bool,
    logs: Vec<change::Given<V>>,
}

impl<V: Value> Replica<V> {
    /// One of so many, which begins in view 0, or has crashed and stays out. Its timer is to be set ([`Replica::start`]).
    pub fn new(me: NodeId, n: u16, crashed: bool) -> Replica<V> {
        Replica {
            me,
            view: 0,
            status: if crashed { Status::Recovering } else { Status::Normal },
            last_normal: 0,
            commit: 0,
            log: Vec::new(),
            n,
            has: Map::new(),
            late: 0,
            wanted: Members::default(),
            given: false,
            logs: Vec::new(),
        }
    }

    /// Sets its first timer.
    pub fn start(&self, out: &mut Vec<Effect<V>>) {
        match (self.status, self.is_primary()) {
            (Status::Recovering, _) => {}
            (_, true) => out.push(Effect::ResetCommit),
            (_, false) => out.push(Effect::ResetTimer),
        }
    }

    /// The primary of a view.
    pub fn primary_of(&self, view: View) -> NodeId {
        NodeId((view % u32::from(self.n)) as u16)
    }

    /// Whether it takes itself for the primary of a view that has begun.
    pub fn is_primary(&self) -> bool {
        self.status == Status::Normal && self.primary_of(self.view) == self.me
    }

    /// Whom it takes for the primary.
    pub fn primary(&self) -> Option<NodeId> {
        (self.status == Status::Normal).then(|| self.primary_of(self.view))
    }

    /// Its operations.
    pub fn log(&self) -> &[V] {
        &self.log
    }

    fn last(&self) -> Op {
        self.log.len() as Op
    }

    fn others(&self) -> impl Iterator<Item = NodeId> + use<V> {
        let me = self.me;
        (0..self.n).map(NodeId).filter(move |other| *other != me)
    }

    fn after(&self, op: Op) -> Arc<[V]> {
        self.log[(op as usize).min(self.log.len())..].into()
    }

    /// A request for a primary: the operation that it becomes. None where it is not the primary.
    pub fn request(&mut self, rules: &Rules, value: V, out: &mut Vec<Effect<V>>) -> Option<Op> {
        if !self.is_primary() {
            return None;
        }
        self.append(value.clone(), out);
        let (view, op, commit) = (self.view, self.last(), self.commit);
        for other in self.others() {
            out.push(Effect::Send(other, Msg::Prepare { view, op, value: value.clone(), commit }));
        }
        self.advance(rules, out);
        Some(op)
    }

    /// A primary says that it is there, and sends again what it has waited for since the last time.
    pub fn commit_timeout(&mut self, out: &mut Vec<Effect<V>>) {
        if !self.is_primary() {
            return;
        }
        let (view, commit, last) = (self.view, self.commit, self.last());
        let late = std::mem::replace(&mut self.late, last);
        for other in self.others() {
            let has = self.has.get(&other).copied().unwrap_or(0).max(commit);
            for op in has + 1..=late {
                if let Some(value) = self.log.get(op as usize - 1) {
                    let value = value.clone();
                    out.push(Effect::Send(other, Msg::Prepare { view, op, value, commit }));
                }
            }
            out.push(Effect::Send(other, Msg::Commit { view, commit }));
        }
        out.push(Effect::ResetCommit);
    }

    /// A message arrived.
    pub fn receive(&mut self, rules: &Rules, from: NodeId, msg: Msg<V>, out: &mut Vec<Effect<V>>) {
        if self.status == Status::Recovering {
            return;
        }
        match msg {
            Msg::Prepare { view, op, value, commit } => {
                let left = view < self.view && rules.accept_lower;
                if !left && !self.follows(from, view, out) {
                    return;
                }
                match op.checked_sub(self.last() + 1) {
                    Some(0) => self.append(value, out),
                    Some(_) => return out.push(Effect::Send(from, Msg::GetState { view, op: self.last() })),
                    None => {}
                }
                let op = if left { op } else { self.last() };
                out.push(Effect::Send(from, Msg::PrepareOk { view, op }));
                self.commit_to(commit, out);
            }
            Msg::Commit { view, commit } => {
                if self.follows(from, view, out) {
                    if commit > self.last() {
                        out.push(Effect::Send(from, Msg::GetState { view, op: self.last() }));
                    }
                    self.commit_to(commit, out);
                }
            }
            Msg::PrepareOk { view, op } => {
                if view == self.view && self.is_primary() {
                    let has = self.has.entry(from).or_default();
                    *has = op.min(self.log.len() as Op).max(*has);
                    self.advance(rules, out);
                }
            }
            Msg::StartViewChange { view } => self.wants(rules, from, view, out),
            Msg::DoViewChange { view, log, last_normal, commit } => {
                self.gives(rules, change::Given { from, log, last_normal, commit }, view, out);
            }
            Msg::StartView { view, log, commit } => self.begins(from, view, &log, commit, out),
            Msg::GetState { view, op } => {
                if view == self.view && self.status == Status::Normal {
                    let (log, commit) = (self.after(op), self.commit);
                    let op = op.min(self.last());
                    out.push(Effect::Send(from, Msg::NewState { view, op, log, commit }));
                }
            }
            Msg::NewState { view, op, log, commit } => self.takes_state(from, (view, op), &log, commit, out),
        }
    }

    /// The primary of a view has spoken: whether this replica is a normal one in that view. Where it is behind, it asks for what it lacks; what
    /// it has counts as of its own last view until then.
    fn follows(&mut self, from: NodeId, view: View, out: &mut Vec<Effect<V>>) -> bool {
        if view < self.view || from != self.primary_of(view) || from == self.me {
            return false;
        }
        out.push(Effect::ResetTimer);
        if view == self.view && self.status == Status::Normal {
            return true;
        }
        self.leave(view, out);
        out.push(Effect::Send(from, Msg::GetState { view, op: self.commit }));
        false
    }

    /// It is given operations that it lacks.
    fn takes_state(
        &mut self,
        from: NodeId,
        (view, op): (View, Op),
        log: &[V],
        commit: Op,
        out: &mut Vec<Effect<V>>,
    ) {
        if view != self.view || op > self.last() {
            return;
        }
        let known = match self.status {
            // It knows that all it has is the view's.
            Status::Normal => self.last(),
            _ => op,
        };
        let Some(new) = log.get((known - op) as usize..) else { return };
        self.replace(known, new, out);
        if self.status == Status::ViewChange {
            self.normal(out);
            out.push(Effect::ResetTimer);
        }
        out.push(Effect::Send(from, Msg::PrepareOk { view, op: self.last() }));
        self.commit_to(commit, out);
    }

    fn append(&mut self, value: V, out: &mut Vec<Effect<V>>) {
        self.log.push(value.clone());
        out.push(Effect::Spliced { at: self.last(), removed: 0, added: vec![value] });
    }

    /// What comes after an operation is this from now on. Where both have the same at the beginning, that stays.
    fn replace(&mut self, after: Op, new: &[V], out: &mut Vec<Effect<V>>) {
        let from = (after as usize).min(self.log.len());
        let same = self.log[from..].iter().zip(new).take_while(|(one, other)| one == other).count();
        let (at, removed) = (from + same, (self.log.len() - from - same) as u32);
        let added = new[same..].to_vec();
        if removed > 0 || !added.is_empty() {
            self.log.truncate(at);
            self.log.extend(added.iter().cloned());
            out.push(Effect::Spliced { at: at as Op + 1, removed, added });
        }
    }

    /// A primary commits what enough replicas have.
    fn advance(&mut self, rules: &Rules, out: &mut Vec<Effect<V>>) {
        let have = |op: Op| 1 + self.has.values().filter(|has| **has >= op).count() as u32;
        let mut to = self.commit;
        while to < self.last() && have(to + 1) >= rules.commit {
            to += 1;
        }
        self.commit_to(to, out);
    }

    fn commit_to(&mut self, to: Op, out: &mut Vec<Effect<V>>) {
        while self.commit < to.min(self.last()) {
            let value = self.log[self.commit as usize].clone();
            self.commit += 1;
            out.push(Effect::Committed(self.commit, value));
        }
    }
}

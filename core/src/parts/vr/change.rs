//! View changes (§4.2): a replica that hears no primary wants the next view, and once enough want it, each gives its log to its primary.

use super::{Effect, Msg, Op, Pick, Replica, Rules, Status, Value, View};
use crate::cast::NodeId;
use crate::parts::raft::Members;
use std::sync::Arc;

/// A log that the primary of a new view was given.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Given<V> {
    pub(super) from: NodeId,
    pub(super) log: Arc<[V]>,
    pub(super) last_normal: View,
    pub(super) commit: Op,
}

impl<V: Value> Replica<V> {
    /// It has heard no primary for so long: it wants the next view.
    pub fn timeout(&mut self, rules: &Rules, out: &mut Vec<Effect<V>>) {
        if self.status != Status::Recovering && !self.is_primary() {
            self.want(rules, self.view.saturating_add(1), out);
        }
    }

    /// It leaves its view for a later one, or waits for the one in which it is to begin.
    pub(super) fn leave(&mut self, view: View, out: &mut Vec<Effect<V>>) {
        if self.view == view && self.status == Status::ViewChange {
            return;
        }
        if self.is_primary() {
            out.push(Effect::StopCommit);
        }
        (self.view, self.status) = (view, Status::ViewChange);
        (self.wanted, self.given, self.logs) = (Members::default(), false, Vec::new());
        out.push(Effect::Turned);
    }

    /// It is normal in its view from now on.
    pub(super) fn normal(&mut self, out: &mut Vec<Effect<V>>) {
        (self.status, self.last_normal) = (Status::Normal, self.view);
        (self.wanted, self.given, self.logs) = (Members::default(), false, Vec::new());
        self.has.clear();
        self.late = 0;
        out.push(Effect::Turned);
    }

    fn want(&mut self, rules: &Rules, view: View, out: &mut Vec<Effect<V>>) {
        self.leave(view, out);
        out.push(Effect::ResetTimer);
        out.extend(self.others().map(|other| Effect::Send(other, Msg::StartViewChange { view })));
        self.give(rules, out);
    }

    /// Another wants a view.
    pub(super) fn wants(&mut self, rules: &Rules, from: NodeId, view: View, out: &mut Vec<Effect<V>>) {
        if view == self.view && self.is_primary() {
            // It has missed that the view has begun.
            let (log, commit) = (self.after(0), self.commit);
            return out.push(Effect::Send(from, Msg::StartView { view, log, commit }));
        }
        if view > self.view {
            self.want(rules, view, out);
        }
        if view == self.view && self.status == Status::ViewChange {
            self.wanted = self.wanted.with(from);
            self.give(rules, out);
        }
    }

    /// Once enough others want its view, it gives its log to the view's primary.
    fn give(&mut self, rules: &Rules, out: &mut Vec<Effect<V>>) {
        if self.given || self.wanted.count() + 1 < rules.change {
            return;
        }
        self.given = true;
        let (view, log, last_normal, commit) = (self.view, self.after(0), self.last_normal, self.commit);
        match self.primary_of(view) {
            primary if primary == self.me => {
                self.logs.push(Given { from: self.me, log, last_normal, commit });
                self.begin(rules, out);
            }
            primary => out.push(Effect::Send(primary, Msg::DoViewChange { view, log, last_normal, commit })),
        }
    }

    /// The primary of a new view is given a log.
    pub(super) fn gives(&mut self, rules: &Rules, given: Given<V>, view: View, out: &mut Vec<Effect<V>>) {
        if view > self.view {
            self.want(rules, view, out);
        }
        let awaits =
            view == self.view && self.status == Status::ViewChange && self.primary_of(view) == self.me;
        if awaits && self.logs.iter().all(|before| before.from != given.from) {
            self.logs.push(given);
            self.begin(rules, out);
        }
    }

    /// With enough logs, its own among them, the view begins.
    fn begin(&mut self, rules: &Rules, out: &mut Vec<Effect<V>>) {
        if !self.given || (self.logs.len() as u32) < rules.change {
            return;
        }
        let best = match rules.pick {
            Pick::Latest => self.logs.iter().max_by_key(|given| (given.last_normal, given.log.len())),
            Pick::First => self.logs.first(),
            Pick::Own => self.logs.iter().find(|given| given.from == self.me),
        };
        let Some(log) = best.map(|given| given.log.clone()) else { return };
        let commit = self.logs.iter().map(|given| given.commit).max().unwrap_or(0);
        self.replace(0, &log, out);
        self.normal(out);
        out.extend([Effect::StopTimer, Effect::ResetCommit]);
        let view = self.view;
        let begins = |other| Effect::Send(other, Msg::StartView { view, log: log.clone(), commit });
        out.extend(self.others().map(begins));
        self.commit_to(commit, out);
        self.advance(rules, out);
    }

    /// A view has begun.
    pub(super) fn begins(
        &mut self,
        from: NodeId,
        view: View,
        log: &[V],
        commit: Op,
        out: &mut Vec<Effect<V>>,
    ) {
        let known = view == self.view && self.status == Status::Normal;
        if view < self.view || known || from != self.primary_of(view) {
            return;
        }
        self.leave(view, out);
        self.replace(0, log, out);
        self.normal(out);
        out.push(Effect::ResetTimer);
        if self.last() > commit {
            out.push(Effect::Send(from, Msg::PrepareOk { view, op: self.last() }));
        }
        self.commit_to(commit, out);
    }
}

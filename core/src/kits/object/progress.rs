//! Whether anybody is served once enough servers are connected: the light of liveness, and how long nobody was.

use crate::cast::{Cast, NodeId, Sort};
use crate::check::light::{Light, evidence};
use crate::outcome::{State, Verdict};
use crate::sim::OpId;
use crate::sorted::Map;
use crate::time::DurationUs;
use crate::trace::{Mark, World};

/// How the light speaks of it.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// What it says as long as it holds.
    pub kept: &'static str,
    /// Why it breaks: by who has waited longest, and for how long nobody has been served.
    pub why: fn(&str, DurationUs) -> String,
    /// What who waits has done: `asks`.
    pub asks: &'static str,
    /// What has not happened since: `nobody is answered`.
    pub since: &'static str,
}

/// Watches who is connected, and who waits.
pub struct Progress {
    cast: Cast,
    words: Words,
    /// The servers that count, and how many of them are enough.
    members: Vec<NodeId>,
    enough: usize,
    limit_us: u64,
    /// Requests that wait, whose they are, and since when.
    waiting: Map<OpId, (NodeId, Mark)>,
    /// Since when enough are connected, and whom they may be asked by.
    connected: Option<(Mark, Vec<NodeId>)>,
    /// When somebody was answered last.
    answered: Mark,
    last: Mark,
    light: Light,
    /// The longest time without an answer for who waits, in µs.
    pub outage_us: u64,
}

impl Progress {
    /// Of a run that is about to begin: the promise `progress`, that with so many of these connected nobody waits longer than this, in µs.
    pub fn new(cast: Cast, words: Words, (members, enough): (Vec<NodeId>, usize), limit_us: u64) -> Progress {
        Progress {
            cast,
            words,
            members,
            enough,
            limit_us,
            waiting: Map::new(),
            connected: None,
            answered: Mark::default(),
            last: Mark::default(),
            light: Light::new("progress", State::Kept, words.kept),
            outage_us: 0,
        }
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        40 * self.waiting.len() as u64
    }

    /// What has just happened may have changed who is connected.
    pub fn look(&mut self, mark: Mark, world: &World) {
        match (self.reach(world), &mut self.connected) {
            (None, connected) => *connected = None,
            (Some(askers), Some((_, before))) => *before = askers,
            (Some(askers), connected) => *connected = Some((mark, askers)),
        }
    }

    /// Who can be served: clients that reach all servers, and servers with links both ways to enough, itself among them; none where no server
    /// that is up has such links.
    fn reach(&self, world: &World) -> Option<Vec<NodeId>> {
        let cast = &self.cast;
        let well = |node: &&NodeId| world.is_up(**node) && !world.paused.contains_key(*node);
        let up: Vec<NodeId> = self.members.iter().filter(well).copied().collect();
        let linked = |a: NodeId, b: NodeId| !world.is_cut(a, b) && !world.is_cut(b, a);
        let middle =
            |a: &&NodeId| up.iter().filter(|b| **a == **b || linked(**a, **b)).count() >= self.enough;
        up.iter().find(middle)?;
        let reaches = |client: &NodeId| cast.of(Sort::Server).all(|server| linked(*client, server));
        let clients = cast.of(Sort::Client).filter(|client| world.is_up(*client)).filter(reaches);
        Some(clients.chain(up.iter().filter(middle).copied()).collect())
    }

    /// A server does not count any more: it takes no part.
    pub fn leaves(&mut self, server: NodeId) {
        self.members.retain(|member| *member != server);
    }

    /// Somebody asks.
    pub fn asks(&mut self, mark: Mark, op: OpId, who: NodeId) {
        self.waiting.insert(op, (who, mark));
    }

    /// It has its answer, or has given up; what it was told tells of progress where it is one.
    pub fn ends(&mut self, mark: Mark, op: OpId, answered: bool) {
        let Some((_, since)) = self.waiting.remove(&op) else { return };
        if answered {
            self.outage_us = self.outage_us.max(mark.at_us - self.answered.max(since).at_us);
            self.answered = mark;
        }
    }

    /// Time has passed, up to the next record: whether somebody has waited for too long.
    pub fn tick(&mut self, now_us: u64) {
        if self.light.state() != State::Kept {
            return;
        }
        let Some((connected, askers)) = &self.connected else { return };
        let can_ask = |(who, _): &&(NodeId, Mark)| askers.contains(who);
        let Some((who, since)) = self.waiting.values().filter(can_ask).min_by_key(|(_, since)| *since) else {
            return;
        };
        let from = (*since).max(*connected).max(self.answered);
        let due_us = from.at_us + self.limit_us;
        if now_us >= due_us {
            let (who, since, words) = (self.cast.name(*who).to_string(), *since, self.words);
            let limit = DurationUs(self.limit_us);
            self.light.break_(Mark { at_us: due_us.max(self.last.at_us), ..self.last }, || {
                let since_then = format!("since then {}", words.since);
                let steps = vec![
                    evidence(since.record, format!("{who} {}", words.asks)),
                    evidence(from.record, since_then),
                ];
                ((words.why)(&who, limit), steps)
            });
        }
    }

    /// The latest record.
    pub fn seen(&mut self, mark: Mark) {
        self.last = mark;
    }

    /// The light.
    pub fn verdict(self) -> Verdict {
        self.light.verdict()
    }
}

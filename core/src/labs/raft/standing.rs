//! Two lights that are not of the paper's: whether one server alone believes that it leads, which no protocol can promise; and whether anybody is
//! answered once a majority is connected.

use super::config::Config;
use crate::cast::{NodeId, Sort};
use crate::check::light::{Light, evidence};
use crate::lab::{State, Verdict};
use crate::sim::OpId;
use crate::sorted::Map;
use crate::time::DurationUs;
use crate::trace::{Mark, World};

/// Watches who leads, who is connected, and who waits.
pub struct Standing {
    config: Config,
    /// Who believes that it leads, and since when.
    leads: Map<NodeId, Mark>,
    /// Requests that wait, and since when.
    waiting: Map<OpId, (NodeId, Mark)>,
    /// Since when a majority is connected, and whom it may be asked by.
    connected: Option<(Mark, Vec<NodeId>)>,
    /// When somebody was answered last.
    answered: Mark,
    last: Mark,
    single: Light,
    progress: Light,
    /// The longest time without an answer for who waits, in µs.
    pub outage_us: u64,
}

impl Standing {
    /// Of a run that is about to begin.
    pub fn new(config: &Config) -> Standing {
        Standing {
            config: config.clone(),
            leads: Map::new(),
            waiting: Map::new(),
            connected: None,
            answered: Mark::default(),
            last: Mark::default(),
            single: Light::new("single", State::Kept, "At most one server has believed that it leads."),
            progress: Light::new("progress", State::Kept, "Whoever waits has been answered soon, while a majority was connected."),
            outage_us: 0,
        }
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        40 * self.waiting.len() as u64
    }

    /// A server believes that it leads, or no longer.
    pub fn leads(&mut self, mark: Mark, node: NodeId, leads: bool) {
        if !leads {
            self.leads.remove(&node);
            return;
        }
        let other = self.leads.iter().find(|(other, _)| **other != node).map(|(other, since)| (*other, *since));
        self.leads.insert(node, mark);
        if let Some((other, since)) = other {
            let (one, two) = (self.config.cast.name(other), self.config.cast.name(node));
            self.single.break_(mark, || {
                let why = format!("{two} is elected, and {one}, which was elected before, believes that it leads, too.");
                let steps = vec![evidence(since.record, format!("{one} is elected")), evidence(mark.record, format!("{two} is, too"))];
                (why, steps)
            });
        }
    }

    /// What has just happened may have changed who is connected.
    pub fn look(&mut self, mark: Mark, world: &World) {
        match (self.reach(world), &mut self.connected) {
            (None, connected) => *connected = None,
            (Some(clients), Some((_, before))) => *before = clients,
            (Some(clients), connected) => *connected = Some((mark, clients)),
        }
    }

    /// The clients that can reach all servers of a majority that is connected: some server that is up has links both ways with so many that
    /// they are a majority of the members at the start. None where there is none.
    fn reach(&self, world: &World) -> Option<Vec<NodeId>> {
        let cast = &self.config.cast;
        let well = |node: &NodeId| world.is_up(*node) && !world.paused.contains_key(node) && !self.config.fails(*node);
        let up: Vec<NodeId> = cast.of(Sort::Server).take(self.config.params.n as usize).filter(well).collect();
        let linked = |a: NodeId, b: NodeId| !world.is_cut(a, b) && !world.is_cut(b, a);
        let majority = self.config.members().majority() as usize;
        let middle = |a: &&NodeId| up.iter().filter(|b| **a == **b || linked(**a, **b)).count() >= majority;
        up.iter().find(middle)?;
        let reaches = |client: &NodeId| cast.of(Sort::Server).all(|server| linked(*client, server));
        Some(cast.of(Sort::Client).filter(|client| world.is_up(*client)).filter(reaches).collect())
    }

    /// A client asks.
    pub fn asks(&mut self, mark: Mark, op: OpId, client: NodeId) {
        self.waiting.insert(op, (client, mark));
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
        if self.progress.state() != State::Kept {
            return;
        }
        let Some((connected, clients)) = &self.connected else { return };
        let can_ask = |(client, _): &&(NodeId, Mark)| clients.contains(client);
        let Some((client, since)) = self.waiting.values().filter(can_ask).min_by_key(|(_, since)| *since) else { return };
        let from = (*since).max(*connected).max(self.answered);
        let due_us = from.at_us + self.config.params.progress;
        if now_us >= due_us {
            let (client, since) = (self.config.cast.name(*client), *since);
            let limit = DurationUs(self.config.params.progress);
            self.progress.break_(Mark { at_us: due_us.max(self.last.at_us), ..self.last }, || {
                let why = format!("{client} waits for an answer, and nobody has had one for {limit}, although a majority of servers is connected.");
                let steps = vec![evidence(since.record, format!("{client} asks")), evidence(from.record, "since then nobody is answered")];
                (why, steps)
            });
        }
    }

    /// The latest record.
    pub fn seen(&mut self, mark: Mark) {
        self.last = mark;
    }

    /// Whether anybody is paused.
    pub fn is_paused(world: &World) -> bool {
        !world.paused.is_empty()
    }

    /// Both lights.
    pub fn verdicts(self) -> [Verdict; 2] {
        [self.single.verdict(), self.progress.verdict()]
    }
}

//! Watches a run: feeds the laws, counts, and measures.

use super::laws::{Coming, Laws};
use super::message::{Msg, Speech};
use super::meta::{Figures, fact};
use super::params::Load;
use super::protocol::Config;
use crate::cast::{NodeId, Sort};
use crate::lab::{Tally, Verdict};
use crate::sim::{Observer, Seen};
use crate::sorted::Map;
use crate::stats::Series;
use crate::trace::{Fact, Mark, World};

/// Counts and measures of a run, and its laws.
pub struct Meter {
    config: Config,
    laws: Laws,
    /// The number that each node told last.
    tokens: Map<NodeId, u32>,
    /// Whom each node takes for leader.
    takes: Map<NodeId, NodeId>,
    coming: Option<Coming>,
    messages: i64,
    wakeups: i64,
    refused: i64,
    elections: i64,
    /// When the first election began, and how long it took until all knew.
    began_us: Option<u64>,
    known_us: Option<u64>,
}

impl Meter {
    /// A meter for a run with this configuration.
    pub fn new(config: &Config) -> Meter {
        Meter {
            config: config.clone(),
            laws: Laws::new(config.clone()),
            tokens: Map::new(),
            takes: Map::new(),
            coming: None,
            messages: 0,
            wakeups: 0,
            refused: 0,
            elections: 0,
            began_us: None,
            known_us: None,
        }
    }

    /// Tallies in the order of the lab's meta, charts, and lights.
    pub fn results(mut self, ended_us: u64) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        self.laws.ends(ended_us);
        let laws = &self.laws;
        let count = |n: u64| Some(n as i64);
        let figures = Figures {
            failover_ms: laws.failovers.mean_us(),
            leaderless_ms: count(laws.nobody_us(ended_us)),
            overlap_ms: count(laws.beliefs.both_us(ended_us)),
            leaders: count(laws.led),
            ran_twice: count(laws.twice),
            missed: count(laws.missed),
            stale_runs: count(laws.stale),
            refused: Some(self.refused),
            messages: Some(self.messages),
            wakeups: Some(self.wakeups),
            elections: Some(self.elections),
            known_ms: self.known_us.map(|us| us as i64),
        };
        (
            figures.tallies(),
            vec![laws.believers.series("believe to lead", "nodes"), laws.failovers.series("failover")],
            laws.verdicts(),
        )
    }

    fn fact(&mut self, mark: Mark, node: NodeId, name: u8, value: &Fact, world: &World) {
        let could_lead = self.config.cast.sort(node).0 == Sort::Server;
        match (name, value) {
            (fact::HOLDER, Fact::Node(holder)) => self.laws.beliefs.holds(mark, node, Some(*holder)),
            (fact::HOLDER, _) => self.laws.beliefs.holds(mark, node, None),
            (fact::GRANT, Fact::Int(token)) => self.laws.gives(*token as u32),
            (fact::TOKEN, Fact::Int(token)) => drop(self.tokens.insert(node, *token as u32)),
            (fact::ROLE, Fact::Word("leader")) => {
                let token = self.tokens.get(&node).copied();
                self.laws.leads(mark, node, token, world);
            }
            (fact::ROLE, Fact::Word(word)) if could_lead => {
                self.laws.ceases(mark, node);
                if *word == "candidate" {
                    self.elections += 1;
                    self.began_us.get_or_insert(mark.at_us);
                }
            }
            (fact::LEADER, Fact::Node(leader)) => {
                self.takes.insert(node, *leader);
                self.look(mark, *leader, world);
            }
            (fact::LEADER, _) => drop(self.takes.remove(&node)),
            (fact::RUN, Fact::Word(word)) => {
                if let Some(coming) = self.coming.take().filter(|_| *word == "taken") {
                    self.laws.takes(mark, coming);
                }
            }
            _ => {}
        }
    }

    /// Whether all that are up take the same node for leader.
    fn look(&mut self, mark: Mark, leader: NodeId, world: &World) {
        let Some(began_us) = self.began_us.filter(|_| self.known_us.is_none()) else { return };
        let mut up = self.config.cast.of(Sort::Server).filter(|node| world.is_up(*node));
        if up.all(|node| self.takes.get(&node) == Some(&leader)) {
            self.known_us = Some(mark.at_us - began_us);
        }
    }
}

impl Observer<Speech> for Meter {
    /// Where the workload ends a leader, the run is over when there is another.
    fn done(&self) -> bool {
        self.config.params.load != Load::Steady && self.laws.failovers.count() > 0
    }

    fn weight(&self) -> u64 {
        self.laws.weight()
    }

    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, world: &World) {
        self.laws.tick(mark);
        match seen {
            Seen::Send { msg, .. } => match msg {
                Msg::Run { .. } | Msg::Done { .. } => {}
                Msg::Refused { .. } => self.refused += 1,
                msg => {
                    self.messages += 1;
                    self.wakeups += i64::from(matches!(msg, Msg::Gone { .. }));
                }
            },
            Seen::Deliver { from, msg: Msg::Run { job, token }, .. } => {
                self.coming = Some(Coming { node: from, job: *job, token: token.0 });
            }
            Seen::Fact { node, key, value } => self.fact(mark, node, key.name, value, world),
            Seen::Crash(node) if self.config.cast.sort(node).0 == Sort::Server => {
                self.laws.ceases(mark, node);
                self.takes.remove(&node);
            }
            Seen::Crash(node) => self.laws.beliefs.holds(mark, node, None),
            _ => {}
        }
    }
}

//! Watches a run: feeds the laws, counts, and measures.

use super::Figures;
use super::laws::{Coming, Laws};
use super::message::{Msg, Response, Speech};
use super::meta::fact;
use super::params::{Load, Service};
use super::protocol::Config;
use crate::cast::{NodeId, Sort};
use crate::kits::object::Times;
use crate::lab::{Tally, Verdict};
use crate::sim::{Observer, OpId, Seen};
use crate::sorted::Map;
use crate::stats::{Sample, Series};
use crate::trace::{Fact, Mark, World};

/// Counts and measures of a run, and its laws.
pub struct Meter {
    config: Config,
    laws: Laws,
    /// The update of each client, and when it began.
    open: Map<NodeId, (OpId, u64)>,
    tokens: Map<NodeId, u32>,
    coming: Option<Coming>,
    figures: Figures,
    waits: Times,
    valid: Sample,
    over: bool,
}

fn one_more(figure: &mut Option<i64>) {
    *figure = Some(figure.unwrap_or(0) + 1);
}

impl Meter {
    /// A meter for a run with this configuration.
    pub fn new(config: &Config) -> Meter {
        let zero = Some(0);
        let figures = Figures {
            updates: zero,
            done: zero,
            granted: zero,
            both_ms: None,
            stale_writes: zero,
            refused: zero,
            lost_updates: None,
            wait_ms: None,
            validity_ms: None,
            messages: zero,
            stale: None,
        };
        Meter {
            config: config.clone(),
            laws: Laws::new(config.clone()),
            open: Map::new(),
            tokens: Map::new(),
            coming: None,
            figures,
            waits: Times::default(),
            valid: Sample::default(),
            over: false,
        }
    }

    /// Tallies in the order of the lab's meta, charts, and lights.
    pub fn results(self, ended_us: u64) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        let valid = i128::from(self.valid.count());
        let figures = Figures {
            both_ms: Some(self.laws.beliefs.both_us(ended_us) as i64),
            lost_updates: Some(self.laws.lost as i64),
            wait_ms: self.waits.mean_us(),
            validity_ms: (valid > 0).then(|| ((self.valid.sum() + valid / 2) / valid) as i64),
            stale: self.over.then(|| i64::from(self.figures.stale_writes > Some(0))),
            ..self.figures
        };
        (figures.tallies(), vec![self.waits.series("wait for the lock")], self.laws.verdicts())
    }

    fn fact(&mut self, mark: Mark, node: NodeId, name: u8, value: &Fact, world: &World) {
        match (name, value) {
            (fact::ROLE, Fact::Word("primary")) => self.laws.takes_over(mark, node),
            (fact::HOLDER, Fact::Node(holder)) => self.laws.beliefs.holds(mark, node, Some(*holder)),
            (fact::HOLDER, _) => self.laws.beliefs.holds(mark, node, None),
            (fact::TOKEN, Fact::Int(token)) => drop(self.tokens.insert(node, *token as u32)),
            (fact::VALID, Fact::Int(us)) => self.valid.add(*us),
            (fact::BELIEF, Fact::Word("holds")) => {
                one_more(&mut self.figures.granted);
                let open = self.open.get(&node).copied();
                if let Some((_, since_us)) = open {
                    self.waits.add(mark.at_us, mark.at_us - since_us);
                }
                let token = self
                    .tokens
                    .get(&node)
                    .copied()
                    .filter(|_| self.config.params.service != Service::Redlock);
                self.laws.believes(mark, node, open.map(|(op, _)| op), token, world);
            }
            (fact::BELIEF, _) => self.laws.beliefs.ceases(node),
            (fact::STANDING, Fact::Word("yes")) => drop(self.laws.still.insert(node)),
            (fact::STANDING, _) => drop(self.laws.still.remove(&node)),
            (fact::VERSION, Fact::Int(0)) => self.laws.wiped(mark),
            (fact::WRITE, Fact::Word(word)) => self.answered(mark, word),
            _ => {}
        }
    }

    /// The resource has taken or refused the write that came.
    fn answered(&mut self, mark: Mark, word: &str) {
        let Some(coming) = self.coming.take().filter(|_| word == "taken") else { return };
        if !self.laws.stands(coming.client) {
            one_more(&mut self.figures.stale_writes);
        }
        self.laws.takes(mark, coming);
    }
}

impl Observer<Speech> for Meter {
    fn done(&self) -> bool {
        self.over
    }

    fn weight(&self) -> u64 {
        self.laws.weight()
    }

    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, world: &World) {
        self.laws.tick(mark);
        match seen {
            Seen::Invoke { op, key, .. } => drop(self.open.insert(key.client, (op, mark.at_us))),
            Seen::Return { op, key, response } => {
                one_more(&mut self.figures.updates);
                self.open.remove(&key.client);
                self.laws.gives_up(key.client);
                if *response == Response::Done {
                    one_more(&mut self.figures.done);
                    self.laws.told(mark, op);
                }
                self.over = self.config.params.load == Load::Probe;
            }
            Seen::Send { msg, .. } => {
                one_more(&mut self.figures.messages);
                if matches!(msg, Msg::Refused { .. }) {
                    one_more(&mut self.figures.refused);
                }
            }
            Seen::Deliver { from, msg: Msg::Acquire { .. }, op, .. }
                if self.open.get(&from).map(|open| open.0) == op =>
            {
                self.laws.wants(mark, from);
            }
            Seen::Deliver { from, msg: Msg::Write { token, read, .. }, op: Some(op), .. } => {
                self.coming = Some(Coming { client: from, op, token: token.0, read: *read });
            }
            Seen::Fact { node, key, value } => {
                self.fact(mark, node, key.name, value, world);
                self.laws.beliefs.tick(mark.at_us);
            }
            Seen::Crash(node) if self.config.cast.sort(node).0 == Sort::Client => {
                self.laws.dies(mark, node);
                self.laws.still.remove(&node);
                self.open.remove(&node);
                self.laws.beliefs.tick(mark.at_us);
            }
            Seen::Crash(node) => self.laws.beliefs.holds(mark, node, None),
            _ => {}
        }
    }
}

//! Watches a run: who broadcasts and delivers what when, counts, and has the laws judge it.

use super::account::Account;
use super::laws::{End, Laws};
use super::message::{Msg, Speech};
use super::meta::{Figures, fact};
use super::params::{Load, Params, Via};
use crate::cast::{Cast, NodeId};
use crate::kits::ensemble::{self, Peers};
use crate::lab::{Tally, Verdict};
use crate::scenario::Scenario;
use crate::sim::{Observer, Seen};
use crate::stats::{Series, SeriesRecorder, rounded};
use crate::trace::{Fact, FactKey, Mark, World};

/// The token's whereabouts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Token {
    /// Nobody has had it yet.
    ToCome,
    /// It is on its way, or with a process that passes it on at once.
    Goes,
    /// It has died.
    Gone,
}

/// The meter.
pub struct Meter {
    params: Params,
    cast: Cast,
    peers: Peers,
    account: Account,
    laws: Laws,
    /// By process: how many broadcasts it has yet to begin of itself.
    planned: Vec<Option<i64>>,
    /// By process: how many messages had to wait there for others.
    held: Vec<i64>,
    /// Deliveries to others than the sender.
    to_others: i64,
    token: Token,
    last: Mark,
    /// Messages that not all that are up have delivered.
    open: SeriesRecorder,
}

impl Meter {
    /// A meter for a run that is about to begin.
    pub fn new(params: &Params, cast: Cast, scenario: &Scenario) -> Meter {
        Meter {
            params: params.clone(),
            cast,
            peers: Peers::new(cast, scenario),
            account: Account::new(cast.len()),
            laws: Laws::new(params, cast),
            planned: vec![None; cast.len()],
            held: vec![0; cast.len()],
            to_others: 0,
            token: Token::ToCome,
            last: Mark::default(),
            open: SeriesRecorder::new(1_000),
        }
    }

    /// Nobody has anything to say of itself any more, and nothing is under way that a message waits for; a token comes and goes, and so do a
    /// leader's signs.
    fn is_still(&self) -> bool {
        let silent = self.planned.iter().enumerate().all(|(process, planned)| {
            planned.is_some_and(|planned| planned == 0 || !self.peers.is_in(NodeId(process as u16)))
        });
        silent && self.peers.is_quiet() && !self.waits_for_token() && !self.waits_for_a_leader()
    }

    /// Something waits for a token that is still to come.
    fn waits_for_token(&self) -> bool {
        let waits = |said: &super::account::Said| {
            self.peers.is_in(NodeId(said.id.sender)) && said.delivered[usize::from(said.id.sender)].is_none()
        };
        self.params.orders_by() == Some(Via::Token)
            && self.token != Token::Gone
            && self.account.said.iter().any(waits)
    }

    /// Something has not been delivered, and more than half are up: they will agree on it.
    fn waits_for_a_leader(&self) -> bool {
        let live: Vec<NodeId> = self.peers.those_in().collect();
        let can_agree = self.params.leads_first().is_some() && 2 * live.len() > self.cast.len();
        can_agree && self.laws.is_lacking(&self.account, &live)
    }

    fn delivered(&mut self, mark: Mark, node: NodeId, name: &str) {
        let process = node.index();
        let Some(found) = self.account.deliver(mark, process, name) else { return };
        self.to_others += i64::from(self.account.said[found.0].id.sender != node.0);
        // Where two speak, it is judged at those that do not.
        let disagreed = self.laws.disagree;
        self.laws.delivered(mark, process, &self.account, found);
        if self.params.load == Load::Two && !disagreed {
            self.laws.disagree = self.listeners_disagree();
        }
        self.count_open(mark);
    }

    /// Whether two of those that send nothing have delivered two messages in different orders.
    fn listeners_disagree(&self) -> bool {
        let order =
            |process: usize| self.account.done[process].iter().map(|done| done.said).collect::<Vec<_>>();
        let orders: Vec<Vec<usize>> = (2..self.cast.len()).map(order).collect();
        orders.iter().any(|one| {
            orders.iter().any(|other| {
                let place = |said: &usize| other.iter().position(|theirs| theirs == said);
                let places: Vec<usize> = one.iter().filter_map(place).collect();
                !places.is_sorted()
            })
        })
    }

    fn count_open(&mut self, mark: Mark) {
        let lacks = |said: &&super::account::Said| {
            self.peers.those_in().any(|node| said.delivered[node.index()].is_none())
        };
        self.open.add(mark.at_us, self.account.said.iter().filter(lacks).count() as i64);
    }

    fn figures(&self, live: &[NodeId]) -> Figures {
        let everywhere = |said: &super::account::Said| {
            let marks: Option<Vec<u64>> =
                live.iter().map(|node| said.delivered[node.index()].map(|(_, at)| at.at_us)).collect();
            let last_us = marks?.into_iter().max()?;
            Some(last_us.saturating_sub(said.at.at_us))
        };
        let took: Vec<u64> = self.account.said.iter().filter_map(everywhere).collect();
        let held: i64 = self.held.iter().sum();
        let [fifo, cause] = self.laws.broken().map(i64::from);
        let diverged = live.split_first().map_or(0, |(first, others)| {
            others.iter().filter(|other| self.account.differ_in_the_end(first.index(), other.index())).count()
                as i64
        });
        Figures {
            fifo_broken: Some(fifo),
            cause_broken: Some(cause),
            disagree: Some(i64::from(self.laws.disagree)),
            not_everybody: Some(i64::from(self.laws.is_lacking(&self.account, live))),
            deliver_ms: (!took.is_empty()).then(|| rounded(took.iter().sum(), took.len() as u64)),
            messages: Some(self.peers.sent()),
            held_back_share: crate::lab::millionths(held.max(0) as u64, self.to_others.max(0) as u64),
            diverged: Some(diverged),
        }
    }
}

impl ensemble::Meter<Speech> for Meter {
    fn results(mut self) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        let live: Vec<NodeId> = self.peers.those_in().collect();
        let end = End { at: self.last, live: &live, still: self.is_still(), troubles: self.peers.troubles() };
        self.laws.judge(&self.account, &end);
        let tallies = self.figures(&live).tallies();
        let series = vec![self.open.series("not yet everywhere", "messages")];
        (tallies, series, self.laws.verdicts())
    }
}

impl Observer<Speech> for Meter {
    fn weight(&self) -> u64 {
        let said = self.account.said.len() as u64;
        said * (200 + said / 4 + 40 * self.cast.len() as u64)
    }

    fn done(&self) -> bool {
        !self.peers.is_directed() && self.is_still()
    }

    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, _: &World) {
        self.last = mark;
        self.peers.see(&seen, Msg::is_background);
        match seen {
            Seen::Send { msg: Msg::Token { .. }, .. } => self.token = Token::Goes,
            Seen::Lose { msg: Msg::Token { .. }, .. } => self.token = Token::Gone,
            Seen::Crash(_) => self.count_open(mark),
            Seen::Fact { node, key: FactKey { name, .. }, value } => match (name, value) {
                (fact::BROADCASTS, Fact::Text(name)) => {
                    self.account.broadcast(mark, node.index(), name);
                    self.count_open(mark);
                }
                (fact::ROLLS, Fact::Int(roll)) => self.account.rolled(node.index(), *roll),
                (fact::DELIVERS, Fact::Text(name)) => self.delivered(mark, node, name),
                (fact::PLANNED, Fact::Int(planned)) => self.planned[node.index()] = Some(*planned),
                (fact::HELD, Fact::Int(held)) => self.held[node.index()] = *held,
                _ => {}
            },
            _ => {}
        }
    }
}

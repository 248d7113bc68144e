//! What this lab measures of a run beside what any graph counts, and its promises.

use super::config::Config;
use super::meta::Figures;
use crate::cast::NodeId;
use crate::check::disturbances::{Disturbances, TROUBLE_OVER};
use crate::kits::graph::{
    Count, Ending, HopId, Ledger, Level, LevelOf, Mark, Once, Own, Speech, Took, Useful, Within,
};
use crate::lab::{End, Verdict, millionths};
use crate::outcome::Tally;
use crate::sim::{OpId, OpKey, Seen, Told};
use crate::trace::{self, World};

/// Measures of a run.
pub struct Meter {
    config: Config,
    took: Took,
    longest_us: u64,
    /// How long after the trouble's beginning all threads of the first service were held.
    full_us: Option<u64>,
    /// Whose timeout was the first.
    first_up: Option<HopId>,
    /// When the open calls of people began, by their numbers; none once they are over.
    begun: Vec<Option<u64>>,
    /// The calls of bystanders: when each began, and whether it went well in time.
    bystanders: Vec<(OpId, u64, bool)>,
    by: Disturbances,
    bounded: Within,
    useful: Useful,
    healthy: Within,
    once: Once,
}

impl Meter {
    /// A meter for a run of these settings.
    pub fn new(config: &Config) -> Meter {
        let params = &config.params;
        let once = Once::new(config.graph.cast);
        Meter {
            took: Took::new(Config::PEOPLE, params.from),
            longest_us: 0,
            full_us: None,
            first_up: None,
            begun: Vec::new(),
            bystanders: Vec::new(),
            by: Disturbances::new(config.graph.cast),
            bounded: Within::new("bounded", "call", params.total, false),
            useful: Useful::new(params.waste_limit, params.from),
            healthy: Within::new("healthy", "bystander's call", params.healthy_limit, true),
            once: if params.hedges() { once.hedged() } else { once },
            config: config.clone(),
        }
    }

    fn invoked(&mut self, at: trace::Mark, op: OpId, key: OpKey) {
        self.once.invoked(op, key, at.at_us);
        self.useful.invoked(op);
        self.bounded.invoked(at, op);
        self.begun.resize(op.0 as usize + 1, None);
        self.begun[op.0 as usize] = Some(at.at_us);
        if self.is_bystander(key.client) {
            self.healthy.invoked(at, op);
            self.bystanders.push((op, at.at_us, false));
        }
    }

    /// A call is over for who made it.
    fn over(&mut self, at: trace::Mark, op: OpId, client: NodeId, well: bool) {
        self.useful.over(at, op);
        self.bounded.returned(at, op, well, &self.by);
        if let Some(since_us) = self.begun.get_mut(op.0 as usize).and_then(Option::take) {
            self.longest_us = self.longest_us.max(at.at_us - since_us);
        }
        if self.is_bystander(client) {
            self.healthy.returned(at, op, well, &self.by);
            if let Ok(place) = self.bystanders.binary_search_by_key(&op, |call| call.0) {
                let took_us = at.at_us.saturating_sub(self.bystanders[place].1);
                self.bystanders[place].2 = well && took_us <= self.config.params.healthy_limit;
            }
        }
    }

    fn is_bystander(&self, client: NodeId) -> bool {
        let tier = self.config.graph.tier_of(client);
        self.config
            .bystanders
            .is_some_and(|hop| self.config.graph.graph.hops[usize::from(hop.0)].from == tier)
    }

    fn trouble(&mut self, at: trace::Mark, on: bool) {
        if let Some((_, to_us)) = self.config.trouble().filter(|_| on) {
            self.by.trouble(at, to_us, ("A service is in trouble", TROUBLE_OVER));
        }
    }

    /// How many bystanders had their answers in time, of those that could have had it by now.
    fn spared(&self, ended_us: u64) -> Option<i64> {
        let params = &self.config.params;
        let until_us = ended_us.saturating_sub(params.healthy_limit);
        let made = self.bystanders.iter().filter(|call| (params.from..=until_us).contains(&call.1));
        let (all, well) = made.fold((0, 0), |(all, well), call| (all + 1, well + u64::from(call.2)));
        millionths(well, all)
    }

    /// How long somebody has waited or waits.
    fn longest(&self, ended_us: u64) -> Option<i64> {
        let open = self.begun.iter().flatten().map(|since_us| ended_us.saturating_sub(*since_us));
        let longest_us = open.fold(self.longest_us, u64::max);
        (!self.begun.is_empty()).then_some(longest_us as i64)
    }
}

impl Own for Meter {
    fn mark(&mut self, at: trace::Mark, _: NodeId, op: Option<OpId>, mark: Mark, _: &mut Ledger) {
        self.took.mark(at.at_us, mark);
        match mark {
            Mark::Worked { worked_us, .. } => self.useful.worked(at, op, worked_us, &self.by),
            Mark::Useful { worked_us } => self.useful.useful(at, worked_us),
            Mark::Left { tier, path, how: Ending::Done, .. } if tier == self.config.last() => {
                self.once.executed(at, op, path, &self.by);
            }
            Mark::Level { tier: Config::FIRST, what: Level::Inside, now } => {
                let full = now >= self.config.params.threads;
                if let Some((from_us, _)) = self.config.trouble().filter(|span| full && span.0 <= at.at_us) {
                    self.full_us.get_or_insert(at.at_us - from_us);
                }
            }
            Mark::TryOver { hop, how: Ending::TimedOut, .. } if Some(hop) != self.config.bystanders => {
                self.first_up.get_or_insert(hop);
            }
            Mark::Trouble { on } => self.trouble(at, on),
            _ => {}
        }
    }

    fn see(&mut self, at: trace::Mark, seen: &Seen<'_, Speech>, _: &World) {
        self.bounded.pass(at, &self.by);
        self.healthy.pass(at, &self.by);
        match seen {
            Seen::Invoke { op, key, .. } => self.invoked(at, *op, *key),
            Seen::Return { op, key, response } => self.over(at, *op, key.client, response.end() == End::Ok),
            Seen::Abandon { op, key } => self.over(at, *op, key.client, false),
            Seen::Crash(node) => {
                self.by.crashed(at, *node);
            }
            Seen::Act(act) => {
                self.by.act(at, act);
            }
            _ => {}
        }
    }

    fn figures(&mut self, books: &Ledger, ended: trace::Mark) -> Vec<Tally> {
        self.bounded.pass(ended, &self.by);
        self.healthy.pass(ended, &self.by);
        let (people, last, params) = (Config::PEOPLE, self.config.last(), &self.config.params);
        let count = |of: Count| Some(books.total(of) as i64);
        let ok = Count::CallOver(people, Ending::Done);
        let over = |hop: HopId| books.sum(Ending::ALL.map(|how| Count::CallOver(hop, how)));
        let hops = (0..self.config.graph.shape().hops).map(HopId);
        let busy = books.mean_level(LevelOf::Tier(last, Level::Busy));
        let figures = Figures {
            calls: count(Count::Called(people)),
            ok: count(ok),
            failed: Some((over(people) - books.total(ok)) as i64),
            timed_out: count(Count::TryOver(people, Ending::TimedOut)),
            late: Some(books.sum(hops.map(Count::Late)) as i64),
            goodput_per_s: books.per_second([ok]),
            call_mean_ms: self.took.mean_us(),
            call_p50_ms: self.took.quantile_us(500_000),
            call_p99_ms: self.took.quantile_us(990_000),
            longest_ms: self.longest(ended.at_us),
            work_wasted_share: self.useful.wasted(),
            orphaned_share: self.useful.orphaned(),
            use_share: busy.map(|busy| busy / i64::from(params.copies)),
            threads_full_ms: self.full_us.map(|us| us as i64),
            bystanders_ok_share: self.spared(ended.at_us),
            hedges_times: millionths(
                books.total(Count::Hedged(self.config.last_hop)),
                books.total(Count::Called(self.config.last_hop)),
            ),
            duplicates: Some(self.once.duplicates() as i64),
            first_to_give_up_hop: self.first_up.map(|hop| i64::from(hop.0) + 1),
        };
        figures.tallies()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        vec![self.bounded.verdict(), self.useful.verdict(), self.healthy.verdict(), self.once.verdict()]
    }

    fn weight(&self) -> u64 {
        let laws = self.bounded.weight() + self.healthy.weight() + self.useful.weight();
        let calls = 16 * self.begun.len() as u64 + 24 * self.bystanders.len() as u64;
        laws + self.once.weight() + self.by.weight() + calls
    }
}

//! Watches a run: what pages come to, what waits at servers, and the promises.

use super::config::Config;
use super::laws::{self, Spare, Stable};
use super::meta::Figures;
use super::params::Queues;
use crate::cast::NodeId;
use crate::check::disturbances::{Disturbances, TROUBLE_OVER};
use crate::check::light::Light;
use crate::kits::graph::{
    Count, Ending, HopId, Ledger, Level, LevelOf, Mark, Own, Share, Speech, Took, Useful,
};
use crate::lab::{State, Verdict, millionths};
use crate::outcome::Tally;
use crate::sim::{OpId, Seen};
use crate::trace::{self, World};

/// How many pages are judged together.
const PAGES: u32 = 200;

/// A page that a client has asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Page {
    asked_us: u64,
    /// Requests that came to the last service for it.
    came: u32,
    /// How it has ended, and whether that was in time.
    how: Option<(Ending, bool)>,
}

impl Page {
    /// Whether it was let in, as far as that is known.
    fn is_in(&self) -> bool {
        !matches!(self.how, Some((Ending::Refused, _)))
    }
}

/// Measures of a run.
pub struct Meter {
    config: Config,
    page: Took,
    part: Took,
    /// The pages, by the numbers of their operations.
    pages: Vec<Page>,
    /// Who waits at each node.
    waiting: Vec<u32>,
    by: Disturbances,
    useful: Useful,
    quick: Share,
    limited: Share,
    whole: Light,
    up: Light,
    spare: Spare,
    stable: Stable,
}

impl Meter {
    /// A meter for a run of these settings.
    pub fn new(config: &Config) -> Meter {
        let p = &config.params;
        let lines = p.queues == Queues::On || config.store.is_some();
        Meter {
            page: Took::new(Config::PAGES, p.from),
            part: Took::new(Config::PARTS, p.from),
            pages: Vec::new(),
            waiting: vec![0; config.graph.cast.len()],
            by: Disturbances::new(config.graph.cast),
            useful: Useful::new(u32::MAX, p.from),
            quick: Share::new("quick", "page", PAGES, p.page_limit),
            limited: Share::new("limited", "other clients' page", PAGES, p.page_limit),
            whole: laws::whole(),
            up: laws::up(),
            spare: Spare::new(p.extra_limit, p.seconds()),
            stable: Stable::new(p.backlog_limit, config.servers(), p.settle, lines),
            config: config.clone(),
        }
    }

    /// A page is over.
    fn page(&mut self, at: trace::Mark, op: Option<OpId>, how: Ending, took_us: u64) {
        let p = &self.config.params;
        let began_us = at.at_us.saturating_sub(took_us);
        let shown = how.is_good();
        let in_time = shown && took_us <= p.page_limit;
        if let Some(page) = op.and_then(|op| self.pages.get_mut(op.0 as usize)) {
            page.how = Some((how, in_time));
        }
        // A client who is refused asked for too much, which is no matter of the page.
        if how == Ending::Refused {
            return;
        }
        if began_us >= p.from {
            self.quick.ended(at, shown, took_us);
        }
        laws::page((&mut self.whole, &mut self.up), at, (shown, how == Ending::Done), began_us, &self.by);
    }

    /// Pages that were slow or failed, of all that were let in and could have been shown in time by now.
    fn slow(&self, ended_us: u64) -> Option<i64> {
        let p = &self.config.params;
        let until_us = ended_us.saturating_sub(p.page_limit);
        let counts = |page: &&Page| page.is_in() && (p.from..=until_us).contains(&page.asked_us);
        let pages = self.pages.iter().filter(counts);
        let slow = |page: &&Page| !matches!(page.how, Some((_, true)));
        millionths(pages.clone().filter(slow).count() as u64, pages.count() as u64)
    }

    /// Requests that came to the last service for each part, of the pages that are over.
    fn amplification(&self) -> Option<i64> {
        let p = &self.config.params;
        let over =
            self.pages.iter().filter(|page| page.is_in() && page.how.is_some() && page.asked_us >= p.from);
        let came: u64 = over.clone().map(|page| u64::from(page.came)).sum();
        millionths(came, over.count() as u64 * u64::from(p.fan))
    }

    fn trouble(&mut self, at: trace::Mark, on: bool) {
        if let Some((_, to_us)) = self.config.trouble().filter(|_| on) {
            self.by.trouble(at, to_us, ("A service is in trouble", TROUBLE_OVER));
            self.stable.disturbed(to_us);
        }
    }

    /// How many of the tries of all clients but the first were answered with a page.
    fn others(&self, books: &Ledger) -> Option<i64> {
        let others = 1..self.config.params.clients as u8;
        let of = |count: fn(HopId, u8) -> Count| {
            books.sum(others.clone().map(|client| count(Config::PAGES, client)))
        };
        if others.is_empty() {
            return None;
        }
        millionths(of(Count::Granted), of(Count::Asked))
    }
}

impl Own for Meter {
    fn mark(&mut self, at: trace::Mark, node: NodeId, op: Option<OpId>, mark: Mark, _: &mut Ledger) {
        self.page.mark(at.at_us, mark);
        self.part.mark(at.at_us, mark);
        match mark {
            Mark::CallOver { hop: Config::PAGES, how, took_us, .. } => self.page(at, op, how, took_us),
            Mark::Came { tier, .. } if tier == self.config.last() => {
                if let Some(page) = op.and_then(|op| self.pages.get_mut(op.0 as usize)) {
                    page.came += 1;
                }
            }
            Mark::Tenant { hop: Config::PAGES, tenant, how: Some(how), took_us } if tenant > 0 => {
                self.limited.ended(at, how.is_good(), took_us);
            }
            Mark::Tried { hop, again: false } if hop == self.config.to_leaves => self.spare.called(at),
            Mark::Hedged { hop, .. } if hop == self.config.to_leaves => self.spare.hedged(at),
            Mark::Level { tier, what: Level::Queue, now }
                if tier == Config::LEAVES || Some(tier) == self.config.store =>
            {
                let before = std::mem::replace(&mut self.waiting[node.index()], now);
                self.stable.waits(at, (before, now), &self.by);
            }
            Mark::Worked { worked_us, .. } => self.useful.worked(at, op, worked_us, &self.by),
            Mark::Useful { worked_us } => self.useful.useful(at, worked_us),
            Mark::Trouble { on } => self.trouble(at, on),
            _ => {}
        }
    }

    fn see(&mut self, at: trace::Mark, seen: &Seen<'_, Speech>, _: &World) {
        match seen {
            Seen::Invoke { op, .. } => {
                self.pages.resize(op.0 as usize + 1, Page::default());
                self.pages[op.0 as usize].asked_us = at.at_us;
            }
            Seen::Crash(node) => {
                let before = std::mem::take(&mut self.waiting[node.index()]);
                self.stable.waits(at, (before, 0), &self.by);
                self.by.crashed(at, *node);
                self.stable.disturbed(at.at_us);
            }
            Seen::Act(act) if self.by.act(at, act).is_some() => {
                let until_us = self.by.going_on(at.at_us).and_then(|(_, until_us)| until_us);
                self.stable.disturbed(until_us.unwrap_or(at.at_us));
            }
            _ => {}
        }
    }

    fn figures(&mut self, books: &Ledger, ended: trace::Mark) -> Vec<Tally> {
        let (config, p) = (&self.config, &self.config.params);
        self.quick.end(ended);
        if p.clients > 1 {
            self.limited.end(ended);
        }
        let calls = books.total(Count::Called(config.to_leaves));
        self.spare.end(ended, calls);
        let over = |how: &[Ending]| books.sum(how.iter().map(|how| Count::CallOver(Config::PAGES, *how)));
        let (all, whole) = (over(&Ending::ALL), over(&[Ending::Done]));
        let shown = whole + over(&[Ending::Degraded, Ending::Known]);
        let servers = i64::from(p.fan * p.servers_each());
        let busy = books.mean_level(LevelOf::Tier(Config::LEAVES, Level::Busy));
        Figures {
            pages: Some(all as i64),
            page_p50_ms: self.page.quantile_us(500_000),
            page_p99_ms: self.page.quantile_us(990_000),
            mean_ms: self.page.mean_us(),
            leaf_p99_ms: self.part.quantile_us(990_000),
            slow_pages_share: self.slow(ended.at_us),
            whole_share: millionths(whole, all - over(&[Ending::Refused])),
            failed_share: millionths(all - shown, all),
            extra_times: millionths(books.total(Count::Hedged(config.to_leaves)), calls)
                .filter(|_| p.seconds()),
            wasted_share: self.useful.wasted(),
            used_share: busy.map(|busy| busy / servers).filter(|_| p.queues == Queues::On),
            amplification_times: self.amplification(),
            others_ok_share: self.others(books),
        }
        .tallies()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let light = |light: &Light| light.clone().verdict();
        let alone = || Light::new("limited", State::Unknown, "There is but one client.").verdict();
        let limited = if self.config.params.clients == 1 { alone() } else { self.limited.verdict() };
        let (whole, up) = (light(&self.whole), light(&self.up));
        vec![self.quick.verdict(), whole, up, light(&self.spare.light), light(&self.stable.light), limited]
    }

    fn weight(&self) -> u64 {
        24 * self.pages.len() as u64 + self.useful.weight() + self.by.weight() + 4 * self.waiting.len() as u64
    }
}

//! Watches a run: what is let through, by windows and by tenant, and the promises.

use super::config::{ADMIT, ASK, GATEWAYS, SERVICE};
use super::laws::{Apart, Cap, Fair, Smooth};
use super::meta::Figures;
use super::params::{Concurrent, Params};
use crate::cast::{Cast, NodeId};
use crate::check::disturbances::Disturbances;
use crate::kits::graph::{
    Count, Ending, Gathering, Ledger, Level, LevelOf, Mark, Overload, Own, Speech, Took,
};
use crate::lab::{Verdict, millionths};
use crate::outcome::Tally;
use crate::parts::max_min::{jain, max_min};
use crate::sim::{OpId, Seen};
use crate::trace::{self, World};

/// What the lab measures and promises itself.
pub struct Meter {
    params: Params,
    disturbances: Disturbances,
    cap: Cap,
    smooth: Smooth,
    fair: Fair,
    apart: Apart,
    overload: Overload,
    instant: Gathering,
    took: Took,
    windows: Windows,
}

/// What was let through in each window of the clock that is over: how many windows, and what there was beyond the limit in all and at most.
#[derive(Clone, Copy, Debug, Default)]
struct Windows {
    window: u64,
    count: u64,
    over: u64,
    sum: u64,
    most: u64,
}

impl Windows {
    /// Up to a window: those before it are over.
    fn pass(&mut self, window: u64, limit: u32) {
        while self.window < window {
            let beyond = self.count.saturating_sub(limit.into());
            (self.sum, self.most) = (self.sum + beyond, self.most.max(beyond));
            (self.over, self.count) = (self.over + 1, 0);
            self.window += 1;
        }
    }
}

impl Meter {
    /// A meter for a run.
    pub fn new(params: &Params, cast: Cast) -> Meter {
        let (limit, window_us) = (params.limit, params.window);
        Meter {
            disturbances: Disturbances::new(cast),
            cap: Cap::new(limit, window_us),
            smooth: Smooth::new(limit, window_us),
            fair: Fair::new(params.tenants, limit, window_us),
            apart: Apart::new(params.herd_limit),
            overload: Overload::new(params.capacity, params.overload_limit, false),
            instant: Gathering::herd(),
            took: Took::new(ASK, params.from),
            windows: Windows { window: params.from.div_ceil(window_us), ..Windows::default() },
            params: params.clone(),
        }
    }

    /// A request is let through.
    fn passed(&mut self, at: trace::Mark) {
        self.cap.passed(at);
        self.smooth.passed(at);
        self.instant.add(at);
        let window = at.at_us / self.params.window;
        self.windows.pass(window, self.params.limit);
        self.windows.count += u64::from(window == self.windows.window);
    }

    fn tenants(&self) -> u8 {
        self.params.tenants as u8
    }

    /// What each tenant got, as a share of what max-min fairness would have given it of all that was got; in millionths.
    fn shares(&self, books: &Ledger) -> Vec<u64> {
        let of = |count: fn(crate::kits::graph::HopId, u8) -> Count| {
            (0..self.tenants()).map(|tenant| books.total(count(ASK, tenant))).collect::<Vec<u64>>()
        };
        if self.tenants() < 2 {
            return Vec::new();
        }
        let (asked, granted) = (of(Count::Asked), of(Count::Granted));
        let fair = max_min(&asked, granted.iter().sum());
        let share = |(granted, fair): (&u64, &u64)| (granted * 1_000_000).checked_div(*fair);
        granted.iter().zip(&fair).filter_map(share).collect()
    }
}

impl Own for Meter {
    fn mark(&mut self, at: trace::Mark, _: NodeId, _: Option<OpId>, mark: Mark, _: &mut Ledger) {
        self.took.mark(at.at_us, mark);
        match mark {
            Mark::Tried { hop: ADMIT, .. } => self.passed(at),
            Mark::Tried { hop: ASK, .. } if self.params.tenants == 1 => self.fair.asks(0, at),
            Mark::TryOver { hop: ASK, how: Ending::Refused, took_us } if self.params.tenants == 1 => {
                self.fair.refused(0, took_us, at);
            }
            Mark::Tenant { hop: ASK, tenant, how: None, .. } => self.fair.asks(tenant, at),
            Mark::Tenant { hop: ASK, tenant, how: Some(Ending::Refused), took_us } => {
                self.fair.refused(tenant, took_us, at);
            }
            Mark::Came { tier: SERVICE, .. } => self.overload.offered(at, &self.disturbances),
            Mark::Came { tier: GATEWAYS, attempt } if attempt > 0 => self.apart.back(at),
            _ => {}
        }
    }

    fn see(&mut self, at: trace::Mark, seen: &Seen<'_, Speech>, _: &World) {
        self.overload.pass(at);
        match seen {
            Seen::Act(act) => drop(self.disturbances.act(at, act)),
            Seen::Crash(node) => drop(self.disturbances.crashed(at, *node)),
            _ => {}
        }
    }

    fn figures(&mut self, books: &Ledger, ended: trace::Mark) -> Vec<Tally> {
        self.windows.pass(ended.at_us / self.params.window, self.params.limit);
        let count = |n: u64| i64::try_from(n).ok();
        let came = books.sum([Count::First(GATEWAYS), Count::Again(GATEWAYS)]);
        let admitted = books.total(Count::Tried(ADMIT));
        let (tried, refused) =
            (books.total(Count::Tried(ASK)), books.total(Count::TryOver(ASK, Ending::Refused)));
        let shares = self.shares(books);
        let figures = Figures {
            requests: count(came),
            admitted: count(admitted),
            refused: count(refused),
            admitted_per_s: books.per_second([Count::Tried(ADMIT)]),
            goodput_per_s: books.per_second([Count::CallOver(ASK, Ending::Done)]),
            refused_share: millionths(refused, tried),
            most_in_window: count(self.cap.most()),
            most_in_instant: count(self.instant.most()),
            overshoot_mean: millionths(self.windows.sum, self.windows.over),
            overshoot_peak: (self.windows.over > 0).then_some(self.windows.most as i64),
            jain_share: jain(&shares).and_then(count),
            worst_tenant_share: shares.iter().min().and_then(|share| count(*share)),
            requests_times: millionths(came, admitted),
            herd: count(self.apart.most()),
            inflight_peak: Some(books.peak(LevelOf::Tier(GATEWAYS, Level::Inside))),
            limit_end: (self.params.concurrency == Concurrent::Aimd).then(|| books.now(Level::Limit)),
            offered_peak: self.overload.peak(),
            call_p50_ms: self.took.quantile_us(500_000),
            call_p99_ms: self.took.quantile_us(990_000),
        };
        figures.tallies()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let Meter { cap, fair, overload, apart, smooth, .. } = self;
        vec![cap.verdict(), fair.verdict(), overload.verdict(), apart.verdict(), smooth.verdict()]
    }

    fn weight(&self) -> u64 {
        self.cap.weight() + self.fair.weight() + self.disturbances.weight()
    }
}

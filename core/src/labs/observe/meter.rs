//! What a run comes to for those who judge it: they know what was struck, and what was kept of it.

use super::config::{Config, PUSH_US};
use super::laws::{Estimate, Laws};
use super::meta::Figures;
use super::shows;
use crate::cast::NodeId;
use crate::kits::graph::{Dashboard, Ledger, Level, Mark, Msg, Of, Own, Speech, Watched};
use crate::lab::{End, Tally, Verdict, millionths};
use crate::outcome::Heat;
use crate::params::Switch;
use crate::parts::sampler::Sizes;
use crate::sim::{OpId, Seen, Told};
use crate::stats::Series;
use crate::trace::{self, World};
use std::collections::{BTreeMap, VecDeque};

/// How long something may be under way beside what is waited for, in µs.
const SLACK_US: u64 = 500_000;

/// A request.
#[derive(Clone, Debug, Default)]
struct Asked {
    /// How many requests came to services for it, and how many of these to services that write spans.
    came: u32,
    written: u32,
    /// How many spans were kept, by trace.
    kept: BTreeMap<u32, u32>,
    is_struck: bool,
    has_failed: bool,
    /// No more of it will come.
    is_settled: bool,
}

impl Asked {
    /// How many spans its longest trace has.
    fn longest(&self) -> u32 {
        self.kept.values().copied().max().unwrap_or(0)
    }
}

/// What is to be judged once all that there will be has come.
#[derive(Clone, Copy, Debug)]
enum Due {
    Trace(OpId),
    Line(OpId, bool),
}

/// What a run comes to.
pub struct Meter {
    config: Config,
    board: Dashboard,
    laws: Laws,
    asked: Vec<Asked>,
    due: VecDeque<(u64, Due)>,
    settle_us: u64,
    /// How many requests have ended.
    ended: u64,
    estimate: Estimate,
    /// Spans: that there would be if all were written, that were, that were kept, that were thrown away, and those for want of room.
    possible: u64,
    written: u64,
    stored: u64,
    dropped: u64,
    early: u64,
    /// Services' spans that have come to those who watch, less those kept and thrown away; and those that are said to wait there.
    there: i64,
    waiting: i64,
    lines: u64,
    first_struck: Option<u64>,
    first_faulty: Option<u64>,
}

impl Meter {
    /// A meter of a run with these settings.
    pub fn new(config: &Config) -> Meter {
        let waits_us = config.params.tail().map_or(0, |tail| tail.wait_us);
        Meter {
            board: shows::charts(config).0,
            laws: Laws::new(&config.params),
            asked: Vec::new(),
            due: VecDeque::new(),
            settle_us: waits_us.saturating_add(2 * PUSH_US).saturating_add(SLACK_US),
            ended: 0,
            estimate: Estimate::default(),
            possible: 0,
            written: 0,
            stored: 0,
            dropped: 0,
            early: 0,
            there: 0,
            waiting: 0,
            lines: 0,
            first_struck: None,
            first_faulty: None,
            config: config.clone(),
        }
    }

    fn asked(&mut self, op: Option<OpId>) -> Option<&mut Asked> {
        self.asked.get_mut(op?.0 as usize)
    }

    fn writes(&self, node: NodeId) -> bool {
        let tier = self.config.graph.tier_of(node);
        self.config
            .graph
            .graph
            .observed
            .as_ref()
            .is_some_and(|observed| observed.instrumented.contains(&tier))
    }

    /// Something has come to those who watch.
    fn comes(&mut self, at: trace::Mark) {
        self.laws.comes(at);
        while let Some((_, due)) = self.due.front().copied().filter(|(due_us, _)| *due_us <= at.at_us) {
            self.due.pop_front();
            match due {
                Due::Trace(op) => {
                    if let Some(asked) = self.asked.get_mut(op.0 as usize) {
                        asked.is_settled = true;
                        self.laws.settles(at, asked.longest(), asked.written);
                    }
                }
                Due::Line(op, names) => {
                    let leads = self.asked.get(op.0 as usize).is_some_and(|asked| asked.longest() > 0);
                    self.laws.joins(at, leads, names);
                }
            }
        }
    }

    /// Of the requests that are settled: shares of them in millionths, of all those for which it is so among those of which that is asked.
    fn share(&self, of: impl Fn(&Asked) -> bool, is: impl Fn(&Asked) -> bool) -> Option<i64> {
        let of: Vec<&Asked> = self.asked.iter().filter(|asked| asked.is_settled && of(asked)).collect();
        millionths(of.iter().filter(|asked| is(asked)).count() as u64, of.len() as u64)
    }
}

impl Own for Meter {
    fn mark(&mut self, at: trace::Mark, node: NodeId, op: Option<OpId>, mark: Mark, _: &mut Ledger) {
        match mark {
            Mark::Came { .. } => {
                let writes = self.writes(node);
                self.possible += u64::from(writes);
                if let Some(asked) = self.asked(op) {
                    asked.came += 1;
                    asked.written += u32::from(writes);
                }
            }
            Mark::Tried { .. } => self.possible += u64::from(self.writes(node)),
            Mark::Watched(Watched::Struck { .. }) => {
                self.laws.strikes(at);
                self.first_struck.get_or_insert(at.at_us);
                if let Some(asked) = self.asked(op) {
                    asked.is_struck = true;
                }
            }
            Mark::Watched(Watched::Written { spans, .. }) => self.written += u64::from(spans),
            Mark::Watched(Watched::Stored { hop, spans, trace, probability, is_root, is_error, .. }) => {
                self.stored += u64::from(spans);
                self.there -= 1;
                if is_root && hop == Config::ASK {
                    self.estimate.add(is_error, probability);
                }
                let Some(asked) = self.asked(op) else { return };
                *asked.kept.entry(trace).or_default() += 1;
                if asked.is_struck {
                    self.first_faulty.get_or_insert(at.at_us);
                    self.laws.finds(at);
                }
            }
            Mark::Watched(Watched::Dropped { spans, early }) => {
                self.dropped += u64::from(spans);
                self.there -= 1;
                self.early += if early { u64::from(spans) } else { 0 };
            }
            Mark::Level { what: Level::Queue, now, .. } if Some(node) == self.config.graph.watcher => {
                self.waiting = now.into();
            }
            _ => {}
        }
    }

    fn see(&mut self, at: trace::Mark, seen: &Seen<'_, Speech>, _: &World) {
        self.board.see(&self.config.graph, seen);
        match seen {
            Seen::Invoke { op, .. } => self.asked.resize(op.0 as usize + 1, Asked::default()),
            Seen::Return { op, response, .. } => {
                self.ended += 1;
                if let Some(asked) = self.asked(Some(*op)) {
                    asked.has_failed = response.end() != End::Ok;
                }
                self.due.push_back((at.at_us.saturating_add(self.settle_us), Due::Trace(*op)));
            }
            Seen::Deliver { to, msg, .. } if Some(*to) == self.config.graph.watcher => {
                match msg {
                    Msg::Push { batch } => {
                        self.lines += batch.lines.len() as u64;
                        self.there += batch.spans.len() as i64;
                        let due_us = at.at_us.saturating_add(self.settle_us);
                        let errors = batch.lines.iter().filter(|line| line.is_error());
                        self.due.extend(errors.map(|line| (due_us, Due::Line(line.op, line.trace > 0))));
                    }
                    Msg::Scraped { .. } => self.laws.holds(at, self.board.series_held()),
                    _ => {}
                }
                self.comes(at);
            }
            _ => {}
        }
    }

    fn figures(&mut self, _: &Ledger, ended: trace::Mark) -> Vec<Tally> {
        let observed = self.config.graph.graph.observed.as_ref();
        let sizes = observed.map_or(Sizes::USUAL, |observed| observed.sizes);
        let traces_bytes = self.stored * sizes.span;
        let logs_bytes = self.lines * sizes.line;
        let metrics_bytes = self.board.samples() * sizes.sample_milli / 1_000;
        let entry = self.board.total(Of::Tier(Config::ENTRY));
        let by_metrics = millionths(entry.errors.into(), entry.all.into());
        let weighed = self.config.params.weights == Switch::On;
        let bytes = traces_bytes + logs_bytes + metrics_bytes;
        self.laws.end(ended, self.ended, bytes, &self.estimate, weighed, by_metrics);
        let series = self.board.series_held();
        let longest = |asked: &Asked| asked.longest() > 0;
        let after = |at_us: u64| at_us.saturating_sub(self.first_struck.unwrap_or(at_us)) as i64;
        let figures = Figures {
            requests: Some(self.ended as i64),
            traces_kept_share: self.share(|asked| asked.came > 0, longest),
            faulty: Some(self.asked.iter().filter(|asked| asked.is_struck).count() as i64),
            faulty_kept_share: self.share(|asked| asked.is_struck, longest),
            torn_share: self.share(longest, |asked| asked.longest() < asked.written),
            path_seen_share: self.share(|asked| asked.came > 0, |asked| asked.longest() == asked.came),
            first_faulty_ms: self.first_faulty.map(after),
            spans_written: Some(self.written as i64),
            spans_kept: Some(self.stored as i64),
            spans_dropped: Some(self.dropped as i64),
            spans_early: Some(self.early as i64),
            spans_unaccounted: Some(self.there - self.waiting),
            spans_kept_share: millionths(self.stored, self.possible),
            series: Some(series as i64),
            traces_bytes: Some(traces_bytes as i64),
            logs_bytes: Some(logs_bytes as i64),
            metrics_bytes: Some(metrics_bytes as i64),
            error_seen_share: self.estimate.share(false),
            error_weighed_share: self.estimate.share(true),
            error_true_share: self.share(|_| true, |asked| asked.has_failed),
        };
        figures.tallies()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        self.laws.verdicts()
    }

    fn series(&mut self) -> Vec<Series> {
        let board = std::mem::replace(&mut self.board, Dashboard::new(&self.config.graph));
        board.series()
    }

    fn heats(&mut self) -> Option<Vec<Heat>> {
        Some(self.board.heats(&self.config.graph))
    }

    fn weight(&self) -> u64 {
        self.board.weight() + 80 * self.asked.len() as u64 + 24 * self.due.len() as u64
    }
}

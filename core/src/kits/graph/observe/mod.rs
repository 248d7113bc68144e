//! What of a graph's runs is told to somebody who watches, and what it costs: spans, lines of logs, metrics. Any graph may declare it.
//!
//! Instances hand over spans and lines every so often; metrics are asked for. What travels with requests is a context: which trace they belong to, and
//! whether it is kept. Who watches knows what has come to it, and nothing else.

mod backend;
mod dashboard;
mod kept;
mod mark;

pub use backend::Backend;
pub use dashboard::{Dashboard, Measure, Of};
pub use kept::Kept;
pub use mark::Watched;

use super::declared::Class;
use super::mark::{Ending, HopId, TierId};
use crate::chance::dice::remix;
use crate::counted::counted;
use crate::parts::sampler::{Decide, Parent, Sizes, TailPolicy};
use crate::sim::OpId;
use crate::stats::LogHistogram;
use std::fmt;

/// How a graph is watched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Observed {
    /// Who watches: a tier of one instance that nobody calls.
    pub tier: TierId,
    /// Whose instances write spans. All that are called write logs and have metrics.
    pub instrumented: Vec<TierId>,
    /// Whether the context of a request travels with the calls that are made for it.
    pub propagates: bool,
    /// Who decides at the head which traces are kept, and how many are, in millionths.
    pub decide: Decide,
    /// See there.
    pub head: u32,
    /// What of that is kept once traces are together; none: all.
    pub tail: Option<TailPolicy>,
    /// How often instances hand over spans and lines, in µs.
    pub push_us: u64,
    /// How often they are asked for metrics, in µs.
    pub scrape_us: u64,
    /// What has a line in a log.
    pub logs: Logs,
    /// Whether lines name the trace that they belong to.
    pub correlated: bool,
    /// By what metrics tell requests apart.
    pub labels: Labels,
    /// What spans, lines and samples weigh.
    pub sizes: Sizes,
}

/// What has a line in a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Logs {
    /// Nothing.
    Off,
    /// Requests that end badly.
    Errors,
    /// All requests.
    All,
}

/// By what metrics tell requests apart, beside service and class.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Labels {
    /// By nothing.
    Route,
    /// By instance.
    Instance,
    /// By instance and tenant.
    Tenant,
    /// By instance and what is asked for, as by user.
    Key,
}

/// How many series there are for each combination of labels: a counter of errors, and a histogram of eleven buckets with its sum and its count.
pub const SERIES_EACH: u64 = 14;

/// Which trace a request belongs to, and whether that is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Context(u32);

impl Context {
    /// No trace.
    pub const NONE: Context = Context(0);

    /// A trace that begins, by a die.
    pub(super) fn new(die: u64) -> Context {
        Context(((die >> 33) as u32).max(1) << 1)
    }

    pub(super) fn with(self, sampled: bool) -> Context {
        Context(self.0 & !1 | u32::from(sampled))
    }

    /// The trace; 0 where there is none.
    pub fn trace(self) -> u32 {
        self.0 >> 1
    }

    /// Whether it says that spans are written.
    pub fn is_sampled(self) -> bool {
        self.0 & 1 == 1
    }

    /// The 56 random bits of the trace.
    pub fn random(self) -> u64 {
        remix(u64::from(self.trace()), 0) >> 8
    }

    /// What a sampler learns of the trace.
    pub(super) fn parent(self) -> Parent {
        if self == Context::NONE { Parent::None } else { Parent::Sampled(self.is_sampled()) }
    }
}

/// A span as its service hands it over: of a request, with the tries that it made at calls.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SpanTold {
    /// The operation that it serves, and the try of which it is the other side.
    pub op: OpId,
    /// See there.
    pub hop: HopId,
    /// See there.
    pub path: u32,
    /// Its trace.
    pub context: Context,
    /// Whether the trace begins with it.
    pub is_root: bool,
    /// From when to when it lasted, in µs.
    pub from_us: u64,
    /// See there.
    pub to_us: u64,
    /// Whether it is an error.
    pub is_error: bool,
    /// How many spans it comes to: its own, and one for each try.
    pub spans: u16,
}

/// A line of a log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Line {
    /// The operation that the request served; for those who judge, and not in the line.
    pub op: OpId,
    /// The trace; 0 where the line names none.
    pub trace: u32,
    /// Whether the trace begins here.
    pub is_root: bool,
    /// Of which class the request was.
    pub class: Class,
    /// Whose.
    pub tenant: u8,
    /// How it ended.
    pub how: Ending,
    /// The call that failed first, if one has.
    pub blame: Option<HopId>,
    /// What it took, in µs.
    pub took_us: u64,
}

impl Line {
    /// Whether it tells of an error.
    pub fn is_error(&self) -> bool {
        is_error(self.how)
    }
}

/// What an instance hands over at once.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Batch {
    /// Spans.
    pub spans: Vec<SpanTold>,
    /// Lines.
    pub lines: Vec<Line>,
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spans: u32 = self.spans.iter().map(|span| u32::from(span.spans)).sum();
        write!(f, "{}, {}", counted(spans, "span"), counted(self.lines.len() as u32, "line"))
    }
}

/// Counters of requests or calls.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Counted {
    /// How many there were.
    pub all: u32,
    /// Those that ended badly.
    pub errors: u32,
    /// Of calls the tries, of requests those that were retries.
    pub tries: u32,
    /// How long they took together, in µs.
    pub sum_us: u64,
}

impl Counted {
    /// One more.
    pub fn count(&mut self, is_error: bool, tries: u32, took_us: u64) {
        self.all += 1;
        self.errors += u32::from(is_error);
        self.tries = self.tries.saturating_add(tries);
        self.sum_us = self.sum_us.saturating_add(took_us);
    }

    /// What has come since it stood so. A counter that is lower began anew.
    pub fn since(self, before: Counted) -> Counted {
        if self.all < before.all {
            return self;
        }
        Counted {
            all: self.all - before.all,
            errors: self.errors.saturating_sub(before.errors),
            tries: self.tries.saturating_sub(before.tries),
            sum_us: self.sum_us.saturating_sub(before.sum_us),
        }
    }

    /// All of another's, too.
    pub fn add(&mut self, other: Counted) {
        self.all = self.all.saturating_add(other.all);
        self.errors = self.errors.saturating_add(other.errors);
        self.tries = self.tries.saturating_add(other.tries);
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
    }
}

/// By what a counter is told apart: the class, and the tenant or what is asked for.
pub type Label = (Class, u32);

/// What an instance answers when it is asked for its metrics.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Report {
    /// The number of the asking, from 1.
    pub round: u32,
    /// All its requests so far.
    pub own: Counted,
    /// By label those of them that have changed.
    pub cells: Vec<(Label, Counted)>,
    /// How many labels there are, changed or not.
    pub labels: u32,
    /// By its hops all its calls so far.
    pub hops: Vec<Counted>,
    /// How long requests took that ended well, and badly, since it answered last.
    pub good: LogHistogram,
    /// See there.
    pub bad: LogHistogram,
    /// For how long its workers were busy, added up, so far, in µs.
    pub busy_us: u64,
    /// How many wait now.
    pub waiting: u32,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { own, labels, waiting, .. } = self;
        write!(
            f,
            "{}, {}, {waiting} waiting, {}",
            counted(own.all, "request"),
            counted(own.errors, "error"),
            counted(*labels, "label set")
        )
    }
}

/// Whether somebody who reads metrics calls that an error.
pub fn is_error(how: Ending) -> bool {
    !how.is_good() && !matches!(how, Ending::Missed | Ending::Late | Ending::Cancelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_has_a_trace_and_a_flag() {
        for die in [0, 1 << 33, u64::MAX] {
            let context = Context::new(die);
            assert!(context != Context::NONE && context.trace() > 0 && !context.is_sampled());
            assert!(context.with(true).is_sampled() && context.with(true).trace() == context.trace());
            assert_eq!(context.with(true).with(false), context);
            assert!(context.random() < 1 << 56 && context.random() == context.with(true).random());
        }
        assert_eq!(Context::NONE.parent(), Parent::None);
    }

    #[test]
    fn a_counter_that_is_lower_began_anew() {
        let of = |all, errors| Counted { all, errors, tries: all, sum_us: 10 * u64::from(all) };
        for (before, now, came) in
            [(of(0, 0), of(5, 1), of(5, 1)), (of(5, 1), of(7, 3), of(2, 2)), (of(7, 3), of(2, 1), of(2, 1))]
        {
            assert_eq!(now.since(before), came);
        }
    }
}

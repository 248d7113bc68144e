//! The three promises: it recovers, it is not overloaded, nothing is executed twice.

use crate::check::light::{Light, evidence};
use crate::lab::{State, Verdict, millionths};
use crate::time::DurationUs;
use crate::trace::Mark;

/// How finely attempts are counted for the judgement of recovery.
const STEP_US: u64 = 100_000;
/// A span of so many steps is good if nine of ten attempts succeed in it.
const SPAN: usize = 10;

/// Recovers within a limit of the end of what disturbed it, and stays so.
#[derive(Clone, Debug)]
pub struct Recovery {
    light: Light,
    limit_us: u64,
    /// When the disturbance ended or will end.
    end_us: Option<u64>,
    /// The record at which it ended, and the last attempt that failed after it.
    ended: Option<Mark>,
    failed: Option<(Mark, &'static str)>,
    /// Attempts that succeeded and failed, by step after the end.
    steps: Vec<(u32, u32)>,
    /// The next start of a span to be judged.
    next: usize,
    /// How long after the end the last good stretch of spans began, if it still lasts.
    good_since_us: Option<u64>,
}

impl Recovery {
    /// Nothing has disturbed it yet.
    pub fn new(limit_us: u64) -> Recovery {
        Recovery {
            light: Light::new("recovers", State::Kept, "Nothing has disturbed the server."),
            limit_us,
            end_us: None,
            ended: None,
            failed: None,
            steps: Vec::new(),
            next: 0,
            good_since_us: None,
        }
    }

    /// Something disturbs the server, until a time if that is known.
    pub fn strike(&mut self, at: Mark, until_us: Option<u64>, what: &str) {
        if self.light.state() != State::Broken {
            self.light.turn(at, State::Unknown, || {
                (format!("{what}: it has not recovered yet."), vec![evidence(at.record, what)])
            });
        }
        self.end_us = until_us;
        (self.ended, self.failed, self.good_since_us) = (None, None, None);
        (self.steps, self.next) = (Vec::new(), 0);
    }

    /// What disturbed it is over.
    pub fn over(&mut self, at: Mark) {
        self.end_us = Some(at.at_us);
        self.ended = Some(at);
    }

    /// An attempt succeeded, or failed as said.
    pub fn attempt(&mut self, at: Mark, failure: Option<&'static str>) {
        self.pass(at);
        let Some(end_us) = self.end_us.filter(|end_us| at.at_us >= *end_us) else { return };
        let step = ((at.at_us - end_us) / STEP_US) as usize;
        if self.steps.len() <= step {
            self.steps.resize(step + 1, (0, 0));
        }
        match failure {
            None => self.steps[step].0 += 1,
            Some(how) => {
                self.steps[step].1 += 1;
                self.failed = Some((at, how));
            }
        }
    }

    /// Judges the spans that have passed by now.
    pub fn pass(&mut self, at: Mark) {
        let Some(end_us) = self.end_us else { return };
        let passed = (at.at_us.saturating_sub(end_us) / STEP_US) as usize;
        while self.next + SPAN <= passed {
            let span = self.steps.iter().skip(self.next).take(SPAN);
            let (ok, bad) = span.fold((0, 0), |(ok, bad), step| (ok + step.0, bad + step.1));
            let after_us = self.next as u64 * STEP_US;
            // A span without any attempt tells nothing: things stay as they were.
            if ok + bad > 0 {
                let good = ok >= 9 * bad;
                self.good_since_us = good.then(|| self.good_since_us.unwrap_or(after_us));
            }
            self.judge(at, after_us);
            self.next += 1;
        }
    }

    fn judge(&mut self, at: Mark, after_us: u64) {
        let state = self.light.state();
        match self.good_since_us {
            Some(since_us) if state == State::Unknown => {
                let since = match since_us {
                    0 => "Since the trouble ended".to_owned(),
                    us => format!("From {} after the trouble", DurationUs(us)),
                };
                let why = format!("{since}, nine of ten attempts succeed.");
                self.light.turn(at, State::Kept, || (why, Vec::new()));
            }
            None if state == State::Kept => {
                self.light.turn(at, State::Unknown, || ("Attempts fail again.".into(), Vec::new()));
            }
            _ => {}
        }
        if self.good_since_us.is_none() && after_us >= self.limit_us {
            let (limit, ended, failed) = (DurationUs(self.limit_us), self.ended, self.failed);
            self.light.break_(at, || {
                let mut steps = Vec::new();
                steps.extend(ended.map(|mark| evidence(mark.record, "what disturbed the server is over")));
                steps.extend(failed.map(|(mark, how)| evidence(mark.record, how)));
                let why = format!(
                    "{limit} after the trouble was over, fewer than nine of ten attempts succeed: the failures outlast what caused them."
                );
                (why, steps)
            });
        }
    }

    /// How long after the end of the disturbance it had recovered for good.
    pub fn recovered_us(&self) -> Option<u64> {
        self.good_since_us
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

/// The offered load stays below a multiple of the capacity.
///
/// It is counted in spans in which the server can finish [`Overload::REQUESTS`] requests, so that chance alone, which
/// makes small counts vary, does not break the promise.
#[derive(Clone, Debug)]
pub struct Overload {
    light: Light,
    /// How long a span is.
    span_us: u64,
    /// The most requests in a span.
    most: u64,
    limit: u32,
    span: u64,
    count: u64,
    peak: u64,
    first: Mark,
}

impl Overload {
    /// How many requests the server can finish in a span.
    const REQUESTS: u64 = 30;

    /// Nothing offered yet; capacity in millionths of a request a second, the limit in millionths of it.
    pub fn new(capacity: u32, limit: u32) -> Overload {
        Overload {
            light: Light::new("overload", State::Kept, "No more has been offered than the server can bear."),
            span_us: Self::REQUESTS * 1_000_000_000_000 / u64::from(capacity),
            most: Self::REQUESTS * u64::from(limit) / 1_000_000,
            limit,
            span: 0,
            count: 0,
            peak: 0,
            first: Mark::default(),
        }
    }

    /// A request reaches the server.
    pub fn offered(&mut self, at: Mark) {
        let span = at.at_us / self.span_us;
        if span != self.span || self.count == 0 {
            (self.span, self.count, self.first) = (span, 0, at);
        }
        self.count += 1;
        self.peak = self.peak.max(self.count);
        if self.count > self.most {
            let (count, first, time) = (self.count, self.first, DurationUs(self.span_us));
            let limit = crate::params::format_decimal(i64::from(self.limit));
            self.light.break_(at, || {
                let why = format!(
                    "{count} requests within {time}: more than {limit} times the {} that the server can finish in it.",
                    Self::REQUESTS
                );
                (why, vec![evidence(first.record, "the first of them"), evidence(at.record, "one too many")])
            });
        }
    }

    /// The most that was offered in any span, in millionths of a request a second.
    pub fn peak(&self) -> Option<i64> {
        millionths(self.peak * 1_000_000, self.span_us)
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

/// Nothing is executed twice.
#[derive(Clone, Debug)]
pub struct Once {
    light: Light,
}

impl Once {
    /// Nothing executed yet.
    pub fn new() -> Once {
        Once { light: Light::new("once", State::Kept, "No call has been executed more than once.") }
    }

    /// A call that was executed first at one record has been executed again.
    pub fn again(&mut self, first: u32, at: Mark) {
        self.light.break_(at, || {
            let steps = vec![
                evidence(first, "the call is executed; its caller does not learn of it in time"),
                evidence(at.record, "a retry of the same call is executed as well"),
            ];
            ("A retry was executed although an earlier attempt at the same call had been.".into(), steps)
        });
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

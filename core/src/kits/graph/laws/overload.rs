//! The promise that a service is not overloaded.

use crate::check::disturbances::Disturbances;
use crate::check::light::{Light, evidence};
use crate::lab::{State, Verdict, millionths};
use crate::time::DurationUs;
use crate::trace::Mark;

/// The offered load stays below a multiple of the capacity.
///
/// It is counted in spans, one after the other, in each of which the server can finish [`Overload::REQUESTS`] requests, so that chance alone,
/// which makes small counts vary, does not break the promise.
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
    /// A whole span has passed.
    judged: bool,
    /// No load is offered that a capacity would bound.
    nothing: bool,
}

impl Overload {
    /// How many requests the server can finish in a span.
    const REQUESTS: u64 = 30;

    /// Nothing offered yet; capacity in millionths of a request a second, the limit in millionths of it. `nothing` tells that nothing will be,
    /// for there is no such server.
    pub fn new(capacity: u32, limit: u32, nothing: bool) -> Overload {
        let span_us = Self::REQUESTS * 1_000_000_000_000 / u64::from(capacity);
        let why = match nothing {
            true => "No load is offered here that a server's capacity would bound.".to_owned(),
            false => format!(
                "No whole {} has passed yet, in which the server can finish {}.",
                DurationUs(span_us),
                Self::REQUESTS
            ),
        };
        Overload {
            light: Light::new("overload", State::Unknown, &why),
            span_us,
            most: Self::REQUESTS * u64::from(limit) / 1_000_000,
            limit,
            span: 0,
            count: 0,
            peak: 0,
            first: Mark::default(),
            judged: false,
            nothing,
        }
    }

    /// Something happens: the first span may be over by now.
    pub fn pass(&mut self, at: Mark) {
        if self.judged || self.nothing || at.at_us < self.span_us {
            return;
        }
        self.judged = true;
        if self.light.state() == State::Unknown {
            let (time, most, limit) =
                (DurationUs(self.span_us), self.most, crate::params::format_decimal(i64::from(self.limit)));
            let came = format!(
                "In no {time}, in which the server can finish {}, have more than {most} requests come",
                Self::REQUESTS
            );
            let why = match limit.as_str() {
                "1" => format!("{came}."),
                _ => format!("{came}: {limit} times as many."),
            };
            self.light.say(at, State::Kept, &why);
        }
    }

    /// A request reaches the server. What disturbed it last is told, should it be one too many.
    pub fn offered(&mut self, at: Mark, by: &Disturbances) {
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
                let came = format!(
                    "{count} requests within {time}, in which the server can finish {}",
                    Self::REQUESTS
                );
                let why = match limit.as_str() {
                    "1" => format!("{came}."),
                    _ => format!("{came}: more than {limit} times as many."),
                };
                let steps =
                    [evidence(first.record, "the first of them"), evidence(at.record, "one too many")];
                (why, by.leading_to(at, steps))
            });
        }
    }

    /// The most that was offered in any span, in millionths of a request a second; none before a whole one has passed.
    pub fn peak(&self) -> Option<i64> {
        millionths(self.peak * 1_000_000, self.span_us).filter(|_| self.judged)
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

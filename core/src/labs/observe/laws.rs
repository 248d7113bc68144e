//! The lab's promises. Lights change when something has come to those who watch, or at the end: what they show is judged by what has happened, and
//! what was not kept is named by nobody.

use super::params::Params;
use crate::check::light::{Light, evidence};
use crate::counted::{count, counted};
use crate::lab::{State, Verdict};
use crate::params::format_decimal;
use crate::time::DurationUs;
use crate::trace::Mark;

/// By how much a share of errors may be off that is estimated from traces.
const BIAS: i64 = 100_000;
/// How many traces are an estimate.
const ENOUGH: u32 = 10;

/// What traces that were kept say of errors.
#[derive(Clone, Copy, Debug, Default)]
pub struct Estimate {
    /// How many there are that begin with a request, and those of them with an error there.
    pub traces: u32,
    /// See there.
    pub errors: u32,
    /// The same, each for as many as it stands for, in thousandths.
    pub weighed: u64,
    /// See there.
    pub weighed_errors: u64,
}

impl Estimate {
    /// One more was kept, of a sort that is kept with this probability, in millionths.
    pub fn add(&mut self, is_error: bool, probability: u32) {
        let weight = 1_000_000_000 / u64::from(probability.max(1));
        (self.traces, self.weighed) = (self.traces + 1, self.weighed + weight);
        if is_error {
            (self.errors, self.weighed_errors) = (self.errors + 1, self.weighed_errors + weight);
        }
    }

    /// The share of errors, in millionths; weighed or not.
    pub fn share(&self, weighed: bool) -> Option<i64> {
        let (errors, all) = match weighed {
            true => (self.weighed_errors, self.weighed),
            false => (self.errors.into(), self.traces.into()),
        };
        crate::lab::millionths(errors, all)
    }
}

/// The lights.
pub struct Laws {
    found: Light,
    whole: Light,
    unbiased: Light,
    cheap: Light,
    joined: Light,
    within_us: u64,
    series_limit: u64,
    bytes_limit: u64,
    /// When the first faulty request was struck.
    struck: Option<Mark>,
    is_found: bool,
}

impl Laws {
    /// Nothing has happened yet.
    pub fn new(params: &Params) -> Laws {
        Laws {
            found: Light::new("found", State::Unknown, "Nothing has gone wrong yet."),
            whole: Light::new("whole", State::Unknown, "No trace has been kept yet."),
            unbiased: Light::new("unbiased", State::Unknown, "Traces and metrics are compared at the end."),
            cheap: Light::new("cheap", State::Kept, "All signals are below their limits."),
            joined: Light::new("joined", State::Unknown, "No error has a line in a log yet."),
            within_us: params.found_within,
            series_limit: params.series_limit.into(),
            bytes_limit: params.bytes_limit.into(),
            struck: None,
            is_found: false,
        }
    }

    /// The fault strikes a request.
    pub fn strikes(&mut self, at: Mark) {
        self.struck.get_or_insert(at);
    }

    /// A trace of a faulty request has been kept.
    pub fn finds(&mut self, at: Mark) {
        let Some(struck) = self.struck.filter(|_| !self.is_found) else { return };
        self.is_found = true;
        let after = DurationUs(at.at_us.saturating_sub(struck.at_us));
        if at.at_us - struck.at_us <= self.within_us {
            let why = format!("A trace of a faulty request was kept {after} after the first one.");
            self.found.say(at, State::Kept, &why);
        } else {
            self.misses(at);
        }
    }

    fn misses(&mut self, at: Mark) {
        let within = DurationUs(self.within_us);
        self.found.break_(at, || {
            let why = format!("{within} after the first faulty request no trace of any has been kept.");
            (why, vec![evidence(at.record, "what came until then has none")])
        });
    }

    /// Something comes to those who watch.
    pub fn comes(&mut self, at: Mark) {
        let late = |struck: Mark| at.at_us > struck.at_us.saturating_add(self.within_us);
        if !self.is_found && self.struck.is_some_and(late) {
            self.misses(at);
        }
    }

    /// A trace is as whole as it will be: so many spans of so many requests at services that write them.
    pub fn settles(&mut self, at: Mark, kept: u32, all: u32) {
        if kept == 0 {
            return;
        }
        if kept < all {
            self.whole.break_(at, || {
                let why = format!("A trace was kept of which {kept} of {all} services' spans are there.");
                (why, vec![evidence(at.record, "no more of it comes")])
            });
        } else {
            self.whole.say(at, State::Kept, "Every trace that was kept has all of its spans.");
        }
    }

    /// An error has had its line for long enough: whether it leads to a trace that is there, and whether it names one.
    pub fn joins(&mut self, at: Mark, leads: bool, names: bool) {
        if leads && names {
            self.joined.say(at, State::Kept, "The line of every error leads to its trace.");
            return;
        }
        self.joined.break_(at, || {
            let why = match names {
                true => "The line of an error names a trace that was not kept.",
                false => "The line of an error names no trace.",
            };
            (why.to_owned(), vec![evidence(at.record, "no more of it comes")])
        });
    }

    /// There are so many series.
    pub fn holds(&mut self, at: Mark, series: u64) {
        let limit = self.series_limit;
        if series > limit {
            self.cheap.break_(at, || {
                let [series, limit] = [series, limit].map(|n| count(n as i64));
                (
                    format!("There are {series} series; {limit} were to be the most."),
                    vec![evidence(at.record, "these make it too many")],
                )
            });
        }
    }

    /// The run is over: what requests weigh, and what traces and metrics say of errors.
    pub fn end(
        &mut self,
        at: Mark,
        requests: u64,
        bytes: u64,
        estimate: &Estimate,
        weighed: bool,
        truth: Option<i64>,
    ) {
        let limit = self.bytes_limit;
        if requests > 0 && bytes > requests.saturating_mul(limit) {
            self.cheap.break_(at, || {
                let why = format!(
                    "All signals weigh {} bytes for each request; {} were to be the most.",
                    count((bytes / requests) as i64),
                    count(limit as i64)
                );
                (why, vec![evidence(at.record, "the end of the run")])
            });
        }
        let (seen, Some(truth)) = (estimate.share(weighed), truth) else { return };
        let Some(seen) = seen.filter(|_| estimate.traces >= ENOUGH) else {
            let why = format!(
                "{} that begin with a request are too few to estimate anything.",
                counted(u64::from(estimate.traces), "trace")
            );
            return self.unbiased.say(at, State::Unknown, &why);
        };
        let [said, true_] = [seen, truth].map(format_decimal);
        let by = format!(
            "By {} a share of {said} of the requests fail, by metrics {true_}.",
            counted(u64::from(estimate.traces), "trace")
        );
        if (seen - truth).abs() > BIAS {
            self.unbiased.break_(at, || (by.clone(), vec![evidence(at.record, "the end of the run")]));
        } else {
            self.unbiased.say(at, State::Kept, &by);
        }
    }

    /// The lights, in the order of the promises.
    pub fn verdicts(&self) -> Vec<Verdict> {
        [&self.found, &self.whole, &self.unbiased, &self.cheap, &self.joined]
            .map(|light| light.clone().verdict())
            .into()
    }
}

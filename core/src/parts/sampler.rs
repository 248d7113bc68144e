//! Who decides which traces are kept: at the head by the trace's own random bits, or at the tail once its spans are together.
//!
//! Head: OpenTelemetry's samplers `TraceIdRatioBased` and `ParentBased`, and its consistent probability sampling, where whoever knows the trace's 56
//! random bits R and keeps those with R ≥ T comes to the same (specification, "TraceState: Probability Sampling"). Tail: the collector's
//! `tailsamplingprocessor`, which holds a trace for `decision_wait` after its first span, and `num_traces` of them at the most.

mod tail;

pub use tail::{Decided, Tail, TailPolicy, Taken};

use crate::chance::dice::MILLION;

/// The random bits of a trace: 56, as in W3C Trace Context, level 2.
pub const RANDOM_BITS: u32 = 56;
const WHOLE: u64 = 1 << RANDOM_BITS;

/// What a trace must reach with its random bits to be kept (the rejection threshold T): so that this share is, in millionths.
pub fn threshold(millionths: u32) -> u64 {
    let share = u64::from(millionths).min(MILLION);
    let kept = (u128::from(WHOLE) * u128::from(share) + u128::from(MILLION) / 2) / u128::from(MILLION);
    WHOLE - kept as u64
}

/// Whether a trace with these random bits reaches a threshold. What is kept at a share is kept at every greater one.
pub fn keeps(random: u64, threshold: u64) -> bool {
    random & (WHOLE - 1) >= threshold
}

/// A threshold as `tracestate` carries it (`ot=th:…`): 14 hexadecimal digits without the zeros at their end, `0` where all is kept.
pub fn th(threshold: u64) -> String {
    let digits = format!("{threshold:014x}");
    let short = digits.trim_end_matches('0');
    if short.is_empty() { "0".to_owned() } else { short.to_owned() }
}

/// What somebody knows of a trace who has come to a decision, or to none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Parent {
    /// No context came: the trace begins here.
    None,
    /// One came that says whether its spans are kept (W3C's flag `sampled`).
    Sampled(bool),
}

/// Who decides at the head.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Decide {
    /// `ParentBased(TraceIdRatioBased)`: whoever begins the trace; others obey the flag.
    Parent,
    /// Each by its own rate and the trace's random bits.
    Consistent,
    /// Each by its own rate and a die of its own.
    Each,
}

impl Decide {
    /// Whether a service writes its span: with a rate in millionths, the random bits of the trace, and as many of its own.
    pub fn samples(self, rate: u32, parent: Parent, random: u64, own: u64) -> bool {
        let threshold = threshold(rate);
        match (self, parent) {
            (Decide::Parent, Parent::Sampled(sampled)) => sampled,
            (Decide::Parent | Decide::Consistent, _) => keeps(random, threshold),
            (Decide::Each, _) => keeps(own, threshold),
        }
    }
}

/// What a signal weighs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Sizes {
    /// A span, in bytes.
    pub span: u64,
    /// A line of a log, in bytes.
    pub line: u64,
    /// A sample of a series, in thousandths of a byte.
    pub sample_milli: u64,
}

impl Sizes {
    /// A span with its attributes; a structured line; a sample as Prometheus stores it (1 to 2 bytes).
    pub const USUAL: Sizes = Sizes { span: 500, line: 200, sample_milli: 1_500 };
    /// The seconds of a day.
    const DAY: u64 = 86_400;

    /// The bytes of a day's traces: requests a second, spans of each, and the share that is kept, in millionths.
    pub fn traces_a_day(&self, rate: u64, spans: u64, kept: u64) -> u64 {
        let all = u128::from(rate * Self::DAY * spans * self.span) * u128::from(kept) / u128::from(MILLION);
        u64::try_from(all).unwrap_or(u64::MAX)
    }

    /// The bytes of a day's logs: requests a second, and lines of each.
    pub fn logs_a_day(&self, rate: u64, lines: u64) -> u64 {
        rate * Self::DAY * lines * self.line
    }

    /// The bytes of a day's metrics: how many series, and seconds between two samples.
    pub fn metrics_a_day(&self, series: u64, every_s: u64) -> u64 {
        series * (Self::DAY / every_s.max(1)) * self.sample_milli / 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::dice::remix;

    #[test]
    fn thresholds_are_written_as_the_specification_has_them() {
        for (millionths, written) in [
            (1_000_000, "0"),
            (500_000, "8"),
            (250_000, "c"),
            (125_000, "e"),
            (62_500, "f"),
            (100_000, "e6666666666666"),
            (10_000, "fd70a3d70a3d71"),
            (200_000, "cccccccccccccd"),
        ] {
            assert_eq!(th(threshold(millionths)), written, "{millionths}");
        }
        assert_eq!(threshold(0), 1 << 56, "no random bits reach it");
        assert_eq!(threshold(u32::MAX), 0, "more than all is all");
    }

    #[test]
    fn a_trace_is_kept_from_its_threshold_on() {
        let half = threshold(500_000);
        for (random, kept) in [(0, false), (half - 1, false), (half, true), ((1 << 56) - 1, true)] {
            assert_eq!(keeps(random, half), kept, "{random:x}");
            assert!(keeps(random, threshold(1_000_000)) && !keeps(random, threshold(0)));
            assert_eq!(keeps(random | 0xab << 56, half), kept, "the first byte of a trace id is not random");
        }
    }

    #[test]
    fn who_decides_is_obeyed_or_not() {
        use Decide::{Consistent, Each, Parent as ByParent};
        let (low, high, rate) = (0, (1 << 56) - 1, 100_000);
        for (decide, parent, random, own, samples) in [
            (ByParent, Parent::None, low, high, false),
            (ByParent, Parent::None, high, low, true),
            (ByParent, Parent::Sampled(true), low, low, true),
            (ByParent, Parent::Sampled(false), high, high, false),
            (Consistent, Parent::Sampled(true), low, high, false),
            (Consistent, Parent::Sampled(false), high, low, true),
            (Each, Parent::Sampled(true), high, low, false),
            (Each, Parent::None, low, high, true),
        ] {
            assert_eq!(decide.samples(rate, parent, random, own), samples, "{decide:?} {parent:?}");
        }
    }

    /// What services with these rates keep of many traces: whole ones, and such of which any span is kept.
    fn kept(decide: Decide, rates: [u32; 3]) -> (f64, f64) {
        let (mut whole, mut any) = (0, 0);
        for trace in 0..200_000u64 {
            let random = remix(7, trace);
            let mut parent = Parent::None;
            let spans = (0..3).map(|hop| {
                let samples = decide.samples(rates[hop], parent, random, remix(trace, hop as u64));
                parent = Parent::Sampled(samples);
                samples
            });
            let spans = spans.filter(|samples| *samples).count();
            (whole, any) = (whole + usize::from(spans == 3), any + usize::from(spans > 0));
        }
        (whole as f64 / 2e5, any as f64 / 2e5)
    }

    #[test]
    fn rates_that_differ_keep_the_least_of_them_whole_where_they_are_consistent() {
        // Four standard errors of 200,000 draws.
        let near = |got: f64, expected: f64| {
            let error = 4.0 * libm::sqrt(expected * (1.0 - expected) / 2e5);
            assert!((got - expected).abs() <= error, "{got}, expected {expected}");
        };
        let (whole, any) = kept(Decide::Consistent, [500_000, 100_000, 200_000]);
        near(whole, 0.1);
        near(any, 0.5);
        let (whole, any) = kept(Decide::Each, [100_000; 3]);
        near(whole, 0.001);
        near(any, 0.271);
        let (whole, any) = kept(Decide::Parent, [100_000; 3]);
        near(whole, 0.1);
        assert_eq!(whole, any);
    }

    #[test]
    fn a_day_weighs_what_sizes_come_to() {
        let sizes = Sizes::USUAL;
        assert_eq!(sizes.traces_a_day(1_000, 8, 10_000), 3_456_000_000);
        assert_eq!(sizes.logs_a_day(1_000, 10), 172_800_000_000);
        assert_eq!(sizes.metrics_a_day(20_000, 15), 172_800_000);
    }
}

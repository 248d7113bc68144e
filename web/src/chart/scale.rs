//! Axes: from values to shares of the plot, with ticks at round numbers and their labels.

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// One axis of a plot. Everything is `+ - * /`, `sqrt` and libm, so that its bits are the same everywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// The value at the left or the bottom.
    pub low: f64,
    /// The value at the right or the top.
    pub high: f64,
    /// Where ticks stand, in order.
    pub ticks: Vec<f64>,
    /// The distance of ticks; says how many decimals a label needs.
    pub step: f64,
}

impl Scale {
    /// A linear axis over a range, with about `count` ticks. When `round` its ends move out to ticks.
    pub fn linear(low: f64, high: f64, count: usize, round: bool) -> Scale {
        let (low, high) = if high > low { (low, high) } else { (low, low + 1.0) };
        let step = round_step((high - low) / count.max(1) as f64);
        let (first, last) = if round {
            ((low / step).floor(), (high / step).ceil())
        } else {
            // A hair's breadth of tolerance, so that a range that ends on a tick has it.
            ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor())
        };
        let ticks: Vec<f64> = (0..=(last - first) as u32).map(|n| (first + f64::from(n)) * step).collect();
        let (low, high) = if round { (first * step, last * step) } else { (low, high) };
        Scale { low, high, ticks, step }
    }

    /// Where a value stands, from 0 at the lower end to 1 at the upper; beyond them it stands at the end.
    pub fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// The value at a share.
    pub fn value(&self, share: f64) -> f64 {
        self.low + (self.high - self.low) * share
    }

    /// A tick's label.
    pub fn label(&self, tick: f64) -> String {
        with_step(tick, self.step)
    }
}

impl Ranged for Scale {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let (start, end) = (f64::from(limit.0), f64::from(limit.1));
        (start + (end - start) * self.share(*value) + 0.5).floor() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Scale {
    fn format_ext(&self, value: &f64) -> String {
        self.label(*value)
    }
}

/// The first of 1, 2, 5, 10, 20, … times a power of ten that is no smaller.
fn round_step(least: f64) -> f64 {
    let decade = power_of_ten(libm::floor(libm::log10(least)) as i32);
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|digit| digit * decade)
        .find(|step| *step >= least)
        .unwrap_or(10.0 * decade)
}

fn power_of_ten(exponent: i32) -> f64 {
    libm::pow(10.0, f64::from(exponent))
}

/// A number with the decimals that a step asks for, thousands apart: `12,000`, `0.25`.
fn with_step(value: f64, step: f64) -> String {
    let decimals = (0..9).find(|n| (step * power_of_ten(*n)).fract() < 1e-6).unwrap_or(9) as usize;
    grouped(format!("{value:.decimals$}"))
}

/// A number with three significant digits, thousands apart, without trailing zeros: for read-outs and tables.
pub fn short_number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = libm::floor(libm::log10(value.abs()) + 1e-12) as i32;
    let decimals = (2 - digits).clamp(0, 9) as usize;
    let text = format!("{value:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    grouped(text.to_owned())
}

fn grouped(text: String) -> String {
    let text = if text.chars().all(|c| matches!(c, '-' | '0' | '.')) { text.replace('-', "") } else { text };
    let (sign, number) = text.strip_prefix('-').map_or(("", text.as_str()), |number| ("−", number));
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut out = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        let labels =
            |scale: Scale| scale.ticks.iter().map(|tick| scale.label(*tick)).collect::<Vec<_>>().join(" ");
        assert_eq!(labels(Scale::linear(0.0, 0.93, 5, true)), "0.0 0.2 0.4 0.6 0.8 1.0");
        assert_eq!(labels(Scale::linear(0.0, 10.0, 5, false)), "0 2 4 6 8 10");
        assert_eq!(labels(Scale::linear(0.0, 12_345.0, 4, true)), "0 5,000 10,000 15,000");
        assert_eq!(labels(Scale::linear(-30.0, 30.0, 4, true)), "−40 −20 0 20 40");
        assert_eq!(labels(Scale::linear(5.0, 5.0, 2, true)), "5.0 5.5 6.0");
    }

    #[test]
    fn shares_and_values_are_each_others_inverse() {
        let scale = Scale::linear(-3.0, 9.0, 4, false);
        for share in [0.0, 0.25, 0.5, 1.0] {
            assert!((scale.share(scale.value(share)) - share).abs() < 1e-12);
        }
        assert_eq!(scale.share(-5.0), 0.0);
    }

    #[test]
    fn numbers_are_short() {
        let shown = [0.0, 0.12345, 1.0, 12.34, 1234.6, -1e6, 0.00012].map(short_number);
        assert_eq!(shown, ["0", "0.123", "1", "12.3", "1,235", "−1,000,000", "0.00012"].map(str::to_owned));
    }
}

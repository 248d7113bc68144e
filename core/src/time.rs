//! Durations in text: `250us`, `0.5ms`, `1.2s`, `2m`, `3h`, `2d`, as links, scripts and parameters write them.

use std::fmt;

/// The longest time that text or a distribution may give: a million seconds, in microseconds.
pub const MAX_US: u64 = 1_000_000_000_000;

/// Reads a duration as whole microseconds. Errors are sentences for the reader.
pub fn parse_duration_us(text: &str) -> Result<u64, String> {
    let ns = parse_duration_ns(text)?;
    if !ns.is_multiple_of(1_000) {
        return Err(format!(
            "“{text}” is finer than a microsecond, the smallest step of time here; write whole microseconds, such as 250us"
        ));
    }
    Ok(ns / 1_000)
}

/// Reads a duration that may be negative (the jump of a clock), as whole microseconds.
pub fn parse_signed_duration_us(text: &str) -> Result<i64, String> {
    let (sign, size) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    parse_duration_us(size).map(|us| sign * us as i64)
}

/// Reads a duration as whole nanoseconds, which distributions keep so that a fitted mean is not rounded away.
pub(crate) fn parse_duration_ns(text: &str) -> Result<u64, String> {
    let right = "write a number and a unit: 250us, 0.5ms, 1.2s, 2m, 3h or 2d";
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit_ns = match unit {
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        "" if number.is_empty() => return Err(format!("a duration is missing; {right}")),
        "" => return Err(format!("“{text}” has no unit; {right}")),
        _ => return Err(format!("“{text}” is not a duration; {right}")),
    };
    let ns = parse_decimal(number, unit_ns).map_err(|fault| match fault {
        DecimalFault::NotANumber => format!("“{text}” is not a duration; {right}"),
        DecimalFault::TooFine => format!("“{text}” is finer than a nanosecond; use fewer decimals"),
        DecimalFault::TooLarge => too_long(text),
    })?;
    if ns > MAX_US * 1_000 { Err(too_long(text)) } else { Ok(ns) }
}

fn too_long(text: &str) -> String {
    format!("“{text}” is too long; the longest time is {}", DurationUs(MAX_US))
}

const HOUR_US: u64 = 3_600_000_000;

/// A duration that prints as its canonical text: in the largest unit of which it is at least one (days, hours and minutes only when they are
/// whole), without trailing zeros. One hour is `60m`, as links have it from before there were hours. Parsing it gives the same duration back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DurationUs(
    /// Microseconds.
    pub u64,
);

impl fmt::Display for DurationUs {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let us = self.0;
        match us {
            0 => f.write_str("0ms"),
            _ if us.is_multiple_of(24 * HOUR_US) => write!(f, "{}d", us / (24 * HOUR_US)),
            _ if us.is_multiple_of(HOUR_US) && us > HOUR_US => write!(f, "{}h", us / HOUR_US),
            _ if us.is_multiple_of(60_000_000) => write!(f, "{}m", us / 60_000_000),
            1_000_000.. => write!(f, "{}s", Decimal(us, 1_000_000)),
            1_000.. => write!(f, "{}ms", Decimal(us, 1_000)),
            _ => write!(f, "{us}us"),
        }
    }
}

/// A moment of a run, as every text and every picture of it writes it: to the microsecond where the run lasts less than a second, else to the
/// millisecond.
pub fn moment(at_us: u64, run_us: u64) -> String {
    let decimals = if run_us < 1_000_000 { 6 } else { 3 };
    let digits = format!("{:06}", at_us % 1_000_000);
    format!("{}.{}s", at_us / 1_000_000, &digits[..decimals])
}

/// The same text for nanoseconds.
pub(crate) struct DurationNs(pub u64);

impl fmt::Display for DurationNs {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let ns = self.0;
        match ns {
            _ if ns.is_multiple_of(1_000) => DurationUs(ns / 1_000).fmt(f),
            1_000_000_000.. => write!(f, "{}s", Decimal(ns, 1_000_000_000)),
            1_000_000.. => write!(f, "{}ms", Decimal(ns, 1_000_000)),
            _ => write!(f, "{}us", Decimal(ns, 1_000)),
        }
    }
}

/// The whole number `.0` in units of `.1` (a power of ten), as a decimal without trailing zeros.
pub(crate) struct Decimal(pub u64, pub u64);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Decimal(value, one) = *self;
        let (mut rest, mut width) = (value % one, one.ilog10() as usize);
        if rest == 0 {
            return write!(f, "{}", value / one);
        }
        while rest % 10 == 0 {
            (rest, width) = (rest / 10, width - 1);
        }
        write!(f, "{}.{rest:0width$}", value / one)
    }
}

/// What can be wrong with a decimal; the caller makes the sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DecimalFault {
    NotANumber,
    TooFine,
    TooLarge,
}

/// Reads `12` or `12.5` as a whole number of parts, of which `one` make one. Exact: no float on the way.
pub(crate) fn parse_decimal(text: &str, one: u64) -> Result<u64, DecimalFault> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || fraction.is_some_and(|f| !digits(f)) {
        return Err(DecimalFault::NotANumber);
    }
    let whole: u64 = whole.parse().map_err(|_| DecimalFault::TooLarge)?;
    let mut value = whole.checked_mul(one).ok_or(DecimalFault::TooLarge)?;
    let mut place = u128::from(one);
    let mut sum = 0u128; // the fraction, in parts times `scale`, so that units of 60 seconds divide exactly too
    let mut scale = 1u128;
    for digit in fraction.unwrap_or("").trim_end_matches('0').bytes() {
        if scale >= 1_000_000_000_000_000 {
            return Err(DecimalFault::TooFine);
        }
        sum = sum * 10 + u128::from(digit - b'0');
        scale *= 10;
    }
    place *= sum;
    if !place.is_multiple_of(scale) {
        return Err(DecimalFault::TooFine);
    }
    value = value.checked_add((place / scale) as u64).ok_or(DecimalFault::TooLarge)?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_read_and_print() {
        for (text, us) in [
            ("1.2s", 1_200_000),
            ("250us", 250),
            ("0.5ms", 500),
            ("2m", 120_000_000),
            ("2h", 7_200_000_000),
            ("1.5h", 5_400_000_000),
            ("3d", 259_200_000_000),
            ("0s", 0),
            ("0.50s", 500_000),
        ] {
            assert_eq!(parse_duration_us(text), Ok(us), "{text}");
        }
        for (us, text) in [
            (0, "0ms"),
            (999, "999us"),
            (1_050, "1.05ms"),
            (90_000_000, "90s"),
            (60_000_000, "1m"),
            (3_600_000_000, "60m"),
            (5_400_000_000, "90m"),
            (7_200_000_000, "2h"),
            (86_400_000_000, "1d"),
            (90_000_000_000, "25h"),
            (604_800_000_000, "7d"),
            (2_000_001, "2.000001s"),
        ] {
            assert_eq!(DurationUs(us).to_string(), text);
        }
        assert_eq!(DurationNs(602_410).to_string(), "602.41us");
        assert_eq!(parse_signed_duration_us("-250ms"), Ok(-250_000));
    }

    #[test]
    fn moments_of_a_run_read_alike() {
        assert_eq!(
            [0, 230_500, 1_250_999].map(|at_us| moment(at_us, 3_000_000)),
            ["0.000s", "0.230s", "1.250s"]
        );
        assert_eq!([0, 136_493].map(|at_us| moment(at_us, 999_999)), ["0.000000s", "0.136493s"]);
    }

    #[test]
    fn what_is_not_a_duration_gets_a_sentence() {
        for text in [
            "",
            "5",
            "ms",
            ".5ms",
            "5.ms",
            "1e9s",
            "-1ms",
            "1.2.3s",
            "5 ms",
            "12d",
            "2H",
            "5MS",
            "99999999999999999999s",
            "1000001s",
            "0.5us",
            "1ns",
            "é",
        ] {
            let sentence = parse_duration_us(text).expect_err(text);
            assert!(sentence.len() > 20, "{text}: {sentence}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_is_the_identity(us in 0..=MAX_US) {
            prop_assert_eq!(parse_duration_us(&DurationUs(us).to_string()), Ok(us));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[0-9.]{0,25}[a-z-]{0,3}") {
            let _ = parse_duration_us(&text);
            let _ = parse_signed_duration_us(&text);
        }
    }
}

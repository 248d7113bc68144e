//! Numbers in markup, as short as they go. A picture has thousands, so they are printed without the machinery of `format!`.

/// A coordinate or a length: at most two decimals, no trailing zeros, never `-0` or an exponent.
#[inline(never)]
pub fn number(value: f64) -> String {
    let mut text = String::new();
    push_number(&mut text, value);
    text
}

/// The same at the end of a text.
#[inline(never)]
pub fn push_number(text: &mut String, value: f64) {
    assert!(value.is_finite(), "a picture's numbers are finite");
    let Some(hundredths) = hundredths(value.abs()) else {
        return text.push_str(&format!("{value:.0}"));
    };
    if value < 0.0 && hundredths > 0 {
        text.push('-');
    }
    let (mut rest, mut decimals) = (hundredths, 2);
    while decimals > 0 && rest.is_multiple_of(10) {
        (rest, decimals) = (rest / 10, decimals - 1);
    }
    // From the last digit to the first, one at least before the point.
    let mut digits = [0; 24];
    let (mut at, mut printed) = (digits.len(), 0);
    while rest > 0 || printed <= decimals {
        if printed == decimals && decimals > 0 {
            at -= 1;
            digits[at] = b'.';
        }
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        (rest, printed) = (rest / 10, printed + 1);
    }
    text.push_str(std::str::from_utf8(&digits[at..]).expect("digits are ASCII"));
}

/// A number's hundredths, rounded to the nearest and halves to even as `{:.2}` does: exact, for a double is a whole number of 53 bits times
/// a power of two (IEEE 754). None from 2^53 on, where there are no fractions.
fn hundredths(value: f64) -> Option<u64> {
    let bits = value.to_bits();
    let exponent = bits >> 52;
    let mantissa = (bits & ((1 << 52) - 1)) | 1 << 52;
    let scaled = mantissa * 100;
    match 1_075u64.checked_sub(exponent)? {
        0 => Some(scaled),
        // Less than 2^60 / 2^64.
        64.. => Some(0),
        shift => {
            let (whole, rest, half) = (scaled >> shift, scaled & ((1 << shift) - 1), 1 << (shift - 1));
            Some(whole + u64::from(rest > half || rest == half && whole % 2 == 1))
        }
    }
}

/// Reads a decimal number of at most 15 digits, such as [`number`] prints. (The standard library's reader knows far more, in tables of 10 KB
/// that every page would fetch.)
pub fn parse_number(text: &str) -> Option<f64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1.0, text), |digits| (-1.0, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all = || whole.bytes().chain(part.bytes());
    if whole.is_empty() || all().count() > 15 || !all().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // Both are whole numbers that a double holds exactly, and a division is rounded once.
    let value = all().fold(0.0, |value, digit| value * 10.0 + f64::from(digit - b'0'));
    Some(sign * value / (0..part.len()).fold(1.0, |power, _| power * 10.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The long way.
    fn formatted(value: f64) -> String {
        let text = format!("{value:.2}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if text == "-0" { "0".to_owned() } else { text.to_owned() }
    }

    #[test]
    fn numbers_are_short() {
        let shown: Vec<String> = [0.0, -0.001, 1.5, 2.0, 100.0, -3.456, 1e9].map(number).to_vec();
        assert_eq!(shown, ["0", "0", "1.5", "2", "100", "-3.46", "1000000000"]);
    }

    #[test]
    fn decimals_are_read_exactly_and_nothing_else_is() {
        for text in ["0", "0.5", "-0.25", "720", "0.1", "123456.789012345", "999999999999999"] {
            assert_eq!(parse_number(text), text.parse().ok(), "{text}");
        }
        for text in ["", "-", ".5", "1e3", "NaN", "+1", "1.2.3", "1000000000000000", " 1"] {
            assert_eq!(parse_number(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_number_is_printed_as_format_does(bits in any::<u64>(), eighths in -100_000i32..100_000, place in -2_000f64..2_000.0) {
            let any = f64::from_bits(bits);
            // Halves of a hundredth, which round to even, lie among the eighths.
            for value in [any, f64::from(eighths) / 8.0, place, place * 1e12].into_iter().filter(|value| value.is_finite()) {
                prop_assert_eq!(number(value), formatted(value));
            }
        }
    }
}

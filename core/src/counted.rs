//! Counts and shares in sentences: one call waits, 1,200 calls wait, 2.5 % of them.

/// "1 call", "2 calls": a count and its noun, which takes an s.
pub fn counted(count: impl Into<u64>, noun: &str) -> String {
    match count.into() {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}

/// A count with its thousands parted: `12,000`.
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let parted: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|c| std::str::from_utf8(c).expect("digits")).collect();
    format!("{}{}", if number < 0 { "−" } else { "" }, parted.join(","))
}

/// A share in hundredths: `25 %`, and `2.5 %` when it is small.
pub fn percent(part: i64, whole: i64) -> String {
    let share = if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 };
    if share < 9.95 && share > 0.0 { format!("{share:.1} %") } else { format!("{share:.0} %") }
}

#[test]
fn one_is_one_and_none_are_many() {
    let calls = [0_u32, 1, 2].map(|count| counted(count, "call"));
    assert_eq!(calls, ["0 calls", "1 call", "2 calls"]);
}

#[test]
fn thousands_are_parted_and_small_shares_have_a_decimal() {
    assert_eq!([0, 999, 1_000, -12_000, 1_234_567].map(count), ["0", "999", "1,000", "−12,000", "1,234,567"]);
    let shares = [(1, 4), (1, 40), (0, 40), (9_949, 100_000), (9_950, 100_000), (1, 0)];
    assert_eq!(
        shares.map(|(part, whole)| percent(part, whole)),
        ["25 %", "2.5 %", "0 %", "9.9 %", "10 %", "0 %"]
    );
}

//! Counts in sentences: one call waits, two calls wait.

/// "1 call", "2 calls": a count and its noun, which takes an s.
pub fn counted(count: impl Into<u64>, noun: &str) -> String {
    match count.into() {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}

#[test]
fn one_is_one_and_none_are_many() {
    let calls = [0_u32, 1, 2].map(|count| counted(count, "call"));
    assert_eq!(calls, ["0 calls", "1 call", "2 calls"]);
}

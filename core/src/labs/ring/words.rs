//! Numbers as the lab's sentences say them.

use crate::params::format_decimal;

/// A count with its thousands parted: 12,500.
pub fn number(count: u64) -> String {
    crate::counted::count(count as i64)
}

/// Rows: 1 row, 12,500 rows.
pub fn rows(count: u64) -> String {
    format!("{} row{}", number(count), if count == 1 { "" } else { "s" })
}

/// A part of a whole in hundredths: 25 %, and 2.5 % when it is small.
pub fn share(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 1_000 + u128::from(whole) / 2).checked_div(u128::from(whole)).unwrap_or(0);
    if tenths < 100 && tenths % 10 != 0 {
        return format!("{}.{} %", tenths / 10, tenths % 10);
    }
    format!("{} %", (tenths + 5) / 10)
}

/// Millionths as a number with at most two decimals: 2.93.
pub fn times(millionths: u64) -> String {
    format_decimal(((millionths + 5_000) / 10_000 * 10_000) as i64)
}

/// A time in whole milliseconds.
pub fn milliseconds(us: u64) -> String {
    format!("{} ms", number((us + 500) / 1_000))
}

/// Nodes by their numbers: `n4`, `n1 and n3`, `n17 to n32`.
pub fn names(nodes: &[u32]) -> String {
    let mut sorted: Vec<u32> = nodes.iter().map(|node| node + 1).collect();
    sorted.sort_unstable();
    match sorted[..] {
        [] => "no node".into(),
        [first, .., last] if sorted.len() > 2 && (last - first) as usize + 1 == sorted.len() => format!("n{first} to n{last}"),
        _ => {
            let names: Vec<String> = sorted.iter().map(|number| format!("n{number}")).collect();
            match names.split_last() {
                Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
                _ => names.concat(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([7, 12_500, 1_000_000].map(number), ["7", "12,500", "1,000,000"]);
        assert_eq!([share(1, 4), share(1, 40), share(3, 4), share(0, 9)], ["25 %", "2.5 %", "75 %", "0 %"]);
        assert_eq!([&[3][..], &[2, 0], &[16, 17, 18], &[0, 4, 2]].map(names), ["n4", "n1 and n3", "n17 to n19", "n1, n3 and n5"]);
        assert_eq!([times(2_928_968), times(1_000_000), times(1_500_000)], ["2.93", "1", "1.5"]);
    }
}

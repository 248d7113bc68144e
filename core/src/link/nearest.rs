//! Which known word somebody may have meant.

/// How much of a word is compared: longer ones are no slips of the pen.
const MAX_CHARS: usize = 40;

/// The candidate nearest to `word`, if it is near enough to have been meant.
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let length = word.chars().count();
    if length > MAX_CHARS {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let starts = length >= 3 && candidate.starts_with(&word);
        let far = if starts { 1 } else { distance(&word, candidate) };
        let near_enough = far <= 1 + length / 4 && far < length.max(candidate.len());
        if near_enough && best.is_none_or(|(least, _)| far < least) {
            best = Some((far, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(MAX_CHARS).collect();
    let b: Vec<char> = b.chars().take(MAX_CHARS).collect();
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        rows[i][0] = i;
        for j in 1..=b.len() {
            let other = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + other);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen_are_found_and_strangers_are_not() {
        let words = ["n", "w", "timeout", "repair", "seed"];
        for (slip, meant) in
            [("nn", "n"), ("N", "n"), ("tiemout", "timeout"), ("time", "timeout"), ("sead", "seed")]
        {
            assert_eq!(nearest(slip, words), Some(meant), "{slip}");
        }
        for stranger in ["x", "jitter", "", &"n".repeat(100)] {
            assert_eq!(nearest(stranger, words), None, "{stranger}");
        }
    }
}

//! From samples to what a chart draws: steps, and long series made as fine as the picture.

/// A point of a chart: (x, y), each in the unit of its axis.
pub type Point = (f64, f64);

/// A line's points, at most four for each of `columns` of the picture: the first, the lowest, the highest and the
/// last, in the order in which they come. What a reader sees is the same line.
pub fn thin(points: &[Point], columns: usize, column_of: impl Fn(f64) -> usize) -> Vec<Point> {
    if points.len() <= columns * 4 {
        return points.to_vec();
    }
    points
        .chunk_by(|a, b| column_of(a.0) == column_of(b.0))
        .flat_map(|chunk| {
            let by_height = |a: &usize, b: &usize| chunk[*a].1.total_cmp(&chunk[*b].1);
            let lowest = (0..chunk.len()).min_by(by_height).expect("chunks are not empty");
            let highest = (0..chunk.len()).max_by(by_height).expect("chunks are not empty");
            let mut kept = vec![0, lowest, highest, chunk.len() - 1];
            kept.sort_unstable();
            kept.dedup();
            kept.into_iter().map(|index| chunk[index])
        })
        .collect()
}

/// A line that stays level until the next point.
pub fn steps(points: &[Point]) -> Vec<Point> {
    let mut out = Vec::with_capacity(points.len() * 2);
    for (x, y) in points.iter().copied() {
        if let Some((_, before)) = out.last().copied().filter(|(_, before)| *before != y) {
            out.push((x, before));
        }
        out.push((x, y));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinned_lines_keep_their_peaks() {
        let points: Vec<Point> =
            (0..10_000).map(|n| (f64::from(n), if n == 5005 { 99.0 } else { f64::from(n % 7) })).collect();
        let thinned = thin(&points, 100, |x| (x / 100.0) as usize);
        assert!(thinned.len() <= 400 && thinned.contains(&(5005.0, 99.0)));
        assert!(thinned.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn steps_stay_level() {
        assert_eq!(
            steps(&[(0.0, 1.0), (2.0, 3.0), (4.0, 3.0)]),
            [(0.0, 1.0), (2.0, 1.0), (2.0, 3.0), (4.0, 3.0)]
        );
    }
}

//! Max-min fairness (Bertsekas and Gallager, *Data Networks*, §6.5.2), and Jain's index of it (Jain, Chiu and Hawe 1984).

/// What each gets of a capacity: nobody more than it asks for, and who gets less than that gets as much as anybody.
pub fn max_min(demands: &[u64], capacity: u64) -> Vec<u64> {
    let mut order: Vec<usize> = (0..demands.len()).collect();
    crate::sorted::sort_by_key(&mut order, |who| demands[*who]);
    let (mut left, mut shares) = (capacity, vec![0; demands.len()]);
    for (before, who) in order.into_iter().enumerate() {
        let share = left / (demands.len() - before) as u64;
        shares[who] = demands[who].min(share);
        left -= shares[who];
    }
    shares
}

/// (Σx)² / (n Σx²), in millionths: a million where all are equal, a million over n where one has all; none where nobody has anything.
pub fn jain(of: &[u64]) -> Option<u64> {
    let sum: u128 = of.iter().map(|x| u128::from(*x)).sum();
    let squares: u128 = of.iter().map(|x| u128::from(*x) * u128::from(*x)).sum();
    (sum * sum * 1_000_000).checked_div(squares * of.len() as u128).map(|index| index as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_max_min_fair() {
        for (demands, capacity, shares) in [
            (&[400, 20, 20, 20, 20][..], 100, &[20, 20, 20, 20, 20][..]),
            (&[400, 20, 20, 20, 20], 200, &[120, 20, 20, 20, 20]),
            (&[2_000, 2_600, 4_000, 5_000], 10_000, &[2_000, 2_600, 2_700, 2_700]),
            (&[1, 1], 10, &[1, 1]),
            (&[], 5, &[]),
        ] {
            assert_eq!(max_min(demands, capacity), shares);
        }
    }

    #[test]
    fn jains_index_is_one_where_all_are_equal() {
        assert_eq!(jain(&[20; 5]), Some(1_000_000));
        assert_eq!(jain(&[7, 0, 0, 0]), Some(250_000));
        assert_eq!(jain(&[83_333, 4_167, 4_167, 4_167, 4_167]), Some(285_156));
        assert_eq!((jain(&[]), jain(&[0, 0])), (None, None));
    }
}

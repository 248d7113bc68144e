//! Closed forms of requests that are made of many, and of second requests beside the first. Times are in means of the work, utilisations below 1.

/// The chance that one of n is slow that are slow each with chance p: `1 - (1 - p)^n`.
pub fn any_slow(p: f64, n: u32) -> f64 {
    -libm::expm1(f64::from(n) * libm::log1p(-p))
}

/// The chance that k of n are there by a time by which each is with chance f, alone.
pub fn enough(f: f64, n: u32, k: u32) -> f64 {
    if f <= 0.0 || f >= 1.0 {
        return if f >= 1.0 || k == 0 { 1.0 } else { 0.0 };
    }
    // From all of them down: the terms are small where they would be lost.
    let (n_f, odds) = (f64::from(n), libm::log(1.0 - f) - libm::log(f));
    let (mut term, mut sum) = (n_f * libm::log(f), 0.0);
    for there in (k..=n).rev() {
        sum += libm::exp(term);
        let left_out = n_f - f64::from(there) + 1.0;
        term += odds + libm::log(f64::from(there)) - libm::log(left_out);
    }
    sum.min(1.0)
}

/// The mean of the k-th of n exponential times: `H_n - H_(n-k)`.
pub fn kth_mean(n: u32, k: u32) -> f64 {
    (n - k.min(n) + 1..=n).map(|i| 1.0 / f64::from(i)).sum()
}

/// What the k-th of n exponential times is at the most, with a chance.
pub fn kth_quantile(n: u32, k: u32, chance: f64) -> f64 {
    let (mut low, mut high) = (0.0, 64.0);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if enough(-libm::expm1(-middle), n, k) < chance { low = middle } else { high = middle }
    }
    high
}

/// An exponential time, hedged after h: the chance of the second request, the mean of the lesser of both, and what 99 of 100 take at the most.
pub fn hedged(h: f64) -> (f64, f64, f64) {
    let extra = libm::exp(-h);
    let p99 = if extra > 0.01 { (h + libm::log(100.0)) / 2.0 } else { libm::log(100.0) };
    (extra, 1.0 - extra / 2.0, p99)
}

/// The mean time of the first of d requests at servers drawn from ever more, none of which is called back, where one alone would use a share r:
/// `1 / (d (1 - d r))`; none where the servers cannot do it (Vulimiri et al., CoNEXT 2013).
pub fn copies(d: u32, r: f64) -> Option<f64> {
    let d = f64::from(d);
    (d * r < 1.0).then(|| 1.0 / (d * (1.0 - d * r)))
}

/// Above this utilisation d copies take longer than one: `1 / (d + 1)`.
pub fn copies_help_below(d: u32) -> f64 {
    1.0 / (f64::from(d) + 1.0)
}

/// The mean time of requests at d of n servers each, the others called back as the first is done (Gardner et al., Redundancy-d, 2017):
/// `Σ from d to n of 1 / (n C(n-1, d-1) / C(i-1, d-1) - n r)`.
pub fn redundancy_d(n: u32, d: u32, r: f64) -> f64 {
    let n_f = f64::from(n);
    let ratio = |i: u32| (1..d).fold(1.0, |ratio, j| ratio * f64::from(n - j) / f64::from(i - j));
    (d..=n).map(|i| 1.0 / (n_f * ratio(i) - n_f * r)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64, digits: i32) -> bool {
        (value - expected).abs() < 0.51 * libm::pow(10.0, f64::from(-digits))
    }

    #[test]
    fn order_statistics_are_those_of_the_tables() {
        assert!(near(any_slow(0.01, 100), 0.633_968, 6) && near(any_slow(1e-4, 2_000), 0.181_277, 6));
        for (n, k, chance, expected, digits) in [
            (100, 100, 0.5, 4.975_15, 5),
            (100, 100, 0.99, 9.205_37, 5),
            (10, 10, 0.99, 6.903_24, 5),
            (100, 95, 0.99, 4.009_2, 4),
            (20, 19, 0.99, 4.880_7, 4),
        ] {
            let value = kth_quantile(n, k, chance);
            assert!(near(value, expected, digits), "{k} of {n} at {chance}: {value}");
        }
        assert!(near(kth_mean(100, 95), 2.904_04, 5) && near(kth_mean(5, 5), 2.283_3, 4));
        assert!(near(enough(0.999, 10, 10), 0.990_045, 6));
        assert_eq!((enough(0.0, 3, 0), enough(0.0, 3, 1), enough(1.0, 3, 3)), (1.0, 0.0, 1.0));
    }

    #[test]
    fn second_requests_are_those_of_the_papers() {
        let (extra, mean, p99) = hedged(libm::log(20.0));
        assert!(near(extra, 0.05, 4) && near(mean, 0.975, 4) && near(p99, 3.800_5, 4));
        assert_eq!(hedged(10.0).2, libm::log(100.0), "too late for the tail");
        for (r, expected) in [(0.2, 0.833), (0.3, 1.25), (0.4, 2.5)] {
            assert!(near(copies(2, r).expect("there is room"), expected, 3));
        }
        assert_eq!(copies(2, 0.5), None);
        assert!(near(copies(2, copies_help_below(2)).unwrap_or(0.0), 1.5, 4), "as one alone: 1 / (1 - 1/3)");
        for (n, r, expected) in [(20, 0.4, 0.700_08), (20, 0.8, 1.331_75), (5, 0.8, 1.604_17)] {
            assert!(near(redundancy_d(n, 2, r), expected, 5), "{n} at {r}: {}", redundancy_d(n, 2, r));
        }
        assert!(near(redundancy_d(4, 1, 0.5), 2.0, 9), "M/M/1");
    }
}

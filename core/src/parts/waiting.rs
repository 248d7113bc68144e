//! Closed forms of waiting: the mean time in system, in service times, of servers with exponential work and Poisson arrivals that are spread in some
//! way; and how full the fullest of n bins gets. Utilisations are below 1.

/// One server for each random share: M/M/1, `1 / (1 - r)`.
pub fn mm1(r: f64) -> f64 {
    1.0 / (1.0 - r)
}

/// The same where all requests cost alike: M/D/1, `1 + r / (2 (1 - r))`.
pub fn md1(r: f64) -> f64 {
    1.0 + r / (2.0 * (1.0 - r))
}

/// The root σ of E_n/M/1: the chance that who comes finds the server busy. Round robin gives each of n servers every n-th of the arrivals.
pub fn en_m1_root(n: u32, r: f64) -> f64 {
    let (n, mut sigma) = (f64::from(n), r);
    // A contraction: its slope at the root is below 1.
    for _ in 0..10_000 {
        let next = libm::pow(n * r / (n * r + 1.0 - sigma), n);
        if (next - sigma).abs() < 1e-15 {
            break;
        }
        sigma = next;
    }
    sigma
}

/// Round robin: E_n/M/1, `1 / (1 - σ)`.
pub fn en_m1(n: u32, r: f64) -> f64 {
    1.0 / (1.0 - en_m1_root(n, r))
}

/// The chance of having to wait at one line before n servers (Erlang C).
pub fn erlang_c(n: u32, r: f64) -> f64 {
    let load = f64::from(n) * r;
    let blocked = (1..=n).fold(1.0, |b, i| load * b / (f64::from(i) + load * b));
    blocked / (1.0 - r * (1.0 - blocked))
}

/// One line before n servers: M/M/n, `1 + C / (n (1 - r))`.
pub fn mmn(n: u32, r: f64) -> f64 {
    1.0 + erlang_c(n, r) / (f64::from(n) * (1.0 - r))
}

/// The best of d that are drawn, of ever more servers: `Σ r^((d^i - d) / (d - 1))` (Mitzenmacher 1996, Vvedenskaya et al. 1996).
pub fn supermarket(d: u32, r: f64) -> f64 {
    if d <= 1 {
        return mm1(r);
    }
    let (d, mut power, mut sum) = (f64::from(d), 0.0, 0.0);
    loop {
        let term = libm::pow(r, power);
        if term < 1e-15 {
            return sum;
        }
        sum += term;
        power = power * d + d;
    }
}

/// How much the loads of n servers differ that have c connections by chance: the coefficient of variation, `√((n - 1) / c)`.
pub fn spread(n: u32, c: u32) -> f64 {
    libm::sqrt(f64::from(n.saturating_sub(1)) / f64::from(c.max(1)))
}

/// The mean number in the fullest of n bins after so many balls, each of which goes to the emptiest of d bins that are drawn from all. Exact, by
/// `Σ P(fullest > m)`; chances below 1e-15 are left out.
pub fn fullest(balls: u32, n: u32, d: u32) -> f64 {
    let most = |m: u32| if d <= 1 { one_choice(balls, n, m) } else { choices(balls, n, d, m) };
    let mut sum = 0.0;
    for m in 0.. {
        let above = 1.0 - most(m);
        if above < 1e-12 || m >= balls {
            break;
        }
        sum += above;
    }
    sum
}

/// The chance that no bin holds more than m: n bins that each hold a Poisson number up to m, given that they hold all.
fn one_choice(balls: u32, n: u32, m: u32) -> f64 {
    let (balls, mean) = (balls as usize, f64::from(balls) / f64::from(n.max(1)));
    let poisson =
        |mean: f64, k: usize| libm::exp(k as f64 * libm::log(mean) - mean - libm::lgamma(k as f64 + 1.0));
    let bin: Vec<f64> = (0..=m as usize).map(|k| poisson(mean, k)).collect();
    let mut held = vec![0.0; balls + 1];
    held[0] = 1.0;
    for _ in 0..n {
        for sum in (0..=balls).rev() {
            held[sum] = bin.iter().take(sum + 1).enumerate().map(|(k, chance)| chance * held[sum - k]).sum();
        }
    }
    held[balls] / poisson(f64::from(balls as u32), balls)
}

/// The chain of how many bins hold at least 1, 2, … m balls; a ball that makes one hold more leaves it.
fn choices(balls: u32, n: u32, d: u32, m: u32) -> f64 {
    use std::collections::BTreeMap;
    let (all, m) = (f64::from(n), m as usize);
    let mut chances = BTreeMap::from([(vec![0u32; m], 1.0)]);
    for _ in 0..balls {
        let mut next: BTreeMap<Vec<u32>, f64> = BTreeMap::new();
        for (bins, chance) in chances {
            // That all that are drawn hold at least i.
            let at_least = |i: usize| match i {
                0 => 1.0,
                _ if i > m => 0.0,
                _ => libm::pow(f64::from(bins[i - 1]) / all, f64::from(d)),
            };
            for level in 0..m {
                let chance = chance * (at_least(level) - at_least(level + 1));
                if chance > 1e-15 {
                    let mut bins = bins.clone();
                    bins[level] += 1;
                    *next.entry(bins).or_default() += chance;
                }
            }
        }
        chances = next;
    }
    chances.values().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(name: &str, value: f64, expected: f64) {
        assert!((value - expected).abs() < 6e-6 * expected.max(1.0), "{name}: {value}, expected {expected}");
    }

    #[test]
    fn means_are_as_published() {
        close("M/M/1", mm1(0.9), 10.0);
        close("M/D/1", md1(0.9), 5.5);
        for (n, r, mean) in [(10, 0.9, 5.66028), (10, 0.8, 2.92227), (5, 0.8, 3.15226), (1, 0.9, 10.0)] {
            close("E_n/M/1", en_m1(n, r), mean);
        }
        close("M/M/1 as M/M/n", mmn(1, 0.8), 5.0);
        assert!((mmn(10, 0.9) - 1.6687).abs() < 5e-5 && (mmn(10, 0.7) - 1.0739).abs() < 5e-5);
        close("d = 2", supermarket(2, 0.9), 2.61406);
        close("d = 1", supermarket(1, 0.9), 10.0);
        assert!((spread(10, 100) - 0.3).abs() < 1e-9 && (spread(10, 1_000) - 0.0949).abs() < 5e-5);
    }

    #[test]
    fn the_fullest_bin_is_as_published() {
        for (n, d, mean) in [
            (10, 1, 2.74869),
            (100, 1, 4.23259),
            (10, 2, 2.06131),
            (100, 2, 2.58611),
            (10, 3, 1.95185),
            (100, 3, 2.05013),
        ] {
            close(&format!("n = {n}, d = {d}"), fullest(n, n, d), mean);
        }
        close("one ball", fullest(1, 7, 2), 1.0);
        close("one bin", fullest(3, 1, 2), 3.0);
        close("two bins", fullest(2, 2, 1), 1.5);
    }
}

//! Distributions of times: their text, their samples, and their exact means and quantiles.

mod text;

use super::dice::{self, MILLION};
use crate::time::MAX_US;

/// How a time is distributed. Whole numbers only, so that it can be compared, hashed and printed exactly: times in nanoseconds (a fitted mean is not
/// rounded away), probabilities, shapes and sigmas in millionths.
///
/// The text forms, as in links: `10ms` · `uniform-30ms-40ms` · `exp-10ms` · `normal-10ms-2ms` · `lognormal-10ms-0.5` · `pareto-1.05ms-1.51` ·
/// `mix-0.38-pareto-1.05ms-1.51-exp-5.46ms` · `shift-75ms-exp-1ms` · `table-0-1ms-50-3ms-99.9-20ms`.
/// Parsing is the only check at the door: what it accepts keeps the limits stated with each variant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dist {
    /// Always the same.
    Constant {
        /// The value.
        ns: u64,
    },
    /// Every value between the ends is equally likely.
    Uniform {
        /// The least value.
        from_ns: u64,
        /// The greatest value, not less than the least.
        to_ns: u64,
    },
    /// Memoryless: density e^(-x/mean) / mean.
    Exponential {
        /// The mean, above 0.
        mean_ns: u64,
    },
    /// The absolute value of a normal variable (a time is not negative).
    Normal {
        /// The mean of the normal variable.
        mean_ns: u64,
        /// Its standard deviation.
        sd_ns: u64,
    },
    /// e^N with N normal: many delays in practice.
    LogNormal {
        /// The median, e^(mean of N), above 0.
        median_ns: u64,
        /// The standard deviation of N, at most 5.
        sigma_millionths: u64,
    },
    /// Heavy-tailed: P(X > x) = (scale / x)^shape from `scale` on.
    Pareto {
        /// The least value, above 0.
        scale_ns: u64,
        /// The exponent, above 0; the mean is infinite up to 1.
        shape_millionths: u64,
    },
    /// With some chance one distribution, otherwise another.
    Mixture {
        /// The chance of `first`, at most a million.
        chance_millionths: u64,
        /// Drawn with that chance.
        first: Box<Dist>,
        /// Drawn otherwise.
        otherwise: Box<Dist>,
    },
    /// Another distribution, later by a constant.
    Shift {
        /// The constant.
        by_ns: u64,
        /// What is shifted.
        of: Box<Dist>,
    },
    /// Measured quantiles: linear between them, the first value below the first, the last value above the last.
    Table {
        /// (quantile in millionths, value in nanoseconds): quantiles rising, values not falling.
        points: Vec<(u64, u64)>,
    },
}

/// How deep mixtures and shifts may be nested.
pub const MAX_DEPTH: usize = 4;
/// How many quantiles a table may have.
pub const MAX_POINTS: usize = 64;

impl Dist {
    /// The same time always, in microseconds.
    pub const fn constant_us(us: u64) -> Dist {
        Dist::Constant { ns: us * 1_000 }
    }

    /// The value that this die picks, in whole microseconds (rounded to the nearest), at most [`MAX_US`]. Where one die picks from the same
    /// distribution with other parameters, the value moves smoothly with them: a slider keeps its luck.
    pub fn sample_us(&self, die: u64) -> u64 {
        // A cast from float to integer saturates.
        ((self.sample_ns(die) / 1_000.0 + 0.5) as u64).min(MAX_US)
    }

    fn sample_ns(&self, die: u64) -> f64 {
        match self {
            Dist::Constant { ns } => *ns as f64,
            Dist::Uniform { from_ns, to_ns } => {
                *from_ns as f64 + to_ns.saturating_sub(*from_ns) as f64 * dice::unit(die)
            }
            Dist::Exponential { mean_ns } => -libm::log(dice::unit(die)) * *mean_ns as f64,
            Dist::Normal { mean_ns, sd_ns } => {
                libm::fabs(*mean_ns as f64 + *sd_ns as f64 * standard_normal(die))
            }
            Dist::LogNormal { median_ns, sigma_millionths } => {
                *median_ns as f64 * libm::exp(ratio(*sigma_millionths) * standard_normal(die))
            }
            Dist::Pareto { scale_ns, shape_millionths } => {
                *scale_ns as f64 * libm::pow(dice::unit(die), -1.0 / ratio(*shape_millionths))
            }
            Dist::Mixture { chance_millionths, first, otherwise } => {
                let part =
                    if dice::happens(dice::remix(die, 0), *chance_millionths) { first } else { otherwise };
                part.sample_ns(dice::remix(die, 1))
            }
            Dist::Shift { by_ns, of } => *by_ns as f64 + of.sample_ns(die),
            Dist::Table { points } => table_at(points, dice::unit(die)),
        }
    }

    /// The mean in microseconds, of the distribution as written (before rounding and the maximum); `None` where it is infinite.
    pub fn mean_us(&self) -> Option<f64> {
        self.mean_ns().map(|ns| ns / 1_000.0)
    }

    fn mean_ns(&self) -> Option<f64> {
        Some(match self {
            Dist::Constant { ns } => *ns as f64,
            Dist::Uniform { from_ns, to_ns } => (*from_ns as f64 + *to_ns as f64) / 2.0,
            Dist::Exponential { mean_ns } => *mean_ns as f64,
            Dist::Normal { mean_ns, sd_ns: 0 } => *mean_ns as f64,
            Dist::Normal { mean_ns, sd_ns } => {
                let (mean, sd) = (*mean_ns as f64, *sd_ns as f64);
                let z = mean / sd;
                sd * libm::sqrt(2.0 / std::f64::consts::PI) * libm::exp(-z * z / 2.0)
                    + mean * libm::erf(z / std::f64::consts::SQRT_2)
            }
            Dist::LogNormal { median_ns, sigma_millionths } => {
                let sigma = ratio(*sigma_millionths);
                *median_ns as f64 * libm::exp(sigma * sigma / 2.0)
            }
            Dist::Pareto { shape_millionths: ..=MILLION, .. } => return None,
            Dist::Pareto { scale_ns, shape_millionths } => {
                let shape = ratio(*shape_millionths);
                *scale_ns as f64 * shape / (shape - 1.0)
            }
            // A part that never comes does not make the mean infinite.
            Dist::Mixture { chance_millionths: 0, otherwise, .. } => otherwise.mean_ns()?,
            Dist::Mixture { chance_millionths: MILLION.., first, .. } => first.mean_ns()?,
            Dist::Mixture { chance_millionths, first, otherwise } => {
                let chance = ratio(*chance_millionths);
                chance * first.mean_ns()? + (1.0 - chance) * otherwise.mean_ns()?
            }
            Dist::Shift { by_ns, of } => *by_ns as f64 + of.mean_ns()?,
            Dist::Table { points } => table_mean(points),
        })
    }

    /// P(X ≤ `us`), the share of samples up to this many microseconds.
    pub fn share_up_to(&self, us: f64) -> f64 {
        self.share_up_to_ns(us * 1_000.0)
    }

    fn share_up_to_ns(&self, x: f64) -> f64 {
        let step = |at: f64| if x >= at { 1.0 } else { 0.0 };
        match self {
            _ if x < 0.0 => 0.0,
            Dist::Constant { ns } => step(*ns as f64),
            Dist::Uniform { from_ns, to_ns } if from_ns >= to_ns => step(*from_ns as f64),
            Dist::Uniform { from_ns, to_ns } => {
                ((x - *from_ns as f64) / (*to_ns as f64 - *from_ns as f64)).clamp(0.0, 1.0)
            }
            Dist::Exponential { mean_ns } => -libm::expm1(-x / *mean_ns as f64),
            Dist::Normal { mean_ns, sd_ns: 0 } => step(*mean_ns as f64),
            Dist::Normal { mean_ns, sd_ns } => {
                let (mean, sd) = (*mean_ns as f64, *sd_ns as f64);
                normal_below((x - mean) / sd) - normal_below((-x - mean) / sd)
            }
            Dist::LogNormal { median_ns, sigma_millionths: 0 } => step(*median_ns as f64),
            Dist::LogNormal { median_ns, sigma_millionths } => {
                normal_below(libm::log(x / *median_ns as f64) / ratio(*sigma_millionths))
            }
            Dist::Pareto { scale_ns, .. } if x <= *scale_ns as f64 => 0.0,
            Dist::Pareto { scale_ns, shape_millionths } => {
                1.0 - libm::pow(*scale_ns as f64 / x, ratio(*shape_millionths))
            }
            Dist::Mixture { chance_millionths, first, otherwise } => {
                let chance = ratio(*chance_millionths);
                chance * first.share_up_to_ns(x) + (1.0 - chance) * otherwise.share_up_to_ns(x)
            }
            Dist::Shift { by_ns, of } => of.share_up_to_ns(x - *by_ns as f64),
            Dist::Table { points } => table_share_up_to(points, x),
        }
    }

    /// The least time in microseconds that is not exceeded with this chance (between 0 and 1), to a part in 10^12; at most [`MAX_US`].
    pub fn quantile_us(&self, chance: f64) -> f64 {
        let (mut low, mut high) = (0.0, MAX_US as f64);
        if self.share_up_to(low) >= chance {
            return low;
        }
        // Halving: first by order of magnitude, so that small values are as exact as large ones.
        for _ in 0..200 {
            let middle = if low > 0.0 { libm::sqrt(low * high) } else { high / 1_000.0 };
            if middle < 1e-9 || middle <= low || middle >= high {
                break;
            }
            if self.share_up_to(middle) >= chance { high = middle } else { low = middle }
        }
        high
    }
}

fn ratio(millionths: u64) -> f64 {
    millionths as f64 / MILLION as f64
}

/// Box and Muller's transform (1958): its first variable.
fn standard_normal(die: u64) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(dice::unit(die)));
    radius * libm::cos(2.0 * std::f64::consts::PI * dice::unit(dice::remix(die, 0)))
}

/// P(N ≤ z) for a standard normal N; by erfc, which keeps the far tail.
fn normal_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

fn table_at(points: &[(u64, u64)], share: f64) -> f64 {
    let next = points.partition_point(|&(quantile, _)| ratio(quantile) < share);
    match (next.checked_sub(1).map(|i| points[i]), points.get(next)) {
        (Some((q0, x0)), Some(&(q1, x1))) => {
            x0 as f64 + (x1 as f64 - x0 as f64) * (share - ratio(q0)) / (ratio(q1) - ratio(q0))
        }
        (Some((_, x)), None) | (None, Some(&(_, x))) => x as f64,
        (None, None) => 0.0,
    }
}

fn table_mean(points: &[(u64, u64)]) -> f64 {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return 0.0 };
    let ends = first.1 as f64 * ratio(first.0) + last.1 as f64 * (1.0 - ratio(last.0));
    points.windows(2).fold(ends, |sum, pair| {
        sum + (ratio(pair[1].0) - ratio(pair[0].0)) * (pair[0].1 as f64 + pair[1].1 as f64) / 2.0
    })
}

fn table_share_up_to(points: &[(u64, u64)], x: f64) -> f64 {
    let next = points.partition_point(|&(_, value)| value as f64 <= x);
    match (next.checked_sub(1).map(|i| points[i]), points.get(next)) {
        (Some((q0, x0)), Some(&(q1, x1))) => {
            ratio(q0) + (ratio(q1) - ratio(q0)) * (x - x0 as f64) / (x1 as f64 - x0 as f64)
        }
        (Some(_), None) => 1.0,
        (None, _) => 0.0,
    }
}

#[cfg(test)]
mod tests;

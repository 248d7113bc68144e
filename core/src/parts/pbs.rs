//! Message delays measured in production, as fitted by Bailis et al.: Probabilistically Bounded Staleness for Practical Partial Quorums (VLDB 2012), table 3.

use crate::sim::dist::Dist;

/// The one-way delays of the paper's WARS model. All four legs of a write and a read, for one replica.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Legs {
    /// W: the write on its way to a replica.
    pub write: Dist,
    /// A: its acknowledgement on the way back.
    pub ack: Dist,
    /// R: the read on its way to a replica.
    pub read: Dist,
    /// S: the answer on its way back.
    pub answer: Dist,
}

/// LinkedIn, Voldemort on solid-state disks: network and software, hardly any disk. W = A = R = S.
pub fn linkedin_ssd() -> Legs {
    Legs::with_write(ssd_leg(), ssd_leg())
}

/// LinkedIn, Voldemort on spinning disks: a write may wait for the disk; the other legs are those of the solid-state machines.
pub fn linkedin_disk() -> Legs {
    Legs::with_write(disk_write(), ssd_leg())
}

/// Yammer, Riak. The paper's text has 3.35 as the first Pareto's shape; only 3.5, which its program has, gives its result of 89.3 %.
pub fn yammer() -> Legs {
    Legs::with_write(
        fitted(939_000, 3_000_000, 3_500_000, 357_142_857),
        fitted(982_000, 1_500_000, 3_800_000, 46_082_949),
    )
}

/// One-way delay between two data centres in the paper's WAN scenario, in milliseconds: it is added to each of LNKD-DISK's legs, for
/// every replica but the one that is near.
pub const WAN_EXTRA_MS: u64 = 75;

/// The legs of a far replica in the WAN scenario; those of the near one are [`linkedin_disk`]'s.
pub fn wan_far() -> Legs {
    let far = |leg: Dist| Dist::Shift { by_ns: WAN_EXTRA_MS * 1_000_000, of: Box::new(leg) };
    Legs::with_write(far(disk_write()), far(ssd_leg()))
}

impl Legs {
    fn with_write(write: Dist, others: Dist) -> Legs {
        Legs { write, ack: others.clone(), read: others.clone(), answer: others }
    }
}

/// The mean of an exponential with rate 1.66 per millisecond is 0.602410 ms.
fn ssd_leg() -> Dist {
    fitted(912_200, 235_000, 10_000_000, 602_410)
}

/// Rate 0.183 per millisecond: a mean of 5.464481 ms.
fn disk_write() -> Dist {
    fitted(380_000, 1_050_000, 1_510_000, 5_464_481)
}

/// The paper's form of every fit: a Pareto with some chance, an exponential otherwise.
fn fitted(chance_millionths: u64, scale_ns: u64, shape_millionths: u64, mean_ns: u64) -> Dist {
    Dist::Mixture {
        chance_millionths,
        first: Box::new(Dist::Pareto { scale_ns, shape_millionths }),
        otherwise: Box::new(Dist::Exponential { mean_ns }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::dice::{Purpose, die};

    /// P(fresh) at t after the commit, N = 3, R = W = 1, straight from the definition: stale iff W_i > w_t + t + R_i for the replica that answers.
    fn fresh(legs: &Legs, t_us: u64, seeds: u32) -> f64 {
        let count = (0..seeds).filter(|&seed| {
            let leg =
                |dist: &Dist, which: u64, replica| dist.sample_us(die(seed, Purpose::Delay, which, replica));
            let w = |i| leg(&legs.write, 0, i);
            let commit = (0..3).map(|i| w(i) + leg(&legs.ack, 1, i)).min().unwrap_or(0);
            let r = |i| leg(&legs.read, 2, i);
            let first = (0..3).min_by_key(|&i| r(i) + leg(&legs.answer, 3, i)).unwrap_or(0);
            w(first) <= commit + t_us + r(first)
        });
        count.count() as f64 / f64::from(seeds)
    }

    #[test]
    fn the_fits_give_the_papers_freshness() {
        let seeds = 40_000;
        for (legs, t_us, expected) in [
            (linkedin_ssd(), 0, 0.97362),
            (linkedin_ssd(), 1_000, 0.99502),
            (linkedin_disk(), 0, 0.43672),
            (linkedin_disk(), 10_000, 0.92634),
            (yammer(), 0, 0.89299),
            (yammer(), 50_000, 0.94809),
        ] {
            let error = 4.0 * libm::sqrt(expected * (1.0 - expected) / f64::from(seeds));
            let got = fresh(&legs, t_us, seeds);
            assert!(
                (got - expected).abs() < error,
                "{got}, expected {expected} within {error} ({legs:?}, t = {t_us} µs)"
            );
        }
    }

    #[test]
    fn the_legs_print_as_readers_paste_them() {
        assert_eq!(linkedin_disk().write.to_string(), "mix-0.38-pareto-1.05ms-1.51-exp-5.464481ms");
        assert_eq!(wan_far().ack.to_string(), "shift-75ms-mix-0.9122-pareto-235us-10-exp-602.41us");
    }
}

//! Asking for the time: what an exchange of two messages tells of one's own clock (Cristian, "Probabilistic clock synchronization", 1989; NTP:
//! Mills, RFC 5905, §8). The estimate takes both ways to be as long as each other; what they differ is its error, and cannot be seen.

/// The four readings of an exchange, in µs: the asker's clock, twice the server's, and the asker's again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Exchange {
    /// T1: when the request left.
    pub asked_us: i64,
    /// T2: when it came.
    pub received_us: i64,
    /// T3: when the answer left.
    pub answered_us: i64,
    /// T4: when it came.
    pub told_us: i64,
}

impl Exchange {
    /// θ: by how much the asker's clock is behind, as far as can be told; rounded down.
    pub fn offset_us(&self) -> i64 {
        ((self.received_us - self.asked_us) + (self.answered_us - self.told_us)).div_euclid(2)
    }

    /// δ: what both ways took together.
    pub fn round_trip_us(&self) -> i64 {
        (self.told_us - self.asked_us) - (self.answered_us - self.received_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_error_is_half_of_what_both_ways_differ(
            there in 5_000i64..25_000, back in 5_000i64..25_000, behind in -1_000_000i64..1_000_000, began in 0i64..1_000_000, work in 0i64..5_000,
        ) {
            let came = began + there;
            let exchange = Exchange {
                asked_us: began - behind,
                received_us: came,
                answered_us: came + work,
                told_us: came + work + back - behind,
            };
            let error = exchange.offset_us() - behind;
            prop_assert_eq!(error, (there - back).div_euclid(2));
            prop_assert_eq!(exchange.round_trip_us(), there + back);
            // Cristian's bound, with the least that a way takes; to the rounding of a µs.
            prop_assert!(2 * error.abs() <= exchange.round_trip_us() - 2 * 5_000 + 1);
        }
    }
}

//! Client-side throttling: a caller whose calls are refused makes fewer of them, by itself (the SRE book, "Handling Overload"; Envoy's admission
//! control).
//!
//! Of the last two minutes it knows how many requests it wanted to make, R, and how many were accepted, A. It keeps a request back with the
//! probability max(0, (R − K·A) / (R + 1)). So a callee that accepts A a second still gets K·A.

use std::collections::VecDeque;

/// The settings.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// K, in thousandths: how many times what is accepted still goes out.
    pub k_permille: u32,
    /// How long is remembered, in µs.
    pub window_us: u64,
}

impl Policy {
    /// The SRE book's: twice what is accepted, over two minutes.
    pub const SRE: Policy = Policy { k_permille: 2_000, window_us: 120_000_000 };
}

/// The window is forgotten by so many parts.
const PARTS: u64 = 60;

/// What a caller knows of one callee.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Throttle {
    policy: Policy,
    /// By part of the window: which it is, wanted, accepted.
    parts: VecDeque<(u64, u32, u32)>,
    wanted: u64,
    accepted: u64,
}

impl Throttle {
    /// Nothing has been called yet.
    pub fn new(policy: Policy) -> Throttle {
        Throttle { policy, parts: VecDeque::new(), wanted: 0, accepted: 0 }
    }

    /// A request is wanted: whether it may go out, by a die.
    pub fn may_go(&mut self, now_us: u64, die: u64) -> bool {
        self.pass(now_us);
        let (k, wanted) = (u128::from(self.policy.k_permille), u128::from(self.wanted));
        let excess = (wanted * 1_000).saturating_sub(k * u128::from(self.accepted));
        let kept_back = (u128::from(die) * ((wanted + 1) * 1_000)) >> 64 < excess;
        self.wanted += 1;
        if let Some(part) = self.parts.back_mut() {
            part.1 += 1;
        }
        !kept_back
    }

    /// A request was accepted: it was not refused, whatever came of it.
    pub fn accepted(&mut self, now_us: u64) {
        self.pass(now_us);
        self.accepted += 1;
        if let Some(part) = self.parts.back_mut() {
            part.2 += 1;
        }
    }

    /// Forgets what is older than the window.
    fn pass(&mut self, now_us: u64) {
        let now = now_us / (self.policy.window_us / PARTS).max(1);
        if self.parts.back().is_none_or(|(part, ..)| *part < now) {
            self.parts.push_back((now, 0, 0));
        }
        while let Some((_, wanted, accepted)) = self.parts.front().filter(|(part, ..)| part + PARTS <= now) {
            self.wanted -= u64::from(*wanted);
            self.accepted -= u64::from(*accepted);
            self.parts.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::dice::{Purpose, die};

    /// (R, A, the chance in thousandths that the next is kept back).
    #[test]
    fn the_chance_is_that_of_the_book() {
        for (wanted, accepted, permille) in
            [(0, 0, 0), (9, 0, 900), (99, 49, 10), (99, 50, 0), (999, 100, 799), (999, 0, 999)]
        {
            let mut throttle = Throttle::new(Policy::SRE);
            (0..wanted).for_each(|_| {
                throttle.may_go(0, u64::MAX);
            });
            (0..accepted).for_each(|_| throttle.accepted(0));
            let kept = |permille: u64| !throttle.clone().may_go(0, (u64::MAX / 1_000) * permille);
            assert!(permille == 0 || kept(permille - 1), "{wanted}, {accepted}");
            assert!(!kept(permille + 1), "{wanted}, {accepted}");
        }
    }

    /// 1,000 a second wanted, 100 a second accepted at the most: 200 a second go out. In the first minutes too few have been refused.
    #[test]
    fn k_times_what_is_accepted_goes_out() {
        for (k_permille, sent) in [(2_000, 200), (1_100, 110), (5_000, 500)] {
            let mut throttle = Throttle::new(Policy { k_permille, ..Policy::SRE });
            let (mut out, mut second) = (0, (0, 0));
            for n in 0..600_000u64 {
                let now_us = n * 1_000;
                if second.0 != n / 1_000 {
                    second = (n / 1_000, 0);
                }
                if throttle.may_go(now_us, die(1, Purpose::Choice, 0, n)) {
                    out += u32::from(n >= 300_000);
                    second.1 += 1;
                    if second.1 <= 100 {
                        throttle.accepted(now_us);
                    }
                }
            }
            let rate = out / 300;
            assert!(rate.abs_diff(sent) <= sent / 50, "K = {k_permille}: {rate} a second");
        }
    }

    #[test]
    fn what_is_old_is_forgotten() {
        let mut throttle = Throttle::new(Policy::SRE);
        (0..1_000).for_each(|_| {
            throttle.may_go(0, u64::MAX);
        });
        assert!(!throttle.clone().may_go(119_999_999, 0));
        assert!(throttle.may_go(120_000_000, 0));
        assert_eq!((throttle.wanted, throttle.accepted), (1, 0));
    }
}

//! Time budgets: how a service that must answer within a limit divides its time among the calls that it makes
//! (*Understanding Distributed Systems*, timeouts; deadline propagation as in gRPC's "Deadlines" guide).

/// How the timeout of the next call is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rule {
    /// Half of the whole budget for every call: three calls in a row may take 150 %.
    HalfEach,
    /// Half of what is left: any number of calls fits, the later ones with ever less.
    HalfLeft,
    /// All that is left: the deadline itself is handed on.
    Deadline,
}

/// The time that one request has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TimeBudget {
    rule: Rule,
    started_us: u64,
    total_us: u64,
}

impl TimeBudget {
    /// A request that arrives now and must be answered within `total_us`.
    pub fn new(rule: Rule, total_us: u64, now_us: u64) -> Self {
        Self { rule, started_us: now_us, total_us }
    }

    /// When the caller gives up.
    pub fn deadline_us(&self) -> u64 {
        self.started_us.saturating_add(self.total_us)
    }

    /// How much time is left.
    pub fn left_us(&self, now_us: u64) -> u64 {
        self.deadline_us().saturating_sub(now_us)
    }

    /// Nobody waits for the answer any more.
    pub fn is_over(&self, now_us: u64) -> bool {
        self.left_us(now_us) == 0
    }

    /// The timeout of a call made now; 0 means that it should not be made.
    pub fn timeout_us(&self, now_us: u64) -> u64 {
        match self.rule {
            Rule::HalfEach => self.total_us / 2,
            Rule::HalfLeft => self.left_us(now_us) / 2,
            Rule::Deadline => self.left_us(now_us),
        }
    }

    /// The budget handed on to a service that is called now, after `transit_us` on the way: its timeout here is the
    /// whole there. Durations travel rather than instants, because clocks differ.
    pub fn propagate(&self, now_us: u64, transit_us: u64) -> Self {
        let total_us = self.timeout_us(now_us).saturating_sub(transit_us);
        Self { rule: self.rule, started_us: now_us.saturating_add(transit_us), total_us }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// When a request is done whose `calls` calls all time out, one after the other.
    fn all_time_out(rule: Rule, calls: u32) -> u64 {
        let budget = TimeBudget::new(rule, 1_000, 0);
        (0..calls).fold(0, |now_us, _| now_us + budget.timeout_us(now_us))
    }

    #[test]
    fn half_on_each_of_three_is_a_hundred_and_fifty_percent() {
        assert_eq!(all_time_out(Rule::HalfEach, 3), 1_500);
        assert_eq!(all_time_out(Rule::HalfLeft, 3), 875);
        assert_eq!(all_time_out(Rule::Deadline, 3), 1_000);
    }

    proptest! {
        #[test]
        fn what_is_handed_on_ends_no_later(total in 0u64..10_000, start in 0u64..1_000, at in 0u64..20_000, transit in 0u64..500) {
            for rule in [Rule::HalfLeft, Rule::Deadline] {
                let budget = TimeBudget::new(rule, total, start);
                let now_us = start + at;
                let inner = budget.propagate(now_us, transit);
                prop_assert!(inner.left_us(now_us + transit) == 0 || inner.deadline_us() <= budget.deadline_us());
                prop_assert_eq!(budget.is_over(now_us), at >= total);
            }
        }
    }
}

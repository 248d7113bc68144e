//! The breaker's rules, one by one, and the laws that hold on every schedule.

use super::*;
use crate::sim::dice::remix;
use proptest::prelude::*;

const SMALL: Policy = Policy {
    window: Window::Calls(10),
    minimum_calls: 5,
    open_us: 1_000,
    permits: 3,
    ..Policy::RESILIENCE4J
};

/// One call made and ended at once.
fn call(breaker: &mut Breaker, outcome: Outcome, now_us: u64) -> bool {
    let permit = breaker.try_acquire(now_us, 0);
    permit.is_some_and(|p| {
        breaker.record(p, outcome, 0, now_us, 0);
        true
    })
}

fn fail(breaker: &mut Breaker, times: u32, now_us: u64) -> u32 {
    (0..times).filter(|_| call(breaker, Outcome::Failure, now_us)).count() as u32
}

fn texts(breaker: &mut Breaker) -> Vec<String> {
    breaker.take_transitions().iter().map(Transition::to_string).collect()
}

#[test]
fn a_rate_is_judged_from_the_minimum_on() {
    let mut breaker = Breaker::new(SMALL);
    assert_eq!(fail(&mut breaker, 4, 0), 4);
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(fail(&mut breaker, 4, 0), 1, "the fifth opens it, the rest are refused");
    assert_eq!(breaker.rejected(), 3);
    assert_eq!(texts(&mut breaker), ["closed → open: 5 of 5 calls failed"]);
}

#[test]
fn resilience4js_defaults_at_one_call_a_second_need_a_hundred_seconds() {
    let mut breaker = Breaker::new(Policy::RESILIENCE4J);
    let opened = (1u64..).find(|s| {
        call(&mut breaker, Outcome::Failure, s * 1_000_000);
        breaker.state() == State::Open
    });
    assert_eq!(opened, Some(100));
}

#[test]
fn a_threshold_is_reached_at_equality() {
    let mut breaker = Breaker::new(SMALL);
    for outcome in [Outcome::Success, Outcome::Failure, Outcome::Success, Outcome::Success, Outcome::Failure]
    {
        call(&mut breaker, outcome, 0);
    }
    assert_eq!(breaker.state(), State::Closed);
    call(&mut breaker, Outcome::Failure, 0);
    assert_eq!(texts(&mut breaker), ["closed → open: 3 of 6 calls failed"]);
}

#[test]
fn slow_calls_open_it_without_any_failure() {
    let trip = Trip::Rate { failure_permille: 500, slow_permille: 800 };
    let mut breaker = Breaker::new(Policy { slow_us: 50, trip, ..SMALL });
    for duration_us in [50, 51, 51, 51, 51] {
        let permit = breaker.try_acquire(0, 0).unwrap();
        breaker.record(permit, Outcome::Success, duration_us, 0, 0);
    }
    assert_eq!(texts(&mut breaker), ["closed → open: 4 of 5 calls were slow"]);
}

#[test]
fn a_time_window_forgets_by_the_second() {
    let policy = Policy { window: Window::Seconds(2), trip: Trip::Count(3), ..SMALL };
    let mut breaker = Breaker::new(policy);
    fail(&mut breaker, 2, 900_000);
    fail(&mut breaker, 1, 2_000_000);
    assert_eq!(breaker.state(), State::Closed, "second 0 is out of seconds 1 and 2");
    fail(&mut breaker, 1, 3_999_999);
    assert_eq!(breaker.state(), State::Closed, "one in second 2, one in second 3");
    fail(&mut breaker, 1, 3_999_999);
    assert_eq!(texts(&mut breaker), ["closed → open: 3 failures in the window"]);
}

#[test]
fn half_open_admits_exactly_its_permits_and_they_decide() {
    for (outcomes, end) in [
        ([Outcome::Success, Outcome::Success, Outcome::Failure], State::Closed),
        ([Outcome::Success, Outcome::Failure, Outcome::Failure], State::Open),
    ] {
        let mut breaker = Breaker::new(SMALL);
        fail(&mut breaker, 5, 0);
        assert_eq!(breaker.try_acquire(1_000, 0), None, "the wait is over after its last microsecond");
        let permits: Vec<_> = (0..50).filter_map(|_| breaker.try_acquire(1_001, 0)).collect();
        assert_eq!(permits.len(), 3);
        for (permit, outcome) in permits.into_iter().zip(outcomes) {
            assert_eq!(breaker.state(), State::HalfOpen);
            assert_eq!(breaker.try_acquire(1_001, 0), None, "a trial that has ended frees no permit");
            breaker.record(permit, outcome, 0, 1_002, 0);
        }
        assert_eq!(breaker.state(), end);
    }
}

#[test]
fn an_ignored_call_counts_nowhere_and_gives_its_permit_back() {
    let mut breaker = Breaker::new(SMALL);
    (0..50).for_each(|_| assert!(call(&mut breaker, Outcome::Ignored, 0)));
    assert_eq!(breaker.counts(), Counts::default());
    fail(&mut breaker, 5, 0);
    (0..50).for_each(|_| assert!(call(&mut breaker, Outcome::Ignored, 1_001)));
    assert_eq!(breaker.state(), State::HalfOpen);
}

#[test]
fn a_straggler_does_not_vote() {
    let mut breaker = Breaker::new(SMALL);
    let straggler = breaker.try_acquire(0, 0).unwrap();
    fail(&mut breaker, 5, 0);
    let trial = breaker.try_acquire(1_001, 0).unwrap();
    breaker.record(straggler, Outcome::Failure, 0, 1_001, 0);
    assert_eq!(breaker.counts().calls, 0);
    breaker.record(trial, Outcome::Success, 0, 1_001, 0);
    assert_eq!(breaker.counts().calls, 1);
}

#[test]
fn the_books_rules() {
    let policy =
        Policy { trip: Trip::Consecutive(3), half_open: HalfOpen::Consecutive(2), permits: 1, ..SMALL };
    let mut breaker = Breaker::new(policy);
    fail(&mut breaker, 2, 0);
    call(&mut breaker, Outcome::Success, 0);
    assert_eq!(fail(&mut breaker, 9, 0), 3);
    call(&mut breaker, Outcome::Success, 1_001);
    assert_eq!(breaker.state(), State::HalfOpen);
    call(&mut breaker, Outcome::Failure, 1_001);
    assert_eq!(breaker.until_us(), Some(2_001));
    (0..2).for_each(|_| assert!(call(&mut breaker, Outcome::Success, 2_002)));
    assert_eq!(
        texts(&mut breaker),
        [
            "closed → open: 3 failures in a row",
            "open → half-open: the wait is over and a call asks",
            "half-open → open: a trial call failed",
            "open → half-open: the wait is over and a call asks",
            "half-open → closed: both trial calls passed",
        ]
    );
}

#[test]
fn trials_that_never_end_open_it_again() {
    let mut breaker = Breaker::new(Policy { half_open_limit_us: 500, ..SMALL });
    fail(&mut breaker, 5, 0);
    breaker.try_acquire(1_001, 0).unwrap();
    assert_eq!(breaker.try_acquire(2_501, 0), None, "open from 1,501 to 2,501");
    assert!(breaker.try_acquire(2_502, 0).is_some());
}

#[test]
fn trials_that_never_end_may_close_it() {
    let mut breaker = Breaker::new(Policy { half_open_limit_us: 500, half_open_limit_closes: true, ..SMALL });
    fail(&mut breaker, 5, 0);
    let straggler = breaker.try_acquire(1_001, 0).unwrap();
    assert!(call(&mut breaker, Outcome::Success, 1_501), "closed from 1,501 on");
    assert_eq!((breaker.state(), breaker.counts().calls), (State::Closed, 1));
    breaker.record(straggler, Outcome::Failure, 0, 1_502, 0);
    assert_eq!(breaker.counts().calls, 1, "a trial call of a time that is over");
    assert_eq!(
        texts(&mut breaker)[1..],
        [
            "open → half-open: the wait is over and a call asks",
            "half-open → closed: the trial calls did not decide in time",
        ]
    );
}

/// How long it is open each time that its trial call fails, and once more after one has passed.
#[test]
fn the_open_wait_grows_with_each_reopening_until_it_closes() {
    for (growth, most_us, die, expected) in [
        (1_000_000, 0, 0, [1_000; 4]),
        (2_000_000, 0, 0, [1_000, 2_000, 4_000, 8_000]),
        (1_500_000, 3_000, 0, [1_000, 1_500, 2_250, 3_000]),
        (100_000_000, u64::MAX, 0, [1_000, 100_000, 10_000_000, 1_000_000_000]),
    ] {
        let policy = Policy {
            open_growth_millionths: growth,
            open_most_us: most_us,
            trip: Trip::Consecutive(1),
            half_open: HalfOpen::Consecutive(1),
            permits: 1,
            ..SMALL
        };
        let mut breaker = Breaker::new(policy);
        let mut now_us = 0;
        let mut open_us = |breaker: &mut Breaker| {
            let permit = breaker.try_acquire(now_us, die).unwrap();
            breaker.record(permit, Outcome::Failure, 0, now_us, die);
            let wait_us = breaker.until_us().unwrap() - now_us;
            now_us += wait_us + 1;
            wait_us
        };
        let waits: Vec<u64> = (0..4).map(|_| open_us(&mut breaker)).collect();
        assert_eq!(waits, expected);
        call(&mut breaker, Outcome::Success, u64::MAX / 2);
        assert_eq!(breaker.state(), State::Closed);
        call(&mut breaker, Outcome::Failure, u64::MAX / 2);
        assert_eq!(breaker.until_us(), Some(u64::MAX / 2 + 1_000));
    }
}

#[test]
fn the_open_wait_is_spread() {
    let wait_us = |die| {
        let mut breaker =
            Breaker::new(Policy { open_jitter_permille: 200, trip: Trip::Consecutive(1), ..SMALL });
        let permit = breaker.try_acquire(0, die).unwrap();
        breaker.record(permit, Outcome::Failure, 0, 0, die);
        breaker.until_us().unwrap()
    };
    assert_eq!((wait_us(0), wait_us(1 << 63), wait_us(u64::MAX)), (800, 1_000, 1_200));
}

/// Retry outside: each attempt asks the breaker. Breaker outside: it sees one call for three attempts.
#[test]
fn the_order_of_retry_and_breaker_decides_how_many_attempts_pass() {
    let policy = Policy { trip: Trip::Consecutive(5), ..SMALL };
    let mut outside = Breaker::new(policy);
    let attempts: u32 = (0..10).map(|_| fail(&mut outside, 3, 0)).sum();
    assert_eq!(attempts, 5);
    let mut inside = Breaker::new(policy);
    let attempts: u32 = (0..10).map(|_| 3 * fail(&mut inside, 1, 0)).sum();
    assert_eq!(attempts, 15);
}

fn policies() -> impl Strategy<Value = Policy> {
    let trip = prop_oneof![
        (1u32..=1_000, 1u32..=1_000)
            .prop_map(|(failure_permille, slow_permille)| Trip::Rate { failure_permille, slow_permille }),
        (1u32..5).prop_map(Trip::Count),
        (1u32..5).prop_map(Trip::Consecutive),
    ];
    let window = prop_oneof![(1u32..8).prop_map(Window::Calls), (1u32..4).prop_map(Window::Seconds)];
    let half_open = prop_oneof![Just(HalfOpen::Rate), (1u32..4).prop_map(HalfOpen::Consecutive)];
    (trip, window, half_open, 1u32..6, 1u32..5, 0u64..2_000_000).prop_map(
        |(trip, window, half_open, minimum_calls, permits, half_open_limit_us)| Policy {
            trip,
            window,
            half_open,
            minimum_calls,
            permits,
            half_open_limit_us,
            slow_us: 50,
            open_us: 1_000_000,
            open_jitter_permille: 100,
            ..Policy::RESILIENCE4J
        },
    )
}

proptest! {
    #[test]
    fn laws(policy in policies(), acts in proptest::collection::vec((0u64..600_000, 0u8..8, any::<u64>()), 1..200)) {
        let mut breaker = Breaker::new(policy);
        let (mut now_us, mut out, mut trials, mut waiting_until_us) = (0, Vec::new(), 0, 0);
        for (step, act, die) in acts {
            now_us += step;
            let before = breaker.state();
            if act < 4 {
                let permit = breaker.try_acquire(now_us, die);
                prop_assert_eq!(permit.is_none() && before == State::Closed, false, "a closed breaker admits everything");
                if let Some(permit) = permit {
                    out.push(permit);
                    trials += u32::from(breaker.state() == State::HalfOpen && before == State::HalfOpen);
                }
            } else if !out.is_empty() {
                let permit = out.remove(die as usize % out.len());
                let outcome = if act < 6 { Outcome::Success } else { Outcome::Failure };
                breaker.record(permit, outcome, die % 100, now_us, die);
            }
            let mut state = None;
            for transition in breaker.take_transitions() {
                prop_assert!(transition.is_legal(), "{transition}");
                prop_assert!(state.is_none_or(|s| s == transition.from));
                state = Some(transition.to);
                trials = 0;
                match transition.to {
                    State::Open => waiting_until_us = transition.at_us + 900_000,
                    State::HalfOpen => {
                        prop_assert!(transition.at_us > waiting_until_us, "it was open for its wait");
                        trials = 1;
                    }
                    State::Closed => {}
                }
            }
            if let Window::Calls(size) = policy.window {
                prop_assert!(breaker.state() != State::Closed || breaker.counts().calls <= size);
            }
            if policy.half_open == HalfOpen::Rate {
                prop_assert!(trials <= policy.permits, "no more trial calls than permits");
            }
        }
    }
}

/// One of eight shards is down, the breaker guards all eight: 100 calls a second, 5 failures in 10 s open it for 5 s, 3
/// trials in a row close it. Success falls from 87.5 % to about 5 %.
#[test]
fn a_breaker_around_all_shards_widens_the_failure_of_one() {
    let policy = Policy {
        trip: Trip::Count(5),
        window: Window::Seconds(10),
        open_us: 5_000_000,
        permits: 3,
        half_open: HalfOpen::Consecutive(3),
        ..Policy::RESILIENCE4J
    };
    let mut breaker = Breaker::new(policy);
    let (mut good_shard, mut succeeded) = (0u32, 0u32);
    let calls = 400_000u32;
    for i in 0..calls {
        let good = !remix(1, u64::from(i)).is_multiple_of(8);
        let outcome = if good { Outcome::Success } else { Outcome::Failure };
        good_shard += u32::from(good);
        succeeded += u32::from(call(&mut breaker, outcome, u64::from(i) * 10_000) && good);
    }
    let percent = |n: u32| f64::from(n) * 100.0 / f64::from(calls);
    assert!((percent(good_shard) - 87.5).abs() < 0.3);
    assert!((4.0..6.0).contains(&percent(succeeded)), "{} %", percent(succeeded));
}

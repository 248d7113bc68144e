//! What the settings amount to, in sentences under the controls.

use super::params::{
    AfterLimit, CountedAs, HalfOpen, Needs, Order, Params, Pools, Rule, Switch, Trip, WindowOf,
};
use crate::counted::counted;
use crate::time::{Decimal, DurationUs};

/// The live sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    let mut sentences = Vec::new();
    if params.breaker == Switch::On {
        sentences.push(opens(params));
        sentences.push(probes(params));
        sentences.extend(counts(params));
    }
    sentences.push(pools(params));
    sentences.extend(time(params));
    sentences.extend(order(params));
    sentences
}

fn opens(params: &Params) -> String {
    let window = match params.window {
        WindowOf::Calls if params.window_size == 1 => "the last call".to_owned(),
        WindowOf::Calls => format!("the last {} calls", params.window_size),
        WindowOf::Seconds => format!("the last {} s", params.window_size),
    };
    match params.trip {
        Trip::Rate => {
            let minimum = match params.window {
                WindowOf::Calls => params.minimum_calls.min(params.window_size),
                WindowOf::Seconds => params.minimum_calls,
            };
            format!(
                "A breaker opens when {} % of {window} failed, or {} % took more than {}, but not before {}.",
                params.failure_rate,
                params.slow_rate,
                DurationUs(params.slow_call),
                counted(minimum, "call"),
            ) + &waits(params, minimum)
        }
        Trip::Count => format!("A breaker opens at {} in {window}.", counted(params.failures, "failure")),
        Trip::Consecutive => format!("A breaker opens at {} in a row.", counted(params.failures, "failure")),
    }
}

/// How long it takes until a breaker has seen enough calls to judge.
fn waits(params: &Params, minimum: u32) -> String {
    let third = if params.needs == Needs::One { 3 } else { 1 };
    let each_us = u64::from(params.callers) * third * 1_000_000_000_000 / u64::from(params.rate);
    let wait = DurationUs(each_us.saturating_mul(u64::from(minimum)) / 1_000_000 * 1_000_000);
    if wait.0 < 2_000_000 {
        return String::new();
    }
    format!(" At this rate an instance sees so many in about {wait}.")
}

fn probes(params: &Params) -> String {
    let open = DurationUs(params.open_for);
    let jitter = if params.open_jitter > 0 { format!(" ± {} %", params.open_jitter) } else { String::new() };
    let growth = match params.open_growth {
        1_000_000 => String::new(),
        growth => {
            format!(", {} times as long each time that it opens again", Decimal(u64::from(growth), 1_000_000))
        }
    };
    let most = match params.open_most {
        0 => String::new(),
        most => format!(", at the most {}", DurationUs(most)),
    };
    let permits = u64::from(params.permits);
    let fleet = permits * u64::from(params.callers);
    let trials = match params.halfopen {
        HalfOpen::Rate if permits == 1 => "1 trial call decides".to_owned(),
        HalfOpen::Rate => format!("{permits} trial calls decide"),
        HalfOpen::Consecutive if params.successes == 1 => "1 success closes it".to_owned(),
        HalfOpen::Consecutive => format!("{} successes in a row close it", params.successes),
    };
    let fleet = match params.callers {
        1 => String::new(),
        2 => format!("; both instances together probe with {}", counted(fleet, "call")),
        all => format!("; all {all} instances together probe with {}", counted(fleet, "call")),
    };
    format!("Open for {open}{jitter}{growth}{most}, then {trials}{fleet}.")
}

/// What is worth a word about what the breaker counts, and how long it is half-open.
fn counts(params: &Params) -> Vec<String> {
    let mut words = Vec::new();
    let others = if params.trip == Trip::Rate { "slow calls and timeouts" } else { "timeouts" };
    match params.count_errors {
        CountedAs::Failure => {}
        CountedAs::Success => {
            words.push(format!("It takes errors for successes: only {others} can open it."))
        }
        CountedAs::Nothing => words.push(format!("It does not count errors: only {others} can open it.")),
    }
    if params.trial_limit > 0 {
        let end = if params.after_limit == AfterLimit::Closed {
            "closes, whatever the trial calls were"
        } else {
            "opens again"
        };
        words.push(format!("Half-open for {}, it {end}.", DurationUs(params.trial_limit)));
    }
    words
}

fn pools(params: &Params) -> String {
    let threads = params.threads();
    let rate = params.work.mean_us().filter(|us| *us > 0.0).map(|us| f64::from(threads) * 1e6 / us);
    let little = rate.map_or(String::new(), |rate| {
        format!(" With calls as long as the work it passes at most {rate:.0} a second (Little's law).")
    });
    let threads = counted(threads, "thread");
    match params.pools {
        Pools::Shared => format!("One pool of {threads} for all calls of an instance.{little}"),
        Pools::Apart => format!("A pool of {threads} for each dependency.{little}"),
    }
}

fn time(params: &Params) -> Option<String> {
    (params.needs == Needs::All).then(|| match params.rule {
        Rule::HalfEach => {
            let most = DurationUs(params.total / 2 * 3);
            format!("Three calls of half the time each may take 150 %: {most}.")
        }
        Rule::HalfLeft => {
            let total = params.total;
            let parts = [total / 2, total / 4, total / 8].map(|us| DurationUs(us).to_string());
            format!(
                "Half of what is left: {} at the most for the three calls, where each uses all that it may.",
                parts.join(", ")
            )
        }
        Rule::Deadline => "The first slow call may use up the time of all.".into(),
    })
}

fn order(params: &Params) -> Option<String> {
    let in_a_row = params.trip == Trip::Consecutive && params.breaker == Switch::On;
    match params.order {
        Order::RetryOutside if in_a_row => Some(format!(
            "Each attempt passes the breaker: it opens after {}.",
            counted(params.failures, "attempt")
        )),
        Order::BreakerOutside if in_a_row => Some(format!(
            "The breaker sees whole calls: it opens after {} of {}, {} in all.",
            counted(params.failures, "call"),
            counted(params.attempts, "attempt"),
            u64::from(params.failures) * u64::from(params.attempts)
        )),
        Order::None => None,
        _ if params.attempts == 1 => Some("A call is tried once: nothing is retried.".into()),
        _ => Some(format!(
            "A call is tried up to {} times, {} apart.",
            params.attempts,
            DurationUs(params.backoff)
        )),
    }
}

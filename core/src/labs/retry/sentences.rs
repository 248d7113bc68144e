//! What the settings amount to, in sentences under the controls.

use crate::counted::counted;
use super::params::{Arrivals, BudgetOf, Kind, Load, Params, RetryAt};
use crate::params::format_decimal;
use crate::time::DurationUs;

/// The live sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    match params.load {
        Load::Contention => vec![contention(params)],
        Load::Chain => vec![chain(params), ladder(params)],
        _ => {
            let mut sentences = vec![ladder(params)];
            sentences.extend(cap(params));
            sentences.extend(load(params));
            sentences
        }
    }
}

/// The delays added up, and what the attempts themselves take besides.
fn ladder(params: &Params) -> String {
    let retries = params.attempts - 1;
    if retries == 0 {
        return "A call is tried once: nothing is retried.".into();
    }
    let policy = params.backoff_policy();
    let delays_us = policy.total_us(retries);
    let waits_us = params.timeout.saturating_mul(u64::from(params.attempts));
    let all_us = delays_us.saturating_add(waits_us);
    let upto = match params.backoff {
        Kind::Full | Kind::Equal | Kind::Decorrelated => "at most ",
        _ => "",
    };
    let mut sentence = format!(
        "{} {upto}{} in all; with {} timeouts of {} a caller may wait {upto}{}.",
        if retries == 1 { "1 retry waits".to_owned() } else { format!("{retries} retries wait") },
        DurationUs(delays_us),
        params.attempts,
        DurationUs(params.timeout),
        DurationUs(all_us),
    );
    if params.total > 0 && params.total < all_us {
        sentence.push_str(&format!(" No retry begins later than {}.", DurationUs(params.total)));
    }
    sentence
}

/// The retry that first meets the cap.
fn cap(params: &Params) -> Option<String> {
    let retry = params.backoff_policy().first_at_cap().filter(|_| params.backoff != Kind::None)?;
    let cap = DurationUs(params.cap);
    let reached = if retry < params.attempts { "" } else { ", which is never made" };
    Some(format!("The delay first meets its cap of {cap} before retry {retry}{reached}."))
}

/// b(1 + r) against the capacity: whether a collapse can keep itself going.
fn load(params: &Params) -> Option<String> {
    if params.arrivals == Arrivals::Closed {
        return Some(format!(
            "Closed clients: never more than {} at once; backoff slows them down.",
            counted(params.clients, "call")
        ));
    }
    let retries = u64::from(params.attempts - 1);
    let per_call_permille = match params.budget {
        BudgetOf::Off => retries * 1_000,
        BudgetOf::Call => (u64::from(params.ratio) / 1_000).min(retries * 1_000),
        BudgetOf::Success | BudgetOf::Grpc => 0,
    };
    let most = u64::from(params.rate) * (1_000 + per_call_permille) / 1_000;
    let capacity = u64::from(params.capacity);
    let [rate, most_text, capacity_text] =
        [u64::from(params.rate), most, capacity].map(|n| format_decimal(n as i64));
    Some(if u64::from(params.rate) > capacity {
        format!("{rate} calls a second exceed the capacity of {capacity_text}: the queue grows even without a retry.")
    } else if most > capacity {
        format!(
            "When all fail, b(1 + r) = {most_text} requests a second against a capacity of {capacity_text}: a collapse can keep itself going."
        )
    } else {
        format!(
            "When all fail, b(1 + r) = {most_text} requests a second against a capacity of {capacity_text}: the queue drains."
        )
    })
}

/// A power as it is written above the line.
fn raised(power: u32) -> String {
    let digit = |letter: char| letter.to_digit(10).and_then(|digit| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(digit as usize));
    power.to_string().chars().filter_map(digit).collect()
}

fn chain(params: &Params) -> String {
    let (r, k) = (u64::from(params.attempts), params.layers);
    match params.retry_at {
        RetryAt::Every => {
            let leaf = r.saturating_pow(k);
            format!("{} in a row, {} each: up to {r}{} = {} at the end for one call.", counted(k, "caller"), counted(r, "attempt"), raised(k), counted(leaf, "request"))
        }
        RetryAt::Top | RetryAt::Bottom => {
            format!("{} in a row, one of which tries {}: up to {} at the end for one call.", counted(k, "caller"), counted(r, "time"), counted(r, "request"))
        }
    }
}

fn contention(params: &Params) -> String {
    let n = u64::from(params.clients);
    format!(
        "{}, one row: without any delay and with equal legs {}, of which {n} {}, in {}.",
        counted(n, "client"),
        counted(n * (n + 1) / 2, "write"),
        if n == 1 { "succeeds" } else { "succeed" },
        DurationUs(4 * n * params.leg),
    )
}

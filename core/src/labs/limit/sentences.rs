//! What the settings amount to, in sentences under the controls.

use super::params::{By, Concurrent, Counters, Params, Which};
use crate::counted::counted;
use crate::params::format_decimal;
use crate::time::{Decimal, DurationUs};

/// The live sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    let mut sentences = vec![worst(params)];
    sentences.extend(places(params));
    sentences.extend(shares(params));
    sentences.extend(under_way(params));
    sentences
}

/// What one limiter lets pass at its worst.
fn worst(params: &Params) -> String {
    let (limit, burst, window) =
        (u64::from(params.limit), u64::from(params.burst), DurationUs(params.window));
    match params.limiter {
        Which::None => "Nobody is refused by a rate limiter.".into(),
        Which::Fixed => format!(
            "Up to {} pass in an instant: {limit} before a window's end, {limit} after it.",
            2 * limit
        ),
        Which::Log => format!("Never more than {limit} pass within {window}, wherever that begins."),
        Which::Counter => format!(
            "Up to {} pass within {window}: L(1 + s/w) in a span s; in an instant no more than {limit}.",
            2 * limit - 1
        ),
        Which::Bucket | Which::Gcra => {
            format!("Up to b + rt pass within t: {burst} in an instant, {} within {window}.", burst + limit)
        }
        Which::Leaky => format!(
            "One passes every {}; up to {burst} wait, for up to {}.",
            DurationUs(params.window / limit),
            DurationUs(params.window.saturating_mul(burst) / limit)
        ),
    }
}

/// What several gateways make of it.
fn places(params: &Params) -> Option<String> {
    let n = u64::from(params.gateways);
    if n < 2 || params.limiter == Which::None {
        return None;
    }
    let limit = u64::from(params.limit);
    Some(match params.counters {
        Counters::Local => format!(
            "{n} gateways, each with the whole limit: up to {} in each {}.",
            n * limit,
            DurationUs(params.window)
        ),
        Counters::Split => format!(
            "{n} gateways, each with {} of it: all of it is used only where traffic is even.",
            Decimal(limit * 1_000 / n, 1_000)
        ),
        Counters::Shared => "One store decides: exact, for a question to it with every request.".into(),
        Counters::Sync => {
            // λ s (N - 1) / N at the most, half of that on average.
            let most = u64::from(params.rate).saturating_mul(params.sync) / 1_000_000 * (n - 1) / n;
            format!(
                "Between two words gateways let through up to λs(N − 1)/N = {} of which the others do not know; on average {}.",
                format_decimal(most as i64),
                format_decimal(most as i64 / 2)
            )
        }
    })
}

fn shares(params: &Params) -> Option<String> {
    if params.tenants < 2 {
        return None;
    }
    let rate = u64::from(params.rate) / 1_000;
    let one = rate / (u64::from(params.greedy) + u64::from(params.tenants) - 1);
    let share = Decimal(u64::from(params.limit) * 1_000 / u64::from(params.tenants), 1_000);
    let who = match params.by {
        By::All => "all share it",
        By::Tenant => "each has its own",
    };
    Some(format!(
        "{} and one limit, {who}: an equal share is {share} within {}. At the rate set, the first asks for {} a second, each other for {}.",
        counted(params.tenants, "tenant"),
        DurationUs(params.window),
        Decimal(one * u64::from(params.greedy), 1_000),
        Decimal(one, 1_000)
    ))
}

/// What a limit on those under way comes to, by Little's law.
fn under_way(params: &Params) -> Option<String> {
    if params.concurrency == Concurrent::Off {
        return None;
    }
    let work_us = params.work_dist().mean_us().unwrap_or(1.0).max(1.0) as u64;
    let all = u64::from(params.concurrency_limit) * u64::from(params.gateways);
    let most = Decimal(all.saturating_mul(1_000_000_000) / work_us, 1_000);
    let at_first = if params.concurrency == Concurrent::Aimd { " at first" } else { "" };
    Some(format!(
        "{all} under way{at_first}, each {} of work: by Little's law no more than {most} a second, and a tenth of that when work takes ten times as long.",
        DurationUs(work_us)
    ))
}

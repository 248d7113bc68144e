//! What the settings amount to, in sentences under the controls.

use super::params::{Carry, Params, Rule, Shape, Varies};
use crate::params::format_decimal;
use crate::time::DurationUs;

/// The live sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    let mut sentences = vec![waits(params)];
    sentences.extend(load(params));
    sentences.extend(threads(params));
    sentences.extend(hedges(params));
    sentences
}

/// Who waits how long.
fn waits(params: &Params) -> String {
    let (timeout, total) = (DurationUs(params.timeout), DurationUs(params.total));
    let untold = if params.carry == Carry::Off && params.rule != Rule::Own && params.hops > 1 {
        format!(" No deadline travels: services have their own timeout of {timeout} after all.")
    } else {
        String::new()
    };
    let said = match params.rule {
        Rule::Own => {
            let attempts = u64::from(params.attempts_at(0));
            let all = DurationUs(params.timeout.saturating_mul(attempts));
            let in_all = if attempts > 1 { format!(", {all} in all") } else { String::new() };
            format!(
                "Everybody waits {timeout} for each answer{in_all}. Who began first gives up first; what is below works on for nobody."
            )
        }
        Rule::Deadline => format!("Everybody waits until the same moment: {total} after people called."),
        Rule::HalfLeft => {
            let callers = params.depth().saturating_sub(1).max(1);
            let halves: Vec<String> =
                (1..=callers).map(|k| DurationUs(params.total >> k).to_string()).collect();
            format!(
                "Of {total} the callers may wait at most {}: half of what is left each time.",
                halves.join(", ")
            )
        }
        Rule::HalfEach => {
            let calls =
                if params.shape == Shape::Sequence { params.hops.saturating_sub(1).max(1) } else { 1 };
            format!(
                "{calls} {} of at most {} each: up to {} % of {total}.",
                if calls == 1 { "call" } else { "calls" },
                DurationUs(params.total / 2),
                50 * calls
            )
        }
    };
    said + &untold
}

/// What a healthy call takes on average: Jackson's theorem. Or which service is asked for more than it can do.
fn load(params: &Params) -> Option<String> {
    let mut mean_us = 0.0;
    let per_copy = |service: u32| {
        let copies = if service == params.last() { params.copies } else { 1 };
        let alone = if service == 0 { 0 } else { params.bystanders };
        f64::from(params.rate) / 1e6 * (1.0 - f64::from(alone) / 1e6) / f64::from(copies)
    };
    for service in 0..params.hops {
        let (rate, capacity) = (per_copy(service), f64::from(params.capacity_of(service)) / 1e6);
        if rate >= capacity {
            let [rate, capacity] = [rate, capacity].map(|n| format_decimal((n * 1e6) as i64));
            return Some(format!(
                "An instance of service {} is asked for {rate} a second and can finish {capacity}: its line grows for ever.",
                service + 1
            ));
        }
        mean_us += 1e6 / (capacity - rate);
    }
    let plain = params.service == Varies::Exponential && params.shape != Shape::Parallel && !params.hedges();
    plain.then(|| {
        let mean = DurationUs((mean_us / 100.0) as u64 * 100);
        format!("While all is well a call takes {mean} on average, and the way besides (Jackson's theorem).")
    })
}

/// When a hanging service has all threads of the first.
fn threads(params: &Params) -> Option<String> {
    let bad = params.bad().filter(|bad| *bad > 0 && params.shape == Shape::Nested)?;
    let rate = f64::from(params.rate) / 1e6 * (1.0 - f64::from(params.bystanders) / 1e6);
    let healthy: f64 =
        (0..=bad).map(|service| 1.0 / (f64::from(params.capacity_of(service)) / 1e6 - rate)).sum();
    let waits = match params.rule {
        Rule::Own => params.timeout,
        Rule::HalfLeft | Rule::HalfEach => params.total / 2,
        Rule::Deadline => params.total,
    };
    let threads = f64::from(params.threads);
    let held = rate * waits as f64 / 1e6;
    if !(healthy > 0.0 && rate > 0.0) {
        return None;
    }
    Some(if held < threads {
        format!(
            "Behind a service that hangs {} threads of the first are held at the most: {} a second for {}.",
            held as u64 + 1,
            format_decimal((rate * 1e6) as i64),
            DurationUs(waits)
        )
    } else {
        let full_us = ((threads - rate * healthy) / rate * 1e6).max(0.0) as u64 / 1_000 * 1_000;
        format!(
            "All {} threads of the first service are held some {} after a service hangs.",
            params.threads,
            DurationUs(full_us)
        )
    })
}

fn hedges(params: &Params) -> Option<String> {
    (params.hedges() && params.copies == 1)
        .then(|| "With one instance a hedge goes where the first try is: it only waits behind it.".to_owned())
}

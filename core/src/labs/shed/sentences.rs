//! The live sentences: what the settings come to before anything runs.

use super::params::{Arrivals, By, Full, Late, Load, Order, Params, Varies, Via};
use crate::params::format_decimal;
use crate::parts::mm1k::{Station, levelling};
use crate::time::DurationUs;

/// More places than these are not worked out under a hand.
const MOST_PLACES: u32 = 5_000;

/// What the settings come to.
pub fn sentences(params: &Params) -> Vec<String> {
    let [rate, capacity] = [params.rate, params.capacity].map(|n| format_decimal(n.into()));
    let load = if params.rate > params.capacity { "more than it can do" } else { "what it can do" };
    let mut all = vec![format!("{rate} calls a second against a capacity of {capacity}: {load}.")];
    all.extend(line(params));
    all.extend(given(params));
    all.extend(burst(params));
    all
}

/// In closed form, or by the length of the line.
fn line(params: &Params) -> Option<String> {
    if params.via == Via::Queue || params.load != Load::Steady {
        return None;
    }
    let per_s = |millionths: u32| f64::from(millionths) / 1e6;
    let station = Station {
        rate: per_s(params.rate),
        capacity: per_s(params.capacity),
        patience: params.patience as f64 / 1e6,
    };
    let places = params.queue_limit.saturating_add(1);
    let exact =
        params.arrivals == Arrivals::Open && params.service == Varies::Exponential && params.workers == 1;
    let plain = params.is_plain()
        && params.queue == Order::Fifo
        && params.full == Full::Refuse
        && params.expired == Late::Serve;
    let plain = plain && params.codel == super::params::Delay::Off && params.attempts == 1;
    if exact && plain && places <= MOST_PLACES && station.capacity * station.patience < 500.0 {
        let (now, best) = (station.goodput(places), station.best_k());
        return Some(format!(
            "With K = {places} places, the one in work among them, {now:.1} a second are done in time; with {best} it would be {:.1} (M/M/1/K, without the network).",
            station.goodput(best)
        ));
    }
    let wait_us = (f64::from(params.queue_limit) / station.capacity * 1e6) as u64;
    Some(format!(
        "Who is last in a full line waits for {} until those before it are done; callers wait for {}.",
        DurationUs(wait_us),
        DurationUs(params.patience)
    ))
}

/// What the way to an instance and back costs, where each asks for the next request when it is free.
fn given(params: &Params) -> Option<String> {
    let (work_us, way_us) = (params.work().mean_us()?, params.latency.mean_us()?);
    if params.is_plain() || way_us < work_us / 1e3 {
        return None;
    }
    let able = f64::from(params.capacity) / 1e6 * work_us / (work_us + 2.0 * way_us);
    Some(format!(
        "An instance is given its next request when it is free: with the network there and back they do {able:.1} a second."
    ))
}

/// What a burst leaves.
fn burst(params: &Params) -> Option<String> {
    if params.load != Load::Burst || params.scale != By::Off {
        return None;
    }
    let [rate, capacity] = [params.rate, params.capacity].map(|n| f64::from(n) / 1e6);
    let lasts = params.burst_for as f64 / 1e6;
    let (backlog, longest, drained) = levelling(rate, rate * f64::from(params.burst), lasts, capacity);
    if backlog <= 0.0 {
        return Some("All of the burst can be done while it lasts.".into());
    }
    let all = if backlog > f64::from(params.queue_limit) {
        "More is left by the burst than may wait"
    } else {
        "If all may wait, the burst leaves"
    };
    if backlog > f64::from(params.queue_limit) {
        return Some(format!("{all}: {backlog:.0} requests of {} places.", params.queue_limit));
    }
    if rate >= capacity {
        return Some(format!(
            "{all} {backlog:.0} requests, and what comes after it leaves no time for them."
        ));
    }
    Some(format!(
        "{all} {backlog:.0} requests, the last of which waits {longest:.1} s; {drained:.1} s after it nobody waits."
    ))
}

//! The kernel's checks against queueing theory: what a station of it shows over many seeds, beside closed forms.

use crate::chance::dice::{self, Purpose, below, die};
use crate::chance::dist::Dist;
use crate::lab::{Check, Fidelity};
use crate::sim::queueing::{Measured, Queue, measure};

/// The unit of time of the checks: the mean service takes 100 ms of virtual time, so that whole µs are fine enough.
const MEAN_US: f64 = 100_000.0;

fn exp(mean: f64) -> Dist {
    format!("exp-{}us", (mean * MEAN_US) as u64).parse().expect("a mean time")
}

/// M/M/1 at a load in percent, started in its steady state: geometric with ratio ρ.
fn mm1(load_percent: u32, seed: u32, arrivals: u32) -> Queue {
    let load = f64::from(load_percent) / 100.0;
    let unit = dice::unit(die(seed, Purpose::Choice, 0, 0));
    let start = (libm::log(unit) / libm::log(load)) as u32;
    Queue { arrival: exp(1.0 / load), service: exp(1.0), servers: 1, room: u32::MAX, start, arrivals }
}

const REPLICATIONS: u32 = 400;

/// Mean and its standard error of a figure over independent replications.
fn replicate(figure: impl Fn(u32) -> f64) -> (f64, f64) {
    let figures: Vec<f64> = (0..REPLICATIONS).map(figure).collect();
    let n = figures.len() as f64;
    let mean = figures.iter().sum::<f64>() / n;
    let variance = figures.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

fn within(what: &str, expected: f64, (measured, error): (f64, f64)) -> Result<String, String> {
    let text = format!("{what} {measured:.5} ± {error:.5}, expected {expected}");
    if (measured - expected).abs() <= 4.0 * error { Ok(text) } else { Err(text) }
}

fn mean_of(times_us: &[i64]) -> f64 {
    times_us.iter().sum::<i64>() as f64 / times_us.len() as f64 / MEAN_US
}

fn all(checks: impl IntoIterator<Item = Result<String, String>>) -> Result<String, String> {
    let mut said = Vec::new();
    for check in checks {
        said.push(check?);
    }
    Ok(said.join("; "))
}

fn check_mm1() -> Result<String, String> {
    all([(50, 2.0), (80, 5.0)].into_iter().flat_map(|(load, w)| {
        let runs: Vec<Measured> =
            (0..REPLICATIONS).map(|seed| measure(&mm1(load, seed, 400), seed)).collect();
        let p99_us = (w * std::f64::consts::LN_10 * 2.0 * MEAN_US) as i64;
        let over = |m: &Measured| m.sojourns_us.iter().filter(|s| **s > p99_us).count() as f64;
        [
            within(&format!("ρ={load}% W"), w, replicate(|seed| mean_of(&runs[seed as usize].sojourns_us))),
            within(
                &format!("ρ={load}% share over p99"),
                0.01,
                replicate(|seed| over(&runs[seed as usize]) / runs[seed as usize].sojourns_us.len() as f64),
            ),
        ]
    }))
}

/// Little's law holds exactly in a run that starts and ends empty: the area under N(t) is the sum of the sojourn times.
fn check_little() -> Result<String, String> {
    for seed in 0..100 {
        let queue = Queue { start: 0, ..mm1(80, seed, 500) };
        let measured = measure(&queue, seed);
        let sum: i128 = measured.sojourns_us.iter().map(|s| i128::from(*s)).sum();
        if sum != measured.area_us {
            return Err(format!("seed {seed}: area {} µs, sojourn times {sum} µs", measured.area_us));
        }
    }
    Ok("∫N(t)dt = Σ sojourn times, to the µs, in each of 100 runs".into())
}

fn check_mmc() -> Result<String, String> {
    let (servers, load) = (10u32, 8.0);
    let blocking = (1..=servers).fold(1.0, |b, k| load * b / (f64::from(k) + load * b));
    let wait = blocking / (1.0 - 0.8 * (1.0 - blocking)) / (f64::from(servers) - load);
    within(
        "M/M/10, a=8: Wq·μ",
        wait,
        replicate(|seed| {
            let queue = Queue { servers, start: 8, ..mm1(80, seed, 6_000) };
            let queue = Queue { arrival: exp(1.0 / load), ..queue };
            mean_of(&measure(&queue, seed).waits_us[2_000..])
        }),
    )
}

fn check_md1() -> Result<String, String> {
    within(
        "M/D/1, ρ=.8: Wq",
        2.0,
        replicate(|seed| {
            let service = format!("{MEAN_US}us").parse().expect("a time");
            let queue = Queue { service, start: 2, ..mm1(80, seed, 3_000) };
            mean_of(&measure(&queue, seed).waits_us[1_500..])
        }),
    )
}

fn check_mm1k() -> Result<String, String> {
    // Started in steady state, which for 10 places and ρ = .9 is the truncated geometric distribution.
    let (room, load) = (10u32, 0.9f64);
    let weights: Vec<f64> = (0..=room).scan(1.0, |w, _| Some(std::mem::replace(w, *w * load))).collect();
    let total: f64 = weights.iter().sum();
    let expected = weights[room as usize] / total;
    within(
        "M/M/1/10, ρ=.9: share lost",
        expected,
        replicate(|seed| {
            let mut left =
                below(die(seed, Purpose::Choice, 1, 0), 1 << 53) as f64 / (1u64 << 53) as f64 * total;
            let start = weights.iter().position(|w| {
                left -= w;
                left < 0.0
            });
            let start = start.unwrap_or(room as usize) as u32;
            let queue = Queue { room, start, arrival: exp(1.0 / load), ..mm1(90, seed, 500) };
            f64::from(measure(&queue, seed).lost) / 500.0
        }),
    )
}

/// The kernel's checks against queueing theory.
pub const FIDELITY: &[Fidelity] = &[
    Fidelity {
        id: "mm1",
        claim: "M/M/1: W = 1/(μ-λ), and one in a hundred stays longer than ln 100/(μ-λ)",
        source: "queueing theory (Kleinrock 1975, §3.2)",
        check: Check::Exact(check_mm1),
    },
    Fidelity {
        id: "little",
        claim: "Little's law L = λW holds exactly in every run that starts and ends empty",
        source: "Little 1961",
        check: Check::Exact(check_little),
    },
    Fidelity {
        id: "mmc",
        claim: "M/M/10 at a = 8: mean wait .204590/μ (Erlang C)",
        source: "Erlang 1917",
        check: Check::Exact(check_mmc),
    },
    Fidelity {
        id: "md1",
        claim: "M/D/1 at ρ = .8: mean wait 2/μ (Pollaczek–Khinchine)",
        source: "Pollaczek 1930, Khinchine 1932",
        check: Check::Exact(check_md1),
    },
    Fidelity {
        id: "mm1k",
        claim: "M/M/1/10 at ρ = .9 loses a share of .050814",
        source: "queueing theory (Kleinrock 1975, §3.6)",
        check: Check::Exact(check_mm1k),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_agrees_with_queueing_theory() {
        for fidelity in FIDELITY {
            let Check::Exact(check) = fidelity.check else { unreachable!("all are exact") };
            check().unwrap_or_else(|why| panic!("{}: {why}", fidelity.id));
        }
    }
}

//! Published numbers that the lab must reproduce (REFERENCES: shed).

use super::LAB;
use crate::lab::{Detail, End, Fidelity, Lab, Outcome, Statistic, exact, sweep};
use crate::link;
use crate::parts::hpa::desired;
use crate::parts::{codel, mm1k};
use crate::scenario::Scenario;

/// The outcome of one of the lab's own links under a seed.
pub fn outcome(text: &str, seed: u32, detail: Detail) -> Outcome {
    LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, detail)
}

fn tally(outcome: &Outcome, name: &str) -> Result<i64, String> {
    outcome.tally(name).ok_or_else(|| format!("{name} measured nothing"))
}

const BUSY: mm1k::Station = mm1k::Station { rate: 150.0, capacity: 100.0, patience: 0.2 };
const LESS: mm1k::Station = mm1k::Station { rate: 120.0, ..BUSY };

/// The closed forms themselves, against what is published of them.
fn check_closed_forms() -> Result<String, String> {
    let mut words = Vec::new();
    for (k, expected) in
        [(1, 60.00), (5, 95.19), (10, 99.185), (15, 94.06), (20, 67.45), (25, 29.39), (40, 0.195)]
    {
        let goodput = BUSY.goodput(k);
        if (goodput - expected).abs() > 0.005 {
            return Err(format!("K = {k}: {goodput:.3}"));
        }
        words.push(format!("K = {k}: {goodput:.2}"));
    }
    let (busy, less) = (BUSY.best_k(), LESS.best_k());
    let lifo = [BUSY, LESS].map(|station| station.newest_first_in_time() * 100.0);
    words.push(format!("best K {busy} and {less}; the newest first {:.2} and {:.2} %", lifo[0], lifo[1]));
    let fits = busy == 10 && less == 12 && (lifo[0] - 98.64).abs() < 0.005 && (lifo[1] - 94.18).abs() < 0.005;
    let words = words.join(", ");
    if fits { Ok(words) } else { Err(words) }
}

/// Constant work and regular calls: the last call that is in time begins within D/(ρ − 1) of the first, less one call's own work.
fn check_all_late() -> Result<String, String> {
    let run = outcome(
        "shed?arrivals=regular&service=constant&latency=0ms&queue_limit=100000&for=20s",
        1,
        Detail::Full,
    );
    let good = |operation: &&crate::lab::Operation| operation.end == End::Ok;
    let last_us = run.operations.iter().filter(good).map(|operation| operation.invoked.at_us).max();
    let limit_us = (mm1k::all_late_after(&BUSY) * 1e6) as u64;
    let words = format!(
        "the last call that is in time begins {last_us:?} µs after the start; D/(ρ − 1) is {limit_us} µs"
    );
    match last_us {
        Some(us) if (limit_us - 20_000..=limit_us).contains(&us) => Ok(words),
        _ => Err(words),
    }
}

/// RFC 8289: after the first drop 100, 170.7, 228.4, 278.4 ms.
fn check_drop_times() -> Result<String, String> {
    let times = codel::drop_times_us(100_000, 5);
    let words = format!("{times:?} µs");
    if times == [0, 100_000, 170_711, 228_446, 278_446] { Ok(words) } else { Err(words) }
}

/// A burst in a queue: 2,000 wait, the longest for 20 s, until 50 s after it. One more or less, and its work, is how calls fall on the clock.
fn check_levelling() -> Result<String, String> {
    let link = "shed?load=burst&rate=60&arrivals=regular&burst=5&via=queue&service=constant&latency=0ms&queue_limit=10000&for=90s";
    let run = outcome(link, 1, Detail::Totals);
    let [backlog, oldest_us, drained_us] =
        ["backlog_peak", "oldest_ms", "drained_ms"].map(|name| tally(&run, name));
    let (backlog, oldest_us, drained_us) = (backlog?, oldest_us?, drained_us?);
    let words = format!(
        "{backlog} wait, the longest for {oldest_us} µs; {drained_us} µs after the burst nobody does"
    );
    let near = |measured: i64, expected: i64, by: i64| (measured - expected).abs() <= by;
    let fits = near(backlog, 2_000, 2)
        && near(oldest_us, 20_000_000, 20_000)
        && near(drained_us, 50_000_000, 50_000);
    if fits { Ok(words) } else { Err(words) }
}

const SCALE: &str = "shed?load=step&rate=60&arrivals=regular&burst_at=15s&via=queue&service=constant&instances=4&latency=0ms&queue_limit=100000&for=6m";

/// What waits at the most while instances start, in closed form: 140 a second are too many for four instances until the first look's seven are
/// ready, then 65 a second until twelve are. A look sees only what was ready before it: where instances become ready at the moment of a look, it is
/// the next one that counts them. Calls are whole microseconds apart, so that they are 240.04 a second.
fn waiting(start_up_s: u32) -> f64 {
    let (rate, first_s) = (1e6 / 4_166.0, 15 + start_up_s);
    let second_s = (first_s / 15 + 1) * 15 + start_up_s;
    (rate - 100.0) * f64::from(first_s) + (rate - 175.0) * f64::from(second_s - first_s)
}

fn check_scaling() -> Result<String, String> {
    let steps: Vec<u32> =
        std::iter::successors(Some(4), |now| Some(desired(*now, 100, 60, 100))).skip(1).take(4).collect();
    if steps != [7, 12, 20, 34] {
        return Err(format!("at full use {steps:?}"));
    }
    let mut words = vec![format!("at full use {steps:?}")];
    for (start_up_s, most) in [(0u32, 26), (30, 34), (60, 34)] {
        let run = outcome(&format!("{SCALE}&scale=cpu&start_up={start_up_s}s"), 1, Detail::Totals);
        let (backlog, ready) = (tally(&run, "backlog_peak")? as f64, tally(&run, "instances_peak")?);
        words.push(format!("start-up {start_up_s} s: {backlog} wait, {ready} instances"));
        if (backlog - waiting(start_up_s)).abs() > 3.0 || ready != most {
            return Err(format!("{}; expected {:.0} and {most}", words.join(", "), waiting(start_up_s)));
        }
    }
    let run = outcome(&format!("{SCALE}&scale=rate"), 1, Detail::Totals);
    let (backlog, ready) = (tally(&run, "backlog_peak")?, tally(&run, "instances_peak")?);
    words.push(format!("by rate {backlog} and {ready}"));
    let words = words.join(", ");
    // ⌈240.04 ÷ 15⌉ is one more than ⌈240 ÷ 15⌉.
    let arithmetic = desired(4, 240_000 / 4, 15_000, 100) == 16;
    if arithmetic && (backlog - 6_302).abs() <= 3 && ready == 17 { Ok(words) } else { Err(words) }
}

const QUEUES: &str = "closed form: Σ λπ_n P(Erlang(n + 1, μ) ≤ D) in M/M/1/K";
const SIMULATED: &str = "an independent simulation, ± 1";

/// Goodput of a line of so many places, the one in work among them.
const fn places(id: &'static str, link: &'static str, expected: f64) -> Fidelity {
    let claim = "150 calls a second, 100 can be done, each waits 200 ms: goodput by the number K of places";
    sweep(id, claim, QUEUES, link, ("goodput_per_s", Statistic::Mean, expected, 0.0), (100, 4))
}

/// Goodput by how the line sheds.
const fn simulated(id: &'static str, claim: &'static str, link: &'static str, expected: f64) -> Fidelity {
    sweep(id, claim, SIMULATED, link, ("goodput_per_s", Statistic::Mean, expected, 0.25), (100, 12))
}

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    exact(
        "closed-forms",
        "M/M/1/K with a deadline of 200 ms: 60.00, 95.19, 99.18, 94.06, 67.45, 29.39, .195 for K of 1 to 40; the newest first 98.64 % (λ = 120: 94.18)",
        QUEUES,
        check_closed_forms,
    ),
    places("k-1", "shed?latency=0ms&queue_limit=0&from=2s&for=2m", 60.0),
    places("k-5", "shed?latency=0ms&queue_limit=4&from=2s&for=2m", 95.19),
    places("k-10", "shed?latency=0ms&queue_limit=9&from=2s&for=2m", 99.185),
    places("k-15", "shed?latency=0ms&queue_limit=14&from=2s&for=2m", 94.06),
    places("k-20", "shed?latency=0ms&queue_limit=19&from=2s&for=2m", 67.45),
    places("k-25", "shed?latency=0ms&queue_limit=24&from=2s&for=2m", 29.39),
    places("k-40", "shed?latency=0ms&queue_limit=39&from=2s&for=2m", 0.195),
    sweep(
        "k-12",
        "120 calls a second: K = 12 is best, 97.28",
        QUEUES,
        "shed?rate=120&latency=0ms&queue_limit=11&from=2s&for=2m",
        ("goodput_per_s", Statistic::Mean, 97.28, 0.0),
        (100, 4),
    ),
    sweep(
        "loss",
        "K = 11: .3359 of the calls are refused",
        QUEUES,
        "shed?latency=0ms&queue_limit=10&from=2s&for=2m",
        ("refused_share", Statistic::Mean, 0.3359, 0.0),
        (100, 4),
    ),
    sweep(
        "lifo",
        "The newest first, the oldest dropped: 98.64 % of the work is in time",
        "closed form: a defective busy period",
        "shed?latency=0ms&queue=lifo&full=drop-oldest&from=2s&for=2m",
        ("wasted_share", Statistic::Mean, 0.0136, 0.000_025),
        (100, 4),
    ),
    sweep(
        "lifo-120",
        "120 calls a second: 94.18 %",
        "closed form: a defective busy period",
        "shed?rate=120&latency=0ms&queue=lifo&full=drop-oldest&from=10s&for=2m",
        ("wasted_share", Statistic::Mean, 0.0582, 0.000_025),
        (100, 4),
    ),
    simulated(
        "expired",
        "What has expired is thrown away: 65.9",
        "shed?latency=0ms&expired=drop&from=2s&for=2m",
        65.9,
    ),
    simulated(
        "expired-constant",
        "the same with constant work: 41.8",
        "shed?service=constant&latency=0ms&expired=drop&from=2s&for=2m",
        41.8,
    ),
    simulated("codel", "CoDel as folly has it: 90.2", "shed?latency=0ms&codel=folly&from=2s&for=2m", 90.2),
    simulated(
        "adaptive",
        "with adaptive LIFO 98.1",
        "shed?latency=0ms&queue=adaptive&codel=folly&from=2s&for=2m",
        98.1,
    ),
    simulated(
        "drop-oldest",
        "Sixteen places, the oldest is dropped: 99.8",
        "shed?latency=0ms&queue_limit=16&full=drop-oldest&from=2s&for=2m",
        99.8,
    ),
    exact(
        "all-late",
        "Without a limit nobody is in time who comes after D/(ρ − 1): .400 s",
        "arithmetic (fluid)",
        check_all_late,
    ),
    exact(
        "drop-times",
        "CoDel's drops after the first: 100, 170.7, 228.4, 278.4 ms",
        "RFC 8289, section 4.4",
        check_drop_times,
    ),
    exact(
        "levelling",
        "60 a second, for 10 s 300, on 100: 2,000 wait, the longest 20 s, until 50 s after it",
        "arithmetic",
        check_levelling,
    ),
    exact(
        "scaling",
        "4 instances of 25 a second, 60 to 240 a second, target .6, a look every 15 s: 7, 12, 20, 26 or 34; with 0 and 30 s of start-up 3,075 and 9,225 wait; by rate 16 at once, 6,300",
        "Kubernetes' documentation: ⌈n · metric ÷ target⌉, tolerance .1; arithmetic",
        check_scaling,
    ),
    sweep(
        "throttle",
        "K = 2: of 1,000 calls a second 200 go out where 100 are accepted",
        "Beyer et al., Site Reliability Engineering, \"Handling Overload\"",
        "shed?rate=1000&throttle=on&latency=0ms&queue_limit=10&from=2m&for=4m",
        ("sent_per_s", Statistic::Mean, 200.0, 1.0),
        (20, 2),
    ),
];

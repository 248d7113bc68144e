//! Published numbers that the lab must reproduce.

use super::LAB;
use crate::chance::dice::remix;
use crate::lab::{Detail, Fidelity, Lab, Outcome, Statistic, exact, sweep};
use crate::link;
use crate::parts::sampler::{Decide, Parent, Sizes, Tail, TailPolicy, keeps, threshold};
use crate::parts::zipf::Zipf;
use crate::scenario::Scenario;

/// The outcome of one of the lab's own links under a seed.
pub fn outcome(text: &str, seed: u32, detail: Detail) -> Outcome {
    LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, detail)
}

/// Whether a share of so many draws is within four standard errors.
fn near(what: &str, got: f64, expected: f64, draws: f64) -> Result<String, String> {
    let error = libm::sqrt(expected * (1.0 - expected) / draws);
    let said = format!("{what} {got:.4} ({expected:.4})");
    if (got - expected).abs() <= 4.0 * error { Ok(said) } else { Err(said) }
}

/// The share of many groups of so many traces of which any is kept.
fn check_any() -> Result<String, String> {
    let mut said = Vec::new();
    for (rate, many, expected) in [(10_000, 100, 0.6340), (10_000, 10, 0.0956)] {
        let exact = 1.0 - libm::pow(1.0 - f64::from(rate) / 1e6, f64::from(many));
        if (exact - expected).abs() > 5e-5 {
            return Err(format!("1 − (1 − p)^n is {exact:.4}"));
        }
        let groups = 20_000u64;
        let kept = |group: &u64| (0..many).any(|of| keeps(remix(*group, of as u64), threshold(rate)));
        let share = (0..groups).filter(kept).count() as f64 / groups as f64;
        said.push(near(&format!("of {many} at .01 any:"), share, exact, groups as f64)?);
    }
    Ok(said.join("; "))
}

/// What services in a row keep of a trace, by who decides and at which rates: whole ones, and any span.
fn check_paths() -> Result<String, String> {
    let mut said = Vec::new();
    let table: [(&str, Decide, &[u32], f64, f64); 4] = [
        ("each, three at .1", Decide::Each, &[100_000; 3], 0.001, 0.271),
        ("consistent, three at .1", Decide::Consistent, &[100_000; 3], 0.1, 0.1),
        ("consistent, .5 .1 .2", Decide::Consistent, &[500_000, 100_000, 200_000], 0.1, 0.5),
        ("by the parent, .5 .1 .2", Decide::Parent, &[500_000, 100_000, 200_000], 0.5, 0.5),
    ];
    for (what, decide, rates, whole, any) in table {
        let traces = 200_000u64;
        let (mut wholes, mut anys) = (0u64, 0u64);
        for trace in 0..traces {
            let mut parent = Parent::None;
            let spans = rates.iter().enumerate().filter(|(hop, rate)| {
                let samples =
                    decide.samples(**rate, parent, remix(1, trace) >> 8, remix(trace, *hop as u64) >> 8);
                parent = Parent::Sampled(samples);
                samples
            });
            let spans = spans.count();
            (wholes, anys) = (wholes + u64::from(spans == rates.len()), anys + u64::from(spans > 0));
        }
        let share = |count: u64| count as f64 / traces as f64;
        said.push(near(&format!("{what}: whole"), share(wholes), whole, traces as f64)?);
        said.push(near("any", share(anys), any, traces as f64)?);
    }
    Ok(said.join("; "))
}

/// Every error and one in a hundred of the rest: what is kept, and how much of that has failed.
fn check_tail() -> Result<String, String> {
    let (e, p) = (0.01, 0.01);
    let (kept, seen) = (e + (1.0 - e) * p, e / (e + (1.0 - e) * p));
    if (kept - 0.0199f64).abs() > 5e-5 || (seen - 0.5025f64).abs() > 5e-5 {
        return Err(format!("e + (1 − e)p is {kept:.4}, of which {seen:.4} have failed"));
    }
    let policy = TailPolicy { wait_us: 0, most: 10, errors: true, slow_us: None, rest: 10_000 };
    let mut tail = Tail::new(policy);
    let traces = 200_000u64;
    let (mut stored, mut failed) = (0u64, 0u64);
    for trace in 0..traces {
        let is_error = keeps(remix(2, trace) >> 8, threshold(10_000));
        let _ = tail.take(trace, (trace, remix(3, trace) >> 8), is_error, (trace, trace), is_error);
        for decided in tail.decide(trace).into_iter().filter(|decided| decided.kept) {
            (stored, failed) = (stored + 1, failed + u64::from(decided.spans[0]));
        }
    }
    let all = near("kept", stored as f64 / traces as f64, kept, traces as f64)?;
    let errors = near("of which failed", failed as f64 / stored as f64, seen, stored as f64)?;
    Ok(format!("{all}; {errors}"))
}

/// What a head rate of a hundredth tells of errors: of 60,000 traces 600 are there, and their share of errors is right, but for chance.
fn check_head() -> Result<String, String> {
    let (traces, seeds, e) = (60_000u64, 50u64, 0.01);
    let (mut sum, mut squares, mut kept) = (0.0, 0.0, 0u64);
    for seed in 0..seeds {
        let (mut all, mut errors) = (0u64, 0u64);
        for trace in (0..traces).filter(|trace| keeps(remix(seed, *trace) >> 8, threshold(10_000))) {
            all += 1;
            errors += u64::from(keeps(remix(seed + 1_000, trace) >> 8, threshold(10_000)));
        }
        let share = errors as f64 / all as f64;
        (sum, squares, kept) = (sum + share, squares + (share - e) * (share - e), kept + all);
    }
    let (mean, sd) = (sum / seeds as f64, libm::sqrt(squares / seeds as f64));
    // The standard error of such an sd is a tenth of it with 50 samples.
    if (sd - 0.0041).abs() > 4.0 * 0.0041 / 10.0 {
        return Err(format!("sd {sd:.4}, expected .0041"));
    }
    Ok(format!("{}, sd {sd:.4} (.0041)", near("error share", mean, e, kept as f64)?))
}

/// How many users have been there at least once after so many requests.
fn check_users() -> Result<String, String> {
    let zipf = Zipf::new(100_000, 1_000_000);
    let total = zipf.total() as f64;
    let mut said = Vec::new();
    for (requests, expected) in [(1_000, 622.0), (10_000, 4_319.0), (100_000, 24_449.0)] {
        let seen = |user: u32| 1.0 - libm::pow(1.0 - zipf.weight(user) as f64 / total, f64::from(requests));
        let distinct: f64 = (0..100_000).map(seen).sum();
        let words = format!("{requests} requests: {distinct:.0} ({expected})");
        if (distinct - expected).abs() > 0.5 {
            return Err(words);
        }
        said.push(words);
    }
    Ok(said.join("; "))
}

const SPIKE: &str = "observe?services=4&rate=20&head=0.01&scrape=15s&fault=spike&fault_at=20s&for=1m";

/// What the dashboard shows of a spike: in the interval that has it, and in the two after it.
pub fn check_spike() -> Result<String, String> {
    let times = (13.0 + 2.0 * 10.0) / 15.0;
    if (times - 2.2f64).abs() > 1e-9 {
        return Err(format!("(13 + 2·10)/15 is {times}"));
    }
    let (mut during, mut after) = (0.0, 0.0);
    let seeds = 20;
    for seed in 0..seeds {
        let run = outcome(SPIKE, seed, Detail::Full);
        let value = |name: &'static str, at_us: u64| {
            run.series(name).and_then(|series| series.value_at(at_us)).ok_or_else(|| format!("no {name}"))
        };
        let rate = |at_us| {
            Ok::<f64, String>((value("requests: ok", at_us)? + value("requests: errors", at_us)?) as f64)
        };
        during += rate(30_000_000)?;
        after += (rate(45_000_000)? + rate(60_000_000)?) / 2.0;
    }
    let measured = during / after;
    // Counts of chance: 660 in the spike's interval of each seed, and twice 300 in the two after it; rates are rounded to whole ones.
    let error = measured * libm::sqrt(1.0 / (660.0 * f64::from(seeds)) + 1.0 / (600.0 * f64::from(seeds)));
    let said = format!(
        "{measured:.3} times the rate ((13 + 2·10)/15 = 2.2); a gauge misses it with 13/15 = {:.3}",
        13.0 / 15.0
    );
    if (measured - 2.2).abs() <= 4.0 * error + 0.01 { Ok(said) } else { Err(said) }
}

/// A day's bytes by sizes that are declared.
fn check_bytes() -> Result<String, String> {
    let sizes = Sizes::USUAL;
    let (traces, logs) = (sizes.traces_a_day(1_000, 8, 10_000), sizes.logs_a_day(1_000, 10));
    let metrics = sizes.metrics_a_day(20_000, 15);
    let said = format!("traces {traces}, logs {logs}, metrics {metrics} bytes a day");
    if (traces, logs, metrics) == (3_456_000_000, 172_800_000_000, 172_800_000) {
        Ok(said)
    } else {
        Err(said)
    }
}

/// Four of forty by chance have all three services of a path.
fn check_forty() -> Result<String, String> {
    let chance = 4.0 * 3.0 * 2.0 / (40.0 * 39.0 * 38.0);
    let said = format!("{chance:.6} (37 / 91,390)");
    if (chance - 37.0f64 / 91_390.0).abs() < 1e-12 { Ok(said) } else { Err(said) }
}

/// Whatever is set, what came is kept, thrown away or waits.
fn check_conservation() -> Result<String, String> {
    let mut spans = 0;
    for more in [
        "head=1&tail=both&fault=slow",
        "head=1&tail=errors&num_traces=20&fault=storm",
        "decide=each&tail=slow&tail_rest=0.5&decision_wait=200ms",
        "decide=consistent&propagate=off",
        "head=1&tail=errors&do=5s:crash:n3,7s:start:n3,8s:cut:k1-n5,10s:heal",
    ] {
        for seed in 0..3 {
            let run = outcome(&format!("observe?{more}"), seed, Detail::Totals);
            let of = |name: &str| run.tally(name).unwrap_or(-1);
            if of("spans_unaccounted") != 0 || of("spans_kept") + of("spans_dropped") > of("spans_written") {
                return Err(format!("{more}, seed {seed}: {} unaccounted for", of("spans_unaccounted")));
            }
            spans += of("spans_written");
        }
    }
    Ok(format!("of {spans} spans none is unaccounted for"))
}

const OTEL: &str = "OpenTelemetry, specification of samplers and of probability sampling; arithmetic";

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    exact(
        "any",
        "Of n faulty traces any is kept with 1 − (1 − p)^n: .6340 of 100 at .01, .0956 of 10",
        OTEL,
        check_any,
    ),
    exact(
        "paths",
        "Three services that toss their own dice at .1 keep .001 whole and .2710 at all; consistent ones .1 and .1; rates of .5, .1, .2 the least of them whole",
        OTEL,
        check_paths,
    ),
    exact(
        "tail",
        "Every error (.01) and .01 of the rest: .0199 are kept, of which .5025 have failed",
        "OpenTelemetry Collector, tail sampling processor; arithmetic",
        check_tail,
    ),
    exact("head", "A head rate of .01 of 60,000 traces of which .01 fail: .01 ± .0041", OTEL, check_head),
    exact(
        "users",
        "Distinct users of 100,000 by Zipf's law after 1,000, 10,000 and 100,000 requests: 622, 4,319, 24,449",
        "Σ 1 − (1 − p)^n, exactly",
        check_users,
    ),
    exact(
        "spike",
        "Ten times the load for 2 s of 15 reads as 2.2 times; a gauge misses it with .867",
        "arithmetic",
        check_spike,
    ),
    exact(
        "bytes",
        "1,000 requests a second: 1 % of traces of eight spans 3.5 GB a day, ten lines each 173 GB, 20,000 series every 15 s .17 GB",
        "arithmetic, with sizes declared",
        check_bytes,
    ),
    exact(
        "forty",
        "Four of forty services by chance see all of a path of three with 4.05 in 10,000",
        "C(37,1)/C(40,4)",
        check_forty,
    ),
    exact(
        "conservation",
        "Spans that came are kept, thrown away or wait",
        "by construction",
        check_conservation,
    ),
    sweep(
        "torn",
        "Of the traces with any span, those without all, at .1 for each of three services: 1 − p³/(1 − (1 − p)³)",
        OTEL,
        "observe?services=4&decide=each&fault=none&for=5s",
        ("torn_share", Statistic::Mean, 0.996_31, 0.0),
        (400, 60),
    ),
    sweep(
        "kept",
        "A head rate of .1, decided by the first service, keeps a tenth of the traces",
        OTEL,
        "observe?services=4&fault=none&for=5s",
        ("traces_kept_share", Statistic::Mean, 0.1, 0.0),
        (400, 60),
    ),
];

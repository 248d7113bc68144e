//! Published numbers, and what follows from the protocols by hand, that the model must reproduce.

use super::LAB;
use crate::lab::{Detail, Fidelity, Lab, Outcome, State, Statistic, exact, sweep};
use crate::scenario::Scenario;

const GARCIA_MOLINA: &str = "Garcia-Molina, Elections in a distributed computing system, 1982, in three messages: m(m+1)/2 + m(m-1)/2 + n-2, m = n-i";
const CHANG_ROBERTS: &str = "Chang and Roberts, An improved algorithm for decentralized extrema-finding, CACM 1979: n·H(n) on average";
const RENEWAL: &str =
    "L - R/2 + P/(c+1): a lease of 10 s, renewed every 3 s, looked at every second by c candidates";
const CLIENT_GO: &str = "simulated by a program of its own from client-go's leaderelection.go: renewals every 2 s, looks every U(2, 4.4) s, 15 s from the look that saw the last renewal";

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    exact(
        "bully",
        "An election that i of n begins, the greatest being down, takes 19 messages for 1 of 5, 4 for 4 of 5, 29 for 1 of 6, and in general (n-1)²+n-2 and n-1.",
        GARCIA_MOLINA,
        bully,
    ),
    exact(
        "bully-time",
        "Everybody knows after w + 2l, and after w + l if the second greatest begins; w: how long it waits, l: how long a message takes.",
        GARCIA_MOLINA,
        bully_time,
    ),
    sweep(
        "ring-5",
        "On a ring of five that all begin at once, 11.4167 messages of candidates on average, and five more.",
        CHANG_ROBERTS,
        "leader?n=5&mechanism=ring&detect=0ms&for=2s&do=1s:ask:n.:elect",
        ("messages", Statistic::Mean, 16.416_667, 0.0),
        (10_000, 2_000),
    ),
    sweep(
        "ring-6",
        "14.7 and six more on a ring of six.",
        CHANG_ROBERTS,
        "leader?n=6&mechanism=ring&detect=0ms&for=2s&do=1s:ask:n.:elect",
        ("messages", Statistic::Mean, 20.7, 0.0),
        (10_000, 2_000),
    ),
    sweep(
        "ring-least",
        "Never fewer than 2n-1 = 9, and five.",
        CHANG_ROBERTS,
        "leader?n=5&mechanism=ring&detect=0ms&for=2s&do=1s:ask:n.:elect",
        ("messages", Statistic::AtLeast, 14.0, 0.0),
        (10_000, 2_000),
    ),
    sweep(
        "ring-most",
        "Never more than n(n+1)/2 = 15, and five.",
        CHANG_ROBERTS,
        "leader?n=5&mechanism=ring&detect=0ms&for=2s&do=1s:ask:n.:elect",
        ("messages", Statistic::AtMost, 20.0, 0.0),
        (10_000, 2_000),
    ),
    exact(
        "overlap",
        "With the holder's clock slow and the store's fast by ρ, two lead for 2ρL/(1-ρ²): 200.020 ms for a lease of 10 s and a hundredth, 2 ms for a ten-thousandth; none with a margin.",
        "L/(1-ρ) - L/(1+ρ)",
        overlap,
    ),
    exact(
        "from-answer",
        "Who counts from the answer leads for as long as the answer took beyond its lease.",
        "the store has counted from before it",
        from_answer,
    ),
    sweep(
        "failover-1",
        "From a leader's death to the next: 9.0 s with one candidate.",
        RENEWAL,
        "leader?n=2&load=failover&delay=0us&for=2m",
        ("failover_ms", Statistic::Mean, 9_000.0, 0.0),
        (20_000, 3_000),
    ),
    sweep(
        "failover-3",
        "8.75 s with three.",
        RENEWAL,
        "leader?n=4&load=failover&delay=0us&for=2m",
        ("failover_ms", Statistic::Mean, 8_750.0, 0.0),
        (20_000, 3_000),
    ),
    sweep(
        "failover-most",
        "Never more than L + P.",
        RENEWAL,
        "leader?n=2&load=failover&delay=0us&for=2m",
        ("failover_ms", Statistic::AtMost, 11_000.0, 0.0),
        (20_000, 3_000),
    ),
    sweep(
        "kubernetes-1",
        "Kubernetes' defaults: 17.354 s with one candidate.",
        CLIENT_GO,
        "leader?n=2&load=failover&lease=15s&renew=2s&poll=uniform-2s-4.4s&judge=observer&delay=0us&for=3m",
        ("failover_ms", Statistic::Mean, 17_354.0, 0.0),
        (20_000, 3_000),
    ),
    sweep(
        "kubernetes-2",
        "16.52 s with two.",
        CLIENT_GO,
        "leader?n=3&load=failover&lease=15s&renew=2s&poll=uniform-2s-4.4s&judge=observer&delay=0us&for=3m",
        ("failover_ms", Statistic::Mean, 16_520.0, 5.0),
        (20_000, 3_000),
    ),
    sweep(
        "kubernetes-1-p99",
        "Of a hundred one takes more than 21.1 s with one candidate.",
        CLIENT_GO,
        "leader?n=2&load=failover&lease=15s&renew=2s&poll=uniform-2s-4.4s&judge=observer&delay=0us&for=3m",
        ("failover_ms", Statistic::Quantile { per_mille: 990, spread: 5_720.0 }, 21_108.0, 9.0),
        (20_000, 3_000),
    ),
    sweep(
        "kubernetes-2-p99",
        "More than 19.6 s with two.",
        CLIENT_GO,
        "leader?n=3&load=failover&lease=15s&renew=2s&poll=uniform-2s-4.4s&judge=observer&delay=0us&for=3m",
        ("failover_ms", Statistic::Quantile { per_mille: 990, spread: 5_430.0 }, 19_614.0, 9.0),
        (20_000, 3_000),
    ),
    sweep(
        "kubernetes-least",
        "Never less than 13 s.",
        CLIENT_GO,
        "leader?n=2&load=failover&lease=15s&renew=2s&poll=uniform-2s-4.4s&judge=observer&delay=0us&for=3m",
        ("failover_ms", Statistic::AtLeast, 13_000.0, 0.0),
        (20_000, 3_000),
    ),
    sweep(
        "released-1",
        "A leader that lets it go: 1.675 s with one candidate.",
        CLIENT_GO,
        "leader?n=2&load=resign&lease=15s&renew=2s&poll=uniform-2s-4.4s&judge=observer&delay=0us&for=3m",
        ("failover_ms", Statistic::Mean, 1_675.0, 0.0),
        (20_000, 3_000),
    ),
    sweep(
        "released-2",
        "1.078 s with two.",
        CLIENT_GO,
        "leader?n=3&load=resign&lease=15s&renew=2s&poll=uniform-2s-4.4s&judge=observer&delay=0us&for=3m",
        ("failover_ms", Statistic::Mean, 1_078.0, 0.5),
        (20_000, 3_000),
    ),
    exact(
        "herd",
        "As nine in line leave one after the other, all that watch the first wake up 36 times, those that watch the one before 8 times.",
        "n(n-1)/2 and n-1",
        herd,
    ),
    exact(
        "ratio",
        "Kubernetes' defaults bear clocks that differ by 15/12: two lead with 1.26, and not with 1.24.",
        "a leader that is cut off gives up a retry period and a deadline, 12 s, after its last renewal",
        ratio,
    ),
];

/// A run of one of the lab's own links.
fn run(text: &str) -> Outcome {
    LAB.run(&crate::link::own(&LAB, text), Detail::Totals)
}

fn tally(outcome: &Outcome, name: &str) -> i64 {
    outcome.tally(name).unwrap_or(-1)
}

/// An election that node i of n begins, the greatest being down.
fn election(n: i64, i: i64) -> Outcome {
    run(&format!("leader?n={n}&mechanism=bully&detect=0ms&for=4s&do=1s:crash:n{n},2s:ask:n{i}:elect"))
}

fn bully() -> Result<String, String> {
    for n in 3..=9 {
        for i in 1..n {
            let m = n - i;
            let (expected, found) = (m * m + n - 2, tally(&election(n, i), "messages"));
            if found != expected {
                return Err(format!("{found} messages for {i} of {n}, expected {expected}"));
            }
        }
    }
    Ok("all i of 3 to 9".into())
}

fn bully_time() -> Result<String, String> {
    for n in 3..=9 {
        for i in 1..n {
            let expected = 100_000 + if i == n - 1 { 5_000 } else { 10_000 };
            let found = tally(&election(n, i), "known_ms");
            if found != expected {
                return Err(format!("{found} µs for {i} of {n}, expected {expected}"));
            }
        }
    }
    Ok("110 ms and 105 ms".into())
}

/// For how long n1, slow by so many millionths, and n2, which asks a fast store at the very end of n1's lease, both lead; and whether the store refused n2 a moment before.
fn both_lead(ppm: u64, more: &str) -> i64 {
    // The first moment at which the store's clock shows a whole lease.
    let over_us = (10_000_000u64 * 1_000_000).div_ceil(1_000_000 + ppm);
    let asks = if ppm == 0 { String::new() } else { format!("0ms:drift:n1:-{ppm},0ms:drift:k1:{ppm},") };
    let text = format!(
        "leader?n=2&delay=0us&poll=10m&tick=10m&for=12s&do={asks}1ms:cut:n1-k1,{}us:ask:n2:elect,{over_us}us:ask:n2:elect{more}",
        over_us - 2
    );
    let outcome = run(&text);
    if tally(&outcome, "leaders") == 2 { tally(&outcome, "overlap_ms") } else { -1 }
}

fn overlap() -> Result<String, String> {
    let mut told = Vec::new();
    for (ppm, expected_us) in [(10_000u64, 200_020i64), (100, 2_000)] {
        let found_us = both_lead(ppm, "");
        let margin_us = both_lead(ppm, &format!("&stop=margin&rate_bound={ppm}"));
        if (found_us - expected_us).abs() > 3 || !(0..=1).contains(&margin_us) {
            return Err(format!("{ppm} ppm: {found_us} µs, with a margin {margin_us} µs"));
        }
        told.push(format!("{found_us} µs at {ppm} ppm"));
    }
    Ok(told.join(", "))
}

fn from_answer() -> Result<String, String> {
    let both = |from: &str| {
        let text = format!(
            "leader?n=2&from={from}&poll=10m&tick=10m&for=16s&do=0ms:slow:k1:500,20ms:slow:k1:1,4s:cut:n1-k1,10s:ask:n2:elect"
        );
        tally(&run(&text), "overlap_ms")
    };
    // The answer to n1 takes 500 · 5 ms, that to n2 takes 5.
    match (both("answer"), both("ask")) {
        (2_495_000, 0) => Ok("2.495 s: the answer's 2.5 s less n2's own 5 ms".into()),
        (answer, ask) => Err(format!("{answer} µs, and {ask} µs from asking")),
    }
}

fn herd() -> Result<String, String> {
    let wakes = |watch: &str| {
        let leave: Vec<String> = (1..=9).map(|i| format!("{}s:ask:n.:stepdown", 5 * i)).collect();
        let text = format!("leader?n=9&mechanism=sequence&watch={watch}&for=60s&do={}", leave.join(","));
        tally(&run(&text), "wakeups")
    };
    match (wakes("first"), wakes("before")) {
        (36, 8) => Ok("36 and 8".into()),
        (first, before) => Err(format!("{first} and {before}")),
    }
}

fn ratio() -> Result<String, String> {
    let breaks = |ppm: u32| {
        let text = format!(
            "leader?n=2&lease=15s&renew=2s&poll=50ms&judge=observer&stop=deadline&from=answer&delay=0us&for=40s&do=0ms:drift:n2:{ppm},9s:cut:n1-k1"
        );
        run(&text).stands("one", State::Broken)
    };
    match (breaks(260_000), breaks(240_000)) {
        (true, false) => Ok("two lead at 1.26, one at 1.24".into()),
        found => Err(format!("two lead at 1.26 and 1.24: {found:?}")),
    }
}

/// The mean of a figure over seeds of a link, in µs or things.
fn mean(text: &str, name: &str, seeds: u32) -> i64 {
    let opened = crate::link::own(&LAB, text);
    let of = |seed| LAB.run(&Scenario { seed, ..opened.clone() }, Detail::Totals).tally(name).unwrap_or(0);
    (0..seeds).map(of).sum::<i64>() / i64::from(seeds)
}

/// A leader's death costs ten times what a clean step down costs: what a claim says, too.
pub(super) fn clean_or_not() -> Result<String, String> {
    let took = |load: &str| {
        mean(
            &format!(
                "leader?n=2&load={load}&lease=15s&renew=2s&poll=uniform-2s-4.4s&judge=observer&delay=0us&for=3m"
            ),
            "failover_ms",
            500,
        )
    };
    let (dies, goes) = (took("failover"), took("resign"));
    let told = format!(
        "mean over 500 runs: {} ms after a death, {} ms after a step down",
        dies / 1_000,
        goes / 1_000
    );
    if dies > 9 * goes { Ok(told) } else { Err(told) }
}

/// Short leases make a failover short, and take the lead from those who are only slow.
pub(super) fn shorter_leases() -> Result<String, String> {
    let of = |lease: &str| {
        let failover = mean(
            &format!("leader?load=failover&lease={lease}&renew=500ms&poll=200ms&delay=exp-150ms&for=2m"),
            "failover_ms",
            200,
        );
        let leaders = mean(
            &format!("leader?lease={lease}&renew=500ms&poll=200ms&delay=exp-150ms&for=1m"),
            "leaders",
            60,
        );
        (failover, leaders)
    };
    let (short, long) = (of("1s"), of("10s"));
    let told = format!(
        "leases of 1 s and 10 s: failover {} and {} ms; nobody crashing, {} and {} came to lead in a minute",
        short.0 / 1_000,
        long.0 / 1_000,
        short.1,
        long.1
    );
    if short.0 < long.0 && short.1 > 3 * long.1 && long.1 == 1 { Ok(told) } else { Err(told) }
}

//! Published numbers that the lab must reproduce.

use super::LAB;
use crate::lab::{Detail, Fidelity, Lab, Outcome, Statistic, exact, sweep};
use crate::link;
use crate::parts::{balance, waiting};
use crate::scenario::Scenario;

/// The outcome of one of the lab's own links under a seed.
pub fn outcome(text: &str, seed: u32, detail: Detail) -> Outcome {
    LAB.run(&Scenario { seed, ..link::own(&LAB, text) }, detail)
}

/// A figure of a run, in its smallest unit.
pub fn tally(text: &str, seed: u32, name: &str) -> Result<i64, String> {
    let value = outcome(text, seed, Detail::Totals).tally(name);
    value.ok_or_else(|| format!("{name} measured nothing: {text}"))
}

/// What ten servers at nine tenths take whose messages take no time, from when the queues are as long as they get.
macro_rules! slow {
    ($more:literal) => {
        concat!("balancer?", $more, "&latency=0ms&proxy=0ms&from=10s&for=26s")
    };
}
/// The same where the queues are soon as long as they get.
macro_rules! fast {
    ($more:literal) => {
        concat!("balancer?", $more, "&latency=0ms&proxy=0ms&from=2s&for=14s")
    };
}

const SIMULATED: &str = "an independent simulation";
const MEAN: &str = "Ten servers, exponential work of 10 ms, Poisson arrivals: mean time in system";

/// A mean time in service times of 10 ms; a simulated one is known to 3 %, which is four of its errors.
const fn times(
    id: &'static str,
    source: &'static str,
    link: &'static str,
    expected: f64,
    error_permille: f64,
    quick: u32,
) -> Fidelity {
    let (mean, error) = (expected * 10.0, expected * error_permille / 100.0);
    sweep(id, MEAN, source, link, ("mean_ms", Statistic::Mean, mean, error), (quick * 10, quick))
}

const fn sim(id: &'static str, link: &'static str, expected: f64, quick: u32) -> Fidelity {
    times(id, SIMULATED, link, expected, 7.5, quick)
}

const fn form(
    id: &'static str,
    source: &'static str,
    link: &'static str,
    expected: f64,
    quick: u32,
) -> Fidelity {
    times(id, source, link, expected, 0.0, quick)
}

/// Balls into bins: the mean of the fullest.
const fn balls(id: &'static str, link: &'static str, expected: f64, seeds: (u32, u32)) -> Fidelity {
    let claim = "n balls into n bins, each into the emptiest of d that are drawn: the mean of the fullest";
    let source = "Azar et al., Balanced Allocations (1994); the exact chain of load counts";
    sweep(id, claim, source, link, ("fullest", Statistic::Mean, expected, 0.0), seeds)
}

/// The spread of connections: root of the mean square over seeds, so that no bias of a root is left.
fn check_spread() -> Result<String, String> {
    let mut said = Vec::new();
    for (connections, seeds) in [(100u32, 30u32), (1_000, 30)] {
        let link = format!(
            "balancer?connections={connections}&latency=0ms&layer=l4&policy=random&utilisation=0.9&for=3s"
        );
        let (mut squares, mut calls) = (0.0, 0.0);
        for seed in 0..seeds {
            let run = outcome(&link, seed, Detail::Totals);
            let of = |name: &str| run.tally(name).ok_or_else(|| format!("{name} measured nothing"));
            let cv = of("load_cv")? as f64 / 1e6;
            squares += cv * cv / f64::from(seeds);
            calls += of("calls")? as f64 / f64::from(seeds);
        }
        // That connections make different numbers of calls adds what as many calls by themselves differ by.
        let own = f64::from(9u8) / calls * (1.0 - 1.0 / f64::from(connections));
        let (measured, expected) = (libm::sqrt(squares - own), waiting::spread(10, connections));
        // The variance of such a mean of squares with nine degrees of freedom: two ninths of its square for each seed.
        let error = expected * libm::sqrt(2.0 / 9.0 / f64::from(seeds)) / 2.0;
        if (measured - expected).abs() > 4.0 * error {
            return Err(format!("{connections} connections: {measured:.4}, expected {expected:.4}"));
        }
        said.push(format!("{connections} connections: {measured:.4} (√((n − 1)/c) = {expected:.4})"));
    }
    Ok(said.join("; "))
}

/// The chance that it gets the next call is weight over the sum of all weights.
fn check_slow_start() -> Result<String, String> {
    let mut said = Vec::new();
    for (aggression, expected) in [(1_000_000u32, 0.0526), (2_000_000, 0.0728)] {
        let weight = f64::from(balance::slow_start(500_000, 1_000_000, aggression, 100_000)) / 1e6;
        let share = weight / (9.0 + weight);
        if (share - expected).abs() > 5e-5 {
            return Err(format!("aggression {aggression}: {share}"));
        }
        said.push(format!("{share:.4}"));
    }
    Ok(said.join(", "))
}

fn check_forms() -> Result<String, String> {
    let table = [
        ("M/M/10 at .9", waiting::mmn(10, 0.9), 1.6687, 1e-4),
        ("M/M/10 at .7", waiting::mmn(10, 0.7), 1.0739, 1e-4),
        ("E_10/M/1 at .9", waiting::en_m1(10, 0.9), 5.66028, 1e-5),
        ("E_10/M/1 at .8", waiting::en_m1(10, 0.8), 2.92227, 1e-5),
        ("E_5/M/1 at .8", waiting::en_m1(5, 0.8), 3.15226, 1e-5),
        ("supermarket, d = 2, at .9", waiting::supermarket(2, 0.9), 2.61406, 1e-5),
        ("fullest, d = 1, n = 10", waiting::fullest(10, 10, 1), 2.74869, 1e-5),
        ("fullest, d = 1, n = 100", waiting::fullest(100, 100, 1), 4.23259, 1e-5),
        ("fullest, d = 2, n = 10", waiting::fullest(10, 10, 2), 2.06131, 1e-5),
        ("fullest, d = 2, n = 100", waiting::fullest(100, 100, 2), 2.58611, 1e-5),
        ("fullest, d = 3, n = 10", waiting::fullest(10, 10, 3), 1.95185, 1e-5),
        ("fullest, d = 3, n = 100", waiting::fullest(100, 100, 3), 2.05013, 1e-5),
    ];
    for (name, value, expected, error) in table {
        if (value - expected).abs() > error {
            return Err(format!("{name}: {value}, expected {expected}"));
        }
    }
    Ok(format!("{} numbers to their last digit", table.len()))
}

const STALE: &str = "Mitzenmacher, How Useful Is Old Information? (2000); an independent simulation";
const HOLE: &str = "Closed clients without pause, one of ten servers fails in 1 ms, the others take 100: its share of the calls";

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    exact(
        "forms",
        "Closed forms of waiting, and the fullest bin",
        "Kleinrock 1975; Mitzenmacher 1996; Azar et al. 1994",
        check_forms,
    ),
    form("random", "M/M/1", slow!("policy=random"), 10.0, 4),
    form("rr", "E_n/M/1", slow!("policy=rr"), 5.66028, 4),
    form("rr-80", "E_n/M/1", fast!("utilisation=0.8"), 2.92227, 4),
    form("rr-5", "E_n/M/1", fast!("utilisation=0.8&servers=5"), 3.15226, 5),
    sim("shortest", fast!("policy=least&sees=shared"), 1.94, 6),
    sim("p2c", fast!("policy=p2c"), 2.98, 6),
    sim("wrt", slow!("policy=wrt"), 8.1, 4),
    sim("shortest-70", fast!("utilisation=0.7&policy=least&sees=shared"), 1.16, 3),
    sim("p2c-70", fast!("utilisation=0.7&policy=p2c"), 1.68, 3),
    sim("wrt-70", slow!("utilisation=0.7&policy=wrt"), 3.54, 3),
    sim("p2c-100", "balancer?policy=p2c&latency=0ms&proxy=0ms&servers=100&from=2s&for=7s", 2.6472, 2),
    sim("rr-constant", slow!("work=10ms"), 1.336, 3),
    sim("shortest-constant", slow!("policy=least&work=10ms&sees=shared"), 1.440, 3),
    form("random-constant", "M/D/1", slow!("policy=random&work=10ms"), 5.5, 4),
    sim("p2c-slow", fast!("utilisation=0.8&policy=p2c&slower=2"), 2.52, 4),
    sim("shortest-slow", fast!("utilisation=0.8&policy=least&slower=2"), 1.56, 4),
    sim("wrt-slow", slow!("utilisation=0.8&policy=wrt&slower=2"), 5.65, 4),
    times("stale-shortest-1", STALE, fast!("policy=least&sees=stale&stale=1ms"), 1.94, 7.5, 3),
    times("stale-shortest-10", STALE, fast!("policy=least&sees=stale&stale=10ms"), 3.97, 7.5, 3),
    times("stale-shortest-40", STALE, slow!("policy=least&sees=stale&stale=40ms"), 11.8, 7.5, 3),
    times("stale-shortest-100", STALE, slow!("policy=least&sees=stale"), 26.0, 7.5, 4),
    times(
        "stale-shortest-500",
        STALE, // Calls take more than a second: a short run would end before the slow ones do.
        "balancer?policy=least&sees=stale&stale=500ms&latency=0ms&proxy=0ms&from=20s&for=120s",
        123.0,
        7.5,
        2,
    ),
    times("stale-p2c-1", STALE, fast!("policy=p2c&sees=stale&stale=1ms"), 3.09, 7.5, 3),
    times("stale-p2c-10", STALE, fast!("policy=p2c&sees=stale&stale=10ms"), 3.34, 7.5, 3),
    times("stale-p2c-40", STALE, fast!("policy=p2c&sees=stale&stale=40ms"), 4.22, 7.5, 4),
    times("stale-p2c-100", STALE, slow!("policy=p2c&sees=stale"), 5.70, 7.5, 3),
    times("stale-p2c-500", STALE, slow!("policy=p2c&sees=stale&stale=500ms"), 14.3, 7.5, 3),
    sim("own-1", fast!("policy=least"), 1.92, 6),
    sim("own-2", fast!("policy=least&balancers=2"), 2.20, 4),
    sim("own-5", fast!("policy=least&balancers=5"), 3.08, 4),
    sim("own-10", fast!("policy=least&balancers=10"), 3.89, 4),
    sim("own-50", slow!("policy=least&balancers=50"), 6.09, 4),
    balls(
        "balls-1-100",
        "balancer?load=balls&balls=100&latency=0ms&policy=random&proxy=0ms&servers=100&for=1s",
        4.23259,
        (4_000, 400),
    ),
    balls(
        "balls-2-10",
        "balancer?load=balls&balls=10&latency=0ms&policy=p2c&proxy=0ms&for=1s",
        2.06131,
        (10_000, 1_000),
    ),
    balls(
        "balls-2-1000",
        "balancer?load=balls&latency=0ms&policy=p2c&proxy=0ms&servers=1000&for=2s",
        3.00707,
        (1_000, 600),
    ),
    balls(
        "balls-3-100",
        "balancer?load=balls&balls=100&latency=0ms&policy=p2c&choices=3&proxy=0ms&servers=100&for=1s",
        2.05013,
        (4_000, 400),
    ),
    exact(
        "spread",
        "c connections over ten servers by chance: the coefficient of variation is √((n − 1)/c), .3000 for 100, .0949 for 1,000",
        "arithmetic",
        check_spread,
    ),
    sweep(
        "hole-least",
        HOLE,
        "(1/t_b)/(1/t_b + (n − 1)/t) = .9174; arithmetic, and an independent simulation",
        "balancer?load=closed&clients=10&think=0ms&latency=250us&policy=least&proxy=0ms&work=99ms&fault=fast-fail&fault_at=0ms&from=1s&for=11s",
        ("to_bad_share", Statistic::Mean, 0.9174, 0.0069),
        (20, 3),
    ),
    sweep(
        "hole-random",
        HOLE,
        "arithmetic: one in ten",
        "balancer?load=closed&clients=10&think=0ms&latency=250us&policy=random&proxy=0ms&work=99ms&fault=fast-fail&fault_at=0ms&from=1s&for=61s",
        ("to_bad_share", Statistic::Mean, 0.1, 0.0),
        (40, 8),
    ),
    exact(
        "slow-start",
        "A tenth server that is back for half of its window gets .0526 of the calls, with an aggression of 2 .0728",
        "Envoy, slow start mode; arithmetic",
        check_slow_start,
    ),
];

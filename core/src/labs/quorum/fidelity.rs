//! Published numbers and theorems that the model must reproduce.

use super::claims::scenario;
use super::message::{KINDS, Msg, Speech};
use super::protocol::Node;
use super::{Params, configure, network, presets};
use crate::lab::{Check, Detail, End, Fidelity, Lab, State, Statistic, exact, sweep};
use crate::many::judge_check;
use crate::parts::quorum::{Quorum, availability};
use crate::sim::{Observer, Seen, Setup, run};
use crate::trace::{Mark, World};

const PBS: &str = "Bailis et al., Probabilistically Bounded Staleness, VLDB 2012";

/// A proportion of runs.
const fn share(tally: &'static str, expected: f64, error: f64) -> (&'static str, Statistic, f64, f64) {
    (tally, Statistic::Proportion, expected, error)
}

/// A 99.9 % quantile, by its standard error over 100,000 runs.
const fn p999(tally: &'static str, expected: f64, error_of_100000: f64) -> (&'static str, Statistic, f64, f64) {
    // sqrt(100,000)
    let spread = error_of_100000 * 316.227_766;
    (tally, Statistic::Quantile { per_mille: 999, spread }, expected, 0.0)
}

/// How many histories the checker rejects.
const fn breaks(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    cases: &'static [(&'static str, &'static str)],
    (seeds, quick): (u32, u32),
    expected: &'static str,
    kept: fn(&[u32]) -> bool,
) -> Fidelity {
    Fidelity { id, claim, source, check: Check::Breaks { cases, promise: "linearizable", seeds, quick, expected, kept } }
}

const ABD: &str = "Attiya, Bar-Noy, Dolev, JACM 1995";

/// A setting by its name, under contention for what breaks only in races: coordinators apart, skewed clocks, twelve requests a second each.
macro_rules! race {
    ($name:literal, $settings:literal) => {
        ($name, concat!("quorum?", $settings, "&coordinator=apart&rate=12&skew=20ms&cleg=1ms"))
    };
}

const OTHERS: &[(&str, &str)] = &[
    race!("none, clock", "repair=none&write=clock"),
    race!("none, ask", "repair=none&write=ask"),
    race!("async, clock", "repair=async&write=clock"),
    race!("async, ask", "repair=async&write=ask"),
    race!("blocking, clock", "repair=blocking&write=clock"),
];

const OVERLAPPING: &[(&str, &str)] = &[
    race!("W=3 R=1", "w=3&r=1"),
    race!("W=1 R=3", "w=1&r=3"),
    race!("W=2 R=2", "w=2&r=2"),
    race!("W=2 R=3", "w=2&r=3"),
    race!("W=3 R=2", "w=3&r=2"),
    race!("W=3 R=3", "w=3&r=3"),
];

const MANY: (u32, u32) = (100_000, 3_000);
const SOME: (u32, u32) = (40_000, 3_000);
/// The five digits of values that were simulated elsewhere.
const SIMULATED: f64 = 0.000_1;

/// The checks.
pub static FIDELITY: &[Fidelity] = &[
    exact("closed-forms", "k-staleness and availability in closed form", PBS, closed_forms),
    sweep("k1", "N=3, W=R=1: P(within 1 version) = 1/3", PBS, "quorum?load=probe&w=1&r=1&spread=quorum&legs=exp", share("within", 0.333_333_3, 0.0), SOME),
    sweep("k2", "N=3, W=R=1: P(within 2 versions) = 5/9", PBS, "quorum?load=probe&w=1&r=1&spread=quorum&legs=exp&writes=2", share("within", 0.555_555_6, 0.0), SOME),
    sweep("k3", "N=3, W=R=1: P(within 3 versions) = 19/27", PBS, "quorum?load=probe&w=1&r=1&spread=quorum&legs=exp&writes=3", share("within", 0.703_703_7, 0.0), SOME),
    sweep("k312", "N=3, W=1, R=2: P(within 1 version) = 2/3", PBS, "quorum?load=probe&w=1&spread=quorum&legs=exp", share("within", 0.666_666_7, 0.0), SOME),
    sweep("k522", "N=5, W=R=2: P(within 1 version) = 0.7", PBS, "quorum?load=probe&n=5&spread=quorum&legs=exp", share("within", 0.7, 0.0), SOME),
    sweep("a32", "N=3, W=2, 10 % of nodes down: 97.2 % of writes succeed", "binomial", "quorum?load=probe&legs=exp&down=0.1", share("write_ok", 0.972, 0.0), SOME),
    sweep("a32-read", "N=3, R=2, 10 % of nodes down: 97.2 % of reads succeed", "binomial", "quorum?load=probe&legs=exp&down=0.1", share("read_ok", 0.972, 0.0), SOME),
    sweep("a32-1", "N=3, W=2, 1 % of nodes down: 99.9702 %", "binomial", "quorum?load=probe&legs=exp&down=0.01", share("write_ok", 0.999_702, 0.0), SOME),
    sweep("a53", "N=5, W=3, 1 % of nodes down: 99.99901494 %", "binomial", "quorum?load=probe&n=5&w=3&r=3&legs=exp&down=0.01", share("write_ok", 0.999_990_149_4, 0.0), SOME),
    sweep("sloppy-3", "Any 2 of 3 nodes, 10 % down: 97.2 %", "Dynamo §4.6; binomial", "quorum?load=probe&handoff=sloppy&legs=exp&down=0.1", share("write_ok", 0.972, 0.0), SOME),
    sweep("sloppy-5", "Any 2 of 5 nodes, 10 % down: 99.954 %", "Dynamo §4.6; binomial", "quorum?load=probe&handoff=sloppy&spare=2&legs=exp&down=0.1", share("write_ok", 0.999_54, 0.0), SOME),
    exact("sloppy-stale", "A sloppy quorum does not make R and W intersect: reads under a cut are stale", "Dynamo §4.6", sloppy_is_stale),
    exact("cap", "With majorities the smaller side of a cut serves nothing; with R=W=1 both sides serve, and a history is rejected", "Gilbert and Lynch 2002", cap),
    sweep("exp-4-2", "W~Exp(4), N=2, R=W=1: P(fresh) = .972222", PBS, "quorum?load=probe&n=2&w=1&r=1&legs=exp&wmean=250us&arsmean=1ms", share("fresh", 0.972_222, 0.0), MANY),
    sweep("exp-4-3", "W~Exp(4), N=3, R=W=1: P(fresh) = .942947", PBS, "quorum?load=probe&w=1&r=1&legs=exp&wmean=250us&arsmean=1ms", share("fresh", 0.942_947, 0.0), MANY),
    sweep("exp-1-2", "W~Exp(1), N=2, R=W=1: P(fresh) = .847222", PBS, "quorum?load=probe&n=2&w=1&r=1&legs=exp&wmean=1ms&arsmean=1ms", share("fresh", 0.847_222, 0.0), MANY),
    sweep("exp-1-3", "W~Exp(1), N=3, R=W=1: P(fresh) = .751800", PBS, "quorum?load=probe&w=1&r=1&legs=exp&wmean=1ms&arsmean=1ms", share("fresh", 0.751_8, 0.0), MANY),
    sweep("exp-01-2", "W~Exp(0.1), N=2, R=W=1: P(fresh) = .572253", PBS, "quorum?load=probe&n=2&w=1&r=1&legs=exp&arsmean=1ms", share("fresh", 0.572_253, 0.0), MANY),
    sweep("exp-01-3", "W~Exp(0.1), N=3, R=W=1: P(fresh) = .419559", PBS, "quorum?load=probe&w=1&r=1&legs=exp&arsmean=1ms", share("fresh", 0.419_559, 0.0), MANY),
    sweep("ssd-0", "LNKD-SSD, R=W=1, t=0: P(fresh) = .97362", PBS, "quorum?load=probe&w=1&r=1&legs=ssd", share("fresh", 0.973_62, SIMULATED), MANY),
    sweep("ssd-1", "LNKD-SSD, R=W=1, t=1 ms: P(fresh) = .99502", PBS, "quorum?load=probe&w=1&r=1&legs=ssd&t=1ms", share("fresh", 0.995_02, SIMULATED), MANY),
    sweep("disk-0", "LNKD-DISK, R=W=1, t=0: P(fresh) = .43672", PBS, "quorum?load=probe&w=1&r=1&legs=disk", share("fresh", 0.436_72, SIMULATED), MANY),
    sweep("disk-10", "LNKD-DISK, R=W=1, t=10 ms: P(fresh) = .92634", PBS, "quorum?load=probe&w=1&r=1&legs=disk&t=10ms", share("fresh", 0.926_34, SIMULATED), MANY),
    sweep("disk-50", "LNKD-DISK, R=W=1, t=50 ms: P(fresh) = .99893", PBS, "quorum?load=probe&w=1&r=1&legs=disk&t=50ms", share("fresh", 0.998_93, SIMULATED), MANY),
    sweep("disk-12", "LNKD-DISK, R=1, W=2, t=0: P(fresh) = .71290", PBS, "quorum?load=probe&r=1&legs=disk", share("fresh", 0.712_9, SIMULATED), MANY),
    sweep("ymmr-0", "YMMR, R=W=1, t=0: P(fresh) = .89299", PBS, "quorum?load=probe&w=1&r=1&legs=ymmr", share("fresh", 0.892_99, SIMULATED), MANY),
    sweep("ymmr-50", "YMMR, R=W=1, t=50 ms: P(fresh) = .94809", PBS, "quorum?load=probe&w=1&r=1&legs=ymmr&t=50ms", share("fresh", 0.948_09, SIMULATED), MANY),
    sweep("wan-0", "WAN, R=W=1, t=0: P(fresh) = .33368", PBS, "quorum?load=probe&w=1&r=1&legs=wan", share("fresh", 0.333_68, SIMULATED), MANY),
    // The tails are exponential of rate 1.66 per ms and Pareto of shape 1.51: their densities at the quantile give its standard error.
    sweep("ssd-t999", "LNKD-SSD, R=W=1: t99.9 = 1.969 ms", PBS, "quorum?load=probe&w=1&r=1&legs=ssd", p999("visible_ms", 1.969, 0.060), MANY),
    sweep("disk-t999", "LNKD-DISK, R=W=1: t99.9 = 52.0 ms", PBS, "quorum?load=probe&w=1&r=1&legs=disk", p999("visible_ms", 52.0, 3.4), MANY),
    sweep("ssd-read", "LNKD-SSD, R=1: p99.9 of reads .6549 ms", PBS, "quorum?load=probe&w=1&r=1&legs=ssd", p999("read_ms", 0.654_9, 0.008), MANY),
    sweep("ssd-write", "LNKD-SSD, W=1: p99.9 of writes .6549 ms", PBS, "quorum?load=probe&w=1&r=1&legs=ssd", p999("write_ms", 0.654_9, 0.008), MANY),
    sweep("disk-write", "LNKD-DISK, W=1: p99.9 of writes 10.934 ms", PBS, "quorum?load=probe&w=1&r=1&legs=disk", p999("write_ms", 10.934, 0.19), MANY),
    sweep("ymmr-read", "YMMR, R=1: p99.9 of reads 5.597 ms", PBS, "quorum?load=probe&w=1&r=1&legs=ymmr", p999("read_ms", 5.597, 0.05), MANY),
    sweep("ymmr-write", "YMMR, W=1: p99.9 of writes 10.768 ms", PBS, "quorum?load=probe&w=1&r=1&legs=ymmr", p999("write_ms", 10.768, 0.30), MANY),
    sweep("order-1", "The fastest of 3 exponential round trips of mean 10 ms: 3.33 ms", "order statistics", "quorum?load=probe&w=1&r=1&wleg=exp-10ms&aleg=0ms", ("write_ms", Statistic::Mean, 3.333_333, 0.0), SOME),
    sweep("order-2", "The second of 3: 8.33 ms", "order statistics", "quorum?load=probe&r=1&wleg=exp-10ms&aleg=0ms", ("write_ms", Statistic::Mean, 8.333_333, 0.0), SOME),
    sweep("order-3", "The last of 3: 18.33 ms", "order statistics", "quorum?load=probe&w=3&r=1&wleg=exp-10ms&aleg=0ms", ("write_ms", Statistic::Mean, 18.333_333, 0.0), SOME),
    breaks("abd", "With blocking repair and ask-first writes the checker rejects no history", ABD, &[race!("blocking, ask", "repair=blocking&write=ask")], (2_000, 200), "none", |counts| counts[0] == 0),
    breaks("others", "Each of the other five combinations of repair and write is rejected in some", ABD, OTHERS, (1_000, 1_000), "some of each", |counts| !counts.contains(&0)),
    breaks("all-one", "W=N, R=1 is rejected most often among the settings with W+R>N", "by counting", OVERLAPPING, (400, 100), "most often the first", |counts| counts[1..].iter().all(|count| *count < counts[0])),
    exact("merkle", "One key that differs costs 1 + 2·depth hashes, at every depth", "Merkle 1987; Dynamo §4.7", merkle_hashes),
];

/// W = N, R = 1 is rejected most often among the settings with W + R > N: what a claim says, too.
pub(super) fn all_one_is_worst() -> Result<String, String> {
    as_checked("all-one")
}

/// Every combination of repair and ask-first writes but the full one is rejected for some seeds: what a claim says, too.
pub(super) fn other_five_fail() -> Result<String, String> {
    as_checked("others")
}

fn as_checked(id: &str) -> Result<String, String> {
    let fidelity = FIDELITY.iter().find(|fidelity| fidelity.id == id).expect("a check of this lab");
    let judged = judge_check(&super::LAB, fidelity, true);
    if judged.kept { Ok(judged.measured) } else { Err(judged.measured) }
}

fn near(what: &str, got: f64, expected: f64, digits: f64) -> Result<(), String> {
    if (got - expected).abs() < digits { Ok(()) } else { Err(format!("{what}: {got}, expected {expected}")) }
}

fn closed_forms() -> Result<String, String> {
    for (k, expected) in [(1, 0.333_333), (2, 0.555_556), (3, 0.703_704)] {
        near(&format!("k-staleness of 3,1,1, k={k}"), Quorum::strict(3, 1, 1).k_staleness(k), expected, 1e-6)?;
    }
    near("k-staleness of 3,1,2", Quorum::strict(3, 1, 2).k_staleness(1), 0.666_667, 1e-6)?;
    near("k-staleness of 5,2,2", Quorum::strict(5, 2, 2).k_staleness(1), 0.7, 1e-9)?;
    for (n, q, p, expected) in [(3, 2, 0.01, 0.999_702), (3, 2, 0.1, 0.972), (5, 3, 0.01, 0.999_990_149_4)] {
        near(&format!("availability of {q} of {n}, p={p}"), availability(n, q, p), expected, 1e-9)?;
    }
    near("availability of any 2 of 5, p=0.1", availability(5, 2, 0.1), 0.999_54, 1e-9)?;
    let majority = |p| availability(3, 2, p) > 1.0 - p;
    if !majority(0.49) || majority(0.51) {
        return Err("a majority beats a single node below p = 1/2 and not above".into());
    }
    Ok("all nine values, and the crossing at p = 1/2".into())
}

fn sloppy_is_stale() -> Result<String, String> {
    let outcome = super::LAB.run(&scenario(presets::SLOPPY), Detail::Totals);
    match outcome.tally("stale_reads") {
        Some(stale @ 1..) => Ok(format!("{stale} stale read under the cut")),
        _ => Err("no read was stale".into()),
    }
}

/// The whole cut of the CAP theorem: clients stay on their replica's side.
const CUT: &str = "do=500ms:cut:n1.c1-n2.n3.c2.c3";

fn cap() -> Result<String, String> {
    let mut told = Vec::new();
    for seed in 1..=20 {
        let majority = scenario(&format!("quorum?seed={seed}&{CUT}"));
        let outcome = super::LAB.run(&majority, Detail::Full);
        let minority = outcome.cast.client(0);
        let after = |op: &&crate::lab::Operation| op.invoked.at_us >= 500_000;
        let served = outcome.operations.iter().filter(after).filter(|op| op.client == minority && op.end == End::Ok).count();
        if served > 0 {
            return Err(format!("seed {seed}: the side without a majority served {served} operations"));
        }
        let one = scenario(&format!("quorum?w=1&r=1&seed={seed}&{CUT}"));
        let outcome = super::LAB.run(&one, Detail::Full);
        let sides = [0, 1].map(|client| {
            let mine = outcome.operations.iter().filter(after).filter(|op| op.client == outcome.cast.client(client));
            mine.filter(|op| op.end == End::Ok).count()
        });
        if sides.contains(&0) {
            return Err(format!("seed {seed}: with R=W=1 a side served nothing"));
        }
        told.extend(outcome.verdict("linearizable").filter(|v| v.last().state == State::Broken).map(|_| seed));
    }
    if told.is_empty() { Err("no history was rejected".into()) } else { Ok(format!("{} of 20 histories with R=W=1 rejected", told.len())) }
}

/// Counts the hashes from the opening of an exchange to its leaves.
struct Hashes {
    exchange: u64,
    found: Option<u64>,
}

impl Observer<Speech> for Hashes {
    fn see(&mut self, _: Mark, seen: Seen<'_, Speech>, _: &World) {
        match seen {
            Seen::Send { msg: Msg::Tree { offer }, .. } => {
                self.exchange = if offer.level == 0 { 0 } else { self.exchange } + offer.hashes.len() as u64;
            }
            Seen::Send { msg: Msg::Sync { back: true, .. }, .. } => self.found = Some(self.exchange),
            _ => {}
        }
    }

    fn done(&self) -> bool {
        self.found.is_some()
    }
}

fn merkle_hashes() -> Result<String, String> {
    for depth in 0..=10 {
        // The two share three keys; of these one differs after the cut. Replicas compare seldom enough that exchanges do not interleave.
        let text = format!(
            "quorum?n=2&w=1&r=1&keys=3&sync=3s&depth={depth}&rate=0&for=30s&do=100ms:ask:c1:put.x.1,100ms:ask:c2:put.y.2,\
             600ms:cut:n1-n2,700ms:ask:c1:put.x.4,1s:heal"
        );
        let scenario = scenario(&text);
        let config = configure(Params::of(&scenario.values), &scenario);
        let setup = Setup {
            cast: config.cast,
            network: network::network(&config, scenario.seed),
            work_us: Vec::new(),
            kinds: KINDS,
            scenario: &scenario,
            config,
        };
        let mut hashes = Hashes { exchange: 0, found: None };
        run::<Node, Hashes>(setup, &mut hashes, Detail::Totals);
        if hashes.found != Some(1 + 2 * depth) {
            return Err(format!("depth {depth}: {:?} hashes, expected {}", hashes.found, 1 + 2 * depth));
        }
    }
    Ok("1 + 2·depth for depths 0 to 10".into())
}

//! Published numbers that the model must reproduce.

use crate::lab::{Check, Fidelity, Statistic, sweep};
use crate::parts::jump::jump;
use crate::parts::maglev::{Maglev, Preference, fill};
use crate::parts::modulo::Modulo;
use crate::parts::placement::Placement;

const KARGER: &str = "Karger et al., STOC 1997; a node's share of the ring is Beta(v, (n-1)v) distributed";
const MODULO: &str = "Elementary: a key stays if its remainders agree, min(n, m) of lcm(n, m)";

const fn never(id: &'static str, claim: &'static str, source: &'static str, link: &'static str, tally: &'static str) -> Fidelity {
    sweep(id, claim, source, link, (tally, Statistic::Always, 0.0, 0.0), (500, 50))
}

const fn moved(id: &'static str, claim: &'static str, source: &'static str, link: &'static str, expected: f64) -> Fidelity {
    sweep(id, claim, source, link, ("moved_share", Statistic::Mean, expected, 0.0), (500, 100))
}

const JUMP_GAP: &str = "Arithmetic: a bucket of n has 1/n of the keys, and those of the last bucket spread evenly over the others";

const fn maglev(id: &'static str, claim: &'static str, link: &'static str, (expected, error): (f64, f64)) -> Fidelity {
    let source = "Eisenbud et al., NSDI 2016, §3.4; shares simulated with an independent program";
    sweep(id, claim, source, link, ("moved_share", Statistic::Mean, expected, error), (400, 30))
}

/// All checks. Static figures need no requests: `utilisation=0`.
pub static FIDELITY: &[Fidelity] = &[
    sweep(
        "cv2-1",
        "10 nodes, 1 point each, 10,000 hashed rows: CV² = (n-1)/(nv+1) · (1-1/m) + (n-1)/m = .8190",
        KARGER,
        "ring?nodes=10&add=0&vnodes=1&utilisation=0",
        ("cv2", Statistic::Mean, 0.819_000, 0.0),
        (4_000, 400),
    ),
    sweep(
        "cv2-100",
        "10 nodes, 100 points each, 10,000 hashed rows: CV² = .009890",
        KARGER,
        "ring?nodes=10&add=0&vnodes=100&utilisation=0",
        ("cv2", Statistic::Mean, 0.009_890_1, 0.0),
        (2_000, 200),
    ),
    sweep(
        "max-1",
        "10 nodes, 1 point each: the fullest has H₁₀ = 2.9290 times the mean on average",
        "Spacings of uniform points: E[max] = H_n / n",
        "ring?nodes=10&add=0&vnodes=1&utilisation=0",
        ("max_over_mean", Statistic::Mean, 2.928_968, 0.0),
        (4_000, 400),
    ),
    sweep(
        "max-100",
        "10 nodes, 100 points each: the fullest has 1.159 times the mean",
        "Simulated with an independent program; 200,000 hashed rows add .0004",
        "ring?nodes=10&add=0&vnodes=100&keys=200000&utilisation=0",
        ("max_over_mean", Statistic::Mean, 1.159_4, 0.000_5),
        (1_000, 60),
    ),
    moved("moved-ring", "Ring, 3 → 4: a quarter moves", KARGER, "ring?vnodes=100&keys=2000&utilisation=0", 0.25),
    moved("moved-ring-10", "Ring, 10 → 11: an eleventh moves", KARGER, "ring?nodes=10&vnodes=100&keys=2000&utilisation=0", 1.0 / 11.0),
    moved("moved-ring-leave", "Ring, 10 → 9: a tenth moves", KARGER, "ring?nodes=10&add=-1&vnodes=100&keys=2000&utilisation=0", 0.1),
    moved("moved-rendezvous", "Rendezvous, 3 → 4: a quarter moves", "Thaler & Ravishankar, IEEE/ACM ToN 1998", "ring?strategy=rendezvous&keys=2000&utilisation=0", 0.25),
    moved("moved-jump", "Jump, 3 → 4: a quarter moves", "Lamping & Veach 2014", "ring?strategy=jump&keys=2000&utilisation=0", 0.25),
    moved("modulo-3-4", "Modulo, 3 → 4: three quarters move", MODULO, "ring?strategy=modulo&keys=2000&utilisation=0", 0.75),
    moved("modulo-9-10", "Modulo, 9 → 10: nine tenths move", MODULO, "ring?strategy=modulo&nodes=9&keys=2000&utilisation=0", 0.9),
    moved("modulo-10-20", "Modulo, 10 → 20: a half moves", MODULO, "ring?strategy=modulo&nodes=10&add=10&keys=2000&utilisation=0", 0.5),
    never("old-ring", "Ring: nothing moves between old nodes", KARGER, "ring?nodes=10&add=3&keys=2000&utilisation=0", "moved_between_old"),
    never("old-ring-leave", "Ring, nodes leave: nothing moves between those that stay", KARGER, "ring?nodes=10&add=-3&keys=2000&utilisation=0", "moved_between_old"),
    never("old-rendezvous", "Rendezvous: nothing moves between old nodes", "Thaler & Ravishankar 1998", "ring?strategy=rendezvous&nodes=10&add=3&keys=2000&utilisation=0", "moved_between_old"),
    never("old-jump", "Jump: nothing moves between old nodes", "Lamping & Veach 2014", "ring?strategy=jump&nodes=10&add=3&keys=2000&utilisation=0", "moved_between_old"),
    never("old-directory", "Directory: nothing moves between old nodes", "It may put anything anywhere", "ring?strategy=directory&nodes=10&add=3&keys=2000&utilisation=0", "moved_between_old"),
    never("bound", "Bounded loads: no node above ⌈(1+ε)m/n⌉, ever", "Mirrokni, Thorup, Zadimoghaddam, SODA 2018", "ring?strategy=bounded&nodes=10&vnodes=1&epsilon=0.1&keys=2000&utilisation=0", "over_bound"),
    never("bound-weights", "Bounded loads with weights 3, 3, 1, 1, 1: no node above ⌈(1+ε)·m·w/Σw⌉", "PowerDNS, pull request 8909; Envoy, pull request 12529", "ring?strategy=bounded&nodes=5&add=0&epsilon=0.1&big=2&weight=3&keys=2000&utilisation=0", "over_bound"),
    moved("jump-gap", "Jump, the second of 4 leaves and the last takes its place: 5/12 move", JUMP_GAP, "ring?strategy=jump&nodes=4&add=0&keys=2000&utilisation=0&do=1s:ask:k1:leave.n2", 5.0 / 12.0),
    moved("jump-move-up", "Jump, the second of 4 leaves and all behind it move up: 2/3 move", JUMP_GAP, "ring?strategy=jump&nodes=4&add=0&gap=move_up&keys=2000&utilisation=0&do=1s:ask:k1:leave.n2", 2.0 / 3.0),
    maglev("maglev-join", "Maglev, 65,537 places, 3 → 4: .2507 move, .25 must", "ring?strategy=maglev&keys=20000&utilisation=0", (0.250_65, 0.000_08)),
    maglev("maglev-leave", "Maglev, 65,537 places, 10 → 9: .1027 move, .1 must", "ring?strategy=maglev&nodes=10&add=-1&keys=20000&utilisation=0", (0.102_66, 0.000_12)),
    maglev("maglev-small", "Maglev, 1,021 places, 10 → 9: .1242 move, .1 must", "ring?strategy=maglev&nodes=10&add=-1&table=1021&keys=20000&utilisation=0", (0.124_24, 0.000_15)),
    Fidelity {
        id: "maglev-table",
        claim: "Maglev: permutations and tables of three backends and seven places, before and after the second one leaves",
        source: "Eisenbud et al., NSDI 2016, Table 1",
        check: Check::Exact(maglev_table),
    },
    Fidelity {
        id: "maglev-even",
        claim: "Maglev: nodes have equally many places, give or take one, for 1,021, 4,093 and 65,537 places",
        source: "Eisenbud et al., NSDI 2016, §3.4: they take turns",
        check: Check::Exact(maglev_even),
    },
    Fidelity {
        id: "jump-table",
        claim: "Jump hash's buckets of keys 1 and 0xdeadbeef for 1 to 19 nodes",
        source: "Lamping & Veach 2014; golden values of its public implementations",
        check: Check::Exact(jump_table),
    },
    Fidelity {
        id: "modulo-exact",
        claim: "Consecutive integers over whole cycles: exactly 1 - min(n, m)/lcm(n, m) move",
        source: MODULO,
        check: Check::Exact(modulo_exact),
    },
];

fn jump_table() -> Result<String, String> {
    let tables: [(u64, [u32; 19]); 2] = [
        (1, [0, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 17, 17]),
        (0xdead_beef, [0, 1, 2, 3, 3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 16, 16, 16]),
    ];
    for (key, table) in tables {
        for (nodes, expected) in (1..).zip(table) {
            let bucket = jump(key, nodes);
            if bucket != expected {
                return Err(format!("key {key:#x} on {nodes} nodes is in bucket {bucket}, not {expected}"));
            }
        }
    }
    Ok("all 38 buckets".into())
}

fn maglev_table() -> Result<String, String> {
    let [zero, one, two] = [(3, 4), (0, 2), (3, 1)].map(|(offset, skip)| Preference { offset, skip });
    let before = fill(7, &[zero, one, two], &[1; 3]);
    // Of those that are left the second one is backend 2.
    let after: Vec<u32> = fill(7, &[zero, two], &[1; 2]).into_iter().map(|who| who * 2).collect();
    let said = format!("{before:?}, then {after:?}");
    if (before, after) == (vec![1, 0, 1, 0, 2, 2, 0], vec![0, 0, 0, 0, 2, 2, 2]) { Ok(said) } else { Err(said) }
}

fn maglev_even() -> Result<String, String> {
    for size in [1_021, 4_093, 65_537] {
        for nodes in [3u32, 10, 100] {
            let maglev = Maglev::new(size, u64::from(nodes), (0..nodes).map(|node| (node, 1)));
            let mut places = vec![0u32; nodes as usize];
            maglev.table().iter().for_each(|node| places[usize::from(*node)] += 1);
            let (least, most) = (places.iter().min().copied(), places.iter().max().copied());
            if (least, most) != (Some(size / nodes), Some(size.div_ceil(nodes))) {
                return Err(format!("{nodes} nodes, {size} places: from {least:?} to {most:?}"));
            }
        }
    }
    Ok("3, 10 and 100 nodes".into())
}

fn modulo_exact() -> Result<String, String> {
    for (n, m, cycle, moves) in [(3, 4, 12, 9), (9, 10, 90, 81), (10, 20, 20, 10), (4, 6, 12, 8)] {
        let (before, after) = (Modulo::of(n), Modulo::of(m));
        let moved = (0..cycle).filter(|key| before.owner(*key) != after.owner(*key)).count();
        if moved != moves {
            return Err(format!("{n} → {m}: {moved} of {cycle} moved, not {moves}"));
        }
    }
    Ok("3→4 .75, 9→10 .9, 10→20 .5, 4→6 .667".into())
}

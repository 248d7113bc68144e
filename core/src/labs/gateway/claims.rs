//! What the book, papers and common belief say about pages of many calls, each with the run that proves or refutes it.

use super::fidelity::{outcome, tally};
use crate::lab::{Claim, Detail, Holds, Proof, State};

const COLLAPSE: &str =
    "gateway?fan=1&utilisation=0.8&replicas=10&hedge=after&hedge_after=150ms&page_limit=500ms&for=10s";
const COPIES: &str = "gateway?fan=1&utilisation=0.4&replicas=20&for=6s&b.copies=2";
const MESH: &str = "gateway?fan=1&utilisation=0.02&store=on&mesh=on&app_attempts=3&mesh_attempts=3&trouble=store&trouble_for=8s";

fn said(kept: bool, words: String) -> Result<String, String> {
    if kept { Ok(words) } else { Err(words) }
}

/// A figure of a run in thousandths of what it is printed in.
fn of(link: &str, name: &str) -> Result<f64, String> {
    Ok(tally(link, 1, name)? as f64 / 1e3)
}

fn sixty_three() -> Result<String, String> {
    let share = |fan: u32| {
        let link = format!(
            "gateway?fan={fan}&rate=100&queues=off&leaf=10ms&slow_share=0.01&page_limit=500ms&for=20s"
        );
        tally(&link, 1, "slow_pages_share")
    };
    let (one, hundred) = (share(1)?, share(100)?);
    said(
        (5_000..15_000).contains(&one) && (590_000..680_000).contains(&hundred),
        format!("slow pages, in millionths: {one} with one leaf, {hundred} with a hundred"),
    )
}

fn five_per_cent() -> Result<String, String> {
    let quiet = "gateway?fan=1&utilisation=0.2&replicas=20&hedge=after&hedge_after=37.4ms&for=20s";
    let extra = |link: &str| of(link, "extra_times");
    let (low, high, back) = (
        extra(quiet)?,
        extra(COLLAPSE)?,
        extra(&COLLAPSE.replace("&page_limit", "&cancel=done&page_limit"))?,
    );
    let words = format!(
        "second requests in thousandths of the calls: {low:.0} at a load of 20 %, {high:.0} at 80 %, {back:.0} there if the loser is called back"
    );
    said((40.0..70.0).contains(&low) && high > 300.0 && back < 50.0, words)
}

fn two_copies() -> Result<String, String> {
    let run = |r: &str, copies: u32| {
        of(
            &format!(
                "gateway?fan=1&utilisation={r}&replicas=20&latency=0ms&copies={copies}&auth=0ms&from=1s&for=21s"
            ),
            "mean_ms",
        )
    };
    let (low, low_two, high, high_two) = (run("0.2", 1)?, run("0.2", 2)?, run("0.4", 1)?, run("0.4", 2)?);
    let words = format!(
        "mean with one and with two: {low:.1} and {low_two:.1} ms at a load of 20 %, {high:.1} and {high_two:.1} ms at 40 %"
    );
    said(low_two < low && high_two > high, words)
}

fn nearly_the_same() -> Result<String, String> {
    let run = |need: &str| {
        of(&format!("gateway?fan=100&{need}rate=100&queues=off&latency=0ms&auth=0ms&for=20s"), "page_p99_ms")
    };
    let (all, most) = (run("")?, run("need=k&k=95&")?);
    said(
        most * 2.0 < all,
        format!(
            "99 of 100 pages within {most:.0} ms with 95 of 100 parts, within {all:.0} with all; a part takes 10"
        ),
    )
}

fn chains_add() -> Result<String, String> {
    let run =
        |more: &str| of(&format!("gateway?{more}queues=off&latency=0ms&auth=0ms&for=1m"), "page_p99_ms");
    let (one, chain, fan) = (run("fan=1&")?, run("fan=5&shape=sequence&")?, run("fan=100&")?);
    let burst = of(MESH, "amplification_times")?;
    let words = format!(
        "99 of 100 within {one:.0} ms for one call, {chain:.0} for five in a row (5 times would be {:.0}), {fan:.0} for a hundred at once; retries at each hop made {burst:.0} thousandths of the requests",
        5.0 * one
    );
    said(chain < 3.5 * one && fan > 1.5 * one, words)
}

fn shared_store() -> Result<String, String> {
    // As many pages, made by more and more leaves.
    let run = |replicas: u32, utilisation: &str| {
        of(
            &format!(
                "gateway?utilisation={utilisation}&replicas={replicas}&store=on&store_capacity=1000&from=1s&for=6s"
            ),
            "mean_ms",
        )
    };
    let (few, many) = (run(2, "0.48")?, run(8, "0.12")?);
    said(
        many * 2.0 > few,
        format!(
            "96 pages a second before a store that can do 100: {few:.0} ms with two replicas of each leaf, {many:.0} with eight"
        ),
    )
}

fn mesh_multiplies() -> Result<String, String> {
    let run = |app: u32, mesh: u32| {
        let link = format!(
            "gateway?fan=1&utilisation=0.02&store=on&mesh=on&app_attempts={app}&mesh_attempts={mesh}&trouble=store&trouble_at=0ms&trouble_for=1m&for=20s"
        );
        of(&link, "amplification_times")
    };
    let (none, one, both) = (run(1, 1)?, run(1, 3)?, run(3, 3)?);
    let words = format!(
        "requests at the store for each page, in thousandths: {none:.0}, {one:.0} with three tries of sidecars, {both:.0} with three of applications besides"
    );
    said(none == 1_000.0 && one == 9_000.0 && both == 81_000.0, words)
}

fn nines_multiply() -> Result<String, String> {
    let share = tally("gateway?rate=100&queues=off&availability=0.999&for=200s", 1, "whole_share")?;
    said(
        (987_000..993_000).contains(&share),
        format!("of pages with ten parts {share} millionths were whole; .999 to the tenth is 990,045"),
    )
}

fn limits() -> Result<String, String> {
    let run = |limiter: &str| {
        let link = format!("gateway?utilisation=1.2&clients=5&greedy=20&limiter={limiter}&for=20s");
        let run = outcome(&link, 1, Detail::Totals);
        (run.tally("others_ok_share").unwrap_or(0), run.stands("limited", State::Kept))
    };
    let (all, client) = (run("all"), run("client"));
    said(
        !all.1 && client.1 && client.0 > 980_000,
        format!(
            "of the others' tries {} millionths are let in through one bucket for all, {} through one for each",
            all.0, client.0
        ),
    )
}

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "sixty-three",
        sentence: "If one call in a hundred is slow, 63 of 100 pages are.",
        holds: Holds::If("a page is made of a hundred calls and waits for all of them"),
        link: "gateway?fan=100&rate=20&queues=off&leaf=10ms&slow_share=0.01&page_limit=500ms",
        promise: "quick",
        proof: Proof::Shown(sixty_three),
    },
    Claim {
        id: "five-per-cent",
        sentence: "Hedging after the 95th percentile adds 5 % load.",
        holds: Holds::If("slowness is not load: at 80 % it feeds itself, unless the loser is called back"),
        link: COLLAPSE,
        promise: "spare",
        proof: Proof::Shown(five_per_cent),
    },
    Claim {
        id: "collapse",
        sentence: "The worst that a hedge can do is to waste some work.",
        holds: Holds::No("the work makes lines, the lines make hedges, and the lines never settle"),
        link: COLLAPSE,
        promise: "stable",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "cancel",
        sentence: "Calling the loser back makes hedging safe.",
        holds: Holds::If("it stops at once, and the work has no memory"),
        link: "gateway?fan=1&utilisation=0.8&replicas=10&hedge=after&hedge_after=150ms&cancel=done&page_limit=500ms&for=10s",
        promise: "stable",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "two-copies",
        sentence: "Asking two replicas at once halves the wait.",
        holds: Holds::No("above a load of one third it makes the wait longer: k copies help below 1/(k + 1)"),
        link: COPIES,
        promise: "quick",
        proof: Proof::Shown(two_copies),
    },
    Claim {
        id: "good-enough",
        sentence: "Waiting for 95 of 100 parts is nearly the same as waiting for all.",
        holds: Holds::No("the last five take more than half of the time"),
        link: "gateway?fan=100&need=k&k=95&rate=20&queues=off&page_limit=50ms&b.need=all",
        promise: "quick",
        proof: Proof::Shown(nearly_the_same),
    },
    Claim {
        id: "chains",
        sentence: "Synchronous chains are the primary cause of tail explosions.",
        holds: Holds::If("hops are slow together: calls in a row only add; fan-out and retries multiply"),
        link: "gateway?fan=5&shape=sequence&queues=off",
        promise: "quick",
        proof: Proof::Shown(chains_add),
    },
    Claim {
        id: "coupled",
        sentence: "A caller is as slow and as available as what it calls.",
        holds: Holds::If("it needs all of that"),
        link: "gateway?trouble=leaf",
        promise: "quick",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "essential",
        sentence: "One bad service takes the page down.",
        holds: Holds::If("the page needs it; else it is shown without"),
        link: "gateway?need=essential&essential=9&trouble=part",
        promise: "up",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "independent",
        sentence: "Each service can be scaled independently.",
        holds: Holds::If("what is behind it can be scaled, too: a shared store is nobody's to scale"),
        link: "gateway?replicas=4&store=on&store_capacity=1000&for=6s",
        promise: "quick",
        proof: Proof::Shown(shared_store),
    },
    Claim {
        id: "mesh",
        sentence: "A mesh adds retries without a change to the application.",
        holds: Holds::If("that has none: three times three, over two hops, are 81 requests"),
        link: MESH,
        promise: "up",
        proof: Proof::Shown(mesh_multiplies),
    },
    Claim {
        id: "nines",
        sentence: "Every service at 99.9 % is good enough.",
        holds: Holds::No("ten of them, all needed, are 99.0 %"),
        link: "gateway?rate=100&queues=off&availability=0.999",
        promise: "whole",
        proof: Proof::Shown(nines_multiply),
    },
    Claim {
        id: "limit",
        sentence: "A gateway's rate limit protects everybody.",
        holds: Holds::If("each client has one of its own; one for all refuses the modest, too"),
        link: "gateway?utilisation=1.2&clients=5&greedy=20&limiter=all",
        promise: "limited",
        proof: Proof::Shown(limits),
    },
];

//! What the book and common belief say about timeouts, each with the run that proves or refutes it.

use super::fidelity::outcome;
use crate::lab::{Claim, Detail, Holds, Proof, State};

const EIGHT: &str = "deadline?hops=6&rate=0.1&arrivals=regular&capacity=20&service=constant&latency=0ms&trouble=slow&slowdown=160&trouble_at=0ms&trouble_for=60m&for=1m";
const EQUAL: &str = "deadline?rate=5&timeout=10s&total=10s&trouble=hang&trouble_for=20s&for=25s";
const CARRIED: &str = "deadline?rate=5&rule=deadline&total=10s&carry=duration&expired=drop&cancel=on&trouble=hang&trouble_for=20s&for=25s";
const NARROW: &str = "deadline?rate=100&capacity=200&service=constant&narrow=3&threads=10000&latency=0ms&rule=deadline&timeout=500ms&total=500ms&carry=duration&from=30s&for=1m";
const HEDGE: &str = "deadline?hops=1&latency=0ms&copies=10&from=10s&for=40s";

/// A tally of a run; none is a fault of the claim.
fn tally(link: &str, name: &str) -> i64 {
    outcome(link, 1, Detail::Totals).tally(name).unwrap_or(-1)
}

fn said(kept: bool, words: String) -> Result<String, String> {
    if kept { Ok(words) } else { Err(words) }
}

fn fifty_become_thirty() -> Result<String, String> {
    let healthy = tally("deadline?for=1m", "call_mean_ms");
    let longest = tally("deadline?trouble=hang&trouble_for=1m&for=45s", "longest_ms");
    let words =
        format!("{healthy} µs on average while all is well; when the last hangs, people wait {longest} µs");
    said((45_000..60_000).contains(&healthy) && longest == 30_000_000, words)
}

fn eight_are_eight() -> Result<String, String> {
    let p99 = tally(EIGHT, "call_p99_ms");
    let thrice = tally(
        "deadline?hops=6&rate=0.1&arrivals=regular&capacity=20&service=constant&latency=0ms&timeout=8s&total=1m&attempts=6&retry_at=top&trouble=hang&trouble_at=0ms&trouble_for=60m&for=1m",
        "longest_ms",
    );
    let words = format!(
        "p99 {p99} µs with one hop of 8 s and five of 50 ms; with six attempts of 8 s people wait {thrice} µs"
    );
    said(p99 == 8_250_000 && thrice == 48_000_000, words)
}

fn outer_gives_up_first() -> Result<String, String> {
    let run = outcome(EQUAL, 1, Detail::Totals);
    let (who, late) = (run.tally("first_to_give_up_hop"), run.tally("orphaned_share"));
    let words = format!("the first timeout is caller {who:?}'s; work for nobody: {late:?} millionths");
    said(who == Some(1) && late > Some(0), words)
}

fn sums_of_halves() -> Result<String, String> {
    let base = "deadline?hops=4&shape=sequence&rate=0.5&arrivals=regular&capacity=4.2&service=constant&narrow=1&narrow_capacity=1000";
    let longest = |rule: &str| tally(&format!("{base}&rule={rule}&total=500ms&carry=duration"), "longest_ms");
    let (each, left) = (longest("half-each"), longest("half-left"));
    let words = format!(
        "of 500 ms people wait {each} µs with half for each call, {left} µs with half of what is left"
    );
    said(each > 700_000 && left < 500_000, words)
}

fn refusing_beats_dropping() -> Result<String, String> {
    let goodput = |expired: &str| {
        tally(
            &format!("{}{}", NARROW.replace("&from", &format!("&expired={expired}&from")), ""),
            "goodput_per_s",
        )
    };
    let (serve, drop, predict) = (goodput("serve"), goodput("drop"), goodput("predict"));
    let words = format!(
        "goodput of a service of 90/s asked for 100/s: {serve} served all, {drop} dropped at their turn, {predict} refused at the door (millionths a second)"
    );
    said(serve == 0 && (66_000_000..78_000_000).contains(&drop) && predict > 88_000_000, words)
}

fn hedging_costs() -> Result<String, String> {
    let run = |rate: u32, more: &str| {
        outcome(
            &HEDGE
                .replace("&latency", &format!("&rate={rate}&latency"))
                .replace("&from", &format!("{more}&from")),
            1,
            Detail::Totals,
        )
    };
    let p99 = |rate, more: &str| run(rate, more).tally("call_p99_ms").unwrap_or(-1);
    let none = p99(500, "");
    let hedged = run(500, "&hedge=after");
    let (at_once, busy) =
        (hedged.tally("call_p99_ms").unwrap_or(-1), hedged.tally("use_share").unwrap_or(-1));
    let (off, storm) = (p99(500, "&hedge=after&hedge_cancel=off"), p99(700, "&hedge=after&hedge_cancel=off"));
    let words = format!(
        "p99 at half load: {none} µs without, {at_once} µs with hedges that are called back (busy {busy} millionths), {off} µs if not; at 70 % {storm} µs and growing"
    );
    said(
        at_once * 3 < none * 2 && (480_000..520_000).contains(&busy) && off > none && storm > 10 * none,
        words,
    )
}

fn chains_explode() -> Result<String, String> {
    let p99 = |hops: u32| {
        tally(
            &format!("deadline?hops={hops}&threads=10000&latency=0ms&timeout=1m&total=1m&from=10s&for=10m"),
            "call_p99_ms",
        )
    };
    let (one, three) = (p99(1), p99(3));
    let words = format!("p99 of one service {one} µs, of three in a row {three} µs");
    said((70_000..85_000).contains(&one) && (1_600..2_000).contains(&(three * 1_000 / one)), words)
}

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "thirty",
        sentence: "A three-hop call of 50 ms can take 30 seconds when one hop is degraded.",
        holds: Holds::If("every caller waits 30 s: it is just the timeout, whatever the hop does"),
        link: "deadline?trouble=hang&trouble_for=1m&for=45s",
        promise: "bounded",
        proof: Proof::Shown(fifty_become_thirty),
    },
    Claim {
        id: "eight",
        sentence: "A slow hop of 8 s in a six-hop chain is a p99 of 48 s.",
        holds: Holds::No("it is 8.25 s; 48 s are six waits for it: retries"),
        link: EIGHT,
        promise: "bounded",
        proof: Proof::Shown(eight_are_eight),
    },
    Claim {
        id: "equal",
        sentence: "Two services with a timeout of 10 s each wait for each other for ever.",
        holds: Holds::No("the outer one gives up first, and the inner one works for nobody"),
        link: EQUAL,
        promise: "useful",
        proof: Proof::Shown(outer_gives_up_first),
    },
    Claim {
        id: "half",
        sentence: "Spend at most half of your budget on any one call.",
        holds: Holds::If(
            "there is one call, or it is half of what is left: three calls of half each take 143 %",
        ),
        link: "deadline?hops=4&shape=sequence&rate=0.5&arrivals=regular&capacity=4.2&service=constant&narrow=1&narrow_capacity=1000&rule=half-each&total=500ms&carry=duration",
        promise: "bounded",
        proof: Proof::Shown(sums_of_halves),
    },
    Claim {
        id: "propagate",
        sentence: "Propagate a deadline, and nobody works for nobody.",
        holds: Holds::If("what has expired is thrown away, and clocks are not asked"),
        link: CARRIED,
        promise: "useful",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "bulkhead",
        sentence: "A service that hangs takes only those calls down that need it.",
        holds: Holds::If("its callers have threads left: rate times patience is below their number"),
        link: "deadline?rate=50&bystanders=0.2&trouble=hang&trouble_for=20s",
        promise: "healthy",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "chains",
        sentence: "Synchronous chains explode the tail.",
        holds: Holds::If("hops queue: p99 of three is 1.8 times that of one, not three times"),
        link: "deadline?threads=10000&latency=0ms&timeout=1m&total=1m&from=10s&for=1m",
        promise: "bounded",
        proof: Proof::Shown(chains_explode),
    },
    Claim {
        id: "clock",
        sentence: "A deadline should travel as a point in time.",
        holds: Holds::No("a clock that is ahead refuses everything; the time that is left needs no clock"),
        link: "deadline?rule=deadline&total=500ms&carry=clock&expired=drop&for=6s&do=2s:clock:n2:2s",
        promise: "bounded",
        proof: Proof::Shown(clocks_refuse),
    },
    Claim {
        id: "drop",
        sentence: "Dropping expired work restores goodput.",
        holds: Holds::If("what is begun can still be done in time: 74 of 90; refusing what cannot gives 90"),
        link: "deadline?rate=100&capacity=200&service=constant&narrow=3&threads=10000&latency=0ms&rule=deadline&timeout=500ms&total=500ms&carry=duration&expired=drop&for=1m",
        promise: "useful",
        proof: Proof::Shown(refusing_beats_dropping),
    },
    Claim {
        id: "hedging",
        sentence: "Hedging costs 5 % more load.",
        holds: Holds::No("called back at once it costs no work; not called back it makes the tail worse"),
        link: "deadline?hops=1&rate=500&latency=0ms&copies=10&hedge=after&hedge_cancel=off&for=20s",
        promise: "useful",
        proof: Proof::Shown(hedging_costs),
    },
    Claim {
        id: "writes",
        sentence: "A hedge is harmless: the slower answer is thrown away.",
        holds: Holds::No("what was asked for is done twice"),
        link: "deadline?hops=1&rate=500&latency=0ms&copies=10&hedge=after&hedge_cancel=off",
        promise: "once",
        proof: Proof::Run(State::Broken),
    },
];

fn clocks_refuse() -> Result<String, String> {
    let ok = |carry: &str| {
        let link = format!(
            "deadline?rule=deadline&total=500ms&carry={carry}&expired=drop&from=2s&for=6s&do=2s:clock:n2:2s"
        );
        tally(&link, "ok")
    };
    let (clock, duration) = (ok("clock"), ok("duration"));
    said(
        clock <= 2 && duration > 100,
        format!("calls that go well from then on: {clock} by clocks, {duration} by what is left"),
    )
}

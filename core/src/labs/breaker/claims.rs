//! What the book and common belief say about breakers and bulkheads, each with the run that proves or refutes it.

use super::fidelity::outcome;
use crate::lab::{Claim, Detail, Holds, Proof, State};

fn tally(link: &str, name: &str) -> i64 {
    outcome(link, 1, Detail::Totals).tally(name).unwrap_or(-1)
}

fn said(kept: bool, words: String) -> Result<String, String> {
    if kept { Ok(words) } else { Err(words) }
}

const SHARD: &str = "breaker?callers=1&rate=100&needs=all&work=1ms&trouble=shard&trouble_at=0ms&trouble_for=5m&trip=count&window=seconds&open_for=5s&halfopen=consecutive&for=5m";

fn breaker_widens() -> Result<String, String> {
    let success = |more: &str| tally(&format!("{SHARD}{more}"), "success_permille") as f64 / 1e6;
    let (off, on, apart) = (success("&breaker=off"), success(""), success("&scope=shard"));
    let words = format!(
        "requests answered, of a thousand: {off:.1} without a breaker, {on:.1} with one, {apart:.1} with one for each shard"
    );
    said(off > 850.0 && on < 80.0 && apart > 850.0, words)
}

const HALF: &str = "breaker?rate=20&needs=all&work=exp-200ms&workers=100&trouble=none&breaker=off&pool=300&healthy_limit=2s&for=1m";

fn halves_add_up() -> Result<String, String> {
    let late = |rule: &str| tally(&format!("{HALF}&rule={rule}"), "late");
    let (each, left) = (late("half-each"), late("half-left"));
    let words = format!(
        "answers after the time was over: {each} with half for each call, {left} with half of what is left"
    );
    said(each > 0 && left == 0, words)
}

fn orders_differ() -> Result<String, String> {
    let link = "breaker?callers=1&rate=0.2&needs=all&target=cache&trouble_at=0ms&trouble_for=200s&trip=consecutive&open_for=5m&backoff=1ms&for=200s";
    let calls = |order: &str| tally(&format!("{link}&order={order}"), "bad_calls_before_open");
    let (retry, breaker) = (calls("retry-outside"), calls("breaker-outside"));
    let words =
        format!("calls before it opens: {retry} with the retry outside, {breaker} with the breaker outside");
    said(retry == 5 && breaker == 15, words)
}

fn defaults_are_slow() -> Result<String, String> {
    let link = "breaker?callers=1&needs=all&target=cache&trouble_at=2m&trouble_for=2m&window_size=100&minimum_calls=100&slow_call=1m&open_for=1m&permits=10&for=5m";
    let short = |rate: u32| tally(&format!("{link}&rate={rate}"), "calls_failed");
    let (slow, busy) = (short(1), short(100));
    let words = format!(
        "failed calls before and between openings in two minutes of outage: {slow} at one call a second, {busy} at a hundred"
    );
    // At one a second 50 failures are 50 s; at a hundred they are half a second.
    said((45..=70).contains(&slow) && (45..=90).contains(&busy), words)
}

fn relief_lets_recover() -> Result<String, String> {
    let link = "breaker?recover_below=10&for=1m";
    let (with, without) = (tally(link, "bad_calls"), tally(&format!("{link}&breaker=off"), "bad_calls"));
    let words = format!(
        "calls to the bad dependency until it recovers: {with} with breakers; {without} without, in a minute in which it does not"
    );
    said(with < 100 && without > 1_000, words)
}

fn unlisted_errors_are_successes() -> Result<String, String> {
    let opened = |counted: &str| tally(&format!("breaker?count_errors={counted}"), "opened");
    let (listed, unlisted) = (opened("on"), opened("success"));
    said(
        listed > 0 && unlisted == 0,
        format!("breakers opened {listed} times with the errors listed, {unlisted} times without"),
    )
}

fn growing_waits_spare() -> Result<String, String> {
    let run = |growth: u32| {
        let link = format!("breaker?trouble_for=1m&open_growth={growth}&for=3m");
        (tally(&link, "bad_calls_while_open"), tally(&link, "reclosed_ms"))
    };
    let ((same, soon_us), (grows, late_us)) = (run(1), run(2));
    let s = |us: i64| us as f64 / 1e6;
    let words = format!(
        "trial calls in a minute of outage, and time to close after it: {same} and {:.1} s with a wait of one second, {grows} and {:.1} s with one that doubles",
        s(soon_us),
        s(late_us)
    );
    said(grows * 4 < same && late_us > 3 * soon_us && soon_us > 0, words)
}

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "wrap-all",
        sentence: "Wrap any remote call in a circuit breaker.",
        holds: Holds::No(
            "with one of eight shards down the breaker widens the failure, unless there is one for each shard",
        ),
        link: SHARD,
        promise: "healthy",
        proof: Proof::Shown(breaker_widens),
    },
    Claim {
        id: "half",
        sentence: "Spend at most half of the time on any one call.",
        holds: Holds::No("three calls make 150 %; half of what is left does"),
        link: "breaker?rate=20&needs=all&work=exp-200ms&workers=100&trouble=none&breaker=off&pool=300&rule=half-each&healthy_limit=2s&for=1m",
        promise: "healthy",
        proof: Proof::Shown(halves_add_up),
    },
    Claim {
        id: "isolated",
        sentence: "A slow dependency slows only the calls that need it.",
        holds: Holds::If("its calls have threads of their own; in a shared pool they hold them all"),
        link: "breaker?rate=300&trouble=slow&breaker=off&pools=shared",
        promise: "healthy",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "bulkhead",
        sentence: "With a pool for each dependency, a slow one cannot starve the others.",
        holds: Holds::Yes,
        link: "breaker?rate=300&trouble=slow&breaker=off",
        promise: "healthy",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "order",
        sentence: "A retry around a breaker and a breaker around a retry come to the same.",
        holds: Holds::No("a threshold of five lets five attempts through, or five calls of three attempts"),
        link: "breaker?callers=1&rate=0.2&needs=all&target=cache&trouble_at=0ms&trouble_for=200s&trip=consecutive&open_for=5m&order=breaker-outside&backoff=1ms&for=200s",
        promise: "spared",
        proof: Proof::Shown(orders_differ),
    },
    Claim {
        id: "four-hundreds",
        sentence: "An error is an error: a breaker may count them all.",
        holds: Holds::No("a client's own 400s say nothing about the dependency, and cut it off"),
        link: "breaker?bad=0.7&trouble=none&count_bad=on",
        promise: "healthy",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "left-alone",
        sentence: "While breakers are open, the dependency is left alone.",
        holds: Holds::If(
            "the fleet is small, or opens with jitter: 200 instances probe with three calls each",
        ),
        link: "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&trip=consecutive&failures=3&open_for=3s&open_calls_limit=300&for=20s",
        promise: "spared",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "defaults",
        sentence: "A library's defaults open a breaker within seconds.",
        holds: Holds::If("calls are frequent: at one a second, resilience4j's take most of a minute"),
        link: "breaker?callers=1&rate=1&needs=all&target=cache&trouble_at=2m&trouble_for=2m&window_size=100&minimum_calls=100&slow_call=1m&open_for=1m&permits=10&for=5m",
        promise: "spared",
        proof: Proof::Shown(defaults_are_slow),
    },
    Claim {
        id: "growing",
        sentence: "A breaker that waits longer each time spares a dependency in a long outage.",
        holds: Holds::If("it may notice later that the outage is over: a longest wait bounds that"),
        link: "breaker?trouble_for=1m&open_growth=2&for=3m",
        promise: "spared",
        proof: Proof::Shown(growing_waits_spare),
    },
    Claim {
        id: "unlisted",
        sentence: "An exception that is not on a breaker's list is not counted.",
        holds: Holds::No(
            "where only some are listed, resilience4j takes all others for successes, and nothing opens",
        ),
        link: "breaker?count_errors=success",
        promise: "spared",
        proof: Proof::Shown(unlisted_errors_are_successes),
    },
    Claim {
        id: "relief",
        sentence: "Failing fast gives a struggling dependency room to recover.",
        holds: Holds::Yes,
        link: "breaker?recover_below=10&for=1m",
        promise: "spared",
        proof: Proof::Shown(relief_lets_recover),
    },
];

//! What the book and common belief say about load balancing, each with the run that proves or refutes it.

use super::fidelity::tally;
use crate::lab::{Claim, Holds, Proof, State};

/// The mean in ms of a run of half a minute.
fn mean(more: &str) -> Result<f64, String> {
    let link = format!("balancer?{more}&from=5s&for=35s");
    Ok(tally(&link.replace("?&", "?"), 1, "mean_ms")? as f64 / 1e3)
}

fn said(kept: bool, words: String) -> Result<String, String> {
    if kept { Ok(words) } else { Err(words) }
}

fn least_beats_turns() -> Result<String, String> {
    let (turns, one, fifty) = (mean("")?, mean("policy=least")?, mean("policy=least&balancers=50")?);
    let words = format!(
        "{turns:.1} ms by turns, {one:.1} by least connections, {fifty:.1} where fifty balancers see a fiftieth each"
    );
    said(one * 2.0 < turns && fifty > turns, words)
}

fn response_times_help_the_unequal() -> Result<String, String> {
    let (turns, weighted, least) = (mean("")?, mean("policy=wrt")?, mean("policy=least")?);
    let slow = |policy: &str| mean(&format!("utilisation=0.8&policy={policy}&slower=2"));
    let (slow_turns, slow_weighted) = (slow("rr")?, slow("wrt")?);
    let words = format!(
        "ten equal servers: {weighted:.1} ms weighted by response time, {turns:.1} by turns, {least:.1} by least connections; with two at half speed {slow_weighted:.1} against {slow_turns:.1} by turns"
    );
    said(least < turns && turns < weighted && slow_weighted < slow_turns, words)
}

fn turns_are_best_for_equal_work() -> Result<String, String> {
    let (turns, least) = (mean("work=10ms")?, mean("policy=least&work=10ms")?);
    said(
        turns < least,
        format!("where all calls cost 10 ms: {turns:.1} ms by turns, {least:.1} by least connections"),
    )
}

fn two_are_nearly_all() -> Result<String, String> {
    let (random, two, all) = (mean("policy=random")?, mean("policy=p2c")?, mean("policy=least")?);
    let stale = |policy: &str| mean(&format!("policy={policy}&sees=stale&stale=10ms"));
    let (old_two, old_all) = (stale("p2c")?, stale("least")?);
    let words = format!(
        "{random:.1} ms at random, {two:.1} by the better of two, {all:.1} by the best of all; on figures one service time old {old_two:.1} and {old_all:.1}"
    );
    said(two * 2.0 < random && all < two && old_two < old_all, words)
}

fn old_news_is_worse_than_none() -> Result<String, String> {
    let (least, none) = (mean("policy=least&sees=stale")?, mean("policy=random")?);
    said(
        least > 1.5 * none,
        format!("{least:.1} ms by queues that are told every 100 ms, {none:.1} by nothing"),
    )
}

fn reading_costs() -> Result<String, String> {
    let (l4, l7) = (
        mean("utilisation=0.01&layer=l4&policy=least&work=10ms")?,
        mean("utilisation=0.01&policy=least&work=10ms")?,
    );
    said(
        (0.03..0.3).contains(&(l7 - l4)),
        format!("{l4:.2} ms in layer 4, {l7:.2} in layer 7, which reads each request for 0.2 ms"),
    )
}

const HOLE: &str = "balancer?load=closed&clients=10&think=0ms&latency=250us&policy=least&proxy=0ms&work=99ms&fault=fast-fail";

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "least",
        sentence: "Least connections beats round robin.",
        holds: Holds::If("the balancer sees all connections; fifty that see a fiftieth each do worse"),
        link: "balancer?policy=least&balancers=50",
        promise: "noherd",
        proof: Proof::Shown(least_beats_turns),
    },
    Claim {
        id: "response-time",
        sentence: "Weighting servers by their response time is best.",
        holds: Holds::If(
            "servers are unequal; among equal ones it follows chance, and round robin does better",
        ),
        link: "balancer?policy=wrt",
        promise: "noherd",
        proof: Proof::Shown(response_times_help_the_unequal),
    },
    Claim {
        id: "fastest",
        sentence: "Send each request to the server that answers fastest.",
        holds: Holds::No("all go there until it is the slowest, while the others are idle"),
        link: "balancer?policy=lrt",
        promise: "noherd",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "turns",
        sentence: "Round robin ignores load, so it is the worst choice.",
        holds: Holds::No("where all requests cost alike it is better than least connections"),
        link: "balancer?work=10ms&b.policy=least",
        promise: "noherd",
        proof: Proof::Shown(turns_are_best_for_equal_work),
    },
    Claim {
        id: "two",
        sentence: "The better of two servers is nearly as good as the best of all.",
        holds: Holds::Yes,
        link: "balancer?policy=p2c",
        promise: "noherd",
        proof: Proof::Shown(two_are_nearly_all),
    },
    Claim {
        id: "information",
        sentence: "Any information on load is better than none.",
        holds: Holds::No("when all follow figures of ten service times ago, whoever was empty is swamped"),
        link: "balancer?policy=least&sees=stale",
        promise: "noherd",
        proof: Proof::Shown(old_news_is_worse_than_none),
    },
    Claim {
        id: "l4",
        sentence: "Layer 4 spreads the load evenly.",
        holds: Holds::If("connections are many, alike and short"),
        link: "balancer?utilisation=0.6&connections=50&layer=l4&policy=random",
        promise: "even",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "restarted",
        sentence: "A host that was restarted gets its share of the load back.",
        holds: Holds::If("clients reconnect, or the balancer balances requests"),
        link: "balancer?utilisation=0.6&connections=20&layer=l4&timeout=1s&servers=3&check=100ms&check_timeout=50ms&do=2s:crash:n2,3s:start:n2",
        promise: "even",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "l7",
        sentence: "Layer 7 is slower than layer 4.",
        holds: Holds::If("both spread the load alike: by what reading a request costs"),
        link: "balancer?utilisation=0.01&layer=l4&policy=least&work=10ms&b.layer=l7",
        promise: "quick",
        proof: Proof::Shown(reading_costs),
    },
    Claim {
        id: "checks",
        sentence: "Health checks take bad servers out.",
        holds: Holds::If("they ask for what calls need; until f of them have failed it takes (f − 1)i + i/2"),
        link: "balancer?utilisation=0.7&policy=p2c&timeout=1s&check=200ms&check_timeout=100ms&fault=dead",
        promise: "avoids",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "grey",
        sentence: "A server that passes its health checks is well.",
        holds: Holds::No("a check that asks whether anybody is there says nothing of the calls"),
        link: "balancer?utilisation=0.7&policy=p2c&check=200ms&check_timeout=100ms&fault=grey",
        promise: "avoids",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "black-hole",
        sentence: "Least connections keeps away from a bad server.",
        holds: Holds::No("one that fails at once never has any open, and draws nine calls in ten"),
        link: HOLE,
        promise: "avoids",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "eject",
        sentence: "Ejecting servers that fail keeps calls away from them.",
        holds: Holds::Yes,
        link: "balancer?load=closed&clients=10&think=0ms&latency=250us&policy=least&proxy=0ms&work=99ms&eject=5&fault=fast-fail",
        promise: "avoids",
        proof: Proof::Run(State::Kept),
    },
    Claim {
        id: "panic",
        sentence: "Taking out every unhealthy server is safe.",
        holds: Holds::No("when all look unhealthy for one common reason, none is left"),
        link: "balancer?utilisation=0.7&policy=p2c&check=200ms&check_timeout=100ms&panic=0&fault=alarm&bad=all&fault_for=3s",
        promise: "quick",
        proof: Proof::Run(State::Broken),
    },
    Claim {
        id: "newcomer",
        sentence: "A server that comes back should get its full share at once.",
        holds: Holds::If("it is as fast as before; a cold one is swamped"),
        link: "balancer?utilisation=0.7&timeout=1s&warm=3s&check=100ms&check_timeout=50ms&do=1s:crash:n2,2s:start:n2",
        promise: "gentle",
        proof: Proof::Run(State::Broken),
    },
];

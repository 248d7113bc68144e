//! The lab's own tests, beside those that hold of every lab.

use super::*;
use crate::lab::{Lab, Outcome, State};
use crate::labs::tests::scenario as opens;
use crate::link;

fn run(text: &str) -> Outcome {
    LAB.run(&opens(text), Detail::Full)
}

fn state(text: &str, promise: &str) -> State {
    run(text).verdict(promise).unwrap().last().state
}

fn tally(text: &str, name: &str) -> i64 {
    LAB.run(&opens(text), Detail::Totals).tally(name).unwrap()
}

#[test]
fn what_cannot_be_asked_or_set_is_said() {
    let problem = |text: &str| link::parse(text, &[&LAB]).problems.first().map(|p| p.sentence.clone());
    assert!(problem("limit?do=1s:ask:k1:call").unwrap().contains("only clients"));
    assert!(problem("limit?do=1s:ask:c1:dance").unwrap().contains("ask:c1:call"));
    assert!(problem("limit?limiter=leaky&counters=shared").unwrap().contains("where its queue is"));
    assert_eq!(problem("limit?gateways=2&counters=sync&do=1s:ask:c1:call,2s:drop:k1-k2:count"), None);
}

#[test]
fn live_sentences_say_the_worst_case() {
    let said = |text: &str| LAB.sentences(&opens(text)).join(" ");
    assert!(said("limit?limiter=fixed").starts_with("Up to 200 pass in an instant"));
    assert!(said("limit?burst=10").contains("10 in an instant, 110 within 1s."));
    assert!(
        said("limit?limiter=leaky&burst=20")
            .contains("One passes every 10ms; up to 20 wait, for up to 200ms.")
    );
    assert!(said("limit?limiter=counter").contains("Up to 199 pass within 1s"));
    let sync = said("limit?rate=100&tenants=1&gateways=10&counters=sync");
    assert!(sync.contains("(N − 1)/N = 90 of which the others do not know; on average 45."), "{sync}");
    let little = said("limit?concurrency=fixed&capacity=400&workers=20");
    assert!(
        little.contains("20 under way, each 50ms of work: by Little's law no more than 400 a second"),
        "{little}"
    );
}

/// Which promises each limiter keeps against an adversary at a window's end, and a crowd.
#[test]
fn each_limiter_keeps_what_it_can() {
    for (limiter, most, instant) in [
        ("fixed", 200, 200),
        ("log", 100, 100),
        ("counter", 100, 100),
        ("bucket&burst=10", 10, 10),
        ("leaky&burst=20", 21, 1),
    ] {
        let link = format!("limit?load=edge&tenants=1&limiter={limiter}&capacity=1000&for=3s");
        let at_most = |name: &str, most: i64| {
            assert!(
                (most..=most + 1).contains(&tally(&link, name)),
                "{limiter}: {name} {}",
                tally(&link, name)
            )
        };
        at_most("most_in_window", most);
        at_most("most_in_instant", instant);
        assert_eq!(
            state(&link, "cap"),
            if limiter == "fixed" { State::Broken } else { State::Kept },
            "{limiter}"
        );
        let even = if limiter.starts_with("leaky") { State::Kept } else { State::Broken };
        assert_eq!(state(&link, "smooth"), even, "{limiter}");
    }
}

#[test]
fn a_limit_for_each_tenant_is_fair() {
    assert_eq!(state("limit", "fair"), State::Broken);
    for limiter in ["fixed", "log", "bucket", "gcra"] {
        assert_eq!(state(&format!("limit?limiter={limiter}&by=tenant"), "fair"), State::Kept, "{limiter}");
    }
    let worst = |more: &str| tally(&format!("limit?for=30s{more}"), "worst_tenant_share");
    assert!(worst("&by=tenant") > 950_000 && worst("") < 600_000);
}

/// Counters in a store let in what one gateway would; in each of ten, ten times as much.
#[test]
fn where_counters_live_decides_how_many_pass() {
    let admitted = |more: &str| {
        let link = format!("limit?rate=1000&tenants=1&limiter=log&gateways=10&capacity=2000&for=5s{more}");
        tally(&link, "most_in_window")
    };
    assert_eq!(admitted("&counters=shared"), 100);
    assert_eq!(admitted("&counters=split"), 100);
    assert!((900..=1_000).contains(&admitted("&counters=local")));
    assert!(
        (101..=200).contains(&admitted("&counters=sync&sync=50ms")),
        "{}",
        admitted("&counters=sync&sync=50ms")
    );
}

#[test]
fn a_store_that_is_down_is_felt_as_chosen() {
    let down = |choice: &str| {
        let link = format!(
            "limit?rate=200&tenants=1&limiter=log&gateways=4&counters=shared&store_down={choice}&capacity=1000&for=4s&do=1s:crash:n2"
        );
        (tally(&link, "admitted"), tally(&link, "most_in_window"))
    };
    let (closed, open, local) = (down("closed"), down("open"), down("local"));
    assert!(closed.0 < 220, "{closed:?}");
    assert!(open.1 > 150, "{open:?}");
    assert!(local.0 > closed.0 + 200 && local.1 <= 200, "{local:?}");
}

/// The limiter is not asked where a request waits for the store, and nobody is let in twice.
#[test]
fn what_the_store_refuses_says_when_to_come_again() {
    let link = "limit?load=flood&crowd=150&tenants=1&limiter=fixed&gateways=3&counters=shared&retry_after=on&attempts=2&capacity=1000&for=4s";
    let run = run(link);
    assert_eq!(
        (run.tally("admitted"), run.tally("refused"), run.tally("requests")),
        (Some(150), Some(50), Some(200))
    );
    assert_eq!(run.tally("herd"), Some(50));
}

#[test]
fn aimd_finds_about_what_the_service_can_do() {
    let link = "limit?rate=200&tenants=1&limiter=none&concurrency=aimd&aimd_timeout=200ms&from=5s&for=30s";
    let (end, per_s) = (tally(link, "limit_end"), tally(link, "goodput_per_s"));
    assert!((12..=40).contains(&end), "{end}");
    assert!((115_000_000..=121_000_000).contains(&per_s), "{per_s}");
}

/// Challenges are not reached by letting everybody in, by asking less, or by looking away.
#[test]
fn a_challenge_wants_its_load_and_its_limit() {
    let reached = |id: &str, text: &str| {
        let scenario = opens(text);
        (LAB.challenges().iter().find(|challenge| challenge.id == id).unwrap().goal)(
            &scenario,
            &LAB.run(&scenario, Detail::Totals),
        )
    };
    for (text, right) in [
        ("limit?limiter=log&by=tenant", true),
        ("limit?by=tenant", true),
        ("limit?limiter=none", false),
        ("limit?limit=1000&by=tenant", false),
        ("limit?greedy=1&by=tenant", false),
        ("limit?limiter=log&limit=20&by=tenant", false),
    ] {
        assert_eq!(reached("fair", text), right, "{text}");
    }
    let ten = "limit?rate=90&tenants=1&gateways=10";
    for (more, right) in [
        ("&limiter=log&counters=shared", true),
        ("&limiter=fixed&counters=shared", false),
        ("&limiter=log&counters=split", false),
        ("&limiter=log&counters=local", false),
        ("&limiter=none", false),
    ] {
        let text = format!("{ten}{more}");
        let text =
            text.replace("&gateways=10&limiter", "&limiter").replace("&counters", "&gateways=10&counters");
        let text = if text.contains("gateways") { text } else { format!("{text}&gateways=10") };
        assert_eq!(reached("ten-gateways", &text), right, "{text}");
    }
    let slow = "limit?rate=100&tenants=1&trouble=slowness&trouble_for=6s";
    for (more, right) in [
        ("&concurrency=fixed&concurrency_limit=8", true),
        ("", false),
        ("&concurrency=fixed&concurrency_limit=50", false),
    ] {
        assert_eq!(reached("slow", &format!("{slow}{more}")), right, "{more}");
    }
}

#[test]
fn settings_are_exported_by_the_names_that_tools_publish() {
    let text = |link: &str, tool: &str| {
        let exports = LAB.exports(&opens(link));
        exports.into_iter().find(|export| export.id == tool).unwrap().text
    };
    let nginx = text("limit?limiter=leaky&limit=10&burst=20", "nginx");
    assert!(nginx.contains("rate=10r/s;") && nginx.contains("limit_req zone=limit burst=20;"), "{nginx}");
    let nodelay = text("limit?limit=10&window=1m&burst=5", "nginx");
    assert!(nodelay.contains("rate=10r/m;") && nodelay.contains("burst=4 nodelay;"), "{nodelay}");
    let envoy = text("limit?limit=1000&burst=10000", "envoy");
    for line in ["max_tokens: 10000", "tokens_per_fill: 1000", "fill_interval: 1s"] {
        assert!(envoy.contains(line), "{line}: {envoy}");
    }
    let short = text("limit?limit=3&window=20ms", "envoy");
    assert!(short.contains("tokens_per_fill: 9") && short.contains("fill_interval: 0.06s"), "{short}");
    let haproxy = text("limit?limiter=counter&window=10s", "haproxy");
    assert!(haproxy.contains("store http_req_rate(10000ms)") && haproxy.contains("gt 100 }"), "{haproxy}");
    assert!(LAB.exports(&opens("limit?limiter=none")).is_empty());
}

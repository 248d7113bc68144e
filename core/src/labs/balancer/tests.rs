//! The lab's own tests, beside those that hold of every lab.

use super::*;
use crate::lab::{Lab, Outcome, State};
use crate::labs::tests::scenario as opens;
use crate::link;

fn preset(id: &str) -> Outcome {
    let preset = presets::PRESETS.iter().find(|preset| preset.id == id).expect("a preset");
    LAB.run(&opens(preset.link), Detail::Totals)
}

/// What each preset is there to show: the promise, and how it ends.
#[test]
fn presets_show_what_they_say() {
    use State::{Broken, Kept};
    for (id, promise, state) in [
        ("round-robin", "noherd", Broken),
        ("round-robin", "even", Kept),
        ("random", "quick", Broken),
        ("two-choices", "noherd", Kept),
        ("two-choices", "quick", Kept),
        ("shortest", "noherd", Kept),
        ("shortest", "quick", Kept),
        ("fifty-balancers", "quick", Broken),
        ("stale-herd", "noherd", Broken),
        ("two-slow", "even", Broken),
        ("fastest-wins", "noherd", Broken),
        ("black-hole", "avoids", Broken),
        ("black-hole-eject", "avoids", Kept),
        ("checks", "avoids", Kept),
        ("panic", "quick", Broken),
        ("l4-l7", "even", Broken),
        ("l4-l7", "keeps", Kept),
        ("l4-idle-host", "even", Broken),
        ("l4-idle-host", "keeps", Broken),
        ("cold-newcomer", "gentle", Broken),
        ("slow-start", "gentle", Kept),
    ] {
        let run = preset(id);
        let last = run.verdict(promise).expect("a promise").judged();
        assert_eq!(last.state, state, "{id}, {promise}: {}", last.why);
    }
    let panics = LAB.run(
        &opens(
            &presets::PRESETS.iter().find(|p| p.id == "panic").unwrap().link.replace("panic=0", "panic=50"),
        ),
        Detail::Totals,
    );
    assert!(panics.stands("quick", Kept), "with Envoy's threshold nothing happens");
}

/// A fifth of the time is between two checks, one timeout after the third has failed: (f - 1) i + i/2 and the timeout.
#[test]
fn checks_find_a_dead_server_when_they_should() {
    let link =
        "balancer?utilisation=0.3&policy=rr&timeout=1s&check=200ms&check_timeout=100ms&fault=dead&for=4s";
    let mut sum_us = 0;
    for seed in 0..40 {
        let run = LAB.run(&Scenario { seed, ..opens(link) }, Detail::Full);
        let trace = &run.trace;
        let balancer = run.cast.node(Sort::Coordinator, 0);
        let believed = crate::trace::FactKey { name: graph::fact::BELIEVED, index: 1 };
        let change = trace.history(balancer, believed).next().expect("n2 is taken out");
        sum_us += trace.get(change.record).expect("a record").at_us - 1_000_000;
    }
    let (mean_ms, expected_ms) = (sum_us as f64 / 40e3, 2.5 * 200.0 + 100.0);
    // Uniform over a check's span: an sd of 58 ms.
    assert!((mean_ms - expected_ms).abs() < 4.0 * 58.0 / libm::sqrt(40.0), "{mean_ms}");
}

#[test]
fn live_sentences_say_what_theory_says() {
    let said = |text: &str| LAB.sentences(&opens(text)).join(" ");
    assert!(said("balancer").contains("56.6 ms at a server on average (E_n/M/1)"), "{}", said("balancer"));
    assert!(said("balancer?policy=random").contains("100.0 ms at a server on average (M/M/1)"));
    assert!(said("balancer?policy=least").contains("16.7 ms (M/M/10), chance alone 100.0 ms"));
    assert!(said("balancer?utilisation=1").contains("the queues grow"));
    assert!(
        said("balancer?layer=l4")
            .contains("100 connections that are put anywhere differ by √((n − 1)/c) = 0.30")
    );
    assert!(said("balancer?check=1s&fault=dead").contains("(f − 1)i + i/2 = 2.5s"));
    assert!(said("balancer?load=balls&balls=10&policy=p2c").contains("2.06 calls"));
}

#[test]
fn settings_are_exported_by_the_names_that_tools_publish() {
    let text = |link: &str, tool: &str| {
        let exports = LAB.exports(&opens(link));
        exports.into_iter().find(|export| export.id == tool).unwrap().text
    };
    let all = "policy=p2c&check=1s&eject=5&slow_start=30s";
    let nginx = text(&format!("balancer?{all}&servers=2"), "nginx");
    for line in [
        "random two least_conn;",
        "server n1.example:8080 max_fails=5 fail_timeout=30000ms slow_start=30000ms;",
        "health_check interval=1000ms fails=3 passes=2",
    ] {
        assert!(nginx.contains(line), "{line}: {nginx}");
    }
    let haproxy = text(&format!("balancer?{all}&servers=2"), "haproxy");
    for line in [
        "balance random(2)",
        "check inter 1000ms rise 2 fall 3 observe layer7 error-limit 5 on-error mark-down slowstart 30000ms",
    ] {
        assert!(haproxy.contains(line), "{line}: {haproxy}");
    }
    let envoy = text(&format!("balancer?{all}"), "envoy");
    for line in [
        "lb_policy: LEAST_REQUEST",
        "choice_count: 2",
        "healthy_panic_threshold: { value: 50 }",
        "consecutive_5xx: 5",
        "slow_start_window: 30s",
    ] {
        assert!(envoy.contains(line), "{line}: {envoy}");
    }
    let grpc = text("balancer?policy=p2c&choices=3", "grpc");
    assert_eq!(
        grpc,
        "{\n  \"loadBalancingConfig\": [\n    { \"least_request_experimental\": { \"choiceCount\": 3 } }\n  ]\n}\n"
    );
}

#[test]
fn what_cannot_be_is_said() {
    let problem = |text: &str| link::parse(text, &[&LAB]).problems.first().map(|p| p.sentence.clone());
    assert!(problem("balancer?do=1s:ask:n1:call").unwrap().contains("only clients"));
    assert!(problem("balancer?servers=100&balancers=3&sees=shared").unwrap().contains("at most 200"));
    assert_eq!(problem("balancer?do=1s:ask:c1:call,1s:crash:n2,2s:start:n2"), None);
}

/// The better of two, own calls and queues that are told are much the same for one balancer; and it makes no odds who asks.
#[test]
fn one_balancer_sees_what_servers_would_tell() {
    let mean = |more: &str| {
        let run = LAB.run(
            &opens(&format!("balancer?utilisation=0.7&{more}&latency=0ms&proxy=0ms&for=30s")),
            Detail::Totals,
        );
        run.tally("mean_ms").unwrap()
    };
    let (own, told) = (mean("policy=least"), mean("policy=least&sees=shared"));
    assert!(own.abs_diff(told) * 100 < own.unsigned_abs() * 3, "{own} and {told} µs");
}

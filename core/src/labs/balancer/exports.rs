//! The settings as the configuration of balancers that people run: nginx, HAProxy, Envoy, gRPC. What a tool cannot say is said beside it.

use super::params::{Layer, Params, Policy, Sees};
use crate::lab::{Export, Lines, seconds};
use crate::time::Decimal;

/// The most servers that are written out.
const NAMED: u32 = 20;

/// The four configurations.
pub fn exports(params: &Params) -> Vec<Export> {
    vec![nginx(params), haproxy(params), envoy(params), grpc(params)]
}

/// The weight of each server that is written out: by its speed, of ten.
fn weights(params: &Params) -> impl Iterator<Item = (u32, u32)> + '_ {
    let slow = (params.speed / 100_000).max(1);
    (0..params.servers.min(NAMED))
        .map(move |place| (place + 1, if place < params.slower { slow } else { 10 }))
}

/// Notes that hold of every tool.
fn common(params: &Params, lines: &mut Lines) {
    lines.note(
        params.sees == Sees::Shared,
        "what servers tell of every change is seen by no such tool: each counts its own calls",
    );
    lines.note(
        params.sees == Sees::Stale,
        "each counts its own calls; servers' own figures come with answers at the most (gRPC's ORCA)",
    );
    lines.note(params.servers > NAMED, "the other servers are left out here");
}

/// A time in whole milliseconds, at least one, in µs.
fn whole_ms(us: u64) -> u64 {
    (us / 1_000).max(1) * 1_000
}

fn nginx(params: &Params) -> Export {
    let stream = params.layer == Layer::L4;
    let context = if stream { "stream {" } else { "http {" };
    let mut lines = Lines::of(&[context, "  upstream service {"], "    ");
    let choice = params.choices;
    match params.policy {
        Policy::Rr => {}
        Policy::Random => lines.say("    random;"),
        Policy::Least => lines.say("    least_conn;"),
        Policy::P2c => {
            lines.say("    random two least_conn;");
            lines.note(choice != 2, "nginx draws two, no more and no fewer");
        }
        Policy::Lrt => {
            lines.say(if stream {
                "    least_time last_byte; # NGINX Plus"
            } else {
                "    least_time header; # NGINX Plus"
            });
            lines.note(true, "it weighs the mean response time by the connections that are open");
        }
        Policy::Wrt => {
            lines.note(true, "there is no choice in proportion to response times: round robin stands")
        }
        Policy::Hash if stream => lines.say("    hash $remote_addr$remote_port consistent;"),
        Policy::Hash => lines.say("    hash $connection consistent;"),
    }
    let fails = match params.eject {
        0 => " max_fails=0".to_owned(),
        fails => format!(" max_fails={fails} fail_timeout={}ms", (params.eject_for / 1_000).max(1)),
    };
    let slow = if params.slow_start > 0 {
        format!(" slow_start={}ms", (params.slow_start / 1_000).max(1))
    } else {
        String::new()
    };
    lines.say("    zone service 64k;");
    for (name, weight) in weights(params) {
        let weight = if weight == 10 { String::new() } else { format!(" weight={weight}") };
        let weight = if params.slower > 0 && weight.is_empty() { " weight=10".to_owned() } else { weight };
        lines.say(format!("    server n{name}.example:8080{weight}{fails}{slow};"));
    }
    lines.note(
        params.eject > 0,
        "max_fails counts failures within fail_timeout, not in a row; the time does not grow",
    );
    lines.note(
        params.slow_start > 0,
        "slow_start is of NGINX Plus; it grows evenly, and not with hash or random",
    );
    common(params, &mut lines);
    lines.say("  }");
    lines.say("  server {");
    lines.say("    listen 80;");
    let passes =
        if stream { "    proxy_pass service;" } else { "    location / { proxy_pass http://service; }" };
    lines.say(passes);
    lines.say(format!(
        "    proxy_{} {}s;",
        if stream { "timeout" } else { "read_timeout" },
        seconds(params.timeout)
    ));
    if params.check > 0 {
        lines.say(format!(
            "    health_check interval={}ms fails={} passes={}; # NGINX Plus{}",
            (params.check / 1_000).max(1),
            params.unhealthy,
            params.healthy,
            if stream { "" } else { "; inside the location" }
        ));
    }
    lines.note(
        params.panic > 0,
        "where no server is usable nginx answers 502; where all have failed it tries them all anew",
    );
    lines.say("  }");
    lines.say("}");
    Export { id: "nginx", tool: "nginx", file: "nginx.conf", text: lines.text, notes: Vec::new() }
}

fn haproxy(params: &Params) -> Export {
    let mode = if params.layer == Layer::L4 { "  mode tcp" } else { "  mode http" };
    let mut lines = Lines::of(&["backend service", mode], "  ");
    match params.policy {
        Policy::Rr => lines.say("  balance roundrobin"),
        Policy::Random => lines.say("  balance random(1)"),
        Policy::Least => lines.say("  balance leastconn"),
        Policy::P2c => lines.say(format!("  balance random({})", params.choices)),
        Policy::Hash => {
            lines.say("  balance source");
            lines.say("  hash-type consistent");
            lines.note(true, "it hashes the client's address, not its connection");
        }
        Policy::Wrt | Policy::Lrt => {
            lines.say("  balance leastconn");
            lines.note(true, "there is no choice by response times: least connections is the nearest");
        }
    }
    lines.say(format!("  timeout server {}ms", (params.timeout / 1_000).max(1)));
    if params.check > 0 {
        lines.say(if params.layer == Layer::L4 {
            "  option tcp-check"
        } else {
            "  option httpchk GET /health"
        });
        lines.say(format!("  timeout check {}ms", (params.check_timeout / 1_000).max(1)));
    }
    let mut options = String::new();
    if params.check > 0 {
        let (inter, rise, fall) = ((params.check / 1_000).max(1), params.healthy, params.unhealthy);
        options += &format!(" check inter {inter}ms rise {rise} fall {fall}");
    }
    if params.eject > 0 {
        let checked = if params.check > 0 { "" } else { " check" };
        let observed = if params.layer == Layer::L4 { "layer4" } else { "layer7" };
        options += &format!("{checked} observe {observed} error-limit {} on-error mark-down", params.eject);
    }
    if params.slow_start > 0 {
        options += &format!(" slowstart {}ms", (params.slow_start / 1_000).max(1));
    }
    for (name, weight) in weights(params) {
        let weight = if params.slower > 0 { format!(" weight {weight}") } else { String::new() };
        lines.say(format!("  server n{name} n{name}.example:8080{weight}{options}"));
    }
    lines.note(params.eject > 0, "it comes back when its checks pass, not after a time");
    lines.note(params.slow_start > 0, "slowstart grows evenly: there is no aggression");
    lines.note(
        params.panic > 0,
        "there is no panic threshold: without a usable server calls are answered 503",
    );
    common(params, &mut lines);
    Export { id: "haproxy", tool: "HAProxy", file: "haproxy.cfg", text: lines.text, notes: Vec::new() }
}

fn envoy(params: &Params) -> Export {
    let mut lines = Lines::of(&["clusters:", "- name: service"], "  ");
    let connections = params.layer == Layer::L4;
    lines.note(
        connections,
        "behind a tcp_proxy filter, which gives each connection a server; else behind a route",
    );
    lines.say(format!("  connect_timeout: {}s", seconds(params.timeout)));
    let slow = |lines: &mut Lines| {
        if params.slow_start > 0 {
            lines.say("    slow_start_config:");
            lines.say(format!("      slow_start_window: {}s", seconds(params.slow_start)));
            let aggression = Decimal(u64::from(params.aggression), 1_000_000);
            lines.say(format!(
                "      aggression: {{ default_value: {aggression}, runtime_key: slow_start.aggression }}"
            ));
            lines.say("      min_weight_percent: { value: 10 }");
        }
    };
    match params.policy {
        Policy::Rr => {
            lines.say("  lb_policy: ROUND_ROBIN");
            if params.slow_start > 0 {
                lines.say("  round_robin_lb_config:");
                slow(&mut lines);
            }
        }
        Policy::Random => lines.say("  lb_policy: RANDOM"),
        Policy::Least | Policy::P2c => {
            let choices = if params.policy == Policy::P2c { params.choices } else { params.servers };
            lines.say("  lb_policy: LEAST_REQUEST");
            lines.say("  least_request_lb_config:");
            lines.say(format!("    choice_count: {}", choices.max(2)));
            lines.note(choices < 2, "choice_count is two at the least");
            lines.note(
                params.policy == Policy::Least,
                "Envoy draws, each from all: as many as there are servers come near to the best of all",
            );
            slow(&mut lines);
        }
        Policy::Hash => {
            lines.say("  lb_policy: MAGLEV");
            lines.note(true, "what is hashed is said at the route (hash_policy) or the tcp_proxy");
        }
        Policy::Wrt | Policy::Lrt => {
            lines.say("  lb_policy: LEAST_REQUEST");
            lines.note(true, "there is no choice by response times: the better of two is the nearest");
        }
    }
    let starts = matches!(params.policy, Policy::Rr | Policy::Least | Policy::P2c);
    lines.note(params.slow_start > 0 && !starts, "slow start goes with round robin and least request only");
    lines.say("  common_lb_config:");
    lines.say(format!("    healthy_panic_threshold: {{ value: {} }}", params.panic));
    if params.check > 0 {
        lines.say("  health_checks:");
        lines.say(format!("  - interval: {}s", seconds(whole_ms(params.check))));
        lines.say(format!("    timeout: {}s", seconds(whole_ms(params.check_timeout))));
        lines.say(format!("    unhealthy_threshold: {}", params.unhealthy));
        lines.say(format!("    healthy_threshold: {}", params.healthy));
        lines.say(if connections {
            "    tcp_health_check: {}"
        } else {
            "    http_health_check: { path: /health }"
        });
    }
    if params.eject > 0 {
        lines.say("  outlier_detection:");
        lines.say(format!("    consecutive_5xx: {}", params.eject));
        lines.say(format!("    base_ejection_time: {}s", seconds(whole_ms(params.eject_for))));
        lines.say(format!("    max_ejection_percent: {}", params.eject_most));
        lines.note(true, "the interval of 10 s decides when an ejection is seen to be over");
    }
    common(params, &mut lines);
    Export { id: "envoy", tool: "Envoy", file: "envoy.yaml", text: lines.text, notes: Vec::new() }
}

/// gRPC's service config: JSON, which has no comments.
fn grpc(params: &Params) -> Export {
    let mut notes = Vec::new();
    let mut note = |wrong: bool, words: &str| {
        if wrong {
            notes.push(words.to_owned());
        }
    };
    let choices = if params.policy == Policy::P2c { params.choices } else { 10 };
    let child = match params.policy {
        Policy::Least | Policy::P2c => {
            format!("{{ \"least_request_experimental\": {{ \"choiceCount\": {} }} }}", choices.clamp(2, 10))
        }
        Policy::Wrt | Policy::Lrt => "{ \"weighted_round_robin\": {} }".to_owned(),
        Policy::Rr | Policy::Random | Policy::Hash => "{ \"round_robin\": {} }".to_owned(),
    };
    note(
        matches!(params.policy, Policy::Random | Policy::Hash),
        "Round robin stands for this policy, which a service config does not have.",
    );
    note(params.policy == Policy::P2c && params.choices < 2, "choiceCount is two at the least (A48).");
    note(params.policy == Policy::Least, "choiceCount is ten at the most, each drawn from all (A48).");
    note(
        matches!(params.policy, Policy::Wrt | Policy::Lrt),
        "weighted_round_robin goes by the load that servers report (ORCA, A58), not by response times.",
    );
    note(
        params.layer == Layer::L4,
        "gRPC clients balance calls; for connections, pick_first keeps one server.",
    );
    note(
        params.eject > 0,
        "gRPC has no ejection for failures in a row: failurePercentageEjection counts a share in each interval (A50).",
    );
    note(params.slow_start > 0, "There is no slow start by time.");
    note(
        params.check > 0,
        "Checks are streams (grpc.health.v1): a server tells changes, and there are no thresholds.",
    );
    note(params.sees != Sees::Own, "Each client counts its own calls.");
    let policy = match params.eject {
        0 => child,
        failures => format!(
            "{{\n      \"outlier_detection_experimental\": {{\n        \"interval\": \"10s\",\n        \"baseEjectionTime\": \"{}s\",\n        \"maxEjectionPercent\": {},\n        \"failurePercentageEjection\": {{ \"threshold\": 85, \"minimumHosts\": 2, \"requestVolume\": {failures} }},\n        \"childPolicy\": [{child}]\n      }}\n    }}",
            seconds(params.eject_for),
            params.eject_most
        ),
    };
    let health = if params.check > 0 {
        ",\n  \"healthCheckConfig\": { \"serviceName\": \"example.Service\" }"
    } else {
        ""
    };
    let text = format!("{{\n  \"loadBalancingConfig\": [\n    {policy}\n  ]{health}\n}}\n");
    Export { id: "grpc", tool: "gRPC service config", file: "service-config.json", text, notes }
}

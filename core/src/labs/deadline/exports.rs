//! The settings as the configuration of tools that people run: gRPC and Envoy. What a tool cannot say is said beside it.

use super::params::{Carry, Hedge, HedgeCancel, Params, Rule, Switch};
use crate::lab::{Export, Lines, seconds};

/// The most attempts, hedges included, that gRPC makes, whatever is asked (A6).
const GRPC_ATTEMPTS: u32 = 5;

/// The two configurations, of who calls the last service.
pub fn exports(params: &Params) -> Vec<Export> {
    vec![grpc(params), envoy(params)]
}

/// How long a call of the last service may take.
fn timeout_us(params: &Params) -> u64 {
    if params.rule == Rule::Own { params.timeout } else { params.total }
}

/// How many attempts who calls the last service makes.
fn attempts(params: &Params) -> u32 {
    params.attempts_at(params.depth() - 1)
}

/// gRPC's service config (proposal A6): JSON, which has no comments.
fn grpc(params: &Params) -> Export {
    let mut notes = Vec::new();
    let mut note = |wrong: bool, words: &str| {
        if wrong {
            notes.push(words.to_owned());
        }
    };
    let retries = attempts(params);
    let timeout = format!("\n      \"timeout\": \"{}s\"", seconds(timeout_us(params)));
    let tries = if params.hedges() {
        format!(
            ",\n      \"hedgingPolicy\": {{\n        \"maxAttempts\": {},\n        \"hedgingDelay\": \"{}s\",\n        \"nonFatalStatusCodes\": [\"UNAVAILABLE\"]\n      }}",
            (params.hedges + 1).min(GRPC_ATTEMPTS),
            seconds(params.hedge_after)
        )
    } else if retries > 1 {
        format!(
            ",\n      \"retryPolicy\": {{\n        \"maxAttempts\": {},\n        \"initialBackoff\": \"0.001s\",\n        \"maxBackoff\": \"0.001s\",\n        \"backoffMultiplier\": 1,\n        \"retryableStatusCodes\": [\"UNAVAILABLE\"]\n      }}",
            retries.min(GRPC_ATTEMPTS)
        )
    } else {
        String::new()
    };
    note(params.hedge == Hedge::P95, "gRPC's hedgingDelay is fixed: it does not follow the latency.");
    note(
        params.hedges() && params.hedge_cancel != HedgeCancel::AtOnce,
        "gRPC always calls the other tries back, begun or not.",
    );
    note(params.hedges(), "Implemented in Java and C++, not in every language.");
    note(
        !params.hedges() && retries > GRPC_ATTEMPTS,
        "gRPC makes 5 attempts at the most; more are taken as 5.",
    );
    note(!params.hedges() && retries > 1, "gRPC takes no backoff of 0: 1 ms stands for none.");
    note(
        !params.hedges() && retries > 1,
        "An attempt has no timeout of its own: timeout is that of the whole call.",
    );
    let halves = matches!(params.rule, Rule::HalfLeft | Rule::HalfEach);
    note(
        halves,
        "gRPC hands on what is left of the deadline; a part of it is set in code, by a deadline of the call's own.",
    );
    note(
        params.carry == Carry::Off,
        "gRPC always tells how much time is left (grpc-timeout). A service that should not hand it on makes its calls in a context of their own.",
    );
    note(params.carry == Carry::Clock, "On the wire it is a duration, so that clocks do not matter.");
    note(
        params.carry == Carry::Duration,
        "Where a service makes calls in the context of its request (Go, Java), the deadline is handed on by itself; elsewhere it is set in code.",
    );
    note(params.cancel == Switch::Off, "gRPC cancels what its caller gives up.");
    let throttling = match params.tokens {
        0 => String::new(),
        tokens => format!(
            ",\n  \"retryThrottling\": {{\n    \"maxTokens\": {tokens},\n    \"tokenRatio\": 0.1\n  }}"
        ),
    };
    let text = format!(
        "{{\n  \"methodConfig\": [\n    {{\n      \"name\": [{{ \"service\": \"example.Service\" }}],{timeout}{tries}\n    }}\n  ]{throttling}\n}}\n"
    );
    Export { id: "grpc", tool: "gRPC service config", file: "service-config.json", text, notes }
}

/// Envoy: a route's timeout, retries and hedges.
fn envoy(params: &Params) -> Export {
    let mut lines =
        Lines::of(&["# In a route of the HTTP connection manager:", "route:", "  cluster: service"], "  ");
    lines.say(format!(
        "  timeout: {}s # of all attempts together; the default is 15 s",
        seconds(timeout_us(params))
    ));
    if params.carry != Carry::Off {
        lines.say("  max_stream_duration:");
        lines.say(
            "    grpc_timeout_header_max: 0s # takes over the grpc-timeout of who calls, whatever it is",
        );
        lines.note(params.carry == Carry::Clock, "grpc-timeout is a duration: no clock is asked");
    }
    let retries = attempts(params) - 1;
    if params.hedges() {
        lines.say("  retry_policy:");
        lines.say("    retry_on: \"gateway-error,connect-failure\"");
        lines.say(format!("    num_retries: {}", params.hedges));
        lines.say(format!(
            "    per_try_timeout: {}s # after which another goes out",
            seconds(params.hedge_after)
        ));
        lines.say("  hedge_policy:");
        lines.say("    hedge_on_per_try_timeout: true # the first try goes on beside it");
        lines.note(params.hedge == Hedge::P95, "the delay is fixed: it does not follow the latency");
        lines.note(
            params.hedge_cancel != HedgeCancel::AtOnce,
            "the other tries are always reset once there is a good answer",
        );
        lines.note(true, "instances that were tried are avoided by retry_host_predicate: envoy.retry_host_predicates.previous_hosts");
    } else if retries > 0 {
        lines.say("  retry_policy:");
        lines.say("    retry_on: \"5xx,reset,connect-failure\"");
        lines.say(format!("    num_retries: {retries}"));
        let each = if params.rule == Rule::Own { params.timeout } else { params.total };
        lines.say(format!("    per_try_timeout: {}s", seconds(each)));
        lines.note(true, "Envoy always waits before a retry: up to 25 ms at first");
    }
    lines.note(
        matches!(params.rule, Rule::HalfLeft | Rule::HalfEach),
        "a share of what is left cannot be said",
    );
    lines.note(
        params.tokens > 0,
        "there is no throttling by failures; see retry_budget of the cluster's circuit breakers",
    );
    Export { id: "envoy", tool: "Envoy", file: "envoy.yaml", text: lines.text, notes: Vec::new() }
}

//! The settings as the configuration of tools that people run: gRPC, resilience4j, the AWS SDKs, Envoy. What a tool cannot say is said beside it.

use super::params::{BudgetOf, Kind, Load, Params, Patience, RetryAfter, Switch};
use crate::lab::{Export, Lines, NO_WAIT, seconds, spring_duration};
use crate::time::Decimal;

/// The most attempts that gRPC makes, whatever is asked (A6).
const GRPC_ATTEMPTS: u32 = 5;
/// The shortest backoff that every tool takes which takes none of 0: those that count in milliseconds make 0 of what is shorter.
const SHORTEST_US: u64 = 1_000;

/// The four configurations; none for AWS's contention run, whose clients are no tool's.
pub fn exports(params: &Params) -> Vec<Export> {
    if params.load == Load::Contention {
        return Vec::new();
    }
    vec![grpc(params), resilience4j(params), aws(params), envoy(params)]
}

/// gRPC's service config (proposal A6): JSON, which has no comments.
fn grpc(params: &Params) -> Export {
    let mut notes = Vec::new();
    let mut note = |wrong: bool, words: &str| {
        if wrong {
            notes.push(words.to_owned());
        }
    };
    note(params.attempts > GRPC_ATTEMPTS, "gRPC makes 5 attempts at the most; more are taken as 5.");
    note(params.backoff != Kind::Exponential || params.jitter != 20, "gRPC always waits exponentially and spreads each delay by ± 20 %.");
    note(params.jitter_from > 1, "gRPC spreads every retry, the first too.");
    note(params.attempts > 1 && params.initial < SHORTEST_US, "gRPC takes no backoff of 0: 1 ms stands for what is shorter.");
    note(params.total == 0, "An attempt has no timeout of its own in gRPC: timeout is that of the whole call. None is set here.");
    note(params.total > 0, "An attempt has no timeout of its own in gRPC: timeout is that of the whole call.");
    let finagle = matches!(params.budget, BudgetOf::Call | BudgetOf::Success);
    note(finagle, "gRPC has no budget that calls or successes pay for; its throttling is by failures: choose it under Retry budget.");
    note(
        params.retry_after != RetryAfter::Off,
        "A server says when to come back by the metadata grpc-retry-pushback-ms, without configuration; the backoff begins anew after it, as here.",
    );
    note(params.retry_after == RetryAfter::Jittered, "gRPC waits just as long as a server says: it does not spread that.");
    note(params.cancel == Switch::Off, "gRPC cancels what its caller gives up.");
    let timeout = if params.total > 0 { format!("\n      \"timeout\": \"{}s\",", seconds(params.total)) } else { String::new() };
    let retry = match params.attempts {
        1 => String::new(),
        attempts => format!(
            "\n      \"retryPolicy\": {{\n        \"maxAttempts\": {},\n        \"initialBackoff\": \"{}s\",\n        \"maxBackoff\": \"{}s\",\n        \"backoffMultiplier\": {},\n        \"retryableStatusCodes\": [\"UNAVAILABLE\"]\n      }},",
            attempts.min(GRPC_ATTEMPTS),
            seconds(params.initial.max(SHORTEST_US)),
            seconds(params.cap.max(SHORTEST_US)),
            Decimal(u64::from(params.multiplier), 1_000_000)
        ),
    };
    let throttling = match params.budget {
        BudgetOf::Grpc => format!(
            ",\n  \"retryThrottling\": {{\n    \"maxTokens\": {},\n    \"tokenRatio\": {}\n  }}",
            params.tokens,
            Decimal(u64::from(params.ratio), 1_000_000)
        ),
        _ => String::new(),
    };
    let method = format!("{timeout}{retry}");
    let method = method.trim_end_matches(',');
    let comma = if method.is_empty() { "" } else { "," };
    let text = format!(
        "{{\n  \"methodConfig\": [\n    {{\n      \"name\": [{{ \"service\": \"example.Service\" }}]{comma}{method}\n    }}\n  ]{throttling}\n}}\n"
    );
    Export { id: "grpc", tool: "gRPC service config", file: "service-config.json", text, notes }
}

/// resilience4j with Spring Boot: YAML.
fn resilience4j(params: &Params) -> Export {
    let mut lines = Lines::of(&["resilience4j:", "  retry:", "    instances:", "      service:"], "        ");
    lines.say(format!("        maxAttempts: {}", params.attempts));
    waits(params, &mut lines);
    lines.note(params.total > 0, "there is no limit on the time of all attempts together");
    lines.note(params.budget != BudgetOf::Off, "there is no retry budget");
    lines.note(params.retry_after != RetryAfter::Off, "Retry-After is obeyed by an intervalBiFunction, which is code");
    lines.say("  timelimiter:");
    lines.say("    instances:");
    lines.say("      service:");
    lines.say(format!("        timeoutDuration: {}", whole_ms(params.timeout)));
    lines.say(format!("        cancelRunningFuture: {}", params.cancel == Switch::On));
    lines.note(params.patience != Patience::Fixed, "the timeout does not follow the latency");
    lines.say("# Spring's annotations put Retry around TimeLimiter, so that each attempt has this timeout.");
    Export { id: "resilience4j", tool: "resilience4j", file: "application.yml", text: lines.text, notes: Vec::new() }
}

/// How long resilience4j waits before a retry.
fn waits(params: &Params, lines: &mut Lines) {
    // Multiplied and spread, no delay is still none.
    if params.backoff == Kind::None || params.initial == 0 {
        lines.say("        waitDuration: 1ms");
        return lines.note(true, NO_WAIT);
    }
    lines.say(format!("        waitDuration: {}", whole_ms(params.initial)));
    let exponential = params.backoff != Kind::Fixed;
    if exponential {
        lines.say("        enableExponentialBackoff: true");
        lines.say(format!("        exponentialBackoffMultiplier: {}", Decimal(u64::from(params.multiplier), 1_000_000)));
        lines.say(format!("        exponentialMaxWaitDuration: {}", whole_ms(params.cap)));
    }
    let factor_permille = match params.backoff {
        Kind::None => 0,
        Kind::Fixed | Kind::Exponential => params.jitter * 10,
        // From nothing to twice the middle: half of the interval, ± all of it.
        Kind::Full | Kind::Equal | Kind::Decorrelated => 500,
    };
    if factor_permille > 0 {
        lines.say("        enableRandomizedWait: true");
        lines.say(format!("        randomizedWaitFactor: {}", Decimal(u64::from(factor_permille.min(999)), 1_000)));
    }
    lines.note(factor_permille == 1_000, "a factor of 1 is refused: 0.999 is the nearest");
    let full = matches!(params.backoff, Kind::Full | Kind::Equal | Kind::Decorrelated);
    lines.note(full, "full, equal and decorrelated jitter cannot be said; ± 50 % of the exponential is the nearest");
    let capped = exponential && factor_permille > 0;
    lines.note(capped, "the cap is applied after jitter, not before: at the cap half of all delays, later nearly all, are just that");
    lines.note(params.jitter_from > 1, "every retry is spread, the first too");
    let finer = [params.initial, params.cap].iter().any(|us| !us.is_multiple_of(SHORTEST_US));
    lines.note(finer, "delays are counted in whole milliseconds, 1 ms at the least");
}

/// A time above zero as resilience4j takes it: in whole milliseconds, 1 ms at the least.
fn whole_ms(us: u64) -> String {
    spring_duration((us / SHORTEST_US).max(1) * SHORTEST_US)
}

/// The AWS SDKs' shared config file: two settings; the rest is the mode's.
fn aws(params: &Params) -> Export {
    let mut lines = Lines::of(&[], "");
    lines.say("[default]");
    lines.say("retry_mode = standard");
    lines.say(format!("max_attempts = {}", params.attempts));
    let full = params.backoff == Kind::Full && params.cap == 20_000_000 && params.multiplier == 2_000_000;
    lines.note(!full, "backoff cannot be set here: standard mode draws from 0 to a delay that doubles up to 20 s");
    lines.note(params.budget == BudgetOf::Off, "standard mode has a retry quota that cannot be switched off here");
    lines.note(params.budget != BudgetOf::Off, "this budget cannot be said; standard mode has a retry quota of its own");
    lines.note(true, "timeouts are set in code, by the client's own settings");
    lines.note(params.total > 0, "so is the time for all attempts of a call");
    Export { id: "aws", tool: "AWS SDKs", file: "~/.aws/config", text: lines.text, notes: Vec::new() }
}

/// Envoy: a route's retry policy and a cluster's circuit breakers.
fn envoy(params: &Params) -> Export {
    let mut lines = Lines::of(&["# In a route of the HTTP connection manager:", "route:", "  cluster: service"], "  ");
    match params.total {
        0 => lines.say("  timeout: 0s # no limit on all attempts together; the default is 15 s"),
        total => lines.say(format!("  timeout: {}s", seconds(total))),
    }
    if params.attempts > 1 {
        lines.say("  retry_policy:");
        lines.say("    retry_on: \"5xx,reset,connect-failure\"");
        lines.say(format!("    num_retries: {}", params.attempts - 1));
        lines.say(format!("    per_try_timeout: {}s", seconds(params.timeout)));
        let (base_us, most_us) = match params.backoff {
            Kind::None => (0, 0),
            Kind::Fixed => (params.initial, params.initial),
            _ => (params.initial, params.cap),
        };
        lines.say("    retry_back_off:");
        lines.say(format!("      base_interval: {}s", seconds(base_us.max(SHORTEST_US))));
        lines.say(format!("      max_interval: {}s", seconds(most_us.max(SHORTEST_US))));
        lines.note(base_us < SHORTEST_US, "Envoy always waits: for 0 to 1 ms at the least");
        if params.retry_after != RetryAfter::Off {
            lines.say("    rate_limited_retry_back_off:");
            lines.say("      reset_headers: [{ name: Retry-After, format: SECONDS }]");
        }
        lines.note(params.backoff != Kind::Full, "Envoy always draws from 0 to the exponential delay: full jitter");
        lines.note(params.multiplier != 2_000_000, "Envoy always doubles");
        lines.note(params.retry_after == RetryAfter::On, "Envoy adds up to half of it to the time that a server tells");
        lines.note(params.retry_after == RetryAfter::Jittered, "Envoy adds up to half, not all of it, to the time that a server tells");
    }
    lines.note(params.patience != Patience::Fixed, "the timeout does not follow the latency");
    lines.indent = "";
    lines.say("# In the cluster:");
    lines.say("circuit_breakers:");
    lines.say("  thresholds:");
    lines.say("  - priority: DEFAULT");
    match params.budget {
        BudgetOf::Off => lines.say("    max_retries: 3 # at once, the default; raise it where nothing else should limit retries"),
        _ => {
            lines.say("    retry_budget:");
            lines.say(format!("      budget_percent: {{ value: {} }}", Decimal(u64::from(params.ratio), 10_000)));
            lines.say("      min_retry_concurrency: 3");
            lines.note(true, "Envoy's budget is a share of the requests in flight, not of calls or successes over time");
            lines.note(params.budget == BudgetOf::Grpc, "there is no throttling by failures: this is a share of the same size");
        }
    }
    Export { id: "envoy", tool: "Envoy", file: "envoy.yaml", text: lines.text, notes: Vec::new() }
}

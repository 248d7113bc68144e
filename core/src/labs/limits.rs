//! What tools accept for the settings that labs export, as they publish it, and whether an exported configuration keeps to it.

use crate::lab::{Export, Lab};
use crate::params::{Kind, Param, Value};
use crate::scenario::Scenario;

/// How a setting's value is written.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Form {
    /// A whole number.
    Count,
    /// A number.
    Number,
    /// Seconds, as protocol buffers write a duration in JSON: `1.5s`.
    Seconds,
    /// A whole number and its unit, as Spring Boot reads a duration: `1500ms`.
    Spring,
}

/// A limit that a tool publishes for a setting.
struct Limit {
    /// The tool, by the id of its export.
    tool: &'static str,
    /// The setting, as configurations name it.
    setting: &'static str,
    form: Form,
    /// The least and the most that are accepted, in millionths, of a second where it is a time. Where the end itself is refused, the last
    /// millionth before it stands here.
    range: (u64, u64),
    /// It counts only where the configuration says this.
    where_said: &'static str,
    /// The value of this other setting is the least, too; empty where there is none.
    not_below: &'static str,
    /// Where it is published.
    source: &'static str,
}

/// As exact as we write: what is above zero.
const ABOVE_ZERO: u64 = 1;
const ONE: u64 = 1_000_000;
const MS: u64 = 1_000;
const NO_END: u64 = u64::MAX;

const fn limit(
    tool: &'static str,
    setting: &'static str,
    form: Form,
    range: (u64, u64),
    source: &'static str,
) -> Limit {
    Limit { tool, setting, form, range, where_said: "", not_below: "", source }
}

impl Limit {
    const fn where_said(self, words: &'static str) -> Limit {
        Limit { where_said: words, ..self }
    }

    const fn not_below(self, setting: &'static str) -> Limit {
        Limit { not_below: setting, ..self }
    }
}

const A6: &str = "gRPC proposal A6 (client retries), integration with service config";
const A6_THROTTLING: &str = "gRPC proposal A6, throttling: maxTokens in (0, 1000], tokenRatio above 0";
const SERVICE_CONFIG: &str = "grpc/service_config.proto, MethodConfig.timeout: a google.protobuf.Duration";
const R4J_RETRY: &str = "resilience4j, CommonRetryConfigurationProperties: the setters' checks";
const R4J_INTERVAL: &str =
    "resilience4j, IntervalFunction.checkInterval: 1 ms at the least, counted in whole milliseconds";
const R4J_TIME: &str = "resilience4j, CommonTimeLimiterConfigurationProperties.setTimeoutDuration";
const AWS: &str =
    "AWS SDKs and Tools Reference Guide, retry behavior: max_attempts is a whole number above 0";
const ENVOY_RETRY: &str = "Envoy API v3, config.route.v3.RetryPolicy";
const ENVOY_BACKOFF: &str = "Envoy API v3, RetryPolicy.RetryBackOff: above zero; less than 1 ms is rounded up; max_interval not below base_interval";
const ENVOY_ROUTE: &str = "Envoy API v3, RouteAction.timeout: 0 is without limit";
const ENVOY_BREAKERS: &str = "Envoy API v3, config.cluster.v3.CircuitBreakers";

/// The limits.
static LIMITS: &[Limit] = &[
    limit("grpc", "maxAttempts", Form::Count, (2 * ONE, NO_END), A6),
    limit("grpc", "initialBackoff", Form::Seconds, (ABOVE_ZERO, NO_END), A6),
    limit("grpc", "maxBackoff", Form::Seconds, (ABOVE_ZERO, NO_END), A6),
    limit("grpc", "backoffMultiplier", Form::Number, (ABOVE_ZERO, NO_END), A6),
    limit("grpc", "maxTokens", Form::Number, (ABOVE_ZERO, 1_000 * ONE), A6_THROTTLING),
    limit("grpc", "tokenRatio", Form::Number, (ABOVE_ZERO, NO_END), A6_THROTTLING),
    limit("grpc", "timeout", Form::Seconds, (0, NO_END), SERVICE_CONFIG),
    limit("resilience4j", "maxAttempts", Form::Count, (ONE, NO_END), R4J_RETRY),
    limit("resilience4j", "waitDuration", Form::Spring, (0, NO_END), R4J_RETRY),
    limit("resilience4j", "waitDuration", Form::Spring, (MS, NO_END), R4J_INTERVAL)
        .where_said("enableExponentialBackoff: true"),
    limit("resilience4j", "waitDuration", Form::Spring, (MS, NO_END), R4J_INTERVAL)
        .where_said("enableRandomizedWait: true"),
    limit("resilience4j", "exponentialBackoffMultiplier", Form::Number, (ABOVE_ZERO, NO_END), R4J_RETRY),
    limit("resilience4j", "exponentialMaxWaitDuration", Form::Spring, (MS, NO_END), R4J_INTERVAL),
    limit("resilience4j", "randomizedWaitFactor", Form::Number, (0, ONE - 1), R4J_RETRY),
    limit("resilience4j", "timeoutDuration", Form::Spring, (0, NO_END), R4J_TIME),
    limit("aws", "max_attempts", Form::Count, (ONE, NO_END), AWS),
    limit("envoy", "timeout", Form::Seconds, (0, NO_END), ENVOY_ROUTE),
    limit("envoy", "num_retries", Form::Count, (0, u32::MAX as u64 * ONE), ENVOY_RETRY),
    limit("envoy", "per_try_timeout", Form::Seconds, (0, NO_END), ENVOY_RETRY),
    limit("envoy", "base_interval", Form::Seconds, (MS, NO_END), ENVOY_BACKOFF),
    limit("envoy", "max_interval", Form::Seconds, (MS, NO_END), ENVOY_BACKOFF).not_below("base_interval"),
    limit("envoy", "max_retries", Form::Count, (0, u32::MAX as u64 * ONE), ENVOY_BREAKERS),
    limit("envoy", "budget_percent", Form::Number, (0, 100 * ONE), ENVOY_BREAKERS),
    limit("envoy", "min_retry_concurrency", Form::Count, (0, u32::MAX as u64 * ONE), ENVOY_BREAKERS),
];

/// The settings of a configuration that are numbers: name, value as written.
fn settings(text: &str) -> Vec<(&str, &str)> {
    let mut settings = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((name, value)) = line.split_once([':', '=']) else { continue };
        let value = value.trim().trim_start_matches("{ value:").trim_end_matches('}');
        let plain = |c: char| c == '"' || c == ',' || c.is_whitespace();
        let value = value.trim_matches(plain);
        let unit = value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        if unit != value && unit.len() <= 2 && unit.chars().all(|c| c.is_ascii_alphabetic()) {
            settings.push((name.trim_matches(plain).trim_start_matches("- "), value));
        }
    }
    settings
}

/// A value in millionths, if it is written as it should be.
fn millionths(form: Form, written: &str) -> Option<u64> {
    let end = written.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(written.len());
    let (number, unit) = written.split_at(end);
    let of_unit = match (form, unit) {
        (Form::Count | Form::Number, "") | (Form::Seconds | Form::Spring, "s") => ONE,
        (Form::Spring, "ms") => MS,
        (Form::Spring, "us") => 1,
        _ => return None,
    };
    let (whole, parts) = number.split_once('.').unwrap_or((number, ""));
    if !parts.is_empty() && matches!(form, Form::Count | Form::Spring) {
        return None;
    }
    let parts = format!("{parts:0<6}");
    Some((whole.parse::<u64>().ok()? * ONE + parts.get(..6)?.parse::<u64>().ok()?) * of_unit / ONE)
}

/// What a tool refuses of its configuration, and the settings of which no limit is written down.
fn refused(export: &Export) -> Vec<String> {
    let settings = settings(&export.text);
    let mut refused = Vec::new();
    for (name, written) in &settings {
        let mut limits =
            LIMITS.iter().filter(|limit| limit.tool == export.id && limit.setting == *name).peekable();
        if limits.peek().is_none() {
            refused.push(format!("{}: no limit is written down for {name}", export.id));
        }
        for limit in limits.filter(|limit| export.text.contains(limit.where_said)) {
            let other = settings.iter().find(|(other, _)| *other == limit.not_below);
            let least = other
                .and_then(|(_, written)| millionths(limit.form, written))
                .unwrap_or(0)
                .max(limit.range.0);
            if !millionths(limit.form, written).is_some_and(|value| (least..=limit.range.1).contains(&value))
            {
                refused.push(format!("{}: {name}: {written} is refused ({})", export.id, limit.source));
            }
        }
    }
    refused
}

/// Every choice of a parameter, or the ends of its range and, of times, what lies just within the shortest.
fn ends(param: &Param) -> Vec<Value> {
    match &param.kind {
        Kind::Int { min, max, .. } => vec![Value::Int(*min), Value::Int(*max)],
        Kind::Duration { min_us, max_us, .. } => [*min_us, min_us + 1, *max_us].map(Value::Duration).to_vec(),
        Kind::Decimal { min, max, .. } => vec![Value::Decimal(*min), Value::Decimal(*max)],
        Kind::Choice { words, .. } => (0..words.len()).map(|i| Value::Choice(i as u8)).collect(),
        Kind::Dist { .. } => Vec::new(),
    }
}

/// Every configuration that the lab exports keeps to the tool's limits, with any two parameters at the ends of their ranges.
pub(super) fn keeps_to_them(lab: &dyn Lab) {
    let values: Vec<(usize, Value)> = lab
        .params()
        .iter()
        .enumerate()
        .flat_map(|(place, param)| ends(param).into_iter().map(move |value| (place, value)))
        .collect();
    let mut tried = 0;
    for (i, one) in values.iter().enumerate() {
        for other in &values[i..] {
            let mut scenario = Scenario::of(lab);
            for (place, value) in [one, other] {
                scenario.values[*place] = value.clone();
            }
            if !lab.problems(&scenario).is_empty() {
                continue;
            }
            tried += 1;
            for export in lab.exports(&scenario) {
                let refused = refused(&export);
                assert!(refused.is_empty(), "{}\n{}", refused.join("; "), export.text);
            }
        }
    }
    assert!(tried > values.len(), "{tried} pairs of {} values", values.len());
}

#[test]
fn a_value_that_a_tool_refuses_is_found() {
    let refuses =
        |id, text: &str| refused(&Export { id, tool: id, file: "", text: text.into(), notes: Vec::new() });
    for (id, text) in [
        ("grpc", "\"initialBackoff\": \"0s\","),
        ("grpc", "\"maxAttempts\": 1,"),
        ("resilience4j", "  randomizedWaitFactor: 1"),
        ("resilience4j", "  waitDuration: 1.5ms"),
        ("resilience4j", "waitDuration: 0ms\nenableRandomizedWait: true"),
        ("envoy", "base_interval: 0.025s\nmax_interval: 0.02s"),
        ("envoy", "budget_percent: { value: 120 }"),
        ("envoy", "something_new: 3"),
    ] {
        assert_eq!(refuses(id, text).len(), 1, "{text}");
    }
    for (id, text) in [
        ("grpc", "\"initialBackoff\": \"0.001s\","),
        ("resilience4j", "randomizedWaitFactor: 0.999\nwaitDuration: 1ms\nenableRandomizedWait: true"),
        ("envoy", "budget_percent: { value: 20 } # a comment: 3"),
    ] {
        assert_eq!(refuses(id, text), [""; 0], "{text}");
    }
}

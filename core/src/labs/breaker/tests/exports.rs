//! What is exported is what the tools take: each parameter at both ends of its range, alone and with what else it goes with.

use super::super::{LAB, Params};
use crate::labs::tests::scenario as opens;
use crate::lab::Lab;
use crate::params::{Kind, Param};
use crate::time::{DurationUs, parse_duration_us};

/// What a tool takes for a key, as it publishes it.
enum Takes {
    /// A whole number in this range.
    Number(u64, u64),
    /// A number of at least so many millionths, and less than, or up to, so many.
    Decimal(u64, u64),
    /// A time of at least so many µs, in whole units of so many.
    Time(u64, u64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// The number that another key has, or more.
    NotLess(&'static str),
}

use Takes::{Decimal, NotLess, Number, Time, Word};

const MOST: u64 = u32::MAX as u64;

/// resilience4j: the setters of `CommonCircuitBreakerConfigurationProperties`, `CommonRetryConfigurationProperties` (a wait below 1 ms is
/// taken for the default), `ThreadPoolBulkheadConfig` and `CommonTimeLimiterConfigurationProperties`. Waits are cut to whole milliseconds.
const RESILIENCE4J: &[(&str, Takes)] = &[
    ("slidingWindowType", Word(&["COUNT_BASED", "TIME_BASED"])),
    ("slidingWindowSize", Number(1, MOST)),
    ("minimumNumberOfCalls", Number(1, MOST)),
    ("failureRateThreshold", Number(1, 100)),
    ("slowCallRateThreshold", Number(1, 100)),
    ("slowCallDurationThreshold", Time(1, 1)),
    ("waitDurationInOpenState", Time(1_000, 1_000)),
    ("enableRandomizedWait", Word(&["true"])),
    ("randomizedWaitFactor", Decimal(0, 999_999)),
    ("enableExponentialBackoff", Word(&["true"])),
    ("exponentialBackoffMultiplier", Decimal(1_000_000, u64::MAX)),
    ("exponentialMaxWaitDurationInOpenState", Time(1_000, 1_000)),
    ("permittedNumberOfCallsInHalfOpenState", Number(1, MOST)),
    ("maxWaitDurationInHalfOpenState", Time(1_000, 1_000)),
    ("transitionToStateAfterWaitDuration", Word(&["OPEN", "CLOSED"])),
    ("maxAttempts", Number(1, MOST)),
    ("waitDuration", Time(1_000, 1_000)),
    ("circuitbreaker.circuitBreakerAspectOrder", Number(1, 1)),
    ("retry.retryAspectOrder", Number(2, 2)),
    ("coreThreadPoolSize", Number(1, MOST)),
    ("maxThreadPoolSize", NotLess("coreThreadPoolSize")),
    ("queueCapacity", Number(1, MOST)),
    ("timeoutDuration", Time(1, 1)),
];

/// Envoy: the rules of `outlier_detection.proto` and `circuit_breaker.proto`. Times are cut to whole milliseconds.
const ENVOY: &[(&str, Takes)] = &[
    ("consecutive_5xx", Number(1, MOST)),
    ("enforcing_consecutive_5xx", Number(0, 100)),
    ("failure_percentage_threshold", Number(0, 100)),
    ("enforcing_failure_percentage", Number(0, 100)),
    ("failure_percentage_request_volume", Number(0, MOST)),
    ("failure_percentage_minimum_hosts", Number(0, MOST)),
    ("interval", Time(1_000, 1_000)),
    ("base_ejection_time", Time(1_000, 1_000)),
    ("max_ejection_time", Time(1_000, 1_000)),
    ("max_ejection_time_jitter", Time(0, 1_000)),
    ("max_ejection_percent", Number(0, 100)),
    ("- priority", Word(&["DEFAULT"])),
    ("max_requests", Number(0, MOST)),
    ("max_pending_requests", Number(0, MOST)),
];

/// Two settings that a tool takes only one of.
const NOT_BOTH: (&str, &str) = ("enableRandomizedWait", "enableExponentialBackoff");

/// The keys of a configuration that have a value, in order.
fn values(text: &str) -> Vec<(&str, &str)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(": ")).collect()
}

/// What a tool would say against a configuration.
fn complaints(text: &str, limits: &[(&str, Takes)]) -> Vec<String> {
    let values = values(text);
    let find = |key: &str| values.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    let number = |text: &str| text.parse::<u64>().ok();
    let millionths = |text: &str| crate::params::parse_decimal(text).and_then(|n| u64::try_from(n).ok());
    let taken = |(key, value): &(&str, &str)| {
        let Some((_, takes)) = limits.iter().find(|(name, _)| name == key) else { return false };
        match takes {
            Number(from, to) => number(value).is_some_and(|n| (*from..=*to).contains(&n)),
            Decimal(from, to) => millionths(value).is_some_and(|n| (*from..=*to).contains(&n)),
            Time(from, unit) => parse_duration_us(value).is_ok_and(|us| us >= *from && us.is_multiple_of(*unit)),
            Word(words) => words.contains(value),
            NotLess(other) => number(value) >= find(other).and_then(number) && number(value).is_some(),
        }
    };
    let mut complaints: Vec<String> =
        values.iter().filter(|value| !taken(value)).map(|(key, value)| format!("{key}: {value}")).collect();
    if find(NOT_BOTH.0).is_some() && find(NOT_BOTH.1).is_some() {
        complaints.push(format!("{} and {}", NOT_BOTH.0, NOT_BOTH.1));
    }
    complaints
}

/// The ends of a parameter's range, as links write them; all words of a choice.
fn ends(param: &Param) -> Vec<String> {
    match &param.kind {
        Kind::Int { min, max, .. } => vec![min.to_string(), max.to_string()],
        Kind::Duration { min_us, max_us, .. } => {
            [*min_us, min_us + 1, *max_us - 1, *max_us].map(|us| DurationUs(us).to_string()).to_vec()
        }
        Kind::Decimal { min, max, .. } => [*min, *max].map(crate::params::format_decimal).to_vec(),
        Kind::Choice { words, .. } => words.iter().map(|word| word.word.to_owned()).collect(),
        Kind::Dist { default } => vec![(*default).to_owned()],
    }
}

#[test]
fn what_is_exported_keeps_to_the_tools_limits() {
    // What a parameter needs beside it to be exported at all.
    let beside = ["", "&order=retry-outside", "&order=breaker-outside", "&open_growth=2&open_most=10s", "&open_jitter=100", "&trial_limit=5s&trip=consecutive", "&window=seconds&pools=shared", "&open_growth=2&open_jitter=50&trip=count"];
    let mut keys: Vec<String> = Vec::new();
    for param in Params::TABLE {
        for (end, beside) in ends(param).iter().flat_map(|end| beside.map(|beside| (end.clone(), beside))) {
            if beside.contains(&format!("&{}=", param.key)) {
                continue;
            }
            let link = format!("breaker?{}={end}{beside}", param.key);
            for export in LAB.exports(&opens(&link)) {
                let limits = if export.id == "envoy" { ENVOY } else { RESILIENCE4J };
                assert_eq!(complaints(&export.text, limits), [""; 0], "{link}: {}", export.text);
                keys.extend(values(&export.text).iter().map(|(key, _)| (*key).to_owned()));
            }
        }
    }
    // Every limit has been put to the test.
    for (key, _) in RESILIENCE4J.iter().chain(ENVOY) {
        assert!(keys.iter().any(|told| told == key), "{key} is never exported");
    }
}

/// What the tools cannot say is said beside it.
#[test]
fn what_a_tool_cannot_say_has_a_note() {
    for (link, tool, line, note) in [
        ("open_for=0ms", "resilience4j", "waitDurationInOpenState: 1ms", "open for a millisecond at the least"),
        ("open_for=1500us", "resilience4j", "waitDurationInOpenState: 2ms", "whole milliseconds"),
        ("open_jitter=100", "resilience4j", "randomizedWaitFactor: 0.999", "less than 1"),
        ("open_growth=2&open_jitter=50", "resilience4j", "exponentialBackoffMultiplier: 2", "ofExponentialRandomBackoff"),
        ("order=retry-outside&backoff=0ms", "resilience4j", "waitDuration: 1ms", "taken for the default"),
        ("pool_queue=0", "resilience4j", "queueCapacity: 1", "one place at the least"),
        ("count_errors=success", "resilience4j", "failureRateThreshold", "without the dependency's errors"),
        ("open_for=0ms", "envoy", "base_ejection_time: 0.001s", "longer than nothing"),
        ("open_for=30s", "envoy", "max_ejection_time: 30s", "lasts longer each time"),
        ("open_for=30s&open_growth=2&open_most=1m", "envoy", "max_ejection_time: 60s", "not by a factor"),
        ("open_for=10s&open_jitter=20", "envoy", "base_ejection_time: 8s\n", "max_ejection_time_jitter: 4s"),
        ("pool_queue=0", "envoy", "max_pending_requests: 0", "is refused"),
    ] {
        let exports = LAB.exports(&opens(&format!("breaker?{link}")));
        let text = &exports.iter().find(|export| export.id == tool).unwrap().text;
        assert!(text.contains(line) && text.contains(note), "{link}: {text}");
    }
}

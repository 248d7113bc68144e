//! What tools accept for the settings that labs export, as they publish it, and whether an exported configuration keeps to it.

use super::LABS;
use super::tests::presets;
use crate::lab::{Export, Lab};
use crate::params::{Kind, Param, Value};
use crate::scenario::Scenario;

/// What a setting's value may be. Numbers are in millionths, of a second where it is a time, from the least to the most that is accepted;
/// where the end itself is refused, the last millionth before it stands here.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Takes {
    /// A whole number.
    Count(u64, u64),
    /// A number.
    Number(u64, u64),
    /// Seconds, as protocol buffers write a duration: `1.5s`; in whole units of so many millionths.
    Seconds(u64, u64),
    /// A whole number and its unit, as Spring Boot reads a duration: `1500ms`; in whole units of so many millionths.
    Spring(u64, u64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these, where each `#` stands for a whole number above zero.
    Like(&'static [&'static str]),
}

use Takes::{Count, Like, Number, Seconds, Spring, Word};

/// What a tool publishes of a setting.
struct Limit {
    /// The tool, by the id of its export.
    tool: &'static str,
    /// What the setting stands in, where the tool has another of that name; empty where it has none.
    within: &'static str,
    /// The setting, as configurations name it.
    setting: &'static str,
    takes: Takes,
    /// The value of this other setting is the least, too; empty where there is none.
    not_below: &'static str,
    /// It is refused beside this other setting; empty where there is none.
    not_with: &'static str,
    /// Where it is published.
    source: &'static str,
}

/// As exact as we write: what is above zero.
const ABOVE_ZERO: u64 = 1;
const ONE: u64 = 1_000_000;
const MS: u64 = 1_000;
const NO_END: u64 = u64::MAX;
const INT: u64 = i32::MAX as u64 * ONE;
const UINT: u64 = u32::MAX as u64 * ONE;
const YES_OR_NO: Takes = Word(&["true", "false"]);

const fn limit(tool: &'static str, setting: &'static str, takes: Takes, source: &'static str) -> Limit {
    Limit { tool, within: "", setting, takes, not_below: "", not_with: "", source }
}

impl Limit {
    const fn within(self, words: &'static str) -> Limit {
        Limit { within: words, ..self }
    }

    const fn not_below(self, setting: &'static str) -> Limit {
        Limit { not_below: setting, ..self }
    }

    const fn not_with(self, setting: &'static str) -> Limit {
        Limit { not_with: setting, ..self }
    }
}

const A6: &str = "gRPC proposal A6 (client retries), integration with service config";
const A6_THROTTLING: &str = "gRPC proposal A6, throttling: maxTokens in (0, 1000], tokenRatio above 0";
const SERVICE_CONFIG: &str = "grpc/service_config.proto, MethodConfig.timeout: a google.protobuf.Duration";
const R4J_BREAKER: &str = "resilience4j, CommonCircuitBreakerConfigurationProperties: the setters' checks; waits are cut to milliseconds";
const R4J_RETRY: &str = "resilience4j, CommonRetryConfigurationProperties: the setters' checks";
const R4J_WAIT: &str = "resilience4j: a wait of 0 is taken for \"no more retries\" by asynchronous calls (issue 1456), and for the default of 500 ms before 1.7.1 (issue 1559); IntervalFunction.checkInterval: 1 ms at the least, counted in whole milliseconds";
const R4J_POOL: &str = "resilience4j, ThreadPoolBulkheadConfig: the builder's checks";
const R4J_TIME: &str = "resilience4j, CommonTimeLimiterConfigurationProperties.setTimeoutDuration";
const R4J_ORDER: &str =
    "resilience4j, getting started with Spring Boot, aspect order: what has the lower number stands outside";
const AWS: &str =
    "AWS SDKs and Tools Reference Guide, retry behavior: max_attempts is a whole number above 0";
const REDIS: &str = "redis.conf, key eviction; config.c: maxmemory-samples from 1 to 64";
const ENVOY_RETRY: &str = "Envoy API v3, config.route.v3.RetryPolicy";
const ENVOY_BACKOFF: &str = "Envoy API v3, RetryPolicy.RetryBackOff: above zero; less than 1 ms is rounded up; max_interval not below base_interval";
const ENVOY_ROUTE: &str = "Envoy API v3, RouteAction.timeout: 0 is without limit";
const ENVOY_STREAM: &str =
    "Envoy API v3, RouteAction.MaxStreamDuration: 0 takes the grpc-timeout header as it is";
const ENVOY_HEDGE: &str = "Envoy API v3, config.route.v3.HedgePolicy";
const ENVOY_BREAKERS: &str = "Envoy API v3, config.cluster.v3.CircuitBreakers";
const ENVOY_LOCAL: &str = "Envoy API v3, extensions.filters.http.local_ratelimit.v3.LocalRateLimit, type.v3.TokenBucket: tokens above zero, fill_interval 50 ms at the least";
const NGINX: &str = "nginx, ngx_http_limit_req_module: rates are whole numbers of r/s or r/m above zero, burst a whole number above zero";
const NGINX_RATE: Takes = Like(&["limit:10m rate=#r/s;", "limit:10m rate=#r/m;"]);
const ENVOY_OUTLIERS: &str = "Envoy API v3, config.cluster.v3.OutlierDetection: intervals above zero, percentages to 100; in milliseconds";

const A50: &str = "gRPC proposal A50 (outlier detection), validation of its configuration";
const ENVOY_CLUSTER: &str = "Envoy API v3, config.cluster.v3.Cluster: lb_policy, connect_timeout above zero, choice_count two at the least, slow start's window above zero, percentages to 100";
const ENVOY_HEALTH: &str = "Envoy API v3, config.core.v3.HealthCheck: timeout and interval above zero, in milliseconds; both thresholds are required";

/// The limits.
static LIMITS: &[Limit] = &[
    limit("grpc", "maxAttempts", Count(2 * ONE, NO_END), A6),
    limit("grpc", "hedgingDelay", Seconds(0, ABOVE_ZERO), A6),
    limit("grpc", "initialBackoff", Seconds(ABOVE_ZERO, ABOVE_ZERO), A6),
    limit("grpc", "maxBackoff", Seconds(ABOVE_ZERO, ABOVE_ZERO), A6),
    limit("grpc", "backoffMultiplier", Number(ABOVE_ZERO, NO_END), A6),
    limit("grpc", "maxTokens", Number(ABOVE_ZERO, 1_000 * ONE), A6_THROTTLING),
    limit("grpc", "tokenRatio", Number(ABOVE_ZERO, NO_END), A6_THROTTLING),
    limit("grpc", "timeout", Seconds(0, ABOVE_ZERO), SERVICE_CONFIG),
    limit("grpc", "interval", Seconds(ABOVE_ZERO, ABOVE_ZERO), A50),
    limit("grpc", "baseEjectionTime", Seconds(ABOVE_ZERO, ABOVE_ZERO), A50),
    limit("grpc", "maxEjectionPercent", Count(0, 100 * ONE), A50),
    limit("resilience4j", "slidingWindowType", Word(&["COUNT_BASED", "TIME_BASED"]), R4J_BREAKER),
    limit("resilience4j", "slidingWindowSize", Count(ONE, INT), R4J_BREAKER),
    limit("resilience4j", "minimumNumberOfCalls", Count(ONE, INT), R4J_BREAKER),
    limit("resilience4j", "failureRateThreshold", Number(ABOVE_ZERO, 100 * ONE), R4J_BREAKER),
    limit("resilience4j", "slowCallRateThreshold", Number(ABOVE_ZERO, 100 * ONE), R4J_BREAKER),
    limit("resilience4j", "slowCallDurationThreshold", Spring(ABOVE_ZERO, ABOVE_ZERO), R4J_BREAKER),
    limit("resilience4j", "waitDurationInOpenState", Spring(MS, MS), R4J_BREAKER),
    limit("resilience4j", "enableRandomizedWait", YES_OR_NO, R4J_BREAKER)
        .within("circuitbreaker")
        .not_with("enableExponentialBackoff"),
    limit("resilience4j", "randomizedWaitFactor", Number(0, ONE - 1), R4J_BREAKER).within("circuitbreaker"),
    limit("resilience4j", "enableExponentialBackoff", YES_OR_NO, R4J_BREAKER).within("circuitbreaker"),
    limit("resilience4j", "exponentialBackoffMultiplier", Number(ONE, NO_END), R4J_BREAKER)
        .within("circuitbreaker"),
    limit("resilience4j", "exponentialMaxWaitDurationInOpenState", Spring(MS, MS), R4J_BREAKER),
    limit("resilience4j", "permittedNumberOfCallsInHalfOpenState", Count(ONE, INT), R4J_BREAKER),
    limit("resilience4j", "maxWaitDurationInHalfOpenState", Spring(MS, MS), R4J_BREAKER),
    limit("resilience4j", "transitionToStateAfterWaitDuration", Word(&["OPEN", "CLOSED"]), R4J_BREAKER),
    limit("resilience4j", "maxAttempts", Count(ONE, INT), R4J_RETRY),
    limit("resilience4j", "waitDuration", Spring(MS, MS), R4J_WAIT),
    limit("resilience4j", "enableExponentialBackoff", YES_OR_NO, R4J_RETRY).within("retry"),
    limit("resilience4j", "exponentialBackoffMultiplier", Number(ABOVE_ZERO, NO_END), R4J_RETRY)
        .within("retry"),
    limit("resilience4j", "exponentialMaxWaitDuration", Spring(MS, MS), R4J_WAIT),
    limit("resilience4j", "enableRandomizedWait", YES_OR_NO, R4J_RETRY).within("retry"),
    limit("resilience4j", "randomizedWaitFactor", Number(0, ONE - 1), R4J_RETRY).within("retry"),
    limit("resilience4j", "circuitbreaker.circuitBreakerAspectOrder", Count(ONE, ONE), R4J_ORDER),
    limit("resilience4j", "retry.retryAspectOrder", Count(2 * ONE, 2 * ONE), R4J_ORDER),
    limit("resilience4j", "coreThreadPoolSize", Count(ONE, INT), R4J_POOL),
    limit("resilience4j", "maxThreadPoolSize", Count(ONE, INT), R4J_POOL).not_below("coreThreadPoolSize"),
    limit("resilience4j", "queueCapacity", Count(ONE, INT), R4J_POOL),
    limit("resilience4j", "timeoutDuration", Spring(ABOVE_ZERO, ABOVE_ZERO), R4J_TIME),
    limit("resilience4j", "cancelRunningFuture", YES_OR_NO, R4J_TIME),
    limit("aws", "retry_mode", Word(&["standard"]), AWS),
    limit("aws", "max_attempts", Count(ONE, NO_END), AWS),
    limit("redis", "maxmemory", Count(0, NO_END), REDIS),
    limit(
        "redis",
        "maxmemory-policy",
        Word(&[
            "noeviction",
            "allkeys-lru",
            "allkeys-lfu",
            "allkeys-random",
            "volatile-lru",
            "volatile-lfu",
            "volatile-random",
            "volatile-ttl",
        ]),
        REDIS,
    ),
    limit("redis", "maxmemory-samples", Count(ONE, 64 * ONE), REDIS),
    limit("envoy", "cluster", Word(&["service"]), ENVOY_ROUTE),
    limit("envoy", "timeout", Seconds(0, ABOVE_ZERO), ENVOY_ROUTE),
    limit("envoy", "grpc_timeout_header_max", Seconds(0, ABOVE_ZERO), ENVOY_STREAM),
    limit(
        "envoy",
        "retry_on",
        Word(&["5xx,reset,connect-failure", "gateway-error,connect-failure"]),
        ENVOY_RETRY,
    ),
    limit("envoy", "hedge_on_per_try_timeout", YES_OR_NO, ENVOY_HEDGE),
    limit("envoy", "num_retries", Count(0, UINT), ENVOY_RETRY),
    limit("envoy", "per_try_timeout", Seconds(0, ABOVE_ZERO), ENVOY_RETRY),
    limit("envoy", "base_interval", Seconds(MS, ABOVE_ZERO), ENVOY_BACKOFF),
    limit("envoy", "max_interval", Seconds(MS, ABOVE_ZERO), ENVOY_BACKOFF).not_below("base_interval"),
    limit("envoy", "- priority", Word(&["DEFAULT"]), ENVOY_BREAKERS),
    limit("envoy", "max_retries", Count(0, UINT), ENVOY_BREAKERS),
    limit("envoy", "max_requests", Count(0, UINT), ENVOY_BREAKERS),
    limit("envoy", "max_pending_requests", Count(0, UINT), ENVOY_BREAKERS),
    limit("envoy", "budget_percent", Number(0, 100 * ONE), ENVOY_BREAKERS),
    limit("envoy", "min_retry_concurrency", Count(0, UINT), ENVOY_BREAKERS),
    limit("envoy", "name", Word(&["envoy.filters.http.local_ratelimit"]), ENVOY_LOCAL),
    limit(
        "envoy",
        "@type",
        Word(&["type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"]),
        ENVOY_LOCAL,
    ),
    limit("envoy", "stat_prefix", Word(&["limit"]), ENVOY_LOCAL),
    limit("envoy", "max_tokens", Count(ONE, UINT), ENVOY_LOCAL),
    limit("envoy", "tokens_per_fill", Count(ONE, UINT), ENVOY_LOCAL),
    limit("envoy", "fill_interval", Seconds(50 * MS, ABOVE_ZERO), ENVOY_LOCAL),
    limit("nginx", "limit_req_zone $server_name zone", NGINX_RATE, NGINX),
    limit("nginx", "limit_req_zone $http_x_tenant zone", NGINX_RATE, NGINX),
    limit("nginx", "limit_req zone", Like(&["limit;", "limit burst=#;", "limit burst=# nodelay;"]), NGINX),
    limit("envoy", "consecutive_5xx", Count(0, UINT), ENVOY_OUTLIERS),
    limit("envoy", "enforcing_consecutive_5xx", Count(0, 100 * ONE), ENVOY_OUTLIERS),
    limit("envoy", "failure_percentage_threshold", Count(0, 100 * ONE), ENVOY_OUTLIERS),
    limit("envoy", "enforcing_failure_percentage", Count(0, 100 * ONE), ENVOY_OUTLIERS),
    limit("envoy", "failure_percentage_request_volume", Count(0, UINT), ENVOY_OUTLIERS),
    limit("envoy", "failure_percentage_minimum_hosts", Count(0, UINT), ENVOY_OUTLIERS),
    limit("envoy", "interval", Seconds(MS, MS), ENVOY_OUTLIERS),
    limit("envoy", "base_ejection_time", Seconds(MS, MS), ENVOY_OUTLIERS),
    limit("envoy", "max_ejection_time", Seconds(MS, MS), ENVOY_OUTLIERS).not_below("base_ejection_time"),
    limit("envoy", "max_ejection_time_jitter", Seconds(0, MS), ENVOY_OUTLIERS),
    limit("envoy", "- name", Word(&["service"]), ENVOY_CLUSTER),
    limit("envoy", "connect_timeout", Seconds(ABOVE_ZERO, ABOVE_ZERO), ENVOY_CLUSTER),
    limit("envoy", "lb_policy", Word(&["ROUND_ROBIN", "RANDOM", "LEAST_REQUEST", "MAGLEV"]), ENVOY_CLUSTER),
    limit("envoy", "choice_count", Count(2 * ONE, UINT), ENVOY_CLUSTER),
    limit("envoy", "slow_start_window", Seconds(ABOVE_ZERO, ABOVE_ZERO), ENVOY_CLUSTER),
    limit("envoy", "min_weight_percent", Number(0, 100 * ONE), ENVOY_CLUSTER),
    limit("envoy", "healthy_panic_threshold", Number(0, 100 * ONE), ENVOY_CLUSTER),
    limit("envoy", "- interval", Seconds(MS, MS), ENVOY_HEALTH),
    limit("envoy", "unhealthy_threshold", Count(ONE, UINT), ENVOY_HEALTH),
    limit("envoy", "healthy_threshold", Count(ONE, UINT), ENVOY_HEALTH),
    limit("envoy", "max_ejection_percent", Count(0, 100 * ONE), ENVOY_OUTLIERS),
];

/// A setting of a configuration.
struct Setting<'a> {
    /// What it stands in, from the outermost, each with how far it is indented.
    within: Vec<(usize, &'a str)>,
    name: &'a str,
    written: &'a str,
}

/// The settings of a tool's configuration that have one value, in order.
fn settings<'a>(tool: &str, text: &'a str) -> Vec<Setting<'a>> {
    let plain = |c: char| c == '"' || c == ',' || c.is_whitespace();
    let mut settings = Vec::new();
    let mut within: Vec<(usize, &str)> = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let line = line.trim_end();
        let pair = match tool {
            "redis" => line.split_once(' '),
            // Words one after the other; of nginx's only some are settings with a value.
            "nginx" => line.split_once('=').filter(|_| line.starts_with("limit_req")),
            "haproxy" => None,
            _ => {
                let ends = line.strip_suffix(':').map(|name| (name, ""));
                line.split_once(": ")
                    .or_else(|| line.split_once(" = "))
                    .or_else(|| line.split_once('='))
                    .or(ends)
            }
        };
        let Some((name, value)) = pair else { continue };
        let indent = line.len() - line.trim_start().len();
        within.retain(|(further, _)| *further < indent);
        let name = name.trim_matches(plain);
        let value = value.trim().trim_start_matches("{ value:").trim_end_matches('}').trim_matches(plain);
        if value.is_empty() || value.starts_with(['{', '[']) {
            within.push((indent, name));
        } else {
            settings.push(Setting { within: within.clone(), name, written: value });
        }
    }
    settings
}

/// Whether it is written so, with whole numbers above zero for each `#`.
fn is_like(written: &str, pattern: &str) -> bool {
    let mut rest = written;
    for (place, piece) in pattern.split('#').enumerate() {
        if place > 0 {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            if rest[..end].parse::<u32>().is_ok_and(|number| number > 0) {
                rest = &rest[end..]
            } else {
                return false;
            }
        }
        let Some(after) = rest.strip_prefix(piece) else { return false };
        rest = after;
    }
    rest.is_empty()
}

/// A number as written, in millionths; none if it is not written as it should be.
fn millionths(takes: Takes, written: &str) -> Option<u64> {
    let end = written.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(written.len());
    let (number, unit) = written.split_at(end);
    let of_unit = match (takes, unit) {
        (Count(..) | Number(..), "") | (Seconds(..) | Spring(..), "s") => ONE,
        (Spring(..), "ms") => MS,
        (Spring(..), "us") => 1,
        _ => return None,
    };
    let (whole, parts) = number.split_once('.').unwrap_or((number, ""));
    if !parts.is_empty() && matches!(takes, Count(..) | Spring(..)) {
        return None;
    }
    let parts = format!("{parts:0<6}");
    let all =
        u128::from(whole.parse::<u64>().ok()?) * u128::from(ONE) + parts.get(..6)?.parse::<u128>().ok()?;
    u64::try_from(all * u128::from(of_unit) / u128::from(ONE)).ok()
}

impl Limit {
    /// Whether it is a limit of that setting of that tool.
    fn is_of(&self, tool: &str, setting: &Setting) -> bool {
        let inside = self.within.is_empty() || setting.within.iter().any(|(_, name)| *name == self.within);
        self.tool == tool && self.setting == setting.name && inside
    }

    /// Whether the tool takes a setting, among those that stand where it does.
    fn accepts(&self, setting: &Setting, all: &[Setting]) -> bool {
        let beside =
            |name: &str| all.iter().find(|other| other.name == name && other.within == setting.within);
        let value = millionths(self.takes, setting.written);
        let least =
            beside(self.not_below).and_then(|other| millionths(self.takes, other.written)).unwrap_or(0);
        let taken = match self.takes {
            Count(from, to) | Number(from, to) => value.is_some_and(|value| (from..=to).contains(&value)),
            Seconds(from, unit) | Spring(from, unit) => {
                value.is_some_and(|value| value >= from && value.is_multiple_of(unit))
            }
            Word(words) => words.contains(&setting.written),
            Like(patterns) => patterns.iter().any(|pattern| is_like(setting.written, pattern)),
        };
        taken && value.is_none_or(|value| value >= least) && beside(self.not_with).is_none()
    }
}

/// What a tool refuses of its configuration, and the settings of which no limit is written down. Which limits were put to the test is noted.
fn refused(export: &Export, tried: &mut [bool]) -> Vec<String> {
    let settings = settings(export.id, &export.text);
    let mut refused = Vec::new();
    for setting in &settings {
        let mut limits =
            LIMITS.iter().enumerate().filter(|(_, limit)| limit.is_of(export.id, setting)).peekable();
        if limits.peek().is_none() {
            refused.push(format!("{}: no limit is written down for {}", export.id, setting.name));
        }
        for (place, limit) in limits {
            tried[place] = true;
            if !limit.accepts(setting, &settings) {
                let Setting { name, written, .. } = setting;
                refused.push(format!("{}: {name}: {written} is refused ({})", export.id, limit.source));
            }
        }
    }
    refused
}

/// Every choice of a parameter, or the ends of its range and, of times, what lies just within them.
fn ends(param: &Param) -> Vec<Value> {
    match &param.kind {
        Kind::Int { min, max, .. } => vec![Value::Int(*min), Value::Int(*max)],
        Kind::Duration { min_us, max_us, .. } => {
            [*min_us, min_us + 1, max_us - 1, *max_us].map(Value::Duration).to_vec()
        }
        Kind::Decimal { min, max, .. } => vec![Value::Decimal(*min), Value::Decimal(*max)],
        Kind::Choice { words, .. } => (0..words.len()).map(|i| Value::Choice(i as u8)).collect(),
        Kind::Dist { .. } => Vec::new(),
    }
}

/// The lab's scenarios with any two parameters at the ends of their ranges, and those of its presets with any one.
fn scenarios(lab: &dyn Lab) -> impl Iterator<Item = Scenario> {
    let values: Vec<(usize, Value)> = lab
        .params()
        .iter()
        .enumerate()
        .flat_map(|(place, param)| ends(param).into_iter().map(move |value| (place, value)))
        .collect();
    let set = |base: &Scenario, values: &[&(usize, Value)]| {
        let mut scenario = base.clone();
        values.iter().for_each(|(place, value)| scenario.values[*place] = value.clone());
        scenario
    };
    let default = Scenario::of(lab);
    let mut scenarios = Vec::new();
    for (place, one) in values.iter().enumerate() {
        scenarios.extend(values[place..].iter().map(|other| set(&default, &[one, other])));
    }
    for (_, preset) in presets(lab) {
        scenarios.extend(values.iter().map(|one| set(&preset, &[one])));
    }
    scenarios.into_iter().filter(|scenario| lab.problems(scenario).is_empty())
}

#[test]
fn what_is_exported_keeps_to_the_tools_limits() {
    let mut tried = vec![false; LIMITS.len()];
    for lab in LABS {
        if lab.exports(&Scenario::of(*lab)).is_empty() {
            continue;
        }
        for scenario in scenarios(*lab).filter(|scenario| scenario.lab == lab.meta().id) {
            for export in lab.exports(&scenario) {
                let refused = refused(&export, &mut tried);
                assert!(refused.is_empty(), "{}\n{}", refused.join("; "), export.text);
            }
        }
    }
    for (limit, tried) in LIMITS.iter().zip(tried) {
        assert!(tried, "{} {} is never exported", limit.tool, limit.setting);
    }
}

#[test]
fn a_value_that_a_tool_refuses_is_found() {
    let refuses = |id, text: &str| {
        let export = Export { id, tool: id, file: "", text: text.into(), notes: Vec::new() };
        refused(&export, &mut vec![false; LIMITS.len()])
    };
    for (id, text) in [
        ("grpc", "\"initialBackoff\": \"0s\","),
        ("grpc", "\"maxAttempts\": 1,"),
        ("resilience4j", "retry:\n  randomizedWaitFactor: 1"),
        ("resilience4j", "  waitDuration: 1.5ms"),
        ("resilience4j", "  waitDuration: 1500us"),
        ("resilience4j", "waitDuration: 0ms"),
        ("resilience4j", "slidingWindowType: NONE"),
        ("resilience4j", "circuitbreaker:\n  enableRandomizedWait: true\n  enableExponentialBackoff: true"),
        ("resilience4j", "coreThreadPoolSize: 3\nmaxThreadPoolSize: 2"),
        ("envoy", "base_interval: 0.025s\nmax_interval: 0.02s"),
        ("envoy", "interval: 0.0105s"),
        ("envoy", "budget_percent: { value: 120 }"),
        ("envoy", "something_new: 3"),
        ("envoy", "something_new: word"),
    ] {
        assert_eq!(refuses(id, text).len(), 1, "{text}");
    }
    for (id, text) in [
        ("grpc", "\"initialBackoff\": \"0.001s\","),
        (
            "resilience4j",
            "retry:\n  randomizedWaitFactor: 0.999\n  waitDuration: 1ms\n  enableRandomizedWait: true",
        ),
        ("resilience4j", "retry:\n  enableRandomizedWait: true\n  enableExponentialBackoff: true"),
        ("envoy", "budget_percent: { value: 20 } # a comment: 3"),
    ] {
        assert_eq!(refuses(id, text), [""; 0], "{text}");
    }
}

//! The settings as the configuration of tools that have circuit breakers: resilience4j, and Envoy with its outlier detection.

use super::params::{AfterLimit, CountedAs, HalfOpen, Order, Params, Scope, Switch, Trip, WindowOf};
use crate::lab::{Export, Lines, NO_WAIT, seconds, spring_duration};
use crate::sim::dice::MILLION;
use crate::time::Decimal;

/// The two configurations.
pub fn exports(params: &Params) -> Vec<Export> {
    vec![resilience4j(params), envoy(params)]
}

/// resilience4j with Spring Boot: YAML.
fn resilience4j(params: &Params) -> Export {
    let mut lines = Lines::of(&["resilience4j:"], "        ");
    if params.breaker == Switch::On {
        breaker(params, &mut lines);
    }
    if params.order != Order::None {
        lines.say("  retry:\n    instances:\n      service:");
        lines.say(format!("        maxAttempts: {}", params.attempts));
        lines.say(format!("        waitDuration: {}", whole_ms(params.backoff)));
        lines.note(params.backoff == 0, NO_WAIT);
        lines.note(!params.backoff.is_multiple_of(MS), "waits are in whole milliseconds: this is rounded up");
        match params.order {
            Order::BreakerOutside => {
                lines.say("  # Retry stands outside by default: what has the lower number stands outside.");
                lines.say("  circuitbreaker.circuitBreakerAspectOrder: 1\n  retry.retryAspectOrder: 2");
            }
            _ => lines.say("        # Retry stands outside the breaker by default."),
        }
    }
    lines.say("  thread-pool-bulkhead:\n    instances:\n      service:");
    lines.say(format!("        coreThreadPoolSize: {0}\n        maxThreadPoolSize: {0}", params.threads()));
    lines.say(format!("        queueCapacity: {}", params.pool_queue.max(1)));
    lines.note(params.pool_queue == 0, "a queue has one place at the least");
    lines.say("  timelimiter:\n    instances:\n      service:");
    lines.say(format!("        timeoutDuration: {}", spring_duration(params.total)));
    lines.note(
        true,
        "a time limit is that of a call: how a request's time is divided among its calls cannot be said",
    );
    Export {
        id: "resilience4j",
        tool: "resilience4j",
        file: "application.yml",
        text: lines.text,
        notes: Vec::new(),
    }
}

fn breaker(params: &Params, lines: &mut Lines) {
    lines.say("  circuitbreaker:\n    instances:\n      service:");
    let window = if params.window == WindowOf::Calls { "COUNT_BASED" } else { "TIME_BASED" };
    lines.say(format!("        slidingWindowType: {window}"));
    lines.say(format!("        slidingWindowSize: {}", params.window_size));
    lines.say(format!("        minimumNumberOfCalls: {}", params.minimum_calls));
    lines.say(format!("        failureRateThreshold: {}", params.failure_rate));
    lines.say(format!("        slowCallRateThreshold: {}", params.slow_rate));
    lines.say(format!("        slowCallDurationThreshold: {}", spring_duration(params.slow_call)));
    open_wait(params, lines);
    lines.say(format!("        permittedNumberOfCallsInHalfOpenState: {}", params.permits));
    if params.trial_limit > 0 {
        lines.say(format!("        maxWaitDurationInHalfOpenState: {}", whole_ms(params.trial_limit)));
        let to = if params.after_limit == AfterLimit::Closed { "CLOSED" } else { "OPEN" };
        lines.say(format!("        transitionToStateAfterWaitDuration: {to}"));
    }
    let odd = [params.open_for, params.trial_limit, params.open_most].iter().any(|us| !us.is_multiple_of(MS));
    lines.note(odd, "waits are in whole milliseconds: these are rounded up");
    lines.note(
        params.trip != Trip::Rate,
        "there is no trip by number or in a row: these are the rates of the settings beside it",
    );
    lines.note(
        params.halfopen != HalfOpen::Rate,
        "trial calls decide by their rate, not by successes in a row",
    );
    lines.note(
        params.scope == Scope::Shard,
        "make an instance for each shard: a breaker for one name knows no shards",
    );
    let lists = |of: CountedAs, what: &str| match of {
        CountedAs::Nothing => format!("list {what} under ignoreExceptions"),
        CountedAs::Failure => format!(
            "list {what} under recordExceptions, if anything is listed there: what is in neither list is a success"
        ),
        CountedAs::Success => format!("list what is a failure under recordExceptions, without {what}"),
    };
    lines.note(true, &lists(params.count_bad, "the client's own mistakes"));
    lines.note(
        params.count_errors != CountedAs::Failure,
        &lists(params.count_errors, "the dependency's errors"),
    );
}

/// How long the breaker stays open: a fixed wait, one that is spread, or one that grows.
fn open_wait(params: &Params, lines: &mut Lines) {
    let grows = params.open_growth > MILLION as u32;
    let most_us = if params.open_most > 0 { params.open_most } else { u64::MAX };
    lines.say(format!("        waitDurationInOpenState: {}", whole_ms(params.open_for.min(most_us))));
    lines.note(params.open_for == 0, "it is open for a millisecond at the least");
    if grows {
        lines.say("        enableExponentialBackoff: true");
        lines.say(format!(
            "        exponentialBackoffMultiplier: {}",
            Decimal(u64::from(params.open_growth), MILLION)
        ));
        if params.open_most > 0 {
            lines.say(format!(
                "        exponentialMaxWaitDurationInOpenState: {}",
                whole_ms(params.open_most)
            ));
        }
        let both = "a wait that grows cannot be spread, too, by properties: IntervalFunction.ofExponentialRandomBackoff can";
        lines.note(params.open_jitter > 0, both);
        return;
    }
    lines.note(params.open_most > 0, "only a wait that grows has a maximum");
    if params.open_jitter > 0 {
        let thousandths = (u64::from(params.open_jitter) * 10).min(999);
        lines.say("        enableRandomizedWait: true");
        lines.say(format!("        randomizedWaitFactor: {}", Decimal(thousandths, 1_000)));
        lines.note(params.open_jitter == 100, "the factor is less than 1");
    }
}

const MS: u64 = 1_000;

/// Whole milliseconds, rounded up, at least one: what waits of both tools are.
fn ceil_us(us: u64) -> u64 {
    us.div_ceil(MS).max(1) * MS
}

fn whole_ms(us: u64) -> String {
    spring_duration(ceil_us(us))
}

/// Envoy: a cluster's outlier detection, which ejects hosts, and its circuit breakers, which bound what is under way.
fn envoy(params: &Params) -> Export {
    let mut lines = Lines::of(&["# In the cluster:"], "  ");
    if params.breaker == Switch::On {
        lines.say("outlier_detection:");
        match params.trip {
            Trip::Consecutive | Trip::Count => lines.say(format!("  consecutive_5xx: {}", params.failures)),
            Trip::Rate => {
                lines.say("  enforcing_consecutive_5xx: 0");
                lines.say(format!("  failure_percentage_threshold: {}", params.failure_rate));
                lines.say("  enforcing_failure_percentage: 100");
                lines.say(format!("  failure_percentage_request_volume: {}", params.minimum_calls));
                lines.say("  failure_percentage_minimum_hosts: 1");
            }
        }
        lines.note(params.trip == Trip::Count, "it counts failures in a row, not in a window");
        if params.window == WindowOf::Seconds {
            lines.say(format!("  interval: {}s", params.window_size));
        } else {
            lines.note(
                params.trip == Trip::Rate,
                "rates are of an interval of time, 10 s by default, not of a number of calls",
            );
        }
        ejection_time(params, &mut lines);
        lines.say("  max_ejection_percent: 100");
        lines.note(true, "there are no trial calls: a host comes back whole");
        lines.note(params.slow_rate < 100, "slow calls are no failures, but where they time out");
    }
    lines.say("circuit_breakers:\n  thresholds:\n  - priority: DEFAULT");
    lines.say(format!("    max_requests: {}", params.threads()));
    lines.say(format!("    max_pending_requests: {}", params.pool_queue));
    lines.note(true, "  max_requests bounds HTTP/2; with HTTP/1.1 set max_connections to the same");
    lines.note(
        params.pool_queue == 0,
        "  max_pending_requests: with 0 a request that needs a new connection is refused",
    );
    Export { id: "envoy", tool: "Envoy", file: "envoy.yaml", text: lines.text, notes: Vec::new() }
}

/// How long Envoy ejects a host: the base time as often as it has been ejected, up to a maximum, and a jitter that only adds.
fn ejection_time(params: &Params, lines: &mut Lines) {
    let reach_us = params.open_for * u64::from(params.open_jitter) / 100;
    let grows = params.open_growth > MILLION as u32;
    // A maximum below the base is refused, and no wait is longer than the maximum.
    let most_us = if params.open_most > 0 { ceil_us(params.open_most) } else { u64::MAX };
    let base_us = ceil_us(params.open_for - reach_us).min(most_us);
    lines.say(format!("  base_ejection_time: {}s", seconds(base_us)));
    lines.note(params.open_for == reach_us, "it is longer than nothing");
    if !grows {
        lines.say(format!("  max_ejection_time: {}s", seconds(base_us)));
        lines.note(true, "without a maximum ejection lasts longer each time");
    } else if params.open_most > 0 {
        lines.say(format!("  max_ejection_time: {}s", seconds(most_us)));
    }
    lines.note(grows, "ejection grows by the base time each time, not by a factor");
    if reach_us > 0 {
        lines.say(format!("  max_ejection_time_jitter: {}s", seconds(ceil_us(reach_us * 2))));
    }
}

//! The settings as the configuration of tools that have circuit breakers: resilience4j, and Envoy with its outlier detection.

use super::params::{HalfOpen, Order, Params, Scope, Switch, Trip, WindowOf};
use crate::lab::{Export, Lines, seconds, spring_duration};
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
        lines.say(format!("        waitDuration: {}", spring_duration(params.backoff)));
        match params.order {
            Order::BreakerOutside => {
                lines.say("  # Retry stands outside by default: these two swap places.");
                lines.say("  circuitbreaker.circuitBreakerAspectOrder: 2\n  retry.retryAspectOrder: 1");
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
    lines.note(true, "a time limit is that of a call: how a request's time is divided among its calls cannot be said");
    Export { id: "resilience4j", tool: "resilience4j", file: "application.yml", text: lines.text, notes: Vec::new() }
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
    lines.say(format!("        waitDurationInOpenState: {}", spring_duration(params.open_for)));
    if params.open_jitter > 0 {
        lines.say("        enableRandomizedWait: true");
        lines.say(format!("        randomizedWaitFactor: {}", Decimal(u64::from(params.open_jitter), 100)));
    }
    lines.say(format!("        permittedNumberOfCallsInHalfOpenState: {}", params.permits));
    lines.say(format!("        maxWaitDurationInHalfOpenState: {}", spring_duration(params.trial_limit)));
    lines.note(params.trip != Trip::Rate, "there is no trip by number or in a row: these are the rates of the settings beside it");
    lines.note(params.halfopen != HalfOpen::Rate, "trial calls decide by their rate, not by successes in a row");
    lines.note(params.scope == Scope::Shard, "make an instance for each shard: a breaker for one name knows no shards");
    lines.note(params.count_bad == Switch::Off, "list the client's own mistakes under ignoreExceptions");
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
            lines.note(params.trip == Trip::Rate, "rates are of an interval of time, 10 s by default, not of a number of calls");
        }
        lines.say(format!("  base_ejection_time: {}s", seconds(params.open_for)));
        if params.open_jitter > 0 {
            let most_us = params.open_for * u64::from(params.open_jitter) / 100;
            lines.say(format!("  max_ejection_time_jitter: {}s", seconds(most_us)));
        }
        lines.say("  max_ejection_percent: 100");
        lines.note(true, "ejection lasts longer each time (up to max_ejection_time), and there are no trial calls: a host comes back whole");
        lines.note(params.slow_rate < 100, "slow calls are no failures, but where they time out");
    }
    lines.say("circuit_breakers:\n  thresholds:\n  - priority: DEFAULT");
    lines.say(format!("    max_requests: {}", params.threads()));
    lines.say(format!("    max_pending_requests: {}", params.pool_queue));
    lines.note(true, "  max_requests bounds HTTP/2; with HTTP/1.1 set max_connections to the same");
    Export { id: "envoy", tool: "Envoy", file: "envoy.yaml", text: lines.text, notes: Vec::new() }
}

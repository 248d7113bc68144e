//! What a tool cannot be told is said beside it.

use super::super::LAB;
use crate::lab::Lab;
use crate::labs::tests::scenario as opens;

#[test]
fn what_a_tool_cannot_say_has_a_note() {
    for (link, tool, line, note) in [
        (
            "open_for=0ms",
            "resilience4j",
            "waitDurationInOpenState: 1ms",
            "open for a millisecond at the least",
        ),
        ("open_for=1500us", "resilience4j", "waitDurationInOpenState: 2ms", "whole milliseconds"),
        ("open_jitter=100", "resilience4j", "randomizedWaitFactor: 0.999", "less than 1"),
        (
            "open_growth=2&open_jitter=50",
            "resilience4j",
            "exponentialBackoffMultiplier: 2",
            "ofExponentialRandomBackoff",
        ),
        (
            "order=retry-outside&backoff=0ms",
            "resilience4j",
            "waitDuration: 1ms",
            "ends an asynchronous call's retries",
        ),
        ("pool_queue=0", "resilience4j", "queueCapacity: 1", "one place at the least"),
        ("count_errors=success", "resilience4j", "failureRateThreshold", "without the dependency's errors"),
        ("open_for=0ms", "envoy", "base_ejection_time: 0.001s", "longer than nothing"),
        ("open_for=30s", "envoy", "max_ejection_time: 30s", "lasts longer each time"),
        ("open_for=30s&open_growth=2&open_most=1m", "envoy", "max_ejection_time: 60s", "not by a factor"),
        (
            "open_for=30s&open_growth=2&open_most=10s",
            "envoy",
            "base_ejection_time: 10s",
            "max_ejection_time: 10s",
        ),
        ("open_for=30s&open_most=10s", "envoy", "base_ejection_time: 10s", "max_ejection_time: 10s"),
        (
            "open_for=30s&open_most=10s",
            "resilience4j",
            "waitDurationInOpenState: 10000ms",
            "only a wait that grows",
        ),
        ("open_for=10s&open_jitter=20", "envoy", "base_ejection_time: 8s\n", "max_ejection_time_jitter: 4s"),
        ("pool_queue=0", "envoy", "max_pending_requests: 0", "is refused"),
    ] {
        let exports = LAB.exports(&opens(&format!("breaker?{link}")));
        let text = &exports.iter().find(|export| export.id == tool).unwrap().text;
        assert!(text.contains(line) && text.contains(note), "{link}: {text}");
    }
}

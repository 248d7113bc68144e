//! The settings as the configuration of tools that people run: nginx, Envoy, HAProxy. What a tool cannot say is said beside it.

use super::params::{By, Counters, Params, RetryAfter, Which};
use crate::lab::{Export, Lines, seconds};

/// The shortest interval in which Envoy fills a bucket.
const ENVOY_FILL_US: u64 = 50_000;

/// The three configurations; none where no limiter is chosen.
pub fn exports(params: &Params) -> Vec<Export> {
    if params.limiter == Which::None {
        return Vec::new();
    }
    vec![nginx(params), envoy(params), haproxy(params)]
}

/// What none of them can be told.
fn all_notes(params: &Params, lines: &mut Lines) {
    lines.note(params.counters == Counters::Sync, "instances do not tell each other what they let in");
    lines.note(
        params.counters == Counters::Split,
        "the part of each instance has to be set by hand: this is the whole limit",
    );
    lines.note(
        params.retry_after != RetryAfter::Off,
        "it does not say when to come back; a Retry-After can be added as a fixed header",
    );
}

/// nginx's `limit_req`: a leaky bucket in whole requests a second or a minute.
fn nginx(params: &Params) -> Export {
    let mut lines = Lines::of(&["# In http:"], "");
    let (limit, window_us) = (u64::from(params.limit), params.window);
    let (key, part) = match params.by {
        By::All => ("$server_name", 1),
        By::Tenant => ("$http_x_tenant", u64::from(params.tenants)),
    };
    let exactly = |unit_us: u64| {
        let (all, by) = (limit.saturating_mul(unit_us), window_us.saturating_mul(part));
        (all.is_multiple_of(by) && all > 0).then_some(all / by)
    };
    let rate =
        exactly(1_000_000).map(|rate| (rate, "s")).or_else(|| exactly(60_000_000).map(|rate| (rate, "m")));
    let nearest = (limit.saturating_mul(60_000_000) / window_us.saturating_mul(part)).max(1);
    let (number, unit) = rate.unwrap_or((nearest, "m"));
    lines.say(format!("limit_req_zone {key} zone=limit:10m rate={number}r/{unit};"));
    lines.note(rate.is_none(), "a rate is a whole number of requests a second or a minute: this is the nearest below, 1 at the least");
    lines.say("# In a location:");
    let burst = u64::from(params.burst) / part;
    let beyond = match params.limiter {
        Which::Leaky => burst.max(1),
        Which::Bucket | Which::Gcra => burst.saturating_sub(1),
        _ => (limit / part).saturating_sub(1),
    };
    let how = if params.limiter == Which::Leaky { "" } else { " nodelay" };
    match beyond {
        0 => lines.say("limit_req zone=limit;"),
        beyond => lines.say(format!("limit_req zone=limit burst={beyond}{how};")),
    }
    lines.say("limit_req_status 429;");
    let windows = matches!(params.limiter, Which::Fixed | Which::Log | Which::Counter);
    lines.note(
        windows,
        "nginx counts no windows: this is a leaky bucket of that rate, and of a window's burst",
    );
    lines.note(
        params.counters == Counters::Shared,
        "the zone is shared by the workers of one nginx, not by several",
    );
    all_notes(params, &mut lines);
    Export { id: "nginx", tool: "nginx", file: "nginx.conf", text: lines.text, notes: Vec::new() }
}

/// Envoy's local rate limit: a token bucket in each instance.
fn envoy(params: &Params) -> Export {
    let mut lines = Lines::of(
        &[
            "# An HTTP filter of each instance:",
            "name: envoy.filters.http.local_ratelimit",
            "typed_config:",
            "  \"@type\": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
            "  stat_prefix: limit",
            "  token_bucket:",
        ],
        "  ",
    );
    let buckets = matches!(params.limiter, Which::Bucket | Which::Gcra);
    let most = if buckets { params.burst } else { params.limit };
    // What is filled in less time than Envoy fills anything is filled in several times it.
    let times = ENVOY_FILL_US.div_ceil(params.window).max(1);
    lines.say(format!("    max_tokens: {most}"));
    lines.say(format!("    tokens_per_fill: {}", u64::from(params.limit).saturating_mul(times)));
    lines.say(format!("    fill_interval: {}s", seconds(params.window.saturating_mul(times))));
    lines.say("  filter_enabled:");
    lines.say("    default_value: { numerator: 100, denominator: HUNDRED }");
    lines.say("  filter_enforced:");
    lines.say("    default_value: { numerator: 100, denominator: HUNDRED }");
    lines.note(times > 1, "fill_interval is 50ms at the least");
    lines.note(!buckets, "Envoy has a token bucket: its burst is a whole window here");
    lines.note(params.limiter == Which::Leaky, "nothing is delayed");
    lines.note(
        params.by == By::Tenant,
        "a bucket for each tenant is a descriptor with a token bucket of its own",
    );
    lines.note(
        params.counters == Counters::Shared,
        "one store for all is the global rate limit service: another filter, and a service to run",
    );
    all_notes(params, &mut lines);
    Export { id: "envoy", tool: "Envoy", file: "envoy.yaml", text: lines.text, notes: Vec::new() }
}

/// HAProxy's stick tables: a sliding window counter.
fn haproxy(params: &Params) -> Export {
    let mut lines = Lines::of(&["frontend www"], "  ");
    let (key, track, limit) = match params.by {
        By::All => ("string len 1", "str(a)", params.limit),
        By::Tenant => ("string len 64", "req.hdr(X-Tenant)", (params.limit / params.tenants).max(1)),
    };
    let ms = params.window.div_ceil(1_000);
    lines.say(format!("  stick-table type {key} size 100k expire {}ms store http_req_rate({ms}ms)", ms * 2));
    lines.say(format!("  http-request track-sc0 {track}"));
    lines.say(format!("  http-request deny deny_status 429 if {{ sc_http_req_rate(0) gt {limit} }}"));
    lines.note(params.limiter != Which::Counter, "HAProxy's rates are sliding window counters");
    lines.note(true, "what is refused counts, too: who never pauses is never let in again");
    lines.note(!params.window.is_multiple_of(1_000), "times are whole milliseconds");
    let copied = matches!(params.counters, Counters::Shared | Counters::Sync);
    lines.note(copied, "peers copy tables to each other; each then has the last word of the others, and does not add them up");
    lines.note(
        params.counters == Counters::Split,
        "the part of each instance has to be set by hand: this is the whole limit",
    );
    lines.note(
        params.retry_after != RetryAfter::Off,
        "it does not say when to come back; a Retry-After can be added as a fixed header",
    );
    Export { id: "haproxy", tool: "HAProxy", file: "haproxy.cfg", text: lines.text, notes: Vec::new() }
}

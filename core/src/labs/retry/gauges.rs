//! What the views of load read of this lab: which series are whose rate, errors and duration, and what the work came to.

use super::meta::fact;
use super::bins::{FLOW, name};
use super::params::{Arrivals, BudgetOf, Load, Params};
use super::config::Config;
use crate::lab::{Budget, Crowd, Fate, Gauges, Layer, Service, Station, Traffic};
use crate::parts::backoff::Backoff;
use crate::time::{Decimal, DurationUs};

/// What there is to read of a run with these settings.
pub fn gauges(params: &Params) -> Gauges {
    if params.load == Load::Contention {
        // A row without a server: nothing is offered and nothing queues.
        return Gauges::default();
    }
    let config = Config::new(params.clone());
    let calls = Service {
        name: "calls, as people see them",
        rate: vec!["goodput", name::GAVE_UP],
        errors: vec![name::GAVE_UP],
        duration: ["latency", name::SLOWEST_CALL],
        p99: Some("call_p99_ms"),
    };
    let attempts = Service {
        name: "attempts, as clients make them",
        rate: vec![name::ANSWERED, "failed attempts"],
        errors: vec!["failed attempts"],
        duration: [name::ATTEMPT, name::SLOWEST_ATTEMPT],
        p99: None,
    };
    let server = Station {
        name: "server",
        places: "workers",
        size: params.workers,
        queue_limit: Some(params.queue_limit),
        arrivals: "offered load",
        utilisation: "utilisation",
        waiting: "queue length",
        errors: vec![name::REFUSED, name::BROKEN],
        rank: 0,
        node: Some((config.last(), fact::BUSY, fact::QUEUE)),
    };
    let layer = |series, label, fate| Layer { series, label, fate };
    let traffic = Traffic {
        title: "What the server's work came to",
        layers: vec![
            layer("goodput", "goodput", Fate::Good),
            layer(name::WASTED, "wasted: nobody waited", Fate::Wasted),
            layer(name::REPEATED, "duplicates, for nobody", Fate::Repeated),
            layer(name::BROKEN, "failed", Fate::Failed),
            layer(name::REFUSED, "rejected", Fate::Refused),
        ],
        capacity: Some("capacity"),
        offered: Some("offered load"),
    };
    let crowd = Crowd {
        name: "client",
        size: params.clients,
        waiting: name::WAITING,
        sleeping: name::SLEEPING,
        one_each: params.arrivals == Arrivals::Closed,
    };
    Gauges {
        services: vec![calls, attempts],
        stations: vec![server],
        traffic: vec![traffic],
        crowd: Some(crowd),
        breakers: Vec::new(),
        budget: budget(params),
        flow: &FLOW,
        ladder: ladder(params),
    }
}

/// The ladder of delays: what the luckiest and the unluckiest die make of each.
fn ladder(params: &Params) -> Vec<(u64, u64)> {
    const MOST: u32 = 12;
    let policy = params.backoff_policy();
    let (mut least, mut most) = (Backoff::new(policy), Backoff::new(policy));
    (1..params.attempts.min(MOST + 1)).map(|_| (least.next_us(0), most.next_us(u64::MAX))).collect()
}

fn budget(params: &Params) -> Option<Budget> {
    let ratio = Decimal(u64::from(params.ratio), 1_000_000);
    let (unit, size, rule) = match params.budget {
        BudgetOf::Off => return None,
        BudgetOf::Grpc => {
            let (tokens, half) = (params.tokens, Decimal(u64::from(params.tokens) * 500, 1_000));
            let rule = format!("Of {tokens} tokens a failure takes 1 and a success gives back {ratio}; a retry needs more than {half}.");
            ("tokens", Some(tokens), rule)
        }
        BudgetOf::Call | BudgetOf::Success => {
            let who = if params.budget == BudgetOf::Call { "call" } else { "success" };
            let free = match params.reserve {
                0 => String::new(),
                free => format!("; {free} more in that time need no payment"),
            };
            let rule = format!("Each {who} pays for {ratio} retries, for {}{free}. A retry takes 1.", DurationUs(params.ttl));
            ("retries", None, rule)
        }
    };
    Some(Budget {
        unit,
        size,
        floor: if size.is_some() { params.tokens / 2 } else { 0 },
        mean: name::BUDGET,
        empty: name::BUDGETS_EMPTY,
        fact: fact::BUDGET,
        rule,
    })
}

//! What there is to draw of this lab's runs: which series are whose rate, errors and duration, what the work came to, how a call is followed.

use super::meta::fact;
use super::bins::{FLOW, flow, name};
use super::params::{Arrivals, BudgetOf, Load, Params};
use super::config::Config;
use crate::cast::Sort;
use crate::lab::Shows;
use crate::lab::shows::{
    Attempts, Budget, Crowd, FactId, Fate, Flow, Layer, Line, Machine, MachineState, Question, SeriesKey, Service, Spans, Station, TallyKey, Tone,
    Traffic, Way,
};
use crate::parts::backoff::Backoff;
use crate::time::{Decimal, DurationUs};

/// What there is to read of a run with these settings.
pub fn shows(params: &Params) -> Shows {
    if params.load == Load::Contention {
        // A row without a server: nothing is offered and nothing queues.
        return Shows { machines: vec![contender()], spans: Some(spans("written")), ..Shows::default() };
    }
    let config = Config::new(params.clone());
    let calls = Service {
        name: "calls, as people see them",
        rate: SeriesKey::all(&["goodput", name::GAVE_UP]),
        errors: SeriesKey::all(&[name::GAVE_UP]),
        duration: ["latency", name::SLOWEST_CALL].map(|name| SeriesKey(name.into())),
        p99: Some(TallyKey("call_p99_ms")),
    };
    let attempts = Service {
        name: "attempts, as clients make them",
        rate: SeriesKey::all(&[name::ANSWERED, "failed attempts"]),
        errors: SeriesKey::all(&["failed attempts"]),
        duration: [name::ATTEMPT, name::SLOWEST_ATTEMPT].map(|name| SeriesKey(name.into())),
        p99: None,
    };
    let server = Station {
        name: "server",
        places: "workers",
        size: params.workers,
        queue_limit: Some(params.queue_limit),
        arrivals: SeriesKey(("offered load").into()),
        utilisation: SeriesKey(("utilisation").into()),
        waiting: SeriesKey(("queue length").into()),
        errors: SeriesKey::all(&[name::REFUSED, name::BROKEN]),
        rank: 0,
        line: Some(Line { node: config.last(), busy: FactId(fact::BUSY), queue: FactId(fact::QUEUE) }),
        guard: None,
    };
    let layer = |series: &'static str, label, fate| Layer { series: SeriesKey((series).into()), label, fate };
    let traffic = Traffic {
        title: "What the server's work came to",
        layers: vec![
            layer("goodput", "goodput", Fate::Good),
            layer(name::WASTED, "wasted: nobody waited", Fate::Wasted),
            layer(name::REPEATED, "duplicates, for nobody", Fate::Repeated),
            layer(name::BROKEN, "failed", Fate::Failed),
            layer(name::REFUSED, "rejected", Fate::Refused),
        ],
        capacity: Some(SeriesKey(("capacity").into())),
        offered: Some(SeriesKey(("offered load").into())),
    };
    let crowd = Crowd {
        name: "client",
        size: params.clients,
        waiting: SeriesKey((name::WAITING).into()),
        sleeping: SeriesKey((name::SLEEPING).into()),
        one_each: params.arrivals == Arrivals::Closed,
    };
    Shows {
        services: vec![calls, attempts],
        stations: vec![server],
        traffic: vec![traffic],
        crowd: Some(crowd),
        budget: budget(params),
        flow: Some(questions(params)),
        spans: Some(spans("done")),
        ..Shows::default()
    }
}

/// Attempts are requests; each has a timer of its own. A good answer begins with this word.
fn spans(good: &'static str) -> Spans {
    Spans { attempts: Attempts::Sent { limit: Some("timed out") }, good }
}

/// The questions that decide on a retry, in the order of [`super::message::GaveUp::ALL`].
fn questions(params: &Params) -> Flow {
    let at = |branch: usize| SeriesKey((FLOW[branch]).into());
    let asked = [
        ("can another try help?", "permanent error"),
        ("attempts left?", "attempts used up"),
        ("time left?", "no time left"),
        ("budget left?", "budget empty"),
    ];
    let question = |(i, (asks, no)): (usize, (&'static str, &'static str))| Question { asks, no, gave_up: at(flow::GAVE_UP + i) };
    Flow {
        calls: at(flow::CALLS),
        attempts: at(flow::ATTEMPTS),
        succeeded: at(flow::SUCCEEDED),
        failed: vec![("timed out", at(flow::TIMED_OUT)), ("refused", at(flow::REFUSED)), ("errors", at(flow::ERRORS))],
        retries: at(flow::RETRIES),
        questions: asked.into_iter().enumerate().map(question).collect(),
        ladder: ladder(params),
    }
}

/// What a client of a contention run is at.
fn contender() -> Machine {
    let (state, way) = (MachineState::new, Way::new);
    Machine {
        title: "States of a client",
        one: "client",
        many: "clients",
        states: vec![
            state("waiting", "for the row", Tone::Between),
            state("backing off", "after a conflict", Tone::Out),
            state("done", "it has written", Tone::Well),
        ],
        ways: vec![way(0, 1, "another wrote first"), way(1, 0, "the delay is over"), way(0, 2, "nobody wrote in between")],
        sort: Sort::Client,
        state: FactId(fact::ROLE),
        deadline: None,
        cause: None,
        places: vec!["write".into()],
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
            let rule =
                format!("Each {who} pays for {ratio} retries, for {}{free}. A retry takes 1.", DurationUs(params.ttl));
            ("retries", None, rule)
        }
    };
    Some(Budget {
        unit,
        size,
        floor: if size.is_some() { params.tokens / 2 } else { 0 },
        mean: SeriesKey((name::BUDGET).into()),
        empty: SeriesKey((name::BUDGETS_EMPTY).into()),
        left: FactId(fact::BUDGET),
        rule,
    })
}

//! What there is to draw of this lab's runs: which series are whose rate, errors and duration, what the work came to, how a call is followed.

use super::config::Config;
use super::params::{Arrivals, BudgetOf, Load, Params};
use crate::cast::Sort;
use crate::kits::graph::{Charts, Count, Ending, HopId, Level, LevelOf, Span, Stop, Swept, fact};
use crate::lab::Shows;
use crate::lab::shows::{
    Attempts, Budget, Crowd, FactId, Fate, Flow, Layer, Line, Machine, MachineState, Question, SeriesKey,
    Service, Spans, Station, TallyKey, Tone, Traffic, Way,
};
use crate::parts::backoff::Backoff;
use crate::time::{Decimal, DurationUs};

/// What there is to read of a run with these settings.
pub fn shows(params: &Params) -> Shows {
    if params.load == Load::Contention {
        // A row without a server: nothing is offered and nothing queues.
        // Attempts are requests; each has a timer of its own.
        let attempts = Attempts::Sent { limit: Some("timed out") };
        let spans = Some(Spans { attempts, good: "written" });
        return Shows { machines: vec![contender()], spans, ..Shows::default() };
    }
    charts(&Config::new(params.clone())).1
}

/// What is charted of a run, and what pictures show of it: clients, who see calls and attempts, and the last server.
pub fn charts(config: &Config) -> (Charts, Shows) {
    let (params, hop, tier) = (&config.params, Config::FROM_CLIENTS, config.last_tier());
    let charts = &mut Charts::new();
    let tries = |endings: &[Ending]| endings.iter().map(|how| Count::TryOver(hop, *how)).collect::<Vec<_>>();
    let left = |endings: [Ending; 2]| endings.map(|how| Count::Left(tier, how));
    let (queue, busy) = (LevelOf::Tier(tier, Level::Queue), LevelOf::Tier(tier, Level::Busy));
    let late = |of: fn(HopId) -> Count| (0..config.graph.shape().hops).map(HopId).map(of).collect::<Vec<_>>();
    let given_up =
        [Stop::Permanent, Stop::Attempts, Stop::Time, Stop::Budget].map(|why| Count::Stopped(hop, why));

    let offered = charts.rate("offered load", [Count::First(tier), Count::Again(tier)]);
    let goodput = charts.rate("goodput", [Ending::Done, Ending::Known].map(|how| Count::CallOver(hop, how)));
    let (full, trouble) = (i64::from(params.capacity), config.trouble());
    let capacity = charts.given("capacity", "a second", move |at_us, _| {
        full * trouble.map_or(1_000, |span| span.capacity_permille(at_us)) / 1_000_000_000
    });
    charts.rate("first attempts", [Count::First(tier)]);
    charts.rate("retries", [Count::Again(tier)]);
    let failed = charts.rate("failed attempts", tries(&[Ending::Failed, Ending::Refused, Ending::TimedOut]));
    charts.rate("wasted work", late(Count::Late));
    let waiting = charts.most("queue length", "requests", queue);
    let utilisation = charts.share("utilisation", busy, params.workers);
    let call =
        [charts.mean("latency", Span::Calls(hop)), charts.slowest("gauge: slowest call", Span::Calls(hop))];
    let attempt = [
        charts.mean("gauge: attempt", Span::Answered(hop)),
        charts.slowest("gauge: slowest attempt", Span::Answered(hop)),
    ];
    let gave_up = charts.rate("gauge: given up", given_up);
    let answers: Vec<Ending> = Ending::ALL.into_iter().filter(|how| how.is_answer()).collect();
    let answered = charts.rate("gauge: answered", tries(&answers));
    let mut turned = vec![Count::Turned(tier), Count::Swept(tier, Swept::Refused)];
    turned.push(Count::Left(tier, Ending::Refused));
    let refused = charts.rate("gauge: refused", turned);
    let broken = charts.rate("gauge: failed work", left([Ending::Failed, Ending::Bad]));
    let wasted = charts.less("gauge: wasted", late(Count::Late), late(Count::Repeated));
    let repeated = charts.rate("gauge: repeated", late(Count::Repeated));
    let at_work = charts.standing("gauge: waiting", "calls", Some(hop), |at| Some(at.waiting.into()));
    let sleeping = charts.standing("gauge: sleeping", "calls", Some(hop), |at| Some(at.between.into()));
    let mean = charts
        .standing("gauge: budget", "thousandths", None, |at| at.budget_milli.checked_div(at.budgets.into()));
    let empty = charts.standing("gauge: budgets empty", "callers", None, |at| Some(at.budgets_empty.into()));
    charts.quantile("gauge: 99 of 100 calls", hop, 990_000);
    let flow = questions(params, charts);

    let service = |name, rate, errors, duration, p99| Service { name, rate, errors, duration, p99 };
    let calls = service(
        "calls, as people see them",
        vec![goodput, gave_up],
        vec![gave_up],
        call,
        Some(TallyKey("call_p99_ms")),
    );
    let attempts =
        service("attempts, as clients make them", vec![answered, failed], vec![failed], attempt, None);
    let server = Station {
        name: "server",
        places: "workers",
        size: params.workers,
        queue_limit: Some(params.queue_limit),
        arrivals: offered,
        utilisation,
        waiting,
        errors: vec![refused, broken],
        rank: 0,
        line: Some(Line { node: config.last(), busy: FactId(fact::BUSY), queue: FactId(fact::QUEUE) }),
        guard: None,
    };
    let layer = |series, label, fate| Layer { series, label, fate };
    let traffic = Traffic {
        title: "What the server's work came to",
        layers: vec![
            layer(goodput, "goodput", Fate::Good),
            layer(wasted, "wasted: nobody waited", Fate::Wasted),
            layer(repeated, "duplicates, for nobody", Fate::Repeated),
            layer(broken, "failed", Fate::Failed),
            layer(refused, "rejected", Fate::Refused),
        ],
        capacity: Some(capacity),
        offered: Some(offered),
    };
    let crowd = Crowd {
        name: "client",
        size: params.clients,
        waiting: at_work,
        sleeping,
        one_each: params.arrivals == Arrivals::Closed,
    };
    let shows = Shows {
        services: vec![calls, attempts],
        stations: vec![server],
        traffic: vec![traffic],
        crowd: Some(crowd),
        budget: budget(params, [mean, empty]),
        flow: Some(flow),
        spans: Some(Spans {
            attempts: Attempts::Kept { names: config.graph.graph.called(), deadline_us: None },
            good: "done",
        }),
        ..Shows::default()
    };
    (std::mem::take(charts), shows)
}

/// The questions that decide on a retry, in the order in which a client asks them.
fn questions(params: &Params, charts: &mut Charts) -> Flow {
    let hop = Config::FROM_CLIENTS;
    let [calls, attempts, succeeded, timed_out, refused, errors, retries] = [
        ("flow: calls", Count::Called(hop)),
        ("flow: attempts", Count::Tried(hop)),
        ("flow: succeeded", Count::Stopped(hop, Stop::Over)),
        ("flow: timed out", Count::TryOver(hop, Ending::TimedOut)),
        ("flow: refused", Count::TryOver(hop, Ending::Refused)),
        ("flow: errors", Count::TryOver(hop, Ending::Failed)),
        ("flow: retries", Count::Retried(hop)),
    ]
    .map(|(name, count)| charts.so_far(name, count));
    let questions = [
        ("can another try help?", "permanent error", "flow: permanent error", Stop::Permanent),
        ("attempts left?", "attempts used up", "flow: attempts used up", Stop::Attempts),
        ("time left?", "no time left", "flow: no time left", Stop::Time),
        ("budget left?", "budget empty", "flow: budget empty", Stop::Budget),
    ]
    .map(|(asks, no, name, why)| Question {
        asks,
        no,
        gave_up: charts.so_far(name, Count::Stopped(hop, why)),
    });
    Flow {
        calls,
        attempts,
        succeeded,
        failed: vec![("timed out", timed_out), ("refused", refused), ("errors", errors)],
        retries,
        questions: questions.into(),
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
        ways: vec![
            way(0, 1, "another wrote first"),
            way(1, 0, "the delay is over"),
            way(0, 2, "nobody wrote in between"),
        ],
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

fn budget(params: &Params, [mean, empty]: [SeriesKey; 2]) -> Option<Budget> {
    let ratio = Decimal(u64::from(params.ratio), 1_000_000);
    let (unit, size, rule) = match params.budget {
        BudgetOf::Off => return None,
        BudgetOf::Grpc => {
            let (tokens, half) = (params.tokens, Decimal(u64::from(params.tokens) * 500, 1_000));
            let rule = format!(
                "Of {tokens} tokens a failure takes 1 and a success gives back {ratio}; a retry needs more than {half}."
            );
            ("tokens", Some(tokens), rule)
        }
        BudgetOf::Call | BudgetOf::Success => {
            let who = if params.budget == BudgetOf::Call { "call" } else { "success" };
            let free = match params.reserve {
                0 => String::new(),
                free => format!("; {free} more in that time need no payment"),
            };
            let rule = format!(
                "Each {who} pays for {ratio} retries, for {}{free}. A retry takes 1.",
                DurationUs(params.ttl)
            );
            ("retries", None, rule)
        }
    };
    Some(Budget {
        unit,
        size,
        floor: if size.is_some() { params.tokens / 2 } else { 0 },
        mean,
        empty,
        left: FactId(fact::BUDGET),
        rule,
    })
}

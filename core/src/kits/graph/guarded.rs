//! What there is to draw of those who call through breakers and pools: the breakers' states, the pools as a place where work waits, and what became
//! of the tries, those included that never went out.

use super::caller::word;
use super::config::Config;
use super::ledger::{Charts, Count, LevelOf, Span};
use super::mark::{Ending, HopId, Level, TierId};
use super::message::{RESULTS, fact};
use super::trouble::Spell;
use crate::lab::Shows;
use crate::lab::shows::{
    self, Arm, Attempts, FactId, Fate, Guard, Layer, Machine, MachineState, SeriesKey, Service, Spans,
    Station, Tone, Traffic, Way,
};
use crate::parts::breaker::{State, Transition};
use crate::stats::Name;

/// How tries end, and how that counts.
const WAYS: [(&str, &[Ending], Fate); 6] = [
    ("calls done", &[Ending::Done, Ending::Known, Ending::Degraded], Fate::Good),
    ("calls answered bad request", &[Ending::Bad], Fate::Degraded),
    ("calls timed out", &[Ending::TimedOut], Fate::Late),
    ("calls failed", &[Ending::Failed, Ending::Refused], Fate::Failed),
    ("calls short-circuited", &[Ending::ShortCircuited], Fate::Refused),
    ("calls rejected", &[Ending::Rejected], Fate::Wasted),
];

/// What became of the tries at the calls of a hop, as who calls sees it, beside what the callee is able to do.
pub fn tries(config: &Config, hop: HopId, title: &'static str, charts: &mut Charts) -> Traffic {
    let to = config.graph.hops[usize::from(hop.0)].to;
    let (tier, plan) = (&config.graph.tiers[usize::from(to.0)], &config.tiers[usize::from(to.0)]);
    let layers = WAYS.map(|(what, endings, fate)| {
        let counts: Vec<Count> = endings.iter().map(|how| Count::TryOver(hop, *how)).collect();
        Layer { series: charts.rate(Name::gauge(tier.name, what), counts), label: endings[0].word(), fate }
    });
    let offered = charts.rate(Name::gauge(tier.name, "calls sent"), [Count::Sent(hop)]);
    let able = u64::from(tier.workers) * u64::from(tier.instances) * 1_000_000;
    let well = able.checked_div(plan.mean_us).unwrap_or(0) as i64;
    let bad = plan.trouble.map_or(well, |trouble| {
        let share = Spell { from_us: 0, to_us: 1, kind: trouble.kind }.capacity_permille(0);
        well * share / 1_000
    });
    let capacity = charts.given(
        Name::gauge(tier.name, "able"),
        "a second",
        move |_, trouble| {
            if trouble { bad } else { well }
        },
    );
    Traffic { title, layers: layers.to_vec(), capacity: Some(capacity), offered: Some(offered) }
}

/// What became of the requests of a tier's own source, as a service and by how they ended.
pub fn requests(config: &Config, tier: TierId, charts: &mut Charts) -> (Service, Traffic) {
    let name = config.graph.tiers[usize::from(tier.0)].name;
    let ended = |endings: &[Ending]| endings.iter().map(|how| Count::Left(tier, *how)).collect::<Vec<_>>();
    const ENDED: [(&str, &[Ending], Fate); 4] = [
        ("answered", &[Ending::Done, Ending::Known], Fate::Good),
        ("by a fallback", &[Ending::Degraded], Fate::Degraded),
        ("too late", &[Ending::Late], Fate::Late),
        ("failed", &[Ending::Failed, Ending::Bad], Fate::Failed),
    ];
    charts.rate("requests: ok", ended(&[Ending::Done, Ending::Known, Ending::Degraded]));
    charts.rate("requests: failed", ended(&[Ending::Late, Ending::Failed, Ending::Bad]));
    let layers = ENDED.map(|(label, endings, fate)| Layer {
        series: charts.rate(Name::gauge("requests", label), ended(endings)),
        label,
        fate,
    });
    let held = Span::Held(tier);
    let duration = [charts.mean("gauge: request", held), charts.slowest("gauge: slowest request", held)];
    let rate: Vec<SeriesKey> = layers.iter().map(|layer| layer.series).collect();
    let traffic = Traffic { title: "Requests", layers: layers.to_vec(), capacity: None, offered: None };
    (Service { name, errors: rate[2..].to_vec(), rate, duration, p99: None }, traffic)
}

/// The breakers and pools of those who call: a machine, a station before those that they call, and how a request's calls are followed.
pub fn guarded(config: &Config, tier: TierId, charts: &mut Charts, shows: &mut Shows) {
    let hops = &config.tiers[usize::from(tier.0)].hops;
    if let Some(machine) = gates(config, tier) {
        charts.most("open breakers", "breakers", LevelOf::OpenGates);
        shows.machines.push(machine);
        for hop in hops {
            let (places, machine) = (config.gates(*hop), shows.machines.len() - 1);
            let guard = (!places.is_empty()).then_some(Guard { machine, places });
            if let Some(at) = station_of(config, *hop, shows) {
                shows.stations[at].guard = guard;
            }
        }
    }
    if let Some(pools) = pools(config, tier, charts) {
        shows.stations.insert(0, pools);
    }
    let stations: Option<Vec<usize>> = hops.iter().map(|hop| station_of(config, *hop, shows)).collect();
    let all = hops.iter().all(|hop| config.hops[usize::from(hop.0)].is_guarded);
    if let Some(stations) = stations.filter(|_| all && config.tiers[usize::from(tier.0)].source.is_some()) {
        shows.spans = Some(spans(stations));
    }
}

fn station_of(config: &Config, hop: HopId, shows: &Shows) -> Option<usize> {
    let to = config.graph.hops[usize::from(hop.0)].to;
    shows.stations.iter().position(|station| station.name == config.graph.tiers[usize::from(to.0)].name)
}

/// The pools of all instances of a tier, as one place.
fn pools(config: &Config, tier: TierId, charts: &mut Charts) -> Option<Station> {
    let hops = || {
        let all = config.tiers[usize::from(tier.0)].hops.iter();
        all.filter_map(|hop| Some((*hop, config.graph.hops[usize::from(hop.0)].pool?)))
    };
    let mut own = Vec::new();
    hops().for_each(|(_, pool)| {
        if !own.contains(&pool) {
            own.push(pool)
        }
    });
    let each: u32 = own.iter().map(|pool| config.graph.pools[usize::from(pool.0)].threads).sum();
    let size = each.saturating_mul(config.graph.tiers[usize::from(tier.0)].instances.into());
    let tries = |endings: &[Ending]| {
        hops()
            .flat_map(|(hop, _)| endings.iter().map(move |how| Count::TryOver(hop, *how)))
            .collect::<Vec<_>>()
    };
    let came = |how: &Ending| how.is_answer() || matches!(how, Ending::TimedOut | Ending::Rejected);
    let came: Vec<Ending> = Ending::ALL.into_iter().filter(came).collect();
    (!own.is_empty()).then(|| Station {
        name: "pools",
        places: "threads",
        size,
        queue_limit: None,
        utilisation: charts.share("pools: utilisation", LevelOf::Tier(tier, Level::Held), size),
        waiting: charts.most("pools: waiting", "calls", LevelOf::Tier(tier, Level::Pending)),
        arrivals: charts.rate("gauge: submitted", tries(&came)),
        errors: vec![charts.rate("gauge: rejected", tries(&[Ending::Rejected]))],
        rank: 0,
        line: None,
        guard: None,
    })
}

/// A caller tells of each try, those included that its breaker or its pool refused.
fn spans(stations: Vec<usize>) -> Spans {
    let ending = |how: Ending| match how {
        _ if how.is_good() => shows::Ending::Good(how.word()),
        Ending::TimedOut => shows::Ending::Limit(how.word()),
        Ending::NoTime => shows::Ending::Unmade(how.word()),
        _ => shows::Ending::Bad(how.word()),
    };
    let attempts = Attempts::Told {
        begun: FactId(fact::TIMEOUT),
        ended: FactId(fact::RESULT),
        stride: RESULTS,
        endings: Ending::ALL.map(ending).to_vec(),
        stations,
    };
    Spans { attempts, good: "done" }
}

/// The breakers of an instance.
fn gates(config: &Config, tier: TierId) -> Option<Machine> {
    let mut places = Vec::new();
    for hop in &config.tiers[usize::from(tier.0)].hops {
        let hop = &config.graph.hops[usize::from(hop.0)];
        let (Some(gate), to) = (hop.gate, &config.graph.tiers[usize::from(hop.to.0)]) else { continue };
        for instance in 0..if gate.by_instance { to.instances } else { 1 } {
            let which = if gate.by_instance { format!(" {}", instance + 1) } else { String::new() };
            places.extend((0..gate.shards).map(|shard| match gate.shards {
                1 => format!("breaker before the {}{which}", to.name),
                _ => format!("breaker before the {}{which}, shard {shard}", to.name),
            }));
        }
    }
    const STATES: [State; 3] = [State::Closed, State::Open, State::HalfOpen];
    let state = |state: State| {
        let (about, tone, at) = match state {
            State::Closed => ("calls pass", Tone::Well, (69.0, 8.0)),
            State::Open => ("calls are refused", Tone::Out, (279.0, 8.0)),
            State::HalfOpen => ("trial calls pass", Tone::Between, (174.0, 182.0)),
        };
        MachineState { word: word(state), about, tone, at: Some(at) }
    };
    let way = |(from, to): (State, State)| {
        let (why, start, end, count, side) = match (from, to) {
            (State::Closed, _) => ("too many failed", (134.0, 34.0), (212.0, 34.0), (172.0, 26.0), 0),
            (State::Open, _) => ("the wait is over", (300.0, 94.0), (240.0, 196.0), (282.0, 150.0), 1),
            (_, State::Open) => ("trials failed", (214.0, 178.0), (262.0, 94.0), (222.0, 128.0), -1),
            _ => ("trials passed", (126.0, 178.0), (70.0, 94.0), (92.0, 150.0), -1),
        };
        Way { from: from as usize, to: to as usize, why, arm: Some(Arm { start, end, count, side }) }
    };
    (!places.is_empty()).then(|| Machine {
        title: "Breaker states",
        one: "instance",
        many: "breakers",
        states: STATES.map(state).to_vec(),
        ways: Transition::LEGAL.map(way).to_vec(),
        sort: config.graph.tiers[usize::from(tier.0)].sort,
        state: FactId(fact::STATE),
        deadline: Some(shows::Deadline {
            fact: FactId(fact::UNTIL),
            state: State::Open as usize,
            then: "until a call asks",
        }),
        cause: Some(FactId(fact::CAUSE)),
        places,
    })
}

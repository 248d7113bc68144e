//! What there is to draw of any graph's runs, by the names of its tiers: services as their callers see them, stations where work waits, what the work
//! came to, and who asks. A lab adds to it.

use super::config::Config;
use super::declared::Hop;
use super::ledger::{Charts, Count, LevelOf, Span};
use super::mark::{Ending, HopId, Level, Swept, TierId};
use super::message::fact;
use crate::lab::Shows;
use crate::lab::shows::{
    Attempts, Crowd, Edge, FactId, Fate, HeatMap, Layer, Line, SeriesKey, Service, Spans, Station, TierBox,
    Topology, Traffic,
};
use crate::stats::Name;

/// How a call may end well.
const WELL: [Ending; 3] = [Ending::Done, Ending::Known, Ending::Degraded];

/// What is charted of a graph's runs, and what pictures show of it.
pub fn gauges(config: &Config) -> (Charts, Shows) {
    let (mut charts, mut shows) = (Charts::new(), Shows::default());
    let ranks = ranks(config);
    let mut by_rank: Vec<TierId> = (0..config.tiers.len() as u8).map(TierId).collect();
    // In the order in which a request passes them.
    by_rank.sort_by_key(|tier| ranks[usize::from(tier.0)]);
    let mut boxes = Vec::new();
    for tier in by_rank {
        let (plan, rank) = (&config.tiers[usize::from(tier.0)], ranks[usize::from(tier.0)]);
        let into: Vec<HopId> = into(config, tier).collect();
        if !into.is_empty() {
            shows.services.push(service(config, tier, &into, &mut charts));
        }
        let station = station(config, tier, rank, &mut charts);
        let name = config.graph.tiers[usize::from(tier.0)].name;
        let place = station.is_some().then_some(shows.stations.len());
        let nodes = config.nodes(tier).collect();
        let held = held(config, tier, &mut charts);
        let crowd = match plan.hops[..] {
            [hop] if plan.is_client => Some(crowd(config, tier, hop, &mut charts)),
            _ => None,
        };
        boxes.push((tier, TierBox { name, rank, nodes, station: place, held, crowd }));
        if let Some(station) = station {
            shows.stations.push(station);
            shows.traffic.push(traffic(config, tier, &into, &mut charts));
        }
    }
    shows.topology = Some(topology(config, boxes, &mut charts));
    let budget_us = config.graph.sources.first().map_or(0, |source| source.budget_us);
    let deadline_us = Some(budget_us).filter(|us| *us > 0);
    shows.spans =
        Some(Spans { attempts: Attempts::Kept { names: config.graph.called(), deadline_us }, good: "done" });
    let asked =
        config.graph.sources.first().and_then(|source| config.tiers[usize::from(source.tier.0)].hops.first());
    shows.heat = asked.map(|hop| HeatMap { title: "calls", of: hop.0.into(), deadline_us });
    (charts, shows)
}

/// Who calls whom.
fn topology(config: &Config, boxes: Vec<(TierId, TierBox)>, charts: &mut Charts) -> Topology {
    let place = |tier: TierId| boxes.iter().position(|(id, _)| *id == tier).unwrap_or(0);
    let name = |tier: TierId| config.graph.tiers[usize::from(tier.0)].name;
    let edge = |(id, hop): (HopId, &Hop)| {
        let ended = |how: Ending| Count::CallOver(id, how);
        let all = Ending::ALL.map(ended);
        let bad = Ending::ALL.into_iter().filter(|how| !WELL.contains(how) && *how != Ending::Cancelled);
        Edge {
            from: place(hop.from),
            to: place(hop.to),
            calls: charts.rate(Name::between(name(hop.from), name(hop.to), ": calls"), all),
            errors: charts.rate(
                Name::between(name(hop.from), name(hop.to), ": errors"),
                bad.map(ended).collect::<Vec<_>>(),
            ),
        }
    };
    let edges = (0..).map(HopId).zip(&config.graph.hops).map(edge).collect();
    let tiers = boxes.into_iter().map(|(_, tier)| tier).collect();
    Topology { tiers, edges, busy: FactId(fact::BUSY), queue: FactId(fact::QUEUE) }
}

/// The hops that lead to a tier.
fn into(config: &Config, tier: TierId) -> impl Iterator<Item = HopId> {
    (0..).map(HopId).zip(&config.graph.hops).filter(move |(_, hop)| hop.to == tier).map(|(id, _)| id)
}

/// How many calls lie at the most between a tier and those whom nobody calls.
fn ranks(config: &Config) -> Vec<u8> {
    let mut ranks = vec![0u8; config.tiers.len()];
    // No tier calls itself, through however many: that many rounds are enough.
    for _ in 0..ranks.len() {
        for hop in &config.graph.hops {
            let after = ranks[usize::from(hop.from.0)].saturating_add(1);
            let to = &mut ranks[usize::from(hop.to.0)];
            *to = (*to).max(after);
        }
    }
    ranks
}

fn service(config: &Config, tier: TierId, into: &[HopId], charts: &mut Charts) -> Service {
    let name = config.graph.tiers[usize::from(tier.0)].name;
    let ended = |is: fn(&Ending) -> bool| {
        let endings = || Ending::ALL.into_iter().filter(is);
        into.iter()
            .flat_map(move |hop| endings().map(move |how| Count::CallOver(*hop, how)))
            .collect::<Vec<_>>()
    };
    let good = charts.rate(Name::of(name, "goodput"), ended(|how| WELL.contains(how)));
    let bad =
        charts.rate(Name::of(name, "errors"), ended(|how| !WELL.contains(how) && *how != Ending::Cancelled));
    let mean = charts.mean(Name::of(name, "latency"), Span::Calls(into[0]));
    let slowest = charts.slowest(Name::gauge(name, "slowest"), Span::Calls(into[0]));
    Service { name, rate: vec![good, bad], errors: vec![bad], duration: [mean, slowest], p99: None }
}

fn station(config: &Config, id: TierId, rank: u8, charts: &mut Charts) -> Option<Station> {
    let tier = &config.graph.tiers[usize::from(id.0)];
    let (places, each, held) = match (tier.workers, tier.threads) {
        (0, 0) => return None,
        (0, threads) => ("threads", threads, Level::Inside),
        (workers, _) => ("workers", workers, Level::Busy),
    };
    let size = each.saturating_mul(tier.instances.into());
    let came = [Count::First(id), Count::Again(id)];
    let (turned, failed) = (Count::Turned(id), Count::Left(id, Ending::Failed));
    Some(Station {
        name: tier.name,
        places,
        size,
        queue_limit: (tier.line.limit < u32::MAX).then_some(tier.line.limit),
        arrivals: charts.rate(Name::of(tier.name, "offered"), came),
        utilisation: charts.share(Name::of(tier.name, "utilisation"), LevelOf::Tier(id, held), size),
        waiting: charts.most(Name::of(tier.name, "queue"), "requests", LevelOf::Tier(id, Level::Queue)),
        errors: vec![charts.rate(Name::gauge(tier.name, "turned or failed"), [turned, failed])],
        rank,
        line: (tier.instances == 1).then(|| Line {
            node: config.tiers[usize::from(id.0)].first,
            busy: FactId(fact::BUSY),
            queue: FactId(fact::QUEUE),
        }),
        guard: None,
    })
}

fn traffic(config: &Config, id: TierId, into: &[HopId], charts: &mut Charts) -> Traffic {
    let tier = &config.graph.tiers[usize::from(id.0)];
    let name = tier.name;
    let late: Vec<Count> = into.iter().map(|hop| Count::Late(*hop)).collect();
    let left = |hows: &[Ending]| hows.iter().map(|how| Count::Left(id, *how)).collect::<Vec<_>>();
    let good = charts.less(Name::gauge(name, "good"), left(&WELL), late.clone());
    let wasted = charts.rate(Name::gauge(name, "wasted"), late);
    let failed = charts.rate(Name::gauge(name, "failed"), left(&[Ending::Failed, Ending::Bad]));
    let swept = [Swept::Expired, Swept::Cancelled, Swept::Refused, Swept::Dropped, Swept::Shed];
    let swept = swept.map(|why| Count::Swept(id, why));
    let dropped = charts.rate(Name::gauge(name, "dropped"), swept);
    let refused = charts.rate(Name::gauge(name, "refused"), [Count::Turned(id)]);
    let mean_us = config.tiers[usize::from(id.0)].mean_us;
    let able = u64::from(tier.workers) * u64::from(tier.instances) * 1_000_000;
    let capacity = able.checked_div(mean_us).filter(|_| tier.workers > 0);
    let capacity =
        capacity.map(|all| charts.given(Name::gauge(name, "capacity"), "a second", move |_, _| all as i64));
    let offered = charts.rate(Name::gauge(name, "offered"), [Count::First(id), Count::Again(id)]);
    let layer = |series, label, fate| Layer { series, label, fate };
    Traffic {
        title: name,
        layers: vec![
            layer(good, "done", Fate::Good),
            layer(wasted, "wasted: nobody waited", Fate::Wasted),
            layer(failed, "failed", Fate::Failed),
            layer(dropped, "dropped from the line", Fate::Late),
            layer(refused, "refused at the door", Fate::Refused),
        ],
        capacity,
        offered: Some(offered),
    }
}

/// The threads of a tier that has workers too.
fn held(config: &Config, id: TierId, charts: &mut Charts) -> Option<(SeriesKey, u32)> {
    let tier = &config.graph.tiers[usize::from(id.0)];
    let all = tier.threads.saturating_mul(tier.instances.into());
    (tier.workers > 0 && all > 0).then(|| {
        (
            charts.most(Name::gauge(tier.name, "threads held"), "threads", LevelOf::Tier(id, Level::Inside)),
            all,
        )
    })
}

fn crowd(config: &Config, tier: TierId, hop: HopId, charts: &mut Charts) -> Crowd {
    let tier = &config.graph.tiers[usize::from(tier.0)];
    let waiting =
        charts.standing(Name::gauge(tier.name, "waiting"), "calls", Some(hop), |at| Some(at.waiting.into()));
    let sleeping =
        charts.standing(Name::gauge(tier.name, "sleeping"), "calls", Some(hop), |at| Some(at.between.into()));
    Crowd { name: tier.name, size: tier.instances.into(), waiting, sleeping, one_each: false }
}

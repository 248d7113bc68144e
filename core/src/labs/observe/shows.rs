//! What there is to draw of this lab's runs: what somebody who watches has been told, and nothing else.

use super::config::{Config, NAMES};
use super::params::{CLASSES, Labels, Params};
use crate::kits::graph::{Dashboard, HopId, Measure, Of, TierId, fact};
use crate::lab::Shows;
use crate::lab::shows::{
    Attempts, Edge, FactId, Fate, HeatMap, Layer, Matrix, MatrixColumn, MatrixRow, Service, Spans, Station,
    TierBox, Topology, Traffic,
};
use crate::stats::Name;

/// Of more services the charts leave rates and times to the table of all of them.
const MOST_CHARTED: u32 = 16;

/// The most rows of a table that tells users apart.
const MOST_USERS: u32 = 12;
/// How many instances, classes and tenants may have rows.
const ROWS: &[&str] = &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

/// What is charted of a run, and what pictures show of it.
pub fn charts(config: &Config) -> (Dashboard, Shows) {
    let (mut board, mut shows) = (Dashboard::new(&config.graph), Shows::default());
    let params = &config.params;
    let last = params.services - 1;
    let tier = |which: u32| TierId(which as u8);
    let people = TierBox {
        name: "tenants",
        rank: 0,
        nodes: config.graph.nodes(TierId(params.services as u8)).collect(),
        station: None,
        held: None,
        crowd: None,
    };
    let mut boxes = vec![people];
    for which in 0..=last {
        let (name, own) = (NAMES[which as usize], Of::Tier(tier(which)));
        // The gateway and the store are as they count themselves; the others as the gateway sees its calls of them.
        let of =
            if which == 0 || which == last { Of::Tier(tier(which)) } else { Of::Hop(Config::into(which)) };
        // Of many services the charts would be a long wall.
        let named = if params.services > MOST_CHARTED { Name::gauge } else { Name::of };
        let good = board.chart(named(name, "goodput"), of, Measure::Good);
        let bad = board.chart(named(name, "errors"), of, Measure::Errors);
        let mean = board.chart(named(name, "latency"), own, Measure::Mean);
        let slowest = board.chart(Name::gauge(name, "slowest"), own, Measure::Slowest);
        shows.services.push(Service {
            name,
            rate: vec![good, bad],
            errors: vec![bad],
            duration: [mean, slowest],
            p99: None,
        });
        let workers = config.graph.graph.tiers[which as usize].workers * params.instances;
        let rank = if which == 0 {
            1
        } else if which == last {
            3
        } else {
            2
        };
        shows.stations.push(Station {
            name,
            places: "workers",
            size: workers,
            queue_limit: None,
            arrivals: board.chart(Name::gauge(name, "came"), own, Measure::Rate),
            utilisation: board.chart(Name::gauge(name, "utilisation"), own, Measure::Busy(workers)),
            waiting: board.chart(Name::gauge(name, "waiting"), own, Measure::Waiting),
            errors: vec![board.chart(Name::gauge(name, "own errors"), own, Measure::Errors)],
            rank,
            line: None,
            guard: None,
        });
        let nodes = config.graph.nodes(tier(which)).collect();
        boxes.push(TierBox { name, rank, nodes, station: Some(which as usize), held: None, crowd: None });
    }
    shows.topology = Some(topology(config, boxes, &mut board));
    let entry = Of::Tier(Config::ENTRY);
    let layer = |series, label, fate| Layer { series, label, fate };
    shows.traffic = vec![Traffic {
        title: "Requests, by the gateway",
        layers: vec![
            layer(board.chart("requests: ok", entry, Measure::Good), "ended well", Fate::Good),
            layer(board.chart("requests: errors", entry, Measure::Errors), "errors", Fate::Failed),
        ],
        capacity: None,
        offered: None,
    }];
    shows.heat = Some(HeatMap { title: "requests at the gateway", of: 0, deadline_us: None });
    let hops = &config.graph.graph.hops;
    let names = hops.iter().map(|hop| config.graph.graph.tiers[usize::from(hop.to.0)].name).collect();
    shows.spans = Some(Spans { attempts: Attempts::Kept { names, deadline_us: None }, good: "done" });
    shows.matrix = Some(matrix(config, &mut board));
    (board, shows)
}

fn topology(config: &Config, tiers: Vec<TierBox>, board: &mut Dashboard) -> Topology {
    let graph = &config.graph.graph;
    let place = |tier: TierId| (usize::from(tier.0) + 1) % (config.params.services as usize + 1);
    let edge = |(id, hop): (HopId, &crate::kits::graph::Hop)| {
        // Tenants' browsers have no metrics: what they ask is what the gateway counts.
        let of = if id == Config::ASK { Of::Tier(Config::ENTRY) } else { Of::Hop(id) };
        let name = |what| {
            Name::between(
                graph.tiers[usize::from(hop.from.0)].name,
                graph.tiers[usize::from(hop.to.0)].name,
                what,
            )
        };
        Edge {
            from: place(hop.from),
            to: place(hop.to),
            calls: board.chart(name(": calls"), of, Measure::Rate),
            errors: board.chart(name(": errors"), of, Measure::Errors),
        }
    };
    let edges = (0..).map(HopId).zip(&graph.hops).map(edge).collect();
    Topology { tiers, edges, busy: FactId(fact::BUSY), queue: FactId(fact::QUEUE) }
}

/// The table: hops, or what labels tell of a service.
fn matrix(config: &Config, board: &mut Dashboard) -> Matrix {
    let params = &config.params;
    if params.look == 0 || params.look > params.services {
        let rows = (0..params.services as u8).map(TierId).map(|tier| {
            let name = NAMES[usize::from(tier.0)];
            let (own, calls) = (Of::Tier(tier), Of::Calls(tier));
            let counts = vec![
                board.chart(Name::gauge(name, "asked"), own, Measure::Count),
                board.chart(Name::gauge(name, "failed"), own, Measure::CountErrors),
                board.chart(Name::gauge(name, "calls"), calls, Measure::Count),
                board.chart(Name::gauge(name, "tries"), calls, Measure::CountTries),
            ];
            MatrixRow { name: name.to_owned(), counts }
        });
        let rows = rows.collect();
        let columns = vec![
            MatrixColumn { name: "requests", fate: None, share_of: None },
            MatrixColumn { name: "errors", fate: Some(Fate::Failed), share_of: Some(0) },
            MatrixColumn { name: "its calls", fate: None, share_of: None },
            MatrixColumn { name: "its tries", fate: None, share_of: Some(2) },
        ];
        let title = "What each service is asked for, and what it asks others";
        return Matrix { title, row: "service", rows_are: "services", columns, rows };
    }
    let service = TierId(params.look as u8 - 1);
    let (row, rows_are, of) = rows(params, service, config);
    let rows = of.into_iter().enumerate().map(|(place, (name, of))| {
        let key = |what| Name::gauge(ROWS.get(place).copied().unwrap_or(""), what);
        let counts = vec![
            board.chart(key("requests"), of, Measure::Count),
            board.chart(key("failed"), of, Measure::CountErrors),
            board.chart(key("mean ms"), of, Measure::MeanMs),
        ];
        MatrixRow { name, counts }
    });
    let columns = vec![
        MatrixColumn { name: "requests", fate: None, share_of: None },
        MatrixColumn { name: "errors", fate: Some(Fate::Failed), share_of: Some(0) },
        MatrixColumn { name: "mean, ms", fate: None, share_of: None },
    ];
    let rows = rows.collect();
    Matrix { title: "What labels tell of one service", row, rows_are, columns, rows }
}

/// What metrics can tell apart at a service.
fn rows(
    params: &Params,
    service: TierId,
    config: &Config,
) -> (&'static str, &'static str, Vec<(String, Of)>) {
    match params.labels {
        Labels::Route => {
            let of = (0..).zip(CLASSES).map(|(class, name)| ((*name).to_owned(), Of::Class(service, class)));
            ("class", "classes", of.collect())
        }
        Labels::Instance => {
            let of = config.graph.nodes(service);
            (
                "instance",
                "instances",
                of.map(|node| (config.graph.cast.name(node).to_string(), Of::Node(node))).collect(),
            )
        }
        Labels::Tenant => {
            let of =
                (0..params.tenants).map(|which| (format!("tenant {}", which + 1), Of::Label(service, which)));
            ("tenant", "tenants", of.collect())
        }
        Labels::User => {
            let most = params.users.min(MOST_USERS);
            let of = (0..most).map(|which| (format!("user {}", which + 1), Of::Label(service, which)));
            ("user", "users", of.collect())
        }
    }
}

//! What there is to draw of this lab's runs.

use super::config::Config;
use super::params::By;
use crate::kits::graph::{Charts, Count, Ending, Level, LevelOf, Swept, fact, gauges};
use crate::lab::Shows;
use crate::lab::shows::{FactId, Fate, Fleet, FleetState, Layer, Station, Tone, Traffic};

/// What is charted of a run, and what pictures show of it.
pub fn charts(config: &Config) -> (Charts, Shows) {
    let (mut charts, mut shows) = gauges(&config.graph);
    let (front, calls, service, params) = (config.front(), Config::CALLS, Config::SERVICE, &config.params);
    let offered = charts.rate("offered load", [Count::First(front), Count::Again(front)]);
    let goodput =
        charts.rate("goodput", [Ending::Done, Ending::Known].map(|how| Count::CallOver(calls, how)));
    let wasted = charts.rate("wasted work", [Count::Late(calls)]);
    let swept = [Swept::Expired, Swept::Dropped, Swept::Shed].map(|why| Count::Swept(front, why));
    let dropped = charts.rate("dropped from the line", swept);
    let refused = charts.rate("refused", [Count::Turned(front)]);
    let scaled = params.scale != By::Off;
    let full = (u64::from(params.capacity) / 1_000_000) as i64;
    let ready = LevelOf::Tier(service, Level::Ready);
    let capacity = match scaled {
        true => charts.times("capacity", "a second", ready, params.each()),
        false => charts.given("capacity", "a second", move |_, _| full),
    };
    let waiting = charts.most("waiting", "requests", LevelOf::Tier(front, Level::Queue));
    if scaled {
        charts.most("instances", "ready", ready);
    }
    let layer = |series, label, fate| Layer { series, label, fate };
    shows.traffic = vec![Traffic {
        title: "What became of the calls",
        layers: vec![
            layer(goodput, "goodput: answered in time", Fate::Good),
            layer(wasted, "wasted: nobody waited", Fate::Wasted),
            layer(dropped, "dropped from the line", Fate::Late),
            layer(refused, "refused at the door", Fate::Refused),
        ],
        capacity: Some(capacity),
        offered: Some(offered),
    }];
    if front != service {
        let most = params.most() * params.workers;
        shows.stations.insert(
            0,
            Station {
                name: "queue",
                places: "slots",
                size: most,
                queue_limit: Some(params.queue_limit),
                arrivals: offered,
                utilisation: charts.share("given out", LevelOf::Tier(front, Level::Inside), most),
                waiting,
                errors: vec![refused, dropped],
                rank: 1,
                line: None,
                guard: None,
            },
        );
    }
    if params.most() > 1 {
        let state = |word, about, tone| FleetState { word, about, tone };
        shows.fleet = Some(Fleet {
            title: "Instances",
            nodes: config.graph.nodes(service).collect(),
            load: vec![FactId(fact::QUEUE), FactId(fact::BUSY)],
            unit: "requests",
            state: Some(FactId(fact::LIFE)),
            states: vec![
                state("off", "off", Tone::Out),
                state("starting", "told to start, and not ready yet", Tone::Between),
                state("draining", "ends what it has, and takes no more", Tone::Between),
            ],
            believed: None,
        });
    }
    (charts, shows)
}

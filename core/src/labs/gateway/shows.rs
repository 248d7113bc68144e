//! What there is to draw of this lab's runs, and what theory says of their tails.

use super::config::Config;
use super::params::{Hedge, Need, Params, Queues, Shape, Switch, Trouble};
use crate::kits::graph::{Charts, Count, Span, fact, gauges};
use crate::lab::Shows;
use crate::lab::shows::{FactId, Fleet, FleetState, Form, HeatMap, Tail, TallyKey, Tone};
use crate::parts::fanout;
use crate::sim::dist::Dist;

/// What there is to read of a run with these settings.
pub fn shows(config: &Config) -> Shows {
    charts(config).1
}

/// What is charted of a run, and what pictures show of it.
pub fn charts(config: &Config) -> (Charts, Shows) {
    let (mut charts, mut shows) = gauges(&config.graph);
    let p = &config.params;
    for service in &mut shows.services {
        if service.name == "gateway" {
            service.p99 = Some(TallyKey("page_p99_ms"));
        }
    }
    if p.seconds() {
        charts.rate("calls to leaves", [Count::Called(config.to_leaves)]);
        charts.rate("second requests", [Count::Hedged(config.to_leaves)]);
    }
    charts.mean("a part, as the gateway sees it", Span::Calls(Config::PARTS));
    let state = |word, about, tone| FleetState { word, about, tone };
    shows.fleet = Some(Fleet {
        title: "Leaves",
        nodes: config.graph.nodes(Config::LEAVES).collect(),
        load: vec![FactId(fact::QUEUE), FactId(fact::BUSY)],
        unit: "requests",
        state: Some(FactId(fact::ROLE)),
        states: vec![
            state("slow", "works slower", Tone::Between),
            state("a shard down", "the last part fails", Tone::Between),
        ],
        believed: None,
    });
    let of = Config::PAGES.0.into();
    shows.heat = Some(HeatMap { title: "pages", of, deadline_us: Some(p.page_limit) });
    shows.tail = Some(Tail { from_us: p.from, limit_us: Some(p.page_limit), forms: forms(p) });
    (charts, shows)
}

/// What is beside the leaves' time in a page's, in µs.
fn beside_us(p: &Params) -> f64 {
    4.0 * p.latency.mean_us().unwrap_or(0.0) + p.auth.mean_us().unwrap_or(0.0)
}

/// Whether the leaves' time is all that makes a page's, and nothing disturbs it.
fn is_plain(p: &Params) -> bool {
    let sound = p.trouble == Trouble::None && p.availability == 1_000_000;
    sound
        && p.store == Switch::Off
        && p.mesh == Switch::Off
        && p.need != Need::Essential
        && p.shape == Shape::Parallel
}

/// The chance that a leaf's answer is there by a time in µs, by theory.
fn leaf(p: &Params) -> Option<impl Fn(f64) -> f64> {
    let work = p.work();
    let exponential = matches!(work, Dist::Exponential { .. });
    let mean_us = match p.queues {
        Queues::Off if !p.seconds() => None,
        Queues::On if exponential && p.hedge == Hedge::Off && p.copies == 1 => {
            let r = f64::from(p.utilisation) / 1e6;
            Some((r < 1.0).then(|| p.work_us() / (1.0 - r))?)
        }
        _ => return None,
    };
    Some(move |us: f64| match mean_us {
        Some(mean_us) => -libm::expm1(-us.max(0.0) / mean_us),
        None => work.share_up_to(us),
    })
}

/// The tails that theory knows: of one part, and of the page where its parts are apart.
fn forms(p: &Params) -> Vec<Form> {
    let Some(leaf) = is_plain(p).then(|| leaf(p)).flatten() else { return Vec::new() };
    let beside = beside_us(p);
    let (n, k) = (p.fan, p.needed());
    let form = |name: &'static str, there: &dyn Fn(f64) -> f64| {
        // To where a thousandth is left.
        let (mut low, mut high) = (0.0, 3.6e9);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if there(middle) < 0.999 { low = middle } else { high = middle }
        }
        let at = |i: u32| high * f64::from(i) / 100.0;
        let point = |us: f64| ((beside + us) as u64, ((1.0 - there(us)) * 1e6) as u32);
        Form { name, points: (0..=100).map(|i| point(at(i))).collect() }
    };
    let mut forms = vec![form("one part", &leaf)];
    // Servers of one page are asked at the same moments, so their lines are not quite apart: theory is of times alone.
    if n > 1 && p.queues == Queues::Off {
        forms.push(form("the page", &|us| fanout::enough(leaf(us), n, k)));
    }
    forms
}

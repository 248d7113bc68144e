//! What there is to draw of this lab's runs, and what theory says of their tails.

use super::config::{SERVERS, TO_SERVERS, config};
use super::params::{Layer, Load, Params, Policy, Sees};
use crate::kits::graph::{Charts, Config, fact, gauges};
use crate::lab::Shows;
use crate::lab::shows::{Believed, FactId, Fleet, FleetState, Form, Tail, TallyKey, Tone};
use crate::parts::waiting;
use crate::sim::dist::Dist;

/// What there is to read of a run with these settings.
pub fn shows(params: &Params) -> Shows {
    charts(params, &config(params)).1
}

/// What is charted of a run, and what pictures show of it.
pub fn charts(params: &Params, config: &Config) -> (Charts, Shows) {
    let (charts, mut shows) = gauges(config);
    for service in &mut shows.services {
        if service.name == "balancer" {
            service.p99 = Some(TallyKey("p99_ms"));
        }
    }
    let state = |word, about, tone| FleetState { word, about, tone };
    shows.fleet = Some(Fleet {
        title: "Servers",
        nodes: config.nodes(SERVERS).collect(),
        load: vec![FactId(fact::QUEUE), FactId(fact::BUSY)],
        unit: "calls",
        state: Some(FactId(fact::ROLE)),
        states: vec![
            state("silent", "answers nothing", Tone::Out),
            state("failing", "fails", Tone::Out),
            state("slow", "works slower", Tone::Between),
            state("alarmed", "well, but fails its checks", Tone::Between),
        ],
        believed: Some(Believed {
            by: config.nodes(config.graph.hops[usize::from(TO_SERVERS.0)].from).collect(),
            fact: FactId(fact::BELIEVED),
            states: vec![
                state("unwell", "left out after failed checks", Tone::Out),
                state("ejected", "ejected for failures", Tone::Out),
            ],
        }),
    });
    // A ball's call never ends.
    if params.load != Load::Balls {
        let forms = form(params).into_iter().collect();
        shows.tail = Some(Tail { from_us: params.from, limit_us: Some(params.slow_limit), forms });
    }
    (charts, shows)
}

/// The model of queueing theory that the settings are, and the mean time in system that it gives, in service times.
pub fn theory(params: &Params) -> Option<(&'static str, f64)> {
    let exponential = matches!(params.work, Dist::Exponential { .. });
    let constant = matches!(params.work, Dist::Constant { .. });
    let plain =
        params.load == Load::Open && params.layer == Layer::L7 && params.workers == 1 && params.slower == 0;
    let (n, r) = (params.servers, f64::from(params.utilisation) / 1e6);
    if !plain || r >= 1.0 {
        return None;
    }
    match params.policy {
        Policy::Random if exponential => Some(("M/M/1", waiting::mm1(r))),
        Policy::Random if constant => Some(("M/D/1", waiting::md1(r))),
        Policy::Rr if exponential && params.balancers == 1 => Some(("E_n/M/1", waiting::en_m1(n, r))),
        Policy::P2c if exponential && params.balancers == 1 && params.sees != Sees::Stale => {
            Some(("ever more servers", waiting::supermarket(params.choices, r)))
        }
        _ => None,
    }
}

/// The tail of those models whose time in system is exponential.
fn form(params: &Params) -> Option<Form> {
    let (name, mean) = theory(params)?;
    if !matches!(params.policy, Policy::Random | Policy::Rr) || name == "M/D/1" {
        return None;
    }
    let beside_us = params.latency.mean_us().unwrap_or(0.0) * 4.0 + params.proxy as f64;
    let mean_us = mean * params.work_us();
    // To a thousandth and a little beyond.
    let point = |i: u32| {
        let times = f64::from(i) / 10.0;
        ((beside_us + times * mean_us) as u64, (libm::exp(-times) * 1e6) as u32)
    };
    Some(Form { name, points: (0..=75).map(point).collect() })
}

//! The network of a scenario: the legs of the WARS model, and what lies between zones.

use super::params::{LegsOf, Load};
use super::config::Config;
use crate::cast::{NodeId, Sort};
use crate::parts::pbs::{self, Legs};
use crate::sim::Network;
use crate::sim::dice::{Purpose, below, die};
use crate::sim::dist::Dist;

/// The network: classes in the order of [`super::message::class`].
pub fn network(config: &Config, seed: u32) -> Network {
    let params = &config.params;
    let legs = match params.legs {
        LegsOf::Own => Legs {
            write: params.wleg.clone(),
            ack: params.aleg.clone(),
            read: params.rleg.clone(),
            answer: params.sleg.clone(),
        },
        LegsOf::Exp => {
            let exponential = |mean_us: u64| Dist::Exponential { mean_ns: mean_us * 1_000 };
            let others = exponential(params.arsmean);
            Legs { write: exponential(params.wmean), ack: others.clone(), read: others.clone(), answer: others }
        }
        LegsOf::Ssd => pbs::linkedin_ssd(),
        LegsOf::Disk | LegsOf::Wan => pbs::linkedin_disk(),
        LegsOf::Ymmr => pbs::yammer(),
    };
    let (zones, zone_extra_us) = zones(config, seed);
    Network {
        classes: vec![
            params.cleg.clone(),
            legs.write,
            legs.ack,
            legs.read,
            legs.answer,
            Dist::constant_us(0),
        ],
        zones,
        zone_extra_us,
        loss_millionths: u64::from(params.loss),
        class_loss_millionths: Vec::new(),
        duplicate_millionths: 0,
        fifo: false,
    }
}

/// Every node is a zone of its own where distance matters, so that each pair has its extra.
fn zones(config: &Config, seed: u32) -> (Vec<u16>, Vec<u64>) {
    let params = &config.params;
    let wan = params.legs == LegsOf::Wan;
    if !wan && (params.zones == 1 || params.far == 0) {
        return (Vec::new(), Vec::new());
    }
    let nodes: Vec<NodeId> = config.cast.nodes().collect();
    let near: Vec<u16> = nodes.iter().map(|node| near(config, seed, *node)).collect();
    let probe = params.load == Load::Probe;
    let extra = |a: &NodeId, b: &NodeId| {
        let servers = config.cast.sort(*a).0 == Sort::Server || config.cast.sort(*b).0 == Sort::Server;
        // The two coordinators of a probe are the experimenter's: nothing lies between them.
        let apart = near[a.index()] != near[b.index()] && (servers || !probe);
        match (apart, wan) {
            (false, _) => 0,
            (true, true) => pbs::WAN_EXTRA_MS * 1_000,
            (true, false) => params.far,
        }
    };
    let extras = nodes.iter().flat_map(|a| nodes.iter().map(move |b| (*a, *b))).map(|(a, b)| extra(&a, &b)).collect();
    ((0..nodes.len() as u16).collect(), extras)
}

/// Which place a node is at: its zone; in the WAN scenario that of the replica which is near, in a probe by a die, apart for writer and reader.
fn near(config: &Config, seed: u32, node: NodeId) -> u16 {
    if config.params.legs != LegsOf::Wan {
        return config.zone(node);
    }
    let (sort, number) = config.cast.sort(node);
    match (sort, config.params.load) {
        (Sort::Server, _) => number,
        (_, Load::Mixed) => number % config.params.n as u16,
        (_, Load::Probe) => below(die(seed, Purpose::Choice, u64::from(config.cast.luck(node)), u64::MAX), u64::from(config.params.n)) as u16,
    }
}

//! What follows from the reader's settings: tenants, a gateway, services between it and a store, and somebody who watches.

use super::params::{CLASSES, Fault, Hidden, Log, Params};
use crate::cast::Sort;
use crate::kits::graph::{
    self, Again, Arrivals, Graph, Hop, HopId, Keys, Kind, Logs, Observed, Source, Step, Tier, TierId,
    Trouble, Whose,
};
use crate::params::Switch;
use crate::parts::backoff;
use crate::parts::sampler::Sizes;
use crate::sim::dist::Dist;

/// The services' names.
pub const NAMES: [&str; 40] = [
    "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15", "s16",
    "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28", "s29", "s30", "s31",
    "s32", "s33", "s34", "s35", "s36", "s37", "s38", "s39", "s40",
];
/// By how much a fault slows work down.
const SLOWDOWN: u32 = 30;
/// For how long ten times as much is asked, in µs.
const SPIKE_US: u64 = 2_000_000;
/// How often who storms tries a call.
const STORM: u32 = 6;
/// How often instances hand over spans and lines, in µs.
pub const PUSH_US: u64 = 100_000;

/// What follows from the reader's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// The graph.
    pub graph: graph::Config,
}

impl Config {
    /// The gateway.
    pub const ENTRY: TierId = TierId(0);
    /// The tenants' calls.
    pub const ASK: HopId = HopId(0);

    /// What follows from the reader's settings, and from the seed.
    pub fn new(params: Params, seed: u32) -> Config {
        let hidden = params.hidden(seed);
        let graph = graph(&params, hidden, params.writers(seed));
        let graph = graph::Config::new(graph).expect("a graph whatever the settings");
        Config { params, graph }
    }

    /// The hop into a service, from 0, by which others than the store are called.
    pub fn into(service: u32) -> HopId {
        HopId(service as u8)
    }
}

fn graph(params: &Params, hidden: Option<Hidden>, writers: Vec<u32>) -> Graph {
    let mut graph = Graph::new(CLASSES);
    let last = params.services - 1;
    let tiers: Vec<TierId> = (0..=last).map(|which| graph.tier(service(params, which))).collect();
    let people = graph.tier(Tier::new("tenants", Sort::Client, params.tenants as u16));
    let watcher = graph.tier(Tier::new("observability", Sort::Coordinator, 1));
    let ask = graph.hop(Hop::new(people, tiers[0], 5_000_000));
    graph.route(people, vec![Step::Call(ask)]);
    let between = || 1..last;
    let outer: Vec<HopId> =
        between().map(|which| graph.hop(Hop::new(tiers[0], tiers[which as usize], 3_000_000))).collect();
    graph.route(tiers[0], vec![Step::WORK, Step::One(outer)]);
    let store = tiers[last as usize];
    let storms =
        |which: u32| params.fault == Fault::Storm && hidden.is_some_and(|it| it.service == which + 1);
    let mut stormed = None;
    for which in between() {
        let tier = tiers[which as usize];
        let again = Again {
            attempts: STORM,
            backoff: backoff::Policy { kind: backoff::Kind::None, ..backoff::Policy::BOOK },
            ..Again::NEVER
        };
        let again = if storms(which) { again } else { Again::NEVER };
        let hop = graph.hop(Hop { again, ..Hop::new(tier, store, 2_000_000) });
        stormed = stormed.or(storms(which).then_some(hop));
        graph.route(tier, vec![Step::WORK, Step::Call(hop)]);
    }
    graph.route(store, vec![Step::WORK]);
    let mix = vec![(1, 300_000), (2, 200_000)];
    let keys = Keys::Zipf { keys: params.users, exponent_millionths: 1_000_000 };
    let arrivals = Arrivals::Open(params.gap());
    graph.source(Source { mix, keys, tenant_each: true, ..Source::new(people, arrivals) });
    let times = (params.fault_at, params.fault_for);
    if params.fault == Fault::Spike {
        graph.trouble(Trouble {
            told: false,
            ..Trouble::new(tiers[0], Kind::Burst(10), (params.fault_at, SPIKE_US))
        });
    }
    if let Some(hidden) = hidden {
        let (whose, instance) = hidden.strikes();
        let kind = if hidden.is_slow { Kind::Slow(SLOWDOWN) } else { Kind::Errors(params.share) };
        // What is retried fails where it comes to.
        let (tier, whose) = match stormed {
            Some(hop) => (store, Whose::Hop(hop)),
            None => (tiers[hidden.service as usize - 1], whose),
        };
        graph.trouble(Trouble { instance, whose, told: false, ..Trouble::new(tier, kind, times) });
    }
    graph.observed = Some(Observed {
        tier: watcher,
        instrumented: writers.into_iter().map(|which| tiers[which as usize]).collect(),
        propagates: params.propagate == Switch::On,
        decide: params.decides(),
        head: params.head,
        tail: params.tail(),
        push_us: PUSH_US,
        scrape_us: params.scrape,
        logs: match params.log {
            Log::Off => Logs::Off,
            Log::Errors => Logs::Errors,
            Log::All => Logs::All,
        },
        correlated: params.correlation == Switch::On,
        labels: params.told_by(),
        sizes: Sizes::USUAL,
    });
    graph
}

fn service(params: &Params, which: u32) -> Tier {
    let last = params.services - 1;
    let (workers, work) = match which {
        0 => (64, Dist::constant_us(2_000)),
        which if which == last => (64, Dist::Exponential { mean_ns: 10_000_000 }),
        _ => (16, Dist::Exponential { mean_ns: 20_000_000 }),
    };
    Tier { workers, work, ..Tier::new(NAMES[which as usize], Sort::Server, params.instances as u16) }
}

//! What is wrong with a graph.

use super::config::route;
use super::control::Scale;
use super::declared::{Arrivals, Class, Graph, Hop, Step, Tier};
use super::mark::{HopId, TierId};
use super::observe::Observed;
use super::roles::{CachePolicy, Role};
use super::trouble::Kind;
use crate::cast::Cast;
use crate::sim::dice::MILLION;

/// The most tiers, and the most hops: each has a row of counters in every bin.
const MOST: usize = 64;
const MOST_HOPS: usize = 128;
/// The most places in a route from which calls go out.
const MOST_SITES: usize = 10_000;
/// The most keys that a source asks for.
const MOST_KEYS: u32 = 1_000_000;
/// How deep one service may call another.
const DEPTH: usize = 32;

/// What is wrong with a graph.
///
/// # Errors
/// In a sentence.
pub fn check(graph: &Graph) -> Result<(), String> {
    let Graph { tiers, hops, pools, classes, .. } = graph;
    let nodes: u64 = tiers.iter().map(|tier| u64::from(tier.instances)).sum();
    must(
        !tiers.is_empty() && tiers.len() <= MOST && hops.len() <= MOST_HOPS,
        "a graph has up to 64 tiers and 128 hops",
    )?;
    must(!classes.is_empty() && classes.len() <= 256, "a graph has up to 256 classes")?;
    must(nodes <= u64::from(Cast::MAX), "a graph has up to 8,192 instances")?;
    must(pools.iter().all(|pool| pool.threads > 0), "a pool has threads")?;
    tiers.iter().try_for_each(of_tier)?;
    for (at, tier) in (0..).map(TierId).zip(tiers) {
        let there = |hop: HopId| hops.get(usize::from(hop.0)).is_some_and(|hop| hop.from == at);
        must(tier.slots.is_none_or(there), "slots are those of a hop of their tier")?;
    }
    hops.iter().try_for_each(|hop| of_hop(graph, hop))?;
    for route in &graph.routes {
        tier(graph, route.tier)?;
        must(
            route.class.is_none_or(|class| usize::from(class) < classes.len()),
            "a route is of a class there is",
        )?;
        must(sites(&route.steps) <= MOST_SITES, "a route makes up to 10,000 calls")?;
        of_steps(graph, route.tier, &route.steps)?;
    }
    for (at, source) in graph.sources.iter().enumerate() {
        tier(graph, source.tier)?;
        must(graph.sources[..at].iter().all(|other| other.tier != source.tier), "a tier has one source")?;
        must(
            source.classes().all(|class| usize::from(class) < classes.len()),
            "a source is of a class there is",
        )?;
        let mixed: u64 = source.mix.iter().map(|(_, share)| u64::from(*share)).sum();
        must(u64::from(source.bad).max(mixed) <= MILLION, "a share is at most the whole")?;
        let together = source.at_once == 1 || !matches!(source.arrivals, Arrivals::Closed(_));
        must(source.at_once > 0 && together, "requests come at once where they come at a rate")?;
        must(source.tenants.len() <= 256, "a graph has up to 256 tenants")?;
        must(
            source.keys.count().is_none_or(|keys| (1..=MOST_KEYS).contains(&keys)),
            "there are 1 to 1,000,000 keys",
        )?;
    }
    for at in (0..tiers.len() as u8).map(TierId) {
        let before = hops.iter().filter(|hop| hop.from == at);
        let gates = before.map(|hop| u64::from(super::config::gates(graph, hop))).sum::<u64>();
        must(gates <= u64::from(u16::MAX), "a caller has up to 65,535 gates")?;
    }
    for (at, trouble) in graph.troubles.iter().enumerate() {
        let tier = tier(graph, trouble.tier)?;
        must(graph.troubles[..at].iter().all(|other| other.tier != trouble.tier), "a tier has one trouble")?;
        must(
            trouble.instance.is_none_or(|which| which < tier.instances),
            "trouble is at an instance there is",
        )?;
        must(!matches!(trouble.kind, Kind::Slow(0) | Kind::Burst(0)), "trouble is some times as bad")?;
        let steady = trouble.flap_us == 0 && trouble.recover_below == 0;
        must(
            steady || !matches!(trouble.kind, Kind::Burst(_)),
            "a burst neither flaps nor waits for anything",
        )?;
        must(
            !matches!(trouble.kind, Kind::Errors(share) if u64::from(share) > MILLION),
            "a share is at most the whole",
        )?;
    }
    graph.observed.iter().try_for_each(|observed| of_observed(graph, observed))?;
    graph.scales.iter().try_for_each(|scale| of_scale(graph, scale))?;
    for (at, tier) in (0..).map(TierId).zip(tiers) {
        of_data(graph, at, tier)?;
    }
    for source in &graph.sources {
        source.classes().try_for_each(|class| reaches(graph, source.tier, class, 0))?;
    }
    Ok(())
}

fn must(is: bool, what: &str) -> Result<(), String> {
    if is { Ok(()) } else { Err(format!("{what}, and this one does not fit")) }
}

fn tier(graph: &Graph, id: TierId) -> Result<&Tier, String> {
    graph.tiers.get(usize::from(id.0)).ok_or_else(|| format!("there is no tier {}", id.0))
}

fn of_observed(graph: &Graph, observed: &Observed) -> Result<(), String> {
    let watcher = tier(graph, observed.tier)?;
    let alone = graph.hops.iter().all(|hop| hop.from != observed.tier && hop.to != observed.tier);
    must(watcher.instances == 1 && alone, "who watches is one that nobody calls")?;
    must(observed.push_us > 0 && observed.scrape_us > 0, "those who watch are told every so often")?;
    observed.instrumented.iter().try_for_each(|id| tier(graph, *id).map(|_| ()))
}

fn of_tier(tier: &Tier) -> Result<(), String> {
    must(tier.instances > 0, "a tier has an instance")?;
    must(u64::from(tier.fails) <= MILLION, "a share is at most the whole")?;
    let passes = |limit: super::limit::Limit| {
        limit.policy.limit > 0 && limit.policy.burst > 0 && limit.policy.window_us > 0
    };
    must(tier.desk.limit.is_none_or(passes), "a limiter lets one in")
}

fn of_scale(graph: &Graph, scale: &Scale) -> Result<(), String> {
    let (controller, of) = (tier(graph, scale.tier)?, tier(graph, scale.of)?);
    scale.line.map_or(Ok(()), |line| tier(graph, line).map(|_| ()))?;
    let calls = graph.hops.iter().any(|hop| hop.from == scale.tier || hop.to == scale.tier);
    must(
        controller.instances == 1 && !calls && scale.tier != scale.of,
        "a controller is one node without calls",
    )?;
    must((1..=of.instances).contains(&scale.least), "some of the instances that a controller has are ready")?;
    must(scale.every_us > 0 && scale.target > 0, "a controller looks at times, for more than nothing")
}

/// Who holds something is asked for it, and nobody else; what is written behind has somewhere to go.
fn of_data(graph: &Graph, id: TierId, tier: &Tier) -> Result<(), String> {
    fn fits(role: &Role, steps: &[Step]) -> bool {
        steps.iter().all(|step| match step {
            Step::Look(steps) => matches!(role, Role::Cache(_)) && fits(role, steps),
            Step::Keep | Step::Put | Step::Forget => matches!(role, Role::Cache(_)),
            Step::Read | Step::Write => *role == Role::Store,
            Step::Else(steps) | Step::Down(steps) | Step::Single(steps) => fits(role, steps),
            _ => true,
        })
    }
    let mut routes = graph.routes.iter().filter(|route| route.tier == id);
    must(routes.all(|route| fits(&tier.role, &route.steps)), "a step about data is at a tier that holds it")?;
    must(tier.role != Role::Store || tier.instances == 1, "a store is one instance")?;
    let Role::Cache(CachePolicy { size, behind, .. }) = &tier.role else { return Ok(()) };
    must(*size > 0, "a cache has room for something")?;
    let Some(behind) = behind else { return Ok(()) };
    let hop = graph.hops.get(usize::from(behind.hop.0)).filter(|hop| hop.from == id);
    let to = hop.map(|hop| route(graph, hop.to, behind.class).is_some());
    must(to == Some(true), "what is written behind goes to a tier that takes it")
}

fn of_hop(graph: &Graph, hop: &Hop) -> Result<(), String> {
    tier(graph, hop.from)?;
    tier(graph, hop.to)?;
    must(hop.again.attempts > 0, "a call is tried at least once")?;
    must(super::reach::fits(graph, hop), "who reaches some instances alone takes any of these by chance")?;
    must(hop.gate.is_none_or(|gate| gate.shards > 0), "a gate is for some shard")?;
    let plain = hop.again.attempts == 1 && hop.gate.is_none() && hop.pool.is_none();
    must(hop.hedge.is_none() || plain, "a hop that hedges has neither retries nor a gate nor a pool")?;
    must(
        hop.beliefs.check.is_none_or(|check| check.unhealthy > 0 && check.healthy > 0),
        "some checks in a row decide",
    )?;
    must(
        hop.pool.is_none_or(|pool| usize::from(pool.0) < graph.pools.len()),
        "a hop takes threads of a pool there is",
    )
}

fn sites(steps: &[Step]) -> usize {
    let of = |step: &Step| match step {
        Step::Work(_) | Step::Reply | Step::Limit => 0,
        Step::Keep | Step::Put | Step::Forget | Step::Read | Step::Write => 0,
        Step::Look(steps) | Step::Single(steps) => sites(steps),
        Step::Call(_) | Step::CallAs(..) | Step::Admit(_) => 1,
        Step::One(hops) | Step::All(hops) | Step::Any(hops) => hops.len(),
        Step::Fan { times, .. } | Step::Parts(super::Parts { many: times, .. }) => usize::from(*times),
        Step::Else(steps) | Step::Down(steps) => 1 + sites(steps),
    };
    steps.iter().map(of).sum()
}

fn of_steps(graph: &Graph, at: TierId, steps: &[Step]) -> Result<(), String> {
    must(!matches!(steps.first(), Some(Step::Else(_) | Step::Down(_))), "an Else follows a step")?;
    for step in steps {
        let mut hops: &[_] = &[];
        match step {
            Step::Work(share) => must(u64::from(*share) <= MILLION, "a share is at most the whole")?,
            Step::Call(hop) | Step::Admit(hop) => hops = std::slice::from_ref(hop),
            Step::CallAs(hop, class) => {
                must(usize::from(*class) < graph.classes.len(), "a call is of a class there is")?;
                hops = std::slice::from_ref(hop);
            }
            Step::One(all) | Step::All(all) | Step::Any(all) => {
                must(!all.is_empty(), "some hop is called")?;
                hops = all;
            }
            Step::Fan { hop, times, need } => {
                must(*need > 0 && need <= times, "a fan needs some of its answers")?;
                hops = std::slice::from_ref(hop);
            }
            Step::Parts(parts) => {
                must(parts.fit(), "some parts are asked for, and as many needed at the most")?;
                hops = std::slice::from_ref(&parts.hop);
            }
            Step::Else(steps) | Step::Down(steps) => of_steps(graph, at, steps)?,
            Step::Reply | Step::Limit => {}
            Step::Look(steps) | Step::Single(steps) => of_steps(graph, at, steps)?,
            Step::Keep | Step::Put | Step::Forget | Step::Read | Step::Write => {}
        }
        for hop in hops {
            let there = graph.hops.get(usize::from(hop.0)).filter(|hop| hop.from == at);
            must(there.is_some(), "a route calls on hops of its tier")?;
        }
    }
    Ok(())
}

/// Whether requests of a class can be served at a tier, in so many calls on top of each other.
fn reaches(graph: &Graph, at: TierId, class: Class, depth: usize) -> Result<(), String> {
    must(depth < DEPTH, "services call each other 32 deep at the most, and never in a ring")?;
    let Some(route) = route(graph, at, class) else {
        return Err(format!(
            "there is no route at {} for every class that comes there",
            tier(graph, at)?.name
        ));
    };
    let mut called = Vec::new();
    hops(&route.steps, &mut called);
    called
        .into_iter()
        .try_for_each(|(to, under)| reaches(graph, graph.hops[to].to, under.unwrap_or(class), depth + 1))
}

fn hops(steps: &[Step], into: &mut Vec<(usize, Option<Class>)>) {
    for step in steps {
        let mut under = None;
        let all: &[_] = match step {
            Step::Work(_) | Step::Reply | Step::Limit => &[],
            Step::Keep | Step::Put | Step::Forget | Step::Read | Step::Write => &[],
            Step::CallAs(hop, class) => {
                under = Some(*class);
                std::slice::from_ref(hop)
            }
            Step::Call(hop)
            | Step::Admit(hop)
            | Step::Fan { hop, .. }
            | Step::Parts(super::Parts { hop, .. }) => std::slice::from_ref(hop),
            Step::One(all) | Step::All(all) | Step::Any(all) => all,
            Step::Else(steps) | Step::Down(steps) | Step::Look(steps) | Step::Single(steps) => {
                hops(steps, into);
                &[]
            }
        };
        for hop in all.iter().map(|hop| (usize::from(hop.0), under)) {
            if !into.contains(&hop) {
                into.push(hop);
            }
        }
    }
}

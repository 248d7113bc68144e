//! What every node knows: the graph, made ready. Routes are flat programs, nodes know their tier, hops know whom they reach.

use super::believed::{Pick, Sees};
use super::declared::{Class, Expired, Graph, Keys, Recall, Route, Step};
use super::ledger::Shape;
use super::mark::{HopId, TierId};
use super::roles::Role;
use super::trouble::{Kind, Spell, Trouble};
use crate::cast::{Cast, NodeId, Sort};
use crate::parts::queue;
use crate::parts::zipf::Zipf;
use std::sync::Arc;

/// An instruction of a route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// Such a share of the tier's work, in millionths.
    Work(u32),
    /// One of so many calls from this site on, drawn by a die if there are more.
    One(u16, u16),
    /// So many calls at once from this site on, of which so many must go well.
    Many(u16, u16, u16),
    /// A call for each of some parts, from this site on.
    Parts(u16, super::Parts),
    /// If all is well on to there, else as if nothing had happened.
    Else(u16),
    /// A call from this site, whose refusal is one's own.
    Admit(u16),
    /// As else, but after a refusal.
    Down(u16),
    /// The limiter.
    Limit,
    /// The answer.
    Reply,
    /// A look into the cache; what it has is taken there.
    Look(u16),
    /// What is brought is kept.
    Keep,
    /// A write that the store has later.
    Put,
    /// The copy is deleted.
    Forget,
    /// A read and a write of the store.
    Read,
    Write,
    /// What comes is done once for all who need the same.
    Single,
    /// It is over.
    Land,
    /// The end.
    End,
}

/// A place in a route from which a call goes out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Site {
    /// Whom it calls.
    pub hop: HopId,
    /// As which class, if not that of the request.
    pub class: Option<Class>,
    /// How many tries there may be from the places before.
    pub offset: u32,
}

/// A route made ready.
#[derive(Clone, Debug)]
pub struct Program {
    /// What is done, in order.
    pub ops: Vec<Op>,
    /// From where calls go out.
    pub sites: Vec<Site>,
    /// How many tries there may be from all of them.
    pub fan: u32,
}

/// A tier made ready.
#[derive(Clone, Debug)]
pub struct TierPlan {
    /// Its first node; the others follow.
    pub first: NodeId,
    /// By class.
    pub programs: Vec<Option<Program>>,
    /// Its calls, in the order in which its nodes keep what they know of each.
    pub hops: Vec<HopId>,
    /// How many hops lead here.
    pub callers: u32,
    /// Whether any of them takes calls back.
    pub cancelled: bool,
    /// The controller that starts and stops its instances, whether that or another asks them what they do, and the one that its node is.
    pub scaled: Option<usize>,
    pub watched: bool,
    pub controls: Option<usize>,
    /// The hops on which its load is told, and how often where that is not with each change.
    pub tells: Vec<(HopId, Option<u64>)>,
    /// Its nodes only make calls.
    pub is_client: bool,
    /// Where it has a source, its place, and where some keys are asked for more than others, how much.
    pub source: Option<usize>,
    pub zipf: Option<Arc<Zipf>>,
    /// What goes wrong there.
    pub trouble: Option<Trouble>,
    /// What the work of a request is on average, in µs.
    pub mean_us: u64,
    /// Whether what is begun here is more than work, so that it is told apart from busy workers.
    pub is_more: bool,
    /// Whether its refusals tell when to come again.
    pub tells_after: bool,
}

impl TierPlan {
    /// Whether the step before this one asks somebody to let a request of that class in.
    pub fn admits(&self, class: Class, pc: u16) -> bool {
        let program = self.programs.get(usize::from(class)).and_then(Option::as_ref);
        let before = usize::from(pc).checked_sub(1);
        program.zip(before).is_some_and(|(program, at)| matches!(program.ops.get(at), Some(Op::Admit(_))))
    }
}

/// A hop made ready.
#[derive(Clone, Copy, Debug)]
pub struct HopPlan {
    /// The first of those that it calls, and how many they are.
    pub to: NodeId,
    pub instances: u16,
    /// Its place among those that its callers call, and among those that lead where it leads.
    pub place: u8,
    pub which: u32,
    /// The first of its gates at each caller; none without.
    pub gate: Option<u16>,
    /// The first place of its instances among those of all of its callers' hops.
    pub seat: u16,
    /// Whether callers choose among its instances by what they know of them.
    pub chooses: bool,
    /// Whether callers keep anything of it; whether a gate or a pool may keep its tries.
    pub is_kept: bool,
    pub is_guarded: bool,
}

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// The graph.
    pub graph: Graph,
    /// Who takes part.
    pub cast: Cast,
    /// Its tiers, made ready.
    pub tiers: Vec<TierPlan>,
    /// Its hops, likewise.
    pub hops: Vec<HopPlan>,
    /// When all sources call more often.
    pub burst: Option<Spell>,
    /// How many tenants are told apart; 0 where there is but one.
    pub tenants: u16,
    /// By hop: how unevenly it picks, where it does.
    pub uneven: Vec<Option<Arc<Zipf>>>,
    /// Whether there are keys that have values.
    pub has_data: bool,
    /// Who is told what instances do, where somebody is.
    pub watcher: Option<NodeId>,
    tier_of: Vec<u8>,
}

impl Config {
    /// A graph made ready.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn new(graph: Graph) -> Result<Config, String> {
        super::check::check(&graph)?;
        let of =
            |sort| graph.tiers.iter().filter(move |tier| tier.sort == sort).map(|tier| tier.instances).sum();
        let cast = Cast {
            servers: of(Sort::Server),
            coordinators: of(Sort::Coordinator),
            clients: of(Sort::Client),
        };
        let tiers: Vec<TierPlan> =
            (0..).zip(&graph.tiers).map(|(at, _)| tier(&graph, &cast, TierId(at))).collect();
        let hops = (0..).zip(&graph.hops).map(|(at, _)| hop(&graph, &tiers, HopId(at))).collect();
        let mut tier_of = vec![0; cast.len()];
        for (at, (plan, tier)) in (0..).zip(tiers.iter().zip(&graph.tiers)) {
            tier_of[plan.first.index()..][..usize::from(tier.instances)].fill(at);
        }
        let burst = graph.troubles.iter().find(|trouble| matches!(trouble.kind, Kind::Burst(_))).map(spell);
        let tenants = graph.sources.iter().map(|source| source.tenants.len() as u16).max();
        let tenants = tenants.filter(|tenants| *tenants > 1).unwrap_or(0);
        let uneven = graph.hops.iter().map(|hop| uneven(&graph, hop)).collect();
        let has_data = graph.tiers.iter().any(|tier| tier.role != Role::Service);
        let watcher = graph.observed.as_ref().map(|observed| tiers[usize::from(observed.tier.0)].first);
        Ok(Config { cast, tiers, hops, burst, tenants, uneven, has_data, watcher, tier_of, graph })
    }

    /// How many hops and tiers there are.
    pub fn shape(&self) -> Shape {
        Shape { hops: self.hops.len() as u8, tiers: self.tiers.len() as u8, tenants: self.tenants }
    }

    /// The tier of a node.
    #[inline]
    pub fn tier_of(&self, node: NodeId) -> TierId {
        TierId(self.tier_of[node.index()])
    }

    /// Which instance of its tier a node is.
    pub fn instance(&self, node: NodeId) -> u16 {
        node.0 - self.tiers[usize::from(self.tier_of(node).0)].first.0
    }

    /// From when to when a node is in trouble, as far as the settings tell.
    pub fn trouble(&self, node: NodeId) -> Option<Spell> {
        self.trouble_of(node).map(spell)
    }

    /// The trouble of a node.
    pub fn trouble_of(&self, node: NodeId) -> Option<&Trouble> {
        let trouble = self.tiers[usize::from(self.tier_of(node).0)].trouble.as_ref();
        trouble.filter(|trouble| trouble.instance.is_none_or(|which| which == self.instance(node)))
    }

    /// The gate that calls of a hop pass to an instance for a key, by its place at their caller.
    #[inline]
    pub fn gate(&self, hop: HopId, instance: u16, key: u32) -> Option<u16> {
        let (plan, gate) = (&self.hops[usize::from(hop.0)], self.graph.hops[usize::from(hop.0)].gate?);
        let of = if gate.by_instance { u32::from(instance) * gate.shards } else { 0 };
        Some(plan.gate? + (of + if gate.shards > 1 { key % gate.shards } else { 0 }) as u16)
    }

    /// The places of the gates before a hop at each of its callers.
    pub fn gates(&self, hop: HopId) -> std::ops::Range<u16> {
        let first = self.hops[usize::from(hop.0)].gate.unwrap_or(0);
        first..first + gates(&self.graph, &self.graph.hops[usize::from(hop.0)]) as u16
    }

    /// The nodes of a tier.
    pub fn nodes(&self, tier: TierId) -> impl Iterator<Item = NodeId> + use<> {
        let first = self.tiers[usize::from(tier.0)].first.0;
        (first..first + self.graph.tiers[usize::from(tier.0)].instances).map(NodeId)
    }

    /// How many workers each instance has where a hop leads; one where each request does its own work.
    pub fn workers(&self, hop: HopId) -> u32 {
        self.graph.tiers[usize::from(self.graph.hops[usize::from(hop.0)].to.0)].workers.max(1)
    }

    /// The line at each instance of a tier.
    pub fn line(&self, tier: TierId) -> queue::Policy {
        let line = self.graph.tiers[usize::from(tier.0)].line;
        queue::Policy {
            discipline: line.order,
            limit: line.limit,
            drop_expired: line.expired != Expired::Serve,
        }
    }
}

fn spell(trouble: &Trouble) -> Spell {
    Spell { from_us: trouble.at_us, to_us: trouble.end_us(), kind: trouble.kind }
}

/// How many gates each caller of a hop has before it.
pub(super) fn gates(graph: &Graph, hop: &super::declared::Hop) -> u32 {
    let instances = u32::from(graph.tiers[usize::from(hop.to.0)].instances);
    hop.gate.map_or(0, |gate| gate.shards.saturating_mul(if gate.by_instance { instances } else { 1 }))
}

fn tier(graph: &Graph, cast: &Cast, id: TierId) -> TierPlan {
    let tier = &graph.tiers[usize::from(id.0)];
    let before = graph.tiers[..usize::from(id.0)].iter().filter(|other| other.sort == tier.sort);
    let programs: Vec<Option<Program>> = (0..graph.classes.len() as Class)
        .map(|class| route(graph, id, class).map(|of| program(graph, of)))
        .collect();
    let all = || programs.iter().flatten();
    // Where nobody is called nor works, what is begun is no load.
    let is_called = graph.hops.iter().any(|hop| hop.to == id);
    let works = |program: &Program| program.ops.iter().any(|op| matches!(op, Op::Work(_)));
    let holds_more = |program: &Program| {
        (works(program) || is_called) && !matches!(program.ops[..], [Op::Work(_), Op::End])
    };
    let calls_once = |program: &Program| matches!(program.ops[..], [Op::One(_, 1), Op::End]);
    let (desk, line) = (&tier.desk, &tier.line);
    let is_open = *desk == Default::default() && *line == Default::default();
    let plain = tier.threads == 0 && tier.slots.is_none() && tier.workers == 0 && tier.fails == 0 && is_open;
    let plain = plain && tier.role == Role::Service;
    let into = || graph.hops.iter().filter(|hop| hop.to == id);
    let trouble = graph.troubles.iter().find(|trouble| trouble.tier == id);
    let listens = graph.hops.iter().any(|hop| hop.from == id && hop.beliefs.listens());
    TierPlan {
        first: cast.node(tier.sort, before.map(|other| other.instances).sum()),
        hops: (0..).map(HopId).zip(&graph.hops).filter(|(_, hop)| hop.from == id).map(|(id, _)| id).collect(),
        callers: into().count() as u32,
        cancelled: into()
            .any(|hop| hop.time.cancel || hop.hedge.is_some_and(|hedge| hedge.recall != Recall::Never)),
        scaled: graph.scales.iter().position(|scale| scale.of == id),
        watched: graph.scales.iter().any(|scale| scale.of == id || scale.line == Some(id)),
        controls: graph.scales.iter().position(|scale| scale.tier == id),
        tells: (0..)
            .map(HopId)
            .zip(&graph.hops)
            .filter(|(_, hop)| hop.to == id)
            .filter_map(|(id, hop)| tells(id, hop))
            .collect(),
        is_client: plain && !listens && into().next().is_none() && trouble.is_none() && all().all(calls_once),
        source: graph.sources.iter().position(|source| source.tier == id),
        zipf: zipf(graph, id),
        trouble: trouble.copied(),
        tells_after: tier.desk.tells_after,
        mean_us: tier.work.mean_us().unwrap_or(0.0) as u64,
        is_more: tier.threads > 0 || tier.slots.is_some() || all().any(holds_more),
        programs,
    }
}

fn zipf(graph: &Graph, id: TierId) -> Option<Arc<Zipf>> {
    match graph.sources.iter().find(|source| source.tier == id)?.keys {
        Keys::Zipf { keys, exponent_millionths } | Keys::Turned { keys, exponent_millionths, .. } => {
            Some(Arc::new(Zipf::new(keys, exponent_millionths)))
        }
        Keys::None | Keys::Uniform(_) | Keys::Loop(_) => None,
    }
}

/// Whether the load of a hop's instances is told to those who call on it, and how often where that is not with each change.
fn tells(id: HopId, hop: &super::declared::Hop) -> Option<(HopId, Option<u64>)> {
    match hop.beliefs.sees {
        Sees::Own => None,
        Sees::Told => Some((id, None)),
        Sees::Every(us) => Some((id, Some(us.max(1)))),
    }
}

fn uneven(graph: &Graph, hop: &super::declared::Hop) -> Option<Arc<Zipf>> {
    let instances = graph.tiers[usize::from(hop.to.0)].instances;
    (instances > 1 && hop.uneven > 0).then(|| Arc::new(Zipf::new(instances.into(), hop.uneven)))
}

fn hop(graph: &Graph, tiers: &[TierPlan], id: HopId) -> HopPlan {
    let hop = &graph.hops[usize::from(id.0)];
    let before = || (0..id.0).map(|at| &graph.hops[usize::from(at)]);
    let instances = |hop: &super::declared::Hop| graph.tiers[usize::from(hop.to.0)].instances;
    let scaled = graph.scales.iter().any(|scale| scale.of == hop.to);
    let knows = hop.pick != Pick::Random || hop.beliefs.listens() || hop.beliefs.keeps_us.is_some() || scaled;
    let chooses = instances(hop) > 1 && knows || hop.beliefs.check.is_some();
    let own = hop.again.budget.is_some() || hop.time.adaptive.is_some() || hop.throttle.is_some() || chooses;
    HopPlan {
        to: tiers[usize::from(hop.to.0)].first,
        instances: instances(hop),
        place: before().filter(|other| other.from == hop.from).count() as u8,
        which: before().filter(|other| other.to == hop.to).count() as u32,
        gate: hop.gate.map(|_| {
            before().filter(|other| other.from == hop.from).map(|hop| gates(graph, hop) as u16).sum()
        }),
        seat: before().filter(|other| other.from == hop.from).map(instances).fold(0, u16::saturating_add),
        chooses,
        is_kept: own || hop.gate.is_some() || hop.pool.is_some() || hop.hedge.is_some(),
        is_guarded: hop.gate.is_some() || hop.pool.is_some(),
    }
}

/// What requests of a class do at a tier.
pub(super) fn route(graph: &Graph, tier: TierId, class: Class) -> Option<&Route> {
    let at = || graph.routes.iter().filter(|route| route.tier == tier);
    at().find(|route| route.class == Some(class)).or_else(|| at().find(|route| route.class.is_none()))
}

fn program(graph: &Graph, route: &Route) -> Program {
    let mut program = Program { ops: Vec::new(), sites: Vec::new(), fan: 0 };
    program.add(graph, &route.steps);
    program.ops.push(Op::End);
    program
}

impl Program {
    fn add(&mut self, graph: &Graph, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Work(share) => self.ops.push(Op::Work(*share)),
                Step::Call(hop) => {
                    let site = self.sites(graph, &[*hop], None);
                    self.ops.push(Op::One(site, 1));
                }
                Step::CallAs(hop, class) => {
                    let site = self.sites(graph, &[*hop], Some(*class));
                    self.ops.push(Op::One(site, 1));
                }
                Step::One(hops) => {
                    let site = self.sites(graph, hops, None);
                    self.ops.push(Op::One(site, hops.len() as u16));
                }
                Step::All(hops) => {
                    let site = self.sites(graph, hops, None);
                    self.ops.push(Op::Many(site, hops.len() as u16, hops.len() as u16));
                }
                Step::Fan { hop, times, need } => {
                    let site = self.sites(graph, &vec![*hop; usize::from(*times)], None);
                    self.ops.push(Op::Many(site, *times, *need));
                }
                Step::Parts(parts) => self.parts(graph, *parts),
                Step::Any(hops) => {
                    for (at, hop) in hops.iter().enumerate() {
                        let call = [Step::Call(*hop)];
                        if at == 0 { self.add(graph, &call) } else { self.otherwise(graph, &call, Op::Else) }
                    }
                }
                Step::Else(steps) => self.otherwise(graph, steps, Op::Else),
                Step::Admit(hop) => {
                    let site = self.sites(graph, &[*hop], None);
                    self.ops.push(Op::Admit(site));
                }
                Step::Down(steps) => self.otherwise(graph, steps, Op::Down),
                Step::Limit => self.ops.push(Op::Limit),
                Step::Reply => self.ops.push(Op::Reply),
                Step::Look(steps) => {
                    let at = self.ops.len();
                    self.ops.push(Op::Look(0));
                    self.add(graph, steps);
                    if !steps.is_empty() {
                        self.ops.push(Op::Keep);
                    }
                    self.ops[at] = Op::Look(self.ops.len() as u16);
                }
                Step::Keep => self.ops.push(Op::Keep),
                Step::Put => self.ops.push(Op::Put),
                Step::Forget => self.ops.push(Op::Forget),
                Step::Read => self.ops.push(Op::Read),
                Step::Write => self.ops.push(Op::Write),
                Step::Single(steps) => {
                    self.ops.push(Op::Single);
                    self.add(graph, steps);
                    self.ops.push(Op::Land);
                }
            }
        }
    }

    /// Steps for the case that what is before them fails.
    fn otherwise(&mut self, graph: &Graph, steps: &[Step], op: fn(u16) -> Op) {
        let at = self.ops.len();
        self.ops.push(op(0));
        self.add(graph, steps);
        self.ops[at] = op(self.ops.len() as u16);
    }

    pub(super) fn sites(&mut self, graph: &Graph, hops: &[HopId], class: Option<Class>) -> u16 {
        let first = self.sites.len() as u16;
        for hop in hops {
            self.sites.push(Site { hop: *hop, class, offset: self.fan });
            self.fan = self.fan.wrapping_add(graph.hops[usize::from(hop.0)].tries());
        }
        first
    }
}

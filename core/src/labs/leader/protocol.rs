//! Who plays which part: nodes n1… that could lead, the store k1 if there is one, and last what the job is done to.

use super::message::{Msg, Speech};
use super::meta::fact;
use super::params::{Job, Judge, Load, Mechanism, Params, Switch};
use super::peer::Peer;
use super::store::Store;
use crate::cast::{Cast, NodeId, Sort};
use crate::chance::dice::{Purpose, below, die};
use crate::kits::lease::{Book, Guarded, GuardedFacts, Holder};
use crate::parts::fence::Guard;
use crate::parts::lease::{Grantor, Record};
use crate::parts::sessions::Sessions;
use crate::sim::{Ctx, Input, Out, Protocol};
use crate::sorted::Map;
use crate::trace::Fact;

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// Who takes part.
    pub cast: Cast,
    /// The nodes in the order of the ring, drawn by the seed.
    pub order: Vec<NodeId>,
    /// The moment that the workload draws for the end of a leader, in µs.
    pub ends_us: Option<u64>,
}

impl Config {
    /// Of a run with these settings and luck.
    pub fn new(params: Params, cast: Cast, seed: u32) -> Config {
        let draw = |which: u8, number: u64, n: u64| below(die(seed, Purpose::Protocol(which), 0, number), n);
        let mut order: Vec<NodeId> = cast.of(Sort::Server).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, draw(0, i as u64, i as u64 + 1) as usize);
        }
        // Any phase of the renewals is as likely as any other: the moment is drawn from a whole number of them.
        let from_us = 2 * params.lease;
        let span_us = params.renew * (params.lease / params.renew).clamp(4, 1_000);
        let ends_us = (params.load != Load::Steady).then(|| from_us + draw(1, 0, span_us));
        Config { params, cast, order, ends_us }
    }

    /// The store, where there is one.
    pub fn store(&self) -> NodeId {
        self.cast.coordinator(0)
    }

    /// What the job is done to.
    pub fn resource(&self) -> NodeId {
        self.cast.coordinator(self.cast.coordinators - 1)
    }

    /// What a store knows that nobody has asked.
    pub fn empty(&self) -> Kept {
        match (self.params.mechanism, self.params.judge) {
            (Mechanism::Lease, Judge::Observer) => Kept::Record(Record::free()),
            (Mechanism::Lease, Judge::Store) => Kept::Grants(Book::Lease(Grantor::new(0)), Map::new()),
            _ => Kept::Grants(Book::Queue(Sessions::new(0)), Map::new()),
        }
    }
}

/// What a crash leaves.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Kept {
    /// Of a store that grants: its grants, and who watches whose entry.
    Grants(Book, Map<Holder, Holder>),
    /// Of a store that only keeps a record.
    Record(Record<NodeId>),
    /// Of what the job is done to.
    Resource(Guarded),
}

impl From<Guarded> for Kept {
    fn from(resource: Guarded) -> Kept {
        Kept::Resource(resource)
    }
}

crate::declare::roles! {
    /// A node.
    pub enum Node of Config, Speech, for |config, me| {
        /// Could lead.
        Peer(Box<Peer>) => Sort::Server,
        /// What the job is done to.
        Resource(Resource) => Sort::Coordinator if me == config.resource(),
        /// Keeps the lease, or the line.
        Store(Store) => _,
    }
}

/// How the resource reports itself.
const FACTS: GuardedFacts =
    GuardedFacts { value: fact::VALUE, version: fact::VERSION, token: fact::TOKEN, write: fact::RUN };

/// What the job is done to: it keeps the number of the last run, and the greatest token that it has seen.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Resource(Guarded);

impl Protocol for Resource {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, _: &Ctx, out: &mut Out<Speech>) -> Resource {
        let guard = if config.params.fence == Switch::On { Guard::Writes } else { Guard::None };
        let resource = match disk {
            Some(Kept::Resource(resource)) => *resource,
            _ => Guarded::new(guard),
        };
        let word = if config.params.job == Job::Cron { "job" } else { "resource" };
        out.fact(fact::ROLE, 0, Fact::Word(word));
        resource.report(FACTS, out);
        Resource(resource)
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, _: &Ctx, out: &mut Out<Speech>) {
        let Input::Deliver { from, msg: Msg::Run { job, token } } = input else { return };
        let writer = config.cast.sort(from).1;
        let answer = match self.0.write((writer, token.0), (job, None), FACTS, out) {
            Ok(()) => Msg::Done { job },
            Err(why) => Msg::Refused { job, why },
        };
        out.send(from, answer);
    }
}

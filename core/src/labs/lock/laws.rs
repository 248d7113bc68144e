//! The promises: each with its light, fed as a run goes on.

use super::params::Op;
use super::protocol::Config;
use crate::cast::NodeId;
use crate::check::light::{Light, evidence};
use crate::kits::lease::{Beliefs, Taken, older_after_newer};
use crate::lab::{Evidence, State, Verdict};
use crate::sim::OpId;
use crate::sorted::{Map, Set};
use crate::time::DurationUs;
use crate::trace::{Mark, World};

/// A write that the resource has taken.
#[derive(Clone, Debug)]
struct Write {
    client: NodeId,
    op: OpId,
    /// Its place among the grants.
    order: u64,
    taken: Mark,
    /// Its client knows.
    told: Option<Mark>,
    /// What overwrote it unseen, by its place; its own, where it went with the resource's disk.
    over: Option<usize>,
}

/// A write that comes to the resource.
#[derive(Clone, Copy, Debug)]
pub struct Coming {
    /// Whose.
    pub client: NodeId,
    /// Which update.
    pub op: OpId,
    /// The token that it bears.
    pub token: Option<u32>,
    /// How many writes had been taken when its client read, if it did.
    pub read: Option<u32>,
}

/// The laws of the lab.
pub struct Laws {
    config: Config,
    /// Who believes that it holds the lock.
    pub beliefs: Beliefs,
    /// The place of each update's grant among all: its token, or where there are none when its client came to believe.
    orders: Map<OpId, u64>,
    granted: u64,
    writes: Vec<Write>,
    /// The places of those that were lost.
    pub lost: u64,
    /// Clients that stand still by themselves.
    pub still: Set<NodeId>,
    /// The last replica that took its primary's place, and when.
    took_over: Option<(Mark, NodeId)>,
    /// The first write since the resource's disk was empty.
    first: usize,
    /// Clients that went down as holders, and when.
    dead: Map<NodeId, Mark>,
    /// Who waits for the lock, and since when a server knows.
    waits: Map<NodeId, Mark>,
    alone: Light,
    safe: Light,
    ordered: Light,
    freed: Light,
    fair: Light,
}

impl Laws {
    /// Laws for a run that is about to begin.
    pub fn new(config: Config) -> Laws {
        let light = |id, why| Light::new(id, State::Kept, why);
        Laws {
            beliefs: Beliefs::new(config.cast, "client", "hold the lock"),
            config,
            orders: Map::new(),
            granted: 0,
            writes: Vec::new(),
            lost: 0,
            still: Set::new(),
            took_over: None,
            first: 0,
            dead: Map::new(),
            waits: Map::new(),
            alone: light("alone", "No two clients have believed at once that they hold the lock."),
            safe: light(
                "safe",
                "No update whose client was told that it is done has been overwritten unseen.",
            ),
            ordered: light("ordered", "No write has been taken after one of a later grant."),
            freed: light("freed", "No dead client has kept the lock for longer than it may."),
            fair: light("fair", "Nobody has been served before somebody who asked earlier and still waits."),
        }
    }

    /// The lights, in the order of the lab's promises.
    pub fn verdicts(&self) -> Vec<Verdict> {
        [&self.alone, &self.safe, &self.ordered, &self.freed, &self.fair]
            .map(|light| light.clone().verdict())
            .into()
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        96 * self.writes.len() as u64 + 16 * self.orders.len() as u64
    }

    fn name(&self, node: NodeId) -> String {
        self.config.cast.name(node).to_string()
    }

    /// Whether so many servers have a client as holder as must.
    pub fn stands(&self, client: NodeId) -> bool {
        self.beliefs.holding(client) >= self.config.majority() as usize
    }

    /// Time goes on.
    pub fn tick(&mut self, now: Mark) {
        let limit_us = self.config.params.free_limit;
        let late =
            |(client, since): &(&NodeId, &Mark)| now.at_us > since.at_us + limit_us && self.stands(**client);
        let late = self.dead.iter().find(late).map(|(client, since)| (*client, *since));
        if let Some((client, since)) = late {
            let name = self.name(client);
            self.freed.break_(now, || {
                let why = format!("{name} went down with the lock, and it is still taken more than {} later: nobody can let it go before the lease is over.", DurationUs(limit_us));
                (why, vec![evidence(since.record, format!("{name} goes down")), evidence(now.record, "the lock is still taken")])
            });
        }
    }

    /// A server hears for the first time that a client wants the lock.
    pub fn wants(&mut self, mark: Mark, client: NodeId) {
        self.waits.entry(client).or_insert(mark);
    }

    /// A client wants the lock no more.
    pub fn gives_up(&mut self, client: NodeId) {
        self.waits.remove(&client);
    }

    /// A client comes to believe that it holds the lock, for an update.
    pub fn believes(
        &mut self,
        mark: Mark,
        client: NodeId,
        op: Option<OpId>,
        token: Option<u32>,
        world: &World,
    ) {
        self.granted += 1;
        self.dead.remove(&client);
        let order = token.map_or(self.granted, u64::from);
        if let Some(op) = op {
            self.orders.insert(op, order);
        }
        let me = self.name(client);
        let asked = self.waits.remove(&client).unwrap_or(mark);
        if let Some((other, since)) = self.waits.iter().find(|(_, since)| **since < asked) {
            let other = self.name(*other);
            self.fair.break_(mark, || {
                let why = format!(
                    "{me} has the lock, although {other} asked for it {} earlier and still waits.",
                    DurationUs(asked.at_us - since.at_us)
                );
                let steps = [
                    (since.record, format!("{other} asks")),
                    (asked.record, format!("{me} asks")),
                    (mark.record, format!("{me} has the lock")),
                ];
                (why, steps.map(|(record, says)| evidence(record, says)).into())
            });
        }
        if let Some(other) = self.beliefs.other(client)
            && !self.knew_nothing(mark, (client, other), world)
        {
            let still = world.paused.contains_key(&other) || self.still.contains(&other);
            self.beliefs.beside(&mut self.alone, mark, (client, other), still);
        }
        self.beliefs.comes(mark, client);
    }

    /// A server has become the primary.
    pub fn takes_over(&mut self, mark: Mark, server: NodeId) {
        self.took_over = Some((mark, server));
    }

    /// Whether another believes what was granted before a replica took over that has never heard of it, and grants it again.
    fn knew_nothing(&mut self, mark: Mark, (client, other): (NodeId, NodeId), world: &World) -> bool {
        let (Some((taken, by)), Some(since)) = (self.took_over, self.beliefs.since(other)) else {
            return false;
        };
        let over = self.beliefs.over(other);
        let unknown = since.record < taken.record
            && self.beliefs.holder(by) == Some(client)
            && over.is_none_or(|(_, service)| service != by && !world.is_up(service));
        if unknown {
            let (me, them, by) = (self.name(client), self.name(other), self.name(by));
            let cast = self.config.cast;
            self.alone.break_(mark, || {
                let gone = over.map_or(String::new(), |(at, service)| {
                    let ago = DurationUs(mark.at_us - at.at_us);
                    format!("{}, which granted it to {them}, has been down for {ago}, and ", cast.name(service))
                });
                let why = format!("{me} and {them} both believe that they hold the lock: {gone}{by}, which took over, has no copy of that grant and grants it again.");
                let mut steps = vec![evidence(since.record, format!("{them} comes to believe it"))];
                steps.extend(over.map(|(at, service)| evidence(at.record, format!("{} goes down", cast.name(service)))));
                steps.push(evidence(taken.record, format!("{by} takes over")));
                steps.push(evidence(mark.record, format!("{me} comes to believe it, too")));
                (why, steps)
            });
        }
        unknown
    }

    /// A client goes down.
    pub fn dies(&mut self, mark: Mark, client: NodeId) {
        self.beliefs.ceases(client);
        self.gives_up(client);
        if self.stands(client) {
            self.dead.insert(client, mark);
        }
    }

    /// The resource has taken a write.
    pub fn takes(&mut self, mark: Mark, coming: Coming) {
        let Coming { client, op, token, read } = coming;
        let order = token.map(u64::from).or(self.orders.get(&op).copied()).unwrap_or(0);
        let place = self.writes.len();
        let me = self.name(client);
        let later = self.writes.iter().filter(|write| write.order > order).max_by_key(|write| write.order);
        if let Some(later) = later {
            let other = self.name(later.client);
            let later = Taken { who: &other, order: later.order, at: later.taken };
            older_after_newer(&mut self.ordered, &Taken { who: &me, order, at: mark }, &later, token);
        }
        let unseen: Vec<usize> = match (self.config.params.op, read) {
            (Op::Rmw, read) => (self.first + read.unwrap_or(0) as usize..place).collect(),
            // A blind write is meant to replace what was there, unless that was of a later grant.
            (Op::Blind, _) => (self.first..place)
                .next_back()
                .filter(|last| self.writes[*last].order > order)
                .into_iter()
                .collect(),
        };
        self.writes.push(Write { client, op, order, taken: mark, told: None, over: None });
        for lost in unseen {
            if self.writes[lost].over.is_none() {
                self.writes[lost].over = Some(place);
                self.lose(mark, lost);
            }
        }
    }

    /// The resource comes up with an empty disk: what it held is gone.
    pub fn wiped(&mut self, mark: Mark) {
        for gone in self.first..self.writes.len() {
            if self.writes[gone].over.is_none() {
                self.writes[gone].over = Some(gone);
                self.lose(mark, gone);
            }
        }
        self.first = self.writes.len();
    }

    /// A client is told that its update is done.
    pub fn told(&mut self, mark: Mark, op: OpId) {
        if let Some(place) = self.writes.iter().rposition(|write| write.op == op) {
            self.writes[place].told = Some(mark);
            self.lose(mark, place);
        }
    }

    /// A write is lost once it is overwritten unseen and its client has been told.
    fn lose(&mut self, mark: Mark, place: usize) {
        let lost = &self.writes[place];
        let (Some(told), Some(over)) = (lost.told, lost.over) else { return };
        self.lost += 1;
        let mine = self.name(lost.client);
        if over == place {
            return self.safe.break_(mark, || {
                let why = format!(
                    "{mine} was told that its update is done, and it is lost with the resource's disk."
                );
                (
                    why,
                    vec![
                        evidence(told.record, format!("{mine} is told")),
                        evidence(mark.record, "it is gone"),
                    ],
                )
            });
        }
        let (over, blind) = (&self.writes[over], self.config.params.op == Op::Blind);
        let theirs = self.name(over.client);
        let (taken, replaced) = (lost.taken, over.taken);
        self.safe.break_(mark, || {
            let how = if blind { "which is of an earlier grant" } else { "which had been worked out before it and does not have it in it" };
            let why = format!("{mine} was told that its update is done, and it is lost: {theirs}'s write replaced it, {how}.");
            let mut steps: Vec<Evidence> = vec![
                evidence(taken.record, format!("the resource takes {mine}'s write")),
                evidence(told.record, format!("{mine} is told")),
                evidence(replaced.record, format!("{theirs}'s write replaces it")),
            ];
            crate::sorted::sort_by_key(&mut steps, |step| step.record);
            (why, steps)
        });
    }
}

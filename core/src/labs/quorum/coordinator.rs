//! A coordinator: gathers the quorums of writes and reads (Dynamo §4.5), repairs, hands off, gives up.

use super::disk::Disk;
use super::message::{Msg, Request, Response, Speech, Timer};
use super::object::{Context, Object, Version, merge_into};
use super::pending::{Asker, Pending, Phase};
use super::params::{Fanout, Handoff, Load, Repair, Spread, Versions, Write};
use super::config::Config;
use super::replica::Replica;
use crate::cast::NodeId;
use crate::sim::dice::{Purpose, below, remix};
use crate::sim::{Ctx, OpId, OpKey, Out, Range};
use crate::sorted::Map;

/// Where a coordinator stands while it handles an input.
pub struct At<'a> {
    /// What all nodes know.
    pub config: &'a Config,
    /// Who it is, its clock and dice.
    pub ctx: &'a Ctx,
    /// The replica on the same node, if there is one: it is asked without a message.
    pub replica: Option<&'a mut Replica>,
    /// Where it puts what it asks of the kernel.
    pub out: &'a mut Out<Speech>,
}

/// The coordinator's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Coordinator {
    next: u32,
    pending: Map<u32, Pending>,
    /// What a coordinator without a replica keeps itself: what it has stamped, and hints.
    own: Disk,
}

impl Coordinator {
    /// Boots. Quorums are numbered anew after each crash, so that answers to the dead ones mean nothing.
    pub fn boot(config: &Config, disk: Option<&Disk>, ctx: &Ctx, out: &mut Out<Speech>) -> Coordinator {
        let own = disk.cloned().unwrap_or_else(|| Disk::new(config));
        own.await_handoff(config, out);
        Coordinator { next: ctx.epoch << 20, pending: Map::new(), own }
    }

    /// What it keeps of quorums that are being gathered, and what it keeps itself, in bytes.
    pub fn weight(&self) -> u64 {
        self.own.weight() + self.pending.values().map(Pending::weight).sum::<u64>()
    }

    /// The coordinator's own operation, of a probe; the answer, if it is there at once.
    pub fn ask(&mut self, op: OpId, number: u32, request: Request, at: &mut At<'_>) -> Option<Response> {
        let (write, now_us) = (OpKey { client: at.ctx.me, number }, at.config.now_us(at.ctx));
        let write = request.writes().map(|value| (Version::new(write, value, now_us), Context::new()));
        self.begin(op, Asker::Itself, number, request.key(), write, at)
    }

    /// Handles a message; returns the answer to the coordinator's own operation.
    pub fn deliver(&mut self, from: NodeId, msg: Msg, at: &mut At<'_>) -> Option<Response> {
        let op = at.out.serving();
        match (msg, op) {
            (Msg::Put { write, key, value, context }, Some(op)) => {
                let version = Version::new(write, value, at.config.now_us(at.ctx));
                let asker = Asker::Client(from, write.number);
                self.begin(op, asker, write.number, key, Some((version, context)), at)
            }
            (Msg::Get { number, key }, Some(op)) => {
                self.begin(op, Asker::Client(from, number), number, key, None, at)
            }
            (Msg::Ack { id } | Msg::Repaired { id }, _) => {
                let quorum = self.pending.get_mut(&id)?;
                // A message that comes twice counts once.
                if !quorum.acks.contains(&from) {
                    quorum.acks.push(from);
                }
                self.advance(id, at)
            }
            (Msg::Answer { id, object }, _) => {
                let quorum = self.pending.get_mut(&id)?;
                if quorum.answers.iter().any(|(node, _)| *node == from) {
                    return None;
                }
                quorum.answers.push((from, object.clone()));
                if quorum.told {
                    self.late(id, from, object, at);
                }
                self.advance(id, at)
            }
            (Msg::Taken { number }, _) => {
                self.own.confirm(at.config, from, number, at.out);
                None
            }
            _ => None,
        }
    }

    /// Handles a timer; returns the answer to the coordinator's own operation.
    pub fn timer(&mut self, timer: Timer, at: &mut At<'_>) -> Option<Response> {
        match timer {
            Timer::Deadline(id) => {
                let quorum = self.pending.remove(&id)?;
                at.out.cancel(Timer::Suspect(id));
                let (got, need) = quorum.progress(at.config);
                if quorum.told { None } else { quorum.answer(Response::Failed { got, need }, at) }
            }
            Timer::Suspect(id) => {
                self.hand_off(id, at);
                self.advance(id, at)
            }
            Timer::Handoff => {
                self.own.hand_off(at.config, at.ctx, at.out);
                None
            }
            _ => None,
        }
    }

    fn begin(
        &mut self,
        op: OpId,
        asker: Asker,
        number: u32,
        key: u16,
        write: Option<(Version, Context)>,
        at: &mut At<'_>,
    ) -> Option<Response> {
        let id = self.next;
        self.next += 1;
        let params = &at.config.params;
        // In a probe nobody gives up, unless replicas may be down: PBS has no timeouts.
        if params.load == Load::Mixed || params.down > 0 {
            at.out.set_timer(Timer::Deadline(id), Range::exactly(params.timeout));
        }
        if params.handoff != Handoff::Off {
            at.out.set_timer(Timer::Suspect(id), Range::exactly(params.suspect));
        }
        let phase = match (&write, params.write) {
            (None, _) => Phase::Reading,
            (Some(_), Write::Ask) => Phase::Asking,
            (Some(_), Write::Clock) => Phase::Writing,
        };
        let luck = u64::from(number) << 16 | u64::from(at.config.cast.luck(asker.node(at.ctx)));
        let quorum = Pending {
            op,
            asker,
            key,
            phase,
            write,
            object: None,
            asked: Vec::new(),
            answers: Vec::new(),
            acks: Vec::new(),
            stand_ins: Vec::new(),
            told: false,
            merged: Vec::new(),
            luck,
        };
        self.pending.insert(id, quorum);
        match phase {
            Phase::Writing => self.write(id, at),
            _ => self.read(id, at),
        }
        self.advance(id, at)
    }

    /// Sends a read to all owners, or to R of them.
    fn read(&mut self, id: u32, at: &mut At<'_>) {
        let few = (at.config.params.fanout == Fanout::Need).then_some(at.config.params.r);
        let quorum = self.pending.get_mut(&id).expect("it has just begun");
        quorum.asked = targets(quorum.key, few, quorum.luck, at);
        for node in quorum.asked.clone() {
            if node == at.ctx.me {
                let found = at.replica.as_ref().and_then(|replica| replica.answer(quorum.key, at.out));
                quorum.answers.push((node, found));
            } else {
                at.out.send(node, Msg::Read { id, key: quorum.key });
            }
        }
    }

    /// Stamps a write and sends it to all owners, or to W of them.
    fn write(&mut self, id: u32, at: &mut At<'_>) {
        let quorum = self.pending.get_mut(&id).expect("it has just begun");
        let (version, context) = quorum.write.clone().expect("a write carries what it writes");
        let object = stamp(&mut self.own, quorum, version, &context, at);
        quorum.phase = Phase::Writing;
        quorum.object = Some(object.clone());
        let few = (at.config.params.spread == Spread::Quorum).then_some(at.config.params.w);
        quorum.asked = targets(quorum.key, few, quorum.luck, at);
        for node in quorum.asked.clone() {
            if node == at.ctx.me {
                if let Some(replica) = at.replica.as_deref_mut() {
                    replica.take(at.config, at.ctx, quorum.key, &object, at.out);
                }
                quorum.acks.push(node);
            } else {
                let object = object.clone();
                at.out.send(node, Msg::Write { id, key: quorum.key, object, owner: None });
            }
        }
    }

    /// Goes on as far as what has been gathered allows.
    fn advance(&mut self, id: u32, at: &mut At<'_>) -> Option<Response> {
        let params = &at.config.params;
        let (w, r) = (params.w as usize, params.r as usize);
        let mut answer = None;
        let quorum = self.pending.get_mut(&id)?;
        match quorum.phase {
            Phase::Asking if quorum.answers.len() >= r => {
                self.write(id, at);
                return self.advance(id, at);
            }
            Phase::Reading if !quorum.told && quorum.answers.len() >= r => {
                for (_, found) in &quorum.answers {
                    if let Some(found) = found {
                        merge_into(&mut quorum.object, found);
                    }
                }
                if params.repair == Repair::Blocking && quorum.write_back(id, w, at) {
                    quorum.phase = Phase::Repairing;
                    return self.advance(id, at);
                }
                answer = quorum.tell(at);
                if params.repair == Repair::Async {
                    quorum.repair_all(id, at);
                }
            }
            Phase::Writing | Phase::Repairing if !quorum.told && quorum.acks.len() >= w => {
                answer = quorum.tell(at);
            }
            _ => {}
        }
        if quorum.is_over() {
            self.pending.remove(&id);
            at.out.cancel(Timer::Deadline(id));
            at.out.cancel(Timer::Suspect(id));
        }
        answer
    }

    /// An answer after the read has been told: under asynchronous repair it still mends whoever is behind.
    fn late(&mut self, id: u32, from: NodeId, found: Option<Object>, at: &mut At<'_>) {
        let Some(quorum) = self.pending.get_mut(&id) else { return };
        if at.config.params.repair != Repair::Async || quorum.phase != Phase::Reading {
            return;
        }
        let newer = found.as_ref().is_some_and(|found| merge_into(&mut quorum.object, found));
        if newer {
            quorum.repair_all(id, at);
        } else {
            quorum.repair(id, from, found.as_ref(), at);
        }
    }

    /// Owners that have not answered are given up for now: a hint is kept for them, or a spare node stands in.
    fn hand_off(&mut self, id: u32, at: &mut At<'_>) {
        let Some(quorum) = self.pending.get_mut(&id) else { return };
        if quorum.told && quorum.phase != Phase::Writing {
            return;
        }
        let heard = quorum.heard();
        let silent: Vec<NodeId> =
            at.config.owners(quorum.key).into_iter().filter(|owner| !heard.contains(owner)).collect();
        for owner in silent {
            let latest = quorum.stand_ins.iter().rev().find(|(o, _)| *o == owner).map(|(_, spare)| *spare);
            if latest.is_some_and(|spare| spare == at.ctx.me || heard.contains(&spare)) {
                continue;
            }
            let taken = |spare: &NodeId| quorum.stand_ins.iter().any(|(_, taken)| taken == spare);
            let spares = at.config.spares(quorum.key);
            let spare = spares.into_iter().find(|spare| !taken(spare));
            match (at.config.params.handoff, spare) {
                (Handoff::Sloppy, Some(spare)) => quorum.stand_in(id, owner, spare, &mut self.own, at),
                _ if quorum.phase == Phase::Writing => {
                    quorum.keep_hint(owner, &mut self.own, at);
                }
                _ => {}
            }
        }
        at.out.set_timer(Timer::Suspect(id), Range::exactly(at.config.params.suspect));
    }
}

/// Makes the version that is written.
fn stamp(
    own: &mut Disk,
    quorum: &Pending,
    version: Version,
    context: &Context,
    at: &mut At<'_>,
) -> Object {
    let params = &at.config.params;
    let mut found = None;
    for (_, answer) in &quorum.answers {
        if let Some(answer) = answer {
            merge_into(&mut found, answer);
        }
    }
    if params.versions == Versions::Lww {
        let at_us = match params.write {
            Write::Clock => at.config.now_us(at.ctx),
            Write::Ask => found.as_ref().and_then(Object::stamp_us).map_or(1, |number| number + 1),
        };
        return Object::stamped(at_us, version);
    }
    let mut context = context.clone();
    let kept = at.replica.as_ref().map(|replica| replica.get(quorum.key).cloned());
    let mut object = kept
        .unwrap_or_else(|| own.objects[usize::from(quorum.key)].clone())
        .unwrap_or_else(|| Object::empty(params.versions));
    if let Some(found) = found {
        object.merge(&found);
        context.merge(&found.context());
    }
    object.put(&context, at.ctx.me, version);
    match at.replica.as_deref_mut() {
        Some(replica) => replica.take(at.config, at.ctx, quorum.key, &object, at.out),
        None => {
            own.objects[usize::from(quorum.key)] = Some(object.clone());
            own.save(at.config, at.out);
        }
    }
    object
}

/// The owners to ask: all, or `few` of them: the coordinator itself if it is one, the others by a die.
fn targets(key: u16, few: Option<u32>, luck: u64, at: &At<'_>) -> Vec<NodeId> {
    let mut owners = at.config.owners(key);
    let Some(few) = few else { return owners };
    let die = at.ctx.die(Purpose::Choice, luck);
    for i in 0..owners.len() - 1 {
        let j = i + below(remix(die, i as u64), (owners.len() - i) as u64) as usize;
        owners.swap(i, j);
    }
    if let Some(place) = owners.iter().position(|owner| *owner == at.ctx.me) {
        owners.swap(0, place);
    }
    owners.truncate(few as usize);
    owners
}

//! The run itself: pop an event, step a node, carry out what it asks, write a record.

use super::net::{Luck, Net, Network};
use super::node::Node;
use super::observe::{Observer, Seen};
use super::protocol::{Ask, Ctx, Input, Kinded, OpId, OpKey, Out, Protocol};
use super::queue::{Event, Queue};
use super::recorder::{Recorder, record};
use super::slab::Slab;
use super::{Finger, MAX_EVENTS, MAX_PENDING, Payload, Setup};
use crate::acts::Act;
use crate::cast::{Cast, NodeId};
use crate::lab::{Detail, MessageSpec};
use crate::scenario::Cue;
use crate::sim::dice::{Purpose, die};
use crate::trace::{Change, Loss, Mark, NOBODY, NONE, Record, RecordKind};
use std::collections::BTreeMap;

/// A message under way.
pub(super) struct Letter<P: Protocol> {
    from: NodeId,
    to: NodeId,
    msg: P::Msg,
    op: u32,
    attempt: u16,
    sent: u32,
    payload: u32,
    /// It dies on arrival, for this reason.
    doomed: Option<Loss>,
}

/// A timer that is set.
pub(super) struct Alarm<P: Protocol> {
    node: NodeId,
    name: P::Timer,
    op: u32,
    attempt: u16,
    cause: u32,
    payload: u32,
    live: bool,
}

/// What the run knows of an operation.
struct Opened {
    key: OpKey,
    open: bool,
}

pub(super) struct Sim<'a, P: Protocol, O: Observer<P>> {
    pub(super) config: P::Config,
    pub(super) cast: Cast,
    kinds: &'static [MessageSpec],
    cues: &'a [Cue],
    observer: &'a mut O,
    states: Vec<Option<P>>,
    disks: Vec<Option<P::Disk>>,
    timers: Vec<BTreeMap<P::Timer, u32>>,
    /// What the script asked for, and the record of its cue.
    asked: Vec<(P::Request, u32)>,
    letters: Slab<Letter<P>>,
    alarms: Slab<Alarm<P>>,
    out: Out<P>,
    pub(super) payloads: Vec<Payload<P>>,
    operations: Vec<Opened>,
    pub(super) log: super::operations::OperationLog,
    nodes: Vec<Node>,
    net: Net,
    fingers: Vec<Finger>,
    draws: BTreeMap<(NodeId, u64), u64>,
    queue: Queue,
    pub(super) recorder: Recorder,
    seed: u32,
    horizon_us: u64,
    pub(super) now_us: u64,
    pub(super) limits: Vec<String>,
}

impl<'a, P: Protocol, O: Observer<P>> Sim<'a, P, O> {
    pub(super) fn new(setup: Setup<'a, P>, observer: &'a mut O, detail: Detail) -> Sim<'a, P, O> {
        let count = setup.cast.len();
        let work = |i: usize| setup.work_us.get(i).copied().unwrap_or(0);
        let network: Network = setup.network;
        Sim {
            config: setup.config,
            cast: setup.cast,
            kinds: setup.kinds,
            cues: &setup.scenario.cues,
            observer,
            states: vec![None; count],
            disks: vec![None; count],
            timers: vec![BTreeMap::new(); count],
            asked: Vec::new(),
            letters: Slab::new(),
            alarms: Slab::new(),
            out: Out::new(detail != Detail::Totals),
            payloads: Vec::new(),
            operations: Vec::new(),
            log: super::operations::OperationLog::default(),
            nodes: (0..count).map(|i| Node::new(work(i))).collect(),
            net: Net::new(network, &setup.cast),
            fingers: Vec::new(),
            draws: BTreeMap::new(),
            queue: Queue::default(),
            recorder: Recorder::new(detail),
            seed: setup.scenario.seed,
            horizon_us: setup.scenario.horizon_us,
            now_us: 0,
            limits: Vec::new(),
        }
    }

    /// Runs to the horizon, to the observer's end, or to a limit.
    pub(super) fn run(&mut self) {
        for (i, cue) in self.cues.iter().enumerate() {
            self.queue.push(cue.at_us, Event::Cue(i as u32));
        }
        for node in self.cast.nodes() {
            self.boot(node, NONE);
        }
        let mut events = 0u64;
        while let Some((at_us, event)) = self.queue.pop(self.horizon_us) {
            self.now_us = at_us;
            self.handle(event);
            events += 1;
            if self.observer.done() {
                return;
            }
            if events >= MAX_EVENTS || self.queue.len() > MAX_PENDING {
                self.limits.push(super::limit_met(events, at_us));
                return;
            }
        }
        self.now_us = self.horizon_us;
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Cue(i) => self.cue(i),
            Event::Resume(node, pause) if self.nodes[node.index()].pauses == pause => self.resume(node),
            Event::Worked(node, epoch) if self.nodes[node.index()].epoch == epoch => self.worked(node),
            Event::Resume(..) | Event::Worked(..) => {}
            Event::Due(place) if !self.alarms.get(place).live => drop(self.alarms.take(place)),
            Event::Due(place) => self.input(self.alarms.get(place).node, event),
            Event::Asked(node, _) => self.input(node, event),
            Event::Arrive(place) => {
                let letter = self.letters.get(place);
                let (from, to, doomed) = (letter.from, letter.to, letter.doomed);
                if let Some(loss) = doomed {
                    self.lose(place, loss);
                } else if self.net.is_cut(from, to) {
                    self.lose(place, Loss::Cut);
                } else if !self.nodes[to.index()].up {
                    self.lose(place, Loss::Down);
                } else {
                    self.input(to, event);
                }
            }
        }
    }

    /// Gives a node an input: at once, or after its pause or its work.
    fn input(&mut self, node: NodeId, event: Event) {
        let state = &mut self.nodes[node.index()];
        if state.paused_until_us.is_some() || state.working.is_some() {
            state.waiting.push_back(event);
        } else if state.work_us > 0 {
            state.working = Some(event);
            let work_us = state.work_us.saturating_mul(u64::from(state.slow));
            let epoch = state.epoch;
            self.queue.push(self.now_us.saturating_add(work_us), Event::Worked(node, epoch));
        } else {
            self.give(node, event);
        }
    }

    fn worked(&mut self, node: NodeId) {
        let state = &mut self.nodes[node.index()];
        if state.paused_until_us.is_some() {
            state.finished_in_pause = true;
            return;
        }
        if let Some(event) = state.working.take() {
            self.give(node, event);
        }
        self.next_waiting(node);
    }

    fn resume(&mut self, node: NodeId) {
        let state = &mut self.nodes[node.index()];
        state.paused_until_us = None;
        if std::mem::take(&mut state.finished_in_pause) {
            self.worked(node);
        } else if state.working.is_none() {
            self.next_waiting(node);
        }
    }

    /// Goes on with what waits: all of it where inputs cost no work, else the first.
    fn next_waiting(&mut self, node: NodeId) {
        while self.nodes[node.index()].paused_until_us.is_none() && self.nodes[node.index()].working.is_none()
        {
            let Some(event) = self.nodes[node.index()].waiting.pop_front() else { return };
            match event {
                // Replaced or cancelled while it waited.
                Event::Due(place) if !self.alarms.get(place).live => drop(self.alarms.take(place)),
                event => self.input(node, event),
            }
        }
    }

    /// The node handles an input.
    fn give(&mut self, node: NodeId, event: Event) {
        match event {
            Event::Arrive(place) => {
                let Letter { from, to, msg, op, attempt, sent, payload, .. } = self.letters.take(place);
                let (kind, keep) = (msg.kind(), self.keeps(op));
                let mut wrote = record(RecordKind::Deliver, self.now_us, sent);
                (wrote.node, wrote.peer, wrote.op, wrote.payload, wrote.message) =
                    (to, from, op, payload, kind);
                let id = self.recorder.write(wrote, keep);
                self.see(id, Seen::Deliver { from, to, msg: &msg, op: op_id(op) });
                self.step(node, Input::Deliver { from, msg }, id, op, attempt);
            }
            Event::Due(place) => {
                let Alarm { name, op, attempt, cause, payload, .. } = self.alarms.take(place);
                self.timers[node.index()].remove(&name);
                let keep = self.keeps(op);
                let mut wrote = record(RecordKind::Timer, self.now_us, cause);
                (wrote.node, wrote.op, wrote.payload) = (node, op, payload);
                let id = self.recorder.write(wrote, keep);
                self.see(id, Seen::Timer { node, name: &name });
                self.step(node, Input::Timer(name), id, op, attempt);
            }
            Event::Asked(_, place) => {
                let (request, cause) = self.asked[place as usize].clone();
                self.step(node, Input::Ask(request), cause, NONE, 0);
            }
            Event::Cue(_) | Event::Resume(..) | Event::Worked(..) => unreachable!("no input"),
        }
    }

    fn ctx(&self, node: NodeId) -> Ctx {
        let state = &self.nodes[node.index()];
        Ctx { me: node, clock_us: state.clock.read(self.now_us), epoch: state.epoch, seed: self.seed }
    }

    pub(super) fn step(&mut self, node: NodeId, input: Input<P>, cause: u32, op: u32, attempt: u16) {
        let ctx = self.ctx(node);
        self.out.begin(node, op, attempt);
        let Some(state) = self.states[node.index()].as_mut() else { return };
        state.step(&self.config, input, &ctx, &mut self.out);
        self.carry_out(node, cause);
    }

    fn boot(&mut self, node: NodeId, cause: u32) {
        let mut wrote = record(RecordKind::Boot, self.now_us, cause);
        wrote.node = node;
        let keep = self.recorder.keeps(NONE, 0);
        let id = self.recorder.write(wrote, keep);
        self.nodes[node.index()].up = true;
        self.see(id, Seen::Boot(node));
        let ctx = self.ctx(node);
        self.out.begin(node, NONE, 0);
        let state = P::boot(&self.config, self.disks[node.index()].as_ref(), &ctx, &mut self.out);
        self.states[node.index()] = Some(state);
        self.carry_out(node, id);
    }

    /// Does what the node has asked for, in order.
    fn carry_out(&mut self, node: NodeId, cause: u32) {
        if self.out.asks.is_empty() {
            return;
        }
        let kept = self.recorder.kept(cause);
        let mut asks = std::mem::take(&mut self.out.asks);
        for ask in asks.drain(..) {
            match ask {
                Ask::Send { to, msg, op, attempt } => self.send(node, to, msg, op, attempt, cause),
                Ask::SetTimer { name, after, op, attempt } => {
                    let local_us = after.pick(self.timer_die(node, &name, after, op, attempt));
                    let span_us = self.nodes[node.index()].clock.true_span_us(local_us);
                    let payload =
                        if self.keeps(op) { self.payload(Payload::Timer(name.clone())) } else { NONE };
                    let alarm = Alarm { node, name: name.clone(), op, attempt, cause, payload, live: true };
                    let place = self.alarms.put(alarm);
                    if let Some(old) = self.timers[node.index()].insert(name, place) {
                        self.alarms.get_mut(old).live = false;
                    }
                    self.queue.push(self.now_us.saturating_add(span_us), Event::Due(place));
                }
                Ask::Cancel { name } => {
                    if let Some(old) = self.timers[node.index()].remove(&name) {
                        self.alarms.get_mut(old).live = false;
                    }
                }
                Ask::Persist(disk) => self.disks[node.index()] = Some(disk),
                Ask::Invoke { key, op, request } => self.invoke(node, key, op, request, cause),
                Ask::Complete { op, response } => self.complete(node, op, response, cause),
                Ask::Fact { key, value } => {
                    self.see(cause, Seen::Fact { node, key, value: &value });
                    self.recorder.change(Change { record: cause, node, key, value }, kept);
                }
            }
        }
        self.out.asks = asks;
    }

    /// The die of a timer that has a choice: by operation and attempt, or by how often this name has been drawn.
    fn timer_die(
        &mut self,
        node: NodeId,
        name: &P::Timer,
        after: super::dice::Range,
        op: u32,
        attempt: u16,
    ) -> u64 {
        if after.from_us == after.to_us {
            return 0;
        }
        let name = super::hash_of(name);
        if op != NONE {
            let key = self.operations[op as usize].key;
            let who = u64::from(node.0) << 16 | u64::from(key.client.0);
            let number = name ^ (u64::from(key.number) << 16 | u64::from(attempt));
            return die(self.seed, Purpose::Timer, who, number);
        }
        let count = self.draws.entry((node, name)).or_default();
        *count += 1;
        die(self.seed, Purpose::Timer, u64::from(node.0), name ^ *count)
    }

    fn send(&mut self, from: NodeId, to: NodeId, msg: P::Msg, op: u32, attempt: u16, cause: u32) {
        let (kind, class) = (msg.kind(), msg.class());
        let keep = self.keeps(op);
        let payload = if keep { self.payload(Payload::Msg(msg.clone())) } else { NONE };
        let mut wrote = record(RecordKind::Send, self.now_us, cause);
        (wrote.node, wrote.peer, wrote.op, wrote.payload, wrote.message) = (from, to, op, payload, kind);
        let sent = self.recorder.write(wrote, keep);
        self.see(sent, Seen::Send { from, to, msg: &msg, op: op_id(op) });
        let luck = match self.operations.get(op as usize) {
            Some(o) => Luck::of_operation(from, to, kind, o.key.client, o.key.number, attempt),
            None => self.net.count(from, to, kind),
        };
        let slow = self.nodes[from.index()].message_factor();
        let passage = self.net.pass(self.seed, from, to, class, luck, slow);
        let finger =
            self.fingers.iter().position(|f| f.touches(from, to, kind)).map(|i| self.fingers.remove(i));
        let doomed = match finger {
            Some(Finger { twice: false, .. }) => Some(Loss::Dropped),
            _ if passage.lost => Some(Loss::Chance),
            _ => None,
        };
        let twice = finger.is_some_and(|f| f.twice).then_some(passage.delay_us.saturating_mul(2));
        let cut = self.net.is_cut(from, to);
        let copy = Letter { from, to, msg, op, attempt, sent, payload, doomed };
        if cut {
            let place = self.letters.put(copy);
            return self.lose(place, Loss::Cut);
        }
        if let Some(delay_us) = passage.second_delay_us.or(twice) {
            let second = Letter { msg: copy.msg.clone(), doomed: None, ..copy };
            self.post(second, delay_us);
        }
        self.post(copy, passage.delay_us);
    }

    fn post(&mut self, letter: Letter<P>, delay_us: u64) {
        let at_us = self.net.in_order(letter.from, letter.to, self.now_us.saturating_add(delay_us));
        let place = self.letters.put(letter);
        self.queue.push(at_us, Event::Arrive(place));
    }

    pub(super) fn lose(&mut self, place: u32, loss: Loss) {
        let Letter { from, to, msg, op, sent, payload, .. } = self.letters.take(place);
        let (kind, keep) = (msg.kind(), self.keeps(op));
        let mut wrote = record(RecordKind::Lose, self.now_us, sent);
        (wrote.node, wrote.peer, wrote.op, wrote.payload) = (to, from, op, payload);
        (wrote.message, wrote.loss) = (kind, loss as u8);
        let id = self.recorder.write(wrote, keep);
        self.see(id, Seen::Lose { from, to, msg: &msg, loss, op: op_id(op) });
    }

    fn invoke(&mut self, node: NodeId, key: OpKey, op: u32, request: P::Request, cause: u32) {
        assert_eq!(op as usize, self.operations.len(), "operations are numbered as they are invoked");
        self.operations.push(Opened { key, open: true });
        self.nodes[node.index()].open.push(op);
        self.out.next_op = op + 1;
        let keep = self.keeps(op);
        let payload = if keep { self.payload(Payload::Request(request.clone())) } else { NONE };
        let mut wrote = record(RecordKind::Invoke, self.now_us, cause);
        (wrote.node, wrote.op, wrote.payload) = (node, op, payload);
        let id = self.recorder.write(wrote, keep);
        if keep {
            self.log.invoked::<P>(op, key.client, &request, self.mark(id));
        }
        self.see(id, Seen::Invoke { op: OpId(op), key, request: &request });
    }

    fn complete(&mut self, node: NodeId, op: u32, response: P::Response, cause: u32) {
        let key = self.close(node, op);
        let keep = self.keeps(op);
        let payload = if keep { self.payload(Payload::Response(response.clone())) } else { NONE };
        let mut wrote = record(RecordKind::Return, self.now_us, cause);
        (wrote.node, wrote.op, wrote.payload) = (node, op, payload);
        let id = self.recorder.write(wrote, keep);
        self.log.returned::<P>(op, &response, self.mark(id));
        self.see(id, Seen::Return { op: OpId(op), key, response: &response });
    }

    fn close(&mut self, node: NodeId, op: u32) -> OpKey {
        let opened = &mut self.operations[op as usize];
        assert!(opened.open && opened.key.client == node, "an open operation ends once, at its client");
        opened.open = false;
        self.nodes[node.index()].open.retain(|o| *o != op);
        opened.key
    }

    /// The node goes down: its volatile state, timers and waiting inputs are gone, its open operations unknown.
    pub(super) fn crash(&mut self, node: NodeId, cause: u32, disk_too: bool) {
        if disk_too {
            self.disks[node.index()] = None;
        }
        let state = &mut self.nodes[node.index()];
        if !state.up {
            return;
        }
        state.up = false;
        state.paused_until_us = None;
        state.pauses += 1;
        state.finished_in_pause = false;
        state.epoch += 1;
        let waiting: Vec<Event> = state.working.take().into_iter().chain(state.waiting.drain(..)).collect();
        let open = std::mem::take(&mut state.open);
        self.states[node.index()] = None;
        self.see(cause, Seen::Crash(node));
        for (_, place) in std::mem::take(&mut self.timers[node.index()]) {
            self.alarms.get_mut(place).live = false;
        }
        for event in waiting {
            match event {
                Event::Arrive(place) => self.lose(place, Loss::Down),
                Event::Due(place) => drop(self.alarms.take(place)),
                _ => {}
            }
        }
        for op in open {
            let opened = &mut self.operations[op as usize];
            opened.open = false;
            let key = opened.key;
            let keep = self.keeps(op);
            let mut wrote = record(RecordKind::Abandon, self.now_us, cause);
            (wrote.node, wrote.op) = (node, op);
            let id = self.recorder.write(wrote, keep);
            self.log.abandoned(op);
            self.see(id, Seen::Abandon { op: OpId(op), key });
        }
    }

    fn cue(&mut self, i: u32) {
        let act = &self.cues[i as usize].act;
        let mut wrote: Record = record(RecordKind::Act, self.now_us, NONE);
        wrote.payload = i;
        wrote.node = super::script::place_of(act, &self.cast).unwrap_or(NOBODY);
        let keep = self.recorder.keeps(NONE, 0);
        let id = self.recorder.write(wrote, keep);
        self.see(id, Seen::Act(act));
        self.act(act, id);
    }

    pub(super) fn keeps(&mut self, op: u32) -> bool {
        let number = self.operations.get(op as usize).map_or(0, |o| o.key.number);
        self.recorder.keeps(op, number)
    }

    fn payload(&mut self, payload: Payload<P>) -> u32 {
        self.payloads.push(payload);
        (self.payloads.len() - 1) as u32
    }

    fn mark(&self, record: u32) -> Mark {
        Mark { at_us: self.now_us, record }
    }

    #[inline]
    fn see(&mut self, record: u32, seen: Seen<'_, P>) {
        let mark = Mark { at_us: self.now_us, record };
        self.observer.see(mark, seen);
    }

    /// The parts that the script touches.
    pub(super) fn stage(&mut self) -> Stage<'_> {
        Stage {
            cast: &self.cast,
            kinds: self.kinds,
            nodes: &mut self.nodes,
            net: &mut self.net,
            queue: &mut self.queue,
            fingers: &mut self.fingers,
            seed: &mut self.seed,
            now_us: self.now_us,
        }
    }

    pub(super) fn act(&mut self, act: &Act, cause: u32) {
        match act {
            Act::Crash { node } | Act::Wipe { node } => {
                for node in members(&self.cast, node) {
                    self.crash(node, cause, matches!(act, Act::Wipe { .. }));
                }
            }
            Act::Start { node } => {
                for node in members(&self.cast, node) {
                    if !self.nodes[node.index()].up {
                        self.boot(node, cause);
                    }
                }
            }
            Act::Ask { node, request } => {
                for node in members(&self.cast, node) {
                    let request = request.0.parse().expect("the lab has checked the request at the door");
                    if self.nodes[node.index()].up {
                        self.asked.push((request, cause));
                        self.input(node, Event::Asked(node, self.asked.len() as u32 - 1));
                    }
                }
            }
            act => self.stage().act(act),
        }
    }
}

/// What acts on the network and on conditions of nodes touch: nothing of it is the protocol's.
pub(super) struct Stage<'a> {
    pub(super) cast: &'a Cast,
    pub(super) kinds: &'static [MessageSpec],
    pub(super) nodes: &'a mut [Node],
    pub(super) net: &'a mut Net,
    pub(super) queue: &'a mut Queue,
    pub(super) fingers: &'a mut Vec<Finger>,
    pub(super) seed: &'a mut u32,
    pub(super) now_us: u64,
}

/// The members of a group that has been checked at the door.
pub(super) fn members(cast: &Cast, group: &crate::cast::Group) -> Vec<NodeId> {
    cast.members(group).expect("the script names nodes that take part")
}

fn op_id(op: u32) -> Option<OpId> {
    (op != NONE).then_some(OpId(op))
}

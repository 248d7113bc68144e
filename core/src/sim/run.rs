//! The run itself: pop an event, step a node, carry out what it asks, write a record.
//!
//! What every event passes through is marked `#[inline]`, here and in what it calls: wasm is compiled for size, where the compiler inlines
//! next to nothing unasked, and calls were a fifth of the time. It costs a lab's module 1 KB compressed.

use super::net::{Net, Network};
use super::node::Node;
use super::observe::{Observer, Seen};
use super::protocol::{Ctx, Disk, Input, Kinded, OpId, OpKey, Out, Protocol, Speech};
use super::queue::{Event, Queue};
use super::recorder::{Recorder, attempt_byte, record};
use super::slab::{Slab, Timers};
use super::{Finger, Fuse, Payload, Setup};
use crate::cast::{Cast, NodeId, Sort};
use crate::outcome::Detail;
use crate::scenario::Cue;
use crate::sorted::Map;
use crate::trace::{Loss, Mark, NOBODY, NONE, Record, RecordKind, World};
use crate::words::MessageSpec;

/// What a payload takes, without what it refers to.
const PAYLOAD_BYTES: u64 = 128;

/// A message under way.
pub(super) struct Letter<S: Speech> {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) msg: S::Msg,
    pub(super) op: u32,
    pub(super) attempt: u16,
    pub(super) sent: u32,
    pub(super) payload: u32,
    /// It dies on arrival, for this reason.
    pub(super) doomed: Option<Loss>,
}

/// A timer that is set.
pub(super) struct Alarm<S: Speech> {
    pub(super) node: NodeId,
    pub(super) name: S::Timer,
    pub(super) op: u32,
    pub(super) attempt: u16,
    pub(super) cause: u32,
    pub(super) payload: u32,
    pub(super) live: bool,
}

/// What the run knows of an operation.
pub(super) struct Opened {
    pub(super) key: OpKey,
    pub(super) open: bool,
}

pub(super) struct Sim<P: Protocol, O: Observer<P::Speech>> {
    pub(super) config: P::Config,
    pub(super) cast: Cast,
    pub(super) kinds: &'static [MessageSpec],
    pub(super) cues: Vec<Cue>,
    pub(super) observer: O,
    pub(super) states: Vec<Option<P>>,
    pub(super) disks: Vec<Option<Disk<P>>>,
    pub(super) timers: Vec<Timers<<P::Speech as Speech>::Timer>>,
    /// What the script asked for, and the record of its cue.
    pub(super) asked: Vec<(<P::Speech as Speech>::Request, u32)>,
    pub(super) letters: Slab<Letter<P::Speech>>,
    pub(super) alarms: Slab<Alarm<P::Speech>>,
    pub(super) out: Out<P::Speech>,
    pub(super) payloads: Vec<Payload<P::Speech>>,
    pub(super) operations: Vec<Opened>,
    pub(super) log: super::operations::OperationLog,
    pub(super) nodes: Vec<Node>,
    pub(super) net: Net,
    /// What stands of the script.
    pub(super) world: World,
    pub(super) fingers: Vec<Finger>,
    pub(super) fuses: Vec<Fuse>,
    pub(super) draws: Vec<Map<u64, u64>>,
    pub(super) queue: Queue,
    pub(super) recorder: Recorder,
    pub(super) seed: u32,
    pub(super) horizon_us: u64,
    pub(super) now_us: u64,
    pub(super) limits: Vec<String>,
    /// Letters that were sent at this moment, for which the lab's scheduler will name the time.
    pub(super) held: Vec<u32>,
    /// What is under way beyond its letters' own size, in bytes.
    pub(super) under_way_bytes: u64,
    /// The work beyond that of small events, in those.
    pub(super) work: u64,
    events: u64,
    ended: bool,
}

impl<P: Protocol, O: Observer<P::Speech>> Sim<P, O> {
    /// A run whose script waits and whose nodes are up.
    pub(super) fn new(setup: Setup<'_, P>, observer: O, detail: Detail) -> Sim<P, O> {
        let count = setup.cast.len();
        assert!(count <= usize::from(Cast::MAX), "the cast is within its limit");
        let work = |i: usize| setup.work_us.get(i).copied().unwrap_or(0);
        let network: Network = setup.network;
        let mut sim = Sim {
            config: setup.config,
            cast: setup.cast,
            kinds: setup.kinds,
            cues: setup.scenario.cues.clone(),
            observer,
            states: vec![None; count],
            disks: vec![None; count],
            timers: vec![Timers::new(); count],
            asked: Vec::new(),
            letters: Slab::new(),
            alarms: Slab::new(),
            out: Out::new(detail != Detail::Totals),
            payloads: Vec::with_capacity(super::recorder::expected(detail)),
            operations: Vec::new(),
            log: super::operations::OperationLog::default(),
            nodes: (0..count).map(|i| Node::new(work(i))).collect(),
            net: Net::new(network, &setup.cast),
            world: World::default(),
            fingers: Vec::new(),
            fuses: Vec::new(),
            draws: vec![Map::new(); count],
            queue: Queue::default(),
            recorder: Recorder::new(detail),
            seed: setup.scenario.seed,
            horizon_us: setup.scenario.horizon_us,
            now_us: 0,
            limits: setup.scenario.told_too_late().into_iter().collect(),
            held: Vec::new(),
            under_way_bytes: 0,
            work: 0,
            events: 0,
            ended: false,
        };
        sim.start();
        sim
    }

    /// How many events have been handled.
    pub(super) fn handled(&self) -> u64 {
        self.events
    }

    /// What that was in small events.
    pub(super) fn worked(&self) -> u64 {
        self.events + self.work
    }

    fn start(&mut self) {
        for (i, cue) in self.cues.iter().enumerate() {
            self.queue.push(cue.at_us, Event::Cue(i as u32));
        }
        for node in self.cast.nodes() {
            self.boot(node, NONE);
        }
    }

    /// Handles up to so many small events more, or fewer that are as much work; says whether the run has ended: at the horizon, by its observer, or at a limit.
    pub(super) fn advance(&mut self, events: u64) -> bool {
        let stop = self.worked().saturating_add(events);
        while !self.ended && self.worked() < stop {
            let Some((at_us, event)) = self.queue.pop(self.horizon_us) else {
                self.now_us = self.horizon_us;
                self.ended = true;
                break;
            };
            self.now_us = at_us;
            self.handle(event);
            self.events += 1;
            if self.observer.done() {
                self.ended = true;
            } else if let Some(limit) = self.limit_met() {
                self.limits.push(limit);
                self.ended = true;
            }
        }
        self.ended
    }

    #[inline]
    fn handle(&mut self, event: Event) {
        match event {
            Event::Cue(i) => self.cue(i),
            Event::Resume(node, pause) if self.nodes[node.index()].pauses == pause => self.resume(node),
            Event::Worked(node, epoch) if self.nodes[node.index()].epoch == epoch => self.has_worked(node),
            Event::Resume(..) | Event::Worked(..) => {}
            Event::Schedule => self.schedule(),
            Event::Due(place) if !self.alarms.get(place).live => drop(self.alarms.take(place)),
            Event::Due(place) => self.input(self.alarms.get(place).node, event),
            Event::Asked(node, _) => self.input(node, event),
            Event::Arrive(place) => {
                let letter = self.letters.get(place);
                let (from, to, doomed) = (letter.from, letter.to, letter.doomed);
                if let Some(loss) = doomed {
                    self.lose(place, loss);
                } else if self.world.is_cut(from, to) {
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
    pub(super) fn input(&mut self, node: NodeId, event: Event) {
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

    fn has_worked(&mut self, node: NodeId) {
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
        self.world.resume(self.now_us);
        let state = &mut self.nodes[node.index()];
        if std::mem::take(&mut state.finished_in_pause) {
            self.has_worked(node);
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
    #[inline]
    fn give(&mut self, node: NodeId, event: Event) {
        match event {
            Event::Arrive(place) => {
                let Letter { from, to, msg, op, attempt, sent, payload, .. } = self.arrived(place);
                let (kind, keep) = (msg.kind(), self.keeps(op, to));
                let mut wrote = record(RecordKind::Deliver, self.now_us, sent);
                (wrote.node, wrote.peer, wrote.op, wrote.payload, wrote.message) =
                    (to, from, op, payload, kind);
                wrote.attempt = attempt_byte(attempt);
                let id = self.recorder.write(wrote, keep);
                self.see(id, Seen::Deliver { from, to, msg: &msg, op: op_id(op) });
                self.step(node, Input::Deliver { from, msg }, id, op, attempt);
            }
            Event::Due(place) => {
                let Alarm { name, op, attempt, cause, payload, .. } = self.alarms.take(place);
                self.timers[node.index()].unset(&name);
                let keep = self.keeps(op, node);
                let mut wrote = record(RecordKind::Timer, self.now_us, cause);
                (wrote.node, wrote.op, wrote.payload) = (node, op, payload);
                wrote.attempt = attempt_byte(attempt);
                let id = self.recorder.write(wrote, keep);
                self.see(id, Seen::Timer { node, name: &name });
                self.step(node, Input::Timer(name), id, op, attempt);
            }
            Event::Asked(_, place) => {
                let (request, cause) = self.asked[place as usize].clone();
                self.step(node, Input::Ask(request), cause, NONE, 0);
            }
            Event::Cue(_) | Event::Resume(..) | Event::Worked(..) | Event::Schedule => {
                unreachable!("no input")
            }
        }
    }

    #[inline]
    pub(super) fn ctx(&self, node: NodeId, op: u32) -> Ctx {
        let state = &self.nodes[node.index()];
        Ctx {
            me: node,
            clock_us: state.clock.read(self.now_us),
            monotonic_us: state.clock.monotonic(self.now_us),
            epoch: state.epoch,
            op: self.operations.get(op as usize).map(|opened| opened.key),
            seed: self.seed,
            luck: self.cast.luck(node),
        }
    }

    #[inline]
    pub(super) fn step(&mut self, node: NodeId, input: Input<P::Speech>, cause: u32, op: u32, attempt: u16) {
        let ctx = self.ctx(node, op);
        self.out.begin(node, op, attempt);
        self.out.words_wanted = self.recorder.detail != Detail::Totals && self.recorder.kept(cause);
        let Some(state) = self.states[node.index()].as_mut() else { return };
        state.step(&self.config, input, &ctx, &mut self.out);
        self.carry_out(node, cause);
    }

    pub(super) fn boot(&mut self, node: NodeId, cause: u32) {
        let mut wrote = record(RecordKind::Boot, self.now_us, cause);
        wrote.node = node;
        let keep = self.keeps(NONE, node);
        let id = self.recorder.write(wrote, keep);
        self.nodes[node.index()].up = true;
        self.see(id, Seen::Boot(node));
        let ctx = self.ctx(node, NONE);
        self.out.begin(node, NONE, 0);
        self.out.words_wanted = self.recorder.detail != Detail::Totals && self.recorder.kept(id);
        let state = P::boot(&self.config, self.disks[node.index()].as_ref(), &ctx, &mut self.out);
        self.states[node.index()] = Some(state);
        self.carry_out(node, id);
    }

    fn cue(&mut self, i: u32) {
        let act = &self.cues[i as usize].act.clone();
        let mut wrote: Record = record(RecordKind::Act, self.now_us, NONE);
        wrote.payload = i;
        wrote.node = act.drawn_at(&self.cast).unwrap_or(NOBODY);
        let keep = self.keeps(NONE, NOBODY);
        let id = self.recorder.write(wrote, keep);
        self.world.apply(act, &self.cast, self.mark(id));
        self.see(id, Seen::Act(act));
        self.act(act, id);
    }

    /// Whether a record at this node that serves this operation is kept. Of a sample one operation in k is, and one client in k with what
    /// serves none: client and operation number together decide, so that a crowd's first calls are thinned as its later ones are.
    #[inline]
    pub(super) fn keeps(&mut self, op: u32, node: NodeId) -> bool {
        let every = match self.recorder.detail {
            Detail::Totals => return false,
            Detail::Full => 1,
            Detail::Sample { every } => every.max(1),
        };
        let wanted = every == 1
            || match self.operations.get(op as usize) {
                Some(opened) => self.recorder.detail.keeps(opened.key.client, opened.key.number),
                None => {
                    let client = node != NOBODY && self.cast.sort(node).0 == Sort::Client;
                    !client || u32::from(node.0).is_multiple_of(every)
                }
            };
        wanted && self.recorder.has_room()
    }

    pub(super) fn payload(&mut self, payload: Payload<P::Speech>) -> u32 {
        self.recorder.bytes += PAYLOAD_BYTES + payload.weight();
        self.payloads.push(payload);
        (self.payloads.len() - 1) as u32
    }

    pub(super) fn mark(&self, record: u32) -> Mark {
        Mark { at_us: self.now_us, record }
    }

    #[inline]
    pub(super) fn see(&mut self, record: u32, seen: Seen<'_, P::Speech>) {
        let mark = Mark { at_us: self.now_us, record };
        self.observer.see(mark, seen, &self.world);
    }
}

#[inline]
pub(super) fn op_id(op: u32) -> Option<OpId> {
    (op != NONE).then_some(OpId(op))
}

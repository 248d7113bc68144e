//! What nodes ask for, carried out: messages sent, timers set, operations begun and ended, facts told.

use super::limits::{BYTES_IN_AN_EVENT, SENT_IN_AN_EVENT};
use super::net::Luck;
use super::observe::{Observer, Seen};
use super::protocol::{Ask, Kinded, OpId, OpKey, Protocol, Sent, Speech};
use super::queue::Event;
use super::recorder::{attempt_byte, record};
use super::run::{Alarm, Letter, Opened, Sim, op_id};
use super::{Finger, Payload, Range};
use crate::cast::NodeId;
use crate::chance::dice::{Purpose, die};
use crate::outcome::Detail;
use crate::trace::{Change, Loss, NONE, RecordKind};

impl<P: Protocol, O: Observer<P::Speech>> Sim<P, O> {
    /// Does what the node has asked for, in order.
    #[inline]
    pub(super) fn carry_out(&mut self, node: NodeId, cause: u32) {
        if self.out.asks.is_empty() {
            self.work += std::mem::take(&mut self.out.work);
            return;
        }
        let kept = self.recorder.detail != Detail::Totals && self.recorder.kept(cause);
        for i in 0..self.out.asks.len() {
            // Marks are many: they are read where they lie.
            if let Some(Ask::Mark { mark, op }) = &self.out.asks[i] {
                let (mark, op) = (*mark, op_id(*op));
                self.see(self.recorder.count().wrapping_sub(1), Seen::Mark { node, op, mark });
                continue;
            }
            let Some(ask) = self.out.asks[i].take() else { break };
            match ask {
                Ask::Send { to, msg, op, attempt } => {
                    let kind = msg.kind();
                    let payload = self.send(node, to, msg, op, attempt, cause);
                    if !self.fuses.is_empty() && self.burn(node, (to, kind), payload) {
                        // What it was about to invoke has not been.
                        self.out.next_op = self.operations.len() as u32;
                        break;
                    }
                }
                Ask::SetTimer { name, after, op, attempt } => {
                    let local_us = after.pick(self.timer_die(node, &name, after, op, attempt));
                    let span_us = self.nodes[node.index()].clock.true_span_us(local_us);
                    let payload =
                        if self.keeps(op, node) { self.payload(Payload::Timer(name.clone())) } else { NONE };
                    let alarm = Alarm { node, name: name.clone(), op, attempt, cause, payload, live: true };
                    let place = self.alarms.put(alarm);
                    if let Some(old) = self.timers[node.index()].set(name, place) {
                        self.alarms.get_mut(old).live = false;
                    }
                    self.queue.push(self.now_us.saturating_add(span_us), Event::Due(place));
                }
                Ask::Cancel { name } => {
                    if let Some(old) = self.timers[node.index()].unset(&name) {
                        self.alarms.get_mut(old).live = false;
                    }
                }
                Ask::Persist(disk) => {
                    self.work += P::Speech::disk_weight(&disk) / BYTES_IN_AN_EVENT;
                    self.disks[node.index()] = Some(disk);
                }
                Ask::Invoke { key, op, request } => self.invoke(node, key, op, request, cause),
                Ask::Complete { op, response } => self.complete(node, op, response, cause),
                Ask::Fact { key, value, op } => {
                    self.recorder.digest.take_in(&(node, key, &value));
                    self.see(cause, Seen::Fact { node, key, value: &value });
                    if kept {
                        self.recorder.change(Change { record: cause, op, node, key, value });
                    }
                }
                Ask::Show { key, value, op } if kept => {
                    self.recorder.change(Change { record: cause, op, node, key, value });
                }
                Ask::Show { .. } | Ask::Mark { .. } => {}
            }
        }
        self.out.asks.clear();
        self.work += std::mem::take(&mut self.out.work);
    }

    /// The die of a timer that has a choice: by operation and attempt, or by how often this name has been drawn.
    fn timer_die(
        &mut self,
        node: NodeId,
        name: &<P::Speech as Speech>::Timer,
        after: Range,
        op: u32,
        attempt: u16,
    ) -> u64 {
        if after.from_us == after.to_us {
            return 0;
        }
        let name = super::hash_of(name);
        if op != NONE {
            let key = self.operations[op as usize].key;
            let who = u64::from(self.cast.luck(node)) << 16 | u64::from(self.cast.luck(key.client));
            let number = name ^ (u64::from(key.number) << 16 | u64::from(attempt));
            return die(self.seed, Purpose::Timer, who, number);
        }
        let count = self.draws[node.index()].entry(name).or_default();
        *count += 1;
        die(self.seed, Purpose::Timer, u64::from(self.cast.luck(node)), name ^ *count)
    }

    /// Sends a message; gives back its words' place.
    fn send(
        &mut self,
        from: NodeId,
        to: NodeId,
        msg: <P::Speech as Speech>::Msg,
        op: u32,
        attempt: u16,
        cause: u32,
    ) -> u32 {
        let (kind, class) = (msg.kind(), P::Speech::class(&msg));
        let keep = self.keeps(op, from);
        let payload = if keep { self.payload(Payload::Msg(msg.clone())) } else { NONE };
        let mut wrote = record(RecordKind::Send, self.now_us, cause);
        (wrote.node, wrote.peer, wrote.op, wrote.payload, wrote.message) = (from, to, op, payload, kind);
        wrote.attempt = attempt_byte(attempt);
        let sent = self.recorder.write(wrote, keep);
        self.see(sent, Seen::Send { from, to, msg: &msg, op: op_id(op) });
        let luck = match self.operations.get(op as usize) {
            Some(o) => {
                let client = self.cast.luck(o.key.client);
                Luck::of_operation(self.net.link(from, to), kind, client, o.key.number, attempt)
            }
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
        let cut = self.world.is_cut(from, to);
        let copy = Letter { from, to, msg, op, attempt, sent, payload, doomed };
        if cut {
            let place = self.under_way(copy);
            self.lose(place, Loss::Cut);
            return payload;
        }
        if let Some(delay_us) = passage.second_delay_us.or(twice) {
            let second = Letter { msg: copy.msg.clone(), doomed: None, ..copy };
            self.post(second, delay_us);
        }
        if P::schedules(&self.config) {
            self.hold(copy);
        } else {
            self.post(copy, passage.delay_us);
        }
        payload
    }

    /// Keeps a letter until all is over that is to come at this moment.
    fn hold(&mut self, letter: Letter<P::Speech>) {
        if self.held.is_empty() {
            self.queue.push(self.now_us, Event::Schedule);
        }
        let place = self.under_way(letter);
        self.held.push(place);
    }

    /// Has the lab's scheduler say how long the letters of this moment are under way.
    pub(super) fn schedule(&mut self) {
        let held = std::mem::take(&mut self.held);
        let letters = held.iter().map(|place| self.letters.get(*place));
        let sent: Vec<Sent<'_, P::Speech>> =
            letters.map(|letter| Sent { from: letter.from, to: letter.to, msg: &letter.msg }).collect();
        let delays = P::schedule(&self.config, self.seed, &sent);
        assert_eq!(delays.len(), held.len(), "a time for each message");
        self.work += held.len() as u64;
        for (place, delay_us) in held.into_iter().zip(delays) {
            let (from, to) = (self.letters.get(place).from, self.letters.get(place).to);
            let slow = u64::from(self.nodes[from.index()].message_factor());
            let at_us =
                self.net.in_order(from, to, self.now_us.saturating_add(delay_us.saturating_mul(slow)));
            self.queue.push(at_us, Event::Arrive(place));
        }
    }

    #[inline]
    fn post(&mut self, letter: Letter<P::Speech>, delay_us: u64) {
        let at_us = self.net.in_order(letter.from, letter.to, self.now_us.saturating_add(delay_us));
        let place = self.under_way(letter);
        self.queue.push(at_us, Event::Arrive(place));
    }

    #[inline]
    fn under_way(&mut self, letter: Letter<P::Speech>) -> u32 {
        let bytes = P::Speech::weight(&letter.msg);
        self.under_way_bytes += bytes;
        self.work += bytes / SENT_IN_AN_EVENT;
        self.letters.put(letter)
    }

    /// Takes a letter that has arrived, or dies.
    #[inline]
    pub(super) fn arrived(&mut self, place: u32) -> Letter<P::Speech> {
        let letter = self.letters.take(place);
        self.under_way_bytes -= P::Speech::weight(&letter.msg);
        letter
    }

    pub(super) fn lose(&mut self, place: u32, loss: Loss) {
        let Letter { from, to, msg, op, attempt, sent, payload, .. } = self.arrived(place);
        let (kind, keep) = (msg.kind(), self.keeps(op, to));
        let mut wrote = record(RecordKind::Lose, self.now_us, sent);
        (wrote.node, wrote.peer, wrote.op, wrote.payload) = (to, from, op, payload);
        (wrote.message, wrote.loss, wrote.attempt) = (kind, loss as u8, attempt_byte(attempt));
        let id = self.recorder.write(wrote, keep);
        self.see(id, Seen::Lose { from, to, msg: &msg, loss, op: op_id(op) });
    }

    fn invoke(
        &mut self,
        node: NodeId,
        key: OpKey,
        op: u32,
        request: <P::Speech as Speech>::Request,
        cause: u32,
    ) {
        assert_eq!(op as usize, self.operations.len(), "operations are numbered as they are invoked");
        self.operations.push(Opened { key, open: true });
        self.nodes[node.index()].open.push(op);
        self.out.next_op = op + 1;
        let keep = self.keeps(op, node);
        let payload = if keep { self.payload(Payload::Request(request.clone())) } else { NONE };
        let mut wrote = record(RecordKind::Invoke, self.now_us, cause);
        (wrote.node, wrote.op, wrote.payload) = (node, op, payload);
        let id = self.recorder.write(wrote, keep);
        self.recorder.digest.take_in(&request);
        if keep {
            self.log.invoked::<P::Speech>(op, key.client, (&request, payload), self.mark(id));
        }
        self.see(id, Seen::Invoke { op: OpId(op), key, request: &request });
    }

    fn complete(&mut self, node: NodeId, op: u32, response: <P::Speech as Speech>::Response, cause: u32) {
        let key = self.close(node, op);
        let keep = self.keeps(op, node);
        let logged = keep || self.log.keeps(op);
        let payload = if logged { self.payload(Payload::Response(response.clone())) } else { NONE };
        let mut wrote = record(RecordKind::Return, self.now_us, cause);
        (wrote.node, wrote.op, wrote.payload) = (node, op, payload);
        let id = self.recorder.write(wrote, keep);
        self.recorder.digest.take_in(&response);
        if logged {
            self.log.returned::<P::Speech>(op, (&response, payload), self.mark(id));
        }
        self.see(id, Seen::Return { op: OpId(op), key, response: &response });
    }

    pub(super) fn close(&mut self, node: NodeId, op: u32) -> OpKey {
        let opened = &mut self.operations[op as usize];
        assert!(opened.open && opened.key.client == node, "an open operation ends once, at its client");
        opened.open = false;
        let key = opened.key;
        // Those that have ended are taken out together, once they are half of all.
        let state = &mut self.nodes[node.index()];
        state.ended += 1;
        if state.ended * 2 > state.open.len() {
            state.open.retain(|op| self.operations[*op as usize].open);
            state.ended = 0;
        }
        key
    }
}

//! The desk and the door: who may come in, who leaves, and how.

use super::super::declared::Expired;
use super::super::roles::NO_VERSION;
use super::*;
use crate::parts::limiter::Answer;
use crate::parts::queue::{Full, Waiting};

/// What becomes of a request at the door.
enum Entry {
    In,
    /// It has been executed before.
    Known,
    /// It waits for so long first, in µs.
    Later(u64),
    /// It is refused: come again after so long, in µs.
    Turned(Why, u64),
    /// It fails at once, or is its client's mistake.
    Failed,
    Mistaken,
    /// Nobody hears of it again.
    Swallowed,
}

impl Server {
    /// A request comes.
    pub(super) fn take(&mut self, frame: Frame, at: &mut At<'_>) {
        let frame = self.begin_span(frame, at);
        let (tier, now_us) = (self.tier, at.now_us());
        at.out.mark(Mark::Came { tier, attempt: frame.of.attempt });
        self.came = self.came.wrapping_add(1);
        self.count_one();
        at.follow(frame.of.hop, frame.of.path, Passing::Comes);
        let (reply, mark) = match self.door(&frame, at) {
            Entry::In => return self.enter(frame, 0, at),
            Entry::Later(in_us) => return self.enter(frame, in_us, at),
            Entry::Known => {
                (Reply::Known, Mark::Left { tier, path: frame.path, how: Ending::Known, held_us: 0 })
            }
            Entry::Failed => {
                (Reply::Error, Mark::Left { tier, path: frame.path, how: Ending::Failed, held_us: 0 })
            }
            Entry::Mistaken => {
                (Reply::Bad, Mark::Left { tier, path: frame.path, how: Ending::Bad, held_us: 0 })
            }
            Entry::Turned(why, after_us) => {
                let told = self.tier(at).0.desk.tells_after;
                (Reply::Refused { after_us: if told { after_us } else { 0 } }, Mark::Turned { tier, why })
            }
            Entry::Swallowed => return at.out.mark(Mark::Swept { tier, why: Swept::Muted, count: 1 }),
        };
        self.answer(&frame, reply, at);
        self.end_span(&frame, reply.ending(), at);
        at.follow(frame.of.hop, frame.of.path, Passing::Leaves);
        if matches!(mark, Mark::Left { .. }) {
            at.out.mark(Mark::Began { tier, waited_us: now_us - frame.came_us });
        }
        at.out.mark(mark);
    }

    /// Asks in this order: trouble, mistake, readiness, deadline, key, limiter, concurrency, places kept for others, line.
    fn door(&mut self, frame: &Frame, at: &mut At<'_>) -> Entry {
        let ((tier, plan), now_us) = (self.tier(at), at.now_us());
        if let Some(spell) = self.struck(frame, at) {
            match spell.kind {
                Kind::Refusal => return Entry::Turned(Why::Trouble, spell.to_us - now_us),
                Kind::Mute => return Entry::Swallowed,
                Kind::Errors(share)
                    if happens(at.die(Purpose::Fault, frame.luck, frame.path), share.into()) =>
                {
                    self.tell_struck(at);
                    return Entry::Failed;
                }
                Kind::Shard(_) if spell.kind.strikes(frame.about.key) => {
                    self.tell_struck(at);
                    return Entry::Failed;
                }
                _ => {}
            }
        }
        if !self.is_ready() {
            return Entry::Turned(Why::Off, 0);
        }
        let desk = &tier.desk;
        if frame.about.bad && desk.mistakes == Mistakes::AtDoor {
            return Entry::Mistaken;
        }
        if desk.deadline && now_us >= frame.deadline_us {
            return Entry::Turned(Why::Deadline, 0);
        }
        if self.executed.contains(&frame.op.0) {
            return Entry::Known;
        }
        let mut later_us = 0;
        if desk.limit.is_some_and(|limit| !limit.by_route) {
            match self.limited(frame.about, at) {
                Answer::Pass { in_us } => later_us = in_us,
                Answer::Refuse { after_us } => return Entry::Turned(Why::Limit, after_us),
            }
        }
        let most = self.most(at);
        if most > 0 && self.frames.len() >= most as usize {
            return Entry::Turned(Why::Concurrency, 0);
        }
        let waiting = self.line.len();
        let queue_us =
            |count: u32| u64::from(count).saturating_mul(plan.mean_us) / u64::from(tier.workers.max(1));
        let kept = desk.reserve.get(usize::from(frame.about.class)).copied().unwrap_or(0);
        let is_full = !self.starts(frame, at) && waiting.saturating_add(kept) >= tier.line.limit;
        if is_full && tier.line.full == Full::Refuse {
            return Entry::Turned(Why::Full, queue_us(waiting));
        }
        if tier.line.expired == Expired::Predict {
            let before = if tier.workers > 0 { waiting + self.bench.len() + self.busy } else { 0 };
            let done_us = now_us.saturating_add(queue_us(before)).saturating_add(plan.mean_us);
            if done_us > frame.deadline_us {
                return Entry::Turned(Why::Deadline, queue_us(waiting));
            }
        }
        // Nobody goes for one that is refused after all.
        if is_full && !self.makes_room(frame, at) {
            return Entry::Turned(Why::Full, queue_us(waiting));
        }
        if later_us > 0 { Entry::Later(later_us) } else { Entry::In }
    }

    /// Whether a request need not wait.
    pub(super) fn starts(&self, frame: &Frame, at: &At<'_>) -> bool {
        let (tier, plan) = self.tier(at);
        let program = plan.programs.get(usize::from(frame.about.class)).and_then(Option::as_ref);
        let works = program.is_some_and(|program| matches!(program.ops.first(), Some(Op::Work(_))));
        let free = tier.threads == 0 && tier.slots.is_none() && (tier.workers == 0 || !works);
        free || self.has_room(at)
    }

    fn enter(&mut self, frame: Frame, in_us: u64, at: &mut At<'_>) {
        let (starts, deadline_us) = (self.starts(&frame, at), frame.deadline_us);
        self.tell_asked(frame.about, at);
        let (tier, plan) = self.tier(at);
        let program = plan.programs.get(usize::from(frame.about.class)).and_then(Option::as_ref);
        let acknowledged = program.is_some_and(|program| program.ops.first() == Some(&Op::Reply));
        let lane = Server::lane(&tier.line, &frame);
        let key = frame.from.map(|from| place(from, frame.of));
        let serial = self.frames.put(frame);
        if let Some(key) = key.filter(|_| self.tier(at).1.cancelled) {
            // Of a try that came twice it is the first that is taken back.
            self.places.entry(key).or_insert(serial);
        }
        if in_us > 0 {
            return self.hold_back(serial, in_us, at);
        }
        if starts {
            self.sheds(0, at);
            return self.begin(serial, 0, at);
        }
        let deadline_us = Some(deadline_us).filter(|us| *us < u64::MAX);
        let Ok(ticket) = self.line.push_as(lane, serial, deadline_us, at.now_us()) else { return };
        if let Some(frame) = self.frames.get_mut(serial) {
            frame.stage = Stage::Line(ticket);
        }
        if acknowledged {
            self.reply(serial, at);
        }
    }

    /// Sends an answer, or tells the client of the node's own request.
    pub(super) fn answer(&mut self, frame: &Frame, reply: Reply, at: &mut At<'_>) {
        if let Some(from) = frame.from {
            at.out.serve(frame.op, frame.of.path as u16);
            let version = if reply == Reply::Done { frame.version } else { NO_VERSION };
            let brought = Brought { version, worked_us: frame.worked_us };
            return at.out.send(from, Msg::Answer { of: frame.of, reply, brought });
        }
        at.out.complete(frame.op, self.response(frame, reply, at));
        if frame.ending(reply, at).is_good() {
            at.out.mark(Mark::Useful { worked_us: frame.worked_us });
        }
        self.roots -= 1;
        if self.roots == 0
            && let Some(source) = source::source(at).filter(|source| source::is_closed(source))
        {
            source::wait(source, self.made, at);
        }
    }

    /// Answers before the end.
    pub(super) fn reply(&mut self, serial: u32, at: &mut At<'_>) {
        let Some(frame) = self.frames.get_mut(serial).filter(|frame| !frame.replied) else { return };
        frame.replied = true;
        let frame = frame.clone();
        self.answer(&frame, frame.comes_to(), at);
    }

    /// A request has come to its end.
    pub(super) fn finish(&mut self, serial: u32, at: &mut At<'_>) {
        self.land(serial, at);
        let Some(frame) = self.forget(serial, at) else { return };
        let reply = frame.comes_to();
        self.adapt(&frame, reply, at);
        if self.tier(at).0.desk.keys && reply == Reply::Done {
            self.executed.insert(frame.op.0);
        }
        if !frame.replied {
            self.answer(&frame, reply, at);
        }
        self.inside -= 1;
        self.end_span(&frame, frame.ending(reply, at), at);
        self.left(&frame, frame.ending(reply, at), at);
    }

    /// What the client is told of a request of the node's own.
    fn response(&self, frame: &Frame, reply: Reply, at: &At<'_>) -> Response {
        match (frame.ending(reply, at), frame.over) {
            (Ending::Done, _) if frame.version != NO_VERSION => Response::Got { version: frame.version },
            (Ending::Done | Ending::Known, _) => Response::Done,
            (Ending::Degraded, _) => Response::Degraded,
            (Ending::Late, _) => Response::Late,
            (how, over) => Response::Unserved { how: over.map_or(how, |(how, _)| how), doubt: frame.doubt },
        }
    }

    fn left(&self, frame: &Frame, how: Ending, at: &mut At<'_>) {
        let held_us = at.now_us().saturating_sub(frame.began_us);
        at.out.mark(Mark::Left { tier: self.tier, path: frame.path, how, held_us });
        at.follow(frame.of.hop, frame.of.path, Passing::Leaves);
    }

    pub(super) fn forget(&mut self, serial: u32, at: &At<'_>) -> Option<Frame> {
        let frame = self.frames.take(serial)?;
        if self.tier(at).1.cancelled
            && let Some(key) = frame.from.map(|from| place(from, frame.of))
            && self.places.get(&key) == Some(&serial)
        {
            self.places.remove(&key);
        }
        Some(frame)
    }

    /// A request is taken away, wherever it is: because nobody wants it any more, or because it is refused after all.
    pub(super) fn take_away(&mut self, serial: u32, how: Ending, at: &mut At<'_>) -> Option<Frame> {
        let frame = self.forget(serial, at)?;
        self.end_span(&frame, how, at);
        match frame.stage {
            Stage::Line(ticket) => {
                self.line.cancel(ticket);
                let why = if how == Ending::Cancelled { Swept::Cancelled } else { Swept::Refused };
                at.out.mark(Mark::Swept { tier: self.tier, why, count: 1 });
                at.follow(frame.of.hop, frame.of.path, Passing::Leaves);
                return Some(frame);
            }
            Stage::Delayed => {
                at.out.cancel(Timer::Pass(serial));
                self.undelay();
                let why = if how == Ending::Cancelled { Swept::Cancelled } else { Swept::Refused };
                at.out.mark(Mark::Swept { tier: self.tier, why, count: 1 });
                return Some(frame);
            }
            Stage::Bench(ticket) => {
                self.bench.cancel(ticket);
            }
            Stage::Work => {
                at.out.cancel(Timer::Finish(serial));
                self.broken_off(&frame, at);
            }
            Stage::Parked => self.flights.leave(frame.about.key, serial),
            Stage::Out => {
                let (first, many) = frame.calls;
                for place in 0..u32::from(many) {
                    self.caller.abandon(first.wrapping_add(place), at);
                }
            }
        }
        self.inside -= 1;
        self.left(&frame, how, at);
        if frame.leads {
            // Nobody fetches any more for those that waited.
            self.landed(&Frame { over: Some((Ending::Failed, Stop::Over)), ..frame.clone() }, at);
            at.out.serve(frame.op, frame.of.path as u16);
        }
        Some(frame)
    }

    /// These are thrown away: their turn has come after their deadline.
    pub(super) fn expire(&mut self, expired: Vec<Waiting<u32>>, at: &mut At<'_>) {
        self.expired += expired.len() as u32;
        at.out.mark(Mark::Swept { tier: self.tier, why: Swept::Expired, count: expired.len() as u32 });
        at.out.fact(fact::EXPIRED, 0, Fact::Int(i64::from(self.expired)));
        let served = (at.out.op, at.out.attempt);
        for gone in expired {
            let Some(mut frame) = self.forget(gone.item, at) else { continue };
            at.out.serve(frame.op, frame.of.path as u16);
            self.end_span(&frame, Ending::NoTime, at);
            at.follow(frame.of.hop, frame.of.path, Passing::Leaves);
            (at.out.op, at.out.attempt) = served;
            if frame.from.is_none() && !frame.replied {
                frame.over = Some((Ending::NoTime, Stop::Time));
                self.answer(&frame, Reply::Error, at);
            }
        }
    }
}

//! A request at a service.

use super::super::caller::{At, Ended, frame_path};
use super::super::mark::{Ending, HopId, Stop};
use super::super::message::{About, Deadline, Reply, Request, Try};
use super::super::parts::Parts;
use super::super::roles::NO_VERSION;
use super::super::source;
use crate::cast::NodeId;
use crate::parts::queue::Ticket;
use crate::sim::OpId;
use crate::sim::dice::{Purpose, remix};

/// What a request comes to that is refused in the midst of its route. A call that was refused, and is not tried again, ends for another reason.
const REFUSED: (Ending, Stop) = (Ending::Refused, Stop::Over);

/// Where a request is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    /// In line: it is not begun.
    Line(Ticket),
    /// A limiter has it wait: it is not begun.
    Delayed,
    /// It waits for a worker, not for the first time or with a thread.
    Bench(Ticket),
    /// In work.
    Work,
    /// At what it calls, or between two steps.
    Out,
    /// At what another request here is fetching.
    Parked,
}

/// A request.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Frame {
    /// Who asks, and for which try; nobody for a request of the node's own source.
    pub from: Option<NodeId>,
    pub of: Try,
    /// The operation that it serves, what its dice go by, and which it is of those that serve it here.
    pub op: OpId,
    pub luck: u64,
    pub path: u32,
    pub about: About,
    /// It has been answered.
    pub replied: bool,
    pub stage: Stage,
    /// The step that comes next.
    pub pc: u16,
    pub came_us: u64,
    pub began_us: u64,
    /// When its work will be done.
    pub due_us: u64,
    /// Since when it is worked on, and how much that will be; how much work is in it so far, that of others for it included.
    pub since_us: u64,
    pub work_us: u64,
    pub worked_us: u64,
    /// When nobody waits any more; it may be never.
    pub deadline_us: u64,
    /// The calls of the present step: the first one's number and how many; how many are open, and how many more must go well.
    pub calls: (u32, u16),
    pub open: u16,
    pub need: u16,
    /// If they are for parts, which.
    pub parts: Option<Parts>,
    /// How it has come out, if not well.
    pub over: Option<(Ending, Stop)>,
    /// A call for it went unanswered, and one was answered by a fallback.
    pub doubt: bool,
    pub degraded: bool,
    /// The version of what it is about, as far as it knows.
    pub version: u32,
    /// It fetches for others, too; and where they are to look again, after what time.
    pub leads: bool,
    pub after_us: u64,
    /// The hop on which a call for it failed first, and how many tries there were at all of its calls.
    pub blame: Option<HopId>,
    pub tries: u16,
    /// Its trace begins with it.
    pub is_root: bool,
}

impl Frame {
    /// A try of a call.
    pub fn of_call(
        (from, of): (NodeId, Try),
        (about, version): (About, u32),
        deadline: Deadline,
        at: &At<'_>,
    ) -> Option<Frame> {
        let (op, key) = (at.out.serving()?, at.ctx.op?);
        let now_us = at.now_us();
        let deadline_us = match deadline {
            Deadline::Never => u64::MAX,
            Deadline::In(us) => now_us.saturating_add(us),
            Deadline::At(us) => now_us.saturating_add(us).saturating_sub(at.clock_us()),
        };
        let path = frame_path(at.config, of);
        Some(Frame {
            from: Some(from),
            deadline_us,
            version,
            ..Frame::new((op, at.luck(key)), (of, path), about, now_us)
        })
    }

    /// A request of the node's own source.
    pub fn of_source(about: About, number: u32, at: &mut At<'_>) -> Frame {
        let source = source::source(at);
        let (now_us, deadline_us) = (at.now_us(), source::deadline_us(source, at));
        let op = at.out.invoke(number, Request::of(about, true, at.config));
        let of = Try { serial: number, path: 0, attempt: 0, hop: HopId(0) };
        Frame { deadline_us, ..Frame::new((op, u64::from(number) << 16), (of, 0), about, now_us) }
    }

    fn new((op, luck): (OpId, u64), (of, path): (Try, u32), about: About, now_us: u64) -> Frame {
        Frame {
            from: None,
            of,
            op,
            luck,
            path,
            about,
            replied: false,
            stage: Stage::Out,
            pc: 0,
            came_us: now_us,
            began_us: now_us,
            due_us: now_us,
            since_us: now_us,
            work_us: 0,
            worked_us: 0,
            deadline_us: u64::MAX,
            calls: (0, 0),
            open: 0,
            need: 0,
            parts: None,
            over: None,
            doubt: false,
            degraded: false,
            version: NO_VERSION,
            leads: false,
            after_us: 0,
            blame: None,
            tries: 0,
            is_root: false,
        }
    }

    /// A die of the present step.
    pub fn die(&self, purpose: Purpose, at: &At<'_>) -> u64 {
        let die = at.die(purpose, self.luck, self.path);
        if self.pc > 1 { remix(die, self.pc.into()) } else { die }
    }

    /// One of its calls is over.
    pub fn count(&mut self, ended: &Ended) {
        self.open = self.open.saturating_sub(1);
        self.tries = self.tries.saturating_add(ended.tries);
        if ended.version != NO_VERSION {
            self.version = ended.version;
        }
        if ended.how.is_good() {
            self.degraded |= ended.how == Ending::Degraded;
            self.need = self.need.saturating_sub(1);
            self.worked_us = self.worked_us.saturating_add(ended.worked_us);
        } else {
            self.doubt |= ended.doubt;
            self.blame.get_or_insert(ended.hop);
            if !self.does_without(ended.key) {
                self.over.get_or_insert((ended.how, ended.stop));
            }
        }
    }

    /// A part has failed: whether that is one that need not be there.
    fn does_without(&mut self, key: u32) -> bool {
        let without = self.parts.is_some_and(|parts| parts.may_lack(key));
        if without {
            self.need = self.need.saturating_sub(1);
            self.degraded = true;
        }
        without
    }

    /// It is decided how its calls come out: where parts are left out that had not come or had failed, it is less than the whole.
    pub fn put_together(&mut self) {
        if self.parts.take().is_some() && self.need == 0 {
            self.degraded |= self.open > 0 || self.over.is_some();
        }
    }

    /// Whether no step can change what it comes to, but one for the case of failure.
    pub fn is_over(&self) -> bool {
        self.over.is_some()
    }

    /// Whether it may go on all the same.
    pub fn may_go_on(&self) -> bool {
        self.over.is_none_or(|(how, stop)| how != Ending::Known && stop != Stop::Permanent)
    }

    /// Whether it may go on where whom it asked to let it in has not refused it, but said nothing of use.
    pub fn may_do_without(&self) -> bool {
        self.may_go_on() && self.over != Some(REFUSED)
    }

    /// It is refused in the midst of its route.
    pub fn refuse(&mut self, after_us: u64) {
        (self.over, self.after_us) = (Some(REFUSED), after_us);
    }

    /// What is answered.
    pub fn comes_to(&self) -> Reply {
        match self.over {
            None if self.degraded => Reply::Degraded,
            None => Reply::Done,
            Some((Ending::Known, _)) => Reply::Known,
            Some((Ending::Missed, _)) => Reply::Miss,
            Some(REFUSED) => Reply::Refused { after_us: self.after_us },
            Some((_, Stop::Permanent)) => Reply::Bad,
            Some(_) => Reply::Error,
        }
    }

    /// How it ends that is answered so: a request of the node's own is late when its time is over.
    pub fn ending(&self, reply: Reply, at: &At<'_>) -> Ending {
        let how = reply.ending();
        if how.is_good() && self.from.is_none() && at.now_us() > self.deadline_us {
            Ending::Late
        } else {
            how
        }
    }
}

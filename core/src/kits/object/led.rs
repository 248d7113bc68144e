//! A client's calls to servers of which one leads: it asks whom it takes for the leader, and another when it is told so or hears nothing.

use super::{Calls, ClientTimer, Drawn, Seeker, Workload};
use crate::cast::{Cast, NodeId};
use crate::sim::{Ctx, Out, Speech};

/// What a client has asked for and is to ask for, and whom.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LedCalls<R> {
    calls: Calls<R>,
    seeker: Seeker,
}

impl<R: Drawn> LedCalls<R> {
    /// A client comes up. Each asks another server first.
    pub fn boot<S>(work: &Workload<R::Mix>, cast: &Cast, ctx: &Ctx, out: &mut Out<S>) -> LedCalls<R>
    where
        S: Speech<Request = R, Timer: From<ClientTimer>>,
    {
        let seeker = Seeker::new(cast.sort(ctx.me).1);
        LedCalls { calls: Calls::boot(work, ctx, out), seeker }
    }

    /// One of its timers.
    pub fn timer<S>(
        &mut self,
        timer: ClientTimer,
        timed_out: S::Response,
        work: &Workload<R::Mix>,
        ctx: &Ctx,
        out: &mut Out<S>,
    ) where
        S: Speech<Request = R, Timer: From<ClientTimer>>,
    {
        if timer == ClientTimer::Again {
            self.seeker.lost();
        }
        self.calls.timer(timer, timed_out, work, ctx, out);
    }

    /// The script has it ask for something.
    pub fn ask(&mut self, request: R, work: &Workload<R::Mix>) {
        self.calls.ask(request, work);
    }

    /// A server has answered.
    pub fn done<S>(
        &mut self,
        from: NodeId,
        (number, response): (u32, S::Response),
        work: &Workload<R::Mix>,
        out: &mut Out<S>,
    ) where
        S: Speech<Request = R, Timer: From<ClientTimer>>,
    {
        self.seeker.served_by(from);
        self.calls.done(number, response, work, out);
    }

    /// A server does not lead, and says who does, if it knows. Where nobody leads the client waits, and then asks another.
    pub fn redirected(&mut self, from: NodeId, number: u32, leader: Option<NodeId>) {
        if self.seeker.redirected(from, leader) {
            self.calls.again(number);
        }
    }

    /// Sends what is to be asked now, if something is: a message of the client's number for it, of one that rises over its restarts, too, by which
    /// sessions go, of how often it asked before, and of the request.
    pub fn send<S>(
        &mut self,
        work: &Workload<R::Mix>,
        cast: &Cast,
        ctx: &Ctx,
        out: &mut Out<S>,
        message: impl FnOnce(u32, u32, u16, R) -> S::Msg,
    ) where
        S: Speech<Request = R, Timer: From<ClientTimer>>,
    {
        let Some(open) = self.calls.next(out) else { return };
        self.calls.begin(&open, work, out);
        let to = self.seeker.pick(cast);
        let serial = (ctx.epoch << 22) + open.serial;
        out.send(to, message(open.number, serial, open.attempt, open.request));
        self.calls.wait(work, out);
    }

    /// What it keeps, in bytes and roughly.
    pub fn weight(&self) -> u64 {
        self.calls.weight()
    }
}

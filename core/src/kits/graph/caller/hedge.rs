//! Hedging: a call that takes long is tried at other instances as well, and the first good answer is taken (gRPC proposal A6, hedging policy; Dean
//! and Barroso, "The Tail at Scale", CACM 2013). All tries of a call share its timeout.

use super::super::declared::{Hedge, Recall};
use super::super::mark::{Ending, HopId, Mark, Passing, Stop};
use super::super::message::{Msg, Timer, Try};
use super::super::reach::Reach;
use super::{At, Caller, Ended, Stage, hop};
use crate::cast::NodeId;
use crate::sim::dice::Range;

/// One of the tries at a call that is hedged.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Beside {
    pub path: u32,
    pub to: NodeId,
    since_us: u64,
    /// How it ended; none while it is out.
    how: Option<Ending>,
}

impl Beside {
    pub fn is_out(&self) -> bool {
        self.how.is_none()
    }
}

impl Caller {
    /// The first try of a call has gone out: the next follows if no answer comes in time.
    pub(super) fn first_of_many(&mut self, serial: u32, at: &mut At<'_>) {
        self.is_out(serial, at);
        self.wait_for_next(serial, at);
    }

    /// The last try has gone out.
    fn is_out(&mut self, serial: u32, at: &At<'_>) {
        let now_us = at.now_us();
        let Some(call) = self.calls.get_mut(serial) else { return };
        let (path, to) = (call.path(), call.to);
        call.beside.push(Beside { path, to, since_us: now_us, how: None });
    }

    fn wait_for_next(&mut self, serial: u32, at: &mut At<'_>) {
        let Some((id, hedge)) = self.more(serial, at) else { return };
        let pace = self.exit(id, at).and_then(|exit| exit.pace.as_ref());
        let after_us = pace.map_or(hedge.after_us, |pace| pace.timeout_us());
        at.out.set_timer(Timer::Hedge(serial), Range::exactly(after_us));
    }

    /// On which hop and how a call is hedged that may have another try.
    fn more(&self, serial: u32, at: &At<'_>) -> Option<(HopId, Hedge)> {
        let call = self.calls.get(serial)?;
        let hedge = hop(at.config, call.wanted.hop).0.hedge?;
        (call.tries <= hedge.most).then_some((call.wanted.hop, hedge))
    }

    /// Another try goes out, to an instance that has had none if there is one, as far as what limits retries allows it; the call's end, if there
    /// is nothing left to wait for.
    pub fn hedge(&mut self, serial: u32, at: &mut At<'_>) -> Option<Ended> {
        let (id, _) = self.more(serial, at)?;
        let now_us = at.now_us();
        let allowed = match self.limiter(id, at) {
            Some(limiter) => {
                let allowed = limiter.try_retry(now_us);
                limiter.tell(id, at);
                allowed
            }
            None => true,
        };
        let call = self.calls.get_mut(serial)?;
        let alone = !call.beside.iter().any(Beside::is_out);
        if !allowed {
            let how = call.beside.last()?.how?;
            return if alone { self.settle(serial, (how, Stop::Budget), Recall::Never, at) } else { None };
        }
        call.tries = call.tries.saturating_add(1);
        call.tried_us = now_us;
        let (op, path, left_us) = (call.wanted.op, call.path(), call.due_us.saturating_sub(now_us));
        at.out.serve(op, path as u16);
        at.out.mark(Mark::Hedged { hop: id, alone });
        at.follow(id, path, Passing::Begins(left_us));
        // Where none is usable it goes to the one that comes after the last.
        let _ = self.choose(serial, at);
        self.elsewhere(serial, at);
        self.go(serial, Stage::Out, at);
        self.is_out(serial, at);
        self.wait_for_next(serial, at);
        None
    }

    /// If the instance that was chosen has had a try, the next that has had none.
    fn elsewhere(&mut self, serial: u32, at: &At<'_>) {
        let Some(call) = self.calls.get_mut(serial) else { return };
        let (hop, plan) = hop(at.config, call.wanted.hop);
        if hop.reach != Reach::All {
            return;
        }
        let (first, many, chosen) = (plan.to.0, plan.instances, call.to.0 - plan.to.0);
        let mut from = (0..many).map(|step| NodeId(first + (chosen + step) % many));
        let fresh = from.find(|node| call.beside.iter().all(|other| other.to != *node));
        call.to = fresh.unwrap_or(call.to);
    }

    /// An answer to one of the tries comes; the call's end, if this ends it.
    pub(super) fn one_of_many(
        &mut self,
        of: Try,
        how: Ending,
        after_us: u64,
        at: &mut At<'_>,
    ) -> Option<Ended> {
        let (serial, now_us) = (of.serial, at.now_us());
        self.try_over(serial, of.path, how, at);
        let recall = hop(at.config, of.hop).0.hedge?.recall;
        if let Some(limiter) = self.limiter(of.hop, at) {
            match how {
                Ending::Done | Ending::Known => limiter.on_success(now_us),
                Ending::Failed | Ending::Refused => limiter.on_failure(),
                _ => {}
            }
            limiter.tell(of.hop, at);
        }
        match how {
            Ending::Done | Ending::Known => return self.settle(serial, (how, Stop::Over), recall, at),
            Ending::Bad => return self.settle(serial, (how, Stop::Permanent), recall, at),
            _ => {}
        }
        if self.more(serial, at).is_none() {
            let out = self.calls.get(serial)?.beside.iter().any(Beside::is_out);
            return if out { None } else { self.settle(serial, (how, Stop::Attempts), recall, at) };
        }
        if after_us > 0 {
            // What the callee says stands in place of the delay.
            at.out.set_timer(Timer::Hedge(serial), Range::exactly(after_us));
            return None;
        }
        // What may help elsewhere is tried at once.
        at.out.cancel(Timer::Hedge(serial));
        self.hedge(serial, at)
    }

    /// The call is over without an answer: its time is up, or nobody wants one any more.
    pub(super) fn none_of_many(
        &mut self,
        serial: u32,
        (how, stop): (Ending, Stop),
        at: &mut At<'_>,
    ) -> Option<Ended> {
        let call = self.calls.get_mut(serial)?;
        let id = call.wanted.hop;
        let recall = if hop(at.config, id).0.time.cancel { Recall::AtOnce } else { Recall::Never };
        if how == Ending::TimedOut {
            call.doubt = true;
            if let Some(limiter) = self.limiter(id, at) {
                limiter.on_failure();
                limiter.tell(id, at);
            }
        }
        self.settle(serial, (how, stop), recall, at)
    }

    /// A call is over: tries that are still out end, too.
    fn settle(
        &mut self,
        serial: u32,
        (how, stop): (Ending, Stop),
        recall: Recall,
        at: &mut At<'_>,
    ) -> Option<Ended> {
        let call = self.calls.get(serial)?;
        let hop = call.wanted.hop;
        let out: Vec<(u16, u32, NodeId)> = (0..)
            .zip(&call.beside)
            .filter(|(_, try_)| try_.is_out())
            .map(|(attempt, try_)| (attempt, try_.path, try_.to))
            .collect();
        for (attempt, path, to) in out {
            let ends = if how == Ending::TimedOut { how } else { Ending::Cancelled };
            self.try_over(serial, path, ends, at);
            if recall != Recall::Never {
                let of = Try { serial, path, attempt, hop };
                at.out.send(to, Msg::Cancel { of, if_waiting: recall == Recall::Waiting });
            }
        }
        at.out.cancel(Timer::Timeout(serial));
        at.out.cancel(Timer::Hedge(serial));
        self.waiting = self.waiting.saturating_sub(1);
        self.end(serial, how, stop, at)
    }

    /// One of the tries is over.
    fn try_over(&mut self, serial: u32, path: u32, how: Ending, at: &mut At<'_>) {
        let now_us = at.now_us();
        let Some(call) = self.calls.get_mut(serial) else { return };
        let (id, key) = (call.wanted.hop, call.wanted.about.key);
        let Some(place) = call.beside.iter().position(|try_| try_.path == path) else { return };
        call.beside[place].how = Some(how);
        let (to, took_us) = (call.beside[place].to, now_us.saturating_sub(call.beside[place].since_us));
        let still_out = call.beside.iter().any(Beside::is_out);
        at.out.mark(Mark::TryOver { hop: id, how, took_us });
        at.follow(id, path, Passing::Ends(how));
        if still_out {
            at.out.mark(Mark::StillOut { hop: id });
        }
        self.learn(id, (to, key), how, took_us, at);
        // The first try alone tells how long calls take: that another was quicker says that it would have taken longer.
        if let Some(pace) =
            self.exit_mut(id, at.config).and_then(|exit| exit.pace.as_mut()).filter(|_| place == 0)
        {
            pace.record(took_us);
        }
    }
}

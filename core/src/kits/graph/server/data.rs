//! Steps about data: a look into a cache, what is kept, read and written, and one fetch for all who need the same.

use super::super::mark::Data as What;
use super::super::roles::{CachePolicy, Data, For, GET, Looked, NO_VERSION, Role, name, version};
use super::*;

/// The owner of calls that no request waits for: what is written behind.
pub const BEHIND: u32 = u32::MAX;
/// The path of those calls among all that serve their operation: behind all others.
const BEHIND_PATH: u32 = 0x8000;

impl Server {
    fn policy<'a>(&self, at: &At<'a>) -> Option<&'a CachePolicy> {
        match &self.tier(at).0.role {
            Role::Cache(policy) => Some(policy),
            _ => None,
        }
    }

    /// Does a step about data; says whether the request goes on at once.
    pub(super) fn step_of_data(&mut self, serial: u32, op: Op, at: &mut At<'_>) -> bool {
        match op {
            Op::Single => return self.joins(serial, at),
            Op::Land => {
                self.land(serial, at);
                return true;
            }
            _ => {}
        }
        let (tier, policy) = (self.tier, self.policy(at));
        let Some(frame) = self.frames.get_mut(serial) else { return false };
        let of = For { key: frame.about.key, op: frame.op, luck: frame.luck };
        match (&mut self.data, policy, op) {
            (Some(Data::Cache(cache)), Some(policy), Op::Look(to)) => {
                match cache.look(of, policy, tier, at) {
                    Looked::Hit(held) => {
                        at.out.note(|| format!("hit: {} is {}", name(of.key), version(held)));
                        frame.version = held;
                        frame.pc = to;
                    }
                    Looked::Miss => {
                        at.out.note(|| format!("miss: {}", name(of.key)));
                        // Without steps for it a miss is the answer.
                        if frame.pc == to {
                            frame.over = Some((Ending::Missed, Stop::Over));
                        }
                    }
                    Looked::Wait(after_us) => {
                        at.out.note(|| format!("miss: {} is being fetched, look again", name(of.key)));
                        frame.over = Some((Ending::Refused, Stop::Over));
                        frame.after_us = after_us;
                    }
                }
            }
            (Some(Data::Cache(cache)), Some(policy), Op::Keep) if frame.version != NO_VERSION => {
                let held = frame.version;
                at.out.note(|| format!("is brought {} {}", name(of.key), version(held)));
                cache.keep(of, held, policy, tier, at);
            }
            (Some(Data::Cache(cache)), Some(policy), Op::Put) => {
                frame.version = cache.put(of, policy, tier, at);
                let held = frame.version;
                at.out.note(|| format!("keeps {} {}, to be written later", name(of.key), version(held)));
            }
            (Some(Data::Cache(cache)), _, Op::Forget) => {
                at.out.note(|| format!("deletes {}", name(of.key)));
                cache.forget(of.key, tier, at);
            }
            (Some(Data::Store(store)), _, Op::Read) => {
                frame.version = store.read(of.key);
                let held = frame.version;
                at.out.note(|| format!("reads {} {}", name(of.key), version(held)));
                at.out.mark(Mark::Data { tier, what: What::Read, key: of.key, version: held });
            }
            (Some(Data::Store(store)), _, Op::Write) => {
                frame.version = store.write(of.key, Some(frame.version).filter(|held| *held != NO_VERSION));
                let held = frame.version;
                at.out.note(|| format!("writes {} {}", name(of.key), version(held)));
                at.out.mark(Mark::Data { tier, what: What::Wrote, key: of.key, version: held });
                if let Ok(key) = u16::try_from(of.key) {
                    at.out.show(fact::VERSION, key, || Fact::Int(i64::from(held)));
                }
            }
            _ => {}
        }
        true
    }

    /// A request needs what one may be fetching; says whether it is to fetch it.
    fn joins(&mut self, serial: u32, at: &mut At<'_>) -> bool {
        let Some(frame) = self.frames.get_mut(serial) else { return false };
        let key = frame.about.key;
        if self.flights.join(key, serial) {
            frame.leads = true;
            return true;
        }
        frame.stage = Stage::Parked;
        at.out.note(|| format!("waits for {}, which is being fetched", name(key)));
        false
    }

    /// A fetch is over: those that waited for it go on as it came out.
    pub(super) fn land(&mut self, serial: u32, at: &mut At<'_>) {
        let Some(frame) = self.frames.get_mut(serial).filter(|frame| frame.leads) else { return };
        frame.leads = false;
        let frame = frame.clone();
        self.landed(&frame, at);
        at.out.serve(frame.op, frame.of.path as u16);
    }

    /// Likewise of a request that is not here any more.
    pub(super) fn landed(&mut self, frame: &Frame, at: &mut At<'_>) {
        for waiting in self.flights.land(frame.about.key) {
            let Some(other) = self.frames.get_mut(waiting).filter(|other| other.stage == Stage::Parked)
            else {
                continue;
            };
            (other.stage, other.version, other.over) = (Stage::Out, frame.version, frame.over);
            other.pc = frame.pc;
            at.out.serve(other.op, other.of.path as u16);
            self.advance(waiting, at);
        }
    }

    /// A write is due that was acknowledged before.
    pub(super) fn flush(&mut self, key: u32, at: &mut At<'_>) {
        let Some(behind) = self.policy(at).and_then(|policy| policy.behind) else { return };
        let Some(Data::Cache(cache)) = &mut self.data else { return };
        let Some(dirty) = cache.flush(key) else { return };
        let now_us = at.now_us();
        let wanted = Wanted {
            op: dirty.op,
            luck: dirty.luck,
            owner: BEHIND,
            hop: behind.hop,
            path: BEHIND_PATH,
            about: About { class: behind.class, key, ..About::default() },
            version: dirty.version,
            since_us: now_us,
            deadline_us: u64::MAX,
        };
        let ended = self.caller.call(wanted, at).1;
        self.called(ended, at);
    }

    /// A write that was due is over.
    pub(super) fn written(&mut self, ended: &Ended, at: &mut At<'_>) {
        if let (Some(policy), Some(Data::Cache(cache))) = (self.policy(at), &mut self.data) {
            cache.written(ended.op, matches!(ended.how, Ending::Done | Ending::Known), policy, at);
        }
    }

    /// Somebody does something to the content; says whether that was it.
    pub(super) fn asked_of_data(&mut self, request: Request, at: &mut At<'_>) -> bool {
        let (tier, policy) = (self.tier, self.policy(at));
        let (Some(policy), Some(Data::Cache(cache))) = (policy, &mut self.data) else { return false };
        match request {
            Request::Flush => cache.clear(policy, tier, at),
            Request::Evict(key) => cache.evict(key, tier, at),
            Request::Poison(key) => cache.poison(key, policy, tier, at),
            _ => return false,
        }
        true
    }

    /// A request that has come in is for what a store has.
    pub(super) fn tell_asked(&self, about: About, at: &mut At<'_>) {
        if matches!(self.data, Some(Data::Store(_))) && about.class == GET {
            let mark = Mark::Data { tier: self.tier, what: What::Asked, key: about.key, version: NO_VERSION };
            at.out.mark(mark);
        }
    }
}

//! A client: a source whose requests are one call each. It is small, for there are crowds of them.

use super::caller::{At, Caller, Ended, Wanted, first_path};
use super::config::{Config, Op};
use super::mark::{Ending, Mark};
use super::message::{About, Msg, Request, Response, Speech, Timer, fact};
use super::roles::NO_VERSION;
use super::source;
use crate::sim::{Ctx, Input, Never, Out, Protocol};
use crate::trace::Fact;

/// A client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    caller: Caller,
    /// What it was last said to do.
    role: &'static str,
}

impl Protocol for Client {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Speech>) -> Client {
        let mut at = At { config, ctx, out };
        let mut client = Client { caller: Caller::new(&mut at), role: "" };
        client.tell(at.out);
        source::begin(&mut at);
        client
    }

    fn weight(&self) -> u64 {
        self.caller.weight()
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let mut at = At { config, ctx, out };
        let mut ended = None;
        match input {
            Input::Timer(Timer::Arrive) => {
                if let Some(source) = source::source(&at) {
                    for _ in 1..source.at_once {
                        let ended = self.call(source::about(source, self.caller.next(), &at), &mut at);
                        ended.into_iter().for_each(|ended| self.end(ended, &mut at));
                    }
                    ended = self.call(source::about(source, self.caller.next(), &at), &mut at);
                    if !source::is_closed(source) {
                        source::wait(source, self.made(ctx), &mut at);
                    }
                }
            }
            Input::Ask(request) => {
                if let Some(about) = source::asked(request, self.caller.next(), &at) {
                    ended = self.call(about, &mut at);
                }
            }
            Input::Timer(Timer::Timeout(serial)) => ended = self.caller.timeout(serial, &mut at),
            Input::Timer(Timer::Retry(serial)) => ended = self.caller.retry(serial, &mut at),
            Input::Timer(Timer::Hedge(serial)) => ended = self.caller.hedge(serial, &mut at),
            Input::Deliver { msg: Msg::Answer { of, reply, brought }, .. } => {
                ended = self.caller.answer(of, reply, brought, &mut at)
            }
            Input::Deliver { from, msg: Msg::Ready { on } } => self.caller.heard_of(from, on, &at),
            Input::Deliver { .. } | Input::Timer(_) => {}
        }
        if let Some(ended) = ended {
            self.end(ended, &mut at);
        }
        self.tell(at.out);
    }
}

impl Client {
    /// How many calls it has begun since it is up.
    fn made(&self, ctx: &Ctx) -> u32 {
        self.caller.next().wrapping_sub(ctx.first_number())
    }

    fn call(&mut self, about: About, at: &mut At<'_>) -> Option<Ended> {
        let tier = &at.config.tiers[usize::from(at.config.tier_of(at.ctx.me).0)];
        let program = tier.programs.get(usize::from(about.class))?.as_ref()?;
        let Some(Op::One(site, 1)) = program.ops.first() else { return None };
        let (number, source) = (self.caller.next(), source::source(at));
        let site = program.sites[usize::from(*site)];
        let wanted = Wanted {
            op: at.out.invoke(number, Request::of(about, false, at.config)),
            luck: u64::from(number) << 16,
            owner: 0,
            hop: site.hop,
            path: first_path(program, site, 0),
            about: about.under(site.class),
            version: NO_VERSION,
            since_us: at.now_us(),
            deadline_us: source::deadline_us(source, at),
        };
        self.caller.call(wanted, at).1
    }

    fn end(&mut self, ended: Ended, at: &mut At<'_>) {
        at.out.complete(ended.op, response(&ended));
        if ended.how.is_good() {
            at.out.mark(Mark::Useful { worked_us: ended.worked_us });
        }
        if self.caller.open() == 0
            && let Some(source) = source::source(at).filter(|source| source::is_closed(source))
        {
            source::wait(source, self.made(at.ctx), at);
        }
    }

    /// Reports what it does, when that changes; only where somebody reads it.
    fn tell(&mut self, out: &mut Out<Speech>) {
        if !out.words_wanted() {
            return;
        }
        let role = match self.caller.is_waiting() {
            None => "idle",
            Some(true) => "waiting",
            Some(false) => "backing off",
        };
        if role != self.role {
            self.role = role;
            out.show(fact::ROLE, 0, || Fact::Word(role));
        }
    }
}

/// What is told of a call that ended so.
fn response(ended: &Ended) -> Response {
    match ended.how {
        how if how.is_good() && ended.is_late => Response::Late,
        Ending::Done if ended.version != NO_VERSION => Response::Got { version: ended.version },
        Ending::Done | Ending::Known => Response::Done,
        Ending::Degraded => Response::Degraded,
        how => Response::Failed { how, why: ended.stop, doubt: ended.doubt },
    }
}

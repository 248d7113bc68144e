//! A lock server: one of a majority, or the only one.

use super::message::{Msg, Speech, Timer};
use super::meta::fact;
use super::params::{Clock, Release, Service, Switch};
use super::protocol::{Config, Kept, ROLE};
use super::replica::Pair;
use crate::cast::NodeId;
use crate::kits::lease::{Desk, Holder, Token};
use crate::sim::{Ctx, Input, Out, Protocol, Range};
use crate::sorted::Map;
use crate::trace::Fact;

/// A lock server's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Server {
    pub(super) desk: Desk,
    /// It has come up and answers nobody yet.
    silent: bool,
    /// How often each session has asked, as far as it has heard.
    rounds: Map<Holder, u16>,
    /// It is one of a primary and its replica.
    pub(super) pair: Option<Pair>,
}

impl Protocol for Server {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Server {
        let (params, now_us) = (&config.params, config.now_us(ctx));
        let book = match disk {
            Some(Kept::Grants(book)) => book.clone(),
            _ => config.empty_book(),
        };
        let desk = Desk::boot(book, now_us, params.ttl, params.timer == Clock::Monotonic);
        let silent = ctx.epoch > 0 && params.restart_delay > 0;
        let pair = Pair::boot(config, ctx, out);
        let mut server = Server { desk, silent, rounds: Map::new(), pair };
        out.fact(ROLE, 0, Fact::Word(server.role()));
        out.fact(fact::HOLDER, 0, Fact::Word("free"));
        if silent {
            out.set_timer(Timer::Answer, Range::exactly(params.restart_delay));
        }
        server.desk.expire(now_us);
        if server.grants() {
            server.desk.report(config.desk_facts(), out);
            server.desk.await_end(now_us, Timer::Expire, out);
        }
        server
    }

    fn weight(&self) -> u64 {
        32 * self.rounds.len() as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let now_us = config.now_us(ctx);
        self.desk.expire(now_us);
        match input {
            Input::Timer(Timer::Answer) => {
                self.silent = false;
                out.fact(ROLE, 0, Fact::Word(self.role()));
            }
            Input::Timer(timer) => self.pair_timer(config, timer, now_us, out),
            Input::Deliver { from, msg: msg @ Msg::Copy { .. } } => {
                self.hears_copy(config, (from, now_us), msg, out);
            }
            Input::Deliver { from, msg } if !self.silent && self.grants() => {
                self.hear(config, from, msg, now_us, out);
            }
            _ => {}
        }
        if self.grants() {
            self.pass_on(config, out);
        }
        if config.params.fsync == Switch::On || config.params.service == Service::Consensus {
            out.persist(Kept::Grants(self.desk.book().clone()));
        }
        if self.grants() {
            self.desk.await_end(now_us, Timer::Expire, out);
        }
        if let Some(pair) = &mut self.pair {
            pair.keep_up(config, &self.desk, out);
        }
    }
}

impl Server {
    /// Whether it grants: a replica does not.
    fn grants(&self) -> bool {
        self.pair.as_ref().is_none_or(Pair::is_primary)
    }

    /// What it is, in a word.
    fn role(&self) -> &'static str {
        match &self.pair {
            _ if self.silent => "silent",
            Some(pair) => pair.role(),
            None => "lock",
        }
    }

    fn hear(&mut self, config: &Config, from: NodeId, msg: Msg, now_us: i64, out: &mut Out<Speech>) {
        let ttl_us = config.params.ttl;
        match msg {
            Msg::Acquire { hold, round } => {
                let holder = Holder { client: from, hold };
                let token = self.desk.acquire(now_us, holder, ttl_us);
                if self.desk.sessions().is_some() {
                    self.rounds.insert(holder, round);
                }
                if token.is_some() {
                    self.desk.report(config.desk_facts(), out);
                }
                out.send(
                    from,
                    match token {
                        Some(token) => Msg::Granted { hold, round, token: numbered(config, token) },
                        None => Msg::Wait { hold, round },
                    },
                );
            }
            Msg::Renew { hold, round } => {
                let renewed = self.desk.renew(now_us, Holder { client: from, hold }, ttl_us);
                out.send(
                    from,
                    if renewed { Msg::Renewed { hold, round } } else { Msg::Over { hold, round } },
                );
            }
            Msg::Release { hold } => {
                let looks =
                    config.params.release == Release::Token || config.params.service == Service::Redlock;
                self.desk.release(Holder { client: from, hold }, looks);
            }
            _ => {}
        }
    }

    /// Where clients stand in line the next is told that it is its turn.
    fn pass_on(&mut self, config: &Config, out: &mut Out<Speech>) {
        let news = self.desk.report(config.desk_facts(), out);
        let Some(sessions) = self.desk.sessions() else { return };
        self.rounds.retain(|holder, _| sessions.has(holder));
        if let Some((Holder { client, hold }, token)) = self.desk.told().filter(|_| news) {
            let round = self.rounds.get(&Holder { client, hold }).copied().unwrap_or(0);
            out.send(client, Msg::Granted { hold, round, token: numbered(config, token) });
        }
    }
}

/// What a grant is numbered by: Redlock's masters know of no number that all would agree on.
fn numbered(config: &Config, token: u32) -> Token {
    Token((config.params.service != Service::Redlock).then_some(token))
}

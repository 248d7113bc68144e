//! A lock server: one of a majority, or the only one.

use super::message::{Book, Holder, Msg, Speech, Timer, Token};
use super::meta::fact;
use super::params::{Clock, Release, Service, Switch};
use super::protocol::{Config, Kept, ROLE};
use crate::cast::NodeId;
use crate::parts::sessions::Entry;
use crate::sim::{Ctx, Input, Out, Protocol, Range};
use crate::sorted::Map;
use crate::trace::Fact;

/// The shortest time for which a server waits for a lease to end, in µs.
const LAST_US: u64 = 10;

/// A lock server's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Server {
    book: Book,
    /// It has come up and answers nobody yet.
    silent: bool,
    /// How often each session has asked, as far as it has heard.
    rounds: Map<Holder, u16>,
    /// Whom it has reported as holder.
    told: Option<(Holder, u32)>,
}

impl Protocol for Server {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Server {
        let (params, now_us) = (&config.params, config.now_us(ctx));
        let mut book = match disk {
            Some(Kept::Grants(book)) => book.clone(),
            _ => config.empty_book(),
        };
        match &mut book {
            // A monotonic clock begins anew with its machine: what is left of a lease nobody knows.
            Book::Lease(grantor) if params.timer == Clock::Monotonic => grantor.restart(now_us, params.ttl),
            Book::Lease(_) => {}
            Book::Queue(sessions) => sessions.restart(now_us, params.ttl),
        }
        let silent = ctx.epoch > 0 && params.restart_delay > 0;
        let mut server = Server { book, silent, rounds: Map::new(), told: None };
        out.fact(ROLE, 0, Fact::Word(if silent { "silent" } else { "lock" }));
        out.fact(fact::HOLDER, 0, Fact::Word("free"));
        if silent {
            out.set_timer(Timer::Answer, Range::exactly(params.restart_delay));
        }
        server.expire(now_us);
        server.report(config, out);
        server.await_end(now_us, out);
        server
    }

    fn weight(&self) -> u64 {
        32 * self.rounds.len() as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let now_us = config.now_us(ctx);
        self.expire(now_us);
        match input {
            Input::Timer(Timer::Answer) => {
                self.silent = false;
                out.fact(ROLE, 0, Fact::Word("lock"));
            }
            Input::Deliver { from, msg } if !self.silent => self.hear(config, from, msg, now_us, out),
            _ => {}
        }
        self.pass_on(config, out);
        if config.params.fsync == Switch::On || config.params.service == Service::Consensus {
            out.persist(Kept::Grants(self.book.clone()));
        }
        self.await_end(now_us, out);
    }
}

impl Server {
    fn expire(&mut self, now_us: i64) {
        match &mut self.book {
            Book::Lease(grantor) => grantor.expire(now_us),
            Book::Queue(sessions) => sessions.expire(now_us),
        }
    }

    fn hear(&mut self, config: &Config, from: NodeId, msg: Msg, now_us: i64, out: &mut Out<Speech>) {
        let ttl_us = config.params.ttl;
        match msg {
            Msg::Acquire { hold, round } => {
                let holder = Holder { client: from, hold };
                let token = match &mut self.book {
                    Book::Lease(grantor) => grantor.ask(now_us, holder, ttl_us),
                    Book::Queue(sessions) => {
                        sessions.keep(now_us, holder, ttl_us);
                        sessions.create(holder);
                        self.rounds.insert(holder, round);
                        let mine = |entry: &Entry<Holder>| entry.session == holder;
                        sessions.first().filter(mine).map(|entry| entry.revision)
                    }
                };
                if token.is_some() {
                    self.report(config, out);
                }
                out.send(
                    from,
                    match token {
                        Some(token) => Msg::Granted { hold, round, token: numbered(config, token) },
                        None => Msg::Wait { hold, round },
                    },
                );
            }
            Msg::Renew { hold } => {
                let holder = Holder { client: from, hold };
                let renewed = match &mut self.book {
                    Book::Lease(grantor) => grantor.renew(now_us, holder, ttl_us),
                    Book::Queue(sessions) => {
                        let has = sessions.has(&holder);
                        if has {
                            sessions.keep(now_us, holder, ttl_us);
                        }
                        has
                    }
                };
                out.send(from, if renewed { Msg::Renewed { hold } } else { Msg::Over { hold } });
            }
            Msg::Release { hold } => {
                let holder = Holder { client: from, hold };
                match &mut self.book {
                    Book::Lease(grantor) => {
                        let looks = config.params.release == Release::Token
                            || config.params.service == Service::Redlock;
                        grantor.release(looks.then_some(holder));
                    }
                    Book::Queue(sessions) => sessions.close(&holder),
                }
            }
            _ => {}
        }
    }

    /// Whoever holds the lock, and the number of its grant.
    fn holds(&self) -> Option<(Holder, u32)> {
        match &self.book {
            Book::Lease(grantor) => grantor.lease().map(|lease| (lease.holder, lease.token)),
            Book::Queue(sessions) => sessions.first().map(|entry| (entry.session, entry.revision)),
        }
    }

    /// Reports who holds the lock, if that is another; says whether it is.
    fn report(&mut self, config: &Config, out: &mut Out<Speech>) -> bool {
        let holds = self.holds();
        let news = holds != self.told;
        if news {
            self.told = holds;
            if let Some((_, token)) = holds.filter(|_| config.params.service != Service::Redlock) {
                out.fact(fact::GRANT, 0, Fact::Int(token.into()));
            }
            out.fact(
                fact::HOLDER,
                0,
                holds.map_or(Fact::Word("free"), |(holder, _)| Fact::Node(holder.client)),
            );
        }
        news
    }

    /// Where clients stand in line the next is told that it is its turn.
    fn pass_on(&mut self, config: &Config, out: &mut Out<Speech>) {
        let news = self.report(config, out);
        let Book::Queue(sessions) = &self.book else { return };
        self.rounds.retain(|holder, _| sessions.has(holder));
        if let Some((Holder { client, hold }, token)) = self.told.filter(|_| news) {
            let round = self.rounds.get(&Holder { client, hold }).copied().unwrap_or(0);
            out.send(client, Msg::Granted { hold, round, token: numbered(config, token) });
        }
    }

    fn await_end(&self, now_us: i64, out: &mut Out<Speech>) {
        let end_us = match &self.book {
            Book::Lease(grantor) => grantor.lease().map(|lease| lease.until_us),
            Book::Queue(sessions) => sessions.next_end_us(),
        };
        match end_us {
            Some(end_us) => {
                let span_us = u64::try_from(end_us.saturating_sub(now_us)).unwrap_or(0);
                out.serve_none();
                // A drifting clock's last microsecond may be none of true time.
                out.set_timer(Timer::Expire, Range::exactly(span_us.max(LAST_US)));
            }
            None => out.cancel(Timer::Expire),
        }
    }
}

/// What a grant is numbered by: Redlock's masters know of no number that all would agree on.
fn numbered(config: &Config, token: u32) -> Token {
    Token((config.params.service != Service::Redlock).then_some(token))
}

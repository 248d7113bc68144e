//! A primary and its asynchronous replica: what the primary grants it copies a while later, and a replica that hears nothing of its primary for long
//! takes its place with what it has (Redis with a replica and a failover, in short).

use super::message::{Msg, Speech, Timer};
use super::meta::fact;
use super::params::Service;
use super::protocol::{Config, LAST_TOKEN, ROLE};
use super::server::Server;
use crate::cast::NodeId;
use crate::kits::lease::{Book, Desk, Holder};
use crate::parts::lease::{Grantor, Lease};
use crate::sim::{Ctx, Out, Range};
use crate::trace::Fact;

/// How many times a primary is heard in the time after which it is taken to be down.
const BEATS: u64 = 3;

/// What is copied: the lease, if there is one, and the number of the last grant.
type Grants = (Option<Lease<Holder>>, u32);

/// One of two servers: it grants, or it copies.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Pair {
    me: NodeId,
    is_primary: bool,
    /// How often a replica has taken its primary's place, as far as it knows: the greater one stands, of two alike that of the later server.
    reign: u32,
    /// What a primary copied last; until its time has come nothing newer is told.
    copied: Grants,
    /// A newer copy is due.
    is_due: bool,
    /// The number of the last grant that a replica has heard of.
    heard: Option<u32>,
}

impl Pair {
    /// The first server begins as the primary; who comes up again begins as a replica. None where servers are no pair.
    pub fn boot(config: &Config, ctx: &Ctx, out: &mut Out<Speech>) -> Option<Pair> {
        if config.params.service != Service::Replica {
            return None;
        }
        let is_primary = config.cast.sort(ctx.me).1 == 0 && ctx.epoch == 0;
        let copied = (None, LAST_TOKEN);
        let pair = Pair { me: ctx.me, is_primary, reign: 0, copied, is_due: false, heard: None };
        out.set_timer(if is_primary { Timer::Beat } else { Timer::TakeOver }, pair.waits(config));
        Some(pair)
    }

    /// Whether it grants.
    pub fn is_primary(&self) -> bool {
        self.is_primary
    }

    /// What it is, in a word.
    pub fn role(&self) -> &'static str {
        if self.is_primary { "primary" } else { "replica" }
    }

    /// How long a primary is silent, and a replica patient.
    fn waits(&self, config: &Config) -> Range {
        let failover_us = config.params.failover;
        Range::exactly(if self.is_primary { failover_us / BEATS } else { failover_us })
    }

    /// Tells the other server what was copied last.
    fn tell(&self, config: &Config, now_us: i64, out: &mut Out<Speech>) {
        let (lease, token) = self.copied;
        let left_us =
            |lease: Lease<Holder>| u64::try_from(lease.until_us.saturating_sub(now_us)).unwrap_or(0);
        let lease = lease.map(|lease| (lease.holder, left_us(lease))).filter(|(_, left_us)| *left_us > 0);
        let (holder, left_us) = lease.map_or((None, 0), |(holder, left_us)| (Some(holder), left_us));
        let copy = Msg::Copy { reign: self.reign, holder, left_us, token };
        for other in config.masters().filter(|other| *other != self.me) {
            out.send(other, copy);
        }
    }

    /// Has what was granted since copied when its time comes.
    pub fn keep_up(&mut self, config: &Config, desk: &Desk, out: &mut Out<Speech>) {
        if self.is_primary && !self.is_due && grants(desk).is_some_and(|grants| grants != self.copied) {
            self.is_due = true;
            out.serve_none();
            out.set_timer(Timer::Copy, Range::exactly(config.params.lag));
        }
    }
}

/// What a server has granted.
fn grants(desk: &Desk) -> Option<Grants> {
    match desk.book() {
        Book::Lease(grantor) => Some((grantor.lease().copied(), grantor.last())),
        Book::Queue(_) => None,
    }
}

impl Server {
    /// A timer of a pair's.
    pub(super) fn pair_timer(&mut self, config: &Config, timer: Timer, now_us: i64, out: &mut Out<Speech>) {
        let (Some(pair), Some(grants)) = (&mut self.pair, grants(&self.desk)) else { return };
        match (timer, pair.is_primary) {
            (Timer::Copy, true) => {
                (pair.copied, pair.is_due) = (grants, false);
                pair.tell(config, now_us, out);
            }
            (Timer::Beat, true) => {
                pair.tell(config, now_us, out);
                out.set_timer(Timer::Beat, pair.waits(config));
            }
            (Timer::TakeOver, false) => {
                (pair.is_primary, pair.reign, pair.copied) = (true, pair.reign.saturating_add(1), grants);
                out.fact(ROLE, 0, Fact::Word(pair.role()));
                pair.tell(config, now_us, out);
                out.set_timer(Timer::Beat, pair.waits(config));
            }
            _ => {}
        }
    }

    /// It hears what the other has granted: a replica takes it in, and so does a primary whose place was taken.
    pub(super) fn hears_copy(
        &mut self,
        config: &Config,
        (from, now_us): (NodeId, i64),
        msg: Msg,
        out: &mut Out<Speech>,
    ) {
        let Msg::Copy { reign, holder, left_us, token } = msg else { return };
        let Some(pair) = &mut self.pair else { return };
        if (reign, from) < (pair.reign, if pair.is_primary { pair.me } else { from }) {
            return;
        }
        if pair.is_primary {
            (pair.is_primary, pair.is_due) = (false, false);
            for timer in [Timer::Beat, Timer::Copy, Timer::Expire] {
                out.cancel(timer);
            }
            out.fact(ROLE, 0, Fact::Word(pair.role()));
            self.desk.withdraw(config.desk_facts(), out);
        }
        pair.reign = reign;
        out.serve_none();
        let lease = holder.map(|holder| (holder, left_us));
        self.desk.learn(Book::Lease(Grantor::copied(now_us, lease, token)));
        if pair.heard.replace(token) != Some(token) {
            out.fact(fact::COPIED, 0, Fact::Int(token.into()));
        }
        out.set_timer(Timer::TakeOver, pair.waits(config));
    }
}

//! A lease in a store: the store grants it by its own clock, or keeps a record that is changed by compare-and-set, and whoever wants it judges by its
//! own clock how long the record has not changed (Kubernetes' client-go, `tools/leaderelection`).

use super::super::message::{Msg, Speech, Timer};
use super::super::params::{Judge, Switch};
use super::super::protocol::Config;
use super::{Peer, Rounds, Way};
use crate::cast::NodeId;
use crate::parts::lease::{Observed, Record};
use crate::sim::dice::Purpose;
use crate::sim::{Ctx, Out, Range};

/// The shortest time between two looks, in µs.
const SHORTEST_US: u64 = 1_000;

/// What a node knows of the lease.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ByLease {
    /// Its number for what it asks for.
    hold: u32,
    rounds: Rounds,
    /// How often it has waited.
    polls: u32,
    /// The record as it has seen it.
    seen: Option<Observed<NodeId>>,
}

impl ByLease {
    /// A node that has come up so often before.
    pub fn new(epoch: u32) -> ByLease {
        ByLease { hold: epoch << 20, rounds: Rounds::default(), polls: 0, seen: None }
    }
}

/// The die for how long a node waits that time.
pub fn die(ctx: &Ctx, number: u32) -> u64 {
    ctx.die(Purpose::Protocol(2), u64::from(ctx.epoch) << 32 | u64::from(number))
}

impl Peer {
    fn lease(&mut self) -> Option<&mut ByLease> {
        match &mut self.way {
            Way::Lease(lease) => Some(lease),
            _ => None,
        }
    }

    /// It will ask again after a while.
    pub(super) fn await_poll(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        if !self.stands {
            return;
        }
        let polls = match &mut self.way {
            Way::Lease(ByLease { polls, .. }) | Way::Line(super::ByLine { polls, .. }) => polls,
            Way::Bully(_) | Way::Ring(_) => return,
        };
        *polls += 1;
        let wait_us = config.params.poll.sample_us(die(ctx, *polls));
        out.set_timer(Timer::Poll, Range::exactly(wait_us.max(SHORTEST_US)));
    }

    /// It asks for the lease, or looks at the record.
    pub(super) fn poll(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let Some(lease) = self.lease() else { return };
        let (hold, round) = (lease.hold, lease.rounds.ask(ctx.monotonic_us));
        let asks = match config.params.judge {
            Judge::Store => Msg::Acquire { hold, round },
            Judge::Observer => Msg::Get { round },
        };
        out.send(config.store(), asks);
        self.await_poll(config, ctx, out);
    }

    pub(super) fn lease_timer(&mut self, config: &Config, timer: Timer, ctx: &Ctx, out: &mut Out<Speech>) {
        match (timer, self.office.is_some()) {
            (Timer::Poll, false) if self.stands => self.poll(config, ctx, out),
            (Timer::Renew, true) => {
                let Some(lease) = self.lease() else { return };
                let (hold, round) = (lease.hold, lease.rounds.ask(ctx.monotonic_us));
                let asks = match (config.params.judge, &lease.seen) {
                    (Judge::Observer, Some(seen)) => {
                        let version = seen.record().version;
                        Msg::Update { round, version, holder: Some(self.me) }
                    }
                    (Judge::Observer, None) => Msg::Get { round },
                    (Judge::Store, _) => Msg::Renew { hold, round },
                };
                out.send(config.store(), asks);
                out.set_timer(Timer::Renew, Range::exactly(config.params.renew));
            }
            _ => {}
        }
    }

    pub(super) fn lease_hears(&mut self, config: &Config, msg: Msg, ctx: &Ctx, out: &mut Out<Speech>) {
        let leads = self.office.is_some();
        let Some(lease) = self.lease() else { return };
        match msg {
            Msg::Granted { hold, round, token } if hold == lease.hold => {
                if let Some(asked_us) = lease.rounds.answered(round) {
                    self.has_lease(config, token, asked_us, ctx, out);
                }
            }
            Msg::Wait { hold, holder } if hold == lease.hold && !leads => {
                self.takes_for_leader(Some(holder), out);
            }
            Msg::Renewed { hold, round } if hold == lease.hold => {
                let token = self.office.and_then(|office| office.token);
                let asked_us = self.lease().and_then(|lease| lease.rounds.answered(round));
                if let (Some(token), Some(asked_us)) = (token, asked_us) {
                    self.has_lease(config, token, asked_us, ctx, out);
                }
            }
            Msg::Over { hold } if hold == lease.hold => {
                lease.hold += 1;
                self.give_up(config, ctx, out);
            }
            Msg::Record { record, .. } => self.sees(config, record, ctx, out),
            Msg::Updated { round, record } => {
                let asked_us = lease.rounds.answered(round);
                lease.see(ctx, record);
                if let Some(asked_us) = asked_us.filter(|_| record.holder == Some(self.me)) {
                    self.has_lease(config, record.token, asked_us, ctx, out);
                }
            }
            Msg::Conflict { .. } if leads => {
                let round = lease.rounds.ask(ctx.monotonic_us);
                out.send(config.store(), Msg::Get { round });
            }
            Msg::Conflict { .. } if self.stands => self.plays("follower", out),
            _ => {}
        }
    }

    /// It has the lease, or has it anew, from when it asked or was answered.
    fn has_lease(&mut self, config: &Config, token: u32, asked_us: i64, ctx: &Ctx, out: &mut Out<Speech>) {
        if !self.stands {
            // Granted to one who does not want it any more.
            return self.let_lease_go(config, config.params.release == Switch::On, out);
        }
        let led = self.office.is_some();
        self.hold(config, Some(token), Peer::counts_from(config, asked_us, ctx), ctx, out);
        if !led && self.office.is_some() {
            out.cancel(Timer::Poll);
            out.set_timer(Timer::Renew, Range::exactly(config.params.renew));
        }
    }

    /// It sees the record, and writes itself into it if it may.
    fn sees(&mut self, config: &Config, record: Record<NodeId>, ctx: &Ctx, out: &mut Out<Speech>) {
        let (me, stands, ttl_us) = (self.me, self.stands, config.params.lease);
        let Some(lease) = self.lease() else { return };
        let seen = lease.see(ctx, record);
        let mine = record.holder == Some(me);
        let takes = stands && (mine || seen.is_free(ctx.monotonic_us, ttl_us));
        let round = if takes { lease.rounds.ask(ctx.monotonic_us) } else { 0 };
        if self.office.is_some() && !mine {
            self.give_up(config, ctx, out);
        }
        if self.office.is_none() {
            self.takes_for_leader(record.holder.filter(|_| !mine), out);
        }
        if takes {
            if self.office.is_none() {
                self.plays("candidate", out);
            }
            out.send(config.store(), Msg::Update { round, version: record.version, holder: Some(me) });
        } else if stands && self.office.is_none() {
            self.plays("follower", out);
        }
    }

    /// It lets the lease go, and tells the store if it does so cleanly.
    pub(super) fn let_lease_go(&mut self, config: &Config, tells: bool, out: &mut Out<Speech>) {
        let Some(lease) = self.lease() else { return };
        let hold = lease.hold;
        lease.hold += 1;
        let version = lease.seen.map_or(0, |seen| seen.record().version);
        let says = match config.params.judge {
            Judge::Store => Msg::Release { hold },
            Judge::Observer => Msg::Update { round: 0, version, holder: None },
        };
        if tells {
            out.send(config.store(), says);
        }
        out.cancel(Timer::Poll);
    }
}

impl ByLease {
    fn see(&mut self, ctx: &Ctx, record: Record<NodeId>) -> Observed<NodeId> {
        let seen = self.seen.get_or_insert(Observed::new(ctx.monotonic_us, record));
        seen.see(ctx.monotonic_us, record);
        *seen
    }
}

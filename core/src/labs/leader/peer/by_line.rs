//! Sessions that stand in line: each makes an entry that goes with its session, whoever has made the first one leads, and the others watch the entry
//! before their own, or all the first one (ZooKeeper's recipe for leader election).

use super::super::message::{Msg, Speech, Timer};
use super::super::protocol::Config;
use super::{Peer, Rounds, Way};
use crate::sim::{Ctx, Out, Range};

/// What a node knows of the line.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ByLine {
    /// Its number for its session.
    hold: u32,
    rounds: Rounds,
    /// How often it has waited.
    pub(super) polls: u32,
    /// Its place in line, as it knows it; none before it stands there.
    place: Option<u16>,
}

impl ByLine {
    /// A node that has come up so often before.
    pub fn new(epoch: u32) -> ByLine {
        ByLine { hold: epoch << 20, rounds: Rounds::default(), polls: 0, place: None }
    }
}

impl Peer {
    fn line(&mut self) -> Option<&mut ByLine> {
        match &mut self.way {
            Way::Line(line) => Some(line),
            _ => None,
        }
    }

    /// It stands in line, or asks for its place in it; and again, should nobody answer.
    pub(super) fn ask_place(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let Some(line) = self.line() else { return };
        let (hold, round) = (line.hold, line.rounds.ask(ctx.monotonic_us));
        let asks = if line.place.is_some() { Msg::List { hold, round } } else { Msg::Join { hold, round } };
        out.send(config.store(), asks);
        self.await_poll(config, ctx, out);
    }

    pub(super) fn line_timer(&mut self, config: &Config, timer: Timer, ctx: &Ctx, out: &mut Out<Speech>) {
        match timer {
            Timer::Poll if self.stands => self.ask_place(config, ctx, out),
            Timer::Renew => {
                let Some(line) = self.line() else { return };
                let (hold, round) = (line.hold, line.rounds.ask(ctx.monotonic_us));
                out.send(config.store(), Msg::Renew { hold, round });
                out.set_timer(Timer::Renew, Range::exactly(config.params.renew));
            }
            _ => {}
        }
    }

    pub(super) fn line_hears(&mut self, config: &Config, msg: Msg, ctx: &Ctx, out: &mut Out<Speech>) {
        let Some(line) = self.line() else { return };
        match msg {
            Msg::Placed { hold, round, place, token, first } if hold == line.hold => {
                let asked_us = line.rounds.answered(round);
                let joined = line.place.replace(place).is_none();
                out.cancel(Timer::Poll);
                if joined {
                    out.set_timer(Timer::Renew, Range::exactly(config.params.renew));
                }
                match asked_us {
                    _ if place > 0 => self.takes_for_leader(Some(first), out),
                    Some(asked_us) if self.stands => {
                        let from_us = Peer::counts_from(config, asked_us, ctx);
                        self.hold(config, Some(token), from_us, ctx, out);
                    }
                    _ => {}
                }
            }
            Msg::Renewed { hold, round } if hold == line.hold => {
                let first = line.place == Some(0);
                let asked_us = line.rounds.answered(round);
                match (self.office, asked_us) {
                    (Some(office), Some(asked_us)) => {
                        let from_us = Peer::counts_from(config, asked_us, ctx);
                        self.hold(config, office.token, from_us, ctx, out);
                    }
                    // It has given up, and its session goes on: it is the first still.
                    (None, Some(_)) if first && self.stands => self.ask_place(config, ctx, out),
                    _ => {}
                }
            }
            Msg::Gone { hold } if hold == line.hold => {
                self.takes_for_leader(None, out);
                self.ask_place(config, ctx, out);
            }
            Msg::Over { hold } if hold == line.hold => {
                line.hold += 1;
                line.place = None;
                out.cancel(Timer::Renew);
                self.give_up(config, ctx, out);
                self.takes_for_leader(None, out);
                self.await_poll(config, ctx, out);
            }
            _ => {}
        }
    }

    /// It leaves the line; its session ends at once if it says so, and else when it has not been heard of for long enough.
    pub(super) fn leave_line(&mut self, config: &Config, tells: bool, out: &mut Out<Speech>) {
        let Some(line) = self.line() else { return };
        let hold = line.hold;
        line.hold += 1;
        line.place = None;
        if tells {
            out.send(config.store(), Msg::Release { hold });
        }
        for timer in [Timer::Renew, Timer::Poll] {
            out.cancel(timer);
        }
    }
}

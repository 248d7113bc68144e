//! The greatest number leads, by the bully algorithm or on a ring. Nobody numbers leaders, and nobody is asked: each goes by whom it hears.

use super::super::message::{Msg, Speech, Timer};
use super::super::protocol::Config;
use super::{Peer, Way};
use crate::cast::NodeId;
use crate::parts::bully::{self, Bully, Wait};
use crate::parts::chang_roberts::{self, Around};
use crate::sim::{Ctx, Out, Range};
use crate::sorted::Set;

/// What a node knows that elects by bullying.
pub type ByBully = Bully;

/// What a node knows that elects on a ring.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ByRing {
    around: Around,
    /// Leaders that fell silent: the ring goes on after them.
    gone: Set<NodeId>,
}

impl ByRing {
    /// A node by its number.
    pub fn new(number: u16) -> ByRing {
        ByRing { around: Around::new(number), gone: Set::new() }
    }
}

impl Peer {
    /// It holds an election.
    pub(super) fn hold_election(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        match &mut self.way {
            Way::Bully(bully) => {
                bully.stand(true);
                let effects = bully.elect();
                self.bullies(config, effects, ctx, out);
            }
            Way::Ring(ring) => {
                ring.around.stand(true);
                let effects = ring.around.elect();
                self.goes_around(config, effects, ctx, out);
            }
            _ => {}
        }
    }

    pub(super) fn number_timer(&mut self, config: &Config, timer: Timer, ctx: &Ctx, out: &mut Out<Speech>) {
        match (timer, &mut self.way) {
            (Timer::Renew, _) if self.office.is_some() => self.say_alive(config, out),
            (Timer::Wait, Way::Bully(bully)) => {
                let effects = bully.waited();
                self.bullies(config, effects, ctx, out);
            }
            (Timer::Detect, _) if self.office.is_none() => {
                let silent = self.leader;
                self.takes_for_leader(None, out);
                self.await_silence(config, out);
                match &mut self.way {
                    Way::Bully(bully) => {
                        let effects = bully.elect();
                        self.bullies(config, effects, ctx, out);
                    }
                    Way::Ring(ring) => {
                        if let Some(silent) = silent {
                            ring.gone.insert(silent);
                        }
                        let effects = ring.around.elect();
                        self.goes_around(config, effects, ctx, out);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    pub(super) fn number_hears(
        &mut self,
        config: &Config,
        from: NodeId,
        msg: Msg,
        ctx: &Ctx,
        out: &mut Out<Speech>,
    ) {
        let number = config.cast.sort(from).1;
        match (&mut self.way, msg) {
            (_, Msg::Release { .. }) if self.leader == Some(from) => {
                self.takes_for_leader(None, out);
                if self.stands {
                    self.hold_election(config, ctx, out);
                }
            }
            (Way::Bully(bully), Msg::Election | Msg::Ok | Msg::Coordinator | Msg::Alive) => {
                let say = match msg {
                    Msg::Election => bully::Say::Election,
                    Msg::Ok => bully::Say::Ok,
                    _ => bully::Say::Coordinator,
                };
                let effects = bully.hear(number, say);
                let tells = say == bully::Say::Coordinator;
                self.bullies(config, effects, ctx, out);
                if tells && self.leader == Some(from) {
                    self.await_silence(config, out);
                }
            }
            (Way::Ring(ring), Msg::Candidate { .. } | Msg::Elected { .. }) => {
                let say = match msg {
                    Msg::Candidate { number } => chang_roberts::Say::Candidate(number.saturating_sub(1)),
                    Msg::Elected { number } => chang_roberts::Say::Elected(number.saturating_sub(1)),
                    _ => return,
                };
                let effects = ring.around.hear(say);
                self.goes_around(config, effects, ctx, out);
            }
            (Way::Ring(ring), Msg::Alive) => {
                ring.gone.remove(&from);
                let leads = self.office.is_some();
                if !leads || number > self.number {
                    self.follow(config, from, out);
                }
            }
            _ => {}
        }
    }

    fn bullies(&mut self, config: &Config, effects: Vec<bully::Effect>, ctx: &Ctx, out: &mut Out<Speech>) {
        for effect in effects {
            match effect {
                bully::Effect::Send(to, say) => out.send(
                    config.cast.server(to),
                    match say {
                        bully::Say::Election => Msg::Election,
                        bully::Say::Ok => Msg::Ok,
                        bully::Say::Coordinator => Msg::Coordinator,
                    },
                ),
                bully::Effect::Wait(wait) => {
                    self.candidate(out);
                    let wait_us = config.params.wait * if wait == Wait::Answer { 1 } else { 2 };
                    out.set_timer(Timer::Wait, Range::exactly(wait_us));
                }
                bully::Effect::Rest => out.cancel(Timer::Wait),
                bully::Effect::Lead => self.lead_by_number(config, ctx, out),
                bully::Effect::Follow(leader) => self.follow(config, config.cast.server(leader), out),
            }
        }
    }

    fn goes_around(
        &mut self,
        config: &Config,
        effects: Vec<chang_roberts::Effect>,
        ctx: &Ctx,
        out: &mut Out<Speech>,
    ) {
        for effect in effects {
            match effect {
                chang_roberts::Effect::Pass(say) => {
                    let msg = match say {
                        chang_roberts::Say::Candidate(number) => {
                            if number == self.number {
                                self.candidate(out);
                            }
                            Msg::Candidate { number: number + 1 }
                        }
                        chang_roberts::Say::Elected(number) => Msg::Elected { number: number + 1 },
                    };
                    out.send(self.next(config), msg);
                }
                chang_roberts::Effect::Lead => self.lead_by_number(config, ctx, out),
                chang_roberts::Effect::Follow(leader) => {
                    self.follow(config, config.cast.server(leader), out);
                }
            }
        }
    }

    /// The next on the ring, after those that fell silent as leaders.
    fn next(&self, config: &Config) -> NodeId {
        let Way::Ring(ring) = &self.way else { return self.me };
        let place = config.order.iter().position(|node| *node == self.me).unwrap_or(0);
        let after = (1..config.order.len()).map(|step| config.order[(place + step) % config.order.len()]);
        let mut after = after.filter(|node| !ring.gone.contains(node));
        after.next().unwrap_or(self.me)
    }

    /// It holds an election: a leader leads on meanwhile.
    fn candidate(&mut self, out: &mut Out<Speech>) {
        if self.office.is_none() {
            self.takes_for_leader(None, out);
            self.plays("candidate", out);
        }
    }

    fn lead_by_number(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        if self.office.is_some() {
            return;
        }
        self.candidate(out);
        self.hold(config, None, 0, ctx, out);
        out.cancel(Timer::Detect);
        if config.params.detect > 0 {
            out.set_timer(Timer::Renew, Range::exactly(config.params.renew));
        }
    }

    fn follow(&mut self, config: &Config, leader: NodeId, out: &mut Out<Speech>) {
        self.retire(if self.stands { "follower" } else { "out" }, out);
        self.takes_for_leader(Some(leader), out);
        self.await_silence(config, out);
    }

    fn await_silence(&self, config: &Config, out: &mut Out<Speech>) {
        if config.params.detect > 0 {
            out.set_timer(Timer::Detect, Range::exactly(config.params.detect));
        }
    }

    fn say_alive(&self, config: &Config, out: &mut Out<Speech>) {
        for other in self.others(config) {
            out.send(other, Msg::Alive);
        }
        out.set_timer(Timer::Renew, Range::exactly(config.params.renew));
    }

    /// It leads no more, and tells everybody if it does so cleanly.
    pub(super) fn resign(&mut self, config: &Config, tells: bool, out: &mut Out<Speech>) {
        match &mut self.way {
            Way::Bully(bully) => bully.stand(false),
            Way::Ring(ring) => ring.around.stand(false),
            _ => {}
        }
        for other in self.others(config).filter(|_| tells) {
            out.send(other, Msg::Release { hold: 0 });
        }
    }
}

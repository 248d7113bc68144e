//! A replica of Viewstamped Replication on the kernel. It sets the timers, carries messages, and tells what it does; it writes no disk.

use super::config::Config;
use super::desk::{Desk, redirect};
use super::message::{Msg, Speech, Timer, Vr};
use super::meta::fact;
use super::request::{Decree, Request, said, words};
use super::telling::{Told, entry, view_row};
use crate::kits::object::{Waiting, serve};
use crate::parts::vr::{self, Effect, Status};
use crate::sim::dice::Purpose;
use crate::sim::{Ctx, Disk, Input, Out, Protocol, Range};
use crate::trace::Fact;

/// A replica's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Replica {
    core: vr::Replica<Decree>,
    desk: Desk,
    /// How many timeouts it has drawn.
    drawn: u64,
    told: Told,
}

impl Protocol for Replica {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&Disk<Self>>, ctx: &Ctx, out: &mut Out<Speech>) -> Replica {
        let crashed = ctx.epoch > 0 && config.forgets == crate::parts::paxos::Forgets::Nothing;
        let core = vr::Replica::new(ctx.me, config.cast.servers, crashed);
        let mut replica =
            Replica { core, desk: Desk::new(), drawn: u64::from(ctx.epoch) << 32, told: Told::default() };
        replica.told.log(std::iter::empty(), out);
        replica.told.upto(0, out);
        replica.turned(out);
        let mut effects = Vec::new();
        replica.core.start(&mut effects);
        replica.carry_out(config, effects, ctx, out);
        replica
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let mut effects = Vec::new();
        match input {
            Input::Deliver { from, msg: Msg::Ask { number, serial, attempt, request } } => {
                let waiting = Waiting::new(from, number, attempt, out);
                self.asked(config, (waiting, serial, request), &mut effects, out);
            }
            Input::Deliver { from, msg } => {
                let Some(vr) = msg.vr() else { return };
                // What a view change brings is another's business than what was asked for.
                if !matches!(vr, Vr::Prepare { .. } | Vr::PrepareOk { .. }) {
                    out.serve_none();
                }
                self.core.receive(&config.vr, from, vr, &mut effects);
            }
            Input::Timer(Timer::Election) => self.core.timeout(&config.vr, &mut effects),
            Input::Timer(Timer::Heartbeat) => self.core.commit_timeout(&mut effects),
            Input::Timer(_) | Input::Ask(_) => {}
        }
        self.carry_out(config, effects, ctx, out);
        if out.words_wanted() {
            let desk = &self.desk;
            self.told.values(config.params.keys, |key| desk.value(key), out);
        }
    }

    fn weight(&self) -> u64 {
        const OPERATION: u64 = 100;
        OPERATION * (self.core.log().len() + self.desk.len() + self.told.len()) as u64
    }
}

impl Replica {
    /// A client asks for something. Who has crashed says nothing.
    fn asked(
        &mut self,
        config: &Config,
        (waiting, serial, request): (Waiting, u32, Request),
        effects: &mut Vec<Effect<Decree>>,
        out: &mut Out<Speech>,
    ) {
        let asking = Desk::asking(config, &waiting, serial, request);
        match self.core.request(&config.vr, Decree::Command(asking), effects) {
            Some(op) => self.desk.wait(op, waiting),
            None if self.core.status == Status::Recovering => {}
            None => redirect(&waiting, self.core.primary(), out),
        }
    }

    fn carry_out(&mut self, config: &Config, effects: Vec<Effect<Decree>>, ctx: &Ctx, out: &mut Out<Speech>) {
        let serving = out.serving();
        for effect in effects {
            match effect {
                Effect::Send(to, msg) => {
                    if let Vr::DoViewChange { view, log, last_normal, .. } = &msg {
                        let (ops, normal) = (log.len(), *last_normal);
                        out.show(fact::GIVES, view_row(*view), || gives(ops, normal));
                    }
                    out.send(to, Msg::of_vr(msg));
                }
                Effect::Turned => self.turned(out),
                Effect::Spliced { at, removed, added } => {
                    let view = self.core.view;
                    let added = added.into_iter().map(|value| entry(view, &words(&Some(value)))).collect();
                    self.told.splice(at, removed, added, out);
                }
                Effect::Committed(op, value) => {
                    let value = Some(value);
                    self.told.knows(op, &self.core.view.to_string(), &words(&value), out);
                    self.desk.learned(op, &value, out);
                    let row = view_row(self.core.view);
                    out.show(fact::COMMITS, row, || {
                        Fact::Text(format!("op {op}: {}", said(&words(&value))).into())
                    });
                }
                Effect::ResetTimer => {
                    let die = ctx.die(Purpose::Protocol(0), self.drawn);
                    self.drawn += 1;
                    out.serve_none();
                    out.set_timer(Timer::Election, Range::exactly(config.params.timeout.sample_us(die)));
                }
                Effect::StopTimer => out.cancel(Timer::Election),
                Effect::ResetCommit => {
                    out.serve_none();
                    out.set_timer(Timer::Heartbeat, Range::exactly(config.params.heartbeat));
                }
                Effect::StopCommit => out.cancel(Timer::Heartbeat),
            }
            serve(serving, 0, out);
        }
    }

    /// Another view or status.
    fn turned(&mut self, out: &mut Out<Speech>) {
        let (view, core) = (self.core.view, &self.core);
        let role = match core.status {
            Status::Recovering => "recovering",
            Status::ViewChange => "view change",
            Status::Normal if core.is_primary() => "primary",
            Status::Normal => "backup",
        };
        self.told.view(view, out);
        self.told.role(role, out);
        let row = view_row(view);
        match core.status {
            Status::Recovering => {}
            Status::ViewChange => out.show(fact::STANDS, row, || Fact::Word("leaves for it")),
            Status::Normal => {
                out.show(fact::STANDS, row, || Fact::Word(role));
                if role == "primary" {
                    out.show(fact::BEGINS, row, || Fact::Word("begun"));
                }
            }
        }
        if !core.is_primary() {
            self.desk.close(core.primary(), out);
        }
    }
}

/// What a replica gives to a new primary, in a few words.
fn gives(ops: usize, last_normal: u32) -> Fact {
    Fact::Text(format!("gives {ops} of view {last_normal}").into())
}

//! A server: the published protocol on the kernel. It sets the timers, writes the disk, carries messages, and tells what it does.

use super::config::Config;
use super::desk::{Desk, redirect};
use super::message::{Msg, Rpc, Speech, Timer};
use super::meta::fact;
use super::params::{Backoff, Protocol as Runs, Switch};
use super::request::{Decree, Request, Value, said, words};
use super::runs::Core;
use super::telling::{Told, entry, row};
use crate::cast::NodeId;
use crate::kits::object::{Waiting, Writes, serve};
use crate::parts::paxos::{Ballot, Effect, Multi, Persistent, Slot, Synod, Vote, Waits};
use crate::sim::dice::{Purpose, below};
use crate::sim::{Ctx, Disk, Input, OpId, Out, Protocol, Range};
use crate::trace::Fact;

/// A server's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Server {
    core: Core,
    desk: Desk,
    /// How many spans of time it has drawn.
    drawn: u64,
    writes: Writes<Persistent<Value>, Then>,
    told: Told,
}

/// What waits for the disk.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Then {
    /// A message, with the operation that it serves.
    Send(NodeId, Rpc, Option<OpId>),
    /// A vote counts once it is written.
    Vote(Slot, Vote<Value>),
}

impl Protocol for Server {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Disk<Self>>, ctx: &Ctx, out: &mut Out<Speech>) -> Server {
        let disk = disk.cloned().unwrap_or_default().after_crash(config.forgets);
        let (promised, mut votes) = (disk.acceptor.promised, Vec::new());
        votes.extend(
            disk.acceptor.votes().map(|(slot, vote)| (slot, entry(vote.ballot, &words(&vote.value)))),
        );
        let core = match config.params.protocol {
            Runs::Single => {
                let place = config.proposers().position(|proposer| proposer == ctx.me);
                let own = place.map(|place| Some(Decree::Own(place as u16)));
                Core::Single(Synod::new(ctx.me, config.servers(), disk, own))
            }
            Runs::Multi | Runs::Vr => Core::Multi(Multi::new(ctx.me, config.servers(), disk)),
        };
        let mut server = Server {
            core,
            desk: Desk::new(),
            drawn: u64::from(ctx.epoch) << 32,
            writes: Writes::default(),
            told: Told::default(),
        };
        server.told.role(server.core.word(), out);
        server.told.log(votes.into_iter(), out);
        server.told.upto(0, out);
        match promised {
            Some(_) => server.told.promised(promised, out),
            None => out.fact(fact::PROMISED, 0, Fact::Word("–")),
        }
        match &server.core {
            Core::Single(_) if config.proposers().any(|proposer| proposer == ctx.me) => {
                let waits = config.params.leader == Switch::On && config.proposers().next() != Some(ctx.me);
                let after_us = if waits { server.draw_timeout(config, ctx) } else { 0 };
                out.set_timer(Timer::Begin, Range::exactly(after_us));
            }
            Core::Single(_) => {}
            Core::Multi(_) => server.set_election(config, ctx, out),
        }
        server
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let mut effects = Vec::new();
        match (input, &mut self.core) {
            (Input::Deliver { from, msg: Msg::Ask { number, serial, attempt, request } }, _) => {
                let waiting = Waiting::new(from, number, attempt, out);
                self.asked(config, (waiting, serial, request), &mut effects, out);
            }
            (Input::Deliver { from, msg }, _) => {
                let Some(rpc) = msg.rpc() else { return };
                // What follows from being refused is another's business than what was asked for.
                if matches!(rpc, Rpc::Refused { .. } | Rpc::Promise { .. }) {
                    out.serve_none();
                }
                self.core.receive(&config.rules, from, rpc, &mut effects);
            }
            (Input::Timer(Timer::Begin), Core::Single(synod)) => begin(config, synod, &mut effects, out),
            (Input::Timer(Timer::Patience), Core::Single(synod)) => {
                if synod.ballot().is_some() {
                    begin(config, synod, &mut effects, out);
                }
            }
            (Input::Timer(Timer::Election), Core::Multi(multi)) => multi.election_timeout(&mut effects),
            (Input::Timer(Timer::Heartbeat), Core::Multi(multi)) => multi.heartbeat_timeout(&mut effects),
            (Input::Timer(Timer::Written(number)), _) => self.written(config, number, ctx, out),
            (Input::Timer(_) | Input::Ask(_), _) => {}
        }
        self.carry_out(config, effects, ctx, out);
        self.tell_readers(config, out);
    }

    fn weight(&self) -> u64 {
        const SLOT: u64 = 100;
        let kept = match &self.core {
            Core::Single(_) => 0,
            Core::Multi(multi) => multi.kept(),
        };
        let written: usize = self.writes.disks().map(|disk| disk.acceptor.len()).sum();
        SLOT * (kept + written + self.desk.len() + self.told.len()) as u64
    }
}

/// A proposer begins a ballot.
fn begin(config: &Config, synod: &mut Synod<Value>, effects: &mut Vec<Effect<Value>>, out: &mut Out<Speech>) {
    synod.propose(effects);
    if synod.ballot().is_some() {
        out.set_timer(Timer::Patience, Range::exactly(config.params.patience));
    }
}

impl Server {
    /// A client asks for something.
    fn asked(
        &mut self,
        config: &Config,
        (waiting, serial, request): (Waiting, u32, Request),
        effects: &mut Vec<Effect<Value>>,
        out: &mut Out<Speech>,
    ) {
        let Core::Multi(multi) = &mut self.core else { return };
        let asking = Desk::asking(config, &waiting, serial, request);
        match multi.propose(Decree::Command(asking), effects) {
            Some(slot) => self.desk.wait(slot, waiting),
            None => redirect(&waiting, multi.leader, out),
        }
    }

    fn carry_out(&mut self, config: &Config, effects: Vec<Effect<Value>>, ctx: &Ctx, out: &mut Out<Speech>) {
        let serving = out.serving();
        for effect in effects {
            match effect {
                Effect::Send(to, rpc) => {
                    let waits = rpc.waits_for_disk();
                    let then = Then::Send(to, rpc, serving);
                    let now = if waits { self.writes.wait(then) } else { Err(then) };
                    if let Err(then) = now {
                        self.go_on(config, then, ctx, out);
                    }
                }
                Effect::Persist => self.persist(config, out),
                Effect::Turned => self.turned(out),
                Effect::Promised(ballot, vote) => self.promised(config, ballot, vote, ctx, out),
                Effect::Voted(slot, vote) => {
                    if let Err(then) = self.writes.wait(Then::Vote(slot, vote)) {
                        self.go_on(config, then, ctx, out);
                    }
                }
                Effect::Refused(ballot, what) => {
                    let fact = if what == Waits::Promises { fact::PROMISES } else { fact::ACCEPTS };
                    out.show(fact, row(ballot), || Fact::Word("refused"));
                }
                Effect::Proposed { ballot, slot, value, found } => {
                    out.note(|| proposes(ballot, slot, &value, found));
                }
                Effect::GaveUp(higher) => {
                    out.fact(fact::OVERTAKEN, 0, Fact::Text(higher.to_string().into()));
                    if let Core::Single(_) = self.core {
                        out.cancel(Timer::Patience);
                        let after_us = self.backoff_us(config, ctx);
                        out.set_timer(Timer::Begin, Range::exactly(after_us));
                    }
                }
                Effect::Learned(slot, value) => self.learned(slot, &value, out),
                Effect::ResetElection => self.set_election(config, ctx, out),
                Effect::StopElection => out.cancel(Timer::Election),
                Effect::ResetHeartbeat => {
                    out.serve_none();
                    out.set_timer(Timer::Heartbeat, Range::exactly(config.params.heartbeat));
                }
                Effect::StopHeartbeat => out.cancel(Timer::Heartbeat),
            }
            serve(serving, 0, out);
        }
    }

    /// Does what waits for the disk no more. A message to itself comes at once.
    fn go_on(&mut self, config: &Config, then: Then, ctx: &Ctx, out: &mut Out<Speech>) {
        match then {
            Then::Vote(slot, vote) => self.voted(config, slot, &vote, ctx, out),
            Then::Send(to, rpc, op) => {
                serve(op, 0, out);
                if to != ctx.me {
                    return out.send(to, Msg::of(rpc));
                }
                let mut effects = Vec::new();
                self.core.receive(&config.rules, to, rpc, &mut effects);
                self.carry_out(config, effects, ctx, out);
            }
        }
    }

    fn persist(&mut self, config: &Config, out: &mut Out<Speech>) {
        let disk = || self.core.disk().clone();
        match config.params.fsync_time {
            0 if config.keeps_disk => out.persist(disk()),
            0 => {}
            after_us => {
                let disk = disk();
                let number = self.writes.begin(disk);
                out.serve_none();
                out.set_timer(Timer::Written(number), Range::exactly(after_us));
            }
        }
    }

    /// A write is done: what waited for it is.
    fn written(&mut self, config: &Config, number: u32, ctx: &Ctx, out: &mut Out<Speech>) {
        let Some((disk, waited)) = self.writes.end(number) else { return };
        if config.keeps_disk {
            out.persist(disk);
        }
        for then in waited {
            self.go_on(config, then, ctx, out);
        }
        out.serve_none();
    }

    fn turned(&mut self, out: &mut Out<Speech>) {
        self.told.role(self.core.word(), out);
        self.told.ballot(self.core.ballot(), out);
        if let Core::Multi(multi) = &self.core
            && !multi.leads()
        {
            self.desk.close(multi.leader, out);
        }
    }

    fn promised(
        &mut self,
        config: &Config,
        ballot: Ballot,
        vote: Option<Vote<Value>>,
        ctx: &Ctx,
        out: &mut Out<Speech>,
    ) {
        self.told.promised(Some(ballot), out);
        if let Some(vote) = vote {
            out.show(fact::TELLS, row(ballot), || {
                Fact::Text(format!("{} {}", vote.ballot, said(&words(&vote.value))).into())
            });
        }
        out.show(fact::PROMISES, row(ballot), || Fact::Word("promised"));
        self.another_leads(config, ballot, ctx, out);
    }

    fn voted(&mut self, config: &Config, slot: Slot, vote: &Vote<Value>, ctx: &Ctx, out: &mut Out<Speech>) {
        let held = words(&vote.value);
        out.fact(fact::VOTE, 0, Fact::Text(format!("{slot} {} {held}", vote.ballot).into()));
        self.told.holds(slot, entry(vote.ballot, &held), out);
        self.told.promised(self.core.disk().acceptor.promised, out);
        let single = matches!(self.core, Core::Single(_));
        if single {
            out.show(fact::HOLDS, 0, || Fact::Text(format!("{held} in {}", vote.ballot).into()));
        }
        let short = said(&held);
        let word =
            || Fact::Text(if single { short.to_owned() } else { format!("slot {slot}: {short}") }.into());
        out.show(fact::ACCEPTS, row(vote.ballot), word);
        out.show(fact::VOTED, row(vote.ballot), word);
        self.another_leads(config, vote.ballot, ctx, out);
    }

    /// Where proposers give way to a leader: another has been heard, so who would begin a ballot waits anew.
    fn another_leads(&mut self, config: &Config, ballot: Ballot, ctx: &Ctx, out: &mut Out<Speech>) {
        let Core::Single(synod) = &self.core else { return };
        let waits = synod.chosen.is_none()
            && synod.ballot().is_none()
            && config.proposers().any(|proposer| proposer == ctx.me);
        if config.params.leader == Switch::On && waits && ballot.proposer != ctx.me {
            let after_us = self.draw_timeout(config, ctx);
            out.set_timer(Timer::Begin, Range::exactly(after_us));
        }
    }

    fn learned(&mut self, slot: Slot, value: &Value, out: &mut Out<Speech>) {
        let words = words(value);
        let promised =
            self.core.disk().acceptor.promised.map_or(String::new(), |promised| promised.to_string());
        self.told.knows(slot, &promised, &words, out);
        match self.core {
            Core::Single(_) => {
                out.cancel(Timer::Begin);
                out.cancel(Timer::Patience);
                out.show(fact::CHOSEN, 0, || Fact::Text(words.clone()));
            }
            Core::Multi(_) => self.desk.learned(slot, value, out),
        }
    }

    /// How long it waits before it begins a higher ballot, in µs.
    fn backoff_us(&mut self, config: &Config, ctx: &Ctx) -> u64 {
        let params = &config.params;
        match params.backoff {
            _ if params.leader == Switch::On => self.draw_timeout(config, ctx),
            Backoff::None => 0,
            Backoff::Fixed => params.wait,
            Backoff::Random => below(self.draw(ctx), params.wait + 1),
        }
    }

    fn draw(&mut self, ctx: &Ctx) -> u64 {
        let die = ctx.die(Purpose::Protocol(0), self.drawn);
        self.drawn += 1;
        die
    }

    fn draw_timeout(&mut self, config: &Config, ctx: &Ctx) -> u64 {
        let die = self.draw(ctx);
        config.params.timeout.sample_us(die)
    }

    fn set_election(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let after_us = self.draw_timeout(config, ctx);
        out.serve_none();
        out.set_timer(Timer::Election, Range::exactly(after_us));
    }

    /// What readers alone see.
    fn tell_readers(&mut self, config: &Config, out: &mut Out<Speech>) {
        if let Core::Multi(multi) = &self.core
            && out.words_wanted()
        {
            let desk = &self.desk;
            self.told.values(config.params.keys, |key| desk.value(key), out);
            out.show(fact::LEADER, 0, || multi.leader.map_or(Fact::Word("nobody"), Fact::Node));
        }
    }
}

/// What a proposer proposes, in a sentence.
fn proposes(ballot: Ballot, slot: Slot, value: &Value, found: Option<Ballot>) -> String {
    let what = words(value);
    let what = said(&what);
    match (value, found) {
        (Some(Decree::Own(_)), Some(found)) => {
            format!("proposes {what} in {ballot}: it was voted for in {found}")
        }
        (Some(Decree::Own(_)), None) => format!("proposes {what} in {ballot}: it is free"),
        (_, Some(found)) => format!("proposes {what} again for slot {slot}: it was voted for in {found}"),
        (None, None) => format!("fills slot {slot} with a no-op"),
        (_, None) => format!("proposes {what} for slot {slot}"),
    }
}

//! A process: its events, the clocks that stamp them, the register that it keeps, and the correction of its physical clock.

use super::message::{Msg, Request, Response, Sent, Speech, Timer, Timestamp, Version};
use super::meta::fact;
use super::params::{Load, Measure, Rule, Switch, Sync, Timestamps};
use super::protocol::Config;
use crate::cast::NodeId;
use crate::parts::hlc::Hlc;
use crate::parts::interval::Interval;
use crate::parts::lamport::Lamport;
use crate::parts::lww::{Lww, merge_into};
use crate::parts::ntp::Exchange;
use crate::parts::steered::Steered;
use crate::parts::vector_clock::{Takes, VectorClock};
use crate::sim::dice::{MILLION, Purpose, below, happens};
use crate::sim::{Ctx, Input, OpId, Out, Protocol, Range};
use crate::sorted::Map;
use crate::trace::Fact;

/// When the first of a pair of writes begins.
pub const FIRST_US: u64 = 100_000;

/// Writes that the script asks for are numbered from here, so that they leave the luck of others alone.
const FIRST_ASKED: u32 = 1 << 21;

/// What a crash leaves: the logical clocks, which would otherwise give stamps again, and the register.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    lamport: Lamport,
    vector: VectorClock<NodeId>,
    hlc: Hlc,
    register: Option<Version>,
}

/// A write whose timestamp may not yet be past.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Writing {
    op: OpId,
    version: Version,
    /// Its timestamp by the interval clock: the latest that the time may have been.
    latest_us: i64,
}

/// A process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Process {
    kept: Disk,
    steered: Steered,
    /// The number of the next event.
    events: u32,
    /// The number of the next thing that it does of itself, which decides its luck.
    turns: u32,
    /// The number of the next write of its own, which decides the luck of its messages.
    written: u32,
    /// The number of the next that the script asks for.
    asked: u32,
    /// By its own clock, when it asked for the time.
    asked_us: Option<i64>,
    writing: Map<u32, Writing>,
    /// What the clock for durations showed at the last event.
    last_us: Option<i64>,
}

/// What a process's physical clocks show.
#[derive(Clone, Copy, Debug)]
struct Readings {
    /// The clock that is set and corrected: time of day.
    wall_us: i64,
    /// The one that never is.
    steady_us: i64,
}

impl Process {
    fn read(&self, config: &Config, ctx: &Ctx) -> Readings {
        let drawn = |most: u64, purpose| {
            below(ctx.die(Purpose::Protocol(purpose), 0), 2 * most + 1) as i64 - most as i64
        };
        let (offset_us, ppm) = (drawn(config.params.offset, 1), drawn(u64::from(config.params.drift), 2));
        let drifted = |us: i64| us.saturating_add((i128::from(us) * i128::from(ppm) / i128::from(MILLION)) as i64);
        let steady_us = drifted(ctx.monotonic_us);
        let wall_us = drifted(ctx.clock_us).saturating_add(offset_us).saturating_add(self.steered.correction_us(steady_us));
        Readings { wall_us, steady_us }
    }

    fn interval(config: &Config, readings: Readings) -> Interval {
        Interval::around(readings.wall_us, config.params.eps)
    }

    /// An event: every clock stamps it, and it is reported. What is received carries the stamps of the event that sent it.
    fn event(
        &mut self,
        word: &'static str,
        received: Option<(NodeId, &Sent)>,
        (config, ctx): (&Config, &Ctx),
        out: &mut Out<Speech>,
    ) -> Sent {
        let params = &config.params;
        let readings = self.read(config, ctx);
        let ticks = readings.wall_us.div_euclid(params.tick as i64);
        let kept = &mut self.kept;
        match received {
            None => {
                let date = kept.lamport.tick();
                kept.vector.tick(&ctx.me, date);
                kept.hlc.tick(ticks);
            }
            Some((from, sent)) => {
                let takes = if params.rule == Rule::SenderOnly { Takes::Senders } else { Takes::All };
                let date = kept.lamport.receive(sent.lamport);
                kept.vector.receive(&ctx.me, (&from, &sent.vector), takes, date);
                kept.hlc.receive(sent.hlc, ticks);
            }
        }
        kept.vector.keep(params.entries);
        out.persist(kept.clone());
        let number = self.events;
        self.events += 1;
        self.report(word, number, readings, config, out);
        let kept = &self.kept;
        Sent { event: number, lamport: kept.lamport.stamp(), vector: kept.vector.stamp().clone(), hlc: kept.hlc }
    }

    /// Reports an event: its stamps first, what it is last.
    fn report(&mut self, word: &'static str, number: u32, readings: Readings, config: &Config, out: &mut Out<Speech>) {
        let Interval { earliest_us, latest_us } = Process::interval(config, readings);
        out.fact(fact::PHYSICAL, 0, Fact::Time(readings.wall_us));
        out.fact(fact::LAMPORT, 0, Fact::Int(self.kept.lamport.stamp() as i64));
        for process in config.cast.of(crate::cast::Sort::Server) {
            out.fact(fact::VECTOR, process.0, Fact::Int(self.kept.vector.get(&process) as i64));
        }
        out.fact(fact::HLC, 0, Fact::Time(self.kept.hlc.time.saturating_mul(config.params.tick as i64)));
        out.fact(fact::HLC, 1, Fact::Int(self.kept.hlc.count as i64));
        out.fact(fact::INTERVAL, 0, Fact::Time(earliest_us));
        out.fact(fact::INTERVAL, 1, Fact::Time(latest_us));
        let now_us = match config.params.measure {
            Measure::Wall => readings.wall_us,
            Measure::Monotonic => readings.steady_us,
        };
        if let Some(last_us) = self.last_us.replace(now_us) {
            out.fact(fact::ELAPSED, 0, Fact::Int(now_us.saturating_sub(last_us)));
        }
        out.fact(fact::NUMBER, 0, Fact::Int(i64::from(number)));
        out.fact(fact::EVENT, 0, Fact::Word(word));
    }

    /// A note to another process.
    fn send(&mut self, to: NodeId, at: (&Config, &Ctx), out: &mut Out<Speech>) {
        let sent = self.event("send", None, at, out);
        out.send(to, Msg::Note(sent));
    }

    /// A write of the register begins: its event gives it its timestamp. Without commit wait it ends there, too.
    fn write(&mut self, number: u32, value: u32, (config, ctx): (&Config, &Ctx), out: &mut Out<Speech>) {
        let sent = self.event("write", None, (config, ctx), out);
        let readings = self.read(config, ctx);
        let timestamp: Timestamp = match config.params.lww {
            Timestamps::Wall => (readings.wall_us, 0, ctx.me),
            Timestamps::Lamport => (sent.lamport as i64, 0, ctx.me),
            Timestamps::Hlc => (sent.hlc.time, sent.hlc.count, ctx.me),
        };
        let op = out.invoke(number, Request::Write(value));
        let version = Version(Lww::write(timestamp, ctx.me, value));
        match config.params.wait {
            Switch::Off => self.commit(op, version, sent, config, ctx.me, out),
            Switch::On => {
                let latest_us = Process::interval(config, readings).latest_us;
                self.writing.insert(number, Writing { op, version, latest_us });
                self.await_past(number, latest_us, (config, ctx), out);
            }
        }
        out.serve_none();
    }

    /// Waits until a timestamp is past for sure; says whether it is already.
    fn await_past(&self, number: u32, latest_us: i64, (config, ctx): (&Config, &Ctx), out: &mut Out<Speech>) -> bool {
        let wait = Process::interval(config, self.read(config, ctx)).wait_us(latest_us);
        if let Some(wait_us) = wait {
            out.set_timer(Timer::Commit(number), Range::exactly(wait_us));
        }
        wait.is_none()
    }

    /// A write ends: its writer has it, is told so, and sends it to all others.
    fn commit(&mut self, op: OpId, version: Version, sent: Sent, config: &Config, me: NodeId, out: &mut Out<Speech>) {
        self.keep(&version, out);
        config.tell_others(me, &Msg::Update { sent, version }, out);
        out.complete(op, Response::Done);
    }

    /// The register keeps the version with the greater timestamp.
    fn keep(&mut self, version: &Version, out: &mut Out<Speech>) {
        let mut held = self.kept.register.take().map(|held| held.0);
        let changed = merge_into(&mut held, &version.0);
        self.kept.register = held.map(Version);
        if changed {
            self.show_register(out);
            out.persist(self.kept.clone());
        }
    }

    fn show_register(&self, out: &mut Out<Speech>) {
        if let Some(value) = self.kept.register.as_ref().and_then(|held| held.0.value()) {
            out.fact(fact::REGISTER, 0, Fact::Int(i64::from(*value)));
        }
    }

    /// Something to do of itself: a note to anybody, or a write.
    fn turn(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let number = self.turns;
        self.turns += 1;
        let writes = happens(ctx.die(Purpose::Kind, u64::from(number)), u64::from(config.params.writes));
        if config.params.load == Load::Pair || writes {
            let value = (self.turns & 0xffff) * 10 + u32::from(ctx.me.0) + 1;
            self.written += 1;
            self.write(self.written - 1, value, (config, ctx), out);
        } else {
            let other = below(ctx.die(Purpose::Choice, u64::from(number)), u64::from(config.params.n) - 1) as u16;
            let to = NodeId(if other < ctx.me.0 { other } else { other + 1 });
            self.send(to, (config, ctx), out);
        }
    }

    fn await_turn(&self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let params = &config.params;
        let after_us = match params.load {
            Load::Random => Some(params.every.sample_us(ctx.die(Purpose::Arrival, u64::from(self.turns)))),
            // With commit wait the first takes twice what is believed.
            Load::Pair if self.turns == 0 && ctx.me.0 < 2 => {
                let waits_us = if params.wait == Switch::On { 2 * params.eps + 1 } else { 0 };
                Some(FIRST_US + u64::from(ctx.me.0) * (waits_us + params.gap))
            }
            Load::Pair | Load::Script => None,
        };
        if let Some(after_us) = after_us {
            out.set_timer(Timer::Next, Range::exactly(after_us));
        }
    }

    /// The time server has answered: how far off the clock is, as far as can be told, and what is done about it.
    fn correct(&mut self, (asked_us, server_us): (i64, i64), config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        // An answer to no question, or the second to one.
        if self.asked_us.take() != Some(asked_us) {
            return;
        }
        let params = &config.params;
        let Readings { wall_us, steady_us } = self.read(config, ctx);
        let exchange = Exchange { asked_us, received_us: server_us, answered_us: server_us, told_us: wall_us };
        let offset_us = exchange.offset_us();
        out.fact(fact::PHYSICAL, 0, Fact::Time(wall_us));
        out.fact(fact::ROUND_TRIP, 0, Fact::Int(exchange.round_trip_us()));
        out.fact(fact::BEHIND, 0, Fact::Int(offset_us));
        match params.sync {
            Sync::Slew if offset_us.unsigned_abs() < params.step_at => self.steered.slew(offset_us, params.slew_rate, steady_us),
            Sync::Off | Sync::Slew | Sync::Step => self.steered.step(offset_us, steady_us),
        }
    }
}

impl Protocol for Process {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Disk>, ctx: &Ctx, out: &mut Out<Speech>) -> Process {
        let first = ctx.first_number();
        let process = Process {
            kept: disk.cloned().unwrap_or_default(),
            steered: Steered::default(),
            events: first,
            turns: first,
            written: first,
            asked: first + FIRST_ASKED,
            asked_us: None,
            writing: Map::new(),
            last_us: None,
        };
        process.show_register(out);
        process.await_turn(config, ctx, out);
        if config.params.sync != Sync::Off {
            out.set_timer(Timer::Sync, Range::exactly(config.params.sync_every));
        }
        process
    }

    fn weight(&self) -> u64 {
        64 * self.writing.len() as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let at = (config, ctx);
        match input {
            Input::Timer(Timer::Next) => {
                self.turn(config, ctx, out);
                self.await_turn(config, ctx, out);
            }
            Input::Timer(Timer::Sync) => {
                out.set_timer(Timer::Sync, Range::exactly(config.params.sync_every));
                let asked_us = self.read(config, ctx).wall_us;
                self.asked_us = Some(asked_us);
                out.send(config.cast.coordinator(0), Msg::Ask { asked_us });
            }
            Input::Timer(Timer::Commit(number)) => {
                let Some(Writing { op, version, latest_us }) = self.writing.get(&number).cloned() else { return };
                if self.await_past(number, latest_us, at, out) {
                    self.writing.remove(&number);
                    let sent = self.event("commit", None, at, out);
                    self.commit(op, version, sent, config, ctx.me, out);
                }
            }
            Input::Ask(Request::Tick) => {
                self.event("tick", None, at, out);
            }
            Input::Ask(Request::Send(to)) => {
                let to = config.cast.find(to).expect("checked at the door");
                self.send(to, at, out);
            }
            Input::Ask(Request::Write(value)) => {
                self.asked += 1;
                self.write(self.asked - 1, value, at, out);
            }
            Input::Deliver { from, msg: Msg::Note(sent) } => {
                self.event("receipt", Some((from, &sent)), at, out);
            }
            Input::Deliver { from, msg: Msg::Update { sent, version } } => {
                self.event("receipt", Some((from, &sent)), at, out);
                self.keep(&version, out);
            }
            Input::Deliver { msg: Msg::Time { asked_us, server_us }, .. } => self.correct((asked_us, server_us), config, ctx, out),
            Input::Deliver { msg: Msg::Ask { .. }, .. } => {}
        }
    }
}

//! A producer: sends messages, waits for answers, sends again, gives up. Where it is idempotent each message bears a sequence number of its partition.

use super::item::{Entry, Item};
use super::message::{Deed, Msg, Request, Response, Speech, Timer, Why};
use super::meta::fact;
use super::params::{Acks, Channel, Full, Load};
use super::protocol::{BACKOFF_US, Config, Kept};
use crate::cast::NodeId;
use crate::parts::murmur2;
use crate::parts::sequences::Stamp;
use crate::sim::dice::{Purpose, below};
use crate::sim::dist::Dist;
use crate::sim::{Ctx, Input, OpId, Out, Protocol, Range};
use crate::sorted::Map;
use crate::trace::Fact;
use std::collections::VecDeque;

/// When a load that is not steady begins.
const FIRST_US: u64 = 10_000;

/// A producer's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Producer {
    /// How many messages of the load have come up, and of the script's.
    arrived: u32,
    asked: u32,
    due_us: u64,
    /// How many messages it has sent of each key.
    numbers: Vec<u32>,
    /// Not sent yet.
    waiting: VecDeque<Flight>,
    /// Sent, and not answered.
    flights: Vec<Flight>,
    partitions: u32,
    /// Who it takes for a partition's leader.
    leaders: Map<u16, NodeId>,
    id: u32,
    epoch: u16,
    /// The next sequence number of each partition.
    next: Map<u16, u32>,
    /// It has given up what may or may not be in the log: it sends nothing until all else is answered, and then begins another epoch.
    unresolved: bool,
}

/// A message under way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Flight {
    op: OpId,
    serial: u32,
    entry: Entry,
    partition: u16,
    attempt: u16,
    /// It has been refused, and the answer was no silence.
    answered: bool,
}

impl Protocol for Producer {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Producer {
        let numbers = match disk {
            Some(Kept::Numbers(numbers)) => numbers.clone(),
            _ => vec![0; 8],
        };
        out.fact(fact::ROLE, 0, Fact::Word("idle"));
        let mut producer = Producer {
            arrived: ctx.epoch.saturating_mul(config.numbers.each_boot),
            asked: ctx.epoch * 10_000,
            due_us: u64::try_from(ctx.clock_us).unwrap_or(0),
            numbers,
            waiting: VecDeque::new(),
            flights: Vec::new(),
            partitions: config.params.partitions,
            leaders: Map::new(),
            id: u32::from(config.cast.sort(ctx.me).1) + (ctx.epoch << 8),
            epoch: 0,
            next: Map::new(),
            unresolved: false,
        };
        producer.await_next(config, ctx, out);
        producer
    }

    fn weight(&self) -> u64 {
        64 * (self.waiting.len() + self.flights.len()) as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Ask(Request::Send { key, bad }) => {
                let serial = config.numbers.asked + self.asked;
                self.asked += 1;
                self.send(config, (serial, key, bad), out);
            }
            Input::Timer(Timer::Arrive) => {
                let serial = self.arrived;
                self.arrived += 1;
                self.await_next(config, ctx, out);
                let key = self.key(config, ctx, serial);
                self.send(config, (serial, key, false), out);
            }
            Input::Timer(Timer::Again(serial)) => self.again(config, serial, out),
            Input::Timer(Timer::GiveUp(serial)) => self.end(config, serial, Response::TimedOut, out),
            Input::Deliver { msg: Msg::Accepted { serial }, .. } => {
                self.end(config, serial, Response::Accepted, out)
            }
            Input::Deliver { msg: Msg::Refused { serial, why }, .. } => {
                self.refused(config, serial, why, out)
            }
            Input::Deliver { msg: Msg::Topic { partitions }, .. } => {
                self.partitions = self.partitions.max(partitions)
            }
            _ => {}
        }
    }
}

impl Producer {
    /// The next message of the load is due: at random times, or those of a few one after the other.
    fn await_next(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let params = &config.params;
        let first = self.arrived == 0;
        let gap_us = match params.load {
            Load::Steady if params.rate > 0 => {
                let gap = Dist::Exponential { mean_ns: 1_000_000_000_000_000 / u64::from(params.rate) };
                gap.sample_us(ctx.die(Purpose::Arrival, u64::from(self.arrived))).max(1)
            }
            Load::Few | Load::Probe if ctx.epoch == 0 && config.cast.sort(ctx.me).1 == 0 => {
                let count = if params.load == Load::Few { params.count } else { 1 };
                if self.arrived >= count {
                    return;
                }
                if first { FIRST_US } else { params.gap }
            }
            _ => return,
        };
        let wait_us =
            (self.due_us.saturating_add(gap_us)).saturating_sub(u64::try_from(ctx.clock_us).unwrap_or(0));
        self.due_us = self.due_us.saturating_add(gap_us);
        if self.due_us <= config.stop_us {
            out.serve_none();
            out.set_timer(Timer::Arrive, Range::exactly(wait_us));
        }
    }

    /// What the message of that number is about: one of the producer's own keys.
    fn key(&self, config: &Config, ctx: &Ctx, serial: u32) -> u16 {
        let (producers, keys) = (config.params.producers, config.params.keys);
        let me = u32::from(config.cast.sort(ctx.me).1);
        if config.params.load != Load::Steady {
            return 0;
        }
        let own = (keys + producers - 1).saturating_sub(me) / producers;
        let place = below(ctx.die(Purpose::Key, u64::from(serial)), u64::from(own.max(1))) as u32;
        (place * producers + me) as u16
    }

    fn send(&mut self, config: &Config, (serial, key, bad): (u32, u16, bool), out: &mut Out<Speech>) {
        let Some(number) = self.numbers.get_mut(usize::from(key)) else { return };
        *number += 1;
        let item = Item { id: out.next_operation().0, key, number: *number, bad };
        let op = out.invoke(serial, Request::Send { key, bad });
        out.mark(Deed::Sends(item));
        out.persist(Kept::Numbers(self.numbers.clone()));
        out.set_timer(Timer::GiveUp(serial), Range::exactly(config.params.patience));
        let entry = Entry { item, stamp: None };
        self.waiting.push_back(Flight { op, serial, entry, partition: 0, attempt: 0, answered: false });
        self.go_on(config, out);
    }

    /// Sends what may be sent.
    fn go_on(&mut self, config: &Config, out: &mut Out<Speech>) {
        let params = &config.params;
        let log = params.channel == Channel::Log;
        let most = if log { params.inflight as usize } else { usize::MAX };
        while self.flights.len() < most && !self.unresolved {
            let Some(mut flight) = self.waiting.pop_front() else { break };
            if log {
                let key = crate::lab::key_name(flight.entry.item.key);
                flight.partition = murmur2::partition(&key, self.partitions) as u16;
            }
            if params.stamps() {
                let sequence = self.next.entry(flight.partition).or_default();
                flight.entry.stamp =
                    Some(Stamp { producer: self.id, epoch: self.epoch, sequence: *sequence });
                *sequence += 1;
            }
            self.flights.push(flight);
            self.transmit(config, flight, out);
            if params.acks() == Acks::None {
                self.end(config, flight.serial, Response::Accepted, out);
            }
        }
        let word = if self.flights.is_empty() && self.waiting.is_empty() { "idle" } else { "waiting" };
        out.fact(fact::ROLE, 0, Fact::Word(word));
    }

    fn transmit(&self, config: &Config, flight: Flight, out: &mut Out<Speech>) {
        out.serve(flight.op, flight.attempt);
        let to = match config.params.channel {
            Channel::Request => config.consumer(flight.entry.item.number.wrapping_add(flight.attempt.into())),
            Channel::Queue | Channel::Pubsub => config.broker(0),
            Channel::Log => self.leader(config, flight.partition),
        };
        out.send(to, Msg::Send { serial: flight.serial, partition: flight.partition, entry: flight.entry });
        out.set_timer(Timer::Again(flight.serial), Range::exactly(config.params.retry));
    }

    fn leader(&self, config: &Config, partition: u16) -> NodeId {
        self.leaders.get(&partition).copied().unwrap_or_else(|| config.broker(partition))
    }

    /// A message is sent once more; to another broker, where nothing was heard of the one before.
    fn again(&mut self, config: &Config, serial: u32, out: &mut Out<Speech>) {
        let Some(place) = self.flights.iter().position(|flight| flight.serial == serial) else { return };
        let flight = &mut self.flights[place];
        flight.attempt = flight.attempt.saturating_add(1);
        let silent = !std::mem::take(&mut flight.answered);
        let flight = *flight;
        if silent && config.params.channel == Channel::Log {
            let next = config.broker(config.cast.sort(self.leader(config, flight.partition)).1 + 1);
            self.leaders.insert(flight.partition, next);
        }
        self.transmit(config, flight, out);
    }

    fn refused(&mut self, config: &Config, serial: u32, why: Why, out: &mut Out<Speech>) {
        let Some(flight) = self.flights.iter_mut().find(|flight| flight.serial == serial) else { return };
        // An answer that comes after it was sent again says nothing of that.
        flight.answered = true;
        let flight = *flight;
        let partition = flight.partition;
        let wait_us = match why {
            Why::Full if config.params.full == Full::Refuse => {
                return self.end(config, serial, Response::Full, out);
            }
            Why::Failed => return self.end(config, serial, Response::Failed, out),
            Why::Fenced => return self.end(config, serial, Response::Fenced, out),
            // All before it have been answered, so what is missing is lost to the log: sent again it would be refused again.
            Why::OutOfOrder if !self.follows_another(flight) => {
                return self.end(config, serial, Response::Gap, out);
            }
            Why::NotLeader(Some(leader)) => {
                self.leaders.insert(partition, leader);
                BACKOFF_US
            }
            Why::NotLeader(None) => {
                let next = config.broker(config.cast.sort(self.leader(config, partition)).1 + 1);
                self.leaders.insert(partition, next);
                BACKOFF_US
            }
            Why::NotEnough | Why::OutOfOrder | Why::Full => BACKOFF_US,
        };
        out.set_timer(Timer::Again(serial), Range::exactly(wait_us));
    }

    /// Whether one with an earlier sequence number of its partition is under way.
    fn follows_another(&self, flight: Flight) -> bool {
        let earlier =
            |other: &Flight| other.partition == flight.partition && other.entry.stamp < flight.entry.stamp;
        self.flights.iter().any(earlier)
    }

    fn end(&mut self, config: &Config, serial: u32, response: Response, out: &mut Out<Speech>) {
        let of = |flight: &Flight| flight.serial == serial;
        let flight = match self.flights.iter().position(of) {
            Some(place) => Some(self.flights.remove(place)),
            None => self.waiting.iter().position(of).and_then(|place| self.waiting.remove(place)),
        };
        let Some(flight) = flight else { return };
        out.cancel(Timer::Again(serial));
        out.cancel(Timer::GiveUp(serial));
        out.serve(flight.op, flight.attempt);
        out.complete(flight.op, response);
        self.unresolved |= flight.entry.stamp.is_some() && response != Response::Accepted;
        if self.unresolved && self.flights.is_empty() {
            (self.unresolved, self.epoch) = (false, self.epoch.saturating_add(1));
            self.next.clear();
        }
        if config.params.acks() != Acks::None {
            self.go_on(config, out);
        }
    }
}

//! The outbox of a service: events that are written with the data that they tell of, and sent until somebody acknowledges them (Richardson,
//! Microservices Patterns, §3.3). So each arrives at least once.

use super::config::Config;
use super::message::{Msg, Speech, Timer, Way};
use super::params::Switch;
use crate::cast::NodeId;
use crate::sim::{OpId, Out};
use crate::sorted::Map;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Event {
    op: OpId,
    way: Way,
    tried: u16,
}

/// Events that are still to be acknowledged, by order and receiver.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Outbox(Map<(u32, NodeId), Event>);

impl Outbox {
    /// Writes an event of an order, to be on disk with what it tells of; without an outbox nothing is written.
    pub fn write(&mut self, (order, op): (u32, OpId), to: NodeId, way: Way, config: &Config) {
        if config.params.outbox == Switch::On {
            self.0.insert((order, to), Event { op, way, tried: 0 });
        }
    }

    /// Sends an event that is on disk; without an outbox, for the only time.
    pub fn send(order: u32, to: NodeId, way: Way, config: &Config, out: &mut Out<Speech>) {
        out.send(to, Msg::Event { order, way });
        if config.params.outbox == Switch::On {
            out.set_timer(Timer::Relay(order), config.timeouts(1));
        }
    }

    /// Somebody has an event.
    pub fn acknowledged(&mut self, order: u32, from: NodeId) {
        self.0.remove(&(order, from));
    }

    /// Sends what is left of an order again.
    pub fn relay(&mut self, order: u32, config: &Config, out: &mut Out<Speech>) {
        let mut left = false;
        for (key, event) in self.0.iter_mut().filter(|(key, _)| key.0 == order) {
            event.tried = event.tried.saturating_add(1);
            out.serve(event.op, event.tried);
            out.send(key.1, Msg::Event { order, way: event.way });
            left = true;
        }
        if left {
            out.set_timer(Timer::Relay(order), config.timeouts(1));
        }
    }

    /// After a crash: everything is sent again.
    pub fn recover(&mut self, config: &Config, out: &mut Out<Speech>) {
        let orders: crate::sorted::Set<u32> = self.0.keys().map(|(order, _)| *order).collect();
        orders.iter().for_each(|order| self.relay(*order, config, out));
    }

    /// Roughly, in units of a line on the disk.
    pub fn weight(&self) -> usize {
        24 * self.0.len()
    }
}

//! The order service of a choreographed saga: writes an order down, tells the first service, and hears from the last.

use super::config::{Config, place};
use super::message::{Disk, Msg, Response, Speech, Timer, Way};
use super::meta::fact;
use super::outbox::Outbox;
use super::params::Switch;
use crate::cast::NodeId;
use crate::sim::{Ctx, Input, OpId, Out, Protocol};
use crate::sorted::Map;
use crate::trace::Fact;

/// An order service. It commands nobody.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Shop {
    open: Map<u32, OpId>,
    outbox: Outbox,
}

impl Protocol for Shop {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Disk>, _: &Ctx, out: &mut Out<Speech>) -> Shop {
        out.fact(fact::ROLE, 0, Fact::Word("order service"));
        let mut shop = Shop { open: Map::new(), outbox: disk.map(|disk| disk.outbox.clone()).unwrap_or_default() };
        shop.outbox.recover(config, out);
        shop
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, _: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Deliver { msg: Msg::Order { order, .. }, .. } => {
                let Some(op) = out.serving() else { return };
                self.open.insert(order, op);
                out.set_timer(Timer::Forced(order), config.forced());
            }
            Input::Timer(Timer::Forced(order)) => {
                let Some(op) = self.open.remove(&order) else { return };
                out.fact(fact::LOG, place(order), Fact::Word("forward"));
                let first = config.cast.server(0);
                self.outbox.write((order, op), first, Way::On, config);
                self.persist(out);
                Outbox::send(order, first, Way::On, config, out);
            }
            Input::Deliver { from, msg: Msg::Event { order, way } } => heard(from, order, way, config, out),
            Input::Deliver { from, msg: Msg::Ack { order } } => {
                self.outbox.acknowledged(order, from);
                self.persist(out);
            }
            Input::Timer(Timer::Relay(order)) => self.outbox.relay(order, config, out),
            _ => {}
        }
    }

    fn weight(&self) -> u64 {
        (8 * self.open.len() + self.outbox.weight()) as u64
    }
}

impl Shop {
    fn persist(&self, out: &mut Out<Speech>) {
        out.persist(Disk { outbox: self.outbox.clone(), ..Disk::default() });
    }
}

/// The last service has done its part, or the first has undone or refused it: this is how the order has ended.
fn heard(from: NodeId, order: u32, way: Way, config: &Config, out: &mut Out<Speech>) {
    let (word, ending) = match way {
        Way::On => ("completed", Response::Confirmed),
        Way::Back => ("compensated", Response::Cancelled),
    };
    out.fact(fact::OUTCOME, place(order), Fact::Word(word));
    if config.params.outbox == Switch::On {
        out.send(from, Msg::Ack { order });
    }
    out.send(config.cast.client(0), Msg::Told { order, ending });
}

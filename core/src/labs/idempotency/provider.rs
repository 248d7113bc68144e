//! The payment provider: takes the money whenever it is told to, or, where it is given keys, once for each.

use super::call::{Key, Outcome};
use super::message::{Deed, Maybe, Msg, Speech};
use super::meta::fact;
use super::params::Outside;
use super::protocol::{Config, Kept};
use crate::parts::dedup::State;
use crate::sim::{Ctx, Input, Out, Protocol};
use crate::sorted::Map;
use crate::trace::Fact;

/// The provider's state: all of it is on disk.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Provider {
    charges: u32,
    keys: Map<Key, u32>,
    orders: Map<u32, u32>,
}

impl Protocol for Provider {
    type Config = Config;
    type Speech = Speech;

    fn boot(_: &Config, disk: Option<&Kept>, _: &Ctx, out: &mut Out<Speech>) -> Provider {
        let provider = match disk {
            Some(Kept::Provider(provider)) => provider.clone(),
            _ => Provider::default(),
        };
        out.fact(fact::ROLE, 0, Fact::Word("provider"));
        provider.show(out);
        provider
    }

    fn weight(&self) -> u64 {
        self.bytes()
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, _: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Deliver { from, msg: Msg::Charge { id, order, key, .. } } => {
                let key = key.0.filter(|_| config.params.outside == Outside::Keyed);
                let known = key.and_then(|key| self.keys.get(&key).copied());
                let receipt = known.unwrap_or_else(|| {
                    self.charges += 1;
                    out.mark(Deed::Charged);
                    self.charges
                });
                self.orders.insert(order, receipt);
                if let Some(key) = key.filter(|_| known.is_none()) {
                    self.keys.insert(key, receipt);
                    let done = State::Done(Outcome { status: 201, receipt });
                    config.report(key, Some(done), "unseen", out);
                }
                self.show(out);
                out.persist(Kept::Provider(self.clone()));
                out.send(from, Msg::Charged { id, receipt });
            }
            Input::Deliver { from, msg: Msg::Find { id, order } } => {
                let receipt = Maybe(self.orders.get(&order).copied());
                out.send(from, Msg::Told { id, receipt });
            }
            _ => {}
        }
    }
}

impl Provider {
    /// What it takes, in bytes and roughly.
    pub fn bytes(&self) -> u64 {
        16 * (self.keys.len() + self.orders.len()) as u64
    }

    fn show(&self, out: &mut Out<Speech>) {
        let charges = if self.charges == 1 { "charge" } else { "charges" };
        out.fact(fact::VALUE, 0, Fact::Text(format!("{} {charges}", self.charges).into()));
    }
}

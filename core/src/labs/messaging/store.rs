//! What consumers write to: it counts what it takes by key, and where it takes each message once it keeps their names on the same disk.

use super::message::{Deed, Msg, Speech};
use super::meta::fact;
use super::params::Effects;
use super::protocol::{Config, Kept};
use crate::lab::key_name;
use crate::sim::{Ctx, Input, Out, Protocol};
use crate::sorted::{Map, Set};
use crate::trace::Fact;

/// What it keeps: on one disk, so that what it has counted and whose that was are never apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Known {
    /// By key: how much of it has been taken.
    counts: Map<u16, u32>,
    /// The messages that it has taken, by subscriber.
    taken: Set<(u32, u16)>,
    written: u16,
}

impl Known {
    /// What it takes, in bytes.
    pub fn weight(&self) -> u64 {
        8 * self.taken.len() as u64
    }
}

/// The store.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Store(Known);

impl Protocol for Store {
    type Config = Config;
    type Speech = Speech;

    fn boot(_: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Store {
        let known = match disk {
            Some(Kept::Known(known)) => known.clone(),
            _ => Known::default(),
        };
        if ctx.epoch > 0 && disk.is_none() {
            out.mark(Deed::Forgot);
        }
        out.fact(fact::ROLE, 0, Fact::Word("store"));
        let store = Store(known);
        store.tell(out);
        store
    }

    fn weight(&self) -> u64 {
        self.0.weight()
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, _: &Ctx, out: &mut Out<Speech>) {
        let Input::Deliver { from, msg: Msg::Effect { serial, item } } = input else { return };
        let subscriber = config.subscriber(from);
        let fresh = config.params.effect == Effects::Plain || self.0.taken.insert((item.id, subscriber));
        if fresh {
            *self.0.counts.entry(item.key).or_default() += 1;
            out.mark(Deed::Applied(item, subscriber));
            out.fact(fact::TAKEN, self.0.written, Fact::Text(item.to_string().into()));
            self.0.written = self.0.written.saturating_add(1);
            out.goes_through(self.0.weight());
            out.persist(Kept::Known(self.0.clone()));
            self.tell(out);
        }
        out.send(from, Msg::Applied { serial });
    }
}

impl Store {
    fn tell(&self, out: &mut Out<Speech>) {
        let counts = self.0.counts.iter().map(|(key, count)| format!("{} {count}", key_name(*key)));
        let words = counts.collect::<Vec<_>>().join(", ");
        out.fact(fact::STATE, 0, Fact::Text(if words.is_empty() { "empty".into() } else { words.into() }));
    }
}

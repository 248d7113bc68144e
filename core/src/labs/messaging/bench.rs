//! Where a consumer works, at one message at a time, and writes what came of it to the store.

use super::item::Item;
use super::message::{Deed, Msg, Speech, Timer};
use super::meta::fact;
use super::protocol::{Config, Kept};
use crate::sim::dice::{Purpose, happens};
use crate::sim::{Ctx, OpId, Out, Range};
use crate::trace::Fact;

/// How long an answer of the store is waited for.
const WRITE_AGAIN_US: u64 = 1_000_000;

/// What a consumer works at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Doing {
    item: Item,
    tries: u32,
    /// It has been worked at, and is written under this number.
    written: Option<u32>,
}

/// How work ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// It is done, and written.
    Done(Item),
    /// It came to nothing, at that try.
    Failed(Item, u32),
}

/// A consumer's work.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Bench {
    doing: Option<Doing>,
    /// How much it has written since it came up, and how much has been processed.
    serial: u32,
    processed: u16,
}

impl Bench {
    /// Nothing to do.
    pub fn boot(disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Bench {
        out.fact(fact::ROLE, 0, Fact::Word("idle"));
        // What it has processed is numbered for readers alone.
        let processed = match disk {
            Some(Kept::Numbers(numbers)) => numbers.first().copied().unwrap_or(0) as u16,
            _ => 0,
        };
        Bench { doing: None, serial: ctx.epoch << 20, processed }
    }

    /// Whether it works.
    pub fn is_busy(&self) -> bool {
        self.doing.is_some()
    }

    /// Work begins: the so-many-th try at the message, from 1.
    pub fn begin(&mut self, config: &Config, (item, tries): (Item, u32), ctx: &Ctx, out: &mut Out<Speech>) {
        out.serve(OpId(item.id), tries.saturating_sub(1).min(u16::MAX.into()) as u16);
        out.mark(Deed::Begins(item));
        out.fact(fact::ROLE, 0, Fact::Word("working"));
        self.doing = Some(Doing { item, tries, written: None });
        let die = ctx.die(Purpose::Service, u64::from(item.id) << 16 | u64::from(tries & 0xffff));
        out.set_timer(Timer::Work, Range::exactly(config.params.work.sample_us(die)));
    }

    /// The work is done: what came of it is written, unless it came to nothing.
    pub fn worked(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) -> Option<Ended> {
        let Doing { item, tries, .. } = self.doing?;
        let die = ctx.die(Purpose::Fault, u64::from(item.id) << 16 | u64::from(tries & 0xffff));
        if item.bad || happens(die, config.params.fails.into()) {
            self.doing = None;
            out.fact(fact::ROLE, 0, Fact::Word("idle"));
            return Some(Ended::Failed(item, tries));
        }
        out.mark(Deed::Worked(item));
        self.serial += 1;
        self.doing = Some(Doing { item, tries, written: Some(self.serial) });
        self.write(config, out);
        None
    }

    /// The store has not answered: it is written once more.
    pub fn again(&self, config: &Config, out: &mut Out<Speech>) {
        out.serve_none();
        self.write(config, out);
    }

    fn write(&self, config: &Config, out: &mut Out<Speech>) {
        let Some(Doing { item, written: Some(serial), .. }) = self.doing else { return };
        out.send(config.store(), Msg::Effect { serial, item });
        out.set_timer(Timer::Write, Range::exactly(WRITE_AGAIN_US));
    }

    /// The store has written it.
    pub fn applied(&mut self, serial: u32, out: &mut Out<Speech>) -> Option<Ended> {
        let doing = self.doing.take_if(|doing| doing.written == Some(serial))?;
        out.cancel(Timer::Write);
        out.fact(fact::TAKEN, self.processed, Fact::Text(doing.item.to_string().into()));
        out.fact(fact::TRY, self.processed, Fact::Text(tried(doing.tries).into()));
        self.processed = self.processed.saturating_add(1);
        out.persist(Kept::Numbers(vec![self.processed.into()]));
        out.fact(fact::ROLE, 0, Fact::Word("idle"));
        Some(Ended::Done(doing.item))
    }
}

/// At which try it was done, where that was not the first.
fn tried(tries: u32) -> String {
    if tries > 1 { format!("try {tries}") } else { String::new() }
}

//! The database: charges, x with its version, and a table of keys. All of it is on disk; what one message asks for is one transaction.

use super::call::{Call, Key, Outcome, Verb};
use super::message::{Claim, Deed, Found, Maybe, Msg, Speech, Timer};
use super::meta::fact;
use super::params::{Load, Switch};
use super::protocol::{Config, Kept, STOCK, now_us};
use crate::cast::NodeId;
use crate::parts::dedup::{Check, State, Table};
use crate::parts::precondition::{Etag, IfMatch, evaluate};
use crate::sim::{Ctx, Input, Out, Protocol, Range};
use crate::trace::Fact;

/// The database's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Database {
    charges: u32,
    value: Option<i32>,
    version: u32,
    /// How many changes it has made.
    changes: u32,
    keys: Table<Key, Outcome>,
}

impl Protocol for Database {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Database {
        let database = match disk {
            Some(Kept::Database(database)) => database.clone(),
            _ => Database {
                charges: 0,
                value: Some(if config.params.load == Load::Stock { STOCK } else { 0 }),
                version: 1,
                changes: 0,
                keys: Table::default(),
            },
        };
        out.fact(fact::ROLE, 0, Fact::Word("database"));
        database.show(config, out);
        if disk.is_none() {
            config.report_all(&database.keys, ctx, out);
        }
        database.await_prune(config, ctx, out);
        database
    }

    fn weight(&self) -> u64 {
        self.bytes()
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let (rules, at_us) = (config.params.rules(), now_us(ctx));
        let (from, msg) = match input {
            Input::Deliver { from, msg } => (from, msg),
            Input::Timer(Timer::Prune) => {
                for key in self.keys.prune(at_us, &rules) {
                    config.report(key, None, "pruned", out);
                }
                return self.store(config, ctx, out);
            }
            _ => return,
        };
        let before = match &msg {
            Msg::Claim { call, .. } | Msg::Record { call, .. } | Msg::Release { call } => self.state(call),
            _ => None,
        };
        match msg {
            Msg::Get { id } => {
                let (value, etag) = (Maybe(self.value), self.version);
                out.send(from, Msg::Got { id, value, etag })
            }
            Msg::Claim { id, call, how } => {
                let found = match how {
                    Claim::Look => self.keys.look(at_us, &rules, call.key, call.fingerprint()),
                    Claim::Begin | Claim::Settle => {
                        self.keys.begin(at_us, &rules, call.key, call.fingerprint())
                    }
                };
                if let (Claim::Settle, Check::New | Check::TakenOver(_), Some(key)) = (how, found, call.key) {
                    let outcome = Outcome::status(success(call.verb));
                    self.keys.settle(at_us, &rules, key, call.fingerprint(), outcome);
                }
                self.row(config, &call, before, out);
                self.store(config, ctx, out);
                out.send(from, Msg::Found { id, found: Found(found) });
            }
            Msg::Effect { id, call } => {
                let outcome = self.apply(config, &call, out);
                self.store(config, ctx, out);
                out.send(from, Msg::Applied { id, outcome, again: false });
            }
            Msg::Commit { id, call } => self.commit(config, (from, id, &call), ctx, out),
            Msg::Record { id, call, outcome, ends } => {
                if let Some(key) = call.key {
                    if ends {
                        self.keys.settle(at_us, &rules, key, call.fingerprint(), outcome);
                    } else {
                        self.keys.reach(key, outcome);
                    }
                }
                self.row(config, &call, before, out);
                self.store(config, ctx, out);
                out.send(from, Msg::Recorded { id });
            }
            Msg::Release { call } => {
                if let Some(key) = call.key {
                    self.keys.release(key);
                }
                self.row(config, &call, before, out);
                self.store(config, ctx, out);
            }
            _ => {}
        }
    }
}

/// What a method answers that has changed something.
fn success(verb: Verb) -> u16 {
    match verb {
        Verb::Post => 201,
        Verb::Delete => 204,
        Verb::Get | Verb::Put | Verb::Patch => 200,
    }
}

impl Database {
    /// What it takes, in bytes and roughly.
    pub fn bytes(&self) -> u64 {
        64 * self.keys.len() as u64
    }

    /// Effect and row in one transaction: whoever finds the row done gets its answer, and nothing is done.
    fn commit(
        &mut self,
        config: &Config,
        (from, id, call): (NodeId, u32, &Call),
        ctx: &Ctx,
        out: &mut Out<Speech>,
    ) {
        let (rules, at_us) = (config.params.rules(), now_us(ctx));
        let before = self.state(call);
        let (outcome, again) = match self.keys.look(at_us, &rules, call.key, call.fingerprint()) {
            Check::Done(outcome) => (outcome, true),
            Check::OtherPayload => (Outcome::status(422), false),
            _ => (self.apply(config, call, out), false),
        };
        if let Some(key) = call.key.filter(|_| !again && outcome.status != 422) {
            // What was refused for its condition has not been executed, and is not saved.
            if outcome.status == 412 {
                self.keys.release(key);
            } else {
                self.keys.settle(at_us, &rules, key, call.fingerprint(), outcome);
            }
        }
        self.row(config, call, before, out);
        self.store(config, ctx, out);
        out.send(from, Msg::Applied { id, outcome, again });
    }

    fn apply(&mut self, config: &Config, call: &Call, out: &mut Out<Speech>) -> Outcome {
        let was = self.version;
        let refused = match call.verb {
            Verb::Put | Verb::Delete => {
                let field =
                    call.if_match.map_or(IfMatch::Absent, |tag| IfMatch::Tags(vec![Etag::strong(tag)]));
                let required = config.params.require == Switch::On;
                evaluate(required, &field, self.value.map(|_| Etag::strong(was))).status()
            }
            Verb::Get | Verb::Post | Verb::Patch => None,
        };
        let absent = self.value.is_none() && matches!(call.verb, Verb::Delete | Verb::Patch);
        if let Some(status) = refused.or(absent.then_some(404)) {
            return Outcome::status(status);
        }
        let created = call.verb == Verb::Put && self.value.is_none();
        match call.verb {
            Verb::Get => {}
            Verb::Post => self.charges += 1,
            Verb::Put => self.value = Some(call.value),
            Verb::Delete => self.value = None,
            Verb::Patch => self.value = self.value.map(|value| value.saturating_add(call.value)),
        }
        if call.verb != Verb::Post {
            self.version += 1;
        }
        self.changes += 1;
        let status = if created { 201 } else { success(call.verb) };
        let outcome = Outcome { status, receipt: self.changes };
        out.mark(Deed::Done { outcome, was });
        self.show(config, out);
        outcome
    }

    /// Reports what it holds.
    fn show(&self, config: &Config, out: &mut Out<Speech>) {
        if config.params.method == super::params::Method::Post {
            let charges = if self.charges == 1 { "charge" } else { "charges" };
            return out.fact(fact::VALUE, 0, Fact::Text(format!("{} {charges}", self.charges).into()));
        }
        let value = self.value.map_or_else(|| "·".to_owned(), |value| value.to_string());
        out.fact(fact::VALUE, 0, Fact::Text(value.into()));
        out.fact(fact::VERSION, 0, Fact::Text(format!("v{}", self.version).into()));
    }

    fn state(&self, call: &Call) -> Option<State<Outcome>> {
        call.key.and_then(|key| self.keys.state(key))
    }

    /// Reports the row of a request, if it is another than before.
    fn row(&self, config: &Config, call: &Call, before: Option<State<Outcome>>, out: &mut Out<Speech>) {
        let now = self.state(call);
        if let Some(key) = call.key.filter(|_| now != before) {
            config.report(key, now, "unseen", out);
        }
    }

    /// What was asked for is on the disk before anybody hears of it.
    fn store(&self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        out.mark(Deed::Stores(self.keys.len() as u32));
        out.goes_through(self.bytes());
        out.persist(Kept::Database(self.clone()));
        self.await_prune(config, ctx, out);
    }

    fn await_prune(&self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let at_us = now_us(ctx);
        let next_us = self.keys.next_us(&config.params.rules());
        if let Some(next_us) = next_us.filter(|_| config.params.ttl <= config.stop_us) {
            out.set_timer(Timer::Prune, Range::exactly(next_us.saturating_sub(at_us)));
        }
    }
}

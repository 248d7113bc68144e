//! The store k1: it grants a lease by its own clock, or keeps a record for those who judge by theirs, or sessions that stand in line. One node that
//! never forgets; what replicates it is left out.

use super::message::{Msg, Speech, Timer};
use super::meta::fact;
use super::params::Watch;
use super::protocol::{Config, Kept};
use crate::cast::NodeId;
use crate::kits::lease::{Desk, DeskFacts, Holder};
use crate::parts::lease::Record;
use crate::sim::{Ctx, Input, Out, Protocol};
use crate::sorted::Map;
use crate::trace::Fact;

const FACTS: DeskFacts = DeskFacts { holder: fact::HOLDER, grant: Some(fact::GRANT) };

/// The store's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Store {
    keeps: Keeps,
    /// Who watches whose entry.
    watches: Map<Holder, Holder>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Keeps {
    Desk(Desk),
    Record(Record<NodeId>),
}

impl Protocol for Store {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Store {
        out.fact(fact::ROLE, 0, Fact::Word("store"));
        out.fact(fact::HOLDER, 0, Fact::Word("free"));
        let mut watches = Map::new();
        let keeps = match disk.cloned().unwrap_or_else(|| config.empty()) {
            Kept::Grants(book, kept) => {
                watches = kept;
                // A monotonic clock begins anew with its machine: what is left of a lease nobody knows.
                let mut desk = Desk::boot(book, ctx.monotonic_us, config.params.lease, true);
                desk.report(FACTS, out);
                desk.await_end(ctx.monotonic_us, Timer::Expire, out);
                Keeps::Desk(desk)
            }
            Kept::Record(record) => Keeps::Record(record),
            Kept::Resource(_) => Keeps::Record(Record::free()),
        };
        let store = Store { keeps, watches };
        store.report_record(out);
        store
    }

    fn weight(&self) -> u64 {
        32 * self.watches.len() as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let now_us = ctx.monotonic_us;
        match &mut self.keeps {
            Keeps::Record(record) => {
                let before = (record.holder, record.token);
                if let Input::Deliver { from, msg } = input
                    && let Some(answer) = written(record, msg)
                {
                    out.persist(Kept::Record(*record));
                    out.send(from, answer);
                    if before != (record.holder, record.token) {
                        self.report_record(out);
                    }
                }
            }
            Keeps::Desk(desk) => {
                desk.expire(now_us);
                if let Input::Deliver { from, msg } = input {
                    asked(desk, &mut self.watches, config, (from, msg), now_us, out);
                }
                desk.report(FACTS, out);
                desk.await_end(now_us, Timer::Expire, out);
                self.tell_watchers(out);
            }
        }
    }
}

/// What a record's reader or writer is answered.
fn written(record: &mut Record<NodeId>, msg: Msg) -> Option<Msg> {
    match msg {
        Msg::Get { round } => Some(Msg::Record { round, record: *record }),
        Msg::Update { round, version, holder } => Some(match record.set(version, holder) {
            true => Msg::Updated { round, record: *record },
            false => Msg::Conflict { round },
        }),
        _ => None,
    }
}

/// Somebody asks for the lease, or of the line.
fn asked(
    desk: &mut Desk,
    watches: &mut Map<Holder, Holder>,
    config: &Config,
    (from, msg): (NodeId, Msg),
    now_us: i64,
    out: &mut Out<Speech>,
) {
    let ttl_us = config.params.lease;
    match msg {
        Msg::Acquire { hold, round } => {
            let granted = desk.acquire(now_us, Holder { client: from, hold }, ttl_us);
            desk.report(FACTS, out);
            let answer = match (granted, desk.holds()) {
                (Some(token), _) => Msg::Granted { hold, round, token },
                (None, Some((holder, _))) => Msg::Wait { hold, holder: holder.client },
                (None, None) => return,
            };
            out.send(from, answer);
        }
        Msg::Renew { hold, round } => {
            let renewed = desk.renew(now_us, Holder { client: from, hold }, ttl_us);
            out.send(from, if renewed { Msg::Renewed { hold, round } } else { Msg::Over { hold } });
        }
        Msg::Release { hold } => desk.release(Holder { client: from, hold }, true),
        Msg::Join { hold, round } => {
            let me = Holder { client: from, hold };
            desk.acquire(now_us, me, ttl_us);
            desk.report(FACTS, out);
            place(desk, watches, config, (me, round), out);
        }
        Msg::List { hold, round } => {
            let me = Holder { client: from, hold };
            desk.renew(now_us, me, ttl_us);
            place(desk, watches, config, (me, round), out);
        }
        _ => {}
    }
}

/// Tells somebody its place in line; who is not the first watches another's entry from then on.
fn place(
    desk: &Desk,
    watches: &mut Map<Holder, Holder>,
    config: &Config,
    (me, round): (Holder, u32),
    out: &mut Out<Speech>,
) {
    let hold = me.hold;
    let found = desk.sessions().and_then(|sessions| sessions.place(&me).zip(sessions.first()));
    let Some(((place, entry, before), first)) = found else {
        return out.send(me.client, Msg::Over { hold });
    };
    let watched = match config.params.watch {
        Watch::Before => before,
        Watch::First => before.map(|_| first),
    };
    match watched {
        Some(watched) => drop(watches.insert(me, watched.session)),
        None => drop(watches.remove(&me)),
    }
    let (place, token, first) = (place as u16, entry.revision, first.session.client);
    out.send(me.client, Msg::Placed { hold, round, place, token, first });
}

impl Store {
    /// Those are told whose watched entry is gone, once each; and all is written down.
    fn tell_watchers(&mut self, out: &mut Out<Speech>) {
        let Keeps::Desk(desk) = &self.keeps else { return };
        self.watches.retain(|me, watched| {
            let has = |holder| desk.sessions().is_some_and(|sessions| sessions.has(holder));
            let stands = has(me);
            let gone = stands && !has(watched);
            if gone {
                out.send(me.client, Msg::Gone { hold: me.hold });
            }
            stands && !gone
        });
        out.persist(Kept::Grants(desk.book().clone(), self.watches.clone()));
    }

    /// A record is held by who is in it, whatever the time.
    fn report_record(&self, out: &mut Out<Speech>) {
        let Keeps::Record(record) = self.keeps else { return };
        out.fact(fact::GRANT, 0, Fact::Int(record.token.into()));
        out.fact(fact::HOLDER, 0, record.holder.map_or(Fact::Word("free"), Fact::Node));
    }
}

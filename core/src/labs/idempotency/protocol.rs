//! Who plays which part: the database n1, the provider n2 if there is one, servers k1…, clients c1….

use super::call::{Key, Outcome, SHOWN};
use super::client::Client;
use super::database::Database;
use super::message::Speech;
use super::meta::fact;
use super::params::{NewKey, Params};
use super::provider::Provider;
use super::server::Server;
use crate::cast::{Cast, NodeId, Sort};
use crate::parts::dedup::{State, Table};
use crate::sim::{Ctx, Out};
use crate::trace::Fact;

/// When a workload begins, in µs.
pub const FIRST_US: u64 = 10_000;
/// How long a process takes to come up again, in µs.
pub const RESTART_US: u64 = 100_000;
/// How often a request that waits asks for its key again, in µs.
pub const POLL_US: u64 = 20_000;
/// What x is at first; of a stock, how much there is.
pub const STOCK: i32 = 10;
/// Classes of messages: the others' is 0.
pub const REQUEST: u8 = 1;
/// See there.
pub const ANSWER: u8 = 2;
/// A request that is held up.
pub const LATE: u8 = 3;

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// Who takes part.
    pub cast: Cast,
    /// When the run ends, in µs.
    pub stop_us: u64,
}

/// Who takes part.
pub fn cast(params: &Params) -> Cast {
    let servers = if params.has_provider() { 2 } else { 1 };
    Cast { servers, coordinators: params.servers as u16, clients: params.asking() as u16 }
}

impl Config {
    /// The database.
    pub fn database(&self) -> NodeId {
        self.cast.server(0)
    }

    /// The provider.
    pub fn provider(&self) -> NodeId {
        self.cast.server(1)
    }

    /// Whether each try has a key of its own.
    pub fn each_attempt(&self) -> bool {
        self.params.newkey == NewKey::Attempt
    }

    /// Reports how far a key's row has come, for pictures: none where there is no row, because of `gone`.
    pub fn report(&self, key: Key, state: Option<State<Outcome>>, gone: &'static str, out: &mut Out<Speech>) {
        let Some(place) = key.place(self.each_attempt()) else { return };
        let word = match state {
            None => gone,
            Some(State::InProgress(None)) => "in progress",
            Some(State::InProgress(Some(_))) => "charged",
            Some(State::Done(outcome)) if outcome.is_success() => "done",
            Some(State::Done(_)) => "failed",
        };
        out.fact(fact::KEY, place, Fact::Word(word));
    }

    /// Reports every row, as a node comes up again.
    pub fn report_all(&self, table: &Table<Key, Outcome>, ctx: &Ctx, out: &mut Out<Speech>) {
        if ctx.epoch == 0 {
            return;
        }
        for place in 0..SHOWN {
            let key = Key::at(place, self.each_attempt());
            self.report(key, table.state(key), "unseen", out);
        }
    }
}

/// A node's time, in µs: no clock that is set changes it.
pub fn now_us(ctx: &Ctx) -> u64 {
    u64::try_from(ctx.monotonic_us).unwrap_or(0)
}

/// What a crash leaves.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Kept {
    /// Of the database.
    Database(Database),
    /// Of the provider.
    Provider(Provider),
}

impl Kept {
    /// What it takes, in bytes and roughly.
    pub fn weight(&self) -> u64 {
        match self {
            Kept::Database(database) => database.bytes(),
            Kept::Provider(provider) => provider.bytes(),
        }
    }
}

crate::declare::roles! {
    /// A node.
    pub enum Node of Config, Speech, for |config, me| {
        /// Takes the money.
        Provider(Provider) => Sort::Server if me != config.database(),
        /// Keeps what is done, and perhaps the keys.
        Database(Database) => Sort::Server,
        /// Executes requests.
        Server(Box<Server>) => Sort::Coordinator,
        /// Asks.
        Client(Box<Client>) => Sort::Client,
    }
}

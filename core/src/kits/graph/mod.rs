//! Services under load: a lab hands over a graph of tiers and hops as data, and its parameters' run is that graph's.
//!
//! Nodes say what they do by [`Mark`]s. A lab's meter hands them to a [`Ledger`], which has what charts, pictures and figures are made of; what is
//! peculiar to a lab it watches itself; promises that several make are here, too.

mod caller;
mod check;
mod client;
mod config;
mod control;
mod declared;
mod gauges;
mod laws;
mod ledger;
mod line;
mod mark;
mod message;
mod node;
mod server;
mod source;
#[cfg(test)]
mod tests;
mod trouble;
mod watch;

pub use config::Config;
pub use control::{By, Life, Scale};
pub use declared::{
    Again, Arrivals, Budget, Carry, Class, Desk, Expired, Gate, Graph, Hop, Keys, Limit, Line, Pick, PoolId,
    Route, Source, Step, Threads, Tier, Time, Trouble,
};
pub use gauges::gauges;
pub(crate) use laws::{Disturbed, Floor, Once, Overload, Usual};
pub use ledger::{Charts, Count, Ledger, LevelOf, Shape, Span, Took};
pub use mark::{Ending, HopId, Level, Mark, Stop, Swept, TierId};
pub use message::{About, Deadline, FACTS, KINDS, Msg, Reply, Request, Response, Speech, Timer, Try, fact};
pub use node::Node;
pub use trouble::{Kind, Spell};
pub use watch::{Own, Running, Watch, begin};

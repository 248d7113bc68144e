//! Services under load: a lab hands over a graph of tiers and hops as data, and its parameters' run is that graph's.
//!
//! Nodes say what they do by [`Mark`]s. A lab's meter hands them to a [`Ledger`], which has what charts, pictures and figures are made of; what is
//! peculiar to a lab it watches itself; promises that several make are here, too.

mod about;
mod believed;
mod caller;
mod check;
mod client;
mod config;
mod control;
mod declared;
mod facts;
mod gauges;
mod guarded;
mod guards;
mod laws;
mod ledger;
mod limit;
mod line;
mod mark;
mod message;
mod node;
mod observe;
mod parts;
mod pieces;
mod reach;
mod response;
mod roles;
mod server;
mod source;
mod step;
#[cfg(test)]
mod tests;
mod trouble;
mod watch;

pub use believed::{Belief, Beliefs, Check, Pace, Pick, Sees, SlowStart, Warm};
pub use config::Config;
pub use control::{By, Life, Scale};
pub use declared::{
    Again, Arrivals, Budget, Carry, Class, Desk, Expired, Graph, Hedge, Hop, Keys, Line, Mistakes, Recall,
    Route, Source, Step, Tier, Time,
};
pub use gauges::gauges;
pub use guarded::{guarded, requests, tries};
pub use guards::{Gate, PoolId, Threads};
pub(crate) use laws::{
    Disturbed, Floor, Gathering, Healthy, Legal, Once, Overload, Share, Spared, Useful, Usual, Within,
};
pub use ledger::{Charts, Count, Ledger, LevelOf, Shape, Span, Spans, Took};
pub use limit::Limit;
pub use mark::{Data, Ending, HopId, Level, Mark, Passing, Stop, Swept, TierId, Why};
pub use message::{
    About, Brought, CALLS, CHECKED, COUNTED, Deadline, FACTS, KINDS, Msg, RESULTS, Reply, Request, Response,
    SCALED, Speech, Timer, Try, fact,
};
pub use node::Node;
pub use observe::{
    Batch, Context, Counted, Dashboard, Labels, Line as LogLine, Logs, Measure, Observed, Of, Report,
    SERIES_EACH, Watched,
};
pub use parts::{Parts, Waits};
pub use pieces::{Front, Sidecar};
pub use reach::Reach;
pub use roles::{Behind, CachePolicy, GET, Herd, NO_VERSION, POISON, PUT, Role};
pub use source::Bursts;
pub use trouble::{Kind, Spell, Trouble, Whose};
pub use watch::{Own, Running, Watch, begin};

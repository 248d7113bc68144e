//! What there is to draw of this lab's runs: events with the stamps of each clock.

use super::meta::fact;
use super::params::{Params, Rule};
use crate::cast::Sort;
use crate::lab::shows::{FactId, Order, StampClock, Stamps};

/// The places of the clocks among those that stamp events.
pub const PHYSICAL: usize = 0;
/// See there.
pub const LAMPORT: usize = 1;
/// See there.
pub const VECTOR: usize = 3;
/// See there.
pub const HYBRID: usize = 4;
/// See there.
pub const INTERVAL: usize = 5;

/// The events of a run with these settings, and the clocks that stamp them.
pub fn stamps(params: &Params) -> Stamps {
    let clock = |name, fact, (numbers, in_us), order| StampClock { name, fact: FactId(fact), numbers, in_us, order };
    let vectors = if params.rule == Rule::Strict { Order::StrictVector } else { Order::Vector };
    Stamps {
        sort: Sort::Server,
        event: FactId(fact::EVENT),
        clocks: vec![
            clock("physical", fact::PHYSICAL, (1, true), Order::Number),
            clock("Lamport", fact::LAMPORT, (1, false), Order::Number),
            clock("total", fact::LAMPORT, (1, false), Order::NumberThenProcess),
            clock("vector", fact::VECTOR, (params.n as u16, false), vectors),
            clock("hybrid", fact::HLC, (2, true), Order::NumberThenCount),
            clock("interval", fact::INTERVAL, (2, true), Order::Interval),
        ],
    }
}

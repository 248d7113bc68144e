//! What a run shows: in which order each process delivers.

use super::meta::fact;
use super::params::{App, Params};
use crate::cast::Sort;
use crate::lab::Shows;
use crate::lab::shows::{FactId, Orders};

/// What there is to draw of a run beside its records.
pub fn shows(params: &Params) -> Shows {
    let orders = Orders {
        title: "Who delivers what when",
        sort: Sort::Server,
        taken: FactId(fact::DELIVERS),
        made: (params.app == App::Dice).then_some(FactId(fact::ROLLS)),
        takes: "delivers",
    };
    Shows { orders: vec![orders], ..Shows::default() }
}

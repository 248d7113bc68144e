//! What a run shows: rounds of processes, and what can still be decided from each.

use super::meta::fact;
use super::params::Params;
use super::valence::valence;
use crate::cast::Sort;
use crate::lab::Shows;
use crate::lab::shows::{FactId, Outlook, RoundLine, Rounds};

/// What there is to draw of a run beside its records.
pub fn shows(params: &Params) -> Shows {
    let word = |bit: u8| if bit == 0 { "0" } else { "1" };
    let outlook = |(configuration, can): (usize, u8)| Outlook {
        begins: (0..3).map(|me| word(configuration as u8 >> me & 1)).collect(),
        says: match can {
            1 => "0",
            2 => "1",
            3 => "0 or 1",
            _ => "none",
        },
    };
    let rounds = Rounds {
        one: "phase",
        first: 1,
        name: None,
        sort: Sort::Server,
        lines: vec![
            RoundLine { from: None, fact: FactId(fact::BEGINS) },
            RoundLine { from: Some(FactId(fact::REPORTS)), fact: FactId(fact::PROPOSES) },
            RoundLine { from: Some(FactId(fact::PROPOSALS)), fact: FactId(fact::OUTCOME) },
        ],
        decides: Some(FactId(fact::DECISION)),
        enough: None,
        legend: "In a cell: the value it begins with; the reports it hears → its proposal; the proposals it hears → what comes of them. Outlined: it decides.",
        outlook_of: "can still be decided",
        outlook: valence(params)
            .map_or_else(Vec::new, |can| can.into_iter().enumerate().map(outlook).collect()),
    };
    Shows { rounds: Some(rounds), ..Shows::default() }
}

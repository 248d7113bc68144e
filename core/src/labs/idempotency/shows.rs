//! What there is to draw of a run beside its records: the table of keys over time, and what a row goes through.

use super::meta::{fact, rows};
use super::params::{Keys, NewKey, Params, Record};
use crate::cast::Sort;
use crate::lab::Shows;
use crate::lab::shows::{FactId, Holding, Machine, MachineState, Tenure, Tone};

/// What a run with these settings shows.
pub fn shows(params: &Params) -> Shows {
    let sort = match params.keys {
        Keys::None => return Shows::default(),
        Keys::Memory => Sort::Coordinator,
        Keys::Table => Sort::Server,
    };
    let places = rows(params.newkey == NewKey::Attempt);
    Shows {
        tenures: vec![table(sort, places.clone(), params)],
        machines: vec![machine(sort, places)],
        ..Shows::default()
    }
}

/// Which key stands where from when to when.
fn table(sort: Sort, places: Vec<String>, params: &Params) -> Tenure {
    let hold = |word, about, tone| Holding { word, about, tone };
    let mut held = vec![
        hold("in progress", "somebody executes it", Tone::Between),
        hold("done", "its answer is saved", Tone::Leads),
        hold("failed", "a failure is saved", Tone::Out),
    ];
    if params.record == Record::Phases && params.keys == Keys::Table {
        held.insert(1, hold("charged", "in progress, the money is taken", Tone::Well));
    }
    Tenure {
        title: "The table of keys",
        sort,
        state: FactId(fact::KEY),
        places,
        held,
        number: None,
        granted: None,
        deeds: None,
        still: None,
        exclusive: false,
    }
}

/// What a row of the table goes through. The ways are those that a run takes.
fn machine(sort: Sort, places: Vec<String>) -> Machine {
    let state = MachineState::new;
    Machine {
        title: "A row of the table of keys",
        one: "row",
        many: "rows",
        states: vec![
            state("unseen", "no row", Tone::Well),
            state("in progress", "being executed", Tone::Between),
            state("charged", "money taken", Tone::Between),
            state("done", "answer saved", Tone::Leads),
            state("failed", "failure saved", Tone::Out),
            state("pruned", "too old", Tone::Out),
            state("forgotten", "process gone", Tone::Out),
        ],
        ways: Vec::new(),
        sort,
        state: FactId(fact::KEY),
        deadline: None,
        cause: None,
        places,
    }
}

//! What there is to draw of a run beside its records: orders of processing, logs, who reads what.

use super::message::MOST_PARTITIONS;
use super::meta::fact;
use super::params::{Channel, Params};
use crate::cast::Sort;
use crate::lab::Shows;
use crate::lab::shows::{FactId, Holding, Logs, Orders, Tenure, Tone};

/// What a run with these settings shows.
pub fn shows(params: &Params) -> Shows {
    let orders = Orders {
        title: "Who processes what when",
        sort: Sort::Coordinator,
        taken: FactId(fact::TAKEN),
        made: Some(FactId(fact::TRY)),
        takes: "processes",
    };
    let log = params.channel == Channel::Log;
    Shows {
        orders: vec![orders],
        logs: log.then(logs),
        tenures: if log { vec![readers()] } else { Vec::new() },
        ..Shows::default()
    }
}

fn logs() -> Logs {
    Logs {
        sort: Sort::Server,
        entries: FactId(fact::LOG),
        base: None,
        age: "epoch",
        term: FactId(fact::EPOCH),
        commit: FactId(fact::COMMITTED),
        role: FactId(fact::ROLE),
        leads: "leader",
        next: None,
        matched: None,
    }
}

fn readers() -> Tenure {
    Tenure {
        title: "Who reads which partition",
        sort: Sort::Coordinator,
        state: FactId(fact::READS),
        places: (0..MOST_PARTITIONS).map(|p| format!("partition {}", p + 1)).collect(),
        held: vec![Holding { word: "reads", about: "takes it that it reads", tone: Tone::Leads }],
        number: None,
        granted: None,
        deeds: None,
        still: None,
        exclusive: true,
    }
}

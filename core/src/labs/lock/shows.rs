//! What there is to draw of this lab's runs: who believed what when below what was granted, and who is right.

use super::meta::fact;
use super::params::{Params, Service};
use crate::cast::Sort;
use crate::lab::Shows;
use crate::lab::shows::{Beliefs, Deed, FactId, Grants, Holding, Observers, Tells, Tenure, Tone, Truth};

/// What there is to read of a run with these settings.
pub fn shows(params: &Params) -> Shows {
    Shows { tenures: vec![tenure(params)], beliefs: Some(beliefs(params)), ..Shows::default() }
}

/// Which clients believe that they hold the lock, and whom its servers have as holder, of which most say what is true.
fn beliefs(params: &Params) -> Beliefs {
    let holder = FactId(fact::HOLDER);
    let clients = Tells::Itself(FactId(fact::BELIEF), "holds", "believes to hold the lock");
    let servers = Tells::One(holder, "has as holder");
    Beliefs {
        title: "Who is believed to hold the lock",
        observers: vec![
            Observers { sort: Sort::Client, tells: clients },
            Observers { sort: Sort::Server, tells: servers },
        ],
        subjects: Sort::Client,
        truth: Truth::Granted { by: Sort::Server, holder, enough: params.majority() as usize },
        about: "has it from the service",
    }
}

/// Who believed what when, below what was granted.
fn tenure(params: &Params) -> Tenure {
    let tokens = params.service != Service::Redlock;
    Tenure {
        title: "Who believes to hold the lock",
        sort: Sort::Client,
        state: FactId(fact::BELIEF),
        places: vec![String::new()],
        held: vec![Holding { word: "holds", about: "believes to hold the lock", tone: Tone::Leads }],
        number: tokens.then_some(FactId(fact::TOKEN)),
        granted: Some(Grants {
            sort: Sort::Server,
            holder: FactId(fact::HOLDER),
            number: tokens.then_some(FactId(fact::GRANT)),
            about: "has it from the service",
        }),
        deeds: Some(Deed { by: Sort::Coordinator, fact: FactId(fact::WRITE), good: "taken", bad: "refused" }),
        still: Some((FactId(fact::STANDING), "yes")),
        exclusive: true,
    }
}

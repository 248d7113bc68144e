//! What there is to draw of this lab's runs: who believed what when below what was granted, and the nodes' roles.

use super::meta::fact;
use super::params::{Load, Params};
use crate::cast::Sort;
use crate::lab::Shows;
use crate::lab::shows::{
    Beliefs, Deed, FactId, Grants, Holding, Machine, MachineState, Observers, Tells, Tenure, Tone, Truth, Way,
};

/// What there is to read of a run with these settings.
pub fn shows(params: &Params) -> Shows {
    Shows {
        tenures: vec![tenure(params)],
        machines: vec![roles(params)],
        beliefs: Some(beliefs(params)),
        ..Shows::default()
    }
}

/// Whom each node takes for the leader. Who leads is who does so under the greatest number; where leaders have none, who came last.
fn beliefs(params: &Params) -> Beliefs {
    let number = params.has_store().then_some(FactId(fact::TOKEN));
    let tells = Tells::One(FactId(fact::LEADER), "takes for the leader");
    Beliefs {
        title: "Who is taken for the leader",
        observers: vec![Observers { sort: Sort::Server, tells }],
        subjects: Sort::Server,
        truth: Truth::Latest { fact: FactId(fact::ROLE), word: "leader", number },
        about: if params.has_store() { "leads, under the greatest number" } else { "leads, and came last" },
    }
}

fn tenure(params: &Params) -> Tenure {
    let store = params.has_store();
    let granted = Grants {
        sort: Sort::Coordinator,
        holder: FactId(fact::HOLDER),
        number: Some(FactId(fact::GRANT)),
        about: "has it from the store",
    };
    let deeds = Deed { by: Sort::Coordinator, fact: FactId(fact::RUN), good: "taken", bad: "refused" };
    Tenure {
        title: "Who believes to lead",
        sort: Sort::Server,
        state: FactId(fact::ROLE),
        places: vec![String::new()],
        held: vec![Holding { word: "leader", about: "believes to lead", tone: Tone::Leads }],
        number: store.then_some(FactId(fact::TOKEN)),
        granted: store.then_some(granted),
        deeds: params.has_job().then_some(deeds),
        still: None,
        exclusive: true,
    }
}

fn roles(params: &Params) -> Machine {
    let state = MachineState::new;
    let mut states = vec![
        state("follower", "does not lead", Tone::Well),
        state("candidate", "would lead", Tone::Between),
        state("leader", "believes to lead", Tone::Leads),
        state("out", "will not lead", Tone::Out),
    ];
    let mut ways = vec![
        Way::new(0, 1, "holds an election, or sees the lease free"),
        Way::new(1, 2, "nobody is before it"),
        Way::new(1, 0, "another leads"),
        Way::new(0, 2, "has the lease, or is first in line"),
        Way::new(2, 0, "its lease may be over, or another leads"),
        Way::new(2, 3, "steps down"),
        Way::new(3, 0, "is asked to elect"),
    ];
    if params.load == Load::Failover {
        states.push(state("dead", "is no more", Tone::Out));
        ways.push(Way::new(2, 4, "dies"));
    }
    Machine {
        title: "Roles",
        one: "node",
        many: "nodes",
        states,
        ways,
        sort: Sort::Server,
        state: FactId(fact::ROLE),
        deadline: None,
        cause: None,
        places: vec!["role".into()],
    }
}

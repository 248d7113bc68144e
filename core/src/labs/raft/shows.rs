//! What there is to draw of this lab's runs: the servers' roles, and their logs.

use super::meta::fact;
use super::params::{Params, Switch};
use crate::cast::Sort;
use crate::lab::Shows;
use crate::lab::shows::{FactId, Logs, Machine, MachineState, Tone, Way};

/// What there is to read of a run with these settings.
pub fn shows(params: &Params) -> Shows {
    Shows { machines: vec![roles(params)], logs: Some(logs()), ..Shows::default() }
}

fn logs() -> Logs {
    Logs {
        sort: Sort::Server,
        entries: FactId(fact::LOG),
        base: Some(FactId(fact::BASE)),
        age: "term",
        term: FactId(fact::TERM),
        commit: FactId(fact::COMMIT),
        role: FactId(fact::ROLE),
        leads: "leader",
        next: Some(FactId(fact::NEXT)),
        matched: Some(FactId(fact::MATCH)),
    }
}

fn roles(params: &Params) -> Machine {
    let state = MachineState::new;
    let mut states = vec![
        state("follower", "answers", Tone::Well),
        state("candidate", "asks for votes", Tone::Between),
        state("leader", "sends entries", Tone::Leads),
    ];
    let mut ways = vec![
        Way::new(0, 1, "hears no leader"),
        Way::new(1, 2, "a majority votes for it"),
        Way::new(1, 0, "another leads, or a later term"),
        Way::new(2, 0, "sees a later term"),
    ];
    if params.prevote == Switch::On {
        states.push(state("pre-candidate", "asks whether it would win", Tone::Between));
        ways[0] = Way::new(0, 3, "hears no leader");
        ways.extend([Way::new(3, 1, "a majority would vote for it"), Way::new(3, 0, "another leads, or a later term"), Way::new(1, 3, "hears no leader")]);
    }
    if params.failed > 0 {
        states.push(state("down", "never came up", Tone::Out));
    }
    Machine {
        title: "Roles",
        one: "server",
        many: "servers",
        states,
        ways,
        sort: Sort::Server,
        state: FactId(fact::ROLE),
        deadline: None,
        cause: None,
        places: vec!["role".into()],
    }
}

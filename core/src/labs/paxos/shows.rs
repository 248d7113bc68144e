//! What there is to draw of this lab's runs: ballots, logs, and what servers are.

use super::meta::fact;
use super::params::{Params, Protocol};
use super::telling::{row_name, view_name};
use crate::cast::Sort;
use crate::lab::Shows;
use crate::lab::shows::{FactId, Logs, Machine, MachineState, RoundLine, Rounds, Tone, Way};

/// What there is to read of a run with these settings.
pub fn shows(params: &Params) -> Shows {
    let logs = (params.protocol != Protocol::Single).then(|| logs(params));
    Shows { machines: vec![roles(params)], logs, rounds: Some(rounds(params)), ..Shows::default() }
}

fn rounds(params: &Params) -> Rounds {
    if params.protocol == Protocol::Vr {
        return views();
    }
    let line = |fact| RoundLine { from: None, fact: FactId(fact) };
    let single = params.protocol == Protocol::Single;
    Rounds {
        one: "ballot",
        first: 0,
        name: Some(row_name),
        sort: Sort::Server,
        lines: vec![line(fact::PROMISES), line(fact::TELLS), line(fact::ACCEPTS)],
        decides: None,
        enough: single.then_some((FactId(fact::VOTED), params.quorums().q2 as usize)),
        legend: if single {
            "In a cell: what the acceptor answers to prepare; the vote that it tells of with its promise; what it votes for. Outlined: the ballot has its votes, so its value is chosen."
        } else {
            "In a cell: what the acceptor answers to prepare; the last vote that it tells of with its promise; its last vote in the ballot."
        },
        outlook_of: "",
        outlook: Vec::new(),
    }
}

fn views() -> Rounds {
    let line = |fact| RoundLine { from: None, fact: FactId(fact) };
    Rounds {
        one: "view",
        first: 0,
        name: Some(view_name),
        sort: Sort::Server,
        lines: vec![line(fact::STANDS), line(fact::GIVES), line(fact::COMMITS)],
        decides: Some(FactId(fact::BEGINS)),
        enough: None,
        legend: "In a cell: what the replica is in the view; the operations that it gives to the view's primary, and the last view in which it was normal; the last operation that it commits. Outlined: the view's primary begins it.",
        outlook_of: "",
        outlook: Vec::new(),
    }
}

fn logs(params: &Params) -> Logs {
    let vr = params.protocol == Protocol::Vr;
    Logs {
        sort: Sort::Server,
        entries: FactId(fact::LOG),
        base: None,
        age: if vr { "view" } else { "ballot" },
        term: FactId(if vr { fact::VIEW } else { fact::PROMISED }),
        commit: FactId(fact::COMMIT),
        role: FactId(fact::ROLE),
        leads: if vr { "primary" } else { "leader" },
        next: None,
        matched: None,
    }
}

fn roles(params: &Params) -> Machine {
    let state = MachineState::new;
    let (states, ways) = match params.protocol {
        Protocol::Single => (
            vec![
                state("acceptor", "answers", Tone::Well),
                state("preparing", "waits for promises", Tone::Between),
                state("accepting", "waits for votes", Tone::Between),
                state("knows", "what was chosen", Tone::Leads),
            ],
            vec![
                Way::new(0, 1, "begins a ballot"),
                Way::new(1, 2, "has its promises"),
                Way::new(2, 3, "has its votes"),
                Way::new(1, 0, "is overtaken"),
                Way::new(2, 0, "is overtaken"),
                Way::new(2, 1, "loses patience"),
                Way::new(0, 3, "is told"),
                Way::new(1, 3, "is told"),
            ],
        ),
        Protocol::Multi => (
            vec![
                state("follower", "votes", Tone::Well),
                state("preparing", "waits for promises", Tone::Between),
                state("leader", "fills slots", Tone::Leads),
            ],
            vec![
                Way::new(0, 1, "hears no leader"),
                Way::new(1, 2, "has its promises"),
                Way::new(1, 0, "is overtaken"),
                Way::new(2, 0, "is overtaken"),
            ],
        ),
        Protocol::Vr => (
            vec![
                state("backup", "follows the primary", Tone::Well),
                state("primary", "orders operations", Tone::Leads),
                state("view change", "waits for a view", Tone::Between),
                state("recovering", "takes no part", Tone::Out),
            ],
            vec![
                Way::new(0, 2, "hears no primary"),
                Way::new(1, 2, "sees a later view"),
                Way::new(2, 1, "is given enough logs"),
                Way::new(2, 0, "the view begins"),
            ],
        ),
    };
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

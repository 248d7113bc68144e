//! Every state of an abstract Paxos, breadth first: messages are never lost nor taken back, and anything may be read again at any time, as in
//! Lamport's own specification. Ballots take turns between two proposers, each with a value of its own. How many states there are was counted
//! by another program, too.

use std::collections::BTreeSet;

/// The most acceptors and ballots.
const ACCEPTORS: usize = 4;
const BALLOTS: usize = 3;

/// What is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Broken {
    Nothing,
    IgnoreVotes,
    AnyVote,
    AcceptLower,
    /// One acceptor crashes once, and forgets this.
    Promise,
    Votes,
    All,
}

#[derive(Clone, Copy)]
struct Model {
    acceptors: usize,
    ballots: usize,
    q1: u32,
    q2: u32,
    broken: Broken,
}

/// All that has been said, and what acceptors hold. Ballots count from 1; values are 1 and 2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    begun: [bool; BALLOTS],
    /// By ballot and acceptor: nothing, or the ballot and value of the vote told with the promise, 0 where there was none.
    promises: [[Option<(u8, u8)>; ACCEPTORS]; BALLOTS],
    /// The value proposed in each ballot, or 0.
    proposed: [u8; BALLOTS],
    votes: [[bool; ACCEPTORS]; BALLOTS],
    /// What each acceptor has promised, and its last vote.
    promised: [u8; ACCEPTORS],
    voted: [(u8, u8); ACCEPTORS],
    crashed: bool,
}

impl Model {
    fn chosen(&self, state: &State) -> [bool; 2] {
        let mut chosen = [false; 2];
        for ballot in 0..self.ballots {
            let votes = state.votes[ballot].iter().filter(|vote| **vote).count() as u32;
            if votes >= self.q2 && state.proposed[ballot] > 0 {
                chosen[usize::from(state.proposed[ballot]) - 1] = true;
            }
        }
        chosen
    }

    /// The values that a proposer may propose, by whichever quorum of promises it goes.
    fn values(&self, state: &State, ballot: usize) -> BTreeSet<u8> {
        let own = 1 + (ballot % 2) as u8;
        let promises: Vec<(u8, u8)> = state.promises[ballot].iter().flatten().copied().collect();
        let mut values = BTreeSet::new();
        for set in 0..1u32 << promises.len() {
            if set.count_ones() != self.q1 {
                continue;
            }
            let told: Vec<(u8, u8)> = (0..promises.len())
                .filter(|i| set >> i & 1 == 1)
                .map(|i| promises[i])
                .filter(|vote| vote.0 > 0)
                .collect();
            match (self.broken, told.iter().max()) {
                (Broken::IgnoreVotes, _) | (_, None) => drop(values.insert(own)),
                (Broken::AnyVote, _) => values.extend(told.iter().map(|vote| vote.1)),
                (_, Some(vote)) => drop(values.insert(vote.1)),
            }
        }
        values
    }

    fn next(&self, state: &State, found: &mut Vec<State>) {
        for ballot in 0..self.ballots {
            let number = ballot as u8 + 1;
            if !state.begun[ballot] {
                let mut next = *state;
                next.begun[ballot] = true;
                found.push(next);
                continue;
            }
            if state.proposed[ballot] == 0 {
                for value in self.values(state, ballot) {
                    let mut next = *state;
                    next.proposed[ballot] = value;
                    found.push(next);
                }
            }
            for acceptor in 0..self.acceptors {
                let promised = state.promised[acceptor];
                if number > promised {
                    let mut next = *state;
                    next.promises[ballot][acceptor] = Some(state.voted[acceptor]);
                    next.promised[acceptor] = number;
                    found.push(next);
                }
                let may = number >= promised || self.broken == Broken::AcceptLower;
                if state.proposed[ballot] > 0 && may && !state.votes[ballot][acceptor] {
                    let mut next = *state;
                    next.votes[ballot][acceptor] = true;
                    next.promised[acceptor] = promised.max(number);
                    next.voted[acceptor] = (number, state.proposed[ballot]);
                    found.push(next);
                }
            }
        }
        if !state.crashed {
            self.crashes(state, found);
        }
    }

    fn crashes(&self, state: &State, found: &mut Vec<State>) {
        for acceptor in 0..self.acceptors {
            let mut next = State { crashed: true, ..*state };
            match self.broken {
                Broken::Promise => next.promised[acceptor] = next.voted[acceptor].0,
                Broken::Votes => next.voted[acceptor] = (0, 0),
                Broken::All => (next.promised[acceptor], next.voted[acceptor]) = (0, (0, 0)),
                _ => return,
            }
            found.push(next);
        }
    }

    /// How many states there are, and the depth of the first in which two values are chosen; the search ends there.
    fn explore(&self) -> (usize, Option<u32>) {
        let start = State {
            begun: [false; BALLOTS],
            promises: [[None; ACCEPTORS]; BALLOTS],
            proposed: [0; BALLOTS],
            votes: [[false; ACCEPTORS]; BALLOTS],
            promised: [0; ACCEPTORS],
            voted: [(0, 0); ACCEPTORS],
            crashed: false,
        };
        let (mut seen, mut frontier, mut depth) = (BTreeSet::from([start]), vec![start], 0);
        let mut found = Vec::new();
        while !frontier.is_empty() {
            if frontier.iter().any(|state| self.chosen(state) == [true, true]) {
                return (seen.len(), Some(depth));
            }
            let mut next = Vec::new();
            for state in &frontier {
                self.next(state, &mut found);
                next.extend(found.drain(..).filter(|state| seen.insert(*state)));
            }
            (frontier, depth) = (next, depth + 1);
        }
        (seen.len(), None)
    }
}

const THREE: Model = Model { acceptors: 3, ballots: 2, q1: 2, q2: 2, broken: Broken::Nothing };

#[test]
fn no_state_of_paxos_has_chosen_two_values() {
    assert_eq!(THREE.explore(), (1_777, None));
    assert_eq!(Model { ballots: 3, ..THREE }.explore(), (74_681, None));
    assert_eq!(Model { acceptors: 4, q1: 3, ..THREE }.explore(), (9_729, None));
    assert_eq!(
        Model { broken: Broken::AnyVote, ..THREE }.explore(),
        (1_777, None),
        "with two ballots there is nothing to mix up"
    );
}

#[test]
fn each_mutant_breaks_at_a_depth_of_its_own() {
    let table = [
        (Model { acceptors: 4, ..THREE }, 12),
        (Model { q1: 1, ..THREE }, 10),
        (Model { broken: Broken::IgnoreVotes, ..THREE }, 12),
        (Model { broken: Broken::AcceptLower, ..THREE }, 12),
        (Model { broken: Broken::AnyVote, ballots: 3, ..THREE }, 17),
        (Model { broken: Broken::Promise, ..THREE }, 13),
        (Model { broken: Broken::Votes, ..THREE }, 13),
        (Model { broken: Broken::All, ..THREE }, 13),
    ];
    for (model, depth) in table {
        assert_eq!(
            model.explore().1,
            Some(depth),
            "{:?}, {} and {} of {}",
            model.broken,
            model.q1,
            model.q2,
            model.acceptors
        );
    }
}

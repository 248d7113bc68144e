//! What a participant knows of an order.

use super::config::place;
use super::message::Speech;
use super::meta::fact;
use crate::parts::termination::Phase;
use crate::sim::{OpId, Out};
use crate::trace::Fact;

/// How far an order has come at a participant. Its word is what it reports, and what pictures and checks know it by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// Its yes is being written; the item is locked from here on.
    Preparing,
    /// It has voted yes: in doubt.
    Prepared,
    /// It knows that all have voted yes, and is in doubt still.
    PreCommitted,
    /// It has committed.
    Committed,
    /// It has aborted.
    Aborted,
    /// It was told to commit what it knows nothing of.
    Forgotten,
    /// What it knew went with a crash.
    Lost,
    /// Its step is being done.
    Doing,
    /// Its step is done, and marked until the saga has ended.
    Pending,
    /// Its step is done.
    Done,
    /// Its step is being compensated.
    Undoing,
    /// Its step is compensated.
    Undone,
    /// It has refused its step.
    Refused,
    /// Its step must not be done any more: it was compensated before it came.
    Barred,
}

impl State {
    /// Each as it is reported.
    const WORDS: [(State, &'static str); 14] = [
        (State::Preparing, "preparing"),
        (State::Prepared, "prepared"),
        (State::PreCommitted, "pre-committed"),
        (State::Committed, "committed"),
        (State::Aborted, "aborted"),
        (State::Forgotten, "forgotten"),
        (State::Lost, "lost"),
        (State::Doing, "doing"),
        (State::Pending, "pending"),
        (State::Done, "done"),
        (State::Undoing, "undoing"),
        (State::Undone, "undone"),
        (State::Refused, "refused"),
        (State::Barred, "barred"),
    ];

    /// As it is reported.
    pub fn word(self) -> &'static str {
        State::WORDS[self as usize].1
    }

    /// The state of that word.
    pub fn of(word: &str) -> Option<State> {
        State::WORDS.iter().find(|(_, known)| *known == word).map(|(state, _)| *state)
    }

    /// For who terminates it.
    pub fn phase(self) -> Phase {
        match self {
            State::Preparing | State::Prepared => Phase::Ready,
            State::PreCommitted => Phase::PreCommitted,
            State::Committed => Phase::Committed,
            _ => Phase::Aborted,
        }
    }

    /// Whether it has voted yes and does not know how it ends.
    pub fn in_doubt(self) -> bool {
        matches!(self, State::Prepared | State::PreCommitted)
    }

    /// Whether the item is locked for it.
    pub fn locks(self) -> bool {
        self == State::Preparing || self.in_doubt()
    }

    /// Whether something is held for it that others have to wait for: until the decision, or for the time of a step.
    pub fn holds(self) -> bool {
        self.locks() || matches!(self, State::Doing | State::Undoing)
    }

    /// Whether the step of a saga has happened and stands.
    pub fn stands(self) -> bool {
        matches!(self, State::Done | State::Pending)
    }
}

/// What a participant knows of an order.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The client's operation.
    pub op: OpId,
    /// What is ordered.
    pub item: u16,
    /// How far it has come.
    pub state: State,
    /// How far a crash would leave it; none where nothing of it is on disk. Kept with the rest so that who comes up again can tell what it lost.
    pub durable: Option<State>,
    /// How often its step has taken effect, less compensations.
    pub applied: u32,
    /// How often it has asked about it, or been asked for it.
    pub tried: u16,
    /// It was found in doubt on the disk after a crash.
    pub recovered: bool,
}

impl Entry {
    /// Of an order that it has just heard of.
    pub fn new(op: OpId, item: u16, state: State) -> Entry {
        Entry { op, item, state, durable: None, applied: 0, tried: 0, recovered: false }
    }

    /// Goes on to a state, and reports it.
    pub fn turn(&mut self, order: u32, state: State, out: &mut Out<Speech>) {
        self.state = state;
        self.report(order, out);
    }

    /// Reports its state.
    pub fn report(&self, order: u32, out: &mut Out<Speech>) {
        out.fact(fact::STATE, place(order), Fact::Word(self.state.word()));
        out.fact(fact::LATEST, 0, Fact::Word(self.state.word()));
    }

    /// What is on disk of it now is how far it has come: a forced write.
    pub fn force(&mut self, order: u32, out: &mut Out<Speech>) {
        self.durable = Some(self.state);
        out.fact(fact::LOG, place(order), Fact::Word(self.state.word()));
    }

    /// As a crash has left it, reported.
    pub fn recover(&mut self, order: u32, out: &mut Out<Speech>) {
        self.state = self.durable.unwrap_or(State::Lost);
        self.recovered = self.state.in_doubt();
        self.report(order, out);
    }
}

//! Client sessions (thesis §6.3): a command that comes twice is applied once.

use super::Machine;
use crate::cast::NodeId;
use crate::sorted::Map;
use std::fmt::Debug;
use std::hash::Hash;

/// What is kept behind the log.
pub trait Store: Clone + Eq + Hash + Debug + Default {
    /// What is asked of it.
    type Command: Clone + Eq + Hash + Debug;
    /// What it says.
    type Answer: Clone + Eq + Hash + Debug;
    /// Takes a command.
    fn apply(&mut self, command: &Self::Command) -> Self::Answer;
}

/// A client's command with the client's number for it, the same for each try; a client does one thing at a time.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Asking<C> {
    /// Whose.
    pub client: NodeId,
    /// Which of that client's.
    pub number: u32,
    /// What.
    pub command: C,
}

/// A store that remembers, for each client, the last command that it has taken and what it said.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sessions<S: Store> {
    /// The store.
    pub store: S,
    /// The sessions; none where commands are applied as often as they come.
    sessions: Option<Map<NodeId, (u32, S::Answer)>>,
    /// Whether snapshots hold them.
    in_snapshots: bool,
}

impl<S: Store> Sessions<S> {
    /// An empty store, with sessions or without, which snapshots hold or do not.
    pub fn new(sessions: bool, in_snapshots: bool) -> Sessions<S> {
        Sessions { store: S::default(), sessions: sessions.then(Map::new), in_snapshots }
    }
}

impl<S: Store> Machine for Sessions<S> {
    type Command = Asking<S::Command>;
    /// What the store said, and whether this was the command's first time.
    type Answer = (S::Answer, bool);

    fn apply(&mut self, asking: &Asking<S::Command>) -> (S::Answer, bool) {
        let Some(sessions) = &mut self.sessions else { return (self.store.apply(&asking.command), true) };
        if let Some((_, answer)) = sessions.get(&asking.client).filter(|(last, _)| *last >= asking.number) {
            return (answer.clone(), false);
        }
        let answer = self.store.apply(&asking.command);
        sessions.insert(asking.client, (asking.number, answer.clone()));
        (answer, true)
    }

    fn frozen(&self) -> Self {
        let mut frozen = self.clone();
        if let Some(sessions) = frozen.sessions.as_mut().filter(|_| !self.in_snapshots) {
            sessions.clear();
        }
        frozen
    }
}

//! Executions of message-passing processes, for tests of clocks: events in an order in which they may have happened, and what could have
//! caused what, found by walking the graph.

use proptest::prelude::Strategy;
use proptest::sample::Index;

/// How many processes there are.
pub const PROCESSES: usize = 4;

/// An event of a process: of its own, or the receipt of a message that was sent by an earlier event of another.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Whose.
    pub process: usize,
    /// The event that sent what is received.
    pub from: Option<usize>,
}

/// Any execution; a message may be received by several, in any order, or by nobody.
pub fn any() -> impl Strategy<Value = Vec<Event>> {
    let step = (0..PROCESSES, proptest::option::of(proptest::prelude::any::<Index>()));
    proptest::collection::vec(step, 1..60).prop_map(|steps| {
        let mut events: Vec<Event> = Vec::new();
        for (process, from) in steps {
            let from = from.filter(|_| !events.is_empty()).map(|from| from.index(events.len()));
            let from = from.filter(|from| events[*from].process != process);
            events.push(Event { process, from });
        }
        events
    })
}

/// By pairs of events: whether the first happened before the second.
pub fn reached(events: &[Event]) -> Vec<Vec<bool>> {
    let count = events.len();
    let mut before = vec![vec![false; count]; count];
    for b in 0..count {
        let own = (0..b).rev().find(|a| events[*a].process == events[b].process);
        let mut todo: Vec<usize> = own.into_iter().chain(events[b].from).collect();
        while let Some(a) = todo.pop() {
            if !std::mem::replace(&mut before[a][b], true) {
                let own = (0..a).rev().find(|c| events[*c].process == events[a].process);
                todo.extend(own.into_iter().chain(events[a].from));
            }
        }
    }
    before
}

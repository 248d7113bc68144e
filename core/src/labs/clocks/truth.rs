//! What is true of the events of a run: which could have caused which, by the graph that their order at each process and their messages make.
//! Questions to the time server and their answers are no events, and bind nothing together.

use crate::cast::NodeId;
use crate::lab::shows::{Pairs, StampClock, Stamps};
use crate::parts::version_vector::Causality;
use crate::sorted::Map;
use crate::time::DurationUs;
use crate::trace::Mark;

/// The most events that are compared with each other: pairs grow with their square.
pub const MAX_EVENTS: usize = 1_000;

/// An event of a process.
#[derive(Clone, Debug)]
pub struct Event {
    /// When, and during which record.
    pub at: Mark,
    /// Whose.
    pub process: NodeId,
    /// What it is.
    pub word: &'static str,
    /// The stamp of each clock.
    pub stamps: Vec<Vec<i64>>,
    /// The events that could have caused it, a bit each.
    past: Vec<u64>,
}

impl Event {
    /// "n1’s send at 100ms".
    pub fn said(&self) -> String {
        format!("n{}’s {} at {}", self.process.0 + 1, self.word, DurationUs(self.at.at_us))
    }
}

/// All events, and the pairs of them by clock.
#[derive(Clone, Debug)]
pub struct Truth {
    clocks: Vec<StampClock>,
    /// In the order in which they happened.
    pub events: Vec<Event>,
    /// By process: its last event.
    last: Map<NodeId, usize>,
    /// By process and its own number for it.
    places: Map<(NodeId, u32), usize>,
    /// By clock.
    pub pairs: Vec<Pairs>,
    /// There were more than are compared.
    pub full: bool,
}

/// What a clock says of two events, of which the first is the earlier.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Which of them, by their places.
    pub pair: (usize, usize),
    /// Whether the first could have caused the second.
    pub caused: bool,
    /// Which clock.
    pub clock: usize,
    /// What it says.
    pub claim: Causality,
}

impl Truth {
    /// Nothing has happened.
    pub fn new(stamps: &Stamps) -> Truth {
        let clocks = stamps.clocks.clone();
        let pairs = vec![Pairs::default(); clocks.len()];
        Truth { clocks, events: Vec::new(), last: Map::new(), places: Map::new(), pairs, full: false }
    }

    /// Whether the event at place `a` could have caused that at `b`.
    pub fn happened_before(&self, a: usize, b: usize) -> bool {
        self.events[b].past.get(a / 64).is_some_and(|word| word >> (a % 64) & 1 == 1)
    }

    /// Takes in an event: whose, its own number there, what it is, its stamps, and which event sent what it receives. What each clock says of it
    /// and every event before goes to `tell`.
    pub fn add(
        &mut self,
        at: Mark,
        (process, number, word): (NodeId, u32, &'static str),
        stamps: Vec<Vec<i64>>,
        from: Option<(NodeId, u32)>,
        mut tell: impl FnMut(&[Event], Told),
    ) {
        if self.events.len() >= MAX_EVENTS {
            self.full = true;
            return;
        }
        let place = self.events.len();
        let before = self.last.get(&process).copied();
        let sent = from.and_then(|from| self.places.get(&from).copied());
        let mut past = vec![0_u64; place.div_ceil(64)];
        for earlier in before.into_iter().chain(sent) {
            for (own, word) in past.iter_mut().zip(&self.events[earlier].past) {
                *own |= word;
            }
            past[earlier / 64] |= 1 << (earlier % 64);
        }
        self.events.push(Event { at, process, word, stamps, past });
        self.last.insert(process, place);
        self.places.insert((process, number), place);
        for earlier in 0..place {
            let caused = self.happened_before(earlier, place);
            for (clock, declared) in self.clocks.iter().enumerate() {
                let stamp = |at: usize| (self.events[at].process, self.events[at].stamps[clock].as_slice());
                let claim = declared.order.compare(stamp(earlier), stamp(place));
                self.pairs[clock].count(caused, claim);
                tell(&self.events, Told { pair: (earlier, place), caused, clock, claim });
            }
        }
    }

    /// How much it keeps, in bytes and roughly.
    pub fn weight(&self) -> u64 {
        self.events.last().map_or(0, |last| self.events.len() as u64 * (400 + 4 * last.past.len() as u64))
    }
}

//! Real time as an order: which operations may come next.

use crate::check::search::{NONE, Order};

/// Real time: an operation may come next when no unplaced one returned before it was invoked. Lowe's list: invocations and returns in order, from which an operation's
/// two entries are lifted when it is placed and put back when it is not.
pub(super) struct RealTime {
    /// Entry 0 is the head. Entry 1 + i is the i-th event.
    next: Vec<u32>,
    previous: Vec<u32>,
    /// By entry: its step, and whether it is its return.
    events: Vec<(u32, bool)>,
    /// By step: the entries of its invocation and its return (0 where it has none).
    pub(super) entries: Vec<(u32, u32)>,
}

impl RealTime {
    pub(super) fn empty() -> RealTime {
        RealTime { next: Vec::new(), previous: Vec::new(), events: vec![(NONE, false)], entries: Vec::new() }
    }

    /// The next event.
    pub(super) fn push(&mut self, step: u32, is_return: bool) {
        let entry = self.events.len() as u32;
        let entries = &mut self.entries[step as usize];
        *(if is_return { &mut entries.1 } else { &mut entries.0 }) = entry;
        self.events.push((step, is_return));
    }

    /// Joins all events to a ring, once they are all there.
    pub(super) fn join(&mut self) {
        let len = self.events.len() as u32;
        self.next = (1..=len).map(|entry| entry % len).collect();
        self.previous = (0..len).map(|entry| (entry + len - 1) % len).collect();
    }

    fn lift(&mut self, entry: u32) {
        let (before, after) = (self.previous[entry as usize], self.next[entry as usize]);
        self.next[before as usize] = after;
        self.previous[after as usize] = before;
    }

    fn put_back(&mut self, entry: u32) {
        let (before, after) = (self.previous[entry as usize], self.next[entry as usize]);
        self.next[before as usize] = entry;
        self.previous[after as usize] = entry;
    }
}

impl Order for RealTime {
    fn open(&self, open: &mut Vec<u32>) -> Option<u32> {
        let mut entry = self.next[0];
        let mut due = None;
        while entry != 0 {
            let (step, is_return) = self.events[entry as usize];
            if is_return {
                due = Some(step);
                break;
            }
            open.push(step);
            entry = self.next[entry as usize];
        }
        // Steps are numbered by their returns, those without one last.
        crate::sorted::sort(open);
        due
    }

    fn place(&mut self, step: u32) {
        let (invoked, returned) = self.entries[step as usize];
        self.lift(invoked);
        if returned != 0 {
            self.lift(returned);
        }
    }

    fn unplace(&mut self, step: u32) {
        let (invoked, returned) = self.entries[step as usize];
        if returned != 0 {
            self.put_back(returned);
        }
        self.put_back(invoked);
    }
}

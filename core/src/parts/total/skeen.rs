//! Order by agreement of the destinations: each proposes a stamp, the greatest of them is the message's (Skeen's algorithm, as told by Birman
//! and Joseph, "Reliable communication in the presence of failures", TOCS 1987, §3: ABCAST).

use super::Id;
use crate::sorted::{Map, Set};

/// A stamp: a count, and who proposed it, so that no two are equal.
pub type Stamp = (u64, u16);

/// A message that has not been delivered.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Pending<M> {
    message: M,
    /// The stamp proposed here, then the message's own.
    stamp: Stamp,
    /// It is the message's own.
    settled: bool,
}

/// What has been proposed for a message of this process: by whom, a bit each, and the greatest so far.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Proposed {
    by: u64,
    greatest: Stamp,
}

/// A process: it proposes for all messages, and settles its own.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Skeen<M> {
    me: u16,
    processes: u32,
    clock: u64,
    pending: Map<Id, Pending<M>>,
    seen: Set<Id>,
    own: Map<Id, Proposed>,
}

impl<M> Skeen<M> {
    /// A process among so many: at most 64.
    pub fn new(me: u16, processes: u32) -> Skeen<M> {
        Skeen { me, processes, clock: 0, pending: Map::new(), seen: Set::default(), own: Map::new() }
    }

    /// A message has come: the stamp that is proposed to its sender; none if it has come before.
    pub fn receive(&mut self, id: Id, message: M) -> Option<Stamp> {
        if !self.seen.insert(id) {
            return None;
        }
        self.clock += 1;
        let stamp = (self.clock, self.me);
        self.pending.insert(id, Pending { message, stamp, settled: false });
        Some(stamp)
    }

    /// A process has proposed a stamp for a message of this one: the message's own stamp, for all, once everybody has.
    pub fn proposed(&mut self, id: Id, from: u16, stamp: Stamp) -> Option<Stamp> {
        let proposed = self.own.entry(id).or_default();
        let again = proposed.by >> from & 1 == 1;
        proposed.by |= 1 << from;
        proposed.greatest = proposed.greatest.max(stamp);
        (!again && proposed.by.count_ones() == self.processes).then_some(proposed.greatest)
    }

    /// A message's own stamp has come. What may now be delivered is added to `out`: what has its stamp, and a smaller one than any other may get.
    pub fn settle(&mut self, id: Id, stamp: Stamp, out: &mut Vec<M>) {
        self.clock = self.clock.max(stamp.0);
        if let Some(pending) = self.pending.get_mut(&id) {
            (pending.stamp, pending.settled) = (stamp, true);
        }
        while let Some(first) = self.first() {
            out.extend(self.pending.remove(&first).map(|pending| pending.message));
        }
    }

    /// The message with the least stamp, if that is its own.
    fn first(&self) -> Option<Id> {
        let least = self.pending.iter().min_by_key(|(_, pending)| pending.stamp);
        least.filter(|(_, pending)| pending.settled).map(|(id, _)| *id)
    }

    /// Messages that wait.
    pub fn waiting(&self) -> impl Iterator<Item = &M> {
        self.pending.values().map(|pending| &pending.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(sender: u16) -> Id {
        Id { sender, number: 1 }
    }

    #[test]
    fn the_greatest_proposal_is_the_stamp_and_what_could_be_less_is_waited_for() {
        let mut process = Skeen::new(2, 3);
        let mut out = Vec::new();
        assert_eq!(process.receive(id(0), "a1"), Some((1, 2)));
        assert_eq!(process.receive(id(0), "a1"), None);
        assert_eq!(process.receive(id(1), "b1"), Some((2, 2)));
        // b1 has its stamp, but a1 may still get a smaller one.
        process.settle(id(1), (2, 2), &mut out);
        assert_eq!(out, [""; 0]);
        process.settle(id(0), (5, 1), &mut out);
        assert_eq!(out, ["b1", "a1"]);
        // A later message's stamp is greater than any that was delivered.
        assert_eq!(process.receive(Id { sender: 0, number: 2 }, "a2"), Some((6, 2)));
    }

    #[test]
    fn everybody_proposes_once() {
        let mut process: Skeen<()> = Skeen::new(0, 3);
        let said = [(0, (1, 0)), (1, (4, 1)), (1, (9, 1)), (2, (2, 2)), (2, (2, 2))];
        let settled = said.map(|(from, stamp)| process.proposed(id(0), from, stamp));
        assert_eq!(settled, [None, None, None, Some((9, 1)), None]);
    }

    /// What is on its way to a process.
    #[derive(Clone, Copy, Debug)]
    enum Mail {
        Message(Id),
        Proposal(Id, u16, Stamp),
        Stamp(Id, Stamp),
    }

    proptest! {
        /// Whatever arrives when, all three deliver all messages in one order.
        #[test]
        fn all_deliver_in_one_order(senders in proptest::collection::vec(0..3u16, 1..8), picks in proptest::collection::vec(any::<prop::sample::Index>(), 400)) {
            let mut processes: Vec<Skeen<Id>> = (0..3).map(|me| Skeen::new(me, 3)).collect();
            let mut out: Vec<Vec<Id>> = vec![Vec::new(); 3];
            let mut mail: Vec<(usize, Mail)> = Vec::new();
            for (place, sender) in senders.iter().enumerate() {
                let id = Id { sender: *sender, number: place as u32 };
                mail.extend((0..3).map(|to| (to, Mail::Message(id))));
            }
            let mut picks = picks.into_iter();
            while !mail.is_empty() {
                let place = picks.next().map_or(0, |pick| pick.index(mail.len()));
                let (to, letter) = mail.remove(place);
                match letter {
                    Mail::Message(id) => {
                        if let Some(stamp) = processes[to].receive(id, id) {
                            mail.push((usize::from(id.sender), Mail::Proposal(id, to as u16, stamp)));
                        }
                    }
                    Mail::Proposal(id, from, stamp) => {
                        if let Some(stamp) = processes[to].proposed(id, from, stamp) {
                            mail.extend((0..3).map(|to| (to, Mail::Stamp(id, stamp))));
                        }
                    }
                    Mail::Stamp(id, stamp) => processes[to].settle(id, stamp, &mut out[to]),
                }
            }
            prop_assert_eq!(out[0].len(), senders.len());
            prop_assert!(out[0] == out[1] && out[1] == out[2], "{:?}", out);
        }
    }
}

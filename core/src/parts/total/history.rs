//! Order by communication history: every message bears a Lamport stamp, and is delivered once a later one has come from everybody (Lamport, "Time,
//! clocks, and the ordering of events in a distributed system", CACM 1978, the queue of its mutual exclusion). It needs links that keep
//! their order, and everybody alive.

use crate::parts::lamport::Lamport;
use crate::sorted::Map;

/// A process: its clock, and what waits for later stamps.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct History<M> {
    me: u16,
    clock: Lamport,
    /// Messages by stamp and sender, which decides between equal stamps.
    queue: Map<(u64, u16), M>,
    /// By process: the greatest stamp that has come from it.
    heard: Vec<u64>,
}

impl<M> History<M> {
    /// A process among so many.
    pub fn new(me: u16, processes: u32) -> History<M> {
        History { me, clock: Lamport::default(), queue: Map::new(), heard: vec![0; processes as usize] }
    }

    /// The stamp of a message that is about to be sent. It counts here once it has come back to its sender, as what others send does.
    pub fn stamp(&mut self) -> u64 {
        self.clock.tick()
    }

    /// A message has come, also one's own: it waits in the queue. Gives the stamp of the acknowledgement that is to be sent to all, this process
    /// among them; none for one's own. What may now be delivered is added to `out`.
    pub fn message(&mut self, from: u16, stamp: u64, message: M, out: &mut Vec<M>) -> Option<u64> {
        self.queue.entry((stamp, from)).or_insert(message);
        let acknowledges = (from != self.me).then(|| {
            self.clock.receive(stamp);
            self.clock.stamp()
        });
        self.hear(from, stamp);
        self.deliver(out);
        acknowledges
    }

    /// An acknowledgement has come, also one's own: so late it is with that process.
    pub fn acknowledged(&mut self, from: u16, stamp: u64, out: &mut Vec<M>) {
        if from != self.me {
            self.clock.receive(stamp);
        }
        self.hear(from, stamp);
        self.deliver(out);
    }

    fn hear(&mut self, from: u16, stamp: u64) {
        if let Some(heard) = self.heard.get_mut(usize::from(from)) {
            *heard = (*heard).max(stamp);
        }
    }

    fn deliver(&mut self, out: &mut Vec<M>) {
        while let Some(first) = self.first() {
            out.extend(self.queue.remove(&first));
        }
    }

    /// The message with the least stamp, if a later one has come from everybody.
    fn first(&self) -> Option<(u64, u16)> {
        let (stamp, sender) = self.queue.keys().next().copied()?;
        let later = |(process, heard): (usize, &u64)| {
            process == usize::from(sender) || (*heard, process) > (stamp, usize::from(sender))
        };
        self.heard.iter().enumerate().all(later).then_some((stamp, sender))
    }

    /// Messages that wait, in their order.
    pub fn waiting(&self) -> impl Iterator<Item = &M> {
        self.queue.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    #[test]
    fn it_waits_for_a_later_stamp_from_everybody() {
        let mut process = History::new(2, 3);
        let mut out = Vec::new();
        assert_eq!(process.message(0, 1, "a1", &mut out), Some(2));
        process.acknowledged(2, 2, &mut out);
        assert_eq!(out, [""; 0]);
        // Later by its process only.
        process.acknowledged(1, 1, &mut out);
        assert_eq!(out, ["a1"]);
        // Who is silent holds up all.
        assert_eq!(process.message(0, 4, "a2", &mut out), Some(5));
        process.acknowledged(2, 5, &mut out);
        process.acknowledged(0, 9, &mut out);
        assert_eq!((out.len(), process.waiting().count()), (1, 1));
    }

    proptest! {
        /// Links that keep their order, each as slow as it likes: all deliver all messages in one order.
        #[test]
        fn all_deliver_in_one_order(senders in proptest::collection::vec(0..3usize, 1..8), picks in proptest::collection::vec(any::<prop::sample::Index>(), 300)) {
            let mut processes: Vec<History<(usize, u32)>> = (0..3).map(|me| History::new(me, 3)).collect();
            let mut out: Vec<Vec<(usize, u32)>> = vec![Vec::new(); 3];
            // By link: stamps, and with it a message or an acknowledgement.
            type Mail = (u64, Option<(usize, u32)>);
            let mut links: Vec<((usize, usize), VecDeque<Mail>)> = (0..9).map(|i| ((i / 3, i % 3), VecDeque::new())).collect();
            let mut due: VecDeque<usize> = senders.iter().copied().collect();
            let mut picks = picks.into_iter();
            let mut number = 0;
            loop {
                let busy: Vec<usize> = (0..9).filter(|link| !links[*link].1.is_empty()).collect();
                let pick = picks.next().map_or(0, |pick| pick.index(busy.len() + 1));
                if pick == busy.len() || busy.is_empty() {
                    let Some(sender) = due.pop_front() else {
                        if busy.is_empty() { break }
                        continue;
                    };
                    number += 1;
                    let (stamp, message) = (processes[sender].stamp(), (sender, number));
                    processes[sender].message(sender as u16, stamp, message, &mut out[sender]);
                    (0..3).filter(|to| *to != sender).for_each(|to| links[sender * 3 + to].1.push_back((stamp, Some(message))));
                    continue;
                }
                let ((from, to), _) = links[busy[pick]];
                match links[busy[pick]].1.pop_front() {
                    Some((stamp, Some(message))) => {
                        if let Some(ack) = processes[to].message(from as u16, stamp, message, &mut out[to]) {
                            processes[to].acknowledged(to as u16, ack, &mut out[to]);
                            (0..3).filter(|other| *other != to).for_each(|other| links[to * 3 + other].1.push_back((ack, None)));
                        }
                    }
                    Some((stamp, None)) => processes[to].acknowledged(from as u16, stamp, &mut out[to]),
                    None => {}
                }
            }
            prop_assert_eq!(out[0].len(), senders.len());
            prop_assert!(out[0] == out[1] && out[1] == out[2], "{:?}", out);
        }
    }
}

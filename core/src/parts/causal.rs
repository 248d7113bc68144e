//! Hold-back queues: what has arrived waits until what must come before it has been let through. In FIFO order that is what its sender sent
//! before; in causal order, by vectors, also all that its sender had delivered (Birman, Schiper and Stephenson, "Lightweight causal and atomic
//! group multicast", TOCS 1991, §5.1).

/// What has to come before a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rule {
    /// Nothing.
    None,
    /// What its sender sent before.
    Fifo,
    /// That, and all that its sender had delivered when it sent it.
    Causal,
}

/// What a message carries for it: its sender, its number at the sender, from 1, and of each process how many messages the sender had delivered.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// Whose it is.
    pub sender: u16,
    /// The sender's number for it, from 1.
    pub number: u32,
    /// By process, how many of its messages the sender had delivered; read in causal order only, and not at the sender's own place.
    pub knew: &'a [u32],
}

/// What became of a message that has arrived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrived {
    /// It was let through.
    Through,
    /// It waits.
    Waits,
    /// It has been here before.
    Again,
}

/// A message that waits.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Waiting<M> {
    sender: u16,
    number: u32,
    knew: Vec<u32>,
    message: M,
}

/// The queue of one process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct HoldBack<M> {
    rule: Rule,
    /// By process: how many of its messages have been let through.
    through: Vec<u32>,
    waiting: Vec<Waiting<M>>,
}

impl<M> HoldBack<M> {
    /// An empty queue for messages of so many processes.
    pub fn new(rule: Rule, processes: u32) -> HoldBack<M> {
        HoldBack { rule, through: vec![0; processes as usize], waiting: Vec::new() }
    }

    /// Takes a message in. What may now pass is added to `through`, in order.
    pub fn take(&mut self, stamp: Stamp<'_>, message: M, through: &mut Vec<M>) -> Arrived {
        if self.rule == Rule::None {
            through.push(message);
            return Arrived::Through;
        }
        let Stamp { sender, number, knew } = stamp;
        let waits = |waiting: &Waiting<M>| (waiting.sender, waiting.number) == (sender, number);
        if self.through.get(usize::from(sender)).is_none_or(|last| number <= *last)
            || self.waiting.iter().any(waits)
        {
            return Arrived::Again;
        }
        let knew = if self.rule == Rule::Causal { knew.to_vec() } else { Vec::new() };
        self.waiting.push(Waiting { sender, number, knew, message });
        let before = through.len();
        while let Some(place) = self.waiting.iter().position(|waiting| self.may_pass(waiting)) {
            let Waiting { sender, message, .. } = self.waiting.remove(place);
            self.through[usize::from(sender)] += 1;
            through.push(message);
        }
        // Whoever comes first sets the others free.
        if through.len() > before { Arrived::Through } else { Arrived::Waits }
    }

    /// Whether all that must come before it has been let through.
    fn may_pass(&self, waiting: &Waiting<M>) -> bool {
        let sender = usize::from(waiting.sender);
        let known = waiting.knew.iter().zip(&self.through).enumerate();
        waiting.number == self.through[sender] + 1
            && known.filter(|(process, _)| *process != sender).all(|(_, (knew, through))| knew <= through)
    }

    /// What waits, in the order in which it came.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &M> {
        self.waiting.iter().map(|waiting| &waiting.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Takes in messages: sender, number, what it knew. Tells what passes after each.
    fn passes(rule: Rule, arrive: &[(u16, u32, [u32; 3])]) -> Vec<(Arrived, Vec<(u16, u32)>)> {
        let mut queue = HoldBack::new(rule, 3);
        let take = |(sender, number, knew): &(u16, u32, [u32; 3])| {
            let mut through = Vec::new();
            let stamp = Stamp { sender: *sender, number: *number, knew };
            let arrived = queue.take(stamp, (*sender, *number), &mut through);
            (arrived, through)
        };
        arrive.iter().map(take).collect()
    }

    #[test]
    fn what_must_come_before_is_waited_for() {
        use Arrived::{Again, Through, Waits};
        // An answer of 1 to a question of 0 arrives first.
        let answer = [(1, 1, [1, 0, 0]), (0, 1, [0, 0, 0])];
        assert_eq!(passes(Rule::None, &answer), [(Through, vec![(1, 1)]), (Through, vec![(0, 1)])]);
        assert_eq!(passes(Rule::Fifo, &answer), [(Through, vec![(1, 1)]), (Through, vec![(0, 1)])]);
        assert_eq!(passes(Rule::Causal, &answer), [(Waits, vec![]), (Through, vec![(0, 1), (1, 1)])]);
        // The second of one sender arrives first, and twice.
        let overtaken = [(0, 2, [0; 3]), (0, 2, [0; 3]), (0, 1, [0; 3]), (0, 1, [0; 3])];
        let held = [(Waits, vec![]), (Again, vec![]), (Through, vec![(0, 1), (0, 2)]), (Again, vec![])];
        assert_eq!(passes(Rule::Fifo, &overtaken), held);
        assert_eq!(passes(Rule::Causal, &overtaken), held);
        assert_eq!(passes(Rule::None, &overtaken[..2]), [(Through, vec![(0, 2)]), (Through, vec![(0, 2)])]);
        // Of nobody who takes part.
        assert_eq!(passes(Rule::Fifo, &[(9, 1, [0; 3])]), [(Again, vec![])]);
    }

    proptest! {
        /// Three processes broadcast and deliver in any order; what each delivers is in causal order, and nothing is held for ever.
        #[test]
        fn whatever_arrives_when_is_let_through_in_causal_order(steps in proptest::collection::vec((0..3u16, any::<prop::sample::Index>(), any::<bool>()), 1..60)) {
            // A message: sender, number, what the sender had delivered; and by process, what it has yet to receive and has delivered.
            let mut sent: Vec<(u16, u32, Vec<u32>)> = Vec::new();
            let mut due: Vec<Vec<usize>> = vec![Vec::new(); 3];
            let mut delivered: Vec<Vec<usize>> = vec![Vec::new(); 3];
            let mut queues: Vec<HoldBack<usize>> = vec![HoldBack::new(Rule::Causal, 3); 3];
            let deliver = |process: usize, message: usize, sent: &[(u16, u32, Vec<u32>)], queues: &mut Vec<HoldBack<usize>>, delivered: &mut Vec<Vec<usize>>| {
                let (sender, number, knew) = &sent[message];
                queues[process].take(Stamp { sender: *sender, number: *number, knew }, message, &mut delivered[process]);
            };
            for (process, which, sends) in steps {
                let me = usize::from(process);
                if sends {
                    let knew: Vec<u32> = (0..3).map(|of| delivered[me].iter().filter(|m| sent[**m].0 == of).count() as u32).collect();
                    sent.push((process, knew[me] + 1, knew));
                    let message = sent.len() - 1;
                    deliver(me, message, &sent, &mut queues, &mut delivered);
                    (0..3).filter(|other| *other != me).for_each(|other| due[other].push(message));
                } else if !due[me].is_empty() {
                    let place = which.index(due[me].len());
                    let message = due[me].remove(place);
                    deliver(me, message, &sent, &mut queues, &mut delivered);
                }
            }
            for me in 0..3 {
                while let Some(message) = due[me].pop() {
                    deliver(me, message, &sent, &mut queues, &mut delivered);
                }
                prop_assert_eq!(delivered[me].len(), sent.len());
                for (place, message) in delivered[me].iter().enumerate() {
                    let (sender, number, knew) = &sent[*message];
                    for of in 0..3u16 {
                        let before = delivered[me][..place].iter().filter(|m| sent[**m].0 == of).count() as u32;
                        let needs = if of == *sender { number - 1 } else { knew[usize::from(of)] };
                        prop_assert!(before >= needs);
                    }
                }
            }
        }
    }
}

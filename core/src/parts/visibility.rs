//! A queue whose messages are hidden while somebody works at them (Amazon SQS, Developer Guide, 2024): visibility timeout, receipts, receive counts, a
//! dead-letter queue; and, where it is a FIFO queue, message groups and deduplication ids.

use crate::sorted::Map;

/// What a queue goes by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rules {
    /// How long a message that was received is hidden, in µs.
    pub visibility_us: u64,
    /// A message that was received so often and shows again is moved to the dead-letter queue; 0 is never.
    pub most_receives: u32,
    /// Whether a receipt that is not the latest deletes its message all the same.
    pub old_receipts: bool,
    /// For a FIFO queue, how long a deduplication id is remembered, in µs.
    pub fifo_us: Option<u64>,
}

/// What became of a message that was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sent {
    /// It is in the queue.
    Stored,
    /// Its id has come before.
    Duplicate,
}

/// Which message somebody has received, by its number in the queue, and how often it had been received then.
pub type Receipt = (u32, u32);

/// A message that somebody receives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Received<T> {
    /// What was sent.
    pub item: T,
    /// What it is to be deleted by: another each time it is received.
    pub receipt: Receipt,
    /// How often it has been received, this time included.
    pub receives: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Entry<T> {
    number: u32,
    item: T,
    group: u16,
    receives: u32,
    /// From when on it can be received, in µs.
    visible_us: i64,
}

/// A queue and its dead-letter queue.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Queue<T> {
    /// In the order in which they were sent.
    entries: Vec<Entry<T>>,
    dead: Vec<T>,
    /// How many messages there have been, redriven ones once more.
    numbers: u32,
    /// Until when deduplication ids are remembered, in µs.
    ids: Map<u32, i64>,
}

impl<T: Clone> Queue<T> {
    /// An empty queue.
    pub fn new() -> Queue<T> {
        Queue { entries: Vec::new(), dead: Vec::new(), numbers: 0, ids: Map::new() }
    }

    /// How many messages there are, hidden ones among them; dead letters are not.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many are hidden: somebody works at them.
    pub fn hidden(&self, now_us: i64) -> usize {
        self.entries.iter().filter(|entry| entry.visible_us > now_us).count()
    }

    /// The dead letters, the oldest first.
    pub fn dead(&self) -> &[T] {
        &self.dead
    }

    /// What it takes, in bytes and roughly.
    pub fn weight(&self) -> u64 {
        (64 * (self.entries.len() + self.dead.len()) + 12 * self.ids.len()) as u64
    }

    /// A message is sent, of a group, with an id for deduplication.
    pub fn send(&mut self, now_us: i64, rules: &Rules, (item, group, id): (T, u16, u32)) -> Sent {
        if let Some(fifo_us) = rules.fifo_us {
            self.ids.retain(|_, until_us| *until_us > now_us);
            if self.ids.contains_key(&id) {
                return Sent::Duplicate;
            }
            self.ids.insert(id, now_us.saturating_add_unsigned(fifo_us));
        }
        self.push(now_us, item, group);
        Sent::Stored
    }

    fn push(&mut self, now_us: i64, item: T, group: u16) {
        self.numbers += 1;
        self.entries.push(Entry { number: self.numbers, item, group, receives: 0, visible_us: now_us });
    }

    /// The oldest that shows is dropped, or else the oldest: what was it?
    pub fn drop_oldest(&mut self, now_us: i64) -> Option<T> {
        let place = self.entries.iter().position(|entry| entry.visible_us <= now_us).unwrap_or(0);
        (place < self.entries.len()).then(|| self.entries.remove(place).item)
    }

    /// Messages that were received too often and show again are dead letters from now on: which?
    pub fn bury(&mut self, now_us: i64, rules: &Rules) -> Vec<T> {
        if rules.most_receives == 0 {
            return Vec::new();
        }
        let over = |entry: &Entry<T>| entry.receives >= rules.most_receives && entry.visible_us <= now_us;
        let buried: Vec<T> =
            self.entries.iter().filter(|entry| over(entry)).map(|entry| entry.item.clone()).collect();
        if !buried.is_empty() {
            self.entries.retain(|entry| !over(entry));
            self.dead.extend(buried.iter().cloned());
        }
        buried
    }

    /// The next message that shows, if any: it is hidden from now on. Of a FIFO queue's group nobody gets a second while one is hidden.
    pub fn receive(&mut self, now_us: i64, rules: &Rules) -> Option<Received<T>> {
        let place = (0..self.entries.len()).find(|place| {
            let entry = &self.entries[*place];
            let waits = || self.entries[..*place].iter().any(|earlier| earlier.group == entry.group);
            entry.visible_us <= now_us && !(rules.fifo_us.is_some() && waits())
        })?;
        let entry = &mut self.entries[place];
        entry.visible_us = now_us.saturating_add_unsigned(rules.visibility_us);
        entry.receives += 1;
        let receipt = (entry.number, entry.receives);
        Some(Received { item: entry.item.clone(), receipt, receives: entry.receives })
    }

    /// Who received it has done its work: the message is deleted, if the receipt is good; which one was it? A FIFO queue's receipt is good for as
    /// long as the message is hidden by it.
    pub fn delete(&mut self, now_us: i64, rules: &Rules, (number, receives): Receipt) -> Option<T> {
        let place = self.entries.iter().position(|entry| entry.number == number)?;
        let entry = &self.entries[place];
        let latest = entry.receives == receives;
        let hidden = rules.fifo_us.is_none() || entry.visible_us > now_us;
        (rules.old_receipts || latest && hidden).then(|| self.entries.remove(place).item)
    }

    /// When the next hidden message shows, in µs, if one is.
    pub fn next_us(&self, now_us: i64) -> Option<i64> {
        self.entries.iter().map(|entry| entry.visible_us).filter(|visible_us| *visible_us > now_us).min()
    }

    /// The dead letters go back to where they came from, as new messages (redrive): how many?
    pub fn redrive(&mut self, now_us: i64, group: impl Fn(&T) -> u16) -> usize {
        let back = std::mem::take(&mut self.dead);
        let count = back.len();
        for item in back {
            let group = group(&item);
            self.push(now_us, item, group);
        }
        count
    }
}

impl<T: Clone> Default for Queue<T> {
    fn default() -> Queue<T> {
        Queue::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDARD: Rules = Rules { visibility_us: 30, most_receives: 2, old_receipts: false, fifo_us: None };
    const FIFO: Rules = Rules { fifo_us: Some(300), ..STANDARD };

    fn with(rules: &Rules, items: &[(char, u16)]) -> Queue<char> {
        let mut queue = Queue::new();
        for (id, (item, group)) in items.iter().enumerate() {
            assert_eq!(queue.send(0, rules, (*item, *group, id as u32)), Sent::Stored);
        }
        queue
    }

    fn takes(queue: &mut Queue<char>, now_us: i64, rules: &Rules) -> Option<(char, u32)> {
        queue.receive(now_us, rules).map(|received| (received.item, received.receives))
    }

    #[test]
    fn a_message_is_hidden_until_it_is_deleted_or_its_time_is_over() {
        let mut queue = with(&STANDARD, &[('a', 0), ('b', 0)]);
        let a = queue.receive(0, &STANDARD).unwrap();
        assert_eq!(takes(&mut queue, 1, &STANDARD), Some(('b', 1)));
        assert_eq!(
            (takes(&mut queue, 29, &STANDARD), queue.hidden(29), queue.next_us(29)),
            (None, 2, Some(30))
        );
        assert_eq!(takes(&mut queue, 30, &STANDARD), Some(('a', 2)));
        // "Provide the most recently received handle; otherwise the request succeeds, but the message is not deleted."
        assert_eq!(queue.delete(31, &STANDARD, a.receipt), None);
        assert_eq!(queue.delete(31, &Rules { old_receipts: true, ..STANDARD }, a.receipt), Some('a'));
        assert_eq!(queue.len(), 1);
    }

    #[test]
    fn a_late_receipt_is_good_until_another_has_one_and_never_in_a_fifo_queue() {
        for (rules, deleted) in [(STANDARD, Some('a')), (FIFO, None)] {
            let mut queue = with(&rules, &[('a', 0)]);
            let a = queue.receive(0, &rules).unwrap();
            assert_eq!(queue.delete(40, &rules, a.receipt), deleted);
        }
    }

    #[test]
    fn who_is_received_too_often_is_a_dead_letter_and_can_be_sent_back() {
        let mut queue = with(&STANDARD, &[('a', 0)]);
        for now_us in [0, 30] {
            assert!(queue.bury(now_us, &STANDARD).is_empty());
            assert!(takes(&mut queue, now_us, &STANDARD).is_some());
        }
        assert!(queue.bury(59, &STANDARD).is_empty(), "it is still hidden");
        assert_eq!((queue.bury(60, &STANDARD), queue.len(), queue.dead()), (vec!['a'], 0, &['a'][..]));
        assert_eq!((queue.redrive(70, |_| 0), takes(&mut queue, 70, &STANDARD)), (1, Some(('a', 1))));
        let mut queue = with(&STANDARD, &[('a', 0)]);
        let never = Rules { most_receives: 0, ..STANDARD };
        for now_us in (0..300).step_by(30) {
            assert!(queue.bury(now_us, &never).is_empty() && takes(&mut queue, now_us, &never).is_some());
        }
    }

    #[test]
    fn a_group_goes_on_when_its_first_is_deleted() {
        let mut queue = with(&FIFO, &[('a', 0), ('b', 0), ('c', 1)]);
        let a = queue.receive(0, &FIFO).unwrap();
        assert_eq!(takes(&mut queue, 1, &FIFO), Some(('c', 1)), "b waits for a");
        assert_eq!(takes(&mut queue, 2, &FIFO), None);
        assert_eq!(queue.delete(3, &FIFO, a.receipt), Some('a'));
        assert_eq!(takes(&mut queue, 4, &FIFO), Some(('b', 1)));
        let mut standard = with(&STANDARD, &[('a', 0), ('b', 0)]);
        assert_eq!(
            [takes(&mut standard, 0, &STANDARD), takes(&mut standard, 0, &STANDARD)],
            [Some(('a', 1)), Some(('b', 1))]
        );
    }

    #[test]
    fn an_id_is_remembered_for_its_interval_even_when_its_message_is_gone() {
        let mut queue = with(&FIFO, &[('a', 0)]);
        let a = queue.receive(0, &FIFO).unwrap();
        queue.delete(1, &FIFO, a.receipt);
        assert_eq!(queue.send(299, &FIFO, ('a', 0, 0)), Sent::Duplicate);
        assert_eq!(queue.send(300, &FIFO, ('a', 0, 0)), Sent::Stored);
        let mut standard = with(&STANDARD, &[('a', 0)]);
        assert_eq!((standard.send(1, &STANDARD, ('a', 0, 0)), standard.len()), (Sent::Stored, 2));
        assert_eq!(
            (standard.drop_oldest(1), standard.drop_oldest(1), standard.drop_oldest(1)),
            (Some('a'), Some('a'), None)
        );
    }
}

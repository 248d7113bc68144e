//! What is known of every message: where it is, who has it in hand, what has become of it.

use super::item::Item;
use super::params::Channel;
use super::protocol::Config;
use crate::cast::NodeId;
use crate::sorted::{Map, Set};
use crate::trace::Mark;

/// Why nobody will get a message any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gone {
    /// It was deleted from the queue before it was processed.
    Deleted,
    /// The queue was full and dropped it.
    Dropped,
    /// The disk that it was on is gone.
    Disk,
    /// The leader's log does not have it any more.
    Truncated,
    /// The group has committed an offset past it.
    Passed,
    /// It never came to a broker, or to a subscriber, that would have taken it.
    Missed,
    /// Its subscriber could not process it.
    Failed,
}

/// A message; where each subscriber gets its own, a subscriber's.
#[derive(Clone, Debug)]
pub struct Track {
    /// Which.
    pub item: Item,
    /// Whose, where each subscriber gets its own.
    pub subscriber: u16,
    /// When its producer had it to send.
    pub sent: Mark,
    /// When its producer was told that it is accepted.
    pub told: Option<Mark>,
    /// The partition that it was stored in.
    pub partition: Option<u16>,
    /// When work at it began first, how often it did, how often it ended well.
    pub begun_us: Option<u64>,
    /// See there.
    pub begins: u32,
    /// See there.
    pub worked: u32,
    /// When it took effect first.
    pub applied: Option<Mark>,
    /// How often, since the store last forgot.
    pub effects: u32,
    /// Consumers that have it in hand.
    pub hands: Vec<NodeId>,
    /// Writes of its effect that are under way.
    pub on_way: u32,
    /// Nobody else will get it.
    pub gone: Option<(Mark, Gone)>,
    /// It is a dead letter.
    pub dead: bool,
    /// It is lost, and counted.
    pub lost: bool,
}

impl Track {
    /// Whether it has been accepted and waits for its effect.
    pub fn waits(&self) -> bool {
        self.told.is_some() && self.applied.is_none() && !self.dead && !self.lost
    }

    /// Whether nothing can come of it any more.
    pub fn is_over(&self) -> bool {
        self.told.is_some()
            && self.applied.is_none()
            && !self.dead
            && !self.lost
            && self.hands.is_empty()
            && self.on_way == 0
            && self.gone.is_some()
    }
}

/// The log that counts: of the leader of the latest epoch.
struct Lead {
    epoch: u32,
    broker: NodeId,
    log: Vec<u32>,
}

/// All messages of a run, and logs as far as their records are known.
pub struct Tracks {
    all: Vec<Track>,
    /// How many subscribers get each.
    pub each: usize,
    /// By consumer: what it has in hand, by place.
    hands: Map<NodeId, Vec<usize>>,
    /// By broker and partition: messages, by their ids.
    logs: Map<(NodeId, u16), Vec<u32>>,
    /// By partition: the log of the latest leader, and up to where the group has committed.
    lead: Map<u16, Lead>,
    committed: Map<u16, usize>,
    /// What waits for its effect: when it was accepted, and its place.
    open: Set<(u64, usize)>,
}

impl Tracks {
    /// No message yet.
    pub fn new(config: &Config) -> Tracks {
        let pubsub = config.params.channel == Channel::Pubsub;
        Tracks {
            all: Vec::new(),
            each: if pubsub { usize::from(config.consumers()) } else { 1 },
            hands: Map::new(),
            logs: Map::new(),
            lead: Map::new(),
            committed: Map::new(),
            open: Set::new(),
        }
    }

    /// What it takes, in bytes and roughly.
    pub fn weight(&self) -> u64 {
        176 * self.all.len() as u64
    }

    /// All messages.
    pub fn all(&self) -> &[Track] {
        &self.all
    }

    /// A message by its place.
    pub fn get(&self, place: usize) -> Option<&Track> {
        self.all.get(place)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, place: usize) -> Option<&mut Track> {
        self.all.get_mut(place)
    }

    /// The place of a message, of a subscriber.
    pub fn place(&self, id: u32, subscriber: u16) -> usize {
        id as usize * self.each + usize::from(subscriber)
    }

    /// The places of a message, of all subscribers.
    pub fn places(&self, id: u32) -> std::ops::Range<usize> {
        let from = id as usize * self.each;
        from..(from + self.each).min(self.all.len())
    }

    /// A producer begins to send one.
    pub fn sends(&mut self, sent: Mark, item: Item) {
        for subscriber in 0..self.each {
            self.all.push(Track {
                item,
                subscriber: subscriber as u16,
                sent,
                told: None,
                partition: None,
                begun_us: None,
                begins: 0,
                worked: 0,
                applied: None,
                effects: 0,
                hands: Vec::new(),
                on_way: 0,
                gone: None,
                dead: false,
                lost: false,
            });
        }
    }

    /// What has changed of a message may have it wait for its effect, or wait no more.
    pub fn settle(&mut self, place: usize) {
        let Some(track) = self.all.get(place) else { return };
        let Some(told) = track.told else { return };
        let key = (told.at_us, place);
        if track.waits() {
            self.open.insert(key)
        } else {
            self.open.remove(&key)
        };
    }

    /// What waits for its effect, the longest first.
    pub fn open(&self) -> impl ExactSizeIterator<Item = &(u64, usize)> {
        self.open.iter()
    }

    /// A consumer takes one up, or has nothing to do with it any more.
    pub fn hold(&mut self, consumer: NodeId, place: usize, holds: bool) {
        let Some(track) = self.all.get_mut(place) else { return };
        let has = self.hands.entry(consumer).or_default();
        if holds {
            track.hands.push(consumer);
            has.push(place);
        } else {
            if let Some(at) = track.hands.iter().position(|hand| *hand == consumer) {
                track.hands.remove(at);
            }
            if let Some(at) = has.iter().position(|held| *held == place) {
                has.remove(at);
            }
        }
    }

    /// A consumer goes down: what it had in hand.
    pub fn drops(&mut self, consumer: NodeId) -> Vec<usize> {
        let had = self.hands.remove(&consumer).unwrap_or_default();
        for place in &had {
            if let Some(track) = self.all.get_mut(*place) {
                track.hands.retain(|hand| *hand != consumer);
            }
        }
        had
    }

    /// A follower has a record more in a partition's log.
    pub fn followed(&mut self, broker: NodeId, partition: u16, id: u32) {
        self.logs.entry((broker, partition)).or_default().push(id);
    }

    /// A broker that takes itself for a partition's leader has a record more: whether that is in the log that counts, or will be cut off.
    pub fn appended(&mut self, broker: NodeId, partition: u16, id: u32) -> bool {
        self.followed(broker, partition, id);
        for place in self.places(id) {
            self.all[place].partition = Some(partition);
        }
        let Some(lead) = self.lead.get_mut(&partition) else { return false };
        if lead.broker == broker {
            lead.log.push(id);
        }
        lead.broker == broker || lead.log.contains(&id)
    }

    /// A broker's log ends there now.
    pub fn truncated(&mut self, broker: NodeId, partition: u16, to: u32) {
        self.logs.entry((broker, partition)).or_default().truncate(to as usize);
    }

    /// A broker leads a partition: the messages that the log that counts has had, and now has not; and those that it has now, and had not.
    pub fn leads(&mut self, broker: NodeId, partition: u16, epoch: u32) -> (Vec<u32>, Vec<u32>) {
        let now = self.logs.get(&(broker, partition)).cloned().unwrap_or_default();
        let fresh = || Lead { epoch, broker, log: Vec::new() };
        let lead = self.lead.entry(partition).or_insert_with(fresh);
        if epoch < lead.epoch {
            return (Vec::new(), Vec::new());
        }
        let before = std::mem::replace(lead, Lead { epoch, broker, log: now.clone() }).log;
        let same = before.iter().zip(&now).take_while(|(before, now)| before == now).count();
        if let Some(committed) = self.committed.get_mut(&partition) {
            *committed = (*committed).min(same);
        }
        let only =
            |of: &[u32], other: &[u32]| of[same..].iter().copied().filter(|id| !other.contains(id)).collect();
        (only(&before, &now), only(&now, &before))
    }

    /// A group has committed an offset: the messages that it has passed since it did last.
    pub fn committed(&mut self, partition: u16, offset: u32) -> Vec<u32> {
        let log = self.lead.get(&partition).map_or(&[][..], |lead| &lead.log[..]);
        let from = self.committed.get(&partition).copied().unwrap_or(0).min(log.len());
        let upto = (offset as usize).min(log.len());
        let passed = log.get(from..upto).unwrap_or(&[]).to_vec();
        // Who is still worked at below the offset is looked at when its consumer ends that, or goes down.
        self.committed.insert(partition, upto.max(from));
        passed
    }

    /// The store has forgotten all that it had taken.
    pub fn forget(&mut self) {
        for track in &mut self.all {
            track.effects = 0;
        }
    }
}

impl std::ops::Index<usize> for Tracks {
    type Output = Track;

    fn index(&self, place: usize) -> &Track {
        &self.all[place]
    }
}

//! Watches a run: keeps track of messages, feeds the laws, counts, and measures.

use super::item::Item;
use super::laws::Laws;
use super::message::{Deed, Msg, Response, Speech};
use super::meta::Figures;
use super::params::{Acks, Channel, Load};
use super::protocol::Config;
use super::tracks::{Gone, Track, Tracks};
use crate::cast::{NodeId, Sort};
use crate::kits::object::Times;
use crate::lab::{Tally, Verdict};
use crate::sim::{Observer, Seen};
use crate::stats::{Series, SeriesRecorder};
use crate::trace::{Mark, World};

/// Counts and measures of a run, and its laws.
pub struct Meter {
    config: Config,
    half_us: u64,
    laws: Laws,
    tracks: Tracks,
    last: Mark,
    figures: Figures,
    enqueue: Times,
    waits: Times,
    lags: Times,
    open: SeriesRecorder,
    /// Since when a consumer is up again, while something waits.
    drains: Option<u64>,
    /// Since when the group rebalances.
    stopped: Option<u64>,
    /// How many messages there are yet to send, where there are few.
    left: Option<i64>,
    over: bool,
}

fn add(figure: &mut Option<i64>, more: i64) {
    *figure = Some(figure.unwrap_or(0) + more);
}

impl Meter {
    /// A meter for a run with this configuration.
    pub fn new(config: &Config) -> Meter {
        let zero = Some(0);
        let figures = Figures {
            accepted: zero,
            processed: zero,
            dead: zero,
            deliveries: zero,
            copies: zero,
            lag_messages: zero,
            stopped_ms: zero,
            moved_partitions: zero,
            late_acks: zero,
            messages: zero,
            ..Figures::default()
        };
        let left = match config.params.load {
            Load::Steady => None,
            Load::Few => Some(config.params.count.into()),
            Load::Probe => Some(1),
        };
        Meter {
            half_us: if left.is_some() { 0 } else { config.stop_us / 2 },
            config: config.clone(),
            laws: Laws::new(config.clone()),
            tracks: Tracks::new(config),
            last: Mark::default(),
            figures,
            enqueue: Times::default(),
            waits: Times::default(),
            lags: Times::default(),
            open: SeriesRecorder::new(1_000),
            drains: None,
            stopped: None,
            left,
            over: false,
        }
    }

    /// Tallies in the order of the lab's meta, charts, and lights.
    pub fn results(mut self, ended_us: u64) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        self.laws.tick(Mark { at_us: ended_us.max(self.last.at_us), ..self.last }, &self.tracks);
        let count = |holds: &dyn Fn(&Track) -> bool| {
            Some(self.tracks.all().iter().filter(|track| holds(track)).count() as i64)
        };
        let stopped = self.stopped.map_or(0, |since_us| ended_us.saturating_sub(since_us) as i64);
        let figures = Figures {
            lost: Some(self.laws.lost),
            processed_twice: count(&|track| track.worked > 1),
            redelivered: count(&|track| track.begins > 1),
            effects_twice: count(&|track| track.effects > 1),
            out_of_order: Some(self.laws.out_of_order.into()),
            enqueue_ms: self.enqueue.mean_us(),
            wait_ms: self.waits.mean_us(),
            lag_ms: self.lags.quantile_us(1_000_000),
            stopped_ms: self.figures.stopped_ms.map(|us| us + stopped),
            ..self.figures
        };
        let series = vec![
            self.open.series("not processed", "messages"),
            self.enqueue.series("accepted after"),
            self.lags.series("processed after"),
        ];
        (figures.tallies(), series, self.laws.verdicts())
    }

    /// A message may be over, or wait for its effect no more.
    fn look(&mut self, at: Mark, place: usize, because: &str) {
        if self.tracks.get(place).is_some_and(|track| track.is_over()) {
            if let Some(track) = self.tracks.get_mut(place) {
                track.lost = true;
            }
            self.laws.loses(at, &self.tracks[place], because);
        }
        let before = self.tracks.open().len();
        self.tracks.settle(place);
        let now = self.tracks.open().len();
        if now != before {
            self.open.add(at.at_us, now as i64);
            self.figures.lag_messages = self.figures.lag_messages.max(Some(now as i64));
        }
        if let Some(since_us) = self.drains.filter(|_| now == 0) {
            self.figures.drain_ms = Some((at.at_us - since_us) as i64);
            self.drains = None;
        }
    }

    /// Nobody else will get a message.
    fn gone(&mut self, at: Mark, id: u32, why: Gone) {
        for place in self.tracks.places(id) {
            if let Some(track) = self.tracks.get_mut(place) {
                track.gone.get_or_insert((at, why));
            }
            self.look(at, place, "");
        }
    }

    fn is_consumer(&self, node: NodeId) -> bool {
        let (sort, number) = self.config.cast.sort(node);
        sort == Sort::Coordinator && number < self.config.consumers()
    }

    fn here(&self, node: NodeId, item: Item) -> usize {
        self.tracks.place(item.id, self.config.subscriber(node))
    }

    fn deed(&mut self, at: Mark, node: NodeId, deed: Deed) {
        match deed {
            Deed::Sends(item) => {
                self.tracks.sends(at, item);
                self.laws.sends(at, self.tracks.place(item.id, 0));
            }
            Deed::Stored(item, partition) => {
                add(&mut self.figures.copies, 1);
                match partition {
                    Some(partition) if !self.tracks.appended(node, partition, item.id) => {
                        self.gone(at, item.id, Gone::Truncated);
                    }
                    _ => self.back(item.id, at),
                }
            }
            Deed::Followed(item, partition) => self.tracks.followed(node, partition, item.id),
            Deed::Deleted(item) => self.gone(at, item.id, Gone::Deleted),
            Deed::Dropped(item) => self.gone(at, item.id, Gone::Dropped),
            Deed::Ignored(item) => self.gone(at, item.id, Gone::Missed),
            Deed::Dead(item) => {
                add(&mut self.figures.dead, 1);
                for place in self.tracks.places(item.id) {
                    if let Some(track) = self.tracks.get_mut(place) {
                        track.dead = true;
                    }
                    self.look(at, place, "");
                }
            }
            Deed::Redriven(item) => self.back(item.id, at),
            Deed::Late => add(&mut self.figures.late_acks, 1),
            Deed::Truncated(partition, to) => self.truncated(at, node, partition, to),
            Deed::Leads(partition, epoch) => {
                let (gone, back) = self.tracks.leads(node, partition, epoch);
                for id in gone {
                    self.gone(at, id, Gone::Truncated);
                }
                for id in back {
                    self.back(id, at);
                }
            }
            Deed::Holds(item) => {
                let place = self.here(node, item);
                self.tracks.hold(node, place, true);
            }
            Deed::Lets(item) => {
                let place = self.here(node, item);
                self.tracks.hold(node, place, false);
                self.fails(at, place);
                self.look(at, place, "");
            }
            Deed::Begins(item) => self.begins(at, self.here(node, item)),
            Deed::Worked(item) => {
                let place = self.here(node, item);
                if let Some(track) = self.tracks.get_mut(place) {
                    track.worked += 1;
                }
            }
            Deed::Applied(item, subscriber) => self.applied(at, self.tracks.place(item.id, subscriber)),
            Deed::Forgot => self.tracks.forget(),
            Deed::Committed(partition, offset) => {
                for id in self.tracks.committed(partition, offset) {
                    self.gone(at, id, Gone::Passed);
                }
            }
            Deed::Rebalances => {
                self.stopped.get_or_insert(at.at_us);
            }
            Deed::Generation(moved, idle) => {
                if let Some(since_us) = self.stopped.take() {
                    add(&mut self.figures.stopped_ms, (at.at_us - since_us) as i64);
                }
                if self.figures.idle_consumers.is_some() {
                    add(&mut self.figures.moved_partitions, moved.into());
                }
                self.figures.idle_consumers = Some(idle.into());
            }
        }
    }

    /// A message is in a queue, or in a log, that somebody reads.
    fn back(&mut self, id: u32, at: Mark) {
        for place in self.tracks.places(id) {
            if let Some(track) = self.tracks.get_mut(place) {
                (track.gone, track.dead) = (None, false);
            }
            self.look(at, place, "");
        }
    }

    /// A broker's log ends there now; a queue's broker has come up with an empty disk.
    fn truncated(&mut self, at: Mark, node: NodeId, partition: u16, to: u32) {
        if self.config.params.channel == Channel::Log {
            return self.tracks.truncated(node, partition, to);
        }
        for place in 0..self.tracks.all().len() {
            if let Some(track) = self.tracks.get_mut(place) {
                track.dead = false;
                track.gone.get_or_insert((at, Gone::Disk));
            }
            self.look(at, place, "");
        }
    }

    fn begins(&mut self, at: Mark, place: usize) {
        add(&mut self.figures.deliveries, 1);
        let half_us = self.half_us;
        let Some(track) = self.tracks.get_mut(place) else { return };
        track.begins += 1;
        if track.begun_us.is_none() {
            track.begun_us = Some(at.at_us);
            let sent_us = track.sent.at_us;
            if sent_us >= half_us {
                self.waits.add(at.at_us, at.at_us - sent_us);
            }
        }
        self.laws.begins(at, &self.tracks[place], place);
    }

    fn applied(&mut self, at: Mark, place: usize) {
        let Some(track) = self.tracks.get_mut(place) else { return };
        track.effects += 1;
        if track.applied.is_none() {
            track.applied = Some(at);
            add(&mut self.figures.processed, 1);
            self.lags.add(at.at_us, at.at_us - track.sent.at_us);
        }
        self.laws.applies(at, &self.tracks[place]);
        self.look(at, place, "");
    }

    /// The effect of a message is on its way to the store, or is not any more.
    fn on_way(&mut self, at: Mark, from: NodeId, item: Item, begins: bool) {
        let place = self.here(from, item);
        if let Some(track) = self.tracks.get_mut(place) {
            track.on_way = if begins { track.on_way + 1 } else { track.on_way.saturating_sub(1) };
        }
        if !begins {
            self.look(at, place, ", and what came of it did not reach the store");
        }
    }

    fn told(&mut self, at: Mark, id: u32, response: Response) {
        let places = self.tracks.places(id);
        let Some(track) = self.tracks.get(places.start) else { return };
        self.laws.told(track, places.start);
        if response == Response::Accepted {
            add(&mut self.figures.accepted, 1);
            self.enqueue.add(at.at_us, at.at_us - track.sent.at_us);
            for place in places {
                if let Some(track) = self.tracks.get_mut(place) {
                    track.told = Some(at);
                }
                self.look(at, place, "");
            }
        } else {
            add_left(&mut self.left);
        }
    }

    /// Who had a message in hand lets it go: of a copy there is no other.
    fn fails(&mut self, at: Mark, place: usize) {
        let copied = self.config.params.channel == Channel::Pubsub;
        if let Some(track) = self.tracks.get_mut(place).filter(|_| copied) {
            track.gone.get_or_insert((at, Gone::Failed));
        }
    }

    /// A copy dies on its way, and nobody sends it again.
    fn missed(&mut self, at: Mark, place: usize) {
        if let Some(track) = self.tracks.get_mut(place) {
            track.gone.get_or_insert((at, Gone::Missed));
        }
        self.look(at, place, "");
    }

    /// Whether all that there was to send is settled.
    fn is_settled(&self) -> bool {
        let Some(left) = self.left else { return false };
        let queue = self.config.params.channel == Channel::Queue;
        let settled = |track: &&Track| {
            let done = if queue { track.gone.is_some() } else { track.applied.is_some() };
            track.told.is_some() && (done || track.dead || track.lost) && track.hands.is_empty()
        };
        let done = self.tracks.all().iter().filter(settled).count() / self.tracks.each;
        done as i64 >= left
    }
}

/// One less is to be waited for.
fn add_left(left: &mut Option<i64>) {
    if let Some(left) = left {
        *left -= 1;
    }
}

impl Observer<Speech> for Meter {
    fn done(&self) -> bool {
        self.over
    }

    fn weight(&self) -> u64 {
        self.tracks.weight()
    }

    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, _: &World) {
        self.last = mark;
        self.laws.tick(mark, &self.tracks);
        match seen {
            Seen::Mark { node, mark: deed, .. } => self.deed(mark, node, deed),
            Seen::Return { op, response, .. } => self.told(mark, op.0, *response),
            Seen::Abandon { op, .. } => {
                let place = self.tracks.places(op.0).start;
                if let Some(track) = self.tracks.get(place) {
                    self.laws.told(track, place);
                }
                add_left(&mut self.left);
            }
            Seen::Send { from, msg, .. } => {
                add(&mut self.figures.messages, 1);
                if let Msg::Effect { item, .. } = msg {
                    self.on_way(mark, from, *item, true);
                }
            }
            Seen::Deliver { from, msg: Msg::Effect { item, .. }, .. } => {
                // Whatever the store makes of it, it makes before anything else happens.
                let place = self.here(from, *item);
                if let Some(track) = self.tracks.get_mut(place) {
                    track.on_way = track.on_way.saturating_sub(1);
                }
            }
            Seen::Lose { from, to, msg, .. } => match msg {
                Msg::Effect { item, .. } => self.on_way(mark, from, *item, false),
                Msg::Copy { item } => self.missed(mark, self.here(to, *item)),
                Msg::Send { entry, .. } if self.config.params.acks() == Acks::None => {
                    self.missed(mark, self.tracks.place(entry.item.id, 0));
                }
                _ => {}
            },
            Seen::Crash(node) if self.is_consumer(node) => {
                for place in self.tracks.drops(node) {
                    self.fails(mark, place);
                    self.look(mark, place, ", and who had it in hand went down");
                }
            }
            Seen::Boot(node) if mark.at_us > 0 && self.is_consumer(node) => {
                self.drains = (self.tracks.open().len() > 0).then_some(mark.at_us);
            }
            _ => {}
        }
        self.over |= self.left.is_some() && self.is_settled();
    }
}

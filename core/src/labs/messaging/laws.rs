//! The promises: each with its light, fed as a run goes on.

use super::params::{Channel, Switch};
use super::protocol::Config;
use super::tracks::{Gone, Track, Tracks};
use crate::cast::NodeId;
use crate::check::light::{Light, evidence};
use crate::lab::{State, Verdict, key_name};
use crate::sorted::{Map, Set};
use crate::time::DurationUs;
use crate::trace::Mark;

/// The lights.
pub struct Laws {
    config: Config,
    kept: Light,
    once: Light,
    order: Light,
    moving: Light,
    lag: Light,
    caller: Light,
    /// By key and subscriber: the latest message that took effect, and when.
    last: Map<(u16, u16), (u32, Mark)>,
    /// Bad messages that have been tried at least twice, by where they stand in the way: since when, and at which place.
    bad: Map<u16, (Mark, usize)>,
    /// Messages whose producers do not know, by when they were sent.
    asking: Set<(u64, usize)>,
    /// How many messages have been lost.
    pub lost: i64,
    /// Whether two took effect in the wrong order.
    pub out_of_order: bool,
}

impl Laws {
    /// Laws for a run that is about to begin.
    pub fn new(config: Config) -> Laws {
        let light = |id, why| Light::new(id, State::Kept, why);
        Laws {
            config,
            kept: light("kept", "No message has been lost whose producer was told that it is accepted."),
            once: light("once", "No message has taken effect twice."),
            order: light("order", "Messages of one key have taken effect in their order."),
            moving: light("moving", "No message has waited for too long behind one that nobody can process."),
            lag: light("lag", "No accepted message has waited for too long."),
            caller: light("caller", "Producers have known in time that their messages are accepted."),
            last: Map::new(),
            bad: Map::new(),
            asking: Set::new(),
            lost: 0,
            out_of_order: false,
        }
    }

    /// The lights, in the order of the lab's promises.
    pub fn verdicts(&self) -> Vec<Verdict> {
        [&self.kept, &self.once, &self.order, &self.moving, &self.lag, &self.caller]
            .map(|light| light.clone().verdict())
            .into()
    }

    fn name(&self, node: NodeId) -> String {
        self.config.cast.name(node).to_string()
    }

    /// For whom, where each subscriber has its own.
    fn to(&self, track: &Track) -> String {
        match self.config.params.channel {
            Channel::Pubsub => format!(" for {}", self.name(self.config.consumer(track.subscriber.into()))),
            _ => String::new(),
        }
    }

    /// Where a message stands in line with others that cannot pass it, if anywhere.
    fn lane(&self, track: &Track) -> Option<u16> {
        match self.config.params.channel {
            Channel::Log => track.partition,
            Channel::Queue if self.config.params.fifo == Switch::On => Some(track.item.key),
            _ => None,
        }
    }

    /// Time has passed, up to the next record.
    pub fn tick(&mut self, now: Mark, tracks: &Tracks) {
        let (late_us, answer_us) = (self.config.params.late, self.config.params.answer);
        let first = self.asking.iter().next().copied().filter(|(at_us, _)| now.at_us > at_us + answer_us);
        if let Some(track) = first.and_then(|(_, place)| tracks.get(place)) {
            self.unanswered(now, track);
        }
        let late = |at_us: u64| now.at_us > at_us + late_us;
        let Some((at_us, place)) = tracks.open().next().copied().filter(|(at_us, _)| late(*at_us)) else {
            return;
        };
        let waited = &tracks[place];
        self.lag.break_(now, || {
            let limit = DurationUs(late_us);
            let why =
                format!("{} was accepted more than {limit} ago, and nobody has processed it.", waited.item);
            let steps = vec![
                evidence(waited.sent.record, format!("{} is sent", waited.item)),
                evidence(
                    now.record,
                    format!("it is not processed {} after it was accepted", DurationUs(now.at_us - at_us)),
                ),
            ];
            (why, steps)
        });
        if self.moving.state() != State::Kept || self.bad.is_empty() {
            return;
        }
        let behind =
            tracks.open().take_while(|(at_us, _)| late(*at_us)).map(|(_, place)| &tracks[*place]).find_map(
                |track| {
                    let (since, bad) = self.lane(track).and_then(|lane| self.bad.get(&lane).copied())?;
                    (!track.item.bad && tracks[bad].sent < track.sent && tracks[bad].waits()).then_some((
                        track,
                        since,
                        &tracks[bad],
                    ))
                },
            );
        if let Some((track, since, bad)) = behind {
            self.moving.break_(now, || {
                let why = format!("{} waits behind {}, which nobody can process: it has been tried {} times, and nothing passes it.", track.item, bad.item, bad.begins);
                let steps = vec![
                    evidence(bad.sent.record, format!("{} is sent", bad.item)),
                    evidence(since.record, format!("{} is tried again", bad.item)),
                    evidence(now.record, format!("{} still waits", track.item)),
                ];
                (why, steps)
            });
        }
    }

    fn unanswered(&mut self, now: Mark, track: &Track) {
        let limit = DurationUs(self.config.params.answer);
        self.caller.break_(now, || {
            let why =
                format!("{}'s producer does not know after {limit} whether it is accepted.", track.item);
            let steps = vec![
                evidence(track.sent.record, format!("{} is sent", track.item)),
                evidence(now.record, "its producer still waits"),
            ];
            (why, steps)
        });
    }

    /// A producer begins to send a message.
    pub fn sends(&mut self, at: Mark, place: usize) {
        self.asking.insert((at.at_us, place));
    }

    /// A producer knows what became of its message, or has given up.
    pub fn told(&mut self, track: &Track, place: usize) {
        self.asking.remove(&(track.sent.at_us, place));
    }

    /// Work at a message begins.
    pub fn begins(&mut self, at: Mark, track: &Track, place: usize) {
        let lane = self.lane(track).filter(|_| track.item.bad && track.begins >= 2);
        let news = |lane: &u16| self.bad.get(lane).is_none_or(|(_, other)| *other != place);
        if let Some(lane) = lane.filter(news) {
            self.bad.insert(lane, (at, place));
        }
    }

    /// A message takes effect, for the first time or once more.
    pub fn applies(&mut self, at: Mark, track: &Track) {
        let (item, to) = (track.item, self.to(track));
        if track.effects > 1 {
            let first = track.applied;
            self.once.break_(at, || {
                let why = format!("{item} takes effect a second time{to}.");
                let first = first.map(|first| evidence(first.record, format!("{item} takes effect")));
                (why, first.into_iter().chain([evidence(at.record, "it takes effect again")]).collect())
            });
        }
        if track.applied != Some(at) || track.effects > 1 {
            return;
        }
        let (last, when) = *self.last.entry((item.key, track.subscriber)).or_insert((item.number, at));
        if last > item.number {
            self.out_of_order = true;
            self.order.break_(at, || {
                let key = key_name(item.key);
                let why = format!("{item} takes effect after {key}{last}, which was sent after it{to}.");
                (
                    why,
                    vec![
                        evidence(when.record, format!("{key}{last} takes effect")),
                        evidence(at.record, format!("{item} takes effect")),
                    ],
                )
            });
        } else {
            self.last.insert((item.key, track.subscriber), (item.number, at));
        }
    }

    /// A message is lost: it was accepted, nobody has processed it, and nobody ever will.
    pub fn loses(&mut self, at: Mark, track: &Track, because: &str) {
        self.lost += 1;
        let Some((since, gone)) = track.gone else { return };
        let (item, to) = (track.item, self.to(track));
        let how = match gone {
            Gone::Deleted => "it had been deleted from the queue before it was processed",
            Gone::Dropped => "the queue was full, and dropped it",
            Gone::Disk => "it went with the disk that it was on",
            Gone::Truncated => "the log of the new leader does not have it",
            Gone::Passed => "its group has committed an offset past it, and will not read it again",
            Gone::Missed => "it was sent once, and nobody was there to take it",
            Gone::Failed => "the work at it failed, and there is no other copy",
        };
        self.kept.break_(at, || {
            let why = format!("{item} was accepted, and is lost{to}: {how}{because}.");
            let mut steps = vec![evidence(track.sent.record, format!("{item} is sent"))];
            steps.extend(
                track.told.map(|told| evidence(told.record, "its producer is told that it is accepted")),
            );
            steps.push(evidence(since.record, how));
            steps.push(evidence(at.record, "it is lost"));
            crate::sorted::sort_by_key(&mut steps, |step| step.record);
            (why, steps)
        });
    }
}

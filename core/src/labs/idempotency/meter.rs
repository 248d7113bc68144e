//! Watches a run: keeps track of operations, feeds the laws, counts, and measures.

use super::laws::Laws;
use super::message::{Deed, Msg, Response, Speech};
use super::meta::Figures;
use super::protocol::Config;
use super::track::Track;
use crate::kits::object::Times;
use crate::lab::{Tally, Verdict};
use crate::sim::{Observer, Seen};
use crate::sorted::Map;
use crate::stats::{Series, SeriesRecorder};
use crate::trace::{Mark, World};

/// Counts and measures of a run, and its laws.
pub struct Meter {
    config: Config,
    laws: Laws,
    /// Doing it twice is not what is meant by doing it once.
    repeatable: bool,
    outside: bool,
    tracks: Vec<Track>,
    /// How many operations each client has begun.
    asked: Map<u16, u32>,
    /// Whose a change of the database is, by its number.
    owners: Map<u32, u32>,
    /// Who wrote x last.
    writer: Option<u32>,
    figures: Figures,
    waits: Times,
    executions: SeriesRecorder,
    stored: SeriesRecorder,
}

fn one_more(figure: &mut Option<i64>) {
    *figure = Some(figure.unwrap_or(0) + 1);
}

impl Meter {
    /// A meter for a run with this configuration.
    pub fn new(config: &Config) -> Meter {
        let zero = Some(0);
        let figures = Figures {
            executions: zero,
            replayed: zero,
            conflicts_409: zero,
            mismatch_422: zero,
            failed_412: zero,
            lost_updates: zero,
            undone: zero,
            keys_stored: zero,
            keys_open: zero,
            crashes: zero,
            requests: zero,
            ..Figures::default()
        };
        Meter {
            config: config.clone(),
            laws: Laws::new(&config.params),
            repeatable: config.params.verb().is_idempotent(),
            outside: config.params.has_provider(),
            tracks: Vec::new(),
            asked: Map::new(),
            owners: Map::new(),
            writer: None,
            figures,
            waits: Times::default(),
            executions: SeriesRecorder::new(1_000),
            stored: SeriesRecorder::new(1_000),
        }
    }

    /// Tallies in the order of the lab's meta, charts, and lights.
    pub fn results(self) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        let count = |holds: &dyn Fn(&Track) -> bool| {
            Some(self.tracks.iter().filter(|track| holds(track)).count() as i64)
        };
        let outside = self.outside;
        let figures = Figures {
            twice: count(&|track| track.effects.max(track.charges) > 1),
            told_not_done: count(&|track| track.succeeded && track.executed(outside) == 0),
            waits_ms: self.waits.mean_us(),
            ..self.figures
        };
        let series = vec![
            self.executions.series("executions", "executions"),
            self.stored.series("keys stored", "keys"),
            self.waits.series("told after"),
        ];
        (figures.tallies(), series, self.laws.verdicts())
    }

    fn executed(&mut self, mark: Mark) {
        one_more(&mut self.figures.executions);
        self.executions.add(mark.at_us, self.figures.executions.unwrap_or(0));
    }

    fn deed(&mut self, mark: Mark, op: usize, deed: Deed) {
        let Some(track) = self.tracks.get_mut(op) else { return };
        match deed {
            Deed::Rests(version) => (track.read, track.rests) = (Some(mark), Some(version)),
            Deed::Done { outcome, was } => {
                let (before, writer) = (*track, self.writer.map(|writer| writer as usize));
                track.effects += 1;
                track.done.get_or_insert((mark, outcome));
                track.latest = Some(mark);
                let other =
                    writer.filter(|writer| *writer != op).and_then(|writer| self.tracks.get(writer).copied());
                self.owners.insert(outcome.receipt, op as u32);
                if !self.outside {
                    self.executed(mark);
                }
                if self.repeatable {
                    self.writer = Some(op as u32);
                    match other {
                        Some(other) if before.effects > 0 => {
                            one_more(&mut self.figures.undone);
                            self.laws.returns(mark, &before, &other);
                        }
                        Some(other) if before.rests.is_some_and(|rests| rests != was) => {
                            one_more(&mut self.figures.lost_updates);
                            self.laws.loses(mark, &before, &other);
                        }
                        _ => {}
                    }
                } else if before.effects > 0 {
                    self.laws.repeats(mark, &before, false);
                }
            }
            Deed::Charged => {
                let before = *track;
                track.charges += 1;
                track.charged.get_or_insert(mark);
                self.executed(mark);
                if before.charges > 0 {
                    self.laws.repeats(mark, &before, true);
                }
            }
            Deed::Answers(outcome, replay) => {
                let figures = &mut self.figures;
                match outcome.status {
                    _ if replay => one_more(&mut figures.replayed),
                    409 => one_more(&mut figures.conflicts_409),
                    412 => one_more(&mut figures.failed_412),
                    422 => one_more(&mut figures.mismatch_422),
                    _ => {}
                }
            }
            Deed::Blocked => {
                track.blocked.get_or_insert(mark);
            }
            Deed::Works => track.blocked = None,
            Deed::Stores(_) | Deed::Dies => {}
        }
    }

    fn told(&mut self, mark: Mark, op: usize, response: Response) {
        let Some(track) = self.tracks.get_mut(op) else { return };
        self.waits.add(mark.at_us, mark.at_us - track.began.at_us);
        let open = match response {
            Response::Answered(outcome) => {
                track.succeeded = outcome.is_success();
                outcome.status == 409
            }
            Response::Seen => {
                track.succeeded = true;
                false
            }
            Response::NoWord => true,
        };
        if open && track.blocked.is_some() {
            one_more(&mut self.figures.keys_open);
        }
        let track = *track;
        let receipt = if let Response::Answered(outcome) = response { outcome.receipt } else { 0 };
        let owner = self.owners.get(&receipt).and_then(|owner| self.tracks.get(*owner as usize));
        self.laws.told(mark, &track, owner, response);
    }
}

impl Observer<Speech> for Meter {
    fn weight(&self) -> u64 {
        240 * self.tracks.len() as u64
    }

    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, _: &World) {
        match seen {
            Seen::Invoke { op, key, .. } => {
                let client = self.config.cast.sort(key.client).1.saturating_add(1);
                let asked = self.asked.entry(client).or_default();
                *asked += 1;
                let of = (client, *asked, self.config.params.verb().word());
                self.tracks.push(Track::new(op.0, of, mark));
            }
            Seen::Return { op, response, .. } => self.told(mark, op.0 as usize, *response),
            Seen::Send { msg: Msg::Request { .. }, .. } => one_more(&mut self.figures.requests),
            Seen::Mark { mark: Deed::Stores(keys), .. } => {
                if self.figures.keys_stored.unwrap_or(0) < keys.into() {
                    self.figures.keys_stored = Some(keys.into());
                }
                self.stored.add(mark.at_us, keys.into());
            }
            Seen::Mark { mark: Deed::Dies, .. } => one_more(&mut self.figures.crashes),
            Seen::Mark { op: Some(op), mark: deed, .. } => self.deed(mark, op.0 as usize, deed),
            _ => {}
        }
    }
}

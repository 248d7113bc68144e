//! Time in a widget: the stops of its timeline, stepping, and the stretches that playing is made of.

use super::{App, Halt};
use splitbrain::lab::{Outcome, Verdict, VerdictChange};
use splitbrain::link::At;
use splitbrain::trace::{Record, RecordKind};

/// The speeds to choose from; 1 is a pace that the eye can follow, or true time.
pub const SPEEDS: [(f64, &str); 9] = [
    (0.001, "1/1000"),
    (0.01, "1/100"),
    (0.1, "1/10"),
    (0.25, "1/4"),
    (0.5, "1/2"),
    (1.0, "1"),
    (2.0, "2"),
    (5.0, "5"),
    (10.0, "10"),
];
/// The place of speed 1.
const PLAIN_SPEED: usize = 5;

/// The least time for which an event is shown at speed 1, in ms of the reader's time.
const EVENT_MS: f64 = 120.0;
/// A run that stands where it is worth looking at is played from so long before, in ms at its pace.
const LEAD_IN_MS: f64 = 4_000.0;
/// A stretch of play is never shorter than a frame, in ms: faster play takes several events at once.
const FRAME_MS: f64 = 16.0;

/// More events than anybody watches one by one: a run that has more is played in true time where the reader does not say otherwise.
const MOST_WATCHED: usize = 1_000;
/// It takes this long at the least, in ms, however short it is: at its own pace the diagram in time would turn twenty pages a second.
const LEAST_WATCHED_MS: f64 = 10_000.0;

/// Where the reader is, and how a run is played.
#[derive(Clone, Debug)]
pub struct Play {
    /// How many stops of the timeline have been passed.
    pub stop: usize,
    /// The time: that of the last stop, or later while something is in motion.
    pub at_us: u64,
    /// Whether it moves.
    pub on: bool,
    /// The place of the speed in [`SPEEDS`].
    pub speed: usize,
    /// True time instead of event by event.
    pub true_time: bool,
}

impl Default for Play {
    fn default() -> Play {
        Play { stop: 0, at_us: 0, on: false, speed: PLAIN_SPEED, true_time: false }
    }
}

/// A stretch of play: virtual time from one moment to another in so many milliseconds. The page moves what moves, and then says `arrive`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Leg {
    /// From, in µs.
    pub from_us: u64,
    /// To, in µs.
    pub to_us: u64,
    /// How long it takes the reader, in ms.
    pub ms: f64,
    /// The stop that it leads to.
    pub to_stop: usize,
}

/// The distinct times at which something happens in either of two runs; none for a single run.
pub(super) fn moments(outcomes: &[Outcome]) -> Vec<u64> {
    if outcomes.len() < 2 {
        return Vec::new();
    }
    // Each run's times are in order: they are merged.
    let mut runs: Vec<&[Record]> = outcomes.iter().map(|outcome| outcome.trace.records()).collect();
    let mut times = Vec::with_capacity(runs.iter().map(|records| records.len()).sum());
    while let Some(at_us) = runs.iter().filter_map(|records| records.first()).map(|first| first.at_us).min() {
        times.push(at_us);
        for records in &mut runs {
            while let [first, rest @ ..] = records
                && first.at_us == at_us
            {
                *records = rest;
            }
        }
    }
    times
}

impl App {
    /// The last stop of the timeline; stop 0 is before everything.
    pub fn last_stop(&self) -> usize {
        if self.moments.is_empty() { self.outcomes[0].trace.records().len() } else { self.moments.len() }
    }

    /// Chooses the pace for a run that is shown first.
    pub(super) fn choose_pace(&mut self) {
        self.play.true_time = self.last_stop() > MOST_WATCHED;
        if self.play.true_time {
            let lasts_ms = self.ended_us() as f64 / 1_000.0;
            let slow_enough =
                SPEEDS[..=PLAIN_SPEED].iter().rposition(|(speed, _)| lasts_ms / speed >= LEAST_WATCHED_MS);
            self.play.speed = slow_enough.unwrap_or(0);
        }
    }

    /// Goes back a little from where the run stands, so that what it stands at is seen to happen soon.
    pub(super) fn lead_in(&mut self) {
        let (speed, _) = SPEEDS[self.play.speed];
        if self.play.true_time {
            let lead_us = (LEAD_IN_MS * 1_000.0 * speed) as u64;
            self.place_at(self.play.at_us.saturating_sub(lead_us));
        } else {
            let stops = (LEAD_IN_MS * speed / EVENT_MS) as usize;
            self.place(self.play.stop.saturating_sub(stops), 0);
        }
    }

    /// When a stop is, in µs.
    pub(crate) fn stop_us(&self, stop: usize) -> u64 {
        let Some(place) = stop.checked_sub(1) else { return 0 };
        if self.moments.is_empty() {
            self.outcomes[0].trace.records()[place].at_us
        } else {
            self.moments[place]
        }
    }

    /// The stop that is reached once a record of run `side` has happened.
    pub(crate) fn stop_of(&self, side: usize, record: u32) -> Option<usize> {
        let trace = &self.outcomes[side].trace;
        let place = trace.index_of(record)?;
        if self.moments.is_empty() {
            return Some(place + 1);
        }
        let at_us = trace.records()[place].at_us;
        Some(self.moments.partition_point(|moment| *moment <= at_us))
    }

    /// The last stop at or before a time.
    pub(crate) fn stop_at(&self, at_us: u64) -> usize {
        if self.moments.is_empty() {
            self.outcomes[0].trace.count_until(at_us)
        } else {
            self.moments.partition_point(|moment| *moment <= at_us)
        }
    }

    /// The last stop before or at a change of a light: a deadline passes after the record at which it was last told, and in the
    /// other of two runs more may have happened by then.
    pub(crate) fn stop_of_change(&self, side: usize, change: &VerdictChange) -> Option<usize> {
        let stop = self.stop_of(side, change.at.record)?;
        let waits = change.at.at_us > self.stop_us(stop);
        Some(if waits { stop.max(self.stop_at(change.at.at_us)) } else { stop })
    }

    /// The records between a stop and the one before, in all runs.
    pub(crate) fn records_of_stop(&self, stop: usize) -> Vec<(usize, Record)> {
        let Some(place) = stop.checked_sub(1) else { return Vec::new() };
        if self.moments.is_empty() {
            return vec![(0, self.outcomes[0].trace.records()[place])];
        }
        let at_us = self.moments[place];
        let of = |(side, outcome): (usize, &Outcome)| {
            let records = outcome.trace.records();
            let from = records.partition_point(|record| record.at_us < at_us);
            let here: Vec<(usize, Record)> =
                records[from..].iter().take_while(|r| r.at_us == at_us).map(|r| (side, *r)).collect();
            here
        };
        self.outcomes.iter().enumerate().flat_map(of).collect()
    }

    /// What a light of run `side` shows at the cursor.
    pub(crate) fn shows<'a>(&self, side: usize, verdict: &'a Verdict) -> &'a VerdictChange {
        let cursor = self.cursor(side);
        verdict.at(cursor.record_id(&self.outcomes[side].trace), cursor.at_us)
    }

    /// Goes to the next change of a light, or back to the one before; stays when there is none.
    pub(crate) fn step_to_change(&mut self, by: i32) {
        let app: &App = self;
        let changes = app.outcomes.iter().enumerate().flat_map(|(side, outcome)| {
            let changes = outcome.verdicts.iter().flat_map(|verdict| verdict.changes.iter().skip(1));
            changes.filter_map(move |change| Some((app.stop_of_change(side, change)?, change.at.at_us)))
        });
        let here = (app.play.stop, app.play.at_us);
        let found = match by > 0 {
            true => changes.filter(|place| *place > here).min(),
            false => changes.filter(|place| *place < here).max(),
        };
        if let Some((stop, at_us)) = found {
            self.place(stop, at_us);
        }
    }

    /// Whether the reader is at the run's end: after the last thing that happened, deadlines may yet pass.
    pub(crate) fn is_at_end(&self) -> bool {
        self.play.stop == self.last_stop() && self.play.at_us >= self.ended_us()
    }

    /// Goes to the run's end.
    pub(crate) fn go_to_end(&mut self) {
        self.place(self.last_stop(), self.ended_us());
    }

    /// The first promise that breaks at a stop, or after it when it is the last.
    pub(crate) fn break_at(&self, stop: usize) -> Option<Halt> {
        let halts = self.halting();
        for (side, outcome) in self.outcomes.iter().enumerate() {
            for verdict in &outcome.verdicts {
                let breaks = verdict.changes.iter().skip(1).find(|change| {
                    halts(verdict.promise, change) && self.stop_of_change(side, change) == Some(stop)
                });
                if breaks.is_some() {
                    return Some(Halt { promise: verdict.promise, side });
                }
            }
        }
        None
    }

    /// When the promise breaks at which the run has halted, in µs.
    pub(super) fn broken_at(&self, halt: &Halt) -> Option<u64> {
        let verdict = self.outcomes[halt.side].verdict(halt.promise)?;
        verdict.break_().map(|change| change.at.at_us)
    }

    /// Goes to a stop, and on to a time before the next.
    pub(crate) fn place(&mut self, stop: usize, at_us: u64) {
        self.posed = false;
        self.play.stop = stop.min(self.last_stop());
        self.play.at_us = at_us.max(self.stop_us(self.play.stop));
    }

    /// Goes to after everything up to a time.
    pub(crate) fn place_at(&mut self, at_us: u64) {
        self.place(self.stop_at(at_us), at_us);
    }

    /// Where a link has to say that the reader is, to lead back to this very moment; nothing where it opens there anyway.
    pub(super) fn at_now(&self) -> Option<At> {
        let (stop, at_us) = (self.play.stop, self.play.at_us);
        let records = self.outcomes[0].trace.records();
        match stop.checked_sub(1) {
            None => (at_us > 0).then_some(At::Time(at_us)),
            // Several records at one time: the time alone would not do.
            Some(place) if self.stop_at(at_us) != stop => Some(At::Record(records[place].id)),
            Some(_) => Some(At::Time(at_us)),
        }
    }

    /// Goes to where a link says.
    pub(crate) fn go_to(&mut self, at: At) {
        match at {
            At::Time(at_us) => self.place_at(at_us.min(self.ended_us())),
            At::Record(id) => {
                let stop = self.stop_of(0, id).unwrap_or(self.last_stop());
                self.place(stop, 0);
            }
        }
    }

    /// Goes so many stops on or back; after the last comes the run's end.
    pub(crate) fn step(&mut self, by: i32) {
        if by > 0 && self.play.stop == self.last_stop() {
            return self.go_to_end();
        }
        // Within a stretch, one step back is to its beginning.
        let within = i32::from(by < 0 && self.play.at_us > self.stop_us(self.play.stop));
        let stop = self.play.stop as i64 + i64::from(by + within);
        self.place(stop.clamp(0, self.last_stop() as i64) as usize, 0);
    }

    /// Goes to the next stop on one side at which `wanted` holds; stays when there is none.
    pub(crate) fn step_to(&mut self, by: i32, wanted: impl Fn(&App, usize) -> bool) {
        let found = if by > 0 {
            (self.play.stop + 1..=self.last_stop()).find(|stop| wanted(self, *stop))
        } else {
            (1..self.play.stop).rev().find(|stop| wanted(self, *stop))
        };
        if let Some(stop) = found {
            self.place(stop, 0);
        }
    }

    /// Whether a message arrives or dies at a stop.
    pub(crate) fn is_message(&self, stop: usize) -> bool {
        self.records_of_stop(stop)
            .iter()
            .any(|(_, record)| matches!(record.kind, RecordKind::Deliver | RecordKind::Lose))
    }

    /// The next stretch of play; `None` when the run has ended.
    pub fn leg(&self) -> Option<Leg> {
        let from_us = self.play.at_us;
        let (mut ms, mut at_us, mut stop) = (0.0, from_us, self.play.stop);
        let speed = SPEEDS[self.play.speed].0;
        while ms < FRAME_MS && stop < self.last_stop() {
            stop += 1;
            let next_us = self.stop_us(stop);
            ms += self.pace_ms(next_us - at_us) / speed;
            at_us = next_us;
            if self.halts_at(stop) {
                break;
            }
        }
        (stop > self.play.stop).then_some(Leg { from_us, to_us: at_us, ms: ms.max(1.0), to_stop: stop })
    }

    /// How long a wait of so much virtual time takes the reader at speed 1: event by event, its length only shades the pace.
    fn pace_ms(&self, wait_us: u64) -> f64 {
        if self.play.true_time {
            return wait_us as f64 / 1_000.0;
        }
        EVENT_MS + 28.0 * f64::from((wait_us / 250 + 1).ilog2())
    }

    /// The stretch has come to its end: goes there; halts at a promise that breaks.
    pub(crate) fn arrive(&mut self) {
        let Some(leg) = self.leg() else {
            self.play.on = false;
            return;
        };
        self.place(leg.to_stop, 0);
        let halts = self.halts_at(leg.to_stop);
        self.halted = self.break_at(leg.to_stop).filter(|_| halts && !self.is_narrated());
        match self.halted.as_ref().and_then(|halt| self.broken_at(halt)) {
            // A deadline passes after the last thing that happened.
            Some(broken_us) => self.play.at_us = self.play.at_us.max(broken_us),
            None if leg.to_stop == self.last_stop() => self.go_to_end(),
            None => {}
        }
        if halts || leg.to_stop == self.last_stop() {
            self.play.on = false;
        }
    }
}

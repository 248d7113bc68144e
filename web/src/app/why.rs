//! "Why?": which records are lit, and the sentence that each contributes.

use super::{App, Zoom};
use splitbrain::tell::{Step, argument, why};
use splitbrain::trace::{NONE, RecordKind};

/// The most stops of the timeline whose events can be told apart in a diagram.
const LEGIBLE_STOPS: usize = 60;

/// An argument: the records that it rests on, each with what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Why {
    /// Which of the runs it is about.
    pub side: usize,
    /// What it explains.
    pub title: String,
    /// The steps in order: record and sentence.
    pub steps: Vec<(u32, String)>,
    /// Every record that is lit, in order.
    pub lit: Vec<u32>,
}

impl App {
    /// How a record came about: what brought it about, back to the start of its operation.
    pub(super) fn why_record(&mut self, id: u32, side: usize) {
        let steps = why(&self.transcript(side), id);
        let title = format!("How it came to this: {}", self.record_words(side, id));
        self.argue(side, title, steps, Some(id));
    }

    /// Why a promise's light shows what it shows: its evidence, and what lies between.
    pub(super) fn why_promise(&mut self, promise: &str, side: usize) {
        let Some(outcome) = self.outcomes.get(side) else { return };
        let Some(verdict) = outcome.verdict(promise) else { return };
        let change = match verdict.break_() {
            Some(broken) => broken,
            None => self.shows(side, verdict),
        };
        let steps = argument(&self.transcript(side), change);
        let (title, at) = (change.why.clone(), change.at);
        let stop = self.stop_of_change(side, change);
        self.argue(side, title, steps, Some(at.record));
        if let Some(stop) = stop.filter(|stop| (*stop, at.at_us) > (self.play.stop, self.play.at_us)) {
            self.place(stop, at.at_us);
        }
    }

    fn argue(&mut self, side: usize, title: String, steps: Vec<Step>, about: Option<u32>) {
        let trace = &self.outcomes[side].trace;
        // A message that is lit is lit from its sending to its end.
        let ends = |id: &u32| {
            let place = trace.index_of(*id)?;
            let record = trace.records()[place];
            let other = match record.kind {
                RecordKind::Deliver | RecordKind::Lose => Some(record.cause),
                _ => trace.end_of(place).map(|end| end.id),
            };
            other.filter(|id| *id != NONE)
        };
        let told: Vec<u32> = steps.iter().map(|step| step.record).chain(about).collect();
        let mut lit: Vec<u32> = told.iter().filter_map(ends).chain(told.iter().copied()).collect();
        splitbrain::sorted::sort(&mut lit);
        lit.dedup();
        let steps = steps.into_iter().map(|step| (step.record, step.says)).collect();
        self.show_stops(lit.iter().filter_map(|record| self.stop_of(side, *record)).collect());
        self.why = Some(Why { side, title, steps, lit });
    }

    /// Has the diagrams show what is lit: all of it, or as much of its end as can be read.
    fn show_stops(&mut self, stops: Vec<usize>) {
        let (Some(first), Some(last)) = (stops.iter().min(), stops.iter().max()) else { return };
        let first = (first - 1).max(last.saturating_sub(LEGIBLE_STOPS));
        self.zoom = Zoom::Stops { first, count: last - first };
    }

    /// Closes the argument; the diagrams follow the cursor again.
    pub(super) fn close_why(&mut self) {
        self.why = None;
        self.zoom = Zoom::Follow;
    }
}

//! A narrated run: it plays from one `stop` of its script to the next, by one key, and says what its captions say.

use super::{App, Effect};
use splitbrain::acts::Act;

impl App {
    /// Whether the script has stops: then the reader goes from one to the next, and nothing else halts the run.
    pub(crate) fn is_narrated(&self) -> bool {
        self.scenario_of(0).cues.iter().any(|cue| cue.act == Act::Stop {})
    }

    /// Whether it never plays by itself: its link says where to stand (a brief widget only poses there), or the reader is to go on.
    pub(crate) fn waits(&self) -> bool {
        self.link().view.at.is_some() && !self.is_brief() || self.is_narrated()
    }

    /// The stops of the timeline at which the script stops.
    pub(crate) fn narration_stops(&self) -> Vec<usize> {
        let (trace, cues) = (&self.outcomes[0].trace, &self.scenario_of(0).cues);
        let records = trace.acts().iter().map(|place| &trace.records()[*place as usize]);
        let stops = records
            .filter(|record| cues.get(record.payload as usize).is_some_and(|cue| cue.act == Act::Stop {}));
        let mut stops: Vec<usize> = stops.filter_map(|record| self.stop_of(0, record.id)).collect();
        stops.dedup();
        stops
    }

    /// Whether playing ends at a stop of the timeline: where the script stops, or in a run without stops where a promise breaks.
    pub(crate) fn halts_at(&self, stop: usize) -> bool {
        match self.is_narrated() {
            true => self.narration_stops().binary_search(&stop).is_ok(),
            // What is broken before anything has happened is a place to begin with, not one to stop at.
            false => self.break_at(stop).is_some_and(|halt| self.broken_at(&halt) > Some(0)),
        }
    }

    /// A narrated run opens at its first words, where they stand at its very beginning.
    pub(super) fn open_narration(&mut self) {
        if let Some(first) = self.narration_stops().first().copied()
            && self.stop_us(first) == 0
        {
            self.place(first, 0);
        }
    }

    /// Goes on to the next stop: plays there, or is there at once when it is playing already, or where nothing should move.
    pub(super) fn narrate_on(&mut self) -> Vec<Effect> {
        if !self.is_narrated() {
            return Vec::new();
        }
        if self.play.stop == self.last_stop() {
            self.place(0, 0);
            self.open_narration();
        } else if self.play.on || self.options.still {
            let next = self.narration_stops().into_iter().find(|stop| *stop > self.play.stop);
            self.play.on = false;
            match next {
                Some(next) => self.place(next, 0),
                None => self.go_to_end(),
            }
        } else {
            self.play.on = true;
            return Vec::new();
        }
        self.tell_caption();
        vec![Effect::Changed]
    }

    /// Goes back to the stop before.
    pub(super) fn narrate_back(&mut self) -> Vec<Effect> {
        let before = self.narration_stops().into_iter().rfind(|stop| *stop < self.play.stop);
        self.play.on = false;
        self.place(before.unwrap_or(0), 0);
        self.tell_caption();
        vec![Effect::Changed]
    }

    /// The live region says the caption.
    pub(super) fn tell_caption(&mut self) {
        if let Some(says) = self.conditions(0).says {
            self.said = says;
        }
    }
}

//! "Why?": which records are lit, and the sentence that each contributes.

use super::App;
use splitbrain::trace::NONE;

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

/// The longest chain of causes that is told.
const MAX_STEPS: usize = 60;

impl App {
    /// How a record came about: the chain of its causes, first cause first.
    pub(super) fn why_record(&mut self, id: u32) {
        let outcome = &self.outcomes[0];
        let mut chain = Vec::new();
        let mut next = Some(id);
        while let Some(record) = next.and_then(|id| outcome.trace.get(id)) {
            chain.push(record.id);
            next = (record.cause != NONE && chain.len() < MAX_STEPS).then_some(record.cause);
        }
        chain.reverse();
        let steps = chain.iter().map(|id| (*id, self.record_words(0, *id))).collect();
        self.why = Some(Why { side: 0, title: "How this came about".into(), steps, lit: chain });
    }

    /// Why a promise's light shows what it shows: its evidence, and what lies between.
    pub(super) fn why_promise(&mut self, promise: &str, side: usize) {
        let Some(outcome) = self.outcomes.get(side) else { return };
        let Some(verdict) = outcome.verdict(promise) else { return };
        let change = match verdict.break_() {
            Some(broken) => broken,
            None => verdict.at(self.cursor(side).record_id(&outcome.trace)),
        };
        let mut lit: Vec<u32> = change.evidence.iter().map(|evidence| evidence.record).collect();
        lit.push(change.at.record);
        lit.sort_unstable();
        lit.dedup();
        let steps = change.evidence.iter().map(|evidence| (evidence.record, evidence.says.clone())).collect();
        let (title, record) = (change.why.clone(), change.at.record);
        let stop = self.stop_of(side, record);
        self.why = Some(Why { side, title, steps, lit });
        if let Some(stop) = stop.filter(|stop| *stop > self.play.stop) {
            self.place(stop, 0);
        }
    }
}

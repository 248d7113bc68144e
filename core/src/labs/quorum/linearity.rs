//! The light of linearizability: a checker's answer for the whole run, asked for once the run has ended.

use super::message::KEYS;
use crate::cast::{Cast, NodeId};
use crate::check::light::{Light, evidence};
use crate::check::linearizable::Checker;
use crate::check::register::Register;
use crate::check::{History, Judgement, Names, Op, Why};
use crate::lab::{Evidence, State, Verdict};

/// How many steps of search may be spent on it.
const BUDGET: u64 = 2_000_000;

/// The question whether a run's operations fit one order.
#[derive(Default)]
pub struct Linearity {
    checker: Option<Checker>,
    judgement: Option<Judgement>,
}

impl Linearity {
    /// Goes on for about so many steps of search; says whether the question is answered.
    pub fn judge(&mut self, ops: &[Op], steps: u64) -> bool {
        if self.judgement.is_none() {
            let checker = self.checker.get_or_insert_with(|| Checker::new(&history(ops)));
            self.judgement = checker.step_within(steps, BUDGET);
        }
        self.judgement.is_some()
    }

    /// The light: broken at the return that made the history impossible. What the laws of reading know of that return, which the history does
    /// not show, is told with it.
    ///
    /// # Panics
    /// When the question is open.
    pub fn verdict(&self, ops: &[Op], cast: Cast, register: &Register) -> Verdict {
        let mut light = Light::new("linearizable", State::Kept, "All operations so far fit one order that agrees with real time.");
        let client = |client: u32| cast.name(NodeId(client as u16)).to_string();
        let names = Names { client: &client, key: &|key| KEYS[key as usize].to_string() };
        match self.judgement.as_ref().expect("the run has been judged") {
            Judgement::Kept { .. } => {}
            Judgement::Broken(broken) => {
                let history = history(ops);
                let op = &history.ops()[broken.op];
                let at = op.returned.unwrap_or(op.invoked);
                let mut steps = vec![
                    evidence(op.invoked.record, "the operation that fits nowhere is invoked"),
                    evidence(at.record, "it returns"),
                ];
                steps.extend(argue(&history, broken.why));
                steps.extend(register.arguments_at(at.record));
                crate::sorted::sort_by_key(&mut steps, |step| step.record);
                light.break_(at, || (broken.sentence(&history, &names), steps));
            }
            Judgement::Unknown(why) => {
                let last = ops.iter().filter_map(|op| op.returned).max().unwrap_or_default();
                light.turn(last, State::Unknown, || (why.to_string(), Vec::new()));
            }
        }
        light.verdict()
    }
}

/// The operations as a checker takes them.
fn history(ops: &[Op]) -> History {
    History::new(ops.to_vec()).expect("answers fit their calls, and follow them")
}

/// The other operations that a judgement rests on.
fn argue(history: &History, why: Why) -> Vec<Evidence> {
    let ended = |place: usize| {
        let op = &history.ops()[place];
        op.returned.unwrap_or(op.invoked).record
    };
    let began = |place: usize| history.ops()[place].invoked.record;
    match why {
        Why::Stale { write, newer } => {
            let old = write.map(|write| evidence(began(write), "what was read is written"));
            old.into_iter().chain([evidence(ended(newer), "what replaced it is acknowledged")]).collect()
        }
        Why::BackInTime { seen, newer } => vec![
            evidence(began(newer), "the newer value begins to be written"),
            evidence(ended(seen), "an earlier read returns it"),
        ],
        Why::NotYetWritten { write } => vec![evidence(began(write), "what was read is written only here")],
        Why::NeverWritten | Why::Siblings | Why::Circular | Why::NoOrder { .. } => Vec::new(),
    }
}

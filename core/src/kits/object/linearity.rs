//! The light of linearizability: a checker's answer for the whole run, asked for once the run has ended.

use super::KEYS;
use crate::cast::{Cast, NodeId};
use crate::check::light::{Light, evidence};
use crate::check::linearizable::Checker;
use crate::check::{Answer, History, Judgement, Names, Op, Why};
use crate::outcome::{Evidence, State, Verdict};

/// How many steps of search may be spent on it.
const BUDGET: u64 = 2_000_000;

/// What an operation takes in the history, and what its judgement takes at the end, in bytes.
const ASKED_BYTES: u64 = 128;
const JUDGED_BYTES: u64 = 320;
/// So many operations are told to the checker in the time that a step of search takes.
const TOLD_IN_A_STEP: u64 = 8;

/// The question whether a run's operations fit one order.
pub struct Linearity {
    /// Invocations and returns in order, each by its operation: that they need not be sorted when the run is over.
    events: Vec<(u32, bool)>,
    /// What it all takes.
    bytes: u64,
    checker: Checker,
    /// How many of the events, and then of the operations, the checker has been told.
    told: usize,
    judgement: Option<Judgement>,
}

impl Default for Linearity {
    fn default() -> Self {
        Linearity { events: Vec::new(), bytes: 0, checker: Checker::empty(), told: 0, judgement: None }
    }
}

impl Linearity {
    /// An operation is invoked.
    pub fn invoked(&mut self, op: u32) {
        self.events.push((op, false));
        self.bytes += ASKED_BYTES + JUDGED_BYTES;
    }

    /// An operation ends, with an answer if its outcome is known.
    pub fn returned(&mut self, op: u32, answer: Option<&Answer>) {
        self.events.extend(answer.map(|_| (op, true)));
        if let Some(Answer::Values(values)) = answer {
            self.bytes += 8 * values.len() as u64;
        }
    }

    /// What the history takes, in bytes, and its judgement at the end.
    pub fn weight(&self) -> u64 {
        self.bytes
    }

    /// Goes on for about so many steps of search; says whether the question is answered.
    pub fn judge(&mut self, ops: &[Op], steps: u64) -> bool {
        let mut left = usize::try_from(steps.saturating_mul(TOLD_IN_A_STEP)).unwrap_or(usize::MAX);
        let all = self.events.len() + ops.len();
        while self.told < all {
            if left == 0 {
                return false;
            }
            left -= 1;
            match self.events.get(self.told) {
                Some(&(op, false)) => self.checker.invoked(op as usize, &ops[op as usize]),
                Some(&(op, true)) => self.checker.returned(op as usize, &ops[op as usize]),
                None => {
                    let op = self.told - self.events.len();
                    self.checker.left_open(op, &ops[op]);
                }
            }
            self.told += 1;
        }
        if self.judgement.is_none() {
            self.judgement = self.checker.step_within(steps, BUDGET);
        }
        self.judgement.is_some()
    }

    /// The light: broken at the return that made the history impossible. What the lab's laws know of that return, by its record, which the
    /// history does not show, is told with it.
    ///
    /// # Panics
    /// When the question is open.
    pub fn verdict(&self, ops: Vec<Op>, cast: Cast, known: impl FnOnce(u32) -> Vec<Evidence>) -> Verdict {
        let mut light = Light::new(
            "linearizable",
            State::Kept,
            "All operations so far fit one order that agrees with real time.",
        );
        let client = |client: u32| cast.name(NodeId(client as u16)).to_string();
        let names = Names { client: &client, key: &|key| KEYS[key as usize].to_string() };
        match self.judgement.as_ref().expect("the run has been judged") {
            Judgement::Kept { .. } => {}
            Judgement::Broken(broken) => {
                let history = History::new(ops).expect("answers fit their calls, and follow them");
                let op = &history.ops()[broken.op];
                let at = op.returned.unwrap_or(op.invoked);
                let mut steps = vec![
                    evidence(op.invoked.record, "the operation that fits nowhere is invoked"),
                    evidence(at.record, "it returns"),
                ];
                steps.extend(argue(&history, broken.why));
                steps.extend(known(at.record));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Call;
    use crate::trace::Mark;

    /// What is asked of it at once is what may be spent on it at once, however long the history is.
    #[test]
    fn a_long_history_is_judged_a_step_at_a_time() {
        const OPS: u32 = 2_000;
        let (mut history, mut linearity) = (Vec::new(), Linearity::default());
        for op in 0..OPS {
            let [invoked, returned] =
                [0, 1].map(|later| Mark { at_us: u64::from(2 * op + later), record: 2 * op + later });
            let (call, answer) = (Call::Write(u64::from(op) + 1), Answer::Done);
            linearity.invoked(op);
            linearity.returned(op, Some(&answer));
            history.push(Op {
                client: 1,
                key: 0,
                call,
                answer: Some(answer),
                invoked,
                returned: Some(returned),
            });
        }
        let mut calls = 1;
        while !linearity.judge(&history, 10) {
            calls += 1;
        }
        let told = 3 * u64::from(OPS) / (10 * TOLD_IN_A_STEP);
        assert!(calls > told, "{calls} calls, where {told} are needed to tell of {OPS} operations");
    }
}

//! The promise that nobody works when nobody waits.

use crate::check::disturbances::Disturbances;
use crate::check::light::{Light, evidence};
use crate::lab::{State, Verdict, millionths};
use crate::params::format_decimal;
use crate::sim::OpId;
use crate::time::DurationUs;
use crate::trace::Mark;

/// So many pieces of work for nobody are no chance any more.
const PIECES: u32 = 10;

/// What is known of an operation.
#[derive(Clone, Copy, Debug, Default)]
struct Op {
    /// When it was over.
    over: Option<Mark>,
}

/// Work, and for whom it was.
#[derive(Clone, Debug)]
pub struct Useful {
    light: Light,
    limit: u32,
    from_us: u64,
    ops: Vec<Op>,
    pieces: u32,
    /// All work, that which was done when its operation was over, and that which is in good answers; from when figures count.
    all_us: u64,
    orphaned_us: u64,
    useful_us: u64,
    /// The first two, of the whole run.
    ever_us: [u64; 2],
}

impl Useful {
    /// No work yet; at most so many millionths of it may be for nobody. Figures are of what happens from a time on.
    pub fn new(limit: u32, from_us: u64) -> Useful {
        let light = Light::new("useful", State::Kept, "Nobody has worked much when nobody waited.");
        Useful {
            light,
            limit,
            from_us,
            ops: Vec::new(),
            pieces: 0,
            all_us: 0,
            orphaned_us: 0,
            useful_us: 0,
            ever_us: [0; 2],
        }
    }

    /// An operation begins.
    pub fn invoked(&mut self, op: OpId) {
        if self.ops.len() <= op.0 as usize {
            self.ops.resize(op.0 as usize + 1, Op::default());
        }
    }

    /// It is over: nobody waits for what is done for it from now on.
    pub fn over(&mut self, at: Mark, op: OpId) {
        if let Some(op) = self.ops.get_mut(op.0 as usize) {
            op.over.get_or_insert(at);
        }
    }

    /// Somebody has worked for an operation.
    pub fn worked(&mut self, at: Mark, op: Option<OpId>, worked_us: u64, by: &Disturbances) {
        let op = op.and_then(|op| self.ops.get(op.0 as usize)).copied().unwrap_or_default();
        let counts = at.at_us >= self.from_us;
        self.all_us += if counts { worked_us } else { 0 };
        self.ever_us[0] = self.ever_us[0].saturating_add(worked_us);
        let Some(over) = op.over else { return };
        // What was done of it before somebody had waited for.
        let orphaned_us = worked_us.min(at.at_us.saturating_sub(over.at_us));
        if orphaned_us == 0 {
            return;
        }
        self.orphaned_us += if counts { orphaned_us } else { 0 };
        self.ever_us[1] = self.ever_us[1].saturating_add(orphaned_us);
        self.pieces += 1;
        let [all_us, orphaned_us] = self.ever_us;
        let too_much = u128::from(orphaned_us) * 1_000_000 > u128::from(all_us) * u128::from(self.limit);
        if self.pieces >= PIECES && too_much {
            let limit = format_decimal(i64::from(self.limit) * 100);
            self.light.break_(at, || {
                let [all, orphaned] = [all_us, orphaned_us].map(DurationUs);
                let why = format!(
                    "Of {all} of work {orphaned} was done when nobody waited for it any more: more than {limit} %."
                );
                let over = evidence(over.record, "the call is over for who made it");
                let worked = evidence(at.record, "a service has worked on it all the same");
                (why, by.leading_to(at, [over, worked]))
            });
        }
    }

    /// An operation went well, with so much work in its answer.
    pub fn useful(&mut self, at: Mark, worked_us: u64) {
        if at.at_us >= self.from_us {
            self.useful_us = self.useful_us.saturating_add(worked_us);
        }
    }

    /// Work that was done when nobody waited, as a share of all, in millionths.
    pub fn orphaned(&self) -> Option<i64> {
        millionths(self.orphaned_us, self.all_us)
    }

    /// Work that is in no good answer, as a share of all, in millionths.
    pub fn wasted(&self) -> Option<i64> {
        millionths(self.all_us.saturating_sub(self.useful_us), self.all_us)
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        24 * self.ops.len() as u64
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cast::Cast;

    fn at(at_us: u64) -> Mark {
        Mark { at_us, record: at_us as u32 }
    }

    #[test]
    fn work_for_nobody_is_a_share_of_all_work() {
        let by = Disturbances::new(Cast { servers: 1, coordinators: 0, clients: 1 });
        let mut law = Useful::new(200_000, 1_000);
        (0..2).for_each(|op| law.invoked(OpId(op)));
        law.worked(at(500), Some(OpId(0)), 70, &by);
        law.worked(at(1_000), Some(OpId(0)), 30, &by);
        law.over(at(1_100), OpId(1));
        for us in 0..9 {
            law.worked(at(1_200 + us), Some(OpId(1)), 10, &by);
        }
        law.useful(at(1_300), 20);
        assert_eq!((law.orphaned(), law.wasted()), (Some(750_000), Some(833_333)));
        assert_eq!(law.verdict().last().state, State::Kept, "nine pieces may be chance");
        law.over(at(1_395), OpId(0));
        law.worked(at(1_396), Some(OpId(0)), 0, &by);
        law.worked(at(1_400), Some(OpId(1)), 10, &by);
        let verdict = law.verdict();
        let broke = verdict.break_().expect("ten are not");
        assert_eq!(
            broke.why,
            "Of 200us of work 100us was done when nobody waited for it any more: more than 20 %."
        );
        assert_eq!(broke.evidence.iter().map(|step| step.record).collect::<Vec<_>>(), [1_100, 1_400]);
    }
}

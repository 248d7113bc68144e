//! A saga: a long transaction as a row of short ones, each with a compensation (Garcia-Molina, Salem, Sagas, SIGMOD 1987); with a pivot, after
//! which it only goes forward (Richardson, Microservices Patterns, ch. 4).

/// What is to be done next. Steps count from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Next {
    /// This step.
    Do(u8),
    /// The compensation of this step.
    Undo(u8),
    /// Nothing: every step is done.
    Completed,
    /// Nothing: every step that was done is compensated.
    Compensated,
}

/// What became of what was to be done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Answer {
    /// It is done.
    Done,
    /// It was refused for certain: nothing has happened.
    Refused,
    /// There was no answer: it may have happened or not.
    Silence,
}

/// A saga under way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Saga {
    steps: u8,
    pivot: u8,
    tries: u32,
    next: Next,
    tried: u32,
}

impl Saga {
    /// A saga of so many steps (one at the least), of which those after step number `pivot` (from 1) cannot be given up, and the pivot itself only
    /// while it is known not to have happened. A step before it is given up after so many tries without an answer.
    pub fn new(steps: u8, pivot: u8, tries: u32) -> Saga {
        Saga { steps, pivot, tries, next: Next::Do(0), tried: 0 }
    }

    /// What is to be done next.
    pub fn next(&self) -> Next {
        self.next
    }

    /// How often it has been tried before.
    pub fn tried(&self) -> u32 {
        self.tried
    }

    /// Takes in what became of it, and says what is to be done now: the same again, or something else. Compensations cannot be given up. A step of
    /// which nobody knows whether it happened is compensated with those before it.
    pub fn answer(&mut self, answer: Answer) -> Next {
        let next = match (self.next, answer) {
            (Next::Do(step), Answer::Done) if step + 1 == self.steps => Next::Completed,
            (Next::Do(step), Answer::Done) => Next::Do(step + 1),
            (Next::Do(step), Answer::Refused) if step < self.pivot => back_from(step),
            (Next::Do(step), Answer::Silence) if step + 1 < self.pivot && self.tried + 1 >= self.tries => {
                Next::Undo(step)
            }
            (Next::Undo(step), Answer::Done) => back_from(step),
            (same, _) => same,
        };
        self.tried = if next == self.next { self.tried.saturating_add(1) } else { 0 };
        self.next = next;
        next
    }
}

/// What comes after a step that has not happened, or no longer has.
fn back_from(step: u8) -> Next {
    step.checked_sub(1).map_or(Next::Compensated, Next::Undo)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refused_at_step_j_it_runs_j_minus_1_compensations_in_reverse() {
        for j in 1..=5u8 {
            let mut saga = Saga::new(5, 5, 3);
            (1..j).for_each(|_| {
                saga.answer(Answer::Done);
            });
            saga.answer(Answer::Refused);
            let mut undone = Vec::new();
            while let Next::Undo(step) = saga.next() {
                undone.push(step);
                saga.answer(Answer::Done);
            }
            assert_eq!(undone, (0..j - 1).rev().collect::<Vec<_>>());
            assert_eq!(saga.next(), Next::Compensated);
        }
    }

    #[test]
    fn what_may_have_happened_is_compensated_too_and_after_the_pivot_nothing_is() {
        let mut saga = Saga::new(3, 3, 2);
        saga.answer(Answer::Done);
        assert_eq!(
            [saga.answer(Answer::Silence), saga.answer(Answer::Silence)],
            [Next::Do(1), Next::Undo(1)]
        );
        let mut saga = Saga::new(3, 1, 2);
        saga.answer(Answer::Done);
        for answer in [Answer::Refused, Answer::Silence, Answer::Silence, Answer::Silence] {
            assert_eq!(saga.answer(answer), Next::Do(1));
        }
        assert_eq!(saga.tried(), 4);
    }

    proptest! {
        #[test]
        fn whatever_is_answered_it_is_all_or_nothing_in_the_end(
            steps in 1u8..6, pivot in 1u8..6, answers in proptest::collection::vec(0..3u8, 0..60)
        ) {
            let mut saga = Saga::new(steps, pivot, 3);
            // What may have happened: a bit for each step.
            let mut happened = 0u32;
            for answer in answers.into_iter().map(|a| [Answer::Done, Answer::Refused, Answer::Silence][usize::from(a)]) {
                match (saga.next(), answer) {
                    (Next::Do(step), Answer::Done | Answer::Silence) => happened |= 1 << step,
                    (Next::Do(step), Answer::Refused) | (Next::Undo(step), Answer::Done) => happened &= !(1 << step),
                    (Next::Undo(_) | Next::Completed | Next::Compensated, _) => {}
                }
                saga.answer(answer);
            }
            match saga.next() {
                Next::Completed => prop_assert_eq!(happened, (1 << steps) - 1),
                Next::Compensated => prop_assert_eq!(happened, 0),
                Next::Do(_) | Next::Undo(_) => {}
            }
        }
    }
}

//! What each promise shows, and the sentences that say why.

use super::config::NAMES;
use super::entry::State;
use crate::check::light::{Light, evidence};
use crate::lab::{State as Shown, Verdict};
use crate::outcome::Evidence;
use crate::time::DurationUs;
use crate::trace::Mark;

/// How far an order is at a participant, and since when; none where it knows nothing of it.
pub type Standing = (Option<State>, Mark);

/// A participant by name: "n2 (payment)".
pub fn who(seat: usize) -> String {
    format!("n{} ({})", seat + 1, NAMES[seat])
}

/// What a participant has to do with an order, after its name.
fn stands(state: Option<State>) -> &'static str {
    match state {
        None => "knows nothing of it",
        Some(State::Preparing) => "is about to vote",
        Some(State::Prepared) => "is in doubt",
        Some(State::PreCommitted) => "is in doubt, though it knows that all have voted yes",
        Some(State::Committed) => "has committed it",
        Some(State::Aborted) => "has aborted it",
        Some(State::Forgotten) => "had forgotten it when it was told to commit",
        Some(State::Lost) => "has lost it in a crash",
        Some(State::Doing) => "is doing its step",
        Some(State::Pending) => "has done its step, which is marked as pending",
        Some(State::Done) => "has done its step",
        Some(State::Undoing) => "is compensating its step",
        Some(State::Undone) => "has compensated its step",
        Some(State::Refused) => "has refused its step",
        Some(State::Barred) => "was asked to compensate a step that it had not done",
    }
}

fn tell(seat: usize, state: Option<State>) -> String {
    format!("{} {}", who(seat), stands(state))
}

fn step(seat: usize, (state, at): Standing) -> Evidence {
    evidence(at.record, tell(seat, state))
}

/// The five lights.
#[derive(Debug)]
pub struct Lights {
    atomic: Light,
    unblocked: Light,
    ends: Light,
    once: Light,
    isolated: Light,
}

impl Lights {
    /// All is well.
    pub fn new() -> Lights {
        let kept = |promise, why| Light::new(promise, Shown::Kept, why);
        Lights {
            atomic: kept("atomic", "No order has ended differently at two participants."),
            unblocked: kept("unblocked", "Nobody has been in doubt for longer than the limit."),
            ends: kept("ends", "Every order that is older than the limit has ended."),
            once: kept("once", "No step has been done twice."),
            isolated: kept("isolated", "Nobody could see a part of an order without the rest."),
        }
    }

    /// Two participants have ended an order differently; or one has ended it otherwise than the saga.
    pub fn split(&mut self, at: Mark, order: usize, one: (usize, Standing), other: Result<(usize, Standing), &str>) {
        self.atomic.break_(at, || {
            let mut steps = vec![step(one.0, one.1)];
            let but = match other {
                Ok((seat, standing)) => {
                    steps.push(step(seat, standing));
                    format!("{}.", tell(seat, standing.0))
                }
                Err(ended) => format!("the saga has ended as {ended}."),
            };
            steps.sort_by_key(|step| step.record);
            (format!("Order {}: {}, but {but}", order + 1, tell(one.0, one.1.0)), steps)
        });
    }

    /// A participant has been in doubt for too long.
    pub fn blocked(&mut self, at: Mark, order: usize, seat: usize, since: Mark, limit_us: u64) {
        self.unblocked.break_(at, || {
            let why = format!(
                "{} has been in doubt of order {} for {} and longer: it has voted yes, so it may neither commit nor abort, and what it has locked stays locked.",
                who(seat),
                order + 1,
                DurationUs(limit_us)
            );
            (why, vec![evidence(since.record, format!("{} is in doubt from here on", who(seat))), evidence(at.record, "it still is")])
        });
    }

    /// An order has not ended in time.
    pub fn unended(&mut self, at: Mark, order: usize, since: Mark, standings: &[Standing], limit_us: u64) {
        self.ends.break_(at, || {
            let each: Vec<String> = standings.iter().enumerate().map(|(seat, standing)| tell(seat, standing.0)).collect();
            let why = format!("Order {} has not ended {} after it was sent: {}.", order + 1, DurationUs(limit_us), each.join("; "));
            (why, vec![evidence(since.record, "the order is sent"), evidence(at.record, "it has still not ended")])
        });
    }

    /// A step was done twice.
    pub fn twice(&mut self, at: Mark, order: usize, seat: usize, first: Mark) {
        self.once.break_(at, || {
            let why = format!("{} has done its step of order {} twice: it was asked twice, and did not notice.", who(seat), order + 1);
            (why, vec![evidence(first.record, "it was done before"), evidence(at.record, "it is done again")])
        });
    }

    /// A part of an order can be seen without the rest.
    pub fn half(&mut self, at: Mark, order: usize, seen: (usize, Standing), unseen: (usize, Standing)) {
        self.isolated.break_(at, || {
            let why = format!("Whoever looks now sees half of order {}: {}, and {}.", order + 1, tell(seen.0, seen.1.0), tell(unseen.0, unseen.1.0));
            (why, vec![evidence(at.record, "from here on it can be seen")])
        });
    }

    /// In the lab's order.
    pub fn verdicts(self) -> Vec<Verdict> {
        [self.atomic, self.unblocked, self.ends, self.once, self.isolated].map(Light::verdict).into()
    }
}

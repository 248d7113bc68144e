//! The promises: each with its light, fed as a run goes on.

use super::call::Outcome;
use super::message::Response;
use super::params::Params;
use super::track::Track;
use crate::check::light::{Light, evidence};
use crate::lab::{Evidence, State, Verdict};
use crate::trace::Mark;

/// The lights.
pub struct Laws {
    once: Light,
    answered: Light,
    real: Light,
    mine: Light,
    lost: Light,
    old: Light,
    progress: Light,
    outside: bool,
}

/// Steps of an argument, in their order.
fn steps(of: impl IntoIterator<Item = Option<Evidence>>) -> Vec<Evidence> {
    let mut steps: Vec<Evidence> = of.into_iter().flatten().collect();
    crate::sorted::sort_by_key(&mut steps, |step| step.record);
    steps
}

fn at(mark: Mark, says: impl Into<String>) -> Option<Evidence> {
    Some(evidence(mark.record, says))
}

impl Laws {
    /// Laws for a run that is about to begin.
    pub fn new(params: &Params) -> Laws {
        let light = |id, why| Light::new(id, State::Kept, why);
        Laws {
            once: light("once", "Nothing has been executed twice."),
            answered: light("answered", "Whoever has asked again was told what the first try did."),
            real: light("real", "Whatever was told as done was done."),
            mine: light("mine", "Every answer was about the request that it answered."),
            lost: light("lost", "No write has replaced one that it had not seen."),
            old: light("old", "No late copy has brought an old value back."),
            progress: light("progress", "No operation has ended with its key in progress."),
            outside: params.has_provider(),
        }
    }

    /// The lights, in the order of the lab's promises.
    pub fn verdicts(&self) -> Vec<Verdict> {
        [&self.once, &self.answered, &self.real, &self.mine, &self.lost, &self.old, &self.progress]
            .map(|light| light.clone().verdict())
            .into()
    }

    /// Something that is not meant to be done twice is executed once more.
    pub fn repeats(&mut self, now: Mark, track: &Track, charged: bool) {
        let (name, first) =
            (track.name(), if charged { track.charged } else { track.done.map(|(at, _)| at) });
        self.once.break_(now, || {
            let by = if charged { "the provider takes the money" } else { "the database does it" };
            let why = format!("{name} is executed a second time: {by} again.");
            let began = at(track.began, format!("{name} begins"));
            let first = first.map(|first| evidence(first.record, by));
            (why, steps([began, first, at(now, format!("{by} again"))]))
        });
    }

    /// A write replaces one that it has not seen.
    pub fn loses(&mut self, now: Mark, track: &Track, other: &Track) {
        self.lost.break_(now, || {
            let why = format!(
                "{} writes what rests on an older value: it has not seen what {} wrote, and replaces it.",
                track.name(),
                other.name()
            );
            let read = track.read.map(|read| evidence(read.record, format!("{} reads x", track.name())));
            let wrote = other.done.map(|(at, _)| evidence(at.record, format!("{} writes x", other.name())));
            (why, steps([read, wrote, at(now, format!("{} writes x", track.name()))]))
        });
    }

    /// A copy of a write that had been done brings its value back.
    pub fn returns(&mut self, now: Mark, track: &Track, other: &Track) {
        self.old.break_(now, || {
            let (name, newer) = (track.name(), other.name());
            let why = format!(
                "A copy of {name} comes late, and puts its old value in the place of what {newer} wrote."
            );
            let done = track.done.map(|(at, _)| evidence(at.record, format!("{name} writes x")));
            let wrote = other.latest.map(|at| evidence(at.record, format!("{newer} writes x")));
            (why, steps([done, wrote, at(now, format!("a copy of {name} writes x"))]))
        });
    }

    /// An operation ends.
    pub fn told(&mut self, now: Mark, track: &Track, owner: Option<&Track>, response: Response) {
        match response {
            Response::Answered(outcome) if outcome.is_success() => self.success(now, track, owner, outcome),
            Response::Seen if track.executed(self.outside) == 0 => self.untrue(now, track, "that it is done"),
            Response::Answered(outcome) if outcome.status == 409 => self.stuck(now, track),
            Response::NoWord => self.stuck(now, track),
            Response::Answered(outcome) => {
                if let Some((done, first)) = track.done {
                    self.differs(now, track, done, first, outcome);
                }
            }
            Response::Seen => {}
        }
    }

    fn success(&mut self, now: Mark, track: &Track, owner: Option<&Track>, outcome: Outcome) {
        if let Some(owner) = owner.filter(|owner| owner.op != track.op) {
            self.mine.break_(now, || {
                let (name, other) = (track.name(), owner.name());
                let why = format!("{name} is told {outcome}, which is what {other} did: they have one key.");
                let done = owner.done.map(|(at, _)| evidence(at.record, format!("{other} is executed")));
                (why, steps([done, at(now, format!("{name} is told so"))]))
            });
        } else if let Some((done, first)) = track.done {
            let known = outcome.receipt > 0 && outcome.receipt != first.receipt;
            if known || outcome.status != first.status {
                self.differs(now, track, done, first, outcome);
            }
        }
        if track.executed(self.outside) == 0 {
            self.untrue(now, track, "that it is done");
        }
    }

    fn differs(&mut self, now: Mark, track: &Track, done: Mark, first: Outcome, outcome: Outcome) {
        self.answered.break_(now, || {
            let name = track.name();
            let why = format!("{name} was executed, with {first}, and its client is told {outcome}.");
            (
                why,
                steps([
                    at(done, format!("{name} is executed: {first}")),
                    at(now, format!("it is told {outcome}")),
                ]),
            )
        });
    }

    fn untrue(&mut self, now: Mark, track: &Track, what: &str) {
        self.real.break_(now, || {
            let name = track.name();
            let why = format!("{name} is told {what}, and it has not been executed.");
            (why, steps([at(track.began, format!("{name} begins")), at(now, format!("it is told {what}"))]))
        });
    }

    fn stuck(&mut self, now: Mark, track: &Track) {
        let Some(blocked) = track.blocked else { return };
        self.progress.break_(now, || {
            let name = track.name();
            let why =
                format!("{name} has found its key in progress to the end, and nobody gives it a result.");
            let found = at(blocked, format!("{name} finds its key in progress"));
            (why, steps([found, at(now, "its client gives up")]))
        });
    }
}

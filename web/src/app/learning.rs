//! Challenges: which one is attempted, what was guessed first, and whether the present run reaches it.

use super::{App, Effect};
use crate::msg::Msg;
use splitbrain::lab::Challenge;
use splitbrain::link::{self, Hide};

/// What the reader has done about the challenge that is attempted. Which one that is, the link says.
#[derive(Clone, Default, Debug)]
pub(crate) struct Learning {
    /// The challenge whose question was answered, and with which of its answers: 0 is right.
    pub guess: Option<(&'static str, usize)>,
    /// Whether the hint is shown.
    pub hint: bool,
    /// Whether the run last judged reached it.
    pub reached: bool,
}

/// How an attempt stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Judged {
    /// A worksheet keeps it from its reader.
    Hidden,
    /// The reader guesses first.
    GuessFirst,
    /// Not reached.
    Open,
    /// Reached by the present run.
    Reached,
}

impl App {
    /// The challenge that is attempted.
    pub(crate) fn challenge(&self) -> Option<&'static Challenge> {
        self.lab.challenge(self.link().envelope.challenge?)
    }

    /// What the reader has guessed of the challenge that is attempted: 0 is right.
    pub(crate) fn guessed(&self) -> Option<usize> {
        self.learning
            .guess
            .filter(|(id, _)| self.link().envelope.challenge == Some(id))
            .map(|(_, answer)| answer)
    }

    /// How the attempt stands: the lab's own predicate on the present run.
    pub(crate) fn judged(&self) -> Option<Judged> {
        let challenge = self.challenge()?;
        Some(if self.hides_lights() {
            Judged::Hidden
        } else if challenge.guess.is_some() && self.guessed().is_none() {
            Judged::GuessFirst
        } else if !self.is_waiting() && (challenge.goal)(&self.link().scenario, &self.outcomes[0]) {
            Judged::Reached
        } else {
            Judged::Open
        })
    }

    /// Whether this is a worksheet that keeps from its reader which promises were kept.
    pub(crate) fn hides_lights(&self) -> bool {
        self.link().view.hide == Hide::Lights
    }

    /// Whether the link lets the reader change what this key names: a parameter, `seed`, `for`, or `do` for the whole script.
    pub(crate) fn may_move(&self, key: &str) -> bool {
        self.link().view.controls.as_ref().is_none_or(|keys| keys.iter().any(|known| known == key))
    }

    /// Whether a message would change what the link locks.
    pub(super) fn is_locked(&self, msg: &Msg) -> bool {
        let key = match msg {
            Msg::Set { key, .. } | Msg::Slide { key, .. } | Msg::Reset(key) => key,
            Msg::Seed(_) => "seed",
            Msg::Horizon(_) => "for",
            Msg::Do { .. } | Msg::CueRemove(_) | Msg::CueTime(..) | Msg::DraftAdd => "do",
            Msg::CueDrag { .. } | Msg::CueNudge(..) => "do",
            Msg::InSecond(msg) => return self.is_locked(msg),
            Msg::Knife | Msg::Slice(_) | Msg::SliceEnd => "do",
            _ => return false,
        };
        !self.may_move(key)
    }

    /// Whether the challenge of that id has ever been reached in this browser.
    pub(crate) fn was_reached(&self, id: &str) -> bool {
        self.kept.done.iter().any(|done| *done == self.done_name(id))
    }

    fn done_name(&self, id: &str) -> String {
        format!("{}/{id}", self.lab.meta().id)
    }

    /// Opens a challenge where it starts; panels and colours stay as they are.
    pub(super) fn attempt(&mut self, id: &str) -> Vec<Effect> {
        let Some(challenge) = self.lab.challenge(id) else { return Vec::new() };
        let Some(mut link) = link::parse(challenge.start, self.labs).link else { return Vec::new() };
        link.view = self.link().view.clone();
        link.view.at = None;
        link.envelope.challenge = Some(challenge.id);
        self.learning = Learning::default();
        self.halted = None;
        self.play.on = false;
        let mut effects = self.remember();
        effects.extend(self.turn_to(link, false));
        self.place(0, 0);
        self.said = format!("Challenge: {}", challenge.prompt);
        effects.push(Effect::FocusOn(format!("{}-task", self.options.id)));
        effects
    }

    /// Leaves the challenge; the run stays.
    pub(super) fn leave_attempt(&mut self) -> Vec<Effect> {
        let mut link = self.link().clone();
        link.envelope.challenge = None;
        self.learning = Learning::default();
        self.turn_to(link, false)
    }

    /// Takes a guess, once.
    pub(super) fn guess(&mut self, answer: usize) -> Vec<Effect> {
        let Some(challenge) = self.challenge() else { return Vec::new() };
        let answers = challenge.guess.map_or(0, |(_, answers)| answers.len());
        if answer < answers && self.guessed().is_none() {
            self.learning.guess = Some((challenge.id, answer));
            self.said = "Guessed. Now try: every change is judged.".into();
        }
        vec![Effect::FocusOn(format!("{}-task", self.options.id))]
    }

    /// Judges the present run, says when it has just reached the challenge, and has it remembered.
    pub(super) fn judge(&mut self) -> Vec<Effect> {
        let (Some(challenge), judged) = (self.challenge(), self.judged()) else {
            self.learning.reached = false;
            return Vec::new();
        };
        let before = std::mem::replace(&mut self.learning.reached, judged == Some(Judged::Reached));
        if !self.learning.reached || before {
            return Vec::new();
        }
        self.said = format!("Challenge reached. {}", challenge.learn);
        let name = self.done_name(challenge.id);
        if self.kept.done.contains(&name) {
            return Vec::new();
        }
        self.kept.done.push(name);
        vec![self.kept.effect("done")]
    }
}

//! A brief widget, as it stands in a text: the picture, one row of time, the promise in question and the controls that the text names. All
//! else lies behind `more`, which opens the whole bench in its place.

use super::{App, Effect, Halt, Width};
use crate::views::View;
use splitbrain::lab::{Promise, State, VerdictChange};
use splitbrain::link::Link;
use std::iter;

impl App {
    /// Whether only what the text speaks of is shown: the link names its knobs, and the reader has not asked for more.
    pub(crate) fn is_brief(&self) -> bool {
        !self.unfolded && !self.projected && self.may_be_brief()
    }

    /// Whether there is a brief form to go back to.
    pub(crate) fn may_be_brief(&self) -> bool {
        self.link().view.knobs.is_some()
    }

    /// Whether the link puts this control (`do`: what cuts and mends the cluster) at hand.
    pub(crate) fn has_knob(&self, key: &str) -> bool {
        self.link().view.knobs.iter().flatten().any(|knob| knob == key)
    }

    /// A link of what is shown that opens the whole bench.
    pub(crate) fn as_bench(&self, mut link: Link) -> Link {
        if self.is_brief() {
            link.view.panels.clear();
        }
        link.view.knobs = None;
        link
    }

    /// The views of a brief widget in the order of its link; the first is the picture.
    pub(crate) fn brief_views(&self) -> Vec<&'static View> {
        let named = &self.link().view.panels;
        let views: Vec<&View> =
            named.iter().filter_map(|id| self.views().find(|view| view.id == *id)).collect();
        if views.is_empty() { self.views().take(1).collect() } else { views }
    }

    /// The promise in question: the one that the link names, or the first to break, or the lab's first. None where the link names its panels
    /// and the promises are not among them.
    pub(crate) fn question(&self) -> Option<&'static Promise> {
        let named = &self.link().view.panels;
        if self.hides_lights() || !(named.is_empty() || named.iter().any(|id| id == "verdicts")) {
            return None;
        }
        let envelope = &self.link().envelope;
        let named = envelope.law.or(envelope.claim.map(|seen| seen.promise));
        let id = named.or_else(|| self.first_break(|_| true).map(|(halt, _)| halt.promise));
        let promises = self.lab.meta().promises;
        promises.iter().find(|promise| Some(promise.id) == id).or(promises.first())
    }

    /// Whether run `side` is in the picture: where there is no room for two beside each other, a brief widget shows the one that is chosen.
    pub(crate) fn shows_side(&self, side: usize) -> bool {
        !self.turns_pages() || side == self.side
    }

    /// Whether two runs take turns in one place.
    pub(crate) fn turns_pages(&self) -> bool {
        self.is_brief() && self.outcomes.len() > 1 && self.width <= Width::Narrow
    }

    /// The break that comes first of those of the promises that are asked for, with its run.
    fn first_break(&self, asked: impl Fn(&str) -> bool) -> Option<(Halt, &VerdictChange)> {
        let verdicts = self
            .outcomes
            .iter()
            .enumerate()
            .flat_map(|(side, outcome)| outcome.verdicts.iter().zip(iter::repeat(side)));
        let breaks = verdicts
            .filter(|(verdict, _)| asked(verdict.promise))
            .filter_map(|(verdict, side)| Some((Halt { promise: verdict.promise, side }, verdict.break_()?)));
        breaks.min_by_key(|(_, change)| change.at.at_us)
    }

    /// Tells of a change of a promise whether a run that is played stops there: where it breaks. A brief widget stops for the one in question
    /// alone, and never for what was broken before anything happened.
    pub(crate) fn halting(&self) -> impl Fn(&str, &VerdictChange) -> bool {
        // So does the bench that it opens into, where the link names that promise.
        let asks = self.is_brief() || self.may_be_brief() && self.link().envelope.law.is_some();
        let question = if asks { self.question().map(|promise| promise.id) } else { None };
        move |promise, change| {
            change.state == State::Broken && (!asks || change.at.at_us > 0 && question == Some(promise))
        }
    }

    /// Goes to where the run is worth looking at: where the promise in question breaks. Playing starts a little before.
    pub(super) fn pose(&mut self) {
        let question = self.question().map(|promise| promise.id);
        let first = self.first_break(|promise| question == Some(promise));
        let Some((stop, at_us)) =
            first.and_then(|(halt, change)| Some((self.stop_of_change(halt.side, change)?, change.at.at_us)))
        else {
            return;
        };
        self.place(stop, at_us);
        self.posed = true;
    }

    /// Opens the whole bench in the place of the brief widget, with what the link names and what the lab opens by itself; or closes it.
    pub(super) fn unfold(&mut self, unfolded: bool) -> Vec<Effect> {
        if !self.may_be_brief() || self.unfolded == unfolded {
            return Vec::new();
        }
        self.unfolded = unfolded;
        self.open = self.panels_at_first();
        self.tab = "";
        self.lay_out();
        self.said = if unfolded { "The whole bench is open." } else { "The bench is closed." }.into();
        let id = &self.options.id;
        vec![Effect::Changed, Effect::FocusOn(format!("{id}-{}", if unfolded { "less" } else { "more" }))]
    }

    /// Chooses the layout for the width of the box.
    pub(super) fn lay_out(&mut self) {
        self.width = match self.is_brief() {
            true => Width::of_brief(self.pixels),
            false => Width::of(self.pixels),
        };
    }
}

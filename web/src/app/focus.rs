//! What the reader has in focus, and what is in front of everything else.

use super::{App, Effect};
use crate::msg::Msg;
use crate::views::Focus;
use splitbrain::cast::Name;

impl App {
    /// Puts something in focus; nodes and links open their menu.
    pub(super) fn look_at(&mut self, focus: Focus, side: usize) -> Vec<Effect> {
        if !self.has_nodes_of(focus) {
            return Vec::new();
        }
        (self.focus, self.focus_side) = (focus, side);
        self.menu = matches!(focus, Focus::Node(_) | Focus::Link(..));
        if let Focus::Record(id) = focus {
            self.said = format!("{}.", self.record_words(side, id));
        }
        // A record or an operation says nothing of itself in the picture: the inspector does.
        if matches!(focus, Focus::Record(_) | Focus::Operation(_))
            && let Some(panel) = self.known_panel("inspector")
        {
            self.tab = panel;
            if !self.is_open(panel) {
                self.open.push(panel);
            }
        }
        match self.menu {
            true => vec![Effect::FocusOn(format!("{}-menu", self.options.id))],
            false => Vec::new(),
        }
    }

    /// The keyboard goes into a sheet that is opened, and back to what opened it when it is closed.
    pub(super) fn sheet(&self, name: &str, open: bool) -> Vec<Effect> {
        vec![if open { Effect::FocusOn(format!("{}-{name}", self.options.id)) } else { Effect::FocusBack }]
    }

    /// Closes what is in front, one thing at a time.
    pub(super) fn escape(&mut self) -> Vec<Effect> {
        if self.help {
            return self.change_look(Msg::Help);
        } else if self.share {
            return self.change_look(Msg::Share);
        } else if self.slicing.is_some() || self.knife {
            (self.slicing, self.knife) = (None, false);
        } else if self.menu {
            self.menu = false;
            return vec![Effect::FocusBack];
        } else if self.why.is_some() {
            self.close_why();
            return vec![Effect::FocusBack];
        } else if self.projected {
            return self.project(false);
        } else if self.halted.is_some() {
            self.halted = None;
        } else {
            self.focus = Focus::None;
        }
        Vec::new()
    }

    /// Has picture and sentence fill the screen, or no longer.
    pub(super) fn project(&mut self, on: bool) -> Vec<Effect> {
        if self.projected == on {
            return Vec::new();
        }
        self.projected = on;
        self.lay_out();
        (self.menu, self.share, self.help) = (false, false, false);
        self.said =
            if on { "The picture fills the screen. Escape leaves." } else { "The whole widget again." }
                .into();
        vec![Effect::Project(on)]
    }

    /// Lets go of what the new run does not have. What only one of two runs has can be in focus there; eyes are those of both.
    pub(super) fn focus_again(&mut self) {
        self.focus = match self.focus {
            Focus::Node(_) | Focus::Link(..) if self.has_nodes_of(self.focus) => self.focus,
            Focus::Operation(number)
                if self.focus_side < self.outcomes.len()
                    && self.transcript(self.focus_side).find_operation(number).is_some() =>
            {
                self.focus
            }
            _ => Focus::None,
        };
        self.menu &= self.focus != Focus::None;
        self.eyes = self.eyes.filter(|node| self.in_all(*node));
    }

    /// Whether some run has the nodes that a focus names.
    fn has_nodes_of(&self, focus: Focus) -> bool {
        let named = match focus {
            Focus::Node(node) => [node; 2],
            Focus::Link(a, b) => [a, b],
            _ => return true,
        };
        self.outcomes.iter().any(|outcome| named.iter().all(|name| outcome.cast.find(*name).is_some()))
    }

    /// Whether a node takes part in every run that is shown.
    pub(crate) fn in_all(&self, node: Name) -> bool {
        self.outcomes.iter().all(|outcome| outcome.cast.find(node).is_some())
    }
}

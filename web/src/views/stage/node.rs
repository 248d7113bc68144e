//! A node on the stage: name, role, what it holds, and whether it is down, paused or slow, told by form and word as well as colour.

use super::super::{Focus, Look, values};
use super::layout::Place;
use crate::scene::{Anchor, Emphasis, Mark, Role, Shape, mark};
use crate::text_width::{bold_text_width, fit_bold_text, text_width};
use splitbrain::cast::{NodeId, Sort};
use splitbrain::tell::{Conditions, Transcript};

/// A node as it stands at the cursor.
pub struct Face<'a> {
    look: &'a Look<'a>,
    node: NodeId,
    place: &'a Place,
    rows: usize,
    held: Vec<values::Held>,
    role_word: Option<String>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Up,
    Down,
    Paused,
    Slow(u32),
    /// The eyes chosen cannot know.
    Unseen,
}

impl<'a> Face<'a> {
    /// Looks the node up.
    pub fn of(
        look: &'a Look<'a>,
        transcript: &Transcript<'_>,
        conditions: &Conditions,
        node: NodeId,
        place: &'a Place,
        rows: usize,
    ) -> Face<'a> {
        let state = match conditions {
            _ if !look.sees(node) => State::Unseen,
            c if !c.world.is_up(node) => State::Down,
            c if c.world.paused.contains_key(&node) => State::Paused,
            c => c.world.slow.get(&node).map_or(State::Up, |slow| State::Slow(slow.factor)),
        };
        let record = look.cursor.record_id(&look.outcome.trace);
        let knows = !matches!(state, State::Unseen | State::Down);
        let held = if knows { values::held(look, transcript, node, record) } else { Vec::new() };
        let role_word = if knows { values::role_word(look, transcript, node, record) } else { None };
        Face { look, node, place, rows, held, role_word, state }
    }

    /// The state in words.
    pub fn state_words(&self) -> Option<String> {
        match self.state {
            State::Up => None,
            State::Down => Some("down".into()),
            State::Paused => Some("paused".into()),
            State::Slow(factor) => Some(format!("slow ×{factor}")),
            State::Unseen => Some("not to be seen from there".into()),
        }
    }

    /// Everything that the card says, in words.
    fn title(&self) -> String {
        let sort = match self.look.outcome.cast.sort(self.node).0 {
            Sort::Server => "server",
            Sort::Coordinator => "coordinator",
            Sort::Client => "client",
        };
        let mut parts = vec![self.look.name(self.node), sort.to_owned()];
        parts.push(self.state_words().unwrap_or_else(|| "up".into()));
        parts.extend(self.role_word.clone().filter(|word| word != sort));
        parts.extend(self.held.iter().map(values::Held::words));
        parts.join(", ")
    }

    /// The card.
    pub fn draw(&self) -> Mark {
        let mut parts = Vec::new();
        let (w, h) = (self.place.half_width, self.place.half_height);
        if self.look.focus == Focus::Node(self.look.outcome.cast.name(self.node)) {
            parts.extend(ring(Role::Focus, w, h, self.radius()));
        }
        parts.push(mark("card", self.role(), Shape::rect(-w, -h, 2.0 * w, 2.0 * h, self.radius())));
        if self.look.outcome.cast.sort(self.node).0 == Sort::Coordinator {
            parts.push(mark("inner", self.role(), Shape::rect(3.0 - w, 3.0 - h, 2.0 * w - 6.0, 2.0 * h - 6.0, 0.0)));
        }
        self.write_head(&mut parts);
        match self.state {
            State::Down => self.cross_out(&mut parts),
            State::Unseen => {
                parts.push(mark("unseen", Role::InkSoft, Shape::text(w - 12.0, 5.0, "?", Anchor::Middle).sized(16.0).bold()));
            }
            _ => self.write_rows(&mut parts),
        }
        let name = self.look.name(self.node);
        mark(format!("node-{name}"), self.role(), Shape::Group(parts))
            .at(self.place.x, self.place.y)
            .emphasis(self.emphasis())
            .title(self.title())
            .on_click(format!("focus node {name}"))
    }

    /// While "why?" is answered, those whom the argument does not touch step back.
    fn emphasis(&self) -> Emphasis {
        let trace = &self.look.outcome.trace;
        let touched = |id: &u32| trace.get(*id).is_some_and(|r| r.node == self.node || r.peer == self.node);
        match self.look.lit {
            [] => Emphasis::Plain,
            lit if lit.iter().any(touched) => Emphasis::Plain,
            _ => Emphasis::Dim,
        }
    }

    /// The corners of its card, by its sort.
    pub fn radius(&self) -> f64 {
        match self.look.outcome.cast.sort(self.node).0 {
            Sort::Server => 8.0,
            Sort::Coordinator => 1.0,
            Sort::Client => self.place.half_height,
        }
    }

    fn role(&self) -> Role {
        let leads = self.role_word.as_deref().is_some_and(|word| matches!(word, "leader" | "primary" | "coordinator"));
        match self.state {
            State::Down => Role::NodeDown,
            State::Paused => Role::NodePaused,
            State::Slow(_) => Role::NodeSlow,
            State::Unseen => Role::OpUnknown,
            State::Up if leads => Role::NodeLead,
            State::Up => match self.look.outcome.cast.sort(self.node).0 {
                Sort::Server => Role::NodeUp,
                Sort::Coordinator => Role::NodeLead,
                Sort::Client => Role::Client,
            },
        }
    }

    /// The name, and beside it the role or the state.
    fn write_head(&self, parts: &mut Vec<Mark>) {
        let (w, h) = (self.place.half_width, self.place.half_height);
        let name = self.look.name(self.node);
        let word = self.state_words().filter(|_| !matches!(self.state, State::Unseen | State::Down));
        // The card's form says already that it coordinates.
        let word = word.or_else(|| self.role_word.clone().filter(|word| word != "coordinator"));
        let alone = word.is_none() && self.held.is_empty() && self.state != State::Unseen;
        let y = if self.rows > 0 && !alone { -h + 16.0 } else { 4.5 };
        let size = 14.0;
        if alone && self.state != State::Down {
            parts.push(mark("name", Role::Ink, Shape::text(0.0, y, name, Anchor::Middle).sized(size).bold()));
            return;
        }
        parts.push(mark("name", Role::Ink, Shape::text(-w + 9.0, y, name, Anchor::Start).sized(size).bold()));
        let bars = self.state == State::Paused;
        if bars {
            for (i, x) in [w - 14.0, w - 9.0].into_iter().enumerate() {
                parts.push(mark(format!("bar{i}"), Role::Ink, Shape::rect(x, y - 9.0, 2.0, 9.0, 0.0)));
            }
        }
        if let Some(word) = word {
            let right = if bars { w - 19.0 } else { w - 8.0 };
            let room = right + w - 13.0 - bold_text_width(&self.look.name(self.node), size);
            // Half a word tells nobody anything: the title has it whole.
            if text_width(&word, 12.0) <= room {
                parts.push(mark("word", Role::InkSoft, Shape::text(right, y, word, Anchor::End)));
            }
        }
    }

    /// What it holds: the key, a tag that changes with the version and bears the value, the version.
    fn write_rows(&self, parts: &mut Vec<Mark>) {
        let (w, h) = (self.place.half_width, self.place.half_height);
        for (i, held) in self.held.iter().take(self.rows).enumerate() {
            let y = -h + 34.0 + 18.0 * i as f64;
            let more = self.held.len() > self.rows && i + 1 == self.rows && self.rows > 1;
            if more {
                let words = format!("and {} more", self.held.len() - i);
                parts.push(mark("more", Role::InkSoft, Shape::text(-w + 9.0, y, words, Anchor::Start)));
                break;
            }
            parts.push(mark(format!("held{i}"), Role::Ink, Shape::Group(self.row(held, y))));
        }
    }

    /// One key's row at a baseline.
    fn row(&self, held: &values::Held, y: f64) -> Vec<Mark> {
        let w = self.place.half_width;
        let (mut parts, mut x, right) = (Vec::new(), -w + 9.0, w - 8.0);
        if !held.name.is_empty() {
            let taken = bold_text_width(&held.name, 12.0);
            parts.push(mark("key", Role::Ink, Shape::text(x, y, held.name.as_str(), Anchor::Start).bold()));
            x += taken + 6.0;
        }
        if held.is_empty() {
            let words = if right - x >= text_width("– no value", 12.0) { "– no value" } else { "– empty" };
            let words = if right - x >= text_width(words, 12.0) { words } else { "–" };
            parts.push(mark("value", Role::InkSoft, Shape::text(x, y, words, Anchor::Start)));
            return parts;
        }
        let value = fit_bold_text(&held.value, 12.0, right - x - values::HEAD - 8.0);
        let width = values::tag_width(&value);
        parts.extend(values::tag(held.version(), &value, (x, y - 4.5)));
        if !held.rest.is_empty() && text_width(&held.rest, 12.0) <= right - x - width - 6.0 {
            parts.push(mark("rest", Role::InkSoft, Shape::text(right, y, held.rest.as_str(), Anchor::End)));
        }
        parts
    }

    /// Crossed out from corner to corner, and the word.
    fn cross_out(&self, parts: &mut Vec<Mark>) {
        let (w, h) = (self.place.half_width - 5.0, self.place.half_height - 4.0);
        for (key, from, to) in [("fall", (-w, -h), (w, h)), ("rise", (-w, h), (w, -h))] {
            parts.push(mark(key, Role::NodeDown, Shape::line(from, to)));
        }
        let y = if self.rows > 0 { 15.0 } else { 4.5 };
        let x = if self.rows > 0 { 0.0 } else { w - 14.0 };
        parts.push(mark("word", Role::Ink, Shape::text(x, y, "down", Anchor::Middle).bold().halo()));
    }
}

/// A ring around a card: it lies under the card and shows at its rim.
pub fn ring(role: Role, half_width: f64, half_height: f64, radius: f64) -> Vec<Mark> {
    let rect = |by: f64| {
        let (w, h) = (half_width + by, half_height + by);
        Shape::rect(-w, -h, 2.0 * w, 2.0 * h, (radius + by).min(h))
    };
    vec![mark("ring", role, rect(5.0)), mark("ring-gap", Role::Paper, rect(2.5))]
}

//! The state machine of a circuit breaker: the live state lit, the wait counted down, each transition with its time and cause.

use super::ring::placing::count;
use super::{Focus, Look, Picture, grid};
use crate::markup::{Element, el};
use crate::scene::{Anchor, Emphasis, Mark, Role, Scene, Shape, mark};
use crate::text_width::{fit_bold_text, wrap_at_most};
use splitbrain::cast::NodeId;

use splitbrain::trace::{Change, Fact, FactKey};

/// The panel's title.
pub const TITLE: &str = "Breaker states";

/// The most transitions that are listed: those around the cursor.
const MAX_LISTED: usize = 10;
/// The most breakers whose state is looked up for the crowd.
const MAX_CROWD: usize = 1_000;
/// The most rows of dots in a state.
const DOT_ROWS: usize = 4;

const STATES: [(&str, &str); 3] =
    [("closed", "calls pass"), ("open", "calls are refused"), ("half-open", "trial calls pass")];
/// From which state to which, and why in general.
const WAYS: [(usize, usize, &str); 4] =
    [(0, 1, "too many failed"), (1, 2, "the wait is over"), (2, 1, "trials failed"), (2, 0, "trials passed")];

/// The facts of a breaker, by their places among the lab's.
#[derive(Clone, Copy)]
struct Names {
    state: u8,
    until: u8,
    cause: u8,
}

/// One breaker, and what it has done.
struct Shown<'a> {
    node: NodeId,
    index: u16,
    /// Its states, from the first.
    history: Vec<&'a Change>,
    /// How many of them have come to pass at the cursor.
    until: usize,
    /// How often each of [`WAYS`] was taken until then.
    taken: [usize; 4],
}

impl Shown<'_> {
    fn state(&self, place: usize) -> &str {
        match &self.history[place].value {
            Fact::Word(word) => word,
            _ => "closed",
        }
    }

    /// Which of [`WAYS`] leads to a place of the history.
    fn way(&self, place: usize) -> Option<usize> {
        let (from, to) = (self.state(place - 1), self.state(place));
        WAYS.iter().position(|way| (STATES[way.0].0, STATES[way.1].0) == (from, to))
    }

    fn count(&mut self) {
        for place in 1..self.until {
            if let Some(way) = self.way(place) {
                self.taken[way] += 1;
            }
        }
    }

    fn now(&self) -> &str {
        self.until.checked_sub(1).map_or("closed", |last| self.state(last))
    }
}

/// Draws the machine at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let breakers = look.lab.gauges(look.scenario).breakers;
    let (Some(names), false) = (names(look), breakers.is_empty()) else {
        return grid::only_words(look, "states", TITLE, "There is no circuit breaker in this run.");
    };
    let Some(shown) = choose(look, names) else {
        return grid::only_words(look, "states", TITLE, "No instance with a circuit breaker is up yet.");
    };
    let width = f64::from(look.width);
    let name = breakers.get(usize::from(shown.index)).map_or("?", String::as_str);
    let whose = format!("{}’s breaker before the {name}", look.name(shown.node));
    let mut scene = Scene::new(format!("{}-states", look.id), width, 332.0, TITLE);
    let heading = Shape::text(8.0, 18.0, fit_bold_text(&whose, 13.0, width - 16.0), Anchor::Start).sized(13.0).bold();
    scene.push(mark("whose", Role::Ink, heading));
    let crowd = crowd(look, names, &shown);
    let across = if width < 340.0 { TIGHT } else { ROOMY };
    let left = ((width - 344.0) / 2.0).max(0.0);
    let machine = machine(look, names, &shown, &crowd, across);
    scene.push(mark("machine", Role::Ink, Shape::Group(machine)).at(left, 28.0));
    let all = count(crowd.iter().sum::<usize>() as i64);
    let words = format!("A dot is one instance’s breaker before the {name}: {all} in all.");
    for (i, line) in wrap_at_most(&words, 12.0, width - 16.0, 2).into_iter().enumerate() {
        let shape = Shape::text(8.0, 308.0 + 16.0 * i as f64, line, Anchor::Start);
        scene.push(mark(format!("crowd{i}"), Role::InkSoft, shape));
    }
    let last = shown.until.checked_sub(1).filter(|last| *last > 0).map(|last| {
        let change = shown.history[last];
        format!(" since {}: {}", moment(look, change), cause(look, names, &shown, change))
    });
    let sentence = format!(
        "{whose} is {}{}. Of all such breakers {} are closed, {} open, {} half-open.",
        shown.now(),
        last.unwrap_or_default(),
        crowd[0],
        crowd[1],
        crowd[2]
    );
    Picture { scene: Some(scene.describe(sentence)), text: Some(list(look, names, &shown)) }
}

fn names(look: &Look<'_>) -> Option<Names> {
    let place = |name: &str| look.lab.meta().facts.iter().position(|fact| fact.name == name).map(|at| at as u8);
    Some(Names { state: place("state")?, until: place("until")?, cause: place("cause")? })
}

/// The breaker to show: of the node in focus, or of the first; the one that has changed last, or will change first.
fn choose<'a>(look: &Look<'a>, names: Names) -> Option<Shown<'a>> {
    let trace = &look.outcome.trace;
    let has = |node: &NodeId| trace.fact_keys(*node).any(|key| key.name == names.state);
    let focused = match look.focus {
        Focus::Node(name) => look.outcome.cast.find(name).filter(has),
        _ => None,
    };
    let node = focused.or_else(|| look.outcome.cast.nodes().find(has))?;
    let record = look.cursor.record_id(trace);
    let each = trace.fact_keys(node).filter(|key| key.name == names.state).map(|key| {
        let history: Vec<&Change> = trace.history(node, key).collect();
        let until = record.map_or(0, |id| history.partition_point(|change| change.record <= id));
        Shown { node, index: key.index, history, until, taken: [0; 4] }
    });
    // The first entry is the state at the start: no transition.
    let mut chosen = each.max_by_key(|shown| {
        let last = shown.until.checked_sub(1).filter(|last| *last > 0).map(|last| shown.history[last].record);
        let next = shown.history.get(1).map_or(0, |change| u32::MAX - change.record);
        (last, next, u16::MAX - shown.index)
    })?;
    chosen.count();
    Some(chosen)
}

/// How many breakers of this number, over all nodes, are in each state at the cursor.
fn crowd(look: &Look<'_>, names: Names, shown: &Shown<'_>) -> [usize; 3] {
    let trace = &look.outcome.trace;
    let key = FactKey { name: names.state, index: shown.index };
    let mut counts = [0; 3];
    let Some(record) = look.cursor.record_id(trace) else { return counts };
    for node in look.outcome.cast.nodes().take(MAX_CROWD) {
        if let Some(Fact::Word(word)) = trace.fact_at(node, key, record) {
            counts[STATES.iter().position(|state| state.0 == *word).unwrap_or(0)] += 1;
        }
    }
    counts
}

/// Where the states stand: middle, top.
const PLACES: [(f64, f64); 3] = [(69.0, 8.0), (279.0, 8.0), (174.0, 182.0)];
const HEIGHT: f64 = 78.0;

/// How the machine is drawn across: as it is, or pressed where there is little room.
#[derive(Clone, Copy)]
struct Across {
    left: f64,
    scale: f64,
    /// Of a state's box.
    width: f64,
}
const ROOMY: Across = Across { left: 0.0, scale: 1.0, width: 122.0 };
const TIGHT: Across = Across { left: 1.5, scale: 0.79, width: 104.0 };

impl Across {
    fn x(self, x: f64) -> f64 {
        self.left + self.scale * x
    }
}

fn machine(look: &Look<'_>, names: Names, shown: &Shown<'_>, crowd: &[usize; 3], across: Across) -> Vec<Mark> {
    let now = shown.now();
    let mut marks: Vec<Mark> = WAYS.iter().enumerate().map(|(i, way)| arrow(shown, i, *way, across)).collect();
    for (i, (state, about)) in STATES.iter().enumerate() {
        let (width, height) = (across.width, HEIGHT);
        let (x, y) = (across.x(PLACES[i].0) - width / 2.0, PLACES[i].1);
        let lit = *state == now;
        let role = match (lit, i) {
            (false, _) => Role::Client,
            (true, 0) => Role::NodeUp,
            (true, 1) => Role::NodeDown,
            (true, _) => Role::NodeSlow,
        };
        let mut parts = Vec::new();
        if lit {
            // A second rim: the live state is seen without colour.
            parts.push(mark("rim", Role::Ink, Shape::rect(-4.0, -4.0, width + 8.0, height + 8.0, 12.0)));
            parts.push(mark("gap", Role::Paper, Shape::rect(-2.0, -2.0, width + 4.0, height + 4.0, 10.0)));
        }
        parts.push(mark("box", role, Shape::rect(0.0, 0.0, width, height, 8.0)));
        let word = Shape::text(width / 2.0, 19.0, *state, Anchor::Middle).sized(14.0).bold();
        parts.push(mark("word", Role::Ink, word));
        let below = match (lit, i) {
            (true, 1) => countdown(look, names, shown).unwrap_or_else(|| (*about).to_owned()),
            _ => (*about).to_owned(),
        };
        parts.push(mark("about", Role::InkSoft, Shape::text(width / 2.0, 36.0, below, Anchor::Middle)));
        let row = ((width - 17.0) / 7.0) as usize;
        let each = crowd[i].div_ceil(DOT_ROWS * row).max(1);
        let points: Vec<(f64, f64)> = (0..crowd[i].div_ceil(each))
            .map(|n| (12.0 + 7.0 * (n % row) as f64, 47.0 + 7.0 * (n / row) as f64))
            .collect();
        if !points.is_empty() {
            let dots = mark("crowd", Role::Ink, Shape::Dots { points, r: 2.4 });
            parts.push(dots.title(format!("{} of these breakers are {state}", crowd[i])));
        }
        let title = format!("{state}: {about}{}", if lit { "; the live state" } else { "" });
        marks.push(mark(*state, role, Shape::Group(parts)).at(x, y).title(title));
    }
    marks
}

/// How long until an open breaker admits a trial call.
fn countdown(look: &Look<'_>, names: Names, shown: &Shown<'_>) -> Option<String> {
    let record = look.cursor.record_id(&look.outcome.trace)?;
    let key = FactKey { name: names.until, index: shown.index };
    let Some(Fact::Time(until_us)) = look.outcome.trace.fact_at(shown.node, key, record) else { return None };
    let left_us = u64::try_from(*until_us).ok()?.saturating_sub(look.cursor.at_us);
    Some(match left_us {
        0 => "until a call asks".to_owned(),
        10_000_000.. => format!("{} s to go", count(left_us.div_ceil(1_000_000) as i64)),
        us => format!("{} ms to go", count((us / 1_000) as i64)),
    })
}

fn arrow(shown: &Shown<'_>, i: usize, (from, to, why): (usize, usize, &str), across: Across) -> Mark {
    let taken = shown.taken[i];
    let (start, end, words) = [
        ((134.0, 34.0), (212.0, 34.0), (172.0, 26.0)),
        ((300.0, 94.0), (240.0, 196.0), (282.0, 150.0)),
        ((214.0, 178.0), (262.0, 94.0), (222.0, 128.0)),
        ((126.0, 178.0), (70.0, 94.0), (92.0, 150.0)),
    ][i];
    let [start, end, words] = [start, end, words].map(|(x, y)| (across.x(x), y));
    let last = shown.until.checked_sub(1).filter(|last| *last > 0);
    let just = last.is_some_and(|last| shown.way(last) == Some(i));
    let role = if just { Role::Accent } else { Role::Link };
    let anchor = [Anchor::Middle, Anchor::Start, Anchor::End, Anchor::End][i];
    let number = Shape::text(words.0, words.1, format!("{taken} ×"), anchor).bold().halo();
    let parts = vec![mark("line", role, Shape::arrow(start, end)), mark("count", Role::Ink, number)];
    let title = format!("{} to {}: {why}; {taken} times so far", STATES[from].0, STATES[to].0);
    mark(format!("way{i}"), role, Shape::Group(parts))
        .title(title)
        .emphasis(if just { Emphasis::Lit } else { Emphasis::Plain })
}

fn moment(look: &Look<'_>, change: &Change) -> String {
    let at_us = look.outcome.trace.get(change.record).map_or(0, |record| record.at_us);
    look.moment(at_us)
}

fn cause(look: &Look<'_>, names: Names, shown: &Shown<'_>, change: &Change) -> String {
    let key = FactKey { name: names.cause, index: shown.index };
    match look.outcome.trace.fact_at(shown.node, key, change.record) {
        Some(Fact::Text(text)) => text.rsplit_once(": ").map_or(text.to_string(), |(_, why)| why.to_owned()),
        _ => "no cause was recorded".to_owned(),
    }
}

/// The transitions around the cursor, each a way to its moment.
fn list(look: &Look<'_>, names: Names, shown: &Shown<'_>) -> Element {
    let all = shown.history.len().saturating_sub(1);
    let last = shown.until.saturating_sub(1);
    let from = last.saturating_sub(MAX_LISTED / 2).min(all.saturating_sub(MAX_LISTED));
    let rows = (from..all).take(MAX_LISTED).map(|i| {
        let change = shown.history[i + 1];
        let words = format!("{} → {}: {}", shown.state(i), shown.state(i + 1), cause(look, names, shown, change));
        let button = el("button")
            .attr("type", "button")
            .class("sb-line")
            .on("click", format!("goto record {}", change.record))
            .child(el("span").class("sb-time").child(moment(look, change)))
            .child(" ")
            .child(el("span").class("sb-what").child(words));
        let now = i + 2 == shown.until;
        el("li")
            .key(format!("t{}", change.record))
            .class_if(i + 1 >= shown.until, "dim")
            .attr_if("aria-current", now.then_some("step"))
            .child(button)
    });
    let head = match all {
        0 => "It stays closed throughout.".to_owned(),
        1 => "Its one transition".to_owned(),
        n if n > MAX_LISTED => format!("Transitions {} to {} of {n}", from + 1, (from + MAX_LISTED).min(n)),
        n => format!("Its {n} transitions"),
    };
    let list = el("ol").class("sb-transcript").attr("aria-label", "Transitions, in order").children(rows);
    el("div").child(el("p").class("sb-more").child(head)).child(list)
}

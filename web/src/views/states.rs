//! A state machine that nodes run: the live state lit, the wait counted down, each transition with its time and cause.

mod machine;

use super::{Focus, Look, Picture, grid};
use crate::markup::{Element, el};
use crate::scene::{Anchor, Role, Scene, Shape, mark};
use crate::text_width::{fit_bold_text, wrap_at_most};
use machine::Drawn;
use splitbrain::cast::NodeId;
use splitbrain::counted::count;
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{Machine, Way};
use splitbrain::trace::{Change, Fact};

/// The panel's title.
pub const TITLE: &str = "States";

/// Nodes that run a state machine.
pub fn needs(shows: &Shows) -> bool {
    !shows.machines.is_empty()
}

/// The most transitions that are listed: those around the cursor.
const MAX_LISTED: usize = 10;
/// The most nodes whose state is looked up for the crowd.
const MAX_CROWD: usize = 1_000;

/// One node's machine, and what it has done.
struct Shown<'a> {
    machine: &'a Machine,
    node: NodeId,
    index: u16,
    /// Its states, from the first.
    history: Vec<&'a Change>,
    /// How many of them have come to pass at the cursor.
    until: usize,
    /// The ways that are drawn, and how often each was taken until then.
    ways: Vec<(Way, usize)>,
}

impl Shown<'_> {
    fn state(&self, place: usize) -> &str {
        match &self.history[place].value {
            Fact::Word(word) => word,
            _ => self.machine.states[0].word,
        }
    }

    /// From where to where it went at a place of the history, of the states that there are.
    fn step(&self, place: usize) -> Option<(usize, usize)> {
        let step = (self.machine.place(self.state(place - 1))?, self.machine.place(self.state(place))?);
        (step.0 != step.1).then_some(step)
    }

    /// Which of the ways leads to a place of the history.
    fn way(&self, place: usize) -> Option<usize> {
        let (from, to) = self.step(place)?;
        self.ways.iter().position(|(way, _)| (way.from, way.to) == (from, to))
    }

    /// Finds the ways: those that the lab declares, and any other that was taken; counts them.
    fn count(&mut self) {
        self.ways = self.machine.ways.iter().map(|way| (*way, 0)).collect();
        for place in 1..self.until {
            match (self.way(place), self.step(place)) {
                (Some(way), _) => self.ways[way].1 += 1,
                (None, Some((from, to))) => self.ways.push((Way::new(from, to, ""), 1)),
                (None, None) => {}
            }
        }
    }

    /// The last transition at the cursor, by its place in the history: the first entry is the state at the start.
    fn last(&self) -> Option<usize> {
        self.until.checked_sub(1).filter(|last| *last > 0)
    }

    fn now(&self) -> &str {
        self.until.checked_sub(1).map_or(self.machine.states[0].word, |last| self.state(last))
    }

    /// "k1’s breaker before the cache".
    fn whose(&self, look: &Look<'_>) -> String {
        format!("{}’s {}", look.name(self.node), self.what())
    }

    fn what(&self) -> &str {
        self.machine.places.get(usize::from(self.index)).map_or("?", String::as_str)
    }

    /// Why it went to a place of the history: as it was reported, or else in general.
    fn cause(&self, look: &Look<'_>, place: usize) -> Option<String> {
        if let Some(cause) = self.machine.cause {
            let told = look.outcome.trace.fact_at(self.node, cause.at(self.index), self.history[place].record);
            return Some(match told {
                Some(Fact::Text(text)) => {
                    text.rsplit_once(": ").map_or(text.to_string(), |(_, why)| why.to_owned())
                }
                _ => "no cause was recorded".to_owned(),
            });
        }
        let why = self.ways[self.way(place)?].0.why;
        (!why.is_empty()).then(|| why.to_owned())
    }
}

/// Draws the machine at the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let machines = look.shows().machines;
    let Some(machine) = of_interest(look, &machines) else {
        return grid::only_words(look, "states", TITLE, "No node runs a state machine in this run.");
    };
    let Some(shown) = choose(look, machine) else {
        return grid::only_words(look, "states", TITLE, "Nobody has reported a state yet.");
    };
    let width = f64::from(look.width);
    let whose = shown.whose(look);
    let crowd = crowd(look, &shown);
    let drawn = Drawn::of(look, &shown, &crowd, width);
    let mut scene =
        Scene::new(format!("{}-states", look.id), width, 28.0 + drawn.height + 36.0, machine.title);
    let heading = Shape::text(8.0, 18.0, fit_bold_text(&whose, 13.0, width - 16.0), Anchor::Start);
    scene.push(mark("whose", Role::Ink, heading.sized(13.0).bold()));
    scene.push(mark("machine", Role::Ink, Shape::Group(drawn.marks)).at(drawn.left, 28.0));
    let all = count(crowd.iter().map(Vec::len).sum::<usize>() as i64);
    let words = match machine.places.len() {
        _ if drawn.names => format!("{all} {} in all.", machine.many),
        1 => format!("A dot is one {}: {all} in all.", machine.one),
        _ => format!("A dot is one {}’s {}: {all} in all.", machine.one, shown.what()),
    };
    for (i, line) in wrap_at_most(&words, 12.0, width - 16.0, 2).into_iter().enumerate() {
        let shape = Shape::text(8.0, 28.0 + drawn.height + 12.0 + 16.0 * i as f64, line, Anchor::Start);
        scene.push(mark(format!("crowd{i}"), Role::InkSoft, shape));
    }
    let last = shown.last().map(|last| {
        let cause = shown.cause(look, last).map_or(String::new(), |cause| format!(": {cause}"));
        format!(" since {}{cause}", moment(look, shown.history[last]))
    });
    let each = machine.states.iter().zip(&crowd).enumerate();
    let each = each.map(|(i, (state, nodes))| {
        format!("{}{} {}", nodes.len(), if i == 0 { " are" } else { "" }, state.word)
    });
    let sentence = format!(
        "{whose} is {}{}. Of all such {} {}.",
        shown.now(),
        last.unwrap_or_default(),
        machine.many,
        each.collect::<Vec<_>>().join(", ")
    );
    Picture { scene: Some(scene.describe(sentence)), text: Some(list(look, &shown)) }
}

/// The machine that the node in focus runs, or the first.
fn of_interest<'a>(look: &Look<'_>, machines: &'a [Machine]) -> Option<&'a Machine> {
    let focused = match look.focus {
        Focus::Node(name) => machines.iter().find(|machine| machine.sort == name.sort),
        _ => None,
    };
    focused.or(machines.first())
}

/// The machine to show: of the node in focus, or of the first, where each has several; the one that has changed last, or will change first.
fn choose<'a>(look: &Look<'a>, machine: &'a Machine) -> Option<Shown<'a>> {
    let trace = &look.outcome.trace;
    let state = machine.state.0;
    let own = |node: NodeId| trace.fact_keys(node).filter(move |key| key.name == state);
    let has = |node: &NodeId| own(*node).next().is_some();
    let nodes = || look.outcome.cast.of(machine.sort).filter(has);
    let focused = match look.focus {
        Focus::Node(name) => look.outcome.cast.find(name).filter(|_| name.sort == machine.sort).filter(has),
        _ => None,
    };
    let among: Vec<NodeId> = match focused {
        Some(node) => vec![node],
        None => nodes().take(if machine.places.len() > 1 { 1 } else { MAX_CROWD }).collect(),
    };
    let record = look.cursor.record_id(trace);
    let each = among.iter().flat_map(|node| own(*node).map(move |key| (*node, key))).map(|(node, key)| {
        let history: Vec<&Change> = trace.history(node, key).collect();
        let until = record.map_or(0, |id| history.partition_point(|change| change.record <= id));
        Shown { machine, node, index: key.index, history, until, ways: Vec::new() }
    });
    let mut chosen = each.max_by_key(|shown| {
        let last = shown.last().map(|last| shown.history[last].record);
        let next = shown.history.get(1).map_or(0, |change| u32::MAX - change.record);
        (last, next, usize::MAX - shown.node.index(), u16::MAX - shown.index)
    })?;
    chosen.count();
    Some(chosen)
}

/// The nodes whose machine of this index is in each state at the cursor.
fn crowd(look: &Look<'_>, shown: &Shown<'_>) -> Vec<Vec<NodeId>> {
    let (trace, machine) = (&look.outcome.trace, shown.machine);
    let mut crowd = vec![Vec::new(); machine.states.len()];
    let Some(record) = look.cursor.record_id(trace) else { return crowd };
    for node in look.outcome.cast.of(machine.sort).take(MAX_CROWD) {
        if let Some(Fact::Word(word)) = trace.fact_at(node, machine.state.at(shown.index), record)
            && let Some(place) = machine.place(word)
        {
            crowd[place].push(node);
        }
    }
    crowd
}

/// How long until what a state waits for may come.
fn countdown(look: &Look<'_>, shown: &Shown<'_>, state: usize) -> Option<String> {
    let deadline = shown.machine.deadline.filter(|deadline| deadline.state == state)?;
    let record = look.cursor.record_id(&look.outcome.trace)?;
    let told = look.outcome.trace.fact_at(shown.node, deadline.fact.at(shown.index), record);
    let Some(Fact::Time(until_us)) = told else { return None };
    let left_us = u64::try_from(*until_us).ok()?.saturating_sub(look.cursor.at_us);
    Some(match left_us {
        0 => deadline.then.to_owned(),
        10_000_000.. => format!("{} s to go", count(left_us.div_ceil(1_000_000) as i64)),
        us => format!("{} ms to go", count((us / 1_000) as i64)),
    })
}

fn moment(look: &Look<'_>, change: &Change) -> String {
    let at_us = look.outcome.trace.get(change.record).map_or(0, |record| record.at_us);
    look.moment(at_us)
}

/// The transitions around the cursor, each a way to its moment.
fn list(look: &Look<'_>, shown: &Shown<'_>) -> Element {
    let all = shown.history.len().saturating_sub(1);
    let last = shown.until.saturating_sub(1);
    let from = last.saturating_sub(MAX_LISTED / 2).min(all.saturating_sub(MAX_LISTED));
    let rows = (from..all).take(MAX_LISTED).map(|i| {
        let change = shown.history[i + 1];
        let cause = shown.cause(look, i + 1).map_or(String::new(), |cause| format!(": {cause}"));
        let words = format!("{} → {}{cause}", shown.state(i), shown.state(i + 1));
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
        0 => format!("It stays {} throughout.", shown.now()),
        1 => "Its one transition".to_owned(),
        n if n > MAX_LISTED => format!("Transitions {} to {} of {n}", from + 1, (from + MAX_LISTED).min(n)),
        n => format!("Its {n} transitions"),
    };
    let list = el("ol").class("sb-transcript").attr("aria-label", "Transitions, in order").children(rows);
    el("div").child(el("p").class("sb-more").child(head)).child(list)
}

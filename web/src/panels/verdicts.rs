//! The lights: one for each promise, from the first state on, with when it broke, by what and why.

use super::{button, capital, panel};
use crate::app::App;
use crate::markup::{Element, el};
use splitbrain::lab::{Promise, State, Verdict};

const KEPT: &str = "M5 12.500l4.500 4.500L19 7.500";
const BROKEN: &str = "M6 6l12 12M18 6L6 18";
const UNKNOWN: &str = "M9 9.200a3 3 0 1 1 4.300 2.700c-.9.45-1.300 1-1.300 2.100M12 17.400v.2";

/// The lights; with two runs, both states of each. A widget in a text shows those that the text is about, and folds the rest.
pub(crate) fn draw(app: &App) -> Element {
    let promises = app.lab.meta().promises;
    let lights = |list: Vec<&'static Promise>| {
        el("ul").class("sb-lights").children(list.into_iter().map(|promise| light(app, promise)))
    };
    let (front, rest): (Vec<_>, Vec<_>) = promises.iter().partition(|promise| stands_in_front(app, promise));
    let folded = (!rest.is_empty()).then(|| {
        let summary = el("summary").child(summary(app, &rest));
        el("details").key("rest").class("sb-rest").child(summary).child(lights(rest))
    });
    let body = el("div").child(lights(front).key("front")).child_if(folded);
    panel(&app.options.id, "verdicts", "Promises", body)
}

/// Whether a light stands in front: on the lab's own page all do; in a text those that break, or that the link names, or the first.
fn stands_in_front(app: &App, promise: &Promise) -> bool {
    let breaks = |promise: &Promise| {
        let verdicts = app.outcomes.iter().filter_map(|outcome| outcome.verdict(promise.id));
        verdicts.into_iter().any(|verdict| verdict.break_().is_some())
    };
    let envelope = &app.link().envelope;
    let named = |promise: &Promise| {
        envelope.law == Some(promise.id) || envelope.claim.is_some_and(|seen| seen.promise == promise.id)
    };
    let promises = app.lab.meta().promises;
    let first = promises.first().is_some_and(|first| first.id == promise.id);
    app.options.whole
        || breaks(promise)
        || named(promise)
        || (first && !promises.iter().any(|other| breaks(other) || named(other)))
}

/// What the folded lights show, in a few words.
fn summary(app: &App, rest: &[&'static Promise]) -> String {
    let outcome = &app.outcomes[0];
    let kept = rest.iter().filter_map(|promise| outcome.verdict(promise.id));
    let kept = kept.filter(|verdict| app.shows(0, verdict).state == State::Kept).count();
    let others = if rest.len() == 1 { "1 other promise" } else { &format!("{} other promises", rest.len()) };
    match rest.len() - kept {
        0 => format!("{others}, kept so far"),
        open => format!("{others}: {kept} kept so far, {open} undecided"),
    }
}

/// One light: the promise, and its state in each run.
pub(crate) fn light(app: &App, promise: &'static Promise) -> Element {
    let shown = (0..app.outcomes.len()).filter(|side| app.shows_side(*side));
    let sides = shown.filter_map(|side| app.outcomes[side].verdict(promise.id).map(|v| (side, v)));
    let sides: Vec<(usize, &Verdict)> = sides.collect();
    let two = sides.len() > 1;
    let halted = app.halted.as_ref().is_some_and(|halt| halt.promise == promise.id);
    let item = el("li").key(promise.id).class("sb-light").class_if(halted, "sb-halted");
    let words = el("p")
        .class("sb-promise")
        .child(el("span").class("sb-question").child(promise.question))
        .child(" ")
        .child(el("span").class("sb-term").child(promise.term));
    item.child(words)
        .children(sides.into_iter().map(|(side, verdict)| state(app, promise, verdict, side, two)))
}

/// What the light shows at the cursor, and what is to come.
fn state(app: &App, promise: &Promise, verdict: &Verdict, side: usize, two: bool) -> Element {
    let outcome = &app.outcomes[side];
    let now = app.shows(side, verdict);
    let broken = verdict.break_();
    let to_come = broken.filter(|change| change.at > now.at && now.state != State::Broken);
    let mut row =
        el("div").key(["a", "b"][side]).class("sb-state").class(class(now.state)).child(symbol(now.state));
    let mut word = capital(now.state.word());
    if two {
        word = format!("{word} ({})", ["first", "second"][side]);
    }
    row = row.child(el("strong").class("sb-word").child(word));
    let mut sentence = capital(&now.why);
    if let Some(change) = to_come {
        sentence = format!("So far. It breaks at {}.", app.clock(change.at.at_us));
    }
    // What it will say later has its place from the first.
    let longest = verdict.changes.iter().map(|change| capital(&change.why)).max_by_key(String::len);
    let kept_place =
        longest.filter(|longest| longest.len() > sentence.len() && (!app.printed || app.is_brief()));
    let words =
        el("span").class("sb-sentence").attr("title", sentence.clone()).attr_if("data-longest", kept_place);
    row = row.child(words.child(el("span").child(sentence)));
    let mut acts = el("span").class("sb-acts");
    if let Some(change) = broken.filter(|_| !app.printed || app.is_brief()) {
        let record = outcome.trace.get(change.at.record);
        let message = match side {
            // A deadline passes when nothing happens.
            _ if record.is_some_and(|record| record.at_us < change.at.at_us) => {
                format!("at {}", app.clock(change.at.at_us))
            }
            0 => format!("goto record {}", change.at.record),
            _ => format!("goto-second {}", change.at.record),
        };
        let run = if two { [" in the first run", " in the second run"][side] } else { "" };
        let name = format!("Show where “{}” breaks{run}", promise.term);
        let jump = button(message, "show").key("jump");
        acts = acts.child(jump.attr("aria-label", name));
        let name = format!("Why is “{}” broken{run}?", promise.term);
        let message = format!("{}why promise {}", ["", "second "][side], promise.id);
        acts = acts.child(button(message, "why?").key("why").attr("aria-label", name));
    }
    row.child(acts)
}

/// The class of a state.
pub(crate) fn class(state: State) -> &'static str {
    match state {
        State::Kept => "sb-is-kept",
        State::Broken => "sb-is-broken",
        State::Unknown => "sb-is-unknown",
    }
}

/// The symbol of a state: a tick, a cross, a question mark.
pub(crate) fn symbol(state: State) -> Element {
    let path = match state {
        State::Kept => KEPT,
        State::Broken => BROKEN,
        State::Unknown => UNKNOWN,
    };
    super::icon(path).class("sb-symbol")
}

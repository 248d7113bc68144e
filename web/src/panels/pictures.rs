//! The lab's views as figures: one, or two beside each other, with what the diagram in time needs to be moved.

use super::{button, panel};
use crate::app::{App, Width, Zoom};
use crate::markup::{Element, el};
use crate::number::number;
use crate::role::Role;
use crate::scene::{Dash, Scene, Shape, mark};
use crate::svg;
use crate::views::View;
use crate::views::charts::reading;
use splitbrain::lab::Lab;
use splitbrain::params::{Kind, Param, Value};
use splitbrain::scenario::Scenario;
use splitbrain::time::DurationUs;

/// Views that show a part of the run and can be moved along it.
const IN_TIME: [&str; 3] = ["spacetime", "strip", "operations"];

/// Views that use the room beside the first.
const WIDE: [&str; 6] = ["traffic", "services", "flow", "red", "usage", "load"];

/// So many differences between two runs are named.
const MAX_OWN_WAYS: usize = 3;

/// The units for which a view is laid out.
fn units(app: &App, view: &View, two: bool) -> u32 {
    let shared = if two { 360 } else { 720 };
    match (app.width, view.id) {
        _ if app.projected => shared,
        (Width::Middle, _) if app.is_brief() && app.brief_views().len() > 1 => 360,
        (Width::Slim, _) => 280,
        (Width::Narrow, _) => 360,
        (Width::Middle, _) => shared,
        (Width::Wide, id) if !two && app.is_first(id) && app.is_alone() => 720,
        // The first view has the narrow column.
        (Width::Wide, id) if app.is_first(id) => 360,
        (Width::Wide, "spacetime" | "strip" | "operations" | "waterfall") if !two => 720,
        // Beside the first view there is twice its room.
        (Width::Wide, id) if !two && app.is_second(id) && WIDE.contains(&id) => 720,
        (Width::Wide, _) => 360,
    }
}

/// A view as a panel.
pub(crate) fn draw(app: &App, view: &'static View) -> Element {
    let sides = app.outcomes.len();
    let width = units(app, view, sides > 1);
    let pictures = (0..sides).filter(|side| app.shows_side(*side)).map(|side| figure(app, view, side, width));
    let body = el("div")
        .class("sb-pictures")
        .class_if(sides > 1 && !app.turns_pages(), "sb-two")
        .children(pictures)
        .child_if((app.is_first(view.id) && !app.is_brief()).then(|| difference(app)).flatten())
        .child_if((view.id == "charts" && !app.is_brief()).then(|| reading(app)).flatten())
        .child_if((IN_TIME.contains(&view.id) && !app.printed && !app.is_brief()).then(|| moves(app, view)));
    panel(&app.options.id, view.id, view.title, body)
}

fn figure(app: &App, view: &View, side: usize, width: u32) -> Element {
    let picture = app.draw(view, side, width);
    let caption = (app.outcomes.len() > 1 && !app.turns_pages())
        .then(|| el("figcaption").class("sb-side-name").child(side_words(app, side)));
    // On paper the description stands for the drawing: tables of a thousand rows would weigh more than the page.
    let text = picture.text.filter(|_| !(app.printed || app.is_brief()) || picture.scene.is_none());
    let scene = picture.scene.as_ref().map(|scene| {
        el("div")
            .key("scene")
            .class("sb-scene")
            .class(format!("sb-units-{width}"))
            .child(picture_of(app, view, side, scene))
    });
    let figure = el("figure")
        .key(["a", "b"][side])
        .class("sb-figure")
        .child_if(caption.map(|caption| caption.key("caption")))
        .child_if(scene)
        .child_if(text.map(|text| words_of(app, view, text)));
    // What a pointer draws or pulls has no run; everything else is about the run in which it stands.
    let in_second = |message: &str| match message.split(' ').next() {
        Some("slice" | "slice-end" | "slice-off" | "hold" | "probe-at" | "probe-off") => message.to_string(),
        _ => format!("second {message}"),
    };
    if side == 1 { figure.map_messages(&in_second) } else { figure }
}

/// The names of two runs that take turns in one place, each the way to its run.
pub(crate) fn sides(app: &App) -> Option<Element> {
    let name = |side: usize| {
        let shown = app.shows_side(side);
        let name = side_words(app, side);
        button(format!("side {side}"), name)
            .key(["a", "b"][side])
            .class("sb-tab")
            .attr("aria-pressed", if shown { "true" } else { "false" })
    };
    let row = || el("div").key("sides").class("sb-sides").attr("role", "group").attr("aria-label", "Runs");
    app.turns_pages().then(|| row().children((0..2).map(name)))
}

/// What a run of two is called: which it is, unless its place in a brief widget tells, and what it has that the other has not.
fn side_words(app: &App, side: usize) -> String {
    let name = ["First run", "Second run"][side];
    // Two runs may still be shown while the one that is left is under way.
    let Some(second) = &app.link().second else { return name.into() };
    let own = own_ways(app.lab, [&app.link().scenario, second], side);
    match own.is_empty() {
        true => format!("{name}, the same"),
        false if app.is_brief() => super::capital(&own),
        false => format!("{name}: {own}"),
    }
}

/// Where two runs first differ, in a sentence that leads there.
fn difference(app: &App) -> Option<Element> {
    if app.outcomes.len() < 2 || app.eyes.is_some() {
        return None;
    }
    let said = el("p").key("difference").class("sb-quiet sb-difference");
    let Some(parts) = app.difference() else {
        return Some(said.child("The two runs do not differ in anything that happens."));
    };
    let words = |side: usize| match parts.records[side].and_then(|id| app.outcomes[side].trace.get(id)) {
        Some(record) if record.at_us == parts.at_us => app.record_words(side, record.id),
        Some(record) => format!("at {}, {}", app.clock(record.at_us), app.record_words(side, record.id)),
        None => "nothing happens any more".to_owned(),
    };
    let at = app.clock(parts.at_us);
    let sentence = format!("First difference, at {at}. First run: {}. Second run: {}. ", words(0), words(1));
    let jump = parts.records[parts.side].filter(|_| !app.printed).map(|record| {
        let message = if parts.side == 1 {
            format!("second goto record {record}")
        } else {
            format!("goto record {record}")
        };
        button(message, "Go there").class("sb-link")
    });
    Some(said.child(sentence).child_if(jump))
}

/// What one of two runs has that the other has not, in words; nothing where they are the same.
fn own_ways(lab: &dyn Lab, runs: [&Scenario; 2], side: usize) -> String {
    let own = runs[side];
    let value = |(place, param): (usize, &Param)| {
        let value = &own.values[place];
        let words = match (&param.kind, value) {
            (Kind::Choice { words, .. }, Value::Choice(word)) => words[usize::from(*word)].label.into(),
            _ => param.print(value),
        };
        match super::controls::limits(param).1 {
            "" => format!("{}: {words}", param.label),
            unit if words == "1" => format!("{}: 1 {}", param.label, unit.strip_suffix('s').unwrap_or(unit)),
            unit => format!("{}: {words} {unit}", param.label),
        }
    };
    let params = lab.params().iter().enumerate();
    let mut own_ways: Vec<String> =
        params.filter(|(place, _)| runs[0].values[*place] != runs[1].values[*place]).map(value).collect();
    own_ways.extend((runs[0].seed != runs[1].seed).then(|| format!("seed {}", own.seed)));
    let length = DurationUs(own.horizon_us);
    own_ways.extend((runs[0].horizon_us != runs[1].horizon_us).then(|| format!("{length} long")));
    let script = if own.cues.is_empty() { "no script" } else { "its own script" };
    own_ways.extend((runs[0].cues != runs[1].cues).then(|| script.into()));
    let more = own_ways.len().saturating_sub(MAX_OWN_WAYS);
    own_ways.truncate(MAX_OWN_WAYS);
    own_ways.extend((more > 0).then(|| format!("{more} more")));
    own_ways.join(", ")
}

/// A view in words, or a drawing's figures: they scroll in a box of their own, by keyboard too.
fn words_of(app: &App, view: &View, text: Element) -> Element {
    let words = el("div").key("text").class("sb-words").child(text);
    if app.printed {
        return words;
    }
    words.attr("tabindex", "0").attr("role", "group").attr("aria-label", format!("{} in words", view.title))
}

/// The drawing, with what it listens to: lines across the stage, the wheel over a diagram in time.
fn picture_of(app: &App, view: &View, side: usize, scene: &Scene) -> Element {
    if app.printed {
        return svg::picture(&svg::still(scene));
    }
    match view.id {
        "stage" => {
            let message = format!("slice {}", scene.width);
            let mut scene = scene.clone();
            if let Some(slice) = &app.slicing {
                scene.push(mark("slice", Role::LinkCut, Shape::dashed(slice.from, slice.to, Dash::Dashed)));
            }
            let picture = svg::picture(&scene).on("pointerdown", message.clone()).on("pointermove", message);
            picture.on("pointerup", "slice-end").on("pointerleave", "slice-off")
        }
        "spacetime" => {
            let (down, (from, to)) = crate::views::spacetime::time_axis(scene);
            let hold = format!("hold {} {} {}", if down { "y" } else { "x" }, number(from), number(to));
            ["pointerdown", "pointermove", "pointerup", "pointercancel", "wheel"]
                .into_iter()
                .fold(svg::picture(scene).flag("data-hold", true), |picture, event| {
                    picture.on(event, hold.clone())
                })
        }
        "charts" => {
            let read = format!("probe-at {side} {}", scene.width);
            let picture = svg::picture(scene).on("pointermove", read.clone()).on("pointerdown", read);
            picture.on("pointerleave", "probe-off")
        }
        _ => svg::picture(scene),
    }
}

/// A slider along the moments at which anything was measured: it reads the charts as a pointer over them does.
fn reading(app: &App) -> Option<Element> {
    let moments = reading::moments(&app.outcomes[0]);
    if app.printed || app.eyes.is_some() || moments.len() < 2 {
        return None;
    }
    let at_us = app.probe_us.unwrap_or(app.play.at_us);
    let place = moments.partition_point(|moment| *moment <= at_us).saturating_sub(1);
    let words = |side: usize| {
        let words = app.with_look(side, "reading", 360, |look| reading::words(look, at_us));
        if app.outcomes.len() > 1 { format!("{} run, {words}", ["First", "Second"][side]) } else { words }
    };
    let words: Vec<String> = (0..app.outcomes.len()).map(words).collect();
    let slider = el("input")
        .attr("type", "range")
        .attr("min", "0")
        .num("max", (moments.len() - 1) as f64)
        .attr("step", "1")
        .num("value", place as f64)
        .attr("aria-label", "Read the charts at")
        .attr("aria-valuetext", words.join(". "))
        .attr("title", "Read the charts at a moment, with the arrow keys")
        .on("input", "probe")
        .on("focusout", "probe-off");
    Some(el("div").key("reading").class("sb-reading").child(slider))
}

/// Buttons that move and stretch a diagram in time.
fn moves(app: &App, view: &View) -> Element {
    if view.id != "spacetime" {
        return el("div").key("moves").class("sb-moves");
    }
    let follows = app.zoom == Zoom::Follow;
    let truth = el("input").attr("type", "checkbox").flag("checked", !app.warped).on("change", "unwarp");
    el("div")
        .key("moves")
        .class("sb-moves")
        .attr("role", "group")
        .attr("aria-label", "Part of the run shown")
        .child(button("pan -0.5", "←").attr("aria-label", "Earlier"))
        .child(button("pan 0.5", "→").attr("aria-label", "Later"))
        .child(button("zoom 0.5", "+").attr("aria-label", "Closer"))
        .child(button("zoom 2", "−").attr("aria-label", "Further"))
        .child(button("fit", if follows { "whole run" } else { "follow" }))
        .child(el("label").class("sb-check").child(truth).child(el("span").child("true time")))
}

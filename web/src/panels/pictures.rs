//! The lab's views as figures: one, or two beside each other, with what the diagram in time needs to be moved.

use super::{button, panel};
use crate::app::{App, Width, Zoom};
use crate::markup::{Element, el};
use crate::role::Role;
use crate::scene::{Dash, Scene, Shape, mark};
use crate::svg;
use crate::views::View;

/// Views that show a part of the run and can be moved along it.
const IN_TIME: [&str; 3] = ["spacetime", "strip", "operations"];

/// Views that use the room beside the first.
const WIDE: [&str; 5] = ["traffic", "services", "flow", "red", "usage"];

/// The units for which a view is laid out.
fn units(app: &App, view: &View, two: bool) -> u32 {
    match (app.width, view.id) {
        (Width::Narrow, _) => 360,
        (Width::Middle, "stage") if !two => 720,
        (Width::Middle, _) => {
            if two {
                360
            } else {
                720
            }
        }
        (Width::Wide, "stage") => 360,
        (Width::Wide, "spacetime") if !two => 720,
        (Width::Wide, "strip" | "operations" | "waterfall") if !two => 720,
        // Beside the first view there is twice its room.
        (Width::Wide, id) if !two && app.is_second(id) && WIDE.contains(&id) => 720,
        (Width::Wide, _) => 360,
    }
}

/// A view as a panel.
pub(crate) fn draw(app: &App, view: &'static View) -> Element {
    let sides = app.outcomes.len();
    let width = units(app, view, sides > 1);
    let pictures = (0..sides).map(|side| figure(app, view, side, width));
    let body = el("div")
        .class("sb-pictures")
        .class_if(sides > 1, "sb-two")
        .children(pictures)
        .child_if((IN_TIME.contains(&view.id) && !app.printed).then(|| moves(app, view)));
    panel(&app.options.id, view.id, view.title, body)
}

fn figure(app: &App, view: &View, side: usize, width: u32) -> Element {
    let picture = app.draw(view, side, width);
    let caption = (app.outcomes.len() > 1)
        .then(|| el("figcaption").class("sb-side-name").child(["First run", "Second run"][side]));
    // On paper the description stands for the drawing: tables of a thousand rows would weigh more than the page.
    let text = picture.text.filter(|_| !app.printed || picture.scene.is_none());
    let scene = picture.scene.as_ref().map(|scene| {
        el("div")
            .key("scene")
            .class("sb-scene")
            .class(format!("sb-units-{width}"))
            .child(picture_of(app, view, scene))
    });
    el("figure")
        .key(["a", "b"][side])
        .class("sb-figure")
        .child_if(caption.map(|caption| caption.key("caption")))
        .child_if(scene)
        .child_if(text.map(|text| el("div").key("text").class("sb-words").child(text)))
}

/// The drawing, with what it listens to: lines across the stage, the wheel over a diagram in time.
fn picture_of(app: &App, view: &View, scene: &Scene) -> Element {
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
        "spacetime" => svg::picture(scene).on("wheel", format!("wheel {}", scene.width)),
        _ => svg::picture(scene),
    }
}

/// Buttons that move and stretch a diagram in time.
fn moves(app: &App, view: &View) -> Element {
    if view.id != "spacetime" {
        return el("div").key("moves").class("sb-moves");
    }
    let follows = app.zoom == Zoom::Follow;
    let warp = el("input").attr("type", "checkbox").flag("checked", app.warped).on("change", "warp");
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
        .child(el("label").class("sb-check").child(warp).child(el("span").child("even steps")))
}

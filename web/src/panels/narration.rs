//! The caption of a narrated run, and the button that goes on: under the pictures, its place kept from stop to stop.

use super::button;
use crate::app::App;
use crate::markup::{Element, el};

/// The caption, where the script says anything.
pub(crate) fn draw(app: &App) -> Option<Element> {
    let narrated = app.is_narrated();
    let says = app.conditions(0).says;
    if !narrated && says.is_none() {
        return None;
    }
    let waiting = || "This run tells a story. Space, or the button, goes on from stop to stop.".to_string();
    let caption = el("p").key("caption").class("sb-caption").child(says.unwrap_or_else(waiting));
    let section = el("section")
        .key("narration")
        .class("sb-narration")
        .attr("role", "group")
        .attr("aria-label", "Narration")
        .child(caption);
    Some(section.child_if((narrated && (!app.printed || app.is_brief())).then(|| acts(app))))
}

fn acts(app: &App) -> Element {
    let stops = app.narration_stops();
    let passed = stops.partition_point(|stop| *stop <= app.play.stop);
    let ended = app.play.stop == app.last_stop();
    let word = if ended { "From the beginning" } else { "Go on" };
    el("p")
        .key("acts")
        .class("sb-acts")
        .child(button("back", "Back").key("back").class("sb-go").flag("disabled", passed < 2))
        .child(button("on", word).key("on").class("sb-go sb-primary").attr("title", "Space, or Page Down"))
        .child(el("span").class("sb-quiet").child(format!("{passed} of {}", stops.len())))
}

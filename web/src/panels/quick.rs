//! What lies at hand above the stage: what is broken now and the button that mends it, and the knife.

use super::button;
use crate::app::App;
use crate::markup::{Element, el};
use splitbrain::acts::Leaves;
use splitbrain::scenario::Cue;

/// What a line does, said before one is drawn.
pub(crate) const KNIFE: &str =
    "Draw a line: it cuts the links between servers that it crosses, once; those to clients stay.";

/// The most nodes that get a button of their own.
const MAX_NODES: usize = 3;

/// The row; its place is kept while it is empty, and there is none where nothing ever comes into it.
pub(crate) fn draw(app: &App) -> Option<Element> {
    // Only across the stage can a line be drawn.
    let knife = app.is_first("stage");
    let breaks = |cue: &Cue| cue.act.takes_down() || cue.act.leaves() == Some(Leaves::Cut);
    if app.is_brief() && !app.has_knob("do") {
        return None;
    }
    if !app.may_move("do") || !(knife || app.scenario().cues.iter().any(breaks)) {
        return None;
    }
    let conditions = app.conditions(app.side);
    // It takes the keyboard when a button that has done its work goes.
    let mut row = el("div").key("quick").class("sb-quick").attr("role", "group").attr("aria-label", "Now");
    row = row.attr("tabindex", "-1");
    if conditions.world.is_any_cut() {
        row = row.child(button("do heal", "Heal all cuts").key("heal"));
    }
    for node in conditions.world.down.keys().take(MAX_NODES) {
        let name = app.cast().name(*node).to_string();
        row = row.child(button(format!("do start:{name}"), format!("Start {name}")).key(name));
    }
    let pressed = if app.knife { "true" } else { "false" };
    let cut = || {
        button("knife", "Cut by a line")
            .key("knife")
            .attr("aria-pressed", pressed)
            .class("sb-toggle sb-knife")
            .attr("title", "Draw a line across the cluster to cut it there")
    };
    let hint = (knife && app.knife)
        .then(|| el("span").key("hint").class("sb-hint").attr("title", KNIFE).child("between servers only"));
    Some(row.child_if(hint).child_if(knife.then(cut)))
}

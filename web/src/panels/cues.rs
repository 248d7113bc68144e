//! Handles on the timeline, one for each cue: drag one, or move it with the arrow keys.

use crate::app::App;
use crate::markup::{Element, el};
use splitbrain::time::DurationUs;

/// The most cues that have a handle; longer scripts are edited in their panel.
const MAX_HANDLES: usize = 24;

/// The handles, each a native slider of which only the thumb can be pressed.
pub(crate) fn draw(app: &App) -> Option<Element> {
    let times = app.cue_handles();
    if times.is_empty() || !app.may_move("do") {
        return None;
    }
    let base = app.moving.as_ref().map_or(app.scenario(), |moving| &moving.base);
    let handles = times.iter().zip(&base.cues).take(MAX_HANDLES).enumerate();
    let handles = handles.map(|(cue, (at_us, known))| handle(app, cue, *at_us, &known.act.sentence()));
    let more = times.len().saturating_sub(MAX_HANDLES);
    let more = (more > 0).then(|| {
        let words = format!("{more} more cues have no handle here: move them in the script.");
        el("p").key("more").class("sb-quiet sb-more-cues").child(words)
    });
    Some(el("div").key("cues").class("sb-cue-handles").children(handles).child_if(more))
}

fn handle(app: &App, cue: usize, at_us: u64, sentence: &str) -> Element {
    let (last, stop) = app.place_on_ruler(cue, at_us);
    let time = DurationUs(at_us).to_string();
    el("input")
        .key(format!("cue{cue}"))
        .class("sb-cue-handle")
        .attr("type", "range")
        .attr("min", "0")
        .num("max", last as f64)
        .attr("step", "1")
        .num("value", stop as f64)
        .attr("aria-label", format!("When to {sentence}"))
        .attr("aria-valuetext", format!("at {time}"))
        .attr("title", format!("At {time}: {sentence}. Drag it, or move it with the arrow keys."))
        .on("input", format!("cue drag {cue}"))
        .on("change", format!("cue dragged {cue}"))
        .on("keydown", format!("cue-key {cue}"))
        .on("focusout", "cue let-go")
}

//! The argument that answers "why?": a sentence for each step, each a jump; the diagrams light the same records.

use super::button;
use crate::app::App;
use crate::app::why::Why;
use crate::markup::{Element, el};

/// The argument.
#[inline(never)]
pub(crate) fn draw(app: &App, why: &Why) -> Element {
    let trace = &app.outcomes[why.side].trace;
    let here = app.cursor(why.side).record_id(trace);
    let message = if why.side == 0 { "goto record" } else { "goto-second" };
    let steps = why.steps.iter().map(|(id, says)| {
        let at = trace.get(*id).map_or_else(String::new, |record| app.clock(record.at_us));
        let jump = button(format!("{message} {id}"), "").class("sb-jump");
        let jump = jump.child(el("span").class("sb-time").child(at)).child(" ");
        let jump = jump.child(el("span").child(super::capital(says)));
        el("li").child(if here == Some(*id) { jump.attr("aria-current", "step") } else { jump })
    });
    let base = format!("{}-why", app.options.id);
    let id = format!("{base}-title");
    el("section")
        .key("why")
        .class("sb-panel sb-why")
        .attr("id", base)
        .attr("aria-labelledby", id.clone())
        .child(el("h3").class("sb-panel-title").attr("id", id).child("Why?"))
        .child(el("p").class("sb-why-title").child(super::capital(&why.title)))
        .child(el("ol").class("sb-steps").children(steps))
        .child(button("why-close", "close").class("sb-close"))
}

//! The list of keys.

use super::button;
use crate::app::App;
use crate::keys::KEYS;
use crate::markup::{Element, el};

/// The list.
#[inline(never)]
pub(crate) fn draw(app: &App) -> Element {
    let id = format!("{}-help-title", app.options.id);
    let rows = KEYS.iter().map(|(key, _, about)| {
        let keys = key.replace("Arrow", "").replace("Control", "Ctrl");
        el("div").child(el("dt").child(el("kbd").child(keys))).child(el("dd").child(*about))
    });
    let list = el("dl").class("sb-keys").children(rows);
    let words = "Tab goes to the picture, arrows from node to node and link to link in it; Enter on one opens what can be done to it. Keys work while the keyboard is in this widget, and where it is the page, from all of the page.";
    el("div")
        .key("help")
        .attr("id", format!("{}-help", app.options.id))
        .class("sb-sheet")
        .attr("role", "group")
        .attr("aria-labelledby", id.clone())
        .child(el("h3").attr("id", id).child("Keys"))
        .child(list)
        .child(el("p").class("sb-quiet").child(words))
        .child(button("help", "close").class("sb-close"))
}

//! Sharing: the link, code to embed, Markdown, and the picture as a file.

use super::{button, icon};
use crate::app::App;
use crate::markup::{Element, el};

const COPY: &str = "M9 4h10v12h-2V6H9zM5 8h10v12H5z";

/// The menu. Each text stands in a field: an unfocused frame may not write to the clipboard.
#[inline(never)]
pub(crate) fn draw(app: &App) -> Element {
    let id = format!("{}-share-title", app.options.id);
    let field = |name: &'static str, label: &'static str, text: String| {
        let field = format!("{}-share-{name}", app.options.id);
        let input = el("input")
            .attr("type", "text")
            .attr("id", field.clone())
            .flag("readonly", true)
            .attr("value", text);
        let copy = button(format!("copy {name}"), "")
            .class("sb-icon-button")
            .attr("aria-label", format!("Copy {label}"));
        el("div")
            .class("sb-share-row")
            .child(el("label").attr("for", field).child(super::capital(label)))
            .child(input)
            .child(copy.child(icon(COPY)))
    };
    let file = |command: String, kind: &'static str, what: &str| {
        button(command, kind).attr("aria-label", format!("{what} as {kind}"))
    };
    let drawn = app.views().filter(|view| app.is_open(view.id) && app.draw(view, 0, 360).scene.is_some());
    let pictures = drawn.flat_map(|view| {
        [
            el("span").child(format!("{} ", view.title)),
            file(format!("save-svg {}", view.id), "SVG", view.title),
            file(format!("save-png {}", view.id), "PNG", view.title),
        ]
    });
    let figures = || [el("span").child("Figures "), file("save-json".into(), "JSON", "Figures of the run")];
    let records = [el("span").child("Records "), file("save-csv".into(), "CSV", "Records of the run")];
    let figures = (!app.hides_lights()).then(figures);
    let data = records.into_iter().chain(figures.into_iter().flatten());
    el("div")
        .key("share")
        .attr("id", format!("{}-share", app.options.id))
        .class("sb-sheet")
        .attr("role", "group")
        .attr("aria-labelledby", id.clone())
        .child(el("h3").attr("id", id).child("Share"))
        .child(field("link", "the link", app.address()))
        .child(field("embed", "code to embed", app.embed_code()))
        .child(field("listener", "script for its height", crate::app::sharing::LISTENER.into()))
        .child(field("markdown", "Markdown", app.markdown()))
        .child_if((!app.hides_lights()).then(|| field("worksheet", "a worksheet", app.worksheet())))
        .child(el("p").key("told").class("sb-told").child(app.copied))
        .child(el("p").class("sb-acts").child("Pictures: ").children(pictures))
        .child(el("p").class("sb-acts").child("Data: ").children(data))
        .child(button("share", "close").class("sb-close"))
}

//! Runs that the reader has saved by name, and those that were opened last: to open, delete, export and import.

use super::{button, panel};
use crate::app::App;
use crate::app::kept::{MAX_NAME, MAX_SAVED};
use crate::markup::{Element, el};

/// The form, the two lists, and how long they last.
#[inline(never)]
pub(crate) fn draw(app: &App) -> Element {
    let kept = &app.kept;
    let id = format!("{}-save-name", app.options.id);
    let name = el("input")
        .attr("type", "text")
        .attr("id", id.clone())
        .attr("maxlength", MAX_NAME.to_string())
        .attr("autocomplete", "off")
        .attr("placeholder", app.proposed_name())
        .attr("value", kept.name.clone())
        .on("change", "save-name");
    let save = el("button").attr("type", "submit").class("sb-button").child("Save this run");
    let form = el("form")
        .key("form")
        .class("sb-save")
        .on("submit", "save-run")
        .child(el("label").attr("for", id).child("Name"))
        .child(name)
        .child(save);
    let saved = kept.saved.iter().enumerate().map(|(place, saved)| {
        let open = button(format!("open-kept saved {place}"), saved.name.clone()).class("sb-open");
        let delete =
            button(format!("forget {place}"), "delete").attr("aria-label", format!("Delete {}", saved.name));
        el("li").child(open.attr("title", saved.link.clone())).child(delete)
    });
    let recent = kept.recent.iter().enumerate().map(|(place, saved)| {
        let open = button(format!("open-kept recent {place}"), saved.link.clone()).class("sb-open");
        el("li").child(open)
    });
    let list = |key: &'static str, title: &'static str| {
        let heading = el("p").key(format!("{key}-title")).class("sb-quiet").child(title);
        (heading, el("ul").key(key).class("sb-kept").attr("aria-label", title))
    };
    let (recent_title, recent_list) = list("recent", "Opened last");
    let (saved_title, saved_list) = list("saved", "Saved");
    let mut body = el("div").class("sb-saved-body").child(form);
    if !kept.saved.is_empty() {
        body = body.child(saved_title).child(saved_list.children(saved));
    }
    if !kept.recent.is_empty() {
        body = body.child(recent_title).child(recent_list.children(recent));
    }
    body = body.child(files(app)).child(el("p").key("told").class("sb-told").child(kept.told.as_str()));
    panel(&app.options.id, "saved", "Saved runs", body.child(note(app)))
}

/// Out to a text file and in from one. The page reads the file and sends its text.
fn files(app: &App) -> Element {
    let id = format!("{}-import", app.options.id);
    let file = el("input").attr("type", "file").attr("id", id.clone()).attr("accept", ".txt,text/plain");
    el("p")
        .key("files")
        .class("sb-acts")
        .child(button("export", "Export").key("export").flag("disabled", app.kept.saved.is_empty()))
        .child(el("label").key("label").attr("for", id).child("Import a list, one link a line"))
        .child(file.key("file"))
}

fn note(app: &App) -> Element {
    let count = app.kept.saved.len();
    let where_ = match app.kept.lasts {
        true => "They stay in this browser.",
        false => "This browser keeps nothing for this page: they last until it closes. Export them.",
    };
    let paste = "A link pasted anywhere in the widget opens.";
    el("p")
        .key("note")
        .class("sb-about")
        .child(format!("{count} of at most {MAX_SAVED} saved. {where_} {paste}"))
}

//! The widget's panels: each a file, each one pure function from the widget to markup.
//!
//! What is closed at first is never inlined: it would come along with what a page fetches at once (see `rehearsal`).

pub mod bar;
pub mod challenges;
pub mod controls;
pub mod cues;
pub mod help;
pub mod menu;
pub mod narration;
pub mod notices;
pub mod pictures;
pub mod quick;
pub mod saved;
pub mod script;
pub mod share;
pub mod timeline;
pub mod verdicts;
pub mod why;

use crate::markup::{Element, el};

/// A button that says something.
pub(crate) fn button(message: impl Into<String>, label: impl Into<String>) -> Element {
    let button = el("button").attr("type", "button").class("sb-button");
    button.on("click", message.into()).child(label.into())
}

/// A button with an icon; `label` is its name, for everyone.
pub(crate) fn icon_button(message: &'static str, label: &'static str, icon: &'static str) -> Element {
    let button = el("button").attr("type", "button").class("sb-button sb-icon-button");
    button.on("click", message).attr("aria-label", label).attr("title", label).child(self::icon(icon))
}

/// An icon drawn in a square of 24 units.
pub(crate) fn icon(path: &'static str) -> Element {
    let svg = el("svg").class("sb-icon").attr("viewBox", "0 0 24 24").attr("aria-hidden", "true");
    svg.child(el("path").attr("d", path))
}

/// A panel: a section with its title. A group, not a region: two widgets on a page have panels of one name, and landmarks
/// may not share theirs.
pub(crate) fn panel(base: &str, id: &'static str, title: &str, body: Element) -> Element {
    let heading = format!("{base}-{id}-title");
    el("section")
        .key(id)
        .class(format!("sb-panel sb-{id}"))
        .attr("role", "group")
        .attr("aria-labelledby", heading.clone())
        .child(el("h3").class("sb-panel-title").attr("id", heading).child(title))
        .child(body)
}

/// What a select offers. Known by its value: when another one comes before it, it stays as it is.
pub(crate) fn option(value: impl Into<String>, words: impl Into<String>, chosen: bool) -> Element {
    let value = value.into();
    el("option").key(value.clone()).attr("value", value).flag("selected", chosen).child(words.into())
}

/// A list of problems under the control that they concern, linked to it by the id.
pub(crate) fn complaint(id: String, sentences: &[&str]) -> Element {
    let box_ = el("p").class("sb-complaint").attr("id", id).attr("role", "alert");
    box_.child(sentences.iter().map(|sentence| capital(sentence)).collect::<Vec<_>>().join(". "))
}

/// The sentence with a capital at its beginning, unless it begins with a name that has its own case: `c1`, `w=4`.
pub(crate) fn capital(sentence: &str) -> String {
    let first = sentence.split(' ').next().unwrap_or_default();
    let mut letters = sentence.chars();
    match letters.next() {
        Some(letter)
            if first.chars().all(|c| c.is_ascii_alphabetic() || c == ',' || c == '’' || c == '-') =>
        {
            std::iter::once(letter.to_ascii_uppercase()).chain(letters).collect()
        }
        _ => sentence.to_string(),
    }
}

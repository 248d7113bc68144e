//! The settings as the configuration of tools that people run, to be copied.

use super::{Look, Picture};
use crate::markup::{Element, el};
use splitbrain::lab::Export;

pub use super::any_run as needs;

/// The panel's title.
pub const TITLE: &str = "As a tool’s configuration";

/// Each tool's configuration of the present settings.
pub fn draw(look: &Look<'_>) -> Picture {
    let exports = look.lab.exports(look.scenario);
    let lead = match exports.is_empty() {
        true => "No tool that people run has settings like these.",
        false => "these settings; what one cannot be told stands below its configuration. Names of services are placeholders.",
    };
    let lead = match exports.len() {
        0 => lead.to_owned(),
        1 => format!("How one tool is told {lead}"),
        2 => format!("How two tools are told {lead}"),
        3 => format!("How three tools are told {lead}"),
        4 => format!("How four tools are told {lead}"),
        more => format!("How {more} tools are told {lead}"),
    };
    el("div").child(el("p").child(lead)).children(exports.iter().map(|export| tool(look, export))).into()
}

fn tool(look: &Look<'_>, export: &Export) -> Element {
    let id = format!("{}-{}", look.id, export.id);
    let copy = el("button")
        .attr("type", "button")
        .class("sb-button")
        .attr("aria-label", format!("Copy the configuration of {}", export.tool))
        .on("click", format!("copy export {}", export.id))
        .child("copy");
    let notes = export.notes.iter().map(|note| el("li").child(note.as_str()));
    let notes = (!export.notes.is_empty()).then(|| el("ul").class("sb-more").children(notes));
    let text = el("pre").class("sb-config").attr("id", id).attr("tabindex", "0").child(export.text.as_str());
    el("details")
        .key(export.id)
        .child(el("summary").child(export.tool).child(format!(" · {}", export.file)))
        .child(copy)
        .child(text)
        .child_if(notes)
}

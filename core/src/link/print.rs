//! Writing a link: only what differs from the defaults, in one order, so that equal links are equal texts.

use super::{Link, envelope, find_lab, pack, view};
use crate::lab::Lab;
use crate::scenario::Scenario;
use crate::time::DurationUs;

/// The link as one text, `quorum?n=3&w=1`; long ones are packed.
///
/// # Panics
/// When the lab is not among `labs`, or the second run is of another lab.
pub fn print(link: &Link, labs: &[&'static dyn Lab]) -> String {
    let id = link.scenario.lab;
    let lab = find_lab(labs, id).unwrap_or_else(|| panic!("{id} is not among the labs"));
    match print_fragment(link, lab) {
        parts if parts.is_empty() => id.into(),
        parts => format!("{id}?{parts}"),
    }
}

/// The same without the lab's name, for the address of the lab's own page.
///
/// # Panics
/// When either run is of another lab.
pub fn print_fragment(link: &Link, lab: &dyn Lab) -> String {
    let mut parts = Vec::new();
    print_scenario(&link.scenario, &Scenario::of(lab), lab, "", &mut parts);
    view::print(&link.view, &mut parts);
    if let Some(second) = &link.second {
        let before = parts.len();
        print_scenario(second, &link.scenario, lab, "b.", &mut parts);
        if parts.len() == before {
            parts.push(format!("b.seed={}", second.seed)); // a second run without a difference is still there
        }
    }
    envelope::print(&link.envelope, lab, &mut parts);
    let mut text = parts.join("&");
    if let Some(packed) = pack::pack(&text) {
        text = packed;
    }
    // Chat programs take a mark at the end for the end of the sentence; the grammar's number stands in its way.
    if text.ends_with(|c: char| !c.is_ascii_alphanumeric()) {
        text.push_str(&format!("&v={}", envelope::GRAMMAR));
    }
    text
}

/// Writes how a scenario differs from `base`.
fn print_scenario(
    scenario: &Scenario,
    base: &Scenario,
    lab: &dyn Lab,
    prefix: &str,
    parts: &mut Vec<String>,
) {
    assert_eq!(scenario.lab, lab.meta().id, "a link is to one lab");
    for ((param, value), default) in lab.params().iter().zip(&scenario.values).zip(&base.values) {
        if value != default {
            parts.push(format!("{prefix}{}={}", param.key, param.print(value)));
        }
    }
    if scenario.seed != base.seed {
        parts.push(format!("{prefix}seed={}", scenario.seed));
    }
    if scenario.horizon_us != base.horizon_us {
        parts.push(format!("{prefix}for={}", DurationUs(scenario.horizon_us)));
    }
    if scenario.cues != base.cues {
        let cues: Vec<String> =
            scenario.cues.iter().map(|cue| format!("{}:{}", DurationUs(cue.at_us), cue.act)).collect();
        let script = if cues.is_empty() { "none".into() } else { cues.join(",") };
        parts.push(format!("{prefix}do={script}"));
    }
}

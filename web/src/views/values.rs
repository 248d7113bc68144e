//! What a replica holds, as pictures show it: for each data key its value and version, and a tint that changes with them.

use super::Look;
use crate::scene::{Anchor, Curve, Dash, Mark, Role, Shape, mark};
use crate::text_width::bold_text_width;
use splitbrain::cast::NodeId;
use splitbrain::lab::{Show, key_name};
use splitbrain::tell::Transcript;
use splitbrain::trace::FactKey;

/// What a node shows of one data key.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The key's name; empty where the node has but one.
    pub name: String,
    /// The first of the facts on its face, in words.
    pub value: String,
    /// The others, in words.
    pub rest: String,
}

impl Held {
    /// Whether the node has nothing under this key.
    pub fn is_empty(&self) -> bool {
        is_empty(self.version())
    }

    /// All of it in words.
    pub fn words(&self) -> String {
        if self.is_empty() {
            return if self.name.is_empty() { "empty".to_owned() } else { format!("{} empty", self.name) };
        }
        let name = if self.name.is_empty() { String::new() } else { format!("{} = ", self.name) };
        let rest = if self.rest.is_empty() { String::new() } else { format!(" ({})", self.rest) };
        format!("{name}{}{rest}", self.value)
    }

    /// What decides the tint: the version where there is one.
    pub fn version(&self) -> &str {
        if self.rest.is_empty() { &self.value } else { &self.rest }
    }
}

/// The keys of the facts on a node's face, by data key.
pub fn face_keys(look: &Look<'_>, node: NodeId) -> Vec<(u16, Vec<FactKey>)> {
    let facts = look.lab.meta().facts;
    let on_face = |key: &FactKey| facts.get(usize::from(key.name)).is_some_and(|f| f.show == Show::Face);
    let mut rows: Vec<(u16, Vec<FactKey>)> = Vec::new();
    for key in look.outcome.trace.fact_keys(node).filter(on_face) {
        match rows.iter_mut().find(|(index, _)| *index == key.index) {
            Some((_, keys)) => keys.push(key),
            None => rows.push((key.index, vec![key])),
        }
    }
    splitbrain::sorted::sort_by_key(&mut rows, |(index, _)| *index);
    rows
}

/// What a node holds after a record.
pub fn held(look: &Look<'_>, transcript: &Transcript<'_>, node: NodeId, record: Option<u32>) -> Vec<Held> {
    let rows = face_keys(look, node);
    let many = rows.len() > 1;
    let words = |key: &FactKey| {
        record.and_then(|id| look.outcome.trace.fact_at(node, *key, id)).map(|v| transcript.fact_words(v))
    };
    let row = |(index, keys): &(u16, Vec<FactKey>)| Held {
        name: if many { key_name(*index) } else { String::new() },
        value: keys.first().and_then(words).unwrap_or_else(|| "·".into()),
        rest: keys[1..].iter().filter_map(words).collect::<Vec<_>>().join(" "),
    };
    rows.iter().map(row).collect()
}

/// The version that decides the tint of a row of facts after a record.
pub fn held_at(
    look: &Look<'_>,
    transcript: &Transcript<'_>,
    node: NodeId,
    facts: &[FactKey],
    record: u32,
) -> String {
    let words =
        |key: &FactKey| look.outcome.trace.fact_at(node, *key, record).map(|v| transcript.fact_words(v));
    let rest: Vec<String> = facts[1..].iter().filter_map(words).collect();
    if rest.is_empty() { words(&facts[0]).unwrap_or_default() } else { rest.join(" ") }
}

/// The word of the node's role after a record, if it has one.
pub fn role_word(
    look: &Look<'_>,
    transcript: &Transcript<'_>,
    node: NodeId,
    record: Option<u32>,
) -> Option<String> {
    let facts = look.lab.meta().facts;
    let name = facts.iter().position(|fact| fact.show == Show::Role)? as u8;
    let value = look.outcome.trace.fact_at(node, FactKey { name, index: 0 }, record?)?;
    Some(transcript.fact_words(value))
}

/// Whether a version is none: models write a dot, and before the first fact there is no word at all.
pub fn is_empty(version: &str) -> bool {
    version == "·" || version.is_empty()
}

/// A fact's words as a reader is told them: "empty" for the models' dot.
pub fn said(words: String) -> String {
    if is_empty(&words) { "empty".to_owned() } else { words }
}

/// Which of eight tints: versions that follow each other differ, and equal ones are alike everywhere.
pub fn tint(version: &str) -> Option<usize> {
    if is_empty(version) {
        return None;
    }
    let digits = version.rsplit(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty());
    let number = digits.and_then(|digits| digits[digits.len().saturating_sub(9)..].parse::<usize>().ok());
    // FNV-1a, for versions that are words.
    let hash = version.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
    Some(number.unwrap_or(hash as usize) % 8)
}

/// The colour of a version.
pub fn role(version: &str) -> Role {
    tint(version).map_or(Role::InkSoft, Role::series)
}

/// How high a version's tag is, and how wide its coloured head.
pub const TAG: f64 = 15.0;
pub const HEAD: f64 = 9.0;

/// How wide a tag with this value is.
pub fn tag_width(value: &str) -> f64 {
    HEAD + bold_text_width(value, 12.0) + 8.0
}

/// A version as a luggage tag, which no message looks like: a pointed head in the version's colour with a cut that goes by its tint, and the
/// value written beside it. `(x, y)` is the point of the head, in the middle of the height.
pub fn tag(version: &str, value: &str, (x, y): (f64, f64)) -> Vec<Mark> {
    let (width, half) = (tag_width(value), TAG / 2.0);
    let body = Shape::rect(x + 4.0, y - half, width - 4.0, TAG, 2.0);
    let inside = Shape::rect(x + 6.0, y - half + 1.5, width - 7.5, TAG - 3.0, 1.0);
    let words = Shape::text(x + HEAD + 4.0, y + 4.5, value, Anchor::Start).bold();
    let mut marks = vec![mark("tag", role(version), body), mark("inside", Role::Paper, inside)];
    marks.extend(head(version, (x, y)));
    marks.push(mark("value", Role::Ink, words));
    marks
}

/// The head alone, where there is no room for the value.
pub fn head(version: &str, (x, y): (f64, f64)) -> Vec<Mark> {
    let half = TAG / 2.0;
    let points =
        vec![(x, y), (x + 4.0, y - half), (x + HEAD, y - half), (x + HEAD, y + half), (x + 4.0, y + half)];
    let shape = Shape::Path { points, curve: Curve::Straight, dash: Dash::Solid, closed: true };
    let mut marks = vec![mark("head", role(version), shape)];
    let cut = |key: &'static str, x: f64, y: f64, width: f64, height: f64| {
        mark(key, Role::Paper, Shape::rect(x, y, width, height, 0.0))
    };
    match tint(version).unwrap_or(0) % 4 {
        0 => {}
        1 => marks.push(cut("cut", x + 3.5, y - 1.0, 6.2, 2.0)),
        2 => marks.push(cut("cut", x + 5.5, y - half - 0.8, 2.0, TAG + 1.6)),
        _ => marks.extend([cut("cut", x + 3.5, y - 4.0, 6.2, 2.0), cut("cut2", x + 3.5, y + 2.0, 6.2, 2.0)]),
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_follow_each_other_differ() {
        assert_ne!(tint("x7"), tint("x8"));
        assert_eq!(tint("v12"), tint("12"));
        assert_eq!(tint("·"), None);
        assert!(tint("leader").is_some());
        assert!(tint("99999999999999999999999").is_some());
    }
}

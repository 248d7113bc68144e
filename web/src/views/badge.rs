//! What went wrong with an operation, in a few words, for the place in a picture where it went wrong; nothing before it has.

use super::Look;
use crate::scene::{Anchor, Mark, Role, Shape, mark};
use crate::text_width::{bold_text_width, fit_bold_text};
use splitbrain::lab::{End, Operation};

/// How high a badge is.
pub const HEIGHT: f64 = 16.0;
/// From its rim to its words.
const PADDING: f64 = 4.0;
/// The widest words, and those on narrow paper.
const MOST: f64 = 230.0;
const MOST_NARROW: f64 = 170.0;

/// What went wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Badge {
    /// Whether it is wrong, or nobody knows.
    pub role: Role,
    /// In a few words, with a sign.
    pub words: String,
    /// As many of them as have room.
    shown: String,
}

impl Badge {
    /// What went wrong with an operation, as far as the cursor has come: its answer is an error, or stale; or it has none.
    pub fn of(look: &Look<'_>, operation: &Operation) -> Option<Badge> {
        if !look.has_ended(operation) {
            return None;
        }
        let told = look.outcome.told(operation).filter(|told| !told.is_empty());
        let (role, words) = match (operation.end, look.outcome.remark(operation.number)) {
            (End::Ok, Some(remark)) => (Role::Broken, format!("≠ {remark}")),
            (End::Ok, None) | (End::Open, _) => return None,
            (End::Failed, _) => (Role::Broken, format!("✕ {}", told.as_deref().unwrap_or("failed"))),
            (End::Unknown, _) => {
                (Role::Unknown, format!("? {}", told.as_deref().unwrap_or("outcome unknown")))
            }
        };
        let most = if look.width < 600 { MOST_NARROW } else { MOST };
        let shown = fit_bold_text(&words, 12.0, most);
        Some(Badge { role, words, shown })
    }

    /// How wide it is, with all its words that have room.
    pub fn width(&self) -> f64 {
        bold_text_width(&self.shown, 12.0) + 2.0 * PADDING
    }

    /// The badge, with its upper left corner at a place.
    pub fn draw(&self, key: impl Into<String>, (x, y): (f64, f64)) -> Mark {
        let words = Shape::text(PADDING, HEIGHT - 4.0, self.shown.as_str(), Anchor::Start).bold();
        let parts = vec![
            mark("rim", self.role, Shape::rect(0.0, 0.0, self.width(), HEIGHT, 4.0)),
            mark("ground", Role::Paper, Shape::rect(1.0, 1.0, self.width() - 2.0, HEIGHT - 2.0, 3.0)),
            mark("words", self.role, words),
        ];
        mark(key, self.role, Shape::Group(parts)).at(x, y).title(self.words.clone())
    }

    /// The first of some places of its upper left corner that is free.
    pub fn place(&self, places: &[(f64, f64)], labels: &mut super::labels::Labels) -> Option<(f64, f64)> {
        let free = |(x, y): &&(f64, f64)| labels.take(*x - 1.0, *y, self.width() + 2.0, HEIGHT);
        places.iter().find(free).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::lab::Detail;
    use splitbrain::trace::Cursor;

    /// The badges of a link's operations at a moment.
    fn badges(link: &str, at_us: u64) -> Vec<String> {
        let scenario = &splitbrain::link::parse(link, splitbrain::labs::LABS).link.unwrap().scenario;
        let lab = splitbrain::labs::find(scenario.lab).unwrap();
        let outcome = &lab.run(scenario, Detail::Full);
        let look = Look::plain(lab, scenario, outcome, Cursor::at(&outcome.trace, at_us), 720);
        outcome
            .operations
            .iter()
            .filter_map(|operation| Badge::of(&look, operation))
            .map(|badge| badge.words)
            .collect()
    }

    #[test]
    fn a_stale_answer_is_told_with_what_it_should_have_been_and_not_before_it_is_given() {
        let link =
            "quorum?w=1&r=1&rate=0&for=1s&do=100ms:cut:n1-n2.n3,200ms:ask:c1:put.x.37,500ms:ask:c2:get.x";
        assert_eq!(badges(link, 500_000), [""; 0]);
        assert_eq!(badges(link, 1_000_000), ["≠ stale: nothing, not 37"]);
    }

    #[test]
    fn a_failure_is_told_with_its_words() {
        let link = "quorum?w=3&rate=0&for=2s&do=100ms:cut:n1-n2.n3,200ms:ask:c1:put.x.37";
        assert_eq!(badges(link, 250_000), [""; 0]);
        let told = badges(link, 2_000_000);
        assert!(told.len() == 1 && told[0].starts_with(['✕', '?']) && told[0].len() > 6, "{told:?}");
    }
}

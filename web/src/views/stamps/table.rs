//! What each clock says of two events, and of all pairs, beside what is true.

use super::super::Look;
use super::words::{Pair, claim};
use super::{LINE, claims, paragraph};
use crate::scene::{Anchor, Mark, Role, Shape, mark};
use crate::text_width::{bold_text_width, text_width};
use splitbrain::counted::counted;
use splitbrain::lab::shows::{Pairs, Stamped, Stamps};

/// The most events whose pairs are counted here: the latest. The figures count more.
const MOST: usize = 200;
const ROW: f64 = 17.0;

/// Draws it below a height; gives the height of the picture, too.
pub fn draw(look: &Look<'_>, stamps: &Stamps, events: &[Stamped], pair: Option<Pair>, top: f64) -> (Vec<Mark>, f64) {
    let width = f64::from(look.width);
    let latest = events.len().saturating_sub(MOST);
    let pairs = count(stamps, &events[latest..]);
    let first = pairs.first().copied().unwrap_or_default();
    let (causal, concurrent) = (first.right + first.reversed + first.missed, first.open + first.ordered);
    let mut marks = vec![mark("rule", Role::Grid, Shape::line((8.0, top), (width - 8.0, top)))];
    let truth = match pair {
        Some(pair) => pair.truth(look, events),
        None => "Two events of different processes are compared here: the last, and the one that is chosen.".to_owned(),
    };
    let lines = if look.width < 600 { 3 } else { 1 };
    let top = paragraph(&mut marks, "truth", &truth, width, top + 4.0, lines) + 4.0;
    let of = if latest > 0 { format!("Of the last {MOST} events") } else { "So far".to_owned() };
    let words = format!(
        "{of} {} of cause and effect, told right, wrong or not, and {concurrent} concurrent, given an order or none.",
        counted(causal, "pair")
    );
    let top = paragraph(&mut marks, "pairs", &words, width, top, if look.width < 600 { 3 } else { 1 });
    let names = stamps.clocks.iter().map(|clock| bold_text_width(clock.name, 12.0)).fold(0.0, f64::max);
    let heads = ["e, f", "right", "wrong", "not", "order"];
    let left = 8.0 + names + 8.0;
    let signs = text_width("e < f ✓", 12.0) + 8.0;
    let step = ((width - 8.0 - left - signs) / 4.0).min(110.0);
    let ends = |i: usize| if i == 0 { left } else { left + signs + step * i as f64 };
    for (i, head) in heads.into_iter().enumerate() {
        let anchor = if i == 0 { Anchor::Start } else { Anchor::End };
        marks.push(mark(format!("table-head{i}"), Role::InkSoft, Shape::text(ends(i), top + LINE, head, anchor)));
    }
    for (i, (clock, pairs)) in stamps.clocks.iter().zip(&pairs).enumerate() {
        let y = top + LINE + ROW * (i + 1) as f64;
        marks.push(mark(format!("clock{i}"), Role::Ink, Shape::text(8.0, y, clock.name, Anchor::Start).bold()));
        if let Some(pair) = pair {
            let (signs, right) = claim(clock, i, events, pair);
            let (sign, role) = match right {
                Some(true) => (" ✓", Role::Kept),
                Some(false) => (" ✕", Role::Broken),
                None => ("", Role::Ink),
            };
            marks.push(mark(format!("claim{i}"), role, Shape::text(left, y, format!("{signs}{sign}"), Anchor::Start)));
        }
        let counts = [pairs.right, pairs.reversed, pairs.missed, pairs.ordered];
        for (j, number) in counts.into_iter().enumerate() {
            let role = match (j, number) {
                (1, 1..) => Role::Broken,
                (_, 0) => Role::InkSoft,
                _ => Role::Ink,
            };
            marks.push(mark(format!("count{i}-{j}"), role, Shape::text(ends(j + 1), y, number.to_string(), Anchor::End)));
        }
    }
    (marks, top + LINE + ROW * stamps.clocks.len() as f64 + 10.0)
}

/// All pairs of events, by clock.
fn count(stamps: &Stamps, events: &[Stamped]) -> Vec<Pairs> {
    let mut pairs = vec![Pairs::default(); stamps.clocks.len()];
    for (second, f) in events.iter().enumerate() {
        for e in &events[..second] {
            let caused = e.happened_before(f);
            for (i, clock) in stamps.clocks.iter().enumerate() {
                pairs[i].count(caused, claims(clock, e, f, i));
            }
        }
    }
    pairs
}

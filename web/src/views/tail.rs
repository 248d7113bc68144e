//! The tail of how long calls take: across a time, up the share of calls that take longer, each line a tenth of the one above it; half, 99 of 100 and so
//! on are marked, and what theory says is dashed.

use super::stretch::AxisWords;
use super::{Look, Picture, grid};
use crate::chart::scale::short_number;
use crate::scene::{Anchor, Curve, Dash, Mark, Role, Scene, Shape, mark};
use crate::text_width::text_width;
use splitbrain::lab::shows::Tail;
use splitbrain::lab::{End, Shows};

/// The panel's title.
pub const TITLE: &str = "The tail";

/// Runs whose calls make a tail.
pub fn needs(shows: &Shows) -> bool {
    shows.tail.is_some()
}

/// Shares that are marked: in thousandths of the calls that take no longer, and the words for that.
const MARKED: [(u32, &str); 4] = [(500, "p50"), (900, "p90"), (990, "p99"), (999, "p99.9")];
/// The least share that is drawn.
const LEAST: f64 = 0.001;
/// Fewer calls than this are no tail.
const FEWEST: usize = 20;
/// The most points of a line.
const POINTS: usize = 160;
const LEFT: f64 = 52.0;
const TOP: f64 = 30.0;
const PLOT: f64 = 180.0;

/// How long calls took that have ended: in order, and how many of them failed.
struct Taken {
    us: Vec<u64>,
    failed: usize,
}

impl Taken {
    /// Those that had ended by then.
    fn by(look: &Look<'_>, tail: &Tail, upto_us: u64) -> Taken {
        let (mut us, mut failed) = (Vec::new(), 0);
        for operation in look.outcome.operations.iter().filter(|o| o.invoked.at_us >= tail.from_us) {
            match (operation.end, operation.returned) {
                (_, Some(returned)) if returned.at_us > upto_us => {}
                (End::Ok, Some(returned)) => us.push(returned.at_us - operation.invoked.at_us),
                (End::Failed | End::Unknown, Some(_)) => failed += 1,
                _ => {}
            }
        }
        us.sort_unstable();
        Taken { us, failed }
    }

    fn all(&self) -> usize {
        self.us.len() + self.failed
    }

    /// What so many thousandths take at the most; none where that is never.
    fn quantile(&self, permille: u32) -> Option<u64> {
        let rank = (self.all() * permille as usize).div_ceil(1_000).max(1);
        self.us.get(rank - 1).copied()
    }

    /// The share that takes longer, at some of the times that were taken.
    fn line(&self) -> Vec<(u64, f64)> {
        let (all, many) = (self.all() as f64, self.us.len());
        // Places lie so that their shares have equal steps on the scale.
        let place = |step: usize| {
            let share = libm::pow(LEAST, step as f64 / POINTS as f64);
            ((1.0 - share) * all) as usize
        };
        let mut places: Vec<usize> = (0..=POINTS).map(place).filter(|place| *place < many).collect();
        places.dedup();
        places.into_iter().map(|place| (self.us[place], 1.0 - place as f64 / all)).collect()
    }
}

/// Draws the tail of the calls that have ended by the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let Some(tail) = look.shows().tail else {
        return grid::only_words(look, "tail", TITLE, "No calls are timed in this run.");
    };
    if let Some(eyes) = look.eyes {
        let words = format!("This is measured from outside: {} cannot know it.", look.name(eyes));
        return grid::only_words(look, "tail", TITLE, &words);
    }
    let taken = Taken::by(look, &tail, look.cursor.at_us);
    let width = f64::from(look.width);
    let longest_us = longest_us(look, &tail);
    let (right, bottom) = (width - 16.0, TOP + PLOT);
    let x = |us: u64| LEFT + (right - LEFT) * (us as f64 / longest_us as f64).min(1.0);
    let y = |share: f64| TOP + PLOT * (libm::log(share.max(LEAST)) / libm::log(LEAST));
    let mut scene = Scene::new(format!("{}-tail", look.id), width, bottom + 40.0, TITLE);
    let enough = taken.all() >= FEWEST;
    let forms: Vec<&str> = tail.forms.iter().map(|form| form.name).collect();
    let head = match (enough, forms.as_slice()) {
        (false, _) => "Too few calls have ended yet to have a tail.".to_owned(),
        (true, []) => format!("Share of {} calls that take longer.", taken.all()),
        (true, names) => {
            format!("Share of {} calls that take longer; dashed: {}.", taken.all(), names.join(", "))
        }
    };
    scene.marks.extend(super::head(&head, width, 1));
    for (share, words) in [(1.0, "all"), (0.1, "1 in 10"), (0.01, "100"), (0.001, "1,000")] {
        scene.push(mark(
            format!("grid{words}"),
            Role::Grid,
            Shape::line((LEFT, y(share)), (right, y(share))),
        ));
        let label = Shape::text(LEFT - 6.0, y(share) + 4.0, words, Anchor::End);
        scene.push(mark(format!("share{words}"), Role::InkSoft, label));
    }
    scene.marks.extend(across(longest_us, &x, bottom, right));
    if let Some(limit_us) = tail.limit_us.filter(|us| *us < longest_us) {
        let line = Shape::dashed((x(limit_us), TOP), (x(limit_us), bottom), Dash::Dotted);
        scene.push(mark("limit", Role::Accent, line).title(format!("the limit: {}", ms(limit_us))));
    }
    for form in &tail.forms {
        let points = form.points.iter().filter(|(us, _)| *us <= longest_us);
        let points = points.map(|(us, share)| (x(*us), y(f64::from(*share) / 1e6))).collect();
        let shape = Shape::Path { points, curve: Curve::Straight, dash: Dash::Dashed, closed: false };
        scene.push(mark(format!("form-{}", form.name), Role::InkSoft, shape).title(form.name));
    }
    let mut told = Vec::new();
    if enough {
        let line: Vec<(f64, f64)> = taken.line().into_iter().map(|(us, share)| (x(us), y(share))).collect();
        scene.push(mark("line", Role::Series0, Shape::path(line)));
        for (permille, words) in MARKED {
            let share = 1.0 - f64::from(permille) / 1e3;
            let value = taken.quantile(permille);
            let value_words = value.map_or("never".into(), ms);
            told.push(format!("{words} {value_words}"));
            let Some(us) = value.filter(|us| *us <= longest_us) else { continue };
            let (at, words) = ((x(us), y(share)), format!("{words} {value_words}"));
            scene.push(mark(
                format!("dot{permille}"),
                Role::Series0,
                Shape::Circle { x: at.0, y: at.1, r: 3.5 },
            ));
            let fits = at.0 + 8.0 + text_width(&words, 12.0) < right;
            let (from, anchor) = if fits { (at.0 + 7.0, Anchor::Start) } else { (at.0 - 7.0, Anchor::End) };
            let label = Shape::text(from, at.1 - 4.0, words, anchor).halo();
            scene.push(mark(format!("label{permille}"), Role::Ink, label));
        }
    }
    let failed =
        if taken.failed > 0 { format!(" {} failed, which is never.", taken.failed) } else { String::new() };
    let told = if told.is_empty() { head } else { format!("{head} {}.", told.join(", ")) };
    scene.describe(format!("{told}{failed}")).into()
}

/// Where the scale ends: a little beyond the slowest of a thousand, of this run and that beside it, at their ends.
fn longest_us(look: &Look<'_>, tail: &Tail) -> u64 {
    let of = |look: &Look<'_>, tail: &Tail| {
        let taken = Taken::by(look, tail, u64::MAX);
        taken.quantile(999).or(taken.us.last().copied()).unwrap_or(0)
    };
    let other = look.other().and_then(|other| Some(of(&other, &other.shows().tail?)));
    of(look, tail).max(other.unwrap_or(0)).max(1_000) * 11 / 10
}

/// The axis of time.
fn across(longest_us: u64, x: &dyn Fn(u64) -> f64, bottom: f64, right: f64) -> Vec<Mark> {
    let step = super::stretch::tick_step_us(longest_us, if right < 500.0 { 4 } else { 8 });
    let mut words = AxisWords::new(bottom + 17.0, right + 14.0);
    let mut marks = vec![mark("axis", Role::Axis, Shape::line((LEFT, bottom), (right, bottom)))];
    for us in (0..=longest_us / step).map(|i| i * step) {
        marks.extend(words.at(x(us), format!("time{us}"), ms(us)));
    }
    marks
}

/// A time in milliseconds, or in seconds where it has some.
fn ms(us: u64) -> String {
    if us >= 10_000_000 {
        format!("{} s", short_number(us as f64 / 1e6))
    } else {
        format!("{} ms", short_number(us as f64 / 1e3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_takes_longer_than_anything() {
        let taken = Taken { us: (1..=990).collect(), failed: 10 };
        assert_eq!([500, 990, 991].map(|permille| taken.quantile(permille)), [Some(500), Some(990), None]);
        let line = taken.line();
        assert!(line.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1));
        assert!(line.first() == Some(&(1, 1.0)) && line.last().is_some_and(|(_, share)| *share > 0.0105));
    }
}

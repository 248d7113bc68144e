//! A stretch of true time across a picture: where moments are, the axis below, the cursor through it.

use super::Look;
use super::labels::Labels;
use crate::scene::{Anchor, Mark, Role, Shape, mark};
use crate::text_width::{bold_text_width, text_width};

/// Moments from left to right.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// From, in µs.
    pub from_us: u64,
    /// To, in µs.
    pub to_us: u64,
    /// The left end.
    pub left: f64,
    /// The right end.
    pub right: f64,
    /// Moments that have the same room each, in order; empty where time is true.
    pub moments: Vec<u64>,
}

impl Stretch {
    /// The whole run, and that beside it.
    pub fn whole(look: &Look<'_>, left: f64) -> Stretch {
        let (to_us, right) = (look.ended_us().max(1), f64::from(look.width) - 12.0);
        Stretch { from_us: 0, to_us, left, right, moments: Vec::new() }
    }

    /// A part of it.
    pub fn part(self, from_us: u64, to_us: u64) -> Stretch {
        Stretch { from_us, to_us: to_us.max(from_us + 1), ..self }
    }

    /// Gives each of these moments the same room.
    pub fn warped(self, mut moments: Vec<u64>) -> Stretch {
        splitbrain::sorted::sort(&mut moments);
        moments.dedup();
        Stretch { moments, ..self }
    }

    /// Where a moment is; moments outside are at the ends.
    pub fn x(&self, at_us: u64) -> f64 {
        let at_us = at_us.clamp(self.from_us, self.to_us);
        self.left + (self.right - self.left) * share(&self.moments, (self.from_us, self.to_us), at_us)
    }

    /// Whether a moment is in it.
    pub fn shows(&self, at_us: u64) -> bool {
        (self.from_us..=self.to_us).contains(&at_us)
    }

    /// The axis at a height, and the cursor from `top` down to it.
    pub fn axis(&self, look: &Look<'_>, top: f64, y: f64) -> Vec<Mark> {
        let mut labels = Labels::new(40, f64::from(look.width), y + 40.0).apart(4.0);
        let cursor = self.shows(look.cursor.at_us).then(|| self.cursor(look, top, y, &mut labels));
        let step = tick_step_us(self.to_us - self.from_us, if look.width < 600 { 5 } else { 9 });
        let (mut marks, mut lines) = (Vec::new(), Vec::new());
        let ticks: Vec<u64> = match self.moments.is_empty() {
            true => (self.from_us.div_ceil(step)..=self.to_us / step).map(|i| i * step).collect(),
            false => self.moments.clone(),
        };
        for at_us in ticks {
            let words = if self.moments.is_empty() { tick(at_us, step) } else { look.short_moment(at_us) };
            let x = self.x(at_us);
            let width = text_width(&words, 12.0);
            let left = (x - width / 2.0).clamp(1.0, f64::from(look.width) - width - 1.0);
            if labels.take(left - 1.0, y + 6.0, width + 2.0, 14.0) {
                lines.push([(x, y), (x, y + 4.0)]);
                let shape = Shape::text(left, y + 17.0, words, Anchor::Start);
                marks.push(mark(format!("time{at_us}"), Role::InkSoft, shape));
            }
        }
        marks.push(mark("ticks", Role::Axis, Shape::Lines(lines)));
        marks.extend(cursor);
        marks
    }

    fn cursor(&self, look: &Look<'_>, top: f64, y: f64, labels: &mut Labels) -> Mark {
        let (x, words) = (self.x(look.cursor.at_us), look.short_moment(look.cursor.at_us));
        let width = bold_text_width(&words, 12.0);
        let left = (x - width / 2.0).clamp(1.0, f64::from(look.width) - width - 1.0);
        labels.block(left - 6.0, y + 6.0, width + 12.0, 14.0);
        let parts = vec![
            mark("line", Role::Accent, Shape::line((x, top), (x, y + 3.0))),
            mark("time", Role::Accent, Shape::text(left, y + 17.0, words, Anchor::Start).bold().halo()),
        ];
        mark("cursor", Role::Accent, Shape::Group(parts)).title("the cursor")
    }
}

/// How far along a window a moment is, from 0 to 1: in true time, or where there are moments with the same room for each.
pub fn share(moments: &[u64], (from_us, to_us): (u64, u64), at_us: u64) -> f64 {
    let part = |at: u64, from: u64, to: u64| (at - from) as f64 / (to - from).max(1) as f64;
    if moments.is_empty() {
        return part(at_us, from_us, to_us);
    }
    let next = moments.partition_point(|moment| *moment < at_us);
    let step = 1.0 / (moments.len() as f64 + 0.5);
    let place = |i: usize| step * (i as f64 + 0.5);
    if moments.get(next) == Some(&at_us) {
        return place(next);
    }
    // Between two moments: in proportion.
    let (before_us, before) = next.checked_sub(1).map_or((from_us, 0.0), |i| (moments[i], place(i)));
    let (after_us, after) = moments.get(next).map_or((to_us, 1.0), |moment| (*moment, place(next)));
    before + (after - before) * part(at_us, before_us.min(at_us), after_us)
}

/// A round moment of an axis in words: with as many decimals as its step has, so that all of an axis read alike.
pub fn tick(at_us: u64, step_us: u64) -> String {
    let decimals = (0..6).find(|decimals| step_us.is_multiple_of(10_u64.pow(6 - decimals))).unwrap_or(6);
    let digits = format!("{:06}", at_us % 1_000_000);
    match decimals as usize {
        0 => format!("{}s", at_us / 1_000_000),
        decimals => format!("{}.{}s", at_us / 1_000_000, &digits[..decimals]),
    }
}

/// A step of 1, 2 or 5 times a power of ten that divides a span into at most so many parts, in µs.
pub fn tick_step_us(span_us: u64, most: u64) -> u64 {
    let mut power = 1;
    loop {
        for factor in [1, 2, 5] {
            if span_us / (power * factor) <= most {
                return power * factor;
            }
        }
        power *= 10;
    }
}

/// The words below an axis, from left to right: none stands beyond its end, or over the one before.
pub struct AxisWords {
    y: f64,
    end: f64,
    free: f64,
}

impl AxisWords {
    /// None yet, at that height and up to that end.
    pub fn new(y: f64, end: f64) -> AxisWords {
        AxisWords { y, end, free: f64::MIN }
    }

    /// What stands at a place, where there is room.
    pub fn at(&mut self, x: f64, key: String, words: String) -> Option<Mark> {
        let half = text_width(&words, 12.0) / 2.0;
        let x = x.min(self.end - half);
        if x - half < self.free {
            return None;
        }
        self.free = x + half + 4.0;
        Some(mark(key, Role::InkSoft, Shape::text(x, self.y, words, Anchor::Middle)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warped_time_never_runs_back() {
        let moments = [100, 200, 1_000, 1_010];
        let shares: Vec<f64> = (0..=1_100).map(|at| share(&moments, (0, 1_100), at)).collect();
        assert!(shares.windows(2).all(|pair| pair[0] <= pair[1]), "{shares:?}");
        assert_eq!((shares[0], share(&[], (0, 100), 25)), (0.0, 0.25));
        assert!(shares[1_100] <= 1.0);
    }

    #[test]
    fn ticks_of_an_axis_read_alike() {
        assert_eq!(tick(2_000_000, 500_000), "2.0s");
        assert_eq!(tick(2_000_000, 1_000_000), "2s");
        assert_eq!(tick(20, 10), "0.00002s");
        assert_eq!(tick_step_us(3_000_000, 9), 500_000);
        assert_eq!(tick_step_us(1, 9), 1);
    }
}

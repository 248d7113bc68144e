//! Values over time, for charts: kept whole while they are few, thinned evenly and without losing an extreme when they are many.

use super::{Name, Points};

/// Values over time: what a chart draws.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Series {
    /// Its name.
    pub name: Name,
    /// The unit of the values: `us`, or what is counted.
    pub unit: &'static str,
    /// Time in µs, and the value then.
    pub points: Points,
}

impl Series {
    /// Whether another view than the charts shows it, as a count on a branch or a layer of a stack.
    pub fn is_gauge(&self) -> bool {
        self.name.is_gauge()
    }

    /// The value that holds at a time: that of the last point at or before it.
    pub fn value_at(&self, at_us: u64) -> Option<i64> {
        let after = self.points.partition_point(|point| point.0 <= at_us);
        Some(self.points.get(after.checked_sub(1)?)?.1)
    }
}

/// A part of a whole, or so much for each, as charts have it: rounded, since what is cut is half of one too low on average. Of nothing, 0.
pub fn rounded(part: u64, whole: u64) -> i64 {
    let whole = u128::from(whole);
    (u128::from(part) + whole / 2).checked_div(whole).unwrap_or(0) as i64
}

/// Collects a [`Series`] of at most four points for each of `cap` spans of time. A span keeps its first, least, greatest and last point, so that every spike
/// and every step survives; while there are fewer instants than `cap`, a span is a microsecond.
#[derive(Clone, Debug)]
pub struct SeriesRecorder {
    cap: usize,
    /// A span is 2 to this power of µs.
    bits: u32,
    /// When the last span ends.
    until_us: u64,
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    first: (u64, i64),
    least: (u64, i64),
    greatest: (u64, i64),
    last: (u64, i64),
}

impl SeriesRecorder {
    /// A recorder of at most `cap` spans, two at the least.
    pub fn new(cap: usize) -> SeriesRecorder {
        SeriesRecorder { cap: cap.max(2), bits: 0, until_us: 0, spans: Vec::new() }
    }

    /// Adds a value; time may not run backwards.
    pub fn add(&mut self, at_us: u64, value: i64) {
        let point = (at_us, value);
        self.join(Span { first: point, least: point, greatest: point, last: point });
        if self.spans.len() > self.cap {
            while self.count() > self.cap {
                self.bits += 1;
            }
            for span in std::mem::take(&mut self.spans) {
                self.join(span);
            }
        }
    }

    /// How many spans there would be if they were joined anew.
    fn count(&self) -> usize {
        let number = |span: &Span| span.first.0 >> self.bits;
        1 + self.spans.windows(2).filter(|pair| number(&pair[0]) != number(&pair[1])).count()
    }

    /// How long the spans are that share four points; 1 while nothing was left out but points of one microsecond. A chart says so when it is more.
    pub fn span_us(&self) -> u64 {
        1 << self.bits
    }

    /// The series so far.
    pub fn series(&self, name: &'static str, unit: &'static str) -> Series {
        let mut points = Vec::with_capacity(self.spans.len());
        for span in &self.spans {
            let middle = if span.least.0 <= span.greatest.0 {
                [span.least, span.greatest]
            } else {
                [span.greatest, span.least]
            };
            for point in [span.first, middle[0], middle[1], span.last] {
                if points.last() != Some(&point) {
                    points.push(point);
                }
            }
        }
        Series { name: name.into(), unit, points: points.into() }
    }

    fn join(&mut self, later: Span) {
        if let Some(span) = self.spans.last_mut() {
            assert!(span.last.0 <= later.first.0, "a series runs forwards in time");
            if later.first.0 < self.until_us {
                if later.least.1 < span.least.1 {
                    span.least = later.least;
                }
                if later.greatest.1 > span.greatest.1 {
                    span.greatest = later.greatest;
                }
                span.last = later.last;
                return;
            }
        }
        self.until_us = ((later.first.0 >> self.bits) + 1) << self.bits;
        self.spans.push(later);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_points_are_kept_as_they_are() {
        let mut recorder = SeriesRecorder::new(10);
        let points = [(0, 1), (5, 2), (5, 7), (9, 2)];
        points.iter().for_each(|&(at, value)| recorder.add(at, value));
        assert_eq!(*recorder.series("queue", "requests").points, points);
        assert_eq!(recorder.span_us(), 1);
    }

    #[test]
    fn many_points_are_thinned_evenly_and_no_spike_is_lost() {
        let mut recorder = SeriesRecorder::new(100);
        for i in 0..100_000u64 {
            recorder.add(i * 10, if i == 77_777 { 1_000 } else { (i % 7) as i64 });
        }
        let points = recorder.series("latency", "us").points;
        assert!(points.len() <= 400 && points.len() > 150, "{}", points.len());
        assert!(points.contains(&(777_770, 1_000)));
        assert_eq!((points[0], points[points.len() - 1].0), ((0, 0), 999_990));
        assert!(points.is_sorted_by_key(|p| p.0));
        let widest = points.windows(2).map(|w| w[1].0 - w[0].0).max();
        assert!(widest <= Some(2 * recorder.span_us()), "{widest:?}");
    }
}

//! The points of a series: there, or made when somebody first reads them. A run may have hundreds of series, of which a picture reads a few.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A time in µs, and the value then.
type Point = (u64, i64);

/// The points of a series.
#[derive(Clone)]
pub struct Points {
    made: OnceLock<Vec<Point>>,
    make: Option<Arc<dyn Fn() -> Vec<Point> + Send + Sync>>,
}

impl Points {
    /// Points that are made when they are first read.
    pub fn later(make: impl Fn() -> Vec<Point> + Send + Sync + 'static) -> Points {
        Points { made: OnceLock::new(), make: Some(Arc::new(make)) }
    }
}

impl From<Vec<Point>> for Points {
    fn from(points: Vec<Point>) -> Points {
        Points { made: points.into(), make: None }
    }
}

impl Deref for Points {
    type Target = Vec<Point>;

    fn deref(&self) -> &Vec<Point> {
        self.made.get_or_init(|| self.make.as_ref().map_or_else(Vec::new, |make| make()))
    }
}

impl<'a> IntoIterator for &'a Points {
    type Item = &'a Point;
    type IntoIter = std::slice::Iter<'a, Point>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Points {
    fn eq(&self, other: &Points) -> bool {
        **self == **other
    }
}

impl Eq for Points {}

impl fmt::Debug for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[test]
fn points_are_made_once_and_when_they_are_read() {
    static MADE: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let made = || MADE.load(std::sync::atomic::Ordering::Relaxed);
    let points = Points::later(|| {
        MADE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        vec![(1, 2)]
    });
    assert_eq!(made(), 0);
    assert_eq!((points.len(), points.first()), (1, Some(&(1, 2))));
    assert_eq!(points, Points::from(vec![(1, 2)]));
    assert_eq!(made(), 1);
}

//! The way of a link from card to card: straight where it can be, in a bow where another card stands in between, and where no bow is clear of all
//! cards, the shortest way around their corners.

use super::layout::Place;

/// The air between a way and a card that it passes: messages go a little beside the way.
const AIR: f64 = 7.0;
/// Into how many straight pieces a bow is drawn.
const PIECES: usize = 12;
/// How far aside a bow goes in its middle, in units, the least first.
const BOWS: [f64; 6] = [14.0, 22.0, 32.0, 44.0, 58.0, 74.0];
/// How far before a corner the way begins to turn.
const TURN: f64 = 12.0;

/// A way: straight pieces from point to point, two points at least.
#[derive(Clone, PartialEq, Debug)]
pub struct Route {
    /// From its beginning to its end.
    pub points: Vec<(f64, f64)>,
}

impl Route {
    /// A way from point to point.
    pub fn of(points: Vec<(f64, f64)>) -> Route {
        Route { points }
    }

    /// From card to card past all others, within a paper of that size. Where there is no way past them it is straight.
    pub fn between(from: &Place, to: &Place, others: &[&Place], paper: (f64, f64)) -> Route {
        let (start, end) = ((from.x, from.y), (to.x, to.y));
        let straight = Route::of(vec![from.edge(end), to.edge(start)]);
        let is_clear = |route: &Route| others.iter().all(|other| !route.meets(other));
        if is_clear(&straight) {
            return straight;
        }
        let fits = |route: &Route| route.points.iter().all(|point| is_on(paper, *point));
        let bows = BOWS.iter().flat_map(|bow| [*bow, -*bow]).map(|bow| Route::bow(from, to, bow));
        let mut clear = bows.into_iter().filter(|route| fits(route) && is_clear(route));
        clear.next().or_else(|| Route::around(from, to, others, paper)).unwrap_or(straight)
    }

    /// A bow that goes so far to the right of the straight way.
    fn bow(from: &Place, to: &Place, aside: f64) -> Route {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = libm::hypot(dx, dy).max(1.0);
        // A parabola goes half as far aside as the point that pulls it.
        let pull = ((from.x + to.x) / 2.0 - dy / length * 2.0 * aside, (from.y + to.y) / 2.0 + dx / length * 2.0 * aside);
        Route::of(parabola(from.edge(pull), pull, to.edge(pull), PIECES).collect())
    }

    /// The shortest way around the corners of what stands in between.
    fn around(from: &Place, to: &Place, others: &[&Place], paper: (f64, f64)) -> Option<Route> {
        let corners = others.iter().flat_map(|place| {
            let (w, h) = (place.half_width + AIR + 1.0, place.half_height + AIR + 1.0);
            [(-w, -h), (w, -h), (w, h), (-w, h)].map(|(dx, dy)| (place.x + dx, place.y + dy))
        });
        let is_free = |point: (f64, f64)| others.iter().all(|place| !enters(point, point, place));
        let mut stops = vec![(from.x, from.y), (to.x, to.y)];
        stops.extend(corners.filter(|corner| is_on(paper, *corner) && is_free(*corner)));
        let sees = |a: (f64, f64), b: (f64, f64)| others.iter().all(|place| !enters(a, b, place));
        // Dijkstra's: of those not yet left, the nearest to the beginning is left next.
        let mut far = vec![f64::INFINITY; stops.len()];
        let (mut before, mut left) = (vec![0; stops.len()], vec![false; stops.len()]);
        far[0] = 0.0;
        loop {
            let open = (0..stops.len()).filter(|i| !left[*i] && far[*i].is_finite());
            let next = open.min_by(|a, b| far[*a].total_cmp(&far[*b]))?;
            if next == 1 {
                break;
            }
            left[next] = true;
            for (i, stop) in stops.iter().enumerate().filter(|(i, _)| !left[*i]).collect::<Vec<_>>() {
                let through = far[next] + distance(stops[next], *stop);
                if through < far[i] && sees(stops[next], *stop) {
                    (far[i], before[i]) = (through, next);
                }
            }
        }
        let mut way = vec![1];
        while let Some(last) = way.last().filter(|last| **last != 0) {
            way.push(before[*last]);
        }
        let mut points: Vec<(f64, f64)> = way.iter().rev().map(|stop| stops[*stop]).collect();
        let last = points.len() - 1;
        (points[0], points[last]) = (from.edge(points[1]), to.edge(points[last - 1]));
        Some(Route::of(rounded(&points)))
    }

    /// A point of the way, by the share of its length that lies behind.
    pub fn at(&self, share: f64) -> (f64, f64) {
        crate::scene::along(&self.points, share)
    }

    /// The way that it takes at a share of it, one unit long.
    pub fn heading(&self, share: f64) -> (f64, f64) {
        let near = 0.5 / self.length().max(1.0);
        direction(self.at((share - near).max(0.0)), self.at((share + near).min(1.0)))
    }

    /// Its first part, as far as that share.
    pub fn until(&self, share: f64) -> Route {
        let (whole, mut gone) = (self.length(), 0.0);
        let mut points = vec![self.points[0]];
        for ends in self.points.windows(2) {
            gone += distance(ends[0], ends[1]);
            if gone >= share * whole {
                break;
            }
            points.push(ends[1]);
        }
        points.push(self.at(share));
        Route { points }
    }

    /// Its last part, from that share on.
    pub fn since(&self, share: f64) -> Route {
        self.back().until(1.0 - share).back()
    }

    /// The same way from its end to its beginning.
    pub fn back(&self) -> Route {
        Route { points: self.points.iter().rev().copied().collect() }
    }

    /// A way beside this one, so far to its right.
    pub fn beside(&self, aside: f64) -> Route {
        let points = &self.points;
        let shifted = |(i, point): (usize, &(f64, f64))| {
            let (dx, dy) = direction(points[i.saturating_sub(1)], points[(i + 1).min(points.len() - 1)]);
            (point.0 - dy * aside, point.1 + dx * aside)
        };
        Route { points: points.iter().enumerate().map(shifted).collect() }
    }

    /// How long it is.
    pub fn length(&self) -> f64 {
        self.points.windows(2).map(|ends| distance(ends[0], ends[1])).sum()
    }

    /// Whether it goes through a card, or so near past it that what goes along it would touch the card.
    fn meets(&self, place: &Place) -> bool {
        self.points.windows(2).any(|ends| enters(ends[0], ends[1], place))
    }
}

/// The way with its corners cut in a bow.
fn rounded(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut way = vec![points[0]];
    for corner in points.windows(3) {
        let toward = |end: (f64, f64)| {
            let share = (TURN / distance(corner[1], end).max(1.0)).min(0.5);
            (corner[1].0 + (end.0 - corner[1].0) * share, corner[1].1 + (end.1 - corner[1].1) * share)
        };
        way.extend(parabola(toward(corner[0]), corner[1], toward(corner[2]), 4));
    }
    way.push(points[points.len() - 1]);
    way
}

/// Points of a quadratic Bézier curve.
fn parabola(
    from: (f64, f64),
    pull: (f64, f64),
    to: (f64, f64),
    pieces: usize,
) -> impl Iterator<Item = (f64, f64)> {
    let between = |p: (f64, f64), q: (f64, f64), share: f64| (p.0 + (q.0 - p.0) * share, p.1 + (q.1 - p.1) * share);
    (0..=pieces).map(move |i| {
        let share = i as f64 / pieces as f64;
        between(between(from, pull, share), between(pull, to, share), share)
    })
}

fn distance(p: (f64, f64), q: (f64, f64)) -> f64 {
    libm::hypot(q.0 - p.0, q.1 - p.1)
}

fn direction(p: (f64, f64), q: (f64, f64)) -> (f64, f64) {
    let length = distance(p, q).max(1e-9);
    ((q.0 - p.0) / length, (q.1 - p.1) / length)
}

fn is_on(paper: (f64, f64), (x, y): (f64, f64)) -> bool {
    (2.0..=paper.0 - 2.0).contains(&x) && (2.0..=paper.1 - 2.0).contains(&y)
}

/// Whether a straight piece has a point in a card, or in the air about it.
fn enters(p: (f64, f64), q: (f64, f64), place: &Place) -> bool {
    let (w, h) = (place.half_width + AIR, place.half_height + AIR);
    // The stretch of the piece that lies between the box's sides, then between its top and bottom, too.
    let mut within = (0.0f64, 1.0f64);
    for (start, by, low, high) in
        [(p.0, q.0 - p.0, place.x - w, place.x + w), (p.1, q.1 - p.1, place.y - h, place.y + h)]
    {
        if by == 0.0 {
            if start < low || start > high {
                return false;
            }
            continue;
        }
        let (one, other) = ((low - start) / by, (high - start) / by);
        within = (within.0.max(one.min(other)), within.1.min(one.max(other)));
    }
    within.0 <= within.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(x: f64, y: f64) -> Place {
        Place { x, y, half_width: 20.0, half_height: 10.0 }
    }

    fn aside(route: &Route) -> f64 {
        route.points.iter().map(|(_, y)| (y - 100.0).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn a_way_bends_around_what_stands_in_between() {
        let (a, b, paper) = (card(40.0, 100.0), card(360.0, 100.0), (400.0, 200.0));
        assert_eq!(Route::between(&a, &b, &[], paper).points, [(63.0, 100.0), (337.0, 100.0)]);
        let bow = Route::between(&a, &b, &[&card(200.0, 100.0)], paper);
        assert!(aside(&bow) > 17.0 && aside(&bow) < 40.0, "{bow:?}");
        // No bow passes a wide card near both ends: the way goes along it.
        let wide = Place { half_width: 120.0, half_height: 50.0, ..card(200.0, 100.0) };
        let around = Route::between(&a, &b, &[&wide], paper);
        assert!(!around.meets(&Place { half_width: 115.0, half_height: 45.0, ..wide }) && aside(&around) < 60.0, "{around:?}");
        // Walled in from top to bottom, it is as it would be without the wall.
        let wall = Place { half_height: 300.0, ..card(200.0, 100.0) };
        assert_eq!(aside(&Route::between(&a, &b, &[&wall], paper)), 0.0);
    }

    #[test]
    fn parts_of_a_way_are_on_it() {
        let way = Route::of(vec![(0.0, 0.0), (0.0, 30.0), (50.0, 30.0), (50.0, 10.0)]);
        let near = |(x, y): (f64, f64), (u, v): (f64, f64)| (x - u).abs() < 1e-9 && (y - v).abs() < 1e-9;
        assert_eq!(way.length(), 100.0);
        assert!(near(way.at(0.5), (20.0, 30.0)) && near(way.heading(0.5), (1.0, 0.0)));
        for share in [0.0, 0.25, 0.5, 1.0] {
            assert!(near(way.until(0.5).at(share), way.at(share / 2.0)));
            assert!(near(way.since(0.5).at(share), way.at(0.5 + share / 2.0)));
            assert!(near(way.back().at(share), way.at(1.0 - share)));
        }
        assert!(near(way.beside(6.0).points[0], (-6.0, 0.0)), "right of what goes down is left");
    }

    #[test]
    fn a_piece_enters_a_box_or_does_not() {
        let place = Place { x: 0.0, y: 0.0, half_width: 10.0 - AIR, half_height: 8.0 - AIR };
        let inside = |p, q| enters(p, q, &place);
        assert!(inside((-20.0, 0.0), (20.0, 0.0)) && inside((0.0, -9.0), (0.0, 0.0)) && inside((1.0, 1.0), (2.0, 2.0)));
        assert!(!inside((-20.0, 9.0), (20.0, 9.0)) && !inside((-20.0, 0.0), (-11.0, 0.0)));
        assert!(!inside((-19.0, 0.0), (0.0, 19.0)), "past the corner");
    }
}

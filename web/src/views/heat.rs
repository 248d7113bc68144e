//! Heat: how long calls took over time. Time goes across, the time of a call up, each doubling as high as the next; the more calls ended there, the
//! fuller the cell.

use super::labels::Labels;
use super::legend::{self, Sign};
use super::stretch::Stretch;
use super::{Look, Picture, gauge, grid};
use crate::markup::{Element, el};
use crate::scene::{Anchor, Curve, Dash, Mark, Role, Scene, Shape, mark};
use crate::text_width::text_width;
use splitbrain::lab::shows::HeatMap;
use splitbrain::lab::{Heat, Shows};
use splitbrain::stats::LogHistogram;
use splitbrain::time::DurationUs;

/// The panel's title.
pub const TITLE: &str = "Latency over time";

/// How high the cells are, all together.
const HEIGHT: f64 = 208.0;
const TOP: f64 = 24.0;
/// No cell is narrower or lower.
const NARROWEST: f64 = 5.0;
const LOWEST: f64 = 4.0;
/// The buckets of a doubling.
const PER_DOUBLING: usize = 8;
/// The most rows of the table.
const MAX_TOLD: usize = 40;

/// Calls whose times are kept.
pub fn needs(shows: &Shows) -> bool {
    shows.heat.is_some()
}

/// Draws the cells, and lines for half of the calls, 99 of 100, the slowest, and the deadline.
pub fn draw(look: &Look<'_>) -> Picture {
    let shows = look.shows();
    let found = shows.heat.as_ref().and_then(|map| Some((map, look.outcome.heats.get(map.of)?)));
    let Some((map, heat)) = found else {
        return grid::only_words(look, "heat", TITLE, "The times of calls are not kept in this run.");
    };
    let width = f64::from(look.width);
    let time = Stretch::whole(look, 52.0);
    let columns = Columns::of(look, heat, (time.right - time.left) / NARROWEST);
    let other = look.other().and_then(|other| {
        let heat = other.outcome.heats.get(other.shows().heat?.of)?;
        Some(Columns::of(look, heat, (time.right - time.left) / NARROWEST))
    });
    let all = || std::iter::once(&columns).chain(other.as_ref());
    let Some(rows) = Rows::of(all(), map) else {
        return grid::only_words(look, "heat", TITLE, "No call has ended in this run.");
    };
    let most = all().map(|columns| columns.most(&rows)).max().unwrap_or(1).max(1);
    let bottom = TOP + HEIGHT;
    let (legend, below) = legend::draw_from(bottom + 30.0, entries(map), width);
    let mut scene = Scene::new(format!("{}-heat", look.id), width, below, TITLE);
    scene.marks.extend(super::head(&format!("How long {} took", map.title), width, 1));
    scene.marks.extend(rows.axis(time.left, time.right));
    let cells = |all: &[LogHistogram]| cells(all, &time, &columns, &rows, most);
    for (key, role, all) in
        [("good", Role::Series0, &columns.good), ("bad", Role::Broken, &columns.bad)]
    {
        let areas = cells(all);
        if !areas.is_empty() {
            scene.push(mark(key, role, Shape::Areas(areas)));
        }
    }
    for (i, (name, of)) in QUANTILES.into_iter().enumerate() {
        let points = columns.line(of, &time, &rows);
        if points.len() > 1 {
            let line = Shape::Path { points, curve: Curve::Straight, dash: Dash::nth(i), closed: false };
            scene.push(mark(name, Role::Ink, line));
        }
    }
    if let Some(deadline_us) = map.deadline_us {
        let y = rows.y(deadline_us);
        let line = Shape::line((time.left, y), (time.right, y));
        scene.push(mark("deadline", Role::Accent, line).title(format!("the deadline: {}", DurationUs(deadline_us))));
    }
    scene.marks.extend(time.axis(look, TOP, bottom));
    scene.marks.extend(legend);
    let now = columns.words(columns.place(look.cursor.at_us));
    let scene = scene.describe(format!("How long {} took. Around {}: {now}.", map.title, look.short_moment(look.cursor.at_us)));
    Picture { scene: Some(scene), text: Some(table(&columns, look)) }
}

/// The lines, by the share of calls that are not above them.
const QUANTILES: [(&str, u64); 3] = [("half", 500_000), ("p99", 990_000), ("slowest", 1_000_000)];

/// What calls took, in columns of equal time.
struct Columns {
    each_us: u64,
    good: Vec<LogHistogram>,
    bad: Vec<LogHistogram>,
}

impl Columns {
    fn of(look: &Look<'_>, heat: &Heat, most: f64) -> Columns {
        let stretches = look.ended_us().div_ceil(heat.each_us.max(1)).max(1);
        let fold = stretches.div_ceil((most as u64).max(1)) as usize;
        let sum = |all: &[LogHistogram]| {
            let sum = all.chunks(fold).map(|some| {
                let mut sum = LogHistogram::new();
                some.iter().for_each(|one| sum.add_all(one));
                sum
            });
            sum.collect()
        };
        Columns { each_us: heat.each_us.saturating_mul(fold as u64), good: sum(&heat.good), bad: sum(&heat.bad) }
    }

    fn place(&self, at_us: u64) -> usize {
        ((at_us / self.each_us) as usize).min(self.good.len().saturating_sub(1))
    }

    /// The most calls in a cell.
    fn most(&self, rows: &Rows) -> u32 {
        let fullest = |column: &LogHistogram| rows.fill(column).into_iter().max().unwrap_or(0);
        self.good.iter().chain(&self.bad).map(fullest).max().unwrap_or(0)
    }

    /// A quantile of the calls that went well, through the middle of each column that has any.
    fn line(&self, of: u64, time: &Stretch, rows: &Rows) -> Vec<(f64, f64)> {
        let middle = |i: usize| time.x(i as u64 * self.each_us + self.each_us / 2);
        let points = self.good.iter().enumerate();
        points.filter_map(|(i, column)| Some((middle(i), rows.y(column.quantile(of)?)))).collect()
    }

    fn words(&self, place: usize) -> String {
        let (Some(good), Some(bad)) = (self.good.get(place), self.bad.get(place)) else { return "no calls".into() };
        let failed = match bad.count() {
            0 => String::new(),
            n => format!(", {n} ended badly"),
        };
        match [500_000, 990_000].map(|of| good.quantile(of)) {
            [Some(half), Some(p99)] => format!(
                "{} calls went well, half of them within {}, 99 of 100 within {}{failed}",
                good.count(),
                gauge::words(half as f64, "us"),
                gauge::words(p99 as f64, "us")
            ),
            _ => format!("no call went well{failed}"),
        }
    }
}

/// The times of calls, from bottom to top.
struct Rows {
    /// The first bucket, and how many rows of how many buckets each.
    first: usize,
    rows: usize,
    fold: usize,
}

impl Rows {
    fn of<'a>(columns: impl Iterator<Item = &'a Columns>, map: &HeatMap) -> Option<Rows> {
        let mut ends: Option<(usize, usize)> = None;
        let mut reach = |bucket: usize| {
            let (low, high) = ends.unwrap_or((bucket, bucket));
            ends = Some((low.min(bucket), high.max(bucket)));
        };
        for column in columns.flat_map(|columns| columns.good.iter().chain(&columns.bad)) {
            column.buckets().for_each(|(bucket, _)| reach(bucket));
        }
        let (low, high) = ends?;
        // A deadline far above all calls would press them flat.
        let deadline = map.deadline_us.map(LogHistogram::place).filter(|at| *at <= high + 6 * PER_DOUBLING);
        let (low, high) = (deadline.map_or(low, |at| low.min(at)), deadline.map_or(high, |at| high.max(at)));
        let (low, high) = (low.saturating_sub(1), (high + 2).max(low + PER_DOUBLING));
        let fold = (high - low).div_ceil((HEIGHT / LOWEST) as usize).max(1);
        Some(Rows { first: low, rows: (high - low).div_ceil(fold), fold })
    }

    fn height(&self) -> f64 {
        HEIGHT / self.rows as f64
    }

    /// How many calls are in each row.
    fn fill(&self, column: &LogHistogram) -> Vec<u32> {
        let mut fill = vec![0; self.rows];
        for (bucket, count) in column.buckets() {
            if let Some(row) = fill.get_mut((bucket.saturating_sub(self.first)) / self.fold) {
                *row += count;
            }
        }
        fill
    }

    /// Where a time lies.
    fn y(&self, us: u64) -> f64 {
        let at = libm::log2(us.max(1) as f64) * PER_DOUBLING as f64 - self.first as f64;
        (TOP + HEIGHT - at * self.height() / self.fold as f64).clamp(TOP, TOP + HEIGHT)
    }

    fn axis(&self, left: f64, right: f64) -> Vec<Mark> {
        let mut labels = Labels::new(40, right, TOP + HEIGHT + 20.0).apart(2.0);
        let (mut marks, mut lines) = (Vec::new(), Vec::new());
        // Decades first, then what lies between where there is room.
        for step in [&[1u64][..], &[3], &[2, 5]] {
            for decade in 0..11 {
                for us in step.iter().map(|step| step * 10u64.pow(decade)) {
                    let exact = libm::log2(us as f64) * PER_DOUBLING as f64 - self.first as f64;
                    let y = self.y(us);
                    let inside = exact >= 0.0 && exact <= (self.rows * self.fold) as f64;
                    let words = DurationUs(us).to_string();
                    let wide = text_width(&words, 12.0);
                    if !inside || wide > left - 6.0 || !labels.take(left - 6.0 - wide, y - 7.0, wide, 14.0) {
                        continue;
                    }
                    lines.push([(left, y), (right, y)]);
                    let shape = Shape::text(left - 6.0, y + 4.0, words, Anchor::End);
                    marks.push(mark(format!("tick{us}"), Role::InkSoft, shape));
                }
            }
        }
        marks.push(mark("grid", Role::Grid, Shape::Lines(lines)));
        marks
    }
}

/// Cells as areas: the more calls, the more of a cell is filled.
fn cells(all: &[LogHistogram], time: &Stretch, columns: &Columns, rows: &Rows, most: u32) -> Vec<Vec<(f64, f64)>> {
    let mut areas = Vec::new();
    for (i, column) in all.iter().enumerate() {
        let from = time.x(i as u64 * columns.each_us);
        let to = time.x((i as u64 + 1) * columns.each_us);
        for (row, count) in rows.fill(column).into_iter().enumerate().filter(|(_, count)| *count > 0) {
            // By the root of the number: a single call can be seen beside a hundred.
            let share = libm::sqrt(f64::from(count) / f64::from(most)).max(0.25);
            let base = TOP + HEIGHT - row as f64 * rows.height();
            let rest = rows.height() * (1.0 - share) / 2.0;
            let (low, high) = (base - rest, base - rows.height() + rest);
            areas.push(vec![(from, low), (to, low), (to, high), (from, high)]);
        }
    }
    areas
}

/// What the lines and cells are.
fn entries(map: &HeatMap) -> impl Iterator<Item = (Sign, String)> {
    let deadline = map.deadline_us.map(|us| (Sign::Line(Role::Accent, Dash::Solid), format!("deadline {}", DurationUs(us))));
    let cells = [(Sign::Box(Role::Series0), "went well"), (Sign::Box(Role::Broken), "ended badly")];
    let line = |(i, words)| (Sign::Line(Role::Ink, Dash::nth(i)), words);
    let lines = ["half of the calls", "99 of 100", "the slowest"].into_iter().enumerate().map(line);
    cells.into_iter().chain(lines).map(|(sign, words)| (sign, words.to_owned())).chain(deadline)
}

fn table(columns: &Columns, look: &Look<'_>) -> Element {
    let told = columns.good.len().div_ceil(MAX_TOLD).max(1);
    let rows = (0..columns.good.len()).step_by(told).map(|place| {
        el("tr")
            .child(el("th").attr("scope", "row").child(look.short_moment(place as u64 * columns.each_us)))
            .child(el("td").child(columns.words(place)))
    });
    let rows: Vec<Element> = rows.collect();
    let body = el("tbody").children(rows);
    el("details").child(el("summary").child("Latency over time as a table")).child(el("table").class("sb-table").child(body))
}

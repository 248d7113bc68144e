//! The charts: what the run measured over time, with the cursor in it, and the run's figures as a table.

pub mod reading;

use super::{Look, Picture};
use crate::chart::scale::short_number;
use crate::chart::{Axis, Chart, ChartSeries, Draw, Rule, ShadedRange};
use crate::markup::{Element, el};
use crate::scene::{Mark, Role, Scene, Shape, mark};
use splitbrain::lab::{Tally, Unit};
use splitbrain::stats::Name;
use splitbrain::tell::{SpanKind, spans};

pub use super::any_run as needs;

/// The panel's title.
pub const TITLE: &str = "Charts";

/// The most series of one chart: more go into further charts.
const MAX_SERIES: usize = 4;
const HEIGHT: f64 = 220.0;
/// Between two charts.
const GAP: f64 = 12.0;

/// Draws a chart for each unit that the run's series have.
pub fn draw(look: &Look<'_>) -> Picture {
    let width = f64::from(look.width);
    if let Some(eyes) = look.eyes {
        // What an observer counts over the whole system is known to nobody in it.
        let words = format!("These figures are taken from outside: {} cannot know them.", look.name(eyes));
        return el("p").class("sb-quiet").child(words).into();
    }
    let groups = groups(look);
    let height = (HEIGHT + GAP) * groups.len() as f64;
    let mut scene = Scene::new(format!("{}-charts", look.id), width, height.max(30.0), TITLE);
    let mut text = el("div").class("sb-figures");
    let mut sentences = Vec::new();
    for (i, (unit, group)) in groups.iter().enumerate() {
        let picture = chart_beside(look, i, unit, group).draw(width, HEIGHT);
        scene.push(placed(i, picture.scene.marks));
        sentences.push(picture.scene.description);
        text = text.child(picture.table);
    }
    if groups.is_empty() {
        let shape = Shape::text(8.0, 20.0, "This run has measured nothing over time.", crate::scene::Anchor::Start);
        scene.push(mark("none", Role::InkSoft, shape));
        sentences.push("This run has measured nothing over time.".into());
    }
    let text = text.child(figures(look));
    Picture { scene: Some(scene.describe(sentences.join(" "))), text: Some(text) }
}

/// The series that share a chart, by their names: those of one unit, as many as can be told apart. What one of two runs beside each other has
/// measured has its place with the other, too.
fn groups(look: &Look<'_>) -> Vec<(&'static str, Vec<Name>)> {
    let mut runs = vec![look.outcome];
    if let Some(beside) = look.beside {
        runs.insert(usize::from(!beside.is_first), beside.outcome);
    }
    let mut groups: Vec<(&str, Vec<Name>)> = Vec::new();
    for series in runs.into_iter().flat_map(|outcome| &outcome.series).filter(|s| !s.points.is_empty() && !s.is_gauge()) {
        if groups.iter().any(|(unit, group)| *unit == series.unit && group.contains(&series.name)) {
            continue;
        }
        match groups.iter_mut().find(|(unit, group)| *unit == series.unit && group.len() < MAX_SERIES) {
            Some((_, group)) => group.push(series.name),
            None => groups.push((series.unit, vec![series.name])),
        }
    }
    groups
}

fn seconds(at_us: u64) -> f64 {
    at_us as f64 / 1e6
}

fn placed(i: usize, marks: Vec<Mark>) -> Mark {
    let chart = mark(format!("chart{i}"), Role::Ink, Shape::Group(marks));
    chart.at(0.0, (HEIGHT + GAP) * i as f64)
}

/// The chart, on one scale with that of the run beside it.
fn chart_beside(look: &Look<'_>, i: usize, unit: &str, group: &[Name]) -> Chart {
    let own = chart(look, i, unit, group);
    match look.other() {
        None => own,
        Some(other) => own.on_one_scale_with(&chart(&other, i, unit, group)),
    }
}

fn chart(look: &Look<'_>, i: usize, unit: &str, group: &[Name]) -> Chart {
    let is_time = unit == "us";
    let scale = if is_time { 1e-3 } else { 1.0 };
    let title = match group {
        [one] => one.to_string(),
        _ if is_time => "Durations".into(),
        _ => unit.to_owned(),
    };
    let x = Axis::new("time", "s").range(0.0, seconds(look.ended_us().max(1)));
    let y = if is_time { Axis::new("duration", "ms") } else { Axis::new(unit, "") };
    let mut chart = Chart::new(format!("{}-chart{i}", look.id), title, x, y);
    for (index, name) in group.iter().enumerate() {
        let series = look.outcome.series.iter().find(|series| series.name == *name);
        let points = series.map_or(&[][..], |series| &series.points).iter();
        let points = points.map(|(at_us, value)| (seconds(*at_us), *value as f64 * scale)).collect();
        let draw = if is_time { Draw::Line } else { Draw::Step };
        chart = chart.series(ChartSeries::new(index, name.to_string(), draw, points));
    }
    chart.cursor = Some(seconds(look.probe_us.unwrap_or(look.cursor.at_us)));
    if let Some(probe_us) = look.probe_us {
        let label = look.moment(probe_us);
        chart.rules.push(Rule { value: seconds(probe_us), label, role: Role::Accent });
    }
    let cuts = spans(look.scenario, look.outcome).into_iter().filter_map(|span| match span.kind {
        SpanKind::Cut { words, .. } => {
            Some(ShadedRange { from: seconds(span.from_us), to: seconds(span.to_us), label: format!("cut {words}") })
        }
        SpanKind::Down(node) => Some(ShadedRange {
            from: seconds(span.from_us),
            to: seconds(span.to_us),
            label: format!("{} down", look.name(node)),
        }),
        _ => None,
    });
    chart.bands = cuts.take(20).collect();
    chart
}

/// The run's figures.
fn figures(look: &Look<'_>) -> Element {
    let rows = look.outcome.tallies.iter().map(|tally| {
        let about = look.lab.meta().tallies.iter().find(|spec| spec.name == tally.name).map_or("", |spec| spec.about);
        let (name, value) = shown(tally);
        el("tr")
            .key(tally.name)
            .child(el("th").attr("scope", "row").attr("title", about).child(name))
            .child(el("td").class("sb-number").child(value))
            .child(el("td").child(about))
    });
    el("table")
        .key("figures")
        .class("sb-table")
        .child(el("caption").child("Figures of this run"))
        .child(el("tbody").children(rows))
}

/// A figure's name and value for people: times in milliseconds.
pub fn shown(tally: &Tally) -> (String, String) {
    let name = tally.name.trim_end_matches("_ms").replace('_', " ");
    let value = match tally.value {
        None => "–".to_owned(),
        // Three digits are what a reader compares; the export has them all.
        Some(us) if tally.unit == Unit::Us => format!("{} ms", short_number(us as f64 / tally.unit.divisor())),
        Some(value) if tally.unit == Unit::Things => value.to_string(),
        Some(value) => format!("{:.3}", value as f64 / tally.unit.divisor()),
    };
    (name, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::Beside;
    use splitbrain::lab::{Detail, Outcome};
    use splitbrain::scenario::Scenario;
    use splitbrain::trace::Cursor;

    #[test]
    fn two_runs_beside_each_other_have_one_scale() {
        let lab = splitbrain::labs::find("quorum").unwrap();
        let run = |link: &str| {
            let scenario = splitbrain::link::parse(link, &[lab]).link.unwrap().scenario;
            let outcome = lab.run(&scenario, Detail::Full);
            (scenario, outcome)
        };
        let (calm, late) = (run("quorum"), run("quorum?legs=wan&for=5s"));
        let plots = |(scenario, outcome): &(Scenario, Outcome), beside: Option<(&(Scenario, Outcome), bool)>| {
            let beside = beside.map(|((scenario, outcome), is_first)| Beside { scenario, outcome, is_first, parts: None });
            let look = Look { beside, ..Look::plain(lab, scenario, outcome, Cursor::default(), 720) };
            let plots = groups(&look).into_iter().enumerate().map(|(i, (unit, group))| (i, unit, group));
            plots.map(|(i, unit, group)| chart_beside(&look, i, unit, &group).draw(720.0, HEIGHT).plot).collect::<Vec<_>>()
        };
        assert_ne!(plots(&calm, None), plots(&late, None));
        assert_eq!(plots(&calm, Some((&late, false))), plots(&late, Some((&calm, true))));
    }
}

//! Traffic: what the work of each moment came to, layer on layer, against what could be done and what was asked.

use super::gauge::{Columns, Fold};
use super::{Beside, Look, Picture, grid};
use crate::chart::{Axis, Chart, ChartSeries, Draw};
use crate::markup::{Element, el};
use crate::scene::{Role, Scene, Shape, mark};
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{Fate, SeriesKey, Traffic};

/// The panel's title.
pub const TITLE: &str = "Traffic against capacity";

/// The most stacks that are drawn: the others are rows of RED.
const MAX_STACKS: usize = 2;

/// A capacity so many times the greatest layer would press the layers flat: it is said instead.
const FAR: f64 = 6.0;

/// Work, and what it came to.
pub fn needs(shows: &Shows) -> bool {
    !shows.traffic.is_empty()
}

/// Draws a stack for each kind of traffic.
pub fn draw(look: &Look<'_>) -> Picture {
    let shows = look.shows();
    if shows.traffic.is_empty() {
        return grid::only_words(look, "traffic", TITLE, "Nothing is offered to a server with a capacity in this run.");
    }
    let width = f64::from(look.width);
    let shown = &shows.traffic[..shows.traffic.len().min(MAX_STACKS)];
    // Two of them are as high as what stands beside them.
    let height = match (look.width, shown.len()) {
        (..600, _) => 250.0,
        (_, 1) => 280.0,
        _ => 210.0,
    };
    let whole = (height + 12.0) * shown.len() as f64;
    let mut scene = Scene::new(format!("{}-traffic", look.id), width, whole, TITLE);
    let (mut text, mut sentences) = (el("div").class("sb-figures"), Vec::new());
    for (i, traffic) in shown.iter().enumerate() {
        let stack = Stack::of(look, traffic);
        let mut chart = stack.chart(i);
        if let Some(beside) = look.beside {
            // The other run's layers, in the same columns: both charts reach as high and as far.
            let this = Beside { scenario: look.scenario, outcome: look.outcome, ..beside };
            let other = Look { outcome: beside.outcome, beside: Some(this), ..*look };
            chart = chart.on_one_scale_with(&Stack::of(&other, traffic).chart(i));
        }
        let picture = chart.draw(width, height);
        sentences.push(stack.at_cursor());
        let place = mark(format!("stack{i}"), Role::Ink, Shape::Group(picture.scene.marks));
        scene.push(place.at(0.0, (height + 12.0) * i as f64));
        text = text.child(stack.table());
    }
    Picture { scene: Some(scene.describe(sentences.join(" "))), text: Some(text) }
}

/// What a layer is: the form of its fate everywhere.
pub fn role(fate: Fate) -> Role {
    match fate {
        Fate::Good => Role::Series4,
        Fate::Degraded => Role::Series2,
        Fate::Wasted => Role::Series1,
        Fate::Repeated => Role::Series3,
        Fate::Refused => Role::Series5,
        Fate::Failed => Role::Series6,
        Fate::Late => Role::Series7,
    }
}

/// One kind of traffic of a run, in columns of one length: those of its busiest layers.
#[derive(Clone, Copy)]
struct Stack<'a> {
    look: Look<'a>,
    traffic: &'a Traffic,
    each_us: u64,
}

impl<'a> Stack<'a> {
    fn of(look: &Look<'a>, traffic: &'a Traffic) -> Stack<'a> {
        let most = if look.width < 600 { 80 } else { 160 };
        let layers: Vec<SeriesKey> = traffic.layers.iter().map(|layer| layer.series).collect();
        Stack { look: *look, traffic, each_us: Columns::of(look, &layers, most, Fold::Mean).each_us }
    }

    /// A series in the columns of the stack.
    fn columns(&self, key: SeriesKey) -> Columns {
        Columns::by(&self.look, &[key], self.each_us, Fold::Mean)
    }

    /// What the work cannot exceed is called: by the name that readers know it by, where it has one.
    fn bound(&self) -> String {
        match self.traffic.capacity {
            Some(SeriesKey(name)) if !name.is_gauge() => name.to_string(),
            _ => "capacity".to_owned(),
        }
    }

    /// The stack as a chart, the n-th of the picture.
    fn chart(&self, i: usize) -> Chart {
        let (look, traffic) = (self.look, self.traffic);
        let seconds = |at_us: u64| at_us as f64 / 1e6;
        let ended_us = look.ended_us().max(1);
        let x = Axis::new("time", "s").range(0.0, seconds(ended_us));
        let mut chart = Chart::new(format!("{}-traffic{i}", look.id), traffic.title, x, Axis::new("a second", ""));
        let points = |columns: &Columns| {
            // Both ends of every column: a stack of steps.
            let at = |place: usize| seconds((place as u64 * columns.each_us).min(ended_us));
            let values = columns.values.iter().enumerate();
            values.flat_map(|(place, v)| [(at(place), v.unwrap_or(0.0)), (at(place + 1), v.unwrap_or(0.0))]).collect()
        };
        for layer in &traffic.layers {
            let of_layer = self.columns(layer.series);
            // A layer in which nothing ever was, nor in the run beside this one, says nothing.
            if of_layer.reach > 0.0 {
                let series = ChartSeries::new(0, layer.label, Draw::Stacked, points(&of_layer));
                chart = chart.series(series.role(role(layer.fate)));
            }
        }
        // What holds for both of two runs beside each other decides the scale.
        let top = traffic.layers.iter().map(|layer| self.columns(layer.series).reach).fold(0.0, f64::max);
        let other = look.other().map(|look| Stack { look, ..*self });
        let capacities = std::iter::once(self).chain(other.as_ref());
        let capacities = capacities.filter_map(|stack| Some(stack.columns(traffic.capacity?)));
        let capacities: Vec<Columns> = capacities.collect();
        let least = capacities.iter().flat_map(|of| of.values.iter().flatten().copied()).reduce(f64::min);
        let most = capacities.first().map_or(0.0, |of| of.reach);
        let cut = (most > FAR * top.max(1.0)).then(|| top.max(1.0) * 1.3);
        let far = cut.is_some() && least.is_some_and(|least| least > FAR * top);
        if cut.is_some() {
            // Below the heading, where there is a line for it.
            let how = if far { "far above" } else { "cut off above" };
            chart.y.label = format!("a second; {} {}, {how}", self.bound(), crate::chart::scale::short_number(most));
        }
        // Each has its stroke, however many layers there are: dashed what is asked for, solid what can be done.
        let capacity = traffic.capacity.filter(|_| !far);
        for (name, label, place, role) in
            [(traffic.offered, "offered".to_owned(), 1, Role::Ink), (capacity, self.bound(), 0, Role::Broken)]
        {
            if let Some(name) = name {
                let mut of = self.columns(name);
                let (now, reach) = (of.at(look.cursor.at_us), of.reach);
                of.values.iter_mut().flatten().for_each(|value| *value = value.min(cut.unwrap_or(f64::INFINITY)));
                let mut series = ChartSeries::new(place, label, Draw::Line, points(&of)).role(role);
                if cut.is_some_and(|cut| reach > cut) {
                    (series.told, series.extent.1) = (now, reach);
                }
                chart = chart.series(series);
            }
        }
        chart.cursor = Some(seconds(look.cursor.at_us));
        chart
    }

    /// Each layer at the cursor, on average and at its peak.
    fn table(&self) -> Element {
        let (look, traffic) = (self.look, self.traffic);
        let heads = ["at the cursor", "mean", "peak"];
        let head = el("tr").child(el("td")).children(heads.map(|head| el("th").attr("scope", "col").child(head)));
        let bound = self.bound();
        let lines = [("offered", traffic.offered), (bound.as_str(), traffic.capacity)];
        let layers = traffic.layers.iter().map(|layer| (layer.label, layer.series));
        let rows = layers.chain(lines.into_iter().filter_map(|(label, name)| Some((label, name?)))).map(|(label, name)| {
            let of = self.columns(name);
            let known: Vec<f64> = of.values.iter().flatten().copied().collect();
            let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
            let cells = [of.at(look.cursor.at_us).unwrap_or(0.0), mean, of.most()];
            let cells = cells.map(|value| el("td").class("sb-number").child(crate::chart::scale::short_number(value)));
            el("tr").child(el("th").attr("scope", "row").child(label)).children(cells)
        });
        let table = el("table").class("sb-table").child(el("thead").child(head)).child(el("tbody").children(rows));
        let summary = el("summary").child(format!("{}, a second, as a table", traffic.title));
        el("details").child(summary).child(table)
    }

    /// The layers at the cursor, in words.
    fn at_cursor(&self) -> String {
        let (look, traffic) = (self.look, self.traffic);
        let at = |key: SeriesKey| self.columns(key).at(look.cursor.at_us).unwrap_or(0.0);
        let number = crate::chart::scale::short_number;
        let mut parts: Vec<String> =
            traffic.layers.iter().map(|layer| format!("{} {}", layer.label, number(at(layer.series)))).collect();
        parts.extend(traffic.capacity.map(|name| format!("{} {}", self.bound(), number(at(name)))));
        parts.extend(traffic.offered.map(|name| format!("offered {}", number(at(name)))));
        format!("{} at the cursor, a second: {}.", traffic.title, parts.join(", "))
    }
}

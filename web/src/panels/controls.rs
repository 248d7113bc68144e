//! The controls, made from the lab's table of parameters: each with its unit, limits, default, and a way back.

use super::{button, capital, complaint, option, panel};
use crate::app::{App, Width};
use crate::markup::{Element, el};
use crate::number::number;
use splitbrain::params::{Kind, Param, Value, Word, format_decimal};
use splitbrain::scenario::{Place, Scenario};
use splitbrain::time::DurationUs;

/// More words than this make a menu rather than a row of buttons.
const MAX_RADIOS: usize = 6;
/// The same at hand in a brief widget, where there is one row for them, of so many letters in all.
const MAX_RADIOS_AT_HAND: usize = 3;
const MAX_LETTERS_AT_HAND: usize = 30;
/// A slider of whole numbers with more places than this goes by round numbers.
const MAX_PLACES: i64 = 200;

/// The values at which a slider stops, as numbers on the parameter's own scale; empty where there is no slider.
fn slider_values(param: &Param) -> Vec<i64> {
    match param.kind {
        Kind::Int { min, max, default, .. } => even_or_round(min, max, default, 1),
        Kind::Decimal { min, max, default, .. } => {
            let step = [10_000, 100_000, 1_000_000].into_iter().find(|step| (max - min) / step <= MAX_PLACES);
            even_or_round(min, max, default, step.unwrap_or(1))
        }
        Kind::Duration { min_us, max_us, default_us } => {
            round(min_us as i64, max_us as i64, default_us as i64)
        }
        Kind::Choice { .. } | Kind::Dist { .. } => Vec::new(),
    }
}

fn even_or_round(min: i64, max: i64, default: i64, step: i64) -> Vec<i64> {
    if (max - min) / step > MAX_PLACES {
        return round(min, max, default);
    }
    let mut values: Vec<i64> = (0..=(max - min) / step).map(|place| min + place * step).collect();
    values.extend([max, default]);
    splitbrain::sorted::sort(&mut values);
    values.dedup();
    values
}

/// Round numbers from decade to decade: far limits stay within reach of one hand.
fn round(min: i64, max: i64, default: i64) -> Vec<i64> {
    let mut values = vec![min, max, default];
    let mut decade = 1i64;
    while decade <= max {
        let steps = [10, 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90];
        values.extend(steps.iter().map(|step| decade.saturating_mul(*step) / 10));
        decade = decade.saturating_mul(10);
    }
    values.retain(|value| (min..=max).contains(value));
    splitbrain::sorted::sort(&mut values);
    values.dedup();
    values
}

/// The value at a place of a parameter's slider, as text.
pub(crate) fn slider_text(param: &Param, place: usize) -> Option<String> {
    let number = *slider_values(param).get(place)?;
    let value = match param.kind {
        Kind::Int { .. } => Value::Int(number),
        Kind::Decimal { .. } => Value::Decimal(number),
        _ => Value::Duration(number.unsigned_abs()),
    };
    Some(param.print(&value))
}

/// The values at which a parameter's slider stops, as text; none where it has no slider.
pub fn slider_texts(param: &Param) -> Vec<String> {
    (0..slider_values(param).len()).filter_map(|place| slider_text(param, place)).collect()
}

/// All controls that may be moved.
pub(crate) fn draw(app: &App) -> Element {
    let base = &app.options.id;
    let mut body = el("div").class("sb-controls-body").child_if(side_switch(app)).children(sentences(app));
    let mut groups: Vec<&'static str> = Vec::new();
    for param in app.lab.params().iter().filter(|param| app.may_move(param.key)) {
        if !groups.contains(&param.group) {
            groups.push(param.group);
        }
    }
    let only = groups.len() == 1;
    // Side by side where there is room: a group that opens moves only what stands below it.
    let columns = if app.width == Width::Wide { 2 } else { 1 };
    let column = |first: usize| {
        let names = groups.iter().skip(first).step_by(columns);
        el("div").class("sb-groups").children(names.map(|name| group(app, name, only)))
    };
    body = body.child(el("div").class("sb-group-columns").children((0..columns).map(column)));
    body = body.child_if(["seed", "for"].iter().any(|key| app.may_move(key)).then(|| luck(app)));
    panel(base, "controls", "Controls", body)
}

/// Of two runs side by side, the one that the controls change.
fn side_switch(app: &App) -> Option<Element> {
    app.link().second.as_ref()?;
    let choice = |side: usize, label: &'static str| {
        let name = format!("{}-side", app.options.id);
        let input = el("input").attr("type", "radio").attr("name", name).num("value", side as f64);
        el("label")
            .class("sb-choice")
            .child(input.flag("checked", app.side == side).on("change", format!("side {side}")))
            .child(el("span").child(label))
    };
    let set = el("fieldset").class("sb-field sb-side").child(el("legend").child("Change"));
    Some(
        set.child(el("div").class("sb-choices").child(choice(0, "first run")).child(choice(1, "second run"))),
    )
}

/// How many of the lab's sentences stand open; the rest a reader unfolds.
const SENTENCES: usize = 2;

/// What these settings amount to, in the lab's words.
fn sentences(app: &App) -> Option<Element> {
    // They tell which promises the settings keep: that is what the reader of a worksheet is asked.
    let sentences = if app.hides_lights() { Vec::new() } else { app.lab.sentences(app.scenario()) };
    let told = |sentences: &[String]| sentences.iter().map(|s| el("p").child(s.as_str())).collect::<Vec<_>>();
    let (first, rest) = sentences.split_at(sentences.len().min(SENTENCES));
    let more = (!rest.is_empty()).then(|| {
        el("details").key("more").child(el("summary").child("What else follows")).children(told(rest))
    });
    let body = || el("div").class("sb-sentences").children(told(first)).child_if(more);
    (!first.is_empty()).then(body)
}

fn group(app: &App, name: &'static str, only: bool) -> Element {
    let scenario = app.scenario();
    let fields = app.lab.params().iter().enumerate().filter(|(_, param)| param.group == name);
    let fields: Vec<(usize, &Param)> = fields.filter(|(_, param)| app.may_move(param.key)).collect();
    let changed = fields.iter().filter(|(i, param)| scenario.values[*i] != param.default()).count();
    let list = el("div")
        .class("sb-fields")
        .children(fields.iter().map(|(i, param)| field(app, param, &scenario.values[*i])));
    if only {
        return list.key(name);
    }
    let count = (changed > 0).then(|| el("span").class("sb-count").child(format!("{changed} changed")));
    // What is folded costs the page nothing: the controls of a group are made when it is opened.
    let open = app.groups.contains(&name);
    el("details")
        .key(name)
        .class("sb-group")
        .flag("open", open)
        .on("toggle", format!("group {name}"))
        .child(el("summary").child(name).child_if(count))
        .child_if(open.then_some(list))
}

/// The controls at hand in a brief widget, in the order of its link: label, slider and value, with what they do where the pointer rests.
pub(crate) fn knobs(app: &App) -> Option<Element> {
    let keys = app.link().view.knobs.iter().flatten();
    let find = |key: &String| app.lab.params().iter().position(|param| param.key == key.as_str());
    let places: Vec<usize> = keys.filter(|key| app.may_move(key)).filter_map(find).collect();
    let knob = |place: usize| {
        let (param, value) = (&app.lab.params()[place], &app.scenario().values[place]);
        let (body, complaint) = body(app, param, value);
        let knob = el("div").key(param.key).class("sb-knob").attr("title", param.about);
        knob.child(body).child_if(complaint)
    };
    (!places.is_empty())
        .then(|| el("div").key("knobs").class("sb-knobs").children(places.into_iter().map(knob)))
}

/// One control: its label, value, slider, way back, and what is wrong with what was written.
fn field(app: &App, param: &'static Param, value: &Value) -> Element {
    let changed = *value != param.default();
    let (body, complaint) = body(app, param, value);
    let about = format!("{}-about", id_of(app, param.key));
    el("div")
        .key(param.key)
        .class("sb-field")
        .class_if(changed, "sb-changed")
        .child(body)
        .child(el("p").class("sb-about").attr("id", about).child(param.about))
        .child(way_back(param, changed))
        .child_if(complaint)
}

fn id_of(app: &App, key: &str) -> String {
    format!("{}-c-{key}", app.options.id)
}

/// What is moved of a control, and what is wrong with what was written there.
fn body(app: &App, param: &'static Param, value: &Value) -> (Element, Option<Element>) {
    let id = id_of(app, param.key);
    let (problems, written) = complaints(app, param.key);
    let body = match &param.kind {
        Kind::Choice { words, .. } => choice(app, param, words, value, &id),
        _ => entry(param, value, written, &id, problems.is_empty()),
    };
    (body, (!problems.is_empty()).then(|| complaint(format!("{id}-problem"), &problems)))
}

/// What is wrong with a key, and what the reader wrote there.
fn complaints<'a>(app: &'a App, key: &str) -> (Vec<&'a str>, Option<&'a str>) {
    let concerns = |place: &Place| matches!(place, Place::Key(known) if known == key);
    let mut sentences: Vec<&str> =
        app.problems.iter().filter(|p| concerns(&p.place)).map(|p| p.sentence.as_str()).collect();
    let mut written = None;
    if let Some(refusal) = app.refused.as_ref().filter(|refusal| refusal.key == key) {
        sentences.extend(refusal.problems.iter().map(|problem| problem.sentence.as_str()));
        written = Some(refusal.text.as_str());
    }
    (sentences, written)
}

/// The button that puts a control back; its place is kept while there is nothing to put back.
fn way_back(param: &Param, changed: bool) -> Element {
    let default = param.print(&param.default());
    let label = format!("Reset {} to {default}", param.label);
    button(format!("reset {}", param.key), "reset")
        .class("sb-reset")
        .attr("aria-label", label)
        .attr("title", format!("default: {default}"))
        .class_if(!changed, "sb-kept-place")
        .flag("disabled", !changed)
}

/// A number, a time or a distribution: a text field, and a slider where there is a range.
fn entry(param: &'static Param, value: &Value, written: Option<&str>, id: &str, sound: bool) -> Element {
    let printed = param.print(value);
    let (limits, unit) = limits(param);
    let mut input = el("input")
        .attr("type", "text")
        .attr("id", id.to_string())
        .class(if matches!(param.kind, Kind::Dist { .. }) { "sb-text" } else { "sb-number" })
        .attr("inputmode", if matches!(param.kind, Kind::Int { .. }) { "numeric" } else { "text" })
        .attr("value", written.unwrap_or(&printed).to_string())
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("title", limits.clone())
        .attr("aria-describedby", format!("{id}-about"))
        .on("change", format!("set {}", param.key));
    if !sound {
        input = input.attr("aria-invalid", "true").attr("aria-errormessage", format!("{id}-problem"));
    }
    let label = el("label").attr("for", id.to_string()).child(param.label);
    let label = label.child(el("span").class("sb-key").child(format!(" {}", param.key)));
    let head = el("div")
        .class("sb-field-head")
        .child(label)
        .child(el("span").class("sb-value").child(input).child(el("span").class("sb-unit").child(unit)));
    el("div").child(head).child_if(slider(param, value, &printed, &limits))
}

/// The limits as people read them, and the unit.
pub(super) fn limits(param: &Param) -> (String, &'static str) {
    match &param.kind {
        Kind::Int { min, max, unit, .. } => (format!("{min} to {max}"), unit),
        Kind::Decimal { min, max, unit, .. } => {
            (format!("{} to {}", format_decimal(*min), format_decimal(*max)), unit)
        }
        Kind::Duration { min_us, max_us, .. } => {
            (format!("{} to {}, with its unit", DurationUs(*min_us), DurationUs(*max_us)), "")
        }
        Kind::Choice { .. } => (String::new(), ""),
        Kind::Dist { .. } => {
            ("a distribution: 10ms, exp-10ms, uniform-5ms-15ms, lognormal-10ms-0.5 …".into(), "")
        }
    }
}

fn slider(param: &'static Param, value: &Value, printed: &str, limits: &str) -> Option<Element> {
    let values = slider_values(param);
    let number_of = |value: &Value| match value {
        Value::Int(n) | Value::Decimal(n) => *n,
        Value::Duration(us) => *us as i64,
        _ => 0,
    };
    if values.len() < 2 {
        return None;
    }
    let last = values.len() - 1;
    let place = |number: i64| values.partition_point(|v| *v < number).min(last);
    let (at, default) = (place(number_of(value)), place(number_of(&param.default())));
    let input = el("input")
        .attr("type", "range")
        .class("sb-slider")
        .attr("min", "0")
        .num("max", last as f64)
        .attr("step", "1")
        .num("value", at as f64)
        .attr("aria-label", format!("{} ({limits})", param.label))
        .attr("aria-valuetext", printed.to_string())
        .on("input", format!("slide {}", param.key))
        .on("change", format!("slid {}", param.key));
    let x = default as f64 * 100.0 / last as f64;
    let mark = el("svg")
        .class("sb-default")
        .attr("viewBox", "0 0 100 6")
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .child(el("path").attr("d", format!("M{} 0V6", number(x))));
    Some(el("div").class("sb-slide").child(input).child(mark))
}

fn choice(app: &App, param: &'static Param, words: &'static [Word], value: &Value, id: &str) -> Element {
    let at = match value {
        Value::Choice(place) => usize::from(*place),
        _ => 0,
    };
    let key = el("span").class("sb-key").child(format!(" {}", param.key));
    let letters: usize = words.iter().map(|word| word.label.len()).sum();
    let is_long = match app.is_brief() {
        true => words.len() > MAX_RADIOS_AT_HAND || letters > MAX_LETTERS_AT_HAND,
        false => words.len() > MAX_RADIOS,
    };
    if is_long {
        let options =
            words.iter().enumerate().map(|(i, word)| option(word.word, capital(word.label), i == at));
        let select = el("select")
            .attr("id", id.to_string())
            .attr("value", words[at].word)
            .attr("aria-describedby", format!("{id}-about"))
            .on("change", format!("set {}", param.key))
            .children(options);
        let label = el("label").attr("for", id.to_string()).child(param.label).child(key);
        return el("div").class("sb-field-head").child(label).child(select);
    }
    let options = words.iter().enumerate().map(|(i, word)| {
        let input = el("input")
            .attr("type", "radio")
            .attr("name", format!("{}-{}", app.options.id, param.key))
            .attr("value", word.word)
            .flag("checked", i == at)
            .on("change", format!("set {}", param.key));
        el("label").key(word.word).class("sb-choice").child(input).child(el("span").child(word.label))
    });
    el("fieldset")
        .class("sb-radios")
        .attr("aria-describedby", format!("{id}-about"))
        .child(el("legend").child(param.label).child(key))
        .child(el("div").class("sb-choices").children(options))
}

/// Seed and horizon.
fn luck(app: &App) -> Element {
    let scenario = app.scenario();
    let default = Scenario::of(app.lab);
    let text = |key: &'static str, label: &'static str, value: String, changed: bool, mode: &'static str| {
        let id = id_of(app, key);
        let (problems, written) = complaints(app, key);
        let input = el("input")
            .attr("type", "text")
            .attr("id", id.clone())
            .class("sb-number")
            .attr("inputmode", mode)
            .attr("autocomplete", "off")
            .attr("value", written.map_or(value, str::to_string))
            .on("change", key);
        el("div")
            .key(key)
            .class("sb-luck-field")
            .class_if(changed, "sb-changed")
            .child(el("label").attr("for", id.clone()).child(label))
            .child(input)
            .child_if((!problems.is_empty()).then(|| complaint(format!("{id}-problem"), &problems)))
    };
    let seed = scenario.seed.to_string();
    let horizon = app.horizon_text();
    el("div")
        .class("sb-luck")
        .child_if(
            app.may_move("seed")
                .then(|| text("seed", "Seed", seed, scenario.seed != default.seed, "numeric")),
        )
        .child_if(
            app.may_move("seed")
                .then(|| button("new-seed", "New seed").attr("title", "Other luck, the same settings")),
        )
        .child_if(
            app.may_move("for")
                .then(|| text("for", "Runs for", horizon, scenario.horizon_us != default.horizon_us, "text")),
        )
        .child(button("reset-all", "Reset all").flag("disabled", scenario.values == default.values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::params::{decimal, duration, int};

    fn param(kind: Kind) -> Param {
        Param { key: "x", label: "X", about: "", group: "", kind, moves_luck: false }
    }

    #[test]
    fn sliders_reach_their_limits_and_their_default() {
        for kind in [int(1, 9, 3, ""), int(0, 1_000_000, 777, ""), decimal(0, 1_000_000, 125_000, "")] {
            let param = param(kind);
            let values = slider_values(&param);
            assert!(values.len() <= 250 && values.is_sorted(), "{param:?}");
            for place in 0..values.len() {
                let text = slider_text(&param, place).unwrap();
                assert!(param.parse(&text).is_ok(), "{text}");
            }
            assert!((0..values.len()).any(|i| slider_text(&param, i) == Some(param.print(&param.default()))));
        }
        let times = slider_values(&param(duration(1_000, 60_000_000, 500_000)));
        assert_eq!((times[0], *times.last().unwrap()), (1_000, 60_000_000));
        assert!(times.contains(&500_000) && times.len() < 100);
    }
}

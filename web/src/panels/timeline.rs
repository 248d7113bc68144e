//! The timeline: play, step, scrub, speed, and where in the run the reader is.

use super::{icon, icon_button, option, panel};
use crate::app::App;
use crate::app::play::SPEEDS;
use crate::markup::{Element, el};
use crate::number::number;

const PLAY: &str = "M8 5v14l11-7z";
const PAUSE: &str = "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z";
const FORWARD: &str = "M6 6v12l8-6zM16 6h2.5v12H16z";
const BACK: &str = "M18 6v12l-8-6zM8 6H5.500v12H8z";
const TO_START: &str = "M5 5h2.500v14H5zM19 5v14l-9-7z";
const TO_END: &str = "M16.500 5H19v14h-2.500zM5 5v14l9-7z";
const NEXT_MESSAGE: &str =
    "M3 6h9v9H3zM4.500 7.500L7.500 10.500L10.500 7.500M14 10.500h7M18 7l3.500 3.500L18 14";
const LAST_MESSAGE: &str =
    "M21 6h-9v9h9zM19.500 7.500L16.500 10.500L13.500 7.500M10 10.500H3M6 7l-3.500 3.500L6 14";
const NEXT_LIGHT: &str = "M7 5a5 5 0 1 0 .01 0zM14 10.500h7M18 7l3.500 3.500L18 14";
const LAST_LIGHT: &str = "M17 5a5 5 0 1 0 .01 0zM10 10.500H3M6 7l-3.500 3.500L6 14";

/// The whole timeline.
pub(crate) fn draw(app: &App) -> Element {
    let body = el("div")
        .class("sb-timeline-body")
        .child(scrubber(app))
        .child(el("div").class("sb-transport").child(buttons(app)).child(readout(app)).child(pace(app)));
    panel(&app.options.id, "timeline", "Timeline", body)
}

/// All of time in one row, for a brief widget: an event back, play, an event forward, the scrubber and the moment.
pub(crate) fn row(app: &App) -> Vec<Element> {
    vec![back(app), toggle(app), forward(app), scrubber(app), moment(app)]
}

fn back(app: &App) -> Element {
    icon_button("step -1", "One event back", BACK).key("back").flag("disabled", app.play.stop == 0)
}

fn forward(app: &App) -> Element {
    icon_button("step 1", "One event forward", FORWARD).key("forward").flag("disabled", app.is_at_end())
}

fn toggle(app: &App) -> Element {
    let (label, path) = match app.play.on {
        _ if app.is_narrated() => ("Go on", PLAY),
        true => ("Pause", PAUSE),
        false => ("Play", PLAY),
    };
    el("button")
        .attr("type", "button")
        .key("play")
        .class("sb-button sb-icon-button sb-play")
        .on("click", "toggle")
        .attr("aria-label", label)
        .attr("title", format!("{label} (Space)"))
        .child(icon(path))
}

fn buttons(app: &App) -> Element {
    let lights = [
        icon_button("verdict -1", "Previous change of a light", LAST_LIGHT).key("lv").class("sb-stroke"),
        icon_button("verdict 1", "Next change of a light", NEXT_LIGHT).key("nv").class("sb-stroke"),
    ];
    el("div")
        .class("sb-buttons")
        .attr("role", "group")
        .attr("aria-label", "Time")
        .child(
            icon_button("start", "To the start", TO_START).key("start").flag("disabled", app.play.stop == 0),
        )
        .child(back(app))
        .child(toggle(app))
        .child(forward(app))
        .child(icon_button("end", "To the end", TO_END).key("end").flag("disabled", app.is_at_end()))
        .child(el("span").key("gap").class("sb-gap"))
        .child(icon_button("message -1", "Previous message", LAST_MESSAGE).key("lm").class("sb-stroke"))
        .child(icon_button("message 1", "Next message", NEXT_MESSAGE).key("nm").class("sb-stroke"))
        .children(lights.into_iter().filter(|_| !app.hides_lights()))
}

/// A native slider over the stops, with ticks for what the script does and for lights that break.
fn scrubber(app: &App) -> Element {
    let last = app.last_stop();
    let said = format!("{}, event {} of {last}", app.clock(app.play.at_us), app.play.stop);
    let input = el("input")
        .attr("type", "range")
        .class("sb-scrub")
        .attr("min", "0")
        .num("max", last as f64)
        .attr("step", "1")
        .num("value", app.play.stop as f64)
        .attr("aria-label", "Place in the run")
        .attr("aria-valuetext", said)
        .on("input", "seek");
    el("div").class("sb-scrubber").child(input).child(ticks(app, last.max(1))).child_if(if app.is_brief() {
        None
    } else {
        super::cues::draw(app)
    })
}

fn ticks(app: &App, last: usize) -> Element {
    let x = |stop: usize| number(stop as f64 * 1000.0 / last as f64);
    let path = |class: &'static str, d: String| (!d.is_empty()).then(|| el("path").class(class).attr("d", d));
    let mut cues: Vec<usize> = app.link().scenario.cues.iter().map(|cue| app.stop_at(cue.at_us)).collect();
    cues.dedup();
    let cues: String = cues.into_iter().map(|stop| format!("M{} 0V6", x(stop))).collect();
    let mut broken = String::new();
    let halts = app.halting();
    for (side, outcome) in app.outcomes.iter().enumerate() {
        for verdict in &outcome.verdicts {
            let mut changes = verdict.changes.iter().skip(1);
            let change = changes.find(|change| halts(verdict.promise, change));
            if let Some(stop) = change.and_then(|change| app.stop_of(side, change.at.record)) {
                broken.push_str(&format!("M{} 4V14", x(stop)));
            }
        }
    }
    el("svg")
        .class("sb-ticks")
        .attr("viewBox", "0 0 1000 14")
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .child_if(path("sb-tick-cue", cues).map(|p| p.key("cues")))
        .child_if(path("sb-tick-broken", broken).map(|p| p.key("broken")))
}

/// Time and event, in figures of one width.
fn readout(app: &App) -> Element {
    let digits = app.last_stop().to_string().len();
    let event = format!("{:>digits$} / {}", app.play.stop, app.last_stop());
    moment(app).child(el("span").class("sb-event").child(event))
}

fn moment(app: &App) -> Element {
    let widest = app.clock(app.ended_us()).len();
    let time = app.clock(app.play.at_us);
    let time = el("span").class("sb-time").child(format!("{time:>widest$}"));
    el("p").key("moment").class("sb-readout").child(time)
}

fn pace(app: &App) -> Element {
    let id = format!("{}-speed", app.options.id);
    let options = SPEEDS
        .iter()
        .enumerate()
        .map(|(i, (_, label))| option(i.to_string(), format!("{label}×"), i == app.play.speed));
    let select = el("select")
        .attr("id", id.clone())
        .num("value", app.play.speed as f64)
        .on("change", "speed")
        .children(options);
    let truth =
        el("input").attr("type", "checkbox").flag("checked", app.play.true_time).on("change", "true-time");
    el("div")
        .class("sb-pace")
        .child(el("label").attr("for", id).child("Speed"))
        .child(select)
        .child(el("label").class("sb-check").child(truth).child(el("span").child("true time")))
}

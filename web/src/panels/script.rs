//! The script: what is done to the system and when, in words, each line movable and removable; and a form for more.

use super::{button, capital, complaint, option, panel};
use crate::app::App;
use crate::markup::{Element, el};
use splitbrain::acts::{Asks, FORMS, Field};
use splitbrain::cast::Sort;
use splitbrain::scenario::Cue;
use splitbrain::time::DurationUs;

/// What a form takes where the reader has written nothing.
pub(crate) fn proposal(app: &App, field: &Field, place: usize) -> String {
    let servers: Vec<String> = names(app).into_iter().filter(|name| name.starts_with('n')).collect();
    let nth = |i: usize| servers.get(i).or(servers.last()).cloned().unwrap_or_else(|| "n1".into());
    match field.asks {
        Asks::Nodes if place == 0 => nth(0),
        Asks::Nodes => servers.iter().skip(1).cloned().collect::<Vec<_>>().join("."),
        Asks::Node => nth(place),
        Asks::Text(such) => such.into(),
        Asks::Kind => "any".into(),
        Asks::Request => app.lab.meta().requests.first().map_or_else(String::new, |r| r.example.into()),
        Asks::Nothing => String::new(),
    }
}

/// The names of all nodes, at most as many as a menu holds.
fn names(app: &App) -> Vec<String> {
    let cast = app.cast();
    cast.nodes().take(40).map(|node| cast.name(node).to_string()).collect()
}

/// The script, and the form.
#[inline(never)]
pub(crate) fn draw(app: &App) -> Element {
    let cues = &app.scenario().cues;
    let mut body = el("div").class("sb-script-body");
    let locked = !app.may_move("do");
    if cues.is_empty() && locked {
        body = body.child(el("p").class("sb-quiet").child("Nothing is done to this run."));
    } else if cues.is_empty() {
        let hint = match app.views().find(|view| view.id == "stage") {
            Some(stage) if app.is_open(stage.id) => {
                "Press a node or a link in the picture, or add a line here."
            }
            Some(_) => "Add a line here, or open Stage below and press a node in it.",
            None => "Add a line here.",
        };
        let hint = format!("Nothing is done to this run yet. {hint}");
        body = body.child(el("p").class("sb-quiet").child(hint));
    } else {
        let rows = cues.iter().enumerate().map(|(place, cue)| row(app, place, cue));
        body = body.child(el("ol").class("sb-cues").children(rows));
    }
    panel(&app.options.id, "script", "Script", body.child_if((!locked).then(|| form(app))))
}

fn row(app: &App, place: usize, cue: &Cue) -> Element {
    let key = format!("cue {place}");
    let refusal = app.refused.as_ref().filter(|refusal| refusal.key == key);
    let past = cue.at_us <= app.play.at_us && app.play.stop > 0;
    let time = DurationUs(cue.at_us).to_string();
    let value = refusal.map_or(time.as_str(), |refusal| refusal.text.as_str()).to_string();
    let sentence = cue.act.sentence();
    let input = el("input")
        .attr("type", "text")
        .class("sb-cue-time")
        .attr("value", value)
        .attr("aria-label", format!("When to {sentence}"))
        .attr("autocomplete", "off")
        .on("change", format!("cue time {place}"));
    let problems: Vec<&str> =
        refusal.iter().flat_map(|r| r.problems.iter().map(|p| p.sentence.as_str())).collect();
    let line = el("li").class("sb-cue").class_if(past, "sb-past");
    let words = el("span").class("sb-cue-words").child(capital(&sentence));
    let go = button(format!("at {time}"), "go").attr("aria-label", format!("Go to {time}"));
    if !app.may_move("do") {
        return line.child(el("span").class("sb-at").child(format!("at {time}"))).child(words).child(go);
    }
    line.child(el("span").class("sb-at").child("at ").child(input))
        .child(words)
        .child(go)
        .child(
            button(format!("cue remove {place}"), "remove")
                .attr("aria-label", format!("Remove: at {time}, {sentence}")),
        )
        .child_if(
            (!problems.is_empty())
                .then(|| complaint(format!("{}-cue-{place}-problem", app.options.id), &problems)),
        )
}

fn form(app: &App) -> Element {
    let base = &app.options.id;
    let chosen = &FORMS[app.draft.act];
    let options = FORMS.iter().map(|form| option(form.word, form.label, form.word == chosen.word));
    let act = el("select")
        .attr("id", format!("{base}-draft-act"))
        .attr("value", chosen.word)
        .on("change", "draft word")
        .children(options);
    let now = app.play.at_us;
    let time = el("input")
        .attr("type", "text")
        .class("sb-cue-time")
        .attr("id", format!("{base}-draft-at"))
        .attr("placeholder", DurationUs(now).to_string())
        .attr("value", app.draft.at.clone())
        .attr("autocomplete", "off")
        .on("change", "draft time");
    let fields = chosen.fields.iter().enumerate().filter(|(_, field)| field.asks != Asks::Nothing);
    let fields = fields.map(|(place, field)| draft_field(app, place, field));
    let refusal = app.refused.as_ref().filter(|refusal| refusal.key == "draft");
    let problems: Vec<&str> =
        refusal.iter().flat_map(|r| r.problems.iter().map(|p| p.sentence.as_str())).collect();
    let add = el("button").attr("type", "submit").class("sb-button").child("Add");
    el("form")
        .class("sb-draft")
        .on("submit", "draft add")
        .child(labelled(format!("{base}-draft-at"), "at", time))
        .child(labelled(format!("{base}-draft-act"), "do", act))
        .children(fields)
        .child(add)
        .child_if((!problems.is_empty()).then(|| complaint(format!("{base}-draft-problem"), &problems)))
}

fn labelled(id: String, label: &'static str, control: Element) -> Element {
    el("span")
        .key(id.clone())
        .class("sb-labelled")
        .child(el("label").attr("for", id).child(label))
        .child(control)
}

fn draft_field(app: &App, place: usize, field: &'static Field) -> Element {
    let id = format!("{}-draft-{}-{place}", app.options.id, FORMS[app.draft.act].word);
    let proposal = proposal(app, field, place);
    let message = format!("draft field {place}");
    let choices: Vec<String> = match field.asks {
        Asks::Node => names(app),
        Asks::Kind => std::iter::once("any")
            .chain(app.lab.meta().kinds.iter().map(|kind| kind.word))
            .map(String::from)
            .collect(),
        _ => Vec::new(),
    };
    let written = app.draft.fields[place].clone();
    if !choices.is_empty() {
        let value = if written.is_empty() { proposal } else { written };
        let options = choices.iter().map(|choice| option(choice, choice, *choice == value));
        let select = el("select").attr("id", id.clone()).attr("value", value.clone()).on("change", message);
        return labelled(id, field.label, select.children(options));
    }
    let suggestions: Vec<String> = match field.asks {
        Asks::Nodes => suggested_groups(app),
        Asks::Request => app.lab.meta().requests.iter().map(|request| request.example.to_string()).collect(),
        _ => Vec::new(),
    };
    let list = format!("{id}-list");
    let mut input = el("input")
        .attr("type", "text")
        .attr("id", id.clone())
        .attr("placeholder", proposal)
        .attr("value", written)
        .attr("autocomplete", "off")
        .on("change", message);
    if suggestions.is_empty() {
        return labelled(id, field.label, input);
    }
    input = input.attr("list", list.clone());
    let options = suggestions.into_iter().map(|text| el("option").key(text.clone()).attr("value", text));
    labelled(id, field.label, input).child(el("datalist").attr("id", list).children(options))
}

/// Single nodes, and all of a sort where there are several.
fn suggested_groups(app: &App) -> Vec<String> {
    let cast = app.cast();
    let several = Sort::ALL.into_iter().filter(|sort| cast.of(*sort).count() > 1);
    names(app).into_iter().chain(several.map(|sort| format!("{}.", sort.letter()))).collect()
}

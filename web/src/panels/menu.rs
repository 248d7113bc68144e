//! The menu of a node or a link in focus: everything that can be done to it, now.

use super::{button, capital};
use crate::app::App;
use crate::markup::{Element, el};
use crate::views::Focus;
use splitbrain::acts::{Act, FORMS, Form, Leaves, Nature, Place};
use splitbrain::cast::{Cast, Name};
use splitbrain::counted::counted;
use splitbrain::scenario::Cue;
use splitbrain::tell::Conditions;

/// The menu, when one is open.
pub(crate) fn draw(app: &App) -> Option<Element> {
    if !app.menu {
        return None;
    }
    // What is done is done in the run that the controls change.
    let cast = app.outcomes()[app.side.min(app.outcomes().len() - 1)].cast;
    let (title, acts) = match app.focus {
        Focus::Node(name) => (name.to_string(), node_acts(app, &cast, name)),
        Focus::Link(a, b) => (format!("{a} to {b}"), link_acts(app, &cast, a, b)),
        _ => return None,
    };
    let why_none = match (app.may_move("do"), &acts) {
        (false, _) => Some("The script is locked here."),
        (true, None) => Some("The run that the controls change does not have it."),
        (true, Some(_)) => None,
    };
    let acts = acts.filter(|_| why_none.is_none()).unwrap_or_default();
    let locked = why_none.map(|why| el("p").class("sb-quiet").child(why));
    let id = format!("{}-menu", app.options.id);
    let when = app.clock(app.play.at_us);
    let heading =
        el("p").class("sb-menu-title").child(el("strong").child(title.clone())).child(format!(" at {when}"));
    let list = acts.into_iter().map(|(label, act)| {
        el("li").key(act.clone()).child(button(format!("do {act}"), label).class("sb-menu-item"))
    });
    let menu = el("div")
        .key("menu")
        .class("sb-menu")
        .attr("id", id)
        .attr("role", "group")
        .attr("aria-label", format!("What to do to {title}"))
        .attr("tabindex", "-1")
        .child(heading)
        .child_if(locked)
        .child(el("ul").class("sb-menu-list").children(list))
        .child_if(app.may_move("do").then(|| drop_later(app)).flatten())
        .child(button("menu-close", "close").class("sb-close"));
    Some(menu)
}

/// After an act in the past: the second choice, to leave out what comes later.
fn drop_later(app: &App) -> Option<Element> {
    let later = app.scenario().cues.iter().filter(|cue| cue.at_us > app.play.at_us).count();
    let note = || {
        let stays = if later == 1 { "stays" } else { "stay" };
        let lines = counted(later as u64, "later line");
        el("p").class("sb-quiet").child(format!("{lines} of the script {stays}. "))
    };
    let last: Option<&Cue> = app.scenario().cues.iter().rev().find(|cue| cue.at_us == app.play.at_us);
    let dropping = |cue: &Cue| {
        button(format!("do-drop {}", cue.act), "do it again and drop what comes after").class("sb-link")
    };
    (later > 0).then(|| note().child_if(last.map(dropping)))
}

/// What can be done to a node as it is now: label and act. Nothing where it takes no part.
fn node_acts(app: &App, cast: &Cast, name: Name) -> Option<Vec<(String, String)>> {
    let (node, sort) = (cast.find(name)?, name.sort);
    let peers: Vec<String> =
        cast.of(sort).filter(|peer| *peer != node).map(|peer| cast.name(peer).to_string()).collect();
    let mut acts: Vec<(String, String)> = app
        .lab
        .meta()
        .requests
        .iter()
        .map(|request| (format!("Ask: {}", request.about), format!("ask:{name}:{}", request.example)))
        .filter(|(_, act)| act.parse().is_ok_and(|act| app.lab.act_problem(app.scenario(), &act).is_none()))
        .collect();
    if !peers.is_empty() && peers.len() < 60 {
        let others = peers.join(".");
        acts.push((format!("Cut off from {}", peers.join(", ")), format!("cut:{name}-{others}")));
    }
    let now = app.conditions(app.side);
    let is_down = !now.world.is_up(node);
    let idle = |form: &Form| match form.word {
        "crash" => is_down,
        "start" => !is_down,
        _ => false,
    };
    let faults = FORMS.iter().filter(|form| form.nature == Nature::Fault && form.place == Place::Node);
    acts.extend(faults.filter(|form| !idle(form)).filter_map(|form| proposed(form, &[name])));
    acts.extend(heal_all(&now));
    Some(acts)
}

/// An act of a form with what it proposes, done to these: its sentence and itself.
fn proposed(form: &Form, nodes: &[Name]) -> Option<(String, String)> {
    let names: Vec<String> = nodes.iter().map(Name::to_string).collect();
    let text = form.example_of(&names.iter().map(String::as_str).collect::<Vec<_>>(), "");
    let act: Act = text.parse().ok()?;
    Some((capital(&act.sentence()), text))
}

/// Only where something is cut.
fn heal_all(now: &Conditions) -> Option<(String, String)> {
    (now.world.is_any_cut()).then(|| ("Heal all cuts".to_string(), "heal".to_string()))
}

/// What can be done to a link as it is now.
fn link_acts(app: &App, cast: &Cast, a: Name, b: Name) -> Option<Vec<(String, String)>> {
    let (one, other, now) = (cast.find(a)?, cast.find(b)?, app.conditions(app.side));
    let cut = [now.is_cut(one, other), now.is_cut(other, one)];
    let ways = [(a, b), (b, a)];
    let of_ways = |form: &'static Form| {
        let open = ways
            .into_iter()
            .zip(cut)
            .filter(|(_, cut)| !(form.leaves == Some(Leaves::Cut) && *cut))
            .map(|(way, _)| way);
        // One cut of both ways is enough.
        let most = if form.word == "cut" { 1 } else { 2 };
        open.take(most).filter_map(|(a, b)| proposed(form, &[a, b])).collect::<Vec<_>>()
    };
    let faults = FORMS.iter().filter(|form| form.nature == Nature::Fault && form.place == Place::Way);
    let (cuts, others): (Vec<_>, Vec<_>) = faults.partition(|form| form.leaves == Some(Leaves::Cut));
    let mut acts: Vec<(String, String)> = cuts.into_iter().flat_map(of_ways).collect();
    if cut != [false, false] {
        acts.push(("Heal".into(), format!("heal:{a}-{b}")));
    }
    acts.extend(heal_all(&now));
    acts.extend(others.into_iter().flat_map(of_ways));
    Some(acts)
}

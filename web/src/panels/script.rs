//! The script: what is done to the system and when, in words, each line movable and removable; and a form for more.

use super::{button, capital, complaint, option, panel};
use crate::app::App;
use crate::markup::{Element, el};
use splitbrain::cast::Sort;
use splitbrain::scenario::Cue;
use splitbrain::time::DurationUs;

/// A form for an act: its word, what it is called, and its fields, each with the sign that links write before it.
pub(crate) struct Form {
    pub word: &'static str,
    pub label: &'static str,
    pub fields: &'static [(Field, &'static str)],
}

/// A field of a form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// One or more nodes.
    Nodes(&'static str),
    /// One node.
    Node(&'static str),
    /// A span of time.
    Time(&'static str),
    /// How far a clock jumps.
    Jump(&'static str),
    /// A whole number.
    Number(&'static str, &'static str),
    /// A kind of message.
    Kind,
    /// A request of the lab's.
    Request,
    /// A caption.
    Caption,
}

use Field::{Caption, Jump, Kind, Node, Nodes, Number, Request, Time};

/// Every act, in the order of the table in core.
pub(crate) const ACTS: [Form; 17] = [
    Form { word: "cut", label: "Cut", fields: &[(Nodes("from"), ":"), (Nodes("off from"), "-")] },
    Form { word: "cut1", label: "Cut one way", fields: &[(Nodes("from"), ":"), (Nodes("to"), "-")] },
    Form { word: "heal", label: "Heal all cuts", fields: &[] },
    Form { word: "crash", label: "Crash", fields: &[(Nodes("node"), ":")] },
    Form { word: "start", label: "Start", fields: &[(Nodes("node"), ":")] },
    Form { word: "wipe", label: "Wipe the disk of", fields: &[(Nodes("node"), ":")] },
    Form { word: "pause", label: "Pause", fields: &[(Nodes("node"), ":"), (Time("for"), ":")] },
    Form {
        word: "slow",
        label: "Slow down",
        fields: &[(Nodes("node"), ":"), (Number("times as slow", "8"), ":")],
    },
    Form {
        word: "drop",
        label: "Drop the next message",
        fields: &[(Node("from"), ":"), (Node("to"), "-"), (Kind, ":")],
    },
    Form {
        word: "dup",
        label: "Deliver the next message twice",
        fields: &[(Node("from"), ":"), (Node("to"), "-"), (Kind, ":")],
    },
    Form { word: "clock", label: "Set the clock", fields: &[(Nodes("of"), ":"), (Jump("by"), ":")] },
    Form {
        word: "drift",
        label: "Let the clock drift",
        fields: &[(Nodes("of"), ":"), (Number("ppm", "200"), ":")],
    },
    Form { word: "ask", label: "Ask", fields: &[(Nodes("node"), ":"), (Request, ":")] },
    Form { word: "reseed", label: "Change the luck", fields: &[(Number("seed", "2"), ":")] },
    Form { word: "say", label: "Say", fields: &[(Caption, ":")] },
    Form { word: "point", label: "Point at", fields: &[(Nodes("node, link or message"), ":")] },
    Form { word: "stop", label: "Stop a narrated run", fields: &[] },
];

impl Field {
    fn label(self) -> &'static str {
        match self {
            Nodes(label) | Node(label) | Time(label) | Jump(label) | Number(label, _) => label,
            Kind => "kind",
            Request => "request",
            Caption => "words",
        }
    }

    /// What the form takes where the reader has written nothing.
    pub(crate) fn proposal(self, app: &App, place: usize) -> String {
        let servers: Vec<String> = names(app).into_iter().filter(|name| name.starts_with('n')).collect();
        let nth = |i: usize| servers.get(i).or(servers.last()).cloned().unwrap_or_else(|| "n1".into());
        match self {
            Nodes(_) if place == 0 => nth(0),
            Nodes(_) => servers.iter().skip(1).cloned().collect::<Vec<_>>().join("."),
            Node(_) => nth(place),
            Time(_) => "200ms".into(),
            Jump(_) => "-250ms".into(),
            Number(_, default) => default.into(),
            Kind => "any".into(),
            Request => app.lab.meta().requests.first().map_or_else(String::new, |r| r.example.into()),
            Caption => "Look".into(),
        }
    }

    /// What the reader wrote, as links write it.
    pub(crate) fn encode(self, written: &str) -> String {
        match self {
            // `n2, n3` as people write several.
            Nodes(_) | Node(_) => {
                let parts = written.split([',', ' ', '.']).filter(|part| !part.is_empty());
                parts.collect::<Vec<_>>().join(".")
            }
            Caption => splitbrain::acts::Act::Say { text: splitbrain::acts::Caption(written.into()) }
                .to_string()
                .trim_start_matches("say:")
                .to_string(),
            Request => written.replace(' ', "."),
            _ => written.to_string(),
        }
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
    let chosen = &ACTS[app.draft.act];
    let options = ACTS.iter().map(|form| option(form.word, form.label, form.word == chosen.word));
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
    let fields = chosen.fields.iter().enumerate().map(|(place, (field, _))| draft_field(app, place, *field));
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

fn draft_field(app: &App, place: usize, field: Field) -> Element {
    let id = format!("{}-draft-{}-{place}", app.options.id, ACTS[app.draft.act].word);
    let proposal = field.proposal(app, place);
    let message = format!("draft field {place}");
    let choices: Vec<String> = match field {
        Node(_) => names(app),
        Kind => std::iter::once("any")
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
        return labelled(id, field.label(), select.children(options));
    }
    let suggestions: Vec<String> = match field {
        Nodes(_) => suggested_groups(app),
        Request => app.lab.meta().requests.iter().map(|request| request.example.to_string()).collect(),
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
        return labelled(id, field.label(), input);
    }
    input = input.attr("list", list.clone());
    let options = suggestions.into_iter().map(|text| el("option").key(text.clone()).attr("value", text));
    labelled(id, field.label(), input).child(el("datalist").attr("id", list).children(options))
}

/// Single nodes, and all of a sort where there are several.
fn suggested_groups(app: &App) -> Vec<String> {
    let cast = app.cast();
    let several = Sort::ALL.into_iter().filter(|sort| cast.of(*sort).count() > 1);
    names(app).into_iter().chain(several.map(|sort| format!("{}.", sort.letter()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::acts::WORDS;

    #[test]
    fn every_act_has_its_form() {
        assert_eq!(ACTS.each_ref().map(|form| form.word).as_slice(), WORDS);
    }

    #[test]
    fn what_people_write_becomes_what_links_write() {
        assert_eq!(Nodes("").encode("n2, n3"), "n2.n3");
        assert_eq!(Request.encode("put x 3"), "put.x.3");
    }
}

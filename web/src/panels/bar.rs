//! The bars above and below: the lab's name, undo, share; panels to open; and the line that says which run this is.

use super::{button, icon_button, option};
use crate::app::App;
use crate::markup::{Element, el};
use splitbrain::link::{Link, fingerprint};

const UNDO: &str = "M8 5L3 10l5 5v-3.500h6a3.500 3.500 0 0 1 0 7H9v2.500h5a6 6 0 0 0 0-12H8z";
const REDO: &str = "M16 5l5 5-5 5v-3.500h-6a3.500 3.500 0 0 0 0 7h5v2.500h-5a6 6 0 0 1 0-12h6z";

/// The bar above the pictures.
pub(crate) fn top(app: &App) -> Element {
    let meta = app.lab.meta();
    let compare = if app.link().second.is_some() { "End comparison" } else { "Compare" };
    el("header")
        .key("top")
        .class("sb-top")
        .child(el("span").class("sb-title").child(meta.title))
        .child_if(presets(app).filter(|_| !app.is_folded()))
        .child(el("span").class("sb-fill"))
        .child(
            icon_button("undo", "Take back the last change", UNDO)
                .key("undo")
                .flag("disabled", !app.history.can_undo()),
        )
        .child(icon_button("redo", "Do it again", REDO).key("redo").flag("disabled", !app.history.can_redo()))
        .child_if((!app.is_folded()).then(|| {
            button("pair", compare)
                .key("pair")
                .class("sb-wordy")
                .attr("title", "Keep this run beside the one that you change")
        }))
        .child(
            button("share", "Share")
                .key("share")
                .class("sb-wordy")
                .attr("aria-expanded", if app.share { "true" } else { "false" }),
        )
        .child(
            button("help", "?")
                .key("help")
                .attr("aria-label", "Keys")
                .attr("aria-expanded", if app.help { "true" } else { "false" }),
        )
        .child_if((!app.options.whole).then(|| full_window(app)))
        .child_if(app.may_be_brief().then(|| {
            let id = format!("{}-less", app.options.id);
            button("less", "Less").key("less").attr("id", id).attr("title", "Back to what the text speaks of")
        }))
}

/// The way to the lab's own window, with everything as it is.
fn full_window(app: &App) -> Element {
    let fragment = splitbrain::link::print_fragment(&app.as_bench(app.link_now()), app.lab);
    let address = format!("{}labs/{}/full/#{fragment}", app.options.site, app.lab.meta().id);
    let way = el("a").key("full").class("sb-button sb-full").attr("href", address);
    way.attr("target", "_top").child("Full window")
}

/// The lab's presets.
fn presets(app: &App) -> Option<Element> {
    let presets = app.lab.presets();
    if presets.is_empty() || app.hides_lights() {
        return None;
    }
    let id = format!("{}-presets", app.options.id);
    let shown = |preset: &Option<Link>| {
        preset
            .as_ref()
            .is_some_and(|link| link.scenario == app.link().scenario && link.second == app.link().second)
    };
    let now = app.presets().iter().position(shown);
    // It says what is; to choose it would be to choose nothing. It is always there, since a browser that is given another option measures all
    // of them again, in each move of a slider to a preset and away from it.
    let head = option("", "as set here", now.is_none()).flag("hidden", now.is_some());
    let options = presets
        .iter()
        .enumerate()
        .map(|(i, preset)| option(preset.link, preset.title, now == Some(i)).attr("title", preset.sentence));
    let select = el("select")
        .attr("id", id.clone())
        .attr("value", now.map_or("", |i| presets[i].link))
        .on("change", "open")
        .child(head)
        .children(options);
    Some(
        el("span")
            .key("presets")
            .class("sb-labelled")
            .child(el("label").attr("for", id).child("Preset"))
            .child(select),
    )
}

/// Which panels are open, and whose eyes are looked through.
pub(crate) fn panels(app: &App) -> Element {
    let toggles = app.views().map(|view| (view.id, view.title)).chain(app.own_panels()).map(|(id, title)| {
        let open = app.is_open(id);
        button(format!("panel {id}"), title)
            .key(id)
            .class("sb-toggle")
            .attr("aria-pressed", if open { "true" } else { "false" })
    });
    el("div")
        .key("panels")
        .class("sb-panels")
        .child(
            el("div")
                .class("sb-toggles")
                .attr("role", "group")
                .attr("aria-label", "Panels")
                .children(toggles),
        )
        .child(eyes(app))
}

/// Through whose eyes: all is known, or what one node can know.
fn eyes(app: &App) -> Element {
    let cast = app.cast();
    let id = format!("{}-eyes", app.options.id);
    let now = app.eyes.map_or_else(|| "all".to_string(), |node| node.to_string());
    // Of two runs, a node that only one has could know nothing in the other.
    let names = cast.nodes().map(|node| cast.name(node)).filter(|name| app.in_all(*name));
    let options = names.take(40).map(|name| name.to_string()).map(|name| {
        let words = format!("{name}’s");
        let chosen = name == now;
        option(name, words, chosen)
    });
    let all = option("all", "everyone’s", app.eyes.is_none());
    let select = el("select")
        .attr("id", id.clone())
        .attr("value", now.clone())
        .on("change", "eyes")
        .child(all)
        .children(options);
    el("span").class("sb-labelled").child(el("label").attr("for", id).child("Eyes")).child(select)
}

/// Which run this is: its seed, size and digest, and whether it is the one that the link's author saw.
pub(crate) fn status(app: &App) -> Element {
    let outcome = &app.outcomes[0];
    let envelope = &app.link().envelope;
    let mut line = el("p")
        .key("status")
        .class("sb-status")
        .child(el("span").child(format!("seed {}", app.link().scenario.seed)))
        .child(el("span").child(format!("{} events", outcome.trace.records().len())))
        .child(el("span").child("run ").child(el("code").child(outcome.digest_word())))
        // On paper nothing else says what was run.
        .child(el("code").class("sb-what-ran").child(app.link_text()));
    if let Some(digest) = envelope.digest {
        let (class, words) = match digest == fingerprint(outcome) {
            true => ("sb-is-kept", "the very run that was shared"),
            false => ("sb-is-broken", "not the run that was shared: this lab has changed since"),
        };
        line = line.child(el("span").class(class).child(words));
    }
    if let Some(seen) = envelope.claim.filter(|_| !app.hides_lights()) {
        let now = outcome.verdict(seen.promise).map(|verdict| verdict.last().state);
        let still = now == Some(seen.state);
        let words = match (still, now) {
            (true, _) => format!("still so: {} is {}", seen.promise, seen.state.word()),
            (false, Some(now)) => {
                format!("the author saw {} {}, today it is {}", seen.promise, seen.state.word(), now.word())
            }
            (false, None) => format!("the author saw {} {}", seen.promise, seen.state.word()),
        };
        line = line.child(el("span").class(if still { "sb-is-kept" } else { "sb-is-broken" }).child(words));
    }
    line
}

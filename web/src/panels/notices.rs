//! What the reader has to be told: problems of the link, limits that a run met, and the halt at a broken promise.

use super::{button, capital};
use crate::app::App;
use crate::markup::{Element, el};
use splitbrain::scenario::Place;

/// Problems of the link as it was opened, and of the last act that was refused.
pub(crate) fn problems(app: &App) -> Option<Element> {
    let refused = app.refused.as_ref().filter(|refusal| matches!(refusal.key.as_str(), "do" | "all"));
    let refused = refused.iter().flat_map(|refusal| refusal.problems.iter());
    let sentences: Vec<String> = app
        .problems
        .iter()
        .chain(refused)
        .map(|problem| {
            let place = match &problem.place {
                Place::Cue(i) => format!("Line {} of the script: ", i + 1),
                _ => String::new(),
            };
            format!("{place}{}.", capital(&problem.sentence))
        })
        .collect();
    let notice = || {
        let list = sentences.iter().map(|sentence| el("li").child(sentence.as_str()));
        let close =
            (!app.problems.is_empty()).then(|| button("problems-close", "understood").class("sb-close"));
        el("div")
            .key("problems")
            .class("sb-notice sb-is-broken")
            .attr("role", "group")
            .attr("aria-label", "Problems")
            .child(el("ul").children(list))
            .child_if(close)
    };
    (!sentences.is_empty()).then(notice)
}

/// Limits that the runs met.
pub(crate) fn limits(app: &App) -> Option<Element> {
    let mut limits: Vec<&String> = app.outcomes.iter().flat_map(|outcome| &outcome.limits).collect();
    // Both runs of a comparison may have met the same one.
    limits.dedup();
    let notice = || {
        let list =
            limits.iter().map(|limit| el("li").child(format!("{}.", capital(limit.trim_end_matches('.')))));
        el("div").key("limits").class("sb-notice sb-is-unknown").child(el("ul").children(list))
    };
    (!limits.is_empty()).then(notice)
}

/// The run has halted because a promise broke: why, and how to go on. Its place is kept from the first where a promise will break, so that
/// nothing moves when it comes; until then it says what happens now.
pub(crate) fn halt(app: &App) -> Option<Element> {
    let place = el("div").key("halt").class("sb-halt");
    let acts = el("p").key("acts").class("sb-acts");
    let words = |longest: Option<String>| el("p").key("words").attr_if("data-longest", longest);
    let Some(halt) = app.halted.as_ref() else {
        let longest = sentences(app).max_by_key(String::len)?;
        let now = el("span").child(app.moment());
        return Some(place.class("sb-to-come").child(words(Some(longest)).child(now)).child(acts));
    };
    let promise = app.lab.meta().promises.iter().find(|promise| promise.id == halt.promise)?;
    let change = app.outcomes[halt.side].verdict(halt.promise)?.break_()?;
    let said = el("span")
        .child(super::verdicts::symbol(splitbrain::lab::State::Broken))
        .child(el("strong").child("Broken. "))
        .child(capital(&change.why))
        .child(" ")
        .child(el("span").class("sb-term").child(promise.term));
    let why = button(format!("{}why promise {}", ["", "second "][halt.side], promise.id), "Why?");
    let acts = acts
        .child(why.class("sb-primary"))
        .child(button("play", "Go on"))
        .child(button("halt-close", "Stay here"));
    Some(place.child(words(sentences(app).max_by_key(String::len)).child(said)).child(acts))
}

/// What the banner says of each promise that breaks in a run that halts there.
fn sentences(app: &App) -> impl Iterator<Item = String> {
    let promises = app.lab.meta().promises.iter().filter(|_| !app.is_narrated());
    let of = |outcome: &splitbrain::lab::Outcome| {
        let breaks =
            promises.clone().filter_map(|promise| Some((promise, outcome.verdict(promise.id)?.break_()?)));
        // The symbol's room counts as three letters.
        breaks
            .map(|(promise, change)| format!("___ Broken. {} · {}", change.why, promise.term))
            .collect::<Vec<_>>()
    };
    app.outcomes.iter().flat_map(of).collect::<Vec<_>>().into_iter()
}

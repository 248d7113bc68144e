//! What a reader does in the first minute with a lab. `cargo dev build` has it played, and sees which functions that takes: they are the part
//! of a module that a page fetches at once. By the time a reader does more, the rest is there.

use crate::app::{App, Options};
use crate::diff::diff;
use crate::msg::{KEYS, Msg};
use splitbrain::lab::Lab;
use std::hint::black_box;

/// The run that greets on the home page: one replica of three answers for all, and a cut that nobody heals. Played as it comes it breaks
/// within ten seconds.
pub const GREETING: &str = "quorum?w=1&r=1&for=1s&do=200ms:cut:n1-n2.n3&panels=stage,timeline,verdicts";

/// What the browser may have kept from an earlier visit, by name.
const KEPT: [(&str, &str); 3] =
    [("done", "quorum fresh"), ("saved", "quorum?w=1 my run"), ("recent", "quorum?w=1")];

/// The width of a lesson's widgets, in CSS pixels; and those of the other layouts.
const WIDTH: u32 = 720;
const OTHERS: [&str; 2] = ["1200", "390"];

/// How many stretches of time a reader watches.
const STRETCHES: usize = 40;

/// How many sliders a reader moves.
const SLIDERS: usize = 3;

/// Whether a page may open that link with what it fetches at once.
pub fn is_rehearsed(link: &str, labs: &[&dyn Lab]) -> bool {
    labs.iter().any(|lab| links(*lab).any(|known| known == link))
}

/// The lab as it comes, which is played; and what is opened besides: what its lesson may begin with, and the greeting.
fn links(lab: &dyn Lab) -> impl Iterator<Item = &'static str> {
    let id = lab.meta().id;
    let greeting = Some(GREETING).filter(|link| link.split('?').next() == Some(id));
    [id].into_iter().chain(lab.presets().first().map(|preset| preset.link)).chain(greeting)
}

/// Opens each lab as it comes, presses the keys of the timeline and moves its first sliders, in each layout. Nothing of it
/// touches a page.
pub fn rehearse(labs: &'static [&'static dyn Lab]) {
    labs.iter().for_each(|lab| play(labs, *lab));
}

fn play(labs: &'static [&'static dyn Lab], lab: &'static dyn Lab) {
    let kept = KEPT.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    let options = Options { width: WIDTH, clock: Some(|| 0.0), keeps: true, kept, ..Options::default() };
    let mut app = App::opening(lab.meta().id, labs, lab, options);
    app.first_stretch();
    while app.is_waiting() {
        black_box(app.advance(u64::MAX));
    }
    let key = lab.params().first().map_or("", |param| param.key);
    let mut shown = app.view();
    let mut tell = |message: &str, value: &str| {
        let Some(msg) = Msg::parse(message, value, true, &app.cast()) else { return };
        black_box(app.update(msg));
        let tree = app.view();
        black_box((diff(&shown, &tree), app.leg(), app.link_text(), app.value_text(key)));
        shown = tree;
    };
    let watch = |tell: &mut dyn FnMut(&str, &str)| {
        tell("play", "");
        (0..STRETCHES).for_each(|_| tell("arrive", ""));
        tell("pause 300000", "");
    };
    watch(&mut tell);
    for (_, message, _) in KEYS.iter().filter(|(_, message, _)| *message != "help") {
        tell(message, "");
        tell("arrive", "");
    }
    for param in lab.params().iter().filter(|param| !crate::app::slider_texts(param).is_empty()).take(SLIDERS)
    {
        tell(&format!("slide {}", param.key), "0");
        tell(&format!("slid {}", param.key), "0");
        tell("undo", "");
        tell(&format!("group {}", param.group), "");
    }
    tell("reset-all", "");
    OTHERS.iter().for_each(|width| tell(&format!("width {width}"), ""));
    for link in links(lab).skip(1) {
        tell("open", link);
        watch(&mut tell);
        ["verdict 1", "step -1", "play", "arrive", "arrive"].iter().for_each(|message| tell(message, ""));
    }
    tell("leave", "");
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::labs::LABS;

    #[test]
    fn every_lab_can_be_rehearsed() {
        rehearse(LABS);
    }

    #[test]
    fn what_pages_open_with_is_rehearsed() {
        assert!(is_rehearsed("quorum", LABS));
        assert!(is_rehearsed(GREETING, LABS));
        assert!(!is_rehearsed("quorum?w=1", LABS));
    }
}

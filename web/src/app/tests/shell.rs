//! What stands around the pictures: what is said of lights, what is shared, the banner's place, and the stage for a projector.

use super::{open, shown, tell};
use crate::app::Effect;

const CUT: &str = "quorum?w=1&r=1&for=1s&do=200ms:cut:n1-n2.n3";
const HEALED: &str = "quorum?w=1&r=1&for=1s&do=200ms:cut:n1-n2.n3,250ms:heal";

#[test]
fn what_a_change_did_to_the_lights_is_said() {
    let mut app = open(CUT);
    tell(&mut app, &[("open", HEALED)]);
    assert!(
        app.said.starts_with("No longer broken: ") && app.said.contains("regular register"),
        "{}",
        app.said
    );
    assert!(app.said.ends_with("Every promise is kept."), "{}", app.said);
    tell(&mut app, &[("open", CUT)]);
    assert!(app.said.starts_with("Now broken: ") && app.said.contains("regular register"), "{}", app.said);
    tell(&mut app, &[("open", "quorum?w=1&r=1&for=1s&do=200ms:cut:n1-n2.n3,990ms:heal")]);
    assert!(app.said.starts_with("Broken as before: "), "{}", app.said);
    // An act says what it is, and then what came of it.
    tell(&mut app, &[("open", CUT), ("at 210ms", ""), ("do heal", "")]);
    let (act, came) = app.said.split_once(". ").unwrap();
    assert!(act.contains("heal") && came.starts_with("No longer broken"), "{}", app.said);
    tell(&mut app, &[("undo", "")]);
    assert!(app.said.starts_with("Taken back. Now broken"), "{}", app.said);
    // A worksheet tells nothing.
    let mut app = open(&format!("{CUT}&hide=lights"));
    tell(&mut app, &[("set w", "3")]);
    assert!(!app.said.contains("roken") && !app.said.contains("kept"), "{}", app.said);
}

#[test]
fn the_end_says_what_broke_on_the_way_and_a_step_does_not() {
    let mut app = open(CUT);
    tell(&mut app, &[("end", "")]);
    assert!(
        app.said.contains("Broken on the way: ") && app.said.contains("regular register"),
        "{}",
        app.said
    );
    tell(&mut app, &[("step -1", ""), ("end", "")]);
    assert!(!app.said.contains("on the way"), "{}", app.said);
    tell(&mut app, &[("open", HEALED), ("end", "")]);
    assert!(!app.said.contains("roken"), "{}", app.said);
}

#[test]
fn the_code_to_embed_names_panels_and_the_height_that_was_measured() {
    let mut app = open(CUT);
    let effects = tell(&mut app, &[("share", "")]);
    let Some(Effect::Measure(link)) = effects.last() else { panic!("{effects:?}") };
    assert!(link.contains("panels=stage,timeline"), "{link}");
    tell(&mut app, &[("frame 571", "")]);
    let code = app.embed_code();
    assert!(code.contains(link.as_str()) && code.contains("height=\"571\""), "{code}");
    assert!(shown(&app).contains("splitbrain-height"), "the listener is offered");
    // What the reader has opened is what is shared.
    let mut app = open(&format!("{CUT}&panels=spacetime,verdicts"));
    tell(&mut app, &[("panel controls", "")]);
    assert!(app.embed_code().contains("panels=spacetime,verdicts,controls"), "{}", app.embed_code());
}

#[test]
fn a_banner_has_its_place_before_it_comes() {
    let mut app = open(CUT);
    assert!(shown(&app).contains("sb-halt sb-to-come"));
    tell(&mut app, &[("play", "")]);
    while app.is_playing() {
        tell(&mut app, &[("arrive", "")]);
    }
    let html = shown(&app);
    assert!(html.contains("class=\"sb-halt\"") && html.contains("Go on"), "the very place");
    assert!(!shown(&open(HEALED)).contains("sb-halt"), "nothing will come");
}

#[test]
fn a_run_does_not_stop_for_what_was_broken_before_anything_happened() {
    let mut app = open("ring");
    let begins_broken =
        app.outcomes[0].verdicts.iter().any(|light| light.break_().is_some_and(|b| b.at.at_us == 0));
    assert!(begins_broken, "this lab's default shows it");
    tell(&mut app, &[("play", ""), ("arrive", ""), ("arrive", "")]);
    assert!(app.halted.is_none() && app.play.at_us > 0, "{}", app.play.at_us);
}

#[test]
fn a_line_says_what_it_will_cut_and_cuts_once() {
    let mut app = open("quorum");
    tell(&mut app, &[("knife", "")]);
    assert!(app.said.contains("links between servers") && shown(&app).contains("sb-hint"), "{}", app.said);
    app.slicing = Some(crate::app::slice::Slice { from: (0.0, 0.0), to: (0.0, 400.0), width: 720 });
    tell(&mut app, &[("slice-end", "")]);
    assert!(!app.has_knife() && !shown(&app).contains("sb-hint"));
}

#[test]
fn a_projector_is_shown_the_picture_and_the_sentence() {
    let mut app = open(CUT);
    assert_eq!(tell(&mut app, &[("project", "")]), [Effect::Project(true)]);
    tell(&mut app, &[("step 1", "")]);
    let html = shown(&app);
    assert!(html.contains("sb-spoken") && html.contains("sb-timeline"));
    assert!(!html.contains("sb-top") && !html.contains("sb-controls"));
    assert_eq!(tell(&mut app, &[("escape", "")]), [Effect::Project(false)]);
    assert!(shown(&app).contains("sb-controls"));
}

#[test]
fn a_single_panel_that_a_link_has_in_front_needs_no_bar_to_choose_it() {
    let narrow = |link: &str| {
        let options = crate::app::Options { width: 390, ..crate::app::Options::default() };
        crate::app::App::open(link, splitbrain::labs::LABS, splitbrain::labs::LABS[0], options)
    };
    let html = shown(&narrow("quorum?w=1&r=1&panels=stage,timeline,verdicts&view=verdicts"));
    assert!(html.contains("sb-verdicts") && !html.contains("sb-tabs"));
    assert!(shown(&narrow(CUT)).contains("sb-tabs"), "of several one is chosen");
}

#[test]
fn a_picture_is_entered_at_one_place() {
    let html = shown(&open(&format!("{CUT}&panels=stage")));
    let stage =
        html.split("<svg class=\"sb-picture\"").nth(1).and_then(|rest| rest.split("</svg>").next()).unwrap();
    assert_eq!(stage.matches("tabindex=\"0\"").count(), 1, "one stop of Tab");
    assert!(stage.matches("data-stop").count() > 10, "and arrows from there on");
    let first =
        stage.split("tabindex=\"0\"").next().and_then(|before| before.rsplit("data-on-click=\"").next());
    assert!(first.is_some_and(|message| message.starts_with("focus node")), "{first:?}");
}

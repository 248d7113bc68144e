//! A widget told what a reader would tell it: what it then shows, keeps, refuses and undoes.

mod brief;
mod compared;
mod focus;
mod learning;
mod moments;
mod shell;

use super::{App, Effect, Options};
use crate::msg::Msg;
use proptest::prelude::*;
use splitbrain::lab::State;
use splitbrain::labs::LABS;

fn open(link: &str) -> App {
    App::open(link, LABS, LABS[0], Options::default())
}

fn tell(app: &mut App, messages: &[(&str, &str)]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (message, value) in messages {
        let msg = Msg::parse(message, value, true).unwrap_or_else(|| panic!("{message}"));
        effects.extend(app.update(msg));
    }
    effects
}

fn shown(app: &App) -> String {
    app.view().to_html()
}

/// A run in which a promise breaks: the first preset that has one.
fn breaking() -> App {
    let links = LABS.iter().flat_map(|lab| lab.presets()).map(|preset| preset.link);
    let broken = |app: &App| app.outcomes().iter().any(|o| o.verdicts.iter().any(|v| v.break_().is_some()));
    links.map(open).find(broken).expect("some preset breaks a promise")
}

#[test]
fn a_bad_link_opens_with_a_sentence() {
    for (link, says) in [("nolab?x=1", "there is no lab"), ("quorum?n=1e99", "n="), ("quorum?w=9", "w=2")] {
        let app = open(link);
        assert!(
            app.problems.iter().any(|problem| problem.sentence.contains(says)),
            "{link}: {:?}",
            app.problems
        );
        assert!(shown(&app).contains("sb-notice"), "{link}");
    }
}

#[test]
fn a_slider_runs_again_and_its_steps_are_undone_as_one() {
    let mut app = open("quorum");
    let before = app.link_text();
    let effects = tell(&mut app, &[("try w", "3"), ("try w", "1"), ("set w", "1")]);
    assert!(effects.contains(&Effect::Ran) && effects.contains(&Effect::Changed));
    assert_eq!(app.link_text(), "quorum?w=1");
    tell(&mut app, &[("undo", "")]);
    assert_eq!(app.link_text(), before);
    tell(&mut app, &[("redo", "")]);
    assert_eq!(app.link_text(), "quorum?w=1");
}

#[test]
fn what_cannot_run_is_refused_beside_its_control_and_the_run_stands() {
    let mut app = open("quorum");
    let digest = app.outcomes()[0].digest;
    assert!(tell(&mut app, &[("set w", "9")]).is_empty());
    assert_eq!(app.outcomes()[0].digest, digest);
    let html = shown(&app);
    assert!(html.contains("aria-invalid") && html.contains("sb-c-w-problem"));
    tell(&mut app, &[("set w", "3")]);
    assert!(!shown(&app).contains("aria-invalid"));
}

#[test]
fn acts_are_put_at_the_cursor_and_moved_and_taken_out() {
    let mut app = open("quorum?at=1s");
    tell(&mut app, &[("focus node n1", ""), ("do crash:n1", "")]);
    assert!(app.link_text().contains("do=1s:crash:n1"), "{}", app.link_text());
    tell(&mut app, &[("cue time 0", "1.5s")]);
    assert!(app.link_text().contains("do=1.5s:crash:n1"));
    tell(&mut app, &[("cue time 0", "soon")]);
    assert!(shown(&app).contains("sb-complaint"));
    tell(
        &mut app,
        &[("draft word", "pause"), ("draft field 0", "n2, n3"), ("draft time", "2s"), ("draft add", "")],
    );
    assert!(app.link_text().contains("2s:pause:n2.n3:200ms"), "{}", app.link_text());
    tell(&mut app, &[("at", "1s"), ("do-drop heal", ""), ("cue remove 0", "")]);
    assert!(!app.link_text().contains("do="), "{}", app.link_text());
}

#[test]
fn play_halts_where_a_promise_breaks_and_goes_on() {
    let mut app = breaking();
    tell(&mut app, &[("start", ""), ("play", "")]);
    let mut stretches = 0;
    while app.is_playing() {
        tell(&mut app, &[("arrive", "")]);
        stretches += 1;
        assert!(stretches < 100_000, "playing ends");
    }
    let halt = app.halted.clone().expect("it halts");
    let verdict = app.outcomes()[halt.side].verdict(halt.promise).expect("a promise of the lab");
    let now = app.shows(halt.side, verdict);
    assert_eq!(now.state, State::Broken);
    assert!(shown(&app).contains("sb-halt"));
    tell(&mut app, &[("play", ""), ("arrive", "")]);
    assert!(!shown(&app).contains("sb-halt\""));
}

#[test]
fn a_deadline_after_the_last_event_passes_in_its_time() {
    let preset = LABS.iter().find(|lab| lab.meta().id == "quorum").expect("a lab").presets();
    let mut app = open(preset.iter().find(|preset| preset.id == "apart").expect("a preset").link);
    let place = |app: &App| {
        let verdict = app.outcomes()[0].verdict("converge").expect("a promise").clone();
        (app.shows(0, &verdict).state, app.play.stop, verdict.break_().expect("it breaks").at)
    };
    let (_, _, at) = place(&app);
    tell(&mut app, &[(&format!("goto record {}", at.record), "")]);
    let (state, last, _) = place(&app);
    assert!(app.play.at_us < at.at_us && last == app.last_stop(), "nothing happens any more");
    assert_ne!(state, State::Broken);
    assert!(!app.said.contains("Broken"), "{}", app.said);
    for step in ["step 1", "verdict 1", "end", "why promise converge", "seek"] {
        tell(&mut app, &[("start", ""), (&format!("goto record {}", at.record), "")]);
        tell(&mut app, &[(step, "999999")]);
        assert_eq!((place(&app).0, place(&app).1), (State::Broken, last), "{step}");
        tell(&mut app, &[("step -1", "")]);
        assert_ne!(place(&app).0, State::Broken, "back from {step}");
    }
}

#[test]
fn why_lights_the_evidence_and_jumps_to_the_break() {
    let mut app = breaking();
    let outcome = app.outcomes().iter().find(|o| o.verdicts.iter().any(|v| v.break_().is_some()));
    let broken = outcome.and_then(|o| o.verdicts.iter().find(|v| v.break_().is_some()));
    let promise = broken.expect("it breaks").promise;
    tell(&mut app, &[("start", ""), (&format!("why promise {promise}"), "")]);
    let why = app.why.clone().expect("an argument");
    assert!(!why.lit.is_empty() && app.play.stop > 0);
    assert!(shown(&app).contains("sb-why"));
}

#[test]
fn a_row_for_cuts_stands_where_there_may_be_one_and_a_picture_alone_takes_the_width() {
    let look = |link: &str| {
        let wide = Options { width: 1_200, ..Options::default() };
        let html = shown(&App::open(link, LABS, LABS[0], wide));
        (html.contains("sb-quick"), html.contains("sb-units-720"))
    };
    assert_eq!(look("retry?panels=services"), (false, true));
    assert!(look("retry?panels=services,flow&do=1s:crash:n1,2s:start:n1").0);
    assert_eq!(look("quorum?panels=stage"), (true, true));
    assert_eq!(look("quorum?panels=stage,inspector"), (true, false));
    assert_eq!(look("quorum?panels=stage&controls=w"), (false, true));
}

#[test]
fn two_runs_share_one_timeline() {
    let mut app = open("quorum");
    tell(&mut app, &[("pair", ""), ("set w", "1"), ("end", "")]);
    assert_eq!(
        app.link_text().split('&').filter(|part| part.contains("b.")).count(),
        1,
        "{}",
        app.link_text()
    );
    assert_eq!(app.outcomes().len(), 2);
    for side in 0..2 {
        assert_eq!(app.cursor(side).index as usize, app.outcomes()[side].trace.records().len());
    }
    tell(&mut app, &[("side 1", ""), ("set r", "1")]);
    assert!(app.link_text().contains("b.r=1"));
    tell(&mut app, &[("pair", "")]);
    assert_eq!(app.outcomes().len(), 1);
}

#[test]
fn why_and_focus_are_about_the_run_in_which_they_are_asked() {
    let mut app = open("quorum?do=1s:cut:n1-n2.n3,2s:heal&b.w=1&b.r=1");
    let broken = |app: &App, side: usize| {
        app.outcomes()[side].verdicts.iter().find(|verdict| verdict.break_().is_some()).map(|v| v.promise)
    };
    assert_eq!(broken(&app, 0), None);
    let promise = broken(&app, 1).expect("without overlap it breaks");
    assert!(shown(&app).contains(&format!("second why promise {promise}")));
    tell(&mut app, &[(&format!("second why promise {promise}"), "")]);
    assert_eq!(app.why.as_ref().map(|why| why.side), Some(1));
    let id = app.outcomes()[1].trace.records()[20].id;
    tell(&mut app, &[("panel inspector", ""), (&format!("second focus record {id}"), "")]);
    assert_eq!((app.focus, app.focus_side), (crate::views::Focus::Record(id), 1));
    tell(&mut app, &[(&format!("second why record {id}"), "")]);
    assert_eq!(app.why.as_ref().map(|why| why.side), Some(1));
    assert!(shown(&app).contains(&format!("second why record {id}")), "the inspector of the second run");
    tell(&mut app, &[("pair", ""), (&format!("second focus record {id}"), "")]);
    assert_eq!(app.focus, crate::views::Focus::None, "there is no second run any more");
}

#[test]
fn eyes_are_told_only_what_they_can_know() {
    let mut app = open("quorum?do=1s:cut:n1-n2.n3&at=1.3s");
    tell(&mut app, &[("eyes", "n2")]);
    let known = |app: &App| {
        app.with_look(0, "stage", 360, |look| {
            (crate::views::stage::draw(look).scene.expect("a picture").description, look.now())
        })
    };
    let records = app.outcomes()[0].trace.records().to_vec();
    for _ in 0..60 {
        tell(&mut app, &[("step 1", "")]);
        let record = records[app.play.stop - 1];
        let (description, now) = known(&app);
        let words = app.record_words(0, record.id);
        let may = record.node == splitbrain::cast::NodeId(1)
            && !matches!(record.kind, splitbrain::trace::RecordKind::Lose);
        assert_eq!(now.contains(&words), may, "{words}: {now}");
        assert!(description.contains(&now), "{description}");
        assert_eq!(app.said.contains(&words), may, "{words}: {}", app.said);
    }
}

#[test]
fn every_preset_is_shown_at_every_width_and_as_text() {
    for preset in LABS.iter().flat_map(|lab| lab.presets()) {
        let mut app = open(preset.link);
        for message in ["width 360", "help", "share", "width 720", "end", "width 1200"] {
            tell(&mut app, &[(message, "")]);
            let html = shown(&app);
            // A narrow widget in a text shows no panel before one is asked for.
            let lights = if app.is_folded() { "tab verdicts" } else { "sb-promise" };
            assert!(html.contains("sb-timeline") && html.contains(lights), "{} {message}", preset.link);
        }
        let still = crate::still::static_widget(preset.link, LABS, &Options::default());
        assert!(!still.contains("data-on-") && !still.contains("<button"), "{}", preset.link);
    }
}

#[test]
fn a_link_leads_back_to_where_it_was_taken() {
    let mut app = open("quorum?w=1&seed=7");
    tell(&mut app, &[("step 1", ""), ("step 20", ""), ("panel transcript", "")]);
    let again = open(&app.link_text());
    assert_eq!((again.play.stop, again.open.clone()), (app.play.stop, app.open.clone()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// So many steps forward and as many back: byte for byte the same picture.
    #[test]
    fn forward_and_back_is_where_you_were(seed in 0u32..50, start in 0usize..400, steps in 1usize..60, pair: bool) {
        let mut app = open(&format!("quorum?w=1&r=1&seed={seed}&do=1s:crash:n1{}", if pair { "&b.w=2" } else { "" }));
        let start = start.min(app.last_stop().saturating_sub(steps)).to_string();
        tell(&mut app, &[("seek", &start)]);
        app.said.clear();
        let before = shown(&app);
        (0..steps).for_each(|_| drop(tell(&mut app, &[("step 1", "")])));
        (0..steps).for_each(|_| drop(tell(&mut app, &[("step -1", "")])));
        app.said.clear();
        prop_assert_eq!(before, shown(&app));
    }
}

/// A link whose run takes longer than a frame.
const LARGE: &str = "retry?rate=280&capacity=300&trouble_for=5s&attempts=2&for=30s";

fn open_in_stretches(link: &str) -> App {
    let mut app = App::opening(link, LABS, LABS[0], Options { clock: Some(|| 0.0), ..Options::default() });
    app.first_stretch();
    app
}

/// Goes on until nothing is under way; gives the effects and in how many stretches.
fn advance(app: &mut App) -> (Vec<Effect>, usize) {
    let (mut effects, mut stretches) = (Vec::new(), 0);
    while app.is_waiting() {
        effects.extend(app.advance(2_000));
        stretches += 1;
    }
    (effects, stretches)
}

#[test]
fn a_large_run_goes_on_in_stretches_while_the_one_before_is_shown() {
    let mut app = open_in_stretches("retry?rate=280&capacity=300&attempts=2&for=3s");
    assert!(app.is_ready() && !app.is_waiting(), "a small run is done at once");
    let before = app.outcomes()[0].digest;
    let effects = tell(&mut app, &[("set for", "1m")]);
    assert!(effects.contains(&Effect::Waits) && app.is_waiting());
    assert_eq!(app.outcomes()[0].digest, before);
    let html = shown(&app);
    assert!(html.contains("aria-busy=\"true\"") && html.contains("sb-waiting"));
    // The controls say already what is to come, and a change cancels what is under way.
    tell(&mut app, &[("set trouble_for", "5s"), ("set for", "30s"), ("step 1", "")]);
    let (effects, stretches) = advance(&mut app);
    assert!(effects.contains(&Effect::Ran) && stretches > 5, "{stretches}");
    let whole = open(&app.link_text());
    assert_eq!(app.outcomes()[0].digest, whole.outcomes()[0].digest);
    assert!(!shown(&app).contains("aria-busy"));
}

#[test]
fn on_a_slow_machine_a_small_run_goes_in_stretches_too() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static MS: AtomicU32 = AtomicU32::new(0);
    let slow =
        Options { clock: Some(|| f64::from(MS.fetch_add(20, Ordering::Relaxed))), ..Options::default() };
    let link = "retry?rate=280&capacity=300&attempts=2&for=3s";
    let mut app = App::opening(link, LABS, LABS[0], slow);
    assert!(!app.first_stretch(), "its time is up before it has ended");
    advance(&mut app);
    assert_eq!(shown(&app), shown(&open(link)));
}

/// Events of a millisecond each come one by one before long, and quick ones by the thousand.
#[test]
fn the_clock_is_looked_at_as_often_as_events_are_slow() {
    let settled = |event_ms: f64| (0..20).fold(250, |events, _| App::paced(events, event_ms * events as f64));
    assert_eq!((settled(1.0), settled(0.000_1)), (20, 2_000));
    assert!((50..200).contains(&settled(0.01)), "{}", settled(0.01));
}

#[test]
fn a_large_link_opens_when_its_run_has_ended_and_undo_comes_back() {
    let mut first = open_in_stretches(LARGE);
    assert!(!first.is_ready() && first.is_waiting());
    advance(&mut first);
    let whole = open(LARGE);
    assert_eq!(shown(&first), shown(&whole));
    let mut app = open_in_stretches("quorum?w=1");
    tell(&mut app, &[(&format!("open {LARGE}"), "")]);
    assert!(app.is_waiting() && app.link_text() == "quorum?w=1", "{}", app.link_text());
    let (effects, _) = advance(&mut app);
    assert!(effects.contains(&Effect::Changed));
    assert_eq!(app.outcomes()[0].digest, whole.outcomes()[0].digest);
    tell(&mut app, &[("undo", "")]);
    advance(&mut app);
    assert_eq!(app.link_text(), "quorum?w=1");
}

#[test]
fn what_comes_meanwhile_does_not_disturb_a_run_under_way() {
    for message in ["play", "end", "pair", "undo", "width 360", "share", "why promise recovers", "help"] {
        let mut app = open_in_stretches("retry");
        tell(&mut app, &[("set for", "1m"), ("set rate", "300")]);
        assert!(app.is_waiting());
        let msg = Msg::parse(message, "", true).expect("a message");
        app.update(msg);
        shown(&app);
        advance(&mut app);
        assert_eq!(app.outcomes()[0].digest, open(&app.link_text()).outcomes()[0].digest, "{message}");
        shown(&app);
    }
}

#[test]
fn a_pause_within_a_stretch_of_several_events_is_after_those_that_have_happened() {
    let mut app = open("retry");
    assert!(app.play.true_time, "more events than one watches");
    tell(&mut app, &[("speed", "8"), ("seek", "100"), ("play", "")]);
    let leg = app.leg().expect("it plays");
    assert!(leg.to_stop > app.play.stop + 1, "{leg:?}");
    let middle_us = app.stop_us(leg.to_stop - 1);
    assert!(middle_us > leg.from_us, "{leg:?}");
    tell(&mut app, &[(&format!("pause {middle_us}"), "")]);
    assert_eq!((app.play.stop, app.play.at_us), (app.stop_at(middle_us), middle_us));
    assert!(app.leg().is_some_and(|next| next.from_us == middle_us && next.ms < 1_000.0));
}

#[test]
fn a_large_run_is_watched_for_ten_seconds_at_the_least() {
    for link in ["retry", "retry?for=20s", "breaker", "ring?nodes=16&add=16", "cap?n=5&clients=5&b.choose=ap"]
    {
        let app = open(link);
        assert!(app.play.true_time, "{link}: {} stops", app.last_stop());
        let lasts_ms = |speed: usize| app.ended_us() as f64 / 1_000.0 / super::play::SPEEDS[speed].0;
        let chosen = app.play.speed;
        assert!(lasts_ms(chosen) >= 10_000.0, "{link}: {} ms", lasts_ms(chosen));
        let plain = super::play::SPEEDS.iter().position(|speed| speed.0 == 1.0).unwrap();
        assert!(chosen == plain || lasts_ms(chosen + 1) < 10_000.0, "{link}: {} ms", lasts_ms(chosen));
    }
}

#[test]
fn what_only_one_of_two_runs_has_does_not_stop_the_other() {
    let mut app = open("cap?n=7&b.n=3&panels=stage,inspector,timeline");
    tell(&mut app, &[("focus node n7", ""), ("step 1", ""), ("focus node c1", "")]);
    assert!(shown(&app).contains("sb-inspector"));
    let mut app = open("quorum");
    tell(&mut app, &[("goto-second 5", "")]);
    assert!(shown(&app).contains("sb-stage"));
}

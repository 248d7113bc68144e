//! Moments: a link leads back to the very one at which it was taken.

use super::*;

/// What the lights show, in every run.
fn lights(app: &App) -> Vec<State> {
    let sides = app.outcomes().iter().enumerate();
    sides.flat_map(|(side, outcome)| outcome.verdicts.iter().map(move |v| app.shows(side, v).state)).collect()
}

/// Opens the link of a widget, and has that give the same link.
fn led_back(app: &App) -> App {
    let again = open(&app.link_text());
    assert_eq!((again.play.stop, again.play.at_us), (app.play.stop, app.play.at_us), "{}", app.link_text());
    assert_eq!(lights(&again), lights(app), "{}", app.link_text());
    assert_eq!(again.link_text(), app.link_text());
    again
}

#[test]
fn files_tell_where_they_come_from() {
    let mut app = open("quorum?w=1&r=1&do=1s:cut:n1-n2.n3");
    let mut file = |message: &str| match &tell(&mut app, &[(message, "")])[..] {
        [Effect::Save { name, text, .. }] => (name.clone(), text.clone()),
        [Effect::SaveRun { name, run }] => (name.clone(), serde_json::to_string(run).unwrap()),
        effects => panic!("{message}: {effects:?}"),
    };
    let (name, picture) = file("save-png stage");
    assert_eq!(name, "splitbrain-quorum-stage.png");
    assert!(
        picture.contains("seed 1. Judged over the whole run, broken: ")
            && picture.contains("labs/quorum/full/"),
        "{picture}"
    );
    let (name, run) = file("save-json");
    let run: serde_json::Value = serde_json::from_str(&run).unwrap();
    assert_eq!(name, "splitbrain-quorum-run.json");
    assert!(run["link"].as_str().unwrap().contains("w=1") && run["series"].is_array(), "{run}");
    let (name, table) = file("save-csv");
    assert_eq!(name, "splitbrain-quorum-records.csv");
    assert_eq!(table.lines().count(), app.outcomes[0].trace.records().len() + 1);
    tell(&mut app, &[("open", "quorum?hide=lights")]);
    assert!(tell(&mut app, &[("save-json", "")]).is_empty(), "figures give the lights away");
}

#[test]
fn a_link_taken_at_a_deadline_that_nothing_follows_opens_there() {
    let quorum = LABS.iter().find(|lab| lab.meta().id == "quorum").expect("a lab").presets();
    let mut app = open(quorum.iter().find(|preset| preset.id == "apart").expect("a preset").link);
    tell(&mut app, &[("end", "")]);
    assert!(lights(&app).contains(&State::Broken));
    led_back(&app);
    // Between two records, too, and before the first.
    let (last, first) = (app.stop_us(app.last_stop()), app.stop_us(1));
    for at_us in [last + 1, app.ended_us() - 1, app.stop_us(30) + 1, first / 2] {
        app.place_at(at_us);
        led_back(&app);
    }
}

#[test]
fn a_change_of_one_run_is_after_what_the_other_did_before_it() {
    for link in ["quorum?w=1&r=1&do=1s:cut:n1-n2.n3&b.w=2&b.do=1s:cut:n1-n2.n3,2s:heal&b.seed=5"] {
        let mut app = open(link);
        let mut before = (0, 0);
        loop {
            tell(&mut app, &[("verdict 1", "")]);
            if (app.play.stop, app.play.at_us) == before {
                break;
            }
            before = (app.play.stop, app.play.at_us);
            assert_eq!(app.stop_at(app.play.at_us), app.play.stop, "{}", app.link_text());
            led_back(&app);
        }
        assert!(before.0 > 0, "some light changes");
    }
}

#[test]
fn what_is_said_twice_is_announced_twice() {
    let mut app = open("quorum");
    tell(&mut app, &[("speed", "8")]);
    let mut heard = Vec::new();
    for _ in 0..3 {
        tell(&mut app, &[("faster", "")]);
        heard.push(app.said.clone());
        // What says nothing leaves the region alone.
        tell(&mut app, &[("width 360", "")]);
        assert_eq!(heard.last(), Some(&app.said));
    }
    assert!(heard.iter().all(|said| said.trim() == "Speed 10."), "{heard:?}");
    assert!(heard[0] != heard[1] && heard[1] != heard[2], "each differs from the one before: {heard:?}");
}

#[test]
fn copied_is_said_when_it_is() {
    let mut app = open("quorum");
    let effects = tell(&mut app, &[("share", ""), ("copy link", "")]);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Copy(_))) && app.said.is_empty());
    tell(&mut app, &[("copied", "done")]);
    assert_eq!(app.said, "Copied.");
    tell(&mut app, &[("copied", "selected")]);
    assert!(shown(&app).contains("copy it with Ctrl+C"), "in the sheet, too");
    tell(&mut app, &[("share", ""), ("share", "")]);
    assert!(!shown(&app).contains("sb-told\">The browser"), "what was said of the last time is gone");
}

#[test]
fn one_call_waits_and_two_wait() {
    let mut app = open("retry?panels=services");
    let mut one = 0;
    for stop in (0..app.last_stop()).step_by(7).take(400) {
        tell(&mut app, &[("seek", &stop.to_string())]);
        let words = app.with_look(0, "services", 720, |look| {
            crate::views::services::draw(look).scene.expect("a picture").description
        });
        for wrong in [" 1 calls", " 1 wait,", " 1 sleep ", " 1 have "] {
            assert!(!words.contains(wrong), "{words}");
        }
        one += usize::from(words.contains("1 call waits") || words.contains(" 1 waits"));
    }
    assert!(one > 0, "once there is one");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A link, opened, gives the same link, whatever was done before it was taken.
    #[test]
    fn a_link_opens_where_it_was_taken(
        preset in 0usize..400, pair: bool, hands in prop::collection::vec((0usize..9, 0usize..1_000), 1..6),
    ) {
        let links: Vec<&str> = LABS.iter().flat_map(|lab| lab.presets()).map(|preset| preset.link).collect();
        let mut app = open(links[preset % links.len()]);
        if pair && app.outcomes().len() == 1 {
            tell(&mut app, &[("pair", ""), ("set seed", "12")]);
        }
        for (hand, number) in hands {
            let stop = (app.last_stop() * number / 1_000).to_string();
            let at_us = app.ended_us() * number as u64 / 1_000;
            match hand {
                0 | 1 => drop(tell(&mut app, &[("seek", &stop)])),
                2 => app.place_at(at_us),
                3 => drop(tell(&mut app, &[("verdict 1", "")])),
                4 => drop(tell(&mut app, &[("verdict -1", "")])),
                5 => drop(tell(&mut app, &[("end", "")])),
                6 => drop(tell(&mut app, &[("step -1", "")])),
                7 => drop(tell(&mut app, &[("step 1", "")])),
                _ => drop(tell(&mut app, &[("play", ""), ("arrive", ""), ("pause", "")])),
            }
        }
        // A narrated run opens at its first words, and not before them.
        if app.play.stop > 0 || !app.is_narrated() {
            led_back(&app);
        }
    }
}

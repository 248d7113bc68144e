//! Challenges, narrated runs, saved runs, pasted links and worksheets, as a reader meets them.

use super::{breaking, open, shown, tell};
use crate::app::{App, Effect};
use crate::scene::Shape;
use splitbrain::labs::LABS;

#[test]
fn a_challenge_is_guessed_attempted_judged_and_remembered() {
    let mut app = open("quorum");
    tell(&mut app, &[("attempt fresh", "")]);
    assert!(app.link_text().contains("challenge=fresh"), "{}", app.link_text());
    assert!(shown(&app).contains("Guess first"));
    // Nothing is judged before the guess; afterwards each change is.
    tell(&mut app, &[("set w", "2"), ("set r", "2")]);
    assert!(app.kept.done.is_empty());
    tell(&mut app, &[("attempt fresh", ""), ("guess 1", "")]);
    assert!(shown(&app).contains("Not reached yet"));
    let effects = tell(&mut app, &[("set w", "2"), ("set r", "2")]);
    let kept = Effect::Keep { name: "done", text: "quorum/fresh".into() };
    assert!(effects.contains(&kept), "{effects:?}");
    let html = shown(&app);
    assert!(html.contains("You guessed: all of them. It is: those on the side of one replica."), "{html}");
    // Another lab's run, or another page's memory, changes nothing of what was reached.
    tell(&mut app, &[("undo", "")]);
    assert!(shown(&app).contains("Not reached yet") && app.was_reached("fresh"));
    tell(&mut app, &[("attempt-off", "")]);
    assert!(!shown(&app).contains("sb-task"));
}

#[test]
fn a_narrated_run_goes_from_stop_to_stop_by_one_key() {
    let told = LABS.iter().flat_map(|lab| lab.presets()).find(|preset| preset.id == "told").expect("a scene");
    for still in ["still off", "still on"] {
        let mut app = open(told.link);
        tell(&mut app, &[(still, "")]);
        let stops = app.narration_stops();
        assert_eq!(app.play.stop, stops[0], "it opens at its first words");
        let mut heard = vec![app.conditions(0).says.expect("words")];
        while app.play.stop < app.last_stop() {
            tell(&mut app, &[("toggle", "")]);
            while app.is_playing() {
                tell(&mut app, &[("arrive", "")]);
            }
            assert!(stops.contains(&app.play.stop) || app.play.stop == app.last_stop());
            assert!(app.halted.is_none(), "the script says where it stops");
            if stops.contains(&app.play.stop) {
                assert!(shown(&app).contains("sb-go") && app.conditions(0).says.as_ref() == Some(&app.said));
                heard.push(app.said.clone());
            }
        }
        assert_eq!(heard.len(), stops.len());
        assert!(heard.iter().any(|words| words.contains("reads the old value")));
        // While it plays, the key is there at once; and there is a way back.
        tell(&mut app, &[("toggle", ""), ("play", ""), ("on", ""), ("back", "")]);
        assert_eq!(app.play.stop, stops[0]);
    }
}

/// The keys of the marks on the stage at which it points.
fn pointed(app: &App) -> Vec<String> {
    let picture = app.draw(crate::views::find("stage").expect("a view"), 0, 360);
    let marks = picture.scene.expect("a drawing").marks.into_iter();
    let pointed = marks.filter(|mark| match &mark.shape {
        Shape::Group(parts) => parts.iter().any(|part| part.key == "point"),
        _ => false,
    });
    pointed.map(|mark| mark.key).collect()
}

#[test]
fn a_scene_points_at_what_is_under_way_whatever_number_its_record_has() {
    // Replicas copy x from n1 to n2: while the copy is under way it is pointed at, then the link is.
    let scene = "quorum?rate=0&for=900ms&do=100ms:ask:c1:put.x.1,101ms:point:n1-n2:write";
    for link in [scene.to_string(), format!("{scene}&w=1&seed=5"), scene.replace("for=", "n=5&for=")] {
        let mut app = open(&link);
        assert!(app.problems.is_empty(), "{link}: {:?}", app.problems);
        let flies = |app: &App| pointed(app).first().is_some_and(|key| key.starts_with('m'));
        let (mut seen, mut landed) = (0, 0);
        tell(&mut app, &[("start", "")]);
        while !app.is_at_end() {
            tell(&mut app, &[("step 1", "")]);
            let points = pointed(&app);
            assert!(points.len() <= 1, "{points:?}");
            if flies(&app) {
                seen += 1;
            } else if !points.is_empty() {
                landed += 1;
                assert_eq!(points, ["link-n1-n2"]);
            }
        }
        assert!(seen > 0 && landed > 0, "{link}: {seen} {landed}");
    }
    let strange = open("quorum?do=1s:point:n1-n2:letter");
    assert!(shown(&strange).contains("there is no message ‘letter’ here"));
}

#[test]
fn captions_are_words_and_nothing_else() {
    let app = open("ping?do=0us:say:-3Cimg_src-3Dx_onerror-3Dalert-281-29-3E,0us:stop");
    assert!(shown(&app).contains("&lt;img src=x onerror=alert(1)&gt;"));
    let long = format!("ping?do=0us:say:{}", "a".repeat(121));
    assert!(open(&long).problems.iter().any(|problem| problem.sentence.contains("at most 120 characters")));
}

#[test]
fn runs_are_saved_opened_deleted_exported_and_imported() {
    let mut app = open("quorum?w=1");
    let effects =
        tell(&mut app, &[("save-name", " my  first "), ("save-run", ""), ("set r", "1"), ("save-run", "")]);
    assert!(
        effects.contains(&Effect::Keep { name: "saved", text: "quorum?w=1 my first".into() }),
        "{effects:?}"
    );
    assert_eq!(app.kept.saved.len(), 2, "one without a name has one all the same: {:?}", app.kept.saved);
    tell(&mut app, &[("open-kept saved 1", "")]);
    assert_eq!(app.link_text(), "quorum?w=1");
    assert_eq!(app.kept.recent[0].link, "quorum?w=1&r=1", "what was left is among those opened last");
    tell(&mut app, &[("forget 0", "")]);
    let exported = tell(&mut app, &[("export", "")]);
    let [Effect::Save { text, .. }] = exported.as_slice() else { panic!("{exported:?}") };
    assert_eq!(text, "quorum?w=1 my first\n");
    let file = format!("{text}\nhttps://example.org/labs/cap/#n=5 five\nnonsense\n");
    tell(&mut app, &[("import", &file)]);
    assert_eq!(app.kept.saved.iter().map(|s| s.link.as_str()).collect::<Vec<_>>(), ["cap?n=5", "quorum?w=1"]);
    assert_eq!(app.said, "1 imported; 1 known already; no link to a run in line 4.");
    let many: String = (0..60).map(|seed| format!("ping?seed={}\n", seed + 2)).collect();
    tell(&mut app, &[("import", &many), ("save-run", "")]);
    assert!(
        app.kept.saved.len() == 50 && app.kept.told.contains("50 runs are the most"),
        "{}",
        app.kept.told
    );
    tell(&mut app, &[("panel saved", "")]);
    assert!(shown(&app).contains("50 of at most 50 saved"));
}

#[test]
fn what_is_pasted_opens_or_is_said_to_be_no_link() {
    for (text, link) in [
        ("cap?n=5", "cap?n=5"),
        (" https://example.org/x/labs/quorum/full/#w=1&r=1 \n", "quorum?w=1&r=1"),
        ("#w=1&r=1", "quorum?w=1&r=1"),
    ] {
        let mut app = open("quorum");
        tell(&mut app, &[("paste", text)]);
        assert_eq!(app.link_text(), link, "{text}");
        tell(&mut app, &[("undo", "")]);
        assert_eq!(app.link_text(), "quorum");
    }
    let mut app = open("quorum?w=1");
    tell(&mut app, &[("paste", "some words of a letter")]);
    assert_eq!(app.link_text(), "quorum?w=1");
    assert!(shown(&app).contains("What was pasted is no link to a run"), "{}", app.said);
}

/// What a worksheet must not say before its reader has judged.
const TELLING: [&str; 6] =
    ["sb-promise", "sb-tick-broken", "sb-is-broken", "data-on-click=\"why", "Broken", "verdict"];

#[test]
fn a_worksheet_tells_nothing_of_the_lights() {
    let link = breaking().link_text();
    let mark = if link.contains('?') { '&' } else { '?' };
    for panels in ["", "&panels=stage,verdicts,transcript,spacetime,timeline"] {
        let mut app = open(&format!("{link}{mark}hide=lights{panels}"));
        for message in ["width 360", "width 1200", "start", "play", "end", "verdict 1", "share"] {
            tell(&mut app, &[(message, "")]);
            while app.is_playing() {
                tell(&mut app, &[("arrive", "")]);
            }
            let html = shown(&app);
            let told = TELLING.iter().find(|word| html.contains(*word));
            assert_eq!(told, None, "{message}: {html}");
        }
        assert!(app.halted.is_none());
        assert!(app.shared_text().contains("hide=lights"), "the answer is a worksheet still");
    }
}

#[test]
fn a_worksheet_has_no_figures_no_chart_of_stale_reads_and_no_sentence_on_what_follows() {
    for link in ["quorum?w=1&r=1&do=1s:cut:n1-n2.n3,2s:heal", "cap?choose=ap&do=1s:cut:n1-n2.n3,2s:heal"] {
        let told = |hide: &str| {
            let app = open(&format!("{link}&panels=stage,charts,controls,timeline{hide}"));
            let sentences = app.lab().sentences(app.scenario());
            let html = shown(&app);
            let says = |words: &str| html.contains(&crate::markup::el("p").child(words).to_html());
            assert!(html.contains("read latency"), "what the reader may judge by stays");
            [
                html.contains("staleness of reads"),
                app.outcomes()[0].tallies.iter().any(|tally| html.contains(tally.name)),
                sentences.iter().any(|sentence| says(sentence)),
            ]
        };
        assert_eq!(told(""), [true; 3], "{link}");
        assert_eq!(told("&hide=lights"), [false; 3], "{link}");
    }
}

#[test]
fn what_the_browser_refuses_to_keep_is_not_said_to_be_saved() {
    let mut app = open("quorum?panels=stage,saved");
    tell(&mut app, &[("save-run", "")]);
    assert!(shown(&app).contains("Saved: "));
    tell(&mut app, &[("unkept", "")]);
    let html = shown(&app);
    assert!(!html.contains("Saved: ") && html.contains("Not kept: "), "{html}");
    assert!(html.contains("they last until it closes"));
    tell(&mut app, &[("kept saved", "")]);
    assert!(shown(&app).contains("They stay in this browser."), "once it keeps again");
}

#[test]
fn what_a_link_locks_cannot_be_moved() {
    let mut app = open("quorum?w=1&do=1s:crash:n1&controls=r,seed");
    let before = app.link().scenario.clone();
    let locked = [
        ("set w", "2"),
        ("reset w", ""),
        ("do heal", ""),
        ("cue remove 0", ""),
        ("cue time 0", "2s"),
        ("cue drag 0", "9"),
        ("cue nudge 0 1", ""),
        ("draft add", ""),
        ("for", "2s"),
    ];
    for (message, value) in locked {
        tell(&mut app, &[(message, value)]);
        assert_eq!((&app.link().scenario, app.said.as_str()), (&before, "This is locked here."), "{message}");
    }
    tell(&mut app, &[("focus node n1", "")]);
    let html = shown(&app);
    for gone in ["data-on-click=\"do ", "data-on-change=\"cue", "draft", "data-on-click=\"knife", "slide w"] {
        assert!(!html.contains(gone), "{gone}");
    }
    tell(&mut app, &[("set r", "3"), ("seed", "5"), ("reset-all", "")]);
    assert!(app.link_text().contains("w=1&seed=5&do="), "what is locked is not reset: {}", app.link_text());
}

#[test]
fn lines_beyond_those_that_are_read_are_said() {
    let mut app = open("quorum");
    let lines = |count: usize| (0..count).map(|_| "quorum?w=1 one\n").collect::<String>();
    tell(&mut app, &[("import", &lines(1_000))]);
    assert_eq!(app.said, "1 imported; 999 known already.");
    tell(&mut app, &[("import", &format!("\n{}", lines(1_001)))]);
    assert_eq!(app.said, "0 imported; 1000 known already; 1 line after the first 1000 not read.");
}

#[test]
fn a_name_reads_as_it_is_written() {
    let mut app = open("quorum");
    tell(&mut app, &[("save-name", "\u{202e}kept\u{202c}\u{7}\u{2066} twice"), ("save-run", "")]);
    tell(&mut app, &[("import", "quorum?w=1\ta\u{200f}\u{202d}b\u{61c}")]);
    let names: Vec<&str> = app.kept.saved.iter().map(|saved| saved.name.as_str()).collect();
    assert_eq!(names, ["ab", "kept twice"]);
}

//! A brief widget: what it shows, where it opens, how it plays, and the way to the bench and back.

use super::{open, shown, tell};
use crate::app::{App, Options, Width};
use splitbrain::labs::LABS;

const CUT: &str = "quorum?w=1&r=1&do=1s:cut:n1-n2.n3,2s:heal&panels=stage,verdicts&knobs=w,r";

fn at_width(link: &str, width: u32) -> App {
    App::open(link, LABS, LABS[0], Options { width, ..Options::default() })
}

#[test]
fn it_shows_its_picture_time_knobs_and_one_promise() {
    let html = shown(&open(CUT));
    for part in [
        "sb-stage",
        "sb-time-row",
        "W: write quorum",
        "R: read quorum",
        "sb-question",
        "data-on-click=\"more\"",
    ] {
        assert!(html.contains(part), "{part}");
    }
    for part in ["sb-top", "sb-panels", "sb-status", "N: replicas", "sb-script", "sb-quick", "sb-moves"] {
        assert!(!html.contains(&format!("\"{part}")) && !html.contains(&format!(">{part}")), "{part}");
    }
    assert_eq!(html.matches("class=\"sb-question\"").count(), 1);
    let none = shown(&open("quorum?panels=spacetime&knobs=none"));
    assert!(!none.contains("sb-knob") && !none.contains("sb-question"));
    assert!(shown(&open("quorum?knobs=do")).contains("Cut by a line"));
}

#[test]
fn it_opens_where_its_promise_breaks_and_plays_from_a_little_before() {
    let mut app = open(CUT);
    let broken = app.outcomes()[0].verdict("latest").and_then(|verdict| verdict.break_()).unwrap().at.at_us;
    assert_eq!(app.play.at_us, broken);
    assert!(!app.waits(), "it plays by itself");
    tell(&mut app, &[("set r", "2"), ("set r", "1")]);
    assert_eq!(app.play.at_us, broken, "the picture stays where it was");
    tell(&mut app, &[("play", "")]);
    let from = app.stop_at(broken) - app.play.stop;
    assert!((1..=40).contains(&from), "from {from} events before");
    while app.is_playing() {
        tell(&mut app, &[("arrive", "")]);
    }
    assert_eq!(app.play.at_us, broken, "and halts there");
    tell(&mut app, &[("play", ""), ("arrive", "")]);
    assert!(app.play.at_us >= broken, "then it goes on");
    let mut posed = open(&format!("{CUT}&at=500ms"));
    assert_eq!((posed.play.at_us, posed.waits()), (500_000, false));
    tell(&mut posed, &[("step 1", ""), ("play", "")]);
    assert!(posed.play.at_us >= 500_000, "who has moved in time plays on from there");
}

#[test]
fn a_promise_that_was_broken_before_anything_happened_halts_nothing() {
    let mut app = open("ring?panels=ring,verdicts&knobs=vnodes");
    let broken =
        |app: &App| app.outcomes()[0].verdicts.iter().any(|v| v.break_().is_some_and(|c| c.at.at_us == 0));
    assert!(broken(&app));
    tell(&mut app, &[("play", "")]);
    for _ in 0..20 {
        tell(&mut app, &[("arrive", "")]);
    }
    assert!(app.play.at_us > 0 && app.halted.is_none());
    let named = open(&format!("{CUT}&law=durable"));
    assert!(
        shown(&named).contains("durability") && named.play.at_us == 0,
        "only the promise in question counts"
    );
}

#[test]
fn more_opens_the_bench_and_less_closes_it() {
    let mut app = open(CUT);
    let brief = shown(&app);
    tell(&mut app, &[("more", "")]);
    let bench = shown(&app);
    for part in ["N: replicas", "sb-script", "sb-status", "sb-transport", "data-on-click=\"less\""] {
        assert!(bench.contains(part), "{part}");
    }
    assert!(!app.link_text().contains("knobs"), "a link of the bench opens the bench");
    tell(&mut app, &[("less", "")]);
    assert_eq!(shown(&app).replace(&app.said, ""), brief);
    assert!(app.link_text().contains("knobs=w,r") && !app.address().contains("knobs"));
    let mut bench = open("quorum");
    tell(&mut bench, &[("more", "")]);
    assert!(!bench.unfolded);
}

#[test]
fn a_knob_moves_both_runs_of_a_comparison() {
    let link = "cap?do=1s:cut:n1-n2&b.choose=ap&panels=stage,verdicts&knobs=n";
    let mut app = open(link);
    tell(&mut app, &[("set n", "5")]);
    assert_eq!(app.link_text(), "cap?n=5&do=1s:cut:n1-n2&panels=stage,verdicts&knobs=n&b.choose=ap");
    tell(&mut app, &[("set n", "99")]);
    assert!(app.refused.is_some() && shown(&app).contains("sb-complaint"));
    assert!(app.link_text().contains("n=5"));
}

#[test]
fn where_there_is_no_room_two_runs_take_turns() {
    let link = "cap?do=1s:cut:n1.c1-n2.n3&b.choose=ap&panels=stage,verdicts&knobs=none";
    let mut narrow = at_width(link, 390);
    let figures = |app: &App| shown(app).matches("class=\"sb-figure\"").count();
    assert_eq!((narrow.width, figures(&narrow)), (Width::Narrow, 1));
    let first = shown(&narrow);
    tell(&mut narrow, &[("side 1", "")]);
    assert!(figures(&narrow) == 1 && shown(&narrow) != first);
    assert_eq!(figures(&at_width(link, 760)), 2);
}

#[test]
fn a_still_is_the_live_widget_with_nothing_to_press() {
    for width in [320, 390, 760, 1152] {
        let app = at_width(CUT, width);
        let (live, still) = (app.view(), at_width(CUT, width).still_view());
        let html = still.to_html();
        assert!(!html.contains("data-on-") && !html.contains("tabindex"), "{width}");
        assert_eq!(
            html.matches("<button").count(),
            html.matches("disabled").count() - html.matches("<input").count()
        );
        let outline = |html: String| -> Vec<String> {
            let classes = html
                .split("class=\"sb-")
                .skip(1)
                .map(|rest| rest.split(['"', ' ']).next().unwrap().to_string());
            classes.filter(|class| class != "button" && class != "acts" && class != "over").collect()
        };
        assert_eq!(outline(html), outline(live.to_html()), "{width}");
    }
}

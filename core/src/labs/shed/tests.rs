//! The lab's own tests, beside those that hold of every lab.

use super::*;
use crate::lab::{Detail, Lab, Outcome, State};
use crate::labs::tests::scenario as opens;
use crate::link;

fn run(text: &str) -> Outcome {
    LAB.run(&opens(text), Detail::Totals)
}

fn state(text: &str, promise: &str) -> State {
    run(text).verdict(promise).unwrap().last().state
}

#[test]
fn live_sentences_tell_what_the_settings_come_to() {
    let said = |text: &str| LAB.sentences(&opens(text)).join(" ");
    let short = said("shed?queue_limit=19");
    assert!(short.contains("With K = 20 places, the one in work among them, 67.4 a second are done in time; with 10 it would be 99.2"), "{short}");
    assert!(
        said("shed?expired=drop")
            .contains("waits for 10s until those before it are done; callers wait for 200ms")
    );
    let burst = said("shed?load=burst&rate=60&burst=5&queue_limit=10000");
    assert!(
        burst.contains(
            "the burst leaves 2000 requests, the last of which waits 20.0 s; 50.0 s after it nobody waits"
        ),
        "{burst}"
    );
    assert!(said("shed?load=burst&rate=60&burst=5").contains("2000 requests of 1000 places"));
}

#[test]
fn what_cannot_be_asked_is_said() {
    let problem = |text: &str| link::parse(text, &[&LAB]).problems.first().map(|p| p.sentence.clone());
    assert!(problem("shed?do=1s:ask:n1:call").unwrap().contains("only the caller"));
    assert!(problem("shed?do=1s:ask:c1:dance").unwrap().contains("ask:c1:call"));
    assert!(problem("shed?instances=9&scale=cpu&most_instances=3").unwrap().contains("raise most_instances"));
    assert!(problem("shed?codel=folly&target=1s").unwrap().contains("raise interval"));
    assert_eq!(problem("shed?do=1s:ask:c1:call-2,2s:crash:n1,3s:start:n1"), None);
}

#[test]
fn each_mending_keeps_what_the_collapse_breaks() {
    for (text, floor, bounded) in [
        ("shed", State::Broken, State::Broken),
        ("shed?queue_limit=9", State::Kept, State::Kept),
        ("shed?queue_limit=19", State::Broken, State::Broken),
        ("shed?queue=lifo&full=drop-oldest", State::Kept, State::Broken),
        ("shed?queue_limit=16&full=drop-oldest", State::Kept, State::Kept),
        ("shed?expired=drop", State::Broken, State::Broken),
        ("shed?codel=folly", State::Kept, State::Kept),
        ("shed?rate=50", State::Kept, State::Kept),
    ] {
        assert_eq!((state(text, "floor"), state(text, "bounded")), (floor, bounded), "{text}");
    }
}

#[test]
fn the_critical_are_safe_where_places_are_kept_or_others_go() {
    for (text, critical) in [
        ("shed?queue_limit=9", State::Broken),
        ("shed?queue=class&queue_limit=10", State::Broken),
        ("shed?queue=class&queue_limit=10&full=drop-lowest", State::Kept),
        ("shed?critical=0&queue_limit=9", State::Unknown),
    ] {
        assert_eq!(state(text, "critical"), critical, "{text}");
    }
}

/// An instance that goes down loses what it was given, and the others go on.
#[test]
fn an_instance_may_go_down() {
    let run =
        run("shed?rate=60&service=constant&instances=4&queue_limit=50&for=30s&do=5s:crash:n2,15s:start:n2");
    assert!(run.tally("goodput_per_s").unwrap() > 54_000_000, "{:?}", run.tallies);
    assert_eq!(run.verdict("recovers").unwrap().last().state, State::Kept);
}

/// Who is told to start while it is down starts once it is up, at the next look; and a controller that was down knows what it sees.
#[test]
fn a_controller_and_its_instances_may_go_down() {
    let link = "shed?load=step&rate=60&burst_at=15s&via=queue&service=constant&instances=4&queue_limit=100000&scale=rate&start_up=1s&for=2m&do=";
    let calm = run(link.trim_end_matches("&do="));
    for script in
        ["20s:crash:n6,50s:start:n6", "29s:crash:k2,50s:start:k2", "20s:crash:n1.n2,40s:start:n1.n2"]
    {
        let run = run(&format!("{link}{script}"));
        let [good, all] = [&run, &calm].map(|run| run.tally("throughput_per_s").unwrap());
        assert!(good * 10 > all * 9, "{script}: {good} of {all}");
    }
}

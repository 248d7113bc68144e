//! The lab's own tests, beside those that hold of every lab.

use super::*;
use crate::lab::{Lab, Outcome, State};
use crate::labs::tests::scenario as opens;
use crate::link;

fn run(text: &str) -> Outcome {
    LAB.run(&opens(text), Detail::Totals)
}

#[test]
fn what_cannot_be_asked_or_done_is_said() {
    let problem = |text: &str| link::parse(text, &[&LAB]).problems.first().map(|p| p.sentence.clone());
    assert_eq!(
        problem("cache?do=1s:ask:c1:get.x,1s:ask:c1:put.k17,1s:ask:n1:flush,2s:ask:n1:poison.x,3s:crash:n1"),
        None
    );
    assert!(problem("cache?do=1s:ask:c1:flush").unwrap().contains("the cache n1"));
    assert!(problem("cache?do=1s:ask:n1:get.x").unwrap().contains("clients"));
    assert!(problem("cache?do=1s:ask:c1:call").is_some());
    assert!(problem("cache?do=1s:ask:c1:dance").unwrap().contains("get.x"));
    for act in ["crash:n2", "wipe:n2", "fail:n2:answer:2", "crash:n."] {
        assert!(problem(&format!("cache?do=1s:{act}")).unwrap().contains("keeps what it has"), "{act}");
    }
    assert_eq!(problem("cache?do=1s:pause:n2:1s,2s:cut:n1-n2,3s:slow:n2:4"), None);
    assert!(problem("cache?strategy=write-behind&invalidate=set").unwrap().contains("invalidation"));
}

#[test]
fn presets_show_what_they_say() {
    let state = |id: &str, promise: &str| {
        let link = presets::PRESETS.iter().find(|preset| preset.id == id).unwrap().link;
        run(link).verdict(promise).unwrap().last().state
    };
    for (id, promise, expected) in [
        ("race-delete-before", "settled", State::Broken),
        ("race-delete-before", "fresh", State::Broken),
        ("race-lease", "settled", State::Kept),
        ("two-writers", "settled", State::Broken),
        ("write-through", "settled", State::Kept),
        ("write-around", "fresh", State::Broken),
        ("write-around", "own", State::Broken),
        ("write-behind-crash", "durable", State::Broken),
        ("herd", "one", State::Broken),
        ("herd-coalesce", "one", State::Kept),
        ("memcached", "settled", State::Kept),
        ("same-ttl", "spared", State::Broken),
        ("flush-stuck", "returns", State::Broken),
        ("poison", "clean", State::Broken),
    ] {
        assert_eq!(state(id, promise), expected, "{id}: {promise}");
    }
}

#[test]
fn live_sentences_say_what_is_expected() {
    let said = |text: &str| LAB.sentences(&opens(text)).join(" ");
    assert!(
        said("cache?writes=0").contains("0.577 of the reads hit, at most 0.693"),
        "{}",
        said("cache?writes=0")
    );
    assert!(said("cache?writes=0&keys=1&recompute=100ms&latency=0ms").contains("11 requests fetch it"));
    assert!(said("cache?strategy=write-behind").contains("up to 1s before"));
    for text in [
        "cache?load=loop&keys=1&size=1",
        "cache?rate=0&keys=1&size=100000",
        "cache?zipf=0&store_rate=1&recompute=60s",
    ] {
        said(text);
    }
}

#[test]
fn settings_are_exported_as_redis_reads_them() {
    let text = |link: &str| LAB.exports(&opens(link)).remove(0).text;
    assert!(
        text("cache?evict=lfu&size=64")
            .starts_with("maxmemory 65536\nmaxmemory-policy allkeys-lfu\nmaxmemory-samples 10\n")
    );
    assert!(text("cache?evict=sieve").contains("# this policy cannot be said"));
    assert!(!text("cache?evict=random").contains("samples"));
}

/// Each cell of the lesson's table is a run, and comes out as the cell says.
#[test]
fn the_decision_table_is_made_of_runs() {
    let lesson = include_str!("README.md");
    let link = |strategy: &str, column: &str| {
        let head = format!("[{strategy}-{column}]: full/#");
        let line = lesson.lines().find_map(|line| line.strip_prefix(head.as_str())).expect("a run");
        assert!(link::parse(line, &[&LAB]).problems.is_empty(), "{line}");
        run(line)
    };
    let is = |outcome: &Outcome, promise, state| outcome.verdict(promise).unwrap().last().state == state;
    for strategy in ["aside", "read-through", "write-through", "write-around", "write-behind"] {
        let (through, around, behind) = (
            !matches!(strategy, "aside" | "write-around"),
            strategy == "write-around",
            strategy == "write-behind",
        );
        let state = |broken| if broken { State::Broken } else { State::Kept };
        let miss = link(strategy, "miss");
        assert_eq!(
            miss.tally("read_p50_ms"),
            Some(if through { 16_000 } else { 18_000 }),
            "{strategy}: miss"
        );
        assert!(is(&link(strategy, "stale"), "fresh", state(around)), "{strategy}: stale");
        assert!(is(&link(strategy, "lost"), "durable", state(behind)), "{strategy}: lost");
        let good = link(strategy, "crash").tally("good_end_share").unwrap();
        assert!(if through { good < 200_000 } else { good > 950_000 }, "{strategy}: crash, {good}");
        assert!(is(&link(strategy, "poison"), "clean", state(around)), "{strategy}: poison");
        let full = link(strategy, "full");
        assert!(
            full.tally("evictions").unwrap() > 100 && is(&full, "durable", State::Kept),
            "{strategy}: full"
        );
    }
}

//! What the lights say of known runs in which values are deleted and forgotten, clocks jump, disks go and nodes stand still; and that they
//! go by what clients are told.

use crate::lab::{Detail, Lab, Outcome, State, VerdictChange};
use crate::labs::tests::scenario;
use crate::scenario::Scenario;
use crate::tell::{Transcript, argument};

fn run(text: &str) -> Outcome {
    super::LAB.run(&scenario(text), Detail::Full)
}

fn broken(outcome: &Outcome) -> Vec<&'static str> {
    let broken = outcome.verdicts.iter().filter(|verdict| verdict.break_().is_some());
    broken.map(|verdict| verdict.promise).collect()
}

fn change<'a>(outcome: &'a Outcome, promise: &str) -> &'a VerdictChange {
    outcome.verdict(promise).expect("a promise of the lab").judged()
}

/// The sentences of the chain that tells why a promise was broken.
fn chain(text: &str, promise: &str) -> Vec<String> {
    let scenario = scenario(text);
    let outcome = super::LAB.run(&scenario, Detail::Full);
    let transcript = Transcript::of(&super::LAB, &scenario, &outcome);
    let change = change(&outcome, promise);
    assert_eq!(change.state, State::Broken, "{promise} of {text}: {}", change.why);
    argument(&transcript, change).into_iter().map(|step| step.says).collect()
}

/// Legs that all take 10 ms, and a client 5 ms from its coordinator.
const EVEN: &str = "quorum?rate=0&wleg=10ms&aleg=10ms&rleg=10ms&sleg=10ms&cleg=5ms";

#[test]
fn what_was_deleted_and_forgotten_is_not_lost_and_to_find_nothing_then_is_right() {
    for text in [
        "quorum?n=1&w=1&r=1&clients=1&rate=0&grace=300ms&for=2s&do=100ms:ask:c1:put.x.1,300ms:ask:c1:del.x,1.2s:ask:c1:get.x",
        "quorum?rate=0&grace=300ms&for=3s&do=100ms:ask:c1:put.x.1,400ms:ask:c2:get.x,700ms:ask:c1:del.x,2s:ask:c2:get.x",
        // The tombstone outlives its time in a hint, and comes to n3 with it.
        "quorum?rate=0&handoff=hints&sync=150ms&grace=300ms&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n3-n1.n2,400ms:ask:c1:del.x,1s:heal,1.5s:ask:c2:get.x",
    ] {
        let outcome = run(text);
        assert_eq!(broken(&outcome), [""; 0], "{text}");
        assert_eq!(outcome.tally("writes_lost"), Some(0), "{text}");
        let read = outcome.operations.last().expect("a read");
        assert_eq!(outcome.told(read).as_deref().map(|told| told.replace('–', "nothing")), Some("nothing".into()), "{text}");
    }
}

#[test]
fn where_nothing_is_written_but_deletions_every_read_is_right() {
    for seed in 0..30 {
        let scenario = Scenario { seed, ..scenario("quorum?w=1&r=1&deletes=1&reads=0.5") };
        assert_eq!(broken(&super::LAB.run(&scenario, Detail::Totals)), [""; 0], "seed {seed}");
    }
}

#[test]
fn a_deletion_that_a_late_hint_undoes_is_lost_and_replicas_disagree() {
    let text = "quorum?rate=0&handoff=sloppy&spare=1&grace=300ms&for=6s&do=100ms:ask:c1:put.x.1,300ms:cut:n2-n1.n3.n4,400ms:ask:c1:put.x.2,700ms:crash:n4,800ms:heal,1s:ask:c3:del.x,3s:start:n4,4s:ask:c2:get.x";
    let outcome = run(text);
    let lost = change(&outcome, "durable");
    assert_eq!(lost.state, State::Broken, "{}", lost.why);
    assert!((3_000_000..3_500_000).contains(&lost.at.at_us), "{:?}: {}", lost.at, lost.why);
    assert!(lost.why.contains("deletion of x by c3") && lost.why.contains("what stands is c1's x=2"), "{}", lost.why);
    let apart = change(&outcome, "converge");
    assert_eq!(apart.state, State::Broken, "{}", apart.why);
    assert!((4_000_000..4_500_000).contains(&apart.at.at_us), "{:?}: {}", apart.at, apart.why);
    assert_eq!(outcome.tally("writes_lost"), Some(1));
}

#[test]
fn the_order_is_broken_by_what_came_before() {
    let why = change(&run("quorum?deletes=0.3&seed=0"), "linearizable").why.clone();
    assert!(why.contains("c3's read of x at 1.65") && why.contains("which returned 17"), "{why}");
    assert!(why.contains("c2's read of x at 1.61") && why.contains("which returned 18, had already seen"), "{why}");
}

#[test]
fn what_a_wiped_replica_lacks_is_what_stands_now() {
    let text = "quorum?versions=dvv&clients=4&rate=0&for=4s&do=100ms:ask:c1:put.x.1,300ms:ask:c1:get.x,400ms:ask:c1:put.x.2,600ms:ask:c1:get.x,700ms:ask:c1:put.x.3,1s:wipe:n1,1.1s:start:n1,1.3s:ask:c4:put.x.9,2s:ask:c2:get.x";
    let why = change(&run(text), "converge").why.clone();
    assert!(why.contains("n1 still lacks c1's x=3") && why.contains("; n2, n3 lack c4's x=9"), "{why}");
    assert!(!why.contains("x=1"), "{why}");
}

#[test]
fn a_write_of_zero_is_missed_like_any_other() {
    for value in [0, 7] {
        let text = format!("{EVEN}&w=1&r=1&for=1s&do=50ms:cut:n1-n2.n3,100ms:ask:c1:put.x.{value},300ms:ask:c2:get.x");
        let broken = broken(&run(&text));
        assert!(broken.contains(&"latest") && broken.contains(&"linearizable"), "{value}: {broken:?}");
    }
}

#[test]
fn a_reason_names_the_acts_that_made_it_so() {
    let clock = format!("{EVEN}&for=2s&do=100ms:ask:c1:put.x.1,200ms:clock:n1:-500ms,300ms:ask:c1:put.x.2,500ms:ask:c1:get.x");
    let fast = "quorum?rate=0&for=1s&do=50ms:clock:n1:2s,100ms:ask:c1:put.x.1,400ms:ask:c2:put.x.2,700ms:ask:c2:get.x";
    let cut = format!("{EVEN}&w=1&r=1&for=1s&do=100ms:ask:c1:put.x.1,200ms:cut:n1-n2.n3,300ms:ask:c1:put.x.2,500ms:ask:c2:get.x");
    let down = format!("{EVEN}&w=1&r=1&for=1s&do=100ms:ask:c1:put.x.1,200ms:crash:n2,300ms:ask:c1:put.x.2,400ms:start:n2,500ms:ask:c2:get.x");
    // c1's write comes to n1 twice, and is stamped anew after c2's, which was asked for when c1's had been acknowledged.
    let twice = (0..200).map(|seed| {
        format!("quorum?cleg=uniform-10ms-200ms&wleg=10ms&aleg=10ms&rate=0&seed={seed}&for=1s&do=50ms:dup:c1-n1:put,100ms:ask:c1:put.x.1,340ms:ask:c2:put.x.2")
    });
    let twice = twice.into_iter().find(|text| broken(&run(text)).contains(&"durable")).expect("a seed");
    let dropped = format!("{EVEN}&w=1&r=1&for=1s&do=50ms:drop:n1-n2:write,100ms:ask:c1:put.x.1,300ms:ask:c2:get.x");
    for (text, promise, words) in [
        (&clock, "latest", &["set the clock of n1 back by 500ms", "n1 is asked for c1's x=1, and stamps it"][..]),
        (&clock, "own", &["set the clock of n1 back by 500ms"]),
        (&clock, "linearizable", &["set the clock of n1 back by 500ms"]),
        (&clock, "durable", &["set the clock of n1 back by 500ms"]),
        (&fast.to_owned(), "durable", &["set the clock of n1 forward by 2s"]),
        (&cut, "latest", &["cut n1 off from n2, n3", "c1's x=1 is asked for"]),
        (&cut, "linearizable", &["cut n1 off from n2, n3"]),
        (&down, "latest", &["crash n2"]),
        (&dropped, "latest", &["drop the next write from n1 to n2"]),
        (&twice, "durable", &["deliver the next put from c1 to n1 twice", "once more, and stamps it anew"]),
    ] {
        let chain = chain(text, promise);
        for word in words {
            assert!(chain.iter().any(|says| says.contains(word)), "{promise} of {text}: no “{word}” in {chain:#?}");
        }
    }
}

/// n1 keeps x=1 when x=3 comes, and has given it up for x=2 when it is asked.
#[test]
fn what_replaced_what_a_server_kept_is_stamped_later_too() {
    let text = format!("{EVEN}&w=1&r=1&sync=100ms&for=3s&do=100ms:ask:c1:put.x.1,150ms:cut:n2-n1.n3,200ms:ask:c2:put.x.2,250ms:clock:n1:-500ms,300ms:ask:c1:put.x.3,400ms:heal,2s:ask:c1:get.x");
    let why = change(&run(&text), "latest").why.clone();
    assert!(why.contains("c1 read x=2") && why.contains("kept c1's x=1, which is stamped later"), "{why}");
    assert!(why.contains("c2's x=2, which had taken the place of that, is stamped later, too"), "{why}");
}

/// A slow server's answers come too late: that was done by somebody, and is named.
#[test]
fn what_made_a_server_slow_is_named() {
    let slow = format!("{EVEN}&w=3&timeout=100ms&for=2s&do=50ms:slow:n3:30,100ms:ask:c1:put.x.1,900ms:slow:n3:1");
    let slowed = chain(&format!("{slow},1s:ask:c2:get.x"), "failed");
    assert!(slowed.iter().any(|says| says.contains("slow") && says.contains("n3")), "{slowed:#?}");
    let well = chain(&format!("{EVEN}&w=3&timeout=100ms&for=2s&do=50ms:slow:n3:30,80ms:slow:n3:1,90ms:cut:n1-n3,100ms:ask:c1:put.x.1,1s:ask:c2:get.x"), "failed");
    assert!(!well.iter().any(|says| says.contains("slow")), "it was as fast as ever by then: {well:#?}");
}

#[test]
fn a_read_that_writes_back_lists_the_answers_that_it_returned() {
    // n2's and n3's answers come while n1's is being written back to them.
    let text = "quorum?rate=0&w=2&r=1&repair=blocking&wleg=20ms&aleg=10ms&rleg=10ms&sleg=5ms&cleg=5ms&for=1s&do=100ms:ask:c1:put.x.1,250ms:drop:n2-n1:write,300ms:ask:c2:put.x.2,500ms:ask:c1:get.x";
    let why = change(&run(text), "latest").why.clone();
    assert!(why.starts_with("c1 read x=1 from n1, although c2's x=2 had been acknowledged"), "{why}");
    assert!(why.ends_with("n1 had not received it: the message was dropped."), "{why}");
}

#[test]
fn who_is_down_or_paused_or_cut_off_parts_replicas_and_a_client_that_is_cut_off_does_not() {
    let last = |text: &str| {
        let outcome = run(text);
        let light = outcome.verdict("converge").expect("a promise of the lab").last().clone();
        (light.state, light.why)
    };
    let paused = format!("{EVEN}&for=3s&do=50ms:pause:n3:10s,100ms:ask:c1:put.x.1");
    assert_eq!(last(&paused), (State::Unknown, "Replicas need not agree while n3 is paused.".into()));
    let resumed = format!("{EVEN}&for=3s&do=50ms:pause:n3:2s,100ms:ask:c1:put.x.1");
    assert_eq!(last(&resumed).0, State::Kept);
    let client = format!("{EVEN}&for=3s&do=50ms:cut:c1-n1,100ms:ask:c2:put.x.1");
    assert_eq!(last(&client).0, State::Kept);
    let dead = "quorum?load=probe&handoff=sloppy&spare=2&n=5&w=4&r=3&legs=exp&down=0.5&for=3s&seed=4";
    let (state, why) = last(dead);
    assert_eq!(state, State::Unknown);
    assert!(why.contains("are down"), "{why}");
}

/// What clients asked and were told, and when.
fn told(outcome: &Outcome) -> Vec<(u64, String, Option<u64>, Option<String>)> {
    let words = |operation| outcome.told(operation).map(|told| told.replace('–', "nothing"));
    let operations = outcome.operations.iter();
    operations.map(|op| (op.invoked.at_us, outcome.asked(op), op.returned.map(|at| at.at_us), words(op))).collect()
}

#[test]
fn runs_in_which_clients_are_told_the_same_are_judged_the_same() {
    const READING: [&str; 5] = ["latest", "own", "monotonic", "bounded", "linearizable"];
    let (mut same, mut forgotten) = (0, 0);
    for settings in ["", "&w=1&r=1", "&w=1&r=1&sticky=off", "&sync=200ms", "&write=ask&repair=blocking", "&versions=dvv"] {
        for seed in 0..25 {
            let runs = ["", "&grace=300ms"].map(|grace| {
                let text = format!("quorum?deletes=0.3{settings}{grace}");
                super::LAB.run(&Scenario { seed, ..scenario(&text) }, Detail::Full)
            });
            if told(&runs[0]) != told(&runs[1]) {
                continue;
            }
            same += 1;
            forgotten += u32::from(runs[0].digest != runs[1].digest);
            let judged = runs.each_ref().map(|outcome| {
                READING.map(|id| outcome.verdict(id).and_then(|verdict| verdict.break_()).map(|change| change.at.at_us))
            });
            assert_eq!(judged[0], judged[1], "quorum?deletes=0.3{settings} seed {seed}");
        }
    }
    assert!(same > 60 && forgotten > 60, "{same} runs, {forgotten} in which a tombstone was forgotten");
}

#[test]
fn what_went_with_its_disks_was_not_outvoted_by_a_stamp_or_a_counter() {
    for versions in ["lww", "vv", "dvv"] {
        let text = format!(
            "{EVEN}&w=1&versions={versions}&for=1s&do=50ms:ask:c1:put.x.1,290ms:cut:n1-n2.n3,300ms:ask:c1:put.x.2,500ms:wipe:n1,600ms:start:n1,600ms:heal"
        );
        let why = change(&run(&text), "durable").why.clone();
        assert!(why.ends_with("what stands is c1's x=1, which is older; the disks that had it are gone."), "{versions}: {why}");
        let chain = chain(&text, "durable");
        assert_eq!(chain.last().map(String::as_str), Some("n1 had it and lost its disk; with that its last trace goes"));
    }
}

#[test]
fn no_server_is_said_to_have_forgotten_and_no_clock_to_be_fast_where_none_is() {
    let mut lost = [0, 0];
    for seed in 0..60 {
        for (place, text) in [
            "quorum?versions=vv&clients=4&rate=12&reads=0.3&deletes=0.3&for=1.5s",
            "quorum?w=1&rate=8&reads=0.4&for=1.5s&do=300ms:cut:n1-n2.n3,600ms:wipe:n1,700ms:start:n1,700ms:heal,1s:wipe:n2,1.1s:start:n2",
        ].into_iter().enumerate() {
            let outcome = super::LAB.run(&Scenario { seed, ..scenario(text) }, Detail::Totals);
            let why = &change(&outcome, "durable").why;
            lost[place] += u32::from(why.contains("is gone"));
            assert!(!why.contains("forgot its counter") && !why.contains("stamped later"), "seed {seed} of {text}: {why}");
        }
    }
    assert!(lost.iter().all(|lost| *lost > 5), "{lost:?}");
}

#[test]
fn a_reason_names_what_won_where_a_write_was_refused_or_given_up() {
    let fast = format!("{EVEN}&for=1s&do=50ms:clock:n1:2s,100ms:ask:c1:put.x.1,400ms:ask:c2:put.x.2,700ms:ask:c2:get.x");
    let why = change(&run(&fast), "latest").why.clone();
    assert!(why.contains("had received it and kept c1's x=1, which is stamped later"), "{why}");
    // Where writes ask first, a coordinator that has forgotten a key counts from one again.
    let alike = "quorum?w=2&r=1&handoff=hints&deletes=0.5&grace=500ms&write=ask&sticky=off&rate=5&seed=65&for=3s&rest=1.2s&do=993ms:cut:n2-n1.n3,1060ms:dup:n3-n1:any,1366ms:pause:n1:81ms,1574ms:heal";
    let chain = |text: &str| chain(text, "durable").join("\n");
    let told = chain(alike);
    for words in ["n1 had received it and kept the deletion of x by c1, which is stamped alike and wins the tie", "n2 had given it up for the deletion of x by c2"] {
        assert!(told.contains(words), "no “{words}” in {told}");
    }
    let lost = "quorum?versions=vv&clients=4&rate=0&for=1s&do=100ms:ask:c1:put.x.1,100ms:ask:c4:put.x.2";
    let told = chain(lost);
    for words in [
        "and numbers it",
        "had given it up for c1's x=1, whose vector covers it",
        "n2 had received it and kept c1's x=1, whose vector covers it, although that was written without having seen it",
    ] {
        assert!(told.contains(words), "no “{words}” in {told}");
    }
}

#[test]
fn what_stood_in_the_way_of_a_quorum_is_in_the_chain() {
    let lone = format!("{EVEN}&w=2&r=1&for=1.5s&do=50ms:cut1:n2.n3-n1,100ms:ask:c1:put.x.1,600ms:heal,800ms:ask:c2:get.x");
    let paused = format!("{EVEN}&w=3&r=1&for=1.5s&do=50ms:pause:n3:600ms,100ms:ask:c1:put.x.1,800ms:ask:c2:get.x");
    let spare = format!("{EVEN}&w=1&r=1&coordinator=apart&handoff=sloppy&spare=1&for=1.5s&do=100ms:ask:c1:put.x.1,300ms:cut:k2-n1.n2.n3,400ms:ask:c2:get.x");
    for (text, promise, words) in [
        // The acknowledgements die, not the write.
        (&lone, "failed", &["cut the way from n2, n3 to n1", "n2 takes c1's x=1", "its writer is told that it failed"][..]),
        (&paused, "failed", &["pause n3 for 600ms"]),
        (&spare, "latest", &["cut k2 off from n1, n2, n3", "n4, a spare node, had not been sent it"]),
    ] {
        let chain = chain(text, promise);
        for word in words {
            assert!(chain.iter().any(|says| says.contains(word)), "{promise} of {text}: no “{word}” in {chain:#?}");
        }
    }
    let refused = scenario("cap?for=2s&do=1s:cut:n1.c1-n2.n3.c2.c3");
    let outcome = crate::labs::cap::LAB.run(&refused, Detail::Full);
    let available = change(&outcome, "available");
    assert!(available.evidence.iter().any(|step| step.says == "cut n1, c1 off from n2, n3, c2, c3"), "{available:?}");
}

#[test]
fn a_tombstone_that_lives_longer_by_another_clock_is_told_with_the_clock() {
    let text = "quorum?versions=dvv&w=1&r=1&handoff=hints&deletes=0.3&grace=500ms&rate=3&seed=29&for=3s&rest=1.2s&do=335ms:clock:n2:-1000ms,774ms:pause:n2:306ms,956ms:cut1:n1-n3,1110ms:cut:n2-n1.n3,1616ms:heal,1653ms:heal";
    let chain = chain(text, "converge");
    assert!(chain.iter().any(|says| says == "set the clock of n2 back by 1s"), "{chain:#?}");
}

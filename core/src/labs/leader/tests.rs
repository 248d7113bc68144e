//! Runs of the lab: its presets show what they say, a margin keeps what it promises, and answers to challenges that are none are not taken.

use super::challenges::CHALLENGES;
use super::meta::fact;
use super::{LAB, presets};
use crate::lab::{Detail, Lab, Outcome, State};
use crate::labs::tests::scenario;
use crate::scenario::Scenario;
use crate::trace::{Fact, FactKey};

fn outcome(text: &str) -> Outcome {
    LAB.run(&scenario(text), Detail::Full)
}

fn tally(outcome: &Outcome, name: &str) -> i64 {
    outcome.tally(name).unwrap_or(-1)
}

#[test]
fn presets_show_what_they_say() {
    for (id, broken) in [
        ("first", &[][..]),
        ("crash", &["once"]),
        ("paused", &["one", "once", "fenced"]),
        ("fenced", &["one"]),
        ("checked", &["one", "once", "fenced"]),
        ("drift", &["one", "fenced"]),
        ("margin", &[]),
        ("from-answer", &["one", "fenced"]),
        ("cut-off", &[]),
        ("never", &["one", "once", "fenced"]),
        ("store-down", &["someone", "once"]),
        ("kubernetes", &["once"]),
        ("stepdown", &["once"]),
        ("chain", &[]),
        ("herd", &[]),
        ("bully", &["one", "numbered", "once"]),
        ("bully-19", &[]),
        ("bully-cut", &["one", "numbered", "once", "fenced"]),
        ("ring", &[]),
    ] {
        let preset = LAB.presets().iter().find(|preset| preset.id == id).unwrap();
        let outcome = outcome(preset.link);
        let lights = LAB.meta.promises.iter().map(|promise| promise.id);
        let found: Vec<&str> = lights.filter(|light| outcome.stands(light, State::Broken)).collect();
        assert_eq!(found, broken, "{id}");
    }
    assert_eq!(LAB.presets().len(), 19);
}

/// Whatever cuts, losses and delays there are: who stops a margin early never leads beside another, on clocks within the bound.
#[test]
fn a_margin_keeps_two_from_leading_on_any_clocks_within_its_bound() {
    let mut leaders = 0;
    for way in [
        "judge=store",
        "judge=observer",
        "mechanism=sequence",
        "judge=store&loss=0.3",
        "judge=observer&loss=0.3",
    ] {
        let link = format!(
            "leader?{way}&lease=3s&renew=500ms&poll=uniform-100ms-400ms&stop=margin&rate_bound=50000&delay=exp-150ms&for=1m&do=0ms:drift:n1:-50000,0ms:drift:n2:50000,0ms:drift:k1:50000,9s:cut:n1-k1,20s:heal,23s:cut:n1.n2-k1,35s:heal,40s:crash:k1,41s:start:k1,50s:cut:n3-k1"
        );
        for seed in 0..40 {
            let run = LAB.run(&Scenario { seed, ..scenario(&link) }, Detail::Totals);
            assert!(
                run.stands("one", State::Kept) && run.stands("numbered", State::Kept),
                "{link}&seed={seed}"
            );
            leaders += tally(&run, "leaders");
        }
    }
    assert!(leaders > 5 * 40 * 3, "the lead changes hands: {leaders}");
}

/// What a node reported, and when, in ms.
fn history(outcome: &Outcome, node: u16, name: u8) -> Vec<(u64, Fact)> {
    let changes = outcome.trace.history(outcome.cast.server(node), FactKey { name, index: 0 });
    let at = |record| outcome.trace.get(record).unwrap().at_us / 1_000;
    changes.map(|change| (at(change.record), change.value.clone())).collect()
}

#[test]
fn who_is_cut_off_gives_up_by_its_own_clock_and_may_lead_again() {
    let cut = outcome(presets::CUT_OFF);
    let roles = history(&cut, 0, fact::ROLE);
    // The last renewal was asked for at 6.01 s.
    assert_eq!(roles[1..], [(10, Fact::Word("leader")), (16_010, Fact::Word("follower"))]);
    let short = outcome("leader?for=20s&do=7s:cut:n1-k1,9.5s:heal");
    assert_eq!(history(&short, 0, fact::ROLE).len(), 2, "it renews in time");
    // Its answers are lost, not its renewals: it gives up, and the store has it as holder still, under the same number.
    let deaf = outcome("leader?for=30s&do=7s:cut1:k1-n1,16.5s:heal");
    let words: Vec<Fact> = history(&deaf, 0, fact::ROLE).into_iter().map(|(_, word)| word).collect();
    assert_eq!(words[1..], ["leader", "follower", "leader"].map(Fact::Word));
    assert_eq!(history(&deaf, 0, fact::TOKEN).last().unwrap().1, Fact::Int(1));
    assert!(deaf.stands("one", State::Kept) && deaf.stands("numbered", State::Kept));
}

#[test]
fn a_session_that_is_over_begins_anew_at_the_end_of_the_line() {
    let paused = outcome("leader?mechanism=sequence&for=40s&do=5s:pause:n1:14s,25s:crash:n2,25s:crash:n3");
    let tokens: Vec<Fact> = history(&paused, 0, fact::TOKEN).into_iter().map(|(_, token)| token).collect();
    assert_eq!(tokens, [Fact::Int(1), Fact::Int(4)]);
}

#[test]
fn after_a_cut_the_lesser_of_two_bullies_follows() {
    let cut = outcome(presets::BULLY_CUT);
    let followed = history(&cut, 1, fact::LEADER).last().unwrap().clone();
    assert_eq!(followed.1, Fact::Node(cut.cast.server(4)));
    assert!((14_000..15_100).contains(&followed.0), "{followed:?}");
}

#[test]
fn who_has_stepped_down_stands_again_when_it_is_asked_to() {
    for way in
        ["mechanism=lease", "judge=observer", "mechanism=sequence", "mechanism=bully", "mechanism=ring"]
    {
        let gone = outcome(&format!("leader?n=2&{way}&for=40s&do=8s:ask:n.:stepdown,10s:ask:n.:stepdown"));
        let roles = [0, 1].map(|node| history(&gone, node, fact::ROLE).last().unwrap().1.clone());
        assert_eq!(roles, ["out"; 2].map(Fact::Word), "{way}");
        let back = outcome(&format!(
            "leader?n=2&{way}&for=40s&do=8s:ask:n.:stepdown,10s:ask:n.:stepdown,12s:ask:n1:elect"
        ));
        assert_eq!(history(&back, 0, fact::ROLE).last().unwrap().1, Fact::Word("leader"), "{way}");
        assert!(tally(&back, "failover_ms") > 0, "{way}");
    }
}

/// What is set here as Kubernetes has it by default is its default there, too.
#[test]
fn the_settings_are_flags_of_kubernetes() {
    let flags = LAB.exports(&scenario(presets::KUBERNETES));
    let expected = "kube-controller-manager \\\n  --leader-elect=true \\\n  --leader-elect-lease-duration=15s \\\n  --leader-elect-renew-deadline=10s \\\n  --leader-elect-retry-period=2s\n";
    assert_eq!(flags[0].text, expected);
    assert_eq!(flags[0].notes.len(), 1);
    assert!(LAB.exports(&scenario("leader")).is_empty());
}

/// Answers that are none: they look like what is asked for and are not.
const HOSTILE: &[(&str, &[&str])] = &[
    (
        "swift",
        &[
            "leader?lease=2s&renew=500ms&poll=200ms&tick=2s&catchup=on&for=30s&do=9.5s:pause:n1:3s,19s:crash:n1",
            "leader?lease=4s&renew=500ms&poll=200ms&tick=2s&catchup=on&for=30s&do=9.5s:pause:n2:3s,19s:crash:n1",
            "leader?lease=4s&renew=500ms&poll=200ms&tick=2s&catchup=on&for=30s&do=9.5s:pause:n1:1s,19s:crash:n1",
            "leader?lease=4s&renew=500ms&poll=200ms&tick=2s&catchup=on&for=30s&do=9.5s:pause:n1:3s",
        ],
    ),
    (
        "drift",
        &[
            "leader?n=2&poll=50ms&stop=margin&job=writes&tick=500ms&for=18s&do=0ms:drift:n1:-50000,0ms:drift:k1:50000,4s:cut:n1-k1",
            "leader?n=2&poll=50ms&stop=margin&rate_bound=50000&job=writes&tick=500ms&for=18s&do=4s:cut:n1-k1",
            "leader?n=2&poll=5s&stop=margin&rate_bound=50000&job=writes&tick=500ms&for=18s&do=0ms:drift:n1:-50000,0ms:drift:k1:50000,4s:cut:n1-k1",
            "leader?n=2&poll=50ms&stop=margin&rate_bound=50000&job=writes&tick=500ms&for=18s&do=0ms:drift:n1:-50000,0ms:drift:k1:50000",
        ],
    ),
    (
        "two",
        &[
            "leader?n=5&mechanism=bully&renew=1s&detect=3s&for=20s&do=5s:pause:n5:8s",
            "leader?n=5&mechanism=bully&renew=1s&detect=3s&for=20s&do=5s:crash:n5,11s:start:n5",
            "leader?stop=never&for=30s&do=7s:cut:n1-k1,25s:heal",
        ],
    ),
];

#[test]
fn challenges_are_reached_by_what_they_ask_for_and_by_nothing_else() {
    let reached = |id: &str, link: &str| {
        let challenge = CHALLENGES.iter().find(|challenge| challenge.id == id).unwrap();
        let scenario = scenario(link);
        (challenge.goal)(&scenario, &LAB.run(&scenario, Detail::Totals))
    };
    for (id, links) in HOSTILE {
        for link in *links {
            assert!(!reached(id, link), "{id}: {link}");
        }
    }
    // A fence is another way to have no tick run twice.
    assert!(reached(
        "swift",
        "leader?lease=2s&renew=500ms&poll=200ms&tick=2s&catchup=on&fence=on&for=30s&do=9.5s:pause:n1:3s,19s:crash:n1"
    ));
}

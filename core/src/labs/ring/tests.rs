//! Runs of the lab: its own data holds what it says, and the laws of moving hold whatever the settings.

use super::*;
use crate::lab::State;
use crate::labs::tests::scenario as open;
use proptest::prelude::*;

#[test]
fn presets_show_what_they_say() {
    let state = |id: &str, promise: &str| {
        let preset = LAB.presets().iter().find(|preset| preset.id == id).unwrap();
        let outcome = outcome_of(preset.link);
        let verdict = outcome.verdict(promise).unwrap();
        verdict.judged().state
    };
    for (id, promise, expected) in [
        ("modulo", "minimal", State::Broken),
        ("ring", "minimal", State::Kept),
        ("router", "one_shard", State::Kept),
        ("two-50", "p99", State::Kept),
        ("two-90", "p99", State::Broken),
        ("sixteen-50", "p99", State::Kept),
        ("sixteen-90", "p99", State::Broken),
        ("together", "one_shard", State::Kept),
        ("apart", "one_shard", State::Broken),
        ("leave", "p99", State::Broken),
        ("hot", "balanced", State::Broken),
        ("split", "balanced", State::Kept),
        ("bounded", "bound", State::Kept),
        ("bounded-weights", "bound", State::Kept),
        ("maglev", "minimal", State::Broken),
        ("gap", "minimal", State::Broken),
        ("reweighed", "minimal", State::Kept),
        ("big", "bound", State::Kept),
    ] {
        assert_eq!(state(id, promise), expected, "{id}: {promise}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused_in_words() {
    for (link, says) in [
        ("ring?nodes=3&add=-3", "at least one stays"),
        ("ring?nodes=2&replicas=3", "do not fit"),
        ("ring?nodes=3&replicas=3&add=-1", "3 copies do not fit on 2 nodes"),
        ("ring?nodes=4&replicas=3&add=-1&do=500ms:ask:k1:leave.n1", "3 copies do not fit on 2 nodes"),
        ("ring?do=1s:ask:k1:weight.n2.17", "from 1 to 16"),
        ("ring?do=1s:ask:k1:grow", "join, leave.n3 and weight.n3.2"),
        ("ring?do=1s:ask:n1:join", "only the router"),
        ("ring?do=1s:crash:k1", "does not crash here"),
    ] {
        let problems = crate::link::parse(link, &[&LAB]).problems;
        let sentence = problems.first().map(|problem| problem.sentence.clone());
        assert!(sentence.as_ref().is_some_and(|sentence| sentence.contains(says)), "{link}: {sentence:?}");
    }
}

#[test]
fn a_second_change_waits_for_the_first_and_a_void_one_is_passed_over() {
    let outcome = outcome_of("ring?add=0&for=9s&do=1s:ask:k1:join,1.1s:ask:k1:leave.n9,1.2s:ask:k1:leave.n1");
    let moved = outcome.series.iter().find(|series| series.name == "rows moved").unwrap();
    let mut done: Vec<u64> = moved.points.iter().filter(|point| point.1 == 100).map(|point| point.0).collect();
    done.dedup();
    assert_eq!(done.len(), 2);
    assert_eq!(outcome.verdict("minimal").unwrap().last().state, State::Kept);
}

fn millionths(outcome: &Outcome, tally: &str) -> i64 {
    outcome.tally(tally).unwrap()
}

fn says(link: &str) -> String {
    LAB.sentences(&open(link)).join(" ")
}

/// PowerDNS (pull request 8909) and Envoy (12529) bound each node by its weight.
#[test]
fn bounded_loads_go_by_weights_and_the_light_says_the_same_as_the_figures() {
    let link = "ring?strategy=bounded&nodes=5&add=0&big=2&weight=3&epsilon=0.1";
    let outcome = outcome_of(link);
    // ⌈1.1 · 10,000 · 1/9⌉ = 1,223 rows are 1.1007 of what is fair.
    assert!(millionths(&outcome, "max_over_mean") <= 1_100_700, "{:?}", outcome.tally("max_over_mean"));
    assert_eq!((outcome.tally("over_bound"), outcome.verdict("bound").unwrap().judged().state), (Some(0), State::Kept));
    assert!(!says(link).contains("knows no weights"));
    let plain = outcome_of("ring?nodes=5&add=0&big=2&weight=3&epsilon=0.1");
    assert!(millionths(&plain, "max_over_mean") > 1_200_000 && plain.verdict("bound").unwrap().judged().state == State::Broken);
}

/// Those of HAProxy and Envoy would keep a hot row's node at 1.25 times the mean.
#[test]
fn bounded_loads_bound_rows_and_not_requests_and_say_so() {
    let link = "ring?strategy=bounded&nodes=5&add=0&epsilon=0.25&vnodes=128&popularity=hot&hot=0.4&for=4s";
    let outcome = outcome_of(link);
    assert!(millionths(&outcome, "max_over_mean") <= 1_250_000 && millionths(&outcome, "load_max_over_mean") > 2_500_000);
    assert_eq!(["bound", "balanced"].map(|id| outcome.verdict(id).unwrap().judged().state), [State::Kept, State::Broken]);
    assert!(says(link).contains("what is asked of it is not"));
    assert!(META.left_out.iter().any(|words| words.contains("hash-balance-factor") && words.contains("requests under way")));
}

#[test]
fn a_node_leaves_the_middle_of_jump_hashs_list_in_either_way() {
    let link = "ring?strategy=jump&nodes=4&add=0&keys=100000&utilisation=0&for=3s&do=1s:ask:k1:leave.n2";
    for (gap, expected, words) in [("last", 5.0 / 12.0, "42 %"), ("move_up", 2.0 / 3.0, "67 %")] {
        let link = format!("{link}&gap={gap}");
        let moved = millionths(&outcome_of(&link), "moved_share") as f64 / 1e6;
        assert!((moved - expected).abs() < 0.006, "{gap}: {moved}");
        assert!(says(&link).contains(words), "{}", says(&link));
    }
    assert!(!says("ring?strategy=jump&nodes=4&add=0&do=1s:ask:k1:leave.n4").contains("middle"), "the last leaves no gap");
}

#[test]
fn no_change_leaves_fewer_nodes_than_copies() {
    let run = |link: &str| {
        let (outcome, scenario) = (outcome_of(link), open(link));
        let plan = Plan::new(Params::of(&scenario.values), &scenario);
        let sizes: Vec<usize> = plan.topologies.iter().map(|topology| topology.members().len()).collect();
        (sizes, outcome.verdict("distinct").unwrap().judged().clone())
    };
    let (sizes, light) = run("ring?nodes=4&replicas=3&add=0&for=9s&do=1s:ask:k1:leave.n4,2s:ask:k1:leave.n3");
    assert_eq!((sizes, light.state), (vec![4, 3], State::Kept));
    assert!(light.why.contains("3 copies do not fit on 2 nodes"), "{}", light.why);
    // Who joins before makes room.
    let (sizes, light) = run("ring?nodes=3&replicas=3&add=-1&when=6s&for=20s&do=1s:ask:k1:join");
    assert_eq!((sizes, light.why.contains("do not fit")), (vec![3, 4, 3], false));
    // The light of one copy has nothing to say of the last node.
    let (sizes, light) = run("ring?nodes=1&add=0&do=1s:ask:k1:leave.n1");
    assert_eq!((sizes, light.why.contains("stay")), (vec![1], false));
}

#[test]
fn a_weight_changes_while_the_run_goes_on() {
    for (strategy, minimal) in [("ring", State::Kept), ("rendezvous", State::Kept), ("bounded", State::Broken), ("maglev", State::Broken)] {
        let link = format!("ring?strategy={strategy}&nodes=3&add=0&vnodes=256&epsilon=0.05&table=1021&for=20s&do=1s:ask:k1:weight.n2.3,10s:ask:k1:weight.n2.1");
        let (outcome, scenario) = (outcome_of(&link), open(&link));
        let plan = Plan::new(Params::of(&scenario.values), &scenario);
        let share = |topology: usize| plan.topologies[topology].keys[1] as f64 / 10_000.0;
        assert!((share(1) - 0.6).abs() < 0.04 && share(0) < 0.36, "{strategy}: {} then {}", share(0), share(1));
        assert_eq!(plan.topologies[0].owners, plan.topologies[2].owners, "{strategy}: and back");
        assert!((millionths(&outcome, "after_max_over_mean") - 1_000_000).abs() < 120_000, "{strategy}");
        assert_eq!(outcome.verdict("minimal").unwrap().judged().state, minimal, "{strategy}");
    }
    let outcome = outcome_of("ring?strategy=modulo&add=0&do=1s:ask:k1:weight.n2.3");
    assert_eq!((outcome.tally("moved_share"), outcome.verdict("minimal").unwrap().last().state), (Some(0), State::Unknown));
}

#[test]
fn no_challenge_is_reached_by_doing_nothing() {
    for (id, link) in [
        ("least-moves", "ring?strategy=modulo&for=5s&do=0us:ask:k1:leave.n9"),
        ("least-moves", "ring?strategy=jump&for=5s&when=60m"),
        ("least-moves", "ring?strategy=modulo&for=5s&keys=1"),
        ("headroom", "ring?strategy=jump&nodes=2&add=2&data=100&utilisation=0.8&bandwidth=20&for=30s&when=60m"),
        ("headroom", "ring?strategy=jump&nodes=2&add=2&data=100&utilisation=0.8&bandwidth=20&for=30s&do=1s:pause:c1:20s"),
        ("headroom", "ring?strategy=jump&nodes=2&add=2&data=100&utilisation=0.8&bandwidth=20&for=30s&big=2&weight=16"),
        ("headroom", "ring?strategy=jump&nodes=2&add=2&data=100&utilisation=0.8&bandwidth=20&for=30s&keys=1"),
        ("hot-row", "ring?nodes=5&add=0&popularity=hot&hot=0.4&reads=0&query=second"),
        ("hot-row", "ring?nodes=5&add=0&popularity=hot&hot=0.4&split=32&reads=0&utilisation=0"),
        ("order", "ring?strategy=range&nodes=8&add=0&query=point&utilisation=0.1"),
        ("order", "ring?strategy=range&nodes=8&add=0&query=range&utilisation=0"),
    ] {
        let scenario = open(link);
        let challenge = LAB.challenges().iter().find(|challenge| challenge.id == id).unwrap();
        let outcome = LAB.run(&scenario, Detail::Totals);
        assert!(!(challenge.goal)(&scenario, &outcome), "{id}: {link}");
    }
}

/// Placing a million rows takes seconds: what begins a run does none of it, and each part of it looks up as many rows as its events allow.
#[test]
fn rows_are_placed_in_parts_and_come_to_the_same() {
    for strategy in params::Strategy::WORDS {
        for settings in ["replicas=3", "query=range", "replicas=2&copies=points&popularity=zipf"] {
            let link = format!("ring?strategy={}&{settings}&keys=2000&do=2s:ask:k1:join,2.5s:ask:k1:leave.n9", strategy.word);
            let scenario = open(&link);
            let mut course = LAB.begin(&scenario, Detail::Totals);
            let mut parts = 1;
            while !course.advance(50) {
                parts += 1;
            }
            let (whole, outcome) = (outcome_of(&link), course.outcome());
            assert_eq!((outcome.digest, outcome.verdicts, outcome.series), (whole.digest, whole.verdicts, whole.series), "{link}");
            assert!(parts > 5 * 2_000 / 8 / 50, "{link}: {parts} parts");
        }
    }
}

#[test]
fn a_part_of_a_plan_is_as_small_as_it_is_asked_to_be() {
    let scenario = open("ring?strategy=rendezvous&nodes=128&keys=1000000&replicas=7&add=128");
    let mut planning = Planning::new(Params::of(&scenario.values), &scenario);
    assert_eq!((planning.advance(100), planning.advance(100)), (None, None));
    assert!(planning.placed() < 1_000 && planning.placed() > 0, "{}", planning.placed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::anything::cases(40)))]
    /// Rows are neither lost nor doubled; every copy that has to move is counted once; only bounded loads, Maglev and modulo move rows between old nodes.
    #[test]
    fn moves_add_up(strategy in 0usize..8, replicas in 1u32..4, more in 0u32..8, then in 0u32..16, seed: u32) {
        // There are as many nodes as copies, at the least, before and after.
        let (nodes, add) = (replicas + more, i64::from(then) - i64::from(more));
        let word = params::Strategy::WORDS[strategy].word;
        let link = format!("ring?strategy={word}&nodes={nodes}&add={add}&replicas={replicas}&keys=300&seed={seed}");
        let scenario = open(&link);
        let plan = Plan::new(Params::of(&scenario.values), &scenario);
        for topology in &plan.topologies {
            prop_assert_eq!(topology.keys.iter().sum::<u64>(), 300);
            prop_assert_eq!(topology.doubled, 0);
            let members = topology.members();
            prop_assert!(topology.owners.iter().all(|owner| members.contains(&u32::from(*owner))));
        }
        if let Some(change) = plan.first_change() {
            let copies: u64 = change.pairs.values().sum();
            if replicas == 1 {
                prop_assert_eq!(copies, change.moved);
            }
            if !["modulo", "bounded", "maglev"].contains(&word) {
                prop_assert_eq!(change.between_old, 0);
            }
        }
    }
}

/// Of requests, the chain tells of the slowest alone, whether or not it has an answer when the run ends; and of what was done.
#[test]
fn the_slowest_request_is_argued_by_its_own_records() {
    let small = "ring?keys=200&data=5&capacity=6&utilisation=0.6&for=4s&p99_limit=100ms&";
    for (rest, done) in [
        ("query=join&big=1&nodes=4&vnodes=4&do=1025ms:crash:n1,1866ms:start:n1,2080ms:ask:k1:join", "crash n1"),
        ("strategy=bounded&query=range&key=date&replicas=2&big=1&add=-1", "the nodes change"),
        ("add=0&do=1s:ask:k1:leave.n2,1100ms:slow:k1:20", "ask k1: leave n2"),
        ("strategy=directory&query=join&tables=apart&do=900ms:cut:k1-n1,1300ms:heal", "cut k1 off from n1"),
    ] {
        let run = LAB.run(&open(&format!("{small}{rest}")), Detail::Full);
        let change = run.verdict("p99").unwrap().break_().unwrap_or_else(|| panic!("{rest}: kept"));
        let ops = change.evidence.iter().filter_map(|step| run.trace.get(step.record)).map(|record| record.op);
        let mut ops: Vec<u32> = ops.filter(|op| *op != crate::trace::NONE).collect();
        ops.dedup();
        assert_eq!(ops.len(), 1, "{rest}: {:?}", change.evidence);
        let says: Vec<&str> = change.evidence.iter().map(|step| step.says.as_str()).collect();
        assert!(says.contains(&done) && says.contains(&"the nodes change"), "{rest}: {says:?}");
    }
}

#[test]
fn what_is_so_after_a_change_names_who_asked_for_it() {
    let link = "ring?add=0&strategy=bounded&nodes=4&vnodes=4&copies=points&replicas=2&keys=200&for=4s&skew_limit=1.05&do=1s:ask:k1:join";
    let run = LAB.run(&open(link), Detail::Full);
    let later = run.verdicts.iter().filter_map(|light| light.break_()).filter(|change| change.at.at_us > 0);
    let argued: Vec<_> = later.filter(|change| !change.evidence.is_empty()).collect();
    assert!(argued.iter().all(|change| change.evidence[0].says == "ask k1: join"), "{argued:?}");
    assert!(!argued.is_empty());
}

/// Rows that die on their way are still where they were: a giver lets go of what its taker has.
#[test]
fn rows_that_die_on_their_way_are_not_lost() {
    let rows = |link: &str| {
        let run = LAB.run(&open(link), Detail::Full);
        let key = crate::trace::FactKey { name: meta::fact::KEYS, index: 0 };
        let last = |node: crate::cast::NodeId| run.trace.history(node, key).last().map(|change| change.value.clone());
        let count = |node| match last(node) {
            Some(crate::trace::Fact::Int(count)) => count,
            other => panic!("{other:?}"),
        };
        (0..run.cast.servers).map(|number| count(run.cast.server(number))).collect::<Vec<_>>()
    };
    let link = "ring?nodes=3&add=1&keys=1000&when=500ms&for=6s";
    let (moved, stays) = (rows(link), rows(&format!("{link}&do=1ms:cut:n1-n4")));
    assert_eq!((moved.iter().sum::<i64>(), moved[3] > 0), (1_000, true), "{moved:?}");
    assert_eq!(stays.iter().sum::<i64>(), 1_000, "n1 has what it could not give: {stays:?}");
    assert!(stays[0] > moved[0] && stays[3] < moved[3], "{stays:?} against {moved:?}");
}

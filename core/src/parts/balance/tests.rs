//! Whom each rule chooses, and the closed forms that it comes to.

use super::*;
use proptest::prelude::*;

fn views(loads: &[u32]) -> Vec<View> {
    loads.iter().map(|load| View { load: *load, ..View::NEW }).collect()
}

/// How often each is chosen by so many requests with dice of their own, while nothing changes.
fn counts(policy: Policy, views: &[View], requests: u64) -> Vec<u64> {
    let mut balance = Balance::new(policy, views.len(), 0);
    let mut counts = vec![0; views.len()];
    for request in 0..requests {
        let place = balance.pick(views, request, || remix(7, request)).expect("one is usable");
        counts[place] += 1;
    }
    counts
}

#[test]
fn weights_are_met_smoothly() {
    let mut views = views(&[0, 0, 0]);
    views[0].weight = 5_000_000;
    let mut balance = Balance::new(Policy::RoundRobin, 3, 0);
    let turns: String = (0..7).map(|_| ['a', 'b', 'c'][balance.pick(&views, 0, || 0).unwrap()]).collect();
    assert_eq!(turns, "aabacaa", "as nginx says of weights 5, 1, 1");
}

#[test]
fn turns_begin_where_they_are_told_and_go_round() {
    let (mut balance, views) = (Balance::new(Policy::RoundRobin, 4, 6), views(&[0; 4]));
    let turns: Vec<_> = (0..9).map(|_| balance.pick(&views, 0, || 0).unwrap()).collect();
    assert_eq!(turns, [2, 3, 0, 1, 2, 3, 0, 1, 2]);
}

#[test]
fn the_least_loaded_is_chosen_and_equals_take_turns() {
    let mut balance = Balance::new(Policy::LeastOutstanding, 4, 0);
    let mut pick = |loads: &[u32]| balance.pick(&views(loads), 0, || 0).unwrap();
    assert_eq!([pick(&[3, 1, 2, 1]), pick(&[3, 1, 2, 1]), pick(&[3, 1, 2, 1])], [1, 3, 1]);
    assert_eq!(pick(&[0, 5, 5, 5]), 0);
    let mut views = views(&[3, 1, 1, 1]);
    views[0].weight = 4_000_000;
    assert_eq!(balance.pick(&views, 0, || 0), Some(0), "(3 + 1) / 4 is below (1 + 1) / 1");
}

/// Of two the fullest of ten is chosen only where it is drawn twice: 1 in 100, and never of two others. The emptiest is, unless it is not drawn:
/// 19 in 100, and 20.
#[test]
fn choices_are_drawn_from_all_or_from_the_others() {
    let loads = views(&[9, 1, 2, 3, 4, 5, 6, 7, 8, 0]);
    let again = counts(Policy::Draws(2), &loads, 100_000);
    assert!((800..1_200).contains(&again[0]) && (18_500..19_500).contains(&again[9]), "{again:?}");
    let others = counts(Policy::Choices(2), &loads, 100_000);
    assert!(others[0] == 0 && (19_500..20_500).contains(&others[9]), "{others:?}");
    assert_eq!(counts(Policy::Choices(200), &loads, 100)[9], 100, "whoever draws all knows all");
    let one = counts(Policy::Choices(1), &views(&[9, 0]), 100_000);
    assert!(one[0].abs_diff(50_000) < 800, "one choice is none: {one:?}");
    let mut some = views(&[5, 0, 1, 0]);
    some[1].usable = false;
    assert_eq!(counts(Policy::Choices(3), &some, 10), [0, 0, 0, 10]);
}

#[test]
fn of_the_shortest_queues_any_is_joined() {
    let of = counts(Policy::Shortest, &views(&[1, 0, 2, 0]), 10_000);
    assert!(of[0] + of[2] == 0 && of[1].abs_diff(5_000) < 250, "{of:?}");
}

#[test]
fn who_answers_slower_gets_less() {
    let mut views = views(&[0; 3]);
    for (view, us) in views.iter_mut().zip([10_000, 10_000, 40_000]) {
        view.response_us = Some(us);
    }
    let of = counts(Policy::WeightedResponse, &views, 90_000);
    assert!(of[0].abs_diff(40_000) < 600 && of[2].abs_diff(10_000) < 400, "4 : 4 : 1, {of:?}");
    views[1].response_us = Some(9_999);
    assert_eq!(counts(Policy::LeastResponse, &views, 10), [0, 10, 0]);
}

#[test]
fn a_key_stays_while_its_instance_does() {
    let (all, mut fewer) = (views(&[0; 10]), views(&[0; 10]));
    fewer[3].usable = false;
    let mut balance = Balance::new(Policy::Hash, 10, 0);
    let mut moved = 0;
    for key in 0..1_000 {
        let (before, after) =
            (balance.pick(&all, key, || 0).unwrap(), balance.pick(&fewer, key, || 0).unwrap());
        assert!(before == 3 || before == after);
        moved += u32::from(before != after);
    }
    assert!((70..130).contains(&moved), "a tenth: {moved}");
}

/// Envoy's formula: of ten, one that is back for half of the window gets .0526 of the requests, with an aggression of 2 .0728.
#[test]
fn a_newcomer_begins_slowly() {
    let share = |aggression: u32| {
        let weight = f64::from(slow_start(500, 1_000, aggression, 100_000)) / 1e6;
        weight / (9.0 + weight)
    };
    assert!((share(1_000_000) - 0.052_632).abs() < 1e-6 && (share(2_000_000) - 0.072_844).abs() < 1e-6);
    let weights = [0, 50, 100, 999, 1_000].map(|back_us| slow_start(back_us, 1_000, 1_000_000, 100_000));
    assert_eq!(weights, [100_000, 100_000, 100_000, 999_000, 1_000_000]);
    assert_eq!(slow_start(0, 0, 1_000_000, 100_000), 1_000_000, "no window, no slow start");
}

#[test]
fn a_mean_forgets() {
    let mut mean = Ewma::NEW;
    assert_eq!(mean.value(), None);
    [1_000, 2_000, 2_000].iter().for_each(|us| mean.add(*us, 500));
    assert_eq!(mean.value(), Some(1_750));
    mean.add(u64::MAX, 1_000);
    mean.add(u64::MAX, 1);
}

fn any_policy() -> impl Strategy<Value = Policy> {
    prop_oneof![
        Just(Policy::Random),
        Just(Policy::RoundRobin),
        Just(Policy::LeastOutstanding),
        (0u8..20).prop_map(Policy::Choices),
        (0u8..5).prop_map(Policy::Draws),
        Just(Policy::Shortest),
        Just(Policy::WeightedResponse),
        Just(Policy::LeastResponse),
        Just(Policy::Hash),
    ]
}

proptest! {
    #[test]
    fn only_usable_ones_are_chosen_and_one_is_where_there_is_one(
        policy in any_policy(),
        first in 0u32..20,
        rounds in proptest::collection::vec(
            (proptest::collection::vec((0u32..9, 0u32..2_000_000, 0u64..100_000, any::<bool>()), 6), any::<u64>(), any::<u64>()),
            1..20,
        ),
    ) {
        let mut balance = Balance::new(policy, 6, first);
        for (views, key, die) in rounds {
            let views: Vec<View> = views
                .into_iter()
                .map(|(load, weight, us, usable)| View { load, weight, response_us: (us > 0).then_some(us), usable })
                .collect();
            match balance.pick(&views, key, || die) {
                Some(place) => prop_assert!(views[place].usable),
                None => prop_assert!(views.iter().all(|view| !view.usable)),
            }
        }
    }

    /// Round robin with equal weights differs by one at the most.
    #[test]
    fn turns_are_fair(many in 1usize..20, first in 0u32..40, requests in 1u64..200) {
        let views = views(&vec![0; many]);
        let mut balance = Balance::new(Policy::RoundRobin, many, first);
        let mut counts = vec![0u64; many];
        for _ in 0..requests {
            counts[balance.pick(&views, 0, || 0).unwrap()] += 1;
        }
        prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
    }
}

//! The checkers against published histories, against brute force on small ones, and against each other.

use super::*;
use crate::trace::Mark;
use proptest::prelude::*;

const BUDGET: u64 = 1_000_000;

/// A history from lines such as `A w x 1`, `B r x 0`, `A cas x 1 2`, each after the one before; `A 10-30 w x 1` gives times, `A 10-? w x 1` an unknown
/// outcome, and `!` at the end says that it failed (a compare-and-set: found another value).
fn history(text: &str) -> History {
    let ops = text.split(';').enumerate().map(|(i, line)| {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let failed = words.last() == Some(&"!");
        if failed {
            words.pop();
        }
        let client = words.remove(0).bytes().next().map_or(0, |b| u32::from(b - b'A'));
        let default = format!("{}-{}", 1_000 + i * 10, 1_005 + i * 10);
        let span = if words[0].contains('-') { words.remove(0).to_string() } else { default };
        let (from, to) = span.split_once('-').expect("a span");
        let mark = |text: &str| text.parse().ok().map(|at_us| Mark { at_us, record: 0 });
        let key = u32::from(words[1].as_bytes()[0] - b'x');
        // A register that nobody has written yet is told as 0, as in the papers.
        let value = |i: usize| match words[i].parse::<u64>().expect("a value") {
            0 => INITIAL,
            value => value,
        };
        let (call, answer) = match words[0] {
            "r" => (Call::Read, Answer::Value(value(2))),
            "w" if failed => (Call::Write(value(2)), Answer::Failed),
            "w" => (Call::Write(value(2)), Answer::Done),
            _ if failed => (Call::Cas { from: value(2), to: value(3) }, Answer::CasFailed),
            _ => (Call::Cas { from: value(2), to: value(3) }, Answer::Done),
        };
        let returned = mark(to);
        Op {
            client,
            key,
            call,
            answer: returned.and(Some(answer)),
            invoked: mark(from).expect("a time"),
            returned,
        }
    });
    History::new(ops.collect()).expect("a history")
}

#[test]
fn the_table_of_models() {
    use Model::*;
    let models = [Linearizable, Sequential, Causal, Pram, Cache];
    for (text, expected) in [
        ("A w x 1; B r x 0", "nyyyy"),
        ("A w x 1; B w y 1; A r y 0; B r x 0", "nnyyy"),
        ("A w x 1; B w y 1; C r x 1; C r y 0; D r y 1; D r x 0", "nnyyy"),
        ("A w x 1; B w x 2; C r x 1; C r x 2; D r x 2; D r x 1", "nnyyn"),
        ("A w x 1; B r x 1; B w y 1; C r y 1; C r x 0", "nnnyy"),
        ("A w x 1; A w y 1; B r y 1; B r x 0", "nnnny"),
        ("A w x 1; A r x 0", "nnnnn"),
        ("A 0-100 w x 1; B 10-20 r x 1; C 30-40 r x 0", "nyyyy"),
        ("A 0-100 w x 1; B 10-20 r x 0; C 30-40 r x 1", "yyyyy"),
        // A circle of reads-from breaks every model.
        ("A 0-5 r x 1; B 0-5 r y 1; A 10-15 w y 1; B 10-15 w x 1", "nnnnn"),
    ] {
        let got: String = models
            .map(|model| if model.judge(&history(text), BUDGET).is_kept() { 'y' } else { 'n' })
            .iter()
            .collect();
        assert_eq!(got, expected, "{text}");
    }
}

#[test]
fn each_session_guarantee_is_blamed_for_its_own() {
    use Model::*;
    let models = [ReadYourWrites, MonotonicReads, MonotonicWrites, WritesFollowReads];
    for (text, expected) in [
        ("A w x 1; A r x 0", "nyyy"),
        ("A w x 1; B w x 2; A r x 2", "yyyy"),
        ("A w x 1; B r x 1; B r x 0", "ynyy"),
        ("A w x 1; A w y 1; B r y 1; B r x 0", "yyny"),
        ("A w x 1; B r x 1; B w y 1; C r y 1; C r x 0", "yyyn"),
        ("A w x 1; B w x 2; C r x 1; C r x 2; C r x 1", "ynyy"),
    ] {
        let got: String = models
            .map(|model| if model.judge(&history(text), BUDGET).is_kept() { 'y' } else { 'n' })
            .iter()
            .collect();
        assert_eq!(got, expected, "{text}");
    }
}

#[test]
fn unknown_outcomes_may_come_late_or_never_and_failures_never_do() {
    for (text, kept) in [
        ("A 0-? w x 1; B r x 0; B r x 1", true),
        ("A 0-? w x 1; B r x 0; A r x 0; A w x 2; B r x 1", true),
        ("A 0-? w x 1; B r x 1; B r x 0", false),
        ("A w x 1 !; B r x 0", true),
        ("A w x 1 !; B r x 1", false),
        ("A w x 1; A cas x 2 3 !; B r x 1", true),
        ("A w x 2; A cas x 2 3 !; B r x 2", false),
        ("A 0-? w x 5; A cas x 0 3 !; B r x 5", true),
        ("A w x 1; A 0-? cas x 1 2; B r x 1; B r x 2", true),
        ("A w x 1; A 0-? cas x 7 2; B r x 2", false),
    ] {
        assert_eq!(linearizable::judge(&history(text), BUDGET).is_kept(), kept, "{text}");
    }
}

#[test]
fn a_break_names_the_first_impossible_return_and_says_why() {
    for (text, op, part) in [
        ("A w x 1; B r x 0; C r x 0", 1, "A's write of 1 to x at 1ms had come before it"),
        ("A w x 1; A w x 2; A w x 3; B r x 1; A w x 4; B r x 4", 3, "had been replaced by A's write of 2"),
        (
            "A 0-900 w x 1; B 10-20 r x 1; C 30-40 r x 0; A r x 1",
            2,
            "had already seen what is newer: A's write of 1",
        ),
        ("A w x 1; B r x 7", 1, "nobody ever wrote that value"),
        ("B r x 1; A w x 1; B r x 1", 0, "had not yet begun"),
        ("A w x 1; A cas x 2 3; B r x 3", 1, "nobody ever wrote that value"),
        // Key y breaks first, although x is looked at before.
        (
            "A w x 1; A w y 1; B r y 0; B r x 0",
            2,
            "B's read of y at 1.02ms, which found nothing, cannot be placed",
        ),
        // That the first read found nothing has nothing to do with a deletion that came later.
        (
            "C 10-15 r x 0; A 20-25 w x 1; A 30-90 w x 2; B 40-45 r x 2; C 50-55 r x 1; A 95-99 w x 0",
            4,
            "B's read of x at 40us, which returned 2, had already seen what is newer: A's write of 2",
        ),
    ] {
        let history = history(text);
        let Judgement::Broken(broken) = linearizable::judge(&history, BUDGET) else {
            panic!("{text}: not broken")
        };
        let letter = |client: u32| char::from(b'A' + client as u8).to_string();
        let names = Names { client: &letter, key: &|key| char::from(b'x' + key as u8).to_string() };
        let sentence = broken.sentence(&history, &names);
        assert_eq!(broken.op, op, "{text}: {sentence}");
        assert!(sentence.contains(part), "{text}: {sentence}");
    }
}

#[test]
fn a_write_of_zero_is_a_value_and_not_nothing() {
    let mut ops = history("A w x 1; B r x 7; A w x 2").ops().to_vec();
    let judge = |ops: &[Op]| linearizable::judge(&History::new(ops.to_vec()).expect("a history"), BUDGET);
    ops[0].call = Call::Write(0);
    ops[1].answer = Some(Answer::Value(0));
    assert!(judge(&ops).is_kept());
    // To find nothing is not to find 0.
    ops[1].answer = Some(Answer::Value(INITIAL));
    assert!(judge(&ops).is_broken());
}

#[test]
fn siblings_fit_no_register_and_a_value_written_twice_cannot_be_traced() {
    let mut ops = history("A w x 1; B r x 1").ops().to_vec();
    ops[1].answer = Some(Answer::Values(vec![1, 2]));
    let siblings = History::new(ops).expect("a history");
    assert!(Model::ALL.iter().all(|model| model.judge(&siblings, BUDGET).is_broken()));
    let twice = history("A w x 1; B w x 1; B r x 1");
    assert!(matches!(
        causal::judge(&twice),
        Judgement::Unknown(Undecided::SameValueTwice { key: 0, value: 1 })
    ));
    assert!(linearizable::judge(&twice, BUDGET).is_kept());
}

#[test]
fn an_answer_must_fit_its_call() {
    let mut ops = history("A w x 1").ops().to_vec();
    ops[0].answer = Some(Answer::Value(1));
    assert!(History::new(ops.clone()).is_err_and(|why| why.contains("a write that it is done")));
    ops[0].answer = None;
    ops[0].returned = Some(Mark::default());
    assert!(History::new(ops).is_err_and(|why| why.contains("before it is invoked")));
}

#[test]
fn a_budget_ends_the_search_and_slices_come_to_the_same() {
    let broken = history("A w x 1; A w x 2; B r x 2; B r x 1; B w x 9; B r x 9");
    assert!(matches!(linearizable::judge(&broken, 1), Judgement::Unknown(Undecided::Budget { .. })));
    for budget in 1..40 {
        for slice in [1, 3, 7] {
            let mut checker = linearizable::Checker::new(&broken);
            let sliced = (0..100).find_map(|_| checker.step_within(slice, budget));
            assert_eq!(
                sliced,
                Some(linearizable::judge(&broken, budget)),
                "{budget} steps, {slice} at a time"
            );
        }
    }
    assert_eq!(linearizable::judge(&History::default(), 0), Judgement::Kept { orders: Vec::new() });
}

/// Whether some order of `must` and any of `may` agrees with `before` and with registers: every order is tried.
fn brute(history: &History, must: &[usize], may: &[usize], before: &dyn Fn(usize, usize) -> bool) -> bool {
    fn go(
        history: &History,
        must: &[usize],
        may: &[usize],
        before: &dyn Fn(usize, usize) -> bool,
        looks: &dyn Fn(usize) -> bool,
        registers: [u64; 3],
    ) -> bool {
        if must.is_empty() {
            return true;
        }
        for i in 0..must.len() + may.len() {
            let optional = i >= must.len();
            let op = if optional { may[i - must.len()] } else { must[i] };
            if must.iter().chain(may.iter()).any(|&other| other != op && before(other, op)) {
                continue;
            }
            let (effect, key) =
                (history.ops()[op].effect().expect("an effect"), history.ops()[op].key as usize);
            let holds = registers[key];
            if looks(op) && (effect.needs.is_some_and(|v| v != Some(holds)) || effect.avoids == Some(holds)) {
                continue;
            }
            let mut then = registers;
            then[key] = effect.makes.unwrap_or(holds);
            let (mut must, mut may) = (must.to_vec(), may.to_vec());
            if optional {
                may.retain(|&other| other != op);
            } else {
                must.retain(|&other| other != op);
            }
            if go(history, &must, &may, before, looks, then) {
                return true;
            }
        }
        false
    }
    go(history, must, may, before, &|_| true, [INITIAL; 3])
}

fn brute_all(history: &History, before: &dyn Fn(usize, usize) -> bool) -> bool {
    let required = |&i: &usize| history.ops()[i].effect().is_some_and(|effect| effect.required);
    let (must, may): (Vec<usize>, Vec<usize>) = history.in_order().into_iter().partition(required);
    brute(history, &must, &may, before)
}

fn client_order(history: &History, a: usize, b: usize) -> bool {
    let (first, second) = (&history.ops()[a], &history.ops()[b]);
    first.client == second.client && first.settled().is_some() && (first.invoked, a) < (second.invoked, b)
}

/// Whether each client that reads has an order of its reads and all writes.
fn brute_views(history: &History, before: &dyn Fn(usize, usize) -> bool) -> bool {
    (0..3).all(|client| {
        let seen = |i: &usize| {
            history.ops()[*i].client == client
                || history.ops()[*i].effect().is_some_and(|e| e.makes.is_some())
        };
        let places: Vec<usize> = history.in_order().into_iter().filter(seen).collect();
        brute(history, &places, &[], before)
    })
}

/// Small histories of writes and reads (and, for linearizability, compare-and-sets and unknown outcomes), whose reads are often plausible.
fn any_history(rich: bool) -> impl Strategy<Value = History> {
    let op = (0..3u32, 0..2u32, 0..6u8, 0..4usize, 1..40u64, 1..12u64);
    proptest::collection::vec(op, 1..7).prop_map(move |specs| {
        let mut free = [0u64; 3];
        let mut ops: Vec<Op> = Vec::new();
        for (i, (client, key, kind, pick, gap, length)) in specs.into_iter().enumerate() {
            let written: Vec<u64> = ops
                .iter()
                .filter(|op| op.key == key)
                .filter_map(|op| op.effect().and_then(|effect| effect.makes))
                .chain([INITIAL])
                .collect();
            let value = written[pick % written.len()];
            let fresh = if rich { 1 + pick as u64 % 3 } else { 1 + i as u64 };
            let (call, answer) = match kind {
                0 | 1 => (Call::Write(fresh), Some(Answer::Done)),
                2 if rich => (Call::Write(fresh), None),
                3 if rich && pick % 2 == 0 => (Call::Cas { from: value, to: fresh }, Some(Answer::Done)),
                3 if rich => (Call::Cas { from: value, to: fresh }, Some(Answer::CasFailed)),
                _ => (Call::Read, Some(Answer::Value(value))),
            };
            let start = free[client as usize] + gap;
            free[client as usize] = start + length;
            let returned = answer.as_ref().map(|_| Mark { at_us: start + length, record: 0 });
            ops.push(Op { client, key, call, answer, invoked: Mark { at_us: start, record: 0 }, returned });
        }
        History::new(ops).expect("a history")
    })
}

/// What had happened just after an operation returned, knowing already which operations would come to nothing.
fn up_to(history: &History, op: usize) -> History {
    let end = history.ops()[op].settled();
    let over = |other: &Op| other.settled().is_some_and(|returned| Some(returned) <= end);
    let ops = history.ops().iter().filter(|other| {
        let idle = other.effect().is_none_or(|effect| effect.makes.is_none());
        over(other) || (Some(other.invoked) <= end && !idle)
    });
    let cut = |other: &Op| Op { answer: other.answer.clone().filter(|_| over(other)), ..other.clone() };
    History::new(ops.map(cut).collect()).expect("a history")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::anything::cases(1_500)))]

    #[test]
    fn linearizable_agrees_with_trying_every_order(history in any_history(true)) {
        let real_time = |a: usize, b: usize| history.ops()[a].precedes(&history.ops()[b]);
        let judgement = linearizable::judge(&history, BUDGET);
        prop_assert_eq!(judgement.is_kept(), brute_all(&history, &real_time));
        if let Judgement::Broken(broken) = judgement {
            let impossible = up_to(&history, broken.op);
            let real_time = |a: usize, b: usize| impossible.ops()[a].precedes(&impossible.ops()[b]);
            prop_assert!(!brute_all(&impossible, &real_time));
            let returned = history.ops()[broken.op].settled();
            for (i, other) in history.ops().iter().enumerate().filter(|(_, other)| other.settled() < returned) {
                if other.settled().is_some() {
                    prop_assert!(linearizable::judge(&up_to(&history, i), BUDGET).is_kept());
                }
            }
        }
    }

    #[test]
    fn sequential_agrees_with_trying_every_order(history in any_history(true)) {
        let order = |a: usize, b: usize| client_order(&history, a, b);
        prop_assert_eq!(sequential::judge(&history, BUDGET).is_kept(), brute_all(&history, &order));
    }

    #[test]
    fn causal_and_pram_agree_with_trying_every_order(history in any_history(false)) {
        let Ok(views) = view::Views::new(&history) else { return Ok(()) };
        let causes = views.causes();
        let places = history.in_order();
        let node = |i: usize| places.iter().position(|&place| place == i).expect("a node");
        let causal = match &causes {
            Ok(causes) => brute_views(&history, &|a, b| causes.has(node(a), node(b))),
            Err(_) => false,
        };
        let pram = causes.is_ok() && brute_views(&history, &|a, b| client_order(&history, a, b));
        prop_assert_eq!(causal::judge(&history).is_kept(), causal);
        prop_assert_eq!(causal::judge_pram(&history).is_kept(), pram);
    }

    #[test]
    fn strict_models_imply_loose_ones(history in any_history(false)) {
        use Model::*;
        let kept = |model: Model| model.judge(&history, BUDGET).is_kept();
        for (strict, loose) in [
            (Linearizable, Sequential), (Sequential, Causal), (Sequential, Cache), (Causal, Pram), (Pram, ReadYourWrites),
            (Pram, MonotonicReads), (Pram, MonotonicWrites), (Causal, WritesFollowReads),
        ] {
            prop_assert!(!kept(strict) || kept(loose), "{strict:?} but not {loose:?}");
        }
    }

    #[test]
    fn orders_that_are_given_are_orders(history in any_history(true)) {
        if let Judgement::Kept { orders } = linearizable::judge(&history, BUDGET) {
            for order in orders {
                let mut holds = INITIAL;
                for (place, &op) in order.iter().enumerate() {
                    let effect = history.ops()[op].effect().expect("an effect");
                    prop_assert!(effect.needs.is_none_or(|value| value == Some(holds)) && effect.avoids != Some(holds));
                    prop_assert!(!order[place + 1..].iter().any(|&later| history.ops()[later].precedes(&history.ops()[op])));
                    holds = effect.makes.unwrap_or(holds);
                }
            }
        }
    }
}

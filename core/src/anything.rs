//! Anything that a reader may ask for, for laws that hold of all of it. `SPLITBRAIN_CASES=1000000` tries each law a million times.

use crate::acts::Act;
use crate::lab::Lab;
use crate::params::{Kind, Param, Value};
use crate::scenario::{Cue, Scenario};
use crate::time::DurationUs;
use proptest::prelude::*;

/// How many cases a law is tried on: few while developing, as many as are asked for otherwise.
pub(crate) fn cases(few: u32) -> u32 {
    std::env::var("SPLITBRAIN_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(few)
}

/// Mostly the default, as in real links: so many times to one that is not.
fn any_value(param: &'static Param, defaults: u32) -> BoxedStrategy<Value> {
    let other = match param.kind {
        Kind::Int { min, max, .. } => (min..=max).prop_map(Value::Int).boxed(),
        Kind::Duration { min_us, max_us, .. } => (min_us..=max_us).prop_map(Value::Duration).boxed(),
        Kind::Decimal { min, max, .. } => (min..=max).prop_map(Value::Decimal).boxed(),
        Kind::Choice { words, .. } => (0..words.len() as u8).prop_map(Value::Choice).boxed(),
        Kind::Dist { .. } => {
            let dist = prop_oneof![
                (1..5_000u32, 1..9u32).prop_map(|(a, b)| format!("uniform-{a}us-{}us", a + b)),
                (1..5_000u32).prop_map(|mean| format!("exp-{mean}us")),
                (1..99u32, 1..5_000u32).prop_map(|(p, a)| format!("mix-0.{p:02}-{a}us-pareto-1.05ms-1.51")),
            ];
            dist.prop_map(|text| Value::Dist(text.parse().expect("a distribution"))).boxed()
        }
    };
    prop_oneof![defaults => Just(param.default()), 1 => other].boxed()
}

fn word(words: &[&'static str]) -> impl Strategy<Value = &'static str> + use<> {
    proptest::sample::select(words.to_vec())
}

/// Every act, its nodes of a small cast and its words of the lab's own where it has some.
pub(crate) fn any_act(lab: &'static dyn Lab) -> impl Strategy<Value = Act> {
    let requests: Vec<String> = lab.meta().requests.iter().map(|r| r.example.to_string()).collect();
    let kinds: Vec<String> =
        lab.meta().kinds.iter().map(|k| k.word.to_string()).chain(["any".into()]).collect();
    let node = || word(&["n1", "n2", "n3", "k1", "c1", "n.", "k.", "c.", "n1.n2"]);
    let one = || word(&["n1", "n2", "n3", "k1", "c1"]);
    let mut acts = vec![
        Just("heal".to_string()).boxed(),
        Just("stop".to_string()).boxed(),
        (one(), one()).prop_map(|(a, b)| format!("point:{a}-{b}")).boxed(),
        (word(&["cut", "cut1", "heal"]), word(&["n1-n2", "n3-n1.n2", "c.-n3", "n1.n2-c1", "k1-n1", "n.-k."]))
            .prop_map(|(w, sides)| format!("{w}:{sides}"))
            .boxed(),
        (word(&["crash", "start", "wipe", "point"]), node()).prop_map(|(w, a)| format!("{w}:{a}")).boxed(),
        ("pause", node(), 0..9_000_000u64)
            .prop_map(|(w, a, us)| format!("{w}:{a}:{}", DurationUs(us)))
            .boxed(),
        (node(), 1..1_000u32).prop_map(|(a, by)| format!("slow:{a}:{by}")).boxed(),
        (node(), -500_000..500_000i32).prop_map(|(a, ppm)| format!("drift:{a}:{ppm}")).boxed(),
        (node(), 0..9_000_000u64).prop_map(|(a, us)| format!("clock:{a}:-{}", DurationUs(us))).boxed(),
        (word(&["drop", "dup", "point"]), one(), one(), proptest::sample::select(kinds))
            .prop_map(|(w, a, b, k)| format!("{w}:{a}-{b}:{k}"))
            .boxed(),
        any::<u32>().prop_map(|seed| format!("reseed:{seed}")).boxed(),
    ];
    if !requests.is_empty() {
        let ask = (node(), proptest::sample::select(requests))
            .prop_map(|(a, request)| format!("ask:{a}:{request}"));
        acts.push(ask.boxed());
    }
    let seen = any::<char>().prop_map(|c| if crate::link::is_unseen(c) { '…' } else { c });
    let caption = proptest::collection::vec(seen, 0..30);
    let said = caption
        .prop_map(|text| Act::Say { text: crate::acts::Caption(text.into_iter().chain(['.']).collect()) });
    let read = |text: String| text.parse().unwrap_or_else(|why| panic!("{text}: {why}"));
    prop_oneof![9 => proptest::strategy::Union::new(acts).prop_map(read), 1 => said]
}

/// A scenario that may run, for as long as any.
pub(crate) fn any_scenario(lab: &'static dyn Lab) -> impl Strategy<Value = Scenario> {
    let horizon = prop_oneof![Just(lab.meta().horizon_us), 1..=crate::scenario::MAX_HORIZON_US];
    of_lab(lab, 2, horizon, 12_000_000)
}

/// A scenario that is run: few parameters are moved, and it is short.
pub(crate) fn any_run(lab: &'static dyn Lab) -> impl Strategy<Value = Scenario> {
    of_lab(lab, 7, prop_oneof![Just(1_500_000), 1..3_000_000u64], 2_000_000)
}

/// Values and cues that do not go together are left out.
fn of_lab(
    lab: &'static dyn Lab,
    defaults: u32,
    horizon_us: impl Strategy<Value = u64>,
    latest_cue_us: u64,
) -> impl Strategy<Value = Scenario> {
    let values: Vec<_> = lab.params().iter().map(|param| any_value(param, defaults)).collect();
    let cues = proptest::collection::vec((0..latest_cue_us, any_act(lab)), 0..30);
    let seed = prop_oneof![Just(1), any::<u32>()];
    (values, seed, horizon_us, cues).prop_map(move |(values, seed, horizon_us, cues)| {
        let mut scenario = Scenario { lab: lab.meta().id, seed, values, cues: Vec::new(), horizon_us };
        if !scenario.problems(lab).is_empty() {
            scenario.values = Scenario::of(lab).values;
        }
        for (at_us, act) in cues {
            let mut longer = scenario.clone();
            longer.insert(Cue { at_us, act });
            if longer.problems(lab).is_empty() {
                scenario = longer;
            }
        }
        scenario
    })
}

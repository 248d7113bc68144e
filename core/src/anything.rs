//! Anything that a reader may ask for, for laws that hold of all of it. `SPLITBRAIN_CASES=1000000` tries each law a million times.

use crate::acts::{
    Act, Argument, Caption, Factor, Healed, Jump, MessageKind, Nth, PartsPerMillion, Pointed, Request, Seed,
    Time,
};
use crate::cast::{Group, Name};
use crate::lab::Lab;
use crate::params::{Kind, Param, Value};
use crate::scenario::{Cue, Scenario};
use proptest::prelude::*;
use std::fmt::Debug;

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

/// An argument of an act, whatever it is.
pub(crate) trait AnyArgument: Argument + Debug + 'static {
    /// Any, its nodes of a small cast and its words of the lab's own where it has some.
    fn any(lab: &'static dyn Lab) -> BoxedStrategy<Self>;
}

/// One of these texts, read.
fn one_of<T: Argument + Debug + 'static>(texts: Vec<String>) -> BoxedStrategy<T> {
    let read = |text: String| T::read(&text).unwrap_or_else(|why| panic!("{text}: {why}"));
    proptest::sample::select(texts).prop_map(read).boxed()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

impl AnyArgument for Group {
    fn any(_: &'static dyn Lab) -> BoxedStrategy<Group> {
        one_of(owned(&["n1", "n2", "n3", "k1", "c1", "c2", "n.", "k.", "c.", "n1.n2", "n2.n3"]))
    }
}

impl AnyArgument for Name {
    fn any(_: &'static dyn Lab) -> BoxedStrategy<Name> {
        one_of(owned(&["n1", "n2", "n3", "k1", "c1", "c2"]))
    }
}

impl AnyArgument for Healed {
    fn any(_: &'static dyn Lab) -> BoxedStrategy<Healed> {
        one_of(owned(&["", "n1-n2", "n3-n1.n2", "n1.n2-c1", "k1-n1"]))
    }
}

impl AnyArgument for Pointed {
    fn any(lab: &'static dyn Lab) -> BoxedStrategy<Pointed> {
        let messages = (Name::any(lab), Name::any(lab), MessageKind::any(lab));
        prop_oneof![
            Group::any(lab).prop_map(Pointed::Nodes),
            (Name::any(lab), Name::any(lab)).prop_map(|(a, b)| Pointed::Link(a, b)),
            messages.prop_map(|(from, to, kind)| Pointed::Messages { from, to, kind }),
        ]
        .boxed()
    }
}

impl AnyArgument for MessageKind {
    fn any(lab: &'static dyn Lab) -> BoxedStrategy<MessageKind> {
        one_of(lab.meta().kinds.iter().map(|kind| kind.word).chain(["any"]).map(String::from).collect())
    }
}

impl AnyArgument for Request {
    /// Where the lab has no requests, one that it does not know.
    fn any(lab: &'static dyn Lab) -> BoxedStrategy<Request> {
        let known: Vec<String> = lab.meta().requests.iter().map(|known| known.example.to_string()).collect();
        one_of(if known.is_empty() { owned(&["nothing"]) } else { known })
    }
}

impl AnyArgument for Caption {
    fn any(_: &'static dyn Lab) -> BoxedStrategy<Caption> {
        let seen = any::<char>().prop_map(|c| if crate::unseen::is_unseen(c) { '…' } else { c });
        let caption = proptest::collection::vec(seen, 0..30);
        caption.prop_map(|text| Caption(text.into_iter().chain(['.']).collect())).boxed()
    }
}

impl AnyArgument for Time {
    fn any(_: &'static dyn Lab) -> BoxedStrategy<Time> {
        (0..9_000_000u64).prop_map(Time).boxed()
    }
}

impl AnyArgument for Jump {
    fn any(_: &'static dyn Lab) -> BoxedStrategy<Jump> {
        (-9_000_000..9_000_000i64).prop_map(Jump).boxed()
    }
}

impl AnyArgument for Factor {
    fn any(_: &'static dyn Lab) -> BoxedStrategy<Factor> {
        (1..=1_000u32).prop_map(Factor).boxed()
    }
}

impl AnyArgument for PartsPerMillion {
    fn any(_: &'static dyn Lab) -> BoxedStrategy<PartsPerMillion> {
        (-500_000..=500_000i32).prop_map(PartsPerMillion).boxed()
    }
}

impl AnyArgument for Nth {
    fn any(_: &'static dyn Lab) -> BoxedStrategy<Nth> {
        (1..9u32).prop_map(Nth).boxed()
    }
}

impl AnyArgument for Seed {
    fn any(_: &'static dyn Lab) -> BoxedStrategy<Seed> {
        any::<u32>().prop_map(Seed).boxed()
    }
}

/// Every act of the table, each as likely as another. Not all go with every lab and every scenario.
pub(crate) fn any_act(lab: &'static dyn Lab) -> impl Strategy<Value = Act> {
    proptest::strategy::Union::new(Act::any_of_each(lab))
}

/// A scenario that may run, for as long as any.
pub(crate) fn any_scenario(lab: &'static dyn Lab) -> impl Strategy<Value = Scenario> {
    let horizon = prop_oneof![Just(lab.meta().horizon_us), 1..=lab.longest_us()];
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

//! A lab that has every kind of parameter and runs nothing.

use crate::acts::Act;
use crate::cast::Cast;
use crate::lab::{BookPart, Course, Detail, Lab, Meta, Preset, Promise};
use crate::params::{Param, Value, choice, decimal, dist, duration, int};
use crate::scenario::{Problem, Scenario};

pub(crate) struct Toy;
pub(crate) static TOY: Toy = Toy;

crate::choice! {
    enum Repair { None = "none" "no repair", Async = "async" "after the answer", Blocking = "blocking" "before the answer" }
}

crate::params! {
    struct Params {
        "Cluster" {
            n: u32 = int(1, 9, 3, "replicas"), "Replicas", "How many.";
            w: u32 = int(1, 9, 2, ""), "Write quorum", "How many answer.";
        }
        "Time" {
            timeout: u64 = duration(1_000, 60_000_000, 500_000), "Timeout", "How long.";
            p: u32 = decimal(0, 1_000_000, 0, ""), "Chance", "How often.";
            lag: crate::sim::dist::Dist = dist("10ms"), "Lag", "How far behind.";
            repair: Repair = choice(Repair::WORDS, 0), "Repair", "When.";
        }
    }
}

static META: Meta = Meta {
    id: "toy",
    title: "Toy",
    summary: "Every kind of parameter.",
    part: BookPart::Example,
    chapters: &[],
    views: &["overlap"],
    facts: &[],
    kinds: &[],
    tallies: &[],
    promises: &[Promise { id: "fresh", question: "Are reads fresh?", term: "freshness", unbreakable: false }],
    requests: &[],
    horizon_us: 10_000_000,
    modelled: &[],
    left_out: &[],
    revision: 3,
    changelog: &["acks are sent at once", "the second change"],
};

impl Lab for Toy {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn params(&self) -> &'static [Param] {
        Params::TABLE
    }

    fn cast(&self, scenario: &Scenario) -> Cast {
        Cast { servers: Params::of(&scenario.values).n as u16, coordinators: 0, clients: 1 }
    }

    fn problems(&self, scenario: &Scenario) -> Vec<Problem> {
        match (scenario.value(self, "n"), scenario.value(self, "w")) {
            (Some(Value::Int(n)), Some(Value::Int(w))) if w > n => {
                vec![Problem::key("w", format!("w={w} is more than n={n}"))]
            }
            _ => Vec::new(),
        }
    }

    fn longest_us(&self) -> u64 {
        2 * 24 * 3_600_000_000
    }

    fn act_problem(&self, _: &Scenario, act: &Act) -> Option<String> {
        matches!(act, Act::Ask { .. }).then(|| "nobody here takes requests".into())
    }

    fn presets(&self) -> &'static [Preset] {
        &[]
    }

    fn begin(&self, _: &Scenario, _: Detail) -> Box<dyn Course> {
        unreachable!("this lab is for reading and printing links")
    }
}

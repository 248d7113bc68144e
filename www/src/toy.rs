//! A lab with one of everything, for the tests of what pages say.
use splitbrain::acts::Act;
use splitbrain::cast::Cast;
use splitbrain::lab::{
    BookPart, Check, Claim, Course, Detail, Fidelity, Holds, Lab, Meta, Preset, Promise, Proof, Statistic,
};
use splitbrain::params::Param;
use splitbrain::scenario::Scenario;

/// The lab.
pub static TOY: Toy = Toy;

/// A lab that is described and never run.
pub struct Toy;

static META: Meta = Meta {
    id: "quorum",
    title: "Toys & quorums",
    summary: "Reads overlap writes.",
    part: BookPart::Coordination,
    chapters: &["Replication"],
    views: &[],
    facts: &[],
    kinds: &[],
    tallies: &[],
    promises: &[Promise {
        id: "lin",
        question: "Is it as one copy?",
        term: "linearizable",
        unbreakable: false,
    }],
    requests: &[],
    horizon_us: 1_000_000,
    modelled: &["Quorums"],
    left_out: &["Disks"],
    revision: 1,
    changelog: &[],
};

impl Lab for Toy {
    fn meta(&self) -> &'static Meta {
        &META
    }
    fn params(&self) -> &'static [Param] {
        &[]
    }
    fn cast(&self, _: &Scenario) -> Cast {
        unreachable!("nothing is run")
    }
    fn act_problem(&self, _: &Scenario, _: &Act) -> Option<String> {
        None
    }
    fn presets(&self) -> &'static [Preset] {
        &[Preset { id: "five", title: "Five", sentence: "More replicas.", link: "quorum?n=5" }]
    }
    fn claims(&self) -> &'static [Claim] {
        &[Claim {
            id: "overlap",
            sentence: "W + R > N is linearizable",
            holds: Holds::No("two reads overlap the write in turn"),
            link: "quorum?n=3",
            promise: "lin",
            proof: Proof::SomeOf { seeds: 100, at_least: 3 },
        }]
    }
    fn fidelity(&self) -> &'static [Fidelity] {
        &[Fidelity {
            id: "tail",
            claim: "The tail of reads",
            source: "A paper",
            check: Check::Sweep {
                link: "quorum",
                tally: "read_ms",
                statistic: Statistic::Quantile { per_mille: 999, spread: 1.0 },
                expected: 4.5,
                error: 0.0,
                seeds: 1000,
                quick: 100,
            },
        }]
    }
    fn begin(&self, _: &Scenario, _: Detail) -> Box<dyn Course> {
        unreachable!("nothing is run")
    }
}

//! The scenarios that every test of every lab runs: its default, its presets, and whatever else its tables link to.

use splitbrain::lab::{Check, Lab};
use splitbrain::labs::LABS;
use splitbrain::link::{self, Link};

/// A scenario that a lab publishes.
#[derive(Clone)]
pub struct Published {
    /// Its lab.
    pub lab: &'static dyn Lab,
    /// What it is in the lab's tables: `default`, `preset stale`, `claim overlap`.
    pub name: String,
    /// Its link, as the table has it.
    pub text: &'static str,
    /// The same, read.
    pub link: Link,
}

/// Reads a link that a lab publishes.
///
/// # Panics
/// When it has a problem: what a lab publishes has none.
pub fn read(text: &str) -> Link {
    let opened = link::parse(text, LABS);
    assert!(opened.problems.is_empty(), "{text}: {:?}", opened.problems);
    opened.link.expect("a link without problems names a lab")
}

/// The default and the presets of a lab.
pub fn scenarios(lab: &'static dyn Lab) -> Vec<Published> {
    let default = ("default".to_string(), lab.meta().id);
    let presets = lab.presets().iter().map(|preset| (format!("preset {}", preset.id), preset.link));
    publish(lab, std::iter::once(default).chain(presets))
}

/// Every link in a lab's tables: beside its default and presets, claims, challenges and fidelity checks.
pub fn every_link(lab: &'static dyn Lab) -> Vec<Published> {
    let claims = lab.claims().iter().map(|claim| (format!("claim {}", claim.id), claim.link));
    let challenges = lab.challenges().iter().flat_map(|challenge| {
        let name = |what: &str| format!("challenge {}: {what}", challenge.id);
        [(name("start"), challenge.start), (name("solution"), challenge.solution)]
    });
    let checks = lab.fidelity().iter().filter_map(|fidelity| match fidelity.check {
        Check::Sweep { link, .. } | Check::Search { link, .. } => {
            Some((format!("check {}", fidelity.id), link))
        }
        Check::Exact(_) | Check::Breaks { .. } => None,
    });
    let mut all = scenarios(lab);
    all.extend(publish(lab, claims.chain(challenges).chain(checks)));
    all
}

fn publish(lab: &'static dyn Lab, links: impl Iterator<Item = (String, &'static str)>) -> Vec<Published> {
    links.map(|(name, text)| Published { lab, name, text, link: read(text) }).collect()
}

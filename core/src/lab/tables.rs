//! Short ways to write the tables of a lab: one line for each promise, fact, preset and check.

use super::{Check, FactSpec, Fidelity, Preset, Promise, Show, Statistic, Unit};

/// A promise: its id, a developer's question and the field's term.
pub(crate) const fn promise(id: &'static str, question: &'static str, term: &'static str) -> Promise {
    Promise { id, question, term, unbreakable: false }
}

/// A fact that nodes report: its name, what it is, and where it is shown.
pub(crate) const fn fact(name: &'static str, about: &'static str, show: Show) -> FactSpec {
    FactSpec { name, about, show, place: None, unit: Unit::Things }
}

/// A preset: its id, title, one sentence and link.
pub(crate) const fn preset(
    id: &'static str,
    title: &'static str,
    sentence: &'static str,
    link: &'static str,
) -> Preset {
    Preset { id, title, sentence, link }
}

/// A published number that a function of the lab checks exactly.
pub(crate) const fn exact(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    check: fn() -> Result<String, String>,
) -> Fidelity {
    Fidelity { id, claim, source, check: Check::Exact(check) }
}

/// A rule without which a search finds a run that breaks a promise, within so many runs.
pub(crate) const fn found(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    link: &'static str,
    (promises, without): (&'static [&'static str], &'static [&'static str]),
    runs: u32,
) -> Fidelity {
    Fidelity {
        id,
        claim,
        source,
        check: Check::Search { link, promises, without, found: true, runs, quick: runs },
    }
}

/// Promises that no run of a search breaks; how many are tried, in full and in the quick run.
pub(crate) const fn unbroken(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    link: &'static str,
    (promises, without): (&'static [&'static str], &'static [&'static str]),
    (runs, quick): (u32, u32),
) -> Fidelity {
    Fidelity {
        id,
        claim,
        source,
        check: Check::Search { link, promises, without, found: false, runs, quick },
    }
}

/// A published number that is a statistic over seeds of a link: of which tally, which statistic, what it should be and the standard error of that
/// (0 for closed forms), in the tally's printed unit; and how many seeds, in full and in the quick run.
pub(crate) const fn sweep(
    id: &'static str,
    claim: &'static str,
    source: &'static str,
    link: &'static str,
    (tally, statistic, expected, error): (&'static str, Statistic, f64, f64),
    (seeds, quick): (u32, u32),
) -> Fidelity {
    Fidelity {
        id,
        claim,
        source,
        check: Check::Sweep { link, tally, statistic, expected, error, seeds, quick },
    }
}

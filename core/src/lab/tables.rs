//! Short ways to write the tables of a lab: one line for each figure, promise, fact, preset and exact check.

use super::{Check, FactSpec, Fidelity, Preset, Promise, Show, TallySpec, Unit};

/// A figure that counts things: its name and what it is.
pub(crate) const fn tally(name: &'static str, about: &'static str) -> TallySpec {
    TallySpec { name, unit: Unit::Things, about }
}

/// A figure in milliseconds: its name, which ends in `_ms`, and what it is.
pub(crate) const fn time(name: &'static str, about: &'static str) -> TallySpec {
    tally(name, about).in_unit(Unit::Us)
}

/// A figure that is a decimal, a ratio, a rate or a mean: its name and what it is.
pub(crate) const fn decimal(name: &'static str, about: &'static str) -> TallySpec {
    tally(name, about).in_unit(Unit::Millionths)
}

/// A promise: its id, a developer's question and the field's term.
pub(crate) const fn promise(id: &'static str, question: &'static str, term: &'static str) -> Promise {
    Promise { id, question, term }
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

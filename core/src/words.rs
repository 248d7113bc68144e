//! What a lab's facts, messages and figures are called, what they count, and how pictures use them.

/// Something that nodes report while they run.
#[derive(Debug)]
pub struct FactSpec {
    /// Its name for people.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub about: &'static str,
    /// How pictures use it.
    pub show: Show,
    /// What its places are called, where a node has it for more than one and they are not data keys.
    pub place: Option<fn(u16) -> String>,
    /// What its numbers count.
    pub unit: Unit,
}

/// What the numbers of a fact or a tally count, so that they can be told to people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Things: just the number.
    Things,
    /// Microseconds.
    Us,
    /// Thousandths of a thing.
    Thousandths,
    /// Hundredths of the whole.
    Percent,
    /// Millionths: of the whole, or of a thing.
    Millionths,
}

impl Unit {
    /// By how much a tally's whole number is divided where it is printed: microseconds are printed in milliseconds, parts as decimals.
    pub fn divisor(self) -> f64 {
        match self {
            Unit::Things | Unit::Percent => 1.0,
            Unit::Us | Unit::Thousandths => 1e3,
            Unit::Millionths => 1e6,
        }
    }
}

impl FactSpec {
    /// The same, with names for its places.
    pub(crate) const fn of(self, place: fn(u16) -> String) -> FactSpec {
        FactSpec { place: Some(place), ..self }
    }

    /// The same, in a unit.
    pub(crate) const fn in_unit(self, unit: Unit) -> FactSpec {
        FactSpec { unit, ..self }
    }
}

/// How pictures use a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Show {
    /// On the node's face: its value there, one for each index.
    Face,
    /// The node's role or state, by word.
    Role,
    /// In the inspector only.
    Inspector,
}

/// A kind of message.
#[derive(Clone, Copy, Debug)]
pub struct MessageSpec {
    /// Its word, in pictures and in `drop:n1-n2:word`.
    pub word: &'static str,
    /// What it asks or tells, in a sentence.
    pub about: &'static str,
    /// Its role in pictures: requests, answers and background work look different.
    pub role: MessageRole,
}

/// How a kind of message looks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MessageRole {
    /// A client's request.
    Request,
    /// The answer to it.
    Response,
    /// Carries a write inwards.
    Write,
    /// Carries a read inwards.
    Read,
    /// Agrees to something.
    Ack,
    /// Repairs, hands off, synchronises.
    Repair,
    /// Anything periodic.
    Background,
}

/// A figure that a run gives.
#[derive(Debug)]
pub struct TallySpec {
    /// Its name; that of a time ends in `_ms`, for it is printed in milliseconds.
    pub name: &'static str,
    /// What its whole number counts: things, microseconds, or, of ratios, rates and means, millionths.
    pub unit: Unit,
    /// What it counts or measures, in a sentence.
    pub about: &'static str,
}

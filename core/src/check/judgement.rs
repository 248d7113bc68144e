//! What a checker says: kept, broken and why, or undecided and why.

use crate::counted::counted;
use crate::history::{Answer, Call, History, INITIAL};
use crate::time::DurationUs;
use std::fmt;

/// What a checker says of a history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Judgement {
    /// The model allows it.
    Kept {
        /// Orders that show it, as places in the history: one for each key (linearizable, cache), a single one (sequential), none for the other models.
        orders: Vec<Vec<usize>>,
    },
    /// The model forbids it.
    Broken(Broken),
    /// It could not be decided.
    Unknown(Undecided),
}

/// Why a history is forbidden.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// The operation that cannot be placed. By linearizability it is the first whose return made the history impossible.
    pub op: usize,
    /// A longest order without it, where the checker searched for one.
    pub order: Vec<usize>,
    /// The client in whose eyes it is impossible, where the model has an order for each.
    pub view: Option<u32>,
    /// What makes it impossible.
    pub why: Why,
}

/// What makes an operation impossible. Operations are places in the history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// It read a value that nobody wrote.
    NeverWritten,
    /// It read none or several values at once, which a register does not hold.
    Siblings,
    /// What it read was written only later.
    NotYetWritten {
        /// The write.
        write: usize,
    },
    /// What it read had been replaced.
    Stale {
        /// The write of what it read; none for the initial value.
        write: Option<usize>,
        /// The write that replaced it.
        newer: usize,
    },
    /// An earlier read had seen a newer value.
    BackInTime {
        /// The earlier read.
        seen: usize,
        /// The write of the newer value.
        newer: usize,
    },
    /// What it read causes what it precedes: a circle.
    Circular,
    /// No order has the value that it found at that moment; the longest one ends with this.
    NoOrder {
        /// The register's value.
        holds: u64,
    },
}

/// Why a history could not be decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Undecided {
    /// The budget ran out.
    Budget {
        /// Steps that were spent.
        spent: u64,
    },
    /// The model is judged by who wrote a value, and this one was written twice (or is the initial one).
    SameValueTwice {
        /// The key.
        key: u32,
        /// The value.
        value: u64,
    },
    /// More operations than the checker takes.
    TooMany {
        /// How many there are.
        ops: usize,
        /// How many it takes.
        most: usize,
    },
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Undecided::Budget { spent } => {
                write!(f, "Still undecided after {} of the search.", counted(*spent, "step"))
            }
            Undecided::SameValueTwice { key, value: INITIAL } => {
                write!(f, "Key {key} is emptied, so that a read of nothing does not tell what it saw.")
            }
            Undecided::SameValueTwice { key, value } => {
                write!(
                    f,
                    "Key {key} gets the value {value} twice, so that a read of it does not tell which write it saw."
                )
            }
            Undecided::TooMany { ops, most } => {
                write!(f, "The history has {ops} operations; this checker takes {most} at most.")
            }
        }
    }
}

impl Judgement {
    /// Whether the model allows the history.
    pub fn is_kept(&self) -> bool {
        matches!(self, Judgement::Kept { .. })
    }

    /// Whether the model forbids it.
    pub fn is_broken(&self) -> bool {
        matches!(self, Judgement::Broken(_))
    }
}

/// How people call clients and keys.
pub struct Names<'a> {
    /// A client's name.
    pub client: &'a dyn Fn(u32) -> String,
    /// A key's name.
    pub key: &'a dyn Fn(u32) -> String,
}

impl Names<'_> {
    /// `c1`, `c2`, … and `x0`, `x1`, …
    pub const PLAIN: Names<'static> =
        Names { client: &|client| format!("c{client}"), key: &|key| format!("x{key}") };
}

impl Broken {
    /// Why, in a sentence: “c2's read of x at 1.2s returned 3, although c1 had written 5 after it by 0.9s.”
    pub fn sentence(&self, history: &History, names: &Names) -> String {
        let ops = history.ops();
        let told = |i: usize| {
            let op = &ops[i];
            let (client, key) = ((names.client)(op.client), (names.key)(op.key));
            let at = DurationUs(op.invoked.at_us);
            match (op.call, op.read()) {
                (Call::Read, Some(INITIAL)) => {
                    format!("{client}'s read of {key} at {at}, which found nothing,")
                }
                (Call::Read, Some(value)) => {
                    format!("{client}'s read of {key} at {at}, which returned {value},")
                }
                (Call::Read, None) => {
                    format!("{client}'s read of {key} at {at}{}", tell_values(op.answer.as_ref()))
                }
                (Call::Write(INITIAL), _) => format!("{client}'s deletion of {key} at {at}"),
                (Call::Write(value), _) => format!("{client}'s write of {value} to {key} at {at}"),
                (Call::Cas { from, to }, _) => {
                    let (from, to) = (tell_value(from), tell_value(to));
                    format!("{client}'s compare-and-set of {key} from {from} to {to} at {at}")
                }
            }
        };
        let subject = told(self.op);
        let eyes =
            self.view.map_or(String::new(), |view| format!("In the eyes of {}: ", (names.client)(view)));
        let because = match self.why {
            Why::NeverWritten => "nobody ever wrote that value".to_string(),
            Why::Siblings => "a register holds one value, neither none nor several at once".to_string(),
            Why::NotYetWritten { write } => format!("{} had not yet begun", told(write)),
            Why::Stale { write: None, newer } => format!("{} had come before it", told(newer)),
            Why::Stale { write: Some(write), newer } => {
                format!("{} had been replaced by {} by then", told(write), told(newer))
            }
            Why::BackInTime { seen, newer } => {
                format!("{} had already seen what is newer: {}", told(seen), told(newer))
            }
            Why::Circular => "what it saw was itself caused by what came after it".to_string(),
            Why::NoOrder { holds } => {
                format!("no order of the operations fits; the longest one leaves {} there", tell_value(holds))
            }
        };
        format!("{eyes}{subject} cannot be placed: {because}.")
    }
}

/// What a read was told that is not one value, as a clause.
fn tell_values(answer: Option<&Answer>) -> String {
    match answer {
        Some(Answer::Values(values)) if values.len() > 1 => {
            let values: Vec<String> = values.iter().copied().map(tell_value).collect();
            let (last, others) = values.split_last().expect("there are several");
            format!(", which returned {} and {last} side by side,", others.join(", "))
        }
        Some(Answer::Values(_)) => ", which returned no value,".to_owned(),
        _ => String::new(),
    }
}

/// A register's value in words.
fn tell_value(value: u64) -> String {
    if value == INITIAL { "nothing".to_owned() } else { value.to_string() }
}

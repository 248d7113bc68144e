//! The link: one line of text that says everything about what a reader sees, and opens for ever.
//!
//! ```text
//! quorum?n=3&w=1&r=1&seed=7&do=1.2s:cut:n1-n2.n3,3s:heal&at=2.5s
//! ```
//!
//! A link is a scenario (lab, parameters, `seed`, `for`, `do`), a view of it (`at`, `view`, `panels`, `theme`, `controls`, `hide`), a second
//! run as its differences (`b.w=2`), and an envelope (what the author saw, the challenge that it attempts, the sweep that it proposes,
//! the grammar's number). Only what differs
//! from the defaults is written, in one order, with characters that chat programs leave alone. What is read is forgiven much: whatever is
//! wrong becomes a [`Problem`], and the rest opens.

mod clean;
mod envelope;
mod nearest;
mod pack;
mod parse;
mod print;
mod repair;
#[cfg(test)]
pub(crate) mod tests;
mod view;

pub use crate::unseen::{is_unseen, visible};
pub use envelope::{Envelope, GRAMMAR, MAX_CELLS, MAX_MANY, MAX_OVER, Over, Seen, fingerprint};
pub use pack::{MAX_UNPACKED_BYTES, PACK_ABOVE_CHARS};
pub use parse::{MAX_PARTS, MAX_PROBLEMS, named, parse, parse_fragment};
pub(crate) use parse::{read_script, read_seed};
pub use print::{print, print_fragment};
pub use view::{At, Hide, PANELS, Theme, View};

use crate::lab::Lab;
use crate::scenario::{Problem, Scenario};

/// The scenario of one of a lab's own links: its claims and checks run them.
///
/// # Panics
/// When there is anything wrong with it.
pub(crate) fn own(lab: &'static dyn Lab, text: &str) -> Scenario {
    let opened = parse(text, &[lab]);
    assert!(opened.problems.is_empty(), "{text}: {:?}", opened.problems);
    opened.link.expect("the lab is named").scenario
}

/// The most of a text that is read as a link, in bytes.
pub const MAX_TEXT_BYTES: usize = 1 << 20;

/// Everything that a link says. Its scenarios are valid: they may run.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Link {
    /// The run.
    pub scenario: Scenario,
    /// A second run beside it, of the same lab: keys that begin with `b.`.
    pub second: Option<Scenario>,
    /// How it is looked at.
    pub view: View,
    /// What goes with it.
    pub envelope: Envelope,
}

impl Link {
    /// A link to a scenario and nothing else.
    pub fn to(scenario: Scenario) -> Link {
        Link { scenario, second: None, view: View::default(), envelope: Envelope::default() }
    }
}

/// What came of reading a text as a link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    /// The link, with defaults where the text was wrong; `None` when it names no lab that there is.
    pub link: Option<Link>,
    /// Everything that was wrong, each with its place.
    pub problems: Vec<Problem>,
}

/// The lab of that id.
pub fn find_lab(labs: &[&'static dyn Lab], id: &str) -> Option<&'static dyn Lab> {
    labs.iter().copied().find(|lab| lab.meta().id == id)
}

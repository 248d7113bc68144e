//! What is known of every operation.

use super::call::Outcome;
use crate::trace::Mark;

/// An operation.
#[derive(Clone, Copy, Debug)]
pub struct Track {
    /// Its number in the run.
    pub op: u32,
    /// Its client's number, from 1; which of that client's operations it is, from 1; and its method.
    pub of: (u16, u32, &'static str),
    /// When it began.
    pub began: Mark,
    /// When the database did it first, and with which answer.
    pub done: Option<(Mark, Outcome)>,
    /// When it did so last, and how often.
    pub latest: Option<Mark>,
    /// See there.
    pub effects: u32,
    /// When the provider took the money first, and how often.
    pub charged: Option<Mark>,
    /// See there.
    pub charges: u32,
    /// When it read, and which version its write rests on.
    pub read: Option<Mark>,
    /// See there.
    pub rests: Option<u32>,
    /// It has found its key in progress, and nobody has worked at it for it since.
    pub blocked: Option<Mark>,
    /// It was told a success.
    pub succeeded: bool,
}

impl Track {
    /// An operation that begins.
    pub fn new(op: u32, of: (u16, u32, &'static str), began: Mark) -> Track {
        Track {
            op,
            of,
            began,
            done: None,
            latest: None,
            effects: 0,
            charged: None,
            charges: 0,
            read: None,
            rests: None,
            blocked: None,
            succeeded: false,
        }
    }

    /// What sentences call it.
    pub fn name(&self) -> String {
        let (client, nth, verb) = self.of;
        let nth = if nth > 1 { format!(" no. {nth}") } else { String::new() };
        format!("c{client}'s {verb}{nth}")
    }

    /// How often it was executed: by the provider, where one takes the money.
    pub fn executed(&self, outside: bool) -> u32 {
        if outside { self.charges } else { self.effects }
    }
}

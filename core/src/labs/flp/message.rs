//! What processes say.

use crate::parts::benor::{Bit, Say, Vote};
use crate::sim::Never;

crate::declare::messages! {
    /// A message of Ben-Or's protocol.
    #[derive(Copy)]
    pub enum Msg {
        Report "report" Read "This is my value in this phase." { phase: u32, value: Bit } => "{value} in phase {phase}",
        Proposal "proposal" Write "This is what more than half have reported; ? where I have not heard as much." { phase: u32, vote: Vote } => "proposes {vote} in phase {phase}",
    }
}

impl Msg {
    /// What is said in a phase.
    pub fn of(phase: u32, say: Say) -> Msg {
        match say {
            Say::Report(value) => Msg::Report { phase, value },
            Say::Propose(vote) => Msg::Proposal { phase, vote },
        }
    }

    /// The phase, and what is said in it.
    pub fn said(self) -> (u32, Say) {
        match self {
            Msg::Report { phase, value } => (phase, Say::Report(value)),
            Msg::Proposal { phase, vote } => (phase, Say::Propose(vote)),
        }
    }
}

crate::declare::words! {
    /// Timers.
    #[derive(Copy, PartialOrd, Ord)]
    pub enum Timer {
        /// The process begins: at once, but after what the script does at the start.
        Begin => "beginning",
        /// All that was said in time has come.
        Heard => "has heard everybody",
    }
}

/// Nobody is asked for anything.
type Request = Never;
type Response = Never;

crate::declare::speech!(());

//! What is told of those who watch, for whoever judges them.

use super::super::mark::{HopId, TierId};

/// What becomes of spans, and what there would be to find.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Watched {
    /// The trouble that the settings ask for strikes a request: told where its nodes do not tell of it.
    Struck {
        /// Where.
        tier: TierId,
    },
    /// A service has written a span.
    Written {
        /// Whose.
        tier: TierId,
        /// How many: its own, and one for each try that it has made.
        spans: u16,
    },
    /// Those who watch have kept a span.
    Stored {
        /// The try that came to a service by which it is known.
        hop: HopId,
        /// See there.
        path: u32,
        /// As many as when it was written.
        spans: u16,
        /// Its trace.
        trace: u32,
        /// The probability with which a trace like it is kept, in millionths.
        probability: u32,
        /// Whether its trace begins with it, and whether it is an error.
        is_root: bool,
        /// See there.
        is_error: bool,
    },
    /// A span was thrown away that had come to those who watch.
    Dropped {
        /// As many as when it was written.
        spans: u16,
        /// Whether because no room was left for its trace.
        early: bool,
    },
}

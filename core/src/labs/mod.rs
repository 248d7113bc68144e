//! The labs: one folder each, one word here.

use crate::lab::Lab;

/// Declares the labs: for each word a module of that name with a `LAB`.
macro_rules! labs {
    ($($id:ident);+ $(;)?) => {
        $(pub mod $id;)+

        /// Every lab, in the order of catalogues.
        pub const LABS: &[&dyn Lab] = &[$(&$id::LAB),+];

        /// Their ids.
        pub const IDS: &[&str] = &[$(stringify!($id)),+];
    };
}

labs! {
    ping; quorum; cap; clocks; flp; broadcast; raft; paxos; leader; lock; commit; retry; deadline; breaker; limit; shed;
    ring;
    balancer; cache; gateway; messaging; idempotency;
    observe
}

/// The lab of that id.
pub fn find(id: &str) -> Option<&'static dyn Lab> {
    LABS.iter().copied().find(|lab| lab.meta().id == id)
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod tests;

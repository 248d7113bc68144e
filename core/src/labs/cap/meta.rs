//! What the lab is called, shows, counts and promises.

use super::super::quorum;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::figures! {
    reads Things "Reads that ended.";
    read_ok Things "Reads that were served.";
    writes Things "Writes that ended.";
    write_ok Things "Writes that were served.";
    refused Things "Requests to live nodes that were not served.";
    stale_reads Things "Reads that missed a write which had been acknowledged before they began.";
    stale_ms Us "The oldest read: how long before it began the value had been replaced.";
    read_ms Us "Mean time of a read that was served.";
    write_ms Us "Mean time of a write that was served.";
    messages Things "Messages sent.";
}

/// The lab's data. Messages and facts are the lab quorum's.
pub static META: Meta = Meta {
    id: "cap",
    title: "CAP and PACELC",
    summary: "One cluster, one cut, two choices side by side: refuse, or answer with what may be old.",
    part: BookPart::Coordination,
    chapters: &["System models", "Replication", "The CAP theorem"],
    views: &["stage", "spacetime", "operations", "strip", "charts"],
    facts: quorum::META.facts,
    kinds: quorum::META.kinds,
    tallies: Figures::SPECS,
    promises: &[
        promise("linearizable", "Does it behave like a single copy?", "consistency (C)"),
        promise("available", "Is every request to a live node answered?", "availability (A)"),
        promise("latest", "Does a read see the latest acknowledged write?", "regular register"),
        promise("converge", "Do replicas agree again once nothing parts them?", "eventual consistency").unbreakable(),
    ],
    requests: &[
        RequestSpec { example: "put.x.3", about: "write 3 to x" },
        RequestSpec { example: "get.x", about: "read x" },
    ],
    horizon_us: 3_000_000,
    modelled: &[
        "The theorem's terms (Gilbert and Lynch 2002): consistent is linearizable, available is that every request to a node that is up gets an answer other than an error.",
        "CP: the register of Attiya, Bar-Noy and Dolev on majorities. AP: one replica answers, the last write wins (of two with one timestamp the larger value), and Merkle trees bring replicas together again.",
        "Each client asks one replica, always the same: the cut decides on which side it is.",
    ],
    left_out: &[
        "Clients that turn to another replica when theirs refuses.",
        "Everything in between: the lab quorum has it.",
    ],
    revision: 2,
    changelog: &[
        "First published.",
        "Of two writes with one timestamp the larger value wins, not the higher client; challenges ask for a cut that parts replicas, and for work during it. Lights go by what clients are told: to find nothing is to find a deletion. Replicas that are paused need not agree, those that only a client is cut off from must. Reasons name the acts that made it so.",
    ],
};

//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, FactSpec, Meta, Promise, RequestSpec, Show, TallySpec};

const fn tally(name: &'static str, about: &'static str) -> TallySpec {
    TallySpec { name, about }
}

const fn promise(id: &'static str, question: &'static str, term: &'static str) -> Promise {
    Promise { id, question, term }
}

const fn fact(name: &'static str, about: &'static str, show: Show) -> FactSpec {
    FactSpec { name, about, show }
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "quorum",
    title: "Replication with N, W, R",
    summary: "A value kept on N nodes, written to W and read from R of them: what the overlap gives, and what it does not.",
    part: BookPart::Coordination,
    chapters: &["Replication", "Consistency", "Leaderless replication"],
    views: &["stage", "spacetime", "operations", "strip", "overlap", "charts"],
    facts: &[
        fact("value", "What the replica holds for the key: a value, siblings side by side, – once deleted, · when it never heard of it.", Show::Face),
        fact("version", "Its timestamp, in µs, or what it has seen of each coordinator.", Show::Inspector),
        fact("took", "The last write that it took in: the client's own number for it, then four digits for the client's node.", Show::Inspector),
        fact("gave up", "The last write that it gave up for a later one, numbered alike.", Show::Inspector),
        fact("hints", "How many writes it keeps for nodes that could not be reached.", Show::Inspector),
        fact("role", "What it is, or what it does.", Show::Role),
    ],
    kinds: KINDS,
    tallies: &[
        tally("reads", "Reads that ended."),
        tally("read_ok", "Reads that R replicas answered in time."),
        tally("stale_reads", "Reads that missed a write which had been acknowledged before they began."),
        tally("writes", "Writes that ended."),
        tally("write_ok", "Writes that W replicas acknowledged in time."),
        tally("writes_lost", "Acknowledged writes that vanished although nothing that came after took their place."),
        tally("siblings_max", "The most versions that one read returned side by side."),
        tally("read_ms", "Mean time of a successful read."),
        tally("read_p99_ms", "Time that 99 of 100 successful reads take at the most."),
        tally("write_ms", "Mean time of a successful write."),
        tally("write_p99_ms", "Time that 99 of 100 successful writes take at the most."),
        tally("stale_ms", "The oldest read: how long before it began the value had been replaced."),
        tally("repairs", "Versions that reads sent to replicas which lacked them."),
        tally("hints", "Writes kept for nodes that could not be reached."),
        tally("converged_ms", "The longest time until all replicas had a write, counted from its arrival at the first, or from the end of what parted them."),
        tally("messages", "Messages sent."),
        tally("bytes_synced", "Bytes of hashes and versions sent to repair, hand off and synchronise."),
        tally("hashes", "Hashes of Merkle trees sent."),
        tally("fresh", "Probe: 1 when the read returned the last write."),
        tally("visible_ms", "Probe: the least t from which on the read would have been fresh, with the same luck."),
        tally("behind", "Probe: by how many versions the read was behind."),
        tally("within", "Probe: 1 when the read returned any of the writes: k-staleness for k writes."),
    ],
    promises: &[
        promise("latest", "Does a read see the latest acknowledged write?", "regular register"),
        promise("own", "Do I see my own write?", "read your writes"),
        promise("monotonic", "Can I see an older value after a newer one?", "monotonic reads"),
        promise("bounded", "Is what I read never older than the bound?", "bounded staleness"),
        promise("linearizable", "Does it behave like a single copy?", "linearizability"),
        promise("failed", "Does a write that reported failure have no effect?", "atomicity of failure"),
        promise("durable", "Does no acknowledged write get lost?", "durability"),
        promise("converge", "Do replicas agree again once nothing parts them?", "eventual consistency"),
    ],
    requests: &[
        RequestSpec { example: "put.x.3", about: "write 3 to x" },
        RequestSpec { example: "get.x", about: "read x" },
        RequestSpec { example: "del.x", about: "delete x" },
    ],
    horizon_us: 3_000_000,
    modelled: &[
        "Dynamo's coordination of reads and writes (DeCandia et al., SOSP 2007): a coordinator sends to the N owners of a key and answers after W acknowledgements or R answers.",
        "The WARS model of message delays and its published fits (Bailis et al., VLDB 2012).",
        "Blocking repair with ask-first writes: the register of Attiya, Bar-Noy and Dolev (JACM 1995), for several writers.",
        "Last-write-wins timestamps, version vectors by coordinator, dotted version vector sets; siblings are kept until a client that has read them writes.",
        "Sloppy quorums, hints, Merkle trees compared level by level, tombstones that are forgotten after their lifetime.",
        "Clients that do one thing at a time, half to one and a half mean gaps apart.",
    ],
    left_out: &[
        "Membership and virtual nodes: the ring stands still (the lab ring is about them).",
        "A coordinator does not retry; its client does not turn to another.",
        "A coordinator finds out that an owner is unreachable only by waiting: there is no failure detector.",
        "Disks take no time of their own: it is in the legs.",
        "Siblings are merged by the next writer who has read them, without a merge function of the application.",
    ],
    revision: 1,
    changelog: &["First published."],
};

//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::facts! {
    VALUE "value" Face "What the replica holds for the key: a value, siblings side by side, – once deleted (beside values where one sibling deletes), · when it never heard of it.";
    VERSION "version" Inspector "Its timestamp, by its coordinator's clock, its number, where writes ask first, or what it has seen of each coordinator.";
    TOOK "took" Inspector "The last write that it took in.";
    DROPPED "gave up" Inspector "The last write that it gave up: for a later one, or because its tombstone expired.";
    HINTS "hints" Inspector "How many writes it keeps for nodes that could not be reached.";
    ROLE "role" Role "What it is, or what it does.";
    LET_GO "let go" Inspector "The last write that it kept for another, or was to keep, and keeps no longer.";
}

crate::declare::figures! {
    reads Things "Reads that ended.";
    read_ok Things "Reads that R replicas answered in time.";
    stale_reads Things "Reads that missed a write which had been acknowledged before they began.";
    writes Things "Writes that ended.";
    write_ok Things "Writes that W replicas acknowledged in time.";
    writes_lost Things "Acknowledged writes that vanished although nothing that came after took their place.";
    siblings_max Things "The most versions that one read returned side by side.";
    read_ms Us "Mean time of a successful read.";
    read_p99_ms Us "Time that 99 of 100 successful reads take at the most.";
    write_ms Us "Mean time of a successful write.";
    write_p99_ms Us "Time that 99 of 100 successful writes take at the most.";
    stale_ms Us "The oldest read: how long before it began the value had been replaced.";
    repairs Things "Versions that reads sent to replicas which lacked them.";
    hints Things "Writes kept for nodes that could not be reached.";
    converged_ms Us "The longest time until all replicas had a write, counted from its arrival at the first, or from the end of what parted them.";
    messages Things "Messages sent.";
    bytes_synced Things "Bytes of hashes and versions sent to repair, hand off and synchronise.";
    hashes Things "Hashes of Merkle trees sent.";
    fresh Things "Probe: 1 when the read returned the last write.";
    visible_ms Us "Probe: the least t from which on the read would have been fresh, with the same luck.";
    behind Things "Probe: by how many versions the read was behind.";
    within Things "Probe: 1 when the read returned any of the writes: k-staleness for k writes.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "quorum",
    title: "Replication with N, W, R",
    summary: "A value kept on N nodes, written to W and read from R of them: what the overlap gives, and what it does not.",
    part: BookPart::Coordination,
    chapters: &["Replication", "Consistency", "Leaderless replication"],
    views: &["stage", "spacetime", "operations", "strip", "overlap", "charts"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
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
        "Last write wins by the coordinator's clock; at equal timestamps a deletion wins, and then the larger value, as in Cassandra and ScyllaDB.",
        "Version vectors by coordinator, and dotted version vector sets; siblings are kept until a client that has read them writes.",
        "Tombstones are as old as the delete, by its coordinator's clock, wherever they have been since (Cassandra's local deletion time), and are forgotten after their lifetime (gc_grace_seconds).",
        "Hints, kept by the coordinator, where they do not count towards W, or by a spare node of a sloppy quorum, where they do: none for who has been away for longer than the hint window (Cassandra's max_hint_window), and each for its lifetime.",
        "Merkle trees compared level by level, by replicas of their own accord, as in Dynamo and Riak; in Cassandra somebody has to start a repair.",
        "Clients that do one thing at a time, half to one and a half mean gaps apart.",
    ],
    left_out: &[
        "Membership and virtual nodes: no node joins, leaves or is replaced, during writes or at all (the lab ring is about that).",
        "A replica that knows nothing of a key says so, and that is one of the R answers: Riak's notfound_ok, which can be switched off there, and without basic_quorum.",
        "Compaction: a tombstone is forgotten when its lifetime is over; in Cassandra and ScyllaDB it covers what is older until a compaction takes it. Riak's delete_mode, by which deletes are reaped once all owners have them.",
        "Cassandra and ScyllaDB deliver no hint that is older than gc_grace_seconds. Here a hint's lifetime is set apart, and at first longer than any run, as hints have no end in Dynamo and Riak: late ones bring back what was deleted.",
        "Riak's epochs since 2.1: here a server, or a coordinator apart, that forgot its counter, with its disk or an expired tombstone, begins at one again and uses dots twice.",
        "Timestamps that clients make themselves, as most drivers of Cassandra and ScyllaDB do unless told otherwise; values of several columns, times to live, lightweight transactions.",
        "Quorums by data centre (LOCAL_QUORUM), digest reads, and reads sent to one more replica where the others are slow.",
        "A coordinator does not retry; its client does not turn to another.",
        "A coordinator finds out that an owner is unreachable only by waiting: there is no failure detector.",
        "Disks take no time of their own: it is in the legs.",
        "Siblings are merged by the next writer who has read them, without a merge function of the application.",
    ],
    revision: 2,
    changelog: &[
        "First published.",
        "A tombstone's age counts from the delete, also over a restart, and a late one is not passed round; hints may have an end, and a coordinator apart keeps them, too; at equal timestamps a deletion wins and then the larger value; challenges ask for the cut and the work that they are about. Lights go by what clients are told: to find nothing is to find a deletion, whether its tombstone stands or has been forgotten. A forgotten deletion is lost only when what it deleted returns, and replicas that have forgotten it then disagree. Replicas that are paused or down from the start need not agree, those that a client is cut off from must; they have had their time at the moment at which it is up. Reasons name the acts that made it so, those that slow a node among them, and the write that won.",
    ],
};

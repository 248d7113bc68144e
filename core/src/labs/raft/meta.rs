//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::facts! {
    TERM "term" Face "The latest term that it has seen.";
    ROLE "role" Role "What it is.";
    LOG "log" Inspector "Its entries after its snapshot: term, and what they hold.";
    COMMIT "commit index" Inspector "The highest entry that it knows to be committed; its machine has taken all up to there.";
    BASE "snapshot" Inspector "The last entry that its snapshot stands for; 0 where it has none.";
    SKIPPED "skipped" Inspector "The last entry that it did not apply: the command had been applied before.";
    VOTE "voted for" Inspector "Who has its vote in this term.";
    LEADER "leader" Inspector "Whom it takes for the leader.";
    VALUE "value" Face "What its machine holds for the key.";
    NEXT "next index" Inspector "As leader: the next entry that it sends to this server." of member;
    MATCH "match index" Inspector "As leader: the highest entry that it knows this server to have." of member;
    REFUSED "vote refused" Inspector "Whom it refused a vote last, and why.";
}

fn member(server: u16) -> String {
    format!("n{}", server + 1)
}

crate::declare::figures! {
    reads Things "Reads that ended.";
    read_ok Things "Reads that were answered.";
    writes Things "Writes that ended.";
    write_ok Things "Writes that were acknowledged.";
    read_ms Us "Mean time of an answered read.";
    write_ms Us "Mean time of an acknowledged write.";
    write_p99_ms Us "Time that 99 of 100 acknowledged writes take at the most.";
    commit_ms Us "Mean time from a leader's receipt of an entry to its commit there.";
    outage_ms Us "The longest time in which a request was waiting and none was answered.";
    elections Things "Elections begun: terms that some server stood in.";
    leaders Things "Leaders elected.";
    term Things "The latest term of any server.";
    committed Things "Entries committed, leaders' own among them.";
    messages Things "Messages between servers.";
    rejected Things "Answers that refuse entries, because logs do not meet there.";
    retries Things "Requests that a client sent again.";
    snapshots Things "Snapshots sent.";
    election_ms Us "Election: the time until a server has its majority.";
    terms Things "Election: the term in which one has.";
    split_first Things "Election: 1 when nobody won the first term.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "raft",
    title: "Raft",
    summary: "Servers elect a leader, and the leader's log becomes everybody's: what a majority decides stays decided.",
    part: BookPart::Coordination,
    chapters: &["Leader election", "Replication", "Consensus"],
    views: &["stage", "logs", "spacetime", "operations", "states", "charts"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("election", "Is there at most one leader in each term?", "election safety"),
        promise("append", "Does a leader only ever add to its log?", "leader append-only").unbreakable(),
        promise("matching", "Do two logs with the same entry agree on all before it?", "log matching"),
        promise("complete", "Does every later leader have what was committed?", "leader completeness"),
        promise("machine", "Do all servers apply the same entry at each index?", "state machine safety"),
        promise("linearizable", "Does it behave like a single copy?", "linearizability"),
        promise("durable", "Does an acknowledged write survive?", "durability"),
        promise("once", "Is a command that is retried applied just once?", "exactly-once semantics"),
        promise("single", "Does at most one server believe that it leads?", "single leader"),
        promise("progress", "Is there an answer again soon, once a majority is connected?", "liveness"),
    ],
    requests: &[
        RequestSpec { example: "put.x.3", about: "write 3 to x" },
        RequestSpec { example: "get.x", about: "read x" },
        RequestSpec { example: "cas.x.3.4", about: "write 4 to x if it holds 3" },
        RequestSpec { example: "add.n5", about: "make n5 a member" },
        RequestSpec { example: "remove.n5", about: "make n5 a member no longer" },
    ],
    horizon_us: 3_000_000,
    modelled: &[
        "Raft by Figure 2 of the extended paper (Ongaro, Ousterhout 2014): elections, replication, the commit rule, the state that is kept on disk, volatile and leaders' state apart.",
        "From Ongaro's thesis (2014): pre-vote (§9.6), votes withheld while there is a leader (§4.2.3), check quorum (§6.2), client sessions (§6.3), read-index and lease reads (§6.4), a leader that writes its disk while it sends (§10.2.1), single-server membership changes with the correction of 2015.",
        "Compaction by snapshots, which hold the members and the client sessions, and InstallSnapshot in one message.",
        "Entries are sent as they come, without waiting for the answers to those before, and at most 64 in a message; links keep the order of messages, as TCP does. A follower that refuses tells where logs may meet, as in etcd, or the leader goes back one entry at a time, as in the paper.",
        "Clients ask one thing at a time, whom they take for the leader; redirected by who does not lead, they ask another server after a while without an answer.",
    ],
    left_out: &[
        "Joint consensus and learners; catching up before a new server counts (thesis §4.2.1).",
        "Leadership transfer (thesis §3.10).",
        "Sessions do not expire; there is one for each client.",
        "Entries are not batched, and servers take no time for their work; a disk takes as long for any write.",
        "A snapshot is one message, whatever its size, and taking one takes no time.",
        "A leader that steps down tells its clients at once; in etcd their proposals are dropped.",
    ],
    revision: 1,
    changelog: &["First published."],
};

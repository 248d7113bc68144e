//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use super::telling::row_name;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

crate::declare::facts! {
    PROMISED "promised" Face "The highest ballot that it has promised: it votes in no lower one.";
    HOLDS "vote" Face "Its last vote, where one value is to be chosen.";
    VALUE "value" Face "What its machine holds for the key.";
    VIEW "view" Face "The view that it is in, or waits for.";
    ROLE "role" Role "What it is.";
    CHOSEN "chosen" Inspector "What it knows to be chosen.";
    LOG "log" Inspector "What it holds in each slot: ballot and value, which it has voted for or knows to be chosen.";
    COMMIT "knows up to" Inspector "Up to this slot it knows what was chosen; its machine has taken all up to there.";
    BALLOT "own ballot" Inspector "The last ballot that it has begun.";
    OVERTAKEN "overtaken by" Inspector "The ballot for which it last gave up its own.";
    VOTE "last vote" Inspector "Slot, ballot and value of its last vote.";
    LEADER "leader" Inspector "Whom it takes for the leader.";
    PROMISES "answer to prepare" Inspector "What it answers to prepare in a ballot." of row_name;
    TELLS "vote told" Inspector "The vote that it tells of with its promise." of row_name;
    ACCEPTS "answer to accept" Inspector "What it votes for in a ballot, or that it refuses." of row_name;
    VOTED "vote given" Inspector "What it has voted for in a ballot." of row_name;
    STANDS "standing" Inspector "What it is in a view." of view;
    GIVES "log given" Inspector "What it gives to the primary of a view." of view;
    COMMITS "last commit" Inspector "The last operation that it commits in a view." of view;
    BEGINS "beginning" Inspector "A primary begins its view." of view;
}

fn view(row: u16) -> String {
    format!("view {row}")
}

crate::declare::figures! {
    decided_ms Us "When a value first had its votes, whether or not anybody knew.";
    chosen Things "Values chosen: of one that is to be chosen 0, 1, or more; of a log one for each slot.";
    ballots Things "Ballots begun.";
    preempted Things "Ballots given up for a higher one.";
    messages Things "Messages between servers, heartbeats left out.";
    commit_ms Us "Mean time from a proposer's first request for votes to its knowing that they are enough.";
    leaders Things "How often a server came to lead.";
    reads Things "Reads that ended.";
    read_ok Things "Reads that were answered.";
    writes Things "Writes that ended.";
    write_ok Things "Writes that were acknowledged.";
    write_ms Us "Mean time of an acknowledged write.";
    outage_ms Us "The longest time in which a request was waiting and none was answered.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "paxos",
    title: "Paxos",
    summary: "Two quorums always meet, so a value once chosen is found again by whoever tries next; two proposers can keep each other from it, and a leader ends that.",
    part: BookPart::Coordination,
    chapters: &["Replication", "Consensus"],
    views: &["rounds", "stage", "spacetime", "logs", "operations", "states", "charts"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("one_value", "Is at most one value chosen?", "agreement"),
        promise("proposed", "Has somebody proposed what is chosen?", "validity").unbreakable(),
        promise("remembered", "Once chosen, is it chosen for ever?", "stability"),
        promise("progress", "Is something chosen in time?", "liveness"),
        promise("linearizable", "Does the log behave like a single copy?", "linearizability"),
        promise("acked", "Does an acknowledged write survive?", "durability"),
    ],
    requests: &[
        RequestSpec { example: "put.x.3", about: "write 3 to x" },
        RequestSpec { example: "get.x", about: "read x" },
        RequestSpec { example: "cas.x.3.4", about: "write 4 to x if it holds 3" },
    ],
    horizon_us: 2_000_000,
    modelled: &[
        "Paxos for one value by its published messages (Lamport 1998, 2001): prepare, promise, accept, accepted. A ballot's number holds its proposer; promise, vote and the last ballot begun are on disk before anybody hears of them. Each server is proposer, acceptor and learner.",
        "A proposer counts the votes for its ballot and tells all others what was chosen.",
        "Multi-Paxos (Lamport 2001, §3; van Renesse and Altınbüken 2015): one prepare for all slots, what may have been chosen is proposed again, holes are filled with no-ops, and up to where all is chosen rides along with the next request. Slots are filled without waiting for those before.",
        "Who leads is found by timeouts: who hears no leader for so long begins a ballot. A leader asks again for votes that it lacks, and helps up who knows less, with its heartbeats.",
        "Viewstamped Replication by its revised paper (Liskov and Cowling 2012): the primary is whose turn it is, view changes, state transfer; replicas have no disk.",
        "Flexible quorums (Howard, Malkhi, Spiegelman 2016): promises and votes need only be more than all together.",
        "Clients ask one thing at a time, and ask another server after a while without an answer; reads take a slot as writes do; servers remember each client's last command.",
    ],
    left_out: &[
        "Changes of the servers, leases and reads that take no slot, snapshots: a log is kept whole.",
        "Recovery of Viewstamped Replication (§4.3): a replica that has crashed stays out. Its client table is the machine's sessions.",
        "Fast, Generalized and Byzantine Paxos.",
        "Who misses that a value was chosen is not told again, unless it proposes; in a log it is.",
        "A limit on the slots that a leader may have open at once.",
        "A server that restarts knows nothing of what was chosen until it hears a leader.",
        "Servers take no time for their work; a disk takes as long for any write.",
    ],
    revision: 1,
    changelog: &["First published."],
};

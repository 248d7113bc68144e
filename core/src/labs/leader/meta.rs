//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, Meta, RequestSpec, promise};

/// The node of that number, from 0.
fn node(number: u16) -> String {
    format!("n{}", number + 1)
}

crate::declare::facts! {
    ROLE "role" Role "What it is, or what it does.";
    LEADER "leader" Face "Whom the node takes for the leader.";
    TOKEN "token" Face "The number under which the node leads, or last led; at the resource the greatest that it has seen.";
    HOLDER "holder" Face "Who holds the lease, or stands first in line, as the store has it.";
    GRANT "grant" Inspector "The number of that.";
    VALUE "last run" Face "The number of the last run of the job.";
    VERSION "runs" Inspector "How many runs there were.";
    RUN "run" Inspector "What became of a node's last run." of node;
}

crate::declare::figures! {
    failover_ms Us "Mean time from when the only leader was gone to when the next one came to lead.";
    leaderless_ms Us "For how long no node believed that it leads.";
    overlap_ms Us "For how long two nodes at least believed it at once.";
    leaders Things "How often a node came to lead.";
    ran_twice Things "Ticks of the job that ran more than once.";
    missed Things "Ticks of the job that did not run before the next was due.";
    stale_runs Things "Runs of the job that were taken from a node after another had been given the lead.";
    refused Things "Runs that the fence refused.";
    messages Things "Messages sent to find and to keep a leader; those of the job are not among them.";
    wakeups Things "How often one that stands in line was told that the entry it watches is gone.";
    elections Things "How often a node held an election, or tried to take a lease that it saw free.";
    known_ms Us "From the first election's beginning until all that are up take the same node for leader.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "leader",
    title: "Leader election and leases",
    summary: "Electing a leader is easy, not having two is hard: bully, ring, leases and sessions under crashes, pauses, cuts and drifting clocks.",
    part: BookPart::Coordination,
    chapters: &["Leader election"],
    views: &["tenure", "stage", "states", "spacetime", "beliefs", "charts"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("one", "Does at most one node believe that it leads?", "mutual exclusion"),
        promise("numbered", "Is there at most one leader of each number?", "epoch safety"),
        promise("someone", "Is there a leader again in time?", "liveness"),
        promise("once", "Does each tick of the job run just once?", "exactly once"),
        promise("fenced", "Is nothing taken from an older leader after a newer one's?", "fencing"),
    ],
    requests: &[
        RequestSpec { example: "elect", about: "hold an election, or ask for the lease at once" },
        RequestSpec {
            example: "stepdown",
            about: "lead no more, and do not stand again until asked to elect",
        },
    ],
    horizon_us: 40_000_000,
    modelled: &[
        "A lease in a store k1: the store grants it by its own clock, or keeps a record that is changed by compare-and-set and that each candidate judges by its own clock, from when it saw it change, as Kubernetes' client-go does.",
        "A holder that renews, and gives up when its lease may be over by its own clock: at the end, a margin earlier, after client-go's deadline for renewing, or never.",
        "ZooKeeper's recipe: entries in order that go with their sessions, the first one leads, the others watch the entry before theirs or the first.",
        "The bully algorithm with three messages and a time to wait for answers, and Chang and Roberts' election on a ring; a leader by these says every so often that it is up.",
        "Monotonic clocks that drift for all leases and sessions; ticks of the job go by the wall clock. A pause stops a node and no clock. What a node believes is what it knows.",
    ],
    left_out: &[
        "What replicates the store, which is one node that never forgets: crash:k1 shows what hangs on it. Raft elects its own leader in the lab raft.",
        "lock-delay (Chubby, Consul) and weighted priorities.",
        "client-go goes on trying until its deadline when it sees that another holds the lease; here a leader that sees it steps down. Its record's times are the version here.",
        "Bully and ring take it that delays are bounded and, on a ring, that only leaders fail: other dead members break the ring.",
    ],
    revision: 1,
    changelog: &["First published."],
};

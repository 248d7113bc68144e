//! What the lab is called, shows, counts and promises.

use super::message::KINDS;
use crate::lab::{BookPart, Meta, promise};

crate::declare::facts! {
    VALUE "value" Face "The value that it has.";
    PHASE "phase" Inspector "The phase that it is in.";
    STATE "state" Role "Whether it has decided, and what; or that it is out.";
    BEGINS "begins with" Inspector "The value with which it begins a phase, and which it reports." of phase;
    REPORTS "hears" Inspector "The reports that count, its own first." of phase;
    PROPOSES "proposes" Inspector "What more than half of all have reported to it, or ?." of phase;
    PROPOSALS "then hears" Inspector "The proposals that count, its own first." of phase;
    OUTCOME "so it" Inspector "What the proposals amount to." of phase;
    DECISION "decision" Inspector "What it decides in a phase." of phase;
}

crate::declare::figures! {
    phases Things "The phase in which the last of those that are up decided.";
    first_phase Things "The phase in which the first one decided.";
    decided_ms Us "When all that are up had decided.";
    coins Things "Coins that were tossed.";
    messages Things "Messages that were sent.";
    bivalent_phases Things "Of three processes: phases that all began, and from whose beginning either value could still be decided.";
}

/// The lab's data.
pub static META: Meta = Meta {
    id: "flp",
    title: "FLP and Ben-Or",
    summary: "Delays alone can keep a deterministic protocol from ever deciding, nobody crashing; a coin ends it, and nothing unsafe happens meanwhile.",
    part: BookPart::Coordination,
    chapters: &["System models", "Replication"],
    views: &["rounds", "spacetime", "stage", "charts"],
    facts: FACTS,
    kinds: KINDS,
    tallies: Figures::SPECS,
    promises: &[
        promise("same", "Do all that decide, decide alike?", "agreement"),
        promise("obeys", "If all began with the same, is it that?", "validity").unbreakable(),
        promise("decides", "Does everybody that is up decide in time?", "termination"),
        promise("unharmed", "Is nothing decided that is later undone?", "irrevocability"),
    ],
    requests: &[],
    horizon_us: 2_000_000,
    modelled: &[
        "Ben-Or's protocol for processes that crash, t < n/2 (1983, protocol A): reports, proposals, a coin; of each the first n - t count, a process's own first.",
        "Coins: one each, one in common, or none, which makes it a deterministic protocol as Fischer, Lynch and Paterson have it.",
        "A scheduler that sees all that is said before anybody hears of it, and may delay any of it, but loses nothing: what is late arrives.",
        "A network that keeps time, for comparison: each waits until all that was said has come, and counts all of it.",
        "Crash-stop: who crashes has forgotten all, and takes no further part when it is started again.",
        "For three processes, what can still be decided at the beginning of each phase, found by search over whom each hears and how coins fall.",
    ],
    left_out: &[
        "Byzantine processes (Ben-Or's protocol B), shared memory, failure detectors.",
        "As published a process goes on for ever. Here one that has decided goes on for one more phase, in which all others decide, and then falls silent.",
        "Nothing is sent again: what the script loses is lost, and the protocol does not promise to end then.",
        "A scheduler that watches coins one by one as they fall, and one that knows a common coin in time: against it that coin need not end the run.",
        "Other deterministic rules than keeping one's value are checked for three processes, all 4,096 of them, but cannot be set.",
        "On a network that keeps time, what can still be decided is told as it is if nobody crashes.",
        "What can be decided from the middle of a phase, or by more than three processes.",
    ],
    revision: 1,
    changelog: &["First published."],
};

fn phase(index: u16) -> String {
    format!("phase {index}")
}

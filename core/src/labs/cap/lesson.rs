//! Scenarios worth opening, and goals to reach.

use super::META;
use crate::kits::object::goals::{Came, Cuts, came, shared_across};
use super::{Choose, Params};
use crate::cast::{NodeId, Sort};
use crate::lab::{Challenge, End, Outcome, Preset, State};
use crate::scenario::Scenario;

/// The cut that most of the lesson is about: one replica and its client against two.
pub const BOTH: &str = "cap?for=4s&do=1s:cut:n1.c1-n2.n3.c2.c3,3s:heal&b.choose=ap";

/// The presets: most of them two runs side by side.
pub static PRESETS: &[Preset] = &[
    Preset {
        id: "both",
        title: "One cut, two choices",
        sentence: "Left, the smaller side refuses; right, both sides go on and disagree.",
        link: BOTH,
    },
    Preset {
        id: "calm",
        title: "No cut: latency or consistency",
        sentence: "With nothing cut both are available; the left waits for a majority, the right for nobody (PACELC).",
        link: "cap?b.choose=ap",
    },
    Preset {
        id: "five",
        title: "Five replicas, two cut off",
        sentence: "The three that are left are a majority and lose nothing; the two refuse.",
        link: "cap?n=5&clients=5&do=1s:cut:n1.n2.c1.c2-n3.n4.n5.c3.c4.c5,2s:heal&b.choose=ap",
    },
    Preset {
        id: "half",
        title: "Four replicas, cut in half",
        sentence: "Neither half is a majority: both refuse. Four replicas bear no more than three do.",
        link: "cap?n=4&clients=4&do=1s:cut:n1.n2.c1.c2-n3.n4.c3.c4,2s:heal&b.choose=ap",
    },
    Preset {
        id: "link",
        title: "One link is not a partition",
        sentence: "n1 and n2 cannot talk, but n3 can with both: everybody still finds a majority.",
        link: "cap?do=1s:cut:n1-n2,2s:heal&b.choose=ap",
    },
    Preset {
        id: "crash",
        title: "A crash is not a cut",
        sentence: "n1 is down: requests to it do not count, and the majority serves everybody else.",
        link: "cap?do=1s:crash:n1,2s:start:n1&b.choose=ap",
    },
];

/// What is asked for so shortly before the end of a run need not be served by then, in µs.
const LATE_US: u64 = 300_000;

/// Of the requests of one client from a moment on, or of all clients: how many there were, and how many were served.
fn served(outcome: &Outcome, client: Option<NodeId>, from_us: u64) -> (usize, usize) {
    let until_us = outcome.ended_us.saturating_sub(LATE_US);
    let asked = outcome.operations.iter().filter(|op| client.is_none_or(|client| op.client == client));
    let asked = asked.filter(|op| (from_us..until_us).contains(&op.invoked.at_us));
    (asked.clone().count(), asked.filter(|op| op.end == End::Ok).count())
}

/// Two replicas could not talk for half a second, and a write and a later read were asked of the one and the other meanwhile.
fn worked_across_a_cut(scenario: &Scenario, outcome: &Outcome) -> bool {
    let (cuts, replicas) = (Cuts::of(scenario, outcome), outcome.cast.of(Sort::Server).collect::<Vec<_>>());
    let pairs = replicas.iter().flat_map(|a| replicas.iter().filter(move |b| a < *b).map(move |b| (*a, *b)));
    let mut worked = pairs.filter_map(|(a, b)| {
        let cut = cuts.longest(a, b, outcome.ended_us).filter(|cut| cut.1 - cut.0 >= 500_000)?;
        Some(shared_across(&came(outcome, META.kinds), (a, b), cut))
    });
    worked.any(|worked| worked)
}

/// Whether each of some replicas, by number from 0, is cut off from each of others throughout a stretch of time.
fn parted(scenario: &Scenario, outcome: &Outcome, (ours, theirs): (&[u16], &[u16]), when: (u64, u64)) -> bool {
    let cuts = Cuts::of(scenario, outcome);
    let replica = |number: u16| (number < outcome.cast.servers).then(|| outcome.cast.server(number));
    let pair = |a: u16, b: u16| replica(a).zip(replica(b)).is_some_and(|(a, b)| cuts.part(a, b, when));
    ours.iter().all(|a| theirs.iter().all(|b| pair(*a, *b)))
}

/// From the cut on two of the four clients are served whatever they ask, a write at least, and two nothing.
fn half_are_served(outcome: &Outcome, from_us: u64) -> bool {
    let clients: Vec<NodeId> = outcome.cast.of(Sort::Client).collect();
    let told = clients.iter().map(|client| served(outcome, Some(*client), from_us));
    let (mut all, mut none) = (0, 0);
    for (asked, served) in told.filter(|(asked, _)| *asked > 0) {
        (all, none) = (all + u32::from(served == asked), none + u32::from(served == 0));
    }
    let write = |request: &Came<'_>| request.writes() && request.at_us > from_us && request.served_us().is_some();
    clients.len() == 4 && (all, none) == (2, 2) && came(outcome, META.kinds).iter().any(write)
}

/// A write was served in a stretch of time, and a read that was asked for after it.
fn wrote_and_read(outcome: &Outcome, when: (u64, u64)) -> bool {
    let requests = came(outcome, META.kinds);
    let served = || requests.iter().filter(|request| request.within(when) && request.served_us().is_some());
    let wrote_us = served().filter(|request| request.writes()).filter_map(Came::served_us).min();
    wrote_us.is_some_and(|wrote| served().any(|read| !read.writes() && read.op.invoked.at_us > wrote))
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "serve-all",
        view: "",
        figures: &["refused"],
        prompt: "Choose consistency, cut two replicas off from each other for half a second at least, with clients at work at both, and serve every request all the same.",
        guess: Some(("Does that contradict the theorem?", &["no: not every cut is a partition", "yes"])),
        start: "cap?for=4s&do=1s:cut:n1.c1-n2.n3.c2.c3,3s:heal",
        goal: |scenario, outcome| {
            let consistent = Params::of(&scenario.values).choose == Choose::Cp && outcome.stands("linearizable", State::Kept);
            let (asked, served) = served(outcome, None, 0);
            let all = asked == served && outcome.stands("available", State::Kept);
            consistent && all && worked_across_a_cut(scenario, outcome)
        },
        hint: "Which replicas must each of them reach? How many links can go before one of them cannot?",
        solution: "cap?do=1s:cut:n1-n2,2s:heal",
        learn: "A replica that still reaches a majority serves: what counts is not that links fail, but that somebody is parted from the majority.",
    },
    Challenge {
        id: "odd",
        view: "",
        figures: &["refused", "read_ok", "write_ok"],
        prompt: "Four replicas are cut in half and everybody is refused. Add a replica to one side so that half of the clients are served.",
        guess: None,
        start: "cap?n=4&clients=4&for=2s&do=1s:cut:n1.n2.c1.c2-n3.n4.c3.c4",
        goal: |scenario, outcome| {
            let (params, cut) = (Params::of(&scenario.values), (1_000_000, outcome.ended_us));
            let in_half = parted(scenario, outcome, (&[0, 1], &[2, 3]), cut);
            params.choose == Choose::Cp && params.n == 5 && in_half && half_are_served(outcome, cut.0)
        },
        hint: "Set the number of replicas to five, and give n5 a side in the script.",
        solution: "cap?n=5&clients=4&for=2s&do=1s:cut:n1.n2.c1.c2-n3.n4.n5.c3.c4",
        learn: "An even number of replicas bears no more failures than the odd number below it.",
    },
    Challenge {
        id: "quiet",
        view: "",
        figures: &["stale_reads"],
        prompt: "Choose availability, keep n1 cut off from n2 and n3 for as long as it is, with somebody writing and reading, and yet let no read be stale.",
        guess: Some(("Which clients cause the staleness?", &["those that write on one side while others read on the other", "those that read"])),
        start: "cap?choose=ap&for=4s&do=1s:cut:n1.c1-n2.n3.c2.c3,3s:heal",
        goal: |scenario, outcome| {
            let cut = (1_000_000, 3_000_000);
            let as_it_is = parted(scenario, outcome, (&[0], &[1, 2]), cut) && wrote_and_read(outcome, cut);
            Params::of(&scenario.values).choose == Choose::Ap && as_it_is && outcome.stands("latest", State::Kept)
        },
        hint: "Nothing is stale where only one client reads and writes.",
        solution: "cap?choose=ap&clients=1&for=4s&do=1s:cut:n1.c1-n2.n3,3s:heal",
        learn: "Where nobody shares data across the cut, there is nothing to choose: the theorem is about those who do.",
    },
];

#[cfg(test)]
mod tests {
    use crate::lab::{Detail, Lab};
    use crate::labs::cap::LAB;
    use crate::labs::tests::scenario;

    #[test]
    fn a_challenge_asks_for_a_cut_that_parts_replicas_and_for_work_during_it() {
        let reached = |id: &str, link: &str| {
            let (lab, scenario): (&dyn Lab, _) = (&LAB, scenario(link));
            (lab.challenge(id).expect("a challenge of the lab").goal)(&scenario, &lab.run(&scenario, Detail::Full))
        };
        for (id, link) in [
            ("serve-all", "cap?rate=0&for=4s&do=1s:cut:n1.c1-n2.n3.c2.c3,3s:heal"),
            ("serve-all", "cap?reads=1&do=1s:cut:n1-n2,2s:heal"),
            ("serve-all", "cap?n=1&clients=2&do=1s:cut:c1-c2,2s:heal"),
            ("serve-all", "cap?do=1s:cut:n1-n2,1.01s:heal"),
            ("serve-all", "cap?do=2.99s:cut:n1.c1-n2.n3.c2.c3"),
            ("serve-all", "cap?do=1s:cut1:n1-n2,2s:heal"),
            ("serve-all", "cap?do=1s:cut:c1-n2,2s:heal"),
            ("serve-all", "cap?clients=1&do=1s:cut:n2-n3,2s:heal"),
            ("serve-all", "cap?timeout=60s&do=1s:cut:n1.c1-n2.n3.c2.c3"),
            ("serve-all", "cap?do=1s:crash:n1,1s:cut:n1-n2,2s:heal"),
            ("odd", "cap?n=5&clients=4&for=2s&do=1s:cut:n1.c1.c2-n2.n3.n4.n5.c3.c4"),
            ("odd", "cap?n=5&clients=4&for=2s&do=1.99s:cut:n1.n2.c1.c2-n3.n4.n5.c3.c4"),
            ("odd", "cap?n=5&clients=4&for=2s&do=1s:cut:n1.n2.c1.c2-n3.n4.n5.c3.c4,1.5s:heal"),
            ("odd", "cap?n=5&clients=4&for=2s&do=1s:cut:n1.n2.c1.c2-n3.n4.c3.c4"),
            ("odd", "cap?n=5&clients=4&rate=0&for=2s&do=1s:cut:n1.n2.c1.c2-n3.n4.n5.c3.c4"),
            ("quiet", "cap?choose=ap&rate=0&for=4s&do=1s:cut:n1.c1-n2.n3.c2.c3,3s:heal"),
            ("quiet", "cap?choose=ap&reads=1&for=4s&do=1s:cut:n1.c1-n2.n3.c2.c3,3s:heal"),
            ("quiet", "cap?choose=ap&clients=1&do=1s:cut:n1.c1-n2.n3,1.01s:heal"),
            ("quiet", "cap?choose=ap&clients=1&do=2.9s:cut:n1.c1-n2.n3"),
        ] {
            assert!(!reached(id, link), "{id}: {link}");
        }
        // Not only what the solution does.
        for (id, link) in [
            ("serve-all", "cap?n=5&clients=5&do=1s:cut:n1-n2.n3,2s:heal"),
            ("odd", "cap?n=5&clients=4&for=3s&do=1s:cut:n1.n2.n5.c1.c2-n3.n4.c3.c4"),
            ("quiet", "cap?choose=ap&for=4s&do=0s:crash:c2.c3,1s:cut:n1.c1-n2.n3.c2.c3,3s:heal"),
        ] {
            assert!(reached(id, link), "{id}: {link}");
        }
    }
}

//! Goals to reach by editing a scenario, judged on its run.

use super::meta::fact;
use super::claims::scenario as link;
use super::message::KINDS;
use crate::kits::object::goals::{Came, Cuts, came, shared_across};
use super::{LAB, Params, params, presets};
use crate::acts::Act;
use crate::cast::NodeId;
use crate::check::{Answer, INITIAL};
use crate::lab::{Challenge, Lab, Outcome, State};
use crate::scenario::Scenario;
use crate::trace::{Fact, FactKey};

fn has(scenario: &Scenario, is: fn(&Act) -> bool) -> bool {
    scenario.cues.iter().any(|cue| is(&cue.act))
}

fn tally(outcome: &Outcome, name: &str) -> i64 {
    outcome.tally(name).unwrap_or(0)
}

/// How many clients the script has write, and read.
fn asked(scenario: &Scenario) -> (usize, usize) {
    let count = |verb: &str| {
        let is = |act: &Act| matches!(act, Act::Ask { request, .. } if request.0.starts_with(verb));
        scenario.cues.iter().filter(|cue| is(&cue.act)).count()
    };
    (count("put") + count("del"), count("get"))
}

/// The `number`-th server (from 0), if there are so many.
fn server(outcome: &Outcome, number: u16) -> Option<NodeId> {
    (number < outcome.cast.servers).then(|| outcome.cast.server(number))
}

/// Whether one of the first three servers is cut off from the other two throughout a stretch of time.
fn alone(scenario: &Scenario, outcome: &Outcome, number: u16, when: (u64, u64)) -> bool {
    let (cuts, mut others) = (Cuts::of(scenario, outcome), (0..3).filter(|other| *other != number));
    let parted = |other| Some(cuts.part(server(outcome, number)?, server(outcome, other)?, when));
    others.all(|other| parted(other) == Some(true))
}

/// While n1 was cut off a write came to one side, a read to the other after it, and some read was served.
fn fresh_in_the_cut(scenario: &Scenario, outcome: &Outcome) -> bool {
    let cut = (1_000_000, 2_000_000);
    let across = |other| Some(shared_across(&came(outcome, KINDS), (server(outcome, 0)?, server(outcome, other)?), cut));
    let served = |read: &Came<'_>| !read.writes() && read.within(cut) && read.served_us().is_some_and(|at_us| at_us < cut.1);
    alone(scenario, outcome, 0, cut) && (1..3).any(|other| across(other) == Some(true)) && came(outcome, KINDS).iter().any(served)
}

/// c2 read the later write while that was still on its way; settings of latency are as they were.
fn raced(scenario: &Scenario, outcome: &Outcome) -> bool {
    let start = link(presets::DISAGREE);
    let latency = LAB.params().iter().zip(scenario.values.iter().zip(&start.values));
    let as_it_was = latency.filter(|(param, _)| param.group == "Latency").all(|(_, (now, was))| now == was);
    let race = match outcome.operations.as_slice() {
        [_, write, read, _] => {
            read.answer == Some(Answer::Value(2)) && write.returned.is_none_or(|returned| returned > read.invoked)
        }
        _ => false,
    };
    (scenario.seed, &scenario.cues) == (start.seed, &start.cues) && as_it_was && race
}

/// While n3 was away, with x=1 on its disk, x was deleted; every read since has found nothing, one of them after n3 came back; and no replica
/// holds x any more.
fn stays_deleted(scenario: &Scenario, outcome: &Outcome) -> bool {
    let away = (300_000, 1_000_000);
    let value = FactKey { name: fact::VALUE, index: 0 };
    let is_value = |fact: &Fact| !matches!(fact, Fact::Word(_)) && !matches!(fact, Fact::Text(words) if **words == *"–");
    let shows = |node: NodeId, until_us: u64| {
        let before = |record: u32| outcome.trace.get(record).is_some_and(|record| record.at_us < until_us);
        let last = outcome.trace.history(node, value).filter(|change| before(change.record)).last();
        last.is_some_and(|change| is_value(&change.value))
    };
    let had = server(outcome, 2).is_some_and(|n3| shows(n3, away.0));
    let requests = came(outcome, KINDS);
    let deleted = requests.iter().filter(|request| request.writes()).filter_map(Came::served_us).max();
    let Some(deleted_us) = deleted.filter(|at_us| (away.0..away.1).contains(at_us)) else { return false };
    let mut since = requests.iter().filter(|read| !read.writes() && read.op.invoked.at_us > deleted_us);
    let nothing = since.clone().all(|read| matches!(read.op.answer, None | Some(Answer::Value(INITIAL))));
    let later = since.any(|read| read.op.invoked.at_us >= away.1 && read.served_us().is_some());
    let gone = outcome.cast.of(crate::cast::Sort::Server).all(|node| !shows(node, u64::MAX));
    alone(scenario, outcome, 2, away) && had && nothing && later && gone
}

/// A write was served while its coordinator could reach fewer than W of the owners.
fn served_beyond_the_owners(scenario: &Scenario, outcome: &Outcome) -> bool {
    let (cuts, params) = (Cuts::of(scenario, outcome), Params::of(&scenario.values));
    came(outcome, KINDS).iter().filter(|write| write.writes()).any(|write| {
        let Some(served_us) = write.served_us() else { return false };
        let owners = (0..params.n as u16).filter_map(|number| server(outcome, number));
        let reached = owners.filter(|owner| *owner == write.to || !cuts.part(write.to, *owner, (write.at_us, served_us)));
        reached.count() < params.w as usize
    })
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "fresh",
        view: "panels=stage,verdicts&knobs=w,r&law=latest",
        figures: &["stale_reads", "read_ok"],
        prompt: "Clients read stale values during the cut. Make every read fresh, with the cut left in place, clients writing and reading on both sides of it, and reads still answered during it.",
        guess: Some(("Which clients will pay for it?", &["those on the side of one replica", "all of them", "nobody"])),
        start: presets::STALE,
        goal: |scenario, outcome| {
            fresh_in_the_cut(scenario, outcome) && outcome.stands("latest", State::Kept) && tally(outcome, "read_ok") >= 15
        },
        hint: "What must W + R be, so that a read cannot miss a write?",
        solution: "quorum?do=1s:cut:n1-n2.n3,2s:heal",
        learn: "Overlapping quorums keep reads fresh; during a cut the smaller side pays with refusals.",
    },
    Challenge {
        id: "single-copy",
        view: "panels=spacetime,verdicts&knobs=repair,write&law=linearizable",
        figures: &[],
        prompt: "Two reads disagree although W + R > N. Keep W = R = 2, the script, the seed and the latencies, and make it linearizable.",
        guess: None,
        start: presets::DISAGREE,
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            let same = (params.n, params.w, params.r) == (3, 2, 2) && raced(scenario, outcome);
            same && outcome.stands("linearizable", State::Kept) && tally(outcome, "read_ok") == 2
        },
        hint: "The first read knows that another replica is behind. When should it do something about it?",
        solution: "quorum?repair=blocking&rate=0&seed=49&for=800ms&do=100ms:ask:c1:put.x.1,300ms:ask:c1:put.x.2,320ms:ask:c2:get.x,350ms:ask:c3:get.x",
        learn: "A read that returns a value must make sure that no later read can miss it: it writes back before it answers.",
    },
    Challenge {
        id: "clock",
        view: "panels=spacetime,verdicts&knobs=w,write&law=durable",
        figures: &["writes_lost"],
        prompt: "n1's clock is two seconds fast, and a write is lost. Save it without touching the script, and with n1 as c1's coordinator.",
        guess: Some(("Would W = N save it?", &["no", "yes"])),
        start: presets::CLOCK,
        goal: |scenario, outcome| {
            let (c1, n1) = (outcome.cast.client(0), outcome.cast.server(0));
            let fast = came(outcome, KINDS).iter().any(|write| write.writes() && write.op.client == c1 && write.to == n1);
            let same = scenario.cues == link(presets::CLOCK).cues && Params::of(&scenario.values).skew == 0;
            same && fast && outcome.stands("durable", State::Kept) && tally(outcome, "write_ok") == 2
        },
        hint: "Where could a write get its version from, if not from a clock?",
        solution: "quorum?write=ask&rate=0&for=1s&do=50ms:clock:n1:2s,100ms:ask:c1:put.x.1,400ms:ask:c2:put.x.2,700ms:ask:c2:get.x",
        learn: "A larger quorum does not help against a wrong clock; a version that is counted, not told by a clock, does.",
    },
    Challenge {
        id: "ghost",
        view: "panels=spacetime,verdicts&knobs=grace,handoff&law=durable",
        figures: &[],
        prompt: "A deleted value returns after n3 was away. Keep it deleted, on n3 too; the cut must stay as long as it is.",
        guess: None,
        start: presets::RETURNS,
        goal: |scenario, outcome| asked(scenario) == (2, 1) && stays_deleted(scenario, outcome),
        hint: "Who still knew, when n3 came back, that x had been deleted?",
        solution: "quorum?rate=0&sync=150ms&grace=2s&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n3-n1.n2,400ms:ask:c1:del.x,1s:heal,1.5s:ask:c2:get.x",
        learn: "Tombstones must outlive the longest absence of a replica that still takes part.",
    },
    Challenge {
        id: "both-sides",
        view: "",
        figures: &["write_ok", "writes"],
        prompt: "During the cut c1's write fails. Let it succeed with W = 2, and let all replicas agree in the end.",
        guess: Some(("What is given up for it?", &["reads on the other side are stale", "nothing", "the write may be lost"])),
        start: "quorum?rate=0&spare=2&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n1.n4.c1-n2.n3.n5.c2.c3,400ms:ask:c1:put.x.2,1s:heal",
        goal: |scenario, outcome| {
            let all = tally(outcome, "write_ok") == 2 && asked(scenario).0 == 2;
            let two = Params::of(&scenario.values).w == 2;
            all && two && served_beyond_the_owners(scenario, outcome) && outcome.stands("converge", State::Kept)
        },
        hint: "n4 is on c1's side, and has nothing to do.",
        solution: "quorum?rate=0&handoff=sloppy&spare=2&for=2s&do=100ms:ask:c1:put.x.1,300ms:cut:n1.n4.c1-n2.n3.n5.c2.c3,400ms:ask:c1:put.x.2,1s:heal",
        learn: "A sloppy quorum keeps writes available and the data safe, and gives the overlap away.",
    },
    Challenge {
        id: "lose",
        view: "",
        figures: &["writes_lost"],
        prompt: "Lose an acknowledged write, with right clocks, no crash, no wiped disk, and version vectors.",
        guess: None,
        start: "quorum?versions=dvv&clients=4&rate=0&for=1s&do=100ms:ask:c1:put.x.1,500ms:ask:c4:put.x.2",
        goal: |scenario, outcome| {
            let broke = has(scenario, |act| act.takes_down() || matches!(act, Act::Clock { .. } | Act::Drift { .. }));
            let params = Params::of(&scenario.values);
            !broke && params.skew == 0 && params.versions != params::Versions::Lww && outcome.stands("durable", State::Broken)
        },
        hint: "c1 and c4 ask the same coordinator. What if they ask at the same time, and it counts only its own writes?",
        solution: "quorum?versions=vv&clients=4&rate=0&for=1s&do=100ms:ask:c1:put.x.1,100ms:ask:c4:put.x.2",
        learn: "One counter for each server cannot tell two clients' writes apart; a dot for each write can.",
    },
];

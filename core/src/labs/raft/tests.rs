//! What the lab shows, as tests.

use super::LAB;
use crate::lab::{Detail, Lab, Outcome, State};
use crate::labs::tests::scenario;
use crate::trace::{Fact, FactKey};

fn run(text: &str) -> Outcome {
    LAB.run(&scenario(text), Detail::Full)
}

fn tally(outcome: &Outcome, name: &str) -> i64 {
    outcome.tally(name).unwrap_or_else(|| panic!("{name} has a value"))
}

fn is_broken(outcome: &Outcome, promise: &str) -> bool {
    outcome.verdict(promise).expect("a promise").last().state == State::Broken
}

/// Who leads at a moment, by number from 1.
pub(super) fn leader(outcome: &Outcome, at_us: u64) -> Option<u16> {
    let role = FactKey { name: super::meta::fact::ROLE, index: 0 };
    let record = outcome.trace.records().iter().rev().find(|record| record.at_us <= at_us)?.id;
    let leads = |server: &u16| {
        matches!(outcome.trace.fact_at(outcome.cast.server(*server), role, record), Some(Fact::Word("leader")))
    };
    (0..outcome.cast.servers).find(leads).map(|server| server + 1)
}

/// The four partial cuts of Howard and Abraham (2020): in each some server can talk to a majority. From one second on; how much is committed after
/// that, and how often the leader changes, for none of the mends, pre-vote alone, check quorum with a sticky leader, and all three.
#[test]
fn partial_cuts_need_more_than_one_mend() {
    const MENDS: [&str; 4] = ["", "&prevote=on", "&check_quorum=on&sticky=on", "&prevote=on&check_quorum=on&sticky=on"];
    /// What happens.
    #[derive(PartialEq, Eq, Debug)]
    enum Goes {
        /// As if nothing were cut, but for one election at the most.
        On,
        /// Leaders come and go.
        Unsteadily,
        /// Nothing is committed any more.
        Nowhere,
    }
    use Goes::{Nowhere, On, Unsteadily};
    let table = [
        ("1s:cut:n4-n1.n3.n5,1s:cut:n5-n1.n2.n4", [1, 2, 3], [Unsteadily, On, On, On]),
        ("1s:cut1:n1.n2.n3.n4-n5", [1, 2, 3], [Unsteadily, On, On, On]),
        ("1s:cut1:n1.n2.n3.n5-n4", [4, 4, 4], [Nowhere, Nowhere, On, On]),
        ("1s:cut:n4-n1.n3.n5,1s:cut:n1-n3.n5,1s:cut:n3-n5", [4, 4, 4], [On, Nowhere, On, On]),
    ];
    for (script, led_by, goes) in table {
        for (mend, goes) in MENDS.iter().zip(goes) {
            let link = |seed: u32| format!("raft?seed={seed}&clients=1&rate=20&reads=0{mend}&for=11s&do={script}");
            let seed = (0..200).find(|seed| leader(&run(&link(*seed).replace("for=11s", "for=1s")), 990_000).is_some_and(|who| led_by.contains(&who)));
            let outcome = run(&link(seed.expect("somebody of these leads")));
            let (committed, leaders) = (tally(&outcome, "committed"), tally(&outcome, "leaders"));
            // Twenty a second for eleven seconds.
            let went = match (committed, leaders) {
                (190.., ..=3) => On,
                (..=25, _) => Nowhere,
                _ => Unsteadily,
            };
            assert_eq!(went, goes, "{script}{mend}: {committed} committed, {leaders} leaders");
            assert!(!["election", "append", "matching", "complete", "machine"].iter().any(|law| is_broken(&outcome, law)));
        }
    }
}

/// What most runs of a preset's kind must not break, whatever is done to nodes and links.
#[test]
fn the_paper_keeps_its_five_properties_under_crashes_and_cuts() {
    for seed in 0..crate::anything::cases(40) {
        let [a, b, c] = [seed % 5 + 1, (seed / 5) % 5 + 1, (seed * 7 + 3) % 5 + 1];
        let other = if b == a { b % 5 + 1 } else { b };
        let script = format!("400ms:crash:n{a},900ms:start:n{a},1s:cut:n{a}-n{other},1.3s:crash:n{c},1.5s:heal,1.8s:start:n{c},2s:pause:n{other}:400ms");
        let outcome = run(&format!("raft?seed={seed}&loss=0.05&clients=3&compact={}&do={script}", 5 * (seed % 3)));
        for law in ["election", "append", "matching", "complete", "machine", "linearizable", "durable", "once"] {
            let verdict = outcome.verdict(law).expect("a promise").last();
            assert_eq!(verdict.state, State::Kept, "seed {seed}: {law}: {}", verdict.why);
        }
        assert!(tally(&outcome, "write_ok") > 0);
    }
}

/// A client whose answer was lost asks again, and is told; its write is applied once with sessions, and twice without.
#[test]
fn a_retried_write_is_applied_once_with_sessions() {
    for (sessions, broken) in [("on", false), ("off", true)] {
        let outcome = run(&format!("raft?sessions={sessions}&rate=0&for=3s&do=1s:ask:c1:put.x.1,1.001s:drop:n1-c1:done,1.001s:drop:n2-c1:done,1.001s:drop:n3-c1:done,1.001s:drop:n4-c1:done,1.001s:drop:n5-c1:done"));
        assert_eq!((tally(&outcome, "write_ok"), tally(&outcome, "retries") > 0), (1, true));
        assert_eq!(is_broken(&outcome, "once"), broken, "sessions {sessions}");
    }
}

#[test]
fn five_servers_bear_two_down_and_not_three() {
    for (down, served) in [("n4.n5", true), ("n3.n4.n5", false)] {
        let outcome = run(&format!("raft?seed=2&for=4s&do=0us:crash:{down}"));
        assert_eq!(tally(&outcome, "write_ok") > 5, served, "{down}");
        assert!(!is_broken(&outcome, "progress"), "no majority is connected, so nothing is promised");
    }
}

#[test]
fn an_acknowledged_write_outlives_a_restart_of_all_only_on_disk() {
    for (fsync, survives) in [("before", true), ("never", false)] {
        let outcome = run(&format!("raft?fsync={fsync}&rate=0&for=4s&do=1s:ask:c1:put.x.1,1.5s:crash:n.,1.6s:start:n.,3s:ask:c1:get.x"));
        let told: Vec<String> = outcome.operations.iter().map(|op| told_of(&outcome, op)).collect();
        assert_eq!(told, ["ok", if survives { "1" } else { "nothing" }]);
        assert_eq!(is_broken(&outcome, "durable"), !survives, "fsync {fsync}");
        assert_eq!(is_broken(&outcome, "linearizable"), !survives, "fsync {fsync}");
    }
}

#[test]
fn members_change_one_by_one() {
    let outcome = run("raft?n=3&spare=2&rate=0&for=4s&do=1s:ask:c1:add.n4,1.2s:ask:c1:add.n5,1.4s:ask:c1:put.x.1,1.6s:crash:n4.n5,2s:ask:c1:put.x.2,2.2s:crash:n1,2.4s:start:n4,2.6s:ask:c1:put.x.3");
    let told: Vec<String> = outcome.operations.iter().map(|op| told_of(&outcome, op)).collect();
    assert_eq!(told, ["ok", "ok", "ok", "ok", "ok"]);
    let refused = run("raft?n=3&spare=1&rate=0&for=2s&do=1s:ask:c1:add.n4,1.01s:ask:c2:remove.n1");
    assert!(refused.operations.iter().any(|op| told_of(&refused, op).contains("is not committed") || told_of(&refused, op) == "ok"));
}

fn told_of(outcome: &Outcome, op: &crate::lab::Operation) -> String {
    outcome.told(op).unwrap_or_default()
}

//! What each role does with each message, as tables; whole exchanges without a kernel; and what random schedules and a search of all of them find.

mod cluster;
mod explorer;
mod search;

use super::*;
use crate::parts::raft::Members;
use cluster::{Cluster, Logs};

fn ballot(round: u32, who: u16) -> Ballot {
    Ballot { round, proposer: NodeId(who - 1) }
}

#[test]
fn ballots_are_ordered_by_round_and_then_by_proposer() {
    let ordered = [(1, 1), (1, 2), (1, 3), (2, 1), (10, 1)].map(|(round, who)| ballot(round, who));
    assert!(ordered.is_sorted());
    assert_eq!(ordered.map(|ballot| ballot.to_string()), ["1.n1", "1.n2", "1.n3", "2.n1", "10.n1"]);
}

#[test]
fn quorums_meet_when_they_are_more_than_all_together() {
    let table = [
        (3, 2, 2, true),
        (4, 3, 3, true),
        (4, 3, 2, true),
        (4, 2, 2, false),
        (3, 1, 2, false),
        (5, 1, 5, true),
    ];
    for (n, q1, q2, meet) in table {
        assert_eq!(Quorums { n, q1, q2 }.meet(), meet, "{n} {q1} {q2}");
    }
    for n in 1..=9 {
        assert!(Quorums::majorities(n).meet());
    }
}

/// What an acceptor that has promised a ballot, and perhaps voted, answers.
#[test]
fn an_acceptor_keeps_what_it_promised() {
    let vote = |round, who, value| Vote { ballot: ballot(round, who), value };
    // Asked to promise: what it has promised before, what it is asked, and whether it does.
    let table = [
        (None, (1, 1), true),
        (Some((1, 1)), (1, 2), true),
        (Some((1, 2)), (1, 1), false),
        (Some((2, 1)), (1, 2), false),
        (Some((2, 1)), (2, 1), true),
    ];
    for (before, asked, does) in table {
        let promised = before.map(|(round, who)| ballot(round, who));
        let fresh = || {
            let mut acceptor = Acceptor::<u32>::default();
            acceptor.promised = promised;
            acceptor
        };
        let asked = ballot(asked.0, asked.1);
        let mut acceptor = fresh();
        let answer = acceptor.prepare(asked, 1);
        assert_eq!(answer, if does { Ok(vec![]) } else { Err(promised.unwrap()) });
        assert_eq!(acceptor.promised, if does { Some(asked) } else { promised });
        // It votes in just the ballots that it would promise, and has then promised them.
        let mut acceptor = fresh();
        let answer = acceptor.accept(false, 1, Vote { ballot: asked, value: 7 });
        assert_eq!((answer.is_ok(), acceptor.vote(1).is_some()), (does, does));
        assert_eq!(acceptor.promised, if does { Some(asked) } else { promised });
        let mut lower = fresh();
        assert_eq!(
            lower.accept(true, 1, Vote { ballot: asked, value: 7 }),
            Ok(()),
            "the broken rule votes in any"
        );
        assert_eq!(lower.promised, promised.max(Some(asked)), "and has promised no less");
    }
    let mut acceptor = Acceptor::default();
    for (slot, vote) in [(1, vote(1, 1, 7)), (2, vote(1, 1, 8)), (1, vote(2, 1, 9))] {
        assert_eq!(acceptor.accept(false, slot, vote), Ok(()));
    }
    assert_eq!(
        acceptor.prepare(ballot(3, 2), 1),
        Ok(vec![(1, vote(2, 1, 9)), (2, vote(1, 1, 8))]),
        "the last in each slot"
    );
    assert_eq!(acceptor.prepare(ballot(3, 2), 2), Ok(vec![(2, vote(1, 1, 8))]), "from a slot on");
}

#[test]
fn a_crash_takes_what_is_not_on_disk() {
    let mut disk = Persistent::<u32> { tried: 4, ..Persistent::default() };
    disk.acceptor.accept(false, 1, Vote { ballot: ballot(2, 1), value: 7 }).unwrap();
    disk.acceptor.prepare(ballot(5, 2), 1).unwrap();
    let table = [
        (Forgets::Nothing, Some(ballot(5, 2)), 1),
        (Forgets::Promise, Some(ballot(2, 1)), 1),
        (Forgets::Votes, Some(ballot(5, 2)), 0),
        (Forgets::All, None, 0),
    ];
    for (forgets, promised, votes) in table {
        let left = disk.clone().after_crash(forgets);
        assert_eq!(
            (left.acceptor.promised, left.acceptor.len(), left.tried),
            (promised, votes, 4),
            "{forgets:?}"
        );
    }
}

#[test]
fn a_proposer_takes_the_value_of_the_highest_ballot() {
    let vote = |round, value| Vote { ballot: ballot(round, 1), value };
    /// The votes reported, in the order in which they come.
    type Case = (&'static [(u32, u32)], Option<u32>, Option<u32>);
    let table: [Case; 4] = [
        (&[], None, None),
        (&[(1, 7)], Some(7), Some(7)),
        (&[(1, 7), (2, 8)], Some(8), Some(7)),
        (&[(3, 9), (2, 8)], Some(9), Some(9)),
    ];
    for (reported, highest, any) in table {
        for (pick, takes) in [(Pick::Highest, highest), (Pick::Any, any), (Pick::Own, None)] {
            let mut promises = Promises::new(ballot(4, 2));
            for (from, (round, value)) in (0..).zip(reported) {
                promises.add(pick, NodeId(from), vec![(1, vote(*round, *value))]);
            }
            assert_eq!(promises.found(1).map(|vote| vote.value), takes, "{reported:?} {pick:?}");
            assert_eq!(promises.by.count() as usize, reported.len());
        }
    }
}

#[test]
fn a_learner_knows_what_is_chosen_by_enough_votes_of_one_ballot() {
    let mut learner = Learner::default();
    let mut hear = |from: u16, round, value: u32| {
        let vote = Vote { ballot: ballot(round, 1), value };
        learner.hear(2, NodeId(from), 1, &vote).map(|chosen| (chosen.value, chosen.by))
    };
    assert_eq!(hear(0, 1, 7), None);
    assert_eq!(hear(0, 1, 7), None, "one acceptor counts once");
    assert_eq!(hear(1, 2, 8), None, "two ballots do not add up");
    assert_eq!(hear(2, 1, 7), Some((7, Members::of([NodeId(0), NodeId(2)]))));
    assert_eq!(hear(1, 1, 7), None, "it is told once");
}

/// A single proposer: four messages with each of the others until it knows, and one more to tell.
#[test]
fn one_proposer_takes_five_messages_for_each_other() {
    for n in 3..=9u16 {
        let mut cluster = Cluster::<Synod<u32>>::new(Rules::published(n.into()), n);
        cluster.act(0, |server, out| server.propose(out));
        assert_eq!(cluster.messages, 5 * (u32::from(n) - 1), "{n} servers");
        assert!(cluster.servers.iter().all(|server| server.chosen == Some(100)));
        // Whoever knows proposes nothing more.
        cluster.act(1, |server, out| server.propose(out));
        assert_eq!(cluster.messages, 5 * (u32::from(n) - 1));
    }
}

/// The first proposer is cut short: whoever comes next finishes what it meets, and knows nothing of what it does not.
#[test]
fn a_half_accepted_value_is_finished_by_who_meets_it() {
    /// Which votes n1's ballot gets beside its own.
    type Reach = fn(NodeId, NodeId, &Msg<u32>) -> bool;
    let table: [(Reach, u32); 2] = [
        (
            |from, to, msg| match msg {
                Msg::Accept { .. } => from.0 > 0 || to.0 == 1,
                Msg::Accepted { .. } => to.0 > 0,
                _ => true,
            },
            100,
        ),
        (|from, _, msg| !matches!(msg, Msg::Accept { .. }) || from.0 > 0, 102),
    ];
    for (reach, chosen) in table {
        let mut cluster = Cluster::<Synod<u32>>::new(Rules::published(3), 3);
        cluster.reach = reach;
        // No vote comes back, so n1 knows nothing.
        cluster.act(0, |server, out| server.propose(out));
        cluster.down = vec![NodeId(0)];
        cluster.act(2, |server, out| server.propose(out));
        assert_eq!(cluster.servers[2].chosen, Some(chosen));
    }
}

#[test]
fn a_proposer_that_is_overtaken_gives_up_by_what_it_may_notice() {
    for (notice, silent) in [(Notice::Nack, false), (Notice::Hear, true)] {
        let rules = Rules { notice, ..Rules::published(3) };
        let servers = Members::of((0..3).map(NodeId));
        let mut server = Synod::new(NodeId(0), servers, Persistent::default(), Some(7u32));
        let mut out = Vec::new();
        server.propose(&mut out);
        server.receive(&rules, NodeId(1), Msg::Prepare { ballot: ballot(2, 2), from: 1 }, &mut out);
        assert_eq!(server.ballot().is_none(), silent, "its own acceptor has promised another");
        out.clear();
        server.receive(&rules, NodeId(2), Msg::Prepare { ballot: ballot(1, 3), from: 1 }, &mut out);
        let says_no = out.iter().any(|effect| matches!(effect, Effect::Send(_, Msg::Refused { .. })));
        assert_eq!(says_no, !silent, "an acceptor says what it refuses only where that is asked for");
        server.receive(
            &rules,
            NodeId(1),
            Msg::Refused { ballot: ballot(1, 1), promised: ballot(2, 2) },
            &mut out,
        );
        assert_eq!(server.ballot(), None);
        out.clear();
        server.propose(&mut out);
        assert_eq!(server.ballot(), Some(ballot(3, 1)), "above all that it has heard of");
        assert_eq!(out[0], Effect::Persist, "its round is on disk before anybody hears of it");
    }
}

fn multi(n: u16) -> Cluster<Logs> {
    Cluster::<Logs>::new(Rules::published(n.into()), n)
}

#[test]
fn a_leader_takes_two_messages_for_each_other() {
    for n in 3..=9u16 {
        let mut cluster = multi(n);
        cluster.act(0, |server, out| server.election_timeout(out));
        assert!(cluster.servers[0].leads());
        for number in 1..=3 {
            cluster.messages = 0;
            cluster.act(0, |server, out| {
                let _ = server.propose(number, out);
            });
            assert_eq!(cluster.messages, 2 * (u32::from(n) - 1), "{n} servers");
            assert_eq!(cluster.servers[0].upto, number);
            // The others learn it with what comes next.
            assert_eq!(cluster.servers[1].upto, number - 1);
        }
        cluster.act(0, |server, out| server.heartbeat_timeout(out));
        assert!(cluster.servers.iter().all(|server| server.upto == 3 && server.chosen(2) == Some(&Some(2))));
    }
}

/// Votes for slot 1 are lost, and those for slot 2 reach one other: the next leader fills the hole.
#[test]
fn holes_are_filled_with_no_ops() {
    let mut cluster = multi(3);
    cluster.act(0, |server, out| server.election_timeout(out));
    cluster.reach = |from, to, msg: &Msg<Option<u32>>| match msg {
        Msg::Accept { slot, .. } => from.0 != 0 || to.0 == 1 && *slot == 2,
        Msg::Accepted { .. } => false,
        _ => true,
    };
    cluster.act(0, |server, out| {
        let _ = server.propose(7, out);
    });
    cluster.act(0, |server, out| {
        let _ = server.propose(8, out);
    });
    cluster.reach = |_, _, _| true;
    cluster.down = vec![NodeId(0)];
    cluster.act(1, |server, out| server.election_timeout(out));
    let server = &cluster.servers[1];
    assert!(server.leads());
    assert_eq!((server.upto, server.chosen(1), server.chosen(2)), (2, Some(&None), Some(&Some(8))));
}

/// A server that was away learns what it missed when it answers a heartbeat; one that restarts learns all anew.
#[test]
fn who_was_away_is_helped_up() {
    let mut cluster = multi(3);
    cluster.down = vec![NodeId(2)];
    cluster.act(0, |server, out| server.election_timeout(out));
    for number in 1..=5 {
        cluster.act(0, |server, out| {
            let _ = server.propose(number, out);
        });
    }
    cluster.down = Vec::new();
    cluster.restart(1);
    cluster.act(0, |server, out| server.heartbeat_timeout(out));
    assert_eq!(cluster.servers.iter().map(|server| server.upto).collect::<Vec<_>>(), [5, 5, 5]);
    assert_eq!(cluster.servers[2].chosen(3), Some(&Some(3)));
}

/// Votes that were lost are asked for again by the second heartbeat.
#[test]
fn a_leader_asks_again_for_votes() {
    let mut cluster = multi(3);
    cluster.act(0, |server, out| server.election_timeout(out));
    cluster.reach = |_, _, msg: &Msg<Option<u32>>| !matches!(msg, Msg::Accept { .. });
    cluster.act(0, |server, out| {
        let _ = server.propose(7, out);
    });
    cluster.reach = |_, _, _| true;
    cluster.act(0, |server, out| server.heartbeat_timeout(out));
    assert_eq!(cluster.servers[0].upto, 0);
    cluster.act(0, |server, out| server.heartbeat_timeout(out));
    assert_eq!(cluster.servers[0].upto, 1);
}

/// A leader that is overtaken steps down when it hears of the higher ballot, from whomever.
#[test]
fn a_leader_that_is_overtaken_steps_down() {
    let mut cluster = multi(3);
    cluster.act(0, |server, out| server.election_timeout(out));
    cluster.down = vec![NodeId(0)];
    cluster.act(1, |server, out| server.election_timeout(out));
    cluster.down = vec![];
    assert!(cluster.servers[0].leads() && cluster.servers[1].leads(), "one does not know of the other");
    cluster.act(0, |server, out| {
        let _ = server.propose(7, out);
    });
    assert!(!cluster.servers[0].leads() && cluster.servers[0].upto == 0);
}

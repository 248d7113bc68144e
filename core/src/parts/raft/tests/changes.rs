//! What mends and what breaks: members changed, logs compacted, reads confirmed, leaders that stick.

use super::super::*;
use super::cluster::{Cluster, Count};

/// The bug that was published in 2015: S1 adds S5, S2 removes S1, and S1 then overwrites what S2 had committed, unless a leader must have committed
/// an entry of its own term before it changes the members.
#[test]
fn a_leader_that_has_committed_nothing_of_its_own_term_must_not_change_the_members() {
    for (change_rule, contradiction) in [(false, true), (true, false)] {
        let rules = Rules { change_rule, noop: false, ..Rules::PAPER };
        // Four members; a fifth server stands by.
        let mut cluster = Cluster::new(rules, &[&[] as &[Term]; 5], 4);
        let four = Members::of((0..4).map(NodeId));
        assert!(cluster.elect(&[0, 1, 2, 3], 0));
        cluster.act(&[0, 4], 0, |raft, rules, now_us, out| {
            let told = raft.change(rules, now_us, four.with(NodeId(4)), out);
            assert_eq!(told.is_ok(), !change_rule);
        });
        if change_rule {
            assert_eq!(cluster.contradiction().is_some(), contradiction);
            continue;
        }
        cluster.beat(&[0, 4], 0);
        assert_eq!(cluster.servers[4].members.count(), 5);
        // S2 leads in term 2 among the four, removes S1, and commits that with S3: two of the three that are left.
        assert!(cluster.elect(&[1, 2, 3], 1));
        cluster.act(&[1, 2], 1, |raft, rules, now_us, out| {
            raft.change(rules, now_us, four.without(NodeId(0)), out).expect("it leads");
        });
        cluster.beat(&[1, 2], 1);
        cluster.beat(&[1, 2], 1);
        assert_eq!(cluster.servers[1].volatile.commit_index, 1);
        // S1, started again, wins term 3 by its own members, with S4 and S5.
        cluster.restart(0);
        assert!((0..3).any(|_| cluster.elect(&[0, 3, 4], 0)));
        cluster.propose(&[0, 3, 4], 0, 9);
        cluster.beat(&[0, 3, 4], 0);
        assert_eq!(cluster.contradiction().is_some(), contradiction);
    }
}

#[test]
fn a_leader_changes_one_member_at_a_time_and_leaves_once_it_has_removed_itself() {
    let mut cluster = Cluster::new(Rules::PAPER, &[&[] as &[Term]; 4], 3);
    let three = Members::of((0..3).map(NodeId));
    assert!(cluster.elect(&[0, 1, 2], 0));
    cluster.act(&[0, 1, 2], 0, |raft, rules, now_us, out| {
        let both = three.with(NodeId(3)).without(NodeId(1));
        assert_eq!(raft.change(rules, now_us, both, out), Err(Unchanged::NotOne));
        assert_eq!(raft.change(rules, now_us, three, out), Err(Unchanged::NotOne));
    });
    cluster.act(&[0], 0, |raft, rules, now_us, out| {
        raft.change(rules, now_us, three.with(NodeId(3)), out).expect("it leads");
        assert_eq!(raft.change(rules, now_us, three, out), Err(Unchanged::Pending));
    });
    cluster.beat(&[0, 1, 2, 3], 0);
    assert_eq!(cluster.servers[0].volatile.commit_index, 2, "three of four have it");
    cluster.act(&[0, 1, 2, 3], 0, |raft, rules, now_us, out| {
        raft.change(rules, now_us, three.with(NodeId(3)).without(NodeId(0)), out).expect("it leads");
    });
    assert!(!cluster.servers[0].leads() && cluster.servers[0].volatile.commit_index == 3);
    assert!(!cluster.elect(&[0, 1, 2, 3], 0), "who was removed does not stand");
    assert!(cluster.elect(&[1, 2, 3], 1));
}

#[test]
fn who_lacks_what_was_compacted_is_given_the_snapshot() {
    let rules = Rules { compact_at: 10, ..Rules::PAPER };
    let mut cluster = Cluster::new(rules, &[&[] as &[Term]; 3], 3);
    assert!(cluster.elect(&[0, 1], 0));
    for _ in 0..40 {
        cluster.propose(&[0, 1], 0, 1);
    }
    assert!(cluster.servers[0].log().base() >= 30);
    assert_eq!(cluster.servers[2].log().last_index(), 0);
    for _ in 0..3 {
        cluster.beat(&[0, 1, 2], 0);
    }
    let (leader, late) = (&cluster.servers[0], &cluster.servers[2]);
    assert_eq!((late.machine.0, late.log().last_index()), (40, leader.log().last_index()));
    assert_eq!(late.volatile.commit_index, leader.volatile.commit_index);
    cluster.restart(2);
    assert_eq!(
        cluster.servers[2].machine.0,
        u64::from(cluster.servers[2].log().base() - 1),
        "up to its snapshot"
    );
    cluster.beat(&[0, 1, 2], 0);
    assert_eq!(cluster.servers[2].machine.0, 40);
}

#[test]
fn a_read_by_index_waits_for_a_majority_and_for_an_entry_of_the_term() {
    let read = |how| {
        move |raft: &mut Raft<Count>, rules: &Rules, now_us, out: &mut Vec<Effect<Count>>| {
            raft.read(rules, now_us, (7, how), out);
        }
    };
    let mut cluster = Cluster::new(Rules::PAPER, &[&[] as &[Term]; 3], 3);
    assert!(cluster.elect(&[0, 1, 2], 0));
    cluster.act(&[0, 1, 2], 0, read(Reading::Index));
    assert_eq!(cluster.reads, [7]);
    // A leader that nobody hears cannot know whether it still leads; the plain read does not ask.
    cluster.act(&[0], 0, read(Reading::Index));
    assert_eq!(cluster.reads, [7]);
    cluster.act(&[0], 0, read(Reading::Plain));
    assert_eq!(cluster.reads, [7, 7]);
    assert!(cluster.elect(&[1, 2], 1));
    let mut out = Vec::new();
    let heartbeat = Rpc::AppendEntries {
        term: 2,
        prev_log_index: 0,
        prev_log_term: 0,
        entries: Arc::new([]),
        leader_commit: 0,
        round: 1,
    };
    cluster.servers[0].receive(&Rules::PAPER, 0, (NodeId(1), heartbeat), &mut out);
    assert!(out.contains(&Effect::ReadRefused(7)), "its client is told");
    // The new leader's own entry is not committed while it is alone: its reads wait, unless it has none.
    for (noop, ready) in [(true, false), (false, true)] {
        let rules = Rules { noop, ..Rules::PAPER };
        let mut leader =
            Raft::new(NodeId(0), Persistent::default(), Members::of((0..3).map(NodeId)), Count::default());
        let mut out = Vec::new();
        leader.election_timeout(&rules, 0, &mut out);
        leader.receive(&rules, 0, (NodeId(1), Rpc::Vote { term: 1, pre: false, granted: Ok(()) }), &mut out);
        leader.read(&rules, 0, (1, Reading::Index), &mut out);
        leader.receive(
            &rules,
            0,
            (NodeId(1), Rpc::Refused { term: 1, prev_log_index: 9, hint: Some((0, 0)), round: 9 }),
            &mut out,
        );
        assert_eq!(out.contains(&Effect::ReadReady(1)), ready, "no-op {noop}");
    }
}

#[test]
fn a_lease_ends_by_the_leaders_own_clock() {
    let rules = Rules { lease_us: 100, ..Rules::PAPER };
    let mut cluster = Cluster::new(rules, &[&[] as &[Term]; 3], 3);
    assert!(cluster.elect(&[0, 1, 2], 0));
    cluster.beat(&[0, 1, 2], 0);
    let (began_us, leader) = (cluster.now_us, &mut cluster.servers[0]);
    assert_eq!(leader.lease_until_us(&rules), Some(began_us + 100));
    for (at_us, ready) in [(began_us + 99, true), (began_us + 100, false)] {
        let mut out = Vec::new();
        leader.read(&rules, at_us, (1, Reading::Lease), &mut out);
        assert_eq!(out.contains(&Effect::ReadReady(1)), ready);
    }
}

#[test]
fn who_has_a_leader_is_not_to_be_had() {
    let ask = |rules: &Rules, pre: bool, now_us: u64| {
        let mut voter = super::server(&[1]);
        let (mut out, one) = (Vec::new(), NodeId(1));
        let heartbeat = Rpc::AppendEntries {
            term: 1,
            prev_log_index: 1,
            prev_log_term: 1,
            entries: Arc::new([]),
            leader_commit: 0,
            round: 1,
        };
        voter.receive(rules, 0, (one, heartbeat), &mut out);
        out.clear();
        let request = Rpc::RequestVote { term: 2, last_log_index: 1, last_log_term: 1, pre };
        voter.receive(rules, now_us, (NodeId(2), request), &mut out);
        let Rpc::Vote { granted, .. } = super::answer(out) else { panic!("a vote, or none") };
        (granted, voter.term())
    };
    let (soon, late) = (Rules::PAPER.election_min_us - 1, Rules::PAPER.election_min_us);
    let sticky = Rules { sticky: true, ..Rules::PAPER };
    assert_eq!(ask(&Rules::PAPER, false, soon), (Ok(()), 2));
    assert_eq!(ask(&sticky, false, soon), (Err(Refusal::HasLeader), 1), "it does not even take the term");
    assert_eq!(ask(&sticky, false, late), (Ok(()), 2));
    assert_eq!(ask(&Rules::PAPER, true, soon), (Err(Refusal::HasLeader), 1));
    assert_eq!(ask(&Rules::PAPER, true, late), (Ok(()), 1), "a pre-vote moves no term");
}

#[test]
fn a_pre_vote_comes_before_the_election_and_a_leader_alone_steps_down() {
    let rules = Rules { prevote: true, check_quorum: true, ..Rules::PAPER };
    let mut cluster = Cluster::new(rules, &[&[] as &[Term]; 3], 3);
    assert!(!cluster.elect(&[0], 0));
    assert_eq!(
        (cluster.servers[0].term(), cluster.servers[0].role.word()),
        (0, "pre-candidate"),
        "its term does not grow"
    );
    assert!(cluster.elect(&[0, 1], 0));
    assert_eq!(cluster.servers[0].term(), 1);
    cluster.beat(&[0, 1], 0);
    cluster.beat(&[0], 0);
    assert!(!cluster.servers[0].leads(), "nobody has answered for longer than the least election timeout");
}

/// A command that comes twice is applied once, over a snapshot, too, if that holds the sessions.
#[test]
fn sessions_apply_a_retried_command_once() {
    #[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
    struct Sum(u64);
    impl Store for Sum {
        type Command = u64;
        type Answer = u64;
        fn apply(&mut self, command: &u64) -> u64 {
            self.0 += command;
            self.0
        }
    }
    for (sessions, in_snapshots, sum) in [(true, true, 5), (true, false, 10), (false, false, 15)] {
        let mut machine = Sessions::<Sum>::new(sessions, in_snapshots);
        let asking = Asking { client: NodeId(9), number: 3, command: 5 };
        assert_eq!(machine.apply(&asking), (5, true));
        assert_eq!(machine.apply(&asking).1, !sessions);
        let mut installed = machine.frozen();
        installed.apply(&asking);
        assert_eq!(installed.store.0, sum);
    }
}

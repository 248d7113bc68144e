//! The paper's figures 7 and 8, and what a steady state costs.

use super::super::*;
use super::cluster::Cluster;

/// Figure 7's logs: the leader's, and those of a to f.
const FIGURE_7: [&[Term]; 7] = [
    &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6],
    &[1, 1, 1, 4, 4, 5, 5, 6, 6],
    &[1, 1, 1, 4],
    &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    &[1, 1, 1, 4, 4, 4, 4],
    &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
];

/// The leader of figure 7 is elected in term 8 and receives one command: all logs become its own. How often each follower refuses until the logs
/// meet: index by index, and with hints.
#[test]
fn figure_7_ends_with_all_logs_alike() {
    for (hints, refusals) in [(false, [0, 1, 6, 0, 0, 5, 7]), (true, [0, 1, 1, 0, 0, 1, 1])] {
        let mut cluster = Cluster::new(Rules { hints, ..Rules::PAPER }, &FIGURE_7, 7);
        let leader = &mut cluster.servers[0];
        (leader.persistent.current_term, leader.role) =
            (8, Role::Leader(Leading::new(leader.peers(), 10, 0)));
        cluster.propose(&[0, 1, 2, 3, 4, 5, 6], 0, 1);
        cluster.beat(&[0, 1, 2, 3, 4, 5, 6], 0);
        for who in 0..7 {
            assert_eq!(cluster.terms(who), [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8], "{who} with hints: {hints}");
        }
        assert_eq!(cluster.refusals, refusals, "with hints: {hints}");
        assert_eq!(cluster.contradiction(), None);
    }
}

/// Figure 8: an entry of term 2 is on a majority by term 4, and yet S5 may overwrite it. Only who counts it as committed breaks a promise.
#[test]
fn figure_8_breaks_state_machine_safety_only_for_who_counts_replicas_of_earlier_terms() {
    for (own_term, contradiction) in [(true, None), (false, Some(2))] {
        // Without the leader's own entries, as drawn.
        let rules = Rules { own_term, noop: false, ..Rules::PAPER };
        let mut cluster = Cluster::new(rules, &[&[1_u32][..]; 5], 5);
        // (a) S1 leads in term 2 and replicates to S2 alone.
        assert!(cluster.elect(&[0, 1, 2, 3, 4], 0));
        cluster.propose(&[0, 1], 0, 20);
        cluster.beat(&[0, 1], 0);
        // (b) S1 is down; S5 leads in term 3, with votes of S3 and S4, and accepts another entry.
        assert!(cluster.elect(&[2, 3, 4], 4));
        cluster.propose(&[4], 4, 30);
        assert_eq!(
            (cluster.terms(0), cluster.terms(1), cluster.terms(4)),
            (vec![1, 2], vec![1, 2], vec![1, 3])
        );
        // (c) S5 is down; S1 leads in term 4 and goes on with replication: the entry of term 2 is on a majority.
        cluster.restart(0);
        cluster.elect(&[0, 1, 2, 3], 0);
        assert!(cluster.servers[0].leads() || cluster.elect(&[0, 1, 2, 3], 0));
        cluster.act(&[0, 1, 2], 0, |raft, rules, now_us, out| {
            raft.stored(rules, now_us, 2, out);
            raft.heartbeat_timeout(rules, now_us, out);
        });
        assert_eq!(cluster.terms(2), [1, 2]);
        // (d) S5 is back and leads with votes of S2, S3 and S4, whose last terms are below 3.
        cluster.restart(4);
        assert!((0..3).any(|_| cluster.elect(&[1, 2, 3, 4], 4)));
        cluster.propose(&[1, 2, 3, 4], 4, 50);
        cluster.beat(&[1, 2, 3, 4], 4);
        cluster.beat(&[1, 2, 3, 4], 4);
        assert_eq!(cluster.terms(2)[..2], [1, 3]);
        assert_eq!(cluster.contradiction(), contradiction, "own term: {own_term}");
    }
}

#[test]
fn an_entry_in_steady_state_takes_two_messages_for_each_follower() {
    for n in 1..=9u16 {
        let all: Vec<u16> = (0..n).collect();
        let mut cluster = Cluster::new(Rules::PAPER, &vec![&[] as &[Term]; usize::from(n)], usize::from(n));
        assert!(cluster.elect(&all, 0));
        cluster.messages = 0;
        cluster.propose(&all, 0, 7);
        assert_eq!(cluster.messages, 2 * (u32::from(n) - 1), "{n} servers");
        assert_eq!(cluster.servers[0].machine.0, 7);
        assert_eq!(cluster.servers[0].volatile.commit_index, 2, "after its own entry");
    }
}

/// What a majority has is decided, however many are away, and nothing is with less.
#[test]
fn a_majority_decides_and_less_does_not() {
    for n in 1..=9u16 {
        let majority = n / 2 + 1;
        for up in 1..=n {
            let mut cluster =
                Cluster::new(Rules::PAPER, &vec![&[] as &[Term]; usize::from(n)], usize::from(n));
            let live: Vec<u16> = (0..up).collect();
            assert_eq!(cluster.elect(&live, 0), up >= majority, "{up} of {n}");
            assert_eq!(cluster.servers[0].volatile.commit_index, Index::from(up >= majority));
        }
    }
}

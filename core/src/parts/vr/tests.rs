//! Whole exchanges without a kernel, and what random schedules find.

mod search;

use super::*;
use std::collections::VecDeque;

/// Replicas; messages are delivered at once, in order, to those that are up.
struct Cluster {
    rules: Rules,
    replicas: Vec<Replica<u32>>,
    down: Vec<NodeId>,
    messages: u32,
}

impl Cluster {
    fn new(n: u16) -> Cluster {
        let replicas = (0..n).map(|me| Replica::new(NodeId(me), n, false)).collect();
        Cluster { rules: Rules::published(n.into()), replicas, down: Vec::new(), messages: 0 }
    }

    fn act(&mut self, at: usize, act: impl FnOnce(&mut Replica<u32>, &Rules, &mut Vec<Effect<u32>>)) {
        let (mut out, mut under_way) = (Vec::new(), VecDeque::new());
        act(&mut self.replicas[at], &self.rules, &mut out);
        let sent = |from: u16, out: Vec<Effect<u32>>| {
            out.into_iter().filter_map(move |effect| match effect {
                Effect::Send(to, msg) => Some((NodeId(from), to, msg)),
                _ => None,
            })
        };
        under_way.extend(sent(at as u16, out));
        while let Some((from, to, msg)) = under_way.pop_front() {
            self.messages += 1;
            if ![from, to].iter().any(|node| self.down.contains(node)) {
                let mut out = Vec::new();
                self.replicas[to.index()].receive(&self.rules, from, msg, &mut out);
                under_way.extend(sent(to.0, out));
            }
        }
    }

    fn request(&mut self, at: usize, value: u32) {
        self.act(at, |replica, rules, out| {
            let _ = replica.request(rules, value, out);
        });
    }

    fn timeout(&mut self, at: usize) {
        self.act(at, |replica, rules, out| replica.timeout(rules, out));
    }
}

#[test]
fn an_operation_takes_two_messages_for_each_backup() {
    for n in 3..=9u16 {
        let mut cluster = Cluster::new(n);
        for value in 1..=3 {
            cluster.messages = 0;
            cluster.request(0, value);
            assert_eq!(cluster.messages, 2 * (u32::from(n) - 1), "{n} replicas");
            assert_eq!((cluster.replicas[0].commit, cluster.replicas[1].commit), (value, value - 1));
        }
        cluster.act(0, |replica, _, out| replica.commit_timeout(out));
        assert!(cluster.replicas.iter().all(|replica| replica.commit == 3 && replica.log() == [1, 2, 3]));
    }
}

#[test]
fn only_the_primary_of_its_view_takes_requests() {
    let mut replica = Replica::<u32>::new(NodeId(1), 3, false);
    assert_eq!(replica.request(&Rules::published(3), 7, &mut Vec::new()), None);
    assert_eq!(replica.primary(), Some(NodeId(0)));
    assert_eq!((0..5).map(|view| replica.primary_of(view).0).collect::<Vec<_>>(), [0, 1, 2, 0, 1]);
}

#[test]
fn a_view_change_keeps_what_was_committed() {
    let mut cluster = Cluster::new(3);
    cluster.request(0, 7);
    cluster.down = vec![NodeId(2)];
    cluster.request(0, 8);
    // n1 is gone; n3 has missed the last operation, which n1 and n2 have committed.
    cluster.down = vec![NodeId(0)];
    cluster.timeout(2);
    assert_eq!(cluster.replicas[1].view, 1);
    assert!(cluster.replicas[1].is_primary());
    assert!(cluster.replicas[1..].iter().all(|replica| replica.log() == [7, 8]));
    assert_eq!(cluster.replicas[1].commit, 2);
    // The old primary is back: it follows, and what nobody else has is dropped.
    cluster.down = vec![NodeId(1), NodeId(2)];
    cluster.request(0, 9);
    cluster.down = Vec::new();
    cluster.request(1, 10);
    assert!(cluster.replicas.iter().all(|replica| replica.log() == [7, 8, 10] && replica.view == 1));
}

/// Each dead successor costs one more timeout, and nothing else: whose turn it is nobody votes on.
#[test]
fn dead_successors_are_passed_over() {
    let mut cluster = Cluster::new(5);
    cluster.request(0, 7);
    cluster.down = vec![NodeId(0), NodeId(1)];
    cluster.timeout(3);
    assert!(
        cluster.replicas[2..].iter().all(|replica| (replica.view, replica.status) == (1, Status::ViewChange))
    );
    cluster.timeout(4);
    assert!(cluster.replicas[2].is_primary());
    assert!(cluster.replicas[2..].iter().all(|replica| replica.view == 2 && replica.log() == [7]));
}

#[test]
fn who_has_crashed_stays_out() {
    let mut cluster = Cluster::new(3);
    cluster.request(0, 7);
    cluster.replicas[1] = Replica::new(NodeId(1), 3, true);
    cluster.request(0, 8);
    assert_eq!((cluster.replicas[0].commit, cluster.replicas[1].log().len()), (2, 0));
    cluster.timeout(1);
    assert_eq!(cluster.replicas[1].view, 0);
}

/// What was lost is sent again by the second heartbeat.
#[test]
fn a_primary_sends_again_what_was_lost() {
    let mut cluster = Cluster::new(3);
    cluster.down = vec![NodeId(1), NodeId(2)];
    cluster.request(0, 7);
    cluster.down = Vec::new();
    cluster.act(0, |replica, _, out| replica.commit_timeout(out));
    assert_eq!(cluster.replicas[0].commit, 0);
    cluster.act(0, |replica, _, out| replica.commit_timeout(out));
    assert_eq!(cluster.replicas[0].commit, 1);
}

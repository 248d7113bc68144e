//! Random schedules: messages in any order, lost or twice, elections at any time, restarts. Each rule that is broken is found out, and with all of
//! them nothing is.

use super::super::*;
use super::cluster::Count;
use crate::chance::dice::{Purpose, below, die};

/// What is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Broken {
    Nothing,
    UpToDate,
    OwnTerm,
    /// A restart forgets the vote.
    Votes,
    /// A restart forgets what was not written in time: the disk is as it was before the last message.
    Disk,
}

/// Servers, messages under way, and what has been seen.
struct World {
    rules: Rules,
    broken: Broken,
    servers: Vec<Raft<Count>>,
    disks: Vec<Persistent<Count>>,
    under_way: Vec<(NodeId, NodeId, Rpc<Count>)>,
    leaders: Vec<(Term, NodeId)>,
    /// What was applied at each index.
    applied: Vec<Option<Entry<u32>>>,
    now_us: u64,
    faults: Vec<&'static str>,
}

impl World {
    fn new(broken: Broken, rules: Rules, n: u16) -> World {
        let members = Members::of((0..n).map(NodeId));
        let server = |me| Raft::new(NodeId(me), Persistent::default(), members, Count::default());
        World {
            rules: Rules {
                up_to_date: broken != Broken::UpToDate,
                own_term: broken != Broken::OwnTerm,
                ..rules
            },
            broken,
            servers: (0..n).map(server).collect(),
            disks: (0..n).map(|_| Persistent::default()).collect(),
            under_way: Vec::new(),
            leaders: Vec::new(),
            applied: vec![None],
            now_us: 0,
            faults: Vec::new(),
        }
    }

    fn act(&mut self, at: usize, act: impl FnOnce(&mut Raft<Count>, &Rules, u64, &mut Vec<Effect<Count>>)) {
        let (rules, now_us, mut out) = (self.rules, self.now_us, Vec::new());
        act(&mut self.servers[at], &rules, now_us, &mut out);
        self.carry_out(at, out);
    }

    fn carry_out(&mut self, at: usize, effects: Vec<Effect<Count>>) {
        if self.broken != Broken::Disk {
            self.disks[at] = self.servers[at].persistent.clone();
        }
        for effect in effects {
            match effect {
                Effect::Send(to, rpc) => self.under_way.push((NodeId(at as u16), to, rpc)),
                Effect::Store(index) => {
                    self.act(at, |raft, rules, now_us, out| raft.stored(rules, now_us, index, out))
                }
                Effect::Turned if self.servers[at].leads() => self.led(at),
                Effect::Applied(index, _) => self.took(at, index),
                _ => {}
            }
        }
    }

    fn led(&mut self, at: usize) {
        let (term, me) = (self.servers[at].term(), NodeId(at as u16));
        if self.leaders.iter().any(|(other, who)| *other == term && *who != me) {
            self.faults.push("election safety");
        }
        self.leaders.push((term, me));
    }

    fn took(&mut self, at: usize, index: Index) {
        let Some(entry) = self.servers[at].log().get(index).cloned() else { return };
        let index = index as usize;
        if self.applied.len() <= index {
            self.applied.resize(index + 1, None);
        }
        match &self.applied[index] {
            Some(other) if *other != entry => self.faults.push("state machine safety"),
            _ => self.applied[index] = Some(entry),
        }
    }

    /// Two logs that have an entry of the same index and term have the same up to there.
    fn logs_match(&self) -> bool {
        let pairs = self.servers.iter().flat_map(|a| self.servers.iter().map(move |b| (a.log(), b.log())));
        pairs.into_iter().all(|(a, b)| {
            let both = a.base().max(b.base()) + 1..=a.last_index().min(b.last_index());
            let last = both.clone().rev().find(|index| a.term(*index) == b.term(*index)).unwrap_or(0);
            both.filter(|index| *index <= last).all(|index| a.get(index) == b.get(index))
        })
    }

    fn step(&mut self, dice: &mut impl FnMut(u64) -> u64) {
        self.now_us += dice(100_000);
        let at = dice(self.servers.len() as u64) as usize;
        match dice(40) {
            0 | 1 => self.act(at, |raft, rules, now_us, out| raft.election_timeout(rules, now_us, out)),
            2..=5 => self.act(at, |raft, rules, now_us, out| raft.heartbeat_timeout(rules, now_us, out)),
            6..=9 => {
                let command = dice(1_000) as u32;
                self.act(at, |raft, _, now_us, out| {
                    let _ = raft.propose(now_us, command, out);
                });
            }
            10 => {
                let mut disk = self.disks[at].clone();
                if self.broken == Broken::Votes {
                    disk.voted_for = None;
                }
                let (me, members) = (self.servers[at].me, self.servers[at].first_members);
                self.servers[at] = Raft::new(me, disk, members, Count::default());
            }
            11 => self.disks[at] = self.servers[at].persistent.clone(),
            12 | 13 if !self.under_way.is_empty() => {
                self.under_way.remove(dice(self.under_way.len() as u64) as usize);
            }
            14 if !self.under_way.is_empty() => {
                let twice = self.under_way[dice(self.under_way.len() as u64) as usize].clone();
                self.under_way.push(twice);
            }
            _ if !self.under_way.is_empty() => {
                let (from, to, rpc) = self.under_way.remove(dice(self.under_way.len() as u64) as usize);
                self.act(to.index(), |raft, rules, now_us, out| {
                    raft.receive(rules, now_us, (from, rpc), out)
                });
            }
            _ => {}
        }
        if !self.logs_match() {
            self.faults.push("log matching");
        }
    }
}

/// What is found with a seed, and which entry was the last to be applied.
fn run(broken: Broken, rules: Rules, seed: u32, steps: u64) -> (Vec<&'static str>, usize) {
    let n = 3 + (seed % 3) as u16;
    let (mut world, mut thrown) = (World::new(broken, rules, n), 0);
    let mut dice = |most: u64| {
        thrown += 1;
        below(die(seed, Purpose::Protocol(0), 0, thrown), most)
    };
    for _ in 0..steps {
        world.step(&mut dice);
        if !world.faults.is_empty() {
            break;
        }
    }
    (world.faults, world.applied.len() - 1)
}

/// The published rules, and all that mends, with snapshots and without.
fn kept() -> [Rules; 4] {
    let mended =
        Rules { prevote: true, sticky: true, check_quorum: true, hints: true, compact_at: 3, ..Rules::PAPER };
    [
        Rules::PAPER,
        mended,
        Rules { hints: true, compact_at: 2, ..Rules::PAPER },
        Rules { noop: false, prevote: true, ..Rules::PAPER },
    ]
}

#[test]
fn whole_rules_are_never_broken() {
    let seeds = crate::anything::cases(300);
    let mut applied = 0;
    for seed in 0..seeds {
        for rules in kept() {
            let (faults, last) = run(Broken::Nothing, rules, seed, 400);
            assert!(faults.is_empty(), "seed {seed}: {faults:?} under {rules:?}");
            applied += last;
        }
    }
    assert!(applied > 2 * seeds as usize, "and something is decided: {applied} entries");
}

#[test]
fn each_broken_rule_is_found_out() {
    let table = [
        (Broken::UpToDate, "state machine safety", 2_000),
        (Broken::OwnTerm, "state machine safety", 20_000),
        (Broken::Votes, "election safety", 2_000),
        (Broken::Disk, "state machine safety", 2_000),
    ];
    for (broken, law, budget) in table {
        let rules = Rules { noop: broken != Broken::OwnTerm, hints: true, ..Rules::PAPER };
        let found = (0..budget).find(|seed| run(broken, rules, *seed, 400).0.contains(&law));
        assert!(found.is_some(), "{broken:?}: {law} holds in {budget} runs");
    }
}

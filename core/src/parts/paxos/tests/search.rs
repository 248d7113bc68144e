//! Random schedules: messages in any order, lost or twice, ballots at any time, restarts. Each rule that is broken is found out, and with all of
//! them nothing is.

use super::super::*;
use super::cluster::{Logs, Server};
use crate::chance::dice::{Purpose, below, die};
use crate::parts::raft::Members;
use crate::sorted::Map;

/// What servers go by, and what a restart takes.
#[derive(Clone, Copy, Debug)]
struct Way {
    rules: Rules,
    forgets: Forgets,
}

impl Way {
    fn published(n: u32) -> Way {
        Way { rules: Rules::published(n), forgets: Forgets::Nothing }
    }
}

/// Servers, messages under way, and what has been chosen.
struct World<S: Server> {
    way: Way,
    servers: Vec<S>,
    under_way: Vec<(NodeId, NodeId, Msg<S::V>)>,
    votes: Learner<S::V>,
    chosen: Map<Slot, S::V>,
    proposed: Vec<S::V>,
    fault: Option<&'static str>,
}

impl<S: Server> World<S> {
    fn new(way: Way) -> World<S> {
        let n = way.rules.quorums.n as u16;
        let all = Members::of((0..n).map(NodeId));
        World {
            way,
            servers: (0..n).map(|me| S::new(NodeId(me), all, Persistent::default())).collect(),
            under_way: Vec::new(),
            votes: Learner::default(),
            chosen: Map::new(),
            proposed: Vec::new(),
            fault: None,
        }
    }

    fn carry_out(&mut self, at: usize, effects: Vec<Effect<S::V>>) {
        let me = NodeId(at as u16);
        for effect in effects {
            match effect {
                Effect::Send(to, msg) => self.under_way.push((me, to, msg)),
                Effect::Voted(slot, vote) => {
                    if let Some(chosen) = self.votes.hear(self.way.rules.quorums.q2, me, slot, &vote) {
                        self.decided(chosen.slot, chosen.value);
                    }
                }
                Effect::Learned(slot, value) => self.decided(slot, value),
                Effect::Proposed { value, .. } => self.proposed.push(value),
                _ => {}
            }
        }
    }

    fn decided(&mut self, slot: Slot, value: S::V) {
        if !self.proposed.contains(&value) {
            self.fault = Some("validity");
        }
        if *self.chosen.entry(slot).or_insert(value.clone()) != value {
            self.fault = Some("agreement");
        }
    }

    fn step(&mut self, dice: &mut impl FnMut(u64) -> u64) {
        let at = dice(self.servers.len() as u64) as usize;
        let mut out = Vec::new();
        match dice(40) {
            0..=5 => self.servers[at].stir(dice(1 << 20), &mut out),
            6 => {
                let all = Members::of((0..self.servers.len() as u16).map(NodeId));
                let disk = self.servers[at].disk().clone().after_crash(self.way.forgets);
                self.servers[at] = S::new(NodeId(at as u16), all, disk);
            }
            7 | 8 if !self.under_way.is_empty() => {
                self.under_way.remove(dice(self.under_way.len() as u64) as usize);
            }
            9 if !self.under_way.is_empty() => {
                let twice = self.under_way[dice(self.under_way.len() as u64) as usize].clone();
                self.under_way.push(twice);
            }
            _ if !self.under_way.is_empty() => {
                let (from, to, msg) = self.under_way.remove(dice(self.under_way.len() as u64) as usize);
                self.servers[to.index()].take(&self.way.rules, from, msg, &mut out);
                return self.carry_out(to.index(), out);
            }
            _ => {}
        }
        self.carry_out(at, out);
    }
}

/// What is found with a seed, and how much was chosen.
fn run<S: Server>(way: Way, seed: u32) -> (Option<&'static str>, usize) {
    let (mut world, mut thrown) = (World::<S>::new(way), 0);
    let mut dice = |most: u64| {
        thrown += 1;
        below(die(seed, Purpose::Protocol(0), 0, thrown), most)
    };
    for _ in 0..400 {
        world.step(&mut dice);
        if world.fault.is_some() {
            break;
        }
    }
    (world.fault, world.chosen.len())
}

fn whole<S: Server>() {
    let seeds = crate::anything::cases(400);
    let mut chosen = 0;
    for seed in 0..seeds {
        let n = 3 + seed % 3;
        let flexible = Quorums { n: 4, q1: 3, q2: 2 };
        let ways = [
            Way::published(n),
            Way { rules: Rules { notice: Notice::Hear, ..Rules::published(n) }, ..Way::published(n) },
            Way { rules: Rules { quorums: flexible, ..Rules::published(4) }, ..Way::published(4) },
        ];
        for way in ways {
            let (fault, many) = run::<S>(way, seed);
            assert_eq!(fault, None, "seed {seed} under {way:?}");
            chosen += many;
        }
    }
    assert!(chosen > seeds as usize, "and something is chosen: {chosen} values");
}

#[test]
fn the_published_rules_are_never_broken() {
    whole::<Synod<u32>>();
    whole::<Logs>();
}

/// What is broken.
fn broken() -> [(&'static str, Way); 8] {
    let three = Way::published(3);
    let rules = |rules: Rules| Way { rules, ..three };
    let quorums = |n, q1, q2| rules(Rules { quorums: Quorums { n, q1, q2 }, ..Rules::published(n) });
    [
        ("its own value, whatever is reported", rules(Rules { pick: Pick::Own, ..three.rules })),
        ("any value that is reported", rules(Rules { pick: Pick::Any, ..three.rules })),
        ("a vote below the promise", rules(Rules { accept_lower: true, ..three.rules })),
        ("2 promises and 2 votes of 4", quorums(4, 2, 2)),
        ("1 promise and 2 votes of 3", quorums(3, 1, 2)),
        ("forgets its promise", Way { forgets: Forgets::Promise, ..three }),
        ("forgets its votes", Way { forgets: Forgets::Votes, ..three }),
        ("forgets all", Way { forgets: Forgets::All, ..three }),
    ]
}

/// Within so many schedules.
const BUDGET: u32 = 1_000;

#[test]
fn each_broken_rule_is_found_out() {
    for (what, way) in broken() {
        let single = (0..BUDGET).any(|seed| run::<Synod<u32>>(way, seed).0 == Some("agreement"));
        let log = (0..BUDGET).any(|seed| run::<Logs>(way, seed).0 == Some("agreement"));
        assert!(single && log, "{what}: agreement holds in {BUDGET} schedules of one decree or of a log");
    }
}

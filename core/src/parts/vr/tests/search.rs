//! Random schedules: messages in any order, lost or twice, view changes and crashes at any time. Each rule that is broken is found out, and with
//! all of them nothing is.

use super::*;
use crate::chance::dice::{Purpose, below, die};

/// What replicas go by, and whether one that crashes comes back as if it had never been there.
#[derive(Clone, Copy, Debug)]
struct Way {
    rules: Rules,
    n: u16,
    forgets: bool,
}

struct World {
    way: Way,
    replicas: Vec<Replica<u32>>,
    under_way: Vec<(NodeId, NodeId, Msg<u32>)>,
    /// What was committed at each place.
    committed: Vec<u32>,
    crashed: u32,
    fault: bool,
}

impl World {
    fn carry_out(&mut self, at: usize, effects: Vec<Effect<u32>>) {
        for effect in effects {
            match effect {
                Effect::Send(to, msg) => self.under_way.push((NodeId(at as u16), to, msg)),
                Effect::Committed(op, value) => match self.committed.get(op as usize - 1) {
                    Some(before) => self.fault |= *before != value,
                    None => self.committed.push(value),
                },
                _ => {}
            }
        }
    }

    fn step(&mut self, dice: &mut impl FnMut(u64) -> u64) {
        let at = dice(self.replicas.len() as u64) as usize;
        let (rules, mut out) = (self.way.rules, Vec::new());
        match dice(60) {
            0 => self.replicas[at].timeout(&rules, &mut out),
            1..=4 => self.replicas[at].commit_timeout(&mut out),
            5..=12 => {
                let _ = self.replicas[at].request(&rules, dice(1 << 20) as u32, &mut out);
            }
            // No more of those that stay out than the protocol bears.
            13 if self.way.forgets || self.crashed < u32::from(self.way.n - 1) / 2 => {
                let out_already = self.replicas[at].status == Status::Recovering;
                self.crashed += u32::from(!out_already);
                self.replicas[at] = Replica::new(NodeId(at as u16), self.way.n, !self.way.forgets);
            }
            14 | 15 if !self.under_way.is_empty() => {
                self.under_way.remove(dice(self.under_way.len() as u64) as usize);
            }
            16 if !self.under_way.is_empty() => {
                let twice = self.under_way[dice(self.under_way.len() as u64) as usize].clone();
                self.under_way.push(twice);
            }
            _ if !self.under_way.is_empty() => {
                let (from, to, msg) = self.under_way.remove(dice(self.under_way.len() as u64) as usize);
                self.replicas[to.index()].receive(&rules, from, msg, &mut out);
                return self.carry_out(to.index(), out);
            }
            _ => {}
        }
        self.carry_out(at, out);
    }
}

/// Whether two replicas commit different operations at one place, and how many are committed.
fn run(way: Way, seed: u32) -> (bool, usize) {
    let replicas = (0..way.n).map(|me| Replica::new(NodeId(me), way.n, false)).collect();
    let mut world =
        World { way, replicas, under_way: Vec::new(), committed: Vec::new(), crashed: 0, fault: false };
    let mut thrown = 0;
    let mut dice = |most: u64| {
        thrown += 1;
        below(die(seed, Purpose::Protocol(0), 0, thrown), most)
    };
    for _ in 0..600 {
        world.step(&mut dice);
        if world.fault {
            break;
        }
    }
    (world.fault, world.committed.len())
}

fn published(n: u16) -> Way {
    Way { rules: Rules::published(n.into()), n, forgets: false }
}

#[test]
fn the_published_rules_are_never_broken() {
    let (seeds, mut committed) = (crate::anything::cases(1_000), 0);
    for seed in 0..seeds {
        let way = published([3, 4, 5][seed as usize % 3]);
        let (fault, many) = run(way, seed);
        assert!(!fault, "seed {seed} under {way:?}");
        committed += many;
    }
    assert!(committed > 2 * seeds as usize, "and something is committed: {committed} operations");
}

/// Within so many schedules.
const BUDGET: u32 = 1_000;

#[test]
fn each_broken_rule_is_found_out() {
    let three = published(3);
    let rules = |rules: Rules| Way { rules, ..three };
    let table = [
        ("its own log", rules(Rules { pick: Pick::Own, ..three.rules })),
        ("the first log", rules(Rules { pick: Pick::First, ..three.rules })),
        ("operations of a view that is over", rules(Rules { accept_lower: true, ..three.rules })),
        ("2 and 2 of 4", Way { rules: Rules { change: 2, commit: 2, ..published(4).rules }, ..published(4) }),
        ("comes back without its log", Way { forgets: true, ..three }),
    ];
    for (what, way) in table {
        let found = (0..BUDGET).any(|seed| run(way, seed).0);
        assert!(found, "{what}: nothing differs in {BUDGET} schedules");
    }
}

//! The router: knows the table, passes requests on, and has rows moved, one change at a time, a node giving and taking one batch at a time.

use super::meta::fact;
use super::message::{Msg, Speech};
use super::plan::{Change, Plan};
use super::config::Config;
use super::queries;
use super::rows::Target;
use crate::sim::{Ctx, Input, Out, Range};
use crate::trace::Fact;
use crate::sorted::Set;
use std::fmt::Write;

/// So many rows are shown in pictures.
const SAMPLE: u32 = 120;

/// The router's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Router {
    /// The topology that holds, and while rows move the one that held before.
    topology: usize,
    /// Changes that have been asked for.
    asked: usize,
    /// Changes that have begun.
    begun: usize,
    /// Batches that have not come yet, as giver and taker; of these, those under way.
    waiting: Set<(u16, u16)>,
    under_way: Set<(u16, u16)>,
    moved: u64,
}

impl Router {
    /// Comes up with the first topology.
    pub fn boot(config: &Config, out: &mut Out<Speech>) -> Router {
        let plan = &config.plan;
        let empty = Set::new;
        let router = Router { topology: 0, asked: 0, begun: 0, waiting: empty(), under_way: empty(), moved: 0 };
        out.fact(fact::ROLE, 0, Fact::Word(if plan.changes.is_empty() { "steady" } else { "planned" }));
        if let Some(change) = plan.first_change() {
            show_moves(change, out);
        }
        if !plan.topologies[0].scheme.stretches().is_empty() {
            out.show(fact::SAMPLE, 0, || {
                let (count, rows) = (plan.rows.count().min(SAMPLE), u64::from(plan.rows.count()));
                let row = |n: u32| (u64::from(n) * rows / u64::from(count)) as u32;
                let places = (0..count).map(|n| format!("{:04x}", plan.rows.key(row(n)) >> 48));
                Fact::Text(places.collect::<Vec<_>>().join(" ").into())
            });
        }
        if plan.params.add != 0 {
            out.set_timer(super::message::Timer::Resize, Range::exactly(plan.params.when));
        }
        router
    }

    /// Handles an input.
    pub fn step(&mut self, config: &Config, input: Input<Speech>, _ctx: &Ctx, out: &mut Out<Speech>) {
        let plan = &config.plan;
        match input {
            Input::Deliver { msg: Msg::Want { number, die }, .. } => {
                let wanted = queries::wanted(&plan.params, &plan.rows, die);
                let topology = &plan.topologies[self.topology];
                let owner = |target: &Target| self.owner(plan, target);
                queries::shards(&wanted, &plan.rows, topology, owner, |node, parts| {
                    out.send(config.cast.server(node as u16), Msg::Serve { number, parts });
                });
            }
            Input::Deliver { msg: Msg::Taken { from, .. }, from: taker } => {
                let pair = (from, config.cast.sort(taker).1);
                if self.under_way.remove(&pair) && self.waiting.remove(&pair) {
                    self.moved += self.change(plan).pairs[&pair];
                    self.go_on(config, out);
                }
            }
            // Which change it is, the plan knows: they are asked for in its order.
            Input::Timer(_) | Input::Ask(_) => {
                self.asked += 1;
                self.begin_next(config, out);
            }
            Input::Deliver { .. } => {}
        }
    }

    /// Who has a row now: while its batch is on the way, the giver.
    fn owner(&self, plan: &Plan, target: &Target) -> u32 {
        let owner_in = |topology: usize| {
            let topology = &plan.topologies[topology];
            topology.scheme.owner_of(target, &topology.owners)
        };
        let before = owner_in(self.topology);
        if self.waiting.is_empty() {
            return before;
        }
        let after = owner_in(self.change(plan).to);
        if self.waiting.contains(&(before as u16, after as u16)) { before } else { after }
    }

    fn change<'a>(&self, plan: &'a Plan) -> &'a Change {
        &plan.changes[self.begun - 1].1
    }

    /// Begins the next change that has been asked for, unless one is under way.
    fn begin_next(&mut self, config: &Config, out: &mut Out<Speech>) {
        let plan = &config.plan;
        if !self.waiting.is_empty() || self.begun == self.asked.min(plan.changes.len()) {
            return;
        }
        self.begun += 1;
        let change = self.change(plan);
        out.serve_none();
        out.fact(fact::CHANGE, 0, Fact::Int(self.begun as i64));
        if let Some(why) = change.refused {
            out.note(|| format!("refused: {why}"));
        }
        if change.from == change.to {
            return self.begin_next(config, out);
        }
        self.waiting = change.pairs.keys().copied().collect();
        self.moved = 0;
        out.fact(fact::ROLE, 0, Fact::Word("moving"));
        out.fact(fact::MOVED, 0, Fact::Int(0));
        show_moves(change, out);
        for node in members(plan, change) {
            out.send(config.cast.server(node as u16), Msg::Assign { change: self.begun as u16 - 1 });
        }
        self.go_on(config, out);
    }

    /// Starts every batch whose giver gives none and whose taker takes none; ends the change after the last.
    fn go_on(&mut self, config: &Config, out: &mut Out<Speech>) {
        let plan = &config.plan;
        let change = self.change(plan);
        let all: u64 = change.pairs.values().sum();
        out.serve_none();
        out.fact(fact::MOVED, 0, Fact::Int((self.moved * 100).checked_div(all).unwrap_or(100) as i64));
        if self.waiting.is_empty() {
            self.topology = change.to;
            out.fact(fact::ROLE, 0, Fact::Word("moved"));
            for node in members(plan, change) {
                out.send(config.cast.server(node as u16), Msg::Settled { change: self.begun as u16 - 1 });
            }
            return self.begin_next(config, out);
        }
        let number = self.begun as u16 - 1;
        let nodes = config.cast.len();
        let (mut gives, mut takes) = (vec![false; nodes], vec![false; nodes]);
        for (giver, taker) in self.under_way.iter().copied() {
            (gives[usize::from(giver)], takes[usize::from(taker)]) = (true, true);
        }
        for (from, to) in self.waiting.iter().copied() {
            let (gives, takes) = (&mut gives[usize::from(from)], &mut takes[usize::from(to)]);
            if *gives || *takes {
                continue;
            }
            (*gives, *takes) = (true, true);
            self.under_way.insert((from, to));
            let copies = change.pairs[&(from, to)];
            out.send(config.cast.server(to), Msg::Take { change: number, from, copies });
            out.send(config.cast.server(from), Msg::Give { change: number, to, copies });
        }
    }
}

/// Everybody who is there before or after.
fn members(plan: &Plan, change: &Change) -> Set<u32> {
    let nodes = |topology: usize| plan.topologies[topology].scheme.nodes().to_vec();
    nodes(change.from).into_iter().chain(nodes(change.to)).collect()
}

/// Reports what a change moves, as `n1-n4:812` for each pair.
fn show_moves(change: &Change, out: &mut Out<Speech>) {
    out.show(fact::MOVES, 0, || {
        let mut text = String::new();
        for ((from, to), copies) in &change.pairs {
            let space = if text.is_empty() { "" } else { " " };
            write!(text, "{space}n{}-n{}:{copies}", from + 1, to + 1).expect("writing to a string");
        }
        Fact::Text(text.into())
    });
}

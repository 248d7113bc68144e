//! A consumer of a log: a member of a group that reads its partitions from the offsets that the group has committed.

use super::bench::{Bench, Ended};
use super::item::{At, Item, Row};
use super::message::{Deed, Msg, Request, Speech, Timer};
use super::meta::fact;
use super::params::Commit;
use super::protocol::{BACKOFF_US, Config, Kept, WAIT_US};
use crate::cast::NodeId;
use crate::parts::consumer_group::Heard;
use crate::sim::dice::{Purpose, below};
use crate::sim::{Ctx, Input, Out, Protocol, Range};
use crate::sorted::Map;
use crate::trace::Fact;
use std::collections::VecDeque;

/// The longest time between heartbeats (`heartbeat.interval.ms`); a third of the session, if that is less.
const BEAT_US: u64 = 3_000_000;
/// How long it waits for its group before it joins once more.
const JOIN_AGAIN_US: u64 = 2_000_000;

/// A partition that it reads.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Reads {
    /// The offset after what it has processed.
    position: u32,
    /// What it has fetched and not taken up, and what it fetches next.
    fetched: VecDeque<(u32, Item)>,
    next: u32,
    leader: NodeId,
    round: u32,
    /// How often it has asked since it was answered.
    silent: u32,
}

/// A consumer's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Reader {
    bench: Bench,
    /// Which of those that bore its name it is, for the group.
    member: u32,
    generation: u32,
    reads: Map<u16, Reads>,
    /// The records of the latest poll: it works at the first, at that try.
    batch: VecDeque<(At, Item)>,
    tries: u32,
    /// The partition that it took records from last.
    last: u16,
    /// It is to give up what it reads: whether it may still commit.
    leaves: Option<bool>,
    commits_us: i64,
}

impl Protocol for Reader {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Reader {
        let phase_us = below(ctx.die(Purpose::Protocol(0), ctx.epoch.into()), config.params.every);
        let reader = Reader {
            bench: Bench::boot(disk, ctx, out),
            member: ctx.epoch,
            generation: 0,
            reads: Map::new(),
            batch: VecDeque::new(),
            tries: 1,
            last: 0,
            leaves: None,
            commits_us: ctx.monotonic_us.saturating_add_unsigned(phase_us),
        };
        reader.join(config, out);
        reader
    }

    fn weight(&self) -> u64 {
        let fetched: usize = self.reads.values().map(|reads| reads.fetched.len()).sum();
        32 * (fetched + self.batch.len()) as u64
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Ask(Request::Seek(offset)) => self.seek(offset, out),
            Input::Timer(Timer::Work) => {
                let ended = self.bench.worked(config, ctx, out);
                self.ended(config, ended, ctx, out);
            }
            Input::Timer(Timer::Write) => self.bench.again(config, out),
            Input::Timer(Timer::Join) => self.join(config, out),
            Input::Timer(Timer::Beat) => self.beat(config, out),
            Input::Timer(Timer::Fetch(partition)) => self.ask_again(config, partition, out),
            Input::Deliver { msg: Msg::Applied { serial }, .. } => {
                let ended = self.bench.applied(serial, out);
                self.ended(config, ended, ctx, out);
            }
            Input::Deliver { from, msg } => self.hear(config, (from, msg), ctx, out),
            _ => {}
        }
    }
}

impl Reader {
    fn join(&self, config: &Config, out: &mut Out<Speech>) {
        out.serve_none();
        out.fact(fact::ROLE, 0, Fact::Word("joining"));
        out.send(config.controller(), Msg::Join { member: self.member });
        out.set_timer(Timer::Join, Range::exactly(JOIN_AGAIN_US));
    }

    fn beat(&self, config: &Config, out: &mut Out<Speech>) {
        out.serve_none();
        out.send(config.controller(), Msg::Beat { member: self.member, generation: self.generation });
        out.set_timer(Timer::Beat, Range::exactly(BEAT_US.min(config.params.session / 3)));
    }

    fn hear(&mut self, config: &Config, (from, msg): (NodeId, Msg), ctx: &Ctx, out: &mut Out<Speech>) {
        match msg {
            Msg::Given { member, generation, owns }
                if member == self.member && generation > self.generation =>
            {
                self.begin_generation(config, generation, &owns.0, out);
            }
            Msg::Heard { member, generation, heard } | Msg::Committed { member, generation, heard }
                if member == self.member && generation == self.generation =>
            {
                match heard {
                    Heard::Fine => return,
                    Heard::Rebalances => self.leaves = self.leaves.or(Some(true)),
                    Heard::OldGeneration | Heard::Unknown => self.leaves = Some(false),
                }
                self.go_on(config, ctx, out);
            }
            Msg::Polled { at, round, items } => {
                let Some(reads) = self.reads.get_mut(&at.partition) else { return };
                reads.silent = 0;
                if at.offset == reads.next && !items.0.is_empty() {
                    let from = reads.next;
                    reads.next += items.0.len() as u32;
                    reads
                        .fetched
                        .extend(items.0.into_iter().enumerate().map(|(i, item)| (from + i as u32, item)));
                    self.poll(at.partition, out);
                } else if round == reads.round {
                    self.poll(at.partition, out);
                }
                self.go_on(config, ctx, out);
            }
            Msg::Moved { partition, leader } => {
                let Some(reads) = self.reads.get_mut(&partition) else { return };
                reads.leader = leader.unwrap_or_else(|| config.broker(config.cast.sort(from).1 + 1));
                reads.silent = 0;
                out.set_timer(Timer::Fetch(partition), Range::exactly(BACKOFF_US));
            }
            Msg::Reset { at } => {
                // There is no such offset any more: it reads on from the end (`auto.offset.reset=latest`).
                let Some(reads) = self.reads.get_mut(&at.partition) else { return };
                if reads.next > at.offset {
                    (reads.next, reads.position) = (at.offset, at.offset);
                    reads.fetched.clear();
                    self.poll(at.partition, out);
                }
            }
            _ => {}
        }
    }

    fn begin_generation(&mut self, config: &Config, generation: u32, owns: &[At], out: &mut Out<Speech>) {
        self.give_up(out);
        self.generation = generation;
        self.leaves = None;
        out.cancel(Timer::Join);
        out.fact(fact::ROLE, 0, Fact::Word(if self.bench.is_busy() { "working" } else { "idle" }));
        out.fact(fact::GENERATION, 0, Fact::Int(generation.into()));
        for At { partition, offset } in owns.iter().copied() {
            let leader = config.broker(partition);
            let reads = Reads {
                position: offset,
                fetched: VecDeque::new(),
                next: offset,
                leader,
                round: 0,
                silent: 0,
            };
            self.reads.insert(partition, reads);
            out.fact(fact::READS, partition, Fact::Word("reads"));
            self.poll(partition, out);
        }
        self.beat(config, out);
    }

    /// It reads nothing any more.
    fn give_up(&mut self, out: &mut Out<Speech>) {
        for partition in self.reads.keys() {
            out.fact(fact::READS, *partition, Fact::Word("no"));
            out.cancel(Timer::Fetch(*partition));
        }
        self.reads.clear();
        if !self.bench.is_busy() {
            self.drop_batch(out);
        }
    }

    fn drop_batch(&mut self, out: &mut Out<Speech>) {
        for (_, item) in self.batch.drain(..) {
            out.mark(Deed::Lets(item));
        }
    }

    /// Asks for what comes next of a partition.
    fn poll(&mut self, partition: u16, out: &mut Out<Speech>) {
        let Some(reads) = self.reads.get_mut(&partition) else { return };
        reads.round += 1;
        out.serve_none();
        out.send(reads.leader, Msg::Poll { at: At { partition, offset: reads.next }, round: reads.round });
        out.set_timer(Timer::Fetch(partition), Range::exactly(WAIT_US));
    }

    fn ask_again(&mut self, config: &Config, partition: u16, out: &mut Out<Speech>) {
        let Some(reads) = self.reads.get_mut(&partition) else { return };
        reads.silent += 1;
        // Who leads answers an earlier poll when another comes.
        if reads.silent > 2 {
            reads.silent = 0;
            reads.leader = config.broker(config.cast.sort(reads.leader).1 + 1);
        }
        self.poll(partition, out);
    }

    fn seek(&mut self, offset: u32, out: &mut Out<Speech>) {
        if !self.bench.is_busy() {
            self.drop_batch(out);
        } else {
            // What it works at it still ends.
            for (_, item) in self.batch.drain(1.min(self.batch.len())..) {
                out.mark(Deed::Lets(item));
            }
        }
        let partitions: Vec<u16> = self.reads.keys().copied().collect();
        for partition in partitions {
            if let Some(reads) = self.reads.get_mut(&partition) {
                (reads.position, reads.next) = (offset, offset);
                reads.fetched.clear();
            }
            self.poll(partition, out);
        }
    }

    fn ended(&mut self, config: &Config, ended: Option<Ended>, ctx: &Ctx, out: &mut Out<Speech>) {
        match ended {
            None => return,
            // A log has no place for it: the consumer tries again, and all behind it wait.
            Some(Ended::Failed(_, tries)) if config.params.commit != Commit::Before => self.tries = tries + 1,
            Some(Ended::Failed(..) | Ended::Done(_)) => {
                self.tries = 1;
                if let Some((At { partition, offset }, item)) = self.batch.pop_front() {
                    if let Some(reads) = self.reads.get_mut(&partition) {
                        // Who has gone back to an earlier offset meanwhile is not moved on by what it did before.
                        if reads.position <= offset && reads.next > offset {
                            reads.position = offset + 1;
                        }
                    }
                    out.mark(Deed::Lets(item));
                }
                if self.batch.is_empty() && config.params.commit == Commit::After {
                    self.commit(config, out);
                }
            }
        }
        self.go_on(config, ctx, out);
    }

    /// Takes up what comes next, if it has nothing to do: what it has polled, a rebalance, or another poll.
    fn go_on(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        if self.bench.is_busy() {
            return;
        }
        // Between two tries at a message that fails it may leave, too.
        if self.leaves.is_some() && self.tries > 1 {
            self.tries = 1;
            self.drop_batch(out);
        }
        if self.batch.is_empty() {
            if let Some(may_commit) = self.leaves.take() {
                if may_commit {
                    self.commit(config, out);
                }
                self.give_up(out);
                out.cancel(Timer::Beat);
                return self.join(config, out);
            }
            self.take_up(config, ctx, out);
        }
        if let Some((_, item)) = self.batch.front().copied() {
            self.bench.begin(config, (item, self.tries), ctx, out);
        }
    }

    /// A poll: records of the next partition that has some.
    fn take_up(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        if config.params.commit == Commit::Interval && ctx.monotonic_us >= self.commits_us {
            while self.commits_us <= ctx.monotonic_us {
                self.commits_us = self.commits_us.saturating_add_unsigned(config.params.every);
            }
            self.commit(config, out);
        }
        let some = |reads: &Reads| !reads.fetched.is_empty();
        let after = self.reads.iter().find(|(partition, reads)| **partition > self.last && some(reads));
        let Some(partition) =
            after.or_else(|| self.reads.iter().find(|(_, reads)| some(reads))).map(|(p, _)| *p)
        else {
            return;
        };
        self.last = partition;
        let Some(reads) = self.reads.get_mut(&partition) else { return };
        let most = (config.params.records as usize).min(reads.fetched.len());
        for (offset, item) in reads.fetched.drain(..most) {
            out.mark(Deed::Holds(item));
            self.batch.push_back((At { partition, offset }, item));
            if config.params.commit == Commit::Before {
                reads.position = offset + 1;
            }
        }
        if config.params.commit == Commit::Before {
            self.commit(config, out);
        }
    }

    fn commit(&self, config: &Config, out: &mut Out<Speech>) {
        let offsets =
            self.reads.iter().map(|(partition, reads)| At { partition: *partition, offset: reads.position });
        let offsets = Row(offsets.collect());
        if !offsets.0.is_empty() {
            out.send(
                config.controller(),
                Msg::Commit { member: self.member, generation: self.generation, offsets },
            );
        }
    }
}

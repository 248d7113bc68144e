//! A broker of a log: leads some partitions, and follows other brokers in the rest.

use super::item::{At, Entry, Row};
use super::message::{Brokers, Decided, Deed, Msg, Request, Speech, Timer, Why};
use super::meta::fact;
use super::params::Acks;
use super::place::{Disk, Place};
use super::protocol::{Config, Kept, WAIT_US};
use crate::cast::{NodeId, Sort};
use crate::kits::object::Waiting;
use crate::parts::partition_log::{InSync, PartitionLog};
use crate::parts::sequences::{Judged, Sequences};
use crate::sim::{Ctx, Input, Out, Protocol, Range};
use crate::trace::{Fact, Splice};

/// A broker's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Broker {
    disk: Disk,
    places: Vec<Place>,
    version: u32,
    boot: u32,
}

impl Protocol for Broker {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Broker {
        let disk = match disk {
            Some(Kept::Logs(disk)) => disk.clone(),
            _ => Disk(Vec::new()),
        };
        let mut broker = Broker { places: Vec::new(), disk, version: 0, boot: ctx.epoch };
        broker.grow(broker.disk.0.len().max(config.params.partitions as usize));
        out.fact(fact::ROLE, 0, Fact::Word("follower"));
        for (number, log) in broker.disk.0.iter().enumerate() {
            broker.places[number].known =
                Sequences::of(log.records().iter().map(|record| record.value.stamp));
            if log.end() == 0 && ctx.epoch > 0 {
                out.mark(Deed::Truncated(number as u16, 0));
            }
        }
        if ctx.epoch > 0 {
            let insert =
                broker.disk.0[0].records().iter().map(|record| words(record.epoch, record.value)).collect();
            out.fact(fact::LOG, 0, Fact::List(Splice { at: 0, remove: u32::MAX, insert }));
        }
        broker.alive(config, out);
        out.set_timer(Timer::Sync, Range::exactly((config.params.lag / 2).max(1)));
        broker
    }

    fn weight(&self) -> u64 {
        self.disk.weight()
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match input {
            Input::Ask(Request::Partitions(partitions)) => {
                out.send(config.controller(), Msg::Grow { partitions })
            }
            Input::Timer(Timer::Beat) => self.alive(config, out),
            Input::Timer(Timer::Fetch(partition)) => self.fetch(partition, out),
            Input::Timer(Timer::Sync) => {
                out.set_timer(Timer::Sync, Range::exactly((config.params.lag / 2).max(1)));
                for partition in 0..self.places.len() as u16 {
                    if let Some(sync) = &mut self.places[usize::from(partition)].sync {
                        sync.ask_again();
                        self.change(config, partition, ctx, out);
                    }
                }
            }
            Input::Deliver { from, msg } => self.hear(config, (from, msg), ctx, out),
            _ => {}
        }
    }
}

impl Broker {
    fn grow(&mut self, partitions: usize) {
        if self.disk.0.len() < partitions {
            self.disk.0.resize(partitions, PartitionLog::new());
        }
        if self.places.len() < partitions {
            self.places.resize(partitions, Place::default());
        }
    }

    /// The logs are written, before anybody is told of them.
    fn keep(&self, out: &mut Out<Speech>) {
        out.goes_through(self.disk.weight());
        out.persist(Kept::Logs(self.disk.clone()));
    }

    fn alive(&self, config: &Config, out: &mut Out<Speech>) {
        out.serve_none();
        out.send(config.controller(), Msg::Alive { boot: self.boot, version: self.version });
        out.set_timer(Timer::Beat, Range::exactly((config.params.detect / 4).max(1)));
    }

    fn hear(&mut self, config: &Config, (from, msg): (NodeId, Msg), ctx: &Ctx, out: &mut Out<Speech>) {
        match msg {
            Msg::Lead(decided) => self.led(config, decided, ctx, out),
            Msg::Send { serial, partition, entry } => {
                self.take(config, from, (serial, partition, entry), ctx, out)
            }
            Msg::Fetch { partition, epoch, end, last } => {
                let p = usize::from(partition);
                let Some(place) = self.places.get_mut(p).filter(|place| place.epoch == epoch) else { return };
                let Some(sync) = &mut place.sync else { return };
                if let Some(agree) = self.disk.0[p].diverges(end, last) {
                    return out.send(from, Msg::Diverges { partition, epoch, agree });
                }
                sync.fetched(from, end, self.disk.0[p].end(), ctx.monotonic_us);
                out.show(fact::MATCH, from.0, || Fact::Int(end.into()));
                place.fetches.insert(from, end);
                self.advance(config, partition, out);
                self.change(config, partition, ctx, out);
                self.serve_followers(partition, false, out);
            }
            Msg::Records { partition, epoch, from: offset, records, committed } => {
                let p = usize::from(partition);
                let Some(place) =
                    self.places.get_mut(p).filter(|place| place.epoch == epoch && place.sync.is_none())
                else {
                    return;
                };
                if offset != self.disk.0[p].end() {
                    return;
                }
                for record in &records.0 {
                    let at = self.disk.0[p].append(record.epoch, record.value);
                    if let Some(stamp) = record.value.stamp {
                        place.known.appended(stamp, at);
                    }
                    out.mark(Deed::Followed(record.value.item, partition));
                    tell(partition, at, record.epoch, record.value, out);
                }
                if !records.0.is_empty() {
                    self.keep(out);
                }
                if self.disk.0[p].commit(committed) && partition == 0 {
                    out.fact(fact::COMMITTED, 0, Fact::Int(self.disk.0[p].high_watermark().into()));
                }
                self.fetch(partition, out);
            }
            Msg::Diverges { partition, epoch, agree } => {
                let p = usize::from(partition);
                if self.places.get(p).is_none_or(|place| place.epoch != epoch || place.sync.is_some()) {
                    return;
                }
                let (to, gone) = self.disk.0[p].truncate(agree);
                self.places[p].known =
                    Sequences::of(self.disk.0[p].records().iter().map(|record| record.value.stamp));
                if !gone.is_empty() {
                    out.mark(Deed::Truncated(partition, to));
                    self.keep(out);
                }
                if partition == 0 {
                    out.fact(
                        fact::LOG,
                        0,
                        Fact::List(Splice { at: to, remove: gone.len() as u32, insert: Vec::new() }),
                    );
                }
                self.fetch(partition, out);
            }
            Msg::Poll { at: At { partition, offset }, round } => {
                let p = usize::from(partition);
                let Some(place) = self.places.get_mut(p) else { return };
                if place.sync.is_none() {
                    return out.send(from, Msg::Moved { partition, leader: place.leader });
                }
                let log = &self.disk.0[p];
                if offset > log.end() {
                    return out.send(from, Msg::Reset { at: At { partition, offset: log.high_watermark() } });
                }
                if let Some((offset, round)) = place.polls.insert(from, (offset, round)) {
                    // One before it has waited for long enough.
                    out.send(
                        from,
                        Msg::Polled { at: At { partition, offset }, round, items: Row(Vec::new()) },
                    );
                }
                self.serve_consumers(partition, out);
            }
            _ => {}
        }
    }

    /// The controller has decided.
    fn led(&mut self, config: &Config, decided: Decided, ctx: &Ctx, out: &mut Out<Speech>) {
        let Decided { partition, epoch, leader, isr, version } = decided;
        self.version = self.version.max(version);
        let p = usize::from(partition);
        self.grow(p + 1);
        let (place, end) = (&mut self.places[p], self.disk.0[p].end());
        if version <= place.version {
            // The controller has not done what it was asked for.
            if let Some(sync) = place.sync.as_mut().filter(|_| version == place.version) {
                sync.told(isr);
                self.advance(config, partition, out);
            }
            return;
        }
        place.version = version;
        let news = epoch > place.epoch;
        (place.epoch, place.leader) = (epoch, leader);
        if partition == 0 {
            out.fact(fact::EPOCH, 0, Fact::Int(epoch.into()));
        }
        if leader == Some(ctx.me) {
            match &mut place.sync {
                Some(sync) if !news => sync.told(isr.clone()),
                sync => {
                    *sync = Some(InSync::new(
                        ctx.me,
                        isr.clone(),
                        config.cast.of(Sort::Server),
                        end,
                        ctx.monotonic_us,
                    ));
                    out.mark(Deed::Leads(partition, epoch));
                    out.cancel(Timer::Fetch(partition));
                    if partition == 0 {
                        out.fact(fact::ROLE, 0, Fact::Word("leader"));
                    }
                }
            }
            if partition == 0 {
                out.fact(fact::IN_SYNC, 0, Fact::Text(names(config, &isr).into()));
            }
            self.advance(config, partition, out);
            self.change(config, partition, ctx, out);
            return;
        }
        let led = place.sync.take().is_some();
        for (_, waiting) in std::mem::take(&mut place.producers) {
            waiting.serve(out);
            out.send(waiting.client, Msg::Refused { serial: waiting.number, why: Why::NotLeader(leader) });
        }
        for (consumer, _) in std::mem::take(&mut place.polls).iter() {
            out.send(*consumer, Msg::Moved { partition, leader });
        }
        place.fetches.clear();
        if partition == 0 && (led || news) {
            out.fact(fact::ROLE, 0, Fact::Word("follower"));
            out.fact(fact::IN_SYNC, 0, Fact::Text("".into()));
        }
        if news || led {
            self.fetch(partition, out);
        }
    }

    /// A follower asks for what comes next, and again when it has heard nothing for a while.
    fn fetch(&mut self, partition: u16, out: &mut Out<Speech>) {
        let p = usize::from(partition);
        let Some(place) = self.places.get(p).filter(|place| place.sync.is_none()) else { return };
        let Some(leader) = place.leader else { return };
        let log = &self.disk.0[p];
        out.serve_none();
        out.send(
            leader,
            Msg::Fetch { partition, epoch: place.epoch, end: log.end(), last: log.last_epoch() },
        );
        out.set_timer(Timer::Fetch(partition), Range::exactly(WAIT_US));
    }

    /// A producer's message comes.
    fn take(
        &mut self,
        config: &Config,
        from: NodeId,
        (serial, partition, entry): (u32, u16, Entry),
        ctx: &Ctx,
        out: &mut Out<Speech>,
    ) {
        let acks = config.params.acks();
        let refuse = |why, out: &mut Out<Speech>| {
            if acks == Acks::None {
                out.mark(Deed::Ignored(entry.item));
            } else {
                out.send(from, Msg::Refused { serial, why });
            }
        };
        let p = usize::from(partition);
        let Some(place) = self.places.get_mut(p) else { return refuse(Why::NotLeader(None), out) };
        let Some(sync) = &place.sync else { return refuse(Why::NotLeader(place.leader), out) };
        if acks == Acks::All && sync.isr().len() < config.params.minisr as usize {
            return refuse(Why::NotEnough, out);
        }
        let at = match entry.stamp.map_or(Judged::Next, |stamp| place.known.judge(stamp)) {
            Judged::OutOfOrder => return refuse(Why::OutOfOrder, out),
            Judged::Fenced => return refuse(Why::Fenced, out),
            Judged::Duplicate(at) => at,
            Judged::Next => {
                let at = self.disk.0[p].append(place.epoch, entry);
                if let Some(stamp) = entry.stamp {
                    place.known.appended(stamp, at);
                }
                tell(partition, at, place.epoch, entry, out);
                self.keep(out);
                out.mark(Deed::Stored(entry.item, Some(partition)));
                at
            }
        };
        match acks {
            Acks::None => {}
            Acks::One => out.send(from, Msg::Accepted { serial }),
            Acks::All if at < self.disk.0[p].high_watermark() => out.send(from, Msg::Accepted { serial }),
            Acks::All => self.places[p].producers.push((at, Waiting::new(from, serial, out.attempt, out))),
        }
        self.serve_followers(partition, false, out);
        self.advance(config, partition, out);
        self.change(config, partition, ctx, out);
    }

    /// More may be committed: who waited for that is told.
    fn advance(&mut self, config: &Config, partition: u16, out: &mut Out<Speech>) {
        let p = usize::from(partition);
        let (place, log) = (&mut self.places[p], &mut self.disk.0[p]);
        let Some(sync) = &place.sync else { return };
        if !log.commit(sync.high_watermark(log.end())) {
            return;
        }
        let committed = log.high_watermark();
        if partition == 0 {
            out.fact(fact::COMMITTED, 0, Fact::Int(committed.into()));
        }
        let enough = sync.isr().len() >= config.params.minisr as usize;
        let (serving, attempt) = (out.serving(), out.attempt);
        let (told, wait) =
            std::mem::take(&mut place.producers).into_iter().partition(|(at, _)| *at < committed);
        place.producers = wait;
        let told: Vec<(u32, Waiting)> = told;
        for (_, waiting) in told {
            waiting.serve(out);
            let serial = waiting.number;
            out.send(
                waiting.client,
                if enough { Msg::Accepted { serial } } else { Msg::Refused { serial, why: Why::NotEnough } },
            );
        }
        crate::kits::object::serve(serving, attempt, out);
        self.serve_consumers(partition, out);
        self.serve_followers(partition, true, out);
    }

    fn serve_followers(&mut self, partition: u16, committed: bool, out: &mut Out<Speech>) {
        let p = usize::from(partition);
        self.places[p].serve_followers(partition, &self.disk.0[p], committed, out);
    }

    fn serve_consumers(&mut self, partition: u16, out: &mut Out<Speech>) {
        let p = usize::from(partition);
        self.places[p].serve_consumers(partition, &self.disk.0[p], out);
    }

    /// Asks for other replicas in sync, where they should change.
    fn change(&mut self, config: &Config, partition: u16, ctx: &Ctx, out: &mut Out<Speech>) {
        let p = usize::from(partition);
        let (place, committed) = (&mut self.places[p], self.disk.0[p].high_watermark());
        let Some(sync) = &mut place.sync else { return };
        if let Some(isr) = sync.change(committed, ctx.monotonic_us, config.params.lag) {
            out.send(
                config.controller(),
                Msg::Alter { partition, version: place.version, isr: Brokers(isr) },
            );
        }
    }
}

/// Tells of a record at an offset, of the first partition.
fn tell(partition: u16, at: u32, epoch: u32, entry: Entry, out: &mut Out<Speech>) {
    if partition == 0 {
        out.fact(fact::LOG, 0, Fact::List(Splice { at, remove: 0, insert: vec![words(epoch, entry)] }));
    }
}

fn words(epoch: u32, entry: Entry) -> std::sync::Arc<str> {
    format!("{epoch}:{}", entry.item).into()
}

fn names(config: &Config, nodes: &[NodeId]) -> String {
    nodes.iter().map(|node| config.cast.name(*node).to_string()).collect::<Vec<_>>().join(", ")
}

//! A server: the published protocol on the kernel. It sets the timers, writes the disk, carries messages, and tells what it is.

use super::config::Config;
use super::message::{Msg, Rpc, Speech, Timer, entry, refusal};
use super::meta::fact;
use super::params::{Fsync, Load, Rule, Timers};
use super::request::{Machine, Request, Response, entry_words};
use crate::cast::NodeId;
use crate::kits::object::{self, Command, Waiting, Writes, serve};
use crate::parts::raft::{Asking, Index, Persistent, Raft, Sessions, Unchanged};
use crate::sim::dice::{Purpose, below};
use crate::sim::{Ctx, Disk, Input, OpId, Out, Protocol, Range};
use crate::sorted::Map;
use crate::trace::{Fact, Splice};

type Effect = crate::parts::raft::Effect<Machine>;

/// A server's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Server {
    raft: Raft<Machine>,
    /// It never comes up.
    deaf: bool,
    /// The clients that wait for an entry, by its index; all are of the term in which it leads.
    waiting: Map<Index, Waiting>,
    /// Reads that wait, by number, and which key they are of.
    reads: Map<u64, (Waiting, u16)>,
    next_read: u64,
    /// How many election timeouts it has drawn.
    drawn: u64,
    writes: Writes<Persistent<Machine>, Then>,
    told: Told,
}

/// What waits for the disk, with the operation and attempt that it serves.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Then {
    Send(NodeId, Rpc, Option<OpId>),
    Store(Index, Option<OpId>),
}

/// What it has told of itself last.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Told {
    term: Option<u32>,
    role: &'static str,
    vote: Option<NodeId>,
    leader: Option<NodeId>,
    commit: Option<Index>,
    base: Index,
    progress: Map<NodeId, (Index, Index)>,
    value: Vec<Option<u32>>,
}

impl Protocol for Server {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Disk<Self>>, ctx: &Ctx, out: &mut Out<Speech>) -> Server {
        let params = &config.params;
        let fresh = Sessions::new(params.sessions == Rule::On, params.snapshot_sessions == Rule::On);
        let raft = Raft::new(ctx.me, disk.cloned().unwrap_or_default(), config.members(), fresh);
        let mut server = Server {
            raft,
            deaf: ctx.epoch == 0 && config.fails(ctx.me),
            waiting: Map::new(),
            reads: Map::new(),
            next_read: 0,
            drawn: u64::from(ctx.epoch) << 32,
            writes: Writes::default(),
            told: Told::default(),
        };
        if server.deaf {
            out.fact(fact::ROLE, 0, Fact::Word("down"));
            return server;
        }
        server.tell_all(config, ctx, out);
        let passed_us = match (params.load, params.timers) {
            // The same heartbeat has reached all.
            (Load::Election, Timers::Beat) => {
                below(config.beat_die, params.heartbeat)
            }
            _ => 0,
        };
        server.set_election(config, passed_us, ctx, out);
        server
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        if self.deaf {
            return;
        }
        let (rules, now_us) = (&config.rules, u64::try_from(ctx.clock_us).unwrap_or(0));
        let mut effects = Vec::new();
        match input {
            Input::Deliver { from, msg: Msg::Ask { number, serial, attempt, request } } => {
                let waiting = Waiting::new(from, number, attempt, out);
                self.asked(config, (waiting, serial, request), ctx, &mut effects, out);
            }
            Input::Deliver { from, msg } => {
                let Some(rpc) = msg.rpc() else { return };
                // What a refused message is followed by is another's business than what it was about.
                if matches!(rpc, Rpc::Refused { .. } | Rpc::Vote { .. }) {
                    out.serve_none();
                }
                self.raft.receive(rules, now_us, (from, rpc), &mut effects);
            }
            Input::Timer(Timer::Election) => self.raft.election_timeout(rules, now_us, &mut effects),
            Input::Timer(Timer::Heartbeat) => self.raft.heartbeat_timeout(rules, now_us, &mut effects),
            Input::Timer(Timer::Written(number)) => self.written(config, number, ctx, &mut effects, out),
            Input::Timer(Timer::Client(_)) | Input::Ask(_) => {}
        }
        self.carry_out(config, effects, ctx, out);
        self.tell_changes(config, ctx, out);
    }

    fn weight(&self) -> u64 {
        let waiting = self.waiting.len() + self.reads.len();
        let last = u64::from(self.raft.log().last_index() - self.raft.log().base());
        last * 64 + waiting as u64 * 40 + self.writes.disks().map(|disk| disk.log.weight()).sum::<u64>()
    }
}

/// What clients ask for.
impl Server {
    fn asked(
        &mut self,
        config: &Config,
        (waiting, serial, request): (Waiting, u32, Request),
        ctx: &Ctx,
        effects: &mut Vec<Effect>,
        out: &mut Out<Speech>,
    ) {
        let (rules, now_us) = (&config.rules, u64::try_from(ctx.clock_us).unwrap_or(0));
        let members = self.raft.members;
        let changed = match request {
            Request::Data(object::Request::Get { key }) if config.params.reading().is_some() => {
                let how = config.params.reading().expect("just asked");
                let number = self.next_read;
                self.next_read += 1;
                self.reads.insert(number, (waiting, key));
                if !self.raft.read(rules, now_us, (number, how), effects) {
                    self.reads.remove(&number);
                    self.redirect(waiting, out);
                }
                return;
            }
            Request::Data(request) => {
                let client = config.cast.sort(waiting.client).1;
                let words = entry_words(self.raft.term(), request, client, waiting.number);
                let asking = Asking {
                    client: waiting.client,
                    number: serial,
                    command: Command { request, words },
                };
                match self.raft.propose(now_us, asking, effects) {
                    Some(index) => Ok(index),
                    None => Err(Unchanged::NotLeader),
                }
            }
            Request::Add(number) => self.raft.change(rules, now_us, members.with(config.cast.server(number)), effects),
            Request::Remove(number) => self.raft.change(rules, now_us, members.without(config.cast.server(number)), effects),
        };
        match changed {
            Ok(index) => {
                self.waiting.insert(index, waiting);
            }
            Err(Unchanged::NotLeader) => self.redirect(waiting, out),
            Err(why) => self.answer(waiting, Response::Unchanged(why), out),
        }
    }

    fn redirect(&self, waiting: Waiting, out: &mut Out<Speech>) {
        waiting.serve(out);
        out.send(waiting.client, Msg::Redirect { number: waiting.number, leader: self.raft.leader });
    }

    fn answer(&self, waiting: Waiting, response: Response, out: &mut Out<Speech>) {
        waiting.serve(out);
        out.send(waiting.client, Msg::Done { number: waiting.number, response });
    }
}

/// Effects.
impl Server {
    fn carry_out(&mut self, config: &Config, effects: Vec<Effect>, ctx: &Ctx, out: &mut Out<Speech>) {
        let serving = out.serving();
        for effect in effects {
            match effect {
                Effect::Send(to, rpc) => {
                    if let Rpc::Vote { granted: Err(why), .. } = &rpc {
                        let why = *why;
                        out.show(fact::REFUSED, 0, || {
                            Fact::Text(format!("n{}: {}", to.0 + 1, refusal(why)).into())
                        });
                    }
                    let leads = matches!(rpc, Rpc::AppendEntries { .. } | Rpc::InstallSnapshot { .. });
                    let then = Then::Send(to, rpc, serving);
                    let now = if !leads && config.params.fsync == Fsync::Before { self.writes.wait(then) } else { Err(then) };
                    if let Err(Then::Send(to, rpc, _)) = now {
                        out.send(to, Msg::of(rpc));
                    }
                }
                Effect::Persist => self.persist(config, ctx, out),
                Effect::Store(index) => {
                    let waits = config.params.fsync == Fsync::Before && self.writes.wait(Then::Store(index, serving)).is_ok();
                    if !waits {
                        self.stored(config, index, ctx, out);
                    }
                }
                Effect::ResetElection => self.set_election(config, 0, ctx, out),
                Effect::StopElection => out.cancel(Timer::Election),
                Effect::ResetHeartbeat => {
                    let op = out.serving();
                    out.serve_none();
                    out.set_timer(Timer::Heartbeat, Range::exactly(config.params.heartbeat));
                    serve(op, 0, out);
                }
                Effect::StopHeartbeat => out.cancel(Timer::Heartbeat),
                Effect::Turned => self.turned(out),
                Effect::Spliced { at, removed, added } => {
                    let insert = added.iter().map(entry).collect();
                    let splice = Splice { at: at - self.told.base - 1, remove: removed, insert };
                    out.fact(fact::LOG, 0, Fact::List(splice));
                }
                Effect::Applied(index, answer) => self.applied(index, answer, out),
                Effect::Compacted(to) => self.compacted(to, out),
                Effect::ReadReady(number) => {
                    if let Some((waiting, key)) = self.reads.remove(&number) {
                        let response = Response::Found(self.raft.machine.store.get(key));
                        self.answer(waiting, response, out);
                        serve(serving, 0, out);
                    }
                }
                Effect::ReadRefused(number) => {
                    if let Some((waiting, _)) = self.reads.remove(&number) {
                        self.redirect(waiting, out);
                        serve(serving, 0, out);
                    }
                }
                Effect::Committed | Effect::Installed(_) => {}
            }
        }
    }

    /// The machine has taken an entry: who waits for it is told.
    fn applied(&mut self, index: Index, answer: Option<(object::Taken, bool)>, out: &mut Out<Speech>) {
        let serving = out.serving();
        if answer.is_some_and(|(_, first)| !first) {
            out.fact(fact::SKIPPED, 0, Fact::Int(i64::from(index)));
        }
        if let Some(waiting) = self.waiting.remove(&index) {
            self.answer(waiting, answer.map_or(Response::Changed, |(taken, _)| taken.into()), out);
            serve(serving, 0, out);
        }
    }

    /// Another term or role. Who no longer leads tells its clients, who ask elsewhere: their commands may yet be committed.
    fn turned(&mut self, out: &mut Out<Speech>) {
        let (term, role) = (self.raft.term(), self.raft.role.word());
        if self.told.term.replace(term) != Some(term) {
            out.fact(fact::TERM, 0, Fact::Int(i64::from(term)));
        }
        if std::mem::replace(&mut self.told.role, role) != role {
            out.fact(fact::ROLE, 0, Fact::Word(role));
        }
        if !self.raft.leads() && !self.waiting.is_empty() {
            let serving = out.serving();
            for waiting in std::mem::take(&mut self.waiting).into_values() {
                self.redirect(waiting, out);
            }
            serve(serving, 0, out);
        }
    }

    /// A snapshot stands for the log up to here.
    fn compacted(&mut self, to: Index, out: &mut Out<Speech>) {
        self.tell_commit(out);
        out.fact(fact::BASE, 0, Fact::Int(i64::from(to)));
        let gone = Splice { at: 0, remove: to - self.told.base, insert: Vec::new() };
        out.fact(fact::LOG, 0, Fact::List(gone));
        self.told.base = to;
    }

    fn set_election(&mut self, config: &Config, passed_us: u64, ctx: &Ctx, out: &mut Out<Speech>) {
        let die = ctx.die(Purpose::Protocol(0), self.drawn);
        self.drawn += 1;
        let after_us = config.params.timeout.sample_us(die).saturating_sub(passed_us);
        let serving = out.serving();
        out.serve_none();
        out.set_timer(Timer::Election, Range::exactly(after_us));
        serve(serving, 0, out);
    }
}

/// The disk.
impl Server {
    /// What is to be on the disk. Of what one step asks for, the first holds all.
    fn persist(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let params = &config.params;
        match params.fsync {
            Fsync::Never => {}
            _ if params.fsync_time == 0 && params.fsync == Fsync::Before => self.save(self.disk(config), config, out),
            _ => {
                let number = self.writes.begin(self.disk(config));
                let serving = out.serving();
                out.serve_none();
                out.set_timer(Timer::Written(number), Range::exactly(params.fsync_time));
                serve(serving, 0, out);
            }
        }
        let _ = ctx;
    }

    fn disk(&self, config: &Config) -> Persistent<Machine> {
        let mut disk = self.raft.persistent.clone();
        if config.params.votes == Rule::Off {
            disk.voted_for = None;
        }
        disk
    }

    fn save(&self, disk: Persistent<Machine>, config: &Config, out: &mut Out<Speech>) {
        if config.keeps_disk {
            out.persist(disk);
        }
    }

    /// A write is done: what waited for it is.
    fn written(&mut self, config: &Config, number: u32, ctx: &Ctx, effects: &mut Vec<Effect>, out: &mut Out<Speech>) {
        let now_us = u64::try_from(ctx.clock_us).unwrap_or(0);
        let Some((disk, waited)) = self.writes.end(number) else { return };
        self.save(disk, config, out);
        for then in waited {
            match then {
                Then::Send(to, rpc, op) => {
                    serve(op, 0, out);
                    out.send(to, Msg::of(rpc));
                }
                Then::Store(index, op) => {
                    serve(op, 0, out);
                    self.raft.stored(&config.rules, now_us, index, effects);
                }
            }
        }
    }

    fn stored(&mut self, config: &Config, index: Index, ctx: &Ctx, out: &mut Out<Speech>) {
        let (now_us, mut effects) = (u64::try_from(ctx.clock_us).unwrap_or(0), Vec::new());
        self.raft.stored(&config.rules, now_us, index, &mut effects);
        self.carry_out(config, effects, ctx, out);
    }
}

/// What it tells of itself.
impl Server {
    /// All that the laws go by, when it comes up.
    fn tell_all(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        self.turned(out);
        let log = self.raft.log();
        self.told.base = log.base();
        if log.base() > 0 {
            out.fact(fact::BASE, 0, Fact::Int(i64::from(log.base())));
            let gone = Splice { at: 0, remove: u32::MAX, insert: Vec::new() };
            out.fact(fact::LOG, 0, Fact::List(gone));
        }
        let insert = (log.base() + 1..=log.last_index()).filter_map(|index| log.get(index).map(entry)).collect();
        out.fact(fact::LOG, 0, Fact::List(Splice { at: 0, remove: u32::MAX, insert }));
        self.tell_changes(config, ctx, out);
    }

    fn tell_commit(&mut self, out: &mut Out<Speech>) {
        let commit = self.raft.volatile.commit_index;
        if self.told.commit.replace(commit) != Some(commit) {
            out.fact(fact::COMMIT, 0, Fact::Int(i64::from(commit)));
        }
    }

    /// What has changed since it last told, for laws and readers.
    fn tell_changes(&mut self, config: &Config, _: &Ctx, out: &mut Out<Speech>) {
        self.tell_commit(out);
        if !out.words_wanted() {
            return;
        }
        let vote = self.raft.persistent.voted_for;
        if std::mem::replace(&mut self.told.vote, vote) != vote {
            out.show(fact::VOTE, 0, || vote.map_or(Fact::Word("nobody"), Fact::Node));
        }
        if std::mem::replace(&mut self.told.leader, self.raft.leader) != self.raft.leader {
            out.show(fact::LEADER, 0, || self.raft.leader.map_or(Fact::Word("nobody"), Fact::Node));
        }
        self.told.value.resize(config.params.keys as usize, None);
        for (key, told) in (0..).zip(&mut self.told.value) {
            let value = self.raft.machine.store.get(key);
            if std::mem::replace(told, value) != value {
                out.show(fact::VALUE, key, || value.map_or(Fact::Word("–"), |value| Fact::Int(i64::from(value))));
            }
        }
        let Some(leading) = self.raft.leading() else { return };
        for (peer, progress) in leading.progress.iter() {
            let now = (progress.next_index, progress.match_index);
            let before = self.told.progress.insert(*peer, now);
            if before.is_none_or(|(next, _)| next != now.0) {
                out.show(fact::NEXT, peer.0, || Fact::Int(i64::from(now.0)));
            }
            if before.is_none_or(|(_, matched)| matched != now.1) {
                out.show(fact::MATCH, peer.0, || Fact::Int(i64::from(now.1)));
            }
        }
    }
}

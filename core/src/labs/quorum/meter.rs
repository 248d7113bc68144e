//! Watches a run: feeds the laws, counts, and measures.

mod figures;

use super::meta::fact;
use super::linearity::Linearity;
use super::message::{KEYS, KINDS, Msg, Request, Response, Speech, Timer};
use super::params::{Handoff, Load, Versions, Write};
use super::probe_meter::ProbeMeter;
use super::config::Config;
use crate::cast::{Cast, NodeId, Sort};
use crate::check::fate::Fate;
use crate::check::light::{Light, evidence};
use crate::check::register::{Read, Register, Rules, WriteId};
use crate::check::{Call, Op};
use crate::lab::{State, Verdict};
use crate::sim::{Asked, Kinded, Observer, OpId, OpKey, Seen, Told};
use crate::stats::{Sample, SeriesRecorder};
use crate::time::DurationUs;
use crate::trace::{Fact, Loss, Mark, World};
use crate::sorted::{Map, Set};

/// Counts and measures of a run, and the laws that it feeds.
pub struct Meter {
    config: Config,
    last: Mark,
    pub(in crate::labs) register: Register,
    /// Whether everybody who asked a live node was served: for the lab cap.
    pub(in crate::labs) available: Light,
    refused: u64,
    /// Operations in order, for the checker.
    pub(super) history: Vec<Op>,
    linearity: Linearity,
    /// Which operation a write's key belongs to; by number first, for so they come nearly in order.
    writes: Map<(u32, NodeId), WriteId>,
    /// Versions that came to a server with the record that is being told, and have not been taken yet.
    arriving: Vec<(Mark, NodeId, WriteId)>,
    /// The writes that a coordinator's quorum is about, while it may keep them for a silent owner.
    gathering: Map<(NodeId, u32), Vec<WriteId>>,
    /// The quorum for which a coordinator has waited long enough, at the record that is being told.
    suspecting: Option<(NodeId, u32)>,
    /// When a node came up again after it was down.
    restarted: Map<NodeId, Mark>,
    reads_ok: u64,
    reads_failed: u64,
    writes_ok: u64,
    writes_failed: u64,
    siblings_max: u64,
    repairs: u64,
    hints: u64,
    hints_kept: Map<NodeId, i64>,
    messages: u64,
    bytes_synced: u64,
    hashes: u64,
    read_us: Sample,
    write_us: Sample,
    age_us: Sample,
    read_series: SeriesRecorder,
    write_series: SeriesRecorder,
    age_series: SeriesRecorder,
    pub(super) probe: Option<ProbeMeter>,
}

/// The chart of how old reads were.
pub const STALENESS: &str = "staleness of reads";

/// Points that a chart of this lab keeps at the most, a quarter of it.
const SERIES_CAP: usize = 1_000;

impl Meter {
    /// A meter for a run with this configuration.
    pub fn new(config: &Config) -> Meter {
        let params = &config.params;
        let rules = Rules {
            cast: config.cast,
            keys: &KEYS,
            owners: (0..params.keys as u16).map(|key| config.owners(key)).collect(),
            staleness_us: params.staleness,
            settle_us: params.settle,
            siblings: params.versions != Versions::Lww,
            by_clock: params.versions == Versions::Lww && params.write == Write::Clock,
        };
        Meter {
            config: config.clone(),
            last: Mark::default(),
            register: Register::new(rules),
            available: Light::new("available", State::Kept, "No request to a live node has gone unserved."),
            refused: 0,
            history: Vec::new(),
            linearity: Linearity::default(),
            writes: Map::new(),
            arriving: Vec::new(),
            gathering: Map::new(),
            suspecting: None,
            restarted: Map::new(),
            reads_ok: 0,
            reads_failed: 0,
            writes_ok: 0,
            writes_failed: 0,
            siblings_max: 0,
            repairs: 0,
            hints: 0,
            hints_kept: Map::new(),
            messages: 0,
            bytes_synced: 0,
            hashes: 0,
            read_us: Sample::default(),
            write_us: Sample::default(),
            age_us: Sample::default(),
            read_series: SeriesRecorder::new(SERIES_CAP),
            write_series: SeriesRecorder::new(SERIES_CAP),
            age_series: SeriesRecorder::new(SERIES_CAP),
            probe: (params.load == Load::Probe).then(|| ProbeMeter::new(config)),
        }
    }

    /// The run is over: deadlines may have passed since the last record.
    pub fn end(&mut self, ended_us: u64) {
        self.refuse(None);
        self.register.tick(Mark { at_us: ended_us, ..self.last });
    }

    /// The checker's light; once the run has been judged.
    pub fn linearizable(&mut self, cast: Cast) -> Verdict {
        self.linearity.verdict(std::mem::take(&mut self.history), cast, &self.register)
    }

    fn invoke(&mut self, mark: Mark, op: OpId, key: OpKey, request: &Request) {
        let (register, client) = (request.key(), key.client);
        let call = request.call().expect("every request is a register's");
        match *request {
            Request::Get { .. } => self.register.read_begins(op.0, mark, client, register),
            Request::Put { value, .. } => self.register.write_begins(op.0, mark, client, register, Some(value)),
            Request::Delete { .. } => self.register.write_begins(op.0, mark, client, register, None),
        }
        if call != Call::Read {
            self.writes.insert((key.number, key.client), op.0);
        }
        assert_eq!(self.history.len(), op.0 as usize, "operations are numbered as they are invoked");
        let (client, register) = (u32::from(client.0), u32::from(register));
        self.history.push(Op { client, key: register, call, answer: None, invoked: mark, returned: None });
        self.linearity.invoked(op.0);
    }

    fn returned(&mut self, mark: Mark, op: OpId, response: &Response) {
        let invoked = self.history[op.0 as usize].invoked;
        let took_us = mark.at_us - invoked.at_us;
        let reads = self.history[op.0 as usize].call == Call::Read;
        if !matches!(response, Response::Written | Response::Found { .. }) {
            self.judge_available(mark, op, response);
        }
        let answer = response.answer();
        match response {
            Response::Written => {
                self.writes_ok += 1;
                self.write_us.add(took_us as i64);
                self.write_series.add(mark.at_us, took_us as i64);
                self.register.write_ends(op.0, mark);
            }
            Response::Found { versions, answered, .. } => {
                self.reads_ok += 1;
                self.read_us.add(took_us as i64);
                self.read_series.add(mark.at_us, took_us as i64);
                let written: Vec<WriteId> = versions.iter().filter_map(|v| self.write_of(v.write)).collect();
                let age_us = self.register.read_ends(op.0, mark, Read { versions: &written, answered });
                self.age_us.add(age_us as i64);
                self.age_series.add(mark.at_us, age_us as i64);
                let values = versions.iter().filter(|version| version.value.is_some()).count();
                self.siblings_max = self.siblings_max.max(values as u64);
                if let Some(probe) = &mut self.probe {
                    probe.read(answered, versions.iter().map(|v| v.write.number + 1).max().unwrap_or(0));
                }
            }
            Response::Failed { .. } if reads => {
                self.reads_failed += 1;
                self.register.read_fails(op.0);
            }
            // Whatever its client was told, a failed write may yet take effect.
            Response::Failed { .. } => {
                self.writes_failed += 1;
                self.register.write_fails(op.0, mark);
            }
            Response::TimedOut => self.abandoned(op, reads),
        }
        self.linearity.returned(op.0, answer.as_ref());
        let entry = &mut self.history[op.0 as usize];
        entry.returned = answer.is_some().then_some(mark);
        entry.answer = answer;
    }

    /// How many requests to live nodes were not served.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    fn judge_available(&mut self, mark: Mark, op: OpId, response: &Response) {
        let asked = &self.history[op.0 as usize];
        let client = NodeId(asked.client as u16);
        let down = |node: &NodeId| {
            self.register.is_down(*node) || self.restarted.get(node).is_some_and(|at| *at >= asked.invoked)
        };
        if self.config.asks(client).iter().any(down) {
            return;
        }
        self.refused += 1;
        let what = if asked.call == Call::Read { "read" } else { "write" };
        let (client, key) = (self.config.cast.name(client), KEYS[asked.key as usize]);
        let (invoked, waited) = (asked.invoked.record, DurationUs(mark.at_us - asked.invoked.at_us));
        self.available.break_(mark, || {
            let why = format!("{client}'s {what} of {key} was not served: after {waited} it was told “{response}”, although the node that it asked was up.");
            let told = [evidence(invoked, format!("{client} asks")), evidence(mark.record, "and is not served")];
            (why, self.register.hindered(op.0, asked.key as u16, (asked.invoked, mark)).into_iter().chain(told).collect())
        });
    }

    fn abandoned(&mut self, op: OpId, reads: bool) {
        if reads {
            self.reads_failed += 1;
            self.register.read_fails(op.0);
        } else {
            self.writes_failed += 1;
        }
    }

    fn write_of(&self, key: OpKey) -> Option<WriteId> {
        self.writes.get(&(key.number, key.client)).copied()
    }

    /// The writes that a message carries: the operation of each version, and its place in the order of timestamps.
    fn carried(&mut self, msg: &Msg) -> Vec<WriteId> {
        let mut carried = Vec::new();
        for (_, object) in msg.brings() {
            for version in object.versions() {
                let Some(write) = self.write_of(version.write) else { continue };
                if let Some(rank) = object.rank() {
                    self.register.ranked(write, rank);
                }
                carried.push(write);
            }
        }
        carried
    }

    fn is_server(&self, node: NodeId) -> bool {
        self.config.cast.sort(node).0 == Sort::Server
    }

    fn send(&mut self, mark: Mark, from: NodeId, to: NodeId, msg: &Msg) {
        if matches!(msg, Msg::Go) {
            return;
        }
        self.messages += 1;
        self.bytes_synced += msg.bytes_synced();
        match msg {
            Msg::Repair { .. } => self.repairs += 1,
            Msg::Tree { offer } => self.hashes += offer.hashes.len() as u64,
            _ => {}
        }
        let own = matches!(msg, Msg::Write { .. }) && self.is_server(from);
        let offered = self.arriving.iter().filter(|(arrived, node, _)| (*arrived, *node) == (mark, from));
        let mut offered: Set<WriteId> = offered.map(|(_, _, write)| *write).collect();
        let carried = self.carried(msg);
        for write in carried.iter().copied() {
            self.register.sent(write, to, mark);
            // A replica that coordinates offers the write to itself without a message.
            if own && offered.insert(write) {
                self.arriving.push((mark, from, write));
            }
        }
        match msg {
            Msg::Put { write, .. } => {
                let asked: Vec<WriteId> = self.write_of(*write).into_iter().collect();
                self.register.message_sent(from, to, KINDS[usize::from(msg.kind())].word, &asked);
            }
            Msg::Write { id, .. } if self.config.params.handoff != Handoff::Off => {
                self.register.message_sent(from, to, KINDS[usize::from(msg.kind())].word, &carried);
                self.gathering.insert((from, *id), carried);
            }
            _ => self.register.message_sent(from, to, KINDS[usize::from(msg.kind())].word, &carried),
        }
    }

    /// A message dies; or a replica looks up what it answers a read with: as it sends its answer, or, where it coordinates, is asked.
    fn look(&mut self, mark: Mark, seen: &Seen<'_, Speech>) {
        match seen {
            Seen::Lose { from, to, op: Some(op), loss, .. } => self.register.died(op.0, (*from, *to), *loss, mark),
            Seen::Send { from, msg: Msg::Answer { .. }, op: Some(op), .. } => self.register.looked(op.0, *from, mark),
            Seen::Deliver { to, msg: Msg::Get { key, .. }, op: Some(op), .. } if self.config.owners(*key).contains(to) => {
                self.register.looked(op.0, *to, mark);
            }
            _ => {}
        }
    }

    fn deliver(&mut self, mark: Mark, (from, to): (NodeId, NodeId), msg: &Msg, op: Option<OpId>) {
        if let Msg::Put { write, key, .. } = msg
            && let Some(write) = self.write_of(*write)
        {
            self.register.stamped(write, to, mark);
            if self.config.params.write == Write::Ask && self.config.owners(*key).contains(&to) {
                self.register.found_at_home(write, to);
            }
        }
        if let (Msg::Answer { object: Some(object), .. }, Some(op)) = (msg, op)
            && self.config.params.write == Write::Ask
            && self.history[op.0 as usize].call != Call::Read
        {
            for found in object.versions() {
                if let Some(found) = self.write_of(found.write) {
                    self.register.found(op.0, found);
                }
            }
        }
        if !self.is_server(to) {
            return;
        }
        // One of the probe's share that is down hears nothing of what comes to it.
        if self.register.is_down(to) {
            return self.lose(mark, (from, to), msg, Loss::Down);
        }
        let hint = matches!(msg, Msg::Write { owner: Some(_), .. });
        for write in self.carried(msg) {
            match hint {
                true => self.register.came_to(write, to, Fate::Hinted(mark), mark),
                false => self.arriving.push((mark, to, write)),
            }
        }
    }

    fn lose(&mut self, mark: Mark, (from, to): (NodeId, NodeId), msg: &Msg, loss: Loss) {
        for write in self.carried(msg) {
            self.register.lost(write, from, to, loss, mark);
        }
    }

    /// Versions that came with another record than the present one, if there is one, and were not taken, have been refused.
    fn refuse(&mut self, present: Option<u32>) {
        let earlier = self.arriving.iter().take_while(|(came, ..)| Some(came.record) != present).count();
        for (came, node, write) in self.arriving.drain(..earlier) {
            self.register.came_to(write, node, Fate::Refused(came), came);
        }
    }

    fn fact(&mut self, mark: Mark, node: NodeId, name: u8, value: &Fact) {
        match (name, value) {
            (fact::HINTS, Fact::Int(number)) => {
                let before = self.hints_kept.insert(node, *number).unwrap_or(0);
                if *number > before {
                    self.hints += 1;
                    // A coordinator keeps a silent owner's write without a message.
                    let quorum = self.suspecting.and_then(|quorum| self.gathering.get(&quorum));
                    for write in quorum.filter(|_| self.suspecting.is_some_and(|(of, _)| of == node)).into_iter().flatten() {
                        self.register.keeps(*write, node);
                    }
                }
            }
            (fact::ROLE, Fact::Word("down")) => self.register.is_deaf(node, mark),
            (_, Fact::Write { client, number, .. }) => {
                let key = OpKey { client: *client, number: *number };
                let Some(write) = self.write_of(key) else { return };
                match name {
                    fact::DROPPED => return self.register.dropped(write, node, mark),
                    fact::LET_GO => return self.register.came_to(write, node, Fate::LetGo(mark), mark),
                    _ => {}
                }
                self.arriving.retain(|(_, at, arriving)| (*at, *arriving) != (node, write));
                self.register.came_to(write, node, Fate::Took(mark), mark);
            }
            _ => {}
        }
    }
}

impl Observer<Speech> for Meter {
    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, _: &World) {
        self.refuse(Some(mark.record));
        self.register.tick(Mark { at_us: mark.at_us, ..self.last });
        self.last = mark;
        if let Some(probe) = &mut self.probe {
            probe.see(mark, &seen);
        }
        self.look(mark, &seen);
        match &seen {
            Seen::Timer { node, name: Timer::Suspect(id) } => self.suspecting = Some((*node, *id)),
            Seen::Timer { .. } | Seen::Deliver { .. } => self.suspecting = None,
            _ => {}
        }
        match seen {
            Seen::Act(act) => self.register.act(mark, act),
            Seen::Boot(node) => {
                if self.register.booted(node, mark) {
                    self.restarted.insert(node, mark);
                }
            }
            Seen::Crash(node) => self.register.crashed(node, mark),
            Seen::Send { from, to, msg, .. } => self.send(mark, from, to, msg),
            Seen::Deliver { from, to, msg, op, .. } => self.deliver(mark, (from, to), msg, op),
            Seen::Lose { from, to, msg, loss, .. } if self.is_server(to) => self.lose(mark, (from, to), msg, loss),
            Seen::Invoke { op, key, request } => self.invoke(mark, op, key, request),
            Seen::Return { op, response, .. } => self.returned(mark, op, response),
            Seen::Abandon { op, .. } => {
                let reads = self.history[op.0 as usize].call == Call::Read;
                self.abandoned(op, reads);
            }
            Seen::Fact { node, key, value } => self.fact(mark, node, key.name, value),
            Seen::Timer { .. } | Seen::Lose { .. } => {}
        }
    }

    fn weight(&self) -> u64 {
        self.linearity.weight() + self.register.weight()
    }

    fn done(&self) -> bool {
        self.probe.as_ref().is_some_and(ProbeMeter::is_done)
    }

    fn judge(&mut self, steps: u64) -> bool {
        self.linearity.judge(&self.history, steps)
    }
}

//! Watches a run: feeds the laws, counts, and measures.

mod figures;

use super::meta::fact;
use super::message::{KEYS, KINDS, Msg, Request, Response, Speech, Timer};
use super::params::{Handoff, Load, Versions, Write};
use super::probe_meter::ProbeMeter;
use super::config::Config;
use crate::cast::{NodeId, Sort};
use crate::check::Op;
use crate::check::fate::Fate;
use crate::check::register::{Read, Register, Rules, WriteId};
use crate::kits::object::{Ledger, Times};
use crate::lab::Verdict;
use crate::sim::{Kinded, Observer, OpId, OpKey, Seen};
use crate::trace::{Fact, Loss, Mark, World};
use crate::sorted::{Map, Set};

/// Counts and measures of a run, and the laws that it feeds.
pub struct Meter {
    config: Config,
    last: Mark,
    pub(in crate::labs) register: Register,
    /// What clients asked, and were told.
    pub(in crate::labs) ledger: Ledger,
    /// Which operation a write's key belongs to; by number first, for so they come nearly in order.
    writes: Map<(u32, NodeId), WriteId>,
    /// Versions that came to a server with the record that is being told, and have not been taken yet.
    arriving: Vec<(Mark, NodeId, WriteId)>,
    /// The writes that a coordinator's quorum is about, while it may keep them for a silent owner.
    gathering: Map<(NodeId, u32), Vec<WriteId>>,
    /// The quorum for which a coordinator has waited long enough, at the record that is being told.
    suspecting: Option<(NodeId, u32)>,
    siblings_max: u64,
    repairs: u64,
    hints: u64,
    hints_kept: Map<NodeId, i64>,
    messages: u64,
    bytes_synced: u64,
    hashes: u64,
    /// How old reads were.
    ages: Times,
    pub(super) probe: Option<ProbeMeter>,
}

/// The chart of how old reads were.
pub const STALENESS: &str = "staleness of reads";

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
            ledger: Ledger::new(config.cast),
            writes: Map::new(),
            arriving: Vec::new(),
            gathering: Map::new(),
            suspecting: None,
            siblings_max: 0,
            repairs: 0,
            hints: 0,
            hints_kept: Map::new(),
            messages: 0,
            bytes_synced: 0,
            hashes: 0,
            ages: Times::default(),
            probe: (params.load == Load::Probe).then(|| ProbeMeter::new(config)),
        }
    }

    /// The run is over: deadlines may have passed since the last record.
    pub fn end(&mut self, ended_us: u64) {
        self.refuse(None);
        self.register.tick(Mark { at_us: ended_us, ..self.last });
    }

    /// The checker's light; once the run has been judged.
    pub fn linearizable(&mut self) -> Verdict {
        self.ledger.linearizable(|record| self.register.arguments_at(record))
    }

    fn invoke(&mut self, mark: Mark, op: OpId, key: OpKey, request: &Request) {
        let (register, client) = (request.key(), key.client);
        match request.writes() {
            None => self.register.read_begins(op.0, mark, client, register),
            Some(value) => {
                self.register.write_begins(op.0, mark, client, register, value);
                self.writes.insert((key.number, key.client), op.0);
            }
        }
    }

    fn returned(&mut self, mark: Mark, op: OpId, response: &Response) {
        let reads = self.ledger.reads(op);
        match response {
            Response::Written => self.register.write_ends(op.0, mark),
            Response::Found { versions, answered, .. } => {
                let written: Vec<WriteId> = versions.iter().filter_map(|v| self.write_of(v.write)).collect();
                let age_us = self.register.read_ends(op.0, mark, Read { versions: &written, answered });
                self.ages.add(mark.at_us, age_us);
                let values = versions.iter().filter(|version| version.value.is_some()).count();
                self.siblings_max = self.siblings_max.max(values as u64);
                if let Some(probe) = &mut self.probe {
                    probe.read(answered, versions.iter().map(|v| v.write.number + 1).max().unwrap_or(0));
                }
            }
            Response::Failed { .. } | Response::TimedOut => {
                self.judge_available(mark, op, response);
                match response {
                    _ if reads => self.register.read_fails(op.0),
                    // Whatever its client was told, a failed write may yet take effect.
                    Response::Failed { .. } => self.register.write_fails(op.0, mark),
                    _ => {}
                }
            }
        }
    }

    fn judge_available(&mut self, mark: Mark, op: OpId, response: &Response) {
        let client = NodeId(self.ledger.asked(op).client as u16);
        let stayed_up = |node: &NodeId| !self.register.is_down(*node) && self.ledger.stayed_up(*node, op);
        if self.config.asks(client).iter().all(stayed_up) {
            let hindered = |asked: &Op| self.register.hindered(op.0, asked.key as u16, (asked.invoked, mark));
            self.ledger.refuse(mark, op, response, hindered);
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
            && !self.ledger.reads(op)
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
        self.ledger.see(mark, &seen);
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
                self.register.booted(node, mark);
            }
            Seen::Crash(node) => self.register.crashed(node, mark),
            Seen::Send { from, to, msg, .. } => self.send(mark, from, to, msg),
            Seen::Deliver { from, to, msg, op, .. } => self.deliver(mark, (from, to), msg, op),
            Seen::Lose { from, to, msg, loss, .. } if self.is_server(to) => self.lose(mark, (from, to), msg, loss),
            Seen::Invoke { op, key, request } => self.invoke(mark, op, key, request),
            Seen::Return { op, response, .. } => self.returned(mark, op, response),
            Seen::Abandon { op, .. } if self.ledger.reads(op) => self.register.read_fails(op.0),
            Seen::Fact { node, key, value } => self.fact(mark, node, key.name, value),
            Seen::Abandon { .. } | Seen::Timer { .. } | Seen::Lose { .. } => {}
        }
    }

    fn weight(&self) -> u64 {
        self.ledger.weight() + self.register.weight()
    }

    fn done(&self) -> bool {
        self.probe.as_ref().is_some_and(ProbeMeter::is_done)
    }

    fn judge(&mut self, steps: u64) -> bool {
        self.ledger.judge(steps)
    }
}

//! Others' implementations of what stands in `core/src/parts`, driven by the same schedules: whatever they make of one, ours makes of it.
//!
//! Only on Linux: the build of the crate `raft` brings its own compiler of protocol buffers, which it has not for every machine.
#![cfg(target_os = "linux")]

use raft::eraftpb::{Message, MessageType};
use raft::storage::MemStorage;
use raft::{Config, RawNode, StateRole};
use splitbrain::cast::NodeId;
use splitbrain::chance::dice::{Purpose, below, die};
use splitbrain::parts::hlc::Hlc;
use splitbrain::parts::raft::{Effect, Entry, Machine, Members, Payload, Persistent, Raft, Rpc, Rules};
use std::cell::Cell;

/// How many schedules each peer is driven by: some in every run of the tests, as many as are asked for otherwise.
fn cases(few: u32) -> u32 {
    std::env::var("SPLITBRAIN_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(few)
}

/// What is thrown in one schedule, one after the other.
struct Dice {
    seed: u32,
    thrown: u64,
}

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.thrown += 1;
        below(die(self.seed, Purpose::Protocol(0), 0, self.thrown), most)
    }
}

/// A server as both know it: its term, whether it leads, its commit index, and its log: the term and the command of each entry, none of a
/// leader's first.
#[derive(PartialEq, Debug)]
struct Server {
    term: u64,
    leads: bool,
    commit: u64,
    log: Vec<(u64, Option<u32>)>,
}

/// What can be done to a cluster of servers, by number.
trait Cluster {
    fn elect(&mut self, at: usize);
    fn propose(&mut self, at: usize, command: u32);
    fn beat(&mut self, at: usize);
    fn restart(&mut self, at: usize);
    /// From whom to whom the messages go that are under way, the oldest first.
    fn under_way(&self) -> Vec<(usize, usize)>;
    /// Takes a message out, and delivers it or loses it.
    fn take(&mut self, place: usize, delivers: bool);
    fn servers(&self) -> Vec<Server>;
}

/// A machine that only counts.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Count(u64);

impl Machine for Count {
    type Command = u32;
    type Answer = u64;

    fn apply(&mut self, command: &u32) -> u64 {
        self.0 += u64::from(*command);
        self.0
    }
}

/// Ours; hints as the other has them.
const RULES: Rules = Rules { hints: true, ..Rules::PAPER };

struct Ours {
    servers: Vec<Raft<Count>>,
    under_way: Vec<(NodeId, NodeId, Rpc<Count>)>,
}

impl Ours {
    fn new(n: u16) -> Ours {
        let server = |me| Raft::new(NodeId(me), Persistent::default(), Ours::members(n), Count::default());
        Ours { servers: (0..n).map(server).collect(), under_way: Vec::new() }
    }

    fn members(n: u16) -> Members {
        Members::of((0..n).map(NodeId))
    }

    fn act(&mut self, at: usize, act: impl FnOnce(&mut Raft<Count>, &mut Vec<Effect<Count>>)) {
        let mut out = Vec::new();
        act(&mut self.servers[at], &mut out);
        self.carry_out(at, out);
    }

    fn carry_out(&mut self, at: usize, effects: Vec<Effect<Count>>) {
        for effect in effects {
            match effect {
                Effect::Send(to, rpc) => self.under_way.push((NodeId(at as u16), to, rpc)),
                Effect::Store(index) => {
                    let mut out = Vec::new();
                    self.servers[at].stored(&RULES, 0, index, &mut out);
                    self.carry_out(at, out);
                }
                _ => {}
            }
        }
    }
}

impl Cluster for Ours {
    fn elect(&mut self, at: usize) {
        self.act(at, |raft, out| raft.election_timeout(&RULES, 0, out));
    }

    fn propose(&mut self, at: usize, command: u32) {
        self.act(at, |raft, out| _ = raft.propose(0, command, out));
    }

    fn beat(&mut self, at: usize) {
        self.act(at, |raft, out| raft.heartbeat_timeout(&RULES, 0, out));
    }

    fn restart(&mut self, at: usize) {
        let (old, members) = (&self.servers[at], Ours::members(self.servers.len() as u16));
        self.servers[at] = Raft::new(old.me, old.persistent.clone(), members, Count::default());
    }

    fn under_way(&self) -> Vec<(usize, usize)> {
        self.under_way.iter().map(|(from, to, _)| (from.index(), to.index())).collect()
    }

    fn take(&mut self, place: usize, delivers: bool) {
        let (from, to, rpc) = self.under_way.remove(place);
        if delivers {
            self.act(to.index(), |raft, out| raft.receive(&RULES, 0, (from, rpc), out));
        }
    }

    fn servers(&self) -> Vec<Server> {
        let entry = |entry: &Entry<u32>| match entry.payload {
            Payload::Command(command) => (u64::from(entry.term), Some(command)),
            _ => (u64::from(entry.term), None),
        };
        let server = |raft: &Raft<Count>| Server {
            term: u64::from(raft.term()),
            leads: raft.leads(),
            commit: u64::from(raft.volatile.commit_index),
            log: (1..=raft.log().last_index()).filter_map(|at| raft.log().get(at).map(entry)).collect(),
        };
        self.servers.iter().map(server).collect()
    }
}

/// The crate's servers, whose numbers begin with 1. Time stands still for them: who stands, or beats, is told to.
struct Theirs {
    nodes: Vec<RawNode<MemStorage>>,
    under_way: Vec<Message>,
}

impl Theirs {
    fn new(n: u16) -> Theirs {
        let members: Vec<u64> = (1..=u64::from(n)).collect();
        let node = |id: &u64| Theirs::node(*id, MemStorage::new_with_conf_state((members.clone(), vec![])));
        Theirs { nodes: members.iter().map(node).collect(), under_way: Vec::new() }
    }

    fn node(id: u64, disk: MemStorage) -> RawNode<MemStorage> {
        let config = Config { id, max_size_per_msg: u64::MAX, max_inflight_msgs: 256, ..Config::default() };
        let silent = slog::Logger::root(slog::Discard, slog::o!());
        RawNode::new(&config, disk, &silent).expect("the configuration is valid")
    }

    fn act(&mut self, at: usize, act: impl FnOnce(&mut RawNode<MemStorage>)) {
        let node = &mut self.nodes[at];
        act(node);
        while node.has_ready() {
            let mut ready = node.ready();
            self.under_way.extend(ready.take_messages());
            let mut disk = node.raft.raft_log.store.wl();
            disk.append(ready.entries()).expect("entries follow each other");
            if let Some(state) = ready.hs() {
                disk.set_hardstate(state.clone());
            }
            drop(disk);
            self.under_way.extend(ready.take_persisted_messages());
            let mut light = node.advance(ready);
            if let Some(commit) = light.commit_index() {
                node.raft.raft_log.store.wl().mut_hard_state().set_commit(commit);
            }
            self.under_way.extend(light.take_messages());
            node.advance_apply();
        }
    }
}

impl Cluster for Theirs {
    fn elect(&mut self, at: usize) {
        self.act(at, |node| node.campaign().expect("it may stand"));
    }

    fn propose(&mut self, at: usize, command: u32) {
        // Who follows would pass it on: clients of ours ask the leader themselves.
        if self.nodes[at].raft.state == StateRole::Leader {
            self.act(at, |node| node.propose(vec![], command.to_be_bytes().to_vec()).expect("it leads"));
        }
    }

    fn beat(&mut self, at: usize) {
        self.act(at, RawNode::ping);
    }

    fn restart(&mut self, at: usize) {
        let disk = self.nodes[at].raft.raft_log.store.clone();
        // The paper's commit index is volatile.
        disk.wl().mut_hard_state().set_commit(0);
        self.nodes[at] = Theirs::node(at as u64 + 1, disk);
    }

    fn under_way(&self) -> Vec<(usize, usize)> {
        self.under_way.iter().map(|message| (message.from as usize - 1, message.to as usize - 1)).collect()
    }

    fn take(&mut self, place: usize, delivers: bool) {
        use MessageType::{MsgAppend, MsgHeartbeat, MsgRequestVote, MsgRequestVoteResponse};
        let mut message = self.under_way.remove(place);
        if !delivers {
            return;
        }
        let (from, to, term) = (message.from, message.to, message.term);
        let own = self.nodes[to as usize - 1].raft.term;
        // The crate ignores terms that are over unless its leaders check their quorum; then it answers this, as the paper always does.
        if term < own && matches!(message.get_msg_type(), MsgAppend | MsgHeartbeat | MsgRequestVote) {
            let mut answer = Message { from: to, to: from, term: own, ..Message::default() };
            answer.set_msg_type(MessageType::MsgAppendResponse);
            self.under_way.push(answer);
        }
        // Its votes tell commit indexes, the paper's do not.
        if matches!(message.get_msg_type(), MsgRequestVote | MsgRequestVoteResponse) {
            (message.commit, message.commit_term) = (0, 0);
        }
        self.act(to as usize - 1, |node| _ = node.step(message));
    }

    fn servers(&self) -> Vec<Server> {
        let entry = |entry: &raft::eraftpb::Entry| {
            (entry.term, entry.data.first_chunk().map(|bytes| u32::from_be_bytes(*bytes)))
        };
        let server = |node: &RawNode<MemStorage>| Server {
            term: node.raft.term,
            leads: node.raft.state == StateRole::Leader,
            commit: node.raft.raft_log.committed,
            log: node.raft.raft_log.all_entries().iter().map(entry).collect(),
        };
        self.nodes.iter().map(server).collect()
    }
}

/// What is done in one step.
#[derive(Clone, Copy, Debug)]
enum Act {
    Elect,
    Propose(u32),
    Beat,
    Restart,
}

/// One step of a schedule.
#[derive(Debug)]
struct Step {
    act: Act,
    at: usize,
    /// Which links lose everything meanwhile, both ways: those of each pair of servers.
    cut: Vec<Vec<bool>>,
    /// In which order links are served: of two messages the one goes first that comes from, or goes to, the server that is earlier here. On one
    /// link messages follow each other. So the order is the same for both, however many messages each sends.
    order: Vec<u64>,
}

impl Step {
    fn any(n: usize, number: u32, dice: &mut Dice) -> Step {
        let act = match dice.below(10) {
            0 | 1 => Act::Elect,
            2 => Act::Restart,
            3 | 4 => Act::Beat,
            _ => Act::Propose(number),
        };
        let bad = dice.below(4);
        let drawn: Vec<Vec<bool>> = (0..n).map(|_| (0..n).map(|_| dice.below(8) < bad).collect()).collect();
        // Both ways alike, and nobody off himself.
        let is_cut = |a: usize, b: usize| a != b && drawn[a.min(b)][a.max(b)];
        let cut = (0..n).map(|a| (0..n).map(|b| is_cut(a, b)).collect()).collect();
        Step {
            act,
            at: dice.below(n as u64) as usize,
            cut,
            order: (0..n).map(|_| dice.below(1 << 32)).collect(),
        }
    }

    /// Delivers until nothing is under way, over the links that are not cut. Who stands hears first of terms later than the one it begins.
    fn settle(&self, cluster: &mut impl Cluster, acting: usize, links: impl Fn(usize, usize) -> bool) {
        let terms: Vec<u64> = cluster.servers().iter().map(|server| server.term).collect();
        loop {
            let under_way = cluster.under_way();
            let other = |(from, to): (usize, usize)| if from == acting { to } else { from };
            let rank = |other: usize| (terms[other] <= terms[acting], self.order[other]);
            let next = (0..under_way.len()).min_by_key(|place| rank(other(under_way[*place])));
            let Some(place) = next else { return };
            let (from, to) = under_way[place];
            cluster.take(place, links(from, to));
        }
    }

    /// A leader that can reach somebody of a later term hears of that before it does anything else. How much it would send to others until then
    /// is up to the implementation: the crate's heartbeats carry no entries, ours do; the crate tells at once what is committed.
    fn depose(&self, cluster: &mut impl Cluster) {
        for at in 0..self.order.len() {
            let servers = cluster.servers();
            let later = (0..servers.len())
                .find(|other| servers[*other].term > servers[at].term && !self.cut[at][*other]);
            if let Some(later) = later.filter(|_| servers[at].leads) {
                cluster.beat(at);
                self.settle(cluster, at, |from, to| [from, to].contains(&later));
            }
        }
    }

    /// Does the step, and then has those that lead send heartbeats, one after the other, until nothing changes any more.
    fn take(&self, cluster: &mut impl Cluster) -> Vec<Server> {
        let links = |from: usize, to: usize| !self.cut[from][to];
        self.depose(cluster);
        match self.act {
            Act::Elect if !cluster.servers()[self.at].leads => cluster.elect(self.at),
            Act::Elect => {}
            Act::Propose(command) => cluster.propose(self.at, command),
            Act::Beat => cluster.beat(self.at),
            Act::Restart => cluster.restart(self.at),
        }
        self.settle(cluster, self.at, links);
        let mut servers = cluster.servers();
        for _ in 0..50 {
            self.depose(cluster);
            for at in 0..servers.len() {
                // Twice: what the first is refused, the second brings.
                for _ in 0..2 {
                    cluster.beat(at);
                    self.settle(cluster, at, links);
                }
            }
            let now = cluster.servers();
            if now == servers {
                return now;
            }
            servers = now;
        }
        panic!("heartbeats change something for ever");
    }
}

/// Ongaro and Ousterhout's protocol by TiKV's implementation and by ours: elections, proposals, heartbeats and restarts, links cut at random, each
/// step to its end; after each, both know the same terms, leaders, commit indexes and logs.
#[test]
fn raft_agrees_with_the_crate_raft_at_each_quiet_point() {
    const STEPS: u32 = 40;
    let (mut committed, mut terms) = (0, 0);
    for seed in 0..cases(1_000) {
        let n = [3, 5][(seed % 2) as usize];
        let (mut ours, mut theirs) = (Ours::new(n), Theirs::new(n));
        let mut dice = Dice { seed, thrown: 0 };
        let mut last = Vec::new();
        for number in 1..=STEPS {
            let step = Step::any(usize::from(n), number, &mut dice);
            let (mine, other) = (step.take(&mut ours), step.take(&mut theirs));
            assert_eq!(mine, other, "ours and theirs, seed {seed}, step {number}: {step:?}, after {last:?}");
            last = mine;
        }
        committed += last.iter().map(|server| server.commit).max().unwrap_or(0);
        terms += last.iter().map(|server| server.term).max().unwrap_or(0);
    }
    let runs = u64::from(cases(1_000));
    assert!(
        committed > 8 * runs && terms > 4 * runs,
        "something happens: {committed} entries, {terms} terms"
    );
}

thread_local! {
    /// What the crate's clock reads, in its ticks.
    static PHYSICAL: Cell<u64> = const { Cell::new(0) };
}

/// The crate's clock counts in the last four bits of a time, ours beside it: they agree while none counts further, and where the physical clock
/// stands at neither of two stamps that a receipt compares: there ours counts on (figure 5 of the paper), the crate's does not.
#[test]
fn the_hybrid_clock_agrees_with_the_crate_uhlc() {
    const PROCESSES: usize = 4;
    const TICK: u64 = 1 << uhlc::CSIZE;
    let clock = || uhlc::NTP64(PHYSICAL.get());
    let of = |hlc: Hlc| hlc.time as u64 * TICK + hlc.count;
    let mut compared = 0;
    for seed in 0..cases(1_000) {
        let mut dice = Dice { seed, thrown: 0 };
        let theirs: Vec<uhlc::HLC> =
            (0..PROCESSES).map(|_| uhlc::HLCBuilder::new().with_clock(clock).build()).collect();
        let mut ours = [Hlc::default(); PROCESSES];
        let mut sent: Vec<(Hlc, uhlc::Timestamp)> = Vec::new();
        for now in 1_000..1_060 {
            let at = dice.below(PROCESSES as u64) as usize;
            let physical = now + dice.below(11) as i64 - 5;
            PHYSICAL.set(physical as u64 * TICK);
            if dice.below(2) == 0 && !sent.is_empty() {
                let (stamp, message) = sent[dice.below(sent.len() as u64) as usize];
                if physical == stamp.time || physical == ours[at].time {
                    continue;
                }
                theirs[at].update_with_timestamp(&message).expect("no clock is half a second ahead");
                ours[at].receive(stamp, physical);
                // A receipt is no event of its own there: its stamp is the clock's, which the next event shows.
                PHYSICAL.set(0);
                let next = theirs[at].new_timestamp();
                assert_eq!(next.get_time().0, of(ours[at].tick(0)), "seed {seed} at {now}");
            } else {
                let stamp = ours[at].tick(physical);
                let message = theirs[at].new_timestamp();
                assert_eq!(message.get_time().0, of(stamp), "seed {seed} at {now}");
                sent.push((stamp, message));
            }
            if ours[at].count >= TICK - 2 {
                break;
            }
            compared += 1;
        }
    }
    assert!(compared > 20 * cases(1_000), "{compared}");
}

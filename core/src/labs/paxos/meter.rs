//! Watches a run: feeds the laws, counts, and measures.

use super::config::Config;
use super::laws::Laws;
use super::message::{Msg, Rpc, Speech, Vr};
use super::meta::{Figures, fact};
use super::params::Protocol;
use super::request::Response;
use crate::cast::{NodeId, Sort};
use crate::kits::object::{Ledger, Progress, Taken, Times, progress};
use crate::lab::{End, Tally, Verdict};
use crate::parts::paxos::Slot;
use crate::scenario::Scenario;
use crate::sim::{Observer, OpId, Seen, Told};
use crate::sorted::Map;
use crate::stats::{Series, SeriesRecorder};
use crate::trace::{Fact, Mark, World};

/// How it is told that nothing is chosen.
const CHOOSING: progress::Words = progress::Words {
    kept: "Something has been chosen in time, while enough servers were connected.",
    why: |who, limit| {
        format!(
            "{who} has had something to propose, and nothing is chosen for {limit}, although enough servers are connected."
        )
    },
    asks: "has something to propose",
    since: "nothing is chosen",
};

/// How it is told that nobody is answered.
const ANSWERING: progress::Words = progress::Words {
    kept: "Whoever waits has been answered soon, while enough servers were connected.",
    why: |who, limit| {
        format!(
            "{who} waits for an answer, and nobody has had one for {limit}, although enough servers are connected."
        )
    },
    asks: "asks",
    since: "nobody is answered",
};

/// Counts and measures of a run, and the laws that it feeds.
pub struct Meter {
    config: Config,
    ledger: Ledger,
    laws: Laws,
    progress: Progress,
    /// Cues of the script that are still to come.
    cues: usize,
    /// Messages under way; none where the script doubles some, for a copy is not told from what it copies.
    under_way: Option<u64>,
    up: Vec<bool>,
    /// When a proposer first asked for votes in a slot that it does not know to be chosen.
    asked: Map<(NodeId, Slot), Mark>,
    commit: Times,
    begun: SeriesRecorder,
    ballots: i64,
    preempted: i64,
    messages: i64,
    leaders: i64,
    paused: bool,
}

impl Meter {
    /// A meter for a run with this configuration.
    pub fn new(config: &Config, scenario: &Scenario) -> Meter {
        use crate::acts::Act;
        let (cast, params) = (config.cast, &config.params);
        let quorums = config.rules.quorums;
        let single = params.protocol == Protocol::Single;
        let words = if single { CHOOSING } else { ANSWERING };
        let members = (cast.of(Sort::Server).collect(), quorums.q1.max(quorums.q2) as usize);
        let mut progress = Progress::new(cast, words, members, params.choose_limit);
        for (place, proposer) in (0..).zip(config.proposers()) {
            progress.asks(Mark::default(), OpId(place), proposer);
        }
        let doubles = scenario.cues.iter().any(|cue| matches!(cue.act, Act::Dup { .. }));
        Meter {
            ledger: Ledger::new(cast),
            laws: Laws::new(cast, quorums.q2, config.proposers().count()),
            progress,
            cues: scenario.cues.len(),
            under_way: (!doubles).then_some(0),
            up: vec![false; cast.len()],
            asked: Map::new(),
            commit: Times::default(),
            begun: SeriesRecorder::new(1_000),
            ballots: 0,
            preempted: 0,
            messages: 0,
            leaders: 0,
            paused: false,
            config: config.clone(),
        }
    }

    /// The run is over: deadlines may have passed since the last record.
    pub fn end(&mut self, ended_us: u64) {
        self.progress.tick(ended_us);
    }

    /// Figures, charts and lights.
    pub fn results(mut self) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        let count = |n: u64| Some(n as i64);
        let (reads, writes) = (&self.ledger.reads, &self.ledger.writes);
        let figures = Figures {
            decided_ms: self.laws.decided_us.map(|at_us| at_us as i64),
            chosen: count(self.laws.values),
            ballots: Some(self.ballots),
            preempted: Some(self.preempted),
            messages: Some(self.messages),
            commit_ms: self.commit.mean_us(),
            leaders: Some(self.leaders),
            reads: count(reads.all()),
            read_ok: count(reads.ok()),
            writes: count(writes.all()),
            write_ok: count(writes.ok()),
            write_ms: writes.took.mean_us(),
            outage_ms: (self.progress.outage_us > 0 && self.config.cast.clients > 0)
                .then_some(self.progress.outage_us as i64),
        };
        let mut series = vec![self.begun.series("ballots", "ballots")];
        if self.config.cast.clients > 0 {
            series.extend([writes.took.series("write latency"), reads.took.series("read latency")]);
        }
        let linearizable = self.ledger.linearizable(|_| Vec::new());
        let [one_value, proposed, remembered, acked] = self.laws.verdicts();
        let verdicts = vec![one_value, proposed, remembered, self.progress.verdict(), linearizable, acked];
        (figures.tallies(), series, verdicts)
    }

    /// What commits took in all, in µs, and how many there were.
    pub(super) fn commits(&self) -> (u64, u64) {
        let count = self.commit.count();
        (self.commit.mean_us().unwrap_or(0) as u64 * count, count)
    }

    fn sent(&mut self, mark: Mark, from: NodeId, msg: &Msg) {
        self.under_way = self.under_way.map(|n| n + 1);
        self.messages += i64::from(msg.counts());
        if let Msg::Accept(Rpc::Accept { slot, .. }) | Msg::Op(Vr::Prepare { op: slot, .. }) = msg {
            self.asked.entry((from, *slot)).or_insert(mark);
        }
    }

    fn fact(&mut self, mark: Mark, node: NodeId, name: u8, value: &Fact) {
        if self.config.cast.sort(node).0 != Sort::Server {
            return;
        }
        match (name, value) {
            (fact::VOTE, Fact::Text(vote)) => self.laws.voted(mark, node, vote),
            (fact::LOG, Fact::List(splice)) => self.laws.spliced(node, splice),
            (fact::COMMIT, Fact::Int(upto)) => {
                let upto = *upto as Slot;
                self.laws.upto(mark, node, upto);
                if let Some(asked) = self.asked.remove(&(node, upto)) {
                    self.commit.add(mark.at_us, mark.at_us - asked.at_us);
                }
            }
            (fact::BALLOT, _) => {
                self.ballots += 1;
                self.begun.add(mark.at_us, self.ballots);
            }
            (fact::OVERTAKEN, _) => {
                self.preempted += 1;
                self.asked.retain(|(proposer, _), _| *proposer != node);
            }
            (fact::ROLE, Fact::Word("leader")) => self.leaders += 1,
            (fact::ROLE, Fact::Word("primary")) => {
                self.leaders += 1;
                self.laws.leads(mark, node);
            }
            (fact::ROLE, Fact::Word("view change")) => self.asked.retain(|(primary, _), _| *primary != node),
            _ => {}
        }
        if self.config.params.protocol == Protocol::Single && self.laws.is_chosen(1) {
            for place in 0..self.config.params.proposers {
                self.progress.ends(mark, OpId(place), true);
            }
        }
    }
}

impl Observer<Speech> for Meter {
    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, world: &World) {
        self.progress.tick(mark.at_us);
        self.ledger.see(mark, &seen);
        match seen {
            Seen::Act(_) => {
                self.cues -= 1;
                self.progress.look(mark, world);
            }
            Seen::Boot(node) => {
                self.up[node.index()] = true;
                self.progress.look(mark, world);
            }
            Seen::Crash(node) => {
                self.up[node.index()] = false;
                self.asked.retain(|(proposer, _), _| *proposer != node);
                self.progress.look(mark, world);
            }
            Seen::Send { from, msg, .. } => self.sent(mark, from, msg),
            Seen::Deliver { .. } | Seen::Lose { .. } => self.under_way = self.under_way.map(|n| n - 1),
            Seen::Invoke { op, key, .. } => {
                self.laws.asks(key.client, key.number);
                self.progress.asks(mark, op, key.client);
            }
            Seen::Return { op, key, response } => {
                if matches!(response, Response::Done(Taken::Written)) {
                    self.laws.told(mark, key.client, key.number);
                }
                self.progress.ends(mark, op, response.end() == End::Ok);
            }
            Seen::Abandon { op, .. } => self.progress.ends(mark, op, false),
            Seen::Fact { node, key, value } => {
                self.fact(mark, node, key.name, value);
                if key.name == fact::ROLE && *value == Fact::Word("recovering") {
                    self.progress.leaves(node);
                    self.progress.look(mark, world);
                }
            }
            Seen::Timer { .. } => {}
        }
        let paused = !world.paused.is_empty();
        if paused != self.paused {
            self.paused = paused;
            self.progress.look(mark, world);
        }
        self.progress.seen(mark);
    }

    fn weight(&self) -> u64 {
        self.ledger.weight() + self.laws.weight() + self.progress.weight() + 32 * self.asked.len() as u64
    }

    /// One value is chosen, whoever proposes knows it, and nothing is under way: nothing more happens.
    fn done(&self) -> bool {
        let ended =
            self.config.params.protocol == Protocol::Single && self.cues == 0 && self.under_way == Some(0);
        let knows = |node: NodeId| !self.up[node.index()] || self.laws.knows(node);
        ended
            && self.laws.is_chosen(1)
            && self.config.proposers().all(knows)
            && self.config.cast.of(Sort::Server).any(|node| self.laws.knows(node))
    }

    fn judge(&mut self, steps: u64) -> bool {
        self.ledger.judge(steps)
    }
}

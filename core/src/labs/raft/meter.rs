//! Watches a run: feeds the laws, counts, and measures.

use super::config::Config;
use super::laws::{Laws, Words};
use super::message::{Msg, Rpc, Speech};
use super::meta::{Figures, fact};
use super::params::Load;
use super::standing::Standing;
use crate::cast::{NodeId, Sort};
use crate::check::light::{Light, evidence};
use crate::kits::object::{Ledger, Times, asked_by};
use crate::lab::{End, State, Tally, Verdict};
use crate::parts::raft::Index;
use crate::sim::{Observer, OpKey, Seen, Told};
use crate::sorted::Map;
use crate::stats::{Series, SeriesRecorder};
use crate::trace::{Fact, Mark, World};

/// The chart of terms.
const TERM: &str = "term";

/// Counts and measures of a run, and the laws that it feeds.
pub struct Meter {
    config: Config,
    ledger: Ledger,
    laws: Laws,
    standing: Standing,
    /// By whose command it is: where it was first committed, and when.
    first: Map<(u32, NodeId), (Index, Mark)>,
    /// Entries that a server did not apply again, since it last told what it has committed.
    skipped: Vec<(NodeId, Index)>,
    once: Light,
    /// When a leader received the entries that it has not committed yet.
    received: Map<(NodeId, Index), Mark>,
    commit: Times,
    terms: SeriesRecorder,
    elected: Option<(u64, u32)>,
    messages: u64,
    rejected: u64,
    retries: u64,
    snapshots: u64,
    paused: bool,
}

impl Meter {
    /// A meter for a run with this configuration.
    pub fn new(config: &Config) -> Meter {
        Meter {
            config: config.clone(),
            ledger: Ledger::new(config.cast),
            laws: Laws::new(config.cast),
            standing: Standing::new(config),
            first: Map::new(),
            skipped: Vec::new(),
            once: Light::new("once", State::Kept, "No command has been applied twice."),
            received: Map::new(),
            commit: Times::default(),
            terms: SeriesRecorder::new(1_000),
            elected: None,
            messages: 0,
            rejected: 0,
            retries: 0,
            snapshots: 0,
            paused: false,
        }
    }

    /// The run is over: deadlines may have passed since the last record.
    pub fn end(&mut self, ended_us: u64) {
        self.standing.progress.tick(ended_us);
    }

    /// Figures, charts and lights.
    pub fn results(mut self) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        let count = |n: u64| Some(n as i64);
        let (reads, writes) = (&self.ledger.reads, &self.ledger.writes);
        let election = self.config.params.load == Load::Election;
        let figures = Figures {
            reads: count(reads.all()),
            read_ok: count(reads.ok()),
            writes: count(writes.all()),
            write_ok: count(writes.ok()),
            read_ms: reads.took.mean_us(),
            write_ms: writes.took.mean_us(),
            write_p99_ms: writes.took.quantile_us(990_000),
            commit_ms: self.commit.mean_us(),
            outage_ms: (self.standing.progress.outage_us > 0).then_some(self.standing.progress.outage_us as i64),
            elections: count(self.laws.elections()),
            leaders: count(self.laws.leaders()),
            term: count(u64::from(self.laws.term())),
            committed: count(self.laws.committed()),
            messages: count(self.messages),
            rejected: count(self.rejected),
            retries: count(self.retries),
            snapshots: count(self.snapshots),
            election_ms: self.elected.filter(|_| election).map(|(at_us, _)| at_us as i64),
            terms: self.elected.filter(|_| election).map(|(_, term)| i64::from(term)),
            split_first: self.elected.filter(|_| election).map(|(_, term)| i64::from(term > 1)),
        };
        let series = vec![
            self.terms.series(TERM, "terms"),
            writes.took.series("write latency"),
            reads.took.series("read latency"),
        ];
        let linearizable = self.ledger.linearizable(|record| self.laws.arguments_at(record));
        let [election, append, matching, complete, machine, durable] = self.laws.verdicts();
        let [single, progress] = self.standing.verdicts();
        let once = self.once.verdict();
        let verdicts =
            vec![election, append, matching, complete, machine, linearizable, durable, once, single, progress];
        (figures.tallies(), series, verdicts)
    }

    /// What commits took in all, in µs, and how many there were.
    pub(super) fn commits(&self) -> (u64, u64) {
        let count = self.commit.count();
        (self.commit.mean_us().unwrap_or(0) as u64 * count, count)
    }

    fn sent(&mut self, msg: &Msg) {
        match msg {
            Msg::Ask { attempt, .. } => self.retries += u64::from(*attempt > 0),
            Msg::Done { .. } | Msg::Redirect { .. } => {}
            Msg::Refused(Rpc::Refused { hint, .. }) => {
                self.messages += 1;
                self.rejected += u64::from(hint.is_some());
            }
            Msg::Snapshot(_) => {
                self.messages += 1;
                self.snapshots += 1;
            }
            _ => self.messages += 1,
        }
    }

    fn fact(&mut self, mark: Mark, node: NodeId, name: u8, value: &Fact) {
        if self.config.cast.sort(node).0 != Sort::Server {
            return;
        }
        match (name, value) {
            (fact::TERM, Fact::Int(term)) => {
                self.laws.term_is(node, *term as u32);
                self.terms.add(mark.at_us, i64::from(self.laws.term()));
            }
            (fact::ROLE, Fact::Word(role)) => {
                self.laws.role_is(mark, node, role);
                self.standing.leads(mark, node, *role == "leader");
                self.received.retain(|(leader, _), _| *leader != node);
                if *role == "leader" {
                    let term = self.laws.term_of(node);
                    self.elected.get_or_insert((mark.at_us, term));
                }
            }
            (fact::BASE, Fact::Int(base)) => self.laws.base_is(mark, node, *base as Index),
            (fact::LOG, Fact::List(splice)) => {
                if self.laws.leads(node) {
                    let from = self.laws.last(node) + 1;
                    for index in (from..).take(splice.insert.len()) {
                        self.received.insert((node, index), mark);
                    }
                }
                self.laws.spliced(mark, node, splice);
            }
            (fact::SKIPPED, Fact::Int(index)) => self.skipped.push((node, *index as Index)),
            (fact::COMMIT, Fact::Int(commit)) => self.committed(mark, node, *commit as Index),
            _ => {}
        }
    }

    fn committed(&mut self, mark: Mark, node: NodeId, commit: Index) {
        let before = self.laws.commit_of(node);
        for (index, words) in self.laws.commit_is(mark, node, commit) {
            if let Some((client, number)) = asked_by(&words) {
                let key = (number, self.config.cast.client(client));
                match self.first.get(&key).copied() {
                    None => drop(self.first.insert(key, (index, mark))),
                    Some((first, at)) if !self.skipped.contains(&(node, index)) => {
                        self.twice(mark, &words, (first, at), index);
                    }
                    Some(_) => {}
                }
            }
        }
        self.skipped.retain(|(skipper, _)| *skipper != node);
        for index in before + 1..=commit {
            if let Some(received) = self.received.remove(&(node, index)) {
                self.commit.add(mark.at_us, mark.at_us - received.at_us);
            }
        }
    }

    fn twice(&mut self, mark: Mark, words: &Words, (first, at): (Index, Mark), index: Index) {
        let what = words.split_once(':').map_or(&**words, |(_, what)| what).split('|').next().unwrap_or_default().to_owned();
        self.once.break_(mark, || {
            let why = format!("One command of a client ({what}) is applied twice: as entry {first}, and as entry {index}.");
            (why, vec![evidence(at.record, format!("entry {first} is applied")), evidence(mark.record, format!("entry {index} is"))])
        });
    }

    fn told(&mut self, mark: Mark, key: OpKey) {
        if let Some((index, _)) = self.first.get(&(key.number, key.client)) {
            self.laws.told(mark, *index);
        }
    }
}

impl Observer<Speech> for Meter {
    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, world: &World) {
        self.standing.progress.tick(mark.at_us);
        self.ledger.see(mark, &seen);
        let paused = Standing::is_paused(world);
        match seen {
            Seen::Act(_) => self.standing.progress.look(mark, world),
            Seen::Boot(node) => {
                self.laws.booted(mark, node);
                self.standing.progress.look(mark, world);
            }
            Seen::Crash(node) => {
                self.laws.crashed(node);
                self.standing.leads(mark, node, false);
                self.standing.progress.look(mark, world);
                self.received.retain(|(leader, _), _| *leader != node);
            }
            Seen::Send { msg, .. } => self.sent(msg),
            Seen::Invoke { op, key, .. } => self.standing.progress.asks(mark, op, key.client),
            Seen::Return { op, key, response } => {
                let ok = response.end() == End::Ok;
                if ok {
                    self.told(mark, key);
                }
                self.standing.progress.ends(mark, op, response.end() != End::Unknown);
            }
            Seen::Abandon { op, .. } => self.standing.progress.ends(mark, op, false),
            Seen::Fact { node, key, value } => self.fact(mark, node, key.name, value),
            Seen::Deliver { .. } | Seen::Lose { .. } | Seen::Timer { .. } => {}
        }
        if paused != self.paused {
            self.paused = paused;
            self.standing.progress.look(mark, world);
        }
        self.standing.progress.seen(mark);
    }

    fn weight(&self) -> u64 {
        let first = 32 * self.first.len() as u64;
        self.ledger.weight() + self.laws.weight() + self.standing.progress.weight() + first
    }

    fn done(&self) -> bool {
        self.config.params.load == Load::Election && self.elected.is_some()
    }

    fn judge(&mut self, steps: u64) -> bool {
        self.ledger.judge(steps)
    }
}

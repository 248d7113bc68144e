//! Watches a run: what this lab measures beside the ledger, and the promises.

use super::config::Config;
use super::contention::WRITE;
use super::meta::Figures;
use super::params::{Load, Params};
use crate::cast::NodeId;
use crate::kits::graph::{
    self, Count, Disturbed, Ending, Gathering, Ledger, Level, LevelOf, Once, Overload, Own, Stop, Swept,
    TierId, Usual,
};
use crate::lab::{End, Verdict, millionths};
use crate::outcome::Tally;
use crate::params::format_decimal;
use crate::sim::{Kinded, OpId, OpKey, Seen, Speech, Told};
use crate::stats::Sample;
use crate::trace::{Mark, World};

/// First, second and third retries are counted apart.
const HERDS: usize = 3;

/// Counts and measures of a run.
pub struct Meter {
    config: Config,
    last: TierId,
    /// Which clients are done, in a run that ends with the last of them.
    contending: Option<Vec<NodeId>>,
    disturbed: Disturbed,
    overload: Overload,
    once: Once,
    /// How many calls took so many attempts.
    attempts: Vec<u64>,
    call_us: Sample,
    herds: [Gathering; HERDS],
    writes: u64,
    last_us: u64,
}

impl Meter {
    /// A meter for a run.
    pub fn new(config: &Config) -> Meter {
        let params = &config.params;
        Meter {
            config: config.clone(),
            last: config.last_tier(),
            contending: (params.load == Load::Contention).then(Vec::new),
            disturbed: Disturbed::new(config.cast, params.recovery_limit, usual(params)),
            overload: Overload::new(params.capacity, params.overload_limit, params.load == Load::Contention),
            once: Once::new(config.cast),
            attempts: Vec::new(),
            call_us: Sample::default(),
            herds: [const { Gathering::herd() }; HERDS],
            writes: 0,
            last_us: 0,
        }
    }

    /// A node tells what it does.
    fn told(&mut self, at: Mark, op: Option<OpId>, mark: graph::Mark, books: &mut Ledger) {
        match mark {
            graph::Mark::Came { tier, attempt } if tier == self.last => {
                self.overload.offered(at, self.disturbed.by());
                if let Some(herd) = self.herds.get_mut(usize::from(attempt).wrapping_sub(1)) {
                    herd.add(at);
                }
            }
            graph::Mark::Left { tier, path, how: Ending::Done, .. } if tier == self.last => {
                self.once.executed(at, op, path, self.disturbed.by());
            }
            graph::Mark::Late { hop, path } if hop.0 == self.last.0 && self.once.was_again(op, path) => {
                books.repeated(at.at_us, hop);
            }
            graph::Mark::TryOver { hop: Config::FROM_CLIENTS, how, .. } => self.attempt_over(at, how),
            graph::Mark::CallOver { hop: Config::FROM_CLIENTS, how, tries, took_us, .. } => {
                let place = usize::from(tries);
                if self.attempts.len() <= place {
                    self.attempts.resize(place + 1, 0);
                }
                self.attempts[place] += 1;
                if matches!(how, Ending::Done | Ending::Known) {
                    self.last_us = at.at_us;
                    self.call_us.add(took_us as i64);
                }
            }
            graph::Mark::Trouble { on } => self.trouble(at, on),
            _ => {}
        }
    }

    /// An attempt of a client has ended without success, which recovery counts.
    fn attempt_over(&mut self, at: Mark, how: Ending) {
        let failure = match how {
            Ending::Failed => "an attempt fails",
            Ending::Refused => "an attempt is refused",
            Ending::TimedOut => "an attempt times out: its answer comes too late, or never",
            // Of success recovery hears when the call returns.
            _ => return,
        };
        // What fails by the error share fails whatever the load is: only of a chain's errors nobody knows where they come from.
        let plain = how == Ending::Failed && self.config.params.load != Load::Chain;
        self.disturbed.attempt(at, (!plain).then_some(failure));
    }

    fn returned(&mut self, mark: Mark, key: OpKey, end: End) {
        if end != End::Ok {
            return;
        }
        self.disturbed.attempt(mark, None);
        if let Some(done) = self.contending.as_mut().filter(|done| !done.contains(&key.client)) {
            done.push(key.client);
        }
    }

    /// The trouble of the settings begins or ends.
    fn trouble(&mut self, mark: Mark, on: bool) {
        let Some(span) = self.config.trouble() else { return };
        let is_deploy = self.config.params.load == Load::Deploy;
        self.disturbed.trouble(
            mark,
            span,
            on,
            is_deploy.then_some(("Everybody calls at once", "Everybody has called")),
        );
    }

    /// The attempts that 99 of 100 calls need at the most.
    fn attempts_p99(&self) -> Option<i64> {
        let total: u64 = self.attempts.iter().sum();
        let rank = (total * 99).div_ceil(100);
        let mut up_to = 0;
        let place = self.attempts.iter().position(|count| {
            up_to += count;
            up_to >= rank
        });
        place.filter(|_| total > 0).map(|attempts| attempts as i64)
    }

    /// Something else happened.
    pub fn seen<S: Speech>(&mut self, mark: Mark, seen: &Seen<'_, S>) {
        self.overload.pass(mark);
        match seen {
            Seen::Send { msg, .. } => self.writes += u64::from(msg.kind() == WRITE),
            Seen::Invoke { op, key, .. } => self.once.invoked(*op, *key, mark.at_us),
            Seen::Return { key, response, .. } => self.returned(mark, *key, response.end()),
            Seen::Crash(node) => self.disturbed.crashed(mark, *node),
            Seen::Act(act) => self.disturbed.act(mark, act),
            _ => {}
        }
    }

    /// Ends the watch, and gives the run's figures in the order of the lab's tallies.
    fn measured(&mut self, ledger: &Ledger, ended: Mark) -> Figures {
        self.disturbed.pass(ended);
        self.overload.pass(ended);
        let (hop, tier) = (Config::FROM_CLIENTS, self.last);
        let count = |n: u64| Some(n as i64);
        let over = |how: [Ending; 2]| ledger.sum(how.map(|how| Count::CallOver(hop, how)));
        let (ok, came) = (over([Ending::Done, Ending::Known]), [Count::First(tier), Count::Again(tier)]);
        let gave_up =
            [Stop::Permanent, Stop::Attempts, Stop::Time, Stop::Budget].map(|why| Count::Stopped(hop, why));
        let contends = self.contending.is_some();
        let calls = if contends { self.writes } else { ledger.total(Count::Called(hop)) };
        // Who contends for a row makes no attempts that are counted, and there is no server with a queue.
        let served = |value: Option<i64>| value.filter(|_| !contends);
        let total = |of: Count| served(count(ledger.total(of)));
        let seconds = |n: u64| millionths(n * 1_000_000, ended.at_us);
        let late = (0..self.config.graph.shape().hops).map(|hop| Count::Late(graph::HopId(hop)));
        Figures {
            calls: count(calls),
            ok: count(ok),
            failed: count(ledger.sum(gave_up)),
            goodput: seconds(ok),
            goodput_end: ledger
                .at_the_end(ended.at_us, &[Ending::Done, Ending::Known].map(|how| Count::CallOver(hop, how))),
            offered_peak: self.overload.peak(),
            offered_end: served(ledger.at_the_end(ended.at_us, &came)),
            recovery_ms: self.disturbed.recovered_us().map(|us| us as i64),
            amplification: served(millionths(ledger.sum(came) * 100, calls)),
            attempts: total(Count::Tried(hop)),
            retries: total(Count::Retried(hop)),
            attempts_p99: served(self.attempts_p99()),
            timed_out: total(Count::TryOver(hop, Ending::TimedOut)),
            refused: total(Count::TryOver(hop, Ending::Refused)),
            denied: total(Count::Stopped(hop, Stop::Budget)),
            requests: served(count(ledger.sum(came))),
            wasted: served(count(ledger.sum(late))),
            duplicates: served(count(self.once.duplicates())),
            expired: total(Count::Swept(tier, Swept::Expired)),
            queue_peak: served(Some(ledger.peak(LevelOf::Tier(tier, Level::Queue)))),
            herd_1: served(count(self.herds[0].most())),
            herd_2: served(count(self.herds[1].most())),
            herd_3: served(count(self.herds[2].most())),
            call_p50_ms: self.call_us.quantile(500_000),
            call_p99_ms: self.call_us.quantile(990_000),
            time_ms: (self.last_us > 0).then_some(self.last_us as i64),
        }
    }
}

/// What is usual while nothing disturbs the server, as the reader's settings have it.
fn usual(params: &Params) -> Usual {
    let load = params.undisturbed_load().filter(|load| *load > u64::from(params.capacity));
    let hopeless = load.map(|load| {
        let [load, capacity] = [load, u64::from(params.capacity)].map(|n| format_decimal(n as i64));
        format!("{load} requests a second exceed the capacity of {capacity} without any trouble: overload, which nothing has to keep up.")
    });
    let verb =
        if params.error > 0 && params.load != Load::Chain { "are answered in time" } else { "succeed" };
    Usual { permille: params.undisturbed_permille(), verb, hopeless }
}

impl Own for Meter {
    fn mark(&mut self, at: Mark, _: NodeId, op: Option<OpId>, mark: graph::Mark, books: &mut Ledger) {
        self.told(at, op, mark, books);
    }

    fn see(&mut self, at: Mark, seen: &Seen<'_, graph::Speech>, _: &World) {
        self.seen(at, seen);
    }

    fn figures(&mut self, books: &Ledger, ended: Mark) -> Vec<Tally> {
        self.measured(books, ended).tallies()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        vec![self.disturbed.verdict(), self.overload.verdict(), self.once.verdict()]
    }

    /// Figures of the end of a run want bins at every level of detail.
    fn wants_bins(&self) -> bool {
        true
    }

    fn done(&self) -> bool {
        self.contending.as_ref().is_some_and(|done| done.len() >= self.config.params.clients as usize)
    }

    fn weight(&self) -> u64 {
        self.once.weight() + self.disturbed.weight()
    }
}

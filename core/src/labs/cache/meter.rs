//! What only this lab watches: which version was the latest when, what the cache holds of it, and the promises about that.

mod judge;

use super::config::{CACHE, CLIENTS, STORE};
use super::meta::Figures;
use super::params::Params;
use super::versions::Versions;
use crate::cast::NodeId;
use crate::check::light::{Light, evidence};
use crate::kits::graph::{
    self, Count, Data, Disturbed, Ending, Kind, Ledger, Mark, Overload, Own, POISON, Request, Response,
    Speech, Spell, Usual,
};
use crate::lab::{State, Verdict, millionths};
use crate::outcome::{Tally, key_name};
use crate::sim::{OpId, Seen};
use crate::stats::Sample;
use crate::trace::{self, World};
use std::collections::BTreeMap;

/// A copy that differs for less than this at the end of a run may yet be put right by what is on its way, in µs.
const UNDER_WAY_US: u64 = 1_000_000;

/// A request of a client that has not ended.
#[derive(Clone, Copy, Debug)]
struct Open {
    key: u32,
    writes: bool,
    client: NodeId,
    began: trace::Mark,
}

/// A write that was acknowledged.
type Acked = (u32, trace::Mark);

/// Counts and measures of a run.
pub struct Meter {
    params: Params,
    cache: Option<NodeId>,
    open: BTreeMap<u32, Open>,
    versions: Versions,
    /// What the cache holds: the version, and since when.
    copies: BTreeMap<u32, Acked>,
    /// What the store has.
    stored: BTreeMap<u32, u32>,
    /// Writes that were acknowledged and that the store does not have yet, by key.
    pending: BTreeMap<u32, Vec<Acked>>,
    /// The last version that each client was told of a key that it wrote.
    own: BTreeMap<(NodeId, u32), Acked>,
    /// Fetches under way at the store, by key, with the first of them.
    fetching: BTreeMap<u32, (u32, trace::Mark)>,
    poisoned: BTreeMap<u32, trace::Mark>,
    reads: u64,
    puts: u64,
    stored_writes: u64,
    fetches: u64,
    alone: u64,
    stale: u64,
    lost: u64,
    wrong: u64,
    disagree: u64,
    oldest_us: Option<u64>,
    read_us: Sample,
    disturbed: Disturbed,
    load: Overload,
    lights: [Light; 6],
}

/// The places of lights.
const FRESH: usize = 0;
const SETTLED: usize = 1;
const DURABLE: usize = 2;
const OWN: usize = 3;
const ONE: usize = 4;
const CLEAN: usize = 5;

impl Meter {
    /// A meter for a run of this graph.
    pub fn new(params: &Params, config: &graph::Config) -> Meter {
        let kept = |promise, why| Light::new(promise, State::Kept, why);
        let usual = Usual { permille: 1_000, verb: "are answered in time", hopeless: None };
        let copies =
            (0..params.warm.min(params.keys).min(params.size)).map(|key| (key, (0, trace::Mark::default())));
        Meter {
            cache: config.nodes(CACHE).next(),
            open: BTreeMap::new(),
            versions: Versions::default(),
            copies: copies.collect(),
            stored: BTreeMap::new(),
            pending: BTreeMap::new(),
            own: BTreeMap::new(),
            fetching: BTreeMap::new(),
            poisoned: BTreeMap::new(),
            reads: 0,
            puts: 0,
            stored_writes: 0,
            fetches: 0,
            alone: 0,
            stale: 0,
            lost: 0,
            wrong: 0,
            disagree: 0,
            oldest_us: None,
            read_us: Sample::default(),
            disturbed: Disturbed::new(config.cast, params.return_limit, usual),
            load: Overload::new(params.store_rate, params.overload_limit, false),
            lights: [
                kept("fresh", "Nothing older than the limit has been read."),
                Light::new("settled", State::Unknown, "Writes have not stopped yet."),
                kept("durable", "No acknowledged write has been lost."),
                kept("own", "Nobody has read an older value than the one that they wrote."),
                kept("one", "No key has been fetched twice at the same time."),
                kept("clean", "No wrong value has been given for too long."),
            ],
            params: params.clone(),
        }
    }

    fn counts(&self, at: trace::Mark) -> bool {
        at.at_us >= self.params.from
    }

    /// What becomes of a key.
    fn data(&mut self, at: trace::Mark, what: Data, key: u32, version: u32) {
        match what {
            Data::Filled => {
                self.copies.insert(key, (version, at));
                if version == POISON {
                    self.poisoned.insert(key, at);
                }
            }
            Data::Evicted | Data::Dropped => {
                self.copies.remove(&key);
            }
            Data::Flushed => {
                self.copies.clear();
                self.struck(at, ("The cache is flushed", "The cache has been flushed"));
                self.lose(at, "the cache is flushed, and what it was to write with it");
            }
            Data::Asked => self.asked(at, key),
            Data::Read => {
                if let Some((count, _)) = self.fetching.get_mut(&key) {
                    *count -= 1;
                    if *count == 0 {
                        self.fetching.remove(&key);
                    }
                }
            }
            Data::Wrote => {
                self.stored_writes += u64::from(self.counts(at));
                self.stored.insert(key, version);
                self.versions.write(key, version, at);
                if let Some(pending) = self.pending.get_mut(&key) {
                    pending.retain(|(other, _)| *other > version);
                }
            }
            Data::Hit | Data::Stale | Data::Miss | Data::Wait | Data::Refused => {}
        }
    }

    /// The store is asked for a key.
    fn asked(&mut self, at: trace::Mark, key: u32) {
        let counts = self.counts(at);
        self.fetches += u64::from(counts);
        let fetching = self.fetching.entry(key).or_insert((0, at));
        fetching.0 += 1;
        let (count, first) = *fetching;
        self.alone += u64::from(counts && count == 1);
        if count > 1 {
            self.lights[ONE].break_(at, || {
                let why = format!("{} is read from the store for {count} requests at once.", named(key));
                (why, vec![evidence(first.record, "the first of them"), evidence(at.record, "another")])
            });
        }
    }

    /// The cache is empty all at once.
    fn struck(&mut self, at: trace::Mark, words: (&'static str, &'static str)) {
        let spell = Spell { from_us: at.at_us, to_us: at.at_us, kind: Kind::Refusal };
        self.disturbed.trouble(at, spell, true, Some(words));
        self.disturbed.trouble(at, spell, false, None);
    }

    fn returned(&mut self, at: trace::Mark, op: OpId, response: &Response) {
        let Some(open) = self.open.remove(&op.0) else { return };
        let Response::Got { version } = *response else { return };
        if open.writes {
            return self.acked(at, open, version);
        }
        if self.counts(open.began) {
            self.read_us.add((at.at_us - open.began.at_us) as i64);
        }
        if version == POISON {
            return self.gave_wrong(at, open.key);
        }
        self.judge_age(at, open, version);
        self.judge_own(at, open, version);
    }

    fn acked(&mut self, at: trace::Mark, Open { key, client, .. }: Open, version: u32) {
        self.puts += u64::from(self.counts(at));
        self.versions.write(key, version, at);
        let own = self.own.entry((client, key)).or_insert((version, at));
        if own.0 < version {
            *own = (version, at);
        }
        if self.stored.get(&key).copied().unwrap_or(0) < version {
            self.pending.entry(key).or_default().push((version, at));
        }
    }
}

fn named(key: u32) -> String {
    u16::try_from(key).map_or_else(|_| format!("k{key}"), key_name)
}

impl Own for Meter {
    fn mark(&mut self, at: trace::Mark, _: NodeId, _: Option<OpId>, mark: Mark, _: &mut Ledger) {
        match mark {
            Mark::Data { what, key, version, .. } => self.data(at, what, key, version),
            Mark::Came { tier: STORE, .. } => self.load.offered(at, self.disturbed.by()),
            Mark::TryOver { hop: CLIENTS, how, .. } => {
                let failure = match how {
                    Ending::Failed => Some("a request fails"),
                    Ending::Refused => Some("a request is refused"),
                    Ending::TimedOut => Some("a request times out: its answer comes too late, or never"),
                    Ending::Done => None,
                    _ => return,
                };
                self.disturbed.attempt(at, failure);
            }
            _ => {}
        }
    }

    fn see(&mut self, at: trace::Mark, seen: &Seen<'_, Speech>, _: &World) {
        self.load.pass(at);
        match seen {
            Seen::Invoke { op, key, request } => {
                let (of, writes) = match request {
                    Request::Get(of) => (*of, false),
                    Request::Put(of) => (*of, true),
                    _ => return,
                };
                self.reads += u64::from(!writes && self.counts(at));
                self.open.insert(op.0, Open { key: of, writes, client: key.client, began: at });
            }
            Seen::Return { op, response, .. } => self.returned(at, *op, response),
            Seen::Abandon { op, .. } => {
                self.open.remove(&op.0);
            }
            Seen::Crash(node) => {
                self.disturbed.crashed(at, *node);
                if Some(*node) == self.cache {
                    self.copies.clear();
                    self.lose(at, "the cache goes down, and what it was to write with it");
                }
            }
            Seen::Act(act) => self.disturbed.act(at, act),
            _ => {}
        }
    }

    fn figures(&mut self, books: &Ledger, ended: trace::Mark) -> Vec<Tally> {
        self.disturbed.pass(ended);
        self.load.pass(ended);
        self.settle(ended);
        let of = |what| books.total(Count::Data(CACHE, what));
        let hits = of(Data::Hit) + of(Data::Stale);
        let over =
            |hows: &[Ending]| hows.iter().map(|how| Count::CallOver(CLIENTS, *how)).collect::<Vec<_>>();
        let end = |hows: &[Ending]| books.at_the_end(ended.at_us, &over(hows));
        let good = end(&[Ending::Done]).zip(end(&Ending::ALL));
        let count = |n: u64| Some(n as i64);
        let saved = self.puts.saturating_sub(self.stored_writes);
        Figures {
            reads: count(self.reads),
            hit_share: millionths(hits, hits + of(Data::Miss)),
            good_end_share: good.and_then(|(good, all)| millionths(good as u64, all as u64)),
            read_p50_ms: self.read_us.quantile(500_000),
            read_p99_ms: self.read_us.quantile(990_000),
            store_share: millionths(self.fetches, self.reads),
            store_peak_per_s: self.load.peak(),
            fetches: count(self.fetches),
            recomputes: count(self.fetches - self.alone),
            herd_mean: millionths(self.fetches, self.alone),
            evictions: count(of(Data::Evicted)),
            stale_reads: count(self.stale),
            oldest_ms: self.oldest_us.map(|us| us as i64),
            disagree: count(self.disagree),
            writes_lost: count(self.lost),
            writes_saved_share: millionths(saved, self.puts),
            poisoned_reads: count(self.wrong),
            return_ms: self.disturbed.recovered_us().map(|us| us as i64),
        }
        .tallies()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let light = |place: usize| self.lights[place].clone().verdict();
        let named = |promise, verdict| Verdict { promise, ..verdict };
        vec![
            light(FRESH),
            light(SETTLED),
            light(DURABLE),
            light(OWN),
            named("spared", self.load.verdict()),
            light(ONE),
            named("returns", self.disturbed.verdict()),
            light(CLEAN),
        ]
    }

    fn wants_bins(&self) -> bool {
        true
    }

    fn weight(&self) -> u64 {
        let pending: usize = self.pending.values().map(Vec::len).sum();
        let entries = self.open.len() + self.copies.len() + self.stored.len() + self.own.len() + pending;
        self.versions.weight() + 48 * entries as u64 + self.disturbed.weight()
    }
}

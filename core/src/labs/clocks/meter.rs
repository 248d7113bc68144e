//! Watches a run: puts events together from what processes report, counts, and turns the lights.

use super::laws::{Laws, signed};
use super::message::{Msg, Request, Speech};
use super::meta::{Figures, fact};
use super::params::{Params, Sync};
use super::shows::{self, HYBRID, LAMPORT, PHYSICAL, VECTOR};
use super::truth::Truth;
use super::writes::Writes;
use crate::acts::Act;
use crate::cast::{Cast, NodeId};
use crate::kits::ensemble;
use crate::lab::{Tally, Verdict};
use crate::lab::shows::StampClock;
use crate::sim::{Observer, Seen};
use crate::sorted::Map;
use crate::stats::{Series, SeriesRecorder};
use crate::trace::{Fact, FactKey, Mark, World};

/// How far each process's clock is from the true time, as charts have it.
const OFF: [&str; 6] = ["n1’s clock", "n2’s clock", "n3’s clock", "n4’s clock", "n5’s clock", "n6’s clock"];

/// In which unit.
const AHEAD: &str = "ms ahead of the true time";

/// The meter.
pub struct Meter {
    params: Params,
    cast: Cast,
    clocks: Vec<StampClock>,
    /// By process: the numbers that it reported last.
    told: Vec<Map<FactKey, i64>>,
    /// Whose message is being received: the sender, and its number for the event that sent it.
    received: Option<(NodeId, u32)>,
    truth: Truth,
    laws: Laws,
    writes: Writes,
    events: i64,
    messages: i64,
    ahead: u64,
    counted: u64,
    shortest_us: Option<i64>,
    exchanges: i64,
    error_us: u64,
    squared: u128,
    off: Vec<SeriesRecorder>,
}

impl Meter {
    /// A meter for a run that is about to begin.
    pub fn new(params: &Params, cast: Cast) -> Meter {
        let stamps = shows::stamps(params);
        Meter {
            cast,
            told: vec![Map::new(); cast.len()],
            received: None,
            truth: Truth::new(&stamps),
            clocks: stamps.clocks,
            laws: Laws::new(params),
            writes: Writes::new(params),
            events: 0,
            messages: 0,
            ahead: 0,
            counted: 0,
            shortest_us: None,
            exchanges: 0,
            error_us: 0,
            squared: 0,
            off: vec![SeriesRecorder::new(1_000); cast.len()],
            params: params.clone(),
        }
    }

    fn sum_up(self) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        let figures = self.figures().tallies();
        let series = OFF.iter().zip(&self.off).take(self.params.n as usize).map(|(name, off)| off.series(name, AHEAD));
        let series = series.filter(|series| !series.points.is_empty()).collect();
        let (mut verdicts, forward) = self.laws.verdicts();
        verdicts.extend(self.writes.verdicts());
        verdicts.push(forward);
        (figures, series, verdicts)
    }

    fn figures(&self) -> Figures {
        let pairs = &self.truth.pairs;
        let number = |count: u64| Some(count as i64);
        let any = pairs[LAMPORT];
        let (ended, took_us) = self.writes.took;
        Figures {
            events: Some(self.events),
            messages: Some(self.messages),
            causal: number(any.right + any.reversed + any.missed),
            concurrent: number(any.open + any.ordered),
            physical_reversed: number(pairs[PHYSICAL].reversed),
            lamport_ordered: number(pairs[LAMPORT].ordered),
            vector_missed: number(pairs[VECTOR].missed + pairs[VECTOR].reversed),
            vector_invented: number(pairs[VECTOR].ordered),
            hybrid_ordered: number(pairs[HYBRID].ordered),
            ahead_ms: number(self.ahead * self.params.tick),
            counted: number(self.counted),
            writes: Some(self.writes.count()),
            write_ms: (ended > 0).then(|| crate::stats::rounded(took_us, ended as u64)),
            lost: Some(self.writes.lost),
            lost_seen: Some(self.writes.lost_seen),
            inverted: Some(self.writes.inverted),
            shortest_ms: self.shortest_us,
            exchanges: Some(self.exchanges),
            error_ms: (self.exchanges > 0).then_some(self.error_us as i64),
            error_squared: (self.exchanges > 0).then(|| (self.squared / self.exchanges as u128) as i64),
        }
    }

    /// An event, all of whose stamps have been reported.
    fn event(&mut self, at: Mark, process: NodeId, word: &'static str) {
        self.events += 1;
        let told = &self.told[process.index()];
        let get = |name: u8, index: u16| told.get(&FactKey { name, index }).copied();
        let stamp = |clock: &StampClock| (0..clock.numbers).map(|index| get(clock.fact.0, index).unwrap_or(0)).collect();
        let stamps = self.clocks.iter().map(stamp).collect();
        let number = get(fact::NUMBER, 0).unwrap_or(0) as u32;
        let from = self.received.take();
        let laws = &mut self.laws;
        let count = self.truth.events.len();
        self.truth.add(at, (process, number, word), stamps, from, |events, told| laws.pair(events, told));
        if self.truth.events.len() == count {
            self.laws.give_up(at);
            self.writes.give_up(at);
            return;
        }
        let (ahead, counted) = self.laws.stamped(&self.truth.events[count]);
        self.ahead = self.ahead.max(ahead);
        self.counted = self.counted.max(counted);
    }

    /// A process has measured how long its last event is ago; its next report is of that event.
    fn elapsed(&mut self, at: Mark, process: NodeId, elapsed_us: i64) {
        self.shortest_us = Some(self.shortest_us.map_or(elapsed_us, |least| least.min(elapsed_us)));
        let before = self.truth.events.iter().rev().find(|event| event.process == process);
        let now = format!("its event at {}", crate::time::DurationUs(at.at_us));
        self.laws.measured(at, (before, &now), elapsed_us, process.index());
    }

    /// The time server has answered: by how much a process thinks that it is behind.
    fn exchange(&mut self, at: Mark, process: NodeId, behind_us: i64) {
        let key = FactKey { name: fact::PHYSICAL, index: 0 };
        let wall_us = self.told[process.index()].get(&key).copied().unwrap_or(0);
        let error_us = behind_us.saturating_sub(at.at_us as i64 - wall_us).unsigned_abs();
        self.exchanges += 1;
        self.error_us = self.error_us.max(error_us);
        self.squared = self.squared.saturating_add(u128::from(error_us) * u128::from(error_us));
        let steps = self.params.sync == Sync::Step || behind_us.unsigned_abs() >= self.params.step_at;
        let how = if steps { "sets its clock by" } else { "begins to slew its clock by" };
        self.laws.set(at, process.index(), format!("n{} {how} {} after asking for the time", process.0 + 1, signed(behind_us)));
    }

    fn act(&mut self, at: Mark, act: &Act) {
        match act {
            Act::Wipe { .. } => self.laws.wipe(at, act.sentence()),
            Act::Clock { .. } => {
                for process in act.nodes(&self.cast) {
                    self.laws.set(at, process.index(), act.sentence());
                }
            }
            _ => {}
        }
    }

    fn fact(&mut self, at: Mark, process: NodeId, key: FactKey, value: &Fact) {
        match (key.name, value) {
            (fact::EVENT, Fact::Word(word)) => self.event(at, process, word),
            (fact::ELAPSED, Fact::Int(us)) => self.elapsed(at, process, *us),
            (fact::BEHIND, Fact::Int(us)) => self.exchange(at, process, *us),
            (_, Fact::Int(number) | Fact::Time(number)) => {
                self.told[process.index()].insert(key, *number);
                if key.name == fact::PHYSICAL {
                    let ahead_us = number.saturating_sub(at.at_us as i64);
                    self.off[process.index()].add(at.at_us, ahead_us.saturating_add(500).div_euclid(1_000));
                }
            }
            _ => {}
        }
    }
}

impl ensemble::Meter<Speech> for Meter {
    fn results(self) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        self.sum_up()
    }
}

impl Observer<Speech> for Meter {
    fn weight(&self) -> u64 {
        self.truth.weight() + self.writes.weight()
    }

    fn see(&mut self, at: Mark, seen: Seen<'_, Speech>, _: &World) {
        match seen {
            Seen::Act(act) => self.act(at, act),
            Seen::Send { msg: Msg::Note(_) | Msg::Update { .. }, .. } => self.messages += 1,
            Seen::Deliver { from, msg: Msg::Note(sent) | Msg::Update { sent, .. }, .. } => self.received = Some((from, sent.event)),
            Seen::Fact { node, key, value } => self.fact(at, node, key, value),
            Seen::Invoke { op, request: Request::Write(value), .. } if !self.truth.full => self.writes.begin(at, op, *value, &self.truth),
            Seen::Return { op, .. } => self.writes.end(at, op),
            _ => {}
        }
    }
}

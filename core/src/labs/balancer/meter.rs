//! Watches a run: what each server is sent and has waiting, and the promises.

use super::config::{FROM_CLIENTS, SERVERS, TO_SERVERS};
use super::laws::Laws;
use super::meta::Figures;
use super::params::{Fault, Layer, Load, Params};
use crate::cast::NodeId;
use crate::kits::graph::{
    self, Belief, Config, Count, Ending, Ledger, Level, LevelOf, Msg, Own, Speech, Took,
};
use crate::lab::{Tally, Verdict, millionths};
use crate::sim::{OpId, Seen};
use crate::trace::{Mark, World};

/// For how long at the least a server that was started again is watched, in µs.
const NEW_US: u64 = 1_000_000;

/// A server.
#[derive(Clone, Copy, Debug, Default)]
struct Seat {
    waiting: u32,
    busy: u32,
    /// Calls that were sent to it.
    sent: u64,
    /// Since when it is down.
    down_us: Option<u64>,
    /// When it was started again.
    started: Option<Mark>,
}

/// Counts and measures of a run.
pub struct Meter {
    params: Params,
    config: Config,
    first: NodeId,
    seats: Vec<Seat>,
    took: Took,
    laws: Laws,
    /// Calls that go to servers, those of them that go to bad ones, and the time since when each has been counted.
    sent: u64,
    to_bad: u64,
    ejected: u64,
    moved: u64,
    /// Servers that have nothing to do, and calls that wait; for how long there were both.
    idle: u32,
    waiting: u32,
    since_us: u64,
    idle_while_us: u64,
}

impl Meter {
    /// A meter of a run with these settings.
    pub fn new(params: &Params, config: &Config) -> Meter {
        Meter {
            first: config.tiers[usize::from(SERVERS.0)].first,
            seats: vec![Seat::default(); params.servers as usize],
            took: Took::new(FROM_CLIENTS, params.from),
            laws: Laws::new(params),
            config: config.clone(),
            sent: 0,
            to_bad: 0,
            ejected: 0,
            moved: 0,
            idle: params.servers,
            waiting: 0,
            since_us: params.from,
            idle_while_us: 0,
            params: params.clone(),
        }
    }

    fn name(&self, place: usize) -> String {
        self.config.cast.name(NodeId(self.first.0 + place as u16)).to_string()
    }

    /// Since when a server is bad: down, or in trouble that is more than an alarm.
    fn bad_since(&self, place: usize, now_us: u64) -> Option<u64> {
        let spell = self.config.trouble(NodeId(self.first.0 + place as u16));
        let spell = spell.filter(|spell| spell.holds(now_us) && self.params.fault != Fault::Alarm);
        self.seats[place].down_us.or(spell.map(|spell| spell.from_us))
    }

    /// Time passes up to this moment.
    fn pass(&mut self, now_us: u64) {
        if now_us > self.since_us {
            let both = self.idle > 0 && self.waiting > 0;
            self.idle_while_us += if both { now_us - self.since_us } else { 0 };
            self.since_us = now_us;
        }
    }

    /// Something of a server changes.
    fn change(&mut self, at: Mark, place: usize, change: impl FnOnce(&mut Seat)) {
        self.pass(at.at_us);
        let Some(seat) = self.seats.get_mut(place) else { return };
        let free = |seat: &Seat| seat.busy == 0 && seat.waiting == 0 && seat.down_us.is_none();
        let before = *seat;
        change(seat);
        let now = *seat;
        self.idle = self.idle + u32::from(free(&now)) - u32::from(free(&before));
        self.waiting = self.waiting + now.waiting - before.waiting;
    }

    /// A server's line is longer or shorter.
    fn waits(&mut self, at: Mark, place: usize, waiting: u32) {
        self.change(at, place, |seat| seat.waiting = waiting);
        if self.idle > 0 && waiting > self.params.herd_limit {
            let free = |place: &usize| {
                let seat = &self.seats[*place];
                seat.busy == 0 && seat.waiting == 0 && self.bad_since(*place, at.at_us).is_none()
            };
            let idle = (0..self.seats.len()).find(free).map(|place| self.name(place));
            let name = self.name(place);
            self.laws.waits(at, waiting, name, idle);
        }
        let warm_us = self.params.warm.max(NEW_US);
        let started = self.seats[place].started.filter(|since| at.at_us - since.at_us <= warm_us);
        if let Some(since) = started.filter(|_| waiting > self.params.gentle_limit) {
            let name = self.name(place);
            self.laws.warms(at, since, waiting, &name);
        }
    }

    /// A call goes to a server.
    fn goes(&mut self, at: Mark, place: usize) {
        if at.at_us < self.params.from || place >= self.seats.len() {
            return;
        }
        self.seats[place].sent += 1;
        self.sent += 1;
        let (cast, first) = (self.config.cast, self.first);
        let name = |place: usize| cast.name(NodeId(first.0 + place as u16)).to_string();
        if self.params.load != Load::Balls {
            self.laws.even.sent(at, place, name);
        }
        let since: Vec<Option<u64>> = match self.params.fault == Fault::None && !self.any_down() {
            true => Vec::new(),
            false => (0..self.seats.len()).map(|place| self.bad_since(place, at.at_us)).collect(),
        };
        if since.is_empty() {
            return;
        }
        self.to_bad += u64::from(since[place].is_some());
        let known = |since: &Option<u64>| since.is_some_and(|us| at.at_us - us >= self.params.detection);
        if since.iter().any(known) && since.iter().any(Option::is_none) {
            self.laws.avoids.sent(at, known(&since[place]), || name(place));
        }
    }

    fn any_down(&self) -> bool {
        self.seats.iter().any(|seat| seat.down_us.is_some())
    }

    fn place(&self, node: NodeId) -> Option<usize> {
        let place = usize::from(node.0.checked_sub(self.first.0)?);
        (place < self.seats.len()).then_some(place)
    }

    /// How the servers' calls differ: the coefficient of variation of calls for speed, and the most for the mean, in millionths.
    fn spread(&self) -> [Option<i64>; 2] {
        let slow = self.params.speeds();
        let speed = |place: usize| f64::from(slow.get(place).copied().unwrap_or(1_000)) / 1e3;
        let calls: Vec<f64> =
            self.seats.iter().enumerate().map(|(place, seat)| seat.sent as f64 / speed(place)).collect();
        let many = calls.len() as f64;
        let mean = calls.iter().sum::<f64>() / many;
        if mean <= 0.0 {
            return [None; 2];
        }
        let variance = calls.iter().map(|calls| (calls - mean) * (calls - mean)).sum::<f64>() / many;
        let most = calls.iter().copied().fold(0.0, f64::max);
        [libm::sqrt(variance) / mean, most / mean].map(|ratio| Some((ratio * 1e6 + 0.5) as i64))
    }
}

impl Own for Meter {
    fn mark(&mut self, at: Mark, node: NodeId, _: Option<OpId>, mark: graph::Mark, _: &mut Ledger) {
        self.took.mark(at.at_us, mark);
        match mark {
            graph::Mark::CallOver { hop: FROM_CLIENTS, how, took_us, .. }
                if at.at_us - took_us.min(at.at_us) >= self.params.from =>
            {
                self.laws.quick.ended(at, how == Ending::Done, took_us);
            }
            graph::Mark::Level { tier: SERVERS, what, now } => {
                let Some(place) = self.place(node) else { return };
                match what {
                    Level::Queue => self.waits(at, place, now),
                    Level::Busy => self.change(at, place, |seat| seat.busy = now),
                    _ => {}
                }
            }
            graph::Mark::Believed { what: Belief::Ejected, .. } => self.ejected += 1,
            graph::Mark::Moved { hop: TO_SERVERS } => {
                self.moved += 1;
                self.laws.moved(at);
            }
            _ => {}
        }
    }

    fn see(&mut self, at: Mark, seen: &Seen<'_, Speech>, _: &World) {
        match seen {
            Seen::Send { to, msg: Msg::Call { of, .. }, .. } if of.hop == TO_SERVERS => {
                if let Some(place) = self.place(*to) {
                    self.goes(at, place);
                }
            }
            Seen::Crash(node) => {
                if let Some(place) = self.place(*node) {
                    self.change(at, place, |seat| {
                        (seat.waiting, seat.busy, seat.down_us) = (0, 0, Some(at.at_us));
                    });
                }
            }
            Seen::Boot(node) if at.at_us > 0 => {
                if let Some(place) = self.place(*node) {
                    self.change(at, place, |seat| (seat.down_us, seat.started) = (None, Some(at)));
                    self.laws.starts(at);
                }
            }
            _ => {}
        }
    }

    fn figures(&mut self, books: &Ledger, ended: Mark) -> Vec<Tally> {
        self.pass(ended.at_us);
        let (cast, first) = (self.config.cast, self.first);
        self.laws.even.end(ended, |place| cast.name(NodeId(first.0 + place as u16)).to_string());
        self.laws.quick.end(ended);
        self.laws.avoids.end(ended);
        let over = |how: &[Ending]| books.sum(how.iter().map(|how| Count::CallOver(FROM_CLIENTS, *how)));
        let (all, ok) = (over(&Ending::ALL), over(&[Ending::Done]));
        let [load_cv, max_over_mean] = self.spread();
        let l4 = self.params.layer == Layer::L4;
        let watched_us = ended.at_us.saturating_sub(self.params.from);
        let timed = |value: Option<i64>| value.filter(|_| self.params.load != Load::Balls);
        Figures {
            calls: Some(self.sent as i64),
            mean_ms: self.took.mean_us(),
            p50_ms: self.took.quantile_us(500_000),
            p99_ms: self.took.quantile_us(990_000),
            failed_share: millionths(all - ok, all),
            waiting_mean: timed(books.mean_level(LevelOf::Tier(SERVERS, Level::Queue))),
            idle_while_waiting_share: timed(millionths(self.idle_while_us, watched_us)),
            load_cv,
            max_over_mean,
            fullest: self.seats.iter().map(|seat| seat.sent as i64).max(),
            to_bad_share: millionths(self.to_bad, self.sent),
            ejected: Some(self.ejected as i64),
            moved_connections: Some(self.moved as i64).filter(|_| l4),
        }
        .tallies()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        self.laws.verdicts()
    }
}

//! Watches a run: how far each order has come at each participant, what was locked, in doubt and to be seen, and for how long.

use super::config::Config;
use super::entry::State;
use super::lights::{Lights, Standing};
use super::message::{Msg, Response, Speech};
use super::meta::{Figures, fact};
use crate::cast::{NodeId, Sort};
use crate::lab::{Verdict, millionths};
use crate::sim::{Observer, Seen};
use crate::sorted::Map;
use crate::stats::{Sample, Series, SeriesRecorder};
use crate::trace::{Fact, Mark, World};

/// The most participants.
const SEATS: usize = 5;

/// A participant's part in an order.
#[derive(Clone, Copy, Debug, Default)]
struct Seat {
    state: Option<State>,
    at: Mark,
    held: Option<Mark>,
    applied: Option<(i64, Mark)>,
}

#[derive(Clone, Debug, Default)]
struct Order {
    sent: Mark,
    arrived: Option<Mark>,
    outcome: Option<&'static str>,
    seats: [Seat; SEATS],
    half: Option<Mark>,
    half_us: Option<u64>,
    split: bool,
    unended: bool,
}

/// Counts over time, for charts.
#[derive(Debug)]
struct Level {
    now: i64,
    recorder: SeriesRecorder,
}

impl Level {
    fn new() -> Level {
        let mut recorder = SeriesRecorder::new(1_000);
        recorder.add(0, 0);
        Level { now: 0, recorder }
    }

    fn step(&mut self, at: Mark, up: bool) {
        self.now += if up { 1 } else { -1 };
        self.recorder.add(at.at_us, self.now);
    }
}

/// The meter.
#[derive(Debug)]
pub struct Meter {
    config: Config,
    orders: Vec<Order>,
    /// Orders that have not ended, by their places.
    open: Vec<usize>,
    /// Who is in doubt of which order, and since when.
    doubts: Map<(usize, usize), Mark>,
    /// Somebody came up, so what can be seen has to be looked at again.
    came_up: bool,
    last: Mark,
    lights: Lights,
    figures: Counts,
    decided_us: Sample,
    in_doubt_us: Sample,
    locked_us: Sample,
    half_us: Sample,
    held: Level,
    in_doubt: Level,
    half: Level,
}

#[derive(Debug, Default)]
struct Counts {
    confirmed: i64,
    cancelled: i64,
    no_word: i64,
    messages: i64,
    forced: i64,
    conflicts: i64,
    heuristic: i64,
    split: i64,
    unended: i64,
    compensations: i64,
    failed_compensations: i64,
    twice: i64,
    half_seen: i64,
    longest_us: Option<i64>,
}

impl Meter {
    /// A meter for a run that is about to begin.
    pub fn new(config: Config) -> Meter {
        Meter {
            config,
            orders: Vec::new(),
            open: Vec::new(),
            doubts: Map::new(),
            came_up: false,
            last: Mark::default(),
            lights: Lights::new(),
            figures: Counts::default(),
            decided_us: Sample::default(),
            in_doubt_us: Sample::default(),
            locked_us: Sample::default(),
            half_us: Sample::default(),
            held: Level::new(),
            in_doubt: Level::new(),
            half: Level::new(),
        }
    }

    fn n(&self) -> usize {
        self.config.params.n as usize
    }

    /// The participant's number from 0, if it is one.
    fn seat(&self, node: NodeId) -> Option<usize> {
        let (sort, number) = self.config.cast.sort(node);
        (sort == Sort::Server).then_some(usize::from(number))
    }

    fn standing(&self, place: usize, seat: usize) -> Standing {
        let Seat { state, at, .. } = self.orders[place].seats[seat];
        (state, at)
    }

    /// A participant has come further with an order, or goes down with it.
    fn turn(&mut self, mark: Mark, place: usize, seat: usize, state: Option<State>) {
        let now = &mut self.orders[place].seats[seat];
        (now.state, now.at) = (state, mark);
        let (holds, held) = (state.is_some_and(State::holds), now.held);
        match held {
            Some(since) if !holds => {
                now.held = None;
                self.locked_us.add((mark.at_us - since.at_us) as i64);
                self.held.step(mark, false);
            }
            None if holds => {
                now.held = Some(mark);
                self.held.step(mark, true);
            }
            _ => {}
        }
        let key = (place, seat);
        if state.is_some_and(State::in_doubt) {
            if !self.doubts.contains_key(&key) {
                self.doubts.insert(key, mark);
                self.in_doubt.step(mark, true);
            }
        } else if let Some(since) = self.doubts.remove(&key) {
            let waited_us = (mark.at_us - since.at_us) as i64;
            self.in_doubt_us.add(waited_us);
            self.figures.longest_us = self.figures.longest_us.max(Some(waited_us));
            self.in_doubt.step(mark, false);
        }
    }

    /// Nobody waits for what a node held that is down, or is in doubt with it.
    fn crash(&mut self, mark: Mark, seat: usize) {
        for place in 0..self.orders.len() {
            if self.orders[place].seats[seat].held.take().is_some() {
                self.held.step(mark, false);
            }
            if self.doubts.remove(&(place, seat)).is_some() {
                self.in_doubt.step(mark, false);
            }
        }
    }

    /// Whether an order has ended differently where it has ended.
    fn judge_split(&mut self, mark: Mark, place: usize) {
        let order = &self.orders[place];
        let find = |is: &dyn Fn(State) -> bool| order.seats[..self.n()].iter().position(|seat| seat.state.is_some_and(is));
        let stands = find(&|state| state == State::Committed || state.stands());
        let wrong = if self.config.params.protocol.votes() {
            let lacks = find(&|state| matches!(state, State::Aborted | State::Forgotten | State::Lost));
            stands.zip(lacks).map(|(one, other)| (one, Ok(other)))
        } else {
            match order.outcome {
                Some("compensated") => stands.map(|seat| (seat, Err("compensated"))),
                Some("completed") => {
                    let lacks = order.seats[..self.n()].iter().position(|seat| !seat.state.is_some_and(State::stands));
                    lacks.map(|seat| (seat, Err("completed")))
                }
                _ => None,
            }
        };
        if let Some((one, other)) = wrong
            && !order.split
        {
            self.orders[place].split = true;
            self.figures.split += 1;
            let other = other.map(|seat| (seat, self.standing(place, seat)));
            self.lights.split(mark, place, (one, self.standing(place, one)), other);
        }
    }

    /// Whether somebody who looks at all participants that are up sees a part of an order without the rest.
    fn judge_half(&mut self, mark: Mark, place: usize, world: &World) {
        let order = &self.orders[place];
        let up = |seat: &usize| world.is_up(self.config.cast.server(*seat as u16));
        let find = |is: &dyn Fn(Option<State>) -> bool| (0..self.n()).filter(up).find(|seat| is(order.seats[*seat].state));
        let seen = find(&|state| matches!(state, Some(State::Committed | State::Done)));
        let unseen = find(&|state| {
            !state.is_some_and(|state| state.holds() || state.stands() || state == State::Committed)
        });
        match (seen.zip(unseen), order.half) {
            (Some((seen, unseen)), None) => {
                if order.half_us.is_none() {
                    self.figures.half_seen += 1;
                }
                self.orders[place].half = Some(mark);
                self.orders[place].half_us.get_or_insert(0);
                self.half.step(mark, true);
                let (seen, unseen) = ((seen, self.standing(place, seen)), (unseen, self.standing(place, unseen)));
                self.lights.half(mark, place, seen, unseen);
            }
            (None, Some(since)) => {
                let order = &mut self.orders[place];
                order.half = None;
                order.half_us = order.half_us.map(|us| us + mark.at_us - since.at_us);
                self.half.step(mark, false);
            }
            _ => {}
        }
    }

    /// Whether all who are up have ended an order.
    fn has_ended(&self, place: usize, world: &World) -> bool {
        let order = &self.orders[place];
        let seats = || order.seats[..self.n()].iter().enumerate().filter_map(|(seat, held)| Some((seat, held.state?)));
        let under_way = seats().any(|(seat, state)| {
            (state.holds() || state == State::Pending) && world.is_up(self.config.cast.server(seat as u16))
        });
        let begun = !self.config.params.protocol.votes() && seats().next().is_some();
        !under_way && (order.outcome.is_some() || !begun)
    }

    /// What is too late is told.
    fn judge_times(&mut self, mark: Mark, world: &World) {
        let (block_us, end_us) = (self.config.params.block_limit, self.config.params.end_limit);
        let blocked = self.doubts.iter().find(|(_, since)| mark.at_us >= since.at_us + block_us);
        if let Some((&(place, seat), &since)) = blocked {
            self.lights.blocked(mark, place, seat, since, block_us);
        }
        let late = |place: &usize| mark.at_us >= self.orders[*place].sent.at_us + end_us;
        let late: Vec<usize> = self.open.iter().copied().filter(late).collect();
        for place in late {
            if self.has_ended(place, world) {
                self.open.retain(|open| *open != place);
            } else if !self.orders[place].unended {
                self.orders[place].unended = true;
                self.figures.unended += 1;
                let since = self.orders[place].sent;
                let standings: Vec<Standing> = (0..self.n()).map(|seat| self.standing(place, seat)).collect();
                self.lights.unended(mark, place, since, &standings, end_us);
            }
        }
    }

    fn report(&mut self, mark: Mark, node: NodeId, (name, place): (u8, usize), value: &Fact, world: &World) {
        let seat = self.seat(node);
        match (name, value) {
            (fact::STATE, Fact::Word(word)) => {
                let Some(seat) = seat else { return };
                let state = State::of(word);
                if state == Some(State::Undone) {
                    self.figures.compensations += 1;
                }
                self.turn(mark, place, seat, state);
                self.judge_split(mark, place);
                self.judge_half(mark, place, world);
            }
            (fact::APPLIED, Fact::Int(times)) => {
                let Some(seat) = seat else { return };
                let before = self.orders[place].seats[seat].applied.replace((*times, mark));
                if let Some((_, first)) = before.filter(|(before, _)| *before >= 1 && times > before) {
                    self.figures.twice += 1;
                    self.lights.twice(mark, place, seat, first);
                }
            }
            (fact::OUTCOME, Fact::Word(word)) => {
                let order = &mut self.orders[place];
                let first = order.outcome.is_none();
                order.outcome = Some(word);
                if let Some(arrived) = order.arrived.filter(|_| first) {
                    self.decided_us.add((mark.at_us - arrived.at_us) as i64);
                }
                self.judge_split(mark, place);
            }
            (fact::LOG, _) => self.figures.forced += 1,
            (fact::ALONE, _) => self.figures.heuristic += 1,
            (fact::NO, Fact::Word("locked")) => self.figures.conflicts += 1,
            (fact::NO, Fact::Word("compensation failed")) => self.figures.failed_compensations += 1,
            _ => {}
        }
    }

    /// The run is over.
    pub fn end(&mut self, ended_us: u64) {
        let mark = Mark { at_us: ended_us, ..self.last };
        let open: Vec<i64> = self.doubts.values().map(|since| (ended_us - since.at_us) as i64).collect();
        self.figures.longest_us = self.figures.longest_us.max(open.into_iter().max());
        for order in &mut self.orders {
            if let Some(since) = order.half.take() {
                order.half_us = order.half_us.map(|us| us + mark.at_us - since.at_us);
            }
            if let Some(us) = order.half_us {
                self.half_us.add(us as i64);
            }
        }
    }

    /// What the run came to.
    pub fn figures(&self) -> Figures {
        let mean = |sample: &Sample| {
            let count = sample.count() as i128;
            (count > 0).then(|| ((sample.sum() + count / 2) / count) as i64)
        };
        let Counts { confirmed, cancelled, no_word, messages, forced, .. } = self.figures;
        let counts = &self.figures;
        Figures {
            orders: Some(self.orders.len() as i64),
            confirmed: Some(confirmed),
            cancelled: Some(cancelled),
            no_word: Some(no_word),
            messages: Some(messages),
            messages_per_order: millionths(messages as u64, self.orders.len() as u64),
            forced: Some(forced),
            decided_ms: mean(&self.decided_us),
            in_doubt_ms: mean(&self.in_doubt_us),
            in_doubt_longest_ms: counts.longest_us,
            locks_ms: mean(&self.locked_us),
            conflicts: Some(counts.conflicts),
            heuristic: Some(counts.heuristic),
            split: Some(counts.split),
            unended: Some(counts.unended),
            compensations: Some(counts.compensations),
            failed_compensations: Some(counts.failed_compensations),
            twice: Some(counts.twice),
            half_seen: Some(counts.half_seen),
            half_seen_ms: mean(&self.half_us),
        }
    }

    /// Charts.
    pub fn series(&self) -> Vec<Series> {
        vec![
            self.held.recorder.series("locks held", "locks"),
            self.in_doubt.recorder.series("in doubt", "participants"),
            self.half.recorder.series("half seen", "orders"),
        ]
    }

    /// The lights.
    pub fn verdicts(self) -> Vec<Verdict> {
        self.lights.verdicts()
    }
}

impl Observer<Speech> for Meter {
    fn weight(&self) -> u64 {
        400 * self.orders.len() as u64
    }

    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, world: &World) {
        self.last = mark;
        if self.came_up && !matches!(seen, Seen::Fact { .. } | Seen::Boot(_)) {
            self.came_up = false;
            (0..self.orders.len()).for_each(|place| self.judge_half(mark, place, world));
        }
        match seen {
            Seen::Invoke { .. } => {
                self.open.push(self.orders.len());
                self.orders.push(Order { sent: mark, ..Order::default() });
            }
            Seen::Return { response, .. } => match response {
                Response::Confirmed => self.figures.confirmed += 1,
                Response::Cancelled => self.figures.cancelled += 1,
                Response::NoWord => self.figures.no_word += 1,
            },
            Seen::Send { msg, .. } if msg.counts() => self.figures.messages += 1,
            Seen::Deliver { msg: Msg::Order { order, .. }, .. } => {
                self.orders[usize::from(super::config::place(*order))].arrived.get_or_insert(mark);
            }
            Seen::Crash(node) => {
                if let Some(seat) = self.seat(node) {
                    self.crash(mark, seat);
                    (0..self.orders.len()).for_each(|place| self.judge_half(mark, place, world));
                }
            }
            // What it still knows it tells as it comes up.
            Seen::Boot(node) => {
                if let Some(seat) = self.seat(node) {
                    self.orders.iter_mut().for_each(|order| order.seats[seat] = Seat { at: mark, ..Seat::default() });
                    self.came_up = true;
                }
            }
            Seen::Timer { .. } => self.judge_times(mark, world),
            Seen::Fact { node, key, value } if key.name != fact::ROLE && key.name != fact::LATEST => {
                self.report(mark, node, (key.name, usize::from(key.index)), value, world);
            }
            _ => {}
        }
    }
}

//! Queues with known answers (M/M/1, M/M/c, M/G/1, M/M/1/K), run as a protocol of timers only: the kernel's own fidelity.

use super::dice::{Purpose, below, die};
use super::dist::Dist;
use super::{Ctx, Input, Network, Never, Observer, Out, Protocol, Range, Run, Seen, Setup, Speech};
use crate::cast::Cast;
use crate::lab::{Check, Detail, Fidelity};
use crate::scenario::Scenario;
use crate::trace::{Fact, FactKey, Mark, World};
use std::collections::VecDeque;
use std::fmt;

/// A queue with one or several servers, first come first served.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Time between arrivals.
    pub arrival: Dist,
    /// Time of service.
    pub service: Dist,
    /// Number of servers.
    pub servers: u32,
    /// How many may be in the system at once; who comes then is lost.
    pub room: u32,
    /// How many are there at the start.
    pub start: u32,
    /// How many arrive.
    pub arrivals: u32,
}

/// The fact that a customer left, with its time in the system.
pub(super) const LEFT: u8 = 0;
const LOST: u8 = 1;
const BEGAN: u8 = 2;

/// The timers of a queue: the next arrival, and one departure for each server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The next customer comes.
    Arrival,
    /// The customer at that server leaves.
    Departure(u32),
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Timer::Arrival => write!(f, "arrival"),
            Timer::Departure(server) => write!(f, "departure at {server}"),
        }
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Customer {
    number: u32,
    came_us: i64,
}

/// The queue as a node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Station {
    came: u32,
    waiting: VecDeque<Customer>,
    serving: Vec<Option<Customer>>,
    present: u32,
}

impl Station {
    fn admit(&mut self, queue: &Queue, ctx: &Ctx, out: &mut Out<Events>) {
        let customer = Customer { number: self.came, came_us: ctx.clock_us };
        self.came += 1;
        if self.present >= queue.room {
            out.fact(LOST, 0, Fact::Int(i64::from(customer.number)));
            return;
        }
        self.present += 1;
        self.waiting.push_back(customer);
        if let Some(free) = self.serving.iter().position(Option::is_none) {
            self.serve(free, queue, ctx, out);
        }
    }

    fn serve(&mut self, server: usize, queue: &Queue, ctx: &Ctx, out: &mut Out<Events>) {
        let Some(customer) = self.waiting.pop_front() else { return };
        let service_us = queue.service.sample_us(ctx.die(Purpose::Service, u64::from(customer.number)));
        out.fact(BEGAN, customer.number as u16, Fact::Int(ctx.clock_us - customer.came_us));
        out.set_timer(Timer::Departure(server as u32), Range::exactly(service_us));
        self.serving[server] = Some(customer);
    }

    fn next_arrival(&self, queue: &Queue, ctx: &Ctx, out: &mut Out<Events>) {
        if self.came < queue.start + queue.arrivals {
            let gap_us = queue.arrival.sample_us(ctx.die(Purpose::Arrival, u64::from(self.came)));
            out.set_timer(Timer::Arrival, Range::exactly(gap_us));
        }
    }
}

/// Arrivals and departures are all that happens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Events;

impl Speech for Events {
    type Msg = Never;
    type Timer = Timer;
    type Request = Never;
    type Response = Never;
    type Disk = Never;
}

impl Protocol for Station {
    type Config = Queue;
    type Speech = Events;

    fn boot(queue: &Queue, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Events>) -> Self {
        let serving = vec![None; queue.servers as usize];
        let mut station = Station { came: 0, waiting: VecDeque::new(), serving, present: 0 };
        for _ in 0..queue.start {
            station.admit(queue, ctx, out);
        }
        station.next_arrival(queue, ctx, out);
        station
    }

    fn step(&mut self, queue: &Queue, input: Input<Events>, ctx: &Ctx, out: &mut Out<Events>) {
        match input {
            Input::Timer(Timer::Arrival) => {
                self.admit(queue, ctx, out);
                self.next_arrival(queue, ctx, out);
            }
            Input::Timer(Timer::Departure(server)) => {
                let customer = self.serving[server as usize].take().expect("who leaves was served");
                self.present -= 1;
                out.fact(LEFT, customer.number as u16, Fact::Int(ctx.clock_us - customer.came_us));
                self.serve(server as usize, queue, ctx, out);
            }
            Input::Deliver { msg, .. } => match msg {},
            Input::Ask(request) => match request {},
        }
    }
}

/// What a run of a queue showed, of those who came after the start.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Measured {
    /// Time in the system of each who left, in µs, in order of leaving.
    pub sojourns_us: Vec<i64>,
    /// Waiting time of each whose service began, in µs.
    pub waits_us: Vec<i64>,
    /// How many were lost.
    pub lost: u32,
    /// The integral of the number in the system over time, in µs, by counting; all customers.
    pub area_us: i128,
    /// When the run ended, in µs.
    pub ended_us: u64,
    present: i64,
    last_us: u64,
    left: u32,
    start_left: u32,
    expected: u32,
}

impl Observer<Events> for Measured {
    fn see(&mut self, mark: Mark, seen: Seen<'_, Events>, _: &World) {
        let Seen::Fact { key: FactKey { name, .. }, value: Fact::Int(value), .. } = seen else {
            if let Seen::Timer { name: Timer::Arrival, .. } = seen {
                self.count(mark.at_us, 1);
            }
            return;
        };
        match name {
            LEFT => {
                self.count(mark.at_us, -1);
                self.left += 1;
                // The customers of the start leave first, or nearly so; their own times began before the run.
                if self.start_left > 0 {
                    self.start_left -= 1;
                } else {
                    self.sojourns_us.push(*value);
                }
            }
            LOST => {
                self.count(mark.at_us, -1);
                self.left += 1;
                self.lost += 1;
            }
            _ => self.waits_us.push(*value),
        }
    }

    fn done(&self) -> bool {
        self.left >= self.expected
    }
}

impl Measured {
    fn count(&mut self, at_us: u64, by: i64) {
        self.area_us += i128::from(at_us - self.last_us) * i128::from(self.present);
        self.present += by;
        self.last_us = at_us;
    }
}

/// Runs a queue from its start until all have left.
pub fn measure(queue: &Queue, seed: u32) -> Measured {
    let mut measured = Measured {
        present: i64::from(queue.start),
        start_left: queue.start,
        expected: queue.start + queue.arrivals,
        ..Measured::default()
    };
    measured.ended_us = watch(queue, seed, &mut measured).ended_us;
    measured
}

/// Runs a queue until its observer has seen enough.
pub(super) fn watch(queue: &Queue, seed: u32, observer: &mut impl Observer<Events>) -> Run {
    let scenario =
        Scenario { lab: "queueing", seed, values: Vec::new(), cues: Vec::new(), horizon_us: u64::MAX / 2 };
    let setup = Setup {
        config: queue.clone(),
        cast: Cast { servers: 1, coordinators: 0, clients: 0 },
        network: Network::plain(Dist::Constant { ns: 0 }),
        work_us: Vec::new(),
        kinds: &[],
        scenario: &scenario,
    };
    super::run::<Station, _>(setup, observer, Detail::Totals)
}

/// The unit of time of the checks: the mean service takes 100 ms of virtual time, so that whole µs are fine enough.
const MEAN_US: f64 = 100_000.0;

fn exp(mean: f64) -> Dist {
    format!("exp-{}us", (mean * MEAN_US) as u64).parse().expect("a mean time")
}

/// M/M/1 at a load in percent, started in its steady state: geometric with ratio ρ.
fn mm1(load_percent: u32, seed: u32, arrivals: u32) -> Queue {
    let load = f64::from(load_percent) / 100.0;
    let unit = super::dice::unit(die(seed, Purpose::Choice, 0, 0));
    let start = (libm::log(unit) / libm::log(load)) as u32;
    Queue { arrival: exp(1.0 / load), service: exp(1.0), servers: 1, room: u32::MAX, start, arrivals }
}

const REPLICATIONS: u32 = 400;

/// Mean and its standard error of a figure over independent replications.
fn replicate(figure: impl Fn(u32) -> f64) -> (f64, f64) {
    let figures: Vec<f64> = (0..REPLICATIONS).map(figure).collect();
    let n = figures.len() as f64;
    let mean = figures.iter().sum::<f64>() / n;
    let variance = figures.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

fn within(what: &str, expected: f64, (measured, error): (f64, f64)) -> Result<String, String> {
    let text = format!("{what} {measured:.5} ± {error:.5}, expected {expected}");
    if (measured - expected).abs() <= 4.0 * error { Ok(text) } else { Err(text) }
}

fn mean_of(times_us: &[i64]) -> f64 {
    times_us.iter().sum::<i64>() as f64 / times_us.len() as f64 / MEAN_US
}

fn all(checks: impl IntoIterator<Item = Result<String, String>>) -> Result<String, String> {
    let mut said = Vec::new();
    for check in checks {
        said.push(check?);
    }
    Ok(said.join("; "))
}

fn check_mm1() -> Result<String, String> {
    all([(50, 2.0), (80, 5.0)].into_iter().flat_map(|(load, w)| {
        let runs: Vec<Measured> =
            (0..REPLICATIONS).map(|seed| measure(&mm1(load, seed, 400), seed)).collect();
        let p99_us = (w * std::f64::consts::LN_10 * 2.0 * MEAN_US) as i64;
        let over = |m: &Measured| m.sojourns_us.iter().filter(|s| **s > p99_us).count() as f64;
        [
            within(&format!("ρ={load}% W"), w, replicate(|seed| mean_of(&runs[seed as usize].sojourns_us))),
            within(
                &format!("ρ={load}% share over p99"),
                0.01,
                replicate(|seed| over(&runs[seed as usize]) / runs[seed as usize].sojourns_us.len() as f64),
            ),
        ]
    }))
}

/// Little's law holds exactly in a run that starts and ends empty: the area under N(t) is the sum of the sojourn times.
fn check_little() -> Result<String, String> {
    for seed in 0..100 {
        let queue = Queue { start: 0, ..mm1(80, seed, 500) };
        let measured = measure(&queue, seed);
        let sum: i128 = measured.sojourns_us.iter().map(|s| i128::from(*s)).sum();
        if sum != measured.area_us {
            return Err(format!("seed {seed}: area {} µs, sojourn times {sum} µs", measured.area_us));
        }
    }
    Ok("∫N(t)dt = Σ sojourn times, to the µs, in each of 100 runs".into())
}

fn check_mmc() -> Result<String, String> {
    let (servers, load) = (10u32, 8.0);
    let blocking = (1..=servers).fold(1.0, |b, k| load * b / (f64::from(k) + load * b));
    let wait = blocking / (1.0 - 0.8 * (1.0 - blocking)) / (f64::from(servers) - load);
    within(
        "M/M/10, a=8: Wq·μ",
        wait,
        replicate(|seed| {
            let queue = Queue { servers, start: 8, ..mm1(80, seed, 6_000) };
            let queue = Queue { arrival: exp(1.0 / load), ..queue };
            mean_of(&measure(&queue, seed).waits_us[2_000..])
        }),
    )
}

fn check_md1() -> Result<String, String> {
    within(
        "M/D/1, ρ=.8: Wq",
        2.0,
        replicate(|seed| {
            let service = format!("{MEAN_US}us").parse().expect("a time");
            let queue = Queue { service, start: 2, ..mm1(80, seed, 3_000) };
            mean_of(&measure(&queue, seed).waits_us[1_500..])
        }),
    )
}

fn check_mm1k() -> Result<String, String> {
    // Started in steady state, which for 10 places and ρ = .9 is the truncated geometric distribution.
    let (room, load) = (10u32, 0.9f64);
    let weights: Vec<f64> = (0..=room).scan(1.0, |w, _| Some(std::mem::replace(w, *w * load))).collect();
    let total: f64 = weights.iter().sum();
    let expected = weights[room as usize] / total;
    within(
        "M/M/1/10, ρ=.9: share lost",
        expected,
        replicate(|seed| {
            let mut left =
                below(die(seed, Purpose::Choice, 1, 0), 1 << 53) as f64 / (1u64 << 53) as f64 * total;
            let start = weights.iter().position(|w| {
                left -= w;
                left < 0.0
            });
            let start = start.unwrap_or(room as usize) as u32;
            let queue = Queue { room, start, arrival: exp(1.0 / load), ..mm1(90, seed, 500) };
            f64::from(measure(&queue, seed).lost) / 500.0
        }),
    )
}

/// The kernel's checks against queueing theory.
pub const FIDELITY: &[Fidelity] = &[
    Fidelity {
        id: "mm1",
        claim: "M/M/1: W = 1/(μ-λ), and one in a hundred stays longer than ln 100/(μ-λ)",
        source: "queueing theory (Kleinrock 1975, §3.2)",
        check: Check::Exact(check_mm1),
    },
    Fidelity {
        id: "little",
        claim: "Little's law L = λW holds exactly in every run that starts and ends empty",
        source: "Little 1961",
        check: Check::Exact(check_little),
    },
    Fidelity {
        id: "mmc",
        claim: "M/M/10 at a = 8: mean wait .204590/μ (Erlang C)",
        source: "Erlang 1917",
        check: Check::Exact(check_mmc),
    },
    Fidelity {
        id: "md1",
        claim: "M/D/1 at ρ = .8: mean wait 2/μ (Pollaczek–Khinchine)",
        source: "Pollaczek 1930, Khinchine 1932",
        check: Check::Exact(check_md1),
    },
    Fidelity {
        id: "mm1k",
        claim: "M/M/1/10 at ρ = .9 loses a share of .050814",
        source: "queueing theory (Kleinrock 1975, §3.6)",
        check: Check::Exact(check_mm1k),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_agrees_with_queueing_theory() {
        for fidelity in FIDELITY {
            let Check::Exact(check) = fidelity.check else { unreachable!("all are exact") };
            check().unwrap_or_else(|why| panic!("{}: {why}", fidelity.id));
        }
    }
}

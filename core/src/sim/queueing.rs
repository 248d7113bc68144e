//! Queues with known answers (M/M/1, M/M/c, M/G/1, M/M/1/K), run as a protocol of timers only: the kernel's own fidelity.

use super::{Ctx, Input, Network, Never, Observer, Out, Protocol, Range, Run, Seen, Setup, Speech};
use crate::cast::Cast;
use crate::chance::dice::Purpose;
use crate::chance::dist::Dist;
use crate::outcome::Detail;
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
    type Mark = Never;
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

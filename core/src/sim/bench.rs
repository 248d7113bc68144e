//! Loads for measuring the kernel, natively and in the page: each handles about as many events as it is asked to, and
//! has a bare binary-heap loop beside it that does the same with nothing around it. Both draw every time by the same die and the same
//! logarithm: what lies between them is the kernel alone.

use super::queueing::{self, LEFT, Queue};
use super::{Blind, Ctx, Input, Kinded, Network, Never, Observer, Out, Protocol, Seen, Setup, Speech};
use crate::cast::{Cast, NodeId};
use crate::chance::dice::{Purpose, die};
use crate::chance::dist::Dist;
use crate::outcome::Detail;
use crate::scenario::Scenario;
use crate::trace::{Fact, FactKey, Mark, World};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;

const ARRIVAL: &str = "exp-125ms";
const SERVICE: &str = "exp-100ms";

fn dist(text: &str) -> Dist {
    text.parse().expect("a distribution")
}

/// M/M/1 at ρ = .8 on the kernel; returns the sum of sojourn times, so that nothing is optimised away.
pub fn mm1(events: u64) -> u64 {
    let arrivals = (events / 2) as u32;
    let queue = Queue {
        arrival: dist(ARRIVAL),
        service: dist(SERVICE),
        servers: 1,
        room: u32::MAX,
        start: 0,
        arrivals,
    };
    let mut sojourns = Sojourns { sum_us: 0, expected: arrivals };
    queueing::watch(&queue, 1, &mut sojourns);
    sojourns.sum_us as u64
}

/// The sum of sojourn times, which is what the bare loop computes.
struct Sojourns {
    sum_us: i64,
    expected: u32,
}

impl Observer<queueing::Events> for Sojourns {
    fn see(&mut self, _: Mark, seen: Seen<'_, queueing::Events>, _: &World) {
        if let Seen::Fact { key: FactKey { name: LEFT, .. }, value: Fact::Int(sojourn_us), .. } = seen {
            self.sum_us += sojourn_us;
            self.expected -= 1;
        }
    }

    fn done(&self) -> bool {
        self.expected == 0
    }
}

/// M/M/1 at ρ = .8 in a bare heap loop with the same dice.
pub fn bare_mm1(events: u64) -> u64 {
    let (arrival, service) = (dist(ARRIVAL), dist(SERVICE));
    let mut heap = BinaryHeap::new();
    let (mut asked, mut came, mut served, mut present, mut sum) = (1u64, 0u64, 0u64, 0u64, 0u64);
    let mut waiting = std::collections::VecDeque::new();
    heap.push(Reverse((arrival.sample_us(die(1, Purpose::Arrival, 0, 0)), 0u64, false)));
    while let Some(Reverse((now_us, _, departs))) = heap.pop() {
        if departs {
            present -= 1;
            sum += now_us - waiting.pop_front().unwrap_or(now_us);
        } else {
            came += 1;
            present += 1;
            waiting.push_back(now_us);
            if came < events / 2 {
                let gap_us = arrival.sample_us(die(1, Purpose::Arrival, 0, came));
                heap.push(Reverse((now_us + gap_us, asked, false)));
                asked += 1;
            }
        }
        if present > 0 && (departs || present == 1) {
            let work_us = service.sample_us(die(1, Purpose::Service, 0, served));
            heap.push(Reverse((now_us + work_us, asked, true)));
            (asked, served) = (asked + 1, served + 1);
        }
    }
    sum
}

/// A node that sends itself a message for each that it gets: the hold model.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Holder;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Token(u32);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "token {}", self.0)
    }
}

impl Kinded for Token {
    fn kind(&self) -> u8 {
        0
    }
}

/// What holders say to themselves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Tokens;

impl Speech for Tokens {
    type Msg = Token;
    type Timer = Never;
    type Request = Never;
    type Response = Never;
    type Disk = Never;
    type Mark = Never;
}

impl Protocol for Holder {
    type Config = u32;
    type Speech = Tokens;

    fn boot(pending: &u32, _: Option<&Never>, ctx: &Ctx, out: &mut Out<Tokens>) -> Self {
        (0..*pending).for_each(|i| out.send(ctx.me, Token(i)));
        Holder
    }

    fn step(&mut self, _: &u32, input: Input<Tokens>, ctx: &Ctx, out: &mut Out<Tokens>) {
        let Input::Deliver { msg, .. } = input;
        out.send(ctx.me, msg);
    }
}

fn tokens(pending: u32, mean_us: u64, events: u64, detail: Detail) -> super::Run {
    // Each of `pending` tokens comes back after `mean_us` on average: so long a run handles about `events` of them.
    let horizon_us = events.saturating_mul(mean_us) / u64::from(pending);
    let scenario = Scenario { lab: "hold", seed: 1, values: Vec::new(), cues: Vec::new(), horizon_us };
    let setup = Setup {
        config: pending,
        cast: Cast { servers: 1, coordinators: 0, clients: 0 },
        network: Network::plain(Dist::Exponential { mean_ns: mean_us * 1_000 }),
        work_us: Vec::new(),
        kinds: &[],
        scenario: &scenario,
    };
    super::run::<Holder, _>(setup, &mut Blind, detail)
}

const MEAN_US: u64 = 10_000_000;

/// The hold model on the kernel: so many messages under way, each sent again when it arrives.
pub fn hold(pending: u32, events: u64) -> u64 {
    tokens(pending, MEAN_US, events, Detail::Totals).digest.value()
}

/// The hold model in a bare heap loop with the same dice.
pub fn bare_hold(pending: u32, events: u64) -> u64 {
    let dist = Dist::Exponential { mean_ns: MEAN_US * 1_000 };
    let delay = |i: u64| dist.sample_us(die(1, Purpose::Delay, 0, i));
    let mut heap: BinaryHeap<_> =
        (0..u64::from(pending)).map(|i| Reverse((delay(i), i, NodeId(0)))).collect();
    let mut asked = u64::from(pending);
    for _ in 0..events {
        let Some(Reverse((now_us, _, node))) = heap.pop() else { break };
        heap.push(Reverse((now_us + delay(asked), asked, node)));
        asked += 1;
    }
    asked ^ heap.pop().map_or(0, |Reverse((at_us, ..))| at_us)
}

/// About so many records at full detail; returns how many there are.
pub fn hops(records: u64) -> u64 {
    // Each token leaves two records a turn: it is sent and it is delivered.
    tokens(16, 1_000, records / 2, Detail::Full).trace.records().len() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loads_do_what_their_bare_loops_do() {
        assert_eq!(mm1(10_000), bare_mm1(10_000), "the same dice give the same sojourn times");
        assert!((9_000..11_000).contains(&hops(10_000)));
    }
}

//! Small graphs of any shape: nothing panics, the laws hold at any end, every call ends.

use super::*;
use proptest::prelude::*;

/// A number below this, taken from what proptest has drawn.
struct Draws(Vec<u32>, usize);

impl Draws {
    fn below(&mut self, most: u32) -> u32 {
        self.1 += 1;
        self.0[self.1 % self.0.len()].rotate_left((self.1 / self.0.len()) as u32) % most
    }

    fn one_in(&mut self, many: u32) -> bool {
        self.below(many) == 0
    }
}

/// People, and services of which each calls some of those before it.
fn graph(draws: &mut Draws) -> Graph {
    let mut graph = Graph::new(&["call", "other"]);
    let services = 1 + draws.below(4);
    for place in 0..services {
        let sort = if draws.one_in(2) { Sort::Server } else { Sort::Coordinator };
        let desk = Desk {
            deadline: draws.one_in(3),
            keys: draws.one_in(4),
            limit: draws.one_in(4).then(|| limit(draws)),
            adaptive: draws.one_in(6).then_some(concurrency::Policy::AIMD),
            concurrency: if draws.one_in(4) { 1 + draws.below(5) } else { 0 },
            reserve: vec![0, draws.below(3)],
            tells_after: draws.one_in(2),
            mistakes: [Mistakes::AfterWork, Mistakes::AtDoor, Mistakes::Never][draws.below(3) as usize],
        };
        let orders = [
            Discipline::Fifo,
            Discipline::Lifo,
            Discipline::ByClass,
            Discipline::Adaptive { after_us: 20 * MS },
        ];
        let order = orders[draws.below(4) as usize];
        let full = [Full::Refuse, Full::DropOldest, Full::DropLowest][draws.below(3) as usize];
        let codel = draws.one_in(3).then_some(codel::Policy::FOLLY);
        let expired = [Expired::Serve, Expired::Drop, Expired::Predict][draws.below(3) as usize];
        let tier = graph.tier(Tier {
            desk,
            line: Line { order, limit: draws.below(6), full, expired, codel },
            threads: draws.below(4),
            workers: draws.below(3),
            work: Dist::Exponential { mean_ns: u64::from(1 + draws.below(40)) * 1_000_000 },
            fails: if draws.one_in(3) { 300_000 } else { 0 },
            ..Tier::new("service", sort, 1 + draws.below(3) as u16)
        });
        let mut hops = Vec::new();
        for to in (0..place as u8).map(TierId) {
            if !draws.one_in(3) {
                hops.push(hop(&mut graph, (tier, to), draws));
            }
        }
        let mut steps = vec![Step::WORK];
        if !hops.is_empty() {
            let calls = match draws.below(5) {
                0 => Step::One(hops.clone()),
                1 => Step::All(hops.clone()),
                2 => Step::Any(hops.clone()),
                3 => Step::Fan { hop: hops[0], times: 3, need: 1 + draws.below(3) as u16 },
                _ => Step::Call(hops[0]),
            };
            steps.insert(draws.below(2) as usize, calls);
            if draws.one_in(3) {
                steps.push(Step::Else(vec![Step::Work(500_000), Step::Call(hops[0])]));
            }
            if draws.one_in(4) {
                steps.insert(0, Step::Admit(hops[0]));
                steps.insert(1, Step::Down(vec![Step::Limit]));
            }
            if draws.one_in(4) {
                steps.insert(1, Step::Reply);
            }
        }
        graph.route(tier, steps);
    }
    let people = graph.tier(Tier::new("people", Sort::Client, 1 + draws.below(4) as u16));
    let front = hop(&mut graph, (people, TierId(services as u8 - 1)), draws);
    graph.route(people, vec![Step::Call(front)]);
    let gap = Dist::Exponential { mean_ns: 20_000_000 };
    let arrivals = if draws.one_in(3) { Arrivals::Closed(gap) } else { Arrivals::Open(gap) };
    let budget_us = if draws.one_in(2) { 100 * MS } else { 0 };
    let class = draws.below(2) as u8;
    let tenants = if draws.one_in(2) { vec![1, 3] } else { Vec::new() };
    let mix = if draws.one_in(2) { vec![(1 - class, 500_000)] } else { Vec::new() };
    let at_once = if matches!(arrivals, Arrivals::Open(_)) { 1 + draws.below(3) } else { 1 };
    let keys = Keys::Uniform(1 + draws.below(4));
    graph.source(Source {
        each: 20,
        budget_us,
        class,
        tenants,
        mix,
        at_once,
        keys,
        bad: 50_000,
        ..Source::new(people, arrivals)
    });
    if draws.one_in(2) {
        let kinds =
            [Kind::Silence, Kind::Mute, Kind::Refusal, Kind::Errors(500_000), Kind::Slow(9), Kind::Burst(5)];
        let tier = TierId(draws.below(services) as u8);
        let kind = [Kind::Shard(0)].into_iter().chain(kinds).nth(draws.below(7) as usize).unwrap_or(kinds[0]);
        let steady = matches!(kind, Kind::Burst(_));
        graph.trouble(Trouble {
            flap_us: if !steady && draws.one_in(3) { 30 * MS } else { 0 },
            recover_below: if !steady && draws.one_in(3) { 5_000_000 } else { 0 },
            ..Trouble::new(tier, kind, (100 * MS, 200 * MS))
        });
    }
    graph
}

fn limit(draws: &mut Draws) -> Limit {
    let kinds = [limiter::Kind::Fixed, limiter::Kind::Bucket, limiter::Kind::Leaky, limiter::Kind::Counter];
    let policy = limiter::Policy {
        kind: kinds[draws.below(4) as usize],
        limit: 1 + draws.below(3),
        window_us: 100 * MS,
        burst: 2,
    };
    let sync_us = if draws.one_in(2) { 0 } else { 500 * MS };
    Limit { by_tenant: draws.one_in(2), by_route: draws.one_in(2), sync_us, ..Limit::new(policy) }
}

fn hop(graph: &mut Graph, (from, to): (TierId, TierId), draws: &mut Draws) -> HopId {
    let picks = [Pick::Random, Pick::RoundRobin, Pick::LeastOutstanding, Pick::Choices(2)];
    let rules = [deadline::Rule::HalfEach, deadline::Rule::HalfLeft, deadline::Rule::Deadline];
    let pool = draws
        .one_in(3)
        .then(|| graph.pool(Threads { threads: 1 + draws.below(2), queue_limit: draws.below(3) }));
    let policy = breaker::Policy { open_us: 50 * MS, ..breaker::Policy::RESILIENCE4J };
    let policy = breaker::Policy { trip: breaker::Trip::Consecutive(2), ..policy };
    let budget = draws.one_in(3).then_some(Budget::Throttle { tokens: 4, ratio_permille: 100 });
    let again = Again { attempts: 1 + draws.below(3), backoff: every(5 * MS), budget, ..Again::NEVER };
    graph.hop(Hop {
        pick: picks[draws.below(4) as usize],
        uneven: if draws.one_in(4) { 700_000 } else { 0 },
        time: Time {
            timeout_us: u64::from(1 + draws.below(100)) * MS,
            share: draws.one_in(2).then_some(rules[draws.below(3) as usize]),
            adaptive: None,
            carry: [Carry::No, Carry::Duration, Carry::Clock][draws.below(3) as usize],
            cancel: draws.one_in(2),
        },
        again,
        gate: draws.one_in(3).then(|| Gate {
            by_instance: draws.one_in(2),
            shards: 1 + draws.below(3),
            outside: draws.one_in(2),
            ..Gate::new(policy)
        }),
        pool,
        throttle: draws.one_in(4).then_some(throttle::Policy::SRE),
        fallback: draws.one_in(4),
        ..Hop::new(from, to, MS)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_the_laws_hold_and_every_call_ends(seed: u32, draws in proptest::collection::vec(any::<u32>(), 48), end_us in 0u64..900_000, crash_us in 0u64..500_000) {
        let made = || graph(&mut Draws(draws.clone(), 0));
        let name = if made().tiers[0].sort == Sort::Server { "n1" } else { "k1" };
        let (crash, start) = (format!("crash:{name}"), format!("start:{name}"));
        let script = [(crash_us, crash.as_str()), (crash_us + 30 * MS, start.as_str())];
        // At any end, with and without a crash.
        watch(made(), MS, end_us, &script, seed);
        let long = watch(made(), MS, 600_000 * MS, &script, seed);
        prop_assert_eq!(long.ends.len() as u64, long.begun, "every request ends");
        prop_assert_eq!(long.ledger.sum((0..long.ledger.shape().hops).map(|hop| Count::Called(HopId(hop)))), long.ledger.sum(
            (0..long.ledger.shape().hops).flat_map(|hop| Ending::ALL.map(|how| Count::CallOver(HopId(hop), how)))), "and every call");
        prop_assert_eq!(long.digest, watch(made(), MS, 600_000 * MS, &script, seed).digest);
    }
}

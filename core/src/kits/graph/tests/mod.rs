//! Graphs made by hand, and what their runs come to. Every run is asked for the laws of conservation at its end.

mod calls;
mod counted;
mod data;
mod door;
mod fleet;
mod guards;
mod hedges;
mod laws;
mod limited;
mod observed;
mod parts;
mod random;
mod shed;
mod steps;
mod turns;

use super::*;
use crate::cast::{NodeId, Sort};
use crate::outcome::Detail;
use crate::parts::queue::{Discipline, Full};
use crate::parts::{
    adaptive_timeout, backoff, breaker, codel, concurrency, deadline, limiter, retry_budget, throttle,
};
use crate::scenario::{Cue, Scenario};
use crate::sim::dist::Dist;
use crate::sim::{Network, Observer, OpId, Seen, Setup};
use crate::trace::World;

/// A millisecond: how long a message takes.
const MS: u64 = 1_000;

/// What a run came to.
pub struct Watch {
    pub ledger: Ledger,
    pub marks: Vec<(u64, NodeId, Mark)>,
    pub begun: u64,
    pub ends: Vec<(u64, OpId, Response)>,
    /// Calls under way: when, to whom.
    pub calls: Vec<(u64, NodeId)>,
    /// What they are about.
    pub abouts: Vec<About>,
    pub digest: u64,
}

impl Observer<Speech> for Watch {
    fn see(&mut self, at: crate::trace::Mark, seen: Seen<'_, Speech>, _: &World) {
        match seen {
            Seen::Mark { node, mark, .. } => {
                self.ledger.mark(at.at_us, node, mark);
                self.marks.push((at.at_us, node, mark));
            }
            Seen::Crash(node) => self.ledger.crashed(at.at_us, node),
            Seen::Invoke { .. } => self.begun += 1,
            Seen::Return { op, response, .. } => self.ends.push((at.at_us, op, *response)),
            Seen::Send { to, msg: Msg::Call { about, .. }, .. } => {
                self.calls.push((at.at_us, to));
                self.abouts.push(*about);
            }
            _ => {}
        }
    }
}

impl Watch {
    /// When marks like this were told.
    pub fn when(&self, is: impl Fn(Mark) -> bool) -> Vec<u64> {
        self.marks.iter().filter(|(_, _, mark)| is(*mark)).map(|(at_us, _, _)| *at_us).collect()
    }

    /// How calls of a hop ended: when, how, why there was no other try, after how many.
    pub fn over(&self, hop: HopId) -> Vec<(u64, Ending, Stop, u16)> {
        let over = self.marks.iter().filter_map(|(at_us, _, mark)| match mark {
            Mark::CallOver { hop: at, how, stop, tries, .. } if *at == hop => {
                Some((*at_us, *how, *stop, *tries))
            }
            _ => None,
        });
        over.collect()
    }

    pub fn total(&self, count: Count) -> u64 {
        self.ledger.total(count)
    }
}

/// A run of a graph whose messages take so long, with a script.
pub fn watch(graph: Graph, leg_us: u64, for_us: u64, script: &[(u64, &str)], seed: u32) -> Watch {
    let config = Config::new(graph).expect("a graph");
    let act = |(at_us, act): &(u64, &str)| Cue { at_us: *at_us, act: act.parse().expect("an act") };
    let cues = script.iter().map(act).collect();
    let scenario = Scenario { lab: "", seed, values: Vec::new(), cues, horizon_us: for_us };
    let ledger = Ledger::new(config.shape(), config.cast.len(), 1_000_000);
    let (marks, ends, calls, abouts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut watch = Watch { ledger, marks, begun: 0, ends, calls, abouts, digest: 0 };
    let network = Network::plain(Dist::constant_us(leg_us));
    let setup =
        Setup { cast: config.cast, network, work_us: Vec::new(), kinds: KINDS, scenario: &scenario, config };
    let run = crate::sim::run::<Node, _>(setup, &mut watch, Detail::Totals);
    watch.ledger.end(run.ended_us);
    assert_eq!(watch.ledger.balance(), Ok(()));
    watch.digest = run.digest.value();
    watch
}

/// People who call a server with one worker, whose work takes 10 ms; a call may take a second.
pub fn pair(people: u16) -> (Graph, HopId) {
    let mut graph = Graph::new(&["call", "other"]);
    let server = graph.tier(Tier {
        workers: 1,
        work: Dist::constant_us(10 * MS),
        ..Tier::new("server", Sort::Server, 1)
    });
    let people = graph.tier(Tier::new("people", Sort::Client, people));
    let hop = graph.hop(Hop::new(people, server, 1_000 * MS));
    graph.route(server, vec![Step::WORK]);
    graph.route(people, vec![Step::Call(hop)]);
    (graph, hop)
}

/// People, a service in front without work of its own, a server behind.
pub fn chain() -> (Graph, [HopId; 2]) {
    let (mut graph, _) = pair(3);
    let front = graph.tier(Tier::new("front", Sort::Coordinator, 1));
    let inner = graph.hop(Hop::new(front, TierId(0), 1_000 * MS));
    graph.hops[0].to = front;
    graph.route(front, vec![Step::Call(inner)]);
    (graph, [HopId(0), inner])
}

/// Delays that are always the same.
pub fn every(delay_us: u64) -> backoff::Policy {
    backoff::Policy {
        kind: backoff::Kind::Fixed,
        initial_us: delay_us,
        jitter_permille: 0,
        ..backoff::Policy::BOOK
    }
}

/// A crowd pays for memory and not for arithmetic.
#[test]
fn a_client_is_small() {
    assert!(size_of::<Node>() <= 128, "{}", size_of::<Node>());
}

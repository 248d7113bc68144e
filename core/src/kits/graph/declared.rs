//! What a lab hands over: a graph of services as data. Who takes part in tiers, who calls whom and how, what a request does where, and what goes wrong.
//!
//! All times are in µs, all shares in millionths.

use super::believed::{Beliefs, Pace, Pick};
use super::control::Scale;
use super::guards::{Gate, PoolId, Threads};
use super::limit::Limit;
pub use super::line::{Expired, Line};
use super::mark::{HopId, TierId};
use super::observe::Observed;
use super::reach::Reach;
use super::roles::Role;
use super::source::Bursts;
pub use super::step::{Route, Step};
use super::trouble::Trouble;
use crate::cast::Sort;
use crate::parts::{adaptive_timeout, backoff, concurrency, deadline, retry_budget, throttle};
use crate::sim::dist::Dist;

/// What sort of request it is: an index into [`Graph::classes`].
pub type Class = u8;

/// A graph of services.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Who takes part.
    pub tiers: Vec<Tier>,
    /// Who calls whom.
    pub hops: Vec<Hop>,
    /// Threads that hops share.
    pub pools: Vec<Threads>,
    /// Where requests come from: at most one for a tier.
    pub sources: Vec<Source>,
    /// What a request does where.
    pub routes: Vec<Route>,
    /// What goes wrong: at most one trouble for a tier.
    pub troubles: Vec<Trouble>,
    /// Who starts and stops instances.
    pub scales: Vec<Scale>,
    /// What of it all is told to somebody who watches, and how.
    pub observed: Option<Observed>,
    /// What sorts of requests there are, the most important first.
    pub classes: &'static [&'static str],
}

impl Graph {
    /// Nobody yet.
    pub fn new(classes: &'static [&'static str]) -> Graph {
        let (tiers, hops, pools) = (Vec::new(), Vec::new(), Vec::new());
        Graph {
            tiers,
            hops,
            pools,
            sources: Vec::new(),
            routes: Vec::new(),
            troubles: Vec::new(),
            scales: Vec::new(),
            observed: None,
            classes,
        }
    }

    /// One more tier.
    pub fn tier(&mut self, tier: Tier) -> TierId {
        self.tiers.push(tier);
        TierId(self.tiers.len() as u8 - 1)
    }

    /// One more hop.
    pub fn hop(&mut self, hop: Hop) -> HopId {
        self.hops.push(hop);
        HopId(self.hops.len() as u8 - 1)
    }

    /// What is called by each hop, by its number: the name of its tier.
    pub fn called(&self) -> Vec<&'static str> {
        self.hops.iter().map(|hop| self.tiers[usize::from(hop.to.0)].name).collect()
    }

    /// One more pool; each instance of the tier that calls has one of its own.
    pub fn pool(&mut self, threads: Threads) -> PoolId {
        self.pools.push(threads);
        PoolId(self.pools.len() as u8 - 1)
    }

    /// One more source.
    pub fn source(&mut self, source: Source) {
        self.sources.push(source);
    }

    /// What requests of every class do at a tier.
    pub fn route(&mut self, tier: TierId, steps: Vec<Step>) {
        self.routes.push(Route { tier, class: None, steps });
    }

    /// What requests of one class do at a tier.
    pub fn route_of(&mut self, tier: TierId, class: Class, steps: Vec<Step>) {
        self.routes.push(Route { tier, class: Some(class), steps });
    }

    /// One more trouble.
    pub fn trouble(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
    }
}

/// One or more like instances of a service, or of those who call.
#[derive(Clone, Debug)]
pub struct Tier {
    /// What its nodes are, in a word.
    pub name: &'static str,
    /// What they are called: nodes of a sort are numbered through its tiers.
    pub sort: Sort,
    /// How many there are.
    pub instances: u16,
    /// Who may come in.
    pub desk: Desk,
    /// Those that wait for a thread, where there are threads; else for a worker.
    pub line: Line,
    /// Held from the door to the reply, also while others are called; 0: nothing is held.
    pub threads: u32,
    /// Instead, so many are held as there are workers where this hop leads, of instances that are ready: they are given one request after the other.
    pub slots: Option<HopId>,
    /// Who do the work; 0: each request does its own, which then is a delay.
    pub workers: u32,
    /// The work of a request.
    pub work: Dist,
    /// How many requests fail, after their work has been done.
    pub fails: u32,
    /// What it holds.
    pub role: Role,
    /// How fast each instance works.
    pub pace: Pace,
}

impl Tier {
    /// A service that takes whatever comes, without work.
    pub fn new(name: &'static str, sort: Sort, instances: u16) -> Tier {
        let (desk, line, work) = (Desk::default(), Line::default(), Dist::constant_us(0));
        let (threads, slots, workers, fails, role, pace) = (0, None, 0, 0, Role::Service, Pace::default());
        Tier { name, sort, instances, desk, line, threads, slots, workers, work, fails, role, pace }
    }
}

/// Who may come in: asked in the order of the fields, once the trouble that there may be has been asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Desk {
    /// Whether what comes after its deadline is refused.
    pub deadline: bool,
    /// Whether a request of an operation that has been executed here is known, and not executed again.
    pub keys: bool,
    /// How many come in, in the long run and at once.
    pub limit: Option<Limit>,
    /// How many may be here, in line and begun; 0 is without limit.
    pub concurrency: u32,
    /// Instead, a number that adapts.
    pub adaptive: Option<concurrency::Policy>,
    /// How many places in line requests of each class must leave to those that are more important; none for classes beyond its end.
    pub reserve: Vec<u32>,
    /// Whether a refusal tells after what time it is worth another try.
    pub tells_after: bool,
    /// When a client's own mistake is found.
    pub mistakes: Mistakes,
}

/// When a client's own mistake is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mistakes {
    /// Once the work has been done.
    #[default]
    AfterWork,
    /// At the door, by who is well enough to answer.
    AtDoor,
    /// Not here.
    Never,
}

/// Who calls whom, and how.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Who calls.
    pub from: TierId,
    /// Who is called.
    pub to: TierId,
    /// Which of its instances a call may go to at all.
    pub reach: Reach,
    /// Which of these.
    pub pick: Pick,
    /// Instead of that by chance, the n-th 1/n^s as often as the first, with this s in millionths; 0: as picked.
    pub uneven: u32,
    /// What it believes of them.
    pub beliefs: Beliefs,
    /// How long it may take.
    pub time: Time,
    /// When it is tried again.
    pub again: Again,
    /// A breaker before it.
    pub gate: Option<Gate>,
    /// Threads that it takes.
    pub pool: Option<PoolId>,
    /// Whether the caller makes fewer calls of itself when many are refused.
    pub throttle: Option<throttle::Policy>,
    /// Whether a call that fails is answered by something older or simpler, if not by its client's mistake.
    pub fallback: bool,
    /// When it is tried at other instances as well; then it has neither retries nor a gate nor a pool.
    pub hedge: Option<Hedge>,
}

impl Hop {
    /// One try, for as long as this.
    pub fn new(from: TierId, to: TierId, timeout_us: u64) -> Hop {
        let time = Time { timeout_us, share: None, adaptive: None, carry: Carry::No, cancel: false };
        let (reach, pick, beliefs, again) = (Reach::All, Pick::Random, Beliefs::OWN, Again::NEVER);
        let (gate, pool, throttle, fallback, hedge) = (None, None, None, false, None);
        Hop { from, to, reach, pick, uneven: 0, beliefs, time, again, gate, pool, throttle, fallback, hedge }
    }

    /// How many tries a call may come to.
    pub fn tries(&self) -> u32 {
        self.hedge.map_or(self.again.attempts, |hedge| hedge.most.saturating_add(1))
    }
}

/// How long a try may take, and what the callee is told of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Time {
    /// How long; where it follows the latency, at first.
    pub timeout_us: u64,
    /// Instead, a share of the time that the caller's own request has, where it has a deadline.
    pub share: Option<deadline::Rule>,
    /// Instead, a multiple of what others took.
    pub adaptive: Option<adaptive_timeout::Policy>,
    /// How the deadline of a try travels.
    pub carry: Carry,
    /// Whether the callee is told that nobody waits any more.
    pub cancel: bool,
}

/// How a deadline travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carry {
    /// It does not.
    No,
    /// As the time that is left, which counts from when the call comes (gRPC's `grpc-timeout`).
    Duration,
    /// As a time of the clock, which is right where clocks are.
    Clock,
}

/// When a call is tried again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Again {
    /// How often it is tried in all, at least once.
    pub attempts: u32,
    /// The delay before each retry.
    pub backoff: backoff::Policy,
    /// No retry begins later than this after the call; 0 is without limit.
    pub total_us: u64,
    /// Whether the caller's own mistakes are retried too.
    pub mistakes: bool,
    /// Whether callers spread themselves over once to twice the time that a refusal tells.
    pub spread_after: bool,
    /// What limits the retries of each caller besides.
    pub budget: Option<Budget>,
}

impl Again {
    /// One try.
    pub const NEVER: Again = Again {
        attempts: 1,
        backoff: backoff::Policy::BOOK,
        total_us: 0,
        mistakes: false,
        spread_after: false,
        budget: None,
    };
}

/// When a call is tried at other instances as well, before an answer has come (gRPC proposal A6, `hedgingPolicy`). The first good answer is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hedge {
    /// How long after the last try another goes out (`hedgingDelay`); where it follows the latency, at first.
    pub after_us: u64,
    /// Instead, a multiple of what first tries took.
    pub adaptive: Option<adaptive_timeout::Policy>,
    /// How many tries go out besides the first: one less than `maxAttempts`.
    pub most: u32,
    /// What becomes of the other tries once an answer is there.
    pub recall: Recall,
}

/// Which requests are taken back that nobody waits for any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recall {
    /// None.
    Never,
    /// Those that are not in work yet (Dean and Barroso's tied requests).
    Waiting,
    /// All.
    AtOnce,
}

/// What limits retries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Budget {
    /// A share of the calls, or of the successes.
    Ratio(retry_budget::Policy),
    /// gRPC's throttling.
    Throttle {
        /// `maxTokens`.
        tokens: u32,
        /// `tokenRatio`, in thousandths.
        ratio_permille: u32,
    },
}

/// Where requests come from: each instance of the tier has a stream of its own.
#[derive(Clone, Debug)]
pub struct Source {
    /// Whose.
    pub tier: TierId,
    /// Of which class they are, but for the mix.
    pub class: Class,
    /// How many are of other classes.
    pub mix: Vec<(Class, u32)>,
    /// How much each tenant asks for beside others; empty if there is but one.
    pub tenants: Vec<u32>,
    /// Instead, each instance of the tier is a tenant of its own.
    pub tenant_each: bool,
    /// What they ask for.
    pub keys: Keys,
    /// When they come.
    pub arrivals: Arrivals,
    /// How many come at once; such groups are as far apart as else requests are.
    pub at_once: u32,
    /// If all begin together, when: the first request of each comes then.
    pub together_us: Option<u64>,
    /// How long a request may take: its deadline; 0 is without limit.
    pub budget_us: u64,
    /// The most requests of an instance; 0 is without limit.
    pub each: u32,
    /// How many requests are the client's own mistake.
    pub bad: u32,
}

impl Source {
    /// Requests of the first class.
    pub fn new(tier: TierId, arrivals: Arrivals) -> Source {
        let (mix, tenants, keys) = (Vec::new(), Vec::new(), Keys::None);
        Source {
            tier,
            class: 0,
            mix,
            tenants,
            tenant_each: false,
            keys,
            arrivals,
            at_once: 1,
            together_us: None,
            budget_us: 0,
            each: 0,
            bad: 0,
        }
    }

    /// The classes that its requests may be of.
    pub fn classes(&self) -> impl Iterator<Item = Class> + '_ {
        std::iter::once(self.class).chain(self.mix.iter().map(|(class, _)| *class))
    }
}

/// What the requests of a source ask for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Keys {
    /// All for the same.
    None,
    /// For one of so many keys, each as often.
    Uniform(u32),
    /// For one after the other of so many, round and round.
    Loop(u32),
    /// As by Zipf's law, until from a time on the last are asked for as often as the first were.
    Turned {
        /// How many.
        keys: u32,
        /// s.
        exponent_millionths: u32,
        /// When, in µs.
        at_us: u64,
    },
    /// For the n-th of so many keys as often as 1/n^s.
    Zipf {
        /// How many.
        keys: u32,
        /// The exponent s.
        exponent_millionths: u32,
    },
}

impl Keys {
    /// How many there are.
    pub fn count(&self) -> Option<u32> {
        match self {
            Keys::None => None,
            Keys::Uniform(keys) | Keys::Loop(keys) => Some(*keys),
            Keys::Zipf { keys, .. } | Keys::Turned { keys, .. } => Some(*keys),
        }
    }
}

/// When requests come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arrivals {
    /// With these gaps at each instance, whatever becomes of those before.
    Open(Dist),
    /// The same, but the instances take turns: their first ones lie evenly in the first gap.
    Regular(Dist),
    /// So long after the last has ended.
    Closed(Dist),
    /// Many together, again and again.
    Bursts(Bursts),
}

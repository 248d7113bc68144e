//! What a reader may set in the lab gateway.

pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::sim::dist::Dist;

/// The most servers, all parts together.
pub const MOST_SERVERS: u32 = 2_000;

crate::choice! {
    /// How the parts of a page are asked for.
    pub enum Shape { Parallel = "parallel" "all at once", Sequence = "sequence" "one after the other" }
}
crate::choice! {
    /// What a page waits for.
    pub enum Need {
        All = "all" "all of its parts",
        K = "k" "any k of them",
        Essential = "essential" "the essential ones; the others may be missing",
    }
}
crate::choice! {
    /// What a leaf is.
    pub enum Queues {
        Off = "off" "times that are drawn: nobody waits for another",
        On = "on" "servers with a line: who comes makes others wait",
    }
}
crate::choice! {
    /// When a second request goes out.
    pub enum Hedge {
        Off = "off" "never",
        After = "after" "after a time",
        P95 = "p95" "when 95 of 100 would be back",
    }
}
crate::choice! {
    /// What becomes of requests that nobody waits for.
    pub enum Cancel { None = "none" "they are done all the same", Done = "done" "they are called back" }
}
crate::choice! {
    /// For whom the gateway's limit is.
    pub enum Limiter {
        None = "none" "there is none",
        All = "all" "one bucket for all clients",
        Client = "client" "a bucket for each client",
    }
}
crate::choice! {
    /// What goes wrong.
    pub enum Trouble {
        None = "none" "nothing",
        Leaf = "leaf" "one server, n1, is slower",
        Leaves = "leaves" "all leaves are slower",
        Part = "part" "the last part fails, at once",
        Store = "store" "the store fails, at once",
    }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Pages" {
            fan: u32 = int(1, 2_000, 10, "parts"), "Parts", "Of how many parts a page is made: each is a call of the gateway's to a leaf of its own.", moves_luck;
            shape: Shape = choice(Shape::WORDS, 0), "Asked for", "Whether the gateway asks for the parts at once, or for each when it has the one before.", moves_luck;
            need: Need = choice(Need::WORDS, 0), "A page needs", "When the gateway sends the page.";
            k: u32 = int(1, 2_000, 9, "parts"), "k", "How many parts are enough, where any k are.";
            essential: u32 = int(0, 2_000, 1, "parts"), "Essential", "So many parts, from the first, must be there, where some are essential.";
            deadline: u64 = duration(1_000, 3_600_000_000, 10_000_000), "Deadline", "How long the gateway waits for a part; a try of an application or a sidecar waits as long.";
            rate: u32 = decimal(10_000, 4_000_000_000, 50_000_000, "per second"), "Rate", "Without lines: pages that clients ask for in a second.";
        }
        "Leaves" {
            queues: Queues = choice(Queues::WORDS, 1), "A leaf is", "Servers with a line, or times drawn from a distribution. Second requests look good in the latter.";
            utilisation: u32 = decimal(10_000, 2_000_000, 300_000, "of capacity"), "Utilisation", "With lines: the work that pages bring, as a share of what the leaves can do, if nothing is asked for twice; 20,000 pages a second at the most.";
            replicas: u32 = int(1, 50, 2, "servers"), "Replicas", "How many servers can make each part; one is taken by chance.";
            leaf: Dist = dist("exp-10ms"), "Work", "What a part takes at a leaf.";
            slow_share: u32 = decimal(0, 1_000_000, 0, "of calls"), "Slow share", "How many calls meet a leaf in a bad moment.";
            slow: Dist = dist("1s"), "Slow work", "What a part takes then.";
            availability: u32 = decimal(0, 1_000_000, 1_000_000, "of calls"), "Availability", "How many calls go well at a leaf.";
            store: Switch = choice(Switch::WORDS, 0), "Shared store", "Whether all leaves call one store behind them, after their own work.", moves_luck;
            store_capacity: u32 = decimal(1_000_000, 4_000_000_000, 2_000_000_000, "per second"), "Its capacity", "Requests that the store can finish in a second.";
            latency: Dist = dist("500us"), "Network", "What a message takes, one way; to a sidecar as well.";
        }
        "Second requests" {
            hedge: Hedge = choice(Hedge::WORDS, 0), "Hedge", "When a call of a leaf is tried at another replica as well.", moves_luck;
            hedge_after: u64 = duration(100, 3_600_000_000, 40_000), "Hedge after", "How long a call has been out by then; where it follows the latency, at first.";
            hedge_budget: u32 = decimal(1_000, 1_000_000, 1_000_000, "of calls"), "Hedge budget", "How many second requests there may be for each call, at the most; in the long run.";
            copies: u32 = int(1, 3, 1, "requests"), "Copies at once", "To how many replicas each call goes from the start.", moves_luck;
            cancel: Cancel = choice(Cancel::WORDS, 0), "The losers", "What becomes of requests that nobody waits for any more.";
        }
        "Retries and mesh" {
            mesh: Switch = choice(Switch::WORDS, 0), "Mesh", "Whether calls go through sidecars, which have retries of their own.", moves_luck;
            proxy: Dist = dist("500us"), "A sidecar takes", "What a sidecar takes to pass a request on.";
            app_attempts: u32 = int(1, 10, 1, "attempts"), "Application attempts", "How often gateway and leaves try a call in all, without a delay.", moves_luck;
            mesh_attempts: u32 = int(1, 10, 1, "attempts"), "Mesh attempts", "How often a sidecar tries it in all, each time that it is asked.", moves_luck;
        }
        "Gateway" {
            auth: Dist = dist("1ms"), "Token check", "What the gateway takes to check who asks.";
            clients: u32 = int(1, 50, 1, "clients"), "Clients", "How many clients share the gateway.";
            greedy: u32 = int(1, 1_000, 1, "times"), "The first asks", "How many times as often as each of the others the first client asks.";
            limiter: Limiter = choice(Limiter::WORDS, 0), "Rate limit", "A token bucket in the gateway, which holds a quarter of a second's worth.";
            limit: u32 = decimal(10_000, 4_000_000_000, 20_000_000, "per second"), "Limit", "Pages a second for each client; one bucket for all holds as many times as much as there are clients.";
        }
        "Trouble" {
            trouble: Trouble = choice(Trouble::WORDS, 0), "Trouble", "What goes wrong for a while.";
            slowdown: u32 = int(1, 100_000, 20, "times"), "Slowdown", "Slower: how many times longer work takes.";
            trouble_at: u64 = duration(0, 3_600_000_000, 2_000_000), "Begins at", "When the trouble begins.";
            trouble_for: u64 = duration(0, 3_600_000_000, 4_000_000), "Lasts", "How long it lasts.";
        }
        "Promises" {
            page_limit: u64 = duration(1_000, 3_600_000_000, 200_000), "Page limit", "What 99 of 100 pages may take.";
            extra_limit: u32 = decimal(0, 10_000_000, 100_000, "of calls"), "Extra limit", "How many second requests there may be for each call, of 2,000 calls.";
            backlog_limit: u32 = int(1, 100_000, 20, "requests"), "Backlog limit", "How many may wait for each server on average, once things should have settled.";
            settle: u64 = duration(0, 3_600_000_000, 2_000_000), "Settles within", "How long after trouble, or an act, they should have.";
            from: u64 = duration(0, 3_600_000_000, 0), "Count from", "Figures are of what happens from then on.";
        }
    }
}

impl Params {
    /// The work of a part at a leaf, bad moments included.
    pub fn work(&self) -> Dist {
        if self.slow_share == 0 {
            return self.leaf.clone();
        }
        let (first, otherwise) = (Box::new(self.slow.clone()), Box::new(self.leaf.clone()));
        Dist::Mixture { chance_millionths: self.slow_share.into(), first, otherwise }
    }

    /// Its mean in µs; work without a mean counts as a second.
    pub fn work_us(&self) -> f64 {
        self.work().mean_us().unwrap_or(1e6).max(1.0)
    }

    /// Pages a second.
    pub fn pages_per_s(&self) -> f64 {
        match self.queues {
            Queues::Off => f64::from(self.rate) / 1e6,
            Queues::On => {
                let able = f64::from(self.servers_each()) * 1e6 / self.work_us();
                (able * f64::from(self.utilisation) / 1e6).min(20_000.0)
            }
        }
    }

    /// How many servers can make each part: no more than there may be, whatever is asked for.
    pub fn servers_each(&self) -> u32 {
        self.replicas.min(MOST_SERVERS / self.fan).max(1)
    }

    /// Whether calls of leaves have second requests.
    pub fn seconds(&self) -> bool {
        self.hedge != Hedge::Off || self.copies > 1
    }

    /// How many parts a page waits for that are there.
    pub fn needed(&self) -> u32 {
        match self.need {
            Need::All => self.fan,
            Need::K => self.k.min(self.fan),
            Need::Essential => self.essential.min(self.fan),
        }
    }

    /// How often a request for a part is tried at the last service if all of it fails, for each that a page makes.
    pub fn tries_at_the_end(&self) -> u64 {
        let each = u64::from(self.app_attempts)
            * u64::from(if self.mesh == Switch::On { self.mesh_attempts } else { 1 });
        if self.store == Switch::On { each * each } else { each }
    }
}

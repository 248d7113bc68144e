//! What a reader may set in the lab balancer.

use crate::params::{choice, decimal, dist, duration, int};
use crate::sim::dist::Dist;

crate::choice! {
    /// What makes clients call.
    pub enum Load {
        Open = "open" "calls come at a rate",
        Closed = "closed" "each client calls, waits, thinks",
        Balls = "balls" "so many calls that never end: balls into bins",
    }
}
crate::choice! {
    /// What the balancer balances.
    pub enum Layer {
        L4 = "l4" "connections: each keeps its server",
        L7 = "l7" "requests",
    }
}
crate::choice! {
    /// How popular connections are.
    pub enum Spread { Equal = "equal" "all alike", Zipf = "zipf" "the n-th as often as 1/n" }
}
crate::choice! {
    /// How a server is chosen.
    pub enum Policy {
        Rr = "rr" "round robin",
        Random = "random" "at random",
        Least = "least" "the least loaded, as the balancer sees it",
        P2c = "p2c" "the least loaded of some that are drawn",
        Wrt = "wrt" "weighted by response time",
        Lrt = "lrt" "the fastest: least response time",
        Hash = "hash" "by the connection's hash",
    }
}
crate::choice! {
    /// What a balancer takes for a server's load.
    pub enum Sees {
        Own = "own" "its own calls that are open",
        Shared = "shared" "the server's queue: every change is told",
        Stale = "stale" "the server's queue, as it was told last",
    }
}
crate::choice! {
    /// What is wrong.
    pub enum Fault {
        None = "none" "nothing",
        Dead = "dead" "takes calls, answers nothing",
        Slow = "slow" "works slower",
        FastFail = "fast-fail" "fails every call at once, and checks",
        Grey = "grey" "fails every call at once, passes checks",
        Alarm = "alarm" "is well, but fails checks",
    }
}
crate::choice! {
    /// With how many servers.
    pub enum Bad { One = "one" "one server", All = "all" "all of them" }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Workload" {
            load: Load = choice(Load::WORDS, 0), "Workload", "Open: calls come whether or not the old ones have ended. Balls: each call stays where it is put.", moves_luck;
            utilisation: u32 = decimal(10_000, 2_000_000, 900_000, "of capacity"), "Utilisation", "Open: the work that comes, as a share of what all servers together can do; 100,000 calls a second at the most.";
            clients: u32 = int(1, 1_000, 20, "clients"), "Clients", "Closed: how many clients there are.";
            think: Dist = dist("10ms"), "Think time", "Closed: the pause between the end of a call and the next call.";
            balls: u32 = int(1, 10_000, 1_000, "balls"), "Balls", "Balls: how many calls there are.";
            connections: u32 = int(1, 10_000, 100, "connections"), "Connections", "Over how many connections the calls come.";
            per_connection: Spread = choice(Spread::WORDS, 0), "Connections are", "How the calls are spread over connections.";
            latency: Dist = dist("500us"), "Network", "What a message takes, one way.";
        }
        "Balancer" {
            layer: Layer = choice(Layer::WORDS, 1), "Layer", "Layer 4: a connection is given a server and keeps it. Layer 7: each request is.";
            policy: Policy = choice(Policy::WORDS, 0), "Policy", "How a server is chosen for a request, or for a connection.";
            choices: u32 = int(1, 10, 2, "servers"), "Choices", "How many servers the policy p2c draws, each from all.";
            sees: Sees = choice(Sees::WORDS, 0), "Sees", "What a balancer takes for a server's load.";
            stale: u64 = duration(1_000, 60_000_000, 100_000), "Told every", "Stale: how often servers tell their load.";
            balancers: u32 = int(1, 50, 1, "balancers"), "Balancers", "How many balancers there are, each with what it sees itself.";
            proxy: u64 = duration(0, 10_000_000, 200), "Proxying", "Layer 7: what a balancer takes to read a request.";
            reconnect: u64 = duration(0, 3_600_000_000, 0), "Reconnect", "Layer 4: connections that are older are made anew; 0 is never.";
            timeout: u64 = duration(1_000, 3_600_000_000, 10_000_000), "Timeout", "How long a balancer waits for a server.";
        }
        "Servers" {
            servers: u32 = int(1, 1_000, 10, "servers"), "Servers", "How many there are.";
            workers: u32 = int(1, 100, 1, "workers"), "Workers", "How many calls each works on at once.";
            work: Dist = dist("exp-10ms"), "Work", "What a call takes at a server.";
            slower: u32 = int(0, 1_000, 0, "servers"), "Slower servers", "How many of them are slower than the others.";
            speed: u32 = decimal(10_000, 1_000_000, 500_000, "times"), "Their speed", "How fast those are.";
            warm: u64 = duration(0, 3_600_000_000, 0), "Warm-up", "How long a server that was started again is slower.";
            cold: u32 = decimal(1_000_000, 100_000_000, 5_000_000, "times"), "Cold", "How many times as long work takes at first.";
        }
        "Health" {
            check: u64 = duration(0, 60_000_000, 0), "Health checks", "How often a balancer checks each server, every millisecond at the most; 0 is never.";
            check_timeout: u64 = duration(1_000, 60_000_000, 500_000), "Check timeout", "After what time without an answer a check has failed.";
            unhealthy: u32 = int(1, 100, 3, "checks"), "Unhealthy after", "So many failed checks in a row take a server out.";
            healthy: u32 = int(1, 100, 2, "checks"), "Healthy after", "So many good checks in a row bring it back.";
            eject: u32 = int(0, 1_000, 0, "failures"), "Eject after", "So many failed calls in a row take a server out; 0 is never.";
            eject_for: u64 = duration(1_000, 3_600_000_000, 30_000_000), "Ejected for", "How long at first; twice as long the second time, and so on.";
            eject_most: u32 = int(0, 100, 10, "%"), "Ejected at most", "How many servers may be ejected at once; one always may.";
            panic: u32 = int(0, 100, 50, "%"), "Panic below", "Where fewer servers than this are healthy, all are used.";
            slow_start: u64 = duration(0, 3_600_000_000, 0), "Slow start", "How long it takes a server that comes back to get its full share.";
            aggression: u32 = decimal(100_000, 10_000_000, 1_000_000, ""), "Aggression", "Slow start: above 1 it is faster at first.";
        }
        "Trouble" {
            fault: Fault = choice(Fault::WORDS, 0), "Trouble", "What is wrong with n2, or with all.";
            bad: Bad = choice(Bad::WORDS, 0), "With", "How many servers are in trouble.";
            fault_at: u64 = duration(0, 3_600_000_000, 1_000_000), "Begins at", "When the trouble begins.";
            fault_for: u64 = duration(0, 3_600_000_000, 3_600_000_000), "Lasts", "How long it lasts.";
            slowdown: u32 = int(1, 1_000, 10, "times"), "Slowdown", "Slow: how many times longer the work takes.";
        }
        "Promises" {
            from: u64 = duration(0, 3_600_000_000, 0), "Figures from", "Calls before are not counted: queues begin empty.";
            even_limit: u32 = decimal(1_000_000, 100_000_000, 1_400_000, "times"), "Even limit", "How many times its fair share of the calls a server may get.";
            slow_limit: u64 = duration(1_000, 3_600_000_000, 200_000), "Slow limit", "What 99 of 100 calls may take.";
            bad_limit: u32 = decimal(0, 1_000_000, 50_000, "of calls"), "Bad limit", "What share of the calls bad servers may get.";
            detection: u64 = duration(0, 3_600_000_000, 1_000_000), "Detection", "How long a server may be bad before that counts.";
            herd_limit: u32 = int(1, 10_000, 15, "calls"), "Herd limit", "How many calls may wait at a server while another is idle.";
            gentle_limit: u32 = int(1, 10_000, 15, "calls"), "Gentle limit", "How many calls may wait at a server that was started again, while it warms up.";
        }
    }
}

impl Params {
    /// How fast each server is, in thousandths; those that are not named at 1,000.
    pub fn speeds(&self) -> Vec<u32> {
        vec![self.speed / 1_000; self.slower.min(self.servers) as usize]
    }

    /// How fast all are together, in thousandths.
    pub fn speed_of_all(&self) -> u64 {
        let slow = u64::from(self.slower.min(self.servers));
        slow * u64::from(self.speed / 1_000) + (u64::from(self.servers) - slow) * 1_000
    }

    /// The mean of the work in µs; work without a mean counts as a second.
    pub fn work_us(&self) -> f64 {
        self.work.mean_us().unwrap_or(1e6).max(1.0)
    }

    /// Open: the calls that come in a second.
    pub fn rate(&self) -> f64 {
        let able = f64::from(self.workers) * self.speed_of_all() as f64 / 1e3 * 1e6 / self.work_us();
        (able * f64::from(self.utilisation) / 1e6).min(100_000.0)
    }
}

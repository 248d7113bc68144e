//! What a reader may set in the lab idempotency.

use super::call::Verb;
use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::backoff::{Kind, Policy};
use crate::parts::dedup::Rules;
use crate::sim::dist::Dist;

crate::choice! {
    /// Who asks for what.
    pub enum Load {
        Charge = "charge" "each client asks for one thing",
        Click = "double-click" "each client sends the same request twice",
        Stock = "stock" "clients read a stock and take one from it",
        Late = "late" "c1 writes 1, and its first copy is held up; c2 writes 2",
        Own = "own" "only what the script asks",
    }
}
crate::choice! {
    /// What is asked for.
    pub enum Method {
        Post = "post" "POST: charge the customer",
        Put = "put" "PUT: set x",
        PutIf = "putif" "PUT with If-Match, after a GET",
        Delete = "delete" "DELETE: remove x",
        Increment = "increment" "PATCH: add to x",
    }
}
crate::choice! {
    /// Where idempotency keys are kept.
    pub enum Keys {
        None = "none" "nowhere: the server does not look at them",
        Memory = "memory" "in each server's memory",
        Table = "table" "in a table of the database",
    }
}
crate::choice! {
    /// When the key is written.
    pub enum Record {
        Before = "before" "as done, before the effect",
        After = "after" "after the effect",
        Atomic = "atomic" "in the effect's transaction",
        Phases = "phases" "in the effect's transaction, and after the call outside",
    }
}
crate::choice! {
    /// What becomes of a request whose key is in progress.
    pub enum InFlight {
        Refuse = "refuse" "it is refused: 409",
        Wait = "wait" "it waits",
        Ignore = "ignore" "it is executed: nobody says that it is in progress",
    }
}
crate::choice! {
    /// Which answers are saved.
    pub enum Save { All = "all" "all, failures too", Success = "success" "successes; what failed is executed again" }
}
crate::choice! {
    /// Which server is asked.
    pub enum Balance { Random = "random" "any", Sticky = "sticky" "each client has one of its own" }
}
crate::choice! {
    /// What a client makes a key for.
    pub enum NewKey { Operation = "operation" "each operation", Attempt = "attempt" "each attempt" }
}
crate::choice! {
    /// Who else must be told of a charge.
    pub enum Outside {
        None = "none" "nobody",
        Plain = "plain" "a provider that has no keys",
        Keyed = "keyed" "a provider that is given the key",
        Lookup = "lookup" "a provider without keys, which is asked first whether it has been told",
    }
}
crate::choice! {
    /// Where a server's process dies.
    pub enum CrashAt {
        None = "none" "nowhere",
        BeforeEffect = "before-effect" "before the effect",
        Between = "between" "between effect and record",
        AfterRecord = "after-record" "after both, before the answer",
    }
}
crate::choice! {
    /// What a client makes of a 412.
    pub enum On412 { Read = "read" "it reads, and looks whether it was its own", Report = "report" "it reports a failure" }
}
crate::choice! {
    /// How the delay before a retry is chosen.
    pub enum Delay {
        None = "none" "none",
        Fixed = "fixed" "the same each time",
        Exponential = "exponential" "exponential, ± 20 %",
        Full = "full" "exponential, full jitter",
    }
}
crate::choice! {
    /// Off or on.
    pub enum Switch { Off = "off" "off", On = "on" "on" }
}
crate::choice! {
    /// On or off.
    pub enum Rule { On = "on" "on", Off = "off" "off" }
}

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Requests" {
            load: Load = choice(Load::WORDS, 0), "Load", "Who asks for what of itself.", moves_luck;
            method: Method = choice(Method::WORDS, 0), "Method", "What a request does.";
            clients: u32 = int(1, 100, 1, "clients"), "Clients", "How many ask; for a stock, and where a copy is late, two at the least.";
            window: u64 = duration(0, 3_600_000_000, 0), "Window", "Each client begins at some time within it.", moves_luck;
            gap: Dist = dist("200ms"), "Gap", "From the first click to the second, or from the late write to the newer one.";
            held: Dist = dist("exp-1s"), "Held up for", "How long the network keeps the late copy.";
        }
        "Server" {
            servers: u32 = int(1, 10, 3, "servers"), "Servers", "How many there are.", moves_luck;
            balance: Balance = choice(Balance::WORDS, 0), "Balance", "Which server a try goes to.", moves_luck;
            keys: Keys = choice(Keys::WORDS, 2), "Keys are kept", "Where a server remembers which keys it has seen.";
            record: Record = choice(Record::WORDS, 2), "Key is written", "When a key's row says that its request is done; in memory, always after the effect.";
            inflight: InFlight = choice(InFlight::WORDS, 0), "In progress", "What becomes of a request whose key another one is being executed for.";
            lease: u64 = duration(0, 3_600_000_000, 1_000_000), "Taken over after", "A row in progress for so long is another's to go on with; 0 is never.";
            fingerprint: Rule = choice(Rule::WORDS, 0), "Compares payloads", "Whether a key with another payload than at first is refused: 422.";
            save: Save = choice(Save::WORDS, 0), "Saves", "Which answers are saved under a key.";
            ttl: u64 = duration(1_000_000, 864_000_000_000, 86_400_000_000), "Keys live", "A row that is older is pruned.";
            require: Switch = choice(Switch::WORDS, 0), "Requires If-Match", "Whether a PUT or DELETE without a condition is refused: 428.";
            work: u64 = duration(0, 600_000_000, 50_000), "Work", "How long a server works before the effect.";
            fails: u32 = decimal(0, 1_000_000, 0, "of tries"), "Fails", "How often the work ends in a 500, with no effect.";
            outside: Outside = choice(Outside::WORDS, 0), "Charges through", "Whom a server calls to take the money, before its own effect; for POST.";
            crashat: CrashAt = choice(CrashAt::WORDS, 0), "Its process dies", "Where, if it does; it is up again a tenth of a second later, without what was in its memory.";
            crashes: u32 = decimal(0, 1_000_000, 100_000, "of tries"), "How often", "How many of the tries that come there it dies in.";
        }
        "Client" {
            newkey: NewKey = choice(NewKey::WORDS, 0), "A key for", "What a client makes a new key for.";
            attempts: u32 = int(1, 1_000, 6, "attempts"), "Attempts", "How often a client tries in all.";
            timeout: u64 = duration(1_000, 3_600_000_000, 500_000), "Timeout", "How long it waits for an answer.";
            backoff: Delay = choice(Delay::WORDS, 2), "Backoff", "How the delay before a retry is chosen.";
            initial: u64 = duration(0, 3_600_000_000, 100_000), "Initial delay", "The delay before the first retry.";
            cap: u64 = duration(0, 3_600_000_000, 30_000_000), "Cap", "No delay is longer before jitter.";
            on412: On412 = choice(On412::WORDS, 0), "After a 412", "What a client does when its condition was not met.";
        }
        "Network" {
            delay: Dist = dist("5ms"), "Delay", "How long a message takes.", moves_luck;
            lostreq: u32 = decimal(0, 1_000_000, 0, "of requests"), "Requests lost", "How many of the clients' requests are lost.", moves_luck;
            lostrep: u32 = decimal(0, 1_000_000, 0, "of answers"), "Answers lost", "How many of the servers' answers are lost.", moves_luck;
        }
    }
}

impl Params {
    /// How many clients there are.
    pub fn asking(&self) -> u32 {
        let least = if matches!(self.load, Load::Stock | Load::Late) { 2 } else { 1 };
        self.clients.max(least)
    }

    /// The method of a request that changes something.
    pub fn verb(&self) -> Verb {
        match self.method {
            Method::Post => Verb::Post,
            Method::Put | Method::PutIf => Verb::Put,
            Method::Delete => Verb::Delete,
            Method::Increment => Verb::Patch,
        }
    }

    /// How a client spaces its tries.
    pub fn policy(&self) -> Policy {
        let kind = match self.backoff {
            Delay::None => Kind::None,
            Delay::Fixed => Kind::Fixed,
            Delay::Exponential => Kind::Exponential,
            Delay::Full => Kind::Full,
        };
        let jitter_permille = if self.backoff == Delay::Exponential { 200 } else { 0 };
        Policy { kind, initial_us: self.initial, cap_us: self.cap, jitter_permille, ..Policy::BOOK }
    }

    /// What the key table goes by. A server's memory dies with it, so there is nothing in it to take over.
    pub fn rules(&self) -> Rules {
        let lease_us = (self.lease > 0 && self.keys == Keys::Table).then_some(self.lease);
        Rules { ttl_us: self.ttl, lease_us, fingerprint: self.fingerprint == Rule::On }
    }

    /// Whether a provider takes part.
    pub fn has_provider(&self) -> bool {
        self.outside != Outside::None && self.method == Method::Post
    }

    /// Whether the effect and the row are one transaction.
    pub fn commits(&self) -> bool {
        self.keys == Keys::Table && matches!(self.record, Record::Atomic | Record::Phases)
    }
}

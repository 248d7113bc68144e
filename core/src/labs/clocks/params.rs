//! What a reader may set in the lab clocks.

pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::sim::dist::Dist;

crate::choice! {
    /// Who does what.
    pub enum Load {
        Random = "random" "at random times each sends a note or writes",
        Script = "script" "only what the script asks for",
        Pair = "pair" "one write, then another process's",
    }
}
crate::choice! {
    /// How a process corrects its clock by what a time server tells.
    pub enum Sync { Off = "off" "not at all", Step = "step" "at once", Slew = "slew" "by running faster or slower" }
}
crate::choice! {
    /// How vectors are merged and compared.
    pub enum Rule {
        Right = "right" "take over all entries",
        SenderOnly = "sender-only" "take over the sender's entry only",
        Strict = "strict" "compare: less in every entry",
    }
}
crate::choice! {
    /// Which clock's stamp is the timestamp of a write.
    pub enum Timestamps { Wall = "wall" "the physical clock", Lamport = "lamport" "the Lamport clock", Hlc = "hlc" "the hybrid clock" }
}
crate::choice! {
    /// Which clock measures durations.
    pub enum Measure { Wall = "wall" "the physical clock", Monotonic = "monotonic" "the monotonic clock" }
}

crate::params! {
    /// What a reader may set.
    pub struct Params {
        "Processes" {
            n: u32 = int(3, 6, 3, "processes"), "Processes", "How many processes there are.";
            load: Load = choice(Load::WORDS, 0), "Load", "What they do of themselves.";
            every: Dist = dist("uniform-100ms-300ms"), "Every", "How long a process waits before it does something again.";
            writes: u32 = decimal(0, 1_000_000, 250_000, "of what they do"), "Writes", "How much of it is a write of the register; the rest are notes to another process.";
            gap: u64 = duration(0, 60_000_000, 10_000), "Gap", "Of a pair of writes: how long after the end of the first the second begins.";
            delay: Dist = dist("uniform-10ms-40ms"), "Delay", "How long notes and writes are under way.", moves_luck;
        }
        "Clocks" {
            offset: u64 = duration(0, 60_000_000, 40_000), "Offset", "Each process's clock is off by up to this from the start, either way.";
            drift: u32 = int(0, 100_000, 0, "ppm"), "Drift", "Each clock runs too fast or too slow by up to so many millionths.";
            eps: u64 = duration(0, 60_000_000, 40_000), "Believed ε", "Every clock is believed to be within this of the true time.";
        }
        "Correction" {
            sync: Sync = choice(Sync::WORDS, 0), "Correct", "What a process does when it has asked the time server for the time.";
            sync_every: u64 = duration(10_000, 3_600_000_000, 300_000), "Ask every", "How often it asks.";
            there: Dist = dist("uniform-5ms-25ms"), "There", "How long a question for the time is under way.", moves_luck;
            back: Dist = dist("uniform-5ms-25ms"), "Back", "How long its answer is under way.", moves_luck;
            slew_rate: u32 = int(1, 500_000, 500, "ppm"), "Slew rate", "By how much a clock that is being slewed runs faster or slower.";
            step_at: u64 = duration(0, 60_000_000, 128_000), "Step at", "Who slews steps all the same if the clock is off by this or more.";
        }
        "Stamps" {
            rule: Rule = choice(Rule::WORDS, 0), "Vector rule", "How a receiver merges vectors, and how two are compared.";
            entries: u32 = int(1, 6, 6, "entries"), "Entries", "A vector keeps so many entries: those that were raised last.";
            tick: u64 = duration(1, 1_000_000, 1_000), "Tick", "How fine the time in a hybrid stamp is.";
            spacing: u64 = duration(0, 1_000_000, 0), "Spacing", "How long a process works on each thing: its events are that far apart.", moves_luck;
        }
        "Register" {
            lww: Timestamps = choice(Timestamps::WORDS, 0), "Last write by", "Which stamp decides which of two writes stands.";
            wait: Switch = choice(Switch::WORDS, 0), "Commit wait", "A write ends, and is sent, only when its interval timestamp is past for sure.";
        }
        "Durations" {
            measure: Measure = choice(Measure::WORDS, 0), "Measured by", "With which clock a process measures the time since its last event.";
        }
    }
}

impl Params {
    /// The most ticks that two clocks differ by, if each is within ε of the true time.
    pub fn apart_ticks(&self) -> u64 {
        (2 * self.eps).div_ceil(self.tick)
    }
}

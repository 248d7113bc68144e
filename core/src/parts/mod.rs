//! The vocabulary of distributed systems: one technique a file, pure state machines that labs compose.
//!
//! A part has no kernel, clock or luck of its own: it is told the time (`now_us`, virtual microseconds) and, where
//! chance is needed, given a die (`die`, 64 uniform bits).

pub mod adaptive_timeout;
pub mod assignor;
pub mod backoff;
pub mod benor;
pub mod bounded;
pub mod breaker;
pub mod bulkhead;
pub mod bully;
pub mod causal;
pub mod chang_roberts;
pub mod consumer_group;
pub mod deadline;
pub mod directory;
pub mod dotted;
#[cfg(test)]
mod executions;
pub mod fence;
pub mod hints;
pub mod hlc;
pub mod interval;
pub mod jump;
pub mod lamport;
pub mod lease;
pub mod log_histogram;
pub mod lww;
pub mod maglev;
pub mod merkle;
pub mod modulo;
pub mod murmur2;
pub mod ntp;
pub mod partition_log;
pub mod paxos;
pub mod pbs;
pub mod placement;
pub mod queue;
pub mod quorum;
pub mod raft;
pub mod range;
pub mod reach;
pub mod rendezvous;
pub mod retry_budget;
pub mod ring;
pub mod saga;
pub mod sequences;
pub mod serials;
pub mod server;
pub mod sessions;
pub mod siblings;
pub mod steered;
pub mod termination;
pub mod token_bucket;
pub mod total;
pub mod vector_clock;
pub mod version_vector;
pub mod visibility;
pub mod vr;
pub mod zipf;

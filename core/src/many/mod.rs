//! Many runs: sweeps over seeds and parameters that merge exactly, and the checks and claims that are judged on them.

pub mod queueing;
mod search;
mod sweep;
mod verify;

pub use search::{MAX_BUDGET, Search, Violation};
pub use sweep::{Cell, MAX_SEEDS, Part, cells};
pub use verify::{
    Judged, Work, cannot_run, check_units, check_values, judge_check, judge_claim, judge_values,
    work_of_claim,
};

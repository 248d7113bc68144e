//! The kernel's loads for `cargo dev bench`: only there, so that no reader transfers them.

use splitbrain::sim::bench::{bare_hold, bare_mm1, hold, hops, mm1};
use wasm_bindgen::prelude::*;

/// Runs a load by name, with so many pending events where it has them; gives a figure that depends on all of it.
///
/// # Panics
/// When there is no such load.
#[wasm_bindgen]
pub fn bench(load: &str, pending: u32, events: u32) -> f64 {
    let events = u64::from(events);
    let result = match load {
        "mm1" => mm1(events),
        "bare mm1" => bare_mm1(events),
        "hold" => hold(pending, events),
        "bare hold" => bare_hold(pending, events),
        "hops" => hops(events),
        _ => panic!("there is no load {load}"),
    };
    result as f64
}

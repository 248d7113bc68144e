//! What the settings amount to, in sentences that follow the controls.

use super::params::{Load, Params, Switch, Sync, Timestamps};
use crate::time::DurationUs;

/// The live sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    let n = params.n;
    let mut said = vec![format!(
        "A message carries 8 bytes of Lamport or hybrid stamp, or a vector of {} bytes: 8 for each of {} processes.",
        8 * n.min(params.entries),
        n.min(params.entries)
    )];
    if params.wait == Switch::On {
        said.push(format!("A write waits {}: twice what clocks are believed to be off.", DurationUs(2 * params.eps)));
    }
    let within = params.offset <= params.eps;
    if params.sync == Sync::Off && params.drift == 0 {
        said.push(match within {
            true => format!("Until the script touches a clock, each is within {} of the true time, as is believed.", DurationUs(params.eps)),
            false => format!("A clock may be {} off, and is believed to be within {}.", DurationUs(params.offset), DurationUs(params.eps)),
        });
    }
    if params.sync == Sync::Slew {
        let millis = 1_000_000_000 / u64::from(params.slew_rate);
        said.push(format!("A clock that is 1 ms off is right again after {} of slewing.", DurationUs(millis)));
    }
    let wall = matches!(params.lww, Timestamps::Wall);
    if params.load == Load::Pair && wall && params.wait == Switch::Off && params.offset > 0 && within {
        let left = (1.0 - params.gap as f64 / (2.0 * params.offset as f64)).max(0.0);
        said.push(format!("The second of two writes loses with probability (1 − gap/2·offset)²/2 = {:.3}.", left * left / 2.0));
    }
    said
}

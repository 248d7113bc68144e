//! What the settings amount to, in a few sentences.

use super::params::{Coin, Params, Scheduler};
use crate::parts::benor::Rules;

/// The sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    let rules = params.rules();
    let Rules { n, enough, .. } = rules;
    let (wait, half) = (rules.wait(), n / 2 + 1);
    let by = match enough {
        1 => "a single proposal".to_owned(),
        enough => format!("{enough} proposals"),
    };
    let hears = if rules.timed { format!("all of {n} that are up") } else { format!("{wait} of {n}") };
    let mut all = vec![format!(
        "Each hears {hears}, itself included; it proposes what {half} of them report, and decides on {by}."
    )];
    let mixed = params.unanimous().is_none();
    // Whoever hears no more than half of all can be shown both values whenever there are both.
    let tight = n == 2 * params.t + 1;
    all.extend(match (mixed, params.scheduler, params.coin) {
        (false, ..) => Some("All begin with the same value: everybody decides on it in the first phase, whatever the delays.".to_owned()),
        (true, Scheduler::Split, Coin::Keep) if tight => Some("The scheduler shows everybody both values, and nobody ever changes its own: nobody will ever decide.".to_owned()),
        (true, Scheduler::Split, Coin::Own) if tight => Some(format!("The scheduler shows everybody both values while there are both: only {n} coins that fall alike end it, once in {} phases.", 1u32 << (n - 1))),
        (true, Scheduler::Split, Coin::Common) if tight => Some("The scheduler shows everybody both values, but only in the first phase: then all have the coin's.".to_owned()),
        (true, Scheduler::Sync, _) if 2 * params.ones != n => Some("All hear the same reports, and more than half of them are alike: if nobody crashes, everybody decides in the first phase, and no coin is tossed.".to_owned()),
        (true, Scheduler::Sync, Coin::Keep) => Some("Half of them report a 0 and half a 1, for ever: nobody will decide.".to_owned()),
        (true, Scheduler::Fair, Coin::Keep) => Some("No coin is tossed, yet who hears whom first is luck: it may end by that.".to_owned()),
        _ => None,
    });
    all
}

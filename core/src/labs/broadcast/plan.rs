//! When who broadcasts of itself, and where the token begins.

use super::params::{Load, Params};
use crate::sim::Ctx;
use crate::sim::dice::{Purpose, below};
use crate::sim::dist::Dist;

/// When the first broadcast comes, in µs.
const FIRST_US: u64 = 10_000;
/// Where the token begins, and when.
const TOKEN: Purpose = Purpose::Protocol(2);

/// When this process has to broadcast, in µs from the start, the first last. A chat is one plan that all draw alike, of which each takes its own.
pub fn due_us(params: &Params, ctx: &Ctx) -> Vec<u64> {
    let me = ctx.me.0;
    let mut due = match (params.load, me) {
        (Load::Chat, _) => {
            let gap = Dist::Exponential { mean_ns: 1_000_000_000 / u64::from(params.rate) };
            let mut at_us = FIRST_US;
            let mut due = Vec::new();
            for number in 0..u64::from(params.count) {
                if below(ctx.common_die(Purpose::Choice, number), u64::from(params.n)) == u64::from(me) {
                    due.push(at_us);
                }
                at_us = at_us.saturating_add(gap.sample_us(ctx.common_die(Purpose::Arrival, number)));
            }
            due
        }
        (Load::One | Load::Triangle, 0) => vec![FIRST_US],
        (Load::Pair, 0) => vec![FIRST_US, FIRST_US + params.gap],
        (Load::Two, 0) => vec![FIRST_US],
        (Load::Two, 1) => vec![FIRST_US + params.gap],
        _ => Vec::new(),
    };
    due.reverse();
    due
}

/// After how many µs this process has the token first, if it is the one: anywhere in its round.
pub fn token_us(params: &Params, ctx: &Ctx) -> Option<u64> {
    let first = below(ctx.common_die(TOKEN, 0), u64::from(params.n));
    (first == u64::from(ctx.me.0)).then(|| below(ctx.common_die(TOKEN, 1), params.token_hop))
}

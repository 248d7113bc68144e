//! A source: when the next request of an instance comes.

use super::caller::At;
use super::declared::{Arrivals, Source};
use super::message::Timer;
use crate::sim::dice::{Purpose, Range, happens};

/// The source of a node, if it has one.
#[inline]
pub fn source<'a>(at: &At<'a>) -> Option<&'a Source> {
    let place = at.config.tiers[usize::from(at.config.tier_of(at.ctx.me).0)].source?;
    Some(&at.config.graph.sources[place])
}

/// Whether the source waits for the last request to end before it makes another.
#[inline]
pub fn is_closed(source: &Source) -> bool {
    matches!(source.arrivals, Arrivals::Closed(_))
}

/// The node is up: its first request.
pub fn begin(at: &mut At<'_>) {
    let Some(source) = source(at) else { return };
    match source.together_us.filter(|_| at.ctx.epoch == 0) {
        Some(at_us) => at.out.set_timer(Timer::Arrive, Range::exactly(at_us)),
        None => wait(source, 0, at),
    }
}

/// Waits for the next request, after so many since the node is up. The timer serves the request before it, so that a sample of requests has a
/// sample of these.
pub fn wait(source: &Source, made: u32, at: &mut At<'_>) {
    if source.each > 0 && made >= source.each {
        return;
    }
    let number = u64::from(at.ctx.epoch) << 32 | u64::from(made);
    let span_us = match &source.arrivals {
        Arrivals::Open(gap) => gap.sample_us(at.ctx.die(Purpose::Arrival, number)),
        Arrivals::Regular(gap) if number == 0 => {
            let turn = u64::from(at.config.instance(at.ctx.me)) + 1;
            let instances = at.config.graph.tiers[usize::from(source.tier.0)].instances;
            gap.sample_us(0) * turn / u64::from(instances)
        }
        Arrivals::Regular(gap) => gap.sample_us(0),
        Arrivals::Closed(think) => think.sample_us(at.ctx.die(Purpose::Think, number)),
    };
    let span_us = at.config.burst.map_or(span_us, |burst| burst.gap_us(at.now_us(), span_us));
    at.out.set_timer(Timer::Arrive, Range::exactly(span_us));
}

/// Whether a request is its client's own mistake.
#[inline]
pub fn is_bad(source: Option<&Source>, number: u32, at: &At<'_>) -> bool {
    let bad = source.map_or(0, |source| u64::from(source.bad));
    bad > 0 && happens(at.ctx.die(Purpose::Kind, u64::from(number)), bad)
}

/// The deadline of a request that begins now.
#[inline]
pub fn deadline_us(source: Option<&Source>, at: &At<'_>) -> u64 {
    let budget_us = source.map_or(0, |source| source.budget_us);
    if budget_us == 0 { u64::MAX } else { at.now_us().saturating_add(budget_us) }
}

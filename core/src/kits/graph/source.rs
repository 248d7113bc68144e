//! A source: when the next request of an instance comes.

use super::caller::At;
use super::declared::{Arrivals, Class, Keys, Source};
use super::message::{About, Request, Timer};
use super::observe::Context;
use crate::sim::dice::{MILLION, Purpose, Range, below, happens};

/// Which class, tenant and key a request is of.
const CLASS: Purpose = Purpose::Protocol(4);
const TENANT: Purpose = Purpose::Protocol(5);
const KEY: Purpose = Purpose::Protocol(6);

/// Requests that come together: the first of each lot at its time, the others evenly within a span after it. None come after a crash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bursts {
    /// When the first lot comes, in µs.
    pub first_us: u64,
    /// How long it is from one lot to the next.
    pub every_us: u64,
    /// How many come in each.
    pub many: u32,
    /// Within what span.
    pub within_us: u64,
}

impl Bursts {
    /// When the request of a number comes.
    fn at_us(&self, number: u32) -> u64 {
        let many = self.many.max(1);
        let place = u64::from(number % many).saturating_mul(self.within_us) / u64::from(many);
        let lot = self.every_us.saturating_mul(u64::from(number / many));
        self.first_us.saturating_add(lot).saturating_add(place)
    }
}

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
    let comes_no_more = matches!(source.arrivals, Arrivals::Bursts(_)) && at.ctx.epoch > 0;
    if source.each > 0 && made >= source.each || comes_no_more {
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
        Arrivals::Bursts(bursts) => bursts.at_us(made).saturating_sub(at.now_us()),
    };
    let span_us = at.config.burst.map_or(span_us, |burst| burst.gap_us(at.now_us(), span_us));
    at.out.set_timer(Timer::Arrive, Range::exactly(span_us));
}

/// What the request of a number is about.
#[inline]
pub fn about(source: &Source, number: u32, at: &At<'_>) -> About {
    about_of(source, class(source, number, at), number, at)
}

/// What a request is about for which somebody asks; none where it is no request of a class.
pub fn asked(request: Request, number: u32, at: &At<'_>) -> Option<About> {
    let (class, key) = request.wanted()?;
    let about = match source(at) {
        Some(source) => about_of(source, class, number, at),
        None => About { class, ..About::default() },
    };
    Some(About { key: key.unwrap_or(about.key), ..about })
}

#[inline]
fn about_of(source: &Source, class: Class, number: u32, at: &At<'_>) -> About {
    let number = u64::from(number);
    let bad = u64::from(source.bad);
    let bad = bad > 0 && happens(at.ctx.die(Purpose::Kind, number), bad);
    let tenant = match source.tenant_each {
        true => at.config.instance(at.ctx.me) as u8,
        false if source.tenants.is_empty() => 0,
        false => tenant(&source.tenants, at.ctx.die(TENANT, number)),
    };
    let key = match source.keys {
        Keys::None => 0,
        Keys::Uniform(keys) => below(at.ctx.die(KEY, number), u64::from(keys)) as u32,
        Keys::Loop(keys) => (number % u64::from(keys)) as u32,
        Keys::Zipf { .. } | Keys::Turned { .. } => {
            let plan = &at.config.tiers[usize::from(source.tier.0)];
            let key = plan.zipf.as_ref().map_or(0, |zipf| zipf.draw(at.ctx.die(KEY, number)));
            match source.keys {
                Keys::Turned { keys, at_us, .. } if at.now_us() >= at_us => keys - 1 - key,
                _ => key,
            }
        }
    };
    About { class, tenant, bad, key, context: Context::NONE }
}

fn class(source: &Source, number: u32, at: &At<'_>) -> Class {
    if source.mix.is_empty() {
        return source.class;
    }
    let mut die = below(at.ctx.die(CLASS, u64::from(number)), MILLION);
    for (class, share) in &source.mix {
        match die.checked_sub(u64::from(*share)) {
            None => return *class,
            Some(rest) => die = rest,
        }
    }
    source.class
}

fn tenant(weights: &[u32], die: u64) -> u8 {
    let total = weights.iter().map(|weight| u64::from(*weight)).sum();
    let mut die = below(die, total);
    let place = weights.iter().position(|weight| match die.checked_sub(u64::from(*weight)) {
        None => true,
        Some(rest) => {
            die = rest;
            false
        }
    });
    place.unwrap_or(0) as u8
}

/// The deadline of a request that begins now.
#[inline]
pub fn deadline_us(source: Option<&Source>, at: &At<'_>) -> u64 {
    let budget_us = source.map_or(0, |source| source.budget_us);
    if budget_us == 0 { u64::MAX } else { at.now_us().saturating_add(budget_us) }
}

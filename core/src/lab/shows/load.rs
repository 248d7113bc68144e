//! What is shown of load: rate, errors and duration of services, use of pools, how work ended, who asks, and what decides on a retry.

use super::{FactId, SeriesKey, TallyKey};
use crate::cast::NodeId;
use std::ops::Range;

/// A service, as its users see it.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: &'static str,
    /// Series in calls a second, which add up to all that ended.
    pub rate: Vec<SeriesKey>,
    /// Those of them that ended badly.
    pub errors: Vec<SeriesKey>,
    /// Series in µs: the mean, and the slowest.
    pub duration: [SeriesKey; 2],
    /// The tally of what 99 of 100 took at the most, over the whole run: the spans of a series hold too few calls to have one each.
    pub p99: Option<TallyKey>,
}

/// A place where work waits and is done: a server with its queue, a pool of threads.
#[derive(Clone, Debug)]
pub struct Station {
    /// Its name.
    pub name: &'static str,
    /// What it has: `workers`, `threads`.
    pub places: &'static str,
    /// How many of them.
    pub size: u32,
    /// How many may wait for one; none where there is no limit.
    pub queue_limit: Option<u32>,
    /// Series in calls a second: what comes to it.
    pub arrivals: SeriesKey,
    /// Series in per cent: the time that its places are busy.
    pub utilisation: SeriesKey,
    /// Series: how many wait.
    pub waiting: SeriesKey,
    /// Series in calls a second: what it turned away, or failed.
    pub errors: Vec<SeriesKey>,
    /// Where it stands along the way of a call: work goes from each rank to the next.
    pub rank: u8,
    /// The node that is all of it, where there is one.
    pub line: Option<Line>,
    /// What calls pass before they come here.
    pub guard: Option<Guard>,
}

/// A node at which work waits first come, first served.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The node.
    pub node: NodeId,
    /// How many of its places are busy.
    pub busy: FactId,
    /// How many wait.
    pub queue: FactId,
}

/// Machines that let calls pass in their first state, and not all of them in others.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Which of [`super::Shows::machines`].
    pub machine: usize,
    /// The places of those before this station.
    pub places: Range<u16>,
}

/// Who calls whom: tiers of like instances, in lanes by how many calls lie before them.
#[derive(Clone, Debug)]
pub struct Topology {
    /// The tiers.
    pub tiers: Vec<TierBox>,
    /// The calls between them.
    pub edges: Vec<Edge>,
    /// How many of an instance's places are busy, and how many requests wait there.
    pub busy: FactId,
    /// See `busy`.
    pub queue: FactId,
}

/// A tier of a [`Topology`].
#[derive(Clone, Debug)]
pub struct TierBox {
    /// Its name.
    pub name: &'static str,
    /// Its lane.
    pub rank: u8,
    /// Its instances.
    pub nodes: Vec<NodeId>,
    /// Where it has places at which work is done: which of [`super::Shows::stations`].
    pub station: Option<usize>,
    /// Series: how many of so many threads are held, where it has threads beside what does its work.
    pub held: Option<(SeriesKey, u32)>,
    /// What its calls are at, where all calls begin here.
    pub crowd: Option<Crowd>,
}

/// Calls of one tier on another.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// Whose: which of the tiers.
    pub from: usize,
    /// On whom.
    pub to: usize,
    /// Series: calls that ended, a second.
    pub calls: SeriesKey,
    /// Series: those of them that ended badly.
    pub errors: SeriesKey,
}

/// What the work of a time came to, layer by layer, beside what could be done.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// What it is about.
    pub title: &'static str,
    /// Series in the same unit, from the ground up.
    pub layers: Vec<Layer>,
    /// What could be done.
    pub capacity: Option<SeriesKey>,
    /// What was asked.
    pub offered: Option<SeriesKey>,
}

/// A layer of [`Traffic`].
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// Its series.
    pub series: SeriesKey,
    /// What it is, in a few words.
    pub label: &'static str,
    /// How it counts.
    pub fate: Fate,
}

/// How work ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Well, in time.
    Good,
    /// Well enough: by a fallback.
    Degraded,
    /// Done for nobody.
    Wasted,
    /// Done again for nobody.
    Repeated,
    /// Not even tried.
    Refused,
    /// Badly.
    Failed,
    /// Not in time.
    Late,
}

/// Those who ask.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// What one of them is called: `client`.
    pub name: &'static str,
    /// How many there are.
    pub size: u32,
    /// Series: calls whose attempt is under way.
    pub waiting: SeriesKey,
    /// Series: calls that sleep before a retry.
    pub sleeping: SeriesKey,
    /// Whether each has one call at a time, so that those without one are idle.
    pub one_each: bool,
}

/// A budget that limits retries; every caller has its own.
#[derive(Clone, Debug)]
pub struct Budget {
    /// What is in it: `retries`, `tokens`.
    pub unit: &'static str,
    /// What it can hold; none where payments only run out.
    pub size: Option<u32>,
    /// A retry needs more than this; 0 where it takes one whole.
    pub floor: u32,
    /// Series, in thousandths: the mean of all callers.
    pub mean: SeriesKey,
    /// Series: callers that may not retry.
    pub empty: SeriesKey,
    /// What is left, in thousandths.
    pub left: FactId,
    /// How it is paid and spent, in a sentence.
    pub rule: String,
}

/// The questions that decide whether a call that failed is tried again. What is counted runs up as the run goes on.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Calls begun.
    pub calls: SeriesKey,
    /// Attempts made at them.
    pub attempts: SeriesKey,
    /// Calls that succeeded.
    pub succeeded: SeriesKey,
    /// Attempts that failed, by how, in a word or two.
    pub failed: Vec<(&'static str, SeriesKey)>,
    /// Attempts after the first.
    pub retries: SeriesKey,
    /// What is asked after a failure, in order.
    pub questions: Vec<Question>,
    /// Before each retry of a call the least and the most that it waits, in µs.
    pub ladder: Vec<(u64, u64)>,
}

/// A question of [`Flow`].
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// What is asked: `attempts left?`
    pub asks: &'static str,
    /// What a "no" is: `attempts used up`.
    pub no: &'static str,
    /// Calls that were given up for it.
    pub gave_up: SeriesKey,
}

/// How long the calls of a hop took, over time.
#[derive(Clone, Copy, Debug)]
pub struct HeatMap {
    /// What is called, in a few words.
    pub title: &'static str,
    /// Which of [`crate::outcome::Outcome::heats`].
    pub of: usize,
    /// How long a call may take, in µs; none without limit.
    pub deadline_us: Option<u64>,
}

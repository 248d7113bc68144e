//! What a lab under load has to show of itself: which of its series are a service's rate, errors and duration, which a pool's use, and how work ended.

use crate::cast::NodeId;

/// What the views of load read. Names are those of the run's series, so that a view costs a look-up, however long the run; what a
/// lab does not measure is left empty.
#[derive(Clone, Debug, Default)]
pub struct Gauges {
    /// Services, as their users see them: rate, errors, duration (RED).
    pub services: Vec<Service>,
    /// Where work waits and is done, in the order in which it passes: utilisation, saturation, errors (USE).
    pub stations: Vec<Station>,
    /// What the work of a time came to.
    pub traffic: Vec<Traffic>,
    /// Those who ask: their number, and the series that count those whose call waits for an answer and those that sleep before a retry.
    pub crowd: Option<Crowd>,
    /// Names of a node's circuit breakers, by the index of the fact `state`; empty where there are none.
    pub breakers: Vec<String>,
    /// A budget that limits retries.
    pub budget: Option<Budget>,
    /// Series that count the branches of the retry flowchart, in the order of `labs::retry::FLOW`; empty where nothing is retried so.
    pub flow: &'static [&'static str],
    /// Before each retry of a call the least and the most that it waits, in µs.
    pub ladder: Vec<(u64, u64)>,
}

/// A service, as its users see it.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: &'static str,
    /// Series in calls a second, which add up to all that ended.
    pub rate: Vec<&'static str>,
    /// Those of them that ended badly.
    pub errors: Vec<&'static str>,
    /// Series in µs: the mean, and the slowest.
    pub duration: [&'static str; 2],
    /// The tally of what 99 of 100 took at the most, over the whole run: the spans of a series hold too few calls to have one each.
    pub p99: Option<&'static str>,
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
    pub arrivals: &'static str,
    /// Series in per cent: the time that its places are busy.
    pub utilisation: &'static str,
    /// Series: how many wait.
    pub waiting: &'static str,
    /// Series in calls a second: what it turned away, or failed.
    pub errors: Vec<&'static str>,
    /// Where it stands along the way of a call: work goes from each rank to the next.
    pub rank: u8,
    /// The node that it is, and its facts that tell who waits and what is busy, where one node is all of it.
    pub node: Option<(NodeId, u8, u8)>,
}

/// What the work of a time came to, layer by layer, beside what could be done.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// What it is about.
    pub title: &'static str,
    /// Series in the same unit, from the ground up.
    pub layers: Vec<Layer>,
    /// What could be done.
    pub capacity: Option<&'static str>,
    /// What was asked.
    pub offered: Option<&'static str>,
}

/// A layer of [`Traffic`].
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// Its series.
    pub series: &'static str,
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
    pub waiting: &'static str,
    /// Series: calls that sleep before a retry.
    pub sleeping: &'static str,
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
    pub mean: &'static str,
    /// Series: callers that may not retry.
    pub empty: &'static str,
    /// The place among the lab's facts of what is left, in thousandths.
    pub fact: u8,
    /// How it is paid and spent, in a sentence.
    pub rule: String,
}

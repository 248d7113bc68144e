//! Who says which messages come in time. A scheduler sees all that is said at a moment before anybody hears of it, and may delay any of it; it
//! loses nothing, and what is late arrives, too.

use super::message::{Msg, Speech};
use super::params::{Params, Scheduler};
use crate::cast::NodeId;
use crate::parts::benor::{Bit, Say, Vote};
use crate::sim::Sent;
use crate::sim::dice::{Purpose, die};

/// What a random few is drawn for.
const SAMPLE: Purpose = Purpose::Protocol(1);

/// Whether delays are not drawn one by one.
pub fn schedules(params: &Params) -> bool {
    params.scheduler != Scheduler::Fair
}

/// How long a message is under way that is in time, and one that is late, in µs: by then its receiver has gone on to the next phase.
fn times(params: &Params) -> (u64, u64) {
    let mean_us = params.delay.mean_us().unwrap_or_else(|| params.delay.quantile_us(0.5));
    let in_time_us = (mean_us as u64).max(1);
    (in_time_us, in_time_us * 5 / 2)
}

/// For each message of a moment how long it is under way: of those to one process in one half of a phase, n - t - 1 are in time; all where
/// everybody hears everybody.
pub fn delays(params: &Params, seed: u32, sent: &[Sent<'_, Speech>]) -> Vec<u64> {
    let (in_time_us, late_us) = times(params);
    if params.scheduler == Scheduler::Sync {
        return vec![in_time_us; sent.len()];
    }
    let mut delays = vec![late_us; sent.len()];
    let half = |msg: &Msg| (msg.said().0, matches!(msg, Msg::Proposal { .. }));
    let mut groups: Vec<(NodeId, (u32, bool))> = sent.iter().map(|sent| (sent.to, half(sent.msg))).collect();
    groups.sort_unstable();
    groups.dedup();
    for (to, of) in groups {
        let theirs = |place: &usize| sent[*place].to == to && half(sent[*place].msg) == of;
        let places: Vec<usize> = (0..sent.len()).filter(theirs).collect();
        let chosen = match params.scheduler {
            Scheduler::Split => {
                let mine = sent.iter().find(|sent| sent.from == to && half(sent.msg) == of);
                mixed(sent, places, mine.map(|sent| *sent.msg), params.rules().wait() - 1)
            }
            _ => sample(places, |other| {
                let number = u64::from(of.0) << 1 | u64::from(of.1);
                die(seed, SAMPLE, u64::from(to.0) << 16 | u64::from(sent[other].from.0), number)
            }),
        };
        for place in chosen.into_iter().take(params.rules().wait() - 1) {
            delays[place] = in_time_us;
        }
    }
    delays
}

/// All of them, in a random order.
fn sample(mut places: Vec<usize>, die: impl Fn(usize) -> u64) -> Vec<usize> {
    places.sort_by_key(|place| die(*place));
    places
}

/// So many of them with which, and with what the receiver says itself, the fewest say the same; of proposals those that name nothing.
fn mixed(sent: &[Sent<'_, Speech>], places: Vec<usize>, mine: Option<Msg>, most: usize) -> Vec<usize> {
    let value = |msg: &Msg| match msg.said().1 {
        Say::Report(value) => Some(value),
        Say::Propose(_) => None,
    };
    let (mut of_each, mut chosen) = ([Vec::new(), Vec::new()], Vec::new());
    let mut said = [0, 0];
    for place in places.iter().rev() {
        match sent[*place].msg.said().1 {
            Say::Report(value) => of_each[usize::from(value)].push(*place),
            Say::Propose(Vote::Unsure) => of_each[0].push(*place),
            Say::Propose(Vote::For(_)) => of_each[1].push(*place),
        }
    }
    let proposals = mine
        .as_ref()
        .or_else(|| places.first().map(|place| sent[*place].msg))
        .is_some_and(|msg| value(msg).is_none());
    if let Some(value) = mine.as_ref().and_then(value) {
        said[usize::from(value)] += 1;
    }
    while chosen.len() < most {
        let rarer: Bit = if proposals { 0 } else { Bit::from(said[1] < said[0]) };
        let from = if of_each[usize::from(rarer)].is_empty() { 1 - rarer } else { rarer };
        let Some(place) = of_each[usize::from(from)].pop() else { break };
        said[usize::from(from)] += 1;
        chosen.push(place);
    }
    chosen
}

//! What the settings amount to, in a few sentences.

use super::params::{App, Params, Reach, Resolve, Switch, Via};
use crate::counted::counted;

/// How many messages one broadcast takes, nobody crashing and nothing lost; the passing of a token apart.
pub fn messages(params: &Params) -> u32 {
    let n = params.n;
    let spread = if params.reach == Reach::Best { n - 1 } else { n * (n - 1) };
    match params.orders_by() {
        None | Some(Via::Token) => spread,
        Some(Via::Sequencer) => 1 + spread,
        Some(Via::Numbers) => 2 * spread,
        Some(Via::Skeen) => 2 * spread + n - 1,
        Some(Via::Lamport) => n * spread,
        Some(Via::Consensus) => 1 + 3 * (n - 1),
    }
}

/// The sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    let by_other = match (params.sequencer_place(), params.leads_first()) {
        (Some(_), _) => " by another than the sequencer",
        (_, Some(_)) => " by another than the leader",
        _ => "",
    };
    let mut all = vec![format!("A broadcast{by_other} takes {}.", counted(messages(params), "message"))];
    let ordered = params.fifo == Switch::On || params.causal == Switch::On;
    all.extend(match (params.orders_by(), ordered) {
        (None, false) => Some("Messages are delivered as they come: nothing is promised about their order."),
        (None, true) if params.causal == Switch::On => Some("What neither sender knew of, each delivers as it comes: causal order is not one order for all."),
        (None, true) => Some("Messages of one sender stand in its order; an answer may still come before its question."),
        (Some(Via::Sequencer | Via::Numbers), false) if params.link_fifo == Switch::Off => Some("The order is that in which messages come to the sequencer, which need not be that in which they were sent."),
        (Some(Via::Skeen), false) if params.link_fifo == Switch::Off => Some("The order follows the stamps, and of two messages of a sender the second may get the smaller one."),
        (Some(Via::Lamport), _) => Some("A message waits for a later stamp from everybody: who is down, or silent, holds up all."),
        (Some(Via::Consensus), true) => Some("A message has its place once more than half have voted for it, whatever the reach; a sender says the next when the one before is delivered."),
        (Some(Via::Consensus), false) => Some("A message has its place once more than half have voted for it, whatever the reach; of two of a sender the second may come first."),
        (Some(Via::Token), _) => Some("A message waits for the token, for half a round on average."),
        _ => None,
    }.map(str::to_owned));
    if params.reach == Reach::Uniform && params.leads_first().is_none() {
        all.push(format!(
            "A message counts once {} of {} are known to have it; up to {} may die.",
            params.n / 2 + 1,
            params.n,
            (params.n - 1) / 2
        ));
    }
    if params.app == App::Dice && params.resolve == Resolve::Replica {
        all.push(
            "Each replica rolls a die of its own: the same commands in the same order leave other states."
                .to_owned(),
        );
    }
    all
}

//! Goals to reach by editing a scenario.

use super::params::{Params, Popularity, Query, Strategy};
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

/// All of them.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "least-moves",
        view: "panels=ring,verdicts&knobs=strategy,vnodes&law=minimal",
        figures: &["moved_share", "after_max_over_mean"],
        prompt: "Three nodes become four, and three quarters of the rows move. Change one thing so that no more than a third does and every node still gets its share.",
        guess: Some((
            "What is the least share that must move so that four nodes have equally many rows?",
            &["A quarter", "A third", "A half"],
        )),
        start: "ring?strategy=modulo&for=5s",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            let tally = |name: &str| outcome.tally(name).unwrap_or(i64::MAX);
            (params.nodes, params.add) == (3, 1)
                && undisturbed(&params, scenario)
                && has_moved(outcome)
                && tally("moved_share") <= 333_333
                && tally("after_max_over_mean") <= 1_300_000
        },
        hint: "The remainder of a division changes for most keys when the divisor does. Which strategies do not divide by N?",
        solution: "ring?strategy=jump&for=5s",
        learn: "Consistent, rendezvous and jump hashing move the new node's share and nothing else; a directory can, because it may put anything anywhere. Maglev's table and bounded loads are more even, and pay with some rows that move between old nodes.",
    },
    Challenge {
        id: "headroom",
        view: "panels=load,verdicts&knobs=bandwidth,disk&law=p99",
        figures: &["moving_ms", "p99_ms"],
        prompt: "Two nodes at 80 % utilisation become four, and p99 breaks its limit of 500 ms. Without taking load away, finish the move with p99 within the limit.",
        guess: Some((
            "What will help?",
            &["Moving more slowly", "Moving faster, to have it over with", "More virtual nodes"],
        )),
        start: "ring?strategy=jump&nodes=2&add=2&data=100&utilisation=0.8&bandwidth=20&for=30s",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            (params.nodes, params.add, params.data, params.disk) == (2, 2, 100, 50)
                && (params.utilisation, params.capacity) == (800_000, 60)
                && params.p99_limit <= 500_000
                && params.big == 0
                && undisturbed(&params, scenario)
                && is(outcome, "p99", State::Kept)
                && has_moved(outcome)
        },
        hint: "A node that moves at 20 of its 50 MB a second has three fifths of its pace left. How much may a move take if four fifths are needed?",
        solution: "ring?strategy=jump&nodes=2&add=2&data=100&utilisation=0.8&bandwidth=2&for=30s",
        learn: "Resharding is itself load. Throttled below the headroom it takes longer and hurts nobody; with no headroom there is no good time for it: reshard early.",
    },
    Challenge {
        id: "hot-row",
        view: "panels=load,verdicts&knobs=split,vnodes&law=balanced",
        figures: &["load_max_over_mean"],
        prompt: "Two of five requests write to one row. Bring the busiest of five nodes below one and a half times its fair share, with the row as hot as it is.",
        guess: Some((
            "Will a sixth node help?",
            &["No: the row stays on one node", "Yes: each node gets less", "Only with consistent hashing"],
        )),
        start: "ring?nodes=5&add=0&popularity=hot&hot=0.4&reads=0",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            params.nodes == 5
                && params.popularity == Popularity::Hot
                && params.hot >= 400_000
                && (params.query, params.reads, params.big) == (Query::Point, 0, 0)
                && is_asked(outcome)
                && outcome.tally("load_max_over_mean").is_some_and(|most| most < 1_500_000)
        },
        hint: "A key is the smallest thing that can be moved. Can the row be more than one key?",
        solution: "ring?nodes=5&add=0&popularity=hot&hot=0.4&split=32&reads=0",
        learn: "Partitioning spreads keys, not requests. A hot key must be split (or cached); its readers then pay by asking every piece.",
    },
    Challenge {
        id: "order",
        view: "panels=load,verdicts&knobs=strategy,span&law=one_shard",
        figures: &["shards_per_query", "max_over_mean"],
        prompt: "Range queries over two hundredths of the keys ask all eight nodes. Have them ask fewer than two on average, with rows still even.",
        guess: None,
        start: "ring?nodes=8&add=0&query=range&utilisation=0.1",
        goal: |scenario, outcome| {
            let params = Params::of(&scenario.values);
            (params.nodes, params.span, params.query) == (8, 20_000, Query::Range)
                && params.strategy == Strategy::Range
                && is_asked(outcome)
                && outcome.tally("shards_per_query").is_some_and(|shards| shards < 2_000_000)
                && outcome.tally("max_over_mean").is_some_and(|most| most < 1_300_000)
        },
        hint: "What does a hash do to neighbours?",
        solution: "ring?strategy=range&nodes=8&add=0&query=range&utilisation=0.1",
        learn: "Hashing buys evenness and sells order. Ranges keep order and are only as even as the keys are.",
    },
];

fn is(outcome: &Outcome, promise: &str, state: State) -> bool {
    outcome.verdict(promise).is_some_and(|verdict| verdict.judged().state == state)
}

/// There are rows to place, and nothing but the settings decides what becomes of them.
fn undisturbed(params: &Params, scenario: &Scenario) -> bool {
    params.keys >= 1_000 && scenario.cues.is_empty()
}

/// Requests were answered.
fn is_asked(outcome: &Outcome) -> bool {
    outcome.tally("answered").is_some_and(|answered| answered > 0)
}

/// The move was over before the run was.
fn has_moved(outcome: &Outcome) -> bool {
    let moved = outcome.series.iter().find(|series| series.name == "rows moved");
    moved.and_then(|series| series.points.last()).is_some_and(|(_, hundredths)| *hundredths == 100)
}


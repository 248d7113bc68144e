//! Goals to reach by editing a scenario.

use super::params::{App, Load, Params, Reach, Switch};
use super::presets;
use crate::lab::{Challenge, Outcome, State};
use crate::scenario::Scenario;

/// Every replica has carried out both commands, each rolled for, and all are equal.
fn equal(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    p.app == App::Dice
        && p.n >= 3
        && p.load == Load::Two
        && scenario.cues.is_empty()
        && outcome.stands("reaches", State::Kept)
        && outcome.stands("same_state", State::Kept)
}

/// One order for all, and not that of causes.
fn wrong_order(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    p.total == Switch::On
        && p.n >= 3
        && outcome.stands("reaches", State::Kept)
        && outcome.stands("same_order", State::Kept)
        && outcome.stands("cause", State::Broken)
}

/// Somebody has delivered, nobody alive ever will, and no link has lost more than one message.
fn alone(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    p.reach == Reach::Reliable
        && p.loss == 0
        && p.n >= 3
        && scenario.cues.len() <= 2
        && outcome.stands("even_dead", State::Broken)
        && outcome.stands("together", State::Kept)
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "equal",
        view: "panels=orders,verdicts&knobs=resolve,total,via&law=same_state",
        figures: &["diverged"],
        prompt: "Commands roll a die. Make all replicas equal, whatever the seed, and keep the dice.",
        guess: Some(("Is another way to order them enough?", &["no, they are in one order already", "yes"])),
        start: presets::DICE,
        goal: equal,
        hint: "All carry out the same commands in the same order. What is not in the command?",
        solution: "broadcast?load=two&total=on&app=dice&resolve=sender",
        learn: "The draw goes into the command: whoever sends it rolls once, and the replicas only write down what it says. So it is with clocks, too.",
    },
    Challenge {
        id: "wrong-order",
        view: "panels=orders,verdicts&knobs=total,gap,link_fifo&law=cause",
        figures: &["cause_broken", "disagree"],
        prompt: "Let all processes deliver everything in one order which is not the order of causes.",
        guess: Some(("Does a total order keep an answer behind its question?", &["not by itself", "always"])),
        start: "broadcast?load=pair&gap=30ms&seed=6",
        goal: wrong_order,
        hint: "The order is made where messages come together. In which order do they come there?",
        solution: presets::NOT_CAUSAL,
        learn: "A sequencer gives numbers as messages arrive. If they overtake each other on the way to it, everybody has the same wrong order.",
    },
    Challenge {
        id: "alone",
        view: "",
        figures: &["not_everybody"],
        prompt: "Broadcast is reliable. Let a message be delivered at one process and, with two acts at most and no loss, at nobody else.",
        guess: None,
        start: "broadcast?load=one&reach=reliable",
        goal: alone,
        hint: "Whoever lives and has it passes it on. Who may have it, then? It must die in the middle of sending, and what it has sent must not arrive.",
        solution: "broadcast?load=one&reach=reliable&do=0ms:drop:n1-n2:data,0ms:fail:n1:data:1",
        learn: "Reliable broadcast binds the living. If what the dead have done counts, as it does for a client that was answered, one needs uniform broadcast: deliver when more than half have it.",
    },
];

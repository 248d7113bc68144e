//! Goals to reach by editing a scenario.

use super::params::{Fault, Labels, Params, Struck};
use crate::lab::{Challenge, Outcome};
use crate::scenario::Scenario;

fn figure(outcome: &Outcome, tally: &str) -> i64 {
    outcome.tally(tally).unwrap_or(0)
}

/// As much is asked of as many services, and enough of it is struck.
fn is_hidden(scenario: &Scenario, p: &Params, outcome: &Outcome) -> bool {
    let long = scenario.horizon_us >= 15_000_000 && p.fault_for >= 5_000_000;
    p.services >= 12 && p.instances >= 2 && p.tenants >= 6 && long && figure(outcome, "faulty") >= 5
}

fn names_it(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    is_hidden(scenario, &p, outcome) && p.is_answer(scenario.seed)
}

fn keeps_all_for_little(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let fails = p.fault == Fault::Errors && p.share >= 500_000 && p.rate >= 60_000_000;
    let all = figure(outcome, "faulty_kept_share") == 1_000_000;
    let whole = figure(outcome, "torn_share") == 0 && p.instrumented >= p.services;
    let little = (1..50_000).contains(&figure(outcome, "spans_kept_share"));
    is_hidden(scenario, &p, outcome) && fails && all && whole && little
}

fn tells_the_tenant(scenario: &Scenario, outcome: &Outcome) -> bool {
    let p = Params::of(&scenario.values);
    let tenant = p.fault == Fault::Tenant && p.answer_whose == Struck::Tenant;
    let few = p.labels != Labels::User && figure(outcome, "series") <= 10_000 && p.users >= 10_000;
    is_hidden(scenario, &p, outcome) && tenant && few && p.is_answer(scenario.seed)
}

/// The challenges.
pub static CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "name",
        view: "panels=red,matrix,waterfall,transcript&knobs=look,answer_tier,answer_whose,answer_which",
        figures: &[],
        prompt: "Requests fail from 4 s on. Name the service where it begins and whom it strikes: all, an instance, a class or a tenant, and which.",
        guess: None,
        start: "observe?head=1&tail=errors&seed=14",
        goal: names_it,
        hint: "The deepest hop that is red; a trace whose last span failed by itself; then the lines that say \"failed here\": what have they in common?",
        solution: "observe?head=1&tail=errors&answer_tier=7&answer_whose=class&answer_which=2&seed=14",
        learn: "Metrics said that and on which hop, traces where it began, lines for whom. Each answered what the one before could not.",
    },
    Challenge {
        id: "five-percent",
        view: "panels=waterfall,verdicts&knobs=head,tail,tail_rest,decision_wait,num_traces&law=found",
        figures: &["faulty_kept_share", "spans_kept_share"],
        prompt: "Keep a whole trace of every faulty request, and less than 5 % of the spans that there would be.",
        guess: Some((
            "Which decides better what to keep?",
            &[
                "Who sees the whole trace, at its end",
                "Who begins it",
                "Each service by itself",
                "A greater head rate",
            ],
        )),
        start: "observe",
        goal: keeps_all_for_little,
        hint: "At the head nobody knows yet what will fail.",
        solution: "observe?head=1&tail=errors",
        learn: "A decision at the end can ask how it came out. It costs that every span is written, sent and held until then.",
    },
    Challenge {
        id: "tenant",
        view: "panels=matrix,charts&knobs=labels,look,log,answer_tier,answer_which",
        figures: &["series"],
        prompt: "Something is wrong for one tenant. Name service and tenant with at most 10,000 series.",
        guess: None,
        start: "observe?labels=user&fault=tenant&seed=10",
        goal: tells_the_tenant,
        hint: "There are six tenants and 10,000 users. Which label answers the question?",
        solution: "observe?labels=tenant&fault=tenant&answer_tier=6&answer_whose=tenant&answer_which=5&seed=10",
        learn: "A label is worth its series where it is one of few. What is one of many belongs into spans and lines, which are paid for by use.",
    },
];

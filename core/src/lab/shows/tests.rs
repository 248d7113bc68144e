//! What labs show is there: every series, figure and fact that is named, and every place that is pointed at.

use super::*;
use crate::lab::Detail;
use crate::labs::LABS;

/// The series that a view may look up.
fn series(shows: &Shows) -> Vec<SeriesKey> {
    let services = shows.services.iter().flat_map(|of| of.rate.iter().chain(&of.errors).chain(&of.duration));
    let mut keys: Vec<SeriesKey> = services.copied().collect();
    for station in &shows.stations {
        keys.extend([station.arrivals, station.utilisation, station.waiting]);
        keys.extend(&station.errors);
    }
    for traffic in &shows.traffic {
        keys.extend(traffic.layers.iter().map(|layer| layer.series));
        keys.extend(traffic.capacity.into_iter().chain(traffic.offered));
    }
    let tiers = || shows.topology.iter().flat_map(|topology| &topology.tiers);
    let crowds = shows.crowd.iter().chain(tiers().filter_map(|tier| tier.crowd.as_ref()));
    keys.extend(crowds.flat_map(|crowd| [crowd.waiting, crowd.sleeping]));
    keys.extend(tiers().filter_map(|tier| tier.held).map(|(held, _)| held));
    keys.extend(shows.budget.iter().flat_map(|budget| [budget.mean, budget.empty]));
    keys.extend(shows.matrix.iter().flat_map(|matrix| matrix.rows.iter().flat_map(|row| row.counts.clone())));
    if let Some(flow) = &shows.flow {
        keys.extend([flow.calls, flow.attempts, flow.succeeded, flow.retries]);
        keys.extend(flow.failed.iter().map(|(_, key)| *key));
        keys.extend(flow.questions.iter().map(|question| question.gave_up));
    }
    keys
}

/// The facts that a view may look up.
fn facts(shows: &Shows) -> Vec<FactId> {
    let lines = shows.stations.iter().filter_map(|station| station.line);
    let mut facts: Vec<FactId> = lines.flat_map(|line| [line.busy, line.queue]).collect();
    facts.extend(shows.budget.iter().map(|budget| budget.left));
    for machine in &shows.machines {
        facts.push(machine.state);
        facts.extend(machine.deadline.map(|deadline| deadline.fact).into_iter().chain(machine.cause));
    }
    for tenure in &shows.tenures {
        facts.push(tenure.state);
        facts.extend(tenure.number.into_iter().chain(tenure.still.map(|(fact, _)| fact)));
        facts.extend(
            tenure.granted.into_iter().flat_map(|grants| [Some(grants.holder), grants.number]).flatten(),
        );
        facts.extend(tenure.deeds.map(|deed| deed.fact));
    }
    if let Some(beliefs) = &shows.beliefs {
        facts.extend(beliefs.observers.iter().map(|observers| observers.tells.fact()));
        facts.extend(beliefs.truth.facts());
    }
    if let Some(partition) = &shows.partition {
        let Held { standing, now, before, after, stretches_before, stretches_after, load, waiting, weight } =
            partition.held;
        facts.extend([
            standing,
            now,
            before,
            after,
            stretches_before,
            stretches_after,
            load,
            waiting,
            weight,
        ]);
        facts.extend([partition.phase, partition.moves, partition.moved, partition.sample]);
    }
    if let Some(rounds) = &shows.rounds {
        facts.extend(rounds.lines.iter().flat_map(|line| line.from.into_iter().chain([line.fact])));
        facts.extend(rounds.decides);
        facts.extend(rounds.enough.map(|(fact, _)| fact));
    }
    facts.extend(shows.orders.iter().flat_map(|orders| orders.made.into_iter().chain([orders.taken])));
    if let Some(Spans { attempts: Attempts::Told { begun, ended, .. }, .. }) = &shows.spans {
        facts.extend([*begun, *ended]);
    }
    if let Some(stamps) = &shows.stamps {
        facts.push(stamps.event);
        facts.extend(stamps.clocks.iter().map(|clock| clock.fact));
    }
    facts
}

/// What is wrong with the places that this points at.
fn astray(shows: &Shows) -> Vec<String> {
    let mut wrong = Vec::new();
    for machine in &shows.machines {
        let n = machine.states.len();
        let ways = machine.ways.iter().flat_map(|way| [way.from, way.to]);
        let all = ways.chain(machine.deadline.map(|deadline| deadline.state));
        if n == 0 || machine.places.is_empty() || all.max() >= Some(n) {
            wrong.push(format!("{} has no state that it points at", machine.title));
        }
        let placed = machine.states.iter().filter(|state| state.at.is_some()).count();
        if placed != 0 && (placed != n || machine.ways.iter().any(|way| way.arm.is_none())) {
            wrong.push(format!("{} has places for some of it", machine.title));
        }
    }
    for tenure in &shows.tenures {
        if tenure.places.is_empty() || tenure.held.is_empty() {
            wrong.push(format!("{}: nothing can be held", tenure.title));
        }
    }
    for station in &shows.stations {
        if let Some(guard) = &station.guard
            && shows
                .machines
                .get(guard.machine)
                .is_none_or(|machine| machine.places.len() < usize::from(guard.places.end))
        {
            wrong.push(format!("{} is guarded by what is not there", station.name));
        }
    }
    if let Some(Spans { attempts: Attempts::Told { stride, endings, stations, .. }, .. }) = &shows.spans
        && (endings.len() > usize::from(*stride)
            || stations.iter().any(|place| *place >= shows.stations.len()))
    {
        wrong.push("calls end in other ways, or elsewhere, than there are".to_owned());
    }
    wrong
}

#[test]
fn what_labs_show_is_there() {
    for lab in LABS.iter().copied() {
        for preset in lab.presets() {
            let name = format!("{}: {}", lab.meta().id, preset.id);
            let scenario = crate::link::parse(preset.link, &[lab]).link.unwrap().scenario;
            let shows = lab.shows(&scenario);
            let outcome = lab.run(&scenario, Detail::Full);
            for key in series(&shows) {
                assert!(outcome.series(key.0).is_some(), "{name} has no series {key:?}");
            }
            for key in shows.services.iter().filter_map(|service| service.p99) {
                assert!(
                    lab.meta().tallies.iter().any(|tally| tally.name == key.0),
                    "{name} has no figure {key:?}"
                );
            }
            for fact in facts(&shows) {
                assert!(usize::from(fact.0) < lab.meta().facts.len(), "{name} has no {fact:?}");
            }
            assert_eq!(astray(&shows), [""; 0], "{name}");
            states_are_known(&shows, &outcome, &name);
        }
    }
}

/// Nodes report no state, standing or phase but those that are declared, and go no ways but those.
fn states_are_known(shows: &Shows, outcome: &crate::lab::Outcome, name: &str) {
    let trace = &outcome.trace;
    let words = |node, fact: FactId, index: u16| {
        trace.history(node, fact.at(index)).map(|change| match change.value {
            crate::trace::Fact::Word(word) => word,
            ref other => panic!("{name}: {other:?} is no word"),
        })
    };
    for machine in &shows.machines {
        let mut known = 0;
        for node in outcome.cast.of(machine.sort) {
            for index in 0..machine.places.len() as u16 {
                let place = |word| {
                    machine.place(word).unwrap_or_else(|| panic!("{name}: {} has no {word}", machine.title))
                };
                let places: Vec<usize> = words(node, machine.state, index).map(place).collect();
                known += places.len();
                for step in places.windows(2).filter(|step| step[0] != step[1]) {
                    let legal = machine.ways.iter().any(|way| [way.from, way.to] == *step);
                    assert!(legal || machine.ways.is_empty(), "{name}: {} goes {step:?}", machine.title);
                }
            }
        }
        assert!(known > 0, "{name}: nobody is in {}", machine.title);
    }
    if let Some(partition) = &shows.partition {
        for word in words(partition.router, partition.phase, 0) {
            assert!(partition.phases.iter().any(|(known, _)| *known == word), "{name}: {word} is no phase");
        }
        for word in outcome.cast.of(partition.sort).flat_map(|node| words(node, partition.held.standing, 0)) {
            assert!(
                partition.standings.iter().any(|(known, _)| *known == word),
                "{name}: {word} is no standing"
            );
        }
    }
}

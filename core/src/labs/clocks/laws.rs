//! The promises about stamps and durations: what each clock may say of two events, how far a hybrid stamp may be off, and that no duration is
//! negative.

use super::params::{Params, Rule};
use super::shows::{HYBRID, LAMPORT, PHYSICAL, VECTOR};
use super::truth::{Event, MAX_EVENTS, Told};
use crate::check::light::{Light, evidence};
use crate::lab::{Evidence, State, Verdict};
use crate::parts::hlc::Hlc;
use crate::parts::version_vector::Causality;
use crate::time::DurationUs;
use crate::trace::Mark;

/// The lights of stamps and durations.
#[derive(Clone, Debug)]
pub struct Laws {
    condition: Light,
    tied: Light,
    converse: Light,
    vector: Light,
    hybrid: Light,
    forward: Light,
    params: Params,
    /// Wipes of disks, as sentences: what forgets its clocks is why stamps go back.
    wiped: Vec<(u32, String)>,
    /// By process: the record of the last change of its clock, and in words.
    set: Vec<Option<(u32, String)>>,
}

/// "−80ms".
pub fn signed(us: i64) -> String {
    format!("{}{}", if us < 0 { "−" } else { "" }, DurationUs(us.unsigned_abs()))
}

/// A vector, entry by entry.
fn vector(stamp: &[i64]) -> String {
    let entries: Vec<String> = stamp.iter().map(i64::to_string).collect();
    format!("[{}]", entries.join(" "))
}

fn steps(events: [&Event; 2]) -> Vec<Evidence> {
    events.map(|event| evidence(event.at.record, event.said())).to_vec()
}

impl Laws {
    /// Nothing has happened.
    pub fn new(params: &Params) -> Laws {
        let kept = |id, why| Light::new(id, State::Kept, why);
        Laws {
            condition: kept("condition", "Every effect has a greater Lamport stamp than its cause."),
            tied: kept("tied", "No two events of which one could have caused the other have the same Lamport stamp."),
            converse: kept("converse", "No event has a smaller Lamport stamp than one that could not know of it."),
            vector: kept("vector", "Vectors have said of all events exactly which could have caused which."),
            hybrid: kept("hybrid", "Every effect has a greater hybrid stamp than its cause, and no stamp is farther ahead of its clock than it may be."),
            forward: kept("forward", "No duration between two events of a process has been negative."),
            params: params.clone(),
            wiped: Vec::new(),
            set: vec![None; params.n as usize],
        }
    }

    /// A disk is wiped.
    pub fn wipe(&mut self, at: Mark, words: String) {
        self.wiped.push((at.record, words));
    }

    /// A process's clock is set, or corrects itself.
    pub fn set(&mut self, at: Mark, process: usize, words: String) {
        if let Some(set) = self.set.get_mut(process) {
            *set = Some((at.record, words));
        }
    }

    /// What a clock says of two events.
    pub fn pair(&mut self, events: &[Event], told: Told) {
        match told.clock {
            LAMPORT => self.lamport(events, told),
            VECTOR => self.vectors(events, told),
            HYBRID if told.caused && told.claim != Causality::Before => {
                let (a, b) = (&events[told.pair.0], &events[told.pair.1]);
                let (after, mut steps) = self.forgotten(b.at.record, steps([a, b]));
                self.hybrid.break_(b.at, || {
                    steps.push(evidence(b.at.record, "its hybrid stamp is not the greater one"));
                    (format!("{} could have caused {}, whose hybrid stamp is not greater{after}.", a.said(), b.said()), steps)
                });
            }
            _ => {}
        }
    }

    /// What was wiped before a record: the end of a sentence, and the argument with it.
    fn forgotten(&self, record: u32, mut steps: Vec<Evidence>) -> (String, Vec<Evidence>) {
        let Some((wiped, words)) = self.wiped.iter().rev().find(|wiped| wiped.0 < record) else {
            return (String::new(), steps);
        };
        steps.push(evidence(*wiped, words.clone()));
        in_order(&mut steps);
        (": a disk was wiped before, and with it what a clock had counted".to_owned(), steps)
    }

    fn lamport(&mut self, events: &[Event], Told { pair, caused, claim, .. }: Told) {
        let (a, b) = (&events[pair.0], &events[pair.1]);
        let stamp = |event: &Event| event.stamps[LAMPORT][0];
        if caused && claim != Causality::Before {
            let (after, steps) = self.forgotten(b.at.record, steps([a, b]));
            let said = format!("{} could have caused {}: their Lamport stamps are {} and {}{after}.", a.said(), b.said(), stamp(a), stamp(b));
            self.condition.break_(b.at, || (said.clone(), steps.clone()));
            if claim == Causality::Equal {
                self.tied.break_(b.at, || (said, steps));
            }
        }
        if !caused && matches!(claim, Causality::Before | Causality::After) {
            self.converse.break_(b.at, || {
                let (less, more) = if claim == Causality::Before { (a, b) } else { (b, a) };
                let says = format!(
                    "{} has the Lamport stamp {}, {} has {}: yet neither could know of the other.",
                    less.said(), stamp(less), more.said(), stamp(more)
                );
                (says, steps([a, b]))
            });
        }
    }

    fn vectors(&mut self, events: &[Event], Told { pair, caused, claim, .. }: Told) {
        let right = if caused { Causality::Before } else { Causality::Concurrent };
        if claim == right {
            return;
        }
        let (a, b) = (&events[pair.0], &events[pair.1]);
        let (after, steps) = self.forgotten(b.at.record, steps([a, b]));
        let mut settings: Vec<String> = Vec::new();
        match self.params.rule {
            Rule::Right => {}
            Rule::SenderOnly => settings.push("receivers take over the sender’s entry only".into()),
            Rule::Strict => settings.push("earlier is what is less in every entry".into()),
        }
        if self.params.entries < self.params.n {
            settings.push(format!("a vector keeps {} of {} entries", self.params.entries, self.params.n));
        }
        let settings = if settings.is_empty() { String::new() } else { format!(" ({})", settings.join("; ")) };
        self.vector.break_(b.at, || {
            let truth = if caused { "the first could have caused the second" } else { "neither could know of the other" };
            let claim = match claim {
                Causality::Before => "that the first came before",
                Causality::After => "that the second came before",
                Causality::Equal => "that they are one",
                Causality::Concurrent => "that they are concurrent",
            };
            let [one, other] = [a, b].map(|event| vector(&event.stamps[VECTOR]));
            let says = format!("{}, {one}, and {}, {other}: {truth}, and the vectors say {claim}{settings}{after}.", a.said(), b.said());
            (says, steps)
        });
    }

    /// An event by itself: how far its hybrid stamp is ahead of its clock, in ticks, and how far it has counted.
    pub fn stamped(&mut self, event: &Event) -> (u64, u64) {
        let params = &self.params;
        let tick = params.tick as i64;
        let physical = event.stamps[PHYSICAL][0].div_euclid(tick);
        let ahead = event.stamps[HYBRID][0].div_euclid(tick).abs_diff(physical);
        let count = event.stamps[HYBRID][1].unsigned_abs();
        let apart = params.apart_ticks();
        let most = Hlc::most_counted(u64::from(params.n), apart);
        let (eps, said) = (DurationUs(params.eps), event.said());
        let spaced = params.spacing >= params.tick;
        let step = || vec![evidence(event.at.record, said.clone())];
        if ahead > apart {
            let [ahead, apart] = [ahead, apart].map(|ticks| DurationUs(ticks * params.tick));
            self.hybrid.break_(event.at, || {
                let says = format!("The hybrid stamp of {said} is {ahead} ahead of the process’s own clock; with every clock within {eps} of the true time it could be {apart} at the most, so that one is not.");
                (says, step())
            });
        } else if count > most {
            self.hybrid.break_(event.at, || {
                let why = if spaced { "some clock is off by more than ε, or does not go on by a tick between two events" } else { "a process may have several events within a tick" };
                (format!("The hybrid stamp of {said} has counted to {count}, which is more than N(ε+1) = {most}: {why}."), step())
            });
        }
        (ahead, count)
    }

    /// A process has measured the time since its event before.
    pub fn measured(&mut self, at: Mark, (before, now): (Option<&Event>, &str), elapsed_us: i64, process: usize) {
        if elapsed_us >= 0 {
            return;
        }
        let set = &self.set;
        self.forward.break_(at, || {
            let mut steps: Vec<Evidence> = before.map(|event| evidence(event.at.record, event.said())).into_iter().collect();
            let since = before.map_or(0, |event| event.at.record);
            let set = set[process].as_ref().filter(|set| set.0 >= since);
            steps.extend(set.map(|(record, words)| evidence(*record, words.clone())));
            steps.push(evidence(at.record, now));
            let because = set.map_or(String::new(), |(_, words)| format!(": {words}"));
            let from = before.map_or("the event before".to_owned(), Event::said);
            (format!("Between {from} and {now} n{} measures {}{because}.", process + 1, signed(elapsed_us)), steps)
        });
    }

    /// There are more events than are compared: what has not been broken is not known.
    pub fn give_up(&mut self, at: Mark) {
        let why = format!("Only the first {MAX_EVENTS} events are compared with each other.");
        for light in [&mut self.condition, &mut self.tied, &mut self.converse, &mut self.vector, &mut self.hybrid] {
            light.say(at, State::Unknown, &why);
        }
    }

    /// The lights, in the order of the lab's promises: those of stamps, and that of durations.
    pub fn verdicts(self) -> (Vec<Verdict>, Verdict) {
        let stamps = [self.condition, self.tied, self.converse, self.vector, self.hybrid];
        (stamps.map(Light::verdict).to_vec(), self.forward.verdict())
    }
}

/// Steps of an argument in the order in which they happened.
fn in_order(steps: &mut [Evidence]) {
    crate::sorted::sort_by_key(steps, |step| step.record);
}

//! Watches a run: who decides what in which phase, and the four promises.

use super::message::Speech;
use super::meta::{Figures, fact};
use super::params::{Coin, Decide, Params};
use super::valence::{CONFIGURATIONS, valence};
use crate::cast::{Cast, NodeId};
use crate::check::light::{Light, evidence};
use crate::counted::counted;
use crate::kits::ensemble::{self, Peers};
use crate::lab::{State, Tally, Verdict};
use crate::parts::benor::Bit;
use crate::scenario::Scenario;
use crate::sim::{Observer, Seen};
use crate::sorted::Map;
use crate::stats::{Series, SeriesRecorder};
use crate::trace::{Fact, FactKey, Mark, World};

/// What a process decided.
#[derive(Clone, Copy, Debug)]
struct Decision {
    value: Bit,
    phase: u32,
    record: u32,
}

/// What is known of a process.
#[derive(Clone, Copy, Debug, Default)]
struct Peer {
    /// The phase that it is in, from 1; 0 before it begins.
    phase: u32,
    first: Option<Decision>,
    last: Option<Decision>,
    /// The last phase whose proposals it has heard.
    settled: u32,
}

/// The meter.
pub struct Meter {
    params: Params,
    cast: Cast,
    present: Peers,
    peers: Vec<Peer>,
    coins: i64,
    /// For three processes, the values with which they begin a phase, until all have: the bits that are known, and those that are set.
    begun: Map<u32, (u8, u8)>,
    valence: Option<[u8; CONFIGURATIONS]>,
    bivalent: i64,
    /// When all that were up had decided, and in which phase the last of them had.
    all: Option<(u64, u32)>,
    last: Mark,
    furthest: (u32, SeriesRecorder),
    undecided: SeriesRecorder,
    same: Light,
    obeys: Light,
    decides: Light,
    unharmed: Light,
}

impl Meter {
    /// A meter for a run that is about to begin.
    pub fn new(params: Params, cast: Cast, scenario: &Scenario) -> Meter {
        Meter {
            valence: valence(&params),
            present: Peers::new(cast, scenario),
            peers: vec![Peer::default(); cast.len()],
            coins: 0,
            begun: Map::new(),
            bivalent: 0,
            all: None,
            last: Mark::default(),
            furthest: (0, SeriesRecorder::new(1_000)),
            undecided: SeriesRecorder::new(1_000),
            same: Light::new("same", State::Kept, "No two processes have decided differently."),
            obeys: Light::new("obeys", State::Kept, "Nobody has decided on what nobody began with."),
            decides: Light::new("decides", State::Unknown, "Not everybody that is up has decided yet."),
            unharmed: Light::new("unharmed", State::Kept, "No process has decided twice, and differently."),
            params,
            cast,
        }
    }

    fn sum_up(mut self) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        self.judge_silence();
        let first = self.peers.iter().filter_map(|peer| peer.first).map(|first| i64::from(first.phase)).min();
        let tallies = Figures {
            phases: self.all.map(|(_, phase)| i64::from(phase)),
            first_phase: first,
            decided_ms: self.all.map(|(at_us, _)| at_us as i64),
            coins: Some(self.coins),
            messages: Some(self.present.sent()),
            bivalent_phases: self.valence.map(|_| self.bivalent),
        };
        let series = vec![
            self.furthest.1.series("furthest phase", "phase"),
            self.undecided.series("undecided", "processes"),
        ];
        let lights = [self.same, self.obeys, self.decides, self.unharmed];
        (tallies.tallies(), series, lights.map(Light::verdict).into())
    }

    fn name(&self, node: NodeId) -> String {
        self.cast.name(node).to_string()
    }

    fn first(&self, node: NodeId) -> Option<Decision> {
        self.peers[node.index()].first
    }

    fn begins(&mut self, mark: Mark, node: NodeId, phase: u32, value: Bit) {
        self.peers[node.index()].phase = phase;
        if phase > self.furthest.0 {
            self.furthest.0 = phase;
            self.furthest.1.add(mark.at_us, i64::from(phase));
        }
        if phase == 1 {
            self.count_undecided(mark);
        }
        if let Some(valence) = self.valence {
            let (known, set) = self.begun.entry(phase).or_default();
            *known |= 1 << node.index();
            *set |= value << node.index();
            if *known == 7 {
                self.bivalent += i64::from(valence[usize::from(*set)] == 3);
                self.begun.remove(&phase);
            }
        }
        if phase > self.params.limit && self.peers[node.index()].first.is_none() {
            let (name, limit) = (self.name(node), counted(u64::from(self.params.limit), "phase"));
            let (troubles, coin) = (self.present.troubles(), self.params.coin);
            self.decides.turn(mark, State::Broken, || {
                let by = if coin == Coin::Keep {
                    "delays alone have done it"
                } else {
                    "delays, and how the coins fell, have done it"
                };
                (
                    format!("{name} has not decided in {limit}. {troubles}: {by}."),
                    vec![evidence(mark.record, format!("{name} begins phase {phase} undecided"))],
                )
            });
        }
    }

    fn count_undecided(&mut self, mark: Mark) {
        let undecided = self.present.those_in().filter(|node| self.first(*node).is_none()).count() as i64;
        self.undecided.add(mark.at_us, undecided);
    }

    fn decided(&mut self, mark: Mark, node: NodeId, phase: u32, value: Bit) {
        let decision = Decision { value, phase, record: mark.record };
        let name = self.name(node);
        let peer = &mut self.peers[node.index()];
        let before = peer.last.replace(decision);
        peer.first.get_or_insert(decision);
        let hasty = self.params.decide == Decide::One;
        if let Some(before) = before.filter(|before| before.value != value) {
            self.unharmed.break_(mark, || {
                let why = format!(
                    "{name} decided {} in phase {}, and {value} in phase {phase}. {HASTY}",
                    before.value, before.phase
                );
                (
                    why,
                    vec![
                        evidence(before.record, format!("{name} decides {}", before.value)),
                        evidence(mark.record, format!("{name} decides {value}")),
                    ],
                )
            });
        }
        let others = self.cast.nodes().filter(|other| *other != node);
        let mut theirs = others.flat_map(|other| {
            let Peer { first, last, .. } = self.peers[other.index()];
            first.into_iter().chain(last).map(move |decision| (other, decision))
        });
        let other = theirs.find(|(_, theirs)| theirs.value != value);
        if let Some((other, theirs)) = other {
            let other = self.name(other);
            self.same.break_(mark, || {
                let because = if hasty { HASTY } else { "" };
                let why = format!(
                    "{other} decided {} in phase {}, {name} decides {value} in phase {phase}. {because}",
                    theirs.value, theirs.phase
                );
                (
                    why.trim_end().to_owned(),
                    vec![
                        evidence(theirs.record, format!("{other} decides {}", theirs.value)),
                        evidence(mark.record, format!("{name} decides {value}")),
                    ],
                )
            });
        }
        if let Some(all) = self.params.unanimous().filter(|all| *all != value) {
            self.obeys.break_(mark, || {
                (
                    format!("All began with {all}, and {name} decides {value}."),
                    vec![evidence(mark.record, format!("{name} decides {value}"))],
                )
            });
        }
        self.count_undecided(mark);
        self.see_whether_all(mark);
    }

    /// Turns the light of termination when all that are up have decided.
    fn see_whether_all(&mut self, mark: Mark) {
        if self.all.is_some() {
            return;
        }
        let phases: Option<Vec<u32>> =
            self.present.those_in().map(|node| Some(self.first(node)?.phase)).collect();
        let Some(phase) = phases.and_then(|phases| phases.into_iter().max()) else { return };
        self.all = Some((mark.at_us, phase));
        if self.decides.state() == State::Unknown {
            self.decides.turn(mark, State::Kept, || {
                (format!("All that are up have decided, the last of them in phase {phase}."), Vec::new())
            });
        }
    }

    /// Whether all that are up have begun and nothing is under way: then nothing will ever change.
    fn is_silent(&self) -> bool {
        self.present.sent() > 0
            && self.present.is_quiet()
            && self.present.those_in().all(|node| self.peers[node.index()].phase > 0)
    }

    /// At the end: who is up and undecided, and waits for what will never come.
    fn judge_silence(&mut self) {
        let Some(node) = self.present.those_in().find(|node| self.first(*node).is_none()) else { return };
        if !self.is_silent() || self.decides.state() != State::Unknown {
            return;
        }
        let (mark, name, phase) = (self.last, self.name(node), self.peers[node.index()].phase);
        let (wait, troubles, t) = (self.params.rules().wait(), self.present.troubles(), self.params.t);
        self.decides.turn(mark, State::Broken, || {
            let why = format!(
                "{name} waits in phase {phase} until it has heard {wait} of the {}, and nothing is under way any more. {troubles}; the protocol is made for at most {t}.",
                self.params.n
            );
            (why, vec![evidence(mark.record, "the last that happens")])
        });
    }
}

/// Why deciding on one proposal is too hasty.
const HASTY: &str =
    "One proposal decides here, and the others need not have heard it: they may go by a coin.";

impl ensemble::Meter<Speech> for Meter {
    fn results(self) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        self.sum_up()
    }
}

impl Observer<Speech> for Meter {
    fn weight(&self) -> u64 {
        16 * self.begun.len() as u64
    }

    fn done(&self) -> bool {
        // Who counts what came in time has yet to do so when nothing is under way any more.
        let waits = |node: NodeId| {
            let Peer { first, settled, .. } = self.peers[node.index()];
            first.is_none_or(|first| settled <= first.phase)
        };
        !self.present.is_directed()
            && self.is_silent()
            && !(self.params.rules().timed && self.present.those_in().any(waits))
    }

    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, _: &World) {
        self.last = mark;
        self.present.see(&seen, |_| false);
        match seen {
            Seen::Crash(_) => {
                self.count_undecided(mark);
                if self.present.those_in().next().is_some() {
                    self.see_whether_all(mark);
                }
            }
            Seen::Fact { node, key: FactKey { name, index }, value: Fact::Word(word) } => {
                let (phase, value) = (u32::from(index), Bit::from(*word == "1"));
                match name {
                    fact::BEGINS => self.begins(mark, node, phase, value),
                    fact::DECISION => self.decided(mark, node, phase, value),
                    fact::OUTCOME => {
                        self.peers[node.index()].settled = phase;
                        self.coins += i64::from(word.starts_with("coin"));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

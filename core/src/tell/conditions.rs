//! What the script has done to nodes and links: who is down, paused or slow, and which ways are cut, at a moment and over time.

use crate::acts::{Act, Pointed};
use crate::cast::{Cast, Name, NodeId};
use crate::outcome::Outcome;
use crate::scenario::Scenario;
use crate::sorted::{Map, Set};
use crate::trace::{Cursor, Mark, RecordKind, World};

/// The conditions at a moment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Conditions {
    /// Who is down, paused or slow, and what is cut.
    pub world: World,
    /// The caption that stands.
    pub says: Option<String>,
    /// What is pointed at.
    pub points: Points,
}

/// What is pointed at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Points {
    /// Nothing.
    #[default]
    Nothing,
    /// Nodes.
    Nodes(Vec<NodeId>),
    /// The link between two.
    Link(NodeId, NodeId),
    /// What is under way from one to another, of a kind or of any.
    Messages(NodeId, NodeId, Option<String>),
}

impl Points {
    fn of(at: &Pointed, cast: &Cast) -> Points {
        let link = |a: &Name, b: &Name| Some((cast.find(*a)?, cast.find(*b)?));
        let points = match at {
            Pointed::Nodes(nodes) => Some(Points::Nodes(cast.members(nodes).unwrap_or_default())),
            Pointed::Link(a, b) => link(a, b).map(|(a, b)| Points::Link(a, b)),
            Pointed::Messages { from, to, kind } => {
                link(from, to).map(|(from, to)| Points::Messages(from, to, kind.0.clone()))
            }
        };
        points.unwrap_or_default()
    }
}

impl Conditions {
    /// The conditions at the cursor: what every act that has happened has left.
    pub fn at(scenario: &Scenario, outcome: &Outcome, cursor: Cursor) -> Conditions {
        let mut conditions = Conditions::default();
        let trace = &outcome.trace;
        for place in trace.turns().iter().take_while(|place| **place < cursor.index) {
            let record = &trace.records()[*place as usize];
            if record.kind == RecordKind::Crash {
                conditions.world.go_down(record.node, record.id);
            } else if let Some(cue) = scenario.cues.get(record.payload as usize) {
                conditions.apply(&cue.act, &outcome.cast, Mark { at_us: record.at_us, record: record.id });
            }
        }
        conditions.world.resume(cursor.at_us);
        conditions
    }

    /// Whether messages from one node to another die now.
    pub fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        self.world.is_cut(from, to)
    }

    /// Takes in what an act does at its record.
    pub fn apply(&mut self, act: &Act, cast: &Cast, at: Mark) {
        self.world.apply(act, cast, at);
        match act {
            // New words let go of what was pointed at.
            Act::Say { text } => {
                self.says = Some(text.0.clone());
                self.points = Points::Nothing;
            }
            Act::Point { at } => self.points = Points::of(at, cast),
            _ => {}
        }
    }
}

/// A condition over a stretch of time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// What is the case.
    pub kind: SpanKind,
    /// From, in µs.
    pub from_us: u64,
    /// To, in µs: the end of the run where nothing ended it.
    pub to_us: u64,
}

/// What is the case during a [`Span`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SpanKind {
    /// These ways are cut; in words, as the script says it: "n1 from n2, n3".
    Cut {
        /// In words.
        words: String,
        /// Whether only one way.
        one_way: bool,
    },
    /// The node is down.
    Down(NodeId),
    /// The node is paused.
    Paused(NodeId),
    /// The node is slow by a factor.
    Slow(NodeId, u32),
}

/// Every condition of a run over its time, in order of their beginnings. A cut lasts until the last of its ways is healed.
pub fn spans(scenario: &Scenario, outcome: &Outcome) -> Vec<Span> {
    let (trace, cast) = (&outcome.trace, &outcome.cast);
    let mut done: Vec<Span> = Vec::new();
    let mut open: Map<SpanKind, u64> = Map::new();
    let mut pauses: Map<NodeId, (u64, u64)> = Map::new();
    let mut cuts: Vec<(SpanKind, u64, u32)> = Vec::new();
    let mut now = World::default();
    for place in trace.turns() {
        let record = &trace.records()[*place as usize];
        let at_us = record.at_us;
        now.resume(at_us);
        if record.kind == RecordKind::Crash {
            now.go_down(record.node, record.id);
        } else if let Some(cue) = scenario.cues.get(record.payload as usize) {
            now.apply(&cue.act, cast, Mark { at_us, record: record.id });
            cuts.extend(cut_words(&cue.act).map(|kind| (kind, at_us, record.id)));
        }
        cuts.retain(|(kind, from_us, act)| {
            let lasts = now.cuts_still(*act);
            if !lasts {
                done.push(Span { kind: kind.clone(), from_us: *from_us, to_us: at_us });
            }
            lasts
        });
        let wanted: Set<SpanKind> = now
            .down
            .keys()
            .map(|node| SpanKind::Down(*node))
            .chain(now.slow.iter().map(|(node, slow)| SpanKind::Slow(*node, slow.factor)))
            .collect();
        for kind in open.keys().filter(|kind| !wanted.contains(kind)).cloned().collect::<Vec<_>>() {
            let from_us = open.remove(&kind).expect("listed above");
            done.push(Span { kind, from_us, to_us: at_us });
        }
        for kind in wanted {
            open.entry(kind).or_insert(at_us);
        }
        for (node, (from_us, until_us)) in std::mem::take(&mut pauses) {
            match now.paused.get(&node) {
                Some(paused) => {
                    pauses.insert(node, (from_us, paused.until_us));
                }
                None => done.push(Span { kind: SpanKind::Paused(node), from_us, to_us: until_us.min(at_us) }),
            }
        }
        for (node, paused) in now.paused.iter() {
            pauses.entry(*node).or_insert((at_us, paused.until_us));
        }
    }
    let end_us = outcome.ended_us;
    done.extend(open.into_iter().map(|(kind, from_us)| Span { kind, from_us, to_us: end_us }));
    done.extend(cuts.into_iter().map(|(kind, from_us, _)| Span { kind, from_us, to_us: end_us }));
    done.extend(pauses.into_iter().map(|(node, (from_us, until_us))| Span {
        kind: SpanKind::Paused(node),
        from_us,
        to_us: until_us.min(end_us),
    }));
    crate::sorted::sort_by_key(&mut done, |span| (span.from_us, span.to_us));
    done
}

fn cut_words(act: &Act) -> Option<SpanKind> {
    use crate::acts::Argument;
    match act {
        Act::Cut { a, b } => {
            Some(SpanKind::Cut { words: format!("{} from {}", a.tell(), b.tell()), one_way: false })
        }
        Act::CutOneWay { a, b } => {
            Some(SpanKind::Cut { words: format!("{} to {}", a.tell(), b.tell()), one_way: true })
        }
        _ => None,
    }
}

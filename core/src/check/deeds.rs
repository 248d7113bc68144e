//! What the script has done that a law may have to name, each with the record of the act: which ways are cut, who is down or paused, whose
//! clock was set, which messages were dropped or doubled.

use super::light::evidence;
use super::register::WriteId;
use crate::acts::{Act, Nature};
use crate::cast::{Cast, Group, NodeId, Sort};
use crate::outcome::Evidence;
use crate::sorted::Map;
use crate::trace::{Loss, Mark, World};

/// The acts so far, and what stands of them.
#[derive(Clone, Debug)]
pub(super) struct Deeds {
    cast: Cast,
    /// What stands of the acts: of it the cuts. Who is down may be so from the start, and a pause that is over may still be asked for.
    world: World,
    /// Who is down, and since which act; none where it has been down from the start.
    down: Map<NodeId, Option<u32>>,
    pauses: Vec<Pause>,
    /// Who sends more slowly than it would, since when and until when.
    slows: Vec<Pause>,
    /// Whose clock was set or set drifting, whether forward, and by which act.
    clocks: Vec<(NodeId, bool, u32)>,
    /// Messages that are to be dropped or doubled.
    fingers: Vec<Finger>,
    /// The writes that were in messages which came twice, where to, and by which act.
    doubled: Vec<(WriteId, NodeId, u32)>,
    /// The act that dropped a message last, for each way.
    drops: Map<(NodeId, NodeId), u32>,
    /// The messages that died on behalf of operations that are under way or have failed.
    deaths: Map<u32, Vec<Death>>,
    /// The acts in words, by record.
    words: Map<u32, String>,
}

/// A message died: at which record, between whom, and by which act, where it was one.
#[derive(Clone, Copy, Debug)]
struct Death {
    record: u32,
    from: NodeId,
    to: NodeId,
    act: Option<u32>,
}

/// How many messages that died are kept of an operation.
const MOST_DEATHS: usize = 24;

/// A node handles nothing for a while, or is slow.
#[derive(Clone, Copy, Debug)]
struct Pause {
    node: NodeId,
    from_us: u64,
    until_us: u64,
    act: u32,
}

/// The next message from one node to another, of a kind or of any, is to die or to come twice.
#[derive(Clone, Debug)]
struct Finger {
    from: NodeId,
    to: NodeId,
    kind: Option<String>,
    twice: bool,
    act: u32,
}

impl Deeds {
    pub(super) fn new(cast: Cast) -> Deeds {
        Deeds {
            cast,
            world: World::default(),
            down: Map::new(),
            pauses: Vec::new(),
            slows: Vec::new(),
            clocks: Vec::new(),
            fingers: Vec::new(),
            doubled: Vec::new(),
            drops: Map::new(),
            deaths: Map::new(),
            words: Map::new(),
        }
    }

    fn members(&self, group: &Group) -> Vec<NodeId> {
        self.cast.members(group).unwrap_or_default()
    }

    /// An act takes effect. Who goes down with it is told apart.
    pub(super) fn act(&mut self, at: Mark, act: &Act) {
        let record = at.record;
        if act.nature() != Nature::Fault {
            return;
        }
        self.words.insert(record, act.sentence());
        self.world.apply(act, &self.cast, at);
        match act {
            Act::Pause { node, time } => {
                let (from_us, until_us) = (at.at_us, at.at_us.saturating_add(time.0));
                for node in self.members(node) {
                    let longer = |pause: &Pause| pause.node == node && pause.until_us >= until_us;
                    if !self.down.contains_key(&node) && !self.pauses.iter().any(longer) {
                        self.pauses.push(Pause { node, from_us, until_us, act: record });
                    }
                }
            }
            Act::Slow { node, factor } => {
                let nodes = self.members(node);
                for slow in self.slows.iter_mut().filter(|slow| nodes.contains(&slow.node)) {
                    slow.until_us = slow.until_us.min(at.at_us);
                }
                if factor.0 > 1 {
                    let slow = |node| Pause { node, from_us: at.at_us, until_us: u64::MAX, act: record };
                    self.slows.extend(nodes.into_iter().map(slow));
                }
            }
            Act::Clock { node, .. } | Act::Drift { node, .. } => {
                let forward = match act {
                    Act::Clock { by, .. } => by.0 > 0,
                    Act::Drift { rate, .. } => rate.0 > 0,
                    _ => false,
                };
                let nodes = self.members(node);
                self.clocks.extend(nodes.into_iter().map(|node| (node, forward, record)));
            }
            Act::Drop { from, to, kind } | Act::Dup { from, to, kind } => {
                let twice = matches!(act, Act::Dup { .. });
                if let (Some(from), Some(to)) = (self.cast.find(*from), self.cast.find(*to)) {
                    self.fingers.push(Finger { from, to, kind: kind.0.clone(), twice, act: record });
                }
            }
            // These the world keeps; a crash is told when it comes.
            Act::Cut { .. } | Act::CutOneWay { .. } | Act::Heal { .. } => {}
            Act::Crash { .. } | Act::Wipe { .. } | Act::Start { .. } | Act::Fail { .. } => {}
            Act::Ask { .. } | Act::Reseed { .. } | Act::Say { .. } | Act::Point { .. } | Act::Stop {} => {}
        }
    }

    /// A node goes down: by the act of that record, if by any. Its pause is over with it.
    pub(super) fn crash(&mut self, node: NodeId, at: Mark, by_act: bool) {
        self.down.insert(node, by_act.then_some(at.record));
        if by_act {
            // An act of this moment has been told; one that came earlier had it go down now.
            self.words.entry(at.record).or_insert_with(|| format!("{} crashes", self.cast.name(node)));
        }
        for pause in self.pauses.iter_mut().filter(|pause| pause.node == node) {
            pause.until_us = pause.until_us.min(at.at_us);
        }
    }

    /// A node boots.
    pub(super) fn boot(&mut self, node: NodeId) -> bool {
        self.down.remove(&node).is_some()
    }

    pub(super) fn is_down(&self, node: NodeId) -> bool {
        self.down.contains_key(&node)
    }

    /// A message with these writes is sent: an act may have it dropped, or come twice.
    pub(super) fn sent(&mut self, from: NodeId, to: NodeId, kind: &str, writes: &[WriteId]) {
        let touches = |finger: &Finger| {
            (finger.from, finger.to) == (from, to) && finger.kind.as_deref().is_none_or(|word| word == kind)
        };
        let Some(place) = self.fingers.iter().position(touches) else { return };
        let finger = self.fingers.remove(place);
        match finger.twice {
            true => self.doubled.extend(writes.iter().map(|write| (*write, to, finger.act))),
            false => drop(self.drops.insert((from, to), finger.act)),
        }
    }

    /// The act by which a message with a write came to a node twice.
    pub(super) fn doubled_by(&self, write: WriteId, to: NodeId) -> Option<u32> {
        let is_it = |(doubled, at, _): &&(WriteId, NodeId, u32)| (*doubled, *at) == (write, to);
        self.doubled.iter().rev().find(is_it).map(|(.., act)| *act)
    }

    /// The act by which a message died.
    pub(super) fn lost_by(&self, from: NodeId, to: NodeId, loss: Loss) -> Option<u32> {
        match loss {
            Loss::Cut => self.world.cut_by(from, to),
            Loss::Down => self.down.get(&to).copied().flatten(),
            Loss::Dropped => self.drops.get(&(from, to)).copied(),
            Loss::Chance => None,
        }
    }

    /// A message died on behalf of an operation.
    pub(super) fn died(&mut self, op: u32, (from, to): (NodeId, NodeId), loss: Loss, at: Mark) {
        let act = self.lost_by(from, to, loss);
        let deaths = self.deaths.entry(op).or_default();
        if deaths.len() < MOST_DEATHS {
            deaths.push(Death { record: at.record, from, to, act });
        }
    }

    /// An operation has been served: nobody asks what stood in its way.
    pub(super) fn served(&mut self, op: u32) {
        self.deaths.remove(&op);
    }

    /// How many operations it keeps the dead messages of.
    pub(super) fn unserved(&self) -> usize {
        self.deaths.len()
    }

    /// What stood in the way of an operation until a moment: the acts that killed its messages, those that died by chance, and the acts that
    /// paused or slowed who was to answer.
    pub(super) fn hindered(&self, op: u32, asked: &[NodeId], (since, at): (Mark, Mark)) -> Vec<Evidence> {
        let deaths = self.deaths.get(&op).into_iter().flatten().filter(|death| death.record <= at.record);
        let mut steps: Map<u32, String> = Map::new();
        for death in deaths {
            match death.act {
                Some(act) => steps.insert(act, self.tell(act)),
                None => {
                    let (from, to) = (self.cast.name(death.from), self.cast.name(death.to));
                    steps.insert(death.record, format!("a message from {from} to {to} is lost"))
                }
            };
        }
        for act in asked.iter().filter_map(|node| self.paused_by(*node, since.at_us, at.at_us)) {
            steps.insert(act, self.tell(act));
        }
        for act in self.slowed(asked, since.at_us, at.at_us) {
            steps.insert(act, self.tell(act));
        }
        steps.into_iter().map(|(record, says)| evidence(record, says)).collect()
    }

    /// The acts by which any of these nodes was slow for some of a time.
    pub(super) fn slowed(&self, nodes: &[NodeId], from_us: u64, until_us: u64) -> impl Iterator<Item = u32> {
        let slow = self.slows.iter().filter(move |slow| {
            nodes.contains(&slow.node) && slow.from_us <= until_us && from_us < slow.until_us
        });
        slow.map(|slow| slow.act)
    }

    /// The act by which a node handled nothing for some of a time.
    fn paused_by(&self, node: NodeId, from_us: u64, until_us: u64) -> Option<u32> {
        let overlaps =
            |pause: &&Pause| pause.node == node && pause.from_us <= until_us && from_us <= pause.until_us;
        self.pauses.iter().rev().find(overlaps).map(|pause| pause.act)
    }

    /// The acts that had set a node's clock by that record.
    pub(super) fn clock_acts(&self, node: NodeId, until: u32) -> impl Iterator<Item = u32> + '_ {
        let by_then = move |(of, _, act): &&(NodeId, bool, u32)| *of == node && *act <= until;
        self.clocks.iter().filter(by_then).map(|(.., act)| *act)
    }

    /// The acts on clocks by which one moment's time may stand above a later one's: each told at a node and a record. Had the one's clock been
    /// set back, or the other's forward, that would have been no reason for it.
    pub(super) fn misordered(
        &self,
        one: (NodeId, u32),
        other: (NodeId, u32),
    ) -> impl Iterator<Item = u32> + '_ {
        let same = one.0 == other.0;
        let guilty = move |(node, forward, act): &&(NodeId, bool, u32)| match *forward {
            // What had set both forward parts them not.
            true => !same && (*node, true) == (one.0, *act <= one.1),
            false => (*node, true) == (other.0, *act <= other.1) && (!same || *act > one.1),
        };
        self.clocks.iter().filter(guilty).map(|(.., act)| *act)
    }

    /// An act in words.
    pub(super) fn tell(&self, act: u32) -> String {
        self.words.get(&act).cloned().unwrap_or_default()
    }

    /// When the first pause ends that is not over at `now_us` but by `at_us`.
    pub(super) fn next_resumed(&self, now_us: u64, at_us: u64) -> Option<u64> {
        let ends = self.pauses.iter().filter(|pause| self.is_server(pause.node)).map(|pause| pause.until_us);
        ends.filter(|until_us| (now_us + 1..=at_us).contains(until_us)).min()
    }

    fn is_server(&self, node: NodeId) -> bool {
        self.cast.sort(node).0 == Sort::Server
    }

    /// What parts the replicas at a moment, in words: a cut between them, or between one of them and a coordinator apart, which sends it
    /// writes; one that is down or paused. What comes between a client and a node does not.
    pub(super) fn parted(&self, now_us: u64) -> Option<String> {
        let inside = |node: &NodeId| self.cast.sort(*node).0 != Sort::Client;
        let parts = |(from, to): &(NodeId, NodeId)| {
            from != to && inside(from) && inside(to) && (self.is_server(*from) || self.is_server(*to))
        };
        if self.world.ways(&self.cast).any(|way| parts(&way)) {
            return Some("a link is cut".to_owned());
        }
        let are = |nodes: Vec<NodeId>, what: &str| {
            let names: Vec<String> = nodes.iter().map(|node| self.cast.name(*node).to_string()).collect();
            match names.as_slice() {
                [] => None,
                [name] => Some(format!("{name} is {what}")),
                names => Some(format!("{} are {what}", names.join(", "))),
            }
        };
        let down = self.down.keys().copied().filter(|node| self.is_server(*node)).collect();
        let holds = |pause: &&Pause| (pause.from_us..pause.until_us).contains(&now_us);
        let mut paused: Vec<NodeId> = self.pauses.iter().filter(holds).map(|pause| pause.node).collect();
        paused.retain(|node| self.is_server(*node));
        crate::sorted::sort(&mut paused);
        paused.dedup();
        are(down, "down").or_else(|| are(paused, "paused"))
    }
}

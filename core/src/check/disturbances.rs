//! What disturbs a run, and for how long: trouble that the settings ask for, and what the script does to nodes and links.

use super::light::evidence;
use crate::acts::Act;
use crate::cast::{Cast, Group, NodeId};
use crate::outcome::Evidence;
use crate::trace::Mark;

/// What there is to say when something begins, and when it is over.
pub(crate) type Words = (&'static str, &'static str);

/// When the trouble of the settings is over.
pub(crate) const TROUBLE_OVER: &str = "The trouble is over";
const DOWN: Words = ("A node is down", "A node is started again");
const PAUSED: Words = ("A node is paused", "The pause is over");
const SLOW: Words = ("A node is slow", "A node is as fast as before");
const CUT: Words = ("A link is cut", "What was cut is healed");

/// Something that goes on for a while.
#[derive(Clone, Debug)]
struct Disturbance {
    from: Mark,
    /// Until when, if that is known.
    until_us: Option<u64>,
    words: Words,
    /// It in a sentence.
    says: String,
    /// The nodes that it is done to; none for the trouble of the settings, which is everybody's. Of a cut those on one side, and how many.
    nodes: Vec<NodeId>,
    side: usize,
    /// Those that it is still done to, each with itself; of a cut the ways that are still cut.
    left: Vec<(NodeId, NodeId)>,
}

impl Disturbance {
    /// Whether it lasts beyond a moment.
    fn lasts(&self, at_us: u64) -> bool {
        self.until_us.is_none_or(|until_us| until_us > at_us)
    }
}

/// All of a run, in order.
#[derive(Clone, Debug)]
pub(crate) struct Disturbances {
    cast: Cast,
    all: Vec<Disturbance>,
    /// The acts that have messages come twice: the record, who sends them, and the act in a sentence.
    doubled: Vec<(u32, NodeId, String)>,
}

/// What an act comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turn {
    /// Something has begun.
    Begins(Words),
    /// Something is over, in these words.
    Ends(&'static str),
}

impl Disturbances {
    /// None yet.
    pub fn new(cast: Cast) -> Disturbances {
        Disturbances { cast, all: Vec::new(), doubled: Vec::new() }
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        self.all.iter().map(|one| 80 + 2 * one.nodes.len() as u64 + 4 * one.left.len() as u64).sum()
    }

    /// The trouble of the settings begins.
    pub fn trouble(&mut self, from: Mark, until_us: u64, words: Words) {
        let (nodes, side, left) = (Vec::new(), 0, Vec::new());
        let says = words.0.to_owned();
        self.all.push(Disturbance { from, until_us: Some(until_us), words, says, nodes, side, left });
    }

    fn members(&self, group: &Group) -> Vec<NodeId> {
        self.cast.members(group).unwrap_or_default()
    }

    /// What a reader does to the system disturbs it, too.
    pub fn act(&mut self, from: Mark, act: &Act) -> Option<Turn> {
        let itself = |nodes: &[NodeId]| nodes.iter().map(|node| (*node, *node)).collect();
        let mut side = 0;
        let (nodes, left, until_us, words) = match act {
            Act::Crash { node } | Act::Wipe { node } => {
                let nodes = self.members(node);
                self.end(from.at_us, PAUSED, |node, _| nodes.contains(&node));
                let left = itself(&nodes);
                (nodes, left, None, DOWN)
            }
            Act::Pause { node, time } => {
                let nodes = self.members(node);
                let left = itself(&nodes);
                (nodes, left, Some(from.at_us.saturating_add(time.0)), PAUSED)
            }
            Act::Slow { node, factor } if factor.0 > 1 => {
                let nodes = self.members(node);
                let left = itself(&nodes);
                (nodes, left, None, SLOW)
            }
            Act::Cut { a, b } | Act::CutOneWay { a, b } => {
                let (a, b) = (self.members(a), self.members(b));
                side = a.len();
                let both = matches!(act, Act::Cut { .. });
                let there = a.iter().flat_map(|a| b.iter().map(|b| (*a, *b)));
                let ways =
                    there.flat_map(|(a, b)| [Some((a, b)), both.then_some((b, a))]).flatten().collect();
                (a.into_iter().chain(b).collect(), ways, None, CUT)
            }
            Act::Dup { from: sender, .. } => {
                let sender = self.cast.find(*sender);
                self.doubled.extend(sender.map(|sender| (from.record, sender, act.sentence())));
                return None;
            }
            Act::Slow { .. } | Act::Start { .. } | Act::Heal { .. } => return self.mended(from.at_us, act),
            // A node that fails is told when it does; one message, or a clock, is no trouble to a service.
            Act::Fail { .. } | Act::Drop { .. } | Act::Clock { .. } | Act::Drift { .. } => return None,
            Act::Ask { .. } | Act::Reseed { .. } | Act::Say { .. } | Act::Point { .. } | Act::Stop {} => {
                return None;
            }
        };
        self.all.push(Disturbance { from, until_us, words, says: act.sentence(), nodes, side, left });
        Some(Turn::Begins(words))
    }

    /// A node goes down. By an act of this moment that is told already; else one that came earlier had it go down now.
    pub fn crashed(&mut self, from: Mark, node: NodeId) -> Option<Turn> {
        if self.all.iter().any(|one| one.from.record == from.record) {
            return None;
        }
        self.end(from.at_us, PAUSED, |paused, _| paused == node);
        let (nodes, left) = (vec![node], vec![(node, node)]);
        let says = format!("{} crashes", self.cast.name(node));
        self.all.push(Disturbance { from, until_us: None, words: DOWN, says, nodes, side: 0, left });
        Some(Turn::Begins(DOWN))
    }

    /// What an act ends, if anything.
    fn mended(&mut self, at_us: u64, act: &Act) -> Option<Turn> {
        let (ended, words) = match act {
            Act::Slow { node, .. } => {
                let nodes = self.members(node);
                (self.end(at_us, SLOW, |node, _| nodes.contains(&node)), SLOW)
            }
            Act::Start { node } => {
                let nodes = self.members(node);
                (self.end(at_us, DOWN, |node, _| nodes.contains(&node)), DOWN)
            }
            Act::Heal { which } => {
                let sides = which.0.as_ref().map(|(a, b)| (self.members(a), self.members(b)));
                let between = |from: NodeId, to: NodeId| match &sides {
                    None => true,
                    Some((a, b)) => {
                        (a.contains(&from) && b.contains(&to)) || (a.contains(&to) && b.contains(&from))
                    }
                };
                (self.end(at_us, CUT, between), CUT)
            }
            _ => return None,
        };
        ended.then_some(Turn::Ends(words.1))
    }

    /// What is over of a sort of disturbance; says whether any of it has ended with that.
    fn end(&mut self, at_us: u64, sort: Words, is_over: impl Fn(NodeId, NodeId) -> bool) -> bool {
        let mut ended = false;
        for one in self.all.iter_mut().filter(|one| one.words == sort && !one.left.is_empty()) {
            one.left.retain(|(from, to)| !is_over(*from, *to));
            if one.left.is_empty() && one.lasts(at_us) {
                one.until_us = Some(at_us);
                ended = true;
            }
        }
        ended
    }

    /// Of what goes on beyond a moment that which lasts longest, in words; and until when, if that is known.
    pub fn going_on(&self, at_us: u64) -> Option<(Words, Option<u64>)> {
        let on = self.all.iter().filter(|one| one.lasts(at_us));
        on.max_by_key(|one| one.until_us.unwrap_or(u64::MAX)).map(|one| (one.words, one.until_us))
    }

    /// What went on without a break until a moment, as steps.
    pub fn until(&self, at_us: u64) -> Vec<Evidence> {
        let mut since_us = at_us;
        loop {
            let on = |one: &&Disturbance| one.from.at_us < since_us && one.lasts(since_us.saturating_sub(1));
            match self.all.iter().filter(on).map(|one| one.from.at_us).min() {
                Some(earlier_us) => since_us = earlier_us,
                None => break,
            }
        }
        let on = |one: &&Disturbance| (since_us..at_us).contains(&one.from.at_us);
        let steps = self.all.iter().filter(on);
        steps.map(|one| evidence(one.from.record, one.says.clone())).collect()
    }

    /// What goes on at a moment or, if nothing does, what ended last before it, as steps.
    pub fn last(&self, at_us: u64) -> Vec<Evidence> {
        let ends = self.all.iter().filter(|one| one.from.at_us < at_us);
        ends.map(|one| one.until_us.unwrap_or(at_us).min(at_us))
            .max()
            .map_or(Vec::new(), |end_us| self.until(end_us))
    }

    /// These steps with [`Disturbances::last`] before the moment that they lead to, in the order of the run.
    pub fn leading_to(&self, at: Mark, steps: impl IntoIterator<Item = Evidence>) -> Vec<Evidence> {
        let mut all = self.last(at.at_us);
        all.extend(steps);
        crate::sorted::sort_by_key(&mut all, |step| step.record);
        all
    }

    /// What was done at some time to nodes that a matter concerns, or between them.
    pub fn between(&self, concerns: impl Fn(NodeId) -> bool, from_us: u64, to_us: u64) -> Vec<Evidence> {
        let any = |nodes: &[NodeId]| nodes.iter().any(|node| concerns(*node));
        let touches = |one: &Disturbance| match one.nodes.split_at(one.side) {
            ([], []) => true,
            ([], nodes) => any(nodes),
            (one, other) => any(one) && any(other),
        };
        let at_that_time = |one: &&Disturbance| one.from.at_us <= to_us && one.lasts(from_us) && touches(one);
        let steps = self.all.iter().filter(at_that_time);
        steps.map(|one| evidence(one.from.record, one.says.clone())).collect()
    }

    /// The act that had a message of such a node come twice last.
    pub fn doubled(&self, concerns: impl Fn(NodeId) -> bool) -> Option<Evidence> {
        let last = self.doubled.iter().rev().find(|(_, from, _)| concerns(*from));
        last.map(|(record, _, says)| evidence(*record, says.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(at_us: u64) -> Mark {
        Mark { at_us, record: at_us as u32 }
    }

    fn acts(texts: &[(u64, &str)]) -> Disturbances {
        let mut all = Disturbances::new(Cast { servers: 1, coordinators: 0, clients: 2 });
        for (at_us, text) in texts {
            all.act(mark(*at_us), &text.parse().unwrap());
        }
        all
    }

    #[test]
    fn what_is_mended_does_not_end_what_else_goes_on() {
        let all = acts(&[(10, "crash:n1"), (20, "cut:c1-n1"), (30, "heal")]);
        assert_eq!(all.going_on(30), Some((DOWN, None)));
        assert_eq!(acts(&[(10, "crash:n1"), (20, "start:n1")]).going_on(20), None);
        let all = acts(&[(10, "pause:n1:100us"), (20, "cut:c1-n1"), (30, "heal:c2-n1")]);
        assert_eq!(all.going_on(30), Some((CUT, None)), "another link is healed");
        let all = acts(&[(10, "pause:n1:100us"), (20, "cut:c1-n1"), (40, "heal:n1-c1")]);
        assert_eq!(all.going_on(40), Some((PAUSED, Some(110))));
        assert_eq!(all.going_on(110), None);
    }

    #[test]
    fn what_fails_later_is_down_from_then_on() {
        let mut all = acts(&[(10, "fail:n1:any:1")]);
        assert_eq!(all.going_on(15), None, "nothing has failed yet");
        all.act(mark(20), &"crash:c1".parse().unwrap());
        assert_eq!(all.crashed(mark(20), NodeId(1)), None, "the act has been told");
        assert_eq!(all.crashed(mark(30), NodeId(0)), Some(Turn::Begins(DOWN)));
        assert_eq!(all.act(mark(40), &"start:n1.c1".parse().unwrap()), Some(Turn::Ends(DOWN.1)));
        assert_eq!(all.going_on(40), None);
    }

    #[test]
    fn to_mend_what_is_whole_ends_nothing() {
        let mut all = acts(&[(10, "slow:n1:3")]);
        for text in ["heal", "start:n1", "slow:c1:1"] {
            assert_eq!(all.act(mark(20), &text.parse().unwrap()), None, "{text}");
        }
        assert_eq!(all.act(mark(20), &"slow:n1:1".parse().unwrap()), Some(Turn::Ends(SLOW.1)));
    }

    #[test]
    fn steps_are_those_that_went_on_and_that_concern_the_client() {
        let all = acts(&[
            (10, "crash:c2"),
            (20, "start:c2"),
            (50, "slow:n1:2"),
            (60, "cut:c1-n1"),
            (70, "heal"),
            (80, "slow:n1:1"),
        ]);
        let records = |steps: Vec<Evidence>| steps.iter().map(|step| step.record).collect::<Vec<_>>();
        assert_eq!(records(all.until(80)), [50, 60], "what was over before is another story");
        let last = [5, 15, 40, 55, 99].map(|at_us| records(all.last(at_us)));
        assert_eq!(last, [vec![], vec![10], vec![10], vec![50], vec![50, 60]]);
        // n1 is node 0, c1 node 1, c2 node 2.
        let of = |client: u16| move |node: NodeId| node.0 == 0 || node.0 == client;
        assert_eq!(records(all.between(of(1), 0, 65)), [50, 60], "c2 is none of its business");
        assert_eq!(records(all.between(of(2), 0, 65)), [10, 50]);
        assert_eq!(records(all.between(of(1), 75, 90)), [50]);
        assert!(records(all.between(of(1), 90, 99)).is_empty());
    }
}

//! The promise that calls which need nothing that is bad go on as ever.

use super::super::config::Config;
use super::super::mark::{Ending, HopId, Mark, TierId};
use super::super::trouble::{Kind, Trouble};
use crate::acts::{Act, Leaves};
use crate::cast::NodeId;
use crate::check::light::{Light, evidence};
use crate::lab::{State, Verdict};
use crate::time::DurationUs;
use crate::trace;

/// Calls to what is healthy are neither refused nor failed nor slow.
#[derive(Clone, Debug)]
pub struct Healthy {
    light: Light,
    limit_us: u64,
    config: Config,
    /// By hop: whether its calls need what goes bad, there or further on.
    needs: Vec<bool>,
    /// The record at which something went bad.
    bad: Option<u32>,
    /// What the script has done: the record, in words, and to whom.
    acts: Vec<(u32, String, Vec<NodeId>)>,
    /// Which of it put nodes out: their own calls ended with that, and later ones know nothing of it.
    put_out: Vec<u32>,
}

impl Healthy {
    /// Nothing seen yet; a call may take so long.
    pub fn new(limit_us: u64, config: &Config) -> Healthy {
        let graph = &config.graph;
        let is_bad = |tier: TierId| {
            let at = |trouble: &Trouble| trouble.tier == tier;
            graph.troubles.iter().any(|trouble| at(trouble) && !matches!(trouble.kind, Kind::Burst(_)))
        };
        let mut bad: Vec<bool> = (0..graph.tiers.len() as u8).map(|tier| is_bad(TierId(tier))).collect();
        // Who calls what is bad needs it; as deep as services call each other.
        for _ in &graph.tiers {
            for hop in &graph.hops {
                bad[usize::from(hop.from.0)] |= bad[usize::from(hop.to.0)];
            }
        }
        let why = "No call to a healthy service has been refused, failed or late.";
        Healthy {
            light: Light::new("healthy", State::Kept, why),
            limit_us,
            needs: graph.hops.iter().map(|hop| bad[usize::from(hop.to.0)]).collect(),
            config: config.clone(),
            bad: None,
            acts: Vec::new(),
            put_out: Vec::new(),
        }
    }

    /// Whether the calls of a hop need nothing that goes bad.
    #[inline]
    pub fn is_of(&self, hop: HopId) -> bool {
        !self.needs[usize::from(hop.0)]
    }

    /// A node tells what it does.
    #[inline]
    pub fn mark(&mut self, at: trace::Mark, node: NodeId, mark: Mark) {
        match mark {
            Mark::TryOver { hop, how, took_us } if self.is_of(hop) => {
                self.over(at, (node, hop), how, took_us)
            }
            Mark::Trouble { on: true } => self.bad = Some(at.record),
            _ => {}
        }
    }

    /// The script does something to nodes that they may suffer from.
    pub fn act(&mut self, at: trace::Mark, act: &Act) {
        match act.leaves() {
            None | Some(Leaves::DownLater) => return,
            Some(Leaves::Down) => self.put_out.push(at.record),
            Some(Leaves::Cut | Leaves::Paused | Leaves::Slow) => {}
        }
        self.acts.push((at.record, act.sentence(), act.nodes(&self.config.cast)));
    }

    /// A node goes down: later than the act that has it, where no act of this moment does.
    pub fn crashed(&mut self, at: trace::Mark, node: NodeId) {
        if self.put_out.last() != Some(&at.record) {
            self.put_out.push(at.record);
            self.acts.push((at.record, format!("{} crashes", self.config.cast.name(node)), vec![node]));
        }
    }

    fn over(&mut self, at: trace::Mark, (caller, hop): (NodeId, HopId), how: Ending, took_us: u64) {
        if self.light.state() == State::Broken || how == Ending::Done && took_us <= self.limit_us {
            return;
        }
        let graph = &self.config.graph;
        let name = graph.tiers[usize::from(graph.hops[usize::from(hop.0)].to.0)].name;
        let what = match how {
            Ending::Rejected => format!("A call to the {name} is rejected: no thread is free for it."),
            Ending::ShortCircuited => format!("A call to the {name} is short-circuited."),
            Ending::NoTime => {
                format!(
                    "No call to the {name} is made: those before it have taken all the time of the request."
                )
            }
            Ending::TimedOut => format!("A call to the {name} times out."),
            Ending::Failed => format!("A call to the {name} fails."),
            Ending::Refused => format!("A call to the {name} is refused."),
            Ending::Done => {
                let (took, limit) = (DurationUs(took_us), DurationUs(self.limit_us));
                format!("A call to the {name} takes {took}, more than {limit}.")
            }
            _ => return,
        };
        // A call for which nothing is left suffers from those before it. What the script has done to either is told.
        let no_time = how == Ending::NoTime;
        let its = |node: NodeId| {
            let tier = self.config.tier_of(node);
            let mut hops = (0..=hop.0).map(|place| &graph.hops[usize::from(place)]);
            hops.any(|before| {
                before.to == tier && (no_time || before.to == graph.hops[usize::from(hop.0)].to)
            })
        };
        let touches = |(record, _, nodes): &&(u32, String, Vec<NodeId>)| {
            let of_caller = !self.put_out.contains(record);
            nodes.iter().any(|node| (of_caller && *node == caller) || its(*node))
        };
        let mut steps = Vec::new();
        steps.extend(self.bad.map(|record| evidence(record, "another service goes bad")));
        let why = match self.acts.iter().rev().find(touches) {
            None => {
                steps.push(evidence(at.record, format!("a call to the {name} suffers")));
                what
            }
            Some((act, words, _)) => {
                steps.extend([evidence(*act, words), evidence(at.record, "a call suffers")]);
                let whom = if no_time { "one of them or their caller" } else { "it or its caller" };
                format!("{what} Done to {whom} before: {words}.")
            }
        };
        self.light.break_(at, || (why, steps));
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

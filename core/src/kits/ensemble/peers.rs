//! Who of the peers takes part, and what is under way between them.

use crate::acts::Act;
use crate::cast::{Cast, NodeId, Sort};
use crate::scenario::Scenario;
use crate::sim::{Seen, Speech};
use crate::trace::Loss;

/// Peers that stop when they crash, as an observer sees them: one that is started again takes no further part.
#[derive(Clone, Debug)]
pub struct Peers {
    cast: Cast,
    /// By peer: whether it is up, and how often it has booted.
    up: Vec<(bool, u32)>,
    /// Cues of the script that are still to come.
    cues: usize,
    /// Messages under way; none where the script doubles some, for a copy is not told from what it copies.
    under_way: Option<u64>,
    sent: i64,
    lost: u64,
    crashes: u64,
}

impl Peers {
    /// The peers of a run that is about to begin.
    pub fn new(cast: Cast, scenario: &Scenario) -> Peers {
        let doubles = scenario.cues.iter().any(|cue| matches!(cue.act, Act::Dup { .. }));
        Peers {
            up: vec![(false, 0); cast.len()],
            cast,
            cues: scenario.cues.len(),
            under_way: (!doubles).then_some(0),
            sent: 0,
            lost: 0,
            crashes: 0,
        }
    }

    /// Takes in what has happened. Messages that come and go for ever, by `ever`, are not counted: nobody waits for the last of them.
    pub fn see<S: Speech>(&mut self, seen: &Seen<'_, S>, ever: impl Fn(&S::Msg) -> bool) {
        match seen {
            Seen::Act(_) => self.cues = self.cues.saturating_sub(1),
            Seen::Boot(node) => {
                let (up, boots) = &mut self.up[node.index()];
                (*up, *boots) = (true, *boots + 1);
            }
            Seen::Crash(node) => {
                self.up[node.index()].0 = false;
                self.crashes += 1;
            }
            Seen::Send { msg, .. } if !ever(msg) => {
                self.sent += 1;
                self.under_way = self.under_way.map(|n| n + 1);
            }
            Seen::Deliver { msg, .. } if !ever(msg) => self.arrived(),
            Seen::Lose { msg, loss, .. } if !ever(msg) => {
                self.arrived();
                self.lost += u64::from(*loss != Loss::Down);
            }
            _ => {}
        }
    }

    fn arrived(&mut self) {
        self.under_way = self.under_way.map(|n| n.saturating_sub(1));
    }

    /// Whether a peer is up and has been since the start.
    pub fn is_in(&self, peer: NodeId) -> bool {
        self.up[peer.index()] == (true, 1)
    }

    /// Those that are up and have been since the start.
    pub fn those_in(&self) -> impl Iterator<Item = NodeId> {
        self.cast.of(Sort::Server).filter(|peer| self.is_in(*peer))
    }

    /// How many messages were sent.
    pub fn sent(&self) -> i64 {
        self.sent
    }

    /// How many messages died, but for those whose receiver was down.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// Nothing is under way; not known where the script doubles messages, which is told as no.
    pub fn is_quiet(&self) -> bool {
        self.under_way == Some(0)
    }

    /// Whether the script still has something to do.
    pub fn is_directed(&self) -> bool {
        self.cues > 0
    }

    /// What has happened to peers and messages, as the beginning of a sentence.
    pub fn troubles(&self) -> String {
        let crashed = match self.crashes {
            0 => "Nobody has crashed".to_owned(),
            1 => "One process has crashed".to_owned(),
            n => format!("{n} processes have crashed"),
        };
        match self.lost {
            0 => format!("{crashed}, no message was lost"),
            1 => format!("{crashed}, 1 message was lost"),
            n => format!("{crashed}, {n} messages were lost"),
        }
    }
}

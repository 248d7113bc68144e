//! Two lights that are not of the paper's: whether one server alone believes that it leads, which no protocol can promise; and whether anybody is
//! answered once a majority is connected.

use super::config::Config;
use crate::cast::{NodeId, Sort};
use crate::check::light::{Light, evidence};
use crate::kits::object::{Progress, progress};
use crate::lab::{State, Verdict};
use crate::sorted::Map;
use crate::trace::{Mark, World};

const WORDS: progress::Words = progress::Words {
    kept: "Whoever waits has been answered soon, while a majority was connected.",
    why: |who, limit| format!("{who} waits for an answer, and nobody has had one for {limit}, although a majority of servers is connected."),
    asks: "asks",
    since: "nobody is answered",
};

/// Watches who leads, who is connected, and who waits.
pub struct Standing {
    config: Config,
    /// Who believes that it leads, and since when.
    leads: Map<NodeId, Mark>,
    single: Light,
    /// Who is connected, and who waits.
    pub progress: Progress,
}

impl Standing {
    /// Of a run that is about to begin.
    pub fn new(config: &Config) -> Standing {
        let members = config.cast.of(Sort::Server).take(config.params.n as usize);
        let members = members.filter(|server| !config.fails(*server)).collect();
        let majority = config.members().majority() as usize;
        Standing {
            config: config.clone(),
            leads: Map::new(),
            single: Light::new("single", State::Kept, "At most one server has believed that it leads."),
            progress: Progress::new(config.cast, WORDS, (members, majority), config.params.progress),
        }
    }

    /// A server believes that it leads, or no longer.
    pub fn leads(&mut self, mark: Mark, node: NodeId, leads: bool) {
        if !leads {
            self.leads.remove(&node);
            return;
        }
        let other = self.leads.iter().find(|(other, _)| **other != node).map(|(other, since)| (*other, *since));
        self.leads.insert(node, mark);
        if let Some((other, since)) = other {
            let (one, two) = (self.config.cast.name(other), self.config.cast.name(node));
            self.single.break_(mark, || {
                let why = format!("{two} is elected, and {one}, which was elected before, believes that it leads, too.");
                let steps = vec![evidence(since.record, format!("{one} is elected")), evidence(mark.record, format!("{two} is, too"))];
                (why, steps)
            });
        }
    }

    /// Whether anybody is paused.
    pub fn is_paused(world: &World) -> bool {
        !world.paused.is_empty()
    }

    /// Both lights.
    pub fn verdicts(self) -> [Verdict; 2] {
        [self.single.verdict(), self.progress.verdict()]
    }
}

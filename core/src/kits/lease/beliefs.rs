//! Who believes that it holds what is meant for one, and whom those have as holder who grant it: what laws are judged by, and no node knows.

use crate::cast::{Cast, NodeId};
use crate::check::light::{Light, evidence};
use crate::lab::Evidence;
use crate::sorted::Map;
use crate::time::DurationUs;
use crate::trace::Mark;

/// Somebody believes that it holds it.
#[derive(Clone, Copy, Debug)]
struct Belief {
    since: Mark,
    /// The record with which a service ceased to have it as holder.
    over: Option<(Mark, NodeId)>,
}

/// Who believes what, and who is right.
#[derive(Clone, Debug)]
pub struct Beliefs {
    cast: Cast,
    /// What they are: `client`; and what they believe to do: `hold the lock`.
    who: &'static str,
    what: &'static str,
    believes: Map<NodeId, Belief>,
    /// Whom each service has as holder.
    holders: Map<NodeId, NodeId>,
    both_since_us: Option<u64>,
    both_us: u64,
}

impl Beliefs {
    /// Nobody believes anything; `who` are those that may believe, in a word: `client`, and `what` is it that they may believe to do: `hold the lock`.
    pub fn new(cast: Cast, who: &'static str, what: &'static str) -> Beliefs {
        Beliefs {
            cast,
            who,
            what,
            believes: Map::new(),
            holders: Map::new(),
            both_since_us: None,
            both_us: 0,
        }
    }

    /// How many believe.
    pub fn count(&self) -> usize {
        self.believes.len()
    }

    /// Who else believes, the first of them.
    pub fn other(&self, than: NodeId) -> Option<NodeId> {
        self.believes.keys().copied().find(|other| *other != than)
    }

    /// Since when somebody believes it, who does.
    pub fn since(&self, who: NodeId) -> Option<Mark> {
        self.believes.get(&who).map(|belief| belief.since)
    }

    /// When a service ceased to have somebody as holder who believes it still, and which.
    pub fn over(&self, who: NodeId) -> Option<(Mark, NodeId)> {
        self.believes.get(&who)?.over
    }

    /// Whom a service has as holder.
    pub fn holder(&self, service: NodeId) -> Option<NodeId> {
        self.holders.get(&service).copied()
    }

    /// How many services have somebody as holder.
    pub fn holding(&self, who: NodeId) -> usize {
        self.holders.values().filter(|holder| **holder == who).count()
    }

    /// A service has another as holder, or nobody.
    pub fn holds(&mut self, mark: Mark, service: NodeId, holder: Option<NodeId>) {
        if let Some(belief) = holder.and_then(|holder| self.believes.get_mut(&holder)) {
            // It has been down, and knows again.
            belief.over = belief.over.filter(|(_, by)| *by != service);
        }
        let before = match holder {
            Some(holder) => self.holders.insert(service, holder),
            None => self.holders.remove(&service),
        };
        let lost = before.filter(|before| Some(*before) != holder);
        if let Some(belief) = lost.and_then(|before| self.believes.get_mut(&before)) {
            belief.over = Some((mark, service));
        }
    }

    /// Somebody comes to believe it.
    pub fn comes(&mut self, mark: Mark, who: NodeId) {
        self.believes.insert(who, Belief { since: mark, over: None });
    }

    /// Somebody believes it no more.
    pub fn ceases(&mut self, who: NodeId) {
        self.believes.remove(&who);
    }

    /// Time counts up to now in which two at least have believed.
    pub fn tick(&mut self, now_us: u64) {
        match (self.both_since_us, self.believes.len() >= 2) {
            (None, true) => self.both_since_us = Some(now_us),
            (Some(since_us), false) => {
                self.both_us += now_us - since_us;
                self.both_since_us = None;
            }
            _ => {}
        }
    }

    /// For how long two at least believed, up to the end of a run, in µs.
    pub fn both_us(&self, ended_us: u64) -> u64 {
        self.both_us + self.both_since_us.map_or(0, |since_us| ended_us - since_us)
    }

    /// Somebody comes to believe it beside another, who may stand `still`: how the light of mutual exclusion breaks.
    pub fn beside(&self, light: &mut Light, mark: Mark, (me, other): (NodeId, NodeId), still: bool) {
        let Some(belief) = self.believes.get(&other).copied() else { return };
        let (me, other) = (self.cast.name(me), self.cast.name(other));
        light.break_(mark, || {
            let ended = match belief.over {
                Some((at, service)) => format!(
                    "{} has had {other} as holder no more for {}",
                    self.cast.name(service),
                    DurationUs(mark.at_us - at.at_us)
                ),
                None => "nobody has told it otherwise".into(),
            };
            let knows = match still {
                true => format!("and a paused {} can notice nothing", self.who),
                false => "and it has not noticed".into(),
            };
            let why = format!("{me} and {other} both believe that they {}: {ended}, {knows}.", self.what);
            let mut steps = vec![evidence(belief.since.record, format!("{other} comes to believe it"))];
            steps.extend(belief.over.map(|(at, service)| {
                evidence(at.record, format!("{} has {other} as holder no more", self.cast.name(service)))
            }));
            steps.push(evidence(mark.record, format!("{me} comes to believe it, too")));
            (why, steps)
        });
    }
}

/// A write that a resource has taken: whose it is, as it is called, its place among the grants, and when.
#[derive(Clone, Debug)]
pub struct Taken<'a> {
    /// Whose.
    pub who: &'a str,
    /// Its place among the grants.
    pub order: u64,
    /// When it was taken.
    pub at: Mark,
}

/// How the light of fencing breaks: a resource takes a write of an earlier grant after one of a later. `token` is what it bore.
pub fn older_after_newer(light: &mut Light, older: &Taken<'_>, later: &Taken<'_>, token: Option<u32>) {
    light.break_(older.at, || {
        let what = match token {
            Some(token) => format!("token {token} after one with token {}", later.order),
            None => "an earlier grant after one of a later".into(),
        };
        let why = format!(
            "The resource has taken a write of {} with {what}, {}'s: it does not look at what would tell.",
            older.who, later.who
        );
        let steps: Vec<Evidence> = vec![
            evidence(later.at.record, format!("{}'s write is taken", later.who)),
            evidence(older.at.record, format!("{}'s older one is taken after it", older.who)),
        ];
        (why, steps)
    });
}

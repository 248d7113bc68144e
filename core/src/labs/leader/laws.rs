//! The promises: each with its light, fed as a run goes on.

use super::params::Job;
use super::protocol::Config;
use crate::cast::NodeId;
use crate::check::light::{Light, evidence};
use crate::kits::lease::{Beliefs, Taken, older_after_newer};
use crate::kits::object::Times;
use crate::lab::{State, Verdict};
use crate::sorted::Map;
use crate::stats::SeriesRecorder;
use crate::time::DurationUs;
use crate::trace::{Mark, World};

/// A run of the job that comes to what it is done to.
#[derive(Clone, Copy, Debug)]
pub struct Coming {
    /// Whose.
    pub node: NodeId,
    /// Which run.
    pub job: u32,
    /// The token that it bears.
    pub token: Option<u32>,
}

/// The laws of the lab, and what they count.
pub struct Laws {
    config: Config,
    /// Who believes that it leads.
    pub beliefs: Beliefs,
    /// Who has led under which number.
    tokens: Map<u32, (NodeId, Mark)>,
    /// The place of each node's latest leading among all: its number, or where there are none the order in which they came.
    orders: Map<NodeId, u64>,
    /// How many believe that they lead, as it changes.
    pub believers: SeriesRecorder,
    /// How often a node came to lead.
    pub led: u64,
    /// The place of the latest leader.
    latest: u64,
    /// The latest leader of whom a run was taken.
    newest: Option<(u64, NodeId, Mark)>,
    /// Who ran which tick.
    runs: Map<u32, (NodeId, Mark)>,
    /// The next tick of which it is to be seen whether it has run.
    next: Option<u64>,
    /// Since when nobody leads.
    nobody: Option<Mark>,
    nobody_us: u64,
    /// What happened last.
    last: Mark,
    /// How long it took from a leader's end to the next.
    pub failovers: Times,
    /// Ticks that ran again.
    pub twice: u64,
    /// Ticks that did not run in time.
    pub missed: u64,
    /// Runs that were taken from who had been followed.
    pub stale: u64,
    one: Light,
    numbered: Light,
    someone: Light,
    once: Light,
    fenced: Light,
}

impl Laws {
    /// Laws for a run that is about to begin.
    pub fn new(config: Config) -> Laws {
        let light = |id, why| Light::new(id, State::Kept, why);
        let once = match config.params.has_job() && config.params.job == Job::Cron {
            true => light("once", "Each tick since the first leader came has run just once."),
            false => Light::new("once", State::Unknown, "There is no job here that is to run at each tick."),
        };
        let mut believers = SeriesRecorder::new(1_000);
        believers.add(0, 0);
        Laws {
            beliefs: Beliefs::new(config.cast, "node", "lead"),
            config,
            tokens: Map::new(),
            orders: Map::new(),
            believers,
            led: 0,
            latest: 0,
            newest: None,
            runs: Map::new(),
            next: None,
            nobody: Some(Mark::default()),
            nobody_us: 0,
            last: Mark::default(),
            failovers: Times::default(),
            twice: 0,
            missed: 0,
            stale: 0,
            one: light("one", "No two nodes have believed at once that they lead."),
            numbered: light("numbered", "No number has had two leaders."),
            someone: light("someone", "There has not been no leader for longer than there may."),
            once,
            fenced: light("fenced", "Nothing has been taken from an older leader after a newer one's."),
        }
    }

    /// The lights, in the order of the lab's promises.
    pub fn verdicts(&self) -> Vec<Verdict> {
        [&self.one, &self.numbered, &self.someone, &self.once, &self.fenced]
            .map(|light| light.clone().verdict())
            .into()
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        32 * (self.runs.len() + self.tokens.len()) as u64
    }

    /// For how long nobody led, up to the end of a run, in µs.
    pub fn nobody_us(&self, ended_us: u64) -> u64 {
        self.nobody_us + self.nobody.map_or(0, |since| ended_us.saturating_sub(since.at_us))
    }

    fn name(&self, node: NodeId) -> String {
        self.config.cast.name(node).to_string()
    }

    /// Time goes on, up to what happens now: what was due meanwhile was due after what happened last.
    pub fn tick(&mut self, now: Mark) {
        let last = std::mem::replace(&mut self.last, now);
        let limit_us = self.config.params.gap_limit;
        let gone = if self.led == 0 { "nobody leads yet" } else { "the last leader is gone" };
        let nobody = self.nobody;
        let but = |says: &str| {
            let began = nobody.map(|since| evidence(since.record, gone));
            began.into_iter().chain([evidence(last.record, says)]).collect()
        };
        let late = self.nobody.map(|since| since.at_us.saturating_add(limit_us));
        if let Some(late_us) = late.filter(|late_us| *late_us < now.at_us) {
            self.someone.break_(Mark { at_us: late_us.max(last.at_us), ..last }, || {
                let why = format!("No node has believed that it leads for {}.", DurationUs(limit_us));
                (why, but("still nobody leads"))
            });
        }
        let tick_us = self.config.params.tick;
        while let Some(next) = self.next {
            let over_us = (next + 1).saturating_mul(tick_us);
            if over_us >= now.at_us {
                break;
            }
            self.next = Some(next + 1);
            if u32::try_from(next).is_ok_and(|next| self.runs.contains_key(&next)) {
                continue;
            }
            self.missed += 1;
            let due = DurationUs(next * tick_us);
            self.once.break_(Mark { at_us: over_us.max(last.at_us), ..last }, || {
                let why = format!("Tick {next}, due at {due}, has not run, and the next is due already.");
                (why, but("nobody has run it"))
            });
        }
    }

    /// The run ends.
    pub fn ends(&mut self, at_us: u64) {
        self.tick(Mark { at_us, ..self.last });
    }

    /// The store has given the lead under a number.
    pub fn gives(&mut self, token: u32) {
        self.latest = self.latest.max(token.into());
    }

    /// A node comes to believe that it leads, perhaps under a number.
    pub fn leads(&mut self, mark: Mark, node: NodeId, token: Option<u32>, world: &World) {
        self.led += 1;
        let order = token.map_or(self.led, u64::from);
        self.latest = self.latest.max(order);
        self.orders.insert(node, order);
        let me = self.name(node);
        let other = self.beliefs.other(node);
        if let Some(other) = other {
            let still = world.paused.contains_key(&other);
            self.beliefs.beside(&mut self.one, mark, (node, other), still);
        }
        let alike = match token {
            Some(token) => {
                let before = self.tokens.get(&token).copied().filter(|before| before.0 != node);
                self.tokens.entry(token).or_insert((node, mark));
                before.map(|(other, since)| (other, since, format!("under number {token}")))
            }
            None => other.and_then(|other| {
                let since = self.beliefs.since(other)?;
                Some((other, since, "at once, and no number tells who came later".into()))
            }),
        };
        if let Some((other, since, how)) = alike {
            let other = self.name(other);
            self.numbered.break_(mark, || {
                let comes = |name: &str, mark: Mark| evidence(mark.record, format!("{name} comes to lead"));
                let steps = vec![comes(&other, since), comes(&me, mark)];
                (format!("{other} and {me} have led {how}."), steps)
            });
        }
        if let Some(since) = self.nobody.take() {
            self.nobody_us += mark.at_us - since.at_us;
            if self.led > 1 {
                self.failovers.add(mark.at_us, mark.at_us - since.at_us);
            }
        }
        if self.once.state() != State::Unknown {
            self.next.get_or_insert(mark.at_us / self.config.params.tick + 1);
        }
        self.beliefs.comes(mark, node);
        self.count(mark);
    }

    /// A node leads no more, or is down.
    pub fn ceases(&mut self, mark: Mark, node: NodeId) {
        let before = self.beliefs.count();
        self.beliefs.ceases(node);
        if before == self.beliefs.count() {
            return;
        }
        self.count(mark);
        if before == 1 {
            self.nobody = Some(mark);
        }
    }

    fn count(&mut self, mark: Mark) {
        self.beliefs.tick(mark.at_us);
        self.believers.add(mark.at_us, self.beliefs.count() as i64);
    }

    /// A run of the job was taken.
    pub fn takes(&mut self, mark: Mark, Coming { node, job, token }: Coming) {
        let order = token.map_or_else(|| self.orders.get(&node).copied().unwrap_or(0), u64::from);
        let me = self.name(node);
        self.stale += u64::from(order < self.latest);
        match self.newest {
            Some((newest, other, taken)) if order < newest => {
                let other = self.name(other);
                let later = Taken { who: &other, order: newest, at: taken };
                older_after_newer(&mut self.fenced, &Taken { who: &me, order, at: mark }, &later, token);
            }
            _ => self.newest = Some((order, node, mark)),
        }
        if self.config.params.job != Job::Cron {
            return;
        }
        let Some((other, before)) = self.runs.get(&job).copied() else {
            self.runs.insert(job, (node, mark));
            return;
        };
        self.twice += 1;
        let other = self.name(other);
        self.once.break_(mark, || {
            let why = format!("Tick {job} has run twice: {other} ran it, and {me} did, too.");
            let steps =
                [(before.record, format!("{other}'s run is taken")), (mark.record, format!("{me}'s is"))];
            (why, steps.map(|(record, says)| evidence(record, says)).into())
        });
    }
}

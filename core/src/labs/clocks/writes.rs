//! The promises about writes: that a later one wins, that one wins over what its writer had seen, and that interval timestamps are in the order
//! of true time.

use super::laws::signed;
use super::params::{Params, Switch, Timestamps};
use super::shows::{HYBRID, INTERVAL, LAMPORT, PHYSICAL};
use super::truth::{Event, MAX_EVENTS, Truth};
use crate::cast::NodeId;
use crate::check::light::{Light, evidence};
use crate::lab::{Evidence, State, Verdict};
use crate::sim::OpId;
use crate::time::DurationUs;
use crate::trace::Mark;

/// A write.
#[derive(Clone, Debug)]
struct Write {
    /// Its event, by its place among all.
    event: usize,
    value: u32,
    op: OpId,
    began: Mark,
    ended: Option<Mark>,
    /// By the clock that decides which of two stands.
    timestamp: (i64, i64, NodeId),
    /// By the interval clock.
    latest_us: i64,
    /// How far the writer's clock was from the true time.
    off_us: i64,
}

impl Write {
    /// "n1’s write of 7 at 100ms".
    fn said(&self, truth: &Truth) -> String {
        let event = &truth.events[self.event];
        format!("n{}’s write of {} at {}", event.process.0 + 1, self.value, DurationUs(event.at.at_us))
    }
}

/// The writes of a run, and the lights about them.
#[derive(Clone, Debug)]
pub struct Writes {
    params: Params,
    all: Vec<Write>,
    last: Light,
    seen: Light,
    external: Light,
    /// Those that lose to one that had ended before they began.
    pub lost: i64,
    /// Those that lose to one that their writer had seen.
    pub lost_seen: i64,
    /// Those whose interval timestamp is not after that of one that had ended.
    pub inverted: i64,
    /// How many have ended, and how long they took together.
    pub took: (i64, u64),
}

impl Writes {
    /// None yet.
    pub fn new(params: &Params) -> Writes {
        let kept = |id, why| Light::new(id, State::Kept, why);
        Writes {
            params: params.clone(),
            all: Vec::new(),
            last: kept("last", "No write has lost to one that had ended before it began."),
            seen: kept("seen", "No write has lost to one that its writer had seen."),
            external: kept("external", "Interval timestamps are in the order in which writes followed each other."),
            lost: 0,
            lost_seen: 0,
            inverted: 0,
            took: (0, 0),
        }
    }

    /// How many there are.
    pub fn count(&self) -> i64 {
        self.all.len() as i64
    }

    /// A write begins, with the last of the events.
    pub fn begin(&mut self, at: Mark, op: OpId, value: u32, truth: &Truth) {
        let event = truth.events.len() - 1;
        let stamped = &truth.events[event];
        let stamp = |clock: usize, place: usize| stamped.stamps[clock][place];
        let (time, count) = match self.params.lww {
            Timestamps::Wall => (stamp(PHYSICAL, 0), 0),
            Timestamps::Lamport => (stamp(LAMPORT, 0), 0),
            Timestamps::Hlc => (stamp(HYBRID, 0), stamp(HYBRID, 1)),
        };
        let write = Write {
            event,
            value,
            op,
            began: at,
            ended: None,
            timestamp: (time, count, stamped.process),
            latest_us: stamp(INTERVAL, 1),
            off_us: stamp(PHYSICAL, 0).saturating_sub(at.at_us as i64),
        };
        self.compare(&write, truth);
        self.all.push(write);
    }

    /// It has ended.
    pub fn end(&mut self, at: Mark, op: OpId) {
        if let Some(write) = self.all.iter_mut().rev().find(|write| write.op == op) {
            write.ended = Some(at);
            self.took = (self.took.0 + 1, self.took.1 + (at.at_us - write.began.at_us));
        }
    }

    /// Compares a write that begins with all before it.
    fn compare(&mut self, new: &Write, truth: &Truth) {
        let (mut lost, mut lost_seen, mut inverted) = (None, None, None);
        for old in &self.all {
            let ended = old.ended.is_some_and(|ended| ended < new.began);
            let loses = old.timestamp > new.timestamp;
            if ended && loses {
                lost = lost.or(Some(old));
            }
            if loses && truth.happened_before(old.event, new.event) {
                lost_seen = lost_seen.or(Some(old));
            }
            if ended && old.latest_us >= new.latest_us {
                inverted = inverted.or(Some(old));
            }
        }
        if let Some(old) = lost {
            self.lost += 1;
            let by = format!("{} against {}", self.timestamp(new.timestamp), self.timestamp(old.timestamp));
            self.last.break_(new.began, || {
                let says = format!("{} came after the end of {}, and loses to it: its timestamp is the smaller one, {by}.", new.said(truth), old.said(truth));
                (says, steps(old, new, truth))
            });
        }
        if let Some(old) = lost_seen {
            self.lost_seen += 1;
            let by = format!("{} against {}", self.timestamp(new.timestamp), self.timestamp(old.timestamp));
            self.seen.break_(new.began, || {
                let says = format!("n{} had seen {}, and {} loses to it: its timestamp is the smaller one, {by}.", truth.events[new.event].process.0 + 1, old.said(truth), new.said(truth));
                (says, steps(old, new, truth))
            });
        }
        if let Some(old) = inverted {
            self.inverted += 1;
            let why = self.why(old, new, truth);
            self.external.break_(new.began, || {
                let says = format!("{} came after the end of {}, and its interval timestamp, {}, is not after {}: {why}.", new.said(truth), old.said(truth), signed(new.latest_us), signed(old.latest_us));
                (says, steps(old, new, truth))
            });
        }
    }

    /// A timestamp in the words of its clock.
    fn timestamp(&self, (time, count, _): (i64, i64, NodeId)) -> String {
        match self.params.lww {
            Timestamps::Wall => signed(time),
            Timestamps::Lamport => time.to_string(),
            Timestamps::Hlc => format!("{}+{count}", signed(time)),
        }
    }

    /// Why interval timestamps are not in order: a clock is farther off than is believed, or nobody waited.
    fn why(&self, old: &Write, new: &Write, truth: &Truth) -> String {
        let eps = self.params.eps;
        let off = [old, new].into_iter().find(|write| write.off_us.unsigned_abs() > eps);
        match (off, self.params.wait) {
            (Some(write), _) => {
                let event: &Event = &truth.events[write.event];
                let way = if write.off_us > 0 { "ahead of" } else { "behind" };
                format!(
                    "n{}’s clock was {} {way} the true time, and is believed to be within {}",
                    event.process.0 + 1,
                    DurationUs(write.off_us.unsigned_abs()),
                    DurationUs(eps)
                )
            }
            (None, Switch::Off) => "nobody waited until its own was past for sure".to_owned(),
            (None, Switch::On) => "a clock was set while a write waited".to_owned(),
        }
    }

    /// There are more events than are compared.
    pub fn give_up(&mut self, at: Mark) {
        let why = format!("Only the writes among the first {MAX_EVENTS} events are compared with each other.");
        for light in [&mut self.last, &mut self.seen, &mut self.external] {
            light.say(at, State::Unknown, &why);
        }
    }

    /// How much it keeps, in bytes and roughly.
    pub fn weight(&self) -> u64 {
        128 * self.all.len() as u64
    }

    /// The lights.
    pub fn verdicts(self) -> Vec<Verdict> {
        [self.last, self.seen, self.external].map(Light::verdict).to_vec()
    }
}

fn steps(old: &Write, new: &Write, truth: &Truth) -> Vec<Evidence> {
    let mut steps = vec![evidence(old.began.record, old.said(truth))];
    steps.extend(old.ended.map(|ended| evidence(ended.record, "it ends")));
    steps.push(evidence(new.began.record, new.said(truth)));
    steps
}

//! The lab's promises: small machines that are told what happens.

use super::params::{Layer, Params};
use crate::check::light::{Light, evidence};
use crate::counted::counted;
use crate::kits::graph::Share;
use crate::lab::{State, Verdict};
use crate::params::format_decimal;
use crate::time::DurationUs;
use crate::trace::Mark;

/// How many calls of a server are judged together, on average: chance makes them vary by a fourteenth.
const EACH: u64 = 200;
/// How many calls are judged together whether they are quick, and whether bad servers get them.
const CALLS: u32 = 1_000;
const TO_BAD: u32 = 200;

/// No server gets more than so many times its fair share of the calls.
pub struct Even {
    light: Light,
    limit: u64,
    /// How fast each is.
    speeds: Vec<u64>,
    counts: Vec<u64>,
    all: u64,
    judged: bool,
    first: Mark,
}

impl Even {
    /// Nothing is judged yet; the limit in millionths, speeds in thousandths.
    pub fn new(limit: u32, speeds: Vec<u64>) -> Even {
        let why = format!("{} have not been spread yet.", counted(EACH * speeds.len() as u64, "call"));
        let light = Light::new("even", State::Unknown, &why);
        let (counts, limit) = (vec![0; speeds.len()], limit.into());
        Even { light, limit, speeds, counts, all: 0, judged: false, first: Mark::default() }
    }

    /// A call goes to a server.
    pub fn sent(&mut self, at: Mark, place: usize, name: impl Fn(usize) -> String) {
        let Some(count) = self.counts.get_mut(place) else { return };
        if self.all == 0 {
            self.first = at;
        }
        (*count, self.all) = (*count + 1, self.all + 1);
        if self.all >= EACH * self.speeds.len() as u64 {
            self.judge(at, name);
        }
    }

    fn judge(&mut self, at: Mark, name: impl Fn(usize) -> String) {
        let (all, first, limit) = (self.all, self.first, self.limit);
        let total: u64 = self.speeds.iter().sum();
        let fair = |place: usize| all * self.speeds[place] / total.max(1);
        let over =
            (0..self.counts.len()).find(|place| self.counts[*place] * 1_000_000 > fair(*place) * limit);
        if let Some(place) = over {
            let (count, fair) = (self.counts[place], fair(place));
            self.light.break_(at, || {
                let why =
                    format!("Of {all} calls {} went to {}, whose fair share is {fair}.", count, name(place));
                (why, vec![evidence(first.record, "the first of them"), evidence(at.record, "the last")])
            });
        }
        self.judged = true;
        self.all = 0;
        self.counts.fill(0);
    }

    /// The run is over. A part of a span is judged only if there was no whole one.
    pub fn end(&mut self, at: Mark, name: impl Fn(usize) -> String) {
        if !self.judged && self.all >= EACH / 2 * self.speeds.len() as u64 {
            self.judge(at, name);
        }
        if self.judged {
            let limit = format_decimal(self.limit as i64);
            self.light.say(
                at,
                State::Kept,
                &format!("No server got more than {limit} times its fair share."),
            );
        }
    }
}

/// Bad servers get few calls once that could be known.
pub struct Avoids {
    light: Light,
    limit: u32,
    all: u32,
    bad: u32,
    judged: bool,
    first: Mark,
}

impl Avoids {
    /// Nothing is bad yet; the limit in millionths.
    pub fn new(limit: u32) -> Avoids {
        let light = Light::new("avoids", State::Unknown, "No server has been bad for long enough.");
        Avoids { light, limit, all: 0, bad: 0, judged: false, first: Mark::default() }
    }

    /// A call goes to a server, while one of them has been bad for long enough; whether that is it.
    pub fn sent(&mut self, at: Mark, bad: bool, name: impl FnOnce() -> String) {
        if self.all == 0 {
            self.first = at;
        }
        (self.all, self.bad) = (self.all + 1, self.bad + u32::from(bad));
        let (all, to_bad, first) = (self.all, self.bad, self.first);
        if u64::from(self.bad) * 1_000_000 > u64::from(TO_BAD) * u64::from(self.limit) {
            self.light.break_(at, || {
                let why =
                    format!("Of {all} calls {to_bad} went to bad servers, the last of them to {}.", name());
                (why, vec![evidence(first.record, "the first of them"), evidence(at.record, "one too many")])
            });
        }
        if self.all >= TO_BAD {
            (self.all, self.bad, self.judged) = (0, 0, true);
        }
    }

    /// The run is over.
    pub fn end(&mut self, at: Mark) {
        if self.judged {
            let limit = format_decimal(i64::from(self.limit));
            let why = format!("Of any {TO_BAD} calls a share of {limit} at the most went to bad servers.");
            self.light.say(at, State::Kept, &why);
        }
    }
}

/// The lights.
pub struct Laws {
    pub even: Even,
    pub quick: Share,
    pub avoids: Avoids,
    noherd: Light,
    gentle: Light,
    keeps: Light,
}

impl Laws {
    /// Nothing has happened yet.
    pub fn new(params: &Params) -> Laws {
        let slow = params.speeds();
        let speed = |place: usize| u64::from(slow.get(place).copied().unwrap_or(1_000));
        let kept = |id, why: &str| Light::new(id, State::Kept, why);
        let keeps = match params.layer {
            Layer::L7 => {
                kept("keeps", "A client's connection ends at its balancer, and no server's end ends it.")
            }
            Layer::L4 => kept("keeps", "Every connection has had its server."),
        };
        let herd =
            format!("Never did more than {} wait at a server while another was idle.", params.herd_limit);
        Laws {
            even: Even::new(params.even_limit, (0..params.servers as usize).map(speed).collect()),
            quick: Share::new("quick", "call", CALLS, params.slow_limit),
            avoids: Avoids::new(params.bad_limit),
            noherd: kept("noherd", &herd),
            gentle: Light::new("gentle", State::Unknown, "No server has been started again."),
            keeps,
        }
    }

    /// More than may wait at a server while another is idle; that one's name is told, if there is such.
    pub fn waits(&mut self, at: Mark, waiting: u32, name: String, idle: Option<String>) {
        let Some(idle) = idle else { return };
        self.noherd.break_(at, || {
            let why = format!("{waiting} calls wait at {name} while {idle} is idle.");
            (why, vec![evidence(at.record, "one more comes")])
        });
    }

    /// A server has been started again.
    pub fn starts(&mut self, at: Mark) {
        self.gentle.say(
            at,
            State::Kept,
            "No server that was started again has had too many calls waiting while it warmed up.",
        );
    }

    /// More than may wait at a server that was started then and warms up.
    pub fn warms(&mut self, at: Mark, since: Mark, waiting: u32, name: &str) {
        self.gentle.break_(at, || {
            let why =
                format!("{waiting} calls wait at {name}, which was started at {}.", DurationUs(since.at_us));
            (why, vec![evidence(since.record, "it is started"), evidence(at.record, "one too many waits")])
        });
    }

    /// A connection has lost its server.
    pub fn moved(&mut self, at: Mark) {
        self.keeps.break_(at, || {
            let why = "A connection breaks: its server does not answer, or was taken out.".to_owned();
            (why, vec![evidence(at.record, "it has to be made anew")])
        });
    }

    /// The lights, in the order of the promises.
    pub fn verdicts(&self) -> Vec<Verdict> {
        let (even, quick, avoids) = (&self.even.light, self.quick.light(), &self.avoids.light);
        [even, quick, avoids, &self.noherd, &self.gentle, &self.keeps]
            .map(|light| light.clone().verdict())
            .into()
    }
}

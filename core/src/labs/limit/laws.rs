//! The lab's own promises: what passes within a window, how far apart, who is refused, and who comes back at once.

use crate::check::light::{Light, evidence};
use crate::counted::counted;
use crate::kits::graph::Gathering;
use crate::lab::{State, Verdict};
use crate::time::DurationUs;
use crate::trace::Mark;
use std::collections::VecDeque;

/// No window of a length, wherever it begins, holds more than the limit of what was let through.
#[derive(Clone, Debug)]
pub struct Cap {
    light: Light,
    limit: u64,
    window: Gathering,
}

impl Cap {
    /// Nothing has passed.
    pub fn new(limit: u32, window_us: u64) -> Cap {
        let why = format!("In no {} more than {limit} have been let through.", DurationUs(window_us));
        let light = Light::new("cap", State::Kept, &why);
        Cap { light, limit: limit.into(), window: Gathering::within(window_us) }
    }

    /// One more is let through.
    pub fn passed(&mut self, at: Mark) {
        let (count, first) = self.window.add(at);
        if count > self.limit {
            let (limit, within) = (self.limit, DurationUs(at.at_us - first.at_us));
            self.light.break_(at, || {
                let why = format!("{count} requests were let through within {within}: the limit is {limit}.");
                let first = evidence(first.record, "the first of them is let through");
                (why, vec![first, evidence(at.record, "one too many")])
            });
        }
    }

    /// The most that passed in a window.
    pub fn most(&self) -> u64 {
        self.window.most()
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        self.window.weight()
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

/// What is let through is never closer together than the limit's rate has it.
#[derive(Clone, Debug)]
pub struct Smooth {
    light: Light,
    limit: u64,
    window_us: u64,
    last: Option<Mark>,
}

impl Smooth {
    /// Nothing has passed.
    pub fn new(limit: u32, window_us: u64) -> Smooth {
        let gap = DurationUs(window_us / u64::from(limit.max(1)));
        let light = Light::new("smooth", State::Kept, &format!("No two were let through within {gap}."));
        Smooth { light, limit: limit.into(), window_us, last: None }
    }

    /// One more is let through. Times are whole µs: a gap may seem to be one less than it is.
    pub fn passed(&mut self, at: Mark) {
        let Some(last) = self.last.replace(at) else { return };
        let gap_us = at.at_us - last.at_us;
        if (gap_us + 1).saturating_mul(self.limit) < self.window_us {
            let least = DurationUs(self.window_us / self.limit);
            self.light.break_(at, || {
                let why = format!(
                    "Two were let through within {}: {least} apart would be even.",
                    DurationUs(gap_us)
                );
                (why, vec![evidence(last.record, "one is let through"), evidence(at.record, "and the next")])
            });
        }
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

/// Nobody is refused who has asked for no more than an equal share within a window (max-min fairness: whoever asks for less than that gets it).
#[derive(Clone, Debug)]
pub struct Fair {
    light: Light,
    limit: u64,
    window_us: u64,
    /// By tenant: when it asked, as far back as a refusal may come late.
    asked: Vec<VecDeque<Mark>>,
}

impl Fair {
    /// Nobody has asked.
    pub fn new(tenants: u32, limit: u32, window_us: u64) -> Fair {
        let share = crate::time::Decimal(u64::from(limit) * 1_000 / u64::from(tenants.max(1)), 1_000);
        let why = format!(
            "Nobody has been refused who asked for at most {share} within {}.",
            DurationUs(window_us)
        );
        let light = Light::new("fair", State::Kept, &why);
        Fair { light, limit: limit.into(), window_us, asked: vec![VecDeque::new(); tenants.max(1) as usize] }
    }

    /// A tenant asks.
    pub fn asks(&mut self, tenant: u8, at: Mark) {
        let window_us = self.window_us;
        let judged = self.light.state() == State::Broken;
        let Some(asked) = self.asked.get_mut(usize::from(tenant)).filter(|_| !judged) else { return };
        // A refusal is on its way for no longer than another window, or it is not judged.
        while asked.front().is_some_and(|first| first.at_us + 2 * window_us <= at.at_us) {
            asked.pop_front();
        }
        asked.push_back(at);
    }

    /// What a tenant asked so long ago is refused.
    pub fn refused(&mut self, tenant: u8, took_us: u64, at: Mark) {
        let tenants = self.asked.len() as u64;
        let Some(asked) = self.asked.get(usize::from(tenant)) else { return };
        let then_us = at.at_us.saturating_sub(took_us);
        if took_us >= self.window_us {
            return;
        }
        let until = asked.partition_point(|mark| mark.at_us <= then_us);
        let before = asked.partition_point(|mark| mark.at_us + self.window_us <= then_us);
        let count = until.saturating_sub(before) as u64;
        if count == 0 || count * tenants > self.limit {
            return;
        }
        let last = asked.get(until - 1).copied();
        let (limit, window) = (self.limit, DurationUs(self.window_us));
        self.light.break_(at, || {
            let (tenant, requests) = (u32::from(tenant) + 1, counted(count, "request"));
            let share = crate::time::Decimal(limit * 1_000 / tenants, 1_000);
            let why = format!(
                "Tenant {tenant} was refused; within {window} it had asked for {requests}, and an equal share is {share}."
            );
            let asks = last.map(|last| evidence(last.record, "it asks"));
            (why, asks.into_iter().chain([evidence(at.record, "it is refused")]).collect())
        });
    }

    /// What it keeps, in bytes.
    pub fn weight(&self) -> u64 {
        self.asked.iter().map(|asked| 16 * asked.len() as u64).sum()
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

/// Those that were refused do not come back at once.
#[derive(Clone, Debug)]
pub struct Apart {
    light: Light,
    limit: u64,
    herd: Gathering,
}

impl Apart {
    /// Nobody has come back.
    pub fn new(limit: u32) -> Apart {
        let light = Light::new("herd", State::Kept, &format!("No more than {limit} came back within 10 ms."));
        Apart { light, limit: limit.into(), herd: Gathering::herd() }
    }

    /// One comes back.
    pub fn back(&mut self, at: Mark) {
        let (count, first) = self.herd.add(at);
        if count > self.limit {
            let limit = self.limit;
            self.light.break_(at, || {
                let why = format!("{count} retries came within 10 ms: more than {limit}.");
                let first = evidence(first.record, "the first of them comes");
                (why, vec![first, evidence(at.record, "one retry too many")])
            });
        }
    }

    /// The most that came back within 10 ms.
    pub fn most(&self) -> u64 {
        self.herd.most()
    }

    /// The light.
    pub fn verdict(&self) -> Verdict {
        self.light.clone().verdict()
    }
}

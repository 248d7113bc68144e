//! What versions come to: whether a read is too old, whether somebody misses their own write, what is lost, wrong, or apart for good.

use super::{Acked, CLEAN, DURABLE, FRESH, Meter, OWN, Open, SETTLED, UNDER_WAY_US, named};
use crate::check::light::evidence;
use crate::lab::{Evidence, State};
use crate::time::DurationUs;
use crate::trace;

impl Meter {
    /// What the cache was to write is gone.
    pub(super) fn lose(&mut self, at: trace::Mark, how: &'static str) {
        let mut first: Option<(u32, Acked)> = None;
        for (key, pending) in std::mem::take(&mut self.pending) {
            self.lost += pending.len() as u64;
            if let Some(acked) = pending.first() {
                first.get_or_insert((key, *acked));
            }
        }
        if let Some((key, (_, acked))) = first {
            self.lights[DURABLE].break_(at, || {
                let why = format!("A write of {} was acknowledged, and the store never had it.", named(key));
                (why, vec![evidence(acked.record, "the write is acknowledged"), evidence(at.record, how)])
            });
        }
    }

    pub(super) fn judge_age(&mut self, at: trace::Mark, open: Open, version: u32) {
        let Some((later, since)) = self.versions.after(open.key, version) else { return };
        let Some(age_us) = open.began.at_us.checked_sub(since.at_us).filter(|us| *us > 0) else { return };
        if self.counts(open.began) {
            self.stale += 1;
            self.oldest_us = self.oldest_us.max(Some(age_us));
        }
        if age_us > self.params.old_limit {
            self.lights[FRESH].break_(at, || {
                let (key, limit) = (named(open.key), DurationUs(self.params.old_limit));
                let why = format!(
                    "A read of {key} gives version {version}, which had been overwritten by version {later} {} before it began: more than {limit}.",
                    DurationUs(age_us)
                );
                let steps = vec![
                    evidence(since.record, format!("version {later} comes to be")),
                    evidence(open.began.record, "the read begins"),
                    evidence(at.record, "it gives the older one"),
                ];
                (why, steps)
            });
        }
    }

    pub(super) fn judge_own(&mut self, at: trace::Mark, open: Open, version: u32) {
        let Some((wrote, acked)) = self.own.get(&(open.client, open.key)).copied() else { return };
        if acked.at_us <= open.began.at_us && version < wrote {
            self.lights[OWN].break_(at, || {
                let key = named(open.key);
                let why =
                    format!("A client wrote version {wrote} of {key}, and then reads version {version}.");
                let steps = vec![
                    evidence(acked.record, format!("its write is acknowledged: version {wrote}")),
                    evidence(open.began.record, "it begins to read"),
                    evidence(at.record, format!("it is given version {version}")),
                ];
                (why, steps)
            });
        }
    }

    pub(super) fn gave_wrong(&mut self, at: trace::Mark, key: u32) {
        self.wrong += u64::from(self.counts(at));
        let Some(since) = self.poisoned.get(&key).copied() else { return };
        let (for_us, limit_us) = (at.at_us - since.at_us, self.params.poison_limit);
        if for_us > limit_us {
            self.lights[CLEAN].break_(at, || {
                let (lasts, limit) = (DurationUs(for_us), DurationUs(limit_us));
                let why = format!(
                    "A wrong value of {} is given {lasts} after it came into the cache: more than {limit}.",
                    named(key)
                );
                (
                    why,
                    vec![
                        evidence(since.record, "the wrong value is set"),
                        evidence(at.record, "it is still given"),
                    ],
                )
            });
        }
    }

    /// Whether the copies that are there at the end are what the store has.
    pub(super) fn settle(&mut self, ended: trace::Mark) {
        let p = &self.params;
        let longest_us = p.ttl.saturating_add(p.ttl / 100 * u64::from(p.ttl_jitter));
        let is_over = |since: trace::Mark| p.ttl > 0 && ended.at_us - since.at_us >= longest_us;
        let mut apart: Option<(u64, u32, Acked, Acked)> = None;
        for (key, (version, since)) in self.copies.iter().filter(|(_, (_, since))| !is_over(*since)) {
            let Some((later, at)) = self.versions.after(*key, *version) else { continue };
            let for_us = ended.at_us - at.at_us.max(since.at_us);
            self.disagree += u64::from(for_us >= UNDER_WAY_US.max(longest_us));
            if apart.is_none_or(|(other_us, ..)| other_us < for_us) {
                apart = Some((for_us, *key, (*version, *since), (later, at)));
            }
        }
        let light = &mut self.lights[SETTLED];
        match apart {
            None => light.say(ended, State::Kept, "At the end of the run every copy is what the store has."),
            Some((for_us, ..)) if for_us < UNDER_WAY_US.max(longest_us) => {
                light.say(ended, State::Unknown, "A copy differs from the store, and may yet be put right.");
            }
            Some((for_us, key, (version, since), (later, at))) => light.break_(ended, || {
                let (key, lasts) = (named(key), DurationUs(for_us));
                let why = format!("The cache holds version {version} of {key}, the store version {later}: for {lasts}, and nothing is under way that would change it.");
                let mut steps: Vec<Evidence> = vec![
                    evidence(at.record, format!("version {later} comes to be")),
                    evidence(since.record, format!("the cache takes in version {version}")),
                ];
                crate::sorted::sort_by_key(&mut steps, |step| step.record);
                (why, steps)
            }),
        }
    }
}

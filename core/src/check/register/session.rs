//! What one client may see after what it has written and seen: its own writes, and nothing older than before.

use super::told::Told;
use super::words::span;
use super::{Read, Reading, Register, WriteId, Written};
use crate::check::light::evidence;
use crate::outcome::State;
use crate::sorted::Set;
use crate::trace::Mark;

/// What a client has seen of a key.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// Its last acknowledged write.
    pub(super) own: Option<WriteId>,
    /// What its last read was told, and when.
    seen: Vec<Told>,
    seen_at: Mark,
    /// What it has seen that began last: when that was asked for, what it is, and when it was seen.
    floor: Option<(Mark, Told, Mark)>,
    /// Values that it has seen and then seen replaced.
    passed: Set<u32>,
}

impl Register {
    /// A client's read misses its own write.
    pub(super) fn judge_own(&mut self, reading: &Reading, at: Mark, read: Read<'_>) {
        let own = self.sessions.get(&(reading.client, reading.key)).and_then(|session| session.own);
        if self.own.state() != State::Kept {
            return;
        }
        let told = self.told(read.versions);
        if let Some(own) = own.filter(|own| self.misses(&told, *own)) {
            let why = format!(
                "{}, although it had itself written {}; {}.",
                self.tell_read(reading, read),
                self.tell_value(own),
                self.tell_fates(reading, at, read, own)
            );
            let steps = self.argue(reading, at, read, own);
            self.own.break_(at, || (why, steps));
        }
    }

    /// A client's reads go back when it is told what was over before what it has seen began, or once more what it has seen replaced.
    pub(super) fn judge_monotonic(&mut self, reading: &Reading, at: Mark, read: Read<'_>) {
        if self.monotonic.state() != State::Kept {
            return;
        }
        let told = self.told(read.versions);
        let tellings = &self.told[usize::from(reading.key)];
        let session = self.sessions.entry((reading.client, reading.key)).or_default();
        let floor = session.floor;
        let is_before =
            |told: &Told| floor.is_some_and(|(floor, ..)| tellings.is_over(&self.writes, *told, floor));
        let is_passed = |told: &Told| {
            told.is_some_and(|value| session.passed.contains(&value)) && tellings.is_single(*told)
        };
        if told.iter().all(|told| is_before(told) || is_passed(told)) {
            // What it has seen that is newer: what began last, or else what it saw last.
            let last = (session.seen.first().copied().flatten(), session.seen_at);
            let began = floor.filter(|_| told.iter().all(is_before));
            let seen = began.map_or(last, |(_, seen, seen_at)| (seen, seen_at));
            return self.tell_back(reading, at, read, seen);
        }
        if let ([Some(seen)], [told]) = (session.seen.as_slice(), told.as_slice())
            && Some(*seen) != *told
        {
            session.passed.insert(*seen);
        }
        for told in &told {
            let since = tellings.since(&self.writes, *told, floor.map(|(floor, ..)| floor));
            if let Some(since) = since.filter(|since| session.floor.is_none_or(|(floor, ..)| floor <= *since))
            {
                session.floor = Some((since, *told, at));
            }
        }
        (session.seen, session.seen_at) = (told, at);
    }

    /// The break of a client whose reads go back, which had been told `seen` before.
    fn tell_back(&mut self, reading: &Reading, at: Mark, read: Read<'_>, (seen, seen_at): (Told, Mark)) {
        let newer = self.write_seen(reading.key, seen, seen_at);
        let ago = span(seen_at, at);
        let (had, fates) = match newer {
            Some(newer) => (
                format!("it had read {}", self.tell_value(newer)),
                format!("; {}", self.tell_fates(reading, at, read, newer)),
            ),
            None => ("it had found nothing there".to_owned(), String::new()),
        };
        let why = format!("{}, although {ago} earlier {had}{fates}.", self.tell_read(reading, read));
        let reader = self.name(reading.client);
        let mut steps = vec![evidence(
            seen_at.record,
            match newer {
                Some(newer) => format!("{reader} reads {}", self.tell_value(newer)),
                None => format!("{reader} finds nothing"),
            },
        )];
        steps.extend(newer.into_iter().flat_map(|newer| self.argue(reading, at, read, newer)));
        self.monotonic.break_(at, || (why, steps));
    }

    /// The write that a client had been told of, as far as that can be known: of a value the last that had been asked for by then, of
    /// nothing the last deletion that had been acknowledged.
    fn write_seen(&self, key: u16, seen: Told, seen_at: Mark) -> Option<WriteId> {
        let fits = |write: &&WriteId| {
            let written = &self.writes[*write];
            written.value == seen && written.acked.is_some_and(|acked| acked < seen_at)
        };
        let acked = self.acked[usize::from(key)].iter().rev().find(fits).copied();
        acked.or_else(|| {
            let begun = |(_, written): &(&WriteId, &Written)| {
                seen.is_some() && written.key == key && written.value == seen && written.invoked < seen_at
            };
            self.writes.iter().rev().find(begun).map(|(write, _)| *write)
        })
    }
}

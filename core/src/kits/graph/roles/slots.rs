//! What a cache tells readers of its content: the keys in the order in which they go, with their versions, and where a hand stands.

use super::super::caller::At;
use super::super::message::fact;
use super::cache::Told;
use super::{Cache, POISON};
use crate::outcome::key_name;
use crate::trace::{Fact, Splice};
use std::sync::Arc;

/// So many entries are told of, those that go first.
const MOST: usize = 60;

/// The name of a key.
pub fn name(key: u32) -> String {
    u16::try_from(key).map_or_else(|_| format!("k{key}"), key_name)
}

/// A version as it is shown.
pub fn version(version: u32) -> String {
    if version == POISON { "wrong".into() } else { format!("v{version}") }
}

/// An entry in words.
fn words(told: &Told) -> Arc<str> {
    let (key, held, seen) = *told;
    let seen = if seen { " •" } else { "" };
    format!("{} {}{seen}|{key}", name(key), version(held)).into()
}

impl Cache {
    /// Tells what has changed, where somebody reads it.
    pub fn report(&mut self, at: &mut At<'_>) {
        if !at.out.words_wanted() {
            return;
        }
        let told = |key: &u32| (*key, self.version(*key), self.content.is_seen(*key));
        let now: Vec<Told> = self.content.first(MOST).iter().map(told).collect();
        let before = std::mem::replace(&mut self.told, now);
        let now = &self.told;
        if before != *now {
            let same = before.iter().zip(now).take_while(|(one, other)| one == other).count();
            let rest = (&before[same..], &now[same..]);
            let alike = rest.0.iter().rev().zip(rest.1.iter().rev());
            let end = alike.take_while(|(one, other)| one == other).count();
            let (at_place, remove) = (same as u32, (rest.0.len() - end) as u32);
            let insert = rest.1[..rest.1.len() - end].iter().map(words).collect();
            at.out.show(fact::CONTENT, 0, || Fact::List(Splice { at: at_place, remove, insert }));
        }
        let look = (self.last_look, self.victim);
        if look != self.told_look {
            self.told_look = look;
            let words = look.0.map_or_else(String::new, |(key, hit)| {
                format!("{} {}", if hit { "hit" } else { "miss" }, name(key))
            });
            at.out.show(fact::LOOKED, 0, || Fact::Text(words.into()));
            let words = look.1.map_or_else(String::new, name);
            at.out.show(fact::VICTIM, 0, || Fact::Text(words.into()));
        }
        let hand = self.content.hand();
        if hand != self.told_hand {
            self.told_hand = hand;
            let words = hand.map_or_else(String::new, name);
            at.out.show(fact::HAND, 0, || Fact::Text(words.into()));
        }
    }
}

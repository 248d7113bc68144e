//! What a cache tells readers of its content: the keys in the order in which they go, with their versions, and where a hand stands.

use super::super::caller::At;
use super::super::message::fact;
use super::Cache;
use super::POISON;
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

impl Cache {
    /// Tells what has changed, where somebody reads it.
    pub fn report(&mut self, at: &mut At<'_>) {
        if !at.out.words_wanted() {
            return;
        }
        let mut order = self.content.order();
        order.truncate(MOST);
        let words = |key: &u32| -> Arc<str> {
            let seen = if self.content.is_seen(*key) { " •" } else { "" };
            format!("{} {}{seen}|{key}", name(*key), version(self.version(*key))).into()
        };
        let now: Vec<Arc<str>> = order.iter().map(words).collect();
        let before = std::mem::replace(&mut self.told, now.clone());
        if before != now {
            let same = before.iter().zip(&now).take_while(|(one, other)| one == other).count();
            let rest = (&before[same..], &now[same..]);
            let end =
                rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(|(one, other)| one == other).count();
            let (remove, insert) = (rest.0.len() - end, rest.1[..rest.1.len() - end].to_vec());
            at.out.show(fact::CONTENT, 0, || {
                Fact::List(Splice { at: same as u32, remove: remove as u32, insert })
            });
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

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

/// What makes one list the other. An entry that goes to the end, or for a new one there, leaves all between as they are: they are not told again.
fn changes(before: &[Told], now: &[Told]) -> Vec<Splice> {
    if before == now {
        return Vec::new();
    }
    let same = before.iter().zip(now).take_while(|(one, other)| one == other).count();
    let (before, now) = (&before[same..], &now[same..]);
    let splice = |at: usize, remove: usize, insert: &[Told]| Splice {
        at: at as u32,
        remove: remove as u32,
        insert: insert.iter().map(words).collect(),
    };
    if let ([_, rest @ ..], [moved @ .., last]) = (before, now)
        && rest == moved
    {
        return vec![splice(same, 1, &[]), splice(same + rest.len(), 0, std::slice::from_ref(last))];
    }
    let alike = before.iter().rev().zip(now.iter().rev());
    let end = alike.take_while(|(one, other)| one == other).count();
    vec![splice(same, before.len() - end, &now[..now.len() - end])]
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
        for splice in changes(&before, now) {
            at.out.show(fact::CONTENT, 0, || Fact::List(splice));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_told() {
        let told = |keys: &[u32]| keys.iter().map(|key| (*key, 0, false)).collect::<Vec<Told>>();
        let splices = |before: &[u32], now: &[u32]| {
            let all = changes(&told(before), &told(now));
            all.iter().map(|splice| (splice.at, splice.remove, splice.insert.len())).collect::<Vec<_>>()
        };
        assert_eq!(splices(&[1, 2, 3], &[1, 2, 3]), []);
        assert_eq!(splices(&[1, 2, 3, 4], &[1, 3, 4, 2]), [(1, 1, 0), (3, 0, 1)], "it goes to the end");
        assert_eq!(splices(&[1, 2, 3], &[2, 3, 9]), [(0, 1, 0), (2, 0, 1)], "the first goes for a new one");
        assert_eq!(splices(&[1, 2], &[1, 2, 3]), [(2, 0, 1)]);
        assert_eq!(splices(&[1, 2, 3], &[1, 3]), [(1, 1, 0)]);
        assert_eq!(splices(&[1, 2, 3], &[3, 2, 1]), [(0, 3, 3)]);
    }
}

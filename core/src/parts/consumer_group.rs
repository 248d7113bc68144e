//! A consumer group as its coordinator keeps it (Kafka's classic protocol with eager rebalancing): members, generations, heartbeats, and the offsets
//! that the group has committed. Who reads what is worked out here, where Kafka has the group's leader do it.

use super::assignor::{Assignor, TopicPartition};
use crate::sorted::Map;
use std::fmt;

/// How a heartbeat is answered, or a commit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Heard {
    /// Well.
    Fine,
    /// The group rebalances: give up what you have, and join again (`REBALANCE_IN_PROGRESS`).
    Rebalances,
    /// You are not of this generation (`ILLEGAL_GENERATION`).
    OldGeneration,
    /// You are no member: your session is over (`UNKNOWN_MEMBER_ID`).
    Unknown,
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Heard::Fine => "fine",
            Heard::Rebalances => "rebalance in progress",
            Heard::OldGeneration => "illegal generation",
            Heard::Unknown => "unknown member id",
        })
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Member {
    /// When it was heard of last, in µs.
    heard_us: i64,
    /// It waits for the next generation.
    joined: bool,
    owns: Vec<TopicPartition>,
}

/// A group.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Group<M> {
    generation: u32,
    members: Map<M, Member>,
    /// It rebalances, and does not end that before then, in µs.
    until_us: Option<i64>,
    offsets: Map<u32, u32>,
}

impl<M: Copy + Ord> Group<M> {
    /// A group without members that has committed nothing.
    pub fn new() -> Group<M> {
        Group { generation: 0, members: Map::new(), until_us: None, offsets: Map::new() }
    }

    /// The generation: how often the group has been rebalanced.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether it rebalances: nobody is meant to read.
    pub fn rebalances(&self) -> bool {
        self.until_us.is_some()
    }

    /// Who is a member.
    pub fn members(&self) -> impl Iterator<Item = M> + '_ {
        self.members.keys().copied()
    }

    /// What a member reads.
    pub fn owns(&self, member: M) -> &[TopicPartition] {
        self.members.get(&member).map_or(&[], |member| &member.owns)
    }

    /// Where a partition is to be read on from.
    pub fn offset(&self, partition: u32) -> u32 {
        self.offsets.get(&partition).copied().unwrap_or(0)
    }

    /// A member joins, or joins again. The first of an empty group is waited with for so long (`group.initial.rebalance.delay.ms`).
    pub fn join(&mut self, now_us: i64, member: M, delay_us: u64) {
        let first_us =
            if self.members.is_empty() { now_us.saturating_add_unsigned(delay_us) } else { now_us };
        self.until_us.get_or_insert(first_us);
        let fresh = || Member { heard_us: now_us, joined: false, owns: Vec::new() };
        let member = self.members.entry(member).or_insert_with(fresh);
        (member.heard_us, member.joined) = (now_us, true);
    }

    /// All are to join again: there is something else to be read.
    pub fn rebalance(&mut self, now_us: i64) {
        if !self.members.is_empty() {
            self.until_us.get_or_insert(now_us);
        }
    }

    /// A member is heard of.
    pub fn heartbeat(&mut self, now_us: i64, member: M, generation: u32) -> Heard {
        let rebalances = self.rebalances();
        let Some(member) = self.members.get_mut(&member) else { return Heard::Unknown };
        if generation != self.generation {
            return Heard::OldGeneration;
        }
        member.heard_us = now_us;
        if rebalances { Heard::Rebalances } else { Heard::Fine }
    }

    /// A member commits offsets, which it may still do while the group waits for all to join again.
    pub fn commit(&mut self, member: M, generation: u32, offsets: &[(u32, u32)]) -> Heard {
        if !self.members.contains_key(&member) {
            return Heard::Unknown;
        }
        if generation != self.generation {
            return Heard::OldGeneration;
        }
        for (partition, offset) in offsets {
            self.offsets.insert(*partition, *offset);
        }
        Heard::Fine
    }

    /// Who has not been heard of for a session is no member any more: whether there was one. Who waits to be given something is heard of.
    pub fn expire(&mut self, now_us: i64, session_us: u64) -> bool {
        let before = self.members.len();
        self.members.retain(|_, member| {
            member.joined || member.heard_us.saturating_add_unsigned(session_us) > now_us
        });
        let some = self.members.len() < before;
        if some {
            self.rebalance(now_us);
            if self.members.is_empty() {
                self.until_us = None;
            }
        }
        some
    }

    /// When something is to be looked at again, in µs: a session that may be over, or a rebalance that may end.
    pub fn next_us(&self, now_us: i64, session_us: u64) -> Option<i64> {
        let sessions = self.members.values().filter(|member| !member.joined);
        sessions
            .map(|member| member.heard_us.saturating_add_unsigned(session_us))
            .chain(self.until_us)
            .filter(|next_us| *next_us > now_us)
            .min()
    }

    /// Ends a rebalance, if all members have joined: the next generation begins. Gives how many partitions have another owner than before.
    pub fn complete(&mut self, now_us: i64, partitions: u32, assignor: Assignor) -> Option<usize> {
        self.until_us.filter(|until_us| *until_us <= now_us)?;
        if self.members.is_empty() || self.members.values().any(|member| !member.joined) {
            return None;
        }
        let before: Vec<Vec<TopicPartition>> =
            self.members.values().map(|member| member.owns.clone()).collect();
        let after = assignor.assign(&[partitions], &before);
        let moved = after
            .iter()
            .zip(&before)
            .flat_map(|(after, before)| after.iter().filter(|p| !before.contains(p)));
        let moved = moved.count();
        for ((_, member), owns) in self.members.iter_mut().zip(after) {
            *member = Member { heard_us: now_us, joined: false, owns };
        }
        self.generation += 1;
        self.until_us = None;
        Some(moved)
    }

    /// Its coordinator comes up again: nobody could be heard of meanwhile.
    pub fn restart(&mut self, now_us: i64) {
        for (_, member) in self.members.iter_mut() {
            member.heard_us = now_us;
        }
    }
}

impl<M: Copy + Ord> Default for Group<M> {
    fn default() -> Group<M> {
        Group::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION_US: u64 = 45;

    fn two() -> Group<char> {
        let mut group = Group::new();
        group.join(0, 'a', 3);
        group.join(1, 'b', 3);
        assert_eq!(group.complete(2, 4, Assignor::Range), None, "the first is waited with");
        assert_eq!(group.complete(3, 4, Assignor::Range), Some(4));
        group
    }

    #[test]
    fn a_generation_begins_when_all_have_joined() {
        let mut group = two();
        assert_eq!(
            (group.generation(), group.owns('a'), group.owns('b')),
            (1, &[(0, 0), (0, 1)][..], &[(0, 2), (0, 3)][..])
        );
        group.join(10, 'c', 3);
        assert_eq!(group.complete(10, 4, Assignor::Range), None, "a and b have not joined");
        for (member, heard) in [('a', Heard::Rebalances), ('c', Heard::Rebalances), ('d', Heard::Unknown)] {
            assert_eq!(group.heartbeat(11, member, 1), heard, "{member}");
        }
        group.join(12, 'a', 3);
        group.join(13, 'b', 3);
        assert_eq!(group.complete(13, 4, Assignor::Range), Some(1), "the last of b's");
        assert_eq!((group.generation(), group.rebalances()), (2, false));
        assert_eq!(group.heartbeat(14, 'a', 2), Heard::Fine);
    }

    /// A member that is not heard of loses what it had, and what it commits later is refused.
    #[test]
    fn a_zombie_cannot_commit() {
        let mut group = two();
        assert_eq!(group.commit('a', 1, &[(0, 5)]), Heard::Fine);
        group.heartbeat(40, 'b', 1);
        assert_eq!((group.expire(47, SESSION_US), group.next_us(47, SESSION_US)), (false, Some(48)));
        assert!(group.expire(48, SESSION_US));
        assert_eq!(group.heartbeat(49, 'b', 1), Heard::Rebalances);
        group.join(49, 'b', 3);
        assert_eq!(group.complete(49, 4, Assignor::Range), Some(2));
        assert_eq!(group.commit('a', 1, &[(0, 9)]), Heard::Unknown);
        group.join(60, 'a', 3);
        assert_eq!(group.commit('a', 1, &[(0, 9)]), Heard::OldGeneration);
        assert_eq!((group.offset(0), group.offset(1)), (5, 0));
        assert_eq!(group.commit('b', 2, &[(0, 7)]), Heard::Fine, "while the group waits for all to join");
    }

    #[test]
    fn an_empty_group_keeps_its_offsets_and_begins_anew() {
        let mut group = two();
        group.commit('a', 1, &[(2, 8)]);
        assert!(group.expire(48, SESSION_US));
        assert_eq!(
            (group.members().count(), group.rebalances(), group.next_us(48, SESSION_US)),
            (0, false, None)
        );
        group.rebalance(50);
        assert!(!group.rebalances(), "nobody is there to join");
        group.join(60, 'a', 3);
        assert_eq!((group.complete(63, 4, Assignor::Range), group.offset(2)), (Some(4), 8));
    }
}

//! Who of a group's members reads which partitions: Kafka's range, round-robin and sticky assignors.

/// A topic by its number, and a partition of it, both from 0.
pub type TopicPartition = (u16, u32);

/// By which rule partitions are given out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Assignor {
    /// Topic by topic, a run of neighbours for each member; the first members have one more where it does not come out even.
    Range,
    /// Partition by partition, member by member.
    RoundRobin,
    /// As even as by turns, and each member keeps what it had as far as that allows.
    Sticky,
}

impl Assignor {
    /// What each member has: of topics with so many partitions each, where members had `before`, in their order.
    pub fn assign(self, topics: &[u32], before: &[Vec<TopicPartition>]) -> Vec<Vec<TopicPartition>> {
        let members = before.len();
        let mut given = vec![Vec::new(); members];
        if members == 0 {
            return given;
        }
        let topic_partitions = || {
            topics.iter().enumerate().flat_map(|(topic, count)| (0..*count).map(move |p| (topic as u16, p)))
        };
        match self {
            Assignor::Range => {
                for (topic, count) in topics.iter().enumerate() {
                    let (each, more) = (*count as usize / members, *count as usize % members);
                    let mut next = 0;
                    for (member, given) in given.iter_mut().enumerate() {
                        let upto = next + each + usize::from(member < more);
                        given.extend((next..upto).map(|p| (topic as u16, p as u32)));
                        next = upto;
                    }
                }
            }
            Assignor::RoundRobin => {
                for (place, partition) in topic_partitions().enumerate() {
                    given[place % members].push(partition);
                }
            }
            Assignor::Sticky => {
                let all: Vec<TopicPartition> = topic_partitions().collect();
                let (each, more) = (all.len() / members, all.len() % members);
                let mut full = 0;
                for (given, had) in given.iter_mut().zip(before) {
                    let most = each + usize::from(full < more);
                    given.extend(had.iter().filter(|had| all.contains(had)).take(most).copied());
                    full += usize::from(given.len() > each);
                }
                let free: Vec<TopicPartition> =
                    all.into_iter().filter(|p| !given.iter().any(|given| given.contains(p))).collect();
                for partition in free {
                    if let Some(least) = given.iter_mut().min_by_key(|given| given.len()) {
                        least.push(partition);
                    }
                }
                for given in &mut given {
                    crate::sorted::sort(given);
                }
            }
        }
        given
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Assignor::{Range, RoundRobin, Sticky};

    fn counts(rule: Assignor, topics: &[u32], members: usize) -> Vec<usize> {
        rule.assign(topics, &vec![Vec::new(); members]).iter().map(Vec::len).collect()
    }

    #[test]
    fn shares_are_as_published() {
        for (rule, topics, members, shares) in [
            (Range, &[10][..], 4, &[3, 3, 2, 2][..]),
            (Range, &[3, 3], 2, &[4, 2]),
            (RoundRobin, &[3, 3], 2, &[3, 3]),
            (Range, &[4], 6, &[1, 1, 1, 1, 0, 0]),
            (RoundRobin, &[10], 4, &[3, 3, 2, 2]),
            (Sticky, &[10], 4, &[3, 3, 2, 2]),
            (Range, &[], 2, &[0, 0]),
        ] {
            assert_eq!(counts(rule, topics, members), shares, "{rule:?} {topics:?}");
        }
        assert!(Range.assign(&[4], &[]).is_empty());
    }

    /// One of three members leaves: the sticky rule moves what it had alone, the range rule more than that.
    #[test]
    fn who_stays_keeps_what_it_had() {
        let moved = |rule: Assignor| {
            let three = rule.assign(&[6], &[Vec::new(), Vec::new(), Vec::new()]);
            let two = rule.assign(&[6], &three[1..]);
            let of =
                |given: &[Vec<TopicPartition>], p| given.iter().position(|given| given.contains(&(0, p)));
            // The second of three is the first of two.
            (0..6).filter(|p| of(&two, *p).map(|m| m + 1) != of(&three, *p)).count()
        };
        assert_eq!((moved(Sticky), moved(Range)), (2, 3));
    }

    #[test]
    fn every_partition_has_one_owner_and_shares_differ_by_one() {
        for rule in [Range, RoundRobin, Sticky] {
            let mut had: Vec<Vec<TopicPartition>> = Vec::new();
            for (members, partitions) in [(1, 5), (4, 5), (3, 7), (6, 4), (2, 9), (5, 9)] {
                had.resize(members, Vec::new());
                had = rule.assign(&[partitions], &had);
                let mut all: Vec<TopicPartition> = had.concat();
                crate::sorted::sort(&mut all);
                assert_eq!(all, (0..partitions).map(|p| (0, p)).collect::<Vec<_>>(), "{rule:?}");
                let (least, most) = (had.iter().map(Vec::len).min(), had.iter().map(Vec::len).max());
                assert!(most <= least.map(|least| least + 1), "{rule:?}: {had:?}");
            }
        }
    }
}

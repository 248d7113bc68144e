//! A last-write-wins register: the write with the highest timestamp stands, deletes are tombstones with a lifetime
//! (Johnson & Thomas, RFC 677, 1975; Cassandra's cells and `gc_grace_seconds`).

/// One version of one key: by which write, when that was by its writer's clock, and the value; no value is a tombstone.
/// The clock is the writer's: a fast one wins every conflict. Timestamps are µs, or of any other clock that can be compared.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Lww<W, V, T = u64> {
    at: T,
    writer: W,
    value: Option<V>,
    deleted_us: u64,
}

impl<W: Copy + Ord, V: Ord + Clone, T: Copy + Ord> Lww<W, V, T> {
    /// A write.
    pub fn write(at: T, writer: W, value: V) -> Self {
        Self { at, writer, value: Some(value), deleted_us: 0 }
    }

    /// A delete: it must outlive every older write that may still arrive. Its age counts from `deleted_us`, wherever it comes
    /// to later (Cassandra's local deletion time): not from its timestamp, which need be no time at all.
    pub fn tombstone(at: T, writer: W, deleted_us: u64) -> Self {
        Self { at, writer, value: None, deleted_us }
    }

    /// Its timestamp: the writer's clock, or a number that the writer counted.
    pub fn at(&self) -> T {
        self.at
    }

    /// Whose write it is.
    pub fn writer(&self) -> W {
        self.writer
    }

    /// What a reader sees; none if it has been deleted.
    pub fn value(&self) -> Option<&V> {
        self.value.as_ref()
    }

    /// When it was deleted; 0 for a value.
    pub fn deleted_us(&self) -> u64 {
        self.deleted_us
    }

    /// This one stands against `other`: the higher timestamp; at equal timestamps a tombstone, then the larger value (as Cassandra
    /// and ScyllaDB resolve ties, whose timestamps carry no writer). Of two writes of the same that even so are equal no reader
    /// can tell which stands: by their writers all replicas name the same one.
    pub fn wins(&self, other: &Self) -> bool {
        self.at
            .cmp(&other.at)
            .then_with(|| self.value.is_none().cmp(&other.value.is_none()))
            .then_with(|| self.value.cmp(&other.value))
            .then_with(|| self.writer.cmp(&other.writer))
            .is_gt()
    }

    /// Keeps the winner; true if that is `other` and it differs. The loser is gone without a trace: no error, no sibling.
    pub fn merge(&mut self, other: &Self) -> bool {
        let lost = other.wins(self);
        if lost {
            self.clone_from(other);
        }
        lost
    }
}

/// Merges a version into what a replica holds for a key, if anything; true if that changed it.
pub fn merge_into<W: Copy + Ord, V: Ord + Clone, T: Copy + Ord>(
    held: &mut Option<Lww<W, V, T>>,
    arriving: &Lww<W, V, T>,
) -> bool {
    match held {
        Some(held) => held.merge(arriving),
        None => {
            *held = Some(arriving.clone());
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn version() -> impl Strategy<Value = Lww<u8, u8>> {
        (0u64..3, 0u8..3, proptest::option::of(0u8..3)).prop_map(|(at_us, writer, value)| match value {
            Some(value) => Lww::write(at_us, writer, value),
            None => Lww::tombstone(at_us, writer, at_us),
        })
    }

    proptest! {
        #[test]
        fn replicas_agree_whatever_the_order(versions in proptest::collection::vec(version(), 1..6), turn in 0usize..6) {
            let fold = |order: &[Lww<u8, u8>]| {
                let mut held = None;
                order.iter().for_each(|v| { merge_into(&mut held, v); });
                held
            };
            let mut turned = versions.clone();
            turned.rotate_left(turn % versions.len());
            turned.push(turned[0].clone());
            let reversed: Vec<_> = versions.iter().rev().cloned().collect();
            prop_assert_eq!(fold(&versions), fold(&turned));
            prop_assert_eq!(fold(&versions), fold(&reversed));
        }
    }

    #[test]
    fn a_fast_clock_eats_a_later_write() {
        let mut held = Some(Lww::write(1_000_250, "fast", 1));
        assert!(!merge_into(&mut held, &Lww::write(1_000_100, "right", 2)));
        assert_eq!(held.unwrap().value(), Some(&1));
    }

    #[test]
    fn at_one_timestamp_a_deletion_wins_and_then_the_larger_value_whoever_wrote_it() {
        let (nine, seven) = (Lww::write(10, "a", 9), Lww::write(10, "b", 7));
        let deletion = Lww::tombstone(10, "a", 10);
        assert!(nine.wins(&seven) && !seven.wins(&nine));
        assert!(deletion.wins(&nine) && !nine.wins(&deletion));
        assert!(Lww::write(11, "a", 0).wins(&deletion), "the timestamp comes first");
    }

    #[test]
    fn without_its_tombstone_the_dead_return() {
        let old = Lww::write(10, "a", 1);
        let mut held = Some(old.clone());
        merge_into(&mut held, &Lww::tombstone(20, "a", 20));
        assert!(!merge_into(&mut held, &old));
        let mut held = None;
        assert!(merge_into(&mut held, &old), "nothing is left that says it was deleted");
    }
}

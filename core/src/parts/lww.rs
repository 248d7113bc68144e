//! A last-write-wins register: the write with the highest timestamp stands, deletes are tombstones with a lifetime
//! (Johnson & Thomas, RFC 677, 1975; Cassandra's cells and `gc_grace_seconds`).

/// When a write was made, by its writer's clock, and who made it: the order in which writes win.
/// The clock is the writer's: a fast one wins every conflict.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Stamp<W> {
    /// The writer's clock.
    pub at_us: u64,
    /// Breaks ties, so that all replicas choose alike.
    pub writer: W,
}

/// One stamped version of one key; no value is a tombstone.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Lww<W, V> {
    stamp: Stamp<W>,
    value: Option<V>,
}

impl<W: Copy + Ord, V: Ord + Clone> Lww<W, V> {
    /// A write.
    pub fn write(at_us: u64, writer: W, value: V) -> Self {
        Self { stamp: Stamp { at_us, writer }, value: Some(value) }
    }

    /// A delete: it must outlive every older write that may still arrive.
    pub fn tombstone(at_us: u64, writer: W) -> Self {
        Self { stamp: Stamp { at_us, writer }, value: None }
    }

    /// Its place in the order of writes.
    pub fn stamp(&self) -> Stamp<W> {
        self.stamp
    }

    /// What a reader sees; none if it has been deleted.
    pub fn value(&self) -> Option<&V> {
        self.value.as_ref()
    }

    /// This one stands against `other`: the higher stamp; at equal stamps a tombstone, then the larger value (as
    /// Cassandra resolves ties), so that merging is commutative whatever writers do.
    pub fn wins(&self, other: &Self) -> bool {
        self.stamp
            .cmp(&other.stamp)
            .then_with(|| self.value.is_none().cmp(&other.value.is_none()))
            .then_with(|| self.value.cmp(&other.value))
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

    /// A tombstone that may be dropped: `lifetime_us` have passed since its stamp. A replica that has not heard of the
    /// delete by then brings the old value back.
    pub fn expired(&self, now_us: u64, lifetime_us: u64) -> bool {
        self.value.is_none() && now_us.saturating_sub(self.stamp.at_us) >= lifetime_us
    }
}

/// Merges a version into what a replica holds for a key, if anything; true if that changed it.
pub fn merge_into<W: Copy + Ord, V: Ord + Clone>(held: &mut Option<Lww<W, V>>, arriving: &Lww<W, V>) -> bool {
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
        (0u64..3, 0u8..3, proptest::option::of(0u8..3))
            .prop_map(|(at_us, writer, value)| Lww { stamp: Stamp { at_us, writer }, value })
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
    fn a_dropped_tombstone_lets_the_dead_return() {
        let old = Lww::write(10, "a", 1);
        let mut held = Some(old.clone());
        merge_into(&mut held, &Lww::tombstone(20, "a"));
        assert!(!merge_into(&mut held, &old));
        assert!(!held.as_ref().unwrap().expired(119, 100));
        assert!(held.as_ref().unwrap().expired(120, 100));
        let mut held = None;
        assert!(merge_into(&mut held, &old), "nothing is left that says it was deleted");
        assert!(!old.expired(u64::MAX, 0), "a value does not expire");
    }
}

//! MurmurHash2 in 32 bits, by which Kafka's producers choose a partition for a key (`org.apache.kafka.common.utils.Utils.murmur2`).

/// The hash of some bytes, with Kafka's seed.
pub fn murmur2(bytes: &[u8]) -> i32 {
    const M: u32 = 0x5bd1_e995;
    const SEED: u32 = 0x9747_b28c;
    let mut hash = SEED ^ bytes.len() as u32;
    let mut words = bytes.chunks_exact(4);
    for word in &mut words {
        let mut k = word.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        k = k.wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        hash ^= rest.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    (hash ^ hash >> 15) as i32
}

/// The partition of a key among so many, from 0: the hash without its sign, modulo their number. Of none there is the first.
pub fn partition(key: &str, partitions: u32) -> u32 {
    ((murmur2(key.as_bytes()) & i32::MAX) as u32).checked_rem(partitions).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_kafkas_own_test() {
        for (text, hash) in [
            ("21", -973_932_308),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            ("abc", 479_470_107),
        ] {
            assert_eq!(murmur2(text.as_bytes()), hash, "{text}");
        }
    }

    #[test]
    fn keys_have_partitions() {
        let of = |partitions| {
            (0..10).map(|user| partition(&format!("user-{user}"), partitions)).collect::<Vec<_>>()
        };
        assert_eq!(of(4), [3, 0, 0, 3, 3, 2, 1, 0, 1, 3]);
        assert_eq!((of(1), partition("x", 0)), (vec![0; 10], 0));
    }

    /// Of all hashes, 1 - min/lcm change their partition.
    #[test]
    fn more_partitions_move_keys() {
        for (before, after, moved, of) in [(3, 4, 9, 12), (4, 6, 8, 12), (12, 24, 12, 24)] {
            let found = (0..of).filter(|hash| hash % before != hash % after).count();
            assert_eq!(found, moved, "{before} to {after}, of {of}");
        }
    }
}

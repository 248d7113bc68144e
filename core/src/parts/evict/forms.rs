//! What hit ratios come to without a run: Che's approximation, the exact stationary ones of small caches, and Belady's bound.
//!
//! Popularities are shares of requests that draw their keys apart from each other (the independent reference model); they add up to 1.

use super::{Cache, Policy};
use crate::chance::dice::{Purpose, die};
use crate::parts::zipf::Zipf;
use std::collections::{BTreeMap, BTreeSet};

/// The popularities of some keys by Zipf's law.
pub fn popularity(zipf: &Zipf, keys: u32) -> Vec<f64> {
    (0..keys).map(|key| zipf.weight(key) as f64 / zipf.total() as f64).collect()
}

/// How many of these requests miss a cache that is empty at first and lets in what it misses.
pub fn misses(policy: Policy, size: u32, requests: impl IntoIterator<Item = u32>) -> usize {
    let mut cache = Cache::new(policy, size);
    let mut missed = 0;
    for (at, key) in (0..).zip(requests) {
        if !cache.touch(key) {
            missed += 1;
            cache.insert(key, die(1, Purpose::Choice, 0, at));
        }
    }
    missed
}

/// The hit ratio of LRU by Che's approximation (Che, Tung, Wang 2002): a key is in if it was asked for within a time T, which is such that as many
/// are in as there are places.
pub fn che(popularity: &[f64], size: usize) -> f64 {
    solved(popularity, size, |of| 1.0 - libm::exp(-of))
}

/// Likewise the hit ratio of FIFO and RANDOM, where a key stays for a time T from when it came in (Martina, Garetto, Leonardi 2014).
pub fn fifo(popularity: &[f64], size: usize) -> f64 {
    solved(popularity, size, |of| of / (1.0 + of))
}

/// The hit ratio where a key of popularity p is in with the chance `is_in(p·T)`.
fn solved(popularity: &[f64], size: usize, is_in: impl Fn(f64) -> f64) -> f64 {
    if size >= popularity.len() {
        return 1.0;
    }
    let held = |time: f64| popularity.iter().map(|p| is_in(p * time)).sum::<f64>();
    let (mut low, mut high) = (0.0, 1.0);
    while held(high) < size as f64 && high < 1e15 {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if held(middle) < size as f64 { low = middle } else { high = middle }
    }
    popularity.iter().map(|p| p * is_in(p * low)).sum()
}

/// The hit ratio of a cache that holds the most popular keys and never changes: no policy that does not know the future is better.
pub fn top(popularity: &[f64], size: usize) -> f64 {
    let mut shares = popularity.to_vec();
    shares.sort_by(|one, other| other.total_cmp(one));
    shares.iter().take(size).sum()
}

/// The hit ratio of LRU exactly (King 1971): over all orders in which keys may lie. For a handful of keys.
pub fn exact_lru(popularity: &[f64], size: usize) -> f64 {
    fn orders(popularity: &[f64], size: usize, used: &mut Vec<usize>, chance: f64, held: f64) -> f64 {
        if used.len() == size {
            return chance * held;
        }
        let mut sum = 0.0;
        for (key, p) in popularity.iter().enumerate() {
            if !used.contains(&key) {
                used.push(key);
                sum += orders(popularity, size, used, chance * p / (1.0 - held), held + p);
                used.pop();
            }
        }
        sum
    }
    orders(popularity, size.min(popularity.len()), &mut Vec::new(), 1.0, 0.0)
}

/// The hit ratio of FIFO and RANDOM exactly (Gelenbe 1973): which keys are in has a chance in proportion to the product of their popularities.
pub fn exact_fifo(popularity: &[f64], size: usize) -> f64 {
    /// The sum of products over all sets of so many keys from a place on, and of products times what is held.
    fn sets(popularity: &[f64], size: usize, product: f64, held: f64) -> (f64, f64) {
        match popularity.split_first() {
            _ if size == 0 => (product, product * held),
            None => (0.0, 0.0),
            Some((p, rest)) => {
                let (with, without) =
                    (sets(rest, size - 1, product * p, held + p), sets(rest, size, product, held));
                (with.0 + without.0, with.1 + without.1)
            }
        }
    }
    let (all, hits) = sets(popularity, size.min(popularity.len()), 1.0, 0.0);
    hits / all
}

/// How many of these requests miss where the key goes that is asked for again last (Belady 1966): the fewest of any policy that lets every key in.
pub fn opt_misses(requests: &[u32], size: usize) -> usize {
    let mut next = vec![usize::MAX; requests.len()];
    let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, key) in requests.iter().enumerate().rev() {
        next[at] = seen.insert(*key, at).unwrap_or(usize::MAX);
    }
    let (mut held, mut by_next) = (BTreeMap::new(), BTreeSet::new());
    let mut misses = 0;
    for (key, next) in requests.iter().zip(next) {
        if let Some(before) = held.insert(*key, next) {
            by_next.remove(&(before, *key));
        } else {
            misses += 1;
            if held.len() > size.max(1)
                && let Some((_, victim)) = by_next.pop_last()
            {
                held.remove(&victim);
            }
        }
        by_next.insert((next, *key));
    }
    misses
}

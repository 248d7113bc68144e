//! The arithmetic of N, W and R: what the quorums of a replicated register overlap in, and what that gives and does not give.

use std::fmt;

/// `n` replicas; a write is acknowledged by `w` of them, a read asks `r` of them (Gifford, "Weighted voting
/// for replicated data", SOSP 1979; Dynamo §4.5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Quorum {
    n: u32,
    w: u32,
    r: u32,
    sloppy: bool,
}

impl Quorum {
    /// Strict quorums: acknowledgements and answers count only from the key's own `n` replicas.
    ///
    /// # Panics
    /// Unless 1 ≤ w ≤ n and 1 ≤ r ≤ n: the door has checked that.
    pub fn strict(n: u32, w: u32, r: u32) -> Self {
        assert!(1 <= w && w <= n && 1 <= r && r <= n, "quorums of 1 to n: n={n} w={w} r={r}");
        Self { n, w, r, sloppy: false }
    }

    /// Sloppy quorums (Dynamo §4.6): any `w` of all the nodes that can be reached may acknowledge for the `n` owners.
    pub fn sloppy(n: u32, w: u32, r: u32) -> Self {
        Self { sloppy: true, ..Self::strict(n, w, r) }
    }

    /// W + R − N: how many replicas any read quorum and any write quorum share at least; below 1 they may share none.
    /// For sloppy quorums the number still describes the owners, but promises nothing.
    pub fn read_overlap(&self) -> i32 {
        self.w as i32 + self.r as i32 - self.n as i32
    }

    /// 2W − N: how many replicas any two write quorums share at least; below 1 they may share none.
    pub fn write_overlap(&self) -> i32 {
        2 * self.w as i32 - self.n as i32
    }

    /// Every read quorum meets every write quorum: W + R > N, and strict.
    pub fn reads_meet_writes(&self) -> bool {
        !self.sloppy && self.read_overlap() > 0
    }

    /// Any two write quorums meet: W > N/2, and strict.
    pub fn writes_meet_writes(&self) -> bool {
        !self.sloppy && self.write_overlap() > 0
    }

    /// How many of the N replicas may be down while writes still succeed.
    pub fn write_tolerates(&self) -> u32 {
        self.n - self.w
    }

    /// How many of the N replicas may be down while reads still succeed.
    pub fn read_tolerates(&self) -> u32 {
        self.n - self.r
    }

    /// Probability that a read returns one of the last `k` versions when each write and each read picks its quorum
    /// uniformly and writes spread no further: 1 − (C(N−W, R) / C(N, R))^k (PBS, Bailis et al., VLDB 2012, §3.1).
    /// Where writes go on to all N replicas it is a lower bound on freshness.
    pub fn k_staleness(&self, k: u32) -> f64 {
        // C(N−W, R) / C(N, R) = Π (N−W−i) / (N−i): the chance to miss one write; 0 as soon as a factor is.
        let miss: f64 = (0..self.r)
            .map(|i| f64::from((self.n - self.w).saturating_sub(i)) / f64::from(self.n - i))
            .product();
        1.0 - libm::pow(miss, f64::from(k))
    }

    /// What these quorums give and what they do not, in plain words: data for a lab's live sentence.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![
            Fact::new(Topic::ReadsMeetWrites, self.reads_meet_writes(), self.sentence_reads()),
            Fact::new(Topic::WritesMeetWrites, self.writes_meet_writes(), self.sentence_writes()),
        ];
        if self.reads_meet_writes() {
            facts.push(Fact::new(Topic::Linearizable, false, LINEARIZABLE.into()));
        }
        facts.push(Fact::new(Topic::FailedHasNoEffect, false, self.sentence_failed()));
        facts.push(Fact::new(
            Topic::WritesTolerate,
            self.write_tolerates() > 0,
            self.sentence_down("Writes", self.w),
        ));
        facts.push(Fact::new(
            Topic::ReadsTolerate,
            self.read_tolerates() > 0,
            self.sentence_down("Reads", self.r),
        ));
        facts.push(Fact::new(Topic::OneSideOfACut, self.one_side_of_a_cut(), self.sentence_cut()));
        facts.push(Fact::new(Topic::Latency, true, self.sentence_latency()));
        facts
    }

    /// At most one side of a clean cut through the replicas can complete writes.
    fn one_side_of_a_cut(&self) -> bool {
        self.writes_meet_writes()
    }

    fn sentence_reads(&self) -> String {
        let Self { n, w, r, sloppy } = *self;
        if sloppy {
            return "A sloppy quorum counts acknowledgements from nodes that a read does not ask: reads and writes need not overlap, whatever W + R is.".into();
        }
        match self.read_overlap() {
            x if x > 0 => format!(
                "W + R − N = {w} + {r} − {n} = {x}: every read asks at least {x} of the replicas that acknowledged the last finished write."
            ),
            _ => format!(
                "W + R = {} is not more than N = {n}: a read may ask only replicas that the last write has not reached.",
                w + r
            ),
        }
    }

    fn sentence_writes(&self) -> String {
        let Self { n, w, sloppy, .. } = *self;
        match self.write_overlap() {
            _ if sloppy => {
                "Two writers may gather their sloppy quorums on different nodes and both succeed, unaware of each other.".into()
            }
            x if x > 0 => {
                format!("W = {w} is more than N/2: any two writes share at least {x} of the {n} replicas, so that one of them can be noticed.")
            }
            _ => format!("W = {w} is not more than N/2: two writers can both succeed on different replicas, unaware of each other."),
        }
    }

    fn sentence_failed(&self) -> String {
        match self.w {
            1 => "A write that got no acknowledgement in time is not undone: a replica may have it, and a later read may return it.".into(),
            w => format!(
                "A write that gathered fewer than {w} acknowledgements is reported as failed but not undone: a later read may return it."
            ),
        }
    }

    fn sentence_down(&self, what: &str, need: u32) -> String {
        let who = if self.sloppy { "nodes that can be reached" } else { "replicas" };
        match self.n - need {
            _ if self.sloppy => format!("{what} succeed while any {need} {who} answer, owners or not."),
            0 => format!("{what} need all {need} {who}: one that is down stops them."),
            k => format!("{what} succeed with up to {k} of the {} {who} down.", self.n),
        }
    }

    fn sentence_cut(&self) -> String {
        if self.one_side_of_a_cut() {
            return format!(
                "After a cut at most one side has {} replicas: only that side can write.",
                self.w
            );
        }
        "After a cut both sides may go on writing: their versions conflict when it heals.".into()
    }

    fn sentence_latency(&self) -> String {
        format!(
            "A write waits for the {} of {n} acknowledgements, a read for the {} of {n} answers: not for the sum.",
            fastest(self.w),
            fastest(self.r),
            n = self.n
        )
    }
}

const LINEARIZABLE: &str = "Overlap is not linearizability: while a write is on its way, one read may meet it and a later read miss it. \
     Reads that write back what they return, and writes that ask first, mend that.";

/// What a [`Fact`] is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Topic {
    /// Does every read meet the last finished write?
    ReadsMeetWrites,
    /// Do any two writes meet?
    WritesMeetWrites,
    /// Does overlap make the register linearizable? (listed only where there is overlap)
    Linearizable,
    /// Has a write that reported failure no effect?
    FailedHasNoEffect,
    /// Do writes survive a replica's failure?
    WritesTolerate,
    /// Do reads survive a replica's failure?
    ReadsTolerate,
    /// Can at most one side of a cut write?
    OneSideOfACut,
    /// Which answer an operation waits for.
    Latency,
}

/// One thing that a choice of N, W and R gives (`holds`) or does not give, with its sentence.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Fact {
    /// What it is about.
    pub topic: Topic,
    /// Whether the quorums give it.
    pub holds: bool,
    /// The plain sentence.
    pub sentence: String,
}

impl Fact {
    fn new(topic: Topic, holds: bool, sentence: String) -> Self {
        Self { topic, holds, sentence }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

/// Probability that at least `q` of `n` nodes are up when each is down with probability `p`, independently:
/// A(q) = Σ_{i≥q} C(n, i) (1−p)^i p^(n−i). With `n` = all reachable nodes it is the availability of a sloppy quorum.
pub fn availability(n: u32, q: u32, p: f64) -> f64 {
    // Each term from the one before would lose digits for p near 0 or 1; n is small, so that powers are cheap.
    (q..=n).map(|i| choose(n, i) * libm::pow(1.0 - p, f64::from(i)) * libm::pow(p, f64::from(n - i))).sum()
}

/// The binomial coefficient C(n, k) as a float: exact up to n = 50 or so.
pub fn choose(n: u32, k: u32) -> f64 {
    if k > n {
        return 0.0;
    }
    // Multiplying before dividing keeps every intermediate value an integer.
    (0..k.min(n - k)).fold(1.0, |c, i| c * f64::from(n - i) / f64::from(i + 1))
}

fn fastest(rank: u32) -> String {
    match rank {
        1 => "fastest".into(),
        2 => "2nd fastest".into(),
        3 => "3rd fastest".into(),
        k => format!("{k}th fastest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance, "{a} is not {b}");
    }

    #[test]
    fn k_staleness_has_the_published_values() {
        for (n, w, r, k, p) in [
            (3, 1, 1, 1, 0.333333),
            (3, 1, 1, 2, 0.555556),
            (3, 1, 1, 3, 0.703704),
            (3, 1, 2, 1, 0.666667),
            (5, 2, 2, 1, 0.7),
            (3, 2, 2, 1, 1.0),
        ] {
            near(Quorum::strict(n, w, r).k_staleness(k), p, 5e-7);
        }
    }

    #[test]
    fn availability_has_the_published_values() {
        near(availability(3, 2, 0.01), 0.999702, 1e-12);
        near(availability(3, 2, 0.1), 0.972, 1e-12);
        near(availability(5, 3, 0.01), 0.9999901494, 1e-12);
        near(availability(5, 2, 0.1), 0.99954, 1e-12);
    }

    #[test]
    fn a_majority_beats_a_single_node_only_below_one_half() {
        for n in [3, 5, 7, 9] {
            assert!(availability(n, n / 2 + 1, 0.49) > 0.51);
            near(availability(n, n / 2 + 1, 0.5), 0.5, 1e-12);
            assert!(availability(n, n / 2 + 1, 0.51) < 0.49);
        }
    }

    /// Every subset of size k of n replicas, as a bit mask.
    fn subsets(n: u32, k: u32) -> impl Iterator<Item = u32> + Clone {
        (0u32..1 << n).filter(move |s| s.count_ones() == k)
    }

    #[test]
    fn the_overlap_formulas_are_what_enumeration_finds() {
        for n in 1..=6 {
            for (w, r) in (1..=n).flat_map(|w| (1..=n).map(move |r| (w, r))) {
                let q = Quorum::strict(n, w, r);
                let least = |a: u32, b: u32| {
                    subsets(n, a)
                        .flat_map(|s| subsets(n, b).map(move |t| (s & t).count_ones()))
                        .min()
                        .unwrap() as i32
                };
                assert_eq!(least(w, r), q.read_overlap().max(0), "{q:?}");
                assert_eq!(least(w, w), q.write_overlap().max(0), "{q:?}");
                let meets = subsets(n, r).filter(|t| t & ((1 << w) - 1) != 0).count() as f64;
                near(q.k_staleness(1), meets / choose(n, r), 1e-12);
            }
        }
    }

    #[test]
    fn facts_say_what_holds() {
        let holds = |q: Quorum, topic| q.facts().iter().find(|f| f.topic == topic).map(|f| f.holds);
        assert_eq!(holds(Quorum::strict(3, 2, 2), Topic::ReadsMeetWrites), Some(true));
        assert_eq!(holds(Quorum::strict(3, 2, 2), Topic::Linearizable), Some(false));
        assert_eq!(holds(Quorum::strict(3, 1, 1), Topic::Linearizable), None);
        assert_eq!(holds(Quorum::strict(3, 1, 3), Topic::WritesMeetWrites), Some(false));
        assert_eq!(holds(Quorum::sloppy(3, 2, 2), Topic::ReadsMeetWrites), Some(false));
        let facts = Quorum::strict(3, 2, 2).facts();
        assert_eq!(
            facts[0].to_string(),
            "W + R − N = 2 + 2 − 3 = 1: every read asks at least 1 of the replicas that acknowledged the last finished write."
        );
    }
}

//! How participants of an atomic commitment end it without their coordinator: cooperative termination of two-phase commit (Bernstein, Hadzilacos,
//! Goodman, Concurrency Control and Recovery in Database Systems, §7.4) and the termination rule of three-phase commit (Skeen, Nonblocking Commit
//! Protocols, SIGMOD 1981).

/// How far a participant has come with a transaction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// It has not voted, or no: it may still abort alone.
    Initial,
    /// It has voted yes and knows no more: it is in doubt.
    Ready,
    /// It knows that all have voted yes (three-phase commit only).
    PreCommitted,
    /// It has aborted.
    Aborted,
    /// It has committed.
    Committed,
}

/// How a transaction ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Decision {
    /// It takes effect everywhere.
    Commit,
    /// It takes effect nowhere.
    Abort,
}

/// What participants in doubt may conclude from each other under two-phase commit: what any of them knows; an abort where one has not voted yes.
/// None where all have voted yes and none knows: they are blocked.
pub fn cooperative(phases: impl IntoIterator<Item = Phase>) -> Option<Decision> {
    phases.into_iter().find_map(|phase| match phase {
        Phase::Committed => Some(Decision::Commit),
        Phase::Aborted | Phase::Initial => Some(Decision::Abort),
        Phase::Ready | Phase::PreCommitted => None,
    })
}

/// What a backup coordinator decides for those that it reaches, itself included, under three-phase commit: it never waits. This is right if all
/// that it does not reach are down, and wrong if they are only cut off.
pub fn skeen(phases: impl IntoIterator<Item = Phase>) -> Decision {
    let (mut aborts, mut commits) = (false, false);
    for phase in phases {
        aborts |= matches!(phase, Phase::Initial | Phase::Aborted);
        commits |= matches!(phase, Phase::PreCommitted | Phase::Committed);
    }
    if commits && !aborts { Decision::Commit } else { Decision::Abort }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Phase::{Aborted, Committed, Initial, PreCommitted, Ready};

    #[test]
    fn in_doubt_together_is_blocked_and_one_who_knows_is_enough() {
        assert_eq!(cooperative([Ready, Ready]), None);
        assert_eq!(cooperative([Ready, Committed]), Some(Decision::Commit));
        assert_eq!(cooperative([Ready, Aborted, Ready]), Some(Decision::Abort));
        assert_eq!(cooperative([Ready, Initial]), Some(Decision::Abort));
        assert_eq!(cooperative([]), None);
    }

    /// The phases that participants may be in at once while their coordinator is down, by the protocol: each at most one step from the others.
    fn reachable(n: u32) -> Vec<Vec<Phase>> {
        let of = |all: [Phase; 2]| {
            (0..1 << n).map(move |mask: u32| (0..n).map(|i| all[(mask >> i & 1) as usize]).collect())
        };
        let steps = [[Initial, Ready], [Ready, PreCommitted], [PreCommitted, Committed], [Ready, Aborted]];
        steps.into_iter().flat_map(of).collect()
    }

    #[test]
    fn where_only_crashes_happen_skeens_rule_never_contradicts_who_has_decided() {
        for phases in reachable(4) {
            let decided = skeen(phases.iter().copied());
            for phase in &phases {
                assert!(*phase != Committed || decided == Decision::Commit, "{phases:?}");
                assert!(*phase != Aborted || decided == Decision::Abort, "{phases:?}");
            }
        }
    }

    #[test]
    fn two_sides_of_a_cut_that_each_keep_to_the_rule_decide_differently() {
        // The coordinator has told the first s of n that all voted yes; then they are cut in two.
        let differing = |n: u32| {
            let cases = (0..=n).flat_map(|s| (1..(1u32 << n) - 1).map(move |side| (s, side)));
            let phase = |s: u32, i: u32| if i < s { PreCommitted } else { Ready };
            let decides = |s, side: u32, inside: bool| {
                skeen((0..n).filter(|i| (side >> i & 1 == 1) == inside).map(|i| phase(s, i)))
            };
            let all: Vec<(u32, u32)> = cases.collect();
            let differ = all.iter().filter(|(s, side)| decides(*s, *side, true) != decides(*s, *side, false));
            (differ.count(), all.len())
        };
        assert_eq!([2, 3, 4].map(differing), [(2, 6), (8, 24), (22, 70)]);
    }
}

//! Two runs beside each other: the first record in which they differ.

use super::Transcript;
use crate::trace::{Record, RecordKind};

/// Up to so many of the records are compared in words, too; beyond, by what nodes hold and by who does what, and when.
const MOST_WORDS: usize = 4_000;

/// Where two runs part: the first record of each that the other has not at that place, none where a run has ended before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The number of the record in each run.
    pub records: [Option<u32>; 2],
    /// The earlier of their moments, in µs.
    pub at_us: u64,
    /// Which of the runs it is that does something then.
    pub side: usize,
}

/// Finds the first difference of two runs of one lab. Timers that fire and nodes that boot are passed over, for they tell nothing by
/// themselves, and so is what only narrates; all else counts: who, when, with whom, which words, and what it changed.
pub fn first_difference(runs: [&Transcript<'_>; 2]) -> Option<Difference> {
    let [mut one, mut other] = runs.map(telling);
    let mut compared = 0;
    loop {
        let pair = [one.next(), other.next()];
        let (at_us, side) = match pair {
            [None, None] => return None,
            [Some(a), Some(b)] if same(runs, a, b, compared < MOST_WORDS) => {
                compared += 1;
                continue;
            }
            [Some(a), Some(b)] => (a.at_us.min(b.at_us), usize::from(b.at_us < a.at_us)),
            [Some(a), None] => (a.at_us, 0),
            [None, Some(b)] => (b.at_us, 1),
        };
        return Some(Difference { records: pair.map(|record| record.map(|record| record.id)), at_us, side });
    }
}

/// The records that tell something.
fn telling<'a>(run: &Transcript<'a>) -> impl Iterator<Item = &'a Record> {
    let run = *run;
    run.outcome().trace.records().iter().filter(move |record| match record.kind {
        RecordKind::Timer | RecordKind::Boot => false,
        RecordKind::Act => !run.is_narration(record),
        _ => true,
    })
}

fn same(runs: [&Transcript<'_>; 2], a: &Record, b: &Record, in_words: bool) -> bool {
    let [one, other] = runs;
    let plain =
        |record: &Record| (record.at_us, record.kind, record.message, record.loss, record.op, record.attempt);
    let who = |run: &Transcript<'_>, record: &Record| [record.node, record.peer].map(|node| run.name(node));
    if plain(a) != plain(b)
        || in_words && (who(one, a) != who(other, b) || one.payload(a) != other.payload(b))
    {
        return false;
    }
    let (mut mine, mut others) =
        (one.outcome().trace.changes_of(a.id).iter(), other.outcome().trace.changes_of(b.id).iter());
    loop {
        match (mine.next(), others.next()) {
            (None, None) => return true,
            (Some(c), Some(d)) if c.key == d.key && c.value == d.value => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Detail;

    /// Where two links' runs part: when, in which, and what each does there.
    fn parts(one: &str, other: &str) -> Option<(u64, usize, [Option<RecordKind>; 2])> {
        let runs = [one, other].map(|link| {
            let scenario = crate::link::parse(link, crate::labs::LABS).link.expect("a link").scenario;
            let lab = crate::labs::find(scenario.lab).expect("a lab");
            let outcome = lab.run(&scenario, Detail::Full);
            (lab, scenario, outcome)
        });
        let [a, b] =
            [&runs[0], &runs[1]].map(|(lab, scenario, outcome)| Transcript::of(*lab, scenario, outcome));
        let found = first_difference([&a, &b])?;
        let kind = |side: usize| {
            found.records[side].and_then(|id| runs[side].2.trace.get(id)).map(|record| record.kind)
        };
        Some((found.at_us, found.side, [kind(0), kind(1)]))
    }

    #[test]
    fn runs_part_where_something_is_done_to_one() {
        assert_eq!(parts("quorum", "quorum"), None);
        let (at_us, side, kinds) = parts("quorum", "quorum?do=1s:cut:n1-n2.n3").unwrap();
        assert_eq!((at_us, side, kinds[1]), (1_000_000, 1, Some(RecordKind::Act)));
        let (at_us, side, kinds) = parts("quorum?do=1s:cut:n1-n2.n3", "quorum").unwrap();
        assert_eq!((at_us, side, kinds[0]), (1_000_000, 0, Some(RecordKind::Act)));
        // What is only said of a run is no difference.
        assert_eq!(parts("quorum", "quorum?do=1s:say:Look"), None);
    }

    #[test]
    fn runs_part_where_an_answer_is_another() {
        let link = |value| format!("quorum?rate=0&do=100ms:ask:c1:put.x.{value},400ms:ask:c2:get.x");
        let (at_us, _, kinds) = parts(&link(1), &link(2)).unwrap();
        assert_eq!((at_us, kinds), (100_000, [Some(RecordKind::Act); 2]));
    }

    #[test]
    fn runs_of_two_lengths_part_where_the_shorter_ends() {
        let (at_us, side, kinds) = parts("quorum?for=1s", "quorum?for=2s").unwrap();
        assert!(at_us >= 900_000 && side == 1 && kinds[1].is_some(), "{at_us} {side} {kinds:?}");
    }
}

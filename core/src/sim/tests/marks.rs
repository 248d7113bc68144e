//! Marks are told at every level of detail, each with the last record there is, and leave no trace.

use super::*;

/// What an observer was told: by whom, at which record, and what.
#[derive(Default)]
struct Told {
    marks: Vec<(NodeId, u32, u32)>,
    /// The last thing that was sent.
    sent: Option<u32>,
}

impl Observer<Hops> for Told {
    fn see(&mut self, at: crate::trace::Mark, seen: Seen<'_, Hops>, _: &crate::trace::World) {
        match seen {
            Seen::Send { .. } => self.sent = Some(at.record),
            Seen::Mark { node, op, mark } => {
                assert_eq!((op, Some(at.record)), (None, self.sent), "told right after what was sent");
                self.marks.push((node, at.record, mark));
            }
            _ => {}
        }
    }
}

fn told(detail: Detail) -> (Told, Run) {
    let scenario = Scenario { lab: "hops", seed: 7, values: vec![], cues: vec![], horizon_us: 35_000 };
    let setup = Setup {
        config: false,
        cast: Cast { servers: 2, coordinators: 0, clients: 0 },
        network: Network::plain("1ms".parse().unwrap()),
        work_us: vec![],
        kinds: KINDS,
        scenario: &scenario,
    };
    let mut told = Told::default();
    let run = run::<Hopper, _>(setup, &mut told, detail);
    (told, run)
}

#[test]
fn marks_are_told_alike_at_every_level_of_detail() {
    let (full, run) = told(Detail::Full);
    assert_eq!(full.marks.iter().map(|mark| mark.2).collect::<Vec<_>>(), [0, 0, 1, 1, 2, 2]);
    for detail in [Detail::Sample { every: 7 }, Detail::Totals] {
        assert_eq!(told(detail).0.marks, full.marks);
    }
    let sends = run.trace.records().iter().filter(|record| record.kind == RecordKind::Send);
    assert_eq!(
        sends.map(|record| (record.node, record.id)).collect::<Vec<_>>(),
        full.marks.iter().map(|mark| (mark.0, mark.1)).collect::<Vec<_>>()
    );
}

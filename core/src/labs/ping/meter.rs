//! Watches a run: counts the pings, measures their round trips, and judges the promise.

use super::Figures;
use super::protocol::{Msg, Response, Speech};
use crate::check::light::{Light, evidence};
use crate::lab::{State, Tally, Verdict};
use crate::sim::{Observer, OpId, Seen};
use crate::stats::{Sample, Series, SeriesRecorder};
use crate::time::DurationUs;
use crate::trace::{Loss, Mark, World};
use crate::sorted::Map;

/// What is known of an open ping.
struct Open {
    invoked: Mark,
    lost: Option<(Mark, Loss)>,
}

/// The meter. It is told everything that happens at every level of detail, so that figures and verdicts never depend on it.
pub struct Meter {
    open: Map<OpId, Open>,
    pings: i64,
    late: i64,
    rtt_us: Sample,
    series: SeriesRecorder,
    light: Light,
}

impl Meter {
    /// A meter for a run that is about to begin.
    pub fn new() -> Meter {
        Meter {
            open: Map::new(),
            pings: 0,
            late: 0,
            rtt_us: Sample::default(),
            series: SeriesRecorder::new(1_000),
            light: Light::new("answered", State::Kept, "No ping has gone unanswered."),
        }
    }

    /// Tallies in the order of the lab's meta, charts, and the light.
    pub fn results(self) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>) {
        let answered = self.rtt_us.count() as i64;
        let mean = (answered > 0).then(|| ((self.rtt_us.sum() + i128::from(answered) / 2) / i128::from(answered)) as i64);
        let tallies = Figures {
            pings: Some(self.pings),
            answered: Some(answered),
            late: Some(self.late),
            rtt_ms: mean,
        }.tallies();
        (tallies, vec![self.series.series("round trip", "us")], vec![self.light.verdict()])
    }

    fn unanswered(&mut self, mark: Mark, open: &Open) {
        let waited = DurationUs(mark.at_us - open.invoked.at_us);
        let because = match open.lost {
            None => "it, or its answer, is still under way".to_string(),
            Some((_, loss)) => format!("a message died ({})", loss.word()),
        };
        self.light.break_(mark, || {
            let mut steps = vec![evidence(open.invoked.record, "the ping is sent")];
            steps.extend(open.lost.map(|(at, loss)| evidence(at.record, format!("a message dies: {}", loss.word()))));
            steps.push(evidence(mark.record, "the client gives up"));
            (format!("A ping had no answer after {waited}: {because}. The client cannot tell which."), steps)
        });
    }
}

impl Observer<Speech> for Meter {
    fn weight(&self) -> u64 {
        40 * self.open.len() as u64
    }

    fn see(&mut self, mark: Mark, seen: Seen<'_, Speech>, _: &World) {
        match seen {
            Seen::Invoke { op, .. } => {
                self.open.insert(op, Open { invoked: mark, lost: None });
            }
            Seen::Lose { op: Some(op), loss, .. } => {
                if let Some(open) = self.open.get_mut(&op) {
                    open.lost = Some((mark, loss));
                }
            }
            Seen::Deliver { op: Some(op), msg: Msg::Pong(_), .. } if !self.open.contains_key(&op) => self.late += 1,
            Seen::Return { op, response, .. } => {
                let Some(open) = self.open.remove(&op) else { return };
                self.pings += 1;
                match response {
                    Response::Pong => {
                        let rtt_us = (mark.at_us - open.invoked.at_us) as i64;
                        self.rtt_us.add(rtt_us);
                        self.series.add(mark.at_us, rtt_us);
                    }
                    Response::NoAnswer => self.unanswered(mark, &open),
                }
            }
            _ => {}
        }
    }
}

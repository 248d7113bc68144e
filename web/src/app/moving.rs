//! A cue moved along the timeline: by the hand that holds it, or by keys, from the gap between two events to another.

use super::{App, Effect};
use splitbrain::edit;
use splitbrain::scenario::Scenario;
use splitbrain::time::DurationUs;

/// A press moves a slider's thumb by a pixel or two, this part of its length: that is no drag.
const SLIP: usize = 128;

/// A cue that the reader has taken hold of.
#[derive(Clone, Debug)]
pub struct Moving {
    /// The scenario in which it was taken: its order names cues until the reader lets go, however they overtake each other.
    pub(crate) base: Scenario,
    /// The cue's place in it.
    pub(crate) place: usize,
    /// Where the cue is now, in µs.
    pub(crate) at_us: u64,
    /// The times of the timeline's stops when it was taken, while a pointer drags: a ruler that moved under the hand would not
    /// let it go anywhere.
    pub(crate) ruler: Vec<u64>,
}

impl App {
    /// The cues as the timeline names them, with their times, in µs: in the order that they had when one was taken hold of.
    pub(crate) fn cue_handles(&self) -> Vec<u64> {
        let base = self.moving.as_ref().map_or(self.scenario(), |moving| &moving.base);
        let mut times: Vec<u64> = base.cues.iter().map(|cue| cue.at_us).collect();
        if let Some(moving) = &self.moving {
            times[moving.place] = moving.at_us;
        }
        times
    }

    /// The last stop of the ruler along which cue `handle` moves, and the stop before the cue.
    pub(crate) fn place_on_ruler(&self, handle: usize, at_us: u64) -> (usize, usize) {
        match &self.moving {
            Some(moving) if moving.place == handle && !moving.ruler.is_empty() => (
                moving.ruler.len() - 1,
                moving.ruler.partition_point(|stop| *stop <= at_us).saturating_sub(1),
            ),
            _ => (self.last_stop(), self.stop_at(at_us)),
        }
    }

    /// Drags a cue to the gap after a stop; `done` once the reader has let go.
    pub(super) fn drag_cue(&mut self, handle: usize, stop: usize, done: bool) -> Vec<Effect> {
        let Some(mut moving) = self.take_hold(handle) else { return Vec::new() };
        let slips = self.stop_at(moving.at_us).abs_diff(stop) <= self.last_stop() / SLIP;
        if moving.ruler.is_empty() && (slips || done) {
            self.moving = Some(moving);
            return Vec::new();
        }
        if moving.ruler.is_empty() {
            moving.ruler = (0..=self.last_stop()).map(|stop| self.stop_us(stop)).collect();
        }
        let stop = stop.min(moving.ruler.len() - 1);
        let from_us = moving.ruler[stop];
        let to_us = moving.ruler.get(stop + 1).copied().unwrap_or(self.ended_us());
        let at_us = if done { moving.at_us } else { round_between(from_us, to_us) };
        let effects = self.move_held(moving, at_us);
        if done {
            // The next drag is a step of its own.
            self.held = None;
            if let Some(moving) = &mut self.moving {
                moving.ruler.clear();
            }
        }
        effects
    }

    /// Moves a cue by so many gaps between events.
    pub(super) fn nudge_cue(&mut self, handle: usize, by: i32) -> Vec<Effect> {
        let Some(moving) = self.take_hold(handle) else { return Vec::new() };
        let mut at_us = moving.at_us;
        for _ in 0..by.unsigned_abs() {
            at_us = if by > 0 { self.gap_after(at_us) } else { self.gap_before(at_us) };
        }
        self.move_held(moving, at_us)
    }

    /// The cue that is held: the one that was, or this one from here on.
    fn take_hold(&mut self, handle: usize) -> Option<Moving> {
        if let Some(moving) = self.moving.take_if(|moving| moving.place == handle) {
            return Some(moving);
        }
        self.moving = None;
        let base = self.scenario().clone();
        let at_us = base.cues.get(handle)?.at_us;
        Some(Moving { base, place: handle, at_us, ruler: Vec::new() })
    }

    fn move_held(&mut self, moving: Moving, at_us: u64) -> Vec<Effect> {
        let placed = edit::move_cue(self.lab, &moving.base, moving.place, at_us);
        let effects = match at_us == moving.at_us {
            true => Vec::new(),
            false => {
                let said =
                    format!("At {}: {}.", DurationUs(at_us), moving.base.cues[moving.place].act.sentence());
                self.placed(&format!("moving {}", moving.place), "", placed, said, true)
            }
        };
        let at_us = if self.refused.is_some() { moving.at_us } else { at_us };
        self.moving = Some(Moving { at_us, ..moving });
        effects
    }

    /// Lets go of a cue: whatever comes next is another step.
    pub(super) fn let_go(&mut self) {
        if self.moving.take().is_some() {
            self.held = None;
        }
    }

    /// A round time in the next gap between events; the end of the run when there is none.
    fn gap_after(&self, at_us: u64) -> u64 {
        (self.stop_at(at_us)..=self.last_stop())
            .map(|stop| self.gap_us(stop))
            .find(|gap_us| *gap_us > at_us)
            .unwrap_or(at_us.max(self.ended_us()))
    }

    /// A round time in the gap before; the start when there is none.
    fn gap_before(&self, at_us: u64) -> u64 {
        let last = self.stop_at(at_us.saturating_sub(1));
        (0..=last).rev().map(|stop| self.gap_us(stop)).find(|gap_us| *gap_us < at_us).unwrap_or(0)
    }

    fn gap_us(&self, stop: usize) -> u64 {
        let to_us = if stop < self.last_stop() { self.stop_us(stop + 1) } else { self.ended_us() };
        round_between(self.stop_us(stop), to_us)
    }
}

/// The roundest time after one and not after another: what a link can say in few digits.
fn round_between(from_us: u64, to_us: u64) -> u64 {
    let least = from_us.saturating_add(1);
    let mut unit = 1_000_000;
    while unit > 1 {
        let round = least.div_ceil(unit).saturating_mul(unit);
        if round <= to_us {
            return round;
        }
        unit /= 10;
    }
    least.min(to_us.max(from_us))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Options;
    use crate::msg::Msg;
    use splitbrain::labs::LABS;

    fn open(link: &str) -> App {
        App::open(link, LABS, LABS[0], Options::default())
    }

    fn tell(app: &mut App, message: &str, value: &str) {
        app.update(Msg::parse(message, value, true).expect(message));
    }

    #[test]
    fn round_times() {
        assert_eq!(round_between(990_000, 1_005_000), 1_000_000);
        assert_eq!(round_between(1_000_000, 1_005_000), 1_001_000);
        assert_eq!(round_between(7, 7), 7);
        assert_eq!(round_between(7, 8), 8);
    }

    #[test]
    fn a_drag_over_another_cue_is_one_step_of_undo_and_the_next_is_another() {
        let mut app = open("quorum?do=1s:cut:n1-n2,1.5s:heal,2s:heal");
        let before = app.link_text();
        let stops = [1_200_000, 1_700_000, 2_300_000].map(|at_us| app.stop_at(at_us).to_string());
        for stop in &stops {
            tell(&mut app, "cue drag 0", stop);
        }
        tell(&mut app, "cue dragged 0", &stops[2]);
        let cues = app.scenario().cues.iter().map(|cue| cue.act.to_string()).collect::<Vec<_>>();
        assert_eq!(cues, ["heal", "heal", "cut:n1-n2"]);
        let once = app.link_text();
        tell(&mut app, "cue drag 0", &stops[0]);
        tell(&mut app, "cue dragged 0", &stops[0]);
        assert_ne!(app.link_text(), once);
        tell(&mut app, "undo", "");
        assert_eq!(app.link_text(), once);
        tell(&mut app, "undo", "");
        assert_eq!(app.link_text(), before);
    }

    #[test]
    fn keys_move_a_cue_there_and_back_in_one_step() {
        let mut app = open("quorum?do=1s:cut:n1-n2.n3");
        let before = app.link_text();
        let mut last_us = 1_000_000;
        for _ in 0..20 {
            tell(&mut app, "cue nudge 0 1", "");
            let at_us = app.scenario().cues[0].at_us;
            assert!(at_us > last_us, "it moves on");
            last_us = at_us;
        }
        tell(&mut app, "cue nudge 0 -10", "");
        assert!(app.scenario().cues[0].at_us < last_us);
        tell(&mut app, "undo", "");
        assert_eq!(app.link_text(), before);
        tell(&mut app, "cue nudge 0 -100000", "");
        assert_eq!(app.scenario().cues[0].at_us, 0);
    }
}

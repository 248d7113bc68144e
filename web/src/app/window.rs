//! The part of the runs that diagrams in time show: how it follows the cursor, and how it is moved and stretched.

use super::{App, Width, Zoom};
use crate::views::Window;

/// How many events a page of the diagrams holds on a narrow and on a broad page.
const PAGE: [usize; 2] = [14, 32];
/// The fewest events that a window is stretched to, and the shortest time, in µs.
const LEAST_STOPS: usize = 3;
const LEAST_US: f64 = 100.0;

impl App {
    /// The part of the runs that diagrams show. It depends on where the cursor is and never on how it came there.
    pub(crate) fn window(&self) -> Window {
        let (warped, last) = (self.warped, self.last_stop());
        match self.zoom {
            Zoom::Fixed { from_us, to_us } => Window { from_us, to_us, warped },
            Zoom::Stops { first, count } => {
                let count = count.clamp(1, last.max(1));
                self.window_of_stops(first.min(last.saturating_sub(count)), count)
            }
            Zoom::Follow => {
                let (first, count) = self.page();
                self.window_of_stops(first, count)
            }
        }
    }

    /// The page of stops that the cursor is on: how many come before it, and how many it holds.
    fn page(&self) -> (usize, usize) {
        let last = self.last_stop();
        let page = PAGE[usize::from(self.width > Width::Narrow)];
        if last <= page {
            return (0, last);
        }
        // A third of the page before stays in sight, so that an arrow across the edge is seen whole on one of them.
        let turn = page * 2 / 3;
        let number = self.play.stop.saturating_sub(page / 6) / turn;
        ((number * turn).min(last - page), page)
    }

    /// The window of so many stops after the first so many.
    fn window_of_stops(&self, first: usize, count: usize) -> Window {
        let last = self.last_stop();
        let from_us = if first == 0 { 0 } else { self.stop_us(first + 1) };
        let to_us = if first + count >= last { self.ended_us() } else { self.stop_us(first + count) };
        Window { from_us, to_us: to_us.max(from_us + 1), warped: self.warped }
    }

    /// The window as something to be pulled: in stops where each moment has the same room, in time where time is true.
    fn hold_window(&self) -> Zoom {
        let last = self.last_stop();
        if !self.warped || last <= LEAST_STOPS {
            let window = self.window();
            return Zoom::Fixed { from_us: window.from_us, to_us: window.to_us };
        }
        match self.zoom {
            Zoom::Stops { .. } => self.zoom,
            Zoom::Follow => {
                let (first, count) = self.page();
                Zoom::Stops { first, count }
            }
            Zoom::Fixed { from_us, to_us } => {
                let first = from_us.checked_sub(1).map_or(0, |before_us| self.stop_at(before_us));
                Zoom::Stops { first, count: self.stop_at(to_us).saturating_sub(first).max(1) }
            }
        }
    }

    /// Stretches a window by a factor (below 1 is closer) about a place of it from 0 to 1, and moves it by so many of its new
    /// lengths: of time, or of events where each has the same room.
    fn stretched(&self, base: Zoom, factor: f64, about: f64, shift: f64) -> Zoom {
        let (factor, about) = (factor.clamp(0.02, 50.0), about.clamp(0.0, 1.0));
        let (from, span, whole, least) = match base {
            Zoom::Follow => return base,
            Zoom::Stops { first, count } => {
                (first as f64, count as f64, self.last_stop() as f64, LEAST_STOPS as f64)
            }
            Zoom::Fixed { from_us, to_us } => {
                let whole = self.ended_us().max(1) as f64;
                (from_us as f64, (to_us - from_us) as f64, whole, LEAST_US.min(whole))
            }
        };
        let round = |part: f64| if matches!(base, Zoom::Stops { .. }) { libm::round(part) } else { part };
        let new = round(span * factor).clamp(least.min(whole), whole);
        let from = round(from + (span - new) * about + new * shift).clamp(0.0, whole - new);
        match base {
            Zoom::Stops { .. } => Zoom::Stops { first: from as usize, count: new as usize },
            _ => Zoom::Fixed { from_us: from as u64, to_us: (from + new) as u64 },
        }
    }

    /// Zooms by a factor about a place of the window, from 0 to 1.
    pub(super) fn zoom_by(&mut self, factor: f64, about: f64) {
        self.zoom = self.stretched(self.hold_window(), factor, about, 0.0);
    }

    /// Moves the window along the run by so many of its lengths.
    pub(super) fn pan_by(&mut self, windows: f64) {
        self.zoom = self.stretched(self.hold_window(), 1.0, 0.5, windows);
    }

    /// Moves and stretches the window that was there when the hand took hold of it.
    pub(super) fn pull_window(&mut self, factor: f64, about: f64, shift: f64) {
        let base = self.grip.unwrap_or(self.hold_window());
        self.grip = Some(base);
        self.zoom = self.stretched(base, factor, about, shift);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Options;
    use splitbrain::labs::LABS;

    fn open(warped: bool) -> App {
        let mut app = App::open("quorum", LABS, LABS[0], Options::default());
        app.warped = warped;
        app.place(app.last_stop() / 2, 0);
        app
    }

    fn stops(app: &App) -> (usize, usize) {
        let window = app.window();
        (app.stop_at(window.from_us.saturating_sub(1)), app.stop_at(window.to_us))
    }

    #[test]
    fn a_pull_there_and_back_shows_what_was_there() {
        for warped in [false, true] {
            let mut app = open(warped);
            app.pull_window(1.0, 0.5, 0.0);
            let before = app.window();
            for shift in [0.1, 0.4, -3.0, 0.0] {
                app.pull_window(1.0, 0.5, shift);
            }
            assert_eq!(app.window(), before, "warped: {warped}");
        }
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer_and_the_window_within_the_run() {
        for (warped, about) in [(false, 0.25), (true, 0.25), (true, 1.0)] {
            let mut app = open(warped);
            let before = stops(&app);
            app.zoom_by(0.5, about);
            let after = stops(&app);
            assert!(before.0 <= after.0 && after.1 <= before.1 && after != before, "{before:?} {after:?}");
            for _ in 0..40 {
                app.zoom_by(0.5, about);
            }
            assert!(app.window().from_us < app.window().to_us);
            for _ in 0..40 {
                app.zoom_by(2.0, about);
            }
            assert_eq!((app.window().from_us, app.window().to_us), (0, app.ended_us()));
            app.zoom_by(0.01, 0.5);
            app.pan_by(1e9);
            assert_eq!(app.window().to_us, app.ended_us());
        }
    }
}

//! Hands on a diagram in time: one pointer pulls it along, two fingers stretch it. A single finger never pulls in the direction
//! in which the page scrolls.

use crate::event::UiEvent;
use crate::msg::Msg;
use crate::number::parse_number;

/// A pointer that moved less is a click, in units.
const SLIP: f64 = 6.0;

/// Where time runs on the paper, as the element's message says it: `hold x 64 706`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Axis {
    /// Whether it runs downwards, as the page scrolls.
    pub down: bool,
    /// Where it begins and ends, in units.
    pub ends: (f64, f64),
}

impl Axis {
    /// Reads a message: any word, `x` or `y`, and both ends.
    pub fn parse(message: &str) -> Option<Axis> {
        let mut words = message.split(' ').skip(1);
        let down = words.next()? == "y";
        let mut end = || parse_number(words.next()?);
        let ends = (end()?, end()?);
        (ends.1 > ends.0).then_some(Axis { down, ends })
    }

    fn along(self, point: (f64, f64)) -> f64 {
        if self.down { point.1 } else { point.0 }
    }

    fn length(self) -> f64 {
        self.ends.1 - self.ends.0
    }

    /// How far along a point is, from 0 to 1 between the ends.
    pub fn share(self, point: (f64, f64)) -> f64 {
        (self.along(point) - self.ends.0) / self.length()
    }
}

/// The pointers that are down.
#[derive(Default, Debug)]
pub struct Hold {
    fingers: Vec<Finger>,
    pulling: bool,
}

#[derive(Debug)]
struct Finger {
    pointer: i32,
    from: (f64, f64),
    now: (f64, f64),
}

impl Hold {
    /// What a pointer's event asks of the diagram. The press itself stays the page's, so that it may become a click.
    pub fn hear(&mut self, event: &UiEvent, axis: Axis) -> Option<Msg> {
        let point = (event.x, event.y);
        match event.event {
            "pointerdown" => {
                if !event.touch {
                    self.fingers.clear();
                }
                self.fingers.retain(|finger| finger.pointer != event.pointer);
                self.fingers.push(Finger { pointer: event.pointer, from: point, now: point });
                self.fingers.truncate(2);
                self.rest()
            }
            "pointermove" => {
                let finger = self.fingers.iter_mut().find(|finger| finger.pointer == event.pointer)?;
                if !event.pressed {
                    self.fingers.clear();
                    return self.rest();
                }
                finger.now = point;
                self.pull(event.touch, axis)
            }
            _ => {
                self.fingers.retain(|finger| finger.pointer != event.pointer);
                self.rest()
            }
        }
    }

    /// From here on is another pull.
    fn rest(&mut self) -> Option<Msg> {
        for finger in &mut self.fingers {
            finger.from = finger.now;
        }
        std::mem::take(&mut self.pulling).then_some(Msg::LetGo)
    }

    fn pull(&mut self, touch: bool, axis: Axis) -> Option<Msg> {
        let (factor, from, now) = match &self.fingers[..] {
            [_] if touch && axis.down => return None,
            [one] => (1.0, one.from, one.now),
            [one, other] => {
                let apart = |a: (f64, f64), b: (f64, f64)| libm::hypot(a.0 - b.0, a.1 - b.1).max(SLIP);
                let middle = |a: (f64, f64), b: (f64, f64)| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
                let factor = apart(one.from, other.from) / apart(one.now, other.now);
                (factor, middle(one.from, other.from), middle(one.now, other.now))
            }
            _ => return None,
        };
        let moved = axis.along(now) - axis.along(from);
        self.pulling |= moved.abs() > SLIP || (factor - 1.0).abs() > 0.05;
        let shift = -moved / axis.length();
        self.pulling.then_some(Msg::Pull { factor, about: axis.share(from), shift })
    }
}

/// Control and the wheel zoom about the pointer, Shift and the wheel (or a sideways one) pull; the wheel alone scrolls the page.
pub fn wheeled(event: &UiEvent, axis: Axis) -> Option<Msg> {
    if event.control {
        // exp2 would bring a table of 4 KB; exp is there for distributions.
        let factor = libm::exp((event.wheel / 250.0).clamp(-1.0, 1.0) * std::f64::consts::LN_2);
        return (event.wheel != 0.0).then(|| Msg::Zoom { factor, about: axis.share((event.x, event.y)) });
    }
    let sideways = if event.shift && event.wheel_x == 0.0 { event.wheel } else { event.wheel_x };
    let scrolls = event.wheel.abs() > sideways.abs() && !event.shift;
    (sideways != 0.0 && !scrolls).then(|| Msg::Pan(sideways / axis.length()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACROSS: Axis = Axis { down: false, ends: (0.0, 100.0) };

    fn finger(event: &'static str, pointer: i32, x: f64, y: f64) -> UiEvent {
        UiEvent { event, pointer, x, y, touch: true, pressed: event != "pointerup", ..UiEvent::default() }
    }

    #[test]
    fn one_pointer_pulls_and_two_stretch() {
        let mut hold = Hold::default();
        assert_eq!(hold.hear(&finger("pointerdown", 1, 20.0, 0.0), ACROSS), None);
        assert_eq!(hold.hear(&finger("pointermove", 1, 22.0, 0.0), ACROSS), None);
        let pulled = hold.hear(&finger("pointermove", 1, 40.0, 0.0), ACROSS);
        assert_eq!(pulled, Some(Msg::Pull { factor: 1.0, about: 0.2, shift: -0.2 }));
        assert_eq!(hold.hear(&finger("pointerdown", 2, 60.0, 0.0), ACROSS), Some(Msg::LetGo));
        let stretched = hold.hear(&finger("pointermove", 2, 80.0, 0.0), ACROSS);
        assert_eq!(stretched, Some(Msg::Pull { factor: 0.5, about: 0.5, shift: -0.1 }));
        assert_eq!(hold.hear(&finger("pointerup", 2, 80.0, 0.0), ACROSS), Some(Msg::LetGo));
        assert_eq!(hold.hear(&finger("pointerup", 1, 40.0, 0.0), ACROSS), None);
        assert_eq!(hold.hear(&finger("pointermove", 1, 90.0, 0.0), ACROSS), None);
    }

    #[test]
    fn a_single_finger_scrolls_the_page_where_time_runs_down() {
        let down = Axis::parse("hold y 60 520").unwrap();
        let mut hold = Hold::default();
        hold.hear(&finger("pointerdown", 1, 20.0, 100.0), down);
        assert_eq!(hold.hear(&finger("pointermove", 1, 20.0, 300.0), down), None);
    }

    #[test]
    fn the_wheel_alone_scrolls_the_page() {
        let wheel = |wheel: f64, wheel_x: f64, shift: bool, control: bool| {
            wheeled(
                &UiEvent { event: "wheel", x: 50.0, wheel, wheel_x, shift, control, ..UiEvent::default() },
                ACROSS,
            )
        };
        assert_eq!(wheel(100.0, 0.0, false, false), None);
        assert_eq!(wheel(100.0, 10.0, false, false), None);
        assert_eq!(wheel(0.0, 50.0, false, false), Some(Msg::Pan(0.5)));
        assert_eq!(wheel(50.0, 0.0, true, false), Some(Msg::Pan(0.5)));
        assert_eq!(wheel(250.0, 0.0, false, true), Some(Msg::Zoom { factor: 2.0, about: 0.5 }));
    }
}

//! What plotters draws on: a list of marks. Colours carry roles, text is measured by our own table.

use crate::scene::{Anchor, Curve, Dash, Mark, Role, Shape, mark};
use crate::text_width::text_width;
use plotters::style::{RGBColor, ShapeStyle};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind as Kind,
};
use splitbrain::sorted::Map;
use std::convert::Infallible;

/// Plotters' coordinates are whole numbers: it draws ten times as large, and marks are a tenth of it.
pub const ENLARGED: f64 = 10.0;

/// A style whose colour says what the mark is and how its line is dashed.
pub fn style(role: Role, dash: Dash) -> ShapeStyle {
    ShapeStyle { color: RGBColor(role as u8, dash as u8, 0).into(), filled: false, stroke_width: 1 }
}

/// The same, filled.
pub fn filled(role: Role) -> ShapeStyle {
    ShapeStyle { filled: true, ..style(role, Dash::Solid) }
}

/// Collects what plotters draws.
pub struct SceneBackend<'a> {
    size: (u32, u32),
    marks: &'a mut Vec<Mark>,
    drawn: Map<Role, u32>,
}

impl<'a> SceneBackend<'a> {
    /// A backend for a picture of this size, in the picture's units.
    pub fn new(width: f64, height: f64, marks: &'a mut Vec<Mark>) -> SceneBackend<'a> {
        let size = ((width * ENLARGED) as u32, (height * ENLARGED) as u32);
        SceneBackend { size, marks, drawn: Map::new() }
    }

    fn draw(
        &mut self,
        color: BackendColor,
        shape: impl FnOnce(Dash) -> Shape,
    ) -> Result<(), Kind<Infallible>> {
        if color.alpha > 0.0 {
            let role = Role::ALL[usize::from(color.rgb.0)];
            let dash = [Dash::Solid, Dash::Dashed, Dash::Dotted, Dash::DashDot][usize::from(color.rgb.1)];
            let count = self.drawn.entry(role).or_insert(0);
            *count += 1;
            self.marks.push(mark(format!("{}:{count}", role.name()), role, shape(dash)));
        }
        Ok(())
    }
}

/// From plotters' whole numbers to the picture's units.
pub fn reduced((x, y): BackendCoord) -> (f64, f64) {
    (f64::from(x) / ENLARGED, f64::from(y) / ENLARGED)
}

impl DrawingBackend for SceneBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<(), Kind<Infallible>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), Kind<Infallible>> {
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Result<(), Kind<Infallible>> {
        panic!("charts draw lines, boxes and words: a pixel is a drawing method that this backend lacks")
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<(), Kind<Infallible>> {
        self.draw(style.color(), |dash| Shape::dashed(reduced(from), reduced(to), dash))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        _fill: bool,
    ) -> Result<(), Kind<Infallible>> {
        let ((x, y), (right, bottom)) = (reduced(upper_left), reduced(bottom_right));
        self.draw(style.color(), |_| Shape::Band { x, y, width: right - x, height: bottom - y })
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), Kind<Infallible>> {
        let points = path.into_iter().map(reduced).collect();
        self.draw(style.color(), |dash| Shape::Path { points, curve: Curve::Straight, dash, closed: false })
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Result<(), Kind<Infallible>> {
        let points = corners.into_iter().map(reduced).collect();
        self.draw(style.color(), |dash| Shape::Path { points, curve: Curve::Straight, dash, closed: true })
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        place: BackendCoord,
    ) -> Result<(), Kind<Infallible>> {
        let size = style.size() / ENLARGED;
        let (x, y) = reduced(place);
        let anchor = match style.anchor().h_pos {
            HPos::Left => Anchor::Start,
            HPos::Center => Anchor::Middle,
            HPos::Right => Anchor::End,
        };
        // The words of the last tick stay within the picture.
        let most = f64::from(self.get_size().0) / ENLARGED - text_width(text, size) / 2.0;
        let x = if anchor == Anchor::Middle { x.min(most) } else { x };
        // The height of digits and capitals is 0.72 of the size.
        let baseline = match style.anchor().v_pos {
            VPos::Top => y + 0.76 * size,
            VPos::Center => y + 0.36 * size,
            VPos::Bottom => y - 0.2 * size,
        };
        self.draw(style.color(), |_| Shape::text(x, baseline, text, anchor).sized(size))
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), Kind<Infallible>> {
        Ok((text_width(text, style.size()) as u32, style.size() as u32))
    }
}

//! A widget as text: the first paint, printed into a page when the site is built, at the widths between which the stylesheet chooses.

use crate::app::{App, Options};
use crate::markup::el;
use splitbrain::lab::Lab;

/// The widths for which the first paint is printed, in CSS pixels.
const WIDTHS: [u32; 2] = [360, 720];

/// The HTML that stands inside `<splitbrain-lab>` until the widget wakes up, and for good where there are no scripts: the picture of
/// the link, its lights, and what cannot be pressed left out.
pub fn static_widget(link: &str, labs: &'static [&'static dyn Lab], options: &Options) -> String {
    let home = labs[0];
    let layouts = WIDTHS.map(|width| {
        let id = format!("{}-{width}", options.id);
        let app = App::open(link, labs, home, Options { id, width, ..options.clone() });
        el("div").class(format!("sb-still sb-still-{width}")).child(app.still_view())
    });
    el("div").class("sb-stills").children(layouts).to_html()
}

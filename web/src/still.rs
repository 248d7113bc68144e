//! A widget as text: the first paint, printed into a page when the site is built, at the widths between which the stylesheet chooses.

use crate::app::{App, Options};
use crate::markup::el;
use splitbrain::lab::Lab;

/// The widths for which the first paint is printed, in CSS pixels.
const WIDTHS: [u32; 2] = [390, 720];
/// The same for a brief widget, whose first paint is as high as the live one at every width.
const BRIEF: [u32; 3] = [340, 390, 760];

/// The HTML that stands inside `<splitbrain-lab>` until the widget wakes up, and for good where there are no scripts: the picture of
/// the link, its lights, and what cannot be pressed left out.
pub fn static_widget(link: &str, labs: &'static [&'static dyn Lab], options: &Options) -> String {
    let open = |width: u32| {
        let id = format!("{}-{width}", options.id);
        App::open(link, labs, labs[0], Options { id, width, ..options.clone() })
    };
    let brief = open(BRIEF[0]);
    if brief.is_brief() {
        let [first, others @ ..] = BRIEF;
        let layouts = [(first, brief)].into_iter().chain(others.map(|width| (width, open(width))));
        let still =
            |(width, app): (u32, App)| el("div").class(format!("sb-brief-{width}")).child(app.still_view());
        return el("div").class("sb-stills").children(layouts.map(still)).to_html();
    }
    let wide = open(WIDTHS[1]);
    if wide.link().second.is_some() {
        // Two runs beside each other are drawn for half the width, which is the narrow layout's.
        return el("div").class("sb-stills").child(wide.still_view()).to_html();
    }
    let layouts = [(WIDTHS[0], open(WIDTHS[0])), (WIDTHS[1], wide)];
    let layouts = layouts
        .map(|(width, app)| el("div").class(format!("sb-still sb-still-{width}")).child(app.still_view()));
    el("div").class("sb-stills").children(layouts).to_html()
}

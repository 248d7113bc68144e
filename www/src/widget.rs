//! The element of a widget with its first paint in it, as pages carry it.
use splitbrain::labs::LABS;
use splitbrain_web::app::Options;
use splitbrain_web::rehearsal::is_rehearsed;
use splitbrain_web::still::static_widget;

use crate::made;
use crate::template::escape;

/// What a page's address has to do with a widget on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bond {
    /// Nothing.
    Free,
    /// The page is about the lab: its address follows the reader, and opens what it says.
    Address,
    /// The same, and the page is there for nothing else: the widget's keys work from all of it.
    Alone,
}

/// The element for one link: what our own pages and everybody else's use. `number` tells the widgets of a page apart.
pub fn widget_html(link: &str, number: usize, bond: Bond) -> String {
    let whole = bond != Bond::Free;
    let options = Options { id: format!("still{number}"), whole, ..Options::default() };
    let bond = match bond {
        Bond::Free => "",
        Bond::Address => " address",
        Bond::Alone => " address alone",
    };
    let lean = if is_rehearsed(link, LABS) { " lean" } else { "" };
    let from = made::hash((made::program(), link, number, whole));
    let still = made::text("stills", from, || Ok(static_widget(link, LABS, &options)))
        .expect("a still is made of what labs say, and never fails");
    format!("<splitbrain-lab src=\"{}\"{bond} keep{lean}>{still}</splitbrain-lab>\n", escape(link))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_paint_is_a_picture_with_nothing_to_press() {
        let html = widget_html("quorum?w=1&r=1", 3, Bond::Address);
        assert!(
            html.starts_with("<splitbrain-lab src=\"quorum?w=1&amp;r=1\" address keep>"),
            "{}",
            &html[..80]
        );
        assert!(html.contains("<svg") && !html.contains("<button") && !html.contains("data-on-"));
        assert!(html.contains("id=\"still3-720-stage-title\""));
    }
}

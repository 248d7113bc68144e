//! The home page: what this is, a run that breaks and heals, and the labs.
use anyhow::Result;

use super::frame::{self, Head};
use super::{Page, Site};
use crate::book;
use crate::catalogue::address;
use crate::template::{escape, render};
use crate::widget::{Bond, widget_html};
use splitbrain_web::rehearsal::GREETING;

/// The run that greets, with all panels.
const BROKEN: &str = "quorum?w=1&r=1&for=1s&do=200ms:cut:n1-n2.n3";

/// The same run, healed before anybody reads what has been replaced.
const HEALED: &str = "quorum?w=1&r=1&for=1s&do=200ms:cut:n1-n2.n3,250ms:heal";

/// What is open in the widget that greets.
const PANELS: &str = "stage,timeline,verdicts";

/// The home page.
pub fn page(site: &Site) -> Result<Page> {
    let head = Head {
        file: "index.html",
        kind: "home",
        title: "Splitbrain: distributed systems you can break",
        description: "A playground for distributed systems in the browser: change quorums, cut links, crash nodes, \
                      and see which promise breaks and why.",
        image: Some("labs/quorum/stale/preview.png"),
        live: true,
    };
    let widget = widget_html(GREETING, 0, Bond::Free);
    let [broken, healed] = [BROKEN, HEALED].map(|link| escape(&format!("{link}&panels={PANELS}")));
    let ways = [BROKEN, HEALED].map(|link| address("", link, "full/"));
    let slots = [
        ("widget", widget.as_str()),
        ("way_to_broken", &ways[0]),
        ("way_to_healed", &ways[1]),
        ("broken", &broken),
        ("healed", &healed),
        ("labs", &book::cards("", site.labs)?),
    ];
    frame::page(site, &head, &render("home", &slots)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::lab::{Detail, State};
    use splitbrain::link;

    #[test]
    fn the_run_that_greets_is_the_one_that_is_rehearsed() {
        assert_eq!(GREETING, format!("{BROKEN}&panels={PANELS}"));
    }

    #[test]
    fn the_cut_makes_a_read_stale_and_healing_it_mends_it() {
        let last = |text: &str| {
            let link = link::parse(text, splitbrain::labs::LABS).link.expect("a link of ours");
            let lab = splitbrain::labs::find(link.scenario.lab).expect("a lab of ours");
            lab.run(&link.scenario, Detail::Full).verdict("latest").expect("it promises so").last().state
        };
        assert_eq!(last(BROKEN), State::Broken);
        assert_eq!(last(HEALED), State::Kept);
    }
}

//! The home page: what this is, a run that breaks and heals, and the labs.
use anyhow::{Context, Result};
use splitbrain::lab::Detail;
use splitbrain::labs::{self, LABS};
use splitbrain::link;
use splitbrain::time::DurationUs;

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

/// The promise that it breaks.
const PROMISE: &str = "latest";

/// What the widget that greets shows.
const PANELS: &str = "stage,verdicts&knobs=w,r";

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
    let broken = format!("{BROKEN}&panels={PANELS}");
    // The healed run opens where the other breaks: there is seen what healing changes.
    let healed = format!("{HEALED}&at={}&panels={PANELS}", DurationUs(breaks_at(BROKEN)?));
    let [broken, healed] = [broken, healed].map(|link| escape(&link));
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

/// When a run breaks the promise that the page tells of, in µs.
fn breaks_at(text: &str) -> Result<u64> {
    let link = link::parse(text, LABS).link.context("a link of ours is read")?;
    let lab = labs::find(link.scenario.lab).context("a link names a lab")?;
    let outcome = lab.run(&link.scenario, Detail::Full);
    let broken = outcome.verdict(PROMISE).and_then(|verdict| verdict.break_());
    Ok(broken.with_context(|| format!("{text} keeps {PROMISE}"))?.at.at_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_run_that_greets_is_the_one_that_is_rehearsed() {
        assert_eq!(GREETING, format!("{BROKEN}&panels={PANELS}"));
    }

    #[test]
    fn the_cut_makes_a_read_stale_and_healing_it_mends_it() {
        assert!(breaks_at(BROKEN).is_ok());
        assert!(breaks_at(HEALED).is_err_and(|why| why.to_string().ends_with("keeps latest")));
    }
}

//! A number in a lesson's sentence that sets a control of the widget below it: `[3](control:w)` before a block `quorum?w=3`.
use std::fmt::Write;

use anyhow::{Context, Result, ensure};
use splitbrain::labs::LABS;
use splitbrain::link;
use splitbrain_web::app::slider_texts;

use crate::template::escape;

/// The number, as plain text until a script wakes it. `words` must be what the widget of `link` begins with: a sentence that says
/// otherwise would be wrong from the first.
pub fn scrub_html(key: &str, words: &str, link: &str) -> Result<String> {
    let opened = link::parse(link, LABS).link.with_context(|| format!("{link} names no lab"))?;
    let lab = link::find_lab(LABS, opened.scenario.lab).context("a link that opens names a lab")?;
    let place = lab.params().iter().position(|param| param.key == key);
    let place = place.with_context(|| format!("the lab of {link} has no control {key}"))?;
    let param = &lab.params()[place];
    let steps = slider_texts(param);
    ensure!(steps.len() > 1, "{key} has no slider: a number in a sentence moves along one");
    let now = param.print(&opened.scenario.values[place]);
    let said: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    ensure!(said == now, "the sentence says {words}, but the widget below it begins with {key}={now}");
    let mut html = String::new();
    let _ = write!(
        html,
        "<span class=\"scrub\" data-control=\"{key}\" data-steps=\"{}\" data-label=\"{}\">{}</span>",
        escape(&steps.join(" ")),
        escape(param.label),
        escape(words)
    );
    Ok(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_says_what_its_widget_begins_with() {
        let html = scrub_html("w", "1", "quorum?w=1&r=1").unwrap();
        assert!(html.contains("data-control=\"w\" data-steps=\"1 2 3"), "{html}");
        assert!(scrub_html("timeout", "1 s", "retry").unwrap().ends_with(">1 s</span>"));
        for (key, words, link) in [("w", "2", "quorum?w=1"), ("nothing", "1", "quorum"), ("w", "1", "nolab")]
        {
            assert!(scrub_html(key, words, link).is_err(), "{key} {words} {link}");
        }
    }
}

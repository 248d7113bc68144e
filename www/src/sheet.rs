//! What stands below each lesson, made from the lab's own data: presets, claims, what is modelled, defaults, checks.
use std::fmt::Write;

use splitbrain::lab::{Check, Lab, Statistic};

use crate::catalogue::{address, claim_items};
use crate::template::escape;

/// The sections below a lab's lesson. `root` leads from the page to the site's root.
pub fn sheet(root: &str, lab: &dyn Lab) -> String {
    let mut out = presets(root, lab);
    let claims = claim_items(root, lab);
    if !claims.is_empty() {
        let _ = write!(out, "<h2 id=\"claims\">Claims</h2>\n<ul class=\"claims\">\n{claims}</ul>\n");
    }
    out.push_str("<h2 id=\"fidelity\">What is modelled</h2>\n");
    out.push_str(&list("Modelled as published", lab.meta().modelled));
    out.push_str(&list("Left out", lab.meta().left_out));
    out.push_str(&checks(lab));
    out.push_str(&defaults(lab));
    out
}

fn presets(root: &str, lab: &dyn Lab) -> String {
    let mut out = String::from("<h2 id=\"try\">Try this</h2>\n<ul class=\"presets\">\n");
    for preset in lab.presets() {
        let (way, title) = (address(root, preset.link, "full/"), escape(preset.title));
        let _ = writeln!(out, "<li><a href=\"{way}\">{title}</a>: {}</li>", escape(preset.sentence));
    }
    out.push_str("</ul>\n");
    out
}

fn list(title: &str, lines: &[&str]) -> String {
    let items: String = lines.iter().map(|line| format!("<li>{}</li>\n", escape(line))).collect();
    if items.is_empty() { String::new() } else { format!("<h3>{title}</h3>\n<ul>\n{items}</ul>\n") }
}

/// The published numbers that the model is held to. The measured ones come from `cargo dev verify`.
fn checks(lab: &dyn Lab) -> String {
    if lab.fidelity().is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<h3>Held to</h3>\n<table><thead><tr><th>Claim</th><th>Published in</th><th>Expected</th></tr></thead>\n<tbody>\n",
    );
    for fidelity in lab.fidelity() {
        let expected = match &fidelity.check {
            Check::Sweep { tally, statistic, expected, seeds, .. } => {
                format!("{} of {tally}: {expected}, over {seeds} seeds", statistic_words(*statistic))
            }
            Check::Exact(_) => "exactly".to_string(),
        };
        let (claim, source) = (escape(fidelity.claim), escape(fidelity.source));
        let _ = writeln!(out, "<tr><td>{claim}</td><td>{source}</td><td>{}</td></tr>", escape(&expected));
    }
    out.push_str("</tbody></table>\n");
    out
}

fn statistic_words(statistic: Statistic) -> String {
    match statistic {
        Statistic::Mean => "mean".to_string(),
        Statistic::Proportion => "share".to_string(),
        Statistic::Quantile { per_mille, .. } => format!("{} % quantile", f64::from(per_mille) / 10.0),
        Statistic::AtMost => "greatest".to_string(),
        Statistic::AtLeast => "least".to_string(),
        Statistic::Always => "every value".to_string(),
    }
}

fn defaults(lab: &dyn Lab) -> String {
    let mut out = String::from(
        "<h3>Defaults</h3>\n<table><thead><tr><th>Control</th><th>In links</th><th>Default</th><th>What it does</th></tr></thead>\n<tbody>\n",
    );
    for param in lab.params() {
        let value = param.print(&param.default());
        let (label, about) = (escape(param.label), escape(param.about));
        let _ = writeln!(
            out,
            "<tr><td>{label}</td><td><code>{}</code></td><td>{}</td><td>{about}</td></tr>",
            param.key,
            escape(&value)
        );
    }
    out.push_str("</tbody></table>\n");
    out
}

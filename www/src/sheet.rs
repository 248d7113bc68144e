//! What stands below each lesson, made from the lab's own data: presets, challenges, claims, and the card of fidelity.
use std::fmt::Write;

use splitbrain::lab::{Challenge, Check, Fidelity, Lab, Statistic};

use crate::catalogue::{address, claim_items};
use crate::lesson::Section;
use crate::picture::SMALL;
use crate::template::escape;

/// The sections below a lab's lesson, as headings for the table of contents and as HTML. `root` leads from the page to
/// the site's root.
pub fn sheet(root: &str, lab: &dyn Lab) -> (Vec<Section>, String) {
    let parts = [
        ("try", "Try this", presets(root, lab)),
        ("look", "What to look for", promises(lab)),
        ("challenges", "Challenges", challenges(root, lab)),
        ("claims", "Claims", claims(root, lab)),
        ("fidelity", "What is modelled", fidelity(lab)),
    ];
    let mut sections = Vec::new();
    let mut out = String::new();
    for (id, title, html) in parts.into_iter().filter(|(_, _, html)| !html.is_empty()) {
        let _ = write!(out, "<section class=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n{html}</section>\n");
        sections.push(Section { id: id.to_string(), title: title.to_string() });
    }
    (sections, out)
}

/// The presets in their order: a small picture of each with its name, the way to its page.
fn presets(root: &str, lab: &dyn Lab) -> String {
    let mut out = String::from("<ol class=\"presets\">\n");
    for preset in lab.presets() {
        let (title, sentence) = (escape(preset.title), escape(preset.sentence));
        let way = format!("{root}labs/{}/{}/", lab.meta().id, preset.id);
        let _ = writeln!(
            out,
            "<li><a href=\"{way}\" title=\"{sentence}\"><img src=\"{way}{SMALL}\" alt=\"\" loading=\"lazy\" width=\"180\" height=\"130\">{title}</a></li>"
        );
    }
    out.push_str("</ol>\n");
    out
}

/// What the lights say: the promises, as a developer asks and as the literature calls them.
fn promises(lab: &dyn Lab) -> String {
    if lab.meta().promises.is_empty() {
        return String::new();
    }
    let mut out = String::from("<ul class=\"promises\">\n");
    for promise in lab.meta().promises {
        let (question, term) = (escape(promise.question), escape(promise.term));
        let _ = writeln!(out, "<li>{question} <span class=\"soft\">{term}</span></li>");
    }
    out.push_str("</ul>\n");
    let count = lab.meta().promises.len();
    let promises = if count == 1 { "one promise".to_string() } else { format!("{count} promises") };
    fold(&format!("Each run is held to {promises}, and a light says which was kept"), &out)
}

fn challenges(root: &str, lab: &dyn Lab) -> String {
    if lab.challenges().is_empty() {
        return String::new();
    }
    let items: String =
        lab.challenges().iter().map(|challenge| challenge_item(root, lab, challenge)).collect();
    format!("<ol class=\"challenges\">\n{items}</ol>\n")
}

/// One challenge; the page's script finds it by `data-challenge`, puts a widget with `data-link` in the place of what is told, and says
/// whether it was reached.
fn challenge_item(root: &str, lab: &dyn Lab, challenge: &Challenge) -> String {
    let (prompt, hint, learn) = (escape(challenge.prompt), escape(challenge.hint), escape(challenge.learn));
    let guess = challenge.guess.map_or(String::new(), |(question, answers)| {
        let right = escape(answers.first().expect("a question has an answer"));
        // The right answer is the first in the lab's data; readers get them in the order of the alphabet.
        let mut shown = answers.to_vec();
        shown.sort_unstable();
        let items: String = shown.iter().map(|answer| format!("<li>{}</li>", escape(answer))).collect();
        format!(
            "<details><summary>Guess first: {}</summary><ul class=\"guesses\">{items}</ul>\n\
             <details><summary>The answer</summary><p>{right}</p></details></details>\n",
            escape(question)
        )
    });
    // Where it stands it is brief; in a window of its own all is at hand.
    let view =
        if challenge.view.is_empty() { String::new() } else { escape(&format!("&{}", challenge.view)) };
    let start = format!(
        "{}{}challenge={}",
        challenge.start,
        if challenge.start.contains('?') { "&" } else { "?" },
        challenge.id
    );
    format!(
        "<li data-challenge=\"{}/{}\" data-link=\"{}{view}\"><p>{prompt}</p>\n<div class=\"told\">{guess}<a href=\"{}\">Try it<span class=\"unseen\">: {prompt}</span></a>\n\
         <details><summary>A hint</summary><p>{hint}</p></details>\n\
         <details><summary>What there was to learn</summary><p>{learn}</p></details></div></li>\n",
        lab.meta().id,
        challenge.id,
        escape(&start),
        address(root, &start, "full/"),
    )
}

fn claims(root: &str, lab: &dyn Lab) -> String {
    let claims = claim_items(root, lab);
    if claims.is_empty() {
        return claims;
    }
    let summary = match lab.claims().len() {
        1 => "A claim about systems like this, with its verdict and a run".to_owned(),
        more => format!("{more} claims about systems like this, each with its verdict and a run"),
    };
    fold(&summary, &format!("<ul class=\"claims\">\n{claims}</ul>\n"))
}

/// What is looked up rather than read: it unfolds.
fn fold(summary: &str, html: &str) -> String {
    format!("<details class=\"fold\"><summary>{summary}</summary>\n{html}</details>\n")
}

fn fidelity(lab: &dyn Lab) -> String {
    let mut out = list("As published", lab.meta().modelled);
    out.push_str(&list("Left out", lab.meta().left_out));
    out.push_str(&checks(lab));
    out.push_str(&defaults(lab));
    out
}

fn list(title: &str, lines: &[&str]) -> String {
    let items: String = lines.iter().map(|line| format!("<li>{}</li>\n", escape(line))).collect();
    if items.is_empty() {
        return String::new();
    }
    let count = if lines.len() == 1 { "One point".to_string() } else { format!("{} points", lines.len()) };
    format!("<h3>{title}</h3>\n{}", fold(&count, &format!("<ul>\n{items}</ul>\n")))
}

/// The published numbers that the model is held to, as `cargo dev verify` measures them. The box below is for a script that runs
/// them in the page (`checks.js`): it shows it, and writes what it measured where `data-measured` names the check.
fn checks(lab: &dyn Lab) -> String {
    if lab.fidelity().is_empty() {
        return String::new();
    }
    let id = lab.meta().id;
    let mut out = format!(
        "<h3 id=\"checks\">Held to</h3>\n<details class=\"fold\"><summary>{} published figures, with their sources</summary>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"checks\">\
         <table data-checks=\"{id}\"><thead><tr><th>Claim</th><th>Published in</th><th>Expected</th></tr></thead>\n<tbody>\n",
        lab.fidelity().len()
    );
    let checks = lab.fidelity();
    for (place, fidelity) in checks.iter().enumerate() {
        let expected = match &fidelity.check {
            Check::Sweep { tally, statistic, expected, seeds, .. } => {
                format!("{} of {tally}: {expected}, over {seeds} seeds", statistic_words(*statistic))
            }
            Check::Breaks { expected, seeds, .. } => format!("{expected}, over {seeds} seeds"),
            Check::Search { found: true, runs, .. } => format!("a search finds one within {runs} runs"),
            Check::Search { runs, .. } => format!("a search finds none in {runs} runs"),
            Check::Exact(_) => "exactly".to_string(),
        };
        let source = cell(checks.iter().map(|check| check.source), place);
        let _ = writeln!(
            out,
            "<tr data-measured=\"{id}-{}\"><td>{}{}</td>{source}<td>{}</td></tr>",
            fidelity.id,
            escape(fidelity.claim),
            apart(fidelity, checks).map_or_else(String::new, |set| format!(
                ": <code>{}</code>",
                escape(set).replace("&amp;", "<wbr>&amp;")
            )),
            escape(&expected)
        );
    }
    let _ = write!(
        out,
        "</tbody></table></div>\n<p class=\"soft\"><code>cargo dev verify {id}</code> measures each of them.</p>\n\
         <div class=\"checker\" data-check=\"{id}\" hidden>\n\
         <button type=\"button\" class=\"button\" data-seeds=\"few\">Run them here, with fewer seeds</button>\n\
         <button type=\"button\" class=\"button\" data-seeds=\"all\">Run them here in full: minutes</button>\n\
         <button type=\"button\" class=\"button\" data-stop hidden>Stop</button>\n\
         <progress max=\"1\" value=\"0\" aria-label=\"Checks done\" hidden></progress>\n\
         <p role=\"status\"></p>\n</div>\n</details>\n"
    );
    out
}

/// What is set for a check, where others of the lab are of the same claim.
pub fn apart(of: &Fidelity, checks: &[Fidelity]) -> Option<&'static str> {
    let is_one_of_many = checks.iter().filter(|check| check.claim == of.claim).count() > 1;
    match of.check {
        Check::Sweep { link, .. } if is_one_of_many => Some(link.split_once('?')?.1),
        _ => None,
    }
}

/// A cell of a column at that place: one for all rows in a row that say the same, in the first of them.
fn cell<'a>(column: impl Iterator<Item = &'a str> + Clone, place: usize) -> String {
    let words = column.clone().nth(place).unwrap_or_default();
    if place > 0 && column.clone().nth(place - 1) == Some(words) {
        return String::new();
    }
    match column.skip(place).take_while(|said| *said == words).count() {
        1 => format!("<td>{}</td>", escape(words)),
        rows => format!("<td rowspan=\"{rows}\">{}</td>", escape(words)),
    }
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
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"defaults\"><table><thead><tr><th>Control</th><th>In links</th><th>Default</th><th>What it does</th></tr></thead>\n<tbody>\n",
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
    out.push_str("</tbody></table></div>\n");
    let summary = format!("All {} controls, with what each begins with", lab.params().len());
    format!("<h3 id=\"defaults\">Defaults</h3>\n{}", fold(&summary, &out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::TOY;

    #[test]
    fn what_rows_say_in_a_row_stands_once() {
        let column = ["a", "b", "b", "b", "a"];
        let cells: Vec<String> = (0..5).map(|place| cell(column.into_iter(), place)).collect();
        assert_eq!(cells, ["<td>a</td>", "<td rowspan=\"3\">b</td>", "", "", "<td>a</td>"]);
    }

    #[test]
    fn a_sheet_has_presets_what_is_left_out_and_published_numbers() {
        let (sections, sheet) = sheet("../../", &TOY);
        assert!(sheet.contains(
            "<li><a href=\"../../labs/quorum/five/\" title=\"More replicas.\"><img src=\"../../labs/quorum/five/small.svg\""
        ));
        assert!(sheet.contains("<li>Disks</li>"));
        assert!(sheet.contains("99.9 % quantile of read_ms: 4.5, over 1000 seeds"));
        assert!(sheet.contains("data-check=\"quorum\"") && sheet.contains("data-measured=\"quorum-tail\""));
        let ids: Vec<&str> = sections.iter().map(|section| section.id.as_str()).collect();
        assert_eq!(ids, ["try", "look", "claims", "fidelity"]);
    }
}

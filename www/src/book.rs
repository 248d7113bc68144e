//! The book with the labs for it: cards for the home page, chapters for the page of the book, and what is to come.
use std::fmt::Write;

use anyhow::{Context, Result};
use splitbrain::lab::{BookPart, Lab};

use crate::catalogue::address;
use crate::picture::{self, SMALL};
use crate::template::escape;

/// The parts in order, each with its labs as cards with pictures; then what is to come, in one line.
pub fn cards(root: &str, labs: &[&'static dyn Lab]) -> Result<String> {
    let mut out = String::new();
    for part in PARTS {
        let mut cards = String::new();
        for lab in part.labs(labs) {
            cards.push_str(&card(root, lab)?);
        }
        if !cards.is_empty() {
            cards = format!("<ul class=\"cards\">\n{cards}</ul>\n");
        }
        out.push_str(&part.section(&cards, labs));
    }
    Ok(out)
}

fn card(root: &str, lab: &'static dyn Lab) -> Result<String> {
    let meta = lab.meta();
    let (way, title, summary) = (address(root, meta.id, ""), escape(meta.title), escape(meta.summary));
    let drawn = picture::small(lab, meta.id)?;
    let (width, height) = picture::size_of(&drawn).context("a picture has a size")?;
    let picture =
        format!("<img src=\"{way}{SMALL}\" alt=\"\" loading=\"lazy\" width=\"{width}\" height=\"{height}\">");
    // What a reader may look for, beside the words on the card.
    let presets = lab.presets().iter().map(|preset| preset.title);
    let terms = meta.promises.iter().map(|promise| promise.term);
    let words: Vec<&str> =
        presets.chain(terms).chain(meta.chapters.iter().copied()).chain([meta.id]).collect();
    Ok(format!(
        "<li class=\"card\" data-words=\"{}\"><div class=\"card-picture\" aria-hidden=\"true\">{picture}</div>\n\
         <h3><a href=\"{way}\">{title}</a></h3>\n<p>{summary}</p></li>\n",
        escape(&words.join(" · ")),
    ))
}

/// The parts in order, each with its chapters and the labs for them; then what is to come, in one line.
pub fn chapters(root: &str, labs: &[&'static dyn Lab]) -> String {
    let mut out = String::new();
    for part in PARTS {
        let mut chapters: Vec<&str> = Vec::new();
        for chapter in part.labs(labs).flat_map(|lab| lab.meta().chapters) {
            if !chapters.contains(chapter) {
                chapters.push(chapter);
            }
        }
        let mut rows = String::new();
        for chapter in chapters {
            let with = part.labs(labs).filter(|lab| lab.meta().chapters.contains(&chapter));
            let items: String = with.map(|lab| entry(root, lab)).collect();
            let _ = write!(rows, "<dt>{}</dt>\n{items}", escape(chapter));
        }
        let without = part.labs(labs).filter(|lab| lab.meta().chapters.is_empty());
        let rest: String = without.map(|lab| entry(root, lab)).collect();
        if !rest.is_empty() {
            let _ = write!(rows, "<dt>Beside the book</dt>\n{rest}");
        }
        if !rows.is_empty() {
            rows = format!("<dl class=\"chapters\">\n{rows}</dl>\n");
        }
        out.push_str(&part.section(&rows, labs));
    }
    out
}

fn entry(root: &str, lab: &dyn Lab) -> String {
    let meta = lab.meta();
    let (way, title, summary) = (address(root, meta.id, ""), escape(meta.title), escape(meta.summary));
    format!("<dd><a href=\"{way}\">{title}</a><p>{summary}</p></dd>\n")
}

/// The name of a part of the book.
pub fn name(part: BookPart) -> &'static str {
    PARTS.iter().find(|row| row.part == part).expect("every part is listed").name
}

/// A part of the book, its name, and the labs planned for it by id and subject: one that exists is no longer to come.
struct Part {
    part: BookPart,
    name: &'static str,
    planned: &'static [(&'static str, &'static str)],
}

impl Part {
    fn labs<'a>(&self, labs: &'a [&'static dyn Lab]) -> impl Iterator<Item = &'static dyn Lab> + 'a {
        let part = self.part;
        labs.iter().copied().filter(move |lab| lab.meta().part == part)
    }

    /// The part with its list of labs, as HTML, and one plain line of what is to come. Empty when it has neither.
    fn section(&self, list: &str, labs: &[&'static dyn Lab]) -> String {
        let exists = |id: &str| labs.iter().any(|lab| lab.meta().id == id);
        let planned = self.planned.iter().filter(|(id, _)| !exists(id));
        let coming: Vec<String> =
            planned.map(|(id, subject)| format!("<span data-lab=\"{id}\">{subject}</span>")).collect();
        if list.is_empty() && coming.is_empty() {
            return String::new();
        }
        let name = self.name;
        let coming = match coming.is_empty() {
            true => String::new(),
            false => format!("<p class=\"coming\">To come: {}.</p>\n", coming.join(", ")),
        };
        format!(
            "<section class=\"part\"><h2 id=\"{}\">{name}</h2>\n{list}{coming}</section>\n",
            name.to_lowercase()
        )
    }
}

const PARTS: &[Part] = &[
    Part {
        part: BookPart::Communication,
        name: "Communication",
        planned: &[
            ("links", "reliable links"),
            ("tls", "secure links"),
            ("dns", "discovery by DNS"),
            ("registry", "service registries"),
            ("api", "APIs"),
            ("messaging", "messaging"),
        ],
    },
    Part {
        part: BookPart::Coordination,
        name: "Coordination",
        planned: &[
            ("models", "system models"),
            ("cap", "CAP and PACELC"),
            ("flp", "FLP"),
            ("detector", "failure detection"),
            ("gossip", "gossip"),
            ("clocks", "time and order"),
            ("consistency", "consistency models"),
            ("quorum", "quorums"),
            ("leader", "leader election"),
            ("raft", "Raft"),
            ("paxos", "Paxos"),
            ("broadcast", "total order broadcast"),
            ("lock", "locks and fencing"),
            ("primary", "single-leader replication"),
            ("multileader", "multi-leader replication"),
            ("crdt", "replicated data types"),
            ("causal", "coordination avoidance"),
            ("isolation", "isolation"),
            ("commit", "atomic commitment"),
        ],
    },
    Part {
        part: BookPart::Scalability,
        name: "Scalability",
        planned: &[
            ("scale", "the axes of scaling"),
            ("httpcache", "HTTP caching"),
            ("cdn", "content delivery"),
            ("ring", "partitioning"),
            ("storage", "replicated storage"),
            ("balancer", "load balancing"),
            ("cache", "caching"),
            ("gateway", "microservices and tail latency"),
            ("batch", "batch processing"),
            ("planes", "control and data planes"),
        ],
    },
    Part {
        part: BookPart::Resiliency,
        name: "Resiliency",
        planned: &[
            ("causes", "causes of failure"),
            ("retry", "retries"),
            ("breaker", "circuit breakers and bulkheads"),
            ("idempotency", "idempotency"),
            ("deadline", "timeouts and deadlines"),
            ("limit", "rate limiting"),
            ("shed", "load shedding and levelling"),
            ("redundancy", "redundancy"),
            ("cells", "shuffle sharding and cells"),
            ("health", "health checks"),
            ("chaos", "chaos experiments"),
        ],
    },
    Part {
        part: BookPart::Maintainability,
        name: "Maintainability",
        planned: &[
            ("slo", "service levels and error budgets"),
            ("observe", "metrics, logs and traces"),
            ("deploy", "deployments"),
            ("flags", "feature flags"),
            ("check", "formal checking"),
            ("stack", "the whole stack"),
            ("choose", "choosing between designs"),
        ],
    },
    Part { part: BookPart::Example, name: "Example", planned: &[] },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::TOY;

    #[test]
    fn a_lab_that_exists_is_no_longer_to_come() {
        let without = chapters("../", &[]);
        assert!(without.contains(">quorums</span>,") && !without.contains("<a "));
        let with = chapters("../", &[&TOY]);
        assert!(!with.contains(">quorums</span>,"), "{with}");
        assert!(
            with.contains("<dt>Replication</dt>\n<dd><a href=\"../labs/quorum/\">Toys &amp; quorums</a>"),
            "{with}"
        );
    }

    #[test]
    fn every_part_has_a_name() {
        assert_eq!(name(BookPart::Example), "Example");
        assert_eq!(name(BookPart::Maintainability), "Maintainability");
    }
}

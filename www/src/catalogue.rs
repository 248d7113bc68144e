//! The two lists that run across labs: every claim with its verdict and its run, and the book with the labs for it.
use std::fmt::Write;

use splitbrain::lab::{BookPart, Claim, Holds, Lab, Proof, State};

use crate::template::escape;

/// The way from a page to what a link opens: the lab's page, with the rest of the link in the fragment. `root` leads
/// from the page to the site's root, and `page` is empty or `full/`.
pub fn address(root: &str, link: &str, page: &str) -> String {
    let (lab, rest) = link.split_once('?').unwrap_or((link, ""));
    let fragment = if rest.is_empty() { String::new() } else { format!("#{rest}") };
    escape(&format!("{root}labs/{lab}/{page}{fragment}"))
}

/// Every claim of every lab, lab by lab.
pub fn claims(root: &str, labs: &[&dyn Lab]) -> String {
    let mut out = String::new();
    for lab in labs.iter().filter(|lab| !lab.claims().is_empty()) {
        let meta = lab.meta();
        let way = address(root, meta.id, "");
        let _ = write!(
            out,
            "<section><h2 id=\"{}\"><a href=\"{way}\">{}</a></h2>\n<ul class=\"claims\">\n",
            meta.id,
            escape(meta.title)
        );
        out.push_str(&claim_items(root, *lab));
        out.push_str("</ul></section>\n");
    }
    out
}

/// The claims of one lab, as items of a list.
pub fn claim_items(root: &str, lab: &dyn Lab) -> String {
    lab.claims().iter().map(|claim| claim_item(root, lab, claim)).collect()
}

fn claim_item(root: &str, lab: &dyn Lab, claim: &Claim) -> String {
    let (class, verdict) = match claim.holds {
        Holds::Yes => ("yes", "Holds".to_string()),
        Holds::If(condition) => ("if", format!("Holds if {}", escape(condition))),
        Holds::No(why) => ("no", format!("False: {}", escape(why))),
    };
    let promise = lab.meta().promises.iter().find(|promise| promise.id == claim.promise);
    let decided =
        promise.map_or(String::new(), |promise| format!(" It is decided by “{}”.", escape(promise.question)));
    format!(
        "<li id=\"{}-{}\" class=\"claim {class}\"><p class=\"said\">{}</p>\n<p><strong>{verdict}</strong></p>\n\
         <p class=\"proof\">{}{decided} <a href=\"{}\">See the run<span class=\"unseen\"> for “{}”</span></a></p></li>\n",
        lab.meta().id,
        claim.id,
        escape(claim.sentence),
        proof(&claim.proof),
        address(root, claim.link, ""),
        escape(claim.sentence),
    )
}

/// How a claim is proved, as a sentence.
fn proof(proof: &Proof) -> String {
    match proof {
        Proof::Run(State::Kept) => "One run keeps the promise.".to_string(),
        Proof::Run(State::Broken) => "One run breaks the promise.".to_string(),
        Proof::Run(State::Unknown) => "One run leaves the promise open to its end.".to_string(),
        Proof::NoneOf { seeds } => format!("None of {seeds} seeds breaks the promise."),
        Proof::SomeOf { seeds, at_least } => {
            format!("At least {at_least} of {seeds} seeds break the promise.")
        }
        Proof::Shown(_) => "A test of the lab's own shows it.".to_string(),
    }
}

/// The parts of the book in order, each with its labs and the chapters that they go with; then what is to come.
pub fn book(root: &str, labs: &[&dyn Lab]) -> String {
    let mut out = String::new();
    for (part, name, planned) in PARTS {
        let mut cards = String::new();
        for lab in labs.iter().filter(|lab| lab.meta().part == *part) {
            cards.push_str(&card(root, *lab));
        }
        let exists = |id: &str| labs.iter().any(|lab| lab.meta().id == id);
        let coming: Vec<&str> =
            planned.iter().filter(|(id, _)| !exists(id)).map(|(_, subject)| *subject).collect();
        if cards.is_empty() && coming.is_empty() {
            continue;
        }
        let _ = writeln!(out, "<section><h2 id=\"{}\">{name}</h2>", name.to_lowercase());
        if !cards.is_empty() {
            let _ = writeln!(out, "<ul class=\"cards\">\n{cards}</ul>");
        }
        if !coming.is_empty() {
            let _ = writeln!(out, "<p class=\"coming\">To come: {}.</p>", coming.join(", "));
        }
        out.push_str("</section>\n");
    }
    out
}

fn card(root: &str, lab: &dyn Lab) -> String {
    let meta = lab.meta();
    let (way, title, summary) = (address(root, meta.id, ""), escape(meta.title), escape(meta.summary));
    let chapters = match meta.chapters {
        [] => String::new(),
        chapters => format!("<p class=\"chapters\">{}</p>", escape(&chapters.join(", "))),
    };
    format!("<li class=\"card\"><h3><a href=\"{way}\">{title}</a></h3><p>{summary}</p>{chapters}</li>\n")
}

/// A part of the book, its name, and the labs planned for it by id and subject: one that exists is no longer to come.
type Part = (BookPart, &'static str, &'static [(&'static str, &'static str)]);

/// The parts in the book's order.
const PARTS: &[Part] = &[
    (
        BookPart::Communication,
        "Communication",
        &[
            ("links", "reliable links"),
            ("tls", "secure links"),
            ("dns", "discovery by DNS"),
            ("registry", "service registries"),
            ("api", "APIs"),
            ("messaging", "messaging"),
        ],
    ),
    (
        BookPart::Coordination,
        "Coordination",
        &[
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
    ),
    (
        BookPart::Scalability,
        "Scalability",
        &[
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
    ),
    (
        BookPart::Resiliency,
        "Resiliency",
        &[
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
    ),
    (
        BookPart::Maintainability,
        "Maintainability",
        &[
            ("slo", "service levels and error budgets"),
            ("observe", "metrics, logs and traces"),
            ("deploy", "deployments"),
            ("flags", "feature flags"),
            ("check", "formal checking"),
            ("stack", "the whole stack"),
            ("choose", "choosing between designs"),
        ],
    ),
    (BookPart::Example, "Example", &[]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::sheet;
    use crate::toy::TOY;

    #[test]
    fn a_link_becomes_the_way_to_its_lab() {
        assert_eq!(address("../", "quorum?n=3&w=1", ""), "../labs/quorum/#n=3&amp;w=1");
        assert_eq!(address("./", "quorum", "full/"), "./labs/quorum/full/");
    }

    #[test]
    fn a_lab_that_exists_is_no_longer_to_come() {
        let book_without = book("../", &[]);
        assert!(book_without.contains(" quorums,") && !book_without.contains("<a "));
        let book_with = book("../", &[&TOY]);
        assert!(
            !book_with.contains(" quorums,")
                && book_with.contains("<a href=\"../labs/quorum/\">Toys &amp; quorums</a>")
        );
    }

    #[test]
    fn a_claim_has_its_verdict_its_proof_and_its_run() {
        assert_eq!(claims("../", &[]), "");
        let claims = claims("../", &[&TOY]);
        assert!(claims.contains("W + R &gt; N is linearizable"));
        assert!(claims.contains("False: two reads overlap the write in turn"));
        assert!(claims.contains("At least 3 of 100 seeds break the promise."));
        assert!(claims.contains("href=\"../labs/quorum/#n=3\""));
    }

    #[test]
    fn a_sheet_has_presets_what_is_left_out_and_published_numbers() {
        let sheet = sheet("../../", &TOY);
        assert!(sheet.contains("<a href=\"../../labs/quorum/full/#n=5\">Five</a>: More replicas."));
        assert!(sheet.contains("<li>Disks</li>"));
        assert!(sheet.contains("99.9 % quantile of read_ms: 4.5, over 1000 seeds"));
    }
}

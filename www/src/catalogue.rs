//! Every claim of every lab, with its verdict, how it was proved, and its run.
use std::fmt::Write;

use splitbrain::lab::{Claim, Holds, Lab, Proof, State};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::TOY;

    #[test]
    fn a_link_becomes_the_way_to_its_lab() {
        assert_eq!(address("../", "quorum?n=3&w=1", ""), "../labs/quorum/#n=3&amp;w=1");
        assert_eq!(address("./", "quorum", "full/"), "./labs/quorum/full/");
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
}

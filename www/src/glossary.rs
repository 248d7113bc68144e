//! The glossary: www/glossary.md read into entries, its page, and the notes that explain a term where it stands.
use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use pulldown_cmark::{Parser, html};

use crate::template::escape;
use crate::workspace;

/// The field's terms, in alphabetical order.
pub struct Glossary {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// A term with what it means.
#[derive(Debug, PartialEq)]
pub struct Entry {
    /// As lessons refer to it: lower-case words joined by hyphens.
    pub id: String,
    /// As readers know it.
    pub term: String,
    /// One or two sentences, as HTML.
    pub meaning: String,
    /// Where the term comes from, as plain text.
    pub source: String,
}

impl Glossary {
    /// The glossary of this repository.
    pub fn load() -> Result<Glossary> {
        let file = workspace::root().join("www/glossary.md");
        let text = fs::read_to_string(&file).with_context(|| format!("no glossary {}", file.display()))?;
        Glossary::parse(&text).context("in www/glossary.md")
    }

    /// Reads entries of the form `## id: Term`, a paragraph, and a line `Source: …`.
    pub fn parse(text: &str) -> Result<Glossary> {
        let mut entries = Vec::new();
        for part in format!("\n{text}").split("\n## ").skip(1) {
            entries.push(entry(part)?);
        }
        entries.sort_by_key(|entry: &Entry| entry.term.to_lowercase());
        for entry in &entries {
            let same =
                entries.iter().filter(|other| other.id == entry.id || other.term == entry.term).count();
            ensure!(same == 1, "{} is explained {same} times", entry.id);
        }
        Ok(Glossary { entries })
    }

    /// The entry of that id.
    pub fn find(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The way to a term's entry, marked so that the page's script shows its note there. `words` are HTML.
    pub fn reference(&self, root: &str, id: &str, words: &str) -> Result<String> {
        let entry = self.find(id).with_context(|| self.unknown(id))?;
        let id = &entry.id;
        Ok(format!(
            "<dfn><a class=\"term\" href=\"{root}glossary/#{id}\" aria-describedby=\"term-{id}\">{words}</a></dfn>"
        ))
    }

    fn unknown(&self, id: &str) -> String {
        format!("no entry of the glossary is called {id}: add `## {id}: …` to www/glossary.md")
    }

    /// The notes that a page with these terms carries, hidden until a reader asks for one.
    pub fn notes(&self, root: &str, ids: &[String]) -> Result<String> {
        let mut out = String::new();
        for (place, id) in ids.iter().enumerate() {
            if ids[..place].contains(id) {
                continue;
            }
            let Some(entry) = self.find(id) else { bail!(self.unknown(id)) };
            let Entry { id, term, meaning, .. } = entry;
            let _ = writeln!(
                out,
                "<div class=\"note\" popover id=\"term-{id}\"><strong>{}</strong> {meaning} \
                 <a href=\"{root}glossary/#{id}\" tabindex=\"-1\">In the glossary</a></div>",
                escape(term)
            );
        }
        Ok(out)
    }

    /// The list of all entries.
    pub fn page(&self) -> String {
        let mut out = String::from("<dl class=\"glossary\">\n");
        for Entry { id, term, meaning, source } in &self.entries {
            let _ = writeln!(
                out,
                "<div id=\"{id}\"><dt><dfn>{}</dfn></dt>\n<dd>{meaning}<p class=\"source\">{}</p></dd></div>",
                escape(term),
                escape(source)
            );
        }
        out.push_str("</dl>\n");
        out
    }
}

fn entry(part: &str) -> Result<Entry> {
    let (head, body) = part.split_once('\n').unwrap_or((part, ""));
    let (id, term) = head.split_once(':').with_context(|| format!("`## {head}`: write `## id: Term`"))?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    ensure!(!id.is_empty() && id.chars().all(plain), "`{id}`: an id is lower-case words joined by hyphens");
    let (meaning, source) =
        body.rsplit_once("\nSource: ").with_context(|| format!("{id} has no line `Source: …`"))?;
    ensure!(!meaning.trim().is_empty(), "{id} has no meaning");
    let mut out = String::new();
    html::push_html(&mut out, Parser::new(meaning.trim()));
    let inner = out.trim().strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>"));
    let inner = inner.filter(|inner| !inner.contains("<p>"));
    Ok(Entry {
        id: id.to_string(),
        term: term.trim().to_string(),
        meaning: inner.with_context(|| format!("{id}: the meaning is one paragraph"))?.to_string(),
        source: source.trim().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_id_term_meaning_and_source() {
        let text = "# Glossary\n\nWords.\n\n## b-b: Zed & co\n\nOne *way*.\n\nSource: X, §1\n\n## a: Also\n\nTwo.\n\nSource: Y\n";
        let glossary = Glossary::parse(text).unwrap();
        assert_eq!(glossary.entries[0].term, "Also");
        let entry = glossary.find("b-b").unwrap();
        assert_eq!((entry.meaning.as_str(), entry.source.as_str()), ("One <em>way</em>.", "X, §1"));
        assert!(glossary.reference("../", "a", "x").unwrap().contains("href=\"../glossary/#a\""));
        assert!(glossary.reference("../", "c", "x").is_err());
        let notes = glossary.notes("", &["a".into(), "a".into()]).unwrap();
        assert_eq!(notes.matches("popover").count(), 1);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for text in ["## a\n", "## A: x\n\nx\n\nSource: y", "## a: x\n\nx", "## a: x\n\nSource: y"] {
            assert!(Glossary::parse(text).is_err(), "{text}");
        }
        let twice = "## a: x\n\nx\n\nSource: y\n".repeat(2);
        assert!(Glossary::parse(&twice).is_err());
    }

    #[test]
    fn ours_can_be_read() {
        assert!(Glossary::load().unwrap().entries.len() > 60);
    }
}

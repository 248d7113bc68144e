//! Lessons: a lab's README.md made into HTML, with a live widget for each fenced `splitbrain` block.
use anyhow::{Result, ensure};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::template::escape;
use crate::widget::{Bond, widget_html};

/// A lesson, ready for its page.
pub struct Lesson {
    /// The text of the first heading.
    pub title: String,
    /// The first paragraph without its marks: for cards, previews and search engines.
    pub summary: String,
    /// Everything after the first heading, as HTML; headings have ids.
    pub html: String,
    /// The links of the lesson's widgets, in order.
    pub links: Vec<String>,
}

/// Renders a lesson. It must begin with a heading of the first level and a paragraph.
pub fn render(markdown: &str) -> Result<Lesson> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_SMART_PUNCTUATION;
    let events: Vec<Event> = Parser::new_ext(markdown, options).collect();
    let (title, after_title) = text_of_first(&events, |tag| matches!(tag, TagEnd::Heading(HeadingLevel::H1)));
    ensure!(!title.is_empty() && after_title > 0, "a lesson begins with a heading: `# Title`");
    let (summary, _) = text_of_first(&events[after_title..], |tag| *tag == TagEnd::Paragraph);
    ensure!(
        !summary.is_empty(),
        "a lesson's heading is followed by a paragraph that says what the lab shows"
    );
    let mut links = Vec::new();
    let body = with_terms(with_ids(with_widgets(&events[after_title..], &mut links)));
    let mut out = String::new();
    html::push_html(&mut out, body.into_iter());
    Ok(Lesson { title, summary, html: out, links })
}

/// The plain text of the first block of a kind, and the number of events up to its end (0: there is none).
fn text_of_first(events: &[Event], ends: impl Fn(&TagEnd) -> bool) -> (String, usize) {
    let Some(end) = events.iter().position(|event| matches!(event, Event::End(tag) if ends(tag))) else {
        return (String::new(), 0);
    };
    let start = events[..end].iter().rposition(|event| match event {
        Event::Start(tag) => ends(&tag.to_end()),
        _ => false,
    });
    (plain(&events[start.unwrap_or(0)..end]), end + 1)
}

fn plain(events: &[Event]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

/// Puts a widget in the place of each fenced block marked `splitbrain`.
fn with_widgets<'a>(events: &[Event<'a>], links: &mut Vec<String>) -> Vec<Event<'a>> {
    let mut out = Vec::with_capacity(events.len());
    let mut link: Option<String> = None;
    for event in events {
        match (event, &mut link) {
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))), _) if &**kind == "splitbrain" => {
                link = Some(String::new());
            }
            (Event::Text(text), Some(link)) => link.push_str(text),
            (Event::End(TagEnd::CodeBlock), Some(text)) => {
                let text = text.trim().to_string();
                out.push(Event::Html(widget_html(&text, links.len() + 1, Bond::Free).into()));
                links.push(text);
                link = None;
            }
            (event, None) => out.push(event.clone()),
            (_, Some(_)) => {}
        }
    }
    out
}

/// Marks what a lesson links to the glossary, `[timeout](glossary:timeout)`, as a term with the entry's id. A link in
/// a page would lead nowhere: a term is explained where it stands.
fn with_terms(mut events: Vec<Event>) -> Vec<Event> {
    // Markdown has no links within links: the next end is that of the term.
    let mut in_term = false;
    for event in &mut events {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                let Some(id) = dest_url.strip_prefix("glossary:") else { continue };
                in_term = true;
                *event = Event::InlineHtml(format!("<dfn data-term=\"{}\">", escape(id)).into());
            }
            Event::End(TagEnd::Link) if in_term => {
                in_term = false;
                *event = Event::InlineHtml("</dfn>".into());
            }
            _ => {}
        }
    }
    events
}

/// Gives each heading an id made of its words, numbered where one comes twice.
fn with_ids(mut events: Vec<Event>) -> Vec<Event> {
    let mut taken: Vec<String> = Vec::new();
    for i in 0..events.len() {
        let Event::Start(Tag::Heading { .. }) = &events[i] else { continue };
        let end = events[i..].iter().position(|event| matches!(event, Event::End(TagEnd::Heading(_))));
        let base = slug(&plain(&events[i..i + end.expect("a heading ends")]));
        let mut name = base.clone();
        let mut number = 2;
        while taken.contains(&name) {
            name = format!("{base}-{number}");
            number += 1;
        }
        taken.push(name.clone());
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[i] {
            *id = Some(name.into());
        }
    }
    events
}

/// Words joined by hyphens: what a fragment may hold in every browser.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    if slug.is_empty() { "section".to_string() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_has_title_summary_ids_and_widgets() {
        let text = "# Quorum\n\nReads *and* `W`\nwrites.\n\n## W + R > N?\n\n```splitbrain\nquorum?n=3&w=1\n```\n\n\
                    ## W + R > N?\n\n```text\nx\n```\n";
        let lesson = render(text).unwrap();
        assert_eq!(lesson.title, "Quorum");
        assert_eq!(lesson.summary, "Reads and W writes.");
        assert_eq!(lesson.links, ["quorum?n=3&w=1"]);
        assert!(lesson.html.contains(r#"<splitbrain-lab src="quorum?n=3&amp;w=1">"#), "{}", lesson.html);
        assert!(lesson.html.contains(r#"<h2 id="w-r-n">"#) && lesson.html.contains(r#"<h2 id="w-r-n-2">"#));
        assert!(lesson.html.contains("<code class=\"language-text\">"));
        assert!(!lesson.html.contains("<h1"));
    }

    #[test]
    fn a_term_is_marked_and_other_links_stay() {
        let lesson = render("# T\n\nA [time *out*](glossary:timeout) and [a link](full/).").unwrap();
        assert!(
            lesson.html.contains("<dfn data-term=\"timeout\">time <em>out</em></dfn>"),
            "{}",
            lesson.html
        );
        assert!(lesson.html.contains("<a href=\"full/\">a link</a>"));
    }

    #[test]
    fn a_lesson_without_heading_or_paragraph_is_refused() {
        assert!(render("Words.").is_err());
        assert!(render("# Only a title").is_err());
    }
}

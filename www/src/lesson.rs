//! Lessons: a lab's README.md made into HTML, with a live widget for each fenced `splitbrain` block.
use anyhow::{Context, Result, ensure};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::figure::{self, Figure};
use crate::glossary::Glossary;

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
    /// The headings of the second level, for a table of contents.
    pub sections: Vec<Section>,
    /// The glossary's terms in it, in order.
    pub terms: Vec<String>,
}

/// A heading of the second level.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The fragment that leads to it.
    pub id: String,
    /// Its words.
    pub title: String,
}

/// Where a lesson will stand.
pub struct Place<'a> {
    /// Leads from the page to the site's root.
    pub root: &'a str,
    /// Explains terms.
    pub glossary: &'a Glossary,
    /// Makes the widget of a link; called in order.
    pub widget: &'a mut dyn FnMut(&str) -> Result<String>,
    /// Makes a number that sets a control (its key, its words) of the widget with a link.
    pub scrub: &'a dyn Fn(&str, &str, &str) -> Result<String>,
}

/// Renders a lesson. It must begin with a heading of the first level and a paragraph.
pub fn render(markdown: &str, place: Place<'_>) -> Result<Lesson> {
    let Place { root, glossary, widget, scrub } = place;
    let (events, _) = figure::take(parsed(markdown))?;
    let (title, after_title) = text_of_first(&events, |tag| matches!(tag, TagEnd::Heading(HeadingLevel::H1)));
    ensure!(!title.is_empty() && after_title > 0, "a lesson begins with a heading: `# Title`");
    let (summary, _) = text_of_first(&events[after_title..], |tag| *tag == TagEnd::Paragraph);
    ensure!(
        !summary.is_empty(),
        "a lesson's heading is followed by a paragraph that says what the lab shows"
    );
    let body = with_answers(with_controls(&events[after_title..], scrub)?);
    let (body, links) = with_widgets(&body, widget)?;
    let (body, terms) = with_terms(body, root, glossary)?;
    let (body, sections) = with_ids(body);
    let mut out = String::new();
    html::push_html(&mut out, body.into_iter());
    // A table is as wide as it must be and scrolls in a box of its own, by keyboard too.
    let out = out
        .replace(
            "<table>",
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>",
        )
        .replace("</table>", "</table></div>");
    Ok(Lesson { title, summary, html: out, links, sections, terms })
}

/// The numbers in a lesson that come from runs.
pub fn figures(markdown: &str) -> Result<Vec<Figure>> {
    Ok(figure::take(parsed(markdown))?.1)
}

fn parsed(markdown: &str) -> Vec<Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_SMART_PUNCTUATION;
    Parser::new_ext(markdown, options).collect()
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

/// The words of events, without their marks.
pub fn plain(events: &[Event]) -> String {
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

/// Puts a widget in the place of each fenced block marked `splitbrain`; gives their links too.
fn with_widgets<'a>(
    events: &[Event<'a>],
    widget: &mut dyn FnMut(&str) -> Result<String>,
) -> Result<(Vec<Event<'a>>, Vec<String>)> {
    let mut out = Vec::with_capacity(events.len());
    let mut links = Vec::new();
    let mut link: Option<String> = None;
    for event in events {
        match (event, &mut link) {
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))), _) if &**kind == "splitbrain" => {
                link = Some(String::new());
            }
            (Event::Text(text), Some(link)) => link.push_str(text),
            (Event::End(TagEnd::CodeBlock), Some(text)) => {
                let text = text.trim().to_string();
                out.push(Event::Html(widget(&text)?.into()));
                links.push(text);
                link = None;
            }
            (event, None) => out.push(event.clone()),
            (_, Some(_)) => {}
        }
    }
    Ok((out, links))
}

/// Makes what a lesson links to a control, `[3](control:w)`, a number that sets it in the next widget.
fn with_controls<'a>(
    events: &[Event<'a>],
    scrub: &dyn Fn(&str, &str, &str) -> Result<String>,
) -> Result<Vec<Event<'a>>> {
    let mut out = Vec::with_capacity(events.len());
    let mut place = 0;
    while let Some(event) = events.get(place) {
        let key = match event {
            Event::Start(Tag::Link { dest_url, .. }) => dest_url.strip_prefix("control:"),
            _ => None,
        };
        let Some(key) = key else {
            out.push(event.clone());
            place += 1;
            continue;
        };
        let rest = &events[place..];
        let end = rest.iter().position(|event| matches!(event, Event::End(TagEnd::Link)));
        let end = end.expect("a link ends");
        let link =
            next_widget(&rest[end..]).with_context(|| format!("no widget follows the control {key}"))?;
        out.push(Event::InlineHtml(scrub(key, &plain(&rest[..end]), &link)?.into()));
        place += end + 1;
    }
    Ok(out)
}

/// Folds what is quoted below a question of a list: its answer.
fn with_answers(mut events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut items = 0;
    for event in &mut events {
        match event {
            Event::Start(Tag::Item) => items += 1,
            Event::End(TagEnd::Item) => items -= 1,
            Event::Start(Tag::BlockQuote(_)) if items > 0 => {
                *event = Event::Html("<details class=\"fold\"><summary>An answer</summary>\n".into());
            }
            Event::End(TagEnd::BlockQuote(_)) if items > 0 => *event = Event::Html("</details>\n".into()),
            _ => {}
        }
    }
    events
}

/// The link of the next block marked `splitbrain`.
fn next_widget(events: &[Event]) -> Option<String> {
    let starts = |event: &Event| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) => &**kind == "splitbrain",
        _ => false,
    };
    let text = &events[events.iter().position(starts)? + 1..];
    let end = text.iter().position(|event| matches!(event, Event::End(_)))?;
    Some(plain(&text[..end]).trim().to_string())
}

/// Makes what a lesson links to the glossary, `[timeout](glossary:timeout)`, a term that explains itself.
fn with_terms<'a>(
    events: Vec<Event<'a>>,
    root: &str,
    glossary: &Glossary,
) -> Result<(Vec<Event<'a>>, Vec<String>)> {
    let mut out = Vec::with_capacity(events.len());
    let mut ids = Vec::new();
    // The term that is open: its id, and the events between its ends. Markdown has no links within links.
    let mut term: Option<(String, Vec<Event>)> = None;
    for event in events {
        match (event, &mut term) {
            (Event::Start(Tag::Link { dest_url, .. }), None) if dest_url.starts_with("glossary:") => {
                term = Some((dest_url["glossary:".len()..].to_string(), Vec::new()));
            }
            (Event::End(TagEnd::Link), Some((id, words))) => {
                let mut inner = String::new();
                html::push_html(&mut inner, words.drain(..));
                out.push(Event::InlineHtml(glossary.reference(root, id, &inner)?.into()));
                ids.push(std::mem::take(id));
                term = None;
            }
            (event, Some((_, words))) => words.push(event),
            (event, None) => out.push(event),
        }
    }
    Ok((out, ids))
}

/// Gives each heading an id made of its words, numbered where one comes twice; lists those of the second level.
fn with_ids(mut events: Vec<Event>) -> (Vec<Event>, Vec<Section>) {
    let mut taken: Vec<String> = Vec::new();
    let mut sections = Vec::new();
    for i in 0..events.len() {
        let Event::Start(Tag::Heading { level, .. }) = events[i] else { continue };
        let end = events[i..].iter().position(|event| matches!(event, Event::End(TagEnd::Heading(_))));
        let title = plain(&events[i..i + end.expect("a heading ends")]);
        let base = slug(&title);
        let mut name = base.clone();
        let mut number = 2;
        while taken.contains(&name) {
            name = format!("{base}-{number}");
            number += 1;
        }
        taken.push(name.clone());
        if level == HeadingLevel::H2 {
            sections.push(Section { id: name.clone(), title });
        }
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[i] {
            *id = Some(name.into());
        }
    }
    (events, sections)
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

    fn read(text: &str) -> Result<Lesson> {
        let glossary = Glossary::parse("## timeout: Timeout\n\nA wait.\n\nSource: X").unwrap();
        let mut widget = |link: &str| Ok(format!("<x-lab src=\"{link}\"></x-lab>\n"));
        let scrub = |key: &str, words: &str, link: &str| Ok(format!("<x-number {key} {words} {link}>"));
        render(text, Place { root: "../", glossary: &glossary, widget: &mut widget, scrub: &scrub })
    }

    #[test]
    fn a_number_is_bound_to_the_widget_after_it() {
        let lab = "```splitbrain\nquorum?w=1\n```\n";
        let lesson = read(&format!("# T\n\nWords.\n\n{lab}\nHere W is [*3*](control:w).\n\n{lab}")).unwrap();
        assert!(lesson.html.contains("W is <x-number w 3 quorum?w=1>.</p>"), "{}", lesson.html);
        assert!(read(&format!("# T\n\n{lab}\nW is [3](control:w).")).is_err(), "no widget follows");
    }

    #[test]
    fn a_figure_is_its_words() {
        let text = "# T\n\nWords.\n\n```splitbrain\nretry\n```\n\nIt takes [*60* s](figure:recovery_ms), [twice 3][x].\n\n[x]: figure:calls@2:ping?for=1s\n";
        let html = read(text).unwrap().html;
        assert!(html.contains("It takes <em>60</em> s, twice 3.</p>"), "{html}");
        let origins: Vec<String> = figures(text).unwrap().into_iter().map(|figure| figure.origin).collect();
        assert_eq!(origins, ["recovery_ms", "calls@2:ping?for=1s"]);
    }

    #[test]
    fn a_lesson_has_title_summary_sections_and_widgets() {
        let text = "# Quorum\n\nReads *and* `W`\nwrites.\n\n## W + R > N?\n\n```splitbrain\nquorum?n=3\n```\n\n\
                    ## W + R > N?\n\n```text\nx\n```\n";
        let lesson = read(text).unwrap();
        assert_eq!(lesson.title, "Quorum");
        assert_eq!(lesson.summary, "Reads and W writes.");
        assert_eq!(lesson.links, ["quorum?n=3"]);
        assert!(lesson.html.contains(r#"<x-lab src="quorum?n=3">"#), "{}", lesson.html);
        assert!(lesson.html.contains(r#"<h2 id="w-r-n">"#) && lesson.html.contains(r#"<h2 id="w-r-n-2">"#));
        assert_eq!(lesson.sections[1], Section { id: "w-r-n-2".into(), title: "W + R > N?".into() });
        assert!(lesson.html.contains("<code class=\"language-text\">"));
        assert!(!lesson.html.contains("<h1"));
    }

    #[test]
    fn a_term_explains_itself_and_other_links_stay() {
        let lesson = read("# T\n\nA [time *out*](glossary:timeout) and [a link](full/).").unwrap();
        assert!(
            lesson.html.contains("<dfn><a class=\"term\" href=\"../glossary/#timeout\""),
            "{}",
            lesson.html
        );
        assert!(lesson.html.contains(">time <em>out</em></a></dfn>"), "{}", lesson.html);
        assert!(lesson.html.contains("<a href=\"full/\">a link</a>"));
        assert_eq!(lesson.terms, ["timeout"]);
        assert!(read("# T\n\nA [word](glossary:unheard).").is_err());
    }

    #[test]
    fn an_answer_unfolds_below_its_question() {
        let html = read("# T\n\nWords.\n\n- Why?\n\n  > So.\n\n> Quoted.\n").unwrap().html;
        assert!(
            html.contains("<details class=\"fold\"><summary>An answer</summary>\n<p>So.</p>\n</details>"),
            "{html}"
        );
        assert!(html.contains("<blockquote>\n<p>Quoted.</p>"), "{html}");
    }

    #[test]
    fn a_lesson_without_heading_or_paragraph_is_refused() {
        assert!(read("Words.").is_err());
        assert!(read("# Only a title").is_err());
    }
}

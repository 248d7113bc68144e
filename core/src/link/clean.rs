//! What people, hosts and chat programs do to a link, undone: escapes, wrappings, page addresses, tracking, cut ends.

use super::MAX_TEXT_BYTES;
use crate::scenario::{Place, Problem};

/// A link's two halves, as text: the lab that it names, if it does, and the `key=value` parts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Located {
    /// The lab's name.
    pub lab: Option<String>,
    /// The parts, still joined.
    pub parts: String,
    /// Whether an address was given that leads to no lab.
    pub elsewhere: bool,
}

/// Finds the link in a text: bare, with a leading `#` or `?`, or in the address of a page.
pub(super) fn locate(text: &str, problems: &mut Vec<Problem>) -> Located {
    let text = unwrap(&unescape(bounded(text, problems)));
    let text = text.split(":~:").next().unwrap_or_default(); // a browser's own "scroll to text"
    let (before, fragment) = match text.split_once('#') {
        // A second # is a host's addition, such as WordPress's `#?secret=…`.
        Some((before, after)) => (before, Some(after.split('#').next().unwrap_or_default())),
        None => (text, None),
    };
    if before.split('?').next().is_some_and(|path| path.contains('/')) {
        return in_address(before, fragment);
    }
    match fragment {
        Some(fragment) if before.is_empty() => in_fragment(fragment),
        Some(fragment) if !before.contains(['?', '=', '&']) => {
            Located { lab: Some(before.into()), parts: fragment.into(), elsewhere: false }
        }
        _ => in_fragment(before),
    }
}

/// `quorum?n=3`, `?n=3`, `n=3` or `quorum`.
fn in_fragment(text: &str) -> Located {
    let text = text.trim_start_matches(['?', '&', '/']);
    let end = text.find(['?', '&']).unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    if head.is_empty() || head.contains('=') {
        return Located { parts: text.into(), ..Located::default() };
    }
    Located { lab: Some(head.trim_end_matches('/').into()), parts: rest.into(), elsewhere: false }
}

/// `https://host/labs/quorum/#n=3`, `/embed/#quorum?n=3`, `quorum/?n=3`.
fn in_address(before: &str, fragment: Option<&str>) -> Located {
    let (path, query) = before.split_once('?').unwrap_or((before, ""));
    let has_host = path.contains("://");
    let path = path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, p)| p));
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    let named = steps.iter().rposition(|step| *step == "labs").and_then(|i| steps.get(i + 1));
    // The fragment is ours, the query is the host's: it is read only where there is no fragment.
    let inner = in_fragment(fragment.filter(|f| !f.is_empty()).unwrap_or(query));
    let bare = steps.last().filter(|_| !has_host && inner.lab.is_none());
    match named.or(bare) {
        Some(lab) if inner.lab.is_none() => Located { lab: Some((*lab).to_string()), ..inner },
        _ => Located { elsewhere: inner.lab.is_none(), ..inner },
    }
}

/// No more of the text than is read, ending at a whole part.
fn bounded<'a>(text: &'a str, problems: &mut Vec<Problem>) -> &'a str {
    if text.len() <= MAX_TEXT_BYTES {
        return text;
    }
    let sentence =
        format!("the link is longer than {MAX_TEXT_BYTES} bytes; what comes after them is not read");
    problems.push(Problem { place: Place::Link, sentence });
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    text.rfind([',', '&']).map_or(text, |end| &text[..end])
}

/// Undoes %-escapes and HTML's `&amp;`, twice over where a program escaped what was escaped. A link of ours has neither.
fn unescape(text: &str) -> String {
    let mut text = text.to_string();
    for _ in 0..3 {
        if text.contains('%') {
            text = decode_percent(&text);
        }
        if text.contains("&#") || text.contains("&amp") {
            for amp in ["&amp;", "&#38;", "&#x26;"] {
                text = text.replace(amp, "&");
            }
        }
    }
    text
}

fn decode_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digit = |i: usize| tail.get(i).and_then(|b| char::from(*b).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Takes away line breaks and invisible characters, the brackets and quotes around, and the punctuation of the sentence that it stood in.
fn unwrap(text: &str) -> String {
    let visible = crate::unseen::visible(text);
    let start = visible.trim_start_matches(|c: char| c.is_whitespace() || "<([{\"'`“‘«".contains(c));
    let mut text = start;
    while let Some(last) = text.chars().next_back() {
        let punctuation = last.is_whitespace() || ".,;:!?)]}>\"'`”’»…&=/#".contains(last);
        if !punctuation || (last == '.' && ends_on_all_of_a_sort(text)) {
            break;
        }
        text = &text[..text.len() - last.len_utf8()];
    }
    text.to_string()
}

/// Whether the dot at the end is part of `crash:c.`, all of a sort, and so no full stop.
fn ends_on_all_of_a_sort(text: &str) -> bool {
    let mut back = text.bytes().rev().skip(1);
    matches!(back.next(), Some(b'n' | b'k' | b'c')) && matches!(back.next(), Some(b':' | b'-' | b'.'))
}

/// Whether a key was added by a host, a mailer or an advertiser, and says nothing to us.
pub(super) fn is_tracking(key: &str) -> bool {
    const KEYS: [&str; 14] = [
        "fbclid", "gclid", "gclsrc", "dclid", "wbraid", "gbraid", "msclkid", "twclid", "yclid", "igshid",
        "mc_cid", "mc_eid", "secret", "_ga",
    ];
    key.starts_with("utm_") || key.starts_with("_hs") || KEYS.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (Option<String>, String) {
        let located = locate(text, &mut Vec::new());
        (located.lab, located.parts.trim_start_matches('?').to_string())
    }

    #[test]
    fn a_link_is_found_wherever_it_was_pasted_from() {
        for text in [
            "quorum?n=3&w=1",
            "  quorum?n=3&w=1\n",
            "quorum?n=3&amp;w=1",
            "quorum%3Fn%3D3%26w%3D1",
            "quorum%253Fn%253D3%2526w%253D1",
            "#quorum?n=3&w=1",
            "quorum#n=3&w=1",
            "quorum/?n=3&w=1",
            "/labs/quorum/#n=3&w=1",
            "/labs/quorum/#?n=3&w=1",
            "/labs/quorum/full/#n=3&w=1",
            "https://splitbrain.example/sub/labs/quorum/#n=3&w=1",
            "https://splitbrain.example/labs/quorum/?utm_source=x#n=3&w=1",
            "https://splitbrain.example/labs/quorum/?n=3&w=1",
            "https://splitbrain.example/embed/#quorum?n=3&w=1#?secret=abc",
            "quorum?n=3&w=1#?secret=abc",
            "quorum?n=3&w=1#:~:text=hello",
            "<https://splitbrain.example/embed/#quorum?n=3&w=1>.",
            "“quorum?n=3&w=1”.",
            "quorum?n=3&\r\nw=1",
            "quorum?\u{202e}n=3\u{202c}&\u{2066}w=1\u{2069}",
        ] {
            assert_eq!(found(text), (Some("quorum".into()), "n=3&w=1".into()), "{text}");
        }
        assert_eq!(found("#n=3&w=1"), (None, "n=3&w=1".into()));
        assert_eq!(found("quorum"), (Some("quorum".into()), String::new()));
        assert_eq!(found("/labs/quorum/"), (Some("quorum".into()), String::new()));
        assert_eq!(found("quorum?do=1s:crash:c."), (Some("quorum".into()), "do=1s:crash:c.".into()));
        assert!(locate("https://splitbrain.example/", &mut Vec::new()).elsewhere);
    }
}

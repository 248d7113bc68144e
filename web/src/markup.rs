//! The tree that everything a widget shows is made of: built here, printed as HTML or SVG text, compared by `diff`, patched into the page by `dom`.

use crate::number::number;
use std::borrow::Cow;

/// A piece of text or an element. Two texts never stand side by side and none is empty, so that what a parser makes
/// of the printed text has the shape of the tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Plain text; escaped when printed.
    Text(String),
    /// An element with its attributes and children.
    Element(Element),
}

/// An element. Names are static, values are always escaped: what a reader writes can't become markup.
#[derive(Clone, Debug, PartialEq)]
pub struct Element(Box<Parts>);

#[derive(Clone, Debug, PartialEq)]
struct Parts {
    tag: &'static str,
    key: Option<Cow<'static, str>>,
    attributes: Vec<(&'static str, Cow<'static, str>)>,
    children: Vec<Node>,
}

/// Events that an element may ask for, with the attribute that holds the message.
pub const EVENTS: [(&str, &str); 17] = [
    ("click", "data-on-click"),
    ("dblclick", "data-on-dblclick"),
    ("contextmenu", "data-on-contextmenu"),
    ("input", "data-on-input"),
    ("change", "data-on-change"),
    ("submit", "data-on-submit"),
    ("toggle", "data-on-toggle"),
    ("keydown", "data-on-keydown"),
    ("focusin", "data-on-focusin"),
    ("focusout", "data-on-focusout"),
    ("pointerdown", "data-on-pointerdown"),
    ("pointermove", "data-on-pointermove"),
    ("pointerup", "data-on-pointerup"),
    ("pointercancel", "data-on-pointercancel"),
    ("pointerover", "data-on-pointerover"),
    ("pointerleave", "data-on-pointerleave"),
    ("wheel", "data-on-wheel"),
];

/// Starts an element.
pub fn el(tag: &'static str) -> Element {
    assert!(tag != "script", "a script is never part of the tree");
    Element(Box::new(Parts { tag, key: None, attributes: Vec::new(), children: Vec::new() }))
}

impl Element {
    /// The identity of this element among its siblings: an element that keeps its key is moved, not made again.
    pub fn key(mut self, key: impl Into<Cow<'static, str>>) -> Self {
        self.0.key = Some(key.into());
        self
    }

    /// Sets an attribute; setting it again replaces it. An address that would run a script becomes `#`.
    pub fn attr(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        let mut value = value.into();
        if matches!(name, "href" | "src" | "action" | "formaction") && !is_harmless_address(&value) {
            value = Cow::Borrowed("#");
        }
        match self.0.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some(slot) => slot.1 = value,
            None => self.0.attributes.push((name, value)),
        }
        self
    }

    /// Sets an attribute where there is a value.
    pub fn attr_if(self, name: &'static str, value: Option<impl Into<Cow<'static, str>>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Sets a number, printed by [`number`].
    pub fn num(self, name: &'static str, value: f64) -> Self {
        self.attr(name, number(value))
    }

    /// A boolean attribute (`disabled`, `checked`, `open`, `hidden`): there when `on`.
    pub fn flag(self, name: &'static str, on: bool) -> Self {
        if on { self.attr(name, "") } else { self }
    }

    /// Adds classes to those there are.
    pub fn class(mut self, class: impl Into<Cow<'static, str>>) -> Self {
        let class = class.into();
        match self.0.attributes.iter_mut().find(|(name, _)| *name == "class") {
            _ if class.is_empty() => {}
            Some((_, value)) => {
                let all = value.to_mut();
                all.push(' ');
                all.push_str(&class);
            }
            None => self.0.attributes.push(("class", class)),
        }
        self
    }

    /// Adds a class when `on`.
    pub fn class_if(self, on: bool, class: &'static str) -> Self {
        if on { self.class(class) } else { self }
    }

    /// Asks for an event of [`EVENTS`]: the page sends `message` back with what the event carries.
    pub fn on(self, event: &str, message: impl Into<Cow<'static, str>>) -> Self {
        self.attr(event_attribute(event), message)
    }

    /// The same, with another message for each event that it or anything in it asks for.
    pub fn map_messages(mut self, other: &impl Fn(&str) -> String) -> Self {
        for (name, value) in &mut self.0.attributes {
            if name.starts_with("data-on-") {
                *value = Cow::Owned(other(value));
            }
        }
        let children = self.0.children.into_iter().map(|child| match child {
            Node::Element(element) => Node::Element(element.map_messages(other)),
            text => text,
        });
        self.0.children = children.collect();
        self
    }

    /// The same with nothing in it that can be pressed or that the keyboard stops at: for a page that has no scripts, or not yet.
    pub fn inert(mut self) -> Self {
        self.0.attributes.retain(|(name, _)| !name.starts_with("data-on-") && *name != "tabindex");
        if matches!(self.0.tag, "button" | "input" | "select") {
            self.0.attributes.retain(|(name, _)| *name != "disabled");
            self = self.flag("disabled", true);
        }
        let children = self.0.children.into_iter().map(|child| match child {
            Node::Element(element) => Node::Element(element.inert()),
            text => text,
        });
        self.0.children = children.collect();
        self
    }

    /// Adds a child: an element, a node or text.
    pub fn child(mut self, child: impl Into<Node>) -> Self {
        match (child.into(), self.0.children.last_mut()) {
            (Node::Text(text), _) if text.is_empty() => {}
            (Node::Text(text), Some(Node::Text(before))) => before.push_str(&text),
            (child, _) => self.0.children.push(child),
        }
        self
    }

    /// Adds a child where there is one.
    pub fn child_if(self, child: Option<impl Into<Node>>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    /// Adds children in order.
    pub fn children<T: Into<Node>>(self, children: impl IntoIterator<Item = T>) -> Self {
        children.into_iter().fold(self, |element, child| element.child(child))
    }

    /// The name of the element.
    pub fn tag(&self) -> &'static str {
        self.0.tag
    }

    /// Its identity among its siblings, where it has one.
    pub fn key_text(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// Its attributes in the order of setting.
    pub fn attributes(&self) -> &[(&'static str, Cow<'static, str>)] {
        &self.0.attributes
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.0.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }

    /// Its children.
    pub fn child_nodes(&self) -> &[Node] {
        &self.0.children
    }

    /// Printed as HTML text.
    pub fn to_html(&self) -> String {
        let mut out = String::new();
        print_element(self, self.0.tag == "svg", &mut out);
        out
    }
}

impl Node {
    /// Printed as HTML text.
    pub fn to_html(&self) -> String {
        match self {
            Node::Text(text) => escape(text),
            Node::Element(element) => element.to_html(),
        }
    }

    /// The element, unless it is text.
    pub fn element(&self) -> Option<&Element> {
        match self {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        }
    }

    /// All text in it, in order: what a reader without pictures gets.
    pub fn text(&self) -> String {
        match self {
            Node::Text(text) => text.clone(),
            Node::Element(element) => element.0.children.iter().map(Node::text).collect(),
        }
    }

    /// How many elements and texts there are in it, itself included.
    pub fn size(&self) -> usize {
        1 + self.element().map_or(0, |element| element.0.children.iter().map(Node::size).sum())
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Node {
        Node::Element(element)
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Node {
        Node::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Node {
        Node::Text(text)
    }
}

/// The attribute that holds the message of an event. Panics when the event is not in [`EVENTS`].
pub fn event_attribute(event: &str) -> &'static str {
    match EVENTS.iter().find(|(name, _)| *name == event) {
        Some((_, attribute)) => attribute,
        None => panic!("`{event}` is not in markup::EVENTS: add it there"),
    }
}

/// Text safe between tags and within quotes, in HTML and in XML alike.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_escaped(text, &mut out);
    out
}

fn push_escaped(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML has no way to write these, and an SVG file with one can't be opened.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                out.push('\u{fffd}')
            }
            _ => out.push(letter),
        }
    }
}

/// Elements that HTML writes without an end tag.
const VOID: [&str; 8] = ["br", "col", "hr", "img", "input", "link", "meta", "wbr"];

fn print_element(element: &Element, within_svg: bool, out: &mut String) {
    assert!(
        within_svg || element.0.tag != "style",
        "HTML does not unescape a style element: link a stylesheet"
    );
    out.push('<');
    out.push_str(element.0.tag);
    for (name, value) in &element.0.attributes {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        push_escaped(value, out);
        out.push('"');
    }
    if within_svg && element.0.children.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    if !within_svg && VOID.contains(&element.0.tag) {
        assert!(element.0.children.is_empty(), "<{}> has no children", element.0.tag);
        return;
    }
    // HTML drops the first line break in these.
    if let ("pre" | "textarea", Some(Node::Text(text))) = (element.0.tag, element.0.children.first())
        && text.starts_with('\n')
    {
        out.push('\n');
    }
    for child in &element.0.children {
        match child {
            Node::Text(text) => push_escaped(text, out),
            Node::Element(inner) => print_element(inner, within_svg || inner.0.tag == "svg", out),
        }
    }
    out.push_str("</");
    out.push_str(element.0.tag);
    out.push('>');
}

/// Whether following an address can't run a script: it is relative, or its scheme is one of the harmless few.
/// Browsers skip spaces and control characters in a scheme, so this does too.
fn is_harmless_address(address: &str) -> bool {
    let bare: String = address.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let Some((scheme, rest)) = bare.split_once(':') else { return true };
    if scheme.contains(['/', '?', '#']) {
        return true;
    }
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" | "mailto" | "blob" => true,
        // An SVG in an <a href> can run scripts; a PNG can't.
        "data" => ["image/png", "text/plain", "text/csv", "application/json"]
            .iter()
            .any(|kind| rest.starts_with(kind)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_html_and_svg() {
        let page = el("p")
            .class("note")
            .class_if(true, "lit")
            .on("click", "open:a&b")
            .child("1 < 2 ")
            .child("\"quoted\"")
            .child(el("br"))
            .child(el("svg").child(el("path").attr("d", "M0 0")))
            .child(el("input").flag("disabled", true).flag("checked", false));
        assert_eq!(
            page.to_html(),
            "<p class=\"note lit\" data-on-click=\"open:a&amp;b\">1 &lt; 2 &quot;quoted&quot;<br><svg><path d=\"M0 0\"/></svg><input disabled=\"\"></p>"
        );
    }

    #[test]
    fn nothing_is_injected() {
        let nasty = "\"><script>alert(1)</script>\0";
        let html = el("div").attr("title", nasty).child(nasty).to_html();
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains('\0'));
        for address in ["javascript:alert(1)", " java\nscript:alert(1)", "DATA:text/html,x", "vbscript:x"] {
            assert_eq!(el("a").attr("href", address).attribute("href"), Some("#"), "{address}");
        }
        for address in ["/labs/quorum/#n=3&do=1s:cut:n1-n2", "#a:b", "https://example.org", "?q=a:b"] {
            assert_eq!(el("a").attr("href", address).attribute("href"), Some(address));
        }
    }

    #[test]
    fn texts_merge_and_empty_ones_vanish() {
        let p = el("p").child("").child("a").child("b").child("");
        assert_eq!(p.child_nodes(), [Node::Text("ab".into())]);
    }
}

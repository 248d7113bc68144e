//! What tells of a run and does nothing in it: captions as links write them, and what is pointed at.

use super::{Argument, Asks, MessageKind};
use crate::cast::{Cast, Group, Name, NodeId};
use crate::unseen::visible;

/// A caption of at most 120 characters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Caption(pub String);

impl Caption {
    /// The most characters that a caption may have.
    pub const MAX_CHARS: usize = 120;
}

impl Argument for Caption {
    const ASKS: Asks = Asks::Text("Look");

    fn read(text: &str) -> Result<Self, String> {
        let said = unescape(text)
            .ok_or("the caption has a broken escape: write spaces as _, and other signs as - and two hexadecimal digits, a comma as -2C")?;
        // What is unseen goes as it does where it stands in a link as it is; a line of its own is refused.
        let (lines, said) = (said.chars().any(char::is_control), visible(&said));
        if said.trim().is_empty() {
            return Err("the caption is empty".into());
        }
        match said.chars().count() <= Caption::MAX_CHARS && !lines {
            true => Ok(Caption(said)),
            false => Err(format!("a caption is at most {} characters on one line", Caption::MAX_CHARS)),
        }
    }
    fn print(&self) -> String {
        escape(&self.0)
    }
    fn tell(&self) -> String {
        self.0.clone()
    }
    fn encode(written: &str) -> String {
        escape(written)
    }
}

/// What a narrated run points at.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Pointed {
    /// Nodes.
    Nodes(Group),
    /// The link between two nodes.
    Link(Name, Name),
    /// The messages under way from one node to another: by what they are, not by a record's number, which another run gives to something else.
    Messages {
        /// From.
        from: Name,
        /// To.
        to: Name,
        /// Of this kind.
        kind: MessageKind,
    },
}

impl Argument for Pointed {
    const ASKS: Asks = Asks::Nodes;

    fn read(text: &str) -> Result<Self, String> {
        match text.split_once('-') {
            Some((a, rest)) => match rest.split_once(':') {
                Some((b, kind)) => {
                    let (from, to) = (a.parse()?, b.parse()?);
                    Ok(Pointed::Messages { from, to, kind: MessageKind::read(kind)? })
                }
                None => Ok(Pointed::Link(a.parse()?, rest.parse()?)),
            },
            None => text.parse().map(Pointed::Nodes),
        }
    }
    fn print(&self) -> String {
        match self {
            Pointed::Nodes(nodes) => nodes.print(),
            Pointed::Link(a, b) => format!("{a}-{b}"),
            Pointed::Messages { from, to, kind } => format!("{from}-{to}:{}", kind.print()),
        }
    }
    fn tell(&self) -> String {
        match self {
            Pointed::Nodes(nodes) => nodes.tell(),
            Pointed::Link(a, b) => format!("the link between {a} and {b}"),
            Pointed::Messages { from, to, kind } => format!("every {} from {from} to {to}", kind.tell()),
        }
    }
    fn encode(written: &str) -> String {
        Group::encode(written)
    }
    fn stranger(&self, cast: &Cast) -> Option<Name> {
        match self {
            Pointed::Nodes(nodes) => nodes.stranger(cast),
            Pointed::Link(a, b) | Pointed::Messages { from: a, to: b, .. } => {
                a.stranger(cast).or_else(|| b.stranger(cast))
            }
        }
    }
    fn nodes(&self, cast: &Cast) -> Vec<NodeId> {
        match self {
            Pointed::Nodes(nodes) => nodes.nodes(cast),
            Pointed::Messages { from, .. } => from.nodes(cast),
            Pointed::Link(..) => Vec::new(),
        }
    }
    fn message_kind(&self) -> Option<&str> {
        match self {
            Pointed::Messages { kind, .. } => kind.message_kind(),
            Pointed::Nodes(_) | Pointed::Link(..) => None,
        }
    }
}

/// A space between words becomes `_`; letters, digits and dots between them stay; every other byte becomes `-XX`, its hexadecimal digits. A `%`
/// would not do: programs that links pass through add and take away %-escapes as they please.
fn escape(text: &str) -> String {
    let mut out = String::new();
    let bytes = text.as_bytes();
    for (i, byte) in bytes.iter().enumerate() {
        let inside = i > 0 && i + 1 < bytes.len();
        match byte {
            b' ' if inside => out.push('_'),
            b'.' if inside => out.push('.'),
            b if b.is_ascii_alphanumeric() => out.push(char::from(*b)),
            b => out.push_str(&format!("-{b:02X}")),
        }
    }
    out
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'_' => bytes.push(b' '),
            b'-' => {
                let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                bytes.push((high * 16 + low) as u8);
            }
            b => bytes.push(b),
        }
    }
    String::from_utf8(bytes).ok()
}

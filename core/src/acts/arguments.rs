//! The arguments of acts: each is read from a link, printed back, told to people, and asked for by a form.

use super::{Asks, Lots};
use crate::cast::{Cast, Group, Name, NodeId, Part, Sort};
use crate::params::shown;
use crate::time::{DurationUs, parse_duration_us};

/// An argument of an act.
pub trait Argument: Sized {
    /// What a form asks for.
    const ASKS: Asks;

    /// Reads it, or says what would be right.
    fn read(text: &str) -> Result<Self, String>;
    /// Prints it as [`Argument::read`] takes it.
    fn print(&self) -> String;
    /// In words.
    fn tell(&self) -> String {
        self.print()
    }
    /// What people write in a form, as [`Argument::read`] takes it.
    fn encode(written: &str) -> String {
        written.to_owned()
    }
    /// The first node named that does not take part.
    fn stranger(&self, _cast: &Cast) -> Option<Name> {
        None
    }
    /// The nodes named, as far as something is done to them.
    fn nodes(&self, _cast: &Cast) -> Vec<NodeId> {
        Vec::new()
    }
    /// Whether it names nodes of a sort.
    fn touches(&self, _sort: Sort) -> bool {
        false
    }
    /// The kind of message named.
    fn message_kind(&self) -> Option<&str> {
        None
    }
    /// One by lot; none where it is not for lots to decide, or there is none.
    fn draw(_lots: &mut Lots<'_>) -> Option<Self> {
        None
    }
}

impl Argument for Group {
    const ASKS: Asks = Asks::Nodes;

    fn draw(lots: &mut Lots<'_>) -> Option<Self> {
        lots.nodes()
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse()
    }
    fn print(&self) -> String {
        self.to_string()
    }
    fn tell(&self) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::One(name) => name.to_string(),
            Part::All(Sort::Server) => "all servers".into(),
            Part::All(Sort::Coordinator) => "all coordinators".into(),
            Part::All(Sort::Client) => "all clients".into(),
        });
        parts.collect::<Vec<_>>().join(", ")
    }
    /// Names with commas or spaces between them, as people write several; all of a sort keep their dot.
    fn encode(written: &str) -> String {
        let parts = written.split([',', ' ', '.']).filter(|part| !part.is_empty());
        let mut text = String::new();
        for part in parts {
            if !text.is_empty() && !text.ends_with('.') {
                text.push('.');
            }
            text.push_str(part);
            if part.len() == 1 {
                text.push('.');
            }
        }
        text
    }
    fn stranger(&self, cast: &Cast) -> Option<Name> {
        cast.members(self).err()
    }
    fn nodes(&self, cast: &Cast) -> Vec<NodeId> {
        cast.members(self).unwrap_or_default()
    }
    fn touches(&self, sort: Sort) -> bool {
        self.0.iter().any(|part| part.sort() == sort)
    }
}

impl Argument for Name {
    const ASKS: Asks = Asks::Node;

    fn draw(lots: &mut Lots<'_>) -> Option<Self> {
        lots.node()
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse()
    }
    fn print(&self) -> String {
        self.to_string()
    }
    fn stranger(&self, cast: &Cast) -> Option<Name> {
        cast.find(*self).is_none().then_some(*self)
    }
    fn nodes(&self, cast: &Cast) -> Vec<NodeId> {
        cast.find(*self).into_iter().collect()
    }
    fn touches(&self, sort: Sort) -> bool {
        self.sort == sort
    }
}

/// Which cuts a `heal` ends: all of them, or those between two groups.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Healed(pub Option<(Group, Group)>);

impl Argument for Healed {
    const ASKS: Asks = Asks::Nothing;

    fn draw(_: &mut Lots<'_>) -> Option<Self> {
        Some(Healed(None))
    }

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Healed(None));
        }
        let (a, b) = text.split_once('-').ok_or("write heal for all cuts, or heal:n1-n2 for one")?;
        Ok(Healed(Some((a.parse()?, b.parse()?))))
    }
    fn print(&self) -> String {
        self.0.as_ref().map(|(a, b)| format!("{a}-{b}")).unwrap_or_default()
    }
    fn tell(&self) -> String {
        match &self.0 {
            None => "all cuts".into(),
            Some((a, b)) => format!("the cut between {} and {}", a.tell(), b.tell()),
        }
    }
    fn stranger(&self, cast: &Cast) -> Option<Name> {
        self.0.as_ref().and_then(|(a, b)| a.stranger(cast).or_else(|| b.stranger(cast)))
    }
    fn nodes(&self, cast: &Cast) -> Vec<NodeId> {
        self.0.as_ref().map(|(a, b)| [a.nodes(cast), b.nodes(cast)].concat()).unwrap_or_default()
    }
}

/// Declares an argument that is a number within limits.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident($type:ty) $min:literal ..= $max:literal, such as $such:literal $([$draw:expr])?, $tell:expr, $right:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name(pub $type);
        impl Argument for $name {
            const ASKS: Asks = Asks::Text($such);

            fn read(text: &str) -> Result<Self, String> {
                match text.parse::<$type>() {
                    Ok(n) if ($min..=$max).contains(&n) => Ok($name(n)),
                    _ => Err(format!("{} is not {}", shown(text), $right)),
                }
            }
            fn print(&self) -> String {
                self.0.to_string()
            }
            fn tell(&self) -> String {
                ($tell)(self.0)
            }
            $(fn draw(lots: &mut Lots<'_>) -> Option<Self> {
                let draw: fn(&mut Lots<'_>) -> $type = $draw;
                Some($name(draw(lots)))
            })?
        }
    };
}

number! {
    /// How many times as slow.
    Factor(u32) 1..=1000, such as "8" [|lots| lots.up_to(100) as u32], |n: u32| n.to_string(), "a whole number from 1 to 1000"
}
number! {
    /// The how-manieth.
    Nth(u32) 1..=1000, such as "2" [|lots| lots.up_to(10) as u32], ordinal, "a whole number from 1 to 1000"
}
number! {
    /// A clock's rate beside true time.
    PartsPerMillion(i32) -500000..=500000, such as "200" [|lots| [-1, 1][lots.below(2) as usize] * lots.up_to(500_000) as i32], |n| format!("{n} ppm"), "a whole number of parts per million from -500000 to 500000"
}
number! {
    /// A seed.
    Seed(u32) 0..=4294967295, such as "2", |n: u32| n.to_string(), "a whole number from 0 to 4294967295"
}

/// "1st", "2nd", "3rd", "4th", … "11th".
fn ordinal(n: u32) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// A span of true time, in µs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Time(pub u64);

impl Argument for Time {
    const ASKS: Asks = Asks::Text("200ms");

    fn draw(lots: &mut Lots<'_>) -> Option<Self> {
        Some(Time(lots.span_us()))
    }

    fn read(text: &str) -> Result<Self, String> {
        parse_duration_us(text).map(Time)
    }
    fn print(&self) -> String {
        DurationUs(self.0).to_string()
    }
}

/// By how much a clock jumps, in µs, forwards or backwards.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Jump(pub i64);

impl Jump {
    /// The furthest jump either way: a day.
    pub const MAX_US: i64 = 86_400_000_000;
}

impl Argument for Jump {
    const ASKS: Asks = Asks::Text("-250ms");

    fn draw(lots: &mut Lots<'_>) -> Option<Self> {
        Some(Jump([-1, 1][lots.below(2) as usize] * lots.span_us() as i64))
    }

    fn read(text: &str) -> Result<Self, String> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        match i64::try_from(parse_duration_us(digits)?) {
            Ok(us) if us <= Jump::MAX_US => Ok(Jump(sign * us)),
            _ => Err("a clock jumps by a day at the most".into()),
        }
    }
    fn print(&self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}", DurationUs(self.0.unsigned_abs()))
    }
    fn tell(&self) -> String {
        let way = if self.0 < 0 { "back" } else { "forward" };
        format!("{way} by {}", DurationUs(self.0.unsigned_abs()))
    }
}

/// A kind of message by its word, or any.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MessageKind(pub Option<String>);

impl Argument for MessageKind {
    const ASKS: Asks = Asks::Kind;

    fn draw(lots: &mut Lots<'_>) -> Option<Self> {
        let place = lots.below(lots.kinds.len() as u64 + 1) as usize;
        Some(MessageKind(lots.kinds.get(place).map(|word| (*word).to_owned())))
    }

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "" | "any" => Ok(MessageKind(None)),
            word if plain(word, 40) => Ok(MessageKind(Some(word.into()))),
            word => Err(format!("{} is not a kind of message", shown(word))),
        }
    }
    fn print(&self) -> String {
        self.0.clone().unwrap_or_else(|| "any".into())
    }
    fn tell(&self) -> String {
        self.0.clone().unwrap_or_else(|| "message".into())
    }
    fn message_kind(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// A request in the lab's own words, such as `put.x.3`; the lab checks it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Request(pub String);

impl Argument for Request {
    const ASKS: Asks = Asks::Request;

    fn draw(lots: &mut Lots<'_>) -> Option<Self> {
        let place = lots.below(lots.requests.len().max(1) as u64) as usize;
        let words = lots.requests.get(place)?.split('.');
        let words = words.map(|word| match (word.parse::<u32>(), word.parse::<Name>()) {
            (Ok(_), _) => (1 + lots.below(99)).to_string(),
            (_, Ok(name)) => lots.like(name).to_string(),
            _ => word.to_owned(),
        });
        Some(Request(words.collect::<Vec<_>>().join(".")))
    }

    fn read(text: &str) -> Result<Self, String> {
        if plain(text, 60) {
            Ok(Request(text.into()))
        } else {
            Err(format!(
                "{} is not a request: requests are words joined by dots, such as put.x.3",
                shown(text)
            ))
        }
    }
    fn print(&self) -> String {
        self.0.clone()
    }
    fn tell(&self) -> String {
        self.0.replace('.', " ")
    }
    fn encode(written: &str) -> String {
        written.replace(' ', ".")
    }
}

fn plain(text: &str, most: usize) -> bool {
    !text.is_empty()
        && text.len() <= most
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_' || b == b'.')
        && !text.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_have_their_endings() {
        let told = [1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal);
        assert_eq!(told, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]);
    }

    #[test]
    fn what_people_write_becomes_what_links_write() {
        for (written, right) in [("n2, n3", "n2.n3"), ("c.", "c."), ("n1 c.", "n1.c."), ("c., n1", "c.n1")] {
            assert_eq!(Group::encode(written), right);
            assert!(Group::read(right).is_ok(), "{right}");
        }
        assert_eq!(Request::encode("put x 3"), "put.x.3");
    }
}

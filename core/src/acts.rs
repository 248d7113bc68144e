//! Everything that can be done to a system: each act's word, arguments and sentence, in one table.

mod narration;

pub use narration::{Caption, Pointed};

use crate::cast::{Cast, Group, Name};
use crate::params::shown;
use crate::time::{DurationUs, parse_duration_us};
use std::fmt;
use std::str::FromStr;

/// An argument of an act: read from a link, printed back, and told to people.
pub trait Argument: Sized {
    /// Reads it, or says what would be right.
    fn read(text: &str) -> Result<Self, String>;
    /// Prints it as [`Argument::read`] takes it.
    fn print(&self) -> String;
    /// In words.
    fn tell(&self) -> String {
        self.print()
    }
    /// The first node named that does not take part.
    fn stranger(&self, _cast: &Cast) -> Option<Name> {
        None
    }
}

/// Declares the acts: one row each.
macro_rules! acts {
    ($($(#[$doc:meta])* $word:literal $variant:ident { $($field:ident: $type:ty $(, $sep:literal)?;)* } $sentence:literal)+) => {
        /// Something done to the system at a moment of the script.
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub enum Act { $($(#[$doc])* $variant { $(#[doc = "See the act."] $field: $type,)* },)+ }

        /// The words that acts begin with, in the order of the table.
        pub const WORDS: &[&str] = &[$($word),+];

        impl Act {
            /// The act's word in links.
            pub fn word(&self) -> &'static str {
                match self { $(Act::$variant { .. } => $word,)+ }
            }

            /// The act as a sentence without its full stop: "cut n1 off from n2, n3".
            pub fn sentence(&self) -> String {
                match self { $(Act::$variant { $($field),* } => { format!($sentence, $($field = $field.tell()),*) })+ }
            }

            /// The first node named that does not take part.
            pub fn stranger(&self, cast: &Cast) -> Option<Name> {
                match self { $(Act::$variant { $($field),* } => { let _ = cast; None$(.or_else(|| $field.stranger(cast)))* })+ }
            }
        }

        impl fmt::Display for Act {
            #[allow(unused_assignments, unused_mut, unused_variables)]
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Act::$variant { $($field),* } => {
                    f.write_str($word)?;
                    let mut before = ":";
                    $(
                        let text = $field.print();
                        if !text.is_empty() { write!(f, "{before}{text}")?; }
                        $(before = $sep;)?
                    )*
                    Ok(())
                })+ }
            }
        }

        impl FromStr for Act {
            type Err = String;

            #[allow(unused_assignments, unused_mut, unused_variables)]
            fn from_str(text: &str) -> Result<Act, String> {
                let (word, rest) = text.split_once(':').unwrap_or((text, ""));
                match word {
                    $($word => {
                        let mut rest = Some(rest);
                        $(
                            let piece = rest.ok_or_else(|| format!("‘{word}’ lacks its {}", stringify!($field)))?;
                            let mut next: Option<&str> = None;
                            let mut mine = piece;
                            $(if let Some((head, tail)) = piece.split_once($sep) { mine = head; next = Some(tail); })?
                            rest = next;
                            let $field = <$type as Argument>::read(mine).map_err(|why| format!("‘{word}’: {why}"))?;
                        )*
                        Ok(Act::$variant { $($field),* })
                    })+
                    _ => Err(format!("{} is not something that can be done; the acts are {}", shown(word), WORDS.join(", "))),
                }
            }
        }
    };
}

acts! {
    /// No message passes between the groups, in either direction; what is sent while it lasts and what would arrive while it lasts dies.
    "cut" Cut { a: Group, "-"; b: Group; } "cut {a} off from {b}"
    /// No message passes from the first group to the second.
    "cut1" CutOneWay { a: Group, "-"; b: Group; } "cut the way from {a} to {b}"
    /// Ends all cuts, or those between two groups.
    "heal" Heal { which: Healed; } "heal {which}"
    /// Volatile state goes, the disk stays; what arrives while it is down dies.
    "crash" Crash { node: Group; } "crash {node}"
    /// Boots a crashed node from its disk.
    "start" Start { node: Group; } "start {node}"
    /// A crash that takes the disk too.
    "wipe" Wipe { node: Group; } "wipe {node}: its disk is gone too"
    /// Inputs and due timers wait, and are given in order at its end; the clock runs on.
    "pause" Pause { node: Group, ":"; time: Time; } "pause {node} for {time}"
    /// Multiplies the node's work per input, or the delay of its messages where work is nothing; 1 ends it.
    "slow" Slow { node: Group, ":"; factor: Factor; } "make {node} {factor} times as slow"
    /// The next message from the first to the second (of that kind) dies.
    "drop" Drop { from: Name, "-"; to: Name, ":"; kind: MessageKind; } "drop the next {kind} from {from} to {to}"
    /// The next message from the first to the second (of that kind) comes twice.
    "dup" Dup { from: Name, "-"; to: Name, ":"; kind: MessageKind; } "deliver the next {kind} from {from} to {to} twice"
    /// The node's clock jumps.
    "clock" Clock { node: Group, ":"; by: Jump; } "set the clock of {node} {by}"
    /// The node's clock runs fast (or slow, below zero) from now on.
    "drift" Drift { node: Group, ":"; rate: PartsPerMillion; } "let the clock of {node} drift by {rate}"
    /// A request of the lab's own to a node.
    "ask" Ask { node: Group, ":"; request: Request; } "ask {node}: {request}"
    /// Other luck from here on, and the same before.
    "reseed" Reseed { seed: Seed; } "change the luck to {seed}"
    /// A caption.
    "say" Say { text: Caption; } "say “{text}”"
    /// Highlights nodes, the link between two, or the messages (of a kind) that are under way on it in one direction.
    "point" Point { at: Pointed; } "point at {at}"
    /// A stop of a narrated run.
    "stop" Stop {} "stop here"
}

impl Act {
    /// Whether it only tells of the run (a caption, a pointer, a stop) and does nothing in it.
    pub fn is_narration(&self) -> bool {
        matches!(self, Act::Say { .. } | Act::Point { .. } | Act::Stop {})
    }

    /// What is wrong with a cut that would part nobody: a side of it is empty, or some node stands on both.
    pub fn cut_problem(&self, cast: &Cast) -> Option<String> {
        let (Act::Cut { a, b } | Act::CutOneWay { a, b }) = self else { return None };
        let (ours, theirs) = (cast.members(a).ok()?, cast.members(b).ok()?);
        for (group, members) in [(a, &ours), (b, &theirs)] {
            if members.is_empty() {
                return Some(format!(
                    "there is nobody in {group} here, and a cut parts some nodes from others"
                ));
            }
        }
        let both = ours.into_iter().find(|node| theirs.contains(node))?;
        Some(format!(
            "{} is on both sides of the cut, and no node can be cut off from itself",
            cast.name(both)
        ))
    }

    /// The kind of message that it names, if it names one.
    pub fn message_kind(&self) -> Option<&str> {
        match self {
            Act::Drop { kind, .. } | Act::Dup { kind, .. } => kind.0.as_deref(),
            Act::Point { at: Pointed::Messages { kind, .. } } => kind.0.as_deref(),
            _ => None,
        }
    }
}

impl Argument for Group {
    fn read(text: &str) -> Result<Self, String> {
        text.parse()
    }
    fn print(&self) -> String {
        self.to_string()
    }
    fn tell(&self) -> String {
        use crate::cast::Part;
        let parts = self.0.iter().map(|part| match part {
            Part::One(name) => name.to_string(),
            Part::All(crate::cast::Sort::Server) => "all servers".into(),
            Part::All(crate::cast::Sort::Coordinator) => "all coordinators".into(),
            Part::All(crate::cast::Sort::Client) => "all clients".into(),
        });
        parts.collect::<Vec<_>>().join(", ")
    }
    fn stranger(&self, cast: &Cast) -> Option<Name> {
        cast.members(self).err()
    }
}

impl Argument for Name {
    fn read(text: &str) -> Result<Self, String> {
        text.parse()
    }
    fn print(&self) -> String {
        self.to_string()
    }
    fn stranger(&self, cast: &Cast) -> Option<Name> {
        cast.find(*self).is_none().then_some(*self)
    }
}

/// Which cuts a `heal` ends: all of them, or those between two groups.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Healed(pub Option<(Group, Group)>);

impl Argument for Healed {
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
}

/// Declares an argument that is a number within limits.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident($type:ty) $min:literal ..= $max:literal, $tell:literal, $right:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name(pub $type);
        impl Argument for $name {
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
                format!($tell, self.0)
            }
        }
    };
}

number! {
    /// How many times as slow.
    Factor(u32) 1..=1000, "{}", "a whole number from 1 to 1000"
}
number! {
    /// A clock's rate beside true time.
    PartsPerMillion(i32) -500000..=500000, "{} ppm", "a whole number of parts per million from -500000 to 500000"
}
number! {
    /// A seed.
    Seed(u32) 0..=4294967295, "{}", "a whole number from 0 to 4294967295"
}

/// A span of true time, in µs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Time(pub u64);

impl Argument for Time {
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
}

/// A request in the lab's own words, such as `put.x.3`; the lab checks it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Request(pub String);

impl Argument for Request {
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
    fn acts_print_as_they_are_read() {
        for text in [
            "cut:n1-n2.n3",
            "cut1:c.-n1",
            "heal",
            "heal:n1-n2",
            "crash:n1",
            "start:n1",
            "wipe:n1",
            "pause:n1:200ms",
            "slow:n1:8",
            "drop:n1-n2:any",
            "dup:n1-c1:put",
            "clock:n1:-250ms",
            "drift:n1:-200",
            "ask:c1:put.x.3",
            "reseed:5",
            "say:Now_n1-2C_alone-21",
            "point:n1",
            "point:n1-n2",
            "point:c1-n1:put",
            "stop",
        ] {
            let act: Act = text.parse().unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(act.to_string(), text);
            assert!(!act.sentence().is_empty());
        }
    }

    #[test]
    fn a_cut_has_two_sides_with_somebody_on_each() {
        let cast = Cast { servers: 3, coordinators: 0, clients: 2 };
        let wrong = |text: &str| text.parse::<Act>().unwrap().cut_problem(&cast);
        for text in ["cut:n1-n2.n3", "cut1:n1-n2", "cut:c.-n.", "heal:n1-n1", "crash:n1"] {
            assert_eq!(wrong(text), None, "{text}");
        }
        for (text, words) in [
            ("cut:n1-n1", "n1 is on both sides"),
            ("cut:n1.n2-n2.n3", "n2 is on both sides"),
            ("cut1:n.-n3", "n3 is on both sides"),
            ("cut:k.-n1", "there is nobody in k."),
            ("cut:n1-k.", "there is nobody in k."),
        ] {
            assert!(wrong(text).is_some_and(|said| said.contains(words)), "{text}: {:?}", wrong(text));
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, why) in [
            ("explode:n1", "‘explode’ is not something that can be done"),
            ("cut:n1", "‘cut’ lacks its b"),
            ("pause:n1:fast", "‘pause’"),
            ("slow:n1:0", "‘0’ is not a whole number from 1 to 1000"),
            ("say:-zz", "broken escape"),
            ("crash:x9", "‘x9’ is not a node"),
        ] {
            let said = text.parse::<Act>().unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}

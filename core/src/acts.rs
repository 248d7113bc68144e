//! Everything that can be done to a system: each act's word, arguments, sentence and form, in one table.

mod arguments;
mod form;
mod lots;
mod narration;

pub use arguments::{Argument, Factor, Healed, Jump, MessageKind, Nth, PartsPerMillion, Request, Seed, Time};
pub use form::{Asks, Field, Form, Leaves, Nature, Place};
pub use lots::Lots;
pub use narration::{Caption, Pointed};

use crate::cast::{Cast, Group, Name, NodeId, Sort};
use crate::params::shown;
use std::fmt;
use std::str::FromStr;

macro_rules! leaves {
    () => {
        None
    };
    ($leaves:ident) => {
        Some(Leaves::$leaves)
    };
}

/// Declares the acts: one row each. A row has the act's word in links; its arguments, each with what a form calls it and the sign that parts it
/// from the next; its sentence; what a form calls it; what sort of thing it is; what it is done to, and by which argument it is drawn at a node;
/// and what it leaves, until something mends that.
macro_rules! acts {
    ($($(#[$doc:meta])* $word:literal $variant:ident { $($field:ident: $type:ty = $asks:literal $(, $sep:literal)?;)* } $sentence:literal,
        $label:literal: $nature:ident, $place:ident $(($at:ident))? $(, leaves $leaves:ident)?;)+) => {
        /// Something done to the system at a moment of the script.
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub enum Act { $($(#[$doc])* $variant { $(#[doc = "See the act."] $field: $type,)* },)+ }

        /// How each act is asked for, in the order of the table.
        pub static FORMS: &[Form] = &[$(Form {
            word: $word,
            label: $label,
            nature: Nature::$nature,
            place: Place::$place,
            leaves: leaves!($($leaves)?),
            fields: &[$(Field {
                label: $asks,
                then: concat!("" $(, $sep)?),
                asks: <$type as Argument>::ASKS,
                encode: <$type as Argument>::encode,
            }),*],
        }),+];

        impl Act {
            /// The act's word in links.
            pub fn word(&self) -> &'static str {
                match self { $(Act::$variant { .. } => $word,)+ }
            }

            /// The act as a sentence without its full stop: "cut n1 off from n2, n3".
            pub fn sentence(&self) -> String {
                match self { $(Act::$variant { $($field),* } => { format!($sentence, $($field = $field.tell()),*) })+ }
            }

            /// What sort of thing it is.
            pub fn nature(&self) -> Nature {
                match self { $(Act::$variant { .. } => Nature::$nature,)+ }
            }

            /// What it leaves, if anything.
            pub fn leaves(&self) -> Option<Leaves> {
                match self { $(Act::$variant { .. } => leaves!($($leaves)?),)+ }
            }

            /// The first node named that does not take part.
            pub fn stranger(&self, cast: &Cast) -> Option<Name> {
                match self { $(Act::$variant { $($field),* } => { let _ = cast; None$(.or_else(|| $field.stranger(cast)))* })+ }
            }

            /// The nodes that it is done to.
            pub fn nodes(&self, cast: &Cast) -> Vec<NodeId> {
                let of: Vec<Vec<NodeId>> = match self { $(Act::$variant { $($field),* } => vec![$($field.nodes(cast)),*],)+ };
                of.concat()
            }

            /// Whether it is done to nodes of a sort.
            pub fn touches(&self, sort: Sort) -> bool {
                let _ = sort;
                match self { $(Act::$variant { $($field),* } => { false$(|| $field.touches(sort))* })+ }
            }

            /// The node at which it is drawn, if it is at one.
            pub fn drawn_at(&self, cast: &Cast) -> Option<NodeId> {
                let _ = cast;
                match self { $(Act::$variant { $($field),* } => {
                    $(let _ = $field;)*
                    None$(.or_else(|| $at.nodes(cast).first().copied()))?
                })+ }
            }

            /// The kind of message that it names, if it names one.
            pub fn message_kind(&self) -> Option<&str> {
                match self { $(Act::$variant { $($field),* } => { None$(.or_else(|| $field.message_kind()))* })+ }
            }

            /// An act of the row of that word, by lot.
            fn drawn(word: &str, lots: &mut Lots<'_>) -> Option<Act> {
                match word {
                    $($word => Some(Act::$variant { $($field: <$type as Argument>::draw(lots)?),* }),)+
                    _ => None,
                }
            }

            /// An act of each row, whatever its arguments are.
            #[cfg(test)]
            pub(crate) fn any_of_each(lab: &'static dyn crate::lab::Lab) -> Vec<proptest::strategy::BoxedStrategy<Act>> {
                use crate::anything::AnyArgument;
                use proptest::prelude::*;
                vec![$((Just(()), $(<$type as AnyArgument>::any(lab),)*).prop_map(|((), $($field,)*)| Act::$variant { $($field),* }).boxed()),+]
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
                            let piece = rest.ok_or_else(|| lacks(word, $asks))?;
                            let mut next: Option<&str> = None;
                            let mut mine = piece;
                            $(if let Some((head, tail)) = piece.split_once($sep) { mine = head; next = Some(tail); })?
                            rest = next;
                            let $field = <$type as Argument>::read(mine).map_err(|why| format!("‘{word}’: {why}"))?;
                        )*
                        Ok(Act::$variant { $($field),* })
                    })+
                    _ => {
                        let known: Vec<&str> = FORMS.iter().map(|form| form.word).collect();
                        Err(format!("{} is not something that can be done; the acts are {}", shown(word), known.join(", ")))
                    }
                }
            }
        }
    };
}

acts! {
    /// No message passes between the groups, in either direction; what is sent while it lasts and what would arrive while it lasts dies.
    "cut" Cut { a: Group = "from", "-"; b: Group = "off from"; } "cut {a} off from {b}",
        "Cut": Fault, Way, leaves Cut;
    /// No message passes from the first group to the second.
    "cut1" CutOneWay { a: Group = "from", "-"; b: Group = "to"; } "cut the way from {a} to {b}",
        "Cut one way": Fault, Way, leaves Cut;
    /// Ends all cuts, or those between two groups.
    "heal" Heal { which: Healed = "which"; } "heal {which}",
        "Heal all cuts": Fault, Nobody;
    /// Volatile state goes, the disk stays; what arrives while it is down dies.
    "crash" Crash { node: Group = "node"; } "crash {node}",
        "Crash": Fault, Node(node), leaves Down;
    /// Boots a crashed node from its disk.
    "start" Start { node: Group = "node"; } "start {node}",
        "Start": Fault, Node(node);
    /// A crash that takes the disk too.
    "wipe" Wipe { node: Group = "node"; } "wipe {node}: its disk is gone too",
        "Wipe the disk of": Fault, Node(node), leaves Down;
    /// The node goes down right after it has sent so many more messages (of that kind): a sender that dies in mid-broadcast. What else it was
    /// about to do in that step does not happen.
    "fail" Fail { node: Name = "node", ":"; kind: MessageKind = "after sending", ":"; nth: Nth = "so many"; }
        "crash {node} right after the {nth} {kind} that it sends from now on",
        "Crash in mid-send": Fault, Node(node), leaves DownLater;
    /// Inputs and due timers wait, and are given in order at its end; the clock runs on.
    "pause" Pause { node: Group = "node", ":"; time: Time = "for"; } "pause {node} for {time}",
        "Pause": Fault, Node(node), leaves Paused;
    /// Multiplies the node's work per input, or the delay of its messages where work is nothing; 1 ends it.
    "slow" Slow { node: Group = "node", ":"; factor: Factor = "times as slow"; } "make {node} {factor} times as slow",
        "Slow down": Fault, Node(node), leaves Slow;
    /// The next message from the first to the second (of that kind) dies.
    "drop" Drop { from: Name = "from", "-"; to: Name = "to", ":"; kind: MessageKind = "kind"; } "drop the next {kind} from {from} to {to}",
        "Drop the next message": Fault, Way(from);
    /// The next message from the first to the second (of that kind) comes twice.
    "dup" Dup { from: Name = "from", "-"; to: Name = "to", ":"; kind: MessageKind = "kind"; } "deliver the next {kind} from {from} to {to} twice",
        "Deliver the next message twice": Fault, Way(from);
    /// The node's clock jumps.
    "clock" Clock { node: Group = "of", ":"; by: Jump = "by"; } "set the clock of {node} {by}",
        "Set the clock": Fault, Node(node);
    /// The node's clock runs fast (or slow, below zero) from now on.
    "drift" Drift { node: Group = "of", ":"; rate: PartsPerMillion = "ppm"; } "let the clock of {node} drift by {rate}",
        "Let the clock drift": Fault, Node(node);
    /// A request of the lab's own to a node.
    "ask" Ask { node: Group = "node", ":"; request: Request = "request"; } "ask {node}: {request}",
        "Ask": Request, Node(node);
    /// Other luck from here on, and the same before.
    "reseed" Reseed { seed: Seed = "seed"; } "change the luck to {seed}",
        "Change the luck": Luck, Nobody;
    /// A caption.
    "say" Say { text: Caption = "words"; } "say “{text}”",
        "Say": Narration, Nobody;
    /// Highlights nodes, the link between two, or the messages (of a kind) that are under way on it in one direction.
    "point" Point { at: Pointed = "node, link or message"; } "point at {at}",
        "Point at": Narration, Nobody(at);
    /// A stop of a narrated run.
    "stop" Stop {} "stop here",
        "Stop a narrated run": Narration, Nobody;
}

/// What to say where an argument is missing.
fn lacks(word: &str, what: &str) -> String {
    let form = FORMS.iter().find(|form| form.word == word);
    let example = form.map(Form::example).unwrap_or_default();
    format!("‘{word}’ lacks its ‘{what}’; write it as in {example}")
}

impl Act {
    /// Whether it only tells of the run (a caption, a pointer, a stop) and does nothing in it.
    pub fn is_narration(&self) -> bool {
        self.nature() == Nature::Narration
    }

    /// Whether nodes go down by it, at once or later.
    pub fn takes_down(&self) -> bool {
        matches!(self.leaves(), Some(Leaves::Down | Leaves::DownLater))
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
            "fail:n1:any:1",
            "fail:n1:write:2",
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
    fn an_example_of_each_is_read() {
        for form in FORMS {
            let act: Act = form.example().parse().unwrap_or_else(|why| panic!("{}: {why}", form.word));
            assert_eq!((act.word(), act.to_string()), (form.word, form.example()));
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
            ("cut:n1", "‘cut’ lacks its ‘off from’; write it as in cut:n1-n2"),
            ("pause:n1:fast", "‘pause’"),
            ("slow:n1:0", "‘0’ is not a whole number from 1 to 1000"),
            ("fail:n1:any", "‘fail’ lacks its ‘so many’; write it as in fail:n1:any:2"),
            ("fail:n1:any:0", "‘0’ is not a whole number from 1 to 1000"),
            ("say:-zz", "broken escape"),
            ("crash:x9", "‘x9’ is not a node"),
        ] {
            let said = text.parse::<Act>().unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}

//! The controls of a lab: struct, limits, labels, units and link keys from one declaration.

use crate::chance::dist::Dist;
use crate::time::{DurationUs, parse_duration_us};

/// Keys with a meaning of their own in a link; no parameter may take one.
pub const RESERVED: [&str; 20] = [
    "v",
    "rev",
    "z",
    "seed",
    "for",
    "do",
    "at",
    "panels",
    "view",
    "theme",
    "controls",
    "knobs",
    "hide",
    "load",
    "many",
    "over",
    "law",
    "challenge",
    "digest",
    "claim",
];

/// `load` names the workload in links of labs that have several, and is kept from every other use.
pub const WORKLOAD_KEY: &str = "load";

/// One control: everything that the page, the link and the binary know of a parameter.
#[derive(Debug)]
pub struct Param {
    /// The key in links, and the field's name.
    pub key: &'static str,
    /// What the control is called.
    pub label: &'static str,
    /// One sentence on what it does.
    pub about: &'static str,
    /// The heading that it stands under.
    pub group: &'static str,
    /// Its type, limits and default.
    pub kind: Kind,
    /// It says how long messages take or how often they are lost: it moves the luck of messages, as every other one must not.
    pub moves_luck: bool,
}

/// A word that a choice may take.
#[derive(Debug)]
pub struct Word {
    /// As links write it.
    pub word: &'static str,
    /// As people read it.
    pub label: &'static str,
}

/// Type, limits and default of a parameter.
#[derive(Debug)]
pub enum Kind {
    /// A whole number.
    Int {
        /// Least value.
        min: i64,
        /// Greatest value.
        max: i64,
        /// Default.
        default: i64,
        /// What is counted, for people; may be empty.
        unit: &'static str,
    },
    /// A span of time in whole microseconds, written with its unit.
    Duration {
        /// Shortest, in µs.
        min_us: u64,
        /// Longest, in µs.
        max_us: u64,
        /// Default, in µs.
        default_us: u64,
    },
    /// A number with up to six decimals, kept as millionths.
    Decimal {
        /// Least, in millionths.
        min: i64,
        /// Greatest, in millionths.
        max: i64,
        /// Default, in millionths.
        default: i64,
        /// What is counted, for people; may be empty.
        unit: &'static str,
    },
    /// One of some words.
    Choice {
        /// The words.
        words: &'static [Word],
        /// Index of the default.
        default: u8,
    },
    /// A distribution of times ([`Dist`]).
    Dist {
        /// Default, as text.
        default: &'static str,
    },
}

/// A whole number from `min` to `max`.
pub const fn int(min: i64, max: i64, default: i64, unit: &'static str) -> Kind {
    assert!(min <= default && default <= max);
    Kind::Int { min, max, default, unit }
}

/// A span of time, in µs.
pub const fn duration(min_us: u64, max_us: u64, default_us: u64) -> Kind {
    assert!(min_us <= default_us && default_us <= max_us);
    Kind::Duration { min_us, max_us, default_us }
}

/// A decimal number, in millionths.
pub const fn decimal(min: i64, max: i64, default: i64, unit: &'static str) -> Kind {
    assert!(min <= default && default <= max);
    Kind::Decimal { min, max, default, unit }
}

/// One of the words of a [`Choice`].
pub const fn choice(words: &'static [Word], default: u8) -> Kind {
    assert!((default as usize) < words.len());
    Kind::Choice { words, default }
}

/// A distribution; `default` must parse.
pub const fn dist(default: &'static str) -> Kind {
    Kind::Dist { default }
}

/// The value of one parameter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Value {
    /// Of [`Kind::Int`].
    Int(i64),
    /// Of [`Kind::Duration`], in µs.
    Duration(u64),
    /// Of [`Kind::Decimal`], in millionths.
    Decimal(i64),
    /// Of [`Kind::Choice`]: the index of the word.
    Choice(u8),
    /// Of [`Kind::Dist`].
    Dist(Dist),
}

impl Param {
    /// The default value.
    pub fn default(&self) -> Value {
        match &self.kind {
            Kind::Int { default, .. } => Value::Int(*default),
            Kind::Duration { default_us, .. } => Value::Duration(*default_us),
            Kind::Decimal { default, .. } => Value::Decimal(*default),
            Kind::Choice { default, .. } => Value::Choice(*default),
            Kind::Dist { default } => Value::Dist(default.parse().expect("a declared default parses")),
        }
    }

    /// The value as links write it; [`Param::parse`] reads it back.
    pub fn print(&self, value: &Value) -> String {
        match (&self.kind, value) {
            (_, Value::Int(n)) => n.to_string(),
            (_, Value::Duration(us)) => DurationUs(*us).to_string(),
            (_, Value::Decimal(millionths)) => format_decimal(*millionths),
            (Kind::Choice { words, .. }, Value::Choice(i)) => words[usize::from(*i)].word.to_string(),
            (_, Value::Dist(dist)) => dist.to_string(),
            (kind, value) => unreachable!("{value:?} is not of {kind:?}"),
        }
    }

    /// Reads a value.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would be right.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        let key = self.key;
        match &self.kind {
            Kind::Int { min, max, unit, .. } => {
                let right = format!("{key} is a whole number from {min} to {max}");
                match without_unit(text, unit).parse::<i64>() {
                    Ok(n) if (*min..=*max).contains(&n) => Ok(Value::Int(n)),
                    Ok(n) => Err(format!("{key}={n} is out of range: {right}")),
                    Err(_) => Err(format!("{key}={} is not a whole number: {right}", shown(text))),
                }
            }
            Kind::Duration { min_us, max_us, .. } => {
                let right =
                    format!("{key} is a time from {} to {}", DurationUs(*min_us), DurationUs(*max_us));
                match parse_duration_us(&text.replace(' ', "")) {
                    Ok(us) if (*min_us..=*max_us).contains(&us) => Ok(Value::Duration(us)),
                    Ok(us) => Err(format!("{key}={} is out of range: {right}", DurationUs(us))),
                    Err(why) => Err(format!("{key}: {why}; {right}")),
                }
            }
            Kind::Decimal { min, max, unit, .. } => {
                let right =
                    format!("{key} is a number from {} to {}", format_decimal(*min), format_decimal(*max));
                // A number of milliseconds may be written as any other time.
                let time = (*unit == "ms").then(|| parse_duration_us(text).ok()).flatten();
                let millionths = time.and_then(|us| i64::try_from(us).ok()?.checked_mul(1_000));
                match millionths.or_else(|| parse_decimal(without_unit(text, unit))) {
                    Some(n) if (*min..=*max).contains(&n) => Ok(Value::Decimal(n)),
                    Some(n) => Err(format!("{key}={} is out of range: {right}", format_decimal(n))),
                    None => Err(format!(
                        "{key}={} is not a number with at most six decimals: {right}",
                        shown(text)
                    )),
                }
            }
            Kind::Choice { words, .. } => match words.iter().position(|w| w.word == text) {
                Some(i) => Ok(Value::Choice(i as u8)),
                None => {
                    let known: Vec<&str> = words.iter().map(|w| w.word).collect();
                    Err(format!("{key}={} is not one of {}", shown(text), known.join(", ")))
                }
            },
            Kind::Dist { .. } => text.parse().map(Value::Dist).map_err(|why| format!("{key}: {why}")),
        }
    }
}

/// The number before a unit that a reader wrote after it: the parameter's own, in the singular too, or `/s` where it is by the second.
fn without_unit<'a>(text: &'a str, unit: &str) -> &'a str {
    let by_second = unit.ends_with("second").then_some("/s");
    let words = [Some(unit), unit.strip_suffix('s'), by_second];
    let bare =
        words.into_iter().flatten().filter(|word| !word.is_empty()).find_map(|word| text.strip_suffix(word));
    bare.map(str::trim_end).filter(|bare| bare.ends_with(|c: char| c.is_ascii_digit())).unwrap_or(text)
}

/// A reader's text as a sentence may quote it: short, and without what could confuse.
pub fn shown(text: &str) -> String {
    let clean: String = crate::unseen::visible(text).chars().take(40).collect();
    if clean.chars().count() < text.chars().count() {
        format!("‘{clean}…’")
    } else {
        format!("‘{clean}’")
    }
}

/// Prints millionths as a decimal number, without trailing zeros.
pub fn format_decimal(millionths: i64) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let abs = millionths.unsigned_abs();
    let (whole, part) = (abs / 1_000_000, abs % 1_000_000);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{}", format!("{part:06}").trim_end_matches('0'))
}

/// Reads a decimal number with at most six decimals into millionths; a percent sign divides by 100.
pub fn parse_decimal(text: &str) -> Option<i64> {
    if let Some(percent) = text.strip_suffix('%') {
        let n = parse_decimal(percent.trim_end())?;
        return (n % 100 == 0).then_some(n / 100);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || part.len() > 6 || !all_digits(whole) || !all_digits(part) {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: i64 = format!("{part:0<6}").parse().ok()?;
    let abs = whole.checked_mul(1_000_000)?.checked_add(part)?;
    Some(if negative { -abs } else { abs })
}

/// A type that a field of a parameter struct may have.
pub trait Field: Sized {
    /// Reads it from a value of the declared kind.
    fn of(value: &Value) -> Self;
}

impl Field for u32 {
    fn of(value: &Value) -> u32 {
        match value {
            Value::Int(n) | Value::Decimal(n) => u32::try_from(*n).expect("limits keep it within u32"),
            other => unreachable!("{other:?} is no number"),
        }
    }
}

impl Field for i64 {
    fn of(value: &Value) -> i64 {
        match value {
            Value::Int(n) | Value::Decimal(n) => *n,
            other => unreachable!("{other:?} is no number"),
        }
    }
}

impl Field for u64 {
    fn of(value: &Value) -> u64 {
        match value {
            Value::Duration(us) => *us,
            other => unreachable!("{other:?} is no duration"),
        }
    }
}

impl Field for Dist {
    fn of(value: &Value) -> Dist {
        match value {
            Value::Dist(dist) => dist.clone(),
            other => unreachable!("{other:?} is no distribution"),
        }
    }
}

/// Whether two strings are the same, at compile time.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// What a reader sets of a lab, as its protocol reads it: what [`params!`](crate::params!) declares.
pub trait Settings: 'static {
    /// Every parameter: key, label, limits, unit and default.
    const TABLE: &'static [Param];
    /// Reads a validated scenario's values, which stand in the table's order.
    fn of(values: &[Value]) -> Self;
}

/// Refuses reserved keys when the program is compiled. `load` is let through: it names the workload.
pub const fn assert_free(key: &str) {
    let mut i = 0;
    while i < RESERVED.len() {
        assert!(same(RESERVED[i], WORKLOAD_KEY) || !same(key, RESERVED[i]), "this key is reserved in links");
        i += 1;
    }
}

/// Declares a choice: an enum, its words in links and its labels.
///
/// ```
/// splitbrain::choice! {
///     /// How reads repair what they find stale.
///     pub enum Repair { None = "none" "no repair", Async = "async" "after the answer" }
/// }
/// assert_eq!(Repair::WORDS[1].word, "async");
/// ```
#[macro_export]
macro_rules! choice {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($variant:ident = $word:literal $label:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        $vis enum $name { $(#[doc = $label] $variant),+ }
        impl $name {
            /// The words in links and the labels for people, in order.
            pub const WORDS: &'static [$crate::params::Word] =
                &[$($crate::params::Word { word: $word, label: $label }),+];
        }
        impl $crate::params::Field for $name {
            fn of(value: &$crate::params::Value) -> Self {
                const ALL: &[$name] = &[$($name::$variant),+];
                match value {
                    $crate::params::Value::Choice(i) => ALL[usize::from(*i)],
                    other => unreachable!("{other:?} is no choice"),
                }
            }
        }
    };
}

/// Declares a lab's parameters: the struct that its protocol reads, and the table that everything else reads. What moves the luck of messages says
/// so at the end of its row: `, moves_luck;`.
///
/// ```
/// use splitbrain::params::{duration, int};
/// splitbrain::params! {
///     /// What a reader may set.
///     pub struct Params {
///         "Cluster" {
///             n: u32 = int(1, 9, 3, "replicas"), "Replicas", "How many nodes keep each key.";
///         }
///         "Time" {
///             timeout: u64 = duration(1_000, 60_000_000, 500_000), "Timeout", "How long a client waits.";
///         }
///     }
/// }
/// assert_eq!(Params::TABLE[0].key, "n");
/// let values: Vec<_> = Params::TABLE.iter().map(|p| p.default()).collect();
/// assert_eq!(Params::of(&values).timeout, 500_000);
/// ```
#[macro_export]
macro_rules! params {
    (@luck) => { false };
    (@luck moves_luck) => { true };
    ($(#[$doc:meta])* $vis:vis struct $name:ident {
        $($group:literal { $($key:ident: $type:ty = $kind:expr, $label:literal, $about:literal $(, $luck:ident)?;)+ })+
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        $vis struct $name { $($(#[doc = $about] pub $key: $type,)+)+ }
        impl $name {
            /// Every parameter: key, label, limits, unit and default.
            pub const TABLE: &'static [$crate::params::Param] = {
                // A constant would be written into every crate that reads it.
                static TABLE: [$crate::params::Param; [$($(stringify!($key),)+)+].len()] = [$($($crate::params::Param {
                    key: stringify!($key), label: $label, about: $about, group: $group, kind: $kind,
                    moves_luck: $crate::params!(@luck $($luck)?),
                },)+)+];
                &TABLE
            };
            /// Reads a validated scenario's values, which stand in the table's order.
            pub fn of(values: &[$crate::params::Value]) -> Self {
                assert_eq!(values.len(), Self::TABLE.len(), "one value for each parameter");
                let mut values = values.iter();
                Self { $($($key: $crate::params::Field::of(values.next().expect("counted above")),)+)+ }
            }
        }
        impl $crate::params::Settings for $name {
            const TABLE: &'static [$crate::params::Param] = Self::TABLE;
            fn of(values: &[$crate::params::Value]) -> Self {
                Self::of(values)
            }
        }
        const _: () = { $($($crate::params::assert_free(stringify!($key));)+)+ };
    };
}

mod switch;

pub use switch::Switch;

#[cfg(test)]
mod tests;

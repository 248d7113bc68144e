//! The name of a series: words, or whose it is and what, so that no table has to be written of all there may be.

use std::fmt;

/// The name of a series; two are equal where they read the same.
#[derive(Clone, Copy, Debug)]
pub struct Name([&'static str; 5]);

/// What the names of series begin with that other views show than the charts.
const GAUGE: &str = "gauge: ";

impl Name {
    /// What is charted of somebody: `cache: latency`.
    pub fn of(whose: &'static str, what: &'static str) -> Name {
        Name(["", whose, ": ", what, ""])
    }

    /// The same, left to other views than the charts: `gauge: cache done`.
    pub fn gauge(whose: &'static str, what: &'static str) -> Name {
        Name([GAUGE, whose, " ", what, ""])
    }

    /// What happens between two, left to other views than the charts: `gauge: people to server: calls`.
    pub fn between(from: &'static str, to: &'static str, what: &'static str) -> Name {
        Name([GAUGE, from, " to ", to, what])
    }

    /// The same of one of several, by its number up to 99; the first words bring their prefix: `gauge: tenant 12 asked`.
    pub fn of_one(whose: &'static str, number: u8, what: &'static str) -> Name {
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let (tens, ones) = (usize::from(number / 10 % 10), usize::from(number % 10));
        Name([whose, if tens > 0 { DIGITS[tens] } else { "" }, DIGITS[ones], what, ""])
    }

    /// Whether its series is left to other views than the charts, as a count on a branch or a layer of a stack.
    pub fn is_gauge(&self) -> bool {
        self.0
            .iter()
            .find(|piece| !piece.is_empty())
            .is_some_and(|first| first.starts_with(GAUGE) || first.starts_with("flow: "))
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.0.iter().flat_map(|piece| piece.bytes())
    }
}

impl From<&'static str> for Name {
    fn from(word: &'static str) -> Name {
        Name([word, "", "", "", ""])
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| f.write_str(piece))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl Eq for Name {}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.bytes().eq(other.bytes())
    }
}

#[test]
fn names_are_equal_that_read_the_same() {
    assert_eq!(Name::of("cache", "latency"), Name::from("cache: latency"));
    assert_eq!(Name::gauge("n1", "waiting").to_string(), "gauge: n1 waiting");
    assert!(Name::gauge("n1", "waiting") == "gauge: n1 waiting" && Name::from("queue") != "queues");
    let gauges = [
        Name::gauge("n1", "waiting"),
        "gauge: sleeping".into(),
        "flow: calls".into(),
        Name::of("cache", "load"),
        "goodput".into(),
    ];
    assert_eq!(gauges.map(|name| name.is_gauge()), [true, true, true, false, false]);
}

//! Events and stamps in words, and the two events that are compared.

use super::super::{Focus, Look};
use super::claims;
use crate::markup::{Element, el};
use splitbrain::counted::counted;
use splitbrain::lab::shows::{Order, StampClock, Stamped, Stamps};
use splitbrain::parts::version_vector::Causality;

/// Two events, by their places, the earlier first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// e.
    pub first: usize,
    /// f.
    pub second: usize,
}

impl Pair {
    /// The last event and the one in focus; where none is, the last of another process.
    pub fn of(look: &Look<'_>, events: &[Stamped]) -> Option<Pair> {
        let second = events.len().checked_sub(1)?;
        let focused = match look.focus {
            Focus::Record(record) => events[..second].iter().position(|event| event.record == record),
            _ => None,
        };
        let other = || events[..second].iter().rposition(|event| event.process != events[second].process);
        focused.or_else(other).map(|first| Pair { first, second })
    }

    /// Whether the first could have caused the second.
    pub fn caused(self, events: &[Stamped]) -> bool {
        events[self.first].happened_before(&events[self.second])
    }

    /// What it is about, and what is true.
    pub fn truth(self, look: &Look<'_>, events: &[Stamped]) -> String {
        let [e, f] = [self.first, self.second].map(|place| short(look, &events[place]));
        match self.caused(events) {
            true => format!("e = {e}, f = {f}. In truth e could have caused f."),
            false => format!("e = {e}, f = {f}. In truth neither could know of the other."),
        }
    }
}

/// What a clock says of e and f, in signs; and whether that is the truth, the reverse, or something else.
pub fn claim(clock: &StampClock, place: usize, events: &[Stamped], pair: Pair) -> (&'static str, Option<bool>) {
    let (e, f) = (&events[pair.first], &events[pair.second]);
    match (claims(clock, e, f, place), pair.caused(events)) {
        (Causality::Before, true) => ("e < f", Some(true)),
        (Causality::Before, false) => ("e < f", None),
        (Causality::After, true) => ("f < e", Some(false)),
        (Causality::After, false) => ("f < e", None),
        (Causality::Equal | Causality::Concurrent, false) => ("e ? f", Some(true)),
        (Causality::Equal | Causality::Concurrent, true) => ("e ? f", None),
    }
}

/// Microseconds as milliseconds with a decimal: `−12.5`.
pub fn millis(us: i64) -> String {
    let tenths = (us.unsigned_abs() + 50) / 100;
    format!("{}{}.{}", if us < 0 && tenths > 0 { "−" } else { "" }, tenths / 10, tenths % 10)
}

/// A stamp in words.
pub fn stamp(clock: &StampClock, stamp: &[i64]) -> String {
    let number = |value: i64| if clock.in_us { millis(value) } else { value.to_string() };
    match (clock.order, stamp) {
        (Order::Vector | Order::StrictVector, entries) => {
            let entries: Vec<String> = entries.iter().map(i64::to_string).collect();
            format!("[{}]", entries.join(" "))
        }
        (Order::NumberThenCount, [time, count]) => format!("{}+{count}", number(*time)),
        (Order::Interval, [earliest, latest]) => format!("{}…{}", number(*earliest), number(*latest)),
        (_, numbers) => numbers.first().map_or(String::new(), |value| number(*value)),
    }
}

/// "n1’s send at 203ms".
fn short(look: &Look<'_>, event: &Stamped) -> String {
    format!("{}’s {} at {}", look.name(event.process), event.word, look.short_moment(event.at_us))
}

/// An event with its stamps, in a sentence.
pub fn event(look: &Look<'_>, stamps: &Stamps, event: &Stamped) -> String {
    let told = stamps.clocks.iter().zip(&event.stamps).map(|(clock, own)| format!("{} {}", clock.name, stamp(clock, own)));
    format!("{}: {}", short(look, event), told.collect::<Vec<_>>().join(", "))
}

/// What the picture shows now.
pub fn description(look: &Look<'_>, stamps: &Stamps, events: &[Stamped], pair: Option<Pair>) -> String {
    let Some(last) = events.last() else { return "No event has happened yet.".into() };
    let mut said = format!("{} so far, the last {}.", counted(events.len() as u64, "event"), event(look, stamps, last));
    if let (Some(pair), None) = (pair, look.eyes) {
        let claims = stamps.clocks.iter().enumerate().map(|(i, clock)| format!("{} {}", clock.name, claim(clock, i, events, pair).0));
        said = format!("{said} {} The clocks say: {}.", pair.truth(look, events), claims.collect::<Vec<_>>().join(", "));
    }
    said
}

/// The events that have a row, as a table.
pub fn list(look: &Look<'_>, stamps: &Stamps, events: &[Stamped], first: usize) -> Element {
    let heads = ["event".to_owned(), "true ms".to_owned()].into_iter().chain(stamps.clocks.iter().map(|clock| clock.name.to_owned()));
    let head = el("tr").children(heads.map(|head| el("th").attr("scope", "col").child(head)));
    let seen = events[first..].iter().filter(|event| look.sees(event.process));
    let rows = seen.map(|event| {
        let button = el("button")
            .attr("type", "button")
            .class("sb-line")
            .on("click", format!("focus record {}", event.record))
            .child(format!("{}’s {}", look.name(event.process), event.word));
        let cells = stamps.clocks.iter().zip(&event.stamps).map(|(clock, own)| stamp(clock, own));
        let cells = [millis(event.at_us as i64)].into_iter().chain(cells);
        let cells = cells.map(|text| el("td").class("sb-number").child(text));
        el("tr").key(format!("r{}", event.record)).child(el("th").attr("scope", "row").child(button)).children(cells)
    });
    let table = el("table").class("sb-table").child(el("thead").child(head)).child(el("tbody").children(rows));
    let summary = el("summary").child("The latest events with their stamps, as a table");
    el("details").child(summary).child(table)
}

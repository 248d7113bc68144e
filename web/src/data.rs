//! A run, and what labs declare, as data for other tools: plain values, which serde_json prints natively and serde-wasm-bindgen makes objects of
//! JavaScript of in the page. Their shapes are those of "For programs" in README.md.

mod catalogue;

pub use catalogue::{Catalogue, catalogue, limits};

use serde::{Serialize, Serializer};
use splitbrain::lab::{Outcome, Tally};
use splitbrain::stats::Series;
use splitbrain::tell::Transcript;
use splitbrain::trace::NONE;

/// The most records of a table: each is put into words, and a page must not stand still for seconds.
pub const MAX_ROWS: usize = 50_000;

/// What of it is promised: a change that would break a reader of it raises the number.
const FORMAT: u32 = 1;

/// What a run came to. Times are whole µs, and below 2^53 as all numbers of a run: they are exact in JavaScript, too.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Run {
    format: u32,
    link: String,
    /// 8 hexadecimal digits.
    digest: String,
    #[serde(serialize_with = "as_object")]
    tallies: Vec<(&'static str, Option<Number>)>,
    verdicts: Vec<Light>,
    limits: Vec<String>,
    /// All values over time, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<Vec<Values>>,
}

/// A promise, by its first break where it was broken.
#[derive(Clone, PartialEq, Debug, Serialize)]
struct Light {
    id: &'static str,
    state: &'static str,
    at_us: u64,
    why: String,
}

/// A series: its points are each a time in µs and the value.
#[derive(Clone, PartialEq, Debug, Serialize)]
struct Values {
    name: String,
    unit: &'static str,
    points: Vec<(u64, i64)>,
}

/// A figure: counts are whole.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum Number {
    /// A count.
    Whole(i64),
    /// Anything else, in its unit.
    Decimal(f64),
}

/// In the lab's order, which a map of the standard library would lose.
fn as_object<S: Serializer>(
    tallies: &[(&'static str, Option<Number>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(tallies.iter().copied())
}

/// A tally in its unit; none where nothing was measured.
pub fn tally(tally: &Tally) -> Option<Number> {
    let unit = tally.unit.divisor();
    let number = |n: i64| if unit == 1.0 { Number::Whole(n) } else { Number::Decimal(n as f64 / unit) };
    tally.value.map(number)
}

/// What a run came to: its link, digest, figures, promises and the limits that it met.
pub fn run(link: &str, outcome: &Outcome) -> Run {
    let verdicts = outcome.verdicts.iter().map(|verdict| {
        let change = verdict.judged();
        let (state, at_us) = (change.state.word(), change.at.at_us);
        Light { id: verdict.promise, state, at_us, why: change.why.clone() }
    });
    Run {
        format: FORMAT,
        link: link.to_string(),
        digest: outcome.digest_word(),
        tallies: outcome.tallies.iter().map(|t| (t.name, tally(t))).collect(),
        verdicts: verdicts.collect(),
        limits: outcome.limits.clone(),
        series: None,
    }
}

/// The same with all values over time.
pub fn run_with_series(link: &str, outcome: &Outcome) -> Run {
    let values = |s: &Series| Values { name: s.name.to_string(), unit: s.unit, points: s.points.to_vec() };
    Run { series: Some(outcome.series.iter().map(values).collect()), ..run(link, outcome) }
}

/// The records as comma-separated values (RFC 4180), the first [`MAX_ROWS`] of them: number, time in µs, the record that brought it about,
/// the operation that it serves, who, what, and what it changed.
pub fn records(transcript: &Transcript<'_>) -> String {
    let mut table = String::from("record,at_us,cause,operation,who,what,changed\r\n");
    let number = |n: u32| if n == NONE { String::new() } else { n.to_string() };
    for record in transcript.outcome().trace.records().iter().take(MAX_ROWS) {
        let line = transcript.line(record);
        let (id, at_us) = (number(record.id), record.at_us.to_string());
        let (who, words) = (quoted(line.who.trim()), quoted(&line.words));
        let fields = [id, at_us, number(record.cause), number(record.op), who, words, quoted(&line.changed)];
        table += &fields.join(",");
        table += "\r\n";
    }
    table
}

/// A field in which commas, quotes and ends of lines are no more than themselves.
fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_stays_one_field() {
        assert_eq!(quoted("n1 → n2"), "n1 → n2");
        assert_eq!(quoted("put x, \"5\"\n"), "\"put x, \"\"5\"\"\n\"");
    }
}

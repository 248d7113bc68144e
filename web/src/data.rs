//! A run as data, for other tools: what it came to as JSON, and its records as a table.

use serde_json::{Map, Value, json};
use splitbrain::lab::{Outcome, Tally};
use splitbrain::stats::Series;
use splitbrain::tell::Transcript;
use splitbrain::trace::NONE;

/// The most records of a table: each is put into words, and a page must not stand still for seconds.
pub const MAX_ROWS: usize = 50_000;

/// A tally as JSON prints it, in its unit; null where nothing was measured.
pub fn tally(tally: &Tally) -> Value {
    let unit = tally.unit.divisor();
    match tally.value {
        None => Value::Null,
        Some(n) if unit == 1.0 => json!(n),
        Some(n) => json!(n as f64 / unit),
    }
}

/// What a run came to: its link, digest, figures, promises and the limits that it met.
pub fn run(link: &str, outcome: &Outcome) -> Value {
    let tallies: Map<String, Value> =
        outcome.tallies.iter().map(|t| (t.name.to_string(), tally(t))).collect();
    let verdicts = outcome.verdicts.iter().map(|verdict| {
        let change = verdict.judged();
        json!({ "id": verdict.promise, "state": change.state.word(), "at_us": change.at.at_us, "why": change.why })
    });
    json!({
        "format": 1, "link": link, "digest": outcome.digest_word(), "tallies": tallies,
        "verdicts": verdicts.collect::<Vec<_>>(), "limits": outcome.limits,
    })
}

/// The same with all values over time, each as its time in µs and the value.
pub fn run_with_series(link: &str, outcome: &Outcome) -> Value {
    let mut run = run(link, outcome);
    let series = |s: &Series| json!({ "name": s.name, "unit": s.unit, "points": s.points });
    run["series"] = outcome.series.iter().map(series).collect();
    run
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

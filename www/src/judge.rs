//! `cargo dev judge`: marks a list of answers, one link a line, against a challenge.
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use splitbrain::lab::{Challenge, Detail, Lab};
use splitbrain::labs::LABS;
use splitbrain::link::{self, Link};
use splitbrain::scenario::Scenario;
use splitbrain::time::DurationUs;

use crate::opened::{self, BadInput, Opened};

/// The most lines of a list of answers.
pub const MAX_LINES: usize = 10_000;
/// The most work of an answer's run, in small events: some seconds.
pub const MAX_WORK: u64 = 2_000_000;

/// Marks a list of answers, one link a line, against a challenge. Exits with 0 when all reach it, 1 when some do not, 2 when a
/// line cannot be read.
#[derive(clap::Args)]
pub struct Args {
    /// The file with the answers; - for the standard input
    file: String,
    /// The challenge, as in quorum/fresh [default: the one that each link names]
    #[arg(long)]
    challenge: Option<String>,
    /// The link that was handed out: an answer may differ from it only in what its `controls` leaves free
    #[arg(long, value_name = "LINK")]
    worksheet: Option<String>,
    /// As JSON, format 1
    #[arg(long)]
    json: bool,
}

/// A lab and one of its challenges.
type Goal = (&'static dyn Lab, &'static Challenge);

/// What became of a line.
enum Mark {
    Reached(String),
    NotReached(String),
    /// Something was moved that the worksheet locks.
    Moved(String),
    Unreadable(String),
    /// The run is more work than an answer may be: the link, and that.
    TooLong(String, String),
    /// The model stopped with an error of its own: the link, and which.
    Failed(String, String),
}

/// Marks every line and prints the list.
pub fn run(args: &Args) -> Result<ExitCode> {
    let sheet = args.worksheet.as_deref().map(opened::open).transpose()?;
    let named = sheet
        .as_ref()
        .and_then(|sheet| Some((sheet.lab, sheet.lab.challenge(sheet.link.envelope.challenge?)?)));
    let goal = args.challenge.as_deref().map(goal).transpose()?.or(named);
    let text = read(&args.file)?;
    let lines: Vec<(usize, &str)> =
        (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty()).collect();
    if lines.is_empty() {
        return Err(
            BadInput(format!("{} has no answers: it takes one link a line", named_file(&args.file))).into()
        );
    }
    if lines.len() > MAX_LINES {
        let count = lines.len();
        return Err(BadInput(format!(
            "{} has {count} answers; {MAX_LINES} are the most",
            named_file(&args.file)
        ))
        .into());
    }
    let marks: Vec<(usize, Mark)> =
        lines.into_iter().map(|(number, line)| (number, mark(line, goal, sheet.as_ref()))).collect();
    if args.json {
        let answers: Vec<Value> = marks.iter().map(|(number, mark)| to_json(*number, mark)).collect();
        println!("{}", serde_json::to_string_pretty(&json!({ "format": 1, "answers": answers }))?);
    } else {
        print!("{}", to_text(&marks));
    }
    let any = |is: fn(&Mark) -> bool| marks.iter().any(|(_, mark)| is(mark));
    Ok(if any(|mark| matches!(mark, Mark::Unreadable(_))) {
        ExitCode::from(2)
    } else if any(|mark| !matches!(mark, Mark::Reached(_))) {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

/// The file as sentences name it.
fn named_file(file: &str) -> &str {
    if file == "-" { "the standard input" } else { file }
}

fn read(file: &str) -> Result<String, BadInput> {
    let mut text = String::new();
    let done = match file {
        "-" => std::io::stdin().read_to_string(&mut text),
        _ => std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text)),
    };
    done.map_err(|why| BadInput(format!("{} cannot be read as text: {why}", named_file(file))))?;
    Ok(text)
}

/// The challenge that `quorum/fresh` names.
fn goal(name: &str) -> Result<Goal, BadInput> {
    let (lab, id) = name
        .split_once('/')
        .ok_or_else(|| BadInput("name the lab and the challenge, as in quorum/fresh".into()))?;
    let lab = opened::lab(lab)?;
    lab.challenge(id).map(|challenge| (lab, challenge)).ok_or_else(|| {
        let known: Vec<&str> = lab.challenges().iter().map(|challenge| challenge.id).collect();
        BadInput(format!("{} has no challenge ‘{id}’; there are {}", lab.meta().id, known.join(", ")))
    })
}

/// Runs one answer and judges it, if it left alone what its worksheet locks.
fn mark(line: &str, goal: Option<Goal>, sheet: Option<&Opened>) -> Mark {
    let Opened { lab, link } = match opened::open(line) {
        Ok(opened) => opened,
        Err(BadInput(why)) => return Mark::Unreadable(why.replace('\n', "; ")),
    };
    if let Some(of) = sheet.map(|sheet| sheet.lab).filter(|of| of.meta().id != lab.meta().id) {
        let (its, ours) = (lab.meta().id, of.meta().id);
        return Mark::Unreadable(format!("this is a run of {its}, and the worksheet is one of {ours}"));
    }
    let challenge = match goal {
        Some((of, _)) if of.meta().id != lab.meta().id => {
            let (its, ours) = (lab.meta().id, of.meta().id);
            return Mark::Unreadable(format!("this is a run of {its}, and the challenge is one of {ours}"));
        }
        Some((_, challenge)) => challenge,
        None => match link.envelope.challenge.and_then(|id| lab.challenge(id)) {
            Some(challenge) => challenge,
            None => {
                let right =
                    "the link names no challenge: say which with --challenge, as in --challenge quorum/fresh";
                return Mark::Unreadable(right.into());
            }
        },
    };
    if let Some(sheet) = sheet {
        let moved = moved(lab, &sheet.link, &link);
        if !moved.is_empty() {
            return Mark::Moved(format!("the worksheet locks {}", moved.join("; ")));
        }
    }
    let text = link::print(&link, LABS);
    let run = || {
        let (outcome, _) = lab.run_within(&link.scenario, Detail::Full, MAX_WORK)?;
        Some((challenge.goal)(&link.scenario, &outcome))
    };
    judged(text, run)
}

/// What comes of a run: none where it was more work than an answer may be. An error in one is no loss of the others.
fn judged(text: String, run: impl FnOnce() -> Option<bool>) -> Mark {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Some(true)) => Mark::Reached(text),
        Ok(Some(false)) => Mark::NotReached(text),
        Ok(None) => Mark::TooLong(
            text,
            format!("its run is more work than {MAX_WORK} events, the most for an answer"),
        ),
        Err(panic) => {
            let words =
                panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            let why = words.unwrap_or("nobody knows which").lines().next().unwrap_or_default();
            Mark::Failed(text, format!("the model stopped with an error of its own; please report it: {why}"))
        }
    }
}

/// What an answer changed although its worksheet locks it, each with what it was and what it is.
fn moved(lab: &dyn Lab, sheet: &Link, answer: &Link) -> Vec<String> {
    let Some(free) = &sheet.view.controls else { return Vec::new() };
    let locked = |key: &str| !free.iter().any(|known| known == key);
    let mut moved = Vec::new();
    let mut compare = |key: &str, was: String, is: String| {
        if was != is && locked(key) {
            moved.push(format!("{key}={was}, and this has {key}={is}"));
        }
    };
    let script = |run: &Scenario| match run.cues.as_slice() {
        [] => "none".to_string(),
        cues => cues
            .iter()
            .map(|cue| format!("{}:{}", DurationUs(cue.at_us), cue.act))
            .collect::<Vec<_>>()
            .join(","),
    };
    let mut runs = |was: &Scenario, is: &Scenario| {
        for (i, param) in lab.params().iter().enumerate() {
            compare(param.key, param.print(&was.values[i]), param.print(&is.values[i]));
        }
        compare("seed", was.seed.to_string(), is.seed.to_string());
        compare("for", DurationUs(was.horizon_us).to_string(), DurationUs(is.horizon_us).to_string());
        compare("do", script(was), script(is));
    };
    runs(&sheet.scenario, &answer.scenario);
    // A second run that only one of them has is compared with the first.
    if sheet.second.is_some() || answer.second.is_some() {
        runs(
            sheet.second.as_ref().unwrap_or(&sheet.scenario),
            answer.second.as_ref().unwrap_or(&answer.scenario),
        );
    }
    moved
}

impl Mark {
    /// Its word, the link where that was run, and what is wrong.
    fn parts(&self) -> (&'static str, Option<&str>, Option<&str>) {
        match self {
            Mark::Reached(link) => ("reached", Some(link), None),
            Mark::NotReached(link) => ("not reached", Some(link), None),
            Mark::Moved(why) => ("moved", None, Some(why)),
            Mark::Unreadable(why) => ("unreadable", None, Some(why)),
            Mark::TooLong(link, why) => ("too long", Some(link), Some(why)),
            Mark::Failed(link, why) => ("failed", Some(link), Some(why)),
        }
    }
}

fn to_json(line: usize, mark: &Mark) -> Value {
    let (word, link, why) = mark.parts();
    json!({ "line": line, "state": word, "link": link, "why": why })
}

fn to_text(marks: &[(usize, Mark)]) -> String {
    let mut text = String::new();
    for (line, mark) in marks {
        let (word, link, why) = mark.parts();
        let words = [why, link].into_iter().flatten().collect::<Vec<_>>().join("; ");
        text += &format!("{line:>5}  {word:<12} {words}\n");
    }
    let count = |is: fn(&Mark) -> bool| marks.iter().filter(|(_, mark)| is(mark)).count();
    let reached = count(|mark| matches!(mark, Mark::Reached(_)));
    let unreadable = count(|mark| matches!(mark, Mark::Unreadable(_)));
    text += &format!("{reached} of {} reached", marks.len());
    let moved = count(|mark| matches!(mark, Mark::Moved(_)));
    if moved > 0 {
        text += &format!(", {moved} moved what is locked");
    }
    let too_long = count(|mark| matches!(mark, Mark::TooLong(..)));
    let failed = count(|mark| matches!(mark, Mark::Failed(..)));
    for (count, word) in [(unreadable, "unreadable"), (too_long, "too long"), (failed, "failed")] {
        if count > 0 {
            text += &format!(", {count} {word}");
        }
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_in_one_answer_is_that_answers_state() {
        let link = || "retry?clients=2".to_string();
        let marks = [
            judged(link(), || Some(true)),
            judged(link(), || panic!("an open operation ends once, at its client\nleft: 1")),
            judged(link(), || panic!("{} is too many", 7)),
            judged(link(), || None),
            judged(link(), || Some(false)),
        ];
        let parts: Vec<_> = marks.iter().map(Mark::parts).collect();
        let failed = |why: &'static str| {
            format!("the model stopped with an error of its own; please report it: {why}")
        };
        assert_eq!(parts[0], ("reached", Some("retry?clients=2"), None));
        assert_eq!(parts[1].2, Some(failed("an open operation ends once, at its client").as_str()));
        assert_eq!(parts[2].2, Some(failed("7 is too many").as_str()));
        assert_eq!((parts[1].0, parts[3].0, parts[4].0), ("failed", "too long", "not reached"));
        let numbered: Vec<(usize, Mark)> = (1..).zip(marks).collect();
        assert!(to_text(&numbered).ends_with("1 of 5 reached, 1 too long, 2 failed\n"));
    }
}

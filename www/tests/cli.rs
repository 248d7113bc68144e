//! The binary as a script calls it: the shapes of `--json`, format 1, as the README documents them, and how bad links end.
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use splitbrain::labs::LABS;

fn cargo_dev(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_splitbrain")).args(args).output().expect("the binary runs")
}

fn json(args: &[&str]) -> Value {
    let out = cargo_dev(args);
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    assert!(out.stderr.is_empty(), "{args:?}: what goes well is silent on stderr");
    serde_json::from_slice(&out.stdout).expect("stdout is one JSON value")
}

/// The keys of an object are just these, in any order.
fn assert_keys(value: &Value, keys: &[&str]) {
    let object = value.as_object().unwrap_or_else(|| panic!("an object, not {value}"));
    let mut found: Vec<&str> = object.keys().map(String::as_str).collect();
    let mut keys = keys.to_vec();
    found.sort_unstable();
    keys.sort_unstable();
    assert_eq!(found, keys);
}

fn items(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("a list, not {value}"))
}

#[test]
fn run_gives_what_the_readme_says() {
    for lab in LABS {
        let run = json(&["run", lab.meta().id, "--json"]);
        assert_keys(&run, &["format", "link", "digest", "tallies", "verdicts", "limits"]);
        assert_eq!(run["format"], 1);
        assert_eq!(run["link"], lab.meta().id);
        let digest = run["digest"].as_str().expect("a digest is text");
        assert!(digest.len() == 8 && digest.bytes().all(|b| b.is_ascii_hexdigit()), "{digest}");
        let names: Vec<&str> = lab.meta().tallies.iter().map(|tally| tally.name).collect();
        assert_keys(&run["tallies"], &names);
        for (name, value) in run["tallies"].as_object().expect("an object") {
            assert!(value.is_number() || value.is_null(), "{name} is {value}");
        }
        let promises = lab.meta().promises.iter().map(|promise| promise.id);
        assert!(
            promises.eq(items(&run["verdicts"]).iter().map(|verdict| verdict["id"].as_str().expect("an id")))
        );
        for verdict in items(&run["verdicts"]) {
            assert_keys(verdict, &["id", "state", "at_us", "why"]);
            let state = verdict["state"].as_str().expect("a state is text");
            assert!(["kept", "broken", "unknown"].contains(&state), "{state}");
            assert!(verdict["at_us"].is_u64() && verdict["why"].is_string(), "{verdict}");
        }
        assert!(items(&run["limits"]).iter().all(Value::is_string));
    }
}

#[test]
fn milliseconds_are_milliseconds() {
    let run = json(&["run", "ping?there=12ms&back=30ms", "--json"]);
    assert_eq!(run["tallies"]["rtt_ms"], 42.0);
    let sweep = json(&["sweep", "ping?there=12ms&back=30ms", "--seeds", "3", "--json"]);
    assert_eq!(sweep["cells"][0]["tallies"]["rtt_ms"]["p99"], 42.0);
}

#[test]
fn sweep_gives_what_the_readme_says() {
    let link = "quorum?w=1&r=1&for=500ms";
    let sweep = json(&["sweep", link, "--seeds", "20", "--over", "w=1..2", "--over", "n=3..4", "--json"]);
    assert_keys(&sweep, &["format", "cells"]);
    assert_eq!(sweep["format"], 1);
    let cells = items(&sweep["cells"]);
    let over: Vec<(&str, &str)> = cells
        .iter()
        .map(|cell| (cell["over"]["w"].as_str().expect("text"), cell["over"]["n"].as_str().expect("text")))
        .collect();
    assert_eq!(over, [("1", "3"), ("1", "4"), ("2", "3"), ("2", "4")], "the last varies fastest");
    for cell in cells {
        assert_keys(cell, &["over", "seeds", "limits", "tallies", "verdicts"]);
        assert_eq!((&cell["seeds"], &cell["limits"]), (&Value::from(20), &Value::from(0)));
        for statistics in cell["tallies"].as_object().expect("an object").values() {
            assert_keys(statistics, &["mean", "sd", "p50", "p95", "p99", "p999"]);
        }
        for counts in cell["verdicts"].as_object().expect("an object").values() {
            assert_keys(counts, &["kept", "broken", "unknown"]);
            let sum: u64 =
                ["kept", "broken", "unknown"].iter().filter_map(|state| counts[state].as_u64()).sum();
            assert_eq!(sum, 20, "every run ends in one of the three");
        }
    }
    // How the seeds are shared among cores makes no difference, nor does the link's own seed.
    let again = json(&[
        "sweep",
        &format!("{link}&seed=9"),
        "--seeds",
        "20",
        "--over",
        "w=1..2",
        "--over",
        "n=3..4",
        "--json",
    ]);
    assert_eq!(sweep, again);
}

#[test]
fn labs_gives_every_lab_with_what_a_tool_needs() {
    let labs = json(&["labs", "--json"]);
    assert_keys(&labs, &["format", "labs"]);
    assert_eq!(labs["format"], 1);
    let ids = items(&labs["labs"]).iter().map(|lab| lab["id"].as_str().expect("an id"));
    assert!(ids.eq(LABS.iter().map(|lab| lab.meta().id)));
    for lab in items(&labs["labs"]) {
        for param in items(&lab["params"]) {
            assert_keys(param, &["key", "label", "about", "limits", "default"]);
        }
        for preset in items(&lab["presets"]) {
            assert_keys(preset, &["id", "title", "sentence", "link"]);
        }
        for claim in items(&lab["claims"]) {
            assert_keys(claim, &["id", "sentence", "holds", "note", "link", "promise"]);
        }
        for challenge in items(&lab["challenges"]) {
            assert_keys(challenge, &["id", "prompt", "link", "hint"]);
        }
        for promise in items(&lab["promises"]) {
            assert_keys(promise, &["id", "question", "term"]);
        }
    }
}

/// Whatever is wrong with a link is said on stderr, in words; nothing goes to stdout, and the exit code is 2.
#[test]
fn a_bad_link_ends_with_2_and_says_why() {
    let cases: &[(&[&str], &str)] = &[
        (&["run", "quorum?n=1e99", "--json"], "n"),
        (&["run", "quorum?w=4", "--json"], "w"),
        (&["run", "nolab?n=3", "--json"], "nolab"),
        (&["run", "quorum?v=9", "--json"], "9"),
        (&["run", "quorum?colour=red", "--text"], "colour"),
        (&["run", "quorum?do=1s:explode:n1"], "explode"),
        (&["sweep", "quorum?n=0", "--seeds", "10", "--json"], "n"),
        (&["sweep", "quorum", "--seeds", "10", "--over", "w=1..9", "--json"], "w=4"),
        (&["sweep", "quorum", "--seeds", "10", "--over", "seed=1..9", "--csv"], "seed"),
        (&["sweep", "retry", "--over", "rate=11..50..1", "--over", "capacity=101..140..1"], "1600 cells"),
        (&["sweep", "quorum", "--over", "w=1..2", "--over", "w=2..3"], "w is varied twice"),
        (&["sweep", "quorum?n=1&w=1&r=1&clients=20&rate=1000&for=1m", "--seeds", "100000"], "fewer --seeds"),
        (&["render", "quorum?n=x"], "n"),
        (&["render", "quorum", "-o", "no/such/folder/a.svg"], "no/such/folder/a.svg cannot be written"),
        (&["build", "--out", "/dev/null/site"], "/dev/null/site cannot be written"),
        (&["judge", "no/such/file"], "no/such/file cannot be read"),
        (&["verify", "nolab"], "nolab"),
    ];
    for (args, word) in cases {
        let out = cargo_dev(args);
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{args:?}: {said}");
        assert!(out.stdout.is_empty(), "{args:?} prints {}", String::from_utf8_lossy(&out.stdout));
        assert!(said.contains(word) && said.split_whitespace().count() > 3, "{args:?} says only: {said}");
    }
}

#[test]
fn the_transcript_is_text() {
    let out = cargo_dev(&["run", "ping?for=300ms", "--text"]);
    let text = String::from_utf8(out.stdout).expect("a transcript is UTF-8");
    assert!(text.contains("c1 → n1  ping 0 (op 0)"), "{text}");
}

/// The binary's answer to a list of lines on its standard input: exit code, and what it prints.
fn judged(lines: &str, more: &[&str]) -> (i32, String) {
    let (code, out, _) = judged_aloud(lines.as_bytes(), more);
    (code, out)
}

/// The same with what it says on stderr.
fn judged_aloud(lines: &[u8], more: &[&str]) -> (i32, String, String) {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_splitbrain"))
        .args(["judge", "-"])
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    child.stdin.take().expect("it was asked for").write_all(lines).expect("it reads");
    let out = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (out.status.code().expect("it ends by itself"), text(out.stdout), text(out.stderr))
}

#[test]
fn answers_are_marked_line_by_line() {
    let good = "https://example.org/labs/quorum/full/#do=1s:cut:n1-n2.n3,2s:heal&hide=lights&challenge=fresh";
    let poor = "quorum?w=1&r=1&do=1s:cut:n1-n2.n3,2s:heal";
    let (code, text) = judged(&format!("{good}\n\n{good}\r\n"), &[]);
    assert_eq!((code, text.lines().last()), (0, Some("2 of 2 reached")), "{text}");
    let (code, text) = judged(&format!("{good}\n{poor}\n"), &["--challenge", "quorum/fresh"]);
    assert_eq!((code, text.lines().last()), (1, Some("1 of 2 reached")), "{text}");

    let bad = format!("{poor}\nquorom?w=1\n\ncap\nquorum?w=nine\n{good}");
    let (code, json) = judged(&bad, &["--challenge", "quorum/fresh", "--json"]);
    let list: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((code, &list["format"]), (2, &Value::from(1)));
    let marks: Vec<(u64, &str)> = items(&list["answers"])
        .iter()
        .map(|answer| {
            assert_keys(answer, &["line", "state", "link", "why"]);
            (answer["line"].as_u64().expect("a number"), answer["state"].as_str().expect("a word"))
        })
        .collect();
    let unreadable = "unreadable";
    assert_eq!(
        marks,
        [(1, "not reached"), (2, unreadable), (4, unreadable), (5, unreadable), (6, "reached")]
    );
    let why = |place: usize| list["answers"][place]["why"].as_str().expect("a sentence").to_string();
    assert!(why(1).contains("did you mean quorum?"), "{}", why(1));
    assert_eq!(why(2), "this is a run of cap, and the challenge is one of quorum");
    // A link that names no challenge cannot be judged by itself, and a challenge that there is not by none.
    assert!(judged(poor, &[]).1.contains("--challenge quorum/fresh"));
    assert_eq!(judged(good, &["--challenge", "quorum/nothing"]), (2, String::new()));
}

#[test]
fn a_list_without_answers_or_that_is_no_text_is_bad_input() {
    for (lines, says) in [
        (&b""[..], "the standard input has no answers"),
        (b"\n  \r\n", "has no answers"),
        (b"quorum?w=1\n\xff\xfe\n", "the standard input cannot be read as text"),
    ] {
        for more in [&[][..], &["--json"]] {
            let (code, out, said) = judged_aloud(lines, more);
            assert_eq!((code, out), (2, String::new()), "{said}");
            assert!(said.contains(says), "{said}");
        }
    }
}

#[test]
fn an_answer_that_takes_too_long_is_told_and_the_others_are_marked() {
    let good = "quorum?do=1s:cut:n1-n2.n3,2s:heal";
    let long = "quorum?n=1&w=1&r=1&clients=20&rate=1000&for=60m";
    let (code, json) = judged(&format!("{long}\n{good}\n"), &["--challenge", "quorum/fresh", "--json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let states: Vec<&str> =
        items(&json["answers"]).iter().filter_map(|answer| answer["state"].as_str()).collect();
    assert_eq!((code, states), (1, vec!["too long", "reached"]));
    let first = &json["answers"][0];
    assert!(first["link"].as_str().is_some_and(|link| link.starts_with("quorum?")), "{first}");
    assert!(
        first["why"].as_str().is_some_and(|why| why.contains("more work than 2000000 events")),
        "{first}"
    );
}

#[test]
fn what_a_worksheet_locks_is_left_alone() {
    let sheet = "quorum?w=1&r=1&do=1s:cut:n1-n2.n3,2s:heal&controls=w,r&hide=lights&challenge=fresh";
    let good = sheet.replace("w=1&r=1", "w=2&r=2");
    // What the answer itself says of controls does not count.
    let longer = good.replace("controls=w,r", "for=20s&seed=7");
    let answers = format!("{good}\n{sheet}\n{longer}\ncap\n{}", good.replace("2s:heal", "9s:heal"));
    let (code, json) = judged(&answers, &["--worksheet", sheet, "--json"]);
    let list: Value = serde_json::from_str(&json).expect("JSON");
    let states: Vec<&str> =
        items(&list["answers"]).iter().map(|answer| answer["state"].as_str().expect("a word")).collect();
    assert_eq!((code, states), (2, ["reached", "not reached", "moved", "unreadable", "moved"].to_vec()));
    assert_eq!(
        list["answers"][2]["why"],
        "the worksheet locks seed=1, and this has seed=7; for=3s, and this has for=20s"
    );
    assert!(list["answers"][4]["why"].as_str().is_some_and(|why| why.contains("do=1s:cut:n1-n2.n3,2s:heal")));
    let (code, text) = judged(&longer, &["--worksheet", sheet]);
    assert_eq!((code, text.lines().last()), (1, Some("0 of 1 reached, 1 moved what is locked")), "{text}");
}

#[test]
fn a_reader_who_closes_the_pipe_ends_it_quietly() {
    for args in [&["run", "quorum", "--text"][..], &["labs"], &["sweep", "ping", "--seeds", "3"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_splitbrain"));
        let mut child =
            command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        let out = child.wait_with_output().expect("it ends");
        assert!(out.status.success(), "{args:?} ends with {}", out.status);
        assert_eq!(String::from_utf8_lossy(&out.stderr), "", "{args:?}");
    }
}

/// A disk that is full, as every Linux has one.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_under_stdout_is_said() {
    for args in [&["run", "quorum", "--text"][..], &["labs", "--json"], &["render", "quorum"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("it is there");
        let out =
            Command::new(env!("CARGO_BIN_EXE_splitbrain")).args(args).stdout(full).output().expect("it runs");
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(1), "{args:?}: {said}");
        assert!(said.starts_with("the standard output cannot be written: "), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

//! The link's own tests: on a lab that has every kind of parameter, and on every lab that there is.

mod laws;
pub(crate) mod toy;

use super::*;
use crate::acts::Act;
use crate::scenario::{Cue, MAX_CUES, Place};
use toy::TOY;

const LABS: &[&dyn Lab] = &[&TOY];

fn open(text: &str) -> (Link, Vec<Problem>) {
    let opened = parse(text, LABS);
    (opened.link.unwrap_or_else(|| panic!("{text}: {:?}", opened.problems)), opened.problems)
}

/// The link opens without a problem and prints as `printed`.
fn check(text: &str, printed: &str) {
    let (link, problems) = open(text);
    assert_eq!(problems, [], "{text}");
    assert_eq!(print(&link, LABS), printed, "{text}");
}

/// The link opens with these problems, and prints as `printed`.
fn check_problems(text: &str, printed: &str, expected: &[(&str, &str)]) {
    let (link, problems) = open(text);
    assert_eq!(print(&link, LABS), printed, "{text}");
    let told: Vec<(String, &str)> = problems
        .iter()
        .map(|problem| match &problem.place {
            Place::Key(key) => (key.clone(), problem.sentence.as_str()),
            place => (format!("{place:?}"), problem.sentence.as_str()),
        })
        .collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(place, sentence)| (place.as_str(), *sentence)).collect();
    assert_eq!(told, expected, "{text}");
    assert!(link.scenario.problems(&TOY).is_empty());
}

#[test]
fn only_differences_are_printed_in_one_order() {
    check("toy", "toy");
    check("toy?n=3&seed=1&for=10s&do=none&theme=auto&v=1", "toy");
    check(
        "toy?at=2.5s&do=3s:heal,1200ms:cut:n1-n2.n3&seed=7&w=1&n=4",
        "toy?n=4&w=1&seed=7&do=1.2s:cut:n1-n2.n3,3s:heal&at=2.5s",
    );
    check(
        "toy?lag=mix-0.50-1ms-exp-2ms&p=20%&repair=async",
        "toy?p=0.2&lag=mix-0.5-1ms-exp-2ms&repair=async",
    );
    check(
        "toy?at=r12&view=charts&panels=stage,timeline&theme=dark&controls=w,seed",
        "toy?at=r12&view=charts&panels=stage,timeline&theme=dark&controls=w,seed",
    );
    check(
        "toy?many=1000&over=w:1..3,timeout:10ms..50ms..20ms&law=fresh&claim=fresh:broken&rev=3&digest=0012abCD",
        "toy?many=1000&over=w:1..3,timeout:10ms..50ms..20ms&law=fresh&claim=fresh:broken&rev=3&digest=0012abcd",
    );
    check("toy?w=1&b.w=2&b.seed=1", "toy?w=1&b.w=2");
    check("toy?w=1&b.w=1", "toy?w=1&b.seed=1");
    check("toy?do=1s:heal&b.do=none&b.for=20s", "toy?do=1s:heal&b.for=20s&b.do=none");
    check("toy?do=1s:crash:c.", "toy?do=1s:crash:c.&v=1");
    check("toy?controls=none", "toy?controls=none");
}

#[test]
fn what_is_wrong_is_said_and_the_rest_opens() {
    check_problems(
        "toy?n=1e99&w=1",
        "toy?w=1",
        &[("n", "n=‘1e99’ is not a whole number: n is a whole number from 1 to 9; opened with n=3")],
    );
    check_problems(
        "toy?nn=3&jitter=1&b.wx=2&timout=1s",
        "toy?b.seed=1",
        &[
            ("nn", "‘nn’ is not a key of toy; did you mean n?"),
            ("jitter", "‘jitter’ is not a key of toy; its settings are n, w, timeout, p, lag, repair"),
            ("b.wx", "‘b.wx’ is not a key of toy; did you mean b.w?"),
            ("timout", "‘timout’ is not a key of toy; did you mean timeout?"),
        ],
    );
    check_problems(
        "toy?w=1&w=2&n",
        "toy?w=1",
        &[("w", "‘w’ stands twice; the first, ‘1’, is taken"), ("n", "n has no value; write n=…")],
    );
    check_problems("toy?n=4&w=5", "toy?n=4", &[("w", "w=5 is more than n=4; opened with w=2")]);
    check_problems("toy?n=1", "toy", &[("w", "w=2 is more than n=1; opened with n=3")]);
    check_problems(
        "toy?n=5&b.n=1&b.w=1&b.do=1s:crash:n2",
        "toy?n=5&b.n=1&b.w=1",
        &[("b.do", "1s:crash:n2: there is no n2 here; the nodes are n1, c1; left out")],
    );
    let known = crate::acts::FORMS.iter().map(|form| form.word).collect::<Vec<_>>().join(", ");
    let explode = format!(
        "cue 1 (‘1s:explode’): ‘explode’ is not something that can be done; the acts are {known}; left out"
    );
    check_problems(
        "toy?do=1s:explode,2s:crash:n9,3s:heal,x&for=0ms",
        "toy?do=3s:heal",
        &[
            ("do", &explode),
            (
                "do",
                "cue 4 (‘x’): the act is missing; write a time and an act, such as 1.2s:crash:n1; left out",
            ),
            ("for", "a run of toy lasts from 1us to 2d; opened with for=10s"),
            ("do", "2s:crash:n9: there is no n9 here; the nodes are n1, n2, n3, c1; left out"),
        ],
    );
    check_problems(
        "toy?panels=stage,timelin&controls=x&claim=fresh&over=q:1..2&theme=pink&hide=all&challenge=first",
        "toy?panels=stage",
        &[
            ("panels", "panels: there is no ‘timelin’; did you mean timeline?"),
            ("theme", "theme=‘pink’ is not one of auto, light, dark"),
            ("controls", "controls: there is no ‘x’; there are n, w, timeout, p, lag, repair, seed, for, do"),
            ("hide", "hide=‘all’ is not known; hide=lights hides which promises were kept"),
            ("over", "over: ‘q’ is not a parameter of toy"),
            ("challenge", "toy has no challenge ‘first’"),
            ("claim", "claim=‘fresh’: say what was seen: fresh:kept, fresh:broken or fresh:unknown"),
        ],
    );
}

#[test]
fn links_from_other_times_open() {
    check_problems(
        "toy?v=9&w=1&hologram=on",
        "toy?w=1",
        &[
            (
                "v",
                "this link is written in grammar 9, and this page knows 1: what it understands is opened; reload the page, it may have been updated",
            ),
            ("hologram", "‘hologram’ is not a key of toy; its settings are n, w, timeout, p, lag, repair"),
        ],
    );
    check_problems(
        "toy?rev=1",
        "toy?rev=1",
        &[(
            "rev",
            "toy has changed since this link was made (revision 1, now 3): acks are sent at once; the second change",
        )],
    );
    check_problems(
        "toy?rev=4",
        "toy?rev=4",
        &[(
            "rev",
            "this link was made with revision 4 of toy, and this page has 3: the run may differ; reload the page, it may have been updated",
        )],
    );
}

#[test]
fn what_is_no_lab_is_said() {
    // A page may have only some of the labs; what is said names all that there are.
    let labs = crate::labs::IDS.join(", ");
    for (text, sentence) in [
        ("", "the link does not name its lab: write it first, as in quorum?n=3; the labs are {labs}"),
        ("?n=3", "the link does not name its lab: write it first, as in quorum?n=3; the labs are {labs}"),
        ("qorum?n=3", "there is no lab ‘qorum’; did you mean quorum?"),
        ("etcd", "there is no lab ‘etcd’; the labs are {labs}"),
        ("https://splitbrain.example/book/", "this address leads to no lab; the labs are {labs}"),
    ] {
        let sentence = sentence.replace("{labs}", &labs);
        let opened = parse(text, LABS);
        assert_eq!(opened.link, None, "{text}");
        assert_eq!(opened.problems, [Problem { place: Place::Lab, sentence }], "{text}");
    }
}

#[test]
fn a_labs_own_page_needs_no_name() {
    let link = |text: &str| print(&parse_fragment(&TOY, text).link.unwrap(), LABS);
    assert_eq!(link("#n=4&w=1"), "toy?n=4&w=1");
    assert_eq!(link("toy?n=4"), "toy?n=4");
    assert_eq!(link("https://splitbrain.example/labs/toy/#n=4"), "toy?n=4");
    assert_eq!(parse_fragment(&TOY, "#try-this").problems, []);
    let other = parse_fragment(&TOY, "quorum?n=4");
    assert_eq!(other.problems[0].place, Place::Lab);
    assert_eq!(other.link, Some(Link::to(Scenario::of(&TOY))));
    let (link, _) = open("toy?n=4&b.w=1");
    assert_eq!(print_fragment(&link, &TOY), "n=4&b.w=1");
}

#[test]
fn limits_say_so() {
    let script: Vec<String> = (0..10_000).map(|i| format!("{i}us:heal")).collect();
    let (link, problems) = open(&format!("toy?do={}", script.join(",")));
    assert_eq!(link.scenario.cues.len(), MAX_CUES);
    assert_eq!(problems.len(), 1);
    assert_eq!(
        problems[0].sentence,
        "the script has 10000 cues; 1000 are the most, and the first 1000 are kept"
    );

    let (link, problems) = open(&format!("toy?w=1&do={}", "1s:crash:n1,".repeat(200_000)));
    assert_eq!(link.scenario.cues.len(), MAX_CUES);
    assert!(problems[0].sentence.starts_with("the link is longer than 1048576 bytes"));

    let parts: Vec<String> = (0..2_000).map(|i| format!("key{i}=1")).collect();
    let (_, problems) = open(&format!("toy?{}", parts.join("&")));
    assert_eq!(problems.len(), MAX_PROBLEMS + 1);
    assert_eq!(problems[0].sentence, "the link has more than 500 parts; the first 500 are read");
    assert_eq!(problems[MAX_PROBLEMS].sentence, "and 451 more problems");
}

#[test]
fn long_scripts_are_packed_and_open_again() {
    let mut scenario = Scenario::of(&TOY);
    for i in 0..60 {
        let act = if i % 2 == 0 { "cut:n1-n2.n3" } else { "heal" };
        scenario.insert(Cue { at_us: i * 100_000, act: act.parse().unwrap() });
    }
    let text = print(&Link::to(scenario.clone()), LABS);
    assert!(text.starts_with("toy?z=") && text.len() < 400, "{text}");
    assert_eq!(open(&text).0.scenario, scenario);

    let (link, problems) = open(&format!("{}&panels=stage&seed=9", text.trim_end_matches("&v=1")));
    assert_eq!((problems, link.view.panels, link.scenario.seed), (vec![], vec!["stage".into()], 9));

    let (link, problems) = open(&format!("{}&w=1", &text[..text.len() - 30]));
    assert!(problems[0].sentence.contains("damaged") && problems[0].place == Place::Key("z".into()));
    assert_eq!(print(&link, LABS), "toy?w=1");
}

#[test]
fn what_a_packed_link_says_twice_is_told() {
    let pack = |parts: &str| {
        let bytes = miniz_oxide::deflate::compress_to_vec(parts.as_bytes(), 10);
        format!("z={}", base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes))
    };
    let inner = pack("n=5");
    check_problems(
        &format!("toy?{}&n=4&seed=3", pack("n=3&w=1&seed=3")),
        "toy?n=4&w=1&seed=3",
        &[("n", "‘n’ stands twice; the one that is not packed, ‘4’, is taken")],
    );
    check_problems(
        &format!("toy?{}", pack(&format!("w=1&{inner}"))),
        "toy?w=1",
        &[("z", "the packed part of the link (z=…) holds another; that one is not read")],
    );
    // What a host adds to how a run is looked at is meant to stand instead.
    check(
        &format!("toy?panels=stage&theme=dark&{}", pack("w=1&panels=timeline&theme=light")),
        "toy?w=1&panels=stage&theme=dark",
    );
    check_problems(
        &format!("toy?{}", pack("w\u{200b}=1&n=\u{202e}x")),
        "toy?w=1",
        &[("n", "n=‘x’ is not a whole number: n is a whole number from 1 to 9; opened with n=3")],
    );
}

#[test]
fn what_is_unseen_stays_in_no_caption() {
    let caption = |escaped: &str| {
        let (link, problems) = open(&format!("toy?do=0us:say:{escaped}"));
        let said = link.scenario.cues.first().map(|cue| cue.act.sentence());
        (said.unwrap_or_default(), problems.len())
    };
    assert_eq!(caption("-E2-80-AEabc"), ("say “abc”".into(), 0));
    assert_eq!(caption("a-E2-81-A6b-E2-80-8Bc-E2-81-A9-EF-BB-BF-C2-AD"), ("say “abc”".into(), 0));
    assert_eq!(caption("a-E2-80-A8b-F3-A0-81-81"), ("say “ab”".into(), 0));
    assert_eq!(caption("-E2-80-8B"), (String::new(), 1), "nothing is left");
    assert_eq!(caption("a-0Ab"), (String::new(), 1), "on one line");
    assert_eq!(
        caption("-E2-9D-A4-EF-B8-8F_-C3-BC"),
        ("say “\u{2764}\u{fe0f} ü”".into(), 0),
        "what is to be seen stays"
    );
}

#[test]
fn captions_survive_everything_that_happens_to_links() {
    let text = "Now n1, alone: 100 % (n1 & n2)?  ümlaut.";
    let mut scenario = Scenario::of(&TOY);
    scenario.insert(Cue { at_us: 0, act: Act::Say { text: crate::acts::Caption(text.into()) } });
    let printed = print(&Link::to(scenario.clone()), LABS);
    for mangled in
        [printed.clone(), printed.replace('-', "%2D").replace('&', "&amp;"), format!("({printed}).")]
    {
        assert_eq!(open(&mangled).0.scenario, scenario, "{mangled}");
    }
}

#[test]
fn sweeps_say_their_values() {
    let values = |text: &str| -> Vec<String> {
        let over = Over::parse(text, &TOY).unwrap();
        let param = TOY.params().iter().find(|p| p.key == over.key).unwrap();
        over.values().iter().map(|value| param.print(value)).collect()
    };
    assert_eq!(values("w:1..3"), ["1", "2", "3"]);
    assert_eq!(values("timeout:10ms..30ms..7ms"), ["10ms", "17ms", "24ms"]);
    assert_eq!(values("p:0..1").len(), 11);
    assert_eq!(values("repair:none..blocking"), ["none", "async", "blocking"]);
    for wrong in [
        "w",
        "w:1",
        "w:3..1",
        "w:1..99",
        "w:1..3..0",
        "w:1..2..3..4",
        "lag:1ms..2ms",
        "timeout:1ms..60s..1ms",
        "",
    ] {
        assert!(Over::parse(wrong, &TOY).is_err(), "{wrong}");
    }
}

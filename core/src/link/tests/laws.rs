//! Laws of the link over generated scenarios and texts. `SPLITBRAIN_CASES=1000000` tries a million mangled links, and as many of each law.

use super::{TOY, *};
use crate::acts::FORMS;
use crate::anything::{any_scenario, cases};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

/// Every lab that there is, and the one that has every kind of parameter.
static LABS: std::sync::LazyLock<Vec<&'static dyn Lab>> =
    std::sync::LazyLock::new(|| crate::labs::LABS.iter().copied().chain([&TOY as &dyn Lab]).collect());

fn lab_of(link: &Link) -> &'static dyn Lab {
    find_lab(&LABS, link.scenario.lab).expect("of our labs")
}

fn any_view() -> impl Strategy<Value = View> {
    let at = proptest::option::of(prop_oneof![
        (0..=crate::time::MAX_US).prop_map(At::Time),
        any::<u32>().prop_map(At::Record)
    ]);
    let words = || proptest::sample::subsequence(PANELS.to_vec(), 0..4);
    let word = proptest::option::of(proptest::sample::select(PANELS.to_vec()));
    let keys = || proptest::option::of(proptest::sample::subsequence(vec!["seed", "for", "do"], 0..=3));
    let texts = |keys: Vec<&str>| keys.into_iter().map(String::from).collect();
    (at, word, words(), 0..3usize, keys(), keys(), any::<bool>()).prop_map(
        move |(at, view, panels, theme, controls, knobs, hides)| View {
            at,
            view: view.map(String::from),
            panels: panels.into_iter().map(String::from).collect(),
            theme: Theme::WORDS[theme].0,
            controls: controls.map(texts),
            knobs: knobs.map(texts),
            hide: if hides { Hide::Lights } else { Hide::Nothing },
        },
    )
}

fn any_link() -> impl Strategy<Value = Link> {
    (0..LABS.len()).prop_flat_map(|lab| {
        let lab = LABS[lab];
        let second = proptest::option::of(any_scenario(lab));
        let sweep = (proptest::option::of(1..=MAX_MANY), proptest::option::of(any::<u32>()));
        (any_scenario(lab), second, any_view(), sweep).prop_map(
            move |(scenario, second, view, (many, digest))| {
                let revision = digest.map(|_| lab.meta().revision);
                // Half of the links attempt the lab's first challenge, where it has one.
                let challenge = lab.challenges().first().map(|c| c.id).filter(|_| digest.is_some());
                let envelope = Envelope { many, digest, revision, challenge, ..Envelope::default() };
                Link { scenario, second, view, envelope }
            },
        )
    })
}

/// Whatever the text, what opens may run, and prints canonically.
fn opens_soundly(text: &str) -> Result<(), TestCaseError> {
    let opened = parse(text, &LABS);
    let Some(link) = opened.link else {
        prop_assert!(!opened.problems.is_empty(), "neither a link nor a problem");
        return Ok(());
    };
    let lab = lab_of(&link);
    prop_assert_eq!(link.scenario.problems(lab), vec![]);
    prop_assert_eq!(link.second.as_ref().map(|second| second.problems(lab)).unwrap_or_default(), vec![]);
    let printed = print(&link, &LABS);
    let again = parse(&printed, &LABS);
    prop_assert_eq!(print(&again.link.clone().expect("what is printed opens"), &LABS), printed);
    prop_assert_eq!(again.link, Some(link));
    let _ = parse_fragment(lab, text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(128)))]

    #[test]
    fn a_link_says_all_of_it(link in any_link()) {
        let printed = print(&link, &LABS);
        let opened = parse(&printed, &LABS);
        prop_assert_eq!(&opened.problems, &vec![]);
        prop_assert_eq!(opened.link.as_ref(), Some(&link));
        let fragment = parse_fragment(lab_of(&link), &print_fragment(&link, lab_of(&link)));
        prop_assert_eq!(fragment, opened);
    }

    #[test]
    fn chat_programs_leave_a_link_alone(link in any_link()) {
        let printed = print(&link, &LABS);
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.=&,:?".contains(c);
        prop_assert!(printed.chars().all(allowed), "{}", printed);
        prop_assert!(printed.ends_with(|c: char| c.is_ascii_alphanumeric()), "{}", printed);
    }

    #[test]
    fn any_text_opens_soundly(text in "(toy|quorum)?[?]?\\PC{0,80}") {
        opens_soundly(&text)?;
    }
}

/// What happens to links on their way, and what hands do to them.
const JUNK: [&str; 24] = [
    "&",
    "=",
    "?",
    "#",
    "%",
    "%2",
    "&amp;",
    "/",
    "b.",
    "&do=",
    "&z=",
    "&v=9",
    "&n=1e99",
    ",",
    ":",
    "..",
    "&over=",
    "-",
    "labs/",
    "\u{e9}",
    "\u{1f600}",
    " ",
    "0s:crash:",
    "99999999999999999999",
];

/// Cheap enough for a million: a few links are generated, and each text is one of them with a few cuts and additions.
#[test]
fn any_mangled_link_opens_soundly() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut link = || any_link().new_tree(&mut runner).expect("links can be generated").current();
    let links: Vec<String> = (0..100).map(|_| print(&link(), &LABS)).collect();
    for number in 0..u64::from(cases(10_000)) {
        let mut draw = Draws { number, drawn: 0 };
        let mut text = links[draw.below(links.len())].clone();
        for _ in 0..draw.below(6) {
            let from = text.floor_char_boundary(draw.below(text.len() + 1));
            let to = text.floor_char_boundary((from + draw.below(6)).min(text.len()));
            let junk = match draw.below(4) {
                0 => FORMS[draw.below(FORMS.len())].word.to_string(),
                1 => char::from(draw.below(128) as u8).to_string(),
                _ => JUNK[draw.below(JUNK.len())].to_string(),
            };
            text.replace_range(from..to, &junk);
        }
        opens_soundly(&text).unwrap_or_else(|why| panic!("{text}: {why}"));
    }
}

/// A stream of numbers of its own for each case.
struct Draws {
    number: u64,
    drawn: u64,
}

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.drawn += 1;
        // SplitMix64's mixing of the case and the draw (Steele, Lea & Flood, OOPSLA 2014).
        let mut mixed = (self.number << 8).wrapping_add(self.drawn).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

//! Lessons: the numbers in their sentences are those of the runs that they are said of.
use std::fs;

use splitbrain_site::lesson::figures;
use splitbrain_site::workspace::root;
use splitbrain_tests::labs;

#[test]
fn figures_are_what_their_runs_give() {
    let mut wrong = Vec::new();
    for lab in labs() {
        let file = format!("core/src/labs/{}/README.md", lab.meta().id);
        let text = fs::read_to_string(root().join(&file)).unwrap_or_else(|why| panic!("{file}: {why}"));
        let figures = figures(&text).unwrap_or_else(|why| panic!("{file}: {why:#}"));
        wrong
            .extend(figures.iter().filter_map(|figure| Some(format!("{file}: {:#}", figure.check().err()?))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

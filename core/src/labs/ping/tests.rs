//! What the example shows, as a test: a run is a function that can be asked.

use super::LAB;
use crate::lab::{Detail, Lab, Outcome};
use crate::link;

/// What the default run comes to with this script.
fn outcome(script: &str) -> Outcome {
    let text = format!("{}?do={script}", LAB.meta.id);
    let link = link::parse(&text, &[&LAB]).link.unwrap_or_else(|| panic!("{text} opens"));
    LAB.run(&link.scenario, Detail::Full)
}

#[test]
fn to_the_client_a_cut_is_a_crash() {
    let told = |script: &str| {
        let outcome = outcome(script);
        let pings = outcome.operations.iter().map(|ping| (ping.invoked.at_us, ping.end));
        pings.collect::<Vec<_>>()
    };
    let cut = told("500ms:cut:c1-n1,1s:heal");
    assert_eq!(cut, told("500ms:crash:n1,1s:start:n1"));
    assert_ne!(cut, told(""));
}

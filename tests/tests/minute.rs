//! Which functions a reader's first minute takes: the text by which the module is parted, against that minute as it is played now.
use splitbrain_site::minute::{Minute, TEXT, rehearsed};
use splitbrain_site::wasm;
use splitbrain_tests::{blesses, check_golden};

/// So many of a hundred functions may be missing in the text: they are fetched early, which costs bytes.
const UNKNOWN_PERCENT: usize = 10;

#[test]
fn the_first_minute_takes_nothing_that_comes_later() {
    let compiled = wasm::compile(&wasm::Options::default()).unwrap();
    let now = rehearsed(&wasm::bind(&compiled).unwrap().wasm).unwrap();
    if blesses() {
        return check_golden("golden/minute.txt", &now.minute().print());
    }
    let minute = Minute::read().unwrap();
    let late = minute.late_for(&now);
    assert!(
        late.is_empty(),
        "by {TEXT} these come later than they are taken, with the labs: {late:#?}\n`cargo dev bless first_minute` writes it anew"
    );
    let (unknown, all) = minute.unknown(&now);
    assert!(
        100 * unknown <= UNKNOWN_PERCENT * all,
        "{unknown} of {all} functions that not every first minute takes are not in {TEXT}: `cargo dev bless first_minute` writes it anew"
    );
}

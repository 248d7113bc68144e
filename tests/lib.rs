//! What several of the workspace tests share: texts compared whole, the built site at an address, and browsers to look at it.
pub mod published;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs};

use splitbrain::lab::Lab;
use splitbrain::labs::{LABS, find};
use splitbrain_site::bless::VARIABLE;
use splitbrain_site::browser::{Browser, Look};
use splitbrain_site::test::{BUILT_SITE, ONE_LAB};
use splitbrain_site::{serve, site};

/// Compares `text` with a file, whole; `path` is from the `tests` folder: `golden/links.txt`.
///
/// With `SPLITBRAIN_BLESS=1` in the environment the file is rewritten instead: read the diff before you commit it.
///
/// # Panics
/// When they differ, with the first lines that do.
pub fn check_golden(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let old = fs::read_to_string(&file).unwrap_or_default();
    if old == text {
        return;
    }
    if blesses() {
        fs::create_dir_all(file.parent().expect("a file is in a folder")).expect("the folder can be made");
        // Whoever reads it meanwhile finds the old text or the new.
        let new = file.with_extension("new");
        fs::write(&new, text).and_then(|()| fs::rename(&new, &file)).expect("the file can be written");
        return;
    }
    let same = old.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
    let lines =
        |text: &str| text.lines().skip(same).take(5).map(|line| format!("    {line}\n")).collect::<String>();
    panic!(
        "tests/{path} differs from line {} on.\n  It says\n{}  and now it is\n{}  If that is right, \
         `cargo dev bless` rewrites it; read the diff before you commit it.",
        same + 1,
        lines(&old),
        lines(text)
    );
}

/// The labs that tests go through: all, or the one that `cargo dev test --lab` names.
///
/// # Panics
/// When there is no such lab.
pub fn labs() -> &'static [&'static dyn Lab] {
    static CHOSEN: OnceLock<Vec<&'static dyn Lab>> = OnceLock::new();
    CHOSEN.get_or_init(|| match env::var(ONE_LAB) {
        Ok(id) => vec![find(&id).unwrap_or_else(|| panic!("there is no lab {id}"))],
        Err(_) => LABS.to_vec(),
    })
}

/// Whether texts are to be rewritten.
pub fn blesses() -> bool {
    env::var(VARIABLE).is_ok_and(|bless| bless == "1")
}

/// The folder of the site: the one that [`BUILT_SITE`] names, or else built once for each test program; with `SPLITBRAIN_FAST=1` in the
/// environment by the dev profile, for whoever writes a test.
pub fn site_folder() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        let fast = env::var("SPLITBRAIN_FAST").is_ok_and(|fast| fast == "1");
        site::build(&site::Options { fast, ..site::Options::default() }).expect("the site builds").out
    };
    FOLDER.get_or_init(|| env::var_os(BUILT_SITE).map_or_else(build, PathBuf::from)).clone()
}

/// The address of the site, without a slash at its end. Served once for each test program.
pub fn site_address() -> &'static str {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    ADDRESS.get_or_init(|| format!("http://{}", serve::start(&site_folder(), 0).expect("a free port")))
}

/// A browser showing `path` of the site (it begins with a slash).
pub fn visit(path: &str, look: &Look) -> Browser {
    let address = format!("{}{path}", site_address());
    let browser = Browser::open(look).expect("a browser");
    browser.goto(&address).expect("the page opens");
    browser
}

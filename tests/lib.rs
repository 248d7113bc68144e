//! What several of the workspace tests share: texts compared whole, the built site at an address, and browsers to look at it.
pub mod published;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs};

use splitbrain_site::browser::{Browser, Look};
use splitbrain_site::test::BUILT_SITE;
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
    if env::var("SPLITBRAIN_BLESS").is_ok_and(|bless| bless == "1") {
        fs::create_dir_all(file.parent().expect("a file is in a folder")).expect("the folder can be made");
        fs::write(&file, text).expect("the file can be written");
        return;
    }
    let same = old.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
    let lines =
        |text: &str| text.lines().skip(same).take(5).map(|line| format!("    {line}\n")).collect::<String>();
    panic!(
        "tests/{path} differs from line {} on.\n  It says\n{}  and now it is\n{}  If that is right, \
         SPLITBRAIN_BLESS=1 rewrites it; read the diff before you commit it.",
        same + 1,
        lines(&old),
        lines(text)
    );
}

/// The address of the site, without a slash at its end. Served once for each test program, and built where [`BUILT_SITE`] names none; with `SPLITBRAIN_FAST=1` in the
/// environment by the dev profile, for whoever writes a test.
pub fn site_address() -> &'static str {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    ADDRESS.get_or_init(|| {
        let fast = env::var("SPLITBRAIN_FAST").is_ok_and(|fast| fast == "1");
        let build =
            || site::build(&site::Options { fast, ..site::Options::default() }).expect("the site builds");
        let folder = env::var_os(BUILT_SITE).map_or_else(|| build().out, PathBuf::from);
        format!("http://{}", serve::start(&folder, 0).expect("a free port"))
    })
}

/// A browser showing `path` of the site (it begins with a slash).
pub fn visit(path: &str, look: &Look) -> Browser {
    let address = format!("{}{path}", site_address());
    let browser = Browser::open(look).expect("a browser");
    browser.goto(&address).expect("the page opens");
    browser
}

//! What several of the workspace tests share: the built site at an address, and browsers to look at it.
use std::sync::OnceLock;

use splitbrain_site::browser::{Browser, Look};
use splitbrain_site::{serve, site};

/// The address of the site, without a slash at its end. Built and served once for each test program.
pub fn site_address() -> &'static str {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    ADDRESS.get_or_init(|| {
        let built = site::build(&site::Options::default()).expect("the site builds");
        format!("http://{}", serve::start(&built.out, 0).expect("a free port"))
    })
}

/// A browser showing `path` of the site (it begins with a slash).
pub fn visit(path: &str, look: &Look) -> Browser {
    let address = format!("{}{path}", site_address());
    let browser = Browser::open(look).expect("a browser");
    browser.goto(&address).expect("the page opens");
    browser
}

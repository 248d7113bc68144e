//! The site in a real browser: `cargo dev test` installs one where it may, `--only browser` runs only these.

/// The stage for native tests leaves this module to the browser stage, by its name.
mod in_a_browser {
    use splitbrain_site::browser::{Browser, Look};
    use splitbrain_site::site::Options;
    use splitbrain_site::{serve, site, workspace};
    use splitbrain_tests::visit;

    const PHONE: Look = Look { width: 320, height: 640, dark: false, reduced_motion: false };

    #[test]
    fn home_opens_without_a_complaint_and_without_sideways_scroll() {
        let browser = visit("/", &PHONE);
        assert_eq!(browser.text("h1").unwrap(), "Distributed systems you can break");
        let overflow =
            browser.execute("return document.documentElement.scrollWidth - innerWidth", vec![]).unwrap();
        assert_eq!(overflow, 0);
        assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn the_harness_sets_colours_motion_and_keys() {
        let dark = Look { dark: true, reduced_motion: true, ..Look::default() };
        let browser = visit("/embed/", &dark);
        browser.wait_until("matchMedia('(prefers-color-scheme: dark)').matches").unwrap();
        browser.wait_until("matchMedia('(prefers-reduced-motion: reduce)').matches").unwrap();
        browser.execute("document.onkeydown = (e) => window.heard = e.ctrlKey + e.key", vec![]).unwrap();
        browser.press("Control+z").unwrap();
        browser.wait_until("window.heard === 'truez'").unwrap();
        browser.look(&Look::default()).unwrap();
        browser.wait_until("matchMedia('(prefers-color-scheme: light)').matches").unwrap();
    }

    #[test]
    fn a_lost_reader_finds_the_way_home_from_any_depth() {
        let browser = visit("/labs/nowhere/at/all", &Look::default());
        assert_eq!(browser.text("h1").unwrap(), "No such page");
        browser.click("main a").unwrap();
        browser.wait_until("location.pathname === '/'").unwrap();
    }

    /// The addresses on this host that a page links to, without fragments. A link to anything but the web is refused.
    const LINKS_TO_US: &str = "const ours = [];
        for (const a of document.links) {
            if (!/^https?:$/.test(a.protocol)) throw new Error('a link of a strange kind: ' + a.href);
            if (a.host === location.host) ours.push(a.href.split('#')[0]);
        }
        return ours;";

    #[test]
    fn the_folder_works_under_any_path() {
        let host = workspace::target().join("site-under-a-path");
        let base = "/notes/lab/".parse().unwrap();
        let options = Options { out: host.join("notes/lab"), base, fast: false };
        let built = site::build(&options).unwrap();
        let address = serve::start(&host, 0).unwrap();
        let browser = Browser::open(&Look::default()).unwrap();
        for page in built.pages {
            browser.goto(&format!("http://{address}/notes/lab/{page}")).unwrap();
            // What a page names and the host does not have shows as an error in the console.
            assert_eq!(browser.console_errors().unwrap(), Vec::<String>::new(), "{page}");
            let ways = browser.execute(LINKS_TO_US, vec![]).unwrap();
            for way in ways.as_array().unwrap() {
                let file =
                    way.as_str().unwrap().split_once("/notes/lab/").expect("links stay below the path").1;
                let file = if file.is_empty() || file.ends_with('/') {
                    format!("{file}index.html")
                } else {
                    file.to_string()
                };
                assert!(options.out.join(&file).is_file(), "{page} links to {file}, which is not there");
            }
        }
    }
}

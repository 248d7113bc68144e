//! The site in a real browser: `cargo dev test` installs one where it may, `--only browser` runs only these.

/// The stage for native tests leaves this module to the browser stage, by its name.
mod in_a_browser {
    mod accessible;
    mod asked;
    mod checks;
    mod embedding;
    mod gestures;
    mod keyboard;
    mod large;
    mod learning;
    mod lesson;
    mod moving;
    mod parts;
    mod placed;
    mod robust;
    mod runs;
    mod story;
    mod surroundings;

    use splitbrain_site::browser::{Browser, Look};
    use splitbrain_site::{serve, workspace};
    use splitbrain_tests::{site_folder, visit};
    use std::fs;
    use std::path::Path;

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

    #[test]
    fn the_home_page_heals_its_run_and_finds_labs() {
        let browser = visit("/", &Look { reduced_motion: true, ..Look::default() });
        browser.wait_until("document.querySelector('splitbrain-lab').drawn").unwrap();
        browser.click(".acts .primary").unwrap();
        browser.wait_until("/heal/.test(document.querySelector('splitbrain-lab').link)").unwrap();
        browser.fill("#search", "monotonic reads").unwrap();
        browser.wait_until("!document.querySelector('.card:not([hidden]) [href*=ping]')").unwrap();
        browser.wait_until("document.querySelector('.card:not([hidden]) [href*=quorum]')").unwrap();
        browser.fill("#search", "gossip").unwrap();
        browser
            .wait_until("document.querySelector('.search [role=status]').textContent === 'Gossip: to come'")
            .unwrap();
        browser.fill("#search", "no such words").unwrap();
        browser
            .wait_until("/No lab/.test(document.querySelector('.search [role=status]').textContent)")
            .unwrap();
    }

    #[test]
    fn a_term_explains_itself_to_the_keyboard() {
        let browser = visit("/labs/ping/", &Look::default());
        browser.execute("document.querySelector('a.term').focus({ focusVisible: true })", vec![]).unwrap();
        browser.wait_until("document.querySelector('.note:popover-open')").unwrap();
        browser.press("Escape").unwrap();
        browser.wait_until("!document.querySelector('.note:popover-open')").unwrap();
    }

    #[test]
    fn an_embedded_lab_tells_its_height_and_leaves_its_address() {
        let browser = visit("/404.html", &Look::default());
        let embed = "addEventListener('message', ({ data }) => data.type === 'splitbrain-height' && (window.told = data.height));
            const frame = document.createElement('iframe');
            frame.src = '/embed/#ping?panels=stage&theme=dark';
            document.body.append(frame);";
        browser.execute(embed, vec![]).unwrap();
        browser.wait_until("window.told > 100").unwrap();
        browser
            .wait_until(
                "document.querySelector('iframe').contentDocument.documentElement.dataset.theme === 'dark'",
            )
            .unwrap();
        // The way to the full window carries everything.
        let full = "/full.#(at=[^&]*&)?panels=stage&theme=dark$/.test(document.querySelector('iframe').contentDocument.querySelector('splitbrain-lab').shadowRoot.querySelector('.sb-full').href)";
        browser.wait_until(full).unwrap();
        browser
            .wait_until("document.querySelector('iframe').contentWindow.location.hash === '#ping?panels=stage&theme=dark'")
            .unwrap();
    }

    /// The addresses on this host that a page links to, without fragments. A link to anything but the web is refused.
    const LINKS_TO_US: &str = "const ours = [];
        for (const a of document.links) {
            if (!/^https?:$/.test(a.protocol)) throw new Error('a link of a strange kind: ' + a.href);
            if (a.host === location.host) ours.push(a.href.split('#')[0]);
        }
        return ours;";

    /// Copies a folder; gives the files in it, by their paths there.
    fn copied(from: &Path, to: &Path) -> Vec<String> {
        fs::create_dir_all(to).unwrap();
        let mut files = Vec::new();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                let below = copied(&entry.path(), &to.join(&name));
                files.extend(below.into_iter().map(|file| format!("{name}/{file}")));
            } else {
                fs::copy(entry.path(), to.join(&name)).unwrap();
                files.push(name);
            }
        }
        files
    }

    #[test]
    fn the_folder_works_under_any_path() {
        let host = workspace::target().join("site-under-a-path");
        let moved = host.join("notes/lab");
        let files = copied(&site_folder(), &moved);
        let address = serve::start(&host, 0).unwrap();
        let browser = Browser::open(&Look::default()).unwrap();
        let mut labs_with_a_preset: Vec<String> = Vec::new();
        // The page for lost readers, who may be at any depth, alone knows where the site was to be.
        for page in files.iter().filter(|file| file.ends_with(".html") && *file != "404.html") {
            // The pages of presets are made by one template: one of each lab stands for them.
            if let [_, lab, preset, _] = page.split('/').collect::<Vec<_>>()[..]
                && preset != "full"
            {
                if labs_with_a_preset.iter().any(|seen| seen == lab) {
                    continue;
                }
                labs_with_a_preset.push(lab.to_string());
            }
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
                assert!(moved.join(&file).is_file(), "{page} links to {file}, which is not there");
            }
        }
    }
}

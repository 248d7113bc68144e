//! A headless Chromium driven through WebDriver, with plain blocking calls: for tests and screenshots.
use std::fs;
use std::future::Future;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use base64::Engine;
use fantoccini::elements::{Element, ElementRef};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::opened::unwritable;
use crate::setup;

/// How long `wait_for` and `wait_until` wait. Generous: CI's two cores are shared, and nothing passes by waiting less.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What the browser should be like.
#[derive(Clone, Debug)]
pub struct Look {
    /// Width of the viewport in CSS pixels.
    pub width: u32,
    /// Height of the viewport in CSS pixels.
    pub height: u32,
    /// `prefers-color-scheme: dark`.
    pub dark: bool,
    /// `prefers-reduced-motion: reduce`.
    pub reduced_motion: bool,
}

impl Default for Look {
    fn default() -> Look {
        Look { width: 1200, height: 900, dark: false, reduced_motion: false }
    }
}

/// One browser with one window. It ends, with its driver, when it is dropped.
pub struct Browser {
    runtime: Runtime,
    client: Client,
    // Dropped last: the driver must outlive the session that `drop` closes.
    _driver: Driver,
}

impl Browser {
    /// Starts a driver on a free port and a browser under it.
    pub fn open(look: &Look) -> Result<Browser> {
        let programs = setup::find_browser()?;
        let driver = Driver::start(&programs.driver)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // As root Chromium needs --no-sandbox; the others keep it from asking the network for anything.
        let flags = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
                     --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars";
        let capabilities = json!({
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {
                "binary": programs.browser,
                "args": flags.split_whitespace().collect::<Vec<_>>(),
            },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("it is written as an object") };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{}", driver.port);
        let client = runtime.block_on(builder.connect(&address)).context("Chromium does not start")?;
        let browser = Browser { runtime, client, _driver: driver };
        browser.look(look)?;
        Ok(browser)
    }

    /// Sets the viewport and the reader's preferences; the page in it is told as by a real change.
    pub fn look(&self, look: &Look) -> Result<()> {
        let size =
            json!({"width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size)?;
        let scheme = if look.dark { "dark" } else { "light" };
        let motion = if look.reduced_motion { "reduce" } else { "no-preference" };
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features}))?;
        Ok(())
    }

    /// Opens an address and waits until the page has loaded. A change of the fragment alone does not load it anew.
    pub fn goto(&self, url: &str) -> Result<()> {
        self.wait(self.client.goto(url)).with_context(|| format!("{url} does not open"))
    }

    /// Loads the page again.
    pub fn reload(&self) -> Result<()> {
        self.wait(self.client.refresh())
    }

    /// The address that the browser shows.
    pub fn url(&self) -> Result<String> {
        Ok(self.wait(self.client.current_url())?.to_string())
    }

    /// Goes into the first iframe of the page: what follows happens in its document.
    pub fn enter_frame(&self) -> Result<()> {
        self.wait(self.client.enter_frame(0))
    }

    /// Runs the body of a function in the page; `return` gives a value, `arguments` holds `args`. A promise is awaited.
    pub fn execute(&self, body: &str, args: Vec<Value>) -> Result<Value> {
        self.wait(self.client.execute(body, args)).with_context(|| format!("in the page: {body}"))
    }

    /// The first element that a selector finds. `a >>> b` looks for `b` in the shadow root of `a`.
    pub fn find(&self, selector: &str) -> Result<Option<Element>> {
        const BODY: &str = "let from = document;
            for (const part of arguments[0].split('>>>')) {
                if (from && from.shadowRoot) from = from.shadowRoot;
                from = from && from.querySelector(part.trim());
            }
            return from;";
        let found = self.execute(BODY, vec![json!(selector)])?;
        // The key is WebDriver's own name for a reference to an element (W3C WebDriver, §12.1).
        let id = found.get("element-6066-11e4-a52e-4f735466cecf").and_then(Value::as_str);
        Ok(id.map(|id| Element::from_element_id(self.client.clone(), ElementRef::from(id.to_string()))))
    }

    /// Waits until a selector finds something, and gives it.
    pub fn wait_for(&self, selector: &str) -> Result<Element> {
        self.patiently(&format!("an element {selector}"), || self.find(selector))
    }

    /// Waits until an expression in the page is true.
    pub fn wait_until(&self, expression: &str) -> Result<()> {
        let body = format!("return !!({expression});");
        self.patiently(expression, || {
            Ok(self.execute(&body, vec![])?.as_bool().filter(|done| *done).map(|_| ()))
        })
    }

    /// The text that a reader sees in an element.
    pub fn text(&self, selector: &str) -> Result<String> {
        let element = self.wait_for(selector)?;
        self.wait(element.text())
    }

    /// Clicks the middle of an element, as a mouse does: an element that is covered by another refuses.
    pub fn click(&self, selector: &str) -> Result<()> {
        let element = self.wait_for(selector)?;
        self.wait(element.click()).with_context(|| format!("a click on {selector}"))
    }

    /// Empties a field and types into it.
    pub fn fill(&self, selector: &str, text: &str) -> Result<()> {
        let element = self.wait_for(selector)?;
        self.wait(element.clear())?;
        self.wait(element.send_keys(text))
    }

    /// Presses one key where the focus is: `a`, `Enter`, `ArrowRight`, `Shift+Tab`, `Control+z`.
    pub fn press(&self, chord: &str) -> Result<()> {
        let keys = chord_keys(chord)?;
        let down = keys.iter().map(|key| json!({"type": "keyDown", "value": key}));
        let up = keys.iter().rev().map(|key| json!({"type": "keyUp", "value": key}));
        let actions: Vec<Value> = down.chain(up).collect();
        self.post("actions", json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]}))?;
        Ok(())
    }

    /// Drags from one point of the viewport to another, in CSS pixels, in a few steps.
    pub fn drag(&self, from: (i32, i32), to: (i32, i32)) -> Result<()> {
        const STEPS: i32 = 8;
        let point = |(x, y): (i32, i32)| json!({"type": "pointerMove", "duration": 16, "x": x, "y": y});
        let mut actions = vec![point(from), json!({"type": "pointerDown", "button": 0})];
        actions.extend((1..=STEPS).map(|step| {
            point((from.0 + (to.0 - from.0) * step / STEPS, from.1 + (to.1 - from.1) * step / STEPS))
        }));
        actions.push(json!({"type": "pointerUp", "button": 0}));
        let mouse = json!({"type": "pointer", "id": "mouse", "actions": actions});
        self.post("actions", json!({"actions": [mouse]}))?;
        Ok(())
    }

    /// Writes a PNG of the viewport, or of the whole page.
    pub fn screenshot(&self, file: &Path, full: bool) -> Result<()> {
        let shot = self.devtools(
            "Page.captureScreenshot",
            json!({"format": "png", "captureBeyondViewport": full, "clip": self.clip(full)?}),
        )?;
        let data = shot.get("data").and_then(Value::as_str).context("Chromium gave no picture")?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(data)?;
        Ok(fs::write(file, bytes).map_err(unwritable(file))?)
    }

    /// What is photographed: the viewport where it stands, or everything that can be scrolled to.
    fn clip(&self, full: bool) -> Result<Value> {
        let body = if full {
            "const root = document.documentElement;
             return {x: 0, y: 0, width: root.scrollWidth, height: root.scrollHeight, scale: 1};"
        } else {
            "return {x: scrollX, y: scrollY, width: innerWidth, height: innerHeight, scale: 1};"
        };
        self.execute(body, vec![])
    }

    /// What the page has complained about since the last call: uncaught errors, `console.error`, failed requests,
    /// breaches of its content policy.
    pub fn console_errors(&self) -> Result<Vec<String>> {
        let entries = self.post("se/log", json!({"type": "browser"}))?;
        let entries = entries.as_array().cloned().unwrap_or_default();
        let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        Ok(severe.map(|entry| entry["message"].as_str().unwrap_or_default().to_string()).collect())
    }

    /// Any command of Chromium's DevTools protocol, such as `Emulation.setScriptExecutionDisabled`.
    pub fn devtools(&self, command: &str, params: Value) -> Result<Value> {
        self.post("goog/cdp/execute", json!({"cmd": command, "params": params}))
    }

    fn post(&self, path: &'static str, body: Value) -> Result<Value> {
        self.wait(self.client.issue_cmd(Post { path, body }))
            .with_context(|| format!("the driver refuses {path}"))
    }

    fn wait<T, E: std::error::Error + Send + Sync + 'static>(
        &self,
        future: impl Future<Output = Result<T, E>>,
    ) -> Result<T> {
        Ok(self.runtime.block_on(future)?)
    }

    #[allow(clippy::disallowed_methods, reason = "a browser lives in real time")]
    fn patiently<T>(&self, what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(found) = look()? {
                return Ok(found);
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        bail!("waited {} s in vain for {what} at {}", PATIENCE.as_secs(), self.url()?)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Closing the session ends Chromium; without it the driver's end would leave it behind.
        let _ = self.runtime.block_on(self.client.clone().close());
    }
}

/// The keys of a chord as WebDriver writes them: the named ones lie in Unicode's private area (W3C WebDriver, §17.4.2).
fn chord_keys(chord: &str) -> Result<Vec<String>> {
    let named = |name: &str| match name {
        "Backspace" => Some('\u{E003}'),
        "Tab" => Some('\u{E004}'),
        "Enter" => Some('\u{E007}'),
        "Shift" => Some('\u{E008}'),
        "Control" => Some('\u{E009}'),
        "Alt" => Some('\u{E00A}'),
        "Escape" => Some('\u{E00C}'),
        "Space" => Some(' '),
        "PageUp" => Some('\u{E00E}'),
        "PageDown" => Some('\u{E00F}'),
        "End" => Some('\u{E010}'),
        "Home" => Some('\u{E011}'),
        "ArrowLeft" => Some('\u{E012}'),
        "ArrowUp" => Some('\u{E013}'),
        "ArrowRight" => Some('\u{E014}'),
        "ArrowDown" => Some('\u{E015}'),
        "Delete" => Some('\u{E017}'),
        _ => None,
    };
    let parts: Vec<&str> = if chord.chars().count() == 1 { vec![chord] } else { chord.split('+').collect() };
    let key = |part: &str| {
        let mut chars = part.chars();
        let single = chars.next().filter(|_| chars.next().is_none());
        single.or_else(|| named(part)).map(String::from).ok_or_else(|| anyhow!("no key is called {part:?}"))
    };
    parts.into_iter().map(key).collect()
}

/// A command that fantoccini has no words for: a body posted below the session's address.
#[derive(Debug)]
struct Post {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

/// chromedriver as our child, killed by its handle when dropped.
struct Driver {
    child: Child,
    port: u16,
    /// Where it and its browser keep their files, which neither of them clears away when it is killed.
    scratch: PathBuf,
}

/// How many drivers this process has started: each has a folder of its own.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// How often a driver is started before it is taken to be broken.
const TRIES: u32 = 5;

impl Driver {
    /// Several that start at one time may choose the same free port, for IPv4 the one and for IPv6 the other; the later one then ends.
    fn start(program: &Path) -> Result<Driver> {
        let mut started = Driver::start_once(program);
        for _ in 1..TRIES {
            if started.is_ok() {
                break;
            }
            started = Driver::start_once(program);
        }
        started
    }

    fn start_once(program: &Path) -> Result<Driver> {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let scratch =
            std::env::temp_dir().join(format!("splitbrain-browser-{}-{number}", std::process::id()));
        fs::create_dir_all(&scratch).with_context(|| format!("{} cannot be made", scratch.display()))?;
        let mut child = Command::new(program)
            .arg("--port=0")
            .env("TMPDIR", &scratch)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let out = child.stdout.take().expect("it was asked for");
        let mut driver = Driver { child, port: 0, scratch };
        let mut lines = BufReader::new(out).lines();
        // It says "ChromeDriver was started successfully on port 41234."
        for line in lines.by_ref() {
            if let Some((_, port)) = line?.rsplit_once("successfully on port ") {
                driver.port = port.trim_end_matches('.').parse()?;
                break;
            }
        }
        ensure!(driver.port != 0, "{} ended without saying on which port it listens", program.display());
        // Reads on, so that the driver never waits for room in the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The browser's last processes may still write while they end: then a second or third try clears it.
        for _ in 0..20 {
            if fs::remove_dir_all(&self.scratch).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_split_at_plus_but_plus_is_a_key() {
        assert_eq!(chord_keys("+").unwrap(), ["+"]);
        assert_eq!(chord_keys("Control+z").unwrap(), ["\u{E009}", "z"]);
        assert!(chord_keys("Cotrol+z").is_err());
    }
}

//! What the page is told when this module cannot go on.

use crate::blackbox;
use crate::border::labs;
use splitbrain::link;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Of www/static/modules.js, and of pool.js in a worker: hears the message of a panic, the link of what was being run and the number of
    /// the widget that ran it. The instance is made anew at the next call, so every widget has to be made again then.
    #[wasm_bindgen(js_namespace = globalThis, js_name = splitbrainPanicked)]
    fn panicked(message: &str, link: &str, widget: u32);
}

/// Has the page told of panics from now on.
pub(crate) fn watch() {
    std::panic::set_hook(Box::new(|info| fallen(&info.to_string())));
}

/// Tells the page what has become of what was being run, and has this instance made anew.
pub(crate) fn fallen(message: &str) {
    let link = blackbox::last().map(|link| link::print(&link, labs())).unwrap_or_default();
    panicked(message, &link, blackbox::worker());
    wasm_bindgen::handler::schedule_reinit();
}

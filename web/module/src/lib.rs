//! What a browser loads: the page with all labs, as one module, which `cargo dev build` parts by who needs what (`www/src/split/`).
#![cfg(target_arch = "wasm32")]

use splitbrain::labs::LABS;
use wasm_bindgen::prelude::*;

/// Tells the page's side which labs there are.
#[wasm_bindgen(start)]
pub fn start() {
    splitbrain_web::border::serve(LABS);
}

/// Plays what a reader does in the first minute with the lab at that place in the list, to see which functions that takes. It is no part of what
/// is published.
#[wasm_bindgen]
pub fn rehearse(lab: usize) {
    splitbrain_web::rehearsal::rehearse(LABS, LABS[lab]);
}

#[wasm_bindgen]
extern "C" {
    /// Of www/static/modules.js: puts a part of the module in its place, fetched now if it has not been fetched ahead; says whether it is there.
    /// Where it is not, the page tells the widget's reader.
    #[wasm_bindgen(js_namespace = globalThis, js_name = splitbrainPart)]
    fn put_part(part: u32, widget: u32) -> bool;
}

/// What a stub calls while the part of its function is not there. Nothing that it does itself may be of another part: so it handles no texts,
/// and where the part cannot be had, which the page has been told, it ends this instance as a panic does.
#[wasm_bindgen]
pub fn fetch_part(part: u32) {
    if !put_part(part, splitbrain_web::blackbox::worker()) {
        wasm_bindgen::handler::schedule_reinit();
        core::arch::wasm32::unreachable();
    }
}

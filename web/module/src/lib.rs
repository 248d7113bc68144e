//! What a browser loads: the page with the lab that `SPLITBRAIN_LAB` names when this is compiled and those that its lesson shows, or with
//! all labs. `cargo dev build` makes a module for each lab, since a lab's page needs no other's code, and only this crate is compiled anew
//! for each; then it parts each lab's module in two, the functions that a reader's first minute takes and the rest (`www/src/split.rs`).
#![cfg(target_arch = "wasm32")]

use splitbrain::lab::Lab;
use wasm_bindgen::prelude::*;

const LAB: Option<&str> = option_env!("SPLITBRAIN_LAB");
const LABS: &[&dyn Lab] = splitbrain::labs::only(LAB);

/// Tells the page's side which labs there are.
#[wasm_bindgen(start)]
pub fn start() {
    splitbrain_web::border::serve(LABS);
}

/// Plays what a reader does in the first minute, for the build to see which functions that takes. It is no part of what is published.
#[wasm_bindgen]
pub fn rehearse() {
    splitbrain_web::rehearsal::rehearse(LABS, LABS[0]);
}

#[wasm_bindgen]
extern "C" {
    /// Of www/static/modules.js: puts the rest of a module in its place, fetched now if it has not been fetched ahead; says whether it is there.
    /// Where it is not, the page tells the widget's reader.
    #[wasm_bindgen(js_namespace = globalThis, js_name = splitbrainRest)]
    fn put_rest(module: u32, widget: u32) -> bool;
}

/// What a function of the rest calls while the rest is not there. Nothing that it does itself may be of the rest: so it handles no texts,
/// and where the rest cannot be had, which the page has been told, it ends this instance as a panic does.
#[wasm_bindgen]
pub fn fetch_rest() {
    const MODULE: u32 = splitbrain::labs::number(LAB);
    if !put_rest(MODULE, splitbrain_web::blackbox::worker()) {
        wasm_bindgen::handler::schedule_reinit();
        core::arch::wasm32::unreachable();
    }
}

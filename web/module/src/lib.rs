//! What a browser loads: the page with the lab that `SPLITBRAIN_LAB` names when this is compiled, or with all labs. `cargo dev build`
//! makes a module for each lab, since a lab's page needs no other's code, and only this crate is compiled anew for each.
#![cfg(target_arch = "wasm32")]

use splitbrain::lab::Lab;
use wasm_bindgen::prelude::*;

const LABS: &[&dyn Lab] = splitbrain::labs::only(option_env!("SPLITBRAIN_LAB"));

/// Tells the page's side which labs there are.
#[wasm_bindgen(start)]
pub fn start() {
    splitbrain_web::border::serve(LABS);
}

//! Names of elements and attributes as strings of the page: each is made once, and found again by its place in memory.
//!
//! `wasm_bindgen::intern` does the same by the text, which it hashes twice for every attribute: in a profile an eighth of the script of a frame.

use std::cell::RefCell;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element};

#[wasm_bindgen]
extern "C" {
    /// An element whose names come as strings of the page. Ours are names for certain, so that nothing is to be caught.
    type Named;
    #[wasm_bindgen(method, js_name = setAttribute)]
    fn set(this: &Named, name: &JsValue, value: &str);
    #[wasm_bindgen(method, js_name = removeAttribute)]
    fn unset(this: &Named, name: &JsValue);

    /// A document that is asked for elements by such names.
    type Maker;
    #[wasm_bindgen(method, js_name = createElement)]
    fn make(this: &Maker, tag: &JsValue) -> Element;
    #[wasm_bindgen(method, js_name = createElementNS)]
    fn make_of(this: &Maker, namespace: &JsValue, tag: &JsValue) -> Element;
}

thread_local! {
    /// By where the text lies and how long it is, in that order.
    static NAMES: RefCell<Vec<((*const u8, usize), JsValue)>> = const { RefCell::new(Vec::new()) };
    /// The namespace of pictures.
    static SVG: JsValue = JsValue::from_str("http://www.w3.org/2000/svg");
}

/// Calls with the page's string for a name. Nothing that is called may come back here.
fn with<T>(name: &'static str, call: impl FnOnce(&JsValue) -> T) -> T {
    NAMES.with_borrow_mut(|names| {
        let place = (name.as_ptr(), name.len());
        let at = names.binary_search_by_key(&place, |(place, _)| *place).unwrap_or_else(|at| {
            names.insert(at, (place, name.into()));
            at
        });
        call(&names[at].1)
    })
}

/// Sets an attribute.
pub fn set(live: &Element, name: &'static str, value: &str) {
    with(name, |name| live.unchecked_ref::<Named>().set(name, value));
}

/// Removes an attribute.
pub fn unset(live: &Element, name: &'static str) {
    with(name, |name| live.unchecked_ref::<Named>().unset(name));
}

/// Makes an element.
pub fn create(document: &Document, tag: &'static str, of_picture: bool) -> Element {
    let maker = document.unchecked_ref::<Maker>();
    with(tag, |tag| if of_picture { SVG.with(|svg| maker.make_of(svg, tag)) } else { maker.make(tag) })
}

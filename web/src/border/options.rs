//! What a page says of a widget that it opens: an object of JavaScript.

use crate::app::Options;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

/// A text among the options.
pub(super) fn text(options: &JsValue, key: &str) -> Option<String> {
    Reflect::get(options, &key.into()).ok()?.as_string()
}

/// The number by which a panic names the widget.
pub(super) fn number_of(options: &JsValue) -> u32 {
    Reflect::get(options, &"number".into())
        .ok()
        .and_then(|number| number.as_f64())
        .map_or(0, |number| number as u32)
}

/// How a widget is opened.
pub(super) fn read_options(options: &JsValue) -> Options {
    let get = |key: &str| Reflect::get(options, &key.into()).unwrap_or(JsValue::UNDEFINED);
    let words = |key: &str| {
        let text = text(options, key)?;
        Some(
            text.split([',', ' '])
                .filter(|word| !word.is_empty() && *word != "none")
                .map(String::from)
                .collect::<Vec<_>>(),
        )
    };
    // An object of texts: what the browser keeps for us. Where there is none, nothing is kept.
    let texts = get("kept").dyn_into::<Object>().ok();
    let kept = texts.iter().flat_map(Object::entries).filter_map(|entry| {
        let entry = Array::from(&entry);
        Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
    });
    Options {
        keeps: texts.is_some(),
        kept: kept.collect(),
        id: format!("sb{}", number_of(options)),
        panels: words("panels").unwrap_or_default(),
        controls: words("controls"),
        width: get("width").as_f64().map_or(720, |width| width as u32),
        clock: Some(js_sys::Date::now),
        still: get("still").is_truthy(),
        whole: get("whole").is_truthy(),
        site: text(options, "site").unwrap_or_default(),
    }
}

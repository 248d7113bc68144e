//! What a run came to as plain data of JavaScript.

use js_sys::{Array, Object, Reflect};
use splitbrain::lab::{Lab, Outcome};
use wasm_bindgen::JsValue;

fn set(object: &Object, key: &str, value: impl Into<JsValue>) {
    let done = Reflect::set(object, &key.into(), &value.into());
    assert!(done.is_ok(), "a fresh object takes properties");
}

/// The shape of `cargo dev run --json`.
pub fn outcome(lab: &dyn Lab, link: &str, outcome: &Outcome) -> JsValue {
    let object = Object::new();
    set(&object, "format", 1);
    set(&object, "link", link);
    set(&object, "digest", format!("{:016x}", outcome.digest));
    let tallies = Object::new();
    for tally in &outcome.tallies {
        // A whole number below 2^53 is exact as a double.
        let scale = tally.unit.divisor();
        set(&tallies, tally.name, tally.value.map_or(JsValue::NULL, |value| (value as f64 / scale).into()));
    }
    set(&object, "tallies", tallies);
    let verdicts =
        lab.meta().promises.iter().filter_map(|promise| outcome.verdict(promise.id)).map(|verdict| {
            let (light, last) = (Object::new(), verdict.judged());
            set(&light, "id", verdict.promise);
            set(&light, "state", last.state.word());
            set(&light, "at_us", last.at.at_us as f64);
            set(&light, "why", last.why.as_str());
            JsValue::from(light)
        });
    set(&object, "verdicts", verdicts.collect::<Array>());
    set(
        &object,
        "limits",
        outcome.limits.iter().map(|limit| JsValue::from(limit.as_str())).collect::<Array>(),
    );
    object.into()
}

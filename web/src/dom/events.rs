//! What happens on the page, turned into messages: one listener for each event on the root of a tree.

use super::patch;
use crate::event::{Handled, UiEvent};
use crate::markup::EVENTS;
use crate::number::parse_number;
use js_sys::Reflect;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

thread_local! {
    /// While nodes are being patched, what they fire (a field that is taken away loses its focus) is our own doing.
    static PATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Runs a change of the page whose own events are not to be heard.
pub fn unheard<T>(change: impl FnOnce() -> T) -> T {
    let before = PATCHING.replace(true);
    let result = change();
    PATCHING.set(before);
    result
}

type Hear = Closure<dyn FnMut(Event)>;

/// The listeners of one tree; they end when this is dropped.
pub struct Listeners {
    root: Element,
    listening: Vec<(&'static str, Hear)>,
}

impl Listeners {
    /// Listens on `root` to all that elements of the tree may ask for.
    pub fn new(root: &Element, handle: impl FnMut(UiEvent) -> Handled + 'static) -> Listeners {
        let handle = Rc::new(RefCell::new(handle));
        let listening = EVENTS.map(|(name, attribute)| {
            let (handle, place) = (handle.clone(), root.clone());
            let hear = Hear::new(move |event: Event| {
                // An event fired by what the handler itself does is not news.
                if let (false, Ok(mut handle)) = (PATCHING.get(), handle.try_borrow_mut()) {
                    dispatch(&place, name, attribute, &event, &mut *handle);
                }
            });
            let options = web_sys::AddEventListenerOptions::new();
            options.set_passive(false);
            options.set_capture(stays_put(name));
            root.add_event_listener_with_callback_and_add_event_listener_options(
                name,
                hear.as_ref().unchecked_ref(),
                &options,
            )
            .expect("an element takes listeners");
            (name, hear)
        });
        Listeners { root: root.clone(), listening: listening.into() }
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        for (name, hear) in &self.listening {
            let callback = hear.as_ref().unchecked_ref();
            let _ = self.root.remove_event_listener_with_callback_and_bool(name, callback, stays_put(name));
        }
    }
}

/// Events that don't bubble: they are heard on their way down, and only the element itself is asked.
fn stays_put(name: &str) -> bool {
    matches!(name, "toggle" | "pointerleave")
}

fn dispatch(
    root: &Element,
    name: &'static str,
    attribute: &str,
    event: &Event,
    handle: &mut impl FnMut(UiEvent) -> Handled,
) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    if name == "submit" {
        event.prevent_default();
    }
    if name == "keydown" && presses(&target, event) {
        let message = target.get_attribute("data-on-click").expect("`presses` looked");
        hold_back(event, handle(read(&target, &target, "click", message, event)));
        return;
    }
    let mut asked = Some(target.clone());
    while let Some(element) = asked {
        if let Some(message) = element.get_attribute(attribute)
            && !(name == "keydown" && element != target && belongs_to(&target, event))
        {
            let handled = handle(read(&target, &element, name, message, event));
            hold_back(event, handled);
            if handled != Handled::No {
                capture(name, &element, event);
                break;
            }
        }
        asked = if stays_put(name) || &element == root { None } else { element.parent_element() };
    }
    if name == "change" {
        patch::settle(root, None);
    }
}

fn hold_back(event: &Event, handled: Handled) {
    if handled == Handled::Yes {
        event.prevent_default();
    }
}

/// A drag that has begun on an element which holds it (`data-hold`) goes on when the pointer leaves it, and is no click.
fn capture(name: &str, element: &Element, event: &Event) {
    if let ("pointermove", Some(pointer)) = (name, event.dyn_ref::<PointerEvent>())
        && element.has_attribute("data-hold")
    {
        let _ = element.set_pointer_capture(pointer.pointer_id());
    }
}

/// Whether Enter or Space on a mark of a picture stands for a click: browsers do this for real buttons only.
fn presses(target: &Element, event: &Event) -> bool {
    let Some(keys) = event.dyn_ref::<KeyboardEvent>() else { return false };
    matches!(keys.key().as_str(), "Enter" | " ")
        && target.get_attribute("role").as_deref() == Some("button")
        && target.has_attribute("data-on-click")
        && target.tag_name() != "BUTTON"
}

/// Whether a key is the control's own, so that a shortcut of the widget around it must not take it.
fn belongs_to(control: &Element, event: &Event) -> bool {
    let Some(keys) = event.dyn_ref::<KeyboardEvent>() else { return false };
    let key = keys.key();
    let moves = key.starts_with("Arrow") || matches!(key.as_str(), "Home" | "End" | "PageUp" | "PageDown");
    match control.tag_name().as_str() {
        "BUTTON" | "SUMMARY" | "A" => matches!(key.as_str(), "Enter" | " "),
        "SELECT" => key != "Escape",
        "INPUT" => match control.get_attribute("type").as_deref() {
            Some("range") => moves,
            Some("checkbox") => key == " ",
            Some("radio") => moves || key == " ",
            Some("button" | "submit") => matches!(key.as_str(), "Enter" | " "),
            _ => key != "Escape",
        },
        _ => false,
    }
}

/// What an event carries. Values are the target's, so that a group of radio buttons can ask once for all of them.
fn read(target: &Element, element: &Element, name: &'static str, message: String, event: &Event) -> UiEvent {
    let mut read = UiEvent { event: name, message, ..UiEvent::default() };
    if matches!(target.tag_name().as_str(), "INPUT" | "SELECT") {
        let property = |name: &str| Reflect::get(target, &name.into()).ok();
        read.value = property("value").and_then(|value| value.as_string()).unwrap_or_default();
        read.checked = property("checked").is_some_and(|checked| checked.is_truthy());
    } else if name == "toggle" {
        read.checked = target.has_attribute("open");
    }
    if let Some(keys) = event.dyn_ref::<KeyboardEvent>() {
        read.key = keys.key();
        (read.shift, read.alt) = (keys.shift_key(), keys.alt_key());
        read.control = keys.ctrl_key() || keys.meta_key();
    }
    if let Some(mouse) = event.dyn_ref::<MouseEvent>() {
        (read.x, read.y) = place(element, mouse);
        (read.shift, read.alt) = (mouse.shift_key(), mouse.alt_key());
        read.control = mouse.ctrl_key() || mouse.meta_key();
        read.pressed = mouse.buttons() != 0;
    }
    if let Some(pointer) = event.dyn_ref::<PointerEvent>() {
        (read.pointer, read.touch) = (pointer.pointer_id(), pointer.pointer_type() != "mouse");
    }
    if let Some(wheel) = event.dyn_ref::<WheelEvent>() {
        (read.wheel_x, read.wheel) = (wheel.delta_x(), wheel.delta_y());
    }
    read
}

/// Where the pointer is in units of the picture around an element, or in pixels from the element's corner.
fn place(element: &Element, mouse: &MouseEvent) -> (f64, f64) {
    let picture = element.closest("svg").ok().flatten();
    let frame = picture.as_ref().unwrap_or(element);
    let rect = frame.get_bounding_client_rect();
    let (x, y) = (f64::from(mouse.client_x()) - rect.left(), f64::from(mouse.client_y()) - rect.top());
    let size = |name| picture.as_ref().and_then(|picture| parse_number(&picture.get_attribute(name)?));
    let scale =
        |units: Option<f64>, pixels: f64| units.filter(|_| pixels > 0.0).map_or(1.0, |units| units / pixels);
    (x * scale(size("width"), rect.width()), y * scale(size("height"), rect.height()))
}
